"""V02: which version of the notice each customer was given, when and how."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from audit.models import BypassesHistory
from audit.reasons import ReasonMissing, because
from notices.publishing import publish
from notices.terms import SourceKind
from register.erasure import erase
from register.models import (
    Channel,
    Customer,
    CustomerErased,
    NeverInForce,
    NoticeGiven,
    NotYetInForce,
)
from tests.factories import (
    CollectionFactory,
    CustomerFactory,
    NoticeFactory,
    NoticeGivenFactory,
)
from tests.notices.test_publishing import NOW, good_draft

DAY = date(2026, 5, 6)


@pytest.fixture
def notice(db):
    return NoticeFactory(in_force=True)


def record(customers, notice, channel=Channel.PHONE, on=DAY):
    with because("Told in a test"):
        return NoticeGiven.objects.record(customers, notice=notice, channel=channel, on=on)


def told():
    rows = NoticeGiven.objects.order_by("pk")
    return list(rows.values_list("customer", "notice__version", "channel", "given_on"))


def test_what_was_given_is_remembered_once_with_version_day_and_way(notice):
    aino, eero, _untold = CustomerFactory(), CustomerFactory(), CustomerFactory()
    assert record([aino], notice) == 1
    assert record([aino.pk, eero], notice) == 1
    assert record(Customer.objects.filter(pk=aino.pk), notice, Channel.LETTER) == 1
    assert told() == [
        (aino.pk, 1, "phone", DAY),
        (eero.pk, 1, "phone", DAY),
        (aino.pk, 1, "letter", DAY),
    ]
    first = NoticeGiven.history.earliest("history_id")
    assert (first.history_type, first.history_change_reason) == ("+", "Told in a test")


def test_telling_ends_the_duty_to_tell_of_what_had_come_by_then(notice):
    """T12: a call before the data came told nothing of them."""
    partner = CollectionFactory(source_kind=SourceKind.PARTNER, collected_on=DAY)
    earlier, later = (CustomerFactory(collection=partner) for _one in range(2))
    record([earlier], notice, on=date(2026, 5, 5))
    record([later], notice)
    assert list(Customer.objects.to_inform()) == [earlier]


def test_what_was_told_cannot_be_made_untold(notice):
    given = NoticeGivenFactory()
    with because("Test"):
        for change in (given.save, given.delete, NoticeGiven(notice=notice).save):
            with pytest.raises(BypassesHistory):
                change()


def test_nobody_is_told_of_a_draft_nor_when_erased_nor_without_a_reason(notice):
    aino, erased = CustomerFactory(), CustomerFactory()
    with because("Test"):
        erase(erased, request_number="2026-1", now=datetime(2026, 5, 6, tzinfo=UTC))
    with pytest.raises(NeverInForce):
        record([aino], NoticeFactory())
    with pytest.raises(CustomerErased):
        record([aino, erased], notice)
    with pytest.raises(ReasonMissing):
        NoticeGiven.objects.record([aino], notice=notice, channel=Channel.PHONE, on=DAY)
    assert told() == []


@pytest.mark.parametrize("count", [1, 9])
def test_many_are_recorded_in_as_many_queries_as_one(notice, count, django_assert_num_queries):
    keys = [CustomerFactory().pk for _one in range(count)]
    with django_assert_num_queries(7):
        assert record(keys, notice) == count
    assert len(told()) == count


def test_v02_nobody_was_given_a_notice_before_there_was_one(db, time_machine):
    """V02: an adopted one is as old as it says, another begins with its publication."""
    time_machine.move_to(NOW)
    adopted = NoticeFactory(in_force=True)
    aino = CustomerFactory()
    undated = NoticeFactory(in_force=True, drawn_up_on=None)
    published = good_draft()
    publish(published, now=timezone.now())
    for notice, first in (
        *((adopted, date(2026, 1, 2)), (undated, NOW.date())),
        (published, NOW.date()),
    ):
        assert notice.begins_on == first
        with pytest.raises(NotYetInForce):
            record([aino], notice, on=first - timedelta(days=1))
        assert record([aino], notice, on=first) == 1
    assert NoticeFactory().begins_on is None
