"""Files that meet somebody whose data may only be kept: the row is refused, and said why (S03)."""

import pytest

from audit.reasons import because
from register.erasure import put_off
from register.importing import applying
from register.models import ContactRole, Customer, Order, Prohibition
from register.models.imports import Import
from register.restricting import restrict
from tests.factories import CustomerFactory, InvoiceFactory, OrganisationFactory
from tests.register.importing.test_bringing import (  # noqa: F401
    add_up,
    bring,
    fates,
    lines,
    notice,
)
from tests.register.test_restrictions import NOW

pytestmark = pytest.mark.django_db
WHY = "Tämän asiakkaan tiedot on rajoitettu: poista rajoitus ensin."


@pytest.fixture
def aino(notice):  # noqa: F811
    return CustomerFactory(given_name="Aino", family_name="Kajo", email="aino@koe.example")


def rest(customer, *categories):
    with because("Rights request"):
        restrict(
            customer, ground="accuracy", categories=categories, request_number="2026-17", now=NOW
        )


@pytest.mark.parametrize("categories", [(), ("phone",)])
@pytest.mark.parametrize("duplicates", ["skip", "merge", "store"])
def test_a_row_about_somebody_restricted_is_refused(bring, aino, categories, duplicates):  # noqa: F811
    """S03, S08: whatever was chosen for those who are there already."""
    rest(aino, *categories)
    rows = ["Aino;Kajo;aino@koe.example;Turku", "Eero;Uusi;eero@koe.example;Turku"]
    content = lines(*rows, headings="Etunimi;Sukunimi;Sähköposti;Kaupunki")
    report, code, _error = bring(content, "--duplicates", duplicates)
    assert fates(report)["refused"] == [(2, "restricted")]
    assert [one["message"] for one in report["refused"]] == [WHY]
    assert (report["stored"], add_up(report), code) == (1, True, 1)
    assert Customer.objects.count() == 2
    assert Customer.objects.get(pk=aino.pk).city != "Turku"


def test_a_new_person_of_a_restricted_organisation_is_refused(bring, notice):  # noqa: F811
    firm = OrganisationFactory(organisation_name="Koepaja Oy")
    rest(firm)
    content = lines(
        "Aino;Kajo;aino@koe.example;Koepaja Oy", headings="Etunimi;Sukunimi;Sähköposti;Yritys"
    )
    report, _code, _error = bring(content)
    assert fates(report)["refused"] == [(2, "restricted")]
    assert not ContactRole.objects.exists()


def test_an_order_of_somebody_restricted_is_refused(bring, aino):  # noqa: F811
    rest(aino)
    content = lines(
        "T-1;aino@koe.example;1.2.2026;Huolto", headings="Tilausnumero;Sähköposti;Päivä;Tuote"
    )
    report, _code, _error = bring(content, source="purchase")
    assert fates(report)["refused"] == [(2, "restricted")]
    assert not Order.objects.exists()


@pytest.mark.parametrize("kind", ["customers", "orders", "invoices"])
def test_a_row_about_who_is_to_be_erased_is_refused_but_for_what_is_owed(bring, aino, kind):  # noqa: F811
    """E05, E06"""
    InvoiceFactory(customer=aino, number="L-1")
    with because("Rights request"):
        put_off(aino, [], request_number="2026-17", now=NOW)
    content = {
        "customers": lines(
            *("Aino;Kajo;aino@koe.example;Turku", "Eero;Uusi;eero@koe.example;Turku"),
            headings="Etunimi;Sukunimi;Sähköposti;Kaupunki",
        ),
        "orders": lines(
            *("T-1;aino@koe.example;1.2.2026;Huolto", "T-2;eero@koe.example;1.2.2026;Huolto"),
            headings="Tilausnumero;Sähköposti;Päivä;Tuote",
        ),
        "invoices": lines(
            "L-2;aino@koe.example;1.2.2026;15.2.2026;100",
            headings="Laskun numero;Sähköposti;Laskun päivä;Eräpäivä;Summa",
        ),
    }[kind]
    merged = ["--duplicates", "merge"] if kind == "customers" else []
    report, _code, _error = bring(content, *merged, source="purchase")
    refused = [] if kind == "invoices" else [(2, "to_erase")]
    assert fates(report)["refused"] == refused
    assert report["stored"] == 1
    aino.refresh_from_db()
    assert (aino.city, aino.orders.count()) == ("", 0)
    assert aino.invoices.count() == (2 if kind == "invoices" else 1)


def test_a_no_holds_although_its_row_is_refused(bring, aino):  # noqa: F811
    """P52"""
    rest(aino)
    content = lines(
        "Aino;Kajo;aino@koe.example;ei", headings="Etunimi;Sukunimi;Sähköposti;Markkinointilupa"
    )
    report, _code, _error = bring(content)
    assert fates(report)["refused"] == [(2, "restricted")]
    assert Prohibition.objects.exists()


def test_who_is_restricted_while_the_rows_go_in_is_not_changed(bring, aino, monkeypatch):  # noqa: F811
    """S03: the rows were matched before."""
    decide = applying.decide

    def then_rest(bringing, duplicates, *, between):
        decide(bringing, duplicates, between=between)
        rest(Customer.objects.get(pk=aino.pk))

    monkeypatch.setattr(applying, "decide", then_rest)
    content = lines(
        "Aino;Kajo;aino@koe.example;Turku", headings="Etunimi;Sukunimi;Sähköposti;Kaupunki"
    )
    bring(content, "--duplicates", "merge")
    assert Import.objects.get().applied_at
    assert Customer.objects.get(pk=aino.pk).city != "Turku"
