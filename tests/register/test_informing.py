"""T12: whoever did not give the data is told by the earliest of a month after they came, the first
communication and the first disclosure (art. 14(3))."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from audit.reasons import because
from notices.terms import SourceKind
from register.erasure import erase
from register.models import Customer, InformationDuty, Order
from register.models.informing import month_after
from tests.factories import (
    CollectionFactory,
    ContactRoleFactory,
    CustomerFactory,
    NoticeFactory,
    OrderFactory,
    OrganisationFactory,
)


def locks_of_the_notice():
    """SQLite writes one at a time, so only PostgreSQL locks the notice in force."""
    return int(connection.vendor == "postgresql")


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 1, 31)),
        (date(2026, 3, 5), date(2026, 4, 5)),  # a Sunday: who tells earlier tells in time
    ],
)
def test_a_month_is_counted_by_the_calendar(day, last):
    assert month_after(day) == last


@pytest.fixture
def notice(db):
    return NoticeFactory(in_force=True)


@pytest.fixture
def partner(notice):
    return CollectionFactory(source_kind=SourceKind.PARTNER, collected_on=date(2026, 1, 31))


def waiting():
    return [(one.pk, one.inform_by_on) for one in Customer.objects.to_inform()]


@pytest.mark.parametrize("kind", list(SourceKind))
def test_only_data_from_others_start_the_clock(notice, kind):
    customer = CustomerFactory(
        collection=CollectionFactory(source_kind=kind, collected_on=date(2026, 1, 31))
    )
    from_others = kind in ("update_service", "subcontractor", "partner", "cookies")
    assert waiting() == ([(customer.pk, date(2026, 2, 28))] if from_others else [])


def test_the_earliest_day_counts_whatever_comes_first(partner):
    one, other = CustomerFactory(collection=partner), CustomerFactory(collection=partner)
    InformationDuty.objects.disclosed([one.pk], date(2026, 2, 20))
    InformationDuty.objects.communicated([one.pk], date(2026, 2, 10))
    InformationDuty.objects.communicated([one.pk], date(2026, 2, 15))
    InformationDuty.objects.communicated([other.pk], date(2026, 3, 1))
    # before the data came there was nothing to tell
    InformationDuty.objects.disclosed([other.pk], date(2026, 1, 30))
    assert waiting() == [(one.pk, date(2026, 2, 10)), (other.pk, date(2026, 2, 28))]
    duty = one.information_duty
    assert (duty.communicated_on, duty.disclosed_on) == (date(2026, 2, 10), date(2026, 2, 20))
    InformationDuty.objects.fulfilled([one.pk])
    assert waiting() == [(other.pk, date(2026, 2, 28))]


def test_a_later_value_from_others_counts_for_one_who_came_alone(notice, partner):
    aino = CustomerFactory()
    order = OrderFactory(customer=aino)
    with because("Test"):
        order.save(collection=partner)
        assert waiting() == []  # nothing of the order came from there
        order.number = "T-9"
        order.save(collection=partner)
        assert waiting() == [(aino.pk, date(2026, 2, 28))]
        earlier = CollectionFactory(source_kind=SourceKind.PARTNER, collected_on=date(2026, 1, 2))
        aino.email = "aino@koe.example"
        aino.save(collection=earlier)
    assert waiting() == [(aino.pk, date(2026, 2, 2))]


def test_an_organisation_is_nobody_to_tell_but_its_people_are(partner):
    role = ContactRoleFactory(
        person=CustomerFactory(), organisation=OrganisationFactory(collection=partner)
    )
    assert waiting() == []
    with because("Test"):
        role.role = "johtaja"
        role.save(collection=partner)
    assert waiting() == [(role.person.pk, date(2026, 2, 28))]


def test_the_erased_are_told_of_their_erasure_and_not_of_this(partner):
    aino, eero = CustomerFactory(collection=partner), CustomerFactory(collection=partner)
    with because("Test"):
        erase(aino, request_number="2026-1", now=datetime(2026, 6, 7, tzinfo=UTC))
    assert waiting() == [(eero.pk, date(2026, 2, 28))]
    assert not InformationDuty.objects.filter(customer=aino).exists()


@pytest.mark.parametrize("count", [1, 9])
def test_the_bulk_door_starts_them_all_in_as_many_queries(
    partner, count, django_assert_num_queries
):
    customers = [CustomerFactory() for _one in range(count)]
    rows = [Customer(given_name="Eero") for _one in range(count)]
    orders = [Order(customer=one, ordered_on=date(2026, 1, 2)) for one in customers]
    with because("Test"):
        with django_assert_num_queries(20 + locks_of_the_notice()):
            Customer.objects.store(rows, collection=partner)
        Order.objects.store(orders, collection=partner)
    assert [day for _key, day in waiting()] == [date(2026, 2, 28)] * 2 * count
