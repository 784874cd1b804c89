"""The pages of recipients and of what was given to them (A02, P12, P28, P29)."""

from datetime import date, timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from audit.reasons import because
from register.erasure import put_off
from register.models import (
    Customer,
    Disclosed,
    Disclosure,
    Prohibition,
    Recipient,
    Refusal,
)
from register.models.customers import CustomerQuerySet
from staff.roles import Role
from tests.factories import (
    ConsentFactory,
    CustomerFactory,
    DisclosureFactory,
    NoticeFactory,
    OrganisationFactory,
    RecipientFactory,
    RestrictionFactory,
    UserFactory,
)
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice():
    return NoticeFactory(
        in_force=True,
        declared=["name", "email", "billing"],
        purposes={"orders": "contract", "ad_targeting": "legitimate_interest"},
        recipients=["accounting", "collection_agency", "own_staff"],
        grounds=["billing", "collection"],
    )


@pytest.fixture
def staff(client):
    def signed_in(role):
        user = UserFactory(role=role, language="en", signed=True)
        sign_in(client, user)
        return user

    return signed_in


def sent(**changes):
    return {
        "name": "Tilitoimisto Koe",
        "kind": "accounting",
        "country": "FI",
        "contract_on": "2026-01-02",
        "categories": ["name", "billing"],
        "reason": "Uusi sopimus",
        **changes,
    }


def test_a_recipient_is_entered_with_what_it_may_have(client, notice, staff):
    """P12"""
    staff(Role.DATA_PROTECTION_CONTACT)
    add = reverse("admin:register_recipient_add")
    page = client.get(add).text
    assert "first and last name" in page
    assert "postal address</label>" not in page
    assert client.post(add, sent()).status_code == 302
    firm = Recipient.objects.get()
    assert (firm.categories, firm.contract_on) == (["name", "billing"], date(2026, 1, 2))
    assert firm.history.get().history_change_reason == "Uusi sopimus"
    assert (
        "first and last name, billing data"
        in client.get(reverse("admin:register_recipient_changelist")).text
    )


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"contract_on": ""}, Refusal.NO_CONTRACT),
        ({"country": "US"}, Refusal.NO_TOOL),
        ({"country": "US"}, Refusal.TRANSFER_UNDECLARED),
        ({"kind": "partner"}, Refusal.UNDECLARED_RECIPIENT),
        ({"categories": []}, Refusal.UNDECLARED_DATA),
    ],
)
def test_what_is_missing_is_said_at_its_field(client, notice, staff, changes, refusal):
    """P12, P29"""
    staff(Role.DATA_PROTECTION_CONTACT)
    page = client.post(reverse("admin:register_recipient_add"), sent(**changes)).text
    with override("en"):
        assert str(refusal.label) in unescape(page)
    assert not Recipient.objects.exists()


def given(firm, **changes):
    return {
        "recipient": firm.pk,
        "ground": "billing",
        "purpose": "orders",
        "categories": ["name"],
        "on": timezone.localdate().isoformat(),
        **changes,
    }


def test_what_was_given_is_written_down_on_the_customers_page(client, notice, staff):
    """P28: who got what, when, on what ground, by whom."""
    user, aino = staff(Role.HANDLER), CustomerFactory()
    firm = RecipientFactory(categories=["name", "billing"])
    own = reverse("admin:register_customer_change", args=[aino.reference])
    address = reverse("admin:register_customer_given", args=[aino.reference])
    assert address in client.get(own).text
    page = client.get(address).text
    assert "billing data" in page
    assert "credit decision" not in page
    response = client.post(address, given(firm), follow=True)
    disclosure = Disclosure.objects.get()
    assert (disclosure.recipient, disclosure.ground) == (firm, "billing")
    assert (disclosure.disclosed_by, disclosure.people) == (user, 1)
    assert disclosure.disclosed_on == timezone.localdate()
    assert str(disclosure) in response.text
    ledger = client.get(reverse("admin:register_disclosure_change", args=[disclosure.pk])).text
    assert str(aino) in ledger
    assert reverse("admin:register_customer_change", args=[aino.reference]) in ledger


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"purpose": "ad_targeting"}, Refusal.AD_TARGETING),
        ({"categories": ["name", "email"]}, Refusal.BEYOND_RECIPIENT),
        ({"on": "2025-12-31"}, Refusal.NOT_NOW),
    ],
)
def test_what_may_not_be_given_is_refused_at_its_field(client, notice, staff, changes, refusal):
    """P11, P12"""
    staff(Role.HANDLER)
    aino, firm = CustomerFactory(), RecipientFactory(categories=["name", "billing"])
    address = reverse("admin:register_customer_given", args=[aino.reference])
    page = client.post(address, given(firm, **changes)).text
    with override("en"):
        assert str(refusal.label) in unescape(page)
    assert not Disclosed.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"ground": "credit_decision"},
        {"purpose": "statistics"},
        {"categories": ["phone"]},
        {"recipient": 0},
        {"on": (timezone.localdate() + timedelta(days=1)).isoformat()},
    ],
)
def test_nothing_can_be_chosen_that_the_notice_does_not_name(client, notice, staff, changes):
    """P05, P27, P28"""
    staff(Role.HANDLER)
    aino, firm = CustomerFactory(), RecipientFactory(categories=["name", "billing"])
    address = reverse("admin:register_customer_given", args=[aino.reference])
    assert client.post(address, given(firm, **changes)).status_code == 200
    assert not Disclosed.objects.exists()


def test_another_notice_that_comes_meanwhile_is_obeyed(client, notice, staff, monkeypatch):
    staff(Role.HANDLER)
    aino, firm = CustomerFactory(), RecipientFactory(categories=["name", "billing"])
    monkeypatch.setattr(Disclosure, "refusals", lambda _self: {})
    address = reverse("admin:register_customer_given", args=[aino.reference])

    def refused(self):
        return {"ground": Refusal.UNDECLARED_GROUND} if self.pk else {}

    monkeypatch.setattr(Disclosure, "refusals", refused)
    page = client.post(address, given(firm), follow=True).text
    with override("en"):
        assert str(Refusal.UNDECLARED_GROUND.label) in unescape(page)
    assert not Disclosed.objects.exists()


def test_the_people_of_a_list_are_shown_page_by_page(
    client, notice, staff, django_assert_max_num_queries
):
    """P14"""
    staff(Role.VIEWER)
    listed = DisclosureFactory(customers=[CustomerFactory() for _one in range(60)])
    address = reverse("admin:register_disclosure_change", args=[listed.pk])
    client.get(address)
    with django_assert_max_num_queries(14):
        first = client.get(address).text
    second = client.get(f"{address}?p=2").text
    assert (
        first.count("/admin/register/customer/") - second.count("/admin/register/customer/") == 40
    )
    assert "page 1 of 2" in first


def test_a_ledger_is_not_written_by_hand(client, notice, staff):
    staff(Role.DATA_PROTECTION_CONTACT)
    listed = DisclosureFactory()
    address = reverse("admin:register_disclosure_change", args=[listed.pk])
    assert client.post(address, {"ground": "billing"}).status_code == 403
    assert client.get(reverse("admin:register_disclosure_add")).status_code == 403


WAYS = ("forbids", "is to be erased", "rests", "was not told", "has not agreed")
SAID = {
    "forbids": Refusal.FORBIDDEN,
    "is to be erased": Refusal.TO_ERASE,
    "rests": Refusal.RESTRICTED,
    "was not told": Refusal.UNTOLD,
    "has not agreed": Refusal.NO_CONSENT,
}
GROUNDS = ["billing", "collection", "legal_obligation", "value_added_service"]
#: On which of these grounds data are given all the same.
STILL = {
    "forbids": set(),
    "is to be erased": {"billing", "collection", "legal_obligation"},
    "rests": {"collection", "legal_obligation"},
    "was not told": {"legal_obligation"},
    "has not agreed": {"collection", "legal_obligation"},
}


def publishing(way):
    """A customer of whom `way` stands between the data and the publication of lists."""
    promised = {
        "declared": ["name", "email", "organisation"],
        "recipients": ["collection_agency"],
        "grounds": GROUNDS,
    }
    basis = "consent" if way == "has not agreed" else "legitimate_interest"
    purposes = {"orders": "contract", "publication": basis}
    if way == "was not told":
        NoticeFactory(in_force=True, **promised, purposes={"orders": "contract"})
    NoticeFactory(in_force=True, **promised, purposes=purposes)
    aino = CustomerFactory(email="aino@koe.example")
    with because("Made for a test"):
        if way == "forbids":
            Prohibition.objects.forbid_for(
                *(aino, ["direct_marketing"], ["disclosure"]),
                request_number="2026-1",
                today=timezone.localdate(),
            )
        elif way == "is to be erased":
            put_off(aino, [], request_number="2026-1", now=timezone.now())
    if way == "rests":
        RestrictionFactory(customer=aino, categories=["email"])
    return aino


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("way", WAYS)
def test_what_stands_in_the_way_of_a_purpose_stands_in_the_way_of_giving(
    client, staff, way, ground
):
    """P52, P65, E06, S02, C04, P19: by the table that the customer's page shows; and what a waiting
    erasure waits for goes on."""
    aino = publishing(way)
    staff(Role.HANDLER)
    firm = RecipientFactory(kind="collection_agency", categories=["name", "email"])
    address = reverse("admin:register_customer_given", args=[aino.reference])
    purpose = "orders" if way == "is to be erased" else "publication"
    sent = given(firm, ground=ground, purpose=purpose, categories=["name", "email"])
    page = client.post(address, sent, follow=True).text
    stays = ground in STILL[way]
    with override("en"):
        assert (str(SAID[way].label) in unescape(page)) == (not stays)
    assert Disclosed.objects.count() == stays
    other = CustomerFactory(email="eero@koe.example")
    with because("Made for a test"):
        listed = Disclosure.objects.record(
            Customer.objects.filter(pk__in=[aino.pk]),
            **{"recipient": firm, "ground": ground, "purpose": purpose},
            **{"categories": ["name", "email"], "at": timezone.now()},
        )
    assert {one.customer for one in listed.disclosed.all()} == ({aino} if stays else set())
    assert not other.disclosed.exists()


@pytest.mark.parametrize("has_agreed", [False, True])
def test_who_has_not_agreed_is_given_to_nobody_who_publishes(client, staff, has_agreed):
    """P14, table A4: also where the notice names another basis beside the consent."""
    both = {"orders": "contract", "publication": ["legitimate_interest", "consent"]}
    NoticeFactory(
        in_force=True,
        purposes=both,
        recipients=["collection_agency"],
        grounds=["value_added_service"],
    )
    aino = CustomerFactory()
    if has_agreed:
        ConsentFactory(customer=aino, purpose="publication")
    staff(Role.HANDLER)
    firm = RecipientFactory(kind="collection_agency", categories=["name"])
    address = reverse("admin:register_customer_given", args=[aino.reference])
    sent = given(firm, ground="value_added_service", purpose="publication")
    page = client.post(address, sent, follow=True).text
    with override("en"):
        assert (str(Refusal.NO_CONSENT.label) in unescape(page)) == (not has_agreed)
    assert Disclosed.objects.count() == has_agreed


def test_who_forbids_while_the_form_is_sent_is_not_given(client, staff, monkeypatch):
    """P52: judged again by whoever holds the customer."""
    publishing("")
    aino = OrganisationFactory(email="toimisto@koe.example")
    staff(Role.HANDLER)
    firm = RecipientFactory(kind="collection_agency", categories=["name", "email"])
    usual = CustomerQuerySet.hold

    def meanwhile(self, keys):
        Prohibition.objects.forbid_for(
            *(aino, ["publication"], ["disclosure"]),
            request_number="2026-1",
            today=timezone.localdate(),
        )
        usual(self, keys)

    monkeypatch.setattr(CustomerQuerySet, "hold", meanwhile)
    address = reverse("admin:register_customer_given", args=[aino.reference])
    sent = given(firm, ground="billing", purpose="publication")
    page = client.post(address, sent, follow=True).text
    with override("en"):
        assert str(Refusal.FORBIDDEN.label) in unescape(page)
    assert not Disclosed.objects.exists()
