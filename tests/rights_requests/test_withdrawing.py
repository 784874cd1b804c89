"""A consent is taken back as easily as it was given: at once, without a decision (art. 7(3))."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from audit.reasons import because
from notices.publishing import adopt
from register.models import Consent, Customer
from rights_requests import decisions
from rights_requests.models import Demand, LetterKind, LinkPurpose, RightsRequest
from staff.roles import Role
from tests.factories import (
    CollectionFactory,
    ConsentFactory,
    CustomerFactory,
    NoticeFactory,
    UserFactory,
)
from tests.rights_requests.asking import answers, check, fields, send
from tests.rights_requests.at_the_desk import RECORD, act_on, ask, page_of, staff

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def notice(db):
    made = NoticeFactory(
        languages=["fi", "sv", "en"],
        contact_email="vastuu@koepaja.example",
        purposes={
            "orders": "contract",
            "ad_targeting": "consent",
            "publication": "consent",
        },
    )
    adopt(made, now=NOW, reason="Test")
    with translation.override("en"):
        yield made


@pytest.fixture
def aino():
    customer = CustomerFactory(given_name="Aino", email="aino@koe.example")
    for purpose in ("ad_targeting", "publication"):
        ConsentFactory(customer=customer, purpose=purpose, given_on=timezone.localdate())
    return customer


def takes_back(*purposes, customer, proof="in_person"):
    asked = ask("withdrawal", now=NOW)
    if purposes:
        with because("Test"):
            demand = asked.demands.get()
            demand.purposes = list(purposes)
            demand.save()
    decisions.link(asked, customer, now=NOW)
    decisions.prove(asked, proof, now=LATER, by=UserFactory())
    return RightsRequest.objects.get(pk=asked.pk)


def given(customer):
    return set(Consent.objects.given().filter(customer=customer).values_list("purpose", flat=True))


def test_the_consents_end_as_soon_as_it_is_known_who_asks(aino):
    """C01, P19, P47: nobody decides, and the request is closed with its answer."""
    other = CustomerFactory()
    ConsentFactory(customer=other, given_on=timezone.localdate())
    assert set(Customer.objects.consenting("ad_targeting")) == {aino, other}
    asked = takes_back(customer=aino)
    assert (given(aino), given(other)) == (set(), {"ad_targeting"})
    assert set(Customer.objects.usable_for("ad_targeting")) == {other}
    demand = asked.demands.get()
    assert (demand.carried_out_at, demand.decided_by, demand.granted_at) == (LATER, None, None)
    assert asked.closed_at == LATER
    ended = Consent.objects.filter(customer=aino).values_list(
        "withdrawn_by_channel", "withdrawn_on"
    )
    assert set(ended) == {("form", timezone.localdate(LATER))}
    letter = asked.letters.get(kind=LetterKind.ANSWER_WITHDRAWAL)
    for words in ("- Targeting our own advertising", "- Publishing lists", "stays lawful"):
        assert words in letter.body


def by_link(*rights, name="Aino Kajo", email="aino@koe.example"):
    """Asked by the form, and the link in the mail used: no member of staff has looked."""
    asked = ask(*rights, name=name, email=email, now=NOW)
    proof = asked.links.get(purpose=LinkPurpose.PROOF)
    assert decisions.prove_by_link(proof, now=LATER)
    return RightsRequest.objects.get(pk=asked.pk)


@pytest.fixture
def kajo(aino):
    with because("Test"):
        aino.family_name = "Kajo"
        aino.save(collection=CollectionFactory())
    return aino


def test_a_link_is_enough_where_it_leaves_nobody_to_choose(kajo):
    """C01, art. 7(3): as easily as it was given, also on a Sunday; the history says why."""
    asked = by_link("withdrawal")
    assert (asked.customer, given(kajo), asked.closed_at) == (kajo, set(), LATER)
    reasons = asked.history.values_list("history_change_reason", flat=True)
    assert "Ainoa asiakas, jolla on tämä nimi ja sähköpostiosoite" in reasons


@pytest.mark.parametrize(
    ("name", "email", "others"),
    [
        ("Aino Muu", "aino@koe.example", 0),
        ("Aino Kajo", "toinen@koe.example", 0),
        ("Aino Kajo", "aino@koe.example", 1),
    ],
)
def test_where_there_is_something_to_choose_staff_choose(kajo, name, email, others):
    """I04, I08: another name, another address, two of one mailbox."""
    for _one in range(others):
        CustomerFactory(given_name="Aino", family_name="Kajo", email="aino@koe.example")
    asked = by_link("withdrawal", name=name, email=email)
    assert (asked.customer, asked.is_proven) == (None, True)
    assert given(kajo) == {"ad_targeting", "publication"}


def test_what_is_decided_by_people_waits_for_them(kajo):
    """I04"""
    assert by_link("access", "erasure").customer is None


def test_only_the_consents_named_end(aino):
    """C01"""
    asked = takes_back("publication", customer=aino)
    assert given(aino) == {"ad_targeting"}
    assert "advertising" not in asked.letters.get(kind=LetterKind.ANSWER_WITHDRAWAL).body


def test_who_has_given_none_is_told_so():
    """C01"""
    asked = takes_back(customer=CustomerFactory(email="aino@koe.example"))
    letter = asked.letters.get(kind=LetterKind.ANSWER_WITHDRAWAL)
    assert "you have no consent in force" in letter.body
    assert asked.closed_at


def test_a_look_alike_takes_nothing_back(aino):
    """I08, C01"""
    asked = ask("withdrawal", email="stranger@koe.example", now=NOW)
    decisions.prove(asked, "proven_email", now=NOW)
    decisions.link(asked, aino, now=LATER)
    assert given(aino) == {"ad_targeting", "publication"}
    assert asked.demands.get().is_open


def test_what_was_taken_back_is_nobody_else_s(aino):
    """C01: the request can no longer be another customer's."""
    asked = takes_back(customer=aino)
    assert not asked.can_be_linked
    with pytest.raises(decisions.AlreadyDecided):
        decisions.link(asked, CustomerFactory(), now=LATER)


def test_whom_the_register_does_not_hold_is_answered_by_somebody():
    """A01, P47"""
    contact = staff(Role.DATA_PROTECTION_CONTACT)
    asked = ask("withdrawal", proof="in_person")
    contact.post(act_on(asked, "withdrawal", "grant"), {})
    assert asked.letters.filter(kind=LetterKind.ANSWER_NOTHING_HELD).exists()
    assert Demand.objects.get().decided_by
    assert "In force since" not in contact.get(page_of(asked)).text


def test_it_is_asked_on_the_form_and_typed_in_at_the_desk(client, aino):
    """C01: a tick or none, and who asks; no reason."""
    page = check(client, answers("withdrawal", withdrawn_purposes=["publication"]))
    assert not [name for name in fields(page) if "ground" in name]
    send(client, answers("withdrawal", withdrawn_purposes=["publication"]))
    assert Demand.objects.get().purposes == ["publication"]
    sent = {
        "channel": "phone",
        "received_on": timezone.localdate().isoformat(),
        "language": "en",
        "name": "Aino",
        "phone": "040 123 4567",
        "withdrawal": "on",
        "withdrawal-purposes": ["ad_targeting"],
        "proof": "in_person",
        "evidence": "driving licence",
    }
    contact = staff(Role.DATA_PROTECTION_CONTACT)
    contact.post(RECORD, sent)
    typed = RightsRequest.objects.get(channel="phone")
    decisions.link(typed, aino, now=LATER)
    assert given(aino) == {"publication"}


def test_a_decision_and_its_absence_exclude_each_other():
    """P47: carried out without somebody who decides are a prohibition and a withdrawal only."""
    for right in ("withdrawal", "prohibition"):
        asked = ask(right)
        with because("Test"):
            demand = asked.demands.get()
            demand.carried_out_at, demand.granted_at = NOW, NOW
            demand.decided_by = UserFactory()
            with pytest.raises(IntegrityError), transaction.atomic():
                demand.save()
    for right in ("access", "objection", "erasure", "anonymisation"):
        with because("Test"):
            demand = ask(right).demands.get()
            demand.carried_out_at = NOW
            with pytest.raises(IntegrityError), transaction.atomic():
                demand.save()
