"""What a customer forbids, in two presses from the customer's page (P15, P52, M01, M11)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.reasons import because
from notices.terms import ProhibitedUse, ProhibitionScope
from register.erasure import erase
from register.models import Customer, Prohibition
from rights_requests.forbidding import MARKETING
from rights_requests.models import Letter, LetterKind, RightsRequest
from staff.roles import Role
from tests.factories import CollectionFactory, CustomerFactory, NoticeFactory, UserFactory
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    NoticeFactory(in_force=True)
    user = UserFactory(role=Role.HANDLER, language="en", signed=True)
    sign_in(client, user)
    return user


def place_of(customer):
    return reverse("admin:rights_requests_rightsrequest_forbid", args=[customer.reference])


def way_back(customer):
    return reverse("admin:rights_requests_rightsrequest_allow", args=[customer.reference])


def sent(**changes):
    return {
        "scopes": [one.value for one in MARKETING],
        "uses": ProhibitedUse.values,
        "channel": "phone",
        "on": timezone.localdate().isoformat(),
        **changes,
    }


def test_two_presses_forbid_marketing_for_all_ways_to_reach_the_customer(client, staff):
    """M01, P15, P52: in force at once, recorded as a request, answered in writing."""
    aino = CustomerFactory(email="aino@koe.example", phone="040 123 4567")
    own = reverse("admin:register_customer_change", args=[aino.reference])
    assert place_of(aino) in client.get(own).text
    page = client.get(place_of(aino)).text
    assert page.count("checked") == len(MARKETING) + len(ProhibitedUse.values) + 1
    response = client.post(place_of(aino), sent(), follow=True)
    assert response.redirect_chain == [(own, 302)]
    assert "direct marketing (use by ourselves, disclosure to others)" in response.text
    (asked,) = RightsRequest.objects.all()
    assert (asked.customer, asked.channel, asked.recorded_by) == (aino, "phone", staff)
    assert asked.closed_at is not None
    assert {one.contact_kind for one in aino.prohibitions()} == {"email", "phone"}
    assert Letter.objects.filter(kind=LetterKind.ANSWER_PROHIBITION, request=asked).count() == 1


def test_it_says_what_and_when_as_the_customer_said_it(client, staff):
    """P14, P52"""
    aino = CustomerFactory()
    yesterday = timezone.localdate() - timedelta(days=1)
    client.post(
        place_of(aino),
        sent(scopes=["publication"], uses=["disclosure"], channel="letter", on=str(yesterday)),
    )
    forbidden = {(one.scope, one.use) for one in aino.prohibitions()}
    assert forbidden == {(ProhibitionScope.PUBLICATION, ProhibitedUse.DISCLOSURE)}
    assert RightsRequest.objects.get().received_on == yesterday


def test_who_has_no_address_is_met_when_one_comes(client, staff):
    """M11"""
    aino = CustomerFactory(email="", phone="", street="", postcode="")
    client.post(place_of(aino), sent())
    assert aino.prohibitions().exists()
    aino.email = "aino@uusi.example"
    with because("Test"):
        aino.save(collection=CollectionFactory())
    assert Prohibition.objects.for_contacts({"email": "aino@uusi.example"}).exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"scopes": []},
        {"uses": []},
        {"scopes": ["everything"]},
        {"channel": ""},
        {"on": (timezone.localdate() + timedelta(days=1)).isoformat()},
    ],
)
def test_what_is_missing_is_asked_and_nothing_is_recorded(client, staff, changes):
    aino = CustomerFactory()
    page = client.post(place_of(aino), sent(**changes))
    assert page.status_code == 200
    assert 'class="errorlist"' in page.text
    assert not RightsRequest.objects.exists()
    assert not Prohibition.objects.exists()


def test_nobody_forbids_for_the_erased(client, staff):
    """P67"""
    aino = CustomerFactory()
    with because("Test"):
        erase(aino, request_number="2026-1", now=datetime(2026, 3, 4, tzinfo=UTC))
    assert client.post(place_of(aino), sent()).status_code == 403
    assert Customer.objects.get().erased_at
    assert not RightsRequest.objects.exists()


def allowed(*scopes, channel="phone"):
    return {"scopes": list(scopes), "channel": channel, "on": timezone.localdate().isoformat()}


def test_what_was_forbidden_is_allowed_again_wherever_it_was_known_from(client, staff):
    """M01, M11: also for the address of before; what was not taken back stays."""
    aino = CustomerFactory(email="aino@koe.example", phone="040 123 4567")
    client.post(place_of(aino), sent())
    aino.email = "aino@uusi.example"
    with because("Test"):
        aino.save(collection=CollectionFactory())
    own = reverse("admin:register_customer_change", args=[aino.reference])
    assert way_back(aino) in client.get(own).text
    page = client.get(way_back(aino)).text
    assert page.count('name="scopes"') == len(MARKETING)
    response = client.post(way_back(aino), allowed("direct_marketing"), follow=True)
    assert response.redirect_chain == [(own, 302)]
    assert {one.scope for one in aino.prohibitions()} == {"direct_advertising", "distance_selling"}
    assert not Prohibition.objects.filter(scope="direct_marketing").exists()
    gone = Prohibition.history.filter(history_type="-").first()
    assert "puhelin" in gone.history_change_reason
    assert gone.history_user == staff


def test_what_was_written_down_by_mistake_is_removed_as_such(client, staff):
    aino = CustomerFactory(email="aino@koe.example")
    client.post(place_of(aino), sent())
    client.post(way_back(aino), allowed(*MARKETING, channel="mistake"))
    assert not Prohibition.objects.exists()
    reasons = set(
        Prohibition.history.filter(history_type="-").values_list("history_change_reason", flat=True)
    )
    assert len(reasons) == 1
    assert "puhelin" not in reasons.pop()


def test_what_somebody_else_at_the_same_address_forbade_is_theirs_to_take_back(client, staff):
    """P52: a home is shared, a decision is not."""
    home = {"street": "Koekuja 1", "postcode": "00100"}
    aino = CustomerFactory(email="aino@koe.example", **home)
    eero = CustomerFactory(email="eero@koe.example", **home)
    client.post(place_of(aino), sent())
    assert eero.prohibitions().exists()
    page = client.get(way_back(eero)).text
    assert 'name="scopes"' not in page
    assert "somebody else who has the same address" in page
    client.post(way_back(eero), allowed(*MARKETING))
    assert eero.prohibitions().exists()

    client.post(way_back(aino), allowed(*MARKETING))
    assert not Prohibition.objects.exists()


def test_a_copy_at_the_new_address_of_the_other_outlives_its_original(client, staff):
    """M11: who moves out takes along what met them there."""
    home = {"street": "Koekuja 1", "postcode": "00100"}
    aino = CustomerFactory(email="aino@koe.example", **home)
    client.post(place_of(aino), sent())
    eero = CustomerFactory(email="eero@koe.example", **home)
    eero.street = "Koekuja 2"
    with because("Test"):
        eero.save(collection=CollectionFactory())
    assert {one.request_number for one in eero.prohibitions()} == {
        RightsRequest.objects.get().number
    }
    client.post(way_back(eero), allowed(*MARKETING))
    assert not eero.prohibitions().exists()
    assert {one.scope for one in aino.prohibitions()} == set(MARKETING)


@pytest.mark.parametrize("fault", ["nothing", "unknown"])
def test_nothing_is_allowed_that_was_not_chosen_or_not_forbidden(client, staff, fault):
    aino = CustomerFactory(email="aino@koe.example")
    client.post(place_of(aino), sent())
    chosen = {"nothing": [], "unknown": ["market_research"]}[fault]
    page = client.post(way_back(aino), allowed(*chosen))
    assert 'class="errorlist"' in page.text
    assert {one.scope for one in aino.prohibitions()} == set(MARKETING)


def test_a_viewer_takes_no_prohibition_back(client, staff):
    aino = CustomerFactory(email="aino@koe.example")
    client.post(place_of(aino), sent())
    sign_in(client, UserFactory(role=Role.VIEWER, language="en", signed=True))
    assert client.post(way_back(aino), allowed(*MARKETING)).status_code == 403
    assert Prohibition.objects.exists()
