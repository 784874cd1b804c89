"""Who asks: a proof is sufficient, a look-alike delays nobody, and no copy goes to a stranger."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from audit.reasons import because
from notices.publishing import adopt
from notices.terms import Right
from register.models import Customer, Hold
from rights_requests import decisions, waiting
from rights_requests.decisions import HindranceKind, InTheWay
from rights_requests.doubting import reasons_open
from rights_requests.identifying import proofs_of
from rights_requests.intake import receive
from rights_requests.letters import mark_undelivered, post_instead
from rights_requests.models import (
    Demand,
    ExtensionCause,
    LetterKind,
    LinkPurpose,
    Medium,
    Proof,
    Report,
    RightsRequest,
)
from staff.roles import Role
from tests.factories import (
    ClauseFactory,
    CollectionFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
)
from tests.rights_requests.at_the_desk import page_of, put_right, staff
from tests.rights_requests.test_decisions import (  # noqa: F401
    ARRIVED,
    HELSINKI,
    LATER,
    _in_english,
    ask,
    decider,
    only,
    pay,
    proven,
    refuse,
)

SEEN = (Proof.SIGNATURE, Proof.IN_PERSON)
HOME = {"street": "Koetie 1", "postcode": "00100", "city": "Helsinki"}


@pytest.fixture
def aino():
    return CustomerFactory(email="aino@koe.example", **HOME)


def look_alike(customer, *, proof="", email="stranger@muu.example"):
    """A request in somebody's name, which staff have linked to the customer."""
    request = ask(Right.ACCESS, email=email)
    decisions.link(request, customer, now=LATER)
    if proof:
        decisions.prove(request, proof, now=LATER)
    return RightsRequest.objects.get(pk=request.pk)


# --- a look-alike


@pytest.mark.parametrize("proof", ["", Proof.PROVEN_EMAIL])
def test_a_look_alike_of_which_it_is_open_who_asks_delays_no_erasure(aino, proof):
    """I08: neither without a proof nor with that of a stranger's own address."""
    look_alike(aino, proof=proof)
    assert not Hold.objects.holding().exists()
    true = proven(Right.ERASURE, customer=aino)
    assert decisions.hindrances(only(true)) == []
    decisions.grant(only(true), by=decider(), now=LATER)
    assert Customer.objects.get().erased_at == LATER


@pytest.mark.parametrize("is_linked_first", [True, False])
def test_who_has_proven_the_address_is_known_although_it_is_then_corrected(aino, is_linked_first):
    """I04, P54: the correction that was asked for does not take the proof away."""
    request = ask(Right.RECTIFICATION, email=aino.email)
    acts = [
        lambda own: decisions.link(own, aino, now=LATER),
        lambda own: decisions.prove(own, Proof.PROVEN_EMAIL, now=LATER),
    ]
    for act in acts if is_linked_first else reversed(acts):
        act(RightsRequest.objects.get(pk=request.pk))
    with because("Test"):
        aino.email = "uusi@koe.example"
        aino.save(collection=CollectionFactory())
    assert decisions.hindrances(only(RightsRequest.objects.get())) == []


def test_a_look_alike_does_not_delay_an_erasure_that_waits(aino):
    """I08, E06"""
    invoice = InvoiceFactory(customer=aino)
    true = proven(Right.ERASURE, customer=aino)
    decisions.grant(only(true), by=decider(), now=LATER, wait=True)
    look_alike(aino)
    pay(invoice)
    assert waiting.carry_out(now=LATER) == 1


def test_the_true_request_of_data_keeps_them_from_when_it_is_proven(aino):
    """A09: also where staff have found the customer before the proof came."""
    request = look_alike(aino, email="aino@koe.example")
    assert not Hold.objects.holding().exists()
    assert decisions.prove_by_link(request.links.get(purpose=LinkPurpose.PROOF), now=ARRIVED)
    assert Hold.objects.holding().get().reference == request.number
    true = proven(Right.ERASURE, customer=aino)
    kinds = [one.kind for one in decisions.hindrances(only(true))]
    assert kinds == [HindranceKind.OPEN_REQUEST]


# --- where the copy goes


@pytest.mark.parametrize("proof", SEEN)
def test_a_copy_goes_by_post_where_nobody_has_proven_the_e_mail_address(aino, proof):
    """A06, I04: a signature shows who asks, and not whose mailbox it is."""
    request = look_alike(aino)
    decisions.prove(request, proof, now=LATER, by=decider(), evidence="signed letter")
    decisions.grant(only(request), by=decider(), now=LATER)
    letter = request.letters.get(kind=LetterKind.ANSWER_ACCESS)
    assert (letter.medium, letter.to_email) == (Medium.POST, "")
    assert letter.to_address == "Koetie 1\n00100 Helsinki"
    assert not request.links.filter(purpose=LinkPurpose.REPORT).exists()


@pytest.mark.parametrize("proof", SEEN)
def test_a_copy_goes_by_mail_to_the_address_of_the_register(aino, proof):
    """A06, I10"""
    request = look_alike(aino, email="Aino@koe.example")
    decisions.prove(request, proof, now=LATER, by=decider(), evidence="signed letter")
    decisions.grant(only(request), by=decider(), now=LATER)
    assert request.letters.get(kind=LetterKind.ANSWER_ACCESS).to_email == "Aino@koe.example"


@pytest.mark.parametrize("is_first", [True, False])
def test_a_link_proves_the_address_beside_a_signature_and_takes_no_proof_away(aino, is_first):
    """A06, I10: in whatever order they come."""
    request = look_alike(aino)
    seen = {"now": LATER, "by": decider(), "evidence": "signed letter"}
    if not is_first:
        decisions.prove(request, Proof.SIGNATURE, **seen)
        decisions.send_proof(request, now=LATER)
    link = request.links.get(purpose=LinkPurpose.PROOF, ended_at=None)
    assert decisions.prove_by_link(link, now=ARRIVED)
    if is_first:
        decisions.prove(request, Proof.SIGNATURE, **seen)
    request = RightsRequest.objects.get(pk=request.pk)
    assert request.proof == Proof.SIGNATURE
    decisions.grant(only(request), by=decider(), now=LATER)
    assert request.letters.get(kind=LetterKind.ANSWER_ACCESS).to_email == "stranger@muu.example"


def test_a_copy_that_could_only_go_to_an_unproven_address_is_not_given():
    """A06, I04: staff are told what opens the way."""
    request = look_alike(CustomerFactory(email=""))
    decisions.prove(request, Proof.SIGNATURE, now=LATER, by=decider(), evidence="signed letter")
    with pytest.raises(InTheWay) as stopped:
        decisions.grant(only(request), by=decider(), now=LATER)
    (hindrance,) = stopped.value.hindrances
    assert hindrance.kind == HindranceKind.NOWHERE_TO_ANSWER
    assert "Send a link" in str(hindrance)
    assert not Report.objects.exists()


def test_where_the_register_has_no_postal_address_its_e_mail_address_is_good(aino):
    """A06, I10: with the link that a copy by e-mail stands behind."""
    request = look_alike(CustomerFactory(email="aino@toinen.example"))
    decisions.prove(request, Proof.SIGNATURE, now=LATER, by=decider(), evidence="signed letter")
    decisions.grant(only(request), by=decider(), now=LATER)
    letter = request.letters.get(kind=LetterKind.ANSWER_ACCESS)
    assert (letter.medium, letter.to_email) == (Medium.EMAIL, "aino@toinen.example")
    assert letter.carries_secret


@pytest.mark.parametrize(
    ("proof", "street", "to"),
    [
        (Proof.SIGNATURE, "Muukuja 9", "Koetie 1"),
        (Proof.CODE_BY_POST, "Muukuja 9", "Koetie 1"),
        (Proof.SIGNATURE, "koetie 1", "koetie 1"),
        (Proof.IN_PERSON, "Muukuja 9", "Muukuja 9"),
    ],
)
def test_a_signed_letter_is_answered_to_the_register_s_postal_address(aino, proof, street, to):
    """A06: what stands on an envelope is no proof; who stands here says where to post it."""
    place = {"street": street, "postcode": "00100", "city": "Helsinki"}
    request = ask(Right.ACCESS, email="", **place)
    decisions.link(request, aino, now=LATER)
    decisions.prove(request, proof, now=LATER, by=decider(), evidence="seen")
    decisions.grant(only(request), by=decider(), now=LATER)
    letter = request.letters.get(kind=LetterKind.ANSWER_ACCESS)
    assert letter.to_address.splitlines()[0] == to


def test_an_answer_that_mail_does_not_deliver_is_posted_where_answers_go(aino):
    """A06: not to the address that a stranger wrote into the request."""
    request = look_alike(aino, email="aino@koe.example")
    with because("Test"):
        request.street, request.postcode, request.city = "Muukuja 9", "00999", "Muualla"
        request.save()
    decisions.prove(request, Proof.SIGNATURE, now=LATER, by=decider(), evidence="signed letter")
    decisions.grant(only(request), by=decider(), now=LATER)
    letter = request.letters.get(kind=LetterKind.ANSWER_ACCESS)
    mark_undelivered(letter, fault="550", now=LATER)
    letter.refresh_from_db()
    assert post_instead(letter, now=LATER)
    letter.refresh_from_db()
    assert letter.to_address == "Koetie 1\n00100 Helsinki"


# --- a late refusal


@pytest.mark.parametrize(
    ("day", "is_late"),
    [(datetime(2026, 10, 1, 23, 59), False), (datetime(2026, 10, 2, 0, 1), True)],
)
def test_more_time_to_act_is_no_more_time_to_refuse(day, is_late):
    """T05: a refusal has no extension of its own, and one that comes late says so."""
    request = ask(Right.ACCESS)
    cause = {"cause": ExtensionCause.COMPLEXITY, "reason": "Ten years of paper."}
    decisions.extend(only(request), by=decider(), now=LATER, **cause)
    certificate = refuse(only(request), now=day.replace(tzinfo=HELSINKI))
    assert certificate.is_late is is_late
    said = "The last day for a refusal was 1 October 2026." in certificate.demand.letters.get(
        kind=LetterKind.REFUSAL
    ).text(with_links=False)
    assert said is is_late


def test_a_refusal_without_an_extension_is_late_after_the_same_day():
    """T05"""
    later = LATER + timedelta(days=60)
    assert refuse(only(ask(Right.ERASURE)), now=later).is_late


@pytest.mark.parametrize(
    ("right", "day", "last"),
    [
        (Right.ACCESS, datetime(2026, 10, 1, 23, 59), ""),
        (Right.ACCESS, datetime(2026, 10, 2, 0, 1), "1 October 2026"),
        (Right.RESTRICTION, datetime(2026, 10, 2, 0, 1), "1 October 2026"),
        (Right.ERASURE, datetime(2026, 10, 2, 0, 1), "1 October 2026"),
    ],
)
def test_an_answer_that_comes_late_says_so_and_where_to_complain(right, day, last):
    """T01, T05: art. 12(3)-(4)"""
    request = proven(right, customer=CustomerFactory(email="aino@koe.example"))
    decisions.grant(only(request), by=decider(), now=day.replace(tzinfo=HELSINKI), ground="claims")
    letter = request.letters.get(kind=f"answer_{right}").text(with_links=False)
    late = f"This answer comes late: its last day was {last}, and you may complain of that."
    assert (late in letter) is bool(last)
    assert ("comes late" in letter) is bool(last)
    assert not last or "refer the matter to the Data Protection Ombudsman" in letter


def test_more_time_that_was_taken_is_no_delay():
    """T03: what was decided by the new last day is not late."""
    request = ask(Right.ACCESS)
    cause = {"cause": ExtensionCause.COMPLEXITY, "reason": "Ten years of paper."}
    decisions.extend(only(request), by=decider(), now=LATER, **cause)
    for days, is_late in ((0, False), (1, True)):
        demand = only(request)
        demand.granted_at = datetime(2026, 12, 1, 12, tzinfo=HELSINKI) + timedelta(days=days)
        assert demand.late_since == (date(2026, 12, 1) if is_late else None)


# --- what the notice calls enough


def notice_with(**ways):
    """A notice in force whose clauses name `ways` for each right."""
    notice = NoticeFactory()
    for right, named in ways.items():
        ClauseFactory(notice=notice, kind="right", term=right, ways=named)
    adopt(notice, now=timezone.now(), reason="Test")


def written(*rights, **columns):
    """A letter of which staff have recorded that it came in writing."""
    request = RightsRequest(
        channel="letter", language="en", received_at=ARRIVED, name="Aino Koekajo", **columns
    )
    receive(request, [Demand(right=right) for right in rights], now=ARRIVED)
    decisions.link(request, CustomerFactory(email="aino@koe.example", **HOME), now=LATER)
    decisions.prove(request, Proof.WRITTEN, now=LATER, by=decider(), evidence="letter")
    return RightsRequest.objects.get(pk=request.pk)


def test_a_written_request_is_enough_for_the_right_that_the_notice_says_it_of_and_no_other():
    """P55, P51: nobody is asked for a signature to have data put right."""
    notice_with(rectification=["written"], access=["signature"])
    request = written(Right.RECTIFICATION, Right.ACCESS, email="stranger@muu.example")
    rectification, access = request.demands.order_by("pk")
    assert decisions.hindrances(rectification) == []
    assert [one.kind for one in decisions.hindrances(access)] == [HindranceKind.NOT_PROVEN]
    assert not Hold.objects.holding().exists()
    put_right(request, by=decider(), now=LATER, street="Koetie 2")
    letter = request.letters.get(kind=LetterKind.ANSWER_RECTIFICATION)
    assert letter.to_address == "Koetie 2\n00100 Helsinki"


def test_of_what_the_notice_calls_enough_nothing_more_is_asked():
    """P51, P55: sufficient and never more."""
    notice_with(rectification=["written"])
    assert reasons_open(written(Right.RECTIFICATION)) == []
    assert reasons_open(written(Right.RECTIFICATION, Right.ERASURE)) != []


def test_staff_are_offered_what_the_notice_names_and_the_usual_proofs():
    """P51, P55, A4: wider ways are no drift; what is said on the phone is not written."""
    notice_with(rectification=["written"], access=["strong_electronic", "signature"])
    usual = ["signature", "detail", "in_person"]
    assert proofs_of(ask(Right.ERASURE)) == usual
    assert proofs_of(ask(Right.ACCESS)) == [*usual, "strong_electronic"]
    assert proofs_of(ask(Right.RECTIFICATION)) == [*usual, "written"]
    spoken = ask(Right.RECTIFICATION)
    spoken.channel = "phone"
    assert proofs_of(spoken) == usual


def test_the_receipt_and_the_desk_tell_what_is_enough():
    """P51: and to ask for no more."""
    notice_with(access=["signature", "proven_email"], rectification=["written"])
    request = ask(Right.ACCESS)
    body = request.letters.get(kind=LetterKind.RECEIPT).body
    assert "Our privacy notice says that one of these is enough:" in body
    assert "- a signed request\n- a request from a provable e-mail address" in body
    assert "a written request" not in body
    page = staff(Role.DATA_PROTECTION_CONTACT).get(page_of(request)).text
    assert "a signed request, a request from a provable e-mail address." in page


def test_a_link_to_a_stranger_s_address_takes_no_written_request_away():
    """P55, I04"""
    notice_with(rectification=["written"])
    request = written(Right.RECTIFICATION, email="stranger@muu.example")
    decisions.send_proof(request, now=LATER)
    link = request.links.get(purpose=LinkPurpose.PROOF, ended_at=None)
    assert decisions.prove_by_link(link, now=LATER)
    request.refresh_from_db()
    assert request.proof == Proof.WRITTEN
