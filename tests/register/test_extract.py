import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from audit.reasons import because
from notices.declarations import declared_columns, personal_models
from notices.terms import ProhibitedUse, ProhibitionScope
from register.erasure import erase
from register.extract import columns_given, extract_of
from register.models import Customer, Order, Prohibition
from register.ownership import paths
from tests.factories import (
    AttachmentFactory,
    BillingDataFactory,
    CollectionFactory,
    ConsentFactory,
    ContactRoleFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
    NoticeGivenFactory,
    OrderFactory,
    OrderLineFactory,
    OrganisationFactory,
    PaperFactory,
    PaymentFactory,
    ProhibitionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 7, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english():
    NoticeFactory(in_force=True)
    with override("en"):
        yield


@pytest.fixture
def full():
    """A customer with a value in every column, and somebody who must not be in the extract."""
    customer = CustomerFactory(
        given_name="Aino",
        family_name="Kajo",
        email="aino@koe.example",
        phone="040 123 4567",
        street="Kampikuja 3",
        postcode="06100",
        city="Porvoo",
        country="FI",
        website="https://aino.example",
        ip_address="192.0.2.1",
        ip_seen_on=date(2026, 1, 2),
        relationship_ended_on=date(2026, 5, 6),
        collection=CollectionFactory(source_name="messut"),
    )
    ContactRoleFactory(
        person=customer,
        organisation=OrganisationFactory(organisation_name="Tyrnipaja Oy"),
        ended_on=date(2026, 1, 2),
    )
    BillingDataFactory(
        customer=customer,
        country="SE",
        einvoice_address="003712345671",
        einvoice_operator="KOEOPERAATTORI",
        business_id="2077474-0",
        reference_number="1232",
    )
    order = OrderFactory(
        customer=customer,
        number="T-1",
        ordered_on=date(2026, 3, 4),
        delivered_on=date(2026, 3, 6),
        cancelled_on=date(2026, 3, 9),
        archived_on=date(2026, 3, 9),
        refusal_offered_on=date(2026, 3, 4),
    )
    OrderLineFactory(order=order, description="Huolto", unit_price=Decimal("9.90"))
    OrderLineFactory(order=order, description="Rengas", quantity=2)
    invoice = InvoiceFactory(
        customer=customer,
        number="L-1",
        collection_started_on=date(2026, 5, 1),
        collection_ended_on=date(2026, 5, 9),
    )
    PaymentFactory(invoice=invoice, amount=Decimal(20), paid_on=date(2026, 5, 9))
    InvoiceFactory(customer=customer, number="L-2", amount=Decimal(-100), credits=invoice)
    AttachmentFactory(customer=customer, order=order, invoice=invoice, file="0" * 32)
    gone = {"place": None, "shredded_at": NOW, "shredded_by": UserFactory()}
    PaperFactory(customer=customer, dated_on=date(2026, 3, 4), **gone)
    with because("Test"):
        Prohibition.objects.forbid(
            {"email": "aino@koe.example"},
            [ProhibitionScope.MARKET_RESEARCH],
            [ProhibitedUse.PROCESSING],
            request_number="2026-3",
            today=date(2026, 5, 6),
        )
    OrderLineFactory(description="Vieras")
    return customer


def section(extract, key):
    [found] = [one for one in extract["sections"] if one["key"] == key]
    return found


def keys_of(rows):
    return {value["key"] for row in rows for value in row["values"]} | {
        key for row in rows if row["rows"] for key in keys_of(row["rows"])
    }


def test_every_value_has_label_words_exact_form_and_source(full):
    extract = extract_of(full, now=NOW)
    assert extract["taken_at"] == "2026-06-07T12:00:00+03:00"
    assert extract["customer"] == full.reference
    email = next(
        one
        for one in section(extract, "customer")["rows"][0]["values"]
        if one["key"] == "customer.email"
    )
    assert email == {
        "key": "customer.email",
        "label": "E-mail",
        "value": "aino@koe.example",
        "exact": "aino@koe.example",
        "source": {
            "kind": "customer_notice",
            "label": "what the customer tells us during the relationship",
            "name": "messut",
            "collected_on": "2026-03-04",
            "text": "what the customer tells us during the relationship (messut), 4 March 2026",
        },
    }


def test_orders_hold_their_lines_and_dates_and_numbers_are_exact(full):
    orders = section(extract_of(full, now=NOW), "order")
    [order] = orders["rows"]
    told = {one["key"]: (one["value"], one["exact"]) for one in order["values"]}
    assert told == {
        "order.number": ("T-1", "T-1"),
        "order.ordered_on": ("4 March 2026", "2026-03-04"),
        "order.delivered_on": ("6 March 2026", "2026-03-06"),
        "order.cancelled_on": ("9 March 2026", "2026-03-09"),
        "order.archived_on": ("9 March 2026", "2026-03-09"),
        "order.refusal_offered_on": ("4 March 2026", "2026-03-04"),
    }
    assert [{one["key"]: one["exact"] for one in line["values"]} for line in order["rows"]] == [
        {
            "orderline.description": "Huolto",
            "orderline.quantity": "1.00",
            "orderline.unit_price": "9.90",
        },
        {"orderline.description": "Rengas", "orderline.quantity": "2.00"},
    ]


def test_the_day_of_a_payment_is_told_once(full):
    """A04: the payment says it; the invoice says it itself only where no payment does."""
    invoice = InvoiceFactory(customer=full, number="L-3", amount=Decimal(30))
    for day in (11, 12):
        PaymentFactory(invoice=invoice, amount=Decimal(15), paid_on=date(2026, 5, day))
    told = extract_of(full, now=NOW)
    rows = {row["values"][0]["exact"]: row for row in section(told, "invoice")["rows"]}
    paid = [value["exact"] for one in rows["L-3"]["rows"] for value in one["values"][:1]]
    assert paid == ["2026-05-11", "2026-05-12"]
    assert "invoice.paid_on" not in keys_of([rows["L-3"]])
    assert "invoice.paid_on" in keys_of([rows["L-2"]])
    changed = [(one["key"], one["type"], one["is_above"]) for one in told["history"]]
    assert ("payment", "created", True) in changed
    keys = {change["key"] for one in told["history"] for change in one["changes"]}
    assert "payment.paid_on" in keys
    assert "invoice.paid_on" not in keys


def test_an_organisation_is_told_by_its_name(full):
    [role] = section(extract_of(full, now=NOW), "contactrole")["rows"]
    assert role["values"][0]["exact"] == "Tyrnipaja Oy"


def test_prohibitions_are_told(full):
    [row] = section(extract_of(full, now=NOW), "prohibition")["rows"]
    assert {one["key"]: one["exact"] for one in row["values"]} == {
        "prohibition.scope": "market_research",
        "prohibition.use": "processing",
        "prohibition.contact_kind": "email",
        "prohibition.made_on": "2026-05-06",
    }


def test_which_notice_was_given_and_what_was_agreed_to_are_told():
    """C01, V02"""
    NoticeFactory(purposes={"ad_targeting": "consent"}, in_force=True)
    aino = CustomerFactory()
    NoticeGivenFactory(customer=aino, channel="letter")
    ConsentFactory(customer=aino)
    # of somebody else
    ConsentFactory(customer=NoticeGivenFactory().customer)
    extract = extract_of(aino, now=NOW)
    told = {
        key: [[(one["key"], one["value"]) for one in row["values"]] for row in rows]
        for key in ("noticegiven", "consent")
        for rows in [section(extract, key)["rows"]]
    }
    assert told == {
        "noticegiven": [
            [
                ("noticegiven.notice", "Asiakasrekisteri, version 2"),
                ("noticegiven.channel", "letter"),
                ("noticegiven.given_on", "4 March 2026"),
            ]
        ],
        "consent": [
            [
                ("consent.purpose", "targeting our own advertising"),
                ("consent.wording", "Saa lähettää tarjouksia sähköpostilla."),
                ("consent.notice", "Asiakasrekisteri, version 2"),
                ("consent.channel", "at the counter"),
                ("consent.given_on", "4 March 2026"),
            ]
        ],
    }


def test_a_prohibition_of_somebody_else_at_the_same_address_names_no_request(full):
    """A07"""
    first = full.prohibitions().get()
    ProhibitionFactory(
        digest=first.digest, scope=first.scope, made_on=date(2026, 6, 1), request_number="2026-99"
    )
    [row] = section(extract_of(full, now=NOW), "prohibition")["rows"]
    assert "2026-05-06" in str(row)
    assert "2026-99" not in str(row)


def test_what_is_given_out_and_what_is_erased_are_the_same(full):
    """A10: a new model or column without a place fails here."""
    extract = extract_of(full, now=NOW)
    given = {key for one in extract["sections"] for key in keys_of(one["rows"])}
    given = {key for key in given if not key.startswith("prohibition.")}
    possible = {
        f"{model._meta.model_name}.{column}" for model in paths() for column in columns_given(model)
    }
    # a person has no organisation's name
    assert given == possible - {"customer.organisation_name"}
    erasable = {
        f"{model._meta.model_name}.{column}"
        for model in personal_models()
        for column in declared_columns(model)
    }
    # the random name of a file says nothing, and goes all the same
    assert erasable - {"attachment.file"} <= possible
    with because("Test"):
        erase(full, request_number="2026-17", now=NOW)
    left = extract_of(full, now=NOW)
    assert [one["key"] for one in left["sections"]] == ["customer", "invoice"]
    assert erasable & {key for one in left["sections"] for key in keys_of(one["rows"])} == set()
    changes = [change for one in left["history"] for change in one["changes"]]
    assert erasable & {change["key"] for change in changes} == set()


def test_nothing_of_anybody_else_is_in_it(full):
    assert "Vieras" not in json.dumps(extract_of(full, now=NOW))


def test_history_says_what_changed_from_what_to_what_and_names_no_staff(full):
    """A03, A04"""
    full.email = "aino@uusi.example"
    full._history_user = UserFactory(name="Eero Virkailija")
    with because("Told to Eero Virkailija"):
        full.save(collection=CollectionFactory())
    extract = extract_of(full, now=NOW)
    last = extract["history"][-1]
    assert (last["key"], last["type"], last["changes"]) == (
        "customer",
        "changed",
        [
            {
                "key": "customer.email",
                "label": "E-mail",
                "from": "aino@koe.example",
                "from_exact": "aino@koe.example",
                "to": "aino@uusi.example",
                "to_exact": "aino@uusi.example",
            }
        ],
    )
    assert "Virkailija" not in json.dumps(extract)
    times = [datetime.fromisoformat(one["at"]) for one in extract["history"]]
    assert times == sorted(times)


def test_a_change_says_which_order_or_invoice_it_is_about_and_whether_it_is_repeated(full):
    """A04: what was stored at first and still stands is told above; what has changed is not."""
    line = full.orders.get().lines.first()
    with because("Test"):
        line.description = "Suuri huolto"
        line.save(collection=CollectionFactory())
    history = extract_of(full, now=NOW)["history"]
    last = history[-1]
    assert (last["key"], last["of"], last["type"], last["is_above"]) == (
        "orderline",
        "T-1",
        "changed",
        False,
    )
    assert {one["of"] for one in history if one["key"] == "payment"} == {"L-1"}
    assert {one["is_above"] for one in history if one["type"] == "created"} == {True}
    assert {one["of"] for one in history if one["key"] == "customer"} == {""}


def test_a_change_that_a_block_divides_is_told_as_one(full, monkeypatch):
    """A04: history is read in blocks, and each change is compared with the version before it."""
    for number in range(3):
        with because("Test"):
            full.email = f"aino{number}@koe.example"
            full.save(collection=CollectionFactory())
    whole = extract_of(full, now=NOW)
    monkeypatch.setattr("register.extract.A_BLOCK", 2)
    assert extract_of(full, now=NOW) == whole


def test_it_speaks_the_active_language_and_its_keys_do_not(full):
    with override("fi"):
        finnish = extract_of(full, now=NOW)
    english = extract_of(full, now=NOW)
    assert [one["key"] for one in finnish["sections"]] == [
        one["key"] for one in english["sections"]
    ]
    assert section(finnish, "order")["label"] != section(english, "order")["label"]


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_as_many_queries_however_much_there_is(count, django_assert_num_queries):
    customer = CustomerFactory()
    for number in range(count):
        OrderLineFactory(order=OrderFactory(customer=customer))
        InvoiceFactory(customer=customer)
        ContactRoleFactory(person=customer)
        NoticeGivenFactory(customer=customer, given_on=date(2026, 3, 1 + number))
    with django_assert_num_queries(45):
        extract = extract_of(customer, now=NOW)
    assert len(section(extract, "order")["rows"]) == count


def test_a_nearly_empty_customer_has_a_short_extract():
    customer = Customer.objects.get(pk=CustomerFactory().pk)
    assert [one["key"] for one in extract_of(customer, now=NOW)["sections"]] == ["customer"]
    assert Order.objects.count() == 0
