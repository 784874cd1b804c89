"""Vouchers say for ever what they said; what became of them is told by payments and credits."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from audit.reasons import because
from register.models import Invoice, Payment, VoucherIsFinal
from register.models.invoices import CreditsTooMuch, NotThisCustomers, PaidWithoutPayment
from tests.factories import (
    BillingDataFactory,
    CollectionFactory,
    CustomerFactory,
    InvoiceFactory,
    InvoicingProgramFactory,
    NoticeFactory,
    OrganisationFactory,
    PaymentFactory,
)

pytestmark = pytest.mark.django_db
LATER = {"collection_started_on", "collection_ended_on"}


def locks_of_the_notice():
    """SQLite writes one at a time, so only PostgreSQL locks the notice in force."""
    return int(connection.vendor == "postgresql")


@pytest.fixture(autouse=True)
def notice():
    return NoticeFactory(in_force=True)


@pytest.fixture
def aino():
    return CustomerFactory(
        given_name="Aino",
        family_name="Kajo",
        street="Kampikuja 3",
        postcode="06100",
        city="Porvoo",
        country="FI",
    )


def snapshot(invoice):
    return tuple(
        Invoice.objects.filter(pk=invoice.pk).values_list(
            "billed_name", "billed_street", "billed_postcode", "billed_city", "billed_country"
        )[0]
    )


def stored(invoice):
    return Invoice.objects.get(pk=invoice.pk)


AS_SENT = ("Aino Kajo", "Kampikuja 3", "06100", "Porvoo", "FI")


def test_correcting_the_customer_leaves_the_invoice_as_it_was_sent(aino):
    """R05 (1336/1997, ch. 2 s. 7): and the next invoice says what is right now."""
    first = InvoiceFactory(customer=aino)
    with because("Moved and married"):
        aino.family_name, aino.street = "Halla", "Uusikatu 1"
        aino.save(collection=CollectionFactory())
        first = stored(first)
        first.collection_started_on = date(2026, 5, 20)
        first.save(collection=CollectionFactory())
    second = InvoiceFactory(customer=aino)
    assert snapshot(first) == AS_SENT
    assert snapshot(second) == ("Aino Halla", "Uusikatu 1", "06100", "Porvoo", "FI")
    assert {row.billed_name for row in first.history.all()} == {"Aino Kajo"}


def test_an_invoice_goes_to_the_billing_address_where_there_is_one(aino):
    other = OrganisationFactory(organisation_name="Tyrnipaja Oy", street="Pajatie 2")
    BillingDataFactory(customer=aino, street="Laskutie 1", postcode="00100", city="Helsinki")
    BillingDataFactory(customer=other, street="", postcode="", city="", business_id="2077474-0")
    assert snapshot(InvoiceFactory(customer=aino)) == (
        "Aino Kajo",
        "Laskutie 1",
        "00100",
        "Helsinki",
        "",
    )
    assert snapshot(InvoiceFactory(customer=other)) == ("Tyrnipaja Oy", "Pajatie 2", "", "", "")


@pytest.mark.parametrize("count", [1, 7])
def test_many_invoices_take_as_many_queries_as_one(count, django_assert_num_queries):
    customers = [CustomerFactory(street=f"Kuja {number}") for number in range(count)]
    credited = InvoiceFactory(customer=customers[0])
    rows = [
        Invoice(
            customer=customer,
            number=f"L-{number}",
            invoiced_on=date(2026, 4, 6),
            due_on=date(2026, 4, 6),
            amount=Decimal(-1),
            credits_id=credited.pk if number == 0 else None,
        )
        for number, customer in enumerate(customers)
    ]
    source = CollectionFactory()
    with because("Test"), django_assert_num_queries(27 + locks_of_the_notice()):
        Invoice.objects.store(rows, collection=source)
    assert [snapshot(row)[1] for row in rows] == [f"Kuja {number}" for number in range(count)]


@pytest.mark.parametrize(
    "column",
    sorted({field.name for field in Invoice._meta.concrete_fields} - LATER - {"id", "collected"}),
)
def test_nothing_that_an_invoice_says_is_altered(column, aino):
    """R05, D06r: whichever column, and history gets no row."""
    invoice = InvoiceFactory(customer=aino, amount=Decimal(-5))
    other = {
        "customer": CustomerFactory(),
        "credits": InvoiceFactory(customer=aino),
        "kept_in": InvoicingProgramFactory(),
        "amount": Decimal(-6),
        "invoiced_on": date(2026, 4, 5),
        "due_on": date(2026, 4, 21),
        "paid_on": date(2026, 4, 21),
        "billed_country": "SE",
    }.get(column, "muu")
    before = Invoice.objects.filter(pk=invoice.pk).values()[0]
    setattr(invoice, column, other)
    with because("Test"), pytest.raises(VoucherIsFinal) as refused:
        invoice.save(collection=CollectionFactory())
    assert refused.value.columns == [column]
    assert Invoice.objects.filter(pk=invoice.pk).values()[0] == before
    assert invoice.history.count() == 1


def test_what_happens_later_is_added():
    invoice = InvoiceFactory()
    with because("Test"):
        invoice.collection_started_on = date(2026, 5, 1)
        invoice.save(collection=CollectionFactory())
        assert stored(invoice).is_in_collection
        invoice.collection_ended_on = date(2026, 5, 1)
        invoice.save(collection=CollectionFactory())
    assert not stored(invoice).is_in_collection


# --- payments


def test_payments_that_cover_an_invoice_say_when_it_was_paid():
    """The day on which the last part came, in whatever order they are entered."""
    invoice, other = InvoiceFactory(amount=Decimal(120)), InvoiceFactory(amount=Decimal(120))
    PaymentFactory(invoice=invoice, amount=Decimal("119.99"), paid_on=date(2026, 4, 10))
    assert (stored(invoice).paid_on, stored(invoice).left_to_pay) == (None, Decimal("0.01"))
    PaymentFactory(invoice=invoice, amount=Decimal("0.01"), paid_on=date(2026, 4, 9))
    assert (stored(invoice).paid_on, stored(invoice).left_to_pay) == (date(2026, 4, 10), 0)
    assert stored(other).paid_on is None
    assert list(Invoice.objects.hindering()) == [other]
    told = invoice.history.latest()
    assert (told.paid_on, told.history_change_reason) == (date(2026, 4, 10), "Made for a test")
    assert stored(invoice).collected["paid_on"] == Payment.objects.latest("pk").collected["amount"]


def test_too_much_is_said_and_money_given_back_opens_an_invoice_again():
    invoice = InvoiceFactory(amount=Decimal(120))
    PaymentFactory(invoice=invoice, amount=Decimal(150), paid_on=date(2026, 4, 10))
    assert (stored(invoice).left_to_pay, stored(invoice).paid_on) == (-30, date(2026, 4, 10))
    PaymentFactory(invoice=invoice, amount=Decimal(-30), paid_on=date(2026, 4, 12))
    assert (stored(invoice).left_to_pay, stored(invoice).paid_on) == (0, date(2026, 4, 10))
    PaymentFactory(invoice=invoice, amount=Decimal(-1), paid_on=date(2026, 4, 13))
    assert (stored(invoice).left_to_pay, stored(invoice).paid_on) == (1, None)


@pytest.mark.parametrize("lives_elsewhere", [False, True])
def test_no_invoice_is_paid_without_a_payment(aino, lives_elsewhere):
    """E04: what is open makes an erasure wait, so nobody marks it as paid; also where the voucher
    lives elsewhere."""
    if lives_elsewhere:
        InvoicingProgramFactory()
    invoice, source = InvoiceFactory(customer=aino), CollectionFactory()
    values = {"customer": aino, "invoiced_on": date(2026, 4, 6), "due_on": date(2026, 4, 6)}
    new = Invoice(number="L-new", amount=Decimal(5), paid_on=date(2026, 4, 8), **values)
    marked = stored(invoice)
    marked.paid_on = date(2026, 4, 8)
    for act, refusal in (
        (lambda: new.save(collection=source), PaidWithoutPayment),
        (lambda: Invoice.objects.store([new], collection=source), PaidWithoutPayment),
        (lambda: marked.save(collection=source), VoucherIsFinal),
        (lambda: Invoice.objects.amend([marked], collection=source), VoucherIsFinal),
    ):
        with because("Test"), pytest.raises(refusal):
            act()
    assert list(Invoice.objects.hindering()) == [invoice]
    PaymentFactory(invoice=invoice, amount=invoice.amount, paid_on=date(2026, 4, 10))
    opened = stored(invoice)
    opened.paid_on = None
    with because("Test"), pytest.raises(VoucherIsFinal):
        opened.save(collection=source)
    assert stored(invoice).paid_on == date(2026, 4, 10)


def test_an_invoice_of_nothing_owes_nothing(aino):
    assert stored(InvoiceFactory(customer=aino, amount=Decimal(0))).paid_on == date(2026, 4, 6)
    assert list(Invoice.objects.hindering()) == []


def test_many_rows_alter_no_voucher_either():
    """R05: the bulk door asks what `save()` asks."""
    invoice, payment, source = InvoiceFactory(), PaymentFactory(), CollectionFactory()
    invoice.amount, payment.amount = Decimal(1), Decimal(1)
    for row in (invoice, payment):
        with because("Test"), pytest.raises(VoucherIsFinal):
            type(row).objects.amend([row], collection=source)
    assert (stored(invoice).amount, Payment.objects.get().amount) == (120, 120)


def test_a_payment_is_a_voucher_too():
    """R05: it is undone by another one."""
    payment = PaymentFactory()
    for column, value in {"amount": Decimal(1), "paid_on": date(2026, 1, 2)}.items():
        row = Payment.objects.get()
        setattr(row, column, value)
        with because("Test"), pytest.raises(VoucherIsFinal):
            row.save(collection=CollectionFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentFactory(amount=Decimal(0))
    assert list(Payment.objects.all()) == [payment]


@pytest.mark.parametrize("count", [1, 7])
def test_many_payments_take_as_many_queries_as_one(count, django_assert_num_queries):
    invoices = [InvoiceFactory() for _one in range(count)]
    rows = [
        Payment(invoice=invoice, paid_on=date(2026, 4, 9), amount=invoice.amount)
        for invoice in invoices
    ]
    source = CollectionFactory()
    with because("Test"), django_assert_num_queries(21 + locks_of_the_notice()):
        Payment.objects.store(rows, collection=source)
    assert not Invoice.objects.unpaid().exists()


# --- credit notes


def test_a_credit_note_settles_what_it_credits_and_itself():
    """E04: credited is not open."""
    invoice = InvoiceFactory(amount=Decimal(120))
    PaymentFactory(invoice=invoice, amount=Decimal(20), paid_on=date(2026, 4, 9))
    note = InvoiceFactory(
        customer=invoice.customer,
        credits=invoice,
        amount=Decimal(-100),
        invoiced_on=date(2026, 4, 30),
        due_on=date(2026, 4, 30),
    )
    assert (stored(invoice).paid_on, stored(invoice).left_to_pay) == (date(2026, 4, 30), 0)
    assert stored(note).paid_on == date(2026, 4, 30)
    assert list(Invoice.objects.hindering()) == []


def test_a_credit_note_that_is_looked_at_again_stays_settled():
    """What it credits settles it, so that no list opens it again."""
    invoice = InvoiceFactory(amount=Decimal(120))
    note = InvoiceFactory(customer=invoice.customer, credits=invoice, amount=Decimal(-120))
    with because("Test"):
        Invoice.objects.settle([invoice.pk, note.pk], collection=CollectionFactory(), reopen=True)
    assert list(Invoice.objects.hindering()) == []


@pytest.mark.parametrize(
    ("amounts", "left"),
    [([100], None), ([60, 40], None), ([101], 100), ([60, 41], 100), ([50, 50, 1], 100)],
)
def test_credit_notes_that_come_together_credit_no_more_than_is_left(aino, amounts, left):
    invoice = InvoiceFactory(customer=aino, amount=Decimal(120))
    PaymentFactory(invoice=invoice, amount=Decimal(20), paid_on=date(2026, 4, 9))
    other = InvoiceFactory(customer=aino, amount=Decimal(5))
    values = {"customer": aino, "invoiced_on": date(2026, 4, 30), "due_on": date(2026, 4, 30)}
    notes = [
        Invoice(number=f"H-{place}", credits_id=key, amount=-Decimal(amount), **values)
        for place, (key, amount) in enumerate(
            [*((invoice.pk, amount) for amount in amounts), (other.pk, 5)]
        )
    ]
    source = CollectionFactory()
    if left is None:
        with because("Test"):
            Invoice.objects.store(notes, collection=source)
        assert not Invoice.objects.unpaid().exists()
        return
    with because("Test"), pytest.raises(CreditsTooMuch) as refused:
        Invoice.objects.store(notes, collection=source)
    assert refused.value.left == left
    assert set(Invoice.objects.all()) == {invoice, other}


def test_a_credit_note_is_not_credited(aino):
    """Neither one by one nor many together."""
    invoice = InvoiceFactory(customer=aino, amount=Decimal(120))
    note = InvoiceFactory(customer=aino, credits=invoice, amount=Decimal(-20))
    values = {"customer": aino, "invoiced_on": date(2026, 4, 30), "due_on": date(2026, 4, 30)}
    again = Invoice(number="H-2", credits_id=note.pk, amount=Decimal(-1), **values)
    source = CollectionFactory()
    for act in (
        lambda: again.save(collection=source),
        lambda: Invoice.objects.store([again], collection=source),
    ):
        with because("Test"), pytest.raises(CreditsTooMuch):
            act()
    assert set(Invoice.objects.all()) == {invoice, note}


def test_a_credit_note_is_below_zero_and_of_the_same_customer():
    invoice = InvoiceFactory()
    with pytest.raises(IntegrityError, match="what_credits"), transaction.atomic():
        InvoiceFactory(customer=invoice.customer, credits=invoice, amount=Decimal(1))
    with because("Test"), pytest.raises(NotThisCustomers):
        InvoiceFactory(credits=invoice, amount=Decimal(-1))
    assert Invoice.objects.count() == 1


# --- invoices that live elsewhere


def test_an_invoice_that_lives_elsewhere_has_no_name_here_and_is_told_of_anew(aino):
    program = InvoicingProgramFactory()
    invoice = InvoiceFactory(customer=aino)
    assert snapshot(invoice) == ("", "", "", "", "")
    assert stored(invoice).kept_in == program
    with because("Test"):
        invoice.amount, invoice.due_on = Decimal(99), date(2026, 6, 1)
        invoice.save(collection=CollectionFactory())
        invoice.number = "L-muu"
        with pytest.raises(VoucherIsFinal):
            invoice.save(collection=CollectionFactory())
        program.used_until_on = date(2026, 6, 2)
        program.save()
    assert snapshot(InvoiceFactory(customer=aino)) == AS_SENT


def test_one_program_is_in_use_at_a_time():
    InvoicingProgramFactory(used_until_on=date(2026, 1, 3))
    InvoicingProgramFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        InvoicingProgramFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        InvoicingProgramFactory(used_until_on=date(2026, 1, 1))
