"""Who asks for another, and what is told in words."""

import pytest

from notices.terms import Right
from rights_requests import decisions
from rights_requests.mandates import CannotRecord, record_mandate, tell
from rights_requests.models import (
    LetterKind,
    LinkPurpose,
    Mandate,
    Medium,
    Proof,
    RightsRequest,
    Spoken,
)
from staff.roles import Role
from tests.factories import CustomerFactory
from tests.rights_requests.at_the_desk import act_on, page_of, staff
from tests.rights_requests.test_decisions import (  # noqa: F401
    ARRIVED,
    LATER,
    _in_english,
    ask,
    decider,
    only,
    proven,
)
from tests.rights_requests.test_identifying import HOME

AGENT = {"agent": "Lakitoimisto Koe", "evidence": "signed power of attorney"}


@pytest.fixture
def aino():
    return CustomerFactory(email="aino@koe.example", **HOME)


def through_agent(customer, **mandate):
    """A request that an agent sent from an address of the agent's, with the mandate seen."""
    request = ask(Right.ACCESS, email="agent@lakitoimisto.example")
    assert decisions.prove_by_link(request.links.get(purpose=LinkPurpose.PROOF), now=ARRIVED)
    decisions.link(request, customer, now=LATER)
    said = AGENT | {"takes_answers": False} | mandate
    record_mandate(request, by=decider(), now=LATER, **said)
    decisions.prove(request, Proof.SIGNATURE, now=LATER, by=decider(), evidence="on the mandate")
    return RightsRequest.objects.get(pk=request.pk)


def answer(request):
    decisions.grant(only(request), by=decider(), now=LATER)
    return request.letters.get(kind=LetterKind.ANSWER_ACCESS)


def test_the_answer_goes_to_the_person_although_the_agent_has_proven_an_address(aino):
    """I14"""
    letter = answer(through_agent(aino))
    assert (letter.medium, letter.to_name) == (Medium.POST, str(aino))
    assert letter.to_address == "Koetie 1\n00100 Helsinki"
    assert "agent" not in letter.body


@pytest.mark.parametrize(
    ("mandate", "to"),
    [
        ({"agent_email": "answers@lakitoimisto.example"}, ("answers@lakitoimisto.example", "")),
        ({"agent_address": "PL 7\n00101 Helsinki"}, ("", "PL 7\n00101 Helsinki")),
    ],
)
def test_the_answer_goes_to_the_agent_where_the_mandate_says_so(aino, mandate, to):
    """I14"""
    letter = answer(through_agent(aino, takes_answers=True, **mandate))
    assert (letter.to_email, letter.to_address) == to
    assert letter.to_name == "Lakitoimisto Koe"
    assert letter.body.startswith(
        "Hello Lakitoimisto Koe,\n\n"
        "You are the agent of Aino Koekajo. What this letter says of you and your data "
        "is about Aino Koekajo.\n\nHere is a copy of the data of Aino Koekajo"
    )


def test_a_mandate_alone_shows_nobody(aino):
    """I14, I04: who the person is must be shown all the same."""
    request = ask(Right.ACCESS, email="agent@lakitoimisto.example")
    decisions.link(request, aino, now=LATER)
    record_mandate(
        request, by=decider(), now=LATER, takes_answers=True, agent_email="a@b.example", **AGENT
    )
    with pytest.raises(decisions.InTheWay):
        decisions.grant(only(request), by=decider(), now=LATER)


def test_a_newer_mandate_takes_the_place_of_the_older_and_a_closed_request_has_none(aino):
    request = through_agent(aino)
    record_mandate(
        request, by=decider(), now=LATER, takes_answers=False, **AGENT | {"agent": "Aino Toinen"}
    )
    assert Mandate.objects.get().agent == "Aino Toinen"
    decisions.withdraw(request, now=LATER)
    with pytest.raises(CannotRecord):
        record_mandate(request, by=decider(), now=LATER, takes_answers=False, **AGENT)


def test_the_page_says_who_asks_for_whom_and_where_answers_go(aino):
    """I14: and an address is needed where they go to the agent."""
    contact = staff(Role.DATA_PROTECTION_CONTACT)
    request = ask(Right.ACCESS)
    sent = AGENT | {"takes_answers": "on"}
    page = contact.post(page_of(request, "mandate"), sent)
    assert "Give an address where the answers go." in page.text
    contact.post(page_of(request, "mandate"), sent | {"agent_email": "a@lakitoimisto.example"})
    page = contact.get(page_of(request)).text
    assert "Lakitoimisto Koe: signed power of attorney" in page
    assert "Answers go to the agent." in page


# --- told in words


def test_an_answer_is_told_in_words_only_to_whom_somebody_knows(aino):
    """I11: beside the letter, with a note of how it was known who it was."""
    request = ask(Right.ACCESS)
    decisions.link(request, aino, now=LATER)
    with pytest.raises(CannotRecord):
        tell(only(request), by=decider(), now=LATER, note="By phone.")
    decisions.prove(request, Proof.IN_PERSON, now=LATER, by=decider(), evidence="driving licence")
    with pytest.raises(CannotRecord):
        tell(only(request), by=decider(), now=LATER, note="Not decided yet.")
    decisions.grant(only(request), by=decider(), now=LATER)
    tell(only(request), by=decider(), now=LATER, note="At the counter, licence seen.")
    assert Spoken.objects.get().told_by.name == "Ruut Ratkaisija"
    assert request.letters.filter(kind=LetterKind.ANSWER_ACCESS).exists()
    with pytest.raises(CannotRecord):
        tell(only(request), by=decider(), now=LATER, note="Twice.")


def test_nobody_is_told_in_words_who_did_not_ask_for_that(aino):
    """I11"""
    contact = staff(Role.DATA_PROTECTION_CONTACT)
    request = proven(Right.ACCESS, customer=aino)
    decisions.grant(only(request), by=decider(), now=LATER)
    address = act_on(request, Right.ACCESS, "spoken")
    assert address in contact.get(page_of(request)).text
    page = contact.post(address, {"note": "At the counter, licence seen."})
    assert "Only who asks for that is told in words." in page.text
    contact.post(address, {"note": "At the counter, licence seen.", "is_asked": "on"})
    page = contact.get(page_of(request)).text
    assert "told the answer in words on" in page
    assert address not in page
