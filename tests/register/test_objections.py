"""What a customer objects to is used no more: while it is weighed, and for good (art. 21(1))."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from audit.models import BypassesHistory
from audit.reasons import because
from notices.models import governing_notice
from notices.publishing import adopt
from notices.terms import ClauseKind, Purpose
from register.erasure import erase
from register.models import Customer, Objection, OrderFigure
from register.models.disclosures import Disclosure
from register.models.uses import InTheWay
from register.ownership import records_of
from tests.factories import (
    ClauseFactory,
    CustomerFactory,
    CustomerListFactory,
    NoticeFactory,
    ObjectionFactory,
    OrderFactory,
    RecipientFactory,
)

pytestmark = pytest.mark.django_db
SINCE = datetime(2026, 3, 4, 9, tzinfo=UTC)
LATER = datetime(2026, 3, 5, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def notice(db):
    made = NoticeFactory(
        purposes={
            "orders": "contract",
            "statistics": "legitimate_interest",
            "publication": "legitimate_interest",
        },
        recipients=["service_provider"],
        grounds=["value_added_service", "legal_obligation"],
    )
    ClauseFactory(notice=made, kind=ClauseKind.RIGHT, term="anonymisation")
    adopt(made, now=SINCE, reason="Test")
    return governing_notice()


@pytest.fixture
def aino():
    return CustomerFactory(given_name="Aino", email="aino@koe.example", street="Koekuja 1",
                           postcode="00100", city="Helsinki")  # fmt: skip


@pytest.fixture
def eero():
    """Somebody who objects to nothing."""
    return CustomerFactory(given_name="Eero", email="eero@koe.example", street="Koekuja 2",
                           postcode="00100", city="Helsinki")  # fmt: skip


def test_who_objects_is_used_for_everything_else(aino, eero, notice):
    """M02, P16: purpose by purpose."""
    ObjectionFactory(customer=aino, purpose="statistics")
    usable = {one: set(Customer.objects.usable_for(one)) for one in ("orders", "statistics")}
    assert usable == {"orders": {aino, eero}, "statistics": {eero}}
    assert aino.uses(notice)[Purpose.STATISTICS] == [InTheWay.OBJECTED]
    assert aino.uses(notice)[Purpose.ORDERS] == []


def test_it_holds_while_it_is_weighed_and_for_good_where_upheld(aino):
    """M02, S05: and no longer than until the person was told of the refusal."""
    with because("Test"):
        ObjectionFactory(customer=aino, purpose="statistics").uphold(now=LATER)
        ObjectionFactory(customer=aino, purpose="publication").let_go(told_at=LATER)
    assert not Customer.objects.usable_for("statistics").exists()
    assert Customer.objects.usable_for("publication").get() == aino


def test_nobody_who_objects_is_on_a_list(aino, eero):
    """M02, P14"""
    ObjectionFactory(customer=aino, purpose="publication")
    labels = CustomerListFactory(kind="labels", layout="3x8", purpose="publication")
    assert set(labels.people()) == {eero}
    assert labels.counted()["objected"] == 1
    other = CustomerListFactory(kind="labels", layout="3x8", purpose="orders")
    assert set(other.people()) == {aino, eero}


def test_what_is_objected_to_is_given_to_nobody_but_where_the_law_demands_it(aino, eero):
    """M02: art. 21(1) lets claims and the law go on."""
    ObjectionFactory(customer=aino, purpose="statistics")
    firm = RecipientFactory(kind="service_provider", categories=["name"], name="Palvelu Oy")
    with because("Test"):
        given = {
            ground: Disclosure.objects.record(
                Customer.objects.all(),
                purpose="statistics",
                categories=["name"],
                recipient=firm,
                ground=ground,
                at=LATER,
            ).people
            for ground in ("value_added_service", "legal_obligation")
        }
    assert given == {"value_added_service": 1, "legal_obligation": 2}


def test_figures_of_the_erased_leave_out_who_objected_to_statistics(aino, eero, notice):
    """M02, P08, P66"""
    for one in (aino, eero):
        OrderFactory(customer=one, ordered_on=SINCE.date())
    ObjectionFactory(customer=aino, purpose="statistics")
    with because("Test"):
        for one in (aino, eero):
            erase(one, request_number="2026-1", now=LATER)
    assert set(OrderFigure.objects.values_list("orders", "people")) == {(1, 1)}


def test_it_is_one_of_the_records_and_outlives_the_data(aino):
    """A10, E09: the person is told of it, and an erasure leaves it with nobody."""
    made = ObjectionFactory(customer=aino)
    assert made in dict(records_of(aino))[Objection].all()
    with because("Test"):
        erase(aino, request_number="2026-1", now=LATER)
    assert Objection.objects.get() == made


def test_an_objection_is_taken_back_only_before_somebody_decided():
    """M02: what was upheld or refused stays in the table, and nothing is deleted past history."""
    weighed, upheld, refused = (
        ObjectionFactory(purpose=one) for one in ("statistics", "publication", "orders")
    )
    with because("Test"):
        upheld.uphold(now=LATER)
        refused.let_go(told_at=LATER)
        weighed.take_back()
        for one in (upheld, refused):
            with pytest.raises(BypassesHistory):
                one.take_back()
        with pytest.raises(BypassesHistory):
            upheld.delete()
    assert set(Objection.objects.all()) == {upheld, refused}
    assert Objection.history.filter(history_type="-").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"request_number": ""},
        {"upheld_at": LATER, "told_at": LATER},
        {"told_at": SINCE},
    ],
)
def test_no_row_says_what_cannot_be(wrong):
    """S05: the person is told after the use was stopped; nothing is both upheld and over."""
    with pytest.raises(IntegrityError), transaction.atomic():
        ObjectionFactory(**wrong)
