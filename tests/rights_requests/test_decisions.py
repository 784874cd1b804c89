"""The loop: a request comes in, is proven, decided, carried out, answered and remembered."""

import io
import json
import zipfile
from datetime import datetime, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from audit.models import Task
from audit.reasons import because
from notices.terms import ProhibitedUse, ProhibitionScope, Right
from register.erasure import ErasureBlocked, erase
from register.models import Channel, Customer, Hold, Invoice, Prohibition
from rights_requests import copies, decisions
from rights_requests.decisions import (
    AlreadyDecided,
    CannotExtend,
    CannotRefuse,
    HindranceKind,
    InTheWay,
)
from rights_requests.forgetting import forget_old
from rights_requests.grounds import BY_KEY, GROUNDS, grounds_for
from rights_requests.identifying import same_email
from rights_requests.intake import receive
from rights_requests.letters import deliver, mark_sent
from rights_requests.models import (
    Certificate,
    CertificateIsFinal,
    Counter,
    Demand,
    ExtensionCause,
    Letter,
    LetterIsFinal,
    LetterKind,
    Link,
    LinkPurpose,
    Proof,
    ReasonsMissing,
    Report,
    RightsRequest,
)
from rights_requests.models.letters import address_of
from rights_requests.suggesting import suggestions
from staff.roles import Role
from tests.factories import (
    CollectionFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
    PaymentFactory,
    UserFactory,
)

HELSINKI = ZoneInfo("Europe/Helsinki")
ARRIVED = datetime(2026, 8, 31, 21, 30, tzinfo=ZoneInfo("UTC"))
LATER = ARRIVED + timedelta(days=2)
EVERYTHING = list(ProhibitionScope.values)


@pytest.fixture(autouse=True)
def _in_english(db):
    NoticeFactory(in_force=True, contact_email="vastuu@koepaja.example")
    with translation.override("en"):
        yield


def ask(*rights, email="aino@koe.example", now=ARRIVED, language="en", **columns):
    """A request as the form makes it."""
    request = RightsRequest(
        channel=Channel.FORM,
        language=language,
        received_at=now,
        name="Aino Koekajo",
        email=email,
        **columns,
    )
    demands = [
        Demand(
            right=right,
            scopes=EVERYTHING if right == Right.PROHIBITION else [],
            uses=list(ProhibitedUse.values) if right == Right.PROHIBITION else [],
        )
        for right in rights
    ]
    return receive(request, demands, now=now)


def proven(*rights, customer=None, language="en", **columns):
    """A request whose sender has used the link, and whom staff have found."""
    request = ask(*rights, language=language, **columns)
    decisions.prove(request, Proof.PROVEN_EMAIL, now=LATER)
    decisions.link(request, customer, now=LATER)
    return RightsRequest.objects.get(pk=request.pk)


def only(request):
    return request.demands.get()


def kinds(request):
    return list(request.letters.order_by("pk").values_list("kind", flat=True))


def decider():
    return UserFactory(role=Role.DATA_PROTECTION_CONTACT, name="Ruut Ratkaisija")


def refuse(demand, *, by=None, ground=None, now=LATER):
    return decisions.refuse(
        demand,
        by=by or decider(),
        now=now,
        ground=ground or grounds_for(demand.right)[0],
        refused_what="The whole request.",
        reasons="Nobody has shown who asks.",
        until="Until it is shown.",
    )


# --- arrival


def test_a_request_gets_its_number_its_clock_and_its_letters():
    """T08, T09, P03: half past midnight in Helsinki is the next day."""
    request = ask(Right.ACCESS, Right.ERASURE)
    assert request.number == "2026-1"
    assert [demand.due_on.isoformat() for demand in request.demands.all()] == ["2026-10-01"] * 2
    assert kinds(request) == [LetterKind.RECEIPT, LetterKind.STAFF_ARRIVAL]
    assert Task.objects.filter(act="deliver_letter").count() == 2
    assert set(request.links.values_list("purpose", flat=True)) == {
        LinkPurpose.STATUS,
        LinkPurpose.PROOF,
    }


def test_the_note_to_the_contact_person_names_nobody():
    """P03"""
    request = ask(Right.ERASURE)
    note = request.letters.get(kind=LetterKind.STAFF_ARRIVAL)
    assert note.to_email == "vastuu@koepaja.example"
    assert request.number in note.body + note.subject
    for said in (note.body, note.subject, note.to_name):
        assert "Koekajo" not in said
        assert "aino@koe.example" not in said


def test_nothing_is_left_of_an_arrival_that_fails(monkeypatch):
    def fall(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("rights_requests.intake.tell_contact", fall)
    with pytest.raises(ZeroDivisionError):
        ask(Right.ACCESS, Right.PROHIBITION)
    for model in (RightsRequest, Demand, Letter, Link, Prohibition, Task, Counter):
        assert not model.objects.exists()


def test_an_unproven_request_waits_in_the_queue_and_its_clock_runs():
    """I03"""
    request = ask(Right.ACCESS)
    assert list(RightsRequest.objects.unproven()) == [request]
    assert only(request).due_on.isoformat() == "2026-10-01"
    assert request.closed_at is None


def test_a_prohibition_works_at_once_for_the_address_given_and_needs_no_proof():
    """P52, P65, M01, M11"""
    there = CustomerFactory(email="Aino@Koe.example")
    other = CustomerFactory(email="eero@koe.example")
    request = ask(Right.PROHIBITION)
    assert request.closed_at == ARRIVED
    assert not request.needs_proof
    for scope in ProhibitionScope:
        for use in ProhibitedUse:
            assert list(Customer.objects.not_forbidding(scope, use)) == [other]
    assert CustomerFactory(email="aino@koe.example") not in Customer.objects.not_forbidding(
        ProhibitionScope.DIRECT_MARKETING, ProhibitedUse.PROCESSING
    )
    assert there.prohibitions().exists()
    assert LetterKind.ANSWER_PROHIBITION in kinds(request)


def test_a_prohibition_reaches_every_address_of_the_customer_whom_staff_choose():
    """P52"""
    customer = CustomerFactory(email="", phone="020 000 1234")
    request = ask(Right.PROHIBITION)
    everybody = Customer.objects.not_forbidding(
        ProhibitionScope.PUBLICATION, ProhibitedUse.PROCESSING
    )
    assert customer in everybody.all()
    decisions.link(request, customer, now=LATER)
    assert customer not in everybody.all()


# --- who asks


def test_customers_are_suggested_by_email_phone_or_name_with_address_and_never_linked():
    """Never automatic."""
    by_email = CustomerFactory(email="AINO@koe.example")
    by_phone = CustomerFactory(phone="+358 20 000 1234")
    by_address = CustomerFactory(
        given_name="Aino", family_name="Koekajo", street="Koetie 1", postcode="00100"
    )
    CustomerFactory(given_name="Eero", family_name="Muu", street="Koetie 1", postcode="00100")
    CustomerFactory(given_name="Aino", family_name="Koekajo", street="Muutie 2", postcode="00100")
    request = ask(
        Right.ACCESS, phone="(020) 000 1234", street="koetie 1", postcode="00100", city="Helsinki"
    )
    found = {one.customer: one.why for one in suggestions(request)}
    assert found == {
        by_email: "same e-mail",
        by_phone: "same phone",
        by_address: "same name and address",
    }
    assert request.customer is None


def test_a_proof_link_works_once():
    """I04"""
    request = ask(Right.ACCESS)
    link = request.links.get(purpose=LinkPurpose.PROOF)
    assert decisions.prove_by_link(link, now=LATER - timedelta(days=1, hours=4))
    assert not decisions.prove_by_link(link, now=LATER)
    request.refresh_from_db()
    assert request.proof == Proof.PROVEN_EMAIL
    assert request.identified_by is None


def test_a_proven_address_that_is_not_the_registers_proves_nothing():
    """I04, I08: who owns some other address is not the customer."""
    customer = CustomerFactory(email="someone.else@koe.example")
    request = ask(Right.ACCESS)
    assert decisions.prove_by_link(request.links.get(purpose=LinkPurpose.PROOF), now=ARRIVED)
    decisions.link(request, customer, now=LATER)
    request.refresh_from_db()
    with pytest.raises(InTheWay) as stopped:
        decisions.grant(only(request), by=decider(), now=LATER)
    assert [one.kind for one in stopped.value.hindrances] == [HindranceKind.OTHER_ADDRESS]
    assert not Report.objects.exists()
    decisions.prove(request, Proof.IN_PERSON, now=LATER, by=decider(), evidence="driving licence")
    decisions.grant(only(request), by=decider(), now=LATER)


@pytest.mark.parametrize(
    "right",
    [
        Right.ACCESS,
        Right.PORTABILITY,
        Right.ERASURE,
        Right.RESTRICTION,
        Right.RECTIFICATION,
        Right.OBJECTION,
    ],
)
def test_nothing_is_granted_to_whom_nobody_knows(right):
    """P51, I01-I06: verify, never reject; but never grant unverified."""
    request = ask(right)
    with pytest.raises(InTheWay) as stopped:
        decisions.grant(only(request), by=decider(), now=LATER)
    assert [one.kind for one in stopped.value.hindrances] == [HindranceKind.NOT_PROVEN]
    assert only(request).is_open


def test_a_code_goes_to_the_address_in_the_register_and_comes_back_once():
    customer = CustomerFactory(street="Koetie 1", postcode="00100", city="Helsinki")
    request = ask(Right.ACCESS, street="Valetie 9", postcode="00999", city="Muualla")
    decisions.link(request, customer, now=LATER)
    request.refresh_from_db()
    letter = decisions.send_code(request, now=LATER)
    assert letter.to_address == "Koetie 1\n00100 Helsinki"
    code = request.links.get(purpose=LinkPurpose.CODE).token
    assert f"{code[:5]} {code[5:]}" in letter.text(with_links=True)
    assert "It works for 30 days. After 5 wrong tries it works no more." in letter.body
    # staff may have chosen the wrong customer, who shall not open what somebody else asked (I08)
    page = address_of(request.links.get(purpose=LinkPurpose.STATUS))
    assert page not in letter.text(with_links=True)
    assert code not in letter.body + letter.text(with_links=False)
    assert not decisions.prove_by_code(request, "0000000000", now=LATER)
    assert decisions.prove_by_code(request, f" {code[:5].lower()}-{code[5:]} ", now=LATER)
    assert not decisions.prove_by_code(request, code, now=LATER)
    request.refresh_from_db()
    assert request.proof == Proof.CODE_BY_POST


def test_a_code_works_for_as_long_as_its_letter_says():
    """I05: and no longer."""
    request = ask(Right.ACCESS)
    decisions.link(request, CustomerFactory(street="Koetie 1", postcode="00100"), now=LATER)
    decisions.send_code(request, now=LATER)
    code = request.links.get(purpose=LinkPurpose.CODE).token
    end = LATER + timedelta(days=30)
    assert not decisions.prove_by_code(request, code, now=end)
    assert decisions.prove_by_code(request, code, now=end - timedelta(seconds=1))


def test_a_code_cannot_be_guessed_at_length():
    customer = CustomerFactory(street="Koetie 1", postcode="00100")
    request = ask(Right.ACCESS)
    decisions.link(request, customer, now=LATER)
    request.refresh_from_db()
    decisions.send_code(request, now=LATER)
    code = request.links.get(purpose=LinkPurpose.CODE).token
    for _ in range(decisions.MOST_TRIES):
        assert not decisions.prove_by_code(request, "1111111111", now=LATER)
    assert not decisions.prove_by_code(request, code, now=LATER)


# --- granting


def test_access_gives_everything_behind_a_link_of_thirty_days():
    """P48, A06, A09"""
    customer = CustomerFactory(email="aino@koe.example", phone="020 000 1234")
    InvoiceFactory(customer=customer, number="L-77")
    request = proven(Right.ACCESS, customer=customer)
    demand = decisions.grant(only(request), by=decider(), now=LATER)
    copy = copies.unpacked(demand.report)
    said = str(copy)
    for value in ("aino@koe.example", "020 000 1234", "L-77", request.number):
        assert value in said
    assert b"aino@koe.example" not in bytes(demand.report.content)
    link = request.links.get(purpose=LinkPurpose.REPORT)
    assert link.expires_at == LATER + timedelta(days=30)
    letter = request.letters.get(kind=LetterKind.ANSWER_ACCESS)
    assert "020 000 1234" not in letter.body
    assert link.token in letter.text(with_links=True)
    assert link.token not in letter.body


def test_a_new_link_to_the_copy_ends_the_old_one():
    request = proven(Right.ACCESS, customer=CustomerFactory(email="aino@koe.example"))
    demand = decisions.grant(only(request), by=decider(), now=LATER)
    old = request.links.get(purpose=LinkPurpose.REPORT)
    copies.send_copy_again(demand, now=LATER)
    tokens = {
        link.token: Link.objects.by_token(LinkPurpose.REPORT, link.token, now=LATER)
        for link in request.links.filter(purpose=LinkPurpose.REPORT)
    }
    assert tokens.pop(old.token) is None
    assert all(tokens.values())


def test_portability_gives_the_package_behind_a_link(client):
    """O01-O04, P53: the package that another register takes in; no erasure follows by itself."""
    customer = CustomerFactory(email="aino@koe.example", phone="020 000 1234")
    InvoiceFactory(customer=customer, number="L-77")
    request = proven(Right.PORTABILITY, customer=customer, language="sv")
    demand = decisions.grant(only(request), by=decider(), now=timezone.now())
    assert b"aino@koe.example" not in bytes(demand.report.content)
    link = request.links.get(purpose=LinkPurpose.REPORT)
    letter = request.letters.get(kind=LetterKind.ANSWER_PORTABILITY)
    assert link.token in letter.text(with_links=True)
    assert "020 000 1234" not in letter.body
    path = reverse("requests:report", args=[link.token])
    page = client.get(path)
    assert (page.status_code, "020 000 1234" in page.text) == (200, False)
    assert 'value="package"' in page.text
    assert 'value="json"' not in page.text
    answer = client.post(path, {"format": "package"})
    assert answer.content == copies.given(demand.report)
    assert answer["Content-Disposition"] == f'attachment; filename="seloste-{request.number}.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        data = json.loads(archive.read("package.json"))
        assert b'lang="sv"' in archive.read("index.html")
    assert data["customer"][0]["values"]["phone"] == "020 000 1234"
    assert data["invoice"][0]["outside"]["number"] == "by_law"
    customer.refresh_from_db()
    assert customer.erased_at is None


def test_access_and_portability_of_one_request_stand_behind_one_link(client):
    customer = CustomerFactory(email="aino@koe.example")
    request = proven(Right.ACCESS, Right.PORTABILITY, customer=customer)
    for demand in request.demands.all():
        decisions.grant(demand, by=decider(), now=timezone.now())
    link = request.links.get(purpose=LinkPurpose.REPORT)
    for kind in (LetterKind.ANSWER_ACCESS, LetterKind.ANSWER_PORTABILITY):
        assert link.token in request.letters.get(kind=kind).text(with_links=True)
    path = reverse("requests:report", args=[link.token])
    kinds = [client.post(path, {"format": one})["Content-Type"] for one in ("json", "package")]
    assert kinds == ["application/json", "application/zip"]
    assert "aino@koe.example" in client.post(path, {"format": "page"}).text


def test_an_open_request_for_data_keeps_the_customer_in_the_register_until_it_is_answered():
    """A09, D02r: the register sees a hold, which follows the request."""
    aino = CustomerFactory(email="aino@koe.example")
    request = proven(Right.ACCESS, Right.RECTIFICATION, customer=aino)
    proven(Right.RECTIFICATION, customer=CustomerFactory(email="aino@koe.example"))
    assert Hold.objects.holding().values_list("customer", "reference").get() == (
        aino.pk,
        request.number,
    )
    decisions.link(request, None, now=LATER)
    assert not Hold.objects.holding().exists()
    decisions.link(request, aino, now=LATER)
    assert Hold.objects.holding().get().customer == aino
    decisions.grant(request.demands.get(right=Right.ACCESS), by=decider(), now=LATER)
    assert not Hold.objects.holding().exists()


def test_portability_of_somebody_erased_says_that_nothing_is_held():
    customer = CustomerFactory(email="aino@koe.example")
    request = proven(Right.PORTABILITY, customer=customer)
    with because("Test"):
        Hold.objects.keep_for_request(request.number, [], today=LATER.date())
        erase(customer, request_number="2026-99", now=LATER)
    decisions.grant(only(request), by=decider(), now=LATER)
    assert request.letters.filter(kind=LetterKind.ANSWER_NOTHING_HELD).exists()
    assert not Report.objects.exists()


@pytest.mark.parametrize("right", [Right.ACCESS, Right.ERASURE])
def test_who_is_not_in_the_register_is_told_so(right):
    """A01"""
    request = proven(right)
    decisions.grant(only(request), by=decider(), now=LATER)
    assert LetterKind.ANSWER_NOTHING_HELD in kinds(request)
    request.refresh_from_db()
    assert request.closed_at == LATER


def test_an_open_invoice_stops_an_erasure_until_it_is_paid():
    """P30, E04"""
    customer = CustomerFactory(email="aino@koe.example")
    invoice = InvoiceFactory(customer=customer, number="L-78")
    request = proven(Right.ERASURE, customer=customer)
    with pytest.raises(InTheWay) as stopped:
        decisions.grant(only(request), by=decider(), now=LATER)
    (hindrance,) = stopped.value.hindrances
    assert hindrance.kind == HindranceKind.OPEN_INVOICE
    assert "L-78" in str(hindrance)
    customer.refresh_from_db()
    assert customer.erased_at is None

    pay(invoice)
    decisions.grant(only(request), by=decider(), now=LATER)
    customer.refresh_from_db()
    assert customer.erased_at
    assert customer.email == ""


def pay(invoice):
    PaymentFactory(invoice=invoice, amount=invoice.amount, paid_on=LATER.date())


def test_an_erasure_leaves_the_facts_of_invoices_and_says_so():
    """E03, E10, T15"""
    customer = CustomerFactory(email="aino@koe.example")
    pay(InvoiceFactory(customer=customer, number="L-79"))
    request = proven(Right.ERASURE, customer=customer)
    decisions.grant(only(request), by=decider(), now=LATER)
    assert Invoice.objects.get().number == "L-79"
    body = request.letters.get(kind=LetterKind.ANSWER_ERASURE).body
    assert "12/31/2032" in body or "31/12/2032" in body or "31 December 2032" in body


def test_an_open_demand_for_access_is_answered_before_an_erasure():
    """A09"""
    customer = CustomerFactory(email="aino@koe.example")
    request = proven(Right.ACCESS, Right.ERASURE, customer=customer)
    access, erasure = request.demands.all()
    with pytest.raises(InTheWay) as stopped:
        decisions.grant(erasure, by=decider(), now=LATER)
    assert [one.kind for one in stopped.value.hindrances] == [HindranceKind.OPEN_REQUEST]
    decisions.grant(access, by=decider(), now=LATER)
    decisions.grant(erasure, by=decider(), now=LATER)


def test_granting_and_its_letter_come_and_go_together(monkeypatch):
    customer = CustomerFactory(email="aino@koe.example")
    request = proven(Right.ERASURE, customer=customer)
    written = Letter.objects.count()

    def fall(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("rights_requests.carrying_out.forget_when_answered", fall)
    with pytest.raises(ZeroDivisionError):
        decisions.grant(only(request), by=decider(), now=LATER)
    customer.refresh_from_db()
    assert customer.erased_at is None
    assert customer.email
    assert only(request).is_open
    assert Letter.objects.count() == written


# --- refusing


def test_a_refusal_comes_with_its_numbered_certificate():
    """P59, P60, P64, R07; art. 12(4)"""
    request = ask(Right.ERASURE)
    certificate = refuse(only(request))
    assert certificate.number == "2026-T-1"
    body = request.letters.get(kind=LetterKind.REFUSAL).body
    for part in (
        "2026-T-1",
        request.number,
        "Nobody has shown who asks.",
        "12(6)",
        "Until it is shown.",
        "tietosuoja@om.fi",
        "Ruut Ratkaisija",
    ):
        assert part in body
    request.refresh_from_db()
    assert request.closed_at


def test_certificates_are_numbered_without_a_gap_even_when_one_fails(monkeypatch):
    """P59"""
    refuse(only(ask(Right.ERASURE)))
    broken = ask(Right.ACCESS)
    with monkeypatch.context() as patch:
        patch.setattr("rights_requests.decisions._write_certificate", None)
        with pytest.raises(TypeError):
            refuse(only(broken))
    assert only(broken).is_open
    assert refuse(only(broken)).number == "2026-T-2"


def test_a_certificate_and_a_letter_cannot_change():
    """P59"""
    request = ask(Right.ERASURE)
    certificate = refuse(only(request))
    certificate.reasons = "Others."
    letter = request.letters.get(kind=LetterKind.REFUSAL)
    letter.body = "Others."
    with because("Test"):
        with pytest.raises(CertificateIsFinal):
            certificate.save()
        with pytest.raises(LetterIsFinal):
            letter.save()


@pytest.mark.parametrize("missing", ["refused_what", "reasons"])
def test_no_refusal_without_its_reasons(missing):
    """P59"""
    demand = only(ask(Right.ERASURE))
    said = {"refused_what": "All.", "reasons": "Nobody showed who asks.", missing: " "}
    with pytest.raises(ReasonsMissing):
        decisions.refuse(
            demand,
            by=decider(),
            now=LATER,
            ground=BY_KEY["not_identified"],
            until="Until it is shown.",
            **said,
        )
    assert only(demand.request).is_open


def test_an_erasure_after_a_refusal_of_the_same_person_forgets_the_certificate():
    """P67, E07"""
    customer = CustomerFactory(email="aino@koe.example")
    before = proven(Right.ERASURE, customer=customer)
    refuse(only(before), ground=BY_KEY["legal_claims"])
    request = proven(Right.ERASURE, customer=customer)
    decisions.grant(only(request), by=decider(), now=LATER)
    for letter in Letter.objects.all():
        mark_sent(letter, now=LATER)
    assert Certificate.objects.get().reasons == ""


@pytest.mark.parametrize(
    "right",
    [
        Right.ACCESS,
        Right.PORTABILITY,
        Right.RECTIFICATION,
        Right.OBJECTION,
        Right.RESTRICTION,
        Right.ERASURE,
    ],
)
def test_a_right_is_refused_on_its_own_grounds_only(right):
    """B11"""
    demand = only(ask(right))
    for ground in set(GROUNDS) - set(grounds_for(right)):
        with pytest.raises(CannotRefuse):
            refuse(demand, ground=ground)
    assert not Certificate.objects.exists()


def test_a_prohibition_cannot_be_refused():
    """M01"""
    demand = only(ask(Right.PROHIBITION))
    assert grounds_for(demand.right) == []
    with pytest.raises(CannotRefuse):
        refuse(demand, ground=BY_KEY["not_identified"])


# --- extending


def test_an_extension_is_mailed_with_its_reason_and_counts_from_receipt():
    """T03, T04"""
    request = ask(Right.ACCESS)
    decisions.extend(
        only(request),
        by=decider(),
        now=LATER,
        cause=ExtensionCause.COMPLEXITY,
        reason="Ten years of paper.",
    )
    assert only(request).due_on.isoformat() == "2026-12-01"
    body = request.letters.get(kind=LetterKind.EXTENSION).body
    assert "Ten years of paper." in body


@pytest.mark.parametrize(
    ("day", "possible"),
    [(datetime(2026, 10, 1, 23, 59), True), (datetime(2026, 10, 2, 0, 1), False)],
)
def test_after_the_first_month_no_extension_is_possible(day, possible):
    """T04"""
    demand = only(ask(Right.ACCESS))
    moment = day.replace(tzinfo=HELSINKI)
    assert decisions.can_extend(demand, now=moment) is possible
    if not possible:
        with pytest.raises(CannotExtend):
            decisions.extend(
                demand, by=decider(), now=moment, cause=ExtensionCause.NUMBER, reason="x"
            )


def test_there_is_one_extension():
    """T03"""
    demand = only(ask(Right.ACCESS))
    said = {"now": LATER, "cause": ExtensionCause.NUMBER, "reason": "Twelve requests."}
    decisions.extend(demand, by=decider(), **said)
    with pytest.raises(CannotExtend):
        decisions.extend(demand, by=decider(), **said)


# --- history, withdrawal, two at once


@pytest.mark.parametrize(
    ("rights", "is_said"), [([Right.ACCESS], False), ([Right.ACCESS, Right.PROHIBITION], True)]
)
def test_the_letter_about_a_withdrawal_speaks_of_a_prohibition_where_there_is_one(rights, is_said):
    """M01, art. 12(1): what was forbidden is not withdrawn with the rest."""
    request = ask(*rights)
    assert decisions.withdraw(request, now=LATER)
    body = request.letters.get(kind=LetterKind.WITHDRAWN).body
    assert ("What you have forbidden stays forbidden." in body) is is_said


def test_history_remembers_who_decided_what_and_why():
    customer = CustomerFactory(email="aino@koe.example")
    request = proven(Right.ERASURE, customer=customer)
    decisions.grant(only(request), by=decider(), now=LATER)
    told = customer.history.order_by("-history_id").first()
    assert request.number in told.history_change_reason
    assert only(request).decided_by.name == "Ruut Ratkaisija"


def test_a_withdrawn_request_is_closed_and_answered():
    request = ask(Right.ACCESS)
    assert decisions.withdraw(request, now=LATER)
    assert not decisions.withdraw(request, now=LATER)
    assert kinds(request).count(LetterKind.WITHDRAWN) == 1
    with pytest.raises(AlreadyDecided, match="2026-1"):
        decisions.grant(only(request), by=decider(), now=LATER)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_decides_and_the_other_is_told():
    request = ask(Right.ERASURE)
    demand = only(request)
    people = [decider(), decider()]
    barrier, told = Barrier(2), []

    def press(person):
        barrier.wait()
        try:
            refuse(demand, by=person, ground=BY_KEY["not_identified"])
        except AlreadyDecided as error:
            told.append(error.message)
        finally:
            connection.close()

    threads = [Thread(target=press, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Certificate.objects.count() == 1
    assert len(told) == 1
    assert "Ruut Ratkaisija" in told[0]
    assert request.letters.filter(kind=LetterKind.REFUSAL).count() == 1


# --- forgetting who asked


@pytest.fixture
def erased():
    """A request whose erasure was granted, with its answer still to be sent."""
    customer = CustomerFactory(email="aino@koe.example")
    request = proven(Right.ERASURE, customer=customer)
    for letter in request.letters.all():
        mark_sent(letter, now=LATER)
    decisions.grant(only(request), by=decider(), now=LATER)
    request.refresh_from_db()
    return request


def test_who_asked_is_remembered_until_the_answer_has_left(erased):
    """E09, P67"""
    assert erased.name == "Aino Koekajo"
    answer = erased.letters.get(kind=LetterKind.ANSWER_ERASURE)
    assert answer.to_email == "aino@koe.example"
    mark_sent(answer, now=LATER + timedelta(minutes=1))
    erased.refresh_from_db()
    assert erased.forgotten_at
    assert (erased.name, erased.email) == ("", "")


def test_after_the_last_letter_no_table_knows_who_asked(erased):
    """P67, E07, E09"""
    mark_sent(erased.letters.get(kind=LetterKind.ANSWER_ERASURE), now=LATER)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            rows = str(cursor.fetchall())
            assert "aino@koe.example" not in rows, table
            assert "Koekajo" not in rows, table
    erased.refresh_from_db()
    assert erased.number == "2026-1"
    assert only(erased).granted_at


@pytest.mark.django_db
def test_a_blocked_erasure_raised_below_the_page_changes_nothing(monkeypatch):
    """E04: an invoice that comes between the look and the act still stops it."""
    customer = CustomerFactory(email="aino@koe.example")
    InvoiceFactory(customer=customer)
    request = proven(Right.ERASURE, customer=customer)
    monkeypatch.setattr("rights_requests.decisions.hindrances", lambda demand: [])
    with pytest.raises(ErasureBlocked):
        decisions.grant(only(request), by=decider(), now=LATER)
    assert only(request).is_open


# --- strangers


@pytest.mark.parametrize("right", [Right.RECTIFICATION, Right.OBJECTION, Right.RESTRICTION])
def test_a_stranger_gets_nothing_by_the_rights_that_change_data(right):
    """I08: who proves an address that is nobody's is told that nothing is held."""
    CustomerFactory(email="victim@koe.example", given_name="Aino", family_name="Koekajo")
    request = proven(right, email="stranger@elsewhere.example")
    decisions.grant(only(request), by=decider(), now=LATER)
    assert LetterKind.ANSWER_NOTHING_HELD in kinds(request)


def test_a_code_proves_the_customer_whose_address_it_went_to_and_no_other():
    """I05: a proof belongs to the customer who was chosen."""
    one = CustomerFactory(street="Koetie 1", postcode="00100")
    other = CustomerFactory(street="Koetie 2", postcode="00100")
    request = ask(Right.ACCESS)
    decisions.link(request, one, now=LATER)
    decisions.send_code(request, now=LATER)
    code = request.links.get(purpose=LinkPurpose.CODE).token
    decisions.link(request, other, now=LATER)
    assert not decisions.prove_by_code(request, code, now=LATER)
    decisions.link(request, one, now=LATER)
    decisions.send_code(request, now=LATER)
    code = request.links.get(purpose=LinkPurpose.CODE, ended_at=None).token
    assert decisions.prove_by_code(request, code, now=LATER)
    decisions.link(request, other, now=LATER)
    request.refresh_from_db()
    assert not request.is_proven


def test_after_a_code_the_answer_goes_to_the_address_that_was_proven():
    """I05, A06: an e-mail that only stood in the request is nobody's proof."""
    customer = CustomerFactory(email="aino@koe.example", street="Koetie 1", postcode="00100")
    request = ask(Right.ACCESS, email="stranger@elsewhere.example")
    decisions.link(request, customer, now=LATER)
    decisions.send_code(request, now=LATER)
    code = request.links.get(purpose=LinkPurpose.CODE).token
    decisions.prove_by_code(request, code, now=LATER)
    decisions.grant(only(request), by=decider(), now=LATER)
    answer = request.letters.get(kind=LetterKind.ANSWER_ACCESS)
    assert (answer.medium, answer.to_email) == ("post", "")
    assert answer.to_address.startswith("Koetie 1")
    assert not request.links.filter(purpose=LinkPurpose.REPORT).exists()


@pytest.mark.parametrize("typed", ["\u017fusan@koe.example", "Susan@KOE.example"])
def test_an_address_is_the_same_in_plain_letters_only(typed):
    """I04"""
    customer = CustomerFactory(email="susan@koe.example")
    request = RightsRequest(email=typed)
    assert same_email(request, customer) is typed.isascii()


def test_a_stranger_is_told_no_fact_of_the_register_by_a_refusal():
    """I08, B11"""
    customer = CustomerFactory(email="aino@koe.example")
    InvoiceFactory(customer=customer)
    request = ask(Right.ERASURE)
    decisions.link(request, customer, now=LATER)
    keys = {one.key for one in decisions.grounds_open(only(request))}
    assert keys == {"not_identified", "excessive"}
    with pytest.raises(CannotRefuse):
        refuse(only(request), ground=BY_KEY["open_invoice"])


def test_a_fact_that_is_none_is_no_ground():
    """P30, B11"""
    request = proven(Right.ERASURE, customer=CustomerFactory(email="aino@koe.example"))
    with pytest.raises(CannotRefuse):
        refuse(only(request), ground=BY_KEY["open_invoice"])


def test_the_copy_of_data_holds_no_unproven_request_of_somebody_else():
    """A07"""
    customer = CustomerFactory(email="aino@koe.example")
    stranger = ask(Right.RECTIFICATION, email="stranger@elsewhere.example", phone="020 000 9")
    decisions.link(stranger, customer, now=LATER)
    request = proven(Right.ACCESS, customer=customer)
    copy = str(copies.copy_of(request, now=LATER))
    assert stranger.number in copy
    assert "stranger@elsewhere.example" not in copy
    assert "020 000 9" not in copy


# --- late acts


def test_nothing_is_proven_of_a_request_that_is_over():
    request = ask(Right.ACCESS)
    link = request.links.get(purpose=LinkPurpose.PROOF)
    decisions.withdraw(request, now=ARRIVED)
    assert not decisions.prove_by_link(link, now=ARRIVED)
    decisions.prove(request, Proof.IN_PERSON, now=ARRIVED, by=decider(), evidence="seen")
    request.refresh_from_db()
    assert not request.is_proven
    assert decisions.send_proof(request, now=ARRIVED) is None


def test_a_demand_for_portability_is_answered_before_an_erasure():
    """A09"""
    customer = CustomerFactory(email="aino@koe.example")
    request = proven(Right.PORTABILITY, Right.ERASURE, customer=customer)
    erasure = request.demands.get(right=Right.ERASURE)
    with pytest.raises(InTheWay) as stopped:
        decisions.grant(erasure, by=decider(), now=LATER)
    assert [one.kind for one in stopped.value.hindrances] == [HindranceKind.OPEN_REQUEST]


@pytest.mark.parametrize(
    ("known", "asking"),
    [
        ("aino@koe.example", "aino@koe.example"),
        ("Aino@köe.example", "aino@xn--ke-fka.example"),
        ("aino@xn--ke-fka.example", "AINO@Köe.example"),
    ],
)
def test_a_demand_from_the_same_mailbox_holds_an_erasure_before_anybody_has_found_whose_it_is(
    known, asking
):
    """A09"""
    customer = CustomerFactory(email=known)
    unfound = ask(Right.ACCESS, email=asking)
    decisions.prove(unfound, Proof.PROVEN_EMAIL, now=LATER)
    request = proven(Right.ERASURE, customer=customer)
    assert [str(one) for one in decisions.hindrances(only(request))] != []


def test_more_time_counts_from_when_its_letter_has_left():
    """T04"""
    request = ask(Right.ACCESS, email="", street="Koetie 1", postcode="00100", city="Helsinki")
    reason = {"cause": ExtensionCause.COMPLEXITY, "reason": "Ten years of paper."}
    decisions.extend(only(request), by=decider(), now=LATER, **reason)
    first = only(request).first_due_on
    assert RightsRequest.objects.due_by(first).exists()
    mark_sent(request.letters.get(kind=LetterKind.EXTENSION), now=LATER, posted_by=decider())
    assert not RightsRequest.objects.due_by(first).exists()


def test_a_link_for_a_proof_is_open_24_hours_from_when_it_leaves():
    """I04: a mail server may be away for days."""
    request = ask(Right.ACCESS)
    link = request.links.get(purpose=LinkPurpose.PROOF)
    later = ARRIVED + timedelta(days=3)
    record = deliver(request.letters.get(kind=LetterKind.RECEIPT).pk, now=later)
    record()
    link.refresh_from_db()
    assert link.expires_at == later + timedelta(hours=24)


# --- more of what an erasure forgets


def test_the_copy_given_stays_behind_its_link_for_its_thirty_days():
    """A06, P62: access and erasure in one request."""
    customer = CustomerFactory(email="aino@koe.example")
    request = proven(Right.ACCESS, Right.ERASURE, customer=customer)
    access, erasure = request.demands.all()
    decisions.grant(access, by=decider(), now=LATER)
    decisions.grant(erasure, by=decider(), now=LATER)
    told = request.letters.get(kind=LetterKind.ANSWER_ERASURE).body
    assert "stays behind its link" in told
    for letter in request.letters.all():
        mark_sent(letter, now=LATER)
    request.refresh_from_db()
    assert request.name == ""
    assert copies.unpacked(Report.objects.get())
    forget_old(now=LATER + timedelta(days=29))
    assert copies.unpacked(Report.objects.get())
    forget_old(now=LATER + timedelta(days=31))
    assert copies.unpacked(Report.objects.get()) is None


def test_a_prohibition_of_the_same_mailbox_is_forgotten_with_the_customer():
    """P67: it was closed as it came, and nobody asked whose it was."""
    customer = CustomerFactory(email="aino@koe.example")
    prohibition = ask(Right.PROHIBITION, email="Aino@koe.example")
    request = proven(Right.ERASURE, customer=customer)
    decisions.grant(only(request), by=decider(), now=LATER)
    for letter in Letter.objects.all():
        mark_sent(letter, now=LATER)
    prohibition.refresh_from_db()
    assert (prohibition.name, prohibition.email) == ("", "")
    assert Prohibition.objects.exists()


AT_HOME = {"street": "Koekatu 1 A 2", "postcode": "00100"}


def erased_by_request(customer):
    request = proven(Right.ERASURE, customer=customer, email=customer.email)
    decisions.grant(only(request), by=decider(), now=LATER)
    for letter in Letter.objects.filter(sent_at=None):
        mark_sent(letter, now=LATER)


@pytest.mark.parametrize("known_by", [{"phone": "020 000 7711"}, AT_HOME])
def test_a_prohibition_by_phone_or_post_is_forgotten_with_the_customer(known_by):
    """P67: by whatever way the customer was known."""
    customer = CustomerFactory(email="aino@koe.example", phone="+358200007711", **AT_HOME)
    prohibition = ask(Right.PROHIBITION, email="", **known_by)
    erased_by_request(customer)
    prohibition.refresh_from_db()
    assert prohibition.forgotten_at
    assert {getattr(prohibition, column) for column in RightsRequest.personal} == {""}
    past = prohibition.history.values_list("name", "phone", "street")
    assert set(past) == {("", "", "")}


def test_a_prohibition_from_an_address_that_has_changed_is_forgotten_with_the_customer():
    """P67"""
    customer = CustomerFactory(email="aino@koe.example")
    prohibition = ask(Right.PROHIBITION)
    customer.email = "aino@uusi.example"
    with because("She wrote"):
        customer.save(collection=CollectionFactory())
    erased_by_request(customer)
    prohibition.refresh_from_db()
    assert (prohibition.name, prohibition.email) == ("", "")


def test_a_prohibition_of_somebody_else_who_shares_the_phone_and_stays_is_theirs():
    """E09: and it goes with the one whose name it bears."""
    shared = {"phone": "020 000 7711"}
    named = {"given_name": "Aino", "family_name": "Koekajo"}
    eine = CustomerFactory(email="eine@koe.example", **shared)
    aino = CustomerFactory(email="aino@koe.example", **named, **shared)
    prohibition = ask(Right.PROHIBITION, email="", **shared)
    erased_by_request(eine)
    prohibition.refresh_from_db()
    assert (prohibition.name, prohibition.to_forget_at) == ("Aino Koekajo", None)
    erased_by_request(aino)
    prohibition.refresh_from_db()
    assert (prohibition.name, prohibition.customer) == ("", aino)


def test_a_wrong_choice_taken_back_takes_its_prohibition_along():
    wrong = CustomerFactory(email="eero@koe.example", phone="020 000 77")
    request = ask(Right.PROHIBITION)
    decisions.link(request, wrong, now=LATER)
    everybody = Customer.objects.not_forbidding(
        ProhibitionScope.DIRECT_MARKETING, ProhibitedUse.PROCESSING
    )
    assert wrong not in everybody.all()
    decisions.link(request, None, now=LATER)
    assert wrong in everybody.all()
    assert Prohibition.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("times", range(3))
def test_two_erasures_of_one_customer_at_once_erase_once(times):
    """E11: nobody waits for the other for ever."""
    customer = CustomerFactory(email="aino@koe.example")
    requests = [proven(Right.ERASURE, customer=customer) for _ in range(2)]
    barrier, faults = Barrier(2), []

    def press(request):
        barrier.wait()
        try:
            decisions.grant(
                only(request), by=UserFactory(role=Role.DATA_PROTECTION_CONTACT), now=LATER
            )
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [Thread(target=press, args=[request]) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sorted(
        Letter.objects.filter(kind__startswith="answer").values_list("kind", flat=True)
    ) == [
        LetterKind.ANSWER_ERASURE,
        LetterKind.ANSWER_NOTHING_HELD,
    ]


@pytest.mark.django_db(transaction=True)
def test_a_link_pressed_while_staff_record_a_proof_ends_well():
    request = ask(Right.ACCESS)
    link = request.links.get(purpose=LinkPurpose.PROOF)
    person, barrier, faults = decider(), Barrier(2), []

    def run(act):
        barrier.wait()
        try:
            act()
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    acts = (
        lambda: decisions.prove_by_link(link, now=ARRIVED),
        lambda: decisions.prove(request, Proof.IN_PERSON, now=ARRIVED, by=person, evidence="seen"),
    )
    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    request.refresh_from_db()
    assert request.is_proven
