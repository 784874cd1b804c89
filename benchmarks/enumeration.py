"""Whether a stranger could tell by the clock who is in the register (I08)."""

import statistics
import time
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

#: So many forms of each kind, one kind after the other by turns, after as many that warm up.
PAIRS, WARM_UP = 500, 50
#: The medians may be so far apart, in seconds.
ALIKE = 0.003
#: Whose address it is; `{}` stands for a number, so that no mailbox gets its fill.
ADDRESSES = {
    "unknown": "nobody{}@koe.example",
    "known": "known{}@koe.example",
    "erased": "gone{}@koe.example",
    "objecting": "objects{}@koe.example",
}


def known_and_unknown() -> None:
    """Forms with an address that nobody has, of somebody who is in the register, who was erased and
    who has objected. What is asked takes the longest way: data, and a prohibition."""
    _fill()
    times, letters = _by_turns()
    unknown = statistics.median(times["unknown"])
    for who in ("known", "erased", "objecting"):
        ours = statistics.median(times[who])
        apart = abs(ours - unknown)
        verdict = "alike" if apart <= ALIKE and letters[who] == letters["unknown"] else "APART"
        print(
            f"{f'a form from an address {who}':44} {verdict}: medians {apart * 1000:.2f} ms apart "
            f"({ours * 1000:.2f} ms, {unknown * 1000:.2f} ms of an unknown one, {PAIRS} pairs), "
            f"{letters[who]} and {letters['unknown']} letters",
            flush=True,
        )


def _fill() -> None:
    """Let there be customers, people who were erased, and people who have objected."""
    from django.utils import timezone

    from audit.reasons import because
    from notices.terms import ProhibitedUse, ProhibitionScope
    from register.erasure import erase
    from register.models import Collection, ContactKind, Customer, Prohibition

    collection, now = Collection.objects.latest("pk"), timezone.now()
    with because("Benchmark"):
        for who in ("known", "erased", "objecting"):
            emails = [ADDRESSES[who].format(number) for number in range(WARM_UP + PAIRS)]
            rows = [Customer(given_name="Aino", family_name="Koekajo", email=one) for one in emails]
            Customer.objects.store(rows, collection=collection)
            for row in rows if who == "erased" else ():
                erase(Customer.objects.get(email=row.email), request_number="2026-9", now=now)
            for email in emails if who == "objecting" else ():
                Prohibition.objects.forbid(
                    {ContactKind.EMAIL.value: email},
                    ProhibitionScope.values,
                    ProhibitedUse.values,
                    request_number="2026-9",
                    today=now.date(),
                )


def _by_turns() -> tuple[dict[str, list[float]], dict[str, int]]:
    """The seconds of each form, and how many letters it set off, by whose address it had."""
    from rights_requests.models import Letter

    times: dict[str, list[float]] = {who: [] for who in ADDRESSES}
    letters = dict.fromkeys(ADDRESSES, 0)
    for number in range(WARM_UP + PAIRS):
        for who in _in_turn(number):
            before = Letter.objects.count()
            seconds = _form(ADDRESSES[who].format(number), number)
            if number >= WARM_UP:
                times[who].append(seconds)
                letters[who] += Letter.objects.count() - before
    return times, letters


def _in_turn(number: int) -> Iterator[str]:
    """Each kind once; none is always the first, or always after the same one."""
    order = list(ADDRESSES) if number // len(ADDRESSES) % 2 else list(reversed(ADDRESSES))
    return islice(cycle(order), number % len(order), number % len(order) + len(order))


def _form(email: str, number: int) -> float:
    """Sends a form from `email` as a visitor does; gives the seconds that it took."""
    from django.test import Client

    from rights_requests.tokens import new_token

    # each from another network, of which none sends much
    where: Any = {"REMOTE_ADDR": f"10.{number >> 8 & 255}.{number & 255}.1"}
    asked = {"right": ["access", "prohibition"], "scopes": ["all"], "name": "Aino Koekajo"}
    sent = asked | {"email": email, "step": "send", "token": new_token()}
    client = Client()
    start = time.perf_counter()
    response = client.post("/fi/requests/form/", sent, **where)
    seconds = time.perf_counter() - start
    assert response.status_code == 302, response.status_code  # noqa: S101 - else it measures nothing
    return seconds
