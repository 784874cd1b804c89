from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection, models
from django.utils.translation import override

from audit.models import Remembered
from audit.reasons import ReasonMissing, because
from notices.declarations import declared_columns, personal_models
from notices.personal_data import IdentityCodeFound
from register.bookkeeping import forget_vouchers
from register.erasure import Erased, ErasureBlocked, erase, erase_together, plan
from register.holds import Block, BlockKind, blocks, blocks_of_retention
from register.models import (
    Attachment,
    BillingData,
    Collection,
    ContactDigest,
    ContactRole,
    Customer,
    CustomerErased,
    Invoice,
    Lifespan,
    Order,
    OrderLine,
    Payment,
    Word,
)
from register.models.customers import ValueMissing
from tests.factories import (
    AttachmentFactory,
    BillingDataFactory,
    CollectionFactory,
    ContactRoleFactory,
    CustomerFactory,
    DisclosureFactory,
    HoldFactory,
    InvoiceFactory,
    NoticeFactory,
    NoticeGivenFactory,
    OrderFactory,
    OrderLineFactory,
    OrganisationFactory,
    PaperFactory,
    PaymentFactory,
    RecipientFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 7, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def notice():
    return NoticeFactory(in_force=True)


def put_in_force(**clauses):
    NoticeFactory(in_force=True, **clauses)


def everything_of():
    """A customer with one row of everything, and nothing that makes an erasure wait."""
    customer = CustomerFactory(email="aino@koe.example", relationship_ended_on=date(2026, 5, 6))
    order = OrderFactory(customer=customer)
    OrderLineFactory(order=order)
    ContactRoleFactory(person=customer, ended_on=date(2026, 1, 2))
    BillingDataFactory(customer=customer)
    AttachmentFactory(customer=customer, order=order)
    PaymentFactory(invoice=InvoiceFactory(customer=customer))
    NoticeGivenFactory(customer=customer)
    HoldFactory(customer=customer, ended_on=date(2026, 4, 5))
    PaperFactory(customer=customer, shredded_at=NOW, shredded_by=UserFactory(), place=None)
    return customer


def erased(customer, **kwargs):
    with because("Rights request 2026-17"):
        return erase(customer, **{"request_number": "2026-17", "now": NOW, **kwargs})


def everything_stored():
    """Every value of every table, as one text."""
    told = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 (names from the database)
            for row in cursor.fetchall():
                told += [
                    bytes(value).decode("latin-1")
                    if isinstance(value, bytes | memoryview)
                    else str(value)
                    for value in row
                ]
    return "\n".join(told).casefold()


def texts_of(model):
    return [
        field.name
        for field in model._meta.concrete_fields
        if field.name in declared_columns(model)
        and isinstance(field, models.CharField)
        and (field.max_length or 0) >= len("koira000kissa")
    ]


# --- what makes an erasure wait


def test_an_open_invoice_and_a_debt_collection_make_an_erasure_wait():
    """P30, E04, E05: and the day to look again is three years away, by the calendar."""
    customer = CustomerFactory()
    InvoiceFactory(customer=customer, paid_on=date(2026, 5, 1))
    InvoiceFactory(
        customer=customer, number="L-1", invoiced_on=date(2024, 2, 1), due_on=date(2024, 2, 29)
    )
    InvoiceFactory(
        customer=customer,
        number="L-2",
        paid_on=date(2026, 5, 1),
        collection_started_on=date(2026, 5, 2),
    )
    InvoiceFactory(
        customer=customer,
        paid_on=date(2026, 5, 9),
        collection_started_on=date(2026, 5, 2),
        collection_ended_on=date(2026, 5, 9),
    )
    InvoiceFactory()
    open_, collected = blocks(customer)
    assert open_ == Block(BlockKind.OPEN_INVOICE, "L-1", date(2024, 2, 1), date(2027, 2, 28))
    assert collected == Block(BlockKind.COLLECTION, "L-2", date(2026, 5, 2), date(2029, 5, 2))


def test_an_unpaid_invoice_in_debt_collection_is_both():
    customer = CustomerFactory()
    InvoiceFactory(customer=customer, collection_started_on=date(2026, 5, 2))
    assert [one.kind for one in blocks(customer)] == [BlockKind.OPEN_INVOICE, BlockKind.COLLECTION]


@pytest.mark.parametrize("count", [1, 3])
def test_the_blocks_are_as_many_queries_however_many_there_are(count, django_assert_num_queries):
    customer = CustomerFactory()
    for _one in range(count):
        InvoiceFactory(customer=customer)
    with django_assert_num_queries(4):
        assert len(blocks(customer)) == count


def test_a_block_is_said_in_a_sentence():
    with override("en"):
        assert str(Block(BlockKind.COLLECTION, "L-2", date(2026, 5, 2), date(2029, 5, 2))) == (
            "Invoice L-2 has been in debt collection since 2 May 2026; "
            "this is looked at again on 2 May 2029 at the latest."
        )
        assert "Invoice L-1 of 1 February 2026 is not paid" in str(
            Block(BlockKind.OPEN_INVOICE, "L-1", date(2026, 2, 1), date(2029, 2, 1))
        )


def test_while_there_is_a_block_nothing_is_erased():
    customer = CustomerFactory(email="aino@koe.example")
    InvoiceFactory(customer=customer, number="L-1")
    before = everything_stored()
    with pytest.raises(ErasureBlocked) as refused:
        erased(customer)
    assert [one.reference for one in refused.value.blocks] == ["L-1"]
    assert everything_stored() == before


def test_an_erasure_needs_a_reason():
    with pytest.raises(ReasonMissing):
        erase(CustomerFactory(), request_number="2026-17", now=NOW)


def test_what_an_erasure_would_do_is_what_it_does():
    """E10, E12, art. 19: plan and act follow the same declarations; the ledger says who is told."""
    put_in_force(recipients=["accounting", "partner"], grounds=["consent"], purposes={"orders": ""})
    aino = everything_of()
    told, always, ended = (
        RecipientFactory(name=name, **how)
        for name, how in (
            ("Saaja", {}),
            ("Näkijä", {"has_standing_access": True}),
            ("Entinen", {"has_standing_access": True, "ended_on": date(2026, 2, 2)}),
        )
    )
    RecipientFactory(name="Muu")
    DisclosureFactory(customers=[aino], recipient=told, ground="consent")
    foreseen = plan(aino, today=NOW.date())
    assert (foreseen.blocks, foreseen.recipients) == ([], [always, told])
    assert ended not in foreseen.recipients
    assert set(foreseen.would.counts.values()) == {1}
    assert foreseen.would.kept == {
        **dict.fromkeys(("register.noticegiven", "register.hold", "register.disclosed"), 1),
        **dict.fromkeys(("register.invoice", "register.payment"), 1),
        **dict.fromkeys(("register.consent", "register.restriction", "register.consultation"), 0),
        **dict.fromkeys(("register.objection", "register.remark"), 0),
    }
    assert erased(aino) == foreseen.would
    assert everything_stored().count("2026-17") > 10


def test_several_are_erased_as_one_is_and_those_passed_over_stay():
    """D02r: the same statements for many, and whoever is kept keeps everything."""
    people = [everything_of() for _one in range(3)]
    kept, gone = people[0], people[1:]
    alone = plan(gone[0], today=NOW.date()).would
    block = Block(BlockKind.LEGAL_CLAIM, "")
    before = list(Customer.history.filter(id=kept.pk).values())
    with because("Retention"):
        keys, passed, done = erase_together(
            [one.pk for one in people],
            because_of="R-1",
            now=NOW,
            passed_over=lambda keys: {kept.pk: [block]},
        )
    assert (keys, passed) == ([one.pk for one in gone], {kept.pk: [block]})
    for part in ("counts", "versions", "kept"):
        assert getattr(done, part) == {
            label: 2 * count for label, count in getattr(alone, part).items()
        }
    assert list(Customer.history.filter(id=kept.pk).values()) == before
    kept.refresh_from_db()
    assert (kept.erased_at, kept.given_name) == (None, "Aino")
    assert {one.customer_id for one in Lifespan.objects.all()} & {one.pk for one in gone} == set()
    assert set(Customer.objects.filter(pk__in=keys).values_list("given_name", "erased_at")) == {
        ("", NOW)
    }


def test_a_decision_holds_until_it_ends_and_its_words_go_with_the_customer():
    """D02r, E07: a legal claim with its review, and the request that asks for the data."""
    aino = CustomerFactory()
    claim = HoldFactory(customer=aino, reason="Reklamaatio Kissaharjusta")
    asked = HoldFactory(
        customer=aino, kind="open_request", reference="2026-9", reason="", review_on=None
    )
    HoldFactory()
    assert blocks(aino) == [
        Block(BlockKind.LEGAL_CLAIM, "", date(2026, 3, 4), date(2027, 3, 4)),
        Block(BlockKind.OPEN_REQUEST, "2026-9", date(2026, 3, 4)),
    ]
    with pytest.raises(ErasureBlocked):
        erased(aino)
    with because("Settled"):
        claim.end(today=date(2026, 6, 1))
        asked.end(today=date(2026, 6, 1))
    assert blocks(aino) == []
    assert "kissaharju" in everything_stored()
    erased(aino)
    assert "kissaharju" not in everything_stored()
    with pytest.raises(CustomerErased):
        HoldFactory(customer=aino)


def test_a_hold_takes_no_identity_code():
    with pytest.raises(IdentityCodeFound):
        HoldFactory(reason="Asia 131052-308T")


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_each_block_is_said_in_a_sentence_of_its_own(language):
    with override(language):
        said = {str(Block(kind, "X-1", date(2026, 2, 1), date(2029, 2, 1))) for kind in BlockKind}
    assert len(said) == len(BlockKind)
    assert not any("%" in one for one in said)


def test_a_contact_role_keeps_somebody_from_retention_and_not_from_an_erasure_asked_for():
    """P63, A4: it is weighed by staff; while it lasts the relationship does."""
    role = ContactRoleFactory(ended_on=date(2026, 6, 7))
    gone = ContactRoleFactory(ended_on=date(2026, 6, 6))
    reference = role.organisation.reference
    found = blocks_of_retention([role.person.pk, gone.person.pk], today=NOW.date())
    assert found == {
        role.person.pk: [
            Block(BlockKind.CONTACT_ROLE, reference, date(2025, 1, 1), date(2026, 6, 7))
        ]
    }
    assert found[role.person.pk][0].is_weighed
    assert blocks(role.person) == []
    erased(role.person)


# --- what an erasure does


def test_after_an_erasure_no_table_tells_who_it_was():
    """P67, E07: live rows, history, reasons, sources, words, digests."""
    planted = 0

    def plant():
        nonlocal planted
        planted += 1
        return f"koira{planted:03}kissa"

    def filled(row, columns, **more):
        for column in columns:
            setattr(row, column, plant())
        for column, value in more.items():
            setattr(row, column, value)
        with because(f"Said by {plant()}"):
            row.save(
                collection=Collection.objects.create(
                    source_kind="purchase",
                    source_name=plant(),
                    collected_on="2026-03-04",
                    serves_one=True,
                )
            )
        return row

    person = [column for column in texts_of(Customer) if column != "organisation_name"]
    assert {"given_name", "email", "street", "website", "phone"} <= set(person)
    organisation = OrganisationFactory(organisation_name="Muu Oy")
    customer = filled(Customer(), person, ip_address="192.0.2.77", ip_seen_on=date(2026, 1, 2))
    role = filled(ContactRole(person=customer, organisation=organisation), texts_of(ContactRole))
    order = filled(Order(customer=customer, ordered_on=date(2001, 2, 3)), texts_of(Order))
    line = filled(OrderLine(order=order), texts_of(OrderLine), unit_price=Decimal("98765.43"))
    billing = filled(BillingData(customer=customer), texts_of(BillingData))
    titles = [column for column in texts_of(Attachment) if column != "file"]
    paper = filled(Attachment(customer=customer, order=order), titles, file="0" * 32)
    for _round in range(3):
        filled(customer, person)
        filled(role, texts_of(ContactRole))
        filled(order, texts_of(Order), ordered_on=date(2001, 2, 4))
        filled(line, texts_of(OrderLine))
        filled(billing, texts_of(BillingData))
        filled(paper, titles)
    others = CustomerFactory(given_name="Pysyvä", email="pysyva@koe.example")
    assert planted > 50
    hidden = ("koira", "kissa", "192.0.2.77", "98765.43", "2001-02-0")
    before = everything_stored()
    assert [word for word in hidden if word not in before] == []

    erased(customer)

    after = everything_stored()
    assert [word for word in hidden if word in after] == []
    others.refresh_from_db()
    assert (others.given_name, others.words.exists()) == ("Pysyvä", True)
    organisation.refresh_from_db()
    assert organisation.name == "Muu Oy"


def test_of_a_customer_with_vouchers_the_name_stays_on_them_and_nowhere_else():
    """E03, P67, T15: the snapshot stays, the live profile goes, and at last the snapshot too."""
    customer = CustomerFactory(
        given_name="Koirakissa", street="Kampikuja 77", email="koirakissa@koe.example"
    )
    invoice = InvoiceFactory(
        customer=customer, number="L-77", amount=Decimal("123.45"), invoiced_on=date(2026, 4, 6)
    )
    PaymentFactory(invoice=invoice, amount=Decimal("123.45"))
    # a notice that declares no billing data does not change what bookkeeping demands
    before = list(Invoice.objects.values()), list(Payment.objects.values())
    erased(customer)

    stored = Invoice.objects.get()
    assert (stored.billed_name, stored.billed_street) == (
        f"Koirakissa {invoice.billed_name.split()[1]}",
        "Kampikuja 77",
    )
    assert [{**row, "collected": {}} for rows in before for row in rows] == [
        *Invoice.objects.values(),
        *Payment.objects.values(),
    ]
    for model in personal_models():
        for table in (model, model.history.model):
            told = str(list(table._base_manager.values()))
            kept = model is Invoice
            assert ("Koirakissa" in told, "Kampikuja" in told) == (kept, kept), table
    assert "koirakissa@" not in everything_stored()
    assert list(Customer.objects.search("koirakissa")) == []

    assert forget_vouchers(today=date(2033, 1, 1)) == 1
    assert [word for word in ("koirakissa", "kampikuja") if word in everything_stored()] == []
    assert (Payment.objects.count(), Payment.history.count()) == (0, 0)


def test_every_declared_column_is_empty_afterwards_in_rows_and_in_history():
    customer = CustomerFactory(
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
    ContactRoleFactory(person=customer, ended_on=date(2026, 1, 2))
    OrderLineFactory(order=OrderFactory(customer=customer), unit_price=Decimal(3))
    InvoiceFactory(customer=customer, paid_on=date(2026, 5, 1))
    erased(customer)
    full = {
        (model._meta.label, column)
        for model in personal_models()
        for table in (model, model.history.model)
        for row in table._base_manager.all()
        for column in declared_columns(model)
        if model is not Customer or row.organisation_name == ""
        if getattr(row, column) not in (None, "")
    }
    assert full == set()
    assert {row.collected == {} for row in Invoice.objects.all()} == {True}
    assert {row.language for row in Customer.history.filter(id=customer.pk)} == {"fi"}


def test_history_says_that_it_was_erased_and_by_which_request():
    customer = CustomerFactory()
    with because("Aino called"):
        customer.given_name = "Eino"
        customer.save(collection=CollectionFactory())
    erased(customer)
    *old, told = customer.history.order_by("history_id")
    assert [(row.erased_by, row.salt) for row in old] == [("2026-17", None)] * 2
    assert {row.history_change_reason for row in old}.isdisjoint({"Aino called", "Made for a test"})
    assert (told.history_change_reason, told.erased_by, told.history_type) == (
        "Rights request 2026-17",
        "",
        "~",
    )
    assert (told.erased_at, told.history_date) == (NOW, NOW)
    assert bytes(told.salt)


def test_history_speaks_the_language_of_the_controller():
    customer = CustomerFactory()
    with override("sv"):
        erased(customer)
    first = customer.history.order_by("history_id")[0]
    assert first.history_change_reason == "Syy poistettu tietojen mukana"


def test_the_customer_says_when_and_by_which_request(django_assert_num_queries):
    customer = CustomerFactory()
    erased(customer)
    assert (customer.erased_at, customer.erased_by_request) == (NOW, "2026-17")
    assert str(customer) == customer.reference


def test_the_counts_tell_what_went_and_what_stays():
    """E09: proof without the person."""
    customer = CustomerFactory()
    order = OrderFactory(customer=customer)
    OrderLineFactory(order=order)
    OrderLineFactory(order=order)
    InvoiceFactory(customer=customer, paid_on=date(2026, 5, 1))
    OrderFactory()
    assert erased(customer) == Erased(
        counts={
            "register.customer": 1,
            "register.contactrole": 0,
            "register.order": 1,
            "register.orderline": 2,
            "register.billingdata": 0,
            "register.attachment": 0,
            "register.paper": 0,
        },
        versions={
            "register.customer": 1,
            "register.contactrole": 0,
            "register.invoice": 2,
            "register.order": 1,
            "register.orderline": 2,
            "register.billingdata": 0,
            "register.attachment": 0,
            "register.paper": 0,
            "register.payment": 1,
        },
        kept={
            "register.noticegiven": 0,
            "register.consent": 0,
            "register.hold": 0,
            "register.restriction": 0,
            "register.objection": 0,
            "register.remark": 0,
            "register.consultation": 0,
            "register.disclosed": 0,
            "register.invoice": 1,
            "register.payment": 1,
        },
    )


def test_erasing_twice_changes_nothing():
    """E11"""
    customer = CustomerFactory()
    erased(customer)
    before = everything_stored()
    assert erased(customer, request_number="2026-18") == Erased()
    assert everything_stored() == before


@pytest.mark.parametrize("count", [1, 3])
def test_an_erasure_takes_as_many_statements_however_much_there_is(
    count, django_assert_num_queries
):
    customer = CustomerFactory()
    for number in range(count):
        OrderLineFactory(order=OrderFactory(customer=customer))
        ContactRoleFactory(person=customer)
        InvoiceFactory(customer=customer, paid_on=date(2026, 5, 1))
        NoticeGivenFactory(customer=customer, given_on=date(2026, 3, 1 + number))
    with django_assert_num_queries(78):
        erased(customer)


def test_nobody_is_found_by_the_words_of_an_erased_customer():
    role = ContactRoleFactory(organisation=OrganisationFactory(organisation_name="Tyrnipaja"))
    invoice = InvoiceFactory(
        customer=role.organisation, number="L-2026-7788", paid_on=date(2026, 5, 1)
    )
    reference = role.organisation.reference
    erased(role.organisation)
    for text in ("tyrnipaja", reference, "7788"):
        assert list(Customer.objects.search(text)) == []
    assert set(Word.objects.values_list("customer", flat=True)) == {
        role.person.pk,
        role.organisation.pk,
    }
    # bookkeeping still finds the invoice by its number
    assert set(Word.objects.values_list("origin", "origin_id").distinct()) == {
        ("customer", None),
        ("invoice", invoice.pk),
    }
    assert not ContactDigest.objects.filter(customer=role.organisation).exists()


def test_a_source_that_served_others_too_keeps_its_name():
    shared, own = CollectionFactory(source_name="messut"), CollectionFactory(serves_one=True)
    customer = CustomerFactory(collection=shared)
    customer.email = "aino@koe.example"
    with because("Test"):
        customer.save(collection=own)
    erased(customer)
    assert set(Collection.objects.values_list("source_name", flat=True)) == {"messut", ""}


def test_a_customer_whom_nobody_erased_is_untouched():
    eero = CustomerFactory(given_name="Eero", email="eero@koe.example")
    line = OrderLineFactory(order=OrderFactory(customer=eero))
    rows = [
        list(table._base_manager.values())
        for model in personal_models()
        for table in (model, model.history.model)
    ]
    aino = CustomerFactory()
    erased(aino)
    assert rows[0] == list(Customer.objects.filter(pk=eero.pk).values())
    line.refresh_from_db()
    assert line.description == "Vuosihuolto"
    assert not eero.history.exclude(erased_by="").exists()


# --- nothing comes back


def test_an_erased_customer_is_not_saved_again_nor_given_anything():
    stale = CustomerFactory(given_name="Aino")
    order = OrderFactory(customer=stale)
    erased(Customer.objects.get(pk=stale.pk))
    source = CollectionFactory()
    acts = [
        lambda: stale.save(collection=source),
        lambda: OrderFactory(customer=stale),
        lambda: InvoiceFactory(customer=stale),
        lambda: ContactRoleFactory(person=stale),
        lambda: OrderLineFactory(order=order),
        lambda: order.save(collection=source),
        lambda: Order.objects.store(
            [Order(customer=stale, ordered_on=date(2026, 1, 2))], collection=source
        ),
        lambda: OrderLine.objects.store(
            [OrderLine(order=order, description="Huolto")], collection=source
        ),
    ]
    for act in acts:
        with because("Test"), pytest.raises(CustomerErased) as refused:
            act()
        assert refused.value.reference == stale.reference
    assert "aino@koe" not in everything_stored()


def test_an_erased_customer_s_order_is_not_moved_to_somebody_else():
    order = OrderFactory()
    erased(Customer.objects.get(pk=order.customer.pk))
    order.customer = CustomerFactory()
    with because("Test"), pytest.raises(CustomerErased):
        order.save(collection=CollectionFactory())


def test_nobody_speaks_for_an_erased_organisation():
    organisation = OrganisationFactory()
    erased(Customer.objects.get(pk=organisation.pk))
    with pytest.raises(CustomerErased):
        ContactRoleFactory(organisation=organisation)


def test_an_erased_customer_is_left_out():
    aino, eero = CustomerFactory(), CustomerFactory()
    erased(aino)
    assert list(Customer.objects.unerased()) == [eero]
    assert list(Order.objects.unerased()) == []


# --- the columns


@pytest.mark.parametrize("model", personal_models(), ids=lambda model: model._meta.label)
def test_every_declared_column_can_be_empty_in_the_database(model):
    full = [
        column
        for column in declared_columns(model)
        if not (field := model._meta.get_field(column)).null
        and not isinstance(field, models.CharField | models.TextField)
    ]
    assert full == []


@pytest.mark.parametrize(
    ("model", "values", "missing"),
    [
        (Order, {"number": "T-1"}, "ordered_on"),
        (OrderLine, {"description": "Huolto", "quantity": None}, "quantity"),
        (ContactRole, {"organisation": None}, "organisation"),
    ],
)
def test_only_erasure_empties_a_column_that_forms_require(model, values, missing):
    owner = {
        Order: lambda: {"customer": CustomerFactory()},
        OrderLine: lambda: {"order": OrderFactory()},
        ContactRole: lambda: {"person": CustomerFactory()},
    }[model]()
    assert not model._meta.get_field(missing).blank
    with because("Test"), pytest.raises(ValueMissing) as refused:
        model.objects.create(collection=CollectionFactory(), **owner, **values)
    assert refused.value.columns == [missing]


@pytest.mark.parametrize("model", personal_models(), ids=lambda model: model._meta.label)
def test_an_empty_row_has_a_name_all_the_same(model):
    assert str(model()) != "" or model is Invoice


def test_history_of_every_model_can_be_erased():
    assert all(issubclass(model, Remembered) for model in personal_models())
