"""Invoices that live elsewhere: a newer list updates the older, what is gone is offered as paid."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from audit.reasons import because
from register.models import Invoice
from register.models.imports import Fate as FileFate
from register.open_invoices import (
    ColumnsMissing,
    Fate,
    NotWhole,
    Plan,
    Planned,
    Row,
    plan_of,
    rows_in,
    take_over,
)
from register.restricting import restrict
from staff.roles import Role
from tests.factories import (
    CollectionFactory,
    CustomerFactory,
    InvoiceFactory,
    InvoicingProgramFactory,
    NoticeFactory,
    OrganisationFactory,
    PaymentFactory,
    UndertakingFactory,
    UserFactory,
)
from tests.sign_in import sign_in

OPEN = reverse("admin:register_invoice_open")
LIST = "Numero;Asiakas;Päivä;Eräpäivä;Summa\n"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            "L-1;Aino Kajo;5.3.2026;19.3.2026;1 234,50 €",
            [Row(1, "L-1", "Aino Kajo", date(2026, 3, 5), date(2026, 3, 19), Decimal("1234.50"))],
        ),
        (
            LIST + "\nL-1\tAino\t2026-03-05\t2026-03-19\t1,234.5".replace("\t", ";"),
            [Row(3, "L-1", "Aino", date(2026, 3, 5), date(2026, 3, 19), Decimal("1234.50"))],
        ),
        (
            'L-1,"Tyrni, Oy",2026-03-05,2026-03-05,7',
            [Row(1, "L-1", "Tyrni, Oy", date(2026, 3, 5), date(2026, 3, 5), Decimal(7))],
        ),
    ],
)
def test_a_list_is_read_as_it_comes(text, rows):
    assert rows_in(text) == rows


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (";Aino;5.3.2026;5.3.2026;1", "There is no number."),
        ("L-1;Aino;31.2.2026;5.3.2026;1", "The date"),
        ("L-1;Aino;5.3.2026;eilen;1", "The due date"),
        ("L-1;Aino;5.3.2026;4.3.2026;1", "An invoice cannot"),
        ("L-1;Aino;5.3.2026;5.3.2026;paljon", "The amount"),
        ("L-1;Aino;5.3.2026;5.3.2026;1e9", "The amount"),
        ("L-1;Aino;5.3.2026;5.3.2026;31.12.2025", "The amount"),
        ("L-1;Aino;5.3.2026;5.3.2026;10 50", "The amount"),
        ("L-1", "The date"),
        ('"L-1;Aino;5.3.2026;5.3.2026;1', "A quotation mark is left open"),
        ("L-1;Aino;5.3.2026;5.3.2036;1;1", "The row has more cells"),
        ("L-1;Aino;1.1.2130;1.1.2130;1", "The invoice is dated on a day that has not come yet."),
        ("L-1;Aino;5.3.2026;5.3.2126;1", "The due date is more than ten years ahead."),
        ("131052-308T;Aino;5.3.2026;5.3.2026;1", "This looks like a personal"),
    ],
)
def test_a_row_that_cannot_be_read_says_why_and_spoils_no_other(line, why):
    with override("en"):
        first, second = rows_in(f"{LIST}{line}\nL-2;Aino;5.3.2026;5.3.2026;1")
    assert first.why.startswith(why)
    assert (second.number, second.why) == ("L-2", "")


@pytest.mark.parametrize(
    ("language", "of_a_list", "of_a_file"),
    [("fi", "hylätty", "hylättiin"), ("sv", "avvisad", "avvisades"), ("en", "refused", "refused")],
)
def test_a_row_is_refused_in_another_word_than_a_request(language, of_a_list, of_a_file):
    """Nobody's right is refused with it: the row cannot be read or does not fit."""
    with override(language):
        assert (str(Fate.REFUSED.label), str(FileFate.REFUSED.label)) == (of_a_list, of_a_file)
        plan = Plan([Planned(Row(1), Fate.REFUSED)])
        assert plan.counts == [(of_a_list, 1)]


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        ("Summa;Valuutta", "10,00;SEK"),
        ("Summa;Valuutta", "10,00 SEK;"),
        ("Summa;Avoinna", "10,00;$10.00"),
        ("Summa (SEK);Huomautus", "10,00;"),
    ],
)
def test_r05_a_sum_that_is_not_euros_is_taken_for_none(headings, row):
    """R05: an invoice is never altered afterwards."""
    with override("en"):
        [first] = rows_in(
            f"Numero;Asiakas;Päivä;Eräpäivä;{headings}\nL-1;Aino;5.3.2026;5.3.2026;{row}\n"
        )
    assert first.why == "The sum is in another currency: the register keeps euros only."
    [second] = rows_in(f"{LIST[:-1]};Valuutta\nL-2;Aino;5.3.2026;5.3.2026;1 €;EUR\n")
    assert (second.amount, second.why) == (Decimal(1), "")


@pytest.mark.parametrize("status", ["Mitätöity", "Hyvitetty", "Luonnos", "Written off", "Utkast"])
def test_r05_an_invoice_that_is_not_owed_has_no_place_on_the_list(status):
    """R05: it would become an open invoice that is never altered."""
    with override("en"):
        [row] = rows_in(f"{LIST[:-1]};Tila\nL-1;Aino;5.3.2026;5.3.2026;10,00;{status}\n")
    assert row.why == "This invoice is not owed, the list says: leave it off the list."


def test_r05_no_more_is_open_on_the_list_than_the_sum_of_the_invoice():
    """R05: one of the two sums is wrong, and neither could be mended afterwards."""
    headings = f"{LIST[:-1]};Avoinna\n"
    with override("en"):
        more, all_of_it, credit = rows_in(
            f"{headings}L-1;Aino;5.3.2026;5.3.2026;10,00;25,00\n"
            "L-2;Aino;5.3.2026;5.3.2026;10,00;10,00\nL-3;Aino;5.3.2026;5.3.2026;-10,00;-25,00\n"
        )
    assert more.why == credit.why == "More is left to pay than the sum of the invoice."
    assert (all_of_it.left, all_of_it.why) == (Decimal(10), "")


def staff(role=Role.ACCOUNTING):
    user = UserFactory(role=role, language="en")
    UndertakingFactory(user=user)
    return sign_in(Client(), user)


@pytest.fixture
def program(db):
    NoticeFactory(in_force=True)
    return InvoicingProgramFactory()


@pytest.fixture
def aino(program):
    return CustomerFactory(given_name="Aino", family_name="Kajo")


def sent(text, **more):
    return {
        "text": text,
        "source_kind": "purchase",
        "source_name": "Koelaskutus",
        "paid_on": "2026-05-01",
        **more,
    }


def fates(plan):
    return [(one.row.number, one.fate) for one in plan.rows]


def test_a_newer_list_updates_the_older_and_offers_the_rest_as_paid(aino, program):
    """E04: preview, then one transaction."""
    client = staff()
    firm = OrganisationFactory(organisation_name="Tyrnipaja Oy")
    own = InvoiceFactory(customer=aino, number="L-2", amount=Decimal(10))
    gone, cut = InvoiceFactory(number="L-3"), InvoiceFactory(number="L-4")
    same = InvoiceFactory(customer=aino, number="L-5", paid_on=None, amount=Decimal(5))
    text = LIST + (
        f"L-1;{firm.reference};5.3.2026;19.3.2026;99,90\n"
        "L-2;Kajo Aino;6.4.2026;30.4.2026;12,00\n"
        "L-5;;6.4.2026;20.4.2026;5,00\n"
        "L-6;Tyrnipaja Oy;6.4.2026;20.4.2026;1,00\n"
    )
    before = list(Invoice.objects.order_by("pk").values())
    preview = client.post(OPEN, sent(text))
    plan = preview.context["plan"]
    assert fates(plan) == [
        ("L-1", Fate.NEW),
        ("L-2", Fate.CHANGED),
        ("L-5", Fate.SAME),
        ("L-6", Fate.NEW),
    ]
    assert [one.number for one in plan.gone] == ["L-3", "L-4"]
    assert list(Invoice.objects.order_by("pk").values()) == before
    done = client.post(OPEN, sent(text, run="1", plan=plan.digest, paid=[gone.pk, same.pk]))
    assert done.status_code == 302
    told = {
        one.number: (one.customer, one.amount, one.due_on, one.paid_on)
        for one in Invoice.objects.all()
    }
    assert told == {
        "L-1": (firm, Decimal("99.90"), date(2026, 3, 19), None),
        "L-2": (aino, Decimal("12.00"), date(2026, 4, 30), None),
        "L-3": (gone.customer, gone.amount, gone.due_on, date(2026, 5, 1)),
        "L-4": (cut.customer, cut.amount, cut.due_on, None),
        "L-5": (aino, Decimal("5.00"), date(2026, 4, 20), None),
        "L-6": (firm, Decimal("1.00"), date(2026, 4, 20), None),
    }
    assert {one.kept_in for one in Invoice.objects.all()} == {program}
    assert own.history.latest().history_change_reason.endswith("Koelaskutus")
    assert (same.history.count(), cut.history.count()) == (1, 1)
    again = client.post(OPEN, sent(text)).context["plan"]
    assert {fate for _number, fate in fates(again)} == {Fate.SAME}


OTHER = "Asiakas;Laskun numero;Viite;Laskun pvm;Eräpäivä;Laskun summa;Avoinna\n"


def test_while_a_row_is_refused_nothing_is_paid_and_nothing_taken_over(aino):
    """P30, E04: an invoice whose row was refused may be the one that seems gone."""
    client = staff()
    InvoiceFactory(customer=aino, number="9005", amount=Decimal(10))
    text = OTHER + (
        "Aino Kajo;9004;123;5.3.2026;19.3.2026;10,00;10,00\nKuka Lie;9006;;5.3.2026;19.3.2026;1;1\n"
    )
    before = list(Invoice.objects.values())
    page = client.post(OPEN, sent(text))
    plan = page.context["plan"]
    assert (fates(plan), plan.gone) == ([("9004", Fate.NEW), ("9006", Fate.REFUSED)], [])
    assert "While a row is refused, the list cannot be taken over" in page.text
    assert 'name="run"' not in page.text
    forced = client.post(OPEN, sent(text, run="1", plan=plan.digest))
    assert "While a row is refused" in forced.text
    with pytest.raises(NotWhole):
        take_over(plan, collection=None, paid=[], paid_on=date(2026, 5, 1), reason="Test")
    assert list(Invoice.objects.values()) == before
    whole = client.post(OPEN, sent(text.replace("Kuka Lie", "Aino Kajo"))).context["plan"]
    assert [one.number for one in whole.gone] == ["9005"]


def test_a_list_is_read_by_its_headings_wherever_they_stand(program):
    """E04: what is open of an invoice is what its payments have left."""
    client = staff()
    CustomerFactory(given_name="Aino", family_name="Kajo", email="toinen@example.fi")
    aino = CustomerFactory(given_name="Aino", family_name="Kajo", email="aino@example.fi")
    part = InvoiceFactory(customer=aino, number="9005", amount=Decimal(10))
    paid = InvoiceFactory(customer=aino, number="9006", amount=Decimal(10))
    PaymentFactory(invoice=paid, amount=Decimal(10))
    whole = InvoiceFactory(customer=aino, number="9007", amount=Decimal(10))
    text = (
        "Sähköposti;"
        + OTHER
        + (
            "AINO@example.fi;Aino Kajo;9005;12;6.4.2026;20.4.2026;10,00;3,50\n"
            "aino@example.fi;;9006;12;6.4.2026;20.4.2026;10,00;10,00\n"
            "aino@example.fi;;9007;12;6.4.2026;20.4.2026;10,00;0,00\n"
            "aino@example.fi;Aino Kajo;9008;12;6.4.2026;20.4.2026;8,00;2,00\n"
            ";;;;;Yhteensä;;15,50\n"
        )
    )
    plan = client.post(OPEN, sent(text)).context["plan"]
    assert [(one.row.number, one.fate, one.came) for one in plan.rows] == [
        ("9005", Fate.CHANGED, Decimal("6.50")),
        ("9006", Fate.CHANGED, Decimal(-10)),
        ("9007", Fate.CHANGED, Decimal(10)),
        ("9008", Fate.NEW, Decimal(6)),
    ]
    assert client.post(OPEN, sent(text, run="1", plan=plan.digest)).status_code == 302
    told = {
        one.number: (one.customer, one.left_to_pay, one.paid_on) for one in Invoice.objects.all()
    }
    assert told == {
        "9005": (aino, Decimal("3.50"), None),
        "9006": (aino, Decimal(10), None),
        "9007": (aino, Decimal(0), date(2026, 5, 1)),
        "9008": (aino, Decimal(2), None),
    }
    assert (part.payments.count(), whole.payments.count()) == (1, 1)
    again = client.post(OPEN, sent(text)).context["plan"]
    assert {fate for _number, fate in fates(again)} == {Fate.SAME}


def workbook(rows):
    file = BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet, as_day = book.add_worksheet(), book.add_format({"num_format": "d.m.yyyy"})
    for line, cells in enumerate(rows):
        for place, cell in enumerate(cells):
            sheet.write(line, place, cell, *([as_day] if isinstance(cell, date) else []))
    book.close()
    return file.getvalue()


def test_a_workbook_is_read_as_a_list(aino):
    told = ["Aino Kajo", "9005", "1", date(2026, 4, 6), date(2026, 4, 20), 10.5, 3.5]
    book = workbook([["Avoimet"], [], OTHER.strip().split(";"), told])
    client = staff()
    page = client.post(OPEN, sent("", file=SimpleUploadedFile("lista.xlsx", book)))
    plan, text = page.context["plan"], page.context["form"].initial["text"]
    assert [(one.row.line, one.fate, one.row.left) for one in plan.rows] == [
        (4, Fate.NEW, Decimal("3.50"))
    ]
    assert client.post(OPEN, sent(text, run="1", plan=plan.digest)).status_code == 302
    assert Invoice.objects.get().left_to_pay == Decimal("3.50")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Asiakas;Eräpäivä;Hyllypaikka\nAino;1.1.2026;4", "invoice number, date of the invoice"),
        ("L-1;Aino;5.3.2026;5.3.2026;1;x", "invoice number, date of the invoice"),
        ("Laskunro;Pvm;Eräpäivä;Avoinna\n1;1.1.2026;1.1.2026;4", "these: customer."),
    ],
)
def test_a_list_whose_columns_are_not_known_is_not_read_at_all(text, why):
    with override("en"), pytest.raises(ColumnsMissing, match=re.escape(why)):
        rows_in(text)


def test_the_name_and_the_e_mail_of_a_row_are_one_customers(aino):
    other = CustomerFactory(email="toinen@example.fi")
    row = "\n{};{};L-1;6.4.2026;20.4.2026;1"
    text = "Nimi;Sähköposti;Laskun numero;Laskun pvm;Eräpäivä;Avoinna" + row
    fits = plan_of(rows_in(text.format("Uusi Nimi", "toinen@example.fi")))
    assert [one.invoice.customer for one in fits.rows] == [other]
    with override("en"):
        differs = plan_of(rows_in(text.format("Aino Kajo", "toinen@example.fi")))
    assert [one.why for one in differs.rows] == [
        "The name and the e-mail are of different customers."
    ]


def test_what_changed_after_the_preview_is_shown_again(aino):
    client, text = staff(), "L-1;Aino Kajo;5.3.2026;19.3.2026;1"
    seen = client.post(OPEN, sent(text)).context["plan"].digest
    InvoiceFactory(number="L-9")
    page = client.post(OPEN, sent(text, run="1", plan=seen))
    assert "The register has changed meanwhile" in page.text
    assert not Invoice.objects.filter(number="L-1").exists()


def test_rows_that_fit_nobody_or_several_are_refused_with_a_reason(aino):
    CustomerFactory(given_name="Aino", family_name="Kajo")
    InvoiceFactory(number="L-3")
    InvoiceFactory(number="L-4")
    text = (
        "L-1;Aino Kajo;5.3.2026;19.3.2026;1\n"
        "L-2;aino;5.3.2026;19.3.2026;1\n"
        f"L-3;{aino.reference};5.3.2026;19.3.2026;1\n"
        "L-5;Aino Kajo;5.3.2026;19.3.2026;1\n"
        "L-5;Aino Kajo;5.3.2026;19.3.2026;1\n"
    )
    plan = plan_of(rows_in(text))
    assert {fate for _number, fate in fates(plan)} == {Fate.REFUSED}
    assert len({one.why for one in plan.rows}) == 4
    # what could not be read may be any of them
    assert plan.gone == []


def test_nothing_new_is_written_of_who_rests_and_what_is_owed_is_paid(aino, program):
    """S03, S04"""
    for number in ("L-1", "L-2"):
        InvoiceFactory(customer=aino, number=number)
    with because("Test"):
        restrict(aino, ground="accuracy", request_number="2026-17", now=timezone.now())
    rows = rows_in("L-2;Aino Kajo;5.3.2026;19.3.2026;11\nL-3;Aino Kajo;5.3.2026;19.3.2026;10")
    plan = plan_of(rows)
    assert [one.fate for one in plan.rows] == [Fate.REFUSED, Fate.REFUSED]
    plan = plan_of(rows_in("L-2;Aino Kajo;6.4.2026;20.4.2026;120"))
    gone = [one.pk for one in plan.gone]
    take_over(
        plan, collection=CollectionFactory(), paid=gone, paid_on=date(2026, 4, 1), reason="Test"
    )
    assert Invoice.objects.get(number="L-1").paid_on == date(2026, 4, 1)


def test_a_voucher_of_this_register_is_not_touched_by_a_list(db):
    """R05"""
    NoticeFactory(in_force=True)
    InvoiceFactory(number="L-1")
    InvoicingProgramFactory()
    plan = plan_of(rows_in("L-1;Aino;5.3.2026;19.3.2026;1"))
    assert (fates(plan), plan.gone) == ([("L-1", Fate.REFUSED)], [])


@pytest.mark.parametrize("count", [1, 30])
def test_a_plan_takes_as_many_queries_for_many_rows(aino, count, django_assert_num_queries):
    text = "\n".join(f"L-{number};Aino Kajo;5.3.2026;19.3.2026;1" for number in range(count))
    rows = rows_in(text)
    with django_assert_num_queries(4):
        assert plan_of(rows).count(Fate.NEW) == count


def test_an_empty_list_pays_nothing_and_a_picture_is_no_list(aino):
    InvoiceFactory()
    client = staff()
    empty = client.post(OPEN, sent(LIST, run="1"))
    assert empty.context["form"].errors == {"text": ["There is no invoice on the list."]}
    picture = SimpleUploadedFile("lista.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    refused = client.post(OPEN, sent("", file=picture))
    assert list(refused.context["form"].errors) == ["file"]
    listed = SimpleUploadedFile("lista.csv", "L-1;Aino Kajo;5.3.2026;5.3.2026;1".encode("utf-16"))
    assert fates(client.post(OPEN, sent("", file=listed)).context["plan"]) == [("L-1", Fate.NEW)]


def test_without_a_program_there_is_nothing_to_take_over(db):
    NoticeFactory(in_force=True)
    page = staff().post(OPEN, sent("L-1;Aino;5.3.2026;5.3.2026;1", run="1"))
    assert "Do they live in another program?" in page.text
    assert not Invoice.objects.exists()
