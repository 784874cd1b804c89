"""Restriction by request: imposed by decision or at once, lifted after a letter (art. 18)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation
from django.utils.timezone import localtime

from audit.reasons import because
from audit.tasks import run_next
from register.models import Customer, Disclosed, Restriction
from rights_requests import carrying_out, decisions, lifting
from rights_requests.grounds import BY_KEY
from rights_requests.letters import mark_sent
from rights_requests.models import Demand, Letter, LetterKind, LinkPurpose, RightsRequest
from staff.roles import Role
from tests.factories import (
    CustomerFactory,
    DisclosureFactory,
    NoticeFactory,
    RecipientFactory,
    UserFactory,
)
from tests.rights_requests.asking import address
from tests.rights_requests.at_the_desk import act_on, ask, page_of, said, staff

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def notice(db):
    with translation.override("en"):
        yield NoticeFactory(
            in_force=True,
            contact_email="vastuu@koepaja.example",
            recipients=["accounting"],
            purposes={"orders": "contract"},
            grounds=["billing"],
        )


@pytest.fixture
def aino():
    return CustomerFactory(given_name="Aino", family_name="Kajo", email="aino@koe.example")


@pytest.fixture
def contact():
    return staff(Role.DATA_PROTECTION_CONTACT)


def rested(aino, ground="accuracy", **terms):
    """A request whose restriction was granted."""
    asked = ask("restriction", customer=aino, proof="in_person", now=NOW)
    demand = Demand.objects.get(request=asked)
    decisions.grant(demand, by=UserFactory(), now=NOW, ground=ground, **terms)
    asked.refresh_from_db()
    return asked


def wants(asked, ground, categories=()):
    with because("Test"):
        demand = asked.demands.get()
        demand.restriction_ground, demand.categories = ground, list(categories)
        demand.save()


def told(asked, now=NOW):
    return lifting.tell(asked, reasons="We have checked the data: they are right.", now=now)


def test_a_grant_restricts_in_the_same_transaction_and_says_so(aino, monkeypatch):
    """S01, S08"""

    def fall(*args, **kwargs):
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(decisions, "close_when_answered", fall)
        with pytest.raises(ZeroDivisionError):
            rested(aino)
    assert not Restriction.objects.exists()
    assert Demand.objects.get().is_open
    asked = rested(aino, categories=["phone", "email"])
    held = Restriction.objects.get()
    assert (held.customer, held.ground) == (aino, "accuracy")
    assert held.categories == ["email", "phone"]
    assert held.imposed_by_request == asked.number
    letter = asked.letters.get(kind=LetterKind.ANSWER_RESTRICTION)
    for words in ("the accuracy of the data is contested", "- E-mail address", "- Phone number"):
        assert words in letter.body
    assert asked.closed_at


@pytest.mark.parametrize("is_granted", [True, False])
@pytest.mark.parametrize(
    ("ground", "said"),
    [
        ("accuracy", "the accuracy of the data is contested (GDPR article 18(1)(a))"),
        ("unlawful", "the processing is unlawful, and the data are to be kept"),
        ("claims", "the data are needed for a legal claim (GDPR article 18(1)(c))"),
        ("objection", "an objection is being weighed (GDPR article 18(1)(d))"),
    ],
)
def test_a_decision_repeats_the_ground_that_the_person_gave(aino, ground, said, is_granted):
    """S01, P59, B11: in words, with its article, granted or refused."""
    asked = ask("restriction", customer=aino, proof="in_person", now=NOW)
    wants(asked, ground)
    demand = Demand.objects.get(request=asked)
    if is_granted:
        decisions.grant(demand, by=UserFactory(), now=NOW, ground="claims")
    else:
        decisions.refuse(
            demand,
            by=UserFactory(),
            now=NOW,
            ground=BY_KEY["no_restriction_ground"],
            refused_what="All of it.",
            reasons="We have looked, and none of the grounds applies.",
            until="Until something new comes.",
        )
    letter = asked.letters.get(kind="answer_restriction" if is_granted else "refusal")
    assert f"- Ground that you gave: {said}" in letter.body
    imposed = "Ground of the restriction: the data are needed for a legal claim (GDPR article 18"
    assert (imposed in letter.body) is is_granted


def test_without_a_ground_nothing_is_restricted(aino):
    """S01: none but the four."""
    for ground in ("", "because"):
        with pytest.raises(carrying_out.GroundMissing):
            rested(aino, ground=ground)
    assert not Restriction.objects.exists()


@pytest.mark.parametrize("first", ["link", "proof"])
def test_contested_data_rest_as_soon_as_it_is_known_who_asks(aino, first):
    """P61, R03, S01: art. 18(1)(a), before anybody decides; the decision then says which data."""
    asked = ask("restriction", now=NOW)
    wants(asked, "accuracy")
    acts = {
        "link": lambda: decisions.link(asked, aino, now=NOW),
        "proof": lambda: decisions.prove(asked, "in_person", now=NOW, by=UserFactory()),
    }
    acts.pop(first)()
    assert not Restriction.objects.exists()
    next(iter(acts.values()))()
    held = Restriction.objects.get()
    assert (held.customer, held.categories, held.imposed_by) == (aino, [], None)
    by = UserFactory()
    decisions.grant(asked.demands.get(), by=by, now=LATER, categories=["phone"])
    held = Restriction.objects.get()
    assert (held.categories, held.imposed_by, held.imposed_at) == (["phone"], by, NOW)


@pytest.mark.parametrize(
    ("contested", "decided", "began"),
    [
        ([], ["phone"], NOW),
        ([], [], NOW),
        (["phone", "email"], ["phone"], NOW),
        (["phone"], ["phone", "email"], None),
        (["phone"], [], None),
        (None, ["phone"], LATER),
    ],
)
def test_the_letter_names_the_day_on_which_all_that_it_tells_of_began_to_rest(
    aino, contested, decided, began
):
    """S01, art. 12(1): what the decision adds has another day, so none is named."""
    asked = ask("restriction", customer=aino, now=NOW)
    wants(asked, "unlawful" if contested is None else "accuracy", contested or [])
    decisions.prove(asked, "in_person", now=NOW, by=UserFactory())
    decisions.grant(
        asked.demands.get(), by=UserFactory(), now=LATER, ground="accuracy", categories=decided
    )
    body = asked.letters.get(kind=LetterKind.ANSWER_RESTRICTION).body
    day = [f"{localtime(began):%-d %B %Y}"] if began else []
    assert "your data are restricted." in body
    assert re.findall(r"The restriction began on (.*)\.", body) == day


@pytest.mark.parametrize("ground", ["", "unlawful", "claims", "objection"])
def test_what_must_be_weighed_waits_for_the_decision(aino, ground):
    asked = ask("restriction", customer=aino, now=NOW)
    wants(asked, ground)
    decisions.prove(asked, "in_person", now=NOW, by=UserFactory())
    assert not Restriction.objects.exists()


def test_nothing_rests_for_a_proof_that_is_not_the_customer_s(aino):
    """I04"""
    asked = ask("restriction", customer=aino, email="other@koe.example", now=NOW)
    wants(asked, "accuracy")
    decisions.prove(asked, "proven_email", now=NOW)
    assert not Restriction.objects.exists()


def test_the_wrong_customer_is_let_go_again(aino):
    other = CustomerFactory()
    asked = ask("restriction", customer=aino, now=NOW)
    wants(asked, "accuracy")
    decisions.prove(asked, "in_person", now=NOW, by=UserFactory())
    assert set(Customer.objects.in_use()) == {other}
    decisions.link(asked, other, now=LATER)
    assert set(Customer.objects.in_use()) == {aino}


def test_the_person_is_told_before_the_restriction_ends(aino):
    """S05"""
    asked = rested(aino)
    by = UserFactory()
    with pytest.raises(lifting.NotToldYet):
        lifting.lift(asked, by=by, now=LATER)
    letter = told(asked)
    assert told(asked) == letter
    assert "We have checked the data" in letter.body
    with pytest.raises(lifting.NotToldYet):
        lifting.lift(asked, by=by, now=LATER)
    mark_sent(letter, now=LATER)
    with pytest.raises(lifting.NotToldYet):
        lifting.lift(asked, by=by, now=LATER)
    assert set(Customer.objects.in_use()) == set()
    lifting.lift(asked, by=by, now=LATER + timedelta(seconds=1))
    held = Restriction.objects.get()
    assert (held.told_at, held.lifted_by) == (LATER, by)
    assert held.lifted_at > held.told_at
    assert set(Customer.objects.in_use()) == {aino}
    for act in (told, lambda asked: lifting.lift(asked, by=by, now=LATER)):
        with pytest.raises(lifting.NothingRestricted):
            act(asked)


def test_an_earlier_letter_tells_nothing_of_a_later_restriction(aino):
    """S05"""
    asked = rested(aino)
    mark_sent(told(asked), now=LATER)
    with because("Test"):
        Restriction.objects.get()
    held = Restriction.objects.get()
    held.imposed_at = LATER + timedelta(days=1)
    with because("Test"):
        held.save()
    assert lifting.notice_of(held, asked) is None


@pytest.mark.parametrize(("street", "medium"), [("Koetie 1", "post"), ("", "email")])
def test_a_request_that_forgot_who_asked_tells_at_the_address_of_the_register(street, medium):
    """A06: by post if it can."""
    aino = CustomerFactory(
        given_name="Aino", family_name="Kajo", email="aino@koe.example", street=street
    )
    asked = rested(aino)
    with because("Test"):
        asked.email = ""
        asked.save()
        aino.refresh_from_db()
    letter = told(asked)
    assert (letter.medium, letter.to_name) == (medium, "Aino Kajo")
    assert bool(letter.to_address) is (medium == "post")


# --- at the desk


def test_staff_choose_ground_and_data_and_see_whom_to_tell(contact, aino):
    """S01, S06, S08"""
    firm = RecipientFactory()
    DisclosureFactory(customers=[aino], recipient=firm, ground="billing", categories=["name"])
    asked = ask("restriction", customer=aino, proof="in_person")
    wants(asked, "objection")
    address = act_on(asked, "restriction", "grant")
    page = contact.get(address)
    assert page.context["form"]["ground"].value() == "objection"
    assert f"These have the data too, and get a letter about it: {firm}." in page.text
    assert "From this moment the data are only kept" in page.text
    assert "This field is required" in contact.post(address, {}).text
    response = contact.post(address, {"ground": "objection", "categories": ["phone"]}, follow=True)
    assert said(response) == ["Granted: restriction of processing"]
    assert Restriction.objects.get().categories == ["phone"]
    assert Disclosed.objects.count() == 1
    assert "Lift the restriction" in response.text


def test_staff_lift_it_step_by_step(contact, aino):
    """S05: the lifting is not offered before the letter has left."""
    asked = rested(aino)
    address = page_of(asked, "lift")
    assert "Write the letter" in contact.get(address).text
    assert "Fill this in." in contact.post(address, {"reasons": " "}).text
    assert not Letter.objects.filter(kind=LetterKind.LIFTING).exists()
    page = contact.post(address, {"reasons": "All is checked."}, follow=True)
    assert said(page) == ["The letter is written. Lift the restriction when it has left."]
    assert 'value="Lift the restriction"' not in page.text
    assert said(contact.post(address, follow=True)) == [
        "The letter has not left. The person must be told before the lifting."
    ]
    assert Restriction.objects.in_force().exists()
    mark_sent(Letter.objects.get(kind=LetterKind.LIFTING), now=timezone.now())
    assert 'value="Lift the restriction"' in contact.get(address).text
    assert said(contact.post(address, follow=True)) == ["The restriction is lifted."]
    assert not Restriction.objects.in_force().exists()
    assert said(contact.get(address, follow=True)) == [
        "No restriction of this request is in force."
    ]


def test_an_erasure_that_the_person_opposed_is_refused_on_that_ground(contact, aino):
    """E11"""
    rested(aino, ground="claims")
    asked = ask("erasure", customer=aino, proof="in_person")
    page = contact.get(act_on(asked, "erasure", "refuse"))
    assert page.context["form"]["ground"].value() == "restriction_asked"
    assert (
        "has wanted the data kept"
        in said(contact.get(act_on(asked, "erasure", "grant"), follow=True))[0]
    )


# --- the person withdraws the request


def withdrawn(aino, *, granted=False):
    """A request because of which data rest, and which the person has withdrawn."""
    asked = ask("restriction", "access", customer=aino, proof="in_person", now=NOW)
    demand = asked.demands.get(right="restriction")
    if granted:
        decisions.grant(demand, by=UserFactory(), now=NOW, ground="accuracy")
    else:
        with because("Test"):
            demand.restriction_ground = "accuracy"
            demand.save()
            decisions.rest_at_once(RightsRequest.objects.get(pk=asked.pk), now=NOW)
    assert Restriction.objects.in_force().count() == 1
    assert decisions.withdraw(asked, now=LATER)
    return RightsRequest.objects.get(pk=asked.pk)


def status_page(client, asked):
    link = asked.links.get(purpose=LinkPurpose.STATUS)
    return client.get(address("status", link.token, language="en")).text


def test_what_nobody_decided_on_is_used_again_after_the_letter_about_the_withdrawal(aino, client):
    """S05, art. 18(3): told in that letter, and on the page of the request, before it ends."""
    asked = withdrawn(aino)
    letter = asked.letters.get(kind=LetterKind.WITHDRAWN)
    said = "Until now we have only kept the data that you said are wrong."
    assert f"{said} When this letter has left, we use them again." in letter.body
    assert Restriction.objects.in_force().exists()
    page = status_page(client, asked)
    assert "we have only kept these data of yours, and not used them: all data." in page
    again = "We use them again when our letter about your withdrawal has left."
    assert again in page
    mark_sent(letter, now=LATER)
    while run_next(LATER + timedelta(seconds=1)):
        pass
    assert not Restriction.objects.exists()
    assert again not in status_page(client, asked)
    assert Customer.objects.in_use().filter(pk=aino.pk).exists()


def test_what_somebody_decided_stays_and_the_letter_says_nothing_of_it(aino, client):
    """S05: it ends by a decision alone."""
    asked = withdrawn(aino, granted=True)
    letter = asked.letters.get(kind=LetterKind.WITHDRAWN)
    assert "we use them again" not in letter.body
    assert "We use them again" not in status_page(client, asked)
    mark_sent(letter, now=LATER)
    while run_next(LATER + timedelta(seconds=1)):
        pass
    assert Restriction.objects.in_force().exists()


def test_those_who_were_told_of_the_restriction_are_told_of_its_end(aino):
    """S06"""
    firm = RecipientFactory()
    DisclosureFactory(customers=[aino], recipient=firm, ground="billing", categories=["name"])
    asked = withdrawn(aino)
    mark_sent(asked.letters.get(kind=LetterKind.WITHDRAWN), now=LATER)
    while run_next(LATER + timedelta(seconds=1)):
        pass
    assert asked.letters.filter(kind=LetterKind.TOLD_LIFTING).exists()
