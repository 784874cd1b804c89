"""What somebody chooses for single rows that are about customers who are there already."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.reasons import because
from notices.terms import ProhibitedUse, ProhibitionScope
from register.importing.bringing import choose, choose_for_all, order
from register.models import ContactDigest, Customer, Import, ImportedRow, ImportLine, Invoice
from staff.roles import Role
from tests.factories import CustomerFactory, NoticeFactory
from tests.register.importing.test_pages import brought, run, staff, text_of

pytestmark = pytest.mark.django_db
HEADINGS = "Etunimi;Sukunimi;Yritys;Sähköposti;Katuosoite;Postinumero;Postitoimipaikka"


@pytest.fixture
def notice():
    return NoticeFactory(in_force=True)


def there(number, **more):
    told = {"given_name": "Aino", "family_name": f"Vanha{number}", "phone": "", **more}
    return CustomerFactory(email=f"a{number}@koe.example", **told)


def rows_for(*numbers):
    rows = [f"Aino;Uusi{number};;A{number}@koe.example;;;" for number in numbers]
    return "\n".join([HEADINGS, *rows, ""])


def sent(page, *choices):
    """What the form sends when `choices` are made in its rows, in order."""
    form = page.context["choices"]
    names = [row["field"].html_name for row in form.rows]
    return {
        **{"page": form.page.number, "duplicates": page.context["original"].duplicates},
        **dict(zip(names, choices, strict=True)),
    }


def names():
    return sorted(one.family_name for one in Customer.objects.all())


def test_each_row_goes_by_its_own_choice_and_the_rest_by_that_for_all(notice):
    """What was foreseen is what happens; the choice holds from page to page."""
    for number in range(4):
        there(number)
    client = staff()
    waiting, place = brought(client, rows_for(0, 1, 2, 3))
    chosen = sent(client.get(place), "skip", "merge", "store", "")
    kept = client.post(place, {**chosen, "choose": "1"})
    assert kept["Location"] == f"{place}?choices=1#choices"
    waiting.refresh_from_db()
    foreseen = waiting.counts

    page = client.get(kept["Location"])
    assert [row["field"].value() for row in page.context["choices"].rows] == [
        *("skip", "merge", "store", ""),
    ]
    assert (foreseen["stored"], foreseen["merged"], foreseen["skipped"]) == (1, 1, 2)
    assert list(ImportLine.objects.order_by("line").values_list("line", "fate")) == [
        *((2, "skipped"), (3, "merged"), (4, "stored"), (5, "skipped")),
    ]
    assert "Would be taken in as new 1 Would be added to a customer 1" in text_of(page)
    run(client, place)
    waiting.refresh_from_db()
    assert waiting.counts == foreseen
    assert names() == ["Uusi1", "Uusi2", "Vanha0", "Vanha2", "Vanha3"]


def test_what_is_chosen_as_the_rows_are_taken_in_counts_too(notice):
    there(0)
    there(1)
    client = staff()
    _waiting, place = brought(client, rows_for(0, 1))
    chosen = sent(client.get(place), "skip", "")
    client.post(place, {**chosen, "duplicates": "merge", "run": "1"})
    run(client, place)
    assert names() == ["Uusi1", "Vanha0"]


def test_the_page_shows_what_would_change_field_by_field(notice):
    """Spellings and the organisation too; what is empty in the file changes nothing."""
    there(0, street="Kuja 1", city="Turku")
    client = staff()
    text = f"{HEADINGS}\nAino;Vanha0;Koe Oy;A0@koe.example;Tie 2;;<b>x</b>\n"
    _waiting, place = brought(client, text)
    page = client.get(place)
    [row] = page.context["choices"].rows
    assert [tuple(map(str, one)) for one in row["changes"]] == [
        ("e-mail", "a0@koe.example", "A0@koe.example"),
        ("street address", "Kuja 1", "Tie 2"),
        ("city", "Turku", "<b>x</b>"),
        ("organisation", "", "Koe Oy"),
    ]
    assert "<b>x</b>" not in page.content.decode()
    client.post(place, {**sent(page, "merge"), "run": "1"})
    run(client, place)
    customer = Customer.objects.get(organisation_name="")
    assert (customer.email, customer.street) == ("A0@koe.example", "Tie 2")
    assert customer.contact_roles.get().organisation.organisation_name == "Koe Oy"


def test_a_new_organisation_counts_as_its_person_is_chosen_or_left_out(notice):
    there(0)
    client = staff()
    waiting, place = brought(client, f"{HEADINGS}\nAino;Uusi;Koe Oy;a0@koe.example;;;\n")
    for choice, new in (("store", 2), ("merge", 1), ("skip", 0)):
        client.post(place, {**sent(client.get(place), choice), "choose": "1"})
        waiting.refresh_from_db()
        assert waiting.counts["new"] == new


def test_somebody_else_with_the_same_address_can_be_new_and_changes_nobody(notice):
    """Neither by choice nor beside a row that is added to that customer."""
    there(0)
    client = staff()
    _waiting, place = brought(client, rows_for(0) + "Eero;Elo;;a0@koe.example;;;\n")
    page = client.get(place)
    choices = [[value for value, _label in row["field"].field.choices]
               for row in page.context["choices"].rows]  # fmt: skip
    assert choices == [["", "skip", "merge", "store"], ["", "skip", "store"]]
    assert "Somebody of another name" in text_of(page)
    refused = client.post(place, {**sent(page, "", "merge"), "choose": "1"}, follow=True)
    assert "Somebody has decided already" in text_of(refused)
    client.post(place, {**sent(page, "merge", ""), "run": "1"})
    run(client, place)
    customer = Customer.objects.get()
    assert (customer.given_name, customer.family_name) == ("Aino", "Uusi0")


@pytest.mark.parametrize("choice", ["skip", "merge", "store"])
def test_a_choice_never_hits_another_customer(notice, choice):
    """The address belongs to somebody else by the time the rows are taken in."""
    first = there(0)
    client = staff()
    waiting, place = brought(client, rows_for(0))
    page = client.get(place)
    chosen = sent(page, choice)
    client.post(place, {**chosen, "choose": "1"})
    _hand_over(first)
    run(client, place, "merge")

    assert names() == ["Toinen", "Vanha0"]
    assert ImportLine.objects.filter(bringing=waiting).get().code == "missed"
    assert "Your choice was for another customer" in text_of(client.get(place))


def _hand_over(first):
    """The e-mail address of `first` becomes that of another of the same given name."""
    email, first.email = first.email, "muu@koe.example"
    source = first.collected and Customer.objects.get(pk=first.pk).collected["email"]
    from register.models import Collection

    with because("Test"):
        first.save(collection=Collection.objects.get(pk=source))
    CustomerFactory(given_name="Aino", family_name="Toinen", email=email, phone="")


def test_e06_who_was_erased_meanwhile_does_not_come_back_by_a_choice(notice):
    """E07: nor by another row about the same, whatever was chosen for all."""
    first = there(0)
    client = staff()
    waiting, place = brought(client, rows_for(0) + "Aino;Vanha0;;a0@koe.example;Tie 1;;\n")
    client.post(place, {**sent(client.get(place), "merge", "skip"), "choose": "1"})
    ContactDigest.objects.filter(customer=first).delete()  # as an erasure leaves it
    run(client, place, "merge")
    waiting.refresh_from_db()
    assert names() == ["Vanha0"]
    assert (waiting.counts["skipped"], waiting.counts["merged"]) == (2, 0)


def test_a_page_that_shows_another_customer_than_the_row_is_about_chooses_nothing(notice):
    """Somebody has had the rows compared again meanwhile."""
    first = there(0)
    client = staff()
    waiting, place = brought(client, rows_for(0))
    old = sent(client.get(place), "merge")
    _hand_over(first)
    choose_for_all(waiting, "store", now=timezone.now())
    client.post(place, {**old, "duplicates": "store", "choose": "1"})
    assert ImportedRow.objects.get().choice == ""


def test_what_is_being_taken_in_is_not_chosen_again(notice):
    first = there(0)
    client = staff()
    waiting, place = brought(client, rows_for(0))
    chosen = sent(client.get(place), "store")
    order(waiting, duplicates="skip", now=timezone.now())
    late = client.post(place, {**chosen, "choose": "1"}, follow=True)
    assert "Somebody has decided already" in text_of(late)
    assert not choose(waiting, {(2, first.reference): "store"})
    assert ImportedRow.objects.get().choice == ""
    assert not choose_for_all(waiting, "store", now=timezone.now())
    assert Import.objects.get().duplicates == "skip"


def test_the_choice_for_all_is_counted_before_anything_is_taken_in(notice):
    there(0)
    there(1)
    client = staff()
    waiting, place = brought(client, rows_for(0, 1))
    for choice, fate in (("merge", "merged"), ("store", "stored"), ("skip", "skipped")):
        chosen = sent(client.get(place), "", "")
        client.post(place, {**chosen, "duplicates": choice, "choose": "1"})
        waiting.refresh_from_db()
        assert waiting.counts[fate] == 2
    assert names() == ["Vanha0", "Vanha1"]


def test_many_rows_are_chosen_page_by_page_with_the_same_queries(notice):
    client, queries = staff(), []
    for many in (3, 45):
        for number in range(many):
            if not Customer.objects.filter(email=f"a{number}@koe.example").exists():
                there(number)
        _waiting, place = brought(client, rows_for(*range(many)))
        client.get(place)
        with CaptureQueriesContext(connection) as asked:
            page = client.get(place)
        queries.append(len(asked))
    assert queries[0] == queries[1]
    assert len(page.context["choices"].rows) == 20
    page = client.get(place, {"choices": "3"})
    assert [row["line"] for row in page.context["choices"].rows] == [42, 43, 44, 45, 46]
    with CaptureQueriesContext(connection) as asked:
        client.post(place, {**sent(page, *["skip"] * 5), "choose": "2"})
    few = len(asked)
    page = client.get(place, {"choices": "2"})
    with CaptureQueriesContext(connection) as asked:
        client.post(place, {**sent(page, *["skip"] * 20), "choose": "2"})
    assert len(asked) == few
    assert ImportedRow.objects.exclude(choice="").count() == 25


def test_a_no_of_a_row_holds_whatever_is_chosen_for_it(notice):
    """P52: and is counted once, with those of rows that are refused."""
    there(0)
    client = staff()
    text = (
        "Nimi;Sähköposti;Postinumero;Markkinointilupa\n"
        "Aino Uusi;a0@koe.example;00330;ei\nEero Elo;e@koe.example;123456;ei\n"
        "Ei Osoitetta;ei osoite;;ei\n"
    )
    waiting, place = brought(client, text)
    assert (waiting.counts["forbidden"], waiting.counts["refused"]) == (2, 2)
    client.post(place, {**sent(client.get(place), "skip"), "run": "1"})
    run(client, place)
    marketing = {"scope": ProhibitionScope.DIRECT_ADVERTISING, "use": ProhibitedUse.PROCESSING}
    assert not Customer.objects.not_forbidding(**marketing)
    waiting.refresh_from_db()
    assert waiting.counts["forbidden"] == 2


def test_who_may_see_no_customers_sees_none_here(notice, monkeypatch):
    """P35: the choice for all is left."""
    from staff import roles

    there(0)
    _waiting, place = brought(staff(), rows_for(0))
    acts = roles.ROLES[Role.DATA_PROTECTION_CONTACT] - {roles.Act.SEE, roles.Act.ENTER}
    monkeypatch.setitem(roles.ROLES, Role.DATA_PROTECTION_CONTACT, acts)
    page = staff().get(place)
    assert "Vanha0" not in text_of(page)
    assert 'name="duplicates"' in page.content.decode()


def test_invoices_with_one_number_and_two_sums_are_nothing_to_choose(notice):
    """R05: the first is taken, whatever was chosen for all."""
    client = staff()
    headings = "Laskunumero;Asiakas;Sähköposti;Päivä;Eräpäivä;Summa\n"
    rows = [f"7;Aino Äijälä;a@koe.example;1.2.2026;15.2.2026;{sum_},00\n" for sum_ in (1, 2)]
    waiting, place = brought(client, headings + "".join(rows), source_kind="purchase")
    assert not re.search('name="duplicates"', client.get(place).content.decode())
    order(waiting, duplicates="store", now=timezone.now())
    run(client, place)
    waiting.refresh_from_db()
    assert (waiting.counts["stored"], waiting.counts["skipped"]) == (1, 1)
    assert [one.amount for one in Invoice.objects.all()] == [1]
