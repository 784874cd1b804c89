"""A call that becomes an order: found or new, warned about, stored once, all or nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.reasons import because
from notices.personal_data import IdentityCodeFound
from notices.publishing import adopt
from notices.terms import DataCategory
from register.erasure import erase, put_off
from register.models import (
    Collection,
    Customer,
    CustomerErased,
    NoticeGiven,
    Order,
    OrderLine,
    Prohibition,
)
from register.models.informing import month_after
from register.restricting import restrict
from rights_requests.models import Demand, RightsRequest
from rights_requests.phone_order import PhoneOrder
from staff.roles import Role
from tests.factories import (
    ClauseFactory,
    CollectionFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
    OrderFactory,
    UserFactory,
)
from tests.rights_requests.asking import fields
from tests.rights_requests.at_the_desk import ask, said, staff
from tests.sign_in import give_app
from tests.staff.test_typed import opened, sealed_in, signing_in, without_session

pytestmark = pytest.mark.django_db
PAGE = reverse("phone_order")
HERE = "/account/typed/"
ORDERED = {
    "lines-0-description": "Vuosihuolto",
    "lines-0-quantity": "2",
    "lines-0-unit_price": "120,50",
}
EERO = {
    "customer": "new",
    "given_name": "Eero",
    "family_name": "Mäki",
    "phone": "040 765 4321",
    "language": "fi",
}


@pytest.fixture
def notice(db):
    return NoticeFactory(in_force=True)


@pytest.fixture
def handler(notice):
    return staff(Role.HANDLER)


@pytest.fixture
def aino(notice):
    return CustomerFactory(given_name="Aino", family_name="Kajo", phone="040 123 4567")


def press(client, page, act="save", **changed):
    """Press a button of the page, after changing something in it."""
    return client.post(PAGE, fields(page) | {"language": "fi", "act": act} | changed)


def save(client, **changed):
    """Save what one call brought, on a page of its own."""
    return press(client, client.get(PAGE), **ORDERED | changed)


def found(page):
    return [one.customer for one in page.context["found"]]


def errors(page):
    form = page.context["form"]
    told = [form.errors, form.newcomer.errors, *(line.errors for line in form.lines.forms)]
    return {name: list(why) for one in told for name, why in one.items()}


# --- who calls


@pytest.mark.parametrize("text", ["kaj", "0401234567", "+358 40 123 4567", "T-77", "aino k"])
def test_whoever_calls_is_found_by_any_part_and_the_words_stay_out_of_the_address(
    handler, aino, text
):
    OrderFactory(customer=aino, number="T-77")
    CustomerFactory(given_name="Eero", family_name="Muu")
    page = press(handler, handler.get(PAGE), "find", q=text)
    assert found(page) == [aino]
    assert page.context["form"].chosen() == aino.reference
    assert page.request["QUERY_STRING"] == ""


def test_finding_keeps_what_is_typed_and_judges_nothing(handler, aino):
    page = press(
        handler, handler.get(PAGE), "find", q="kajo", forbids_marketing="on", number="x" * 60,
        **ORDERED | {"lines-0-quantity": "many"},
    )  # fmt: skip
    kept = fields(page)
    assert (kept["lines-0-description"], kept["lines-0-quantity"]) == (["Vuosihuolto"], ["many"])
    assert (kept["number"], "forbids_marketing" in kept) == (["x" * 60], True)
    assert errors(page) == {}
    assert not Order.objects.exists()


def test_who_is_not_found_is_looked_for_in_the_middle_of_all_words(handler, aino, monkeypatch):
    monkeypatch.setattr("register.models.words.NEWEST_WORDS", 0)
    page = press(handler, handler.get(PAGE), "find", q="ajo", **ORDERED)
    assert (found(page), 'value="find_anywhere"' in page.text) == ([], True)
    page = press(handler, page, "find_anywhere")
    assert (found(page), fields(page)["q"]) == ([aino], ["*ajo"])
    assert (fields(page)["lines-0-description"], Order.objects.count()) == (["Vuosihuolto"], 0)
    page = press(handler, handler.get(PAGE), "find", q="*xyz")
    assert (found(page), "find_anywhere" in page.text) == ([], False)
    assert fields(page)["family_name"] == ["xyz"]


def test_enter_looks_for_new_words_and_saves_once_they_were_looked_for(handler, aino):
    page = press(handler, handler.get(PAGE), "next", q="kajo", **ORDERED)
    assert (found(page), Order.objects.count()) == ([aino], 0)
    assert press(handler, page, "next").status_code == 302
    assert Order.objects.get().customer == aino


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("Eero Olavi Mäki", {"given_name": ["Eero Olavi"], "family_name": ["Mäki"]}),
        ("040 765 4321", {"phone": ["040 765 4321"]}),
        ("eero@koe.example", {"email": ["eero@koe.example"]}),
    ],
)
def test_who_is_not_found_is_begun_as_a_new_customer(handler, aino, text, begun):
    page = press(handler, handler.get(PAGE), "find", q=text)
    kept = fields(page)
    assert kept["customer"] == ["new"]
    columns = ("given_name", "family_name", "phone", "email")
    assert {name: kept[name] for name in columns if kept[name] != [""]} == begun


def test_the_page_of_a_customer_leads_here_with_the_customer_chosen(handler, aino):
    page = handler.get(PAGE, {"customer": aino.reference})
    assert fields(page)["customer"] == [aino.reference]
    assert press(handler, page, **ORDERED).status_code == 302
    assert Order.objects.get().customer == aino


def test_nobody_is_chosen_by_themselves_where_several_fit(handler, aino):
    CustomerFactory(given_name="Eero", family_name="Kajo")
    page = press(handler, handler.get(PAGE), "find", q="kajo", **ORDERED)
    assert (len(found(page)), page.context["form"].chosen()) == (2, "")
    assert errors(press(handler, page)) == {"customer": ["Choose who orders."]}


def test_finding_many_takes_as_many_queries_as_finding_one(handler, aino):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            page = press(handler, start, "find", q="kajo")
        return len(found(page)), len(asked)

    start = handler.get(PAGE)
    queries()
    first = queries()
    for number in range(12):
        one = CustomerFactory(family_name="Kajo", email=f"aino{number}@koe.example")
        ask("objection", "prohibition", customer=one, email=one.email)
    second = queries()
    assert (first[0], second[0]) == (1, 10)
    assert second[1] == first[1]


# --- what is stored


def test_source_occasion_and_date_are_filled_in(handler, aino, time_machine):
    """P21: nobody has to say what the page knows."""
    time_machine.move_to("2026-09-01T09:00:00+03:00", tick=False)
    response = save(handler, customer=aino.reference)
    assert response.url == PAGE
    order = Order.objects.get()
    assert (order.customer, order.ordered_on, order.number) == (aino, date(2026, 9, 1), "")
    [line] = order.lines.all()
    told = (line.description, str(line.quantity), str(line.unit_price))
    assert told == ("Vuosihuolto", "2.00", "120.50")
    origin = Collection.objects.get(pk=order.collected["ordered_on"])
    assert {*order.collected.values(), *line.collected.values()} == {origin.pk}
    assert (origin.source_kind, origin.source_name) == ("purchase", "puhelin")
    assert (origin.collected_on, origin.collected_by.role) == (date(2026, 9, 1), Role.HANDLER)
    assert order.history.get().history_change_reason == "Puhelintilaus"
    assert said(handler.get(PAGE))[0].startswith("Stored for <a href=")


def test_a_notice_that_names_no_purchases_has_the_order_told_by_the_customer(db):
    """P21, P22"""
    NoticeFactory(in_force=True, sources=["partner", "customer_notice"])
    handler = staff(Role.HANDLER)
    save(handler, **EERO)
    assert Collection.objects.get().source_kind == "customer_notice"


def test_a_notice_with_no_source_that_fits_refuses_in_one_sentence(db):
    """P20-P26: before and after something was typed, which stays."""
    NoticeFactory(in_force=True, sources=["partner", "registration", "update_service"])
    handler = staff(Role.HANDLER)
    start = handler.get(PAGE)
    refusal = "names no source that fits an order by phone"
    assert refusal in start.text
    assert 'name="q"' not in start.text
    page = handler.post(PAGE, {"act": "save", "lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 0})
    [why] = errors(page)["__all__"]
    assert refusal in why
    assert not Collection.objects.exists()


def test_without_orders_in_the_notice_or_without_a_notice_nothing_is_taken(db):
    """P20"""
    handler = staff(Role.HANDLER)
    assert "No privacy notice is in force" in handler.get(PAGE).text
    NoticeFactory(in_force=True, declared=["name", "phone"])
    assert "does not list “earlier orders”" in handler.get(PAGE).text


def test_a_new_customer_has_the_fields_of_the_notice_and_no_others(db):
    """P20"""
    NoticeFactory(in_force=True, declared=["name", "phone", "orders"])
    handler = staff(Role.HANDLER)
    shown = fields(handler.get(PAGE))
    columns = {field.name for field in Customer._meta.fields}
    # and in which language to write to the person
    assert set(shown) & columns == {"given_name", "family_name", "phone", "language"}
    page = save(handler, **EERO, email="eero@koe.example")
    assert page.context["form"].newcomer.dropped == [("E-mail", "eero@koe.example")]
    assert not Customer.objects.exists()
    save(handler, **EERO)
    eero = Customer.objects.get()
    assert (str(eero), eero.phone_e164, eero.email) == ("Eero Mäki", "+358407654321", "")
    assert Order.objects.get().customer == eero
    assert set(eero.collected.values()) == set(Order.objects.get().collected.values())


def test_somebody_new_gives_a_way_to_be_reached_where_the_notice_lists_one(db):
    """P20: a notice that lists none asks for none."""
    NoticeFactory(in_force=True, declared=["name", "orders"])
    handler = staff(Role.HANDLER)
    name_alone = {name: value for name, value in EERO.items() if name != "phone"}
    assert save(handler, **name_alone).status_code == 302
    NoticeFactory(in_force=True, declared=["name", "postal_address", "email", "orders"])
    page = save(handler, **name_alone)
    [told] = errors(page)["email"]
    assert told.startswith("Ask how the customer is reached")
    assert told.endswith("one of these: E-mail, Street address.")
    assert Order.objects.count() == 1
    assert save(handler, **name_alone, street="Koekuja 1").status_code == 302


def test_the_least_quantity_is_told_in_the_language_of_the_page(aino):
    page = save(staff(Role.HANDLER, "fi"), **{"customer": aino.reference, "lines-0-quantity": "0"})
    assert errors(page)["quantity"] == ["Anna määräksi vähintään 0,01."]


def test_the_page_calls_an_order_what_the_notice_calls_it(db):
    """A2"""
    notice = NoticeFactory(declared=["name"])
    ClauseFactory(notice=notice, kind="data", term="orders", called="toimeksiannot")
    adopt(notice, now=timezone.now(), reason="Test")
    assert staff(Role.HANDLER).get(PAGE).context["title"] == "Assignment by phone"


@pytest.mark.parametrize(
    ("changed", "faulty"),
    [
        ({"lines-0-description": ""}, {"description"}),
        ({"lines-1-unit_price": "5"}, {"description"}),
        ({"lines-0-quantity": "1.234"}, {"quantity"}),
        ({"lines-0-quantity": "31.12.2025"}, {"quantity"}),
        ({"lines-0-unit_price": "31.12.2025"}, {"unit_price"}),
        ({"lines-0-description": "131052-308T"}, {"description"}),
        ({"ordered_on": "2099-01-01"}, {"ordered_on"}),
        ({"ordered_on": "0026-11-01"}, {"ordered_on"}),
        ({"ordered_on": "2026-01-01", "was_told": "on"}, {"was_told"}),
        ({"customer": "AAAAAAAAA"}, {"customer"}),
        ({"customer": "new", "phone": ""}, {"customer", "__all__", "phone"}),
        ({"customer": "new", "phone": "131052-308T"}, {"customer", "phone"}),
    ],
)
def test_a_fault_is_told_at_its_place_and_nothing_is_stored(handler, aino, changed, faulty):
    page = save(handler, **{"customer": aino.reference, "number": "T-1"} | changed)
    assert set(errors(page)) == faulty
    assert fields(page)["number"] == ["T-1"]
    assert not Order.objects.exists()
    assert Customer.objects.count() == 1


@pytest.mark.parametrize("customer", ["new", "erased"])
def test_all_of_a_call_is_stored_or_nothing(notice, aino, customer):
    before = Collection.objects.count()
    who, refusal = Customer(given_name="Eero"), IdentityCodeFound
    line = OrderLine(description="131052-308T")
    if customer == "erased":
        with because("Test"):
            erase(aino, request_number="2026-9", now=timezone.now())
        who, refusal, line = aino, CustomerErased, OrderLine(description="Huolto")
    call = PhoneOrder(
        customer=who,
        order=Order(ordered_on=date(2026, 3, 4)),
        lines=[line],
        was_told=True,
        forbidden=["publication"],
    )
    with pytest.raises(refusal):
        call.store(notice, by=UserFactory(), now=timezone.now())
    assert Collection.objects.count() == before
    assert not Order.objects.exists()
    assert not NoticeGiven.objects.exists()
    assert Customer.objects.count() == 1


# --- the two questions


def test_who_was_told_about_the_notice_by_phone_is_remembered(handler, aino, notice):
    """V02, V03"""
    save(handler, customer=aino.reference, was_told="on")
    save(handler, **EERO)
    given = NoticeGiven.objects.get()
    assert (given.customer, given.notice, given.channel) == (aino, notice, "phone")
    assert given.given_on == Order.objects.get(customer=aino).ordered_on
    # what is told includes that marketing may be forbidden (M07)
    assert {one.customer: one.refusal_offered_on for one in Order.objects.all()} == {
        aino: given.given_on,
        Customer.objects.get(given_name="Eero"): None,
    }
    page = press(handler, handler.get(PAGE), "find", q="04")
    assert {one.customer.given_name: one.was_told for one in page.context["found"]} == {
        "Aino": True,
        "Eero": False,
    }


def test_who_was_spoken_to_and_told_nothing_is_to_be_told_by_that_day(handler, notice):
    """T12, art. 14(3)(b)"""
    today = timezone.localdate()
    partner = CollectionFactory(source_kind="partner", collected_on=today)
    spoken, told, silent = CustomerFactory.create_batch(3, collection=partner)
    save(handler, customer=spoken.reference)
    save(handler, customer=told.reference, was_told="on")
    assert {one: one.inform_by_on for one in Customer.objects.to_inform()} == {
        spoken: today,
        silent: month_after(today),
    }


def test_a_yes_to_the_question_on_marketing_is_a_prohibition_at_once(handler, aino):
    """P15, P52, M01: recorded, decided and in force with the order, for every way to be reached."""
    other = CustomerFactory(phone="040 999 9999")
    save(handler, customer=aino.reference, forbids_marketing="on")
    marketing = {"direct_advertising", "distance_selling", "direct_marketing"}
    assert set(aino.prohibitions().values_list("scope", "use")) == {
        (scope, use) for scope in marketing for use in ("processing", "disclosure")
    }
    asked = RightsRequest.objects.get()
    assert (asked.channel, asked.customer, asked.name) == ("phone", aino, "Aino Kajo")
    assert (asked.closed_at, asked.demands.get().carried_out_at) == (asked.recorded_at,) * 2
    assert not other.prohibitions().exists()
    assert said(handler.get(PAGE))[1:] == ["What was forbidden holds from now on."]


def test_a_new_customer_may_forbid_publication_alone(handler):
    """P14, P65"""
    save(handler, **EERO, forbids_publication="on")
    eero = Customer.objects.get()
    assert set(eero.prohibitions().values_list("scope", flat=True)) == {"publication"}
    assert Order.objects.get().customer == eero


def test_a_prohibition_by_which_nobody_could_be_known_asks_for_an_address_first(handler):
    """M01: it would be in force for nobody."""
    nameless = CustomerFactory(phone="", email="")
    page = save(handler, customer=nameless.reference, forbids_marketing="on")
    assert "enter one for this customer first" in errors(page)["customer"][0]
    assert not Order.objects.exists()
    assert save(handler, customer=nameless.reference).status_code == 302


# --- what staff are told before


def test_what_a_customer_has_asked_and_forbidden_is_told_before_saving(handler, aino):
    """S01, S02, M01, M02: told, and then the order is taken."""
    save(handler, customer=aino.reference, forbids_publication="on")
    asked = ask("restriction", "objection", "erasure", customer=aino)
    with because("Test"):
        restrict(aino, ground="objection", categories=["website"], request_number="2026-99",
                 now=timezone.now())  # fmt: skip
    quiet = CustomerFactory(family_name="Kajo")
    page = press(handler, handler.get(PAGE), "find", q="kajo", **ORDERED)
    told = {one.customer: [words.split(".")[0] for words in one.cautions] for one in
            page.context["found"]}  # fmt: skip
    assert told == {
        aino: [
            "Has forbidden: publication in a list or a directory (use by ourselves, disclosure to "
            "others)",
            "Restricted, so neither shown nor changed: web address",
            f"Has asked that the data rest (request {asked.number}), which is not decided yet",
            f"Has objected to a use of the data (request {asked.number})",
            f"Has asked for erasure (request {asked.number})",
        ],
        quiet: [],
    }
    orders = Order.objects.count()
    assert press(handler, page, customer=aino.reference).status_code == 302
    assert Order.objects.count() == orders + 1


def test_no_order_is_taken_of_whom_the_data_may_only_be_kept(handler, aino):
    """S02, S03: found without any data, and stored neither as themselves nor as somebody new."""
    with because("Test"):
        restrict(aino, ground="accuracy", request_number="2026-17", now=timezone.now())
    page = press(handler, handler.get(PAGE), "find", q="kajo", **ORDERED)
    assert (page.context["found"], page.context["resting"]) == ([], 1)
    assert "1 restricted record matches" in page.text
    assert aino.phone not in page.text
    refused = save(handler, customer=aino.reference)
    assert "No order can be entered" in refused.text
    refused = save(handler, customer="new", family_name="Uusi", phone=aino.phone)
    assert "whose data are restricted" in refused.text
    assert aino.family_name not in refused.text
    assert not Order.objects.exists()


def test_single_restricted_data_are_not_shown_to_who_takes_the_call(handler, aino):
    """S08"""
    with because("Test"):
        restrict(aino, ground="accuracy", categories=["phone"], request_number="2026-17",
                 now=timezone.now())  # fmt: skip
    page = press(handler, handler.get(PAGE), "find", q="kajo", **ORDERED)
    assert [one.customer for one in page.context["found"]] == [aino]
    assert aino.phone not in page.text
    assert press(handler, page, customer=aino.reference).status_code == 302
    with because("Test"):
        restrict(aino, ground="accuracy", categories=["orders"], request_number="2026-18",
                 now=timezone.now())  # fmt: skip
    assert "No order can be entered" in save(handler, customer=aino.reference).text


def test_what_the_notice_no_longer_lists_is_not_shown_to_who_takes_the_call(handler, aino):
    """Art. 18(2), P20, V07: a number kept for an unpaid invoice serves no new order."""
    InvoiceFactory(customer=aino)
    narrower = NoticeFactory(declared=[one for one in DataCategory if one != DataCategory.PHONE])
    adopt(narrower, now=timezone.now(), reason="Test")
    page = press(handler, handler.get(PAGE), "find", q="kajo")
    assert found(page) == [aino]
    assert "040 123 4567" not in page.text
    aino.refresh_from_db()
    assert aino.phone == "040 123 4567"


def test_what_came_up_after_the_page_was_shown_is_told_once_before_saving(handler, aino):
    start = press(handler, handler.get(PAGE), "find", q="kajo", **ORDERED)
    ask("objection", customer=aino)
    page = press(handler, start)
    assert [words[:12] for words in page.context["unread"]] == ["Has objected"]
    assert (Order.objects.count(), fields(page)["lines-0-unit_price"]) == (0, ["120,50"])
    assert press(handler, page).status_code == 302
    assert Order.objects.count() == 1


def test_an_erasure_that_is_decided_is_told_as_decided(handler, aino):
    """E06: it waits for what keeps the data, and they are used for nothing else."""
    asked = ask("erasure", customer=aino)
    with because("Test"):
        granted = asked.demands.get()
        granted.granted_at, granted.decided_by = timezone.now(), UserFactory()
        granted.save()
    page = save(handler, customer=aino.reference)
    [told] = page.context["unread"]
    assert told.startswith(f"Erasure has been decided (request {asked.number}). It waits")
    assert "used for nothing else" in told
    assert not Order.objects.exists()
    assert press(handler, page).status_code == 302


@pytest.mark.parametrize("right", ["restriction", "objection", "erasure"])
def test_what_was_refused_or_withdrawn_is_not_told(handler, aino, right):
    with because("Test"):
        refused = ask(right, customer=aino).demands.get()
        refused.refused_at, refused.decided_by = timezone.now(), UserFactory()
        refused.save()
        withdrawn = ask(right, customer=aino)
        withdrawn.withdrawn_at = withdrawn.closed_at = timezone.now()
        withdrawn.save()
    assert Demand.objects.count() == 2
    assert save(handler, customer=aino.reference).status_code == 302


@pytest.mark.parametrize("act", ["save", "find"])
def test_what_a_new_notice_lists_no_more_is_told_once_and_shown(handler, act):
    """P20: a page that was open while it came into force is not sent on without a word."""
    start = press(handler, handler.get(PAGE), "find", q="Eero Mäki", **ORDERED)
    NoticeFactory(in_force=True, declared=["name", "email", "orders"])
    page = press(handler, start, act, **EERO)
    assert page.text.count("The privacy notice has changed since you opened this page") == 1
    assert page.text.count("<li>Phone: 040 765 4321</li>") == 1
    assert "Leave this empty" not in page.text
    assert "phone" not in errors(page).get("email", [""])[0]
    assert ("phone" in fields(page), Order.objects.count()) == (False, 0)
    stored = press(handler, page, email="eero@koe.example")
    assert (stored.status_code, Customer.objects.get().phone) == (302, "")


def test_with_all_it_needs_a_newcomer_is_still_not_stored_without_what_was_dropped(handler):
    """P20: and an order of who is there already is stored at once."""
    aino = CustomerFactory(given_name="Aino", family_name="Kajo", email="aino@koe.example")
    first, second = (
        press(handler, handler.get(PAGE), "find", q="kajo", **ORDERED) for _tab in range(2)
    )
    NoticeFactory(in_force=True, declared=["name", "email", "orders"])
    page = press(handler, first, **EERO, email="eero@koe.example")
    assert (page.status_code, errors(page), Order.objects.count()) == (200, {}, 0)
    assert press(handler, page).status_code == 302
    chosen = press(handler, second, **EERO | {"customer": aino.reference})
    assert (chosen.status_code, Order.objects.count()) == (302, 2)


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"phone": "+358401234567"}, "same phone"),
        ({"email": "AINO@koe.example"}, "same e-mail"),
        (
            {"given_name": "aino", "family_name": "kajo", "street": "Koekuja 1",
             "postcode": "00100", "city": "Helsinki"},
            "same name and address",
        ),
    ],
)  # fmt: skip
def test_somebody_new_who_is_there_already_is_told_and_can_be_chosen(handler, columns, why):
    aino = CustomerFactory(
        given_name="Aino",
        family_name="Kajo",
        phone="040 123 4567",
        email="aino@koe.example",
        street="Koekuja 1",
        postcode="00100",
        city="Helsinki",
    )
    ask("objection", customer=aino, email="")
    page = save(handler, **EERO | {"phone": ""} | columns)
    [told] = page.context["unread"]
    assert told.startswith(f"Aino Kajo ({aino.reference}) is in the register already: {why}.")
    [row] = page.context["found"]
    assert (row.customer, row.why, row.cautions[0][:12]) == (aino, why, "Has objected")
    assert not Order.objects.exists()
    chosen = press(handler, page, customer=aino.reference)
    assert (chosen.status_code, Order.objects.get().customer) == (302, aino)


def test_two_who_share_a_phone_are_two_customers_after_one_more_press(handler, aino):
    page = save(handler, **EERO | {"phone": aino.phone})
    assert press(handler, page).status_code == 302
    assert {str(one) for one in Customer.objects.all()} == {"Aino Kajo", "Eero Mäki"}


@pytest.mark.parametrize("categories", [[], ["name"], ["phone"]], ids=["all", "name", "phone"])
def test_a_newcomer_with_the_name_of_a_restricted_person_is_stored_after_one_caution(
    handler, aino, categories
):
    """S02, S03: a look before the save, and nothing of the record is shown."""
    with because("Test"):
        restrict(aino, ground="accuracy", categories=categories, request_number="2026-17",
                 now=timezone.now())  # fmt: skip
    page = save(handler, **EERO | {"given_name": "kajo", "family_name": "AINO"})
    [told] = page.context["unread"]
    assert told.startswith("1 restricted record has this name.")
    assert (found(page), Order.objects.count()) == ([], 0)
    assert aino.phone not in page.text
    assert aino.reference not in page.text
    assert press(handler, page).status_code == 302
    assert save(handler, **EERO, email="eero@koe.example").context["unread"] != [told]


def test_a_newcomer_with_the_name_of_somebody_to_be_erased_is_stored_after_one_caution(
    handler, aino
):
    """E06: the one there is looked for first."""
    asked = ask("erasure", customer=aino)
    with because("Test"):
        granted = asked.demands.get()
        granted.granted_at, granted.decided_by = timezone.now(), UserFactory()
        granted.save()
        put_off(aino, [], request_number=asked.number, now=timezone.now())
    page = save(handler, **EERO | {"given_name": "Aino", "family_name": "Kajo"})
    [told] = page.context["unread"]
    assert told.startswith("1 customer with this name is to be erased.")
    assert press(handler, page).status_code == 302
    assert Order.objects.get().customer != aino


def test_a_newcomer_without_a_name_is_nobodys_namesake(handler):
    """S02: who has no name either is not meant."""
    nameless = CustomerFactory(given_name="", family_name="", email="aino@koe.example")
    with because("Test"):
        restrict(nameless, ground="accuracy", request_number="2026-17", now=timezone.now())
    assert save(handler, **EERO | {"given_name": "", "family_name": ""}).status_code == 302


def test_a_restricted_person_is_met_by_name_although_the_number_is_another(handler, aino):
    """S03: the caller may be a namesake, whose words are filled in all the same."""
    with because("Test"):
        restrict(aino, ground="accuracy", request_number="2026-17", now=timezone.now())
    page = press(handler, handler.get(PAGE), "find", q="Aino Kajo 050 999 8877")
    assert (page.context["found"], page.context["resting"]) == ([], 1)
    assert "1 restricted record matches" in page.text
    assert aino.phone not in page.text
    assert fields(page)["phone"] == ["050 999 8877"]
    page = press(handler, handler.get(PAGE), "find", q="Eero Kajo 050 999 8877")
    assert page.context["resting"] == 0


def test_somebody_erased_who_comes_back_is_told_by_what_they_forbade(handler, aino):
    """M11, P67: their digests meet; the name is nowhere any more."""
    save(handler, customer=aino.reference, forbids_marketing="on")
    with because("Test"):
        erase(aino, request_number="2026-9", now=datetime(2026, 6, 8, tzinfo=UTC))
    page = save(handler, **EERO | {"phone": "+358 40 123 4567"})
    [told] = page.context["unread"]
    assert "has forbidden: direct advertising (use by ourselves" in told
    assert "erased at their own wish. Take the order" in told
    assert (found(page), Order.objects.exclude(customer=aino).count()) == ([], 0)
    assert press(handler, page).status_code == 302
    eero = Customer.objects.unerased().get()
    assert eero.prohibitions().in_words() == Prohibition.objects.in_words()


# --- once, and never lost


def test_pressing_twice_makes_one_order(handler, notice):
    sent = fields(handler.get(PAGE)) | EERO | ORDERED | {"number": "T-1", "act": "save"}
    first, second = (handler.post(PAGE, sent) for _press in range(2))
    assert first.url == second.url == PAGE
    assert Order.objects.get().customer == Customer.objects.get()


@pytest.mark.django_db(transaction=True)
def test_pressing_twice_at_the_same_moment_makes_one_order():
    NoticeFactory(in_force=True)
    handler = staff(Role.HANDLER)
    barrier = Barrier(2)

    def send(sent):
        barrier.wait()
        try:
            return handler.post(PAGE, sent).status_code
        finally:
            connection.close()

    for number in range(4):
        sent = fields(handler.get(PAGE)) | EERO | ORDERED
        sent |= {"act": "save", "phone": f"040 765 432{number}", "forbids_marketing": "on"}
        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(send, [sent, sent])) == [302, 302]
        assert Order.objects.count() == Customer.objects.count() == number + 1
        assert RightsRequest.objects.count() == number + 1


def test_the_same_form_with_another_order_is_stored_after_one_more_press(handler, aino):
    """Nobody's order is lost by going back and typing the next one over it."""
    sent = fields(handler.get(PAGE)) | ORDERED | {"customer": aino.reference, "act": "save"}
    handler.post(PAGE, sent)
    page = handler.post(PAGE, sent | {"lines-0-description": "Maalaus"})
    [why] = errors(page)["__all__"]
    assert "as the order of Aino Kajo, with other contents" in why
    assert Order.objects.count() == 1
    assert press(handler, page).status_code == 302
    assert {line.description for line in OrderLine.objects.all()} == {"Vuosihuolto", "Maalaus"}


def test_a_session_that_ends_loses_nothing_typed(notice, aino):
    user = UserFactory(role=Role.HANDLER, signed=True, language="en")
    give_app(user)
    client = Client(headers={"accept-language": "en"})
    opened(client, user, PAGE)
    sent = fields(client.get(PAGE)) | ORDERED | {"customer": aino.reference, "act": "save"}
    without_session(client)

    refused = client.post(PAGE, sent | {"was_told": "on"})

    assert (refused.status_code, "Vuosihuolto" in refused.text) == (403, False)
    assert signing_in(client, user, sealed_in(refused)).url == HERE
    shown = client.get(HERE).context["typed"]
    assert shown.address == PAGE
    assert not Order.objects.exists()
    assert client.post(PAGE, dict(shown.fields)).url == PAGE
    assert OrderLine.objects.get().order.customer == aino
    assert NoticeGiven.objects.get().customer == aino
