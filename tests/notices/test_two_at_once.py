"""Two people at once, each with a connection of their own, on both engines."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connection

from audit.reasons import because
from notices.declarations import stored_outside
from notices.models import Notice, NoticeIsFinal
from notices.personal_data import UndeclaredData
from notices.publishing import AnotherCameFirst, RegisterHoldsMore, adopt
from register.models import Collection, Customer
from tests.factories import NoticeFactory

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


def at_once(*acts):
    """Runs `acts` together; gives what each returned, or what it raised."""
    barrier = Barrier(len(acts))

    def run(act):
        barrier.wait()
        try:
            with because("Test"):
                return act()
        except (AnotherCameFirst, NoticeIsFinal, RegisterHoldsMore, UndeclaredData) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.parametrize("is_first", [True, False])
def test_one_draft_adopted_twice_at_once_becomes_one_version(is_first):
    if not is_first:
        NoticeFactory(in_force=True)
    key = NoticeFactory().pk
    results = at_once(*[lambda: adopt(Notice.objects.get(pk=key), now=NOW)] * 2)
    assert sorted(result is None for result in results) == [False, True]
    assert Notice.objects.in_force().pk == key
    assert Notice.objects.in_force().version == (1 if is_first else 2)


def test_two_drafts_adopted_at_once_leave_one_in_force():
    keys = [NoticeFactory().pk, NoticeFactory().pk]
    at_once(*[lambda key=key: adopt(Notice.objects.get(pk=key), now=NOW) for key in keys])
    in_force = Notice.objects.once_in_force().filter(superseded_at=None)
    assert in_force.count() == 1


def test_a_value_and_a_notice_that_drops_it_never_both_come_in():
    """V07: whoever comes first, the register holds nothing that the notice in force leaves out."""
    outcomes = set()
    for _round in range(10):
        wide = NoticeFactory(in_force=True)
        with because("Test"):
            source = Collection.objects.create(source_kind="purchase", collected_on="2026-03-04")
        narrow = NoticeFactory(declared=["name"])

        def store(source=source):
            return Customer.objects.create(
                collection=source, given_name="Aino", website="https://aino.example"
            )

        stored, adopted = at_once(store, lambda narrow=narrow: adopt(narrow, now=NOW))
        notice = Notice.objects.in_force()
        assert notice in (wide, narrow)
        assert stored_outside(notice.declared) == {}
        outcomes.add((type(stored), type(adopted)))
        with because("Test"):
            for customer in Customer.objects.exclude(website=""):
                NoticeFactory(in_force=True)
                customer.website = ""
                customer.save(collection=source)
    assert outcomes <= {(Customer, RegisterHoldsMore), (UndeclaredData, type(None))}
