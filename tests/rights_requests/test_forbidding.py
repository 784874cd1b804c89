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
