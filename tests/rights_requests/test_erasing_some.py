"""Erasure of some data only: what the person names goes, everywhere, and all else stays."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from audit.models import Task
from audit.reasons import because
from notices.terms import Right
from register.models import Customer, Invoice, Order, Paper
from register.models.customers import CARRY_OUT_ERASURE
from rights_requests import decisions
from rights_requests.desk import today_at
from rights_requests.letters import mark_sent
from rights_requests.models import Demand, Letter, LetterKind, RightsRequest
from rights_requests.waiting import carry_out, facts_of, in_order
from tests.factories import (
    BillingDataFactory,
    CollectionFactory,
    CustomerFactory,
    HoldFactory,
    InvoiceFactory,
    OrderFactory,
    OrderLineFactory,
    PaperFactory,
)
from tests.faults import WriteFailed, failing_at
from tests.register.test_erasure import everything_stored
from tests.rights_requests.at_the_desk import act_on, staff
from tests.rights_requests.at_the_desk import ask as asked_for
from tests.rights_requests.test_decisions import (
    LATER,
    _in_english,  # noqa: F401 (a notice is in force)
    decider,
    kinds,
    only,
    pay,
    proven,
)
from tests.rights_requests.test_waiting import work

NEXT_DAY = LATER + timedelta(days=1)


@pytest.fixture
def aino():
    return CustomerFactory(
        given_name="Aino",
        family_name="Koekajo",
        email="aino@koe.example",
        phone="040 765 4321",
        website="https://koekajo.example",
    )


def named(customer, *categories, wait=False, now=LATER):
    """A request of `customer` whose erasure of `categories` somebody has granted."""
    request = proven(Right.ERASURE, customer=customer, email=customer.email)
    decisions.grant(only(request), by=decider(), now=now, categories=categories, wait=wait)
    return RightsRequest.objects.get(pk=request.pk)


def phones():
    """What the database still knows of the number, whatever the table."""
    told = everything_stored()
    return [number for number in ("765 4321", "7654321") if number in told]


def test_what_the_person_names_goes_in_history_and_words_too_and_all_else_stays(aino):
    """E10, P30: the letter says which, and the customer goes on."""
    with because("Moved"):
        aino.phone = "040 765 4322"
        aino.save(collection=CollectionFactory())
    assert list(Customer.objects.search("0407654322")) == [aino]
    request = named(aino, "phone")
    aino.refresh_from_db()
    assert (aino.phone, aino.phone_e164, aino.email, aino.name) == (
        "",
        "",
        "aino@koe.example",
        "Aino Koekajo",
    )
    assert (aino.erased_at, aino.to_erase_at) == (None, None)
    assert "phone" not in aino.collected
    assert phones() == []
    assert list(Customer.objects.search("0407654322")) == []
    assert list(Customer.objects.search("Koekajo")) == [aino]
    demand = only(request)
    assert (demand.categories, demand.carried_out_at, request.closed_at) == (
        ["phone"],
        LATER,
        LATER,
    )
    body = request.letters.get(kind=LetterKind.ANSWER_ERASURE).body
    assert "We have erased the data that you asked us to erase." in body
    assert "## What has been erased\n\n- Phone number\n\nAll other data stay" in body
    assert "without your name" not in body


def test_the_request_still_knows_who_asked_as_the_customer_is_still_there(aino):
    """D04r, P67: nobody has been erased."""
    request = named(aino, "phone")
    for letter in request.letters.all():
        mark_sent(letter, now=LATER)
    request.refresh_from_db()
    assert (request.name, request.to_forget_at) == ("Aino Koekajo", None)


def test_another_customer_s_data_of_that_kind_stay(aino):
    other = CustomerFactory(phone="040 1112233")
    named(aino, "phone")
    other.refresh_from_db()
    assert other.phone == "040 1112233"


def test_vouchers_stay_as_they_were_and_the_letter_says_so(aino):
    """R05, E03: the name on an invoice is bookkeeping's; billing data and address go."""
    BillingDataFactory(customer=aino)
    invoice = InvoiceFactory(customer=aino, number="L-78", invoiced_on=date(2026, 3, 1))
    pay(invoice)
    before = Invoice.objects.filter(pk=invoice.pk).values().get()
    request = named(aino, "billing", "name")
    assert Invoice.objects.filter(pk=invoice.pk).values().get() == before
    assert before["billed_name"] == "Aino Koekajo"
    aino.refresh_from_db()
    assert (aino.name, aino.email) == ("", "aino@koe.example")
    body = request.letters.get(kind=LetterKind.ANSWER_ERASURE).body
    stays = "1 invoice stays as it was sent, with your name and address, until 31 December 2032"
    assert stays in body
    assert "refer the matter to the Data Protection Ombudsman" in body
    # of what no invoice says, nothing stays and nothing is told
    body = named(aino, "phone").letters.get(kind=LetterKind.ANSWER_ERASURE).body
    assert "stays" not in body
    assert "Ombudsman" not in body


def test_orders_go_with_their_lines(aino):
    """E03: what was ordered, in history too."""
    order = OrderFactory(customer=aino, number="T-77")
    OrderLineFactory(order=order, description="Kuikanpesä")
    named(aino, "orders")
    assert not Order.objects.unerased().exists()
    assert "kuikanpesä" not in everything_stored()
    assert "t-77" not in everything_stored()


def test_of_what_is_named_only_that_waits_which_a_fact_needs(aino):
    """E03, E04, E06: an open invoice needs the phone number and no web address."""
    invoice = InvoiceFactory(customer=aino, number="L-78")
    request = named(aino, "website", "phone", wait=True)
    aino.refresh_from_db()
    assert (aino.website, aino.phone, aino.to_erase_at) == ("", "040 765 4321", None)
    body = request.letters.get(kind=LetterKind.ANSWER_ERASURE_WAITS).body
    assert "## What is erased\n\n- Phone number\n- Web address" in body
    assert "Invoice L-78 is not paid." in body
    assert "## What has been erased already\n\n- Web address" in body
    assert carry_out(now=NEXT_DAY) == 0
    pay(invoice)
    assert carry_out(now=NEXT_DAY) == 1
    aino.refresh_from_db()
    assert (aino.phone, aino.email, aino.erased_at) == ("", "aino@koe.example", None)
    body = request.letters.get(kind=LetterKind.ERASURE_DONE).body
    assert "Nothing keeps your data any more." in body
    assert "All other data stay in the register." in body
    request.refresh_from_db()
    assert (only(request).carried_out_at, request.closed_at) == (NEXT_DAY, NEXT_DAY)
    assert carry_out(now=NEXT_DAY) == 0


def test_some_data_that_waited_go_by_themselves_when_the_debt_is_paid(aino):
    """E06, P30: right after the payment, as a whole erasure does, and not on the next day."""
    invoice = InvoiceFactory(customer=aino)
    request = named(aino, "phone", wait=True)
    pay(invoice)
    work()
    aino.refresh_from_db()
    assert (aino.phone, aino.erased_at) == ("", None)
    assert kinds(request)[-1] == LetterKind.ERASURE_DONE
    assert not Task.objects.undone(CARRY_OUT_ERASURE).exists()
    pay(InvoiceFactory(customer=aino))
    assert not Task.objects.undone(CARRY_OUT_ERASURE).exists()


def test_what_no_fact_needs_does_not_wait_although_there_is_one(aino):
    """E03: the page offers to wait, and there is nothing to wait for."""
    InvoiceFactory(customer=aino)
    request = named(aino, "website", wait=True)
    assert only(request).carried_out_at == LATER
    assert kinds(request)[-1] == LetterKind.ANSWER_ERASURE
    assert not in_order().exists()


def test_orders_wait_for_the_paper_that_tells_of_them_and_a_claim_keeps_all(aino):
    """P32, E02"""
    PaperFactory(customer=aino)
    request = named(aino, "orders", "phone", wait=True)
    aino.refresh_from_db()
    assert (aino.phone, only(request).is_waiting) == ("", True)
    (one,) = facts_of(in_order(), today=LATER.date())
    assert [block.kind for block in one.kept] == ["paper"]
    eero = CustomerFactory(email="eero@koe.example", website="https://eero.example")
    HoldFactory(customer=eero)
    named(eero, "website", wait=True)
    eero.refresh_from_db()
    assert eero.website


def test_a_paper_that_only_the_orders_wait_for_is_among_those_to_shred(
    aino, django_assert_max_num_queries
):
    """P32, P33: as one of a whole customer is, and no longer once the request is taken back."""
    paper, eero = PaperFactory(customer=aino), CustomerFactory(email="eero@koe.example")
    PaperFactory(customer=eero)
    assert not Paper.objects.to_shred().exists()
    named(eero, "phone", wait=True)
    request = named(aino, "orders", "phone", wait=True)
    assert today_at(LATER).to_shred == 1
    page = staff().get(reverse("admin:register_paper_changelist"), {"where": "to_shred"})
    assert list(page.context["cl"].result_list) == [paper]
    with django_assert_max_num_queries(1):
        assert list(Paper.objects.to_shred()) == [paper]
    with because("Test"):
        paper.shred(by=decider(), now=LATER)
    PaperFactory(customer=aino)
    assert today_at(LATER).to_shred == 1
    decisions.withdraw(request, now=LATER)
    assert today_at(LATER).to_shred == 0


def test_the_rest_goes_with_a_whole_erasure_and_both_are_told(aino):
    """E06: some data that wait, and then somebody asks for all."""
    invoice = InvoiceFactory(customer=aino)
    some = named(aino, "phone", wait=True)
    whole = named(aino, wait=True)
    pay(invoice)
    assert carry_out(now=NEXT_DAY) >= 1
    assert carry_out(now=NEXT_DAY) == 0
    aino.refresh_from_db()
    assert aino.erased_at == NEXT_DAY
    told = Letter.objects.filter(kind=LetterKind.ERASURE_DONE)
    assert set(told.values_list("request", flat=True)) == {some.pk, whole.pk}


def test_who_takes_back_a_request_for_some_data_is_still_to_be_erased_by_another(aino):
    InvoiceFactory(customer=aino)
    some, whole = named(aino, "phone", wait=True), named(aino, wait=True)
    decisions.withdraw(whole, now=LATER)
    aino.refresh_from_db()
    assert aino.to_erase_at is None
    assert [one.demand.request for one in facts_of(in_order(), today=LATER.date())] == [some]


def test_whichever_write_fails_all_that_was_named_is_there_or_gone(aino):
    BillingDataFactory(customer=aino)
    request = proven(Right.ERASURE, customer=aino)
    person = decider()
    before = everything_stored()
    write = 1
    while True:
        try:
            with failing_at(write):
                decisions.grant(
                    only(request), by=person, now=LATER, categories=["phone", "billing"]
                )
        except WriteFailed:
            assert everything_stored() == before
            write += 1
        else:
            break
    assert write > 10
    assert only(request).carried_out_at == LATER


def test_the_desk_decides_item_by_item_and_shows_what_was_decided():
    """E10: ticked data alone go."""
    contact = staff()
    aino = CustomerFactory(email="aino@koe.example", phone="040 765 4321")
    request = asked_for("erasure", customer=aino, proof="in_person")
    address = act_on(request, "erasure", "grant")
    assert 'value="phone"' in contact.get(address).text
    page = contact.post(address, {"categories": ["phone"]}, follow=True).text
    assert "phone number" in page
    aino.refresh_from_db()
    assert (aino.phone, aino.email, aino.erased_at) == ("", "aino@koe.example", None)


def test_what_the_person_ticked_is_ticked_for_who_decides():
    """E10, S08"""
    contact = staff()
    for right in ("erasure", "restriction"):
        aino = CustomerFactory(email=f"{right}@koe.example", phone="040 765 4321")
        request = asked_for(right, customer=aino, proof="in_person")
        with because("Test"):
            demand = Demand.objects.get(request=request)
            demand.categories = ["phone"]
            demand.save()
        form = contact.get(act_on(request, right, "grant")).context["form"]
        assert form["categories"].value() == ["phone"]
