"""Nobody decides about data that have changed since they looked."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from audit.reasons import because
from notices.terms import Purpose
from rights_requests import decisions
from rights_requests.carrying_out import DataChanged
from rights_requests.fingerprint import fingerprint
from rights_requests.grounds import BY_KEY
from rights_requests.models import Certificate, Demand
from rights_requests.weighing import Verdict, weigh
from staff.roles import Role
from tests.factories import (
    CollectionFactory,
    ConsentFactory,
    CustomerFactory,
    DisclosureFactory,
    InvoiceFactory,
    NoticeFactory,
    OrderFactory,
    RecipientFactory,
    RestrictionFactory,
    UserFactory,
)
from tests.rights_requests.at_the_desk import act_on, ask, page_of, said, staff

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER = NOW + timedelta(hours=1)
SENTENCE = "The data have changed meanwhile. Look at them again."
WATCHED = ["access", "erasure", "anonymisation", "restriction", "portability"]


@pytest.fixture(autouse=True)
def _governed(db):
    NoticeFactory(
        in_force=True,
        contact_email="vastuu@koepaja.example",
        recipients=["accounting"],
        grounds=["billing"],
        purposes={
            "orders": "contract",
            "statistics": "legitimate_interest",
            "ad_targeting": "consent",
        },
    )
    with translation.override("en"):
        yield


@pytest.fixture
def aino():
    return CustomerFactory(given_name="Aino", family_name="Kajo", email="aino@koe.example")


@pytest.fixture
def contact():
    return staff(Role.DATA_PROTECTION_CONTACT)


def moves(customer):
    with because("She moved"):
        customer.city = "Turku"
        customer.save(collection=CollectionFactory())


CHANGES = {
    "a value": moves,
    "an order": lambda one: OrderFactory(customer=one),
    "an invoice": lambda one: InvoiceFactory(customer=one),
    "a restriction": lambda one: RestrictionFactory(customer=one),
    "a consent": lambda one: ConsentFactory(customer=one, given_on=timezone.localdate()),
    "a recipient": lambda one: DisclosureFactory(
        customers=[one], recipient=RecipientFactory(), ground="billing"
    ),
}


def change_of(demand):
    return fingerprint(Demand.objects.select_related("request__customer").get(pk=demand.pk))


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_about_the_customer_shows(aino, change):
    """P62"""
    demand = ask("access", customer=aino, proof="in_person").demands.get()
    before = change_of(demand)
    moves(CustomerFactory(given_name="Somebody else"))
    assert change_of(demand) == before
    CHANGES[change](aino)
    assert change_of(demand) != before


def test_whoever_looks_changes_nothing_and_who_asks_counts(aino, contact):
    """P62: a page that is opened twice is still the same; another customer is not."""
    asked = ask("access", customer=aino, proof="in_person")
    demand = asked.demands.get()
    before = change_of(demand)
    for page in (page_of(asked), page_of(asked, "copy"), act_on(asked, "access", "grant")):
        contact.get(page)
    assert change_of(demand) == before
    decisions.link(asked, CustomerFactory(), now=NOW)
    assert change_of(demand) != before


def test_it_takes_as_many_queries_for_many_rows(aino):
    def queries():
        with CaptureQueriesContext(connection) as found:
            change_of(demand)
        return len(found)

    demand = ask("access", customer=aino, proof="in_person").demands.get()
    few = queries()
    for _number in range(5):
        OrderFactory(customer=aino)
        DisclosureFactory(customers=[aino], recipient=RecipientFactory(), ground="billing")
    assert queries() == few


@pytest.mark.parametrize("right", WATCHED)
def test_a_grant_of_what_has_changed_is_refused(aino, right):
    """P62"""
    demand = ask(right, customer=aino, proof="in_person").demands.get()
    terms = {"ground": "accuracy"} if right == "restriction" else {}
    before = change_of(demand)
    moves(aino)
    with pytest.raises(DataChanged):
        decisions.grant(demand, by=UserFactory(), now=LATER, preview=before, **terms)
    assert Demand.objects.get().is_open
    now = change_of(demand)
    assert decisions.grant(demand, by=UserFactory(), now=LATER, preview=now, **terms).granted_at


@pytest.mark.parametrize("right", [*WATCHED, "rectification", "objection"])
def test_so_is_a_refusal(aino, right):
    """P62, P59: no certificate comes of it."""
    asked = ask(right, customer=None, proof="in_person")
    demand = asked.demands.get()
    before = change_of(demand)
    decisions.link(asked, aino, now=NOW)
    said = {
        "by": UserFactory(), "now": LATER, "ground": BY_KEY["excessive"], "refused_what": "All.",
        "reasons": "The same was asked and answered yesterday, and nothing is new. " * 3,
        "until": "For good.",
    }  # fmt: skip
    demand = Demand.objects.get(pk=demand.pk)
    with pytest.raises(DataChanged):
        decisions.refuse(demand, preview=before, **said)
    assert not Certificate.objects.exists()
    assert decisions.refuse(demand, preview=change_of(demand), **said).number


def test_so_is_what_is_weighed(aino):
    """P62, M02"""
    asked = ask("objection", customer=aino)
    decisions.prove(asked, "in_person", now=NOW, by=UserFactory())
    demand = Demand.objects.get()
    before, verdicts = change_of(demand), [Verdict(Purpose.STATISTICS, "Older figures are enough.")]
    moves(aino)
    with pytest.raises(DataChanged):
        weigh(demand, verdicts, by=UserFactory(), now=LATER, preview=before)
    assert weigh(demand, verdicts, by=UserFactory(), now=LATER, preview=change_of(demand))


@pytest.mark.parametrize("right", WATCHED)
def test_the_page_says_so_once_keeps_what_was_typed_and_shows_the_rest_anew(aino, contact, right):
    """P62"""
    asked = ask(right, customer=aino, proof="in_person")
    address = act_on(asked, right, "grant")
    old = contact.get(address).context["preview"]
    sent = {"preview": old, "ground": "claims"}
    moves(aino)
    page = contact.post(address, sent)
    assert page.text.count(SENTENCE) == 1
    if right == "restriction":
        assert page.context["form"]["ground"].value() == "claims"
    assert page.context["preview"] != old
    done = contact.post(address, sent | {"preview": page.context["preview"]}, follow=True)
    assert said(done)[0].startswith("Granted")
