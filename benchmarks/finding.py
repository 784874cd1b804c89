"""Search and lists as staff open them, against the stock admin over the same rows.

Measured is the list itself (`ChangeList`): the search, the count, the rows of one page; without the
template, which is the same for both. Each kind of search has texts of its own, drawn from the
customers that are there, so that no two ask for the same rows.
"""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib import admin
from django.db import connection
from django.http import QueryDict
from django.test import RequestFactory

from audit.reasons import because
from benchmarks.people import Person, order_number, person
from notices.models import governing_notice
from register.models import Customer, Order
from staff.models import User
from staff.roles import Role

TEXTS, ROUNDS, STOCK_TEXTS = 25, 3, 3
#: What a search or a page may be slower over the most customers than over the fewest.
MOST_MEDIAN, MOST_P95, LEAST_RATIO = 2, 3, 20
#: Pages of a search that finds very many.
DEEP = {"search, second page": 2, "search, a deep page": 4}
#: kind -> (each median time, in the order of the texts)
Times = dict[str, list[float]]


class Stock(admin.ModelAdmin[Any]):
    """What the admin does by itself: one box that finds by name, e-mail, phone and order number."""

    list_display = ("given_name", "family_name", "organisation_name", "email", "phone", "city")
    search_fields = (
        *("given_name", "family_name", "organisation_name", "email", "phone"),
        "orders__number",
    )
    list_per_page = 25


class StockOrders(admin.ModelAdmin[Any]):
    """The list of orders as the admin makes it by itself."""

    list_display = ("number", "customer", "ordered_on")
    list_select_related = ("customer",)
    list_per_page = 25


@cache
def _reader() -> User:
    """Somebody who may see all of it, and whose looks are written down (A03)."""
    with because("Benchmark"):
        return User.objects.create_user(
            "aino@koe.example", "Aino Koekajo", role=Role.DATA_PROTECTION_CONTACT
        )


def a_list(page: Any, **params: Any) -> Any:
    """The rows of one page of the list and how many there are, as `page` shows them."""
    request = RequestFactory().get("/", params)
    request.user = _reader()
    # each staff page reads the notice in force; here only the list is measured
    request.governing_notice = _notice()
    request.session = {}
    request.GET = QueryDict(mutable=True)
    request.GET.update({name: str(value) for name, value in params.items()})
    shown = page.get_changelist_instance(request)
    rows = list(shown.result_list)
    return shown, rows


@cache
def _notice() -> Any:
    return governing_notice()


def searches(count: int) -> dict[str, list[str]]:
    """The texts of each kind, about customers that are among the first `count`."""
    chance = random.Random(count)  # noqa: S311 - no secret
    some = [person(chance.randrange(count)) for _one in range(TEXTS * 8)]
    natural = [one for one in some if one.family_name][:TEXTS]
    kinds: dict[str, Callable[[Person], str]] = {
        "family name": lambda one: one.family_name,
        "given and family name": lambda one: f"{one.given_name} {one.family_name}",
        "starts of both names": lambda one: f"{one.family_name[:4]} {one.given_name[:3]}",
        "start of a family name": lambda one: one.family_name[:3],
        "e-mail": lambda one: one.email,
        "start of an e-mail": lambda one: one.email.split("@")[0],
        "phone": lambda one: one.phone.replace("+358 ", "0") + " ",
        "phone as +358": lambda one: "+358 " + one.phone.removeprefix("+358 ").removeprefix("0"),
        "last digits of a phone": lambda one: one.phone[-6:],
        "order number": lambda one: order_number(one.number),
        "end of an order number": lambda one: f"{one.number:07}",
        "nobody": lambda one: f"zq{one.family_name}",
        "nobody, two names": lambda one: f"{one.given_name} zq{one.family_name}",
    }
    found = {kind: [text(one) for one in natural] for kind, text in kinds.items()}
    return found | {
        "name of every tenth": ["virtanen", "korhonen", "Maria", "ma", "mä", "jo", "vi", "ko"],
        "two such names": ["virtanen korhonen", "maria virtanen", "juhani ma", "ma vi", "mi ko"],
    }


def measured(count: int) -> Times:
    """The median time of each text and page, by kind."""
    from register.admin import CustomerAdmin, OrderAdmin

    customers = CustomerAdmin(Customer, admin.site)
    times = {
        f"search by {kind}": [
            seconds(lambda text=text: a_list(customers, q=text)) for text in texts
        ]
        for kind, texts in searches(count).items()
    }
    for name, number in DEEP.items():
        times[name] = [
            seconds(lambda text=text, number=number: a_list(customers, p=number, q=text))
            for text in ("virtanen", "korhonen", "ma")
        ]
    pages = count // 25
    for name, page in (
        ("customers", customers),
        ("orders", OrderAdmin(Order, admin.site)),
    ):
        times[f"{name}, first page"] = [seconds(lambda page=page: a_list(page)) for _i in range(9)]
        times[f"{name}, deep page"] = [
            seconds(lambda page=page, number=number: a_list(page, p=number))
            for number in spread(pages, 15)
        ]
        last = last_page(page)
        times[f"{name}, last page"] = [
            seconds(lambda page=page, last=last: a_list(page, p=last)) for _i in range(5)
        ]
    for chosen in ({"kind": "organisation"}, {"language": "en"}, {"invoices": "open"}):
        label = ", ".join(chosen.values())
        times[f"customers, only {label}"] = [
            seconds(lambda chosen=chosen: a_list(customers, **chosen)) for _i in range(9)
        ]
    return times


def last_page(page: Any) -> int:
    shown, _rows = a_list(page)
    return int(shown.paginator.num_pages)


def spread(pages: int, count: int) -> list[int]:
    """`count` page numbers from a tenth to nine tenths of the way."""
    return [max(2, int(pages * (0.1 + 0.8 * place / (count - 1)))) for place in range(count)]


def stock(count: int) -> Times:
    """The same by the stock admin, a few texts of each kind."""
    plain = Stock(Customer, admin.site)
    times = {
        f"search by {kind}": [
            seconds(lambda text=text: a_list(plain, q=text), rounds=1)
            for text in texts[:STOCK_TEXTS]
        ]
        for kind, texts in searches(count).items()
    }
    for name, number in DEEP.items():
        times[name] = [
            seconds(lambda number=number: a_list(plain, p=number, q="virtanen"), rounds=1)
        ]
    for name, page in (("customers", plain), ("orders", StockOrders(Order, admin.site))):
        times[f"{name}, first page"] = [seconds(lambda page=page: a_list(page))]
        times[f"{name}, deep page"] = [
            seconds(lambda page=page, number=number: a_list(page, p=number), rounds=1)
            for number in spread(count // 25, 3)
        ]
        times[f"{name}, last page"] = [
            seconds(lambda page=page: a_list(page, p=count // 25), rounds=1)
        ]
    return times


def seconds(act: Callable[[], Any], rounds: int | None = None) -> float:
    """The median time of `act`, after one round that warms up: the CPU that it takes, which is the
    time on a machine with nothing else to do."""
    clock = clock_of_cpu()
    act()
    taken = []
    for _round in range(rounds or ROUNDS):
        start = clock()
        act()
        taken.append(clock() - start)
    return statistics.median(taken)


def clock_of_cpu() -> Callable[[], float]:
    """Counts the seconds of CPU of this process, in which SQLite works, and of PostgreSQL's for it;
    plain seconds where the database is on another machine."""
    if connection.vendor == "sqlite":
        return time.process_time
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        spent = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
        if not spent.exists():
            return time.perf_counter
        # what its helpers spend is not counted here, so it works alone
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    return lambda: time.process_time() + int(spent.read_text().split()[0]) / 1e9


def p95(times: Sequence[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.95))]


def tell_stock(ours: Times, theirs: Times) -> None:
    """How many times as fast as the stock admin each kind is. A list that nobody searches is told
    for knowledge: it looks for nothing in either, and what it may cost is how it grows."""
    for kind, times in ours.items():
        if kind in theirs:
            # of the same texts, which stand first
            own = statistics.median(times[: len(theirs[kind])])
            other = statistics.median(theirs[kind])
            is_slow = kind.startswith("search") and other / own < LEAST_RATIO
            few = f"  < {LEAST_RATIO}" if is_slow else ""
            print(
                f"{kind:44} {other / own:8.1f} times as fast as the stock admin "
                f"({own * 1000:.2f} ms, {other * 1000:.2f} ms){few}",
                flush=True,
            )


def tell_growth(few: Times, many: Times, counts: tuple[int, int]) -> None:
    """How much slower each kind, and all searches together, are over more customers."""
    print(f"over {counts[1]} customers against {counts[0]}: median, p95")
    of_all = {
        "all searches": [kind for kind in many if kind.startswith("search")],
        "all lists": [kind for kind in many if not kind.startswith("search")],
    }
    for kind in many:
        _tell_growth(kind, few[kind], many[kind])
    for name, kinds in of_all.items():
        _tell_growth(
            name,
            [one for kind in kinds for one in few[kind]],
            [one for kind in kinds for one in many[kind]],
        )


def _tell_growth(kind: str, few: Sequence[float], many: Sequence[float]) -> None:
    medians = statistics.median(many), statistics.median(few)
    tails = p95(many), p95(few)
    grown = medians[0] / medians[1], tails[0] / tails[1]
    slow = "  slower than it may be" if grown[0] > MOST_MEDIAN or grown[1] > MOST_P95 else ""
    print(
        f"{kind:44} {grown[0]:6.2f} {grown[1]:6.2f} times the time "
        f"(median {medians[0] * 1000:.2f} and {medians[1] * 1000:.2f} ms, "
        f"p95 {tails[0] * 1000:.2f} and {tails[1] * 1000:.2f} ms){slow}",
        flush=True,
    )


def tell_size(count: int) -> None:
    """How many words there are, and what they take on the disk."""
    from register.models import Word

    words = Word.objects.count()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_total_relation_size('register_word')")
            (size,) = cursor.fetchone()
        else:
            cursor.execute("PRAGMA page_count")
            (pages,) = cursor.fetchone()
            cursor.execute("PRAGMA page_size")
            (size,) = cursor.fetchone()
            size *= pages
    what = "words" if connection.vendor == "postgresql" else "the whole database"
    print(f"{words / count:.1f} words a customer, {what}: {size / 1e6:.0f} MB", flush=True)
