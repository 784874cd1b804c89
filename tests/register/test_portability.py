"""One person's package: out, and into another register, field by field (art. 20; O01-O04, P53)."""

import csv
import io
import json
import re
import stat
import struct
import time
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection, models
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from audit.reasons import because
from notices.declarations import Kept, columns_of, derived_columns, personal_models
from notices.models import Notice
from notices.terms import (
    ClauseKind,
    DataCategory,
    LegalBasis,
    ProhibitedUse,
    ProhibitionScope,
    Purpose,
    SourceKind,
)
from register.erasure import erase
from register.extract import columns_given, extract_of
from register.models import (
    Attachment,
    BillingData,
    Collection,
    ContactDigest,
    Customer,
    InformationDuty,
    Invoice,
    Order,
    OrderLine,
    Prohibition,
    Word,
)
from register.portability import UnusablePackage, open_package, pack, take_in
from register.portability.layout import lists, meets, schema
from register.portability.opening import Fault
from register.portability.packing import as_file, harmless
from register.restricting import restrict
from staff.roles import Role
from tests.factories import (
    BillingDataFactory,
    ClauseFactory,
    CollectionFactory,
    ContactRoleFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
    OrderFactory,
    OrderLineFactory,
    OrganisationFactory,
    PaperFactory,
    PaymentFactory,
    UndertakingFactory,
    UserFactory,
)
from tests.register.test_admin import page_of
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
CASES = Path("/work/shared/cases/nasty/files")
NOW = datetime(2026, 6, 7, 9, 0, tzinfo=UTC)
TODAY = date(2026, 6, 8)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Page>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


@pytest.fixture
def notice():
    return NoticeFactory(in_force=True)


@pytest.fixture
def full(notice):
    """A person with a value in every column, and somebody who must not be in the package."""
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
        language="sv",
    )
    ContactRoleFactory(
        person=customer,
        organisation=OrganisationFactory(organisation_name="Tyrnipaja Oy"),
        role="Ostaja",
        started_on=date(2026, 1, 2),
        ended_on=date(2026, 2, 3),
    )
    BillingDataFactory(
        customer=customer,
        country="FI",
        einvoice_address="003712345671",
        einvoice_operator="Koe",
        business_id="1572860-0",
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
    OrderFactory(customer=customer, number="")
    invoice = InvoiceFactory(
        customer=customer,
        number="L-1",
        collection_started_on=date(2026, 5, 1),
        collection_ended_on=date(2026, 5, 9),
    )
    PaymentFactory(invoice=invoice, amount=Decimal(20), paid_on=date(2026, 5, 9))
    InvoiceFactory(customer=customer, number="L-2", amount=Decimal(-100), credits=invoice)
    with because("Test"):
        Attachment(customer=customer, title="Tarjous", order=order, invoice=invoice).put(
            PDF, 1, collection=CollectionFactory()
        )
    forbid(customer.contacts)
    OrderLineFactory(description="Vieras")
    return customer


def forbid(contacts):
    with because("Test"):
        Prohibition.objects.forbid(
            contacts,
            [ProhibitionScope.DIRECT_MARKETING],
            [ProhibitedUse.PROCESSING],
            request_number="2026-3",
            today=date(2026, 5, 6),
        )


def packed(customer, **kwargs):
    file = io.BytesIO()
    pack(customer, file, now=NOW, **kwargs)
    return file


def members(file):
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def data_of(file):
    return json.loads(members(file)["package.json"])


def brought(tmp_path, file, **kwargs):
    path = tmp_path / "package.zip"
    path.write_bytes(file.getvalue())
    with open_package(path) as package:
        return take_in(package, today=TODAY, **kwargs)


def wiped():
    """As if another installation, with the same notice, had an empty register."""
    for model in (Word, ContactDigest, InformationDuty, Prohibition, *reversed(personal_models())):
        models.QuerySet(model).all()._raw_delete(connection.alias)


def held(customer):
    """Every declared value of the customer's rows, by model; links by what they lead to."""
    found = {}
    for model in lists().values():
        rows = [row for row in model.objects.order_by("pk") if owner_of(row) == customer.pk]
        found[model._meta.model_name] = [
            {
                column: str(getattr(row, column))
                for column in columns_of(model)
                if column not in ("reference", "file")
            }
            for row in rows
        ]
    return found


def owner_of(row):
    if isinstance(row, Customer):
        return row.pk
    for column, place in row.declaration.items():
        if place is Kept.LINK:
            return owner_of(getattr(row, column))
    return None


# --- what stands in it


def test_a_package_taken_into_another_register_gives_back_every_value(full, tmp_path):
    """O02, P53: field by field, in every column of every model."""
    before, file = held(full), packed(full)
    filled = {f"{name}.{key}" for name, rows in before.items() for row in rows for key in row}
    assert len(filled) == sum(len(columns_of(model)) for model in lists().values()) - 2
    reference = full.reference
    wiped()
    taken = brought(tmp_path, file)
    assert taken.is_whole
    found = Customer.objects.get(reference=reference)
    assert (taken.customer, taken.is_new, taken.alike) == (reference, True, [])
    assert held(found) == before
    paper = found.attachments.get()
    with storages["private"].open(paper.file) as content:
        assert content.read() == PDF
    assert Customer.objects.search("tyrnipaja").filter(pk=found.pk).exists()
    assert Customer.objects.reached_by("phone", "+358401234567").get() == found


def test_a_package_for_another_controller_has_what_the_right_covers_alone(full, tmp_path):
    """O01, O03: nothing is marked in it, since what would be stays out, with what hangs on it; the
    other register takes the rest in as it stands."""
    whole, file = packed(full), packed(full, covered_only=True)
    theirs = data_of(file)
    assert not any(row["outside"] for name in lists() for row in theirs[name])
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator(schema()).validate(theirs)
    for name in lists():
        own = [row for row in data_of(whole)[name] if row["values"].keys() - row["outside"].keys()]
        assert len(own) >= len(theirs[name])
    # the law keeps invoices and what was paid of them; the order and its lines are the person's
    assert not theirs["invoice"]
    assert not theirs["payment"]
    assert (len(theirs["order"]), len(theirs["orderline"])) == (2, 2)
    assert "invoice" not in theirs["attachment"][0]["values"]
    wiped()
    taken = brought(tmp_path, file)
    assert taken.is_whole
    found = Customer.objects.get(reference=full.reference)
    assert (found.email, found.orders.count()) == ("aino@koe.example", 2)


def test_a_paper_is_told_in_the_copy_of_the_data_and_carried_in_no_package(full):
    """O01: art. 20(1)(b) covers what is processed by automated means."""
    PaperFactory(customer=full, title="Tilaus Mökkitielle")
    assert b"Tilaus M" not in b"".join(members(packed(full)).values())
    assert "Tilaus Mökkitielle" in str(extract_of(full, now=NOW))


def test_the_schema_in_the_package_is_the_published_one_and_the_data_meet_it(full):
    """O02"""
    jsonschema = pytest.importorskip("jsonschema")
    inside = members(packed(full))
    published = (ROOT / "docs" / "package.schema.json").read_text()
    assert inside["schema.json"].decode() == published == as_file(schema())
    judge = jsonschema.Draft202012Validator
    judge.check_schema(schema())
    judge(schema()).validate(json.loads(inside["package.json"]))


def test_our_own_judge_of_the_schema_agrees_with_the_library(full):
    jsonschema = pytest.importorskip("jsonschema")
    data, rules = data_of(packed(full)), schema()
    library = jsonschema.Draft202012Validator(rules)
    assert meets(data, rules, rules["$defs"])
    assert not meets("2026-03-04\n", rules["$defs"]["date"], {})
    for broken in spoilt(data):
        assert not library.is_valid(broken)
        assert not meets(broken, rules, rules["$defs"])


def spoilt(data):
    """The document with one thing wrong."""
    for name in data:
        yield {key: value for key, value in data.items() if key != name}
        yield data | {name: 17 if name != "notice_version" else "17"}
        if isinstance(data[name], list):
            yield data | {name: {}}
            yield data | {name: [17]}
            yield data | {name: [{**data[name][0], "more": "x"}]}
            yield (
                data | {name: [{k: v for k, v in data[name][0].items() if k != "id"}][:1]}
                if ("id" in data[name][0])
                else data | {name: [{}]}
            )
    row = data["order"][0]
    for change in (
        {"id": "17"},
        {"of": None},
        {"values": row["values"] | {"ordered_on": "4.3.2026"}},
        {"values": row["values"] | {"number": ""}},
        {"values": row["values"] | {"number": "9" * 51}},
        {"values": row["values"] | {"number": 10**30}},
        {"values": row["values"] | {"password": "x"}},
        {"sources": [{**row["sources"][0], "kind": "rumour"}]},
        {"outside": {"number": "because"}},
    ):
        yield data | {"order": [row | change]}
    yield data | {"version": True}
    yield data | {"version": 2}


def test_values_name_their_source_and_what_art_20_does_not_cover_is_marked(notice):
    """O01, O05: only what the person gave; the rest is there, and says why it is not covered."""
    customer = CustomerFactory(
        email="aino@koe.example", phone="040 123 4567", collection=CollectionFactory()
    )
    other = CollectionFactory(source_kind=SourceKind.PARTNER, source_name="Naapuri Matti Meri")
    with because("Test"):
        models.QuerySet(Collection).filter(pk=other.pk).update(serves_one=True)
        customer.website = "https://aino.example"
        customer.save(collection=other)
    invoice = InvoiceFactory(customer=customer)
    data = data_of(packed(customer))
    [row] = data["customer"]
    assert row["outside"] == {
        "phone_e164": "derived",
        "website": "not_provided",
        "language": "by_law",
    }
    kinds = {one["kind"]: (one["name"], one["collected_on"]) for one in row["sources"]}
    # a name that staff typed of a source that is not the person may be a third person's (20(4))
    assert kinds == {
        "customer_notice": ("puhelu", "2026-03-04"),
        "partner": (None, "2026-03-04"),
    }
    assert b"Matti" not in b"".join(members(packed(customer)).values())
    assert set(data["invoice"][0]["outside"]) == set(data["invoice"][0]["values"])
    assert data["invoice"][0]["values"]["number"] == invoice.number


@pytest.mark.parametrize(
    ("bases", "email", "organisation"),
    [
        ((), None, None),
        ((LegalBasis.CONTRACT,), None, "other_basis"),
        ((LegalBasis.LEGITIMATE_INTEREST,), "other_basis", "other_basis"),
        ((LegalBasis.LEGITIMATE_INTEREST, LegalBasis.CONSENT), None, None),
    ],
)
def test_the_basis_of_the_notice_says_what_is_portable(bases, email, organisation):
    """O01, O05, P16; D40: a contract with an organisation is none with its contact person."""
    draft = NoticeFactory()
    for basis, purpose in zip(bases, Purpose, strict=False):
        ClauseFactory(notice=draft, kind=ClauseKind.PURPOSE, term=purpose, legal_basis=basis)
    from notices.publishing import adopt

    adopt(draft, now=NOW, reason="Test")
    customer = CustomerFactory(email="aino@koe.example")
    ContactRoleFactory(person=customer, organisation=OrganisationFactory())
    data = data_of(packed(customer))
    assert data["customer"][0]["outside"].get("email") == email
    assert data["contactrole"][0]["outside"].get("organisation") == organisation


def test_nothing_of_anybody_else_and_no_key_of_ours_is_in_it(full):
    """O04"""
    everything = b"".join(members(packed(full)).values())
    assert b"Vieras" not in everything
    data = data_of(packed(full))
    assert {one["id"].split("-")[0] for one in data["order"]} == {"order"}
    assert str(data["order"]).count(data["customer"][0]["id"]) == 2


def where_from(page, section):
    """Each place that `section` of the page says data came from, as often as it says so."""
    told = page.split(f'id="of-{section}"')[1].split("<h2")[0]
    return re.findall(r"Where from(?:: |</small></dt><dd><small>)([^<]+)", told)


def test_the_page_says_once_where_a_group_came_from(notice):
    """O02, art. 12(1): once for all that share it; each by itself where one comes from elsewhere,
    and two acts that are told in the same words are one place."""
    aino = CustomerFactory(given_name="Aino", collection=CollectionFactory(source_name="messut"))
    with because("Test"):
        aino.phone = "040 123 4567"
        aino.save(collection=CollectionFactory(source_name="messut"))
    order = OrderFactory(customer=aino, number="T-1", collection=CollectionFactory())
    for description in ("Huolto", "Rengas"):
        OrderLineFactory(order=order, description=description, collection=CollectionFactory())
    other = CollectionFactory(source_kind="registration", source_name="lomake")
    page = members(packed(aino, language="en"))["index.html"].decode()
    assert [len(where_from(page, name)) for name in ("customer", "orderline")] == [1, 1]
    assert where_from(page, "customer")[0].count("messut") == 1
    OrderLineFactory(order=order, description="Ketju", collection=other)
    page = members(packed(aino, language="en"))["index.html"].decode()
    assert ["lomake" in one for one in where_from(page, "orderline")] == [False, False, True]


def test_the_page_speaks_the_customers_language_and_has_no_script(full):
    full.given_name, full.family_name = "<script>alert(1)</script>", "Kajo"
    with because("Test"):
        full.save(collection=CollectionFactory())
    inside = members(packed(full))
    page = inside["index.html"].decode()
    assert '<html lang="sv">' in page
    assert "<script" not in page
    assert "style=" not in page
    assert "&lt;script&gt;" in page
    assert "T-1" in page
    [paper] = [name for name in inside if name.startswith("attachments/")]
    assert f'href="{paper}"' in page
    assert inside[paper] == PDF
    assert '<html lang="fi">' in members(packed(full, language="fi"))["index.html"].decode()


def test_tables_hold_the_same_rows_and_no_formula(full):
    OrderLineFactory(order=full.orders.first(), description='=HYPERLINK("https://x.example")')
    inside = members(packed(full))
    lines = list(csv.DictReader(io.StringIO(inside["csv/orderline.csv"].decode())))
    data = json.loads(inside["package.json"])
    assert [one["id"] for one in lines] == [one["id"] for one in data["orderline"]]
    assert lines[-1]["description"] == '\'=HYPERLINK("https://x.example")'
    cells = ("+358 40 123", "-9.90", "+cmd|x", "@x", None, "'=1", "'n")
    assert [harmless(cell) for cell in cells] == [
        "+358 40 123",
        "-9.90",
        "'+cmd|x",
        "'@x",
        "",
        "''=1",
        "'n",
    ]


def test_rows_come_in_blocks_in_the_order_of_their_keys(notice, django_assert_num_queries):
    for _one in range(5):
        CustomerFactory()
    with django_assert_num_queries(3):
        blocks = list(Customer.objects.order_by("family_name").in_blocks(2))
    keys = sorted(Customer.objects.values_list("pk", flat=True))
    assert [[one.pk for one in block] for block in blocks] == [keys[:2], keys[2:4], keys[4:]]
    assert list(Order.objects.in_blocks()) == []


# --- taking in


def test_the_same_package_twice_adds_nothing(full, tmp_path):
    """Also into the register that it came from, and with another source named."""
    file = packed(full)
    for kwargs in ({}, {"source_kind": "registration", "source_name": "Toinen"}):
        counts = everything_counted()
        taken = brought(tmp_path, file, **kwargs)
        assert (taken.is_new, dict(taken.stored), taken.is_whole) == (False, {}, True)
        assert taken.already_here == {
            "customer": 1,
            "contactrole": 1,
            "billingdata": 1,
            "order": 2,
            "orderline": 2,
            "invoice": 2,
            "payment": 1,
            "attachment": 1,
            "prohibition": 1,
        }
        assert everything_counted() == counts


def everything_counted():
    return {
        model: model._base_manager.count()
        for model in (Collection, Collection.history.model, Prohibition, Word, *personal_models())
    }


def test_a_later_package_of_the_same_person_adds_what_is_new(full, tmp_path):
    file = packed(full)
    OrderLineFactory(order=OrderFactory(customer=full, number="T-9"), description="Uusi")
    later = packed(full)
    wiped()
    brought(tmp_path, file)
    taken = brought(tmp_path, later)
    assert dict(taken.stored) == {"order": 1, "orderline": 1}
    assert OrderLine.objects.get(description="Uusi").order.number == "T-9"


def test_what_the_notice_does_not_list_is_named_and_left_out(full, tmp_path, capsys):
    """P20, P53"""
    path = tmp_path / "package.zip"
    path.write_bytes(packed(full).getvalue())
    wiped()
    with because("Test"):
        Notice.objects.in_force()
    NoticeFactory(
        in_force=True,
        controller_name="Toinen Oy",
        declared=(DataCategory.NAME, DataCategory.EMAIL),
        sources=(SourceKind.REGISTRATION,),
    )
    with pytest.raises(SystemExit) as stop:
        call_command("import_package", str(path), "--json")
    assert stop.value.code == 1
    told = json.loads(capsys.readouterr().out)
    assert {one["category"] for one in told["undeclared"]} == {
        "phone",
        "postal_address",
        "website",
        "ip_address",
        "organisation",
        "orders",
        "billing",
    }
    assert {one["column"] for one in told["undeclared"]} >= {"customer.phone", "order.ordered_on"}
    assert (told["refused"], told["left_out"]) == ([], {"invoice": 2, "payment": 1})
    assert told["stored"] == {"customer": 1, "prohibition": 1}
    customer = Customer.objects.get()
    assert (customer.name, customer.email, customer.phone) == ("Aino Kajo", "aino@koe.example", "")
    # what the person has forbidden is not lost with the address that it was known by
    assert customer.prohibitions().in_words() == ["direct marketing (use by ourselves)"]
    collection = Collection.objects.get(pk=customer.collected["email"])
    # the notice here names no other source that is the person
    assert (collection.source_kind, collection.source_name) == ("registration", "puhelu")


def test_somebody_without_an_address_keeps_what_was_forbidden(notice, tmp_path):
    """P52, M11"""
    customer = CustomerFactory(email="aino@koe.example")
    forbid(customer.contacts)
    customer.email = ""
    with because("Test"):
        customer.save(collection=CollectionFactory())
    file = packed(customer)
    wiped()
    brought(tmp_path, file)
    assert Customer.objects.get().prohibitions().count() == 1
    assert not Customer.objects.not_forbidding("direct_marketing", "processing").exists()
    assert dict(brought(tmp_path, file).stored) == {}


def test_a_reference_that_is_taken_is_drawn_anew(notice, tmp_path):
    customer = CustomerFactory(email="aino@koe.example")
    file = packed(customer)
    with because("Test"):
        customer.given_name, customer.email = "Eero", "eero@koe.example"
        customer.save(collection=CollectionFactory())
    taken = brought(tmp_path, file, is_another=True)
    assert taken.is_new
    assert taken.customer != customer.reference
    assert taken.alike == [customer.reference]
    assert Customer.objects.get(reference=taken.customer).email == "aino@koe.example"


def test_somebody_erased_here_comes_back_as_somebody_new(full, tmp_path):
    """M11: what was forbidden still holds."""
    file = packed(full)
    with because("Test"):
        erase(full, request_number="2026-17", now=NOW)
    taken = brought(tmp_path, file)
    assert taken.is_new
    assert taken.customer != full.reference
    # the vouchers are here: the law kept them
    assert {one[1] for one in taken.refused} == {"invoice.number", "payment.invoice"}


@pytest.mark.parametrize("categories", [(), ("phone",)])
def test_a_package_of_somebody_whose_data_may_only_be_kept_is_refused(full, tmp_path, categories):
    """S03, S08"""
    file = packed(full)
    with because("Test"):
        restrict(full, ground="accuracy", categories=categories, request_number="2026-17", now=NOW)
    before = everything_counted()
    with pytest.raises(UnusablePackage) as refused:
        brought(tmp_path, file)
    assert refused.value.fault == Fault.RESTRICTED
    assert everything_counted() == before


def test_values_of_the_package_from_others_start_the_clock(full, tmp_path):
    """T12"""
    file = packed(full)
    wiped()
    brought(tmp_path, file, source_kind="partner", source_name="Koepaja Oy")
    [due] = InformationDuty.objects.all()
    assert (due.customer, due.obtained_on) == (Customer.objects.get(given_name="Aino"), TODAY)


def test_each_value_keeps_its_source_its_day_and_that_it_was_not_the_persons(full, tmp_path):
    """T12, O01: what another gave there is no word of the person's here, nor in the next package;
    the month in which the person is told of it begins as it is taken in."""
    service = CollectionFactory(
        source_kind="update_service", source_name="Osoitepalvelu", collected_on=date(2026, 2, 3),
        serves_one=True,
    )  # fmt: skip
    firm = CollectionFactory(
        source_kind="partner", source_name="Koelehti", collected_on=date(2026, 2, 4)
    )
    with because("Test"):
        full.phone, full.email = "040 765 4321", "uusi@koe.example"
        full.save(collection=service)
        full.website = "https://uusi.example"
        full.save(collection=firm)
    first = packed(full)
    before = data_of(first)
    wiped()
    models.QuerySet(Collection).all()._raw_delete(connection.alias)
    taken = brought(tmp_path, first)
    customer = Customer.objects.get(reference=taken.customer)
    origins = {
        column: Collection.objects.get(pk=customer.collected[column])
        for column in ("email", "phone_e164", "website", "given_name")
    }
    assert {name: (one.source_kind, one.source_name, one.collected_on) for name, one in
            origins.items()} == {
        "email": ("update_service", "Osoitepalvelu", date(2026, 2, 3)),
        "phone_e164": ("update_service", "Osoitepalvelu", date(2026, 2, 3)),
        "website": ("partner", "Koelehti", date(2026, 2, 4)),
        "given_name": ("customer_notice", "puhelu", date(2026, 3, 4)),
    }  # fmt: skip
    [due] = InformationDuty.objects.all()
    assert (due.customer, due.obtained_on) == (customer, TODAY)
    assert customer.lifespan.obtained_on == TODAY
    after = data_of(packed(customer))

    def origin_of(data, name):
        return [
            (row["sources"], row["outside"])
            for row in sorted(data[name], key=lambda one: str(one["values"]))
        ]

    for name in ("customer", "order", "orderline", "billingdata"):
        assert origin_of(after, name) == origin_of(before, name)
    # saying that the person brought it makes nothing the person's that was not
    wiped()
    brought(tmp_path, first, source_kind="registration")
    [again] = Customer.objects.filter(given_name="Aino")
    kinds = {
        Collection.objects.get(pk=again.collected[name]).source_kind for name in ("email", "phone")
    }
    assert kinds == {"update_service"}


def by_column(rows):
    """The values of each row, with where each came from."""
    return sorted(
        sorted(
            # what it credits is called otherwise in each package
            (
                column,
                column != "credits" and row["values"].get(column),
                one["kind"],
                one["name"],
                one["collected_on"],
            )
            for one in row["sources"]
            for column in one["columns"]
        )
        for row in rows
    )


def test_the_day_on_which_an_invoice_was_paid_keeps_its_source(notice, tmp_path):
    """P21, P53: it comes from where its last payment or credit does, in the next package too."""
    bank = CollectionFactory(source_name="pankki", collected_on=date(2026, 2, 4))
    customer = CustomerFactory(given_name="Aino", email="aino@koe.example")
    paid, credited = (InvoiceFactory(customer=customer, number=one) for one in ("L-1", "L-2"))
    PaymentFactory(invoice=paid, amount=Decimal(60))
    PaymentFactory(invoice=paid, amount=Decimal(60), collection=bank, paid_on=date(2026, 5, 9))
    InvoiceFactory(customer=customer, number="L-3", amount=Decimal(-120), credits=credited)
    InvoiceFactory(customer=customer, number="L-4", amount=Decimal(0))
    before = Invoice.objects.filter(paid_on__isnull=False).count()
    first = packed(customer)
    told = data_of(first)
    wiped()
    brought(tmp_path, first)
    assert Invoice.objects.filter(paid_on__isnull=False).count() == before == 4
    for one in Invoice.objects.all():
        assert Collection.objects.filter(pk=one.collected["paid_on"]).exists(), one.number
    last = Invoice.objects.get(number="L-1").collected["paid_on"]
    assert Collection.objects.get(pk=last).source_name == "pankki"
    after = data_of(packed(Customer.objects.get(given_name="Aino")))
    for name in ("invoice", "payment"):
        assert by_column(after[name]) == by_column(told[name])


def test_who_may_be_here_already_is_asked_about_and_nothing_is_stored(full, tmp_path, capsys):
    """Art. 5(1)(d): one person is one customer, unless somebody has looked."""
    path = tmp_path / "package.zip"
    path.write_bytes(packed(full).getvalue())
    wiped()
    other = CustomerFactory(given_name="Aino", family_name="Kajo", email="aino@koe.example")
    counts = everything_counted()
    with pytest.raises(SystemExit) as stop:
        call_command("import_package", str(path))
    assert stop.value.code == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert other.reference in told
    assert "--as-new" in told
    assert everything_counted() == counts
    call_command("import_package", str(path), "--as-new")
    assert Customer.objects.filter(given_name="Aino").count() == 2


def test_a_number_that_another_order_here_has_refuses_its_order_alone(full, tmp_path):
    file = packed(full)
    wiped()
    OrderFactory(number="T-1")
    taken = brought(tmp_path, file)
    assert {one[1] for one in taken.refused} == {"order.number", "orderline.order"} | {
        "attachment.order"
    }
    assert Order.objects.filter(customer__given_name="Aino", number="").count() == 1 + 0


def test_as_many_queries_for_many_orders(notice, tmp_path, django_assert_max_num_queries):
    customer = CustomerFactory(email="aino@koe.example")
    with because("Test"):
        orders = Order.objects.store(
            [Order(customer=customer, ordered_on=TODAY) for _one in range(60)],
            collection=CollectionFactory(),
        )
        OrderLine.objects.store(
            [OrderLine(order=order, description="Huolto") for order in orders],
            collection=CollectionFactory(),
        )
    with django_assert_max_num_queries(40):
        file = packed(customer)
    wiped()
    with django_assert_max_num_queries(124):
        brought(tmp_path, file)
    assert OrderLine.objects.count() == 60


# --- hostile packages


def rezipped(file, change):
    """The package with `change(name, content)` in place of each content, None for none."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members(file).items():
            if (changed := change(name, content)) is not None:
                archive.writestr(name, changed)
    return out


def with_data(file, text):
    return rezipped(file, lambda name, content: text if name == "package.json" else content)


def with_member(file, name, content=b"x", mode=0o600):
    out = io.BytesIO(file.getvalue())
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(info, content)
    return out


def hostile(file):
    """What may come instead of a package, and what is wrong with it."""
    data = members(file)["package.json"].decode()
    yield io.BytesIO(b"not a zip"), Fault.NOT_A_PACKAGE
    yield io.BytesIO(b""), Fault.NOT_A_PACKAGE
    yield rezipped(file, lambda name, c: None if name == "package.json" else c), Fault.NOT_A_PACKAGE
    yield with_data(file, data.replace('"version":1', '"version":2')), Fault.OTHER_VERSION
    yield with_data(file, data.replace("seloste-package", "other")), Fault.NOT_A_PACKAGE
    for name in ("../evil.txt", "/etc/passwd", "a\\..\\b", "csv/../../x.csv", "run.exe", "é.csv"):
        yield with_member(file, name), Fault.STRANGE_FILES
    yield (
        with_member(file, "csv/link.csv", b"/etc/passwd", stat.S_IFLNK | 0o777),
        (Fault.STRANGE_FILES),
    )
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = with_member(file, "package.json", data)
    yield twice, Fault.STRANGE_FILES
    yield with_data(file, b"{" + b" " * (200 * 1024 * 1024)), Fault.BOMB
    yield with_member_deflated(file, "csv/order.csv", b"\0" * (100 * 1024 * 1024)), Fault.BOMB
    yield with_data(file, data[:-40]), Fault.BROKEN
    yield with_data(file, data + "x"), Fault.BROKEN
    yield with_data(file, data.encode("utf-16")), Fault.BROKEN
    yield with_data(file, "[" * 100_000), Fault.BROKEN
    yield with_data(file, '{"a":' * 100_000), Fault.BROKEN
    yield with_data(file, data.replace('"version":1', f'"version":{"9" * 100_000}')), Fault.BROKEN
    yield with_data(file, data.replace('"version":1', '"version":NaN')), Fault.BROKEN
    yield with_data(file, data.replace('"version":1', '"version":1e999')), Fault.BROKEN
    yield with_data(file, data.replace("Aino", "A" * 1_000_000)), Fault.BROKEN
    yield with_data(file, data.replace("Aino", "A" * 101)), Fault.AGAINST_SCHEMA
    yield (
        with_data(file, data.replace('"given_name":', '"given_name":"x","given_name":', 1)),
        (Fault.BROKEN),
    )
    yield with_data(file, data.replace('"order":[', '"order":[],"order":[')), Fault.AGAINST_SCHEMA
    yield with_data(file, data.replace('"customer":[', '"customers":[')), Fault.AGAINST_SCHEMA
    yield with_data(file, data.replace('"version":1', '"version":[1]')), Fault.AGAINST_SCHEMA
    yield with_data(file, "{}"), Fault.BROKEN


def with_member_deflated(file, name, content):
    return rezipped(file, lambda own, old: content if own == name else old)


def test_a_hostile_package_is_refused_at_once_and_stores_nothing(full, tmp_path):
    """Each under a second and 100 MB, in one sentence."""
    file = packed(full)
    before = everything_counted()
    for content, fault in hostile(file):
        path = tmp_path / "hostile.zip"
        path.write_bytes(content.getvalue())
        started = time.process_time()
        with pytest.raises(UnusablePackage) as refused, open_package(path) as package:
            take_in(package, today=TODAY)
        assert refused.value.fault == fault, fault
        assert time.process_time() - started < 1
        tracemalloc.start()
        with pytest.raises(UnusablePackage), open_package(path):
            pass
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
        tracemalloc.stop()
    assert everything_counted() == before


def test_a_lie_about_its_size_and_a_damaged_byte_are_found(full, tmp_path):
    raw = bytearray(packed(full).getvalue())
    with zipfile.ZipFile(io.BytesIO(bytes(raw))) as archive:
        size = archive.getinfo("package.json").file_size
    lie = raw.replace(struct.pack("<I", size), struct.pack("<I", size // 2))
    for content in (lie, raw[: len(raw) // 2] + raw[len(raw) // 2 + 1 :]):
        (tmp_path / "lie.zip").write_bytes(content)
        with pytest.raises(UnusablePackage), open_package(tmp_path / "lie.zip"):
            pass


def contradictions(data):
    """Data that meet the schema and cannot be true."""
    person, order, line = data["customer"][0], data["order"][0], data["orderline"][0]
    yield data | {"customer": []}
    yield data | {"customer": [person, person]}
    yield data | {"customer": [person | {"values": {}}]}
    yield data | {"customer": [person | {"values": {"family_name": "K", "organisation_name": "O"}}]}
    yield data | {"order": [order, order]}
    bad = order["values"] | {"delivered_on": "2026-03-05", "ordered_on": "2026-03-06"}
    yield data | {"order": [order | {"values": bad, "id": "order-" + "0" * 16}]}
    assert line


def test_a_package_that_contradicts_itself_stores_nothing(full, tmp_path):
    file = packed(full)
    data = data_of(file)
    wiped()
    before = everything_counted()
    for one in contradictions(data):
        with pytest.raises(UnusablePackage) as refused:
            brought(tmp_path, with_data(file, json.dumps(one)))
        assert refused.value.fault == Fault.CONTRADICTION
    assert everything_counted() == before


def test_an_einvoice_address_of_a_package_that_is_none_is_told_and_the_rest_is_taken(
    full, tmp_path
):
    """P17: as where it is typed."""
    file = packed(full)
    data = data_of(file)
    wiped()
    [bill] = data["billingdata"]
    bill["values"]["einvoice_address"] = "hello world <b>"
    taken = brought(tmp_path, with_data(file, json.dumps(data)))
    assert [(one[1], one[2][:28]) for one in taken.refused] == [
        ("billingdata.einvoice_address", "This is no e-invoice address")
    ]
    stored = BillingData.objects.get()
    assert (stored.einvoice_address, stored.einvoice_operator) == ("", "Koe")


def test_rows_that_lead_elsewhere_reach_nobody_else(full, tmp_path):
    """An id of one kind is no key of another: nothing lands at another customer's order."""
    file = packed(full)
    data = data_of(file)
    wiped()
    for _one in range(5):
        OrderFactory()
    data["orderline"][0]["of"] = data["customer"][0]["id"]
    taken = brought(tmp_path, with_data(file, json.dumps(data)))
    assert [one[1] for one in taken.refused] == ["orderline.order"]
    assert OrderLine.objects.count() == 1


def test_single_values_that_this_register_would_not_take_are_refused_by_name(full, tmp_path):
    file = packed(full)
    data = data_of(file)
    wiped()
    data["customer"][0]["values"] |= {
        "website": "javascript:alert(1)",
        "email": "no address",
        "country": "XX",
        "family_name": "010190-123A",
    }
    data["order"][0]["values"]["ordered_on"] = "2026-13-45"
    data["attachment"][0] |= {"file": "attachments/attachment-0000000000000000.pdf"}
    taken = brought(tmp_path, with_data(file, json.dumps(data)))
    assert {one[1] for one in taken.refused} == {
        "customer.website",
        "customer.email",
        "customer.country",
        "customer.family_name",
        "order.ordered_on",
        "orderline.order",
        "attachment.order",
    }
    told = str(taken.refused)
    assert "010190" not in told
    assert "XX" not in told
    customer = Customer.objects.get(given_name="Aino")
    assert (customer.website, customer.country, customer.phone) == ("", "", "040 123 4567")


def test_a_package_credits_no_more_than_is_left(full, tmp_path):
    """The note alone is refused, and what it would have settled stays open."""
    file = packed(full)
    data = data_of(file)
    wiped()
    note = next(row for row in data["invoice"] if row["values"]["number"] == "L-2")
    note["values"]["amount"] = "-120.01"
    taken = brought(tmp_path, with_data(file, json.dumps(data)))
    assert [one for one in taken.refused if one[1].startswith("invoice")] == [
        (note["id"], "invoice.amount", "More is credited than is left to pay.")
    ]
    assert list(Invoice.objects.values_list("number", "paid_on")) == [("L-1", None)]


def test_html_called_pdf_is_refused_with_its_row(full, tmp_path):
    file = packed(full)
    page = b"<html><script>1</script></html>"
    wiped()
    changed = rezipped(file, lambda name, old: page if name.endswith(".pdf") else old)
    taken = brought(tmp_path, changed)
    assert [one[1:] for one in taken.refused] == [
        ("attachment.file", "This is no PDF, whatever its name says.")
    ]
    assert not Attachment.objects.exists()


@pytest.mark.skipif(not CASES.exists(), reason="the nasty files are not at hand")
def test_the_nasty_files_are_no_packages():
    for path in sorted(CASES.iterdir()):
        started = time.process_time()
        with pytest.raises(UnusablePackage), open_package(path):
            pass
        assert time.process_time() - started < 1


# --- commands


def test_the_command_writes_the_file_whole_for_its_owner_and_over_nothing(full, tmp_path, capsys):
    path = tmp_path / "out.zip"
    call_command("export_customer", full.reference.lower(), "--output", str(path), "--json")
    told = json.loads(capsys.readouterr().out)
    assert told == {"customer": full.reference, "file": str(path), "bytes": path.stat().st_size}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["out.zip"]
    before = path.read_bytes()
    for reference, output in (
        (full.reference, path),
        ("00000000X", tmp_path / "no.zip"),
        (full.reference, tmp_path / "nowhere" / "x.zip"),
    ):
        with pytest.raises(SystemExit) as stop:
            call_command("export_customer", reference, "--output", str(output))
        assert stop.value.code == 2
        said = capsys.readouterr()
        assert (said.out, said.err.count("\n")) == ("", 1)
    assert path.read_bytes() == before
    call_command("export_customer", full.reference, "--output", str(path), "--overwrite")
    assert path.read_bytes() != before
    wiped()
    call_command("import_package", str(path))
    assert Invoice.objects.get(number="L-1").billed_street == "Laskutie 1"


@pytest.mark.parametrize(
    ("sources", "options"),
    [
        ((SourceKind.PARTNER,), []),
        ((SourceKind.PURCHASE,), ["--source", "partner"]),
        (tuple(SourceKind), ["--source", "update_service"]),
    ],
)
def test_a_source_that_the_notice_does_not_name_is_refused(
    full, tmp_path, capsys, sources, options
):
    """P21-P26"""
    path = tmp_path / "package.zip"
    path.write_bytes(packed(full).getvalue())
    wiped()
    NoticeFactory(in_force=True, sources=sources)
    with pytest.raises(SystemExit) as stop:
        call_command("import_package", str(path), *options)
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not Customer.objects.exists()


def test_every_column_that_may_hold_something_has_its_place_in_the_schema():
    """A10: what is exported and what is erased can never differ."""
    rules = schema()["$defs"]
    for model in lists().values():
        values = rules[model._meta.model_name]["properties"]["values"]["properties"]
        assert list(values) == columns_given(model)
        assert derived_columns(model).keys() <= values.keys()


# --- the staff page


def test_the_data_protection_contact_downloads_the_package_by_a_button(full):
    client = signed_in(Role.DATA_PROTECTION_CONTACT)
    address = reverse("admin:register_customer_package", args=[full.reference])
    assert f'action="{address}"' in client.get(page_of(full)).text
    answer = client.post(address)
    content = b"".join(answer.streaming_content)
    assert answer["Content-Disposition"] == f'attachment; filename="seloste-{full.reference}.zip"'
    assert answer["Cache-Control"] == "private, no-store"
    assert data_of(io.BytesIO(content))["reference"] == full.reference
    assert client.get(address).status_code == 405
    with because("Test"):
        erase(full, request_number="2026-17", now=NOW)
    assert client.post(address).status_code == 404
    assert address not in client.get(page_of(full)).text


def test_nobody_else_is_offered_the_package_or_gets_it(full):
    client = signed_in(Role.HANDLER)
    address = reverse("admin:register_customer_package", args=[full.reference])
    assert address not in client.get(page_of(full)).text
    assert client.post(address).status_code == 403


def test_no_form_of_the_customers_page_stands_inside_another(full):
    """The browser would end the outer one there, and its save buttons would do nothing."""
    for _one in range(21):
        OrderFactory(customer=full)
        InvoiceFactory(customer=full)
    page = signed_in(Role.DATA_PROTECTION_CONTACT).get(page_of(full)).text
    found = re.findall(r"<(/?)form\b", page)
    assert found == ["", "/"] * (len(found) // 2)
    named = set(re.findall(r'<button[^>]* form="([^"]+)"', page))
    assert named == {"all-orders", "all-invoices", "get-package"}
    assert named <= set(re.findall(r'<form id="([^"]+)"', page))


def signed_in(role):
    user = UserFactory(role=role, language="en")
    UndertakingFactory(user=user)
    return sign_in(Client(), user)
