"""Whether a stranger could tell by the clock who is in the register (I08)."""

import statistics
import time
from collections.abc import Callable
from typing import Any

#: So many visits of each kind, one after the other by turns.
PAIRS = 500
#: The medians may be so far apart, in seconds.
ALIKE = 0.003


def known_and_unknown() -> None:
    """Forms with the address of somebody who is in the register, who is not, who was erased and who
    has objected; each is compared with one that nobody has, sent in turns."""
    for who, email in _addresses().items():
        ours, others = _by_turns(_form(email), _form("nobody{}@koe.example"))
        apart = abs(statistics.median(ours) - statistics.median(others))
        verdict = "alike" if apart <= ALIKE else "APART"
        print(
            f"{f'a form from a {who} address':44} {verdict}: medians {apart * 1000:.2f} ms apart "
            f"({statistics.median(ours) * 1000:.2f} ms, {statistics.median(others) * 1000:.2f} ms, "
            f"{PAIRS} pairs)",
            flush=True,
        )


def _addresses() -> dict[str, str]:
    """An address of each kind; `{}` stands for a number, so that no mailbox gets its fill."""
    from django.utils import timezone

    from audit.reasons import because
    from notices.terms import ProhibitedUse, ProhibitionScope
    from register.erasure import erase
    from register.models import Collection, ContactKind, Customer, Prohibition

    collection, now = Collection.objects.latest("pk"), timezone.now()
    kinds = {"known": "known", "erased": "gone", "objecting": "objects"}
    emails = {who: f"{name}{{}}@koe.example" for who, name in kinds.items()}
    with because("Benchmark"):
        for who, email in emails.items():
            rows = [
                Customer(given_name="Aino", family_name="Koekajo", email=email.format(number))
                for number in range(PAIRS + 1)
            ]
            Customer.objects.store(rows, collection=collection)
            for row in rows:
                if who == "erased":
                    erase(Customer.objects.get(email=row.email), request_number="2026-9", now=now)
                if who == "objecting":
                    Prohibition.objects.forbid(
                        {ContactKind.EMAIL.value: row.email},
                        ProhibitionScope.values,
                        ProhibitedUse.values,
                        request_number="2026-9",
                        today=now.date(),
                    )
    return emails


def _form(email: str) -> Callable[[int], float]:
    """Sends the form of visit number so and so; gives the seconds that it took."""
    from django.test import Client

    from rights_requests.tokens import new_token

    client = Client()

    def send(number: int) -> float:
        # each from another network, of which none sends much
        where: Any = {"REMOTE_ADDR": f"10.{number >> 8 & 255}.{number & 255}.1"}
        asked = {"right": ["access"], "name": "Aino Koekajo", "step": "send"}
        sent = asked | {"email": email.format(number), "token": new_token()}
        start = time.perf_counter()
        response = client.post("/fi/requests/form/", sent, **where)
        seconds = time.perf_counter() - start
        assert response.status_code == 302, response.status_code  # noqa: S101 - else it measures nothing
        return seconds

    return send


def _by_turns(
    one: Callable[[int], float], other: Callable[[int], float]
) -> tuple[list[float], list[float]]:
    one(0), other(0)
    ours, others = [], []
    for number in range(1, PAIRS + 1):
        # neither is always the first of its pair
        if number % 2:
            ours.append(one(number))
            others.append(other(number))
        else:
            others.append(other(number))
            ours.append(one(number))
    return ours, others
