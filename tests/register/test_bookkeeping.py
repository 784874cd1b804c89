"""T15: vouchers are kept six years from the end of the year in which the financial year ended."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from audit.reasons import because
from register.bookkeeping import days_kept, forget_vouchers, kept_until
from register.erasure import erase
from register.models import Invoice, Payment, Word
from tests.factories import CustomerFactory, InvoiceFactory, NoticeFactory, PaymentFactory

CALENDAR_YEAR, TO_MARCH, TO_FEBRUARY = (12, 31), (3, 31), (2, 29)


@pytest.mark.parametrize(
    ("year_ends_on", "invoiced_on", "until"),
    [
        (CALENDAR_YEAR, date(2025, 12, 31), date(2031, 12, 31)),
        (CALENDAR_YEAR, date(2026, 1, 1), date(2032, 12, 31)),
        (TO_MARCH, date(2024, 3, 31), date(2030, 12, 31)),
        (TO_MARCH, date(2026, 2, 10), date(2032, 12, 31)),
        (TO_MARCH, date(2026, 4, 10), date(2033, 12, 31)),
        (TO_FEBRUARY, date(2027, 2, 28), date(2033, 12, 31)),
        (TO_FEBRUARY, date(2027, 3, 1), date(2034, 12, 31)),
    ],
)
def test_the_last_day_of_a_voucher(settings, year_ends_on, invoiced_on, until):
    """T15"""
    settings.FINANCIAL_YEAR_ENDS_ON = year_ends_on
    assert kept_until(invoiced_on) == until


@pytest.fixture
def erased(db):
    NoticeFactory(in_force=True)
    customer = CustomerFactory()
    InvoiceFactory(
        customer=customer,
        number="V-1",
        invoiced_on=date(2026, 5, 6),
        due_on=date(2026, 5, 20),
        paid_on=date(2026, 5, 18),
    )
    InvoiceFactory(
        customer=customer,
        number="V-2",
        invoiced_on=date(2027, 5, 6),
        due_on=date(2027, 5, 20),
        paid_on=date(2027, 5, 18),
    )
    with because("Request 2026-1"):
        erase(customer, request_number="2026-1", now=timezone.now())
    return customer


def test_what_an_erasure_left_goes_when_the_years_are_over_and_not_a_day_before(erased):
    """T15, E06"""
    assert forget_vouchers(today=date(2032, 12, 31)) == 0
    assert forget_vouchers(today=date(2033, 1, 1)) == 1
    assert list(Invoice.objects.values_list("number", flat=True)) == ["V-2"]
    assert set(Invoice.history.values_list("number", flat=True)) == {"V-2"}
    assert not Word.objects.filter(word__startswith="v1").exists()
    assert forget_vouchers(today=date(2033, 1, 1)) == 0


def test_what_a_credit_note_names_stays_as_long_as_the_note(db):
    """T15: and payments go with their invoice, in history too."""
    NoticeFactory(in_force=True)
    customer = CustomerFactory()
    invoice = InvoiceFactory(
        customer=customer, number="V-1", invoiced_on=date(2026, 12, 30), due_on=date(2026, 12, 30)
    )
    PaymentFactory(invoice=invoice, amount=20)
    InvoiceFactory(
        customer=customer,
        number="V-2",
        amount=-100,
        credits=invoice,
        invoiced_on=date(2027, 1, 4),
        due_on=date(2027, 1, 4),
    )
    with because("Request 2026-1"):
        erase(customer, request_number="2026-1", now=timezone.now())
    assert forget_vouchers(today=date(2033, 12, 31)) == 0
    assert forget_vouchers(today=date(2034, 1, 1)) == 2
    assert (Payment.objects.count(), Payment.history.count()) == (0, 0)


@pytest.mark.parametrize(
    ("invoiced_on", "paid_on", "last_day"),
    [
        (date(2019, 12, 20), date(2020, 1, 7), date(2026, 12, 31)),
        (date(2018, 3, 1), date(2022, 6, 1), date(2028, 12, 31)),
        (date(2019, 12, 20), date(2023, 2, 3), date(2029, 12, 31)),
    ],
)
def test_an_invoice_stays_as_long_as_its_last_payment(db, invoiced_on, paid_on, last_day):
    """T15: a payment is a voucher of its own, and hangs on its invoice."""
    NoticeFactory(in_force=True)
    customer = CustomerFactory()
    invoice = InvoiceFactory(customer=customer, invoiced_on=invoiced_on, due_on=invoiced_on)
    PaymentFactory(invoice=invoice, paid_on=invoiced_on, amount=20)
    PaymentFactory(invoice=invoice, paid_on=paid_on, amount=100)
    assert days_kept(customer.invoices.all()) == {invoice.pk: last_day}
    with because("Request 2026-1"):
        erase(customer, request_number="2026-1", now=timezone.now())
    assert forget_vouchers(today=last_day) == 0
    assert Payment.objects.count() == 2
    assert forget_vouchers(today=last_day + timedelta(days=1)) == 1
    assert (Payment.objects.count(), Payment.history.count()) == (0, 0)


def test_money_given_back_for_a_credit_note_keeps_what_it_credits(db):
    """T15"""
    NoticeFactory(in_force=True)
    customer = CustomerFactory()
    day = date(2019, 5, 2)
    invoice = InvoiceFactory(customer=customer, invoiced_on=day, due_on=day)
    note = InvoiceFactory(
        customer=customer, credits=invoice, amount=-120, invoiced_on=day, due_on=day
    )
    PaymentFactory(invoice=note, paid_on=date(2021, 1, 4), amount=-20)
    with because("Request 2026-1"):
        erase(customer, request_number="2026-1", now=timezone.now())
    assert forget_vouchers(today=date(2027, 12, 31)) == 0
    assert forget_vouchers(today=date(2028, 1, 1)) == 2


def test_an_invoice_of_a_living_customer_stays(db):
    NoticeFactory(in_force=True)
    InvoiceFactory(paid_on=date(2026, 4, 20))
    assert forget_vouchers(today=date(2050, 1, 1)) == 0


def test_the_daily_clock_calls_it(erased, settings, monkeypatch):
    """T15"""
    assert "forget_vouchers" in settings.DAILY_COMMANDS
    far = timezone.now() + timedelta(days=365 * 30)
    monkeypatch.setattr(timezone, "now", lambda: far)
    call_command("forget_vouchers")
    assert not Invoice.objects.exists()
