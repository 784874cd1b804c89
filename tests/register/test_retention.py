from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.reasons import because
from notices.models import governing_notice
from notices.publishing import adopt
from notices.terms import ClauseKind, DataCategory
from register import retention
from register.holds import BlockKind
from register.models import (
    Attachment,
    ContactDigest,
    Customer,
    InformationDuty,
    Lifespan,
    Order,
    OrderLine,
    Question,
    RestrictionGround,
    RetentionRun,
    Word,
)
from register.retention import (
    Rule,
    begin,
    blocked,
    carry_out,
    data_due,
    data_due_on,
    due,
    due_by_month,
    due_on,
    months_after,
    rules_of,
    whole,
)
from tests.factories import (
    AttachmentFactory,
    ClauseFactory,
    CollectionFactory,
    ContactRoleFactory,
    CustomerFactory,
    HoldFactory,
    InvoiceFactory,
    NoticeFactory,
    OrderFactory,
    OrderLineFactory,
    RestrictionFactory,
    RetentionRunFactory,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 7)
NOW = datetime(2026, 6, 7, 9, 0, tzinfo=UTC)
OLD = date(2010, 1, 2)


def notice_with(*rules):
    """A notice in force with those retention clauses."""
    notice = NoticeFactory()
    for rule in rules:
        ClauseFactory(notice=notice, kind=ClauseKind.RETENTION, **rule)
    adopt(notice, now=NOW, reason="Test")
    return governing_notice()


def ten_years(**more):
    return {"term": "relationship_end", "years": 10, "inactive_months": 24, **more}


def customer_of(day, **values):
    """Somebody last heard of on `day`."""
    origin = CollectionFactory(source_kind="partner", collected_on=day)
    return CustomerFactory(collection=origin, **values)


def keys(rows):
    return set(rows.values_list("customer", flat=True))


def swept(notice, **how):
    run = begin(notice, today=TODAY, now=NOW, **how)
    carry_out(run, clock=lambda: NOW)
    run.refresh_from_db()
    return run


def locks_of_the_notice():
    """SQLite writes one at a time, so only PostgreSQL locks the notice in force: once to begin a
    block, and again for nothing else."""
    return int(connection.vendor == "postgresql")


# --- how long


@pytest.mark.parametrize(
    ("ended_on", "last_day"),
    [
        (date(2024, 2, 29), date(2034, 2, 28)),
        (date(2025, 6, 30), date(2035, 6, 30)),
        (date(2020, 2, 29), date(2030, 2, 28)),
    ],
)
def test_a_period_in_years_ends_by_the_calendar(ended_on, last_day):
    """T14: no holiday moves it, and 29 February becomes the 28th."""
    notice = notice_with(ten_years())
    customer = customer_of(OLD, relationship_ended_on=ended_on)
    [rule] = rules_of(notice)
    assert rule.last_day("ended_on", ended_on) == last_day
    assert keys(due([rule], last_day)) == set()
    assert keys(due([rule], last_day + timedelta(days=1))) == {customer.pk}
    assert due_on(customer, notice) == last_day + timedelta(days=1)


@pytest.mark.parametrize("ground", RestrictionGround)
def test_what_is_restricted_is_skipped_and_reported(ground):
    """S07, S02: of its own motion the controller erases nothing of it, on whatever ground."""
    notice = notice_with(ten_years())
    held, free = customer_of(OLD), customer_of(OLD)
    RestrictionFactory(customer=held, ground=ground, imposed_by_request="2026-9")
    run = swept(notice, yes=True)
    assert (run.erased, run.blocked) == (1, 1)
    [(customer, [block])] = blocked(notice, TODAY)
    assert (customer, block.kind, block.reference) == (held, BlockKind.RESTRICTED, "2026-9")
    assert Customer.objects.unerased().get() == held
    free.refresh_from_db()
    assert free.erased_at


@pytest.mark.parametrize("months", [1, 6, 13, 120, 12_987])
@pytest.mark.parametrize("start", ["relationship_end", "order", "financial_year_end", "collected"])
def test_the_latest_start_is_the_last_that_is_over(months, start):
    """T14: on each day of a leap year and the one after."""
    notice = notice_with({"term": start, "months": months, "inactive_months": 7})
    [rule] = rules_of(notice) or [None]
    if rule is None:  # that is bookkeeping's own
        return
    for column, _rows in rule.branches:
        for day in range(0, 731, 5):
            today = date(2028, 1, 1) + timedelta(days=day)
            last = rule.last_start(column, today)
            assert rule.last_day(column, last) < today
            assert rule.last_day(column, last + timedelta(days=1)) >= today


def test_months_are_added_by_the_calendar():
    assert months_after(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_after(date(2024, 3, 31), -1) == date(2024, 2, 29)
    assert months_after(date(2024, 12, 5), 1) == date(2025, 1, 5)


# --- from when


def test_a_relationship_ends_when_staff_say_so_or_after_the_months_of_the_notice():
    """D01r, P31: an end said beats the months; who ordered meanwhile is a customer."""
    notice = notice_with(ten_years())
    rules = whole(rules_of(notice))
    quiet = customer_of(date(2014, 6, 6))
    later = customer_of(date(2014, 6, 7))
    said = customer_of(date(2015, 5, 5), relationship_ended_on=date(2016, 6, 6))
    not_yet = customer_of(date(2010, 5, 5), relationship_ended_on=date(2016, 6, 7))
    orders = customer_of(OLD)
    OrderFactory(
        customer=orders,
        ordered_on=date(2020, 1, 1),
        collection=CollectionFactory(source_kind="partner", collected_on=OLD),
    )
    assert keys(due(rules, TODAY)) == {quiet.pk, said.pk}
    assert due_on(later, notice) == TODAY + timedelta(days=1)
    assert due_on(not_yet, notice) == TODAY + timedelta(days=1)
    assert due_on(orders, notice) == date(2032, 1, 2)


def test_without_months_of_inactivity_a_relationship_ends_only_when_staff_say_so():
    """D01r"""
    notice = notice_with({"term": "relationship_end", "years": 10})
    rules = whole(rules_of(notice))
    quiet, said = customer_of(OLD), customer_of(OLD, relationship_ended_on=OLD)
    assert keys(due(rules, TODAY)) == {said.pk}
    assert (due_on(quiet, notice), due_on(said, notice)) == (None, date(2020, 1, 3))


@pytest.mark.parametrize(
    ("term", "due_first"),
    [
        ("order", date(2025, 3, 4)),
        ("invoice", date(2025, 4, 5)),
        ("collected", date(2025, 5, 6)),
        ("financial_year_end", date(2026, 1, 1)),
    ],
)
def test_a_period_may_run_from_an_order_an_invoice_or_the_day_the_data_came(term, due_first):
    notice = notice_with({"term": term, "years": 5, "categories": []})
    customer = customer_of(date(2020, 5, 5))
    origin = CollectionFactory(source_kind="partner", collected_on=date(2020, 5, 5))
    OrderFactory(customer=customer, ordered_on=date(2020, 3, 3), collection=origin)
    day = date(2020, 4, 4)
    InvoiceFactory(customer=customer, invoiced_on=day, due_on=day, collection=origin)
    rules = whole(rules_of(notice))
    assert due_on(customer, notice) == due_first
    assert keys(due(rules, due_first - timedelta(days=1))) == set()
    assert keys(due(rules, due_first)) == {customer.pk}


def test_who_never_ordered_is_counted_from_when_the_data_came():
    notice = notice_with({"term": "order", "years": 5})
    customer = customer_of(date(2020, 5, 5))
    assert due_on(customer, notice) == date(2025, 5, 6)
    assert keys(due(whole(rules_of(notice)), date(2025, 5, 6))) == {customer.pk}


def test_of_two_periods_for_everything_the_longer_counts():
    """What is erased too early is gone for good."""
    notice = notice_with({"term": "order", "years": 5}, {"term": "invoice", "years": 8})
    customer = customer_of(date(2020, 5, 5))
    assert due_on(customer, notice) == date(2028, 5, 6)
    rules = whole(rules_of(notice))
    assert keys(due(rules, date(2028, 5, 5))) == set()
    assert keys(due(rules, date(2028, 5, 6))) == {customer.pk}


def test_a_new_notice_dates_everybody_anew():
    """P31"""
    notice = notice_with(ten_years())
    customer = customer_of(date(2022, 1, 1))
    assert due_on(customer, notice) == date(2034, 1, 2)
    assert due_on(customer, notice_with(ten_years(years=2))) == date(2026, 1, 2)
    assert due_on(customer, None) is None


def test_the_period_of_vouchers_is_bookkeepings_own():
    """T15"""
    notice = notice_with({"term": "financial_year_end", "years": 6, "categories": ["billing"]})
    assert rules_of(notice) == []
    assert keys(due([], date(2099, 1, 1))) == set()


# --- erasing


def test_whoever_is_due_is_erased_and_nobody_else():
    """P31, P67, D02r, E09: with all that tells who it was, and the run says how many."""
    notice = notice_with(ten_years())
    gone = [customer_of(OLD, email=f"aino{number}@koe.example") for number in range(3)]
    OrderLineFactory(
        order=OrderFactory(
            customer=gone[0],
            ordered_on=OLD,
            collection=CollectionFactory(source_kind="partner", collected_on=OLD),
        ),
        collection=CollectionFactory(source_kind="partner", collected_on=OLD),
    )
    stays = customer_of(date(2020, 1, 1), email="eero@koe.example")
    run = swept(notice)
    assert (run.due, run.erased, run.blocked, run.question) == (3, 3, 0, "")
    assert run.counts["register.orderline"] == 1
    assert run.ended_at == NOW
    for one in gone:
        one.refresh_from_db()
        assert (one.erased_at, one.erased_by_request, one.email) == (NOW, run.number, "")
        last = one.history.latest("history_id")
        assert (last.history_change_reason, last.erased_by) == ("Säilytysaika on päättynyt", "")
    assert not Customer.history.filter(email__startswith="aino").exists()
    for model in (Lifespan, Word, ContactDigest, InformationDuty):
        assert keys(model.objects) <= {stays.pk}
    stays.refresh_from_db()
    assert (stays.email, stays.erased_at) == ("eero@koe.example", None)
    assert swept(notice).erased == 0


def test_whoever_is_held_stays_and_is_told_of_with_reasons():
    """D02r, S07, P63: an open invoice, a decision, a request, a role that lasts."""
    notice = notice_with(ten_years())
    debtor, claimed, speaks, free = (customer_of(OLD) for _one in range(4))
    InvoiceFactory(
        customer=debtor,
        invoiced_on=OLD,
        due_on=OLD,
        collection=CollectionFactory(source_kind="partner", collected_on=OLD),
    )
    HoldFactory(customer=claimed)
    role = ContactRoleFactory(
        person=speaks, collection=CollectionFactory(source_kind="partner", collected_on=OLD)
    )
    found = {one.pk: [block.kind for block in why] for one, why in blocked(notice, TODAY)}
    assert found == {
        debtor.pk: [BlockKind.OPEN_INVOICE],
        claimed.pk: [BlockKind.LEGAL_CLAIM],
        speaks.pk: [BlockKind.CONTACT_ROLE],
    }
    run = swept(notice)
    assert (run.due, run.erased, run.blocked) == (4, 1, 3)
    assert set(Customer.objects.filter(erased_at=NOW)) == {free}
    with because("The role ended"):
        role.ended_on = TODAY - timedelta(days=1)
        role.save(collection=CollectionFactory(source_kind="partner", collected_on=OLD))
    assert swept(notice).erased == 1


def test_a_run_goes_through_many_blocks_and_each_is_whole(monkeypatch):
    """D02r: the walk goes on behind those who stay."""
    monkeypatch.setattr(retention, "A_BLOCK", 2)
    notice = notice_with(ten_years())
    days = [date(2010, 1, 1 + number // 2) for number in range(7)]
    people = [customer_of(day) for day in days]
    for held in people[1:4]:
        HoldFactory(customer=held)
    ended = customer_of(OLD, relationship_ended_on=OLD)
    run = swept(notice)
    assert (run.due, run.erased, run.blocked) == (8, 5, 3)
    assert set(Customer.objects.unerased()) == set(people[1:4])
    ended.refresh_from_db()
    assert ended.erased_at


def test_a_run_that_is_killed_goes_on_where_it_was(monkeypatch):
    """D02r: block by block the old state or the new one, and the run's own count with it."""
    monkeypatch.setattr(retention, "A_BLOCK", 2)
    notice = notice_with(ten_years())
    for _one in range(6):
        customer_of(OLD)

    class Killed(Exception):
        pass

    blocks_done = []

    def around(customers):
        if len(blocks_done) == 2:
            raise Killed
        blocks_done.append(customers)
        return retention.nullcontext()

    run = begin(notice, today=TODAY, now=NOW)
    with pytest.raises(Killed):
        carry_out(run, clock=lambda: NOW, around=around)
    run = RetentionRun.objects.get()
    assert (run.erased, run.ended_at) == (4, None)
    assert Customer.objects.unerased().count() == 2
    again = begin(notice, today=TODAY, now=NOW)
    assert again == run
    carry_out(again, clock=lambda: NOW)
    again.refresh_from_db()
    assert (again.erased, again.due, again.ended_at) == (6, 6, NOW)


def test_who_orders_between_the_look_and_the_act_stays(monkeypatch):
    notice = notice_with(ten_years())
    aino, eero = customer_of(OLD), customer_of(OLD)
    look = retention._blocks_of_due

    def looked(*args):
        for block in look(*args):
            OrderFactory(customer=aino)
            yield block

    monkeypatch.setattr(retention, "_blocks_of_due", looked)
    run = swept(notice)
    assert (run.erased, run.blocked) == (1, 0)
    assert set(Customer.objects.unerased()) == {aino}
    assert eero.pk not in keys(Lifespan.objects)


def test_a_run_ends_when_another_notice_comes_into_force():
    old = notice_with(ten_years())
    customer_of(OLD)
    run = begin(old, today=TODAY, now=NOW)
    new = notice_with(ten_years(years=50))
    carry_out(run, clock=lambda: NOW)
    run.refresh_from_db()
    assert (run.erased, run.ended_at) == (0, NOW)
    assert begin(new, today=TODAY, now=NOW) != run


# --- single data


def test_an_ip_number_goes_by_its_own_day_in_history_too():
    """D03r: the rest of the customer stays as it was."""
    notice = notice_with(
        ten_years(), {"term": "collected", "months": 6, "categories": ["ip_address"]}
    )
    aino = CustomerFactory(ip_address="192.0.2.77", ip_seen_on=date(2025, 12, 6), city="Porvoo")
    with because("Moved"):
        aino.city = "Loviisa"
        aino.save(collection=CollectionFactory())
    eero = CustomerFactory(ip_address="192.0.2.78", ip_seen_on=date(2025, 12, 7))
    debtor = CustomerFactory(ip_address="192.0.2.79", ip_seen_on=date(2025, 12, 6))
    InvoiceFactory(customer=debtor)
    claimed = CustomerFactory(ip_address="192.0.2.80", ip_seen_on=date(2025, 12, 6))
    HoldFactory(customer=claimed)
    run = swept(notice)
    assert (run.emptied, run.erased) == (2, 0)
    aino.refresh_from_db()
    assert (aino.ip_address, aino.ip_seen_on, aino.city) == (None, None, "Loviisa")
    assert set(aino.collected) == {"given_name", "family_name", "city", "language"}
    *old, new = aino.history.order_by("history_id")
    assert {row.ip_address for row in aino.history.all()} == {None}
    assert {row.erased_by for row in old} == {run.number}
    assert {bool(row.salt) for row in old} == {False}
    assert [row.city for row in old] == ["Porvoo", "Loviisa"]
    assert (new.history_type, new.erased_by, new.history_change_reason) == (
        "~",
        "",
        "Säilytysaika on päättynyt",
    )
    there = Customer.objects.filter(ip_address__isnull=False)
    assert set(there) == {eero, claimed}
    assert swept(notice).emptied == 0


def test_an_ip_number_that_another_followed_goes_from_history_by_its_own_day():
    """D03r: the newer one stays."""
    notice = notice_with({"term": "collected", "months": 6, "categories": ["ip_address"]})
    aino = CustomerFactory(ip_address="192.0.2.77", ip_seen_on=date(2025, 1, 1))
    with because("Seen again"):
        aino.ip_address, aino.ip_seen_on = "192.0.2.78", date(2026, 6, 1)
        aino.save(collection=CollectionFactory())
    assert swept(notice).emptied == 0
    aino.refresh_from_db()
    assert aino.ip_address == "192.0.2.78"
    assert list(aino.history.order_by("history_id").values_list("ip_address", flat=True)) == [
        None,
        "192.0.2.78",
    ]


def test_a_shorter_period_after_the_end_empties_what_it_names():
    """E03: what needs a name and a number loses them where they are searched by, too."""
    notice = notice_with(ten_years(), ten_years(years=1, categories=["phone", "orders"]))
    aino = customer_of(date(2022, 1, 1), phone="040 123 4567", email="aino@koe.example")
    origin = CollectionFactory(source_kind="partner", collected_on=date(2022, 1, 1))
    order = OrderFactory(customer=aino, ordered_on=date(2022, 1, 1), collection=origin)
    OrderLineFactory(order=order, collection=origin, unit_price=Decimal(3))
    eero = customer_of(date(2024, 1, 1), phone="040 765 4321")
    assert swept(notice).emptied == 3
    aino.refresh_from_db()
    assert (aino.phone, aino.phone_e164, aino.email) == ("", "", "aino@koe.example")
    assert list(Order.objects.values_list("number", "ordered_on")) == [("", None)]
    assert list(Customer.objects.search("0401234567")) == []
    assert list(Customer.objects.search("0407654321")) == [eero]
    assert swept(notice).emptied == 0


def test_an_order_goes_by_its_own_day_with_what_belongs_to_it():
    """P31: the others stay, and the relationship is as young as it was."""
    notice = notice_with(
        ten_years(years=1, inactive_months=84),
        {"term": "order", "years": 5, "categories": ["orders"]},
    )
    origin = {"collection": CollectionFactory(source_kind="partner", collected_on=OLD)}
    aino = customer_of(OLD)
    days = date(2021, 6, 6), date(2021, 6, 7)
    old, new = (OrderFactory(customer=aino, ordered_on=day, **origin) for day in days)
    for order in (old, new):
        OrderLineFactory(order=order, description=f"Huolto {order.ordered_on}", **origin)
        AttachmentFactory(customer=aino, order=order, title=f"Tarjous {order.ordered_on}")
    eero = customer_of(OLD, relationship_ended_on=date(2020, 1, 1))
    again = OrderFactory(customer=eero, ordered_on=date(2021, 6, 6), **origin)
    assert swept(notice).emptied == 4
    told = [
        str(list(table._base_manager.values()))
        for model in (Order, OrderLine, Attachment)
        for table in (model, model.history.model)
    ]
    assert [old.number in one or "2021-06-06" in one for one in told] == [False] * 6
    assert new.number in told[0]
    assert new.number in told[1]
    assert ["2021-06-07" in one for one in told[2:]] == [True] * 4
    again.refresh_from_db()
    assert (again.number, again.ordered_on) == ("", None)
    Lifespan.objects.follow([aino.pk, eero.pk])
    found = {span.customer_id: (span.active_on, span.ended_on) for span in Lifespan.objects.all()}
    # the paper came on 4 March 2026
    assert found == {aino.pk: (date(2026, 3, 4), None), eero.pk: (date(2021, 6, 6), None)}
    assert swept(notice).emptied == 0


def test_a_value_goes_by_the_day_when_it_came_in_history_too():
    """P31, T14, D02r: on the day itself it stays, on the next it goes, and what came later stays;
    as always nothing of those who are held."""
    notice = notice_with(
        ten_years(), {"term": "collected", "years": 3, "categories": ["phone", "email"]}
    )
    last = date(2023, 6, 7)
    before = CollectionFactory(source_kind="partner", collected_on=last - timedelta(days=1))
    gone = CustomerFactory(phone="040 123 4567", email="aino@koe.example", collection=before)
    with because("Another address"):
        gone.email = "uusi@koe.example"
        gone.save(collection=CollectionFactory())
    stays = customer_of(last, phone="040 765 4321")
    held = CustomerFactory(phone="040 111 2222", collection=before)
    HoldFactory(customer=held)
    resting = CustomerFactory(phone="040 111 3333", collection=before)
    RestrictionFactory(customer=resting)
    assert data_due(notice, TODAY) == {
        DataCategory.PHONE: {gone.pk},
        DataCategory.EMAIL: {gone.pk},
    }
    assert data_due_on(gone, notice) == [
        (DataCategory.EMAIL, date(2029, 3, 5)),
        (DataCategory.PHONE, date(2026, 6, 7)),
    ]
    assert data_due_on(stays, notice) == [(DataCategory.PHONE, TODAY + timedelta(days=1))]
    run = swept(notice)
    assert (run.emptied, run.erased) == (1, 0)
    gone.refresh_from_db()
    assert (gone.phone, gone.phone_e164, gone.email) == ("", "", "uusi@koe.example")
    assert set(gone.history.values_list("phone", flat=True)) == {""}
    assert set(gone.history.values_list("email", flat=True)) == {"", "uusi@koe.example"}
    assert list(Customer.objects.search("0401234567")) == []
    assert set(Customer.objects.exclude(phone="")) == {stays, held, resting}
    assert swept(notice).emptied == 0


def test_a_part_that_came_later_keeps_the_rest():
    """An address is whole or gone."""
    notice = notice_with({"term": "collected", "years": 3, "categories": ["postal_address"]})
    aino = customer_of(OLD, street="Koekatu 1", city="Porvoo")
    moved = customer_of(OLD, street="Koekatu 1", city="Porvoo")
    with because("Moved"):
        moved.street = "Koekatu 2"
        moved.save(collection=CollectionFactory())
    swept(notice)
    for one in (aino, moved):
        one.refresh_from_db()
    assert (aino.street, aino.city) == ("", "")
    assert (moved.street, moved.city) == ("Koekatu 2", "Porvoo")
    assert set(moved.history.values_list("street", flat=True)) == {"", "Koekatu 2"}


@pytest.mark.parametrize(
    ("term", "last_day"),
    [
        ("order", date(2025, 3, 3)),
        ("invoice", date(2025, 4, 4)),
        # the voucher itself stays by bookkeeping's own period
        ("financial_year_end", date(2025, 12, 31)),
    ],
)
def test_a_value_goes_a_period_after_the_last_order_or_invoice(term, last_day):
    """P31, T14, T15: the last day and the next."""
    notice = notice_with({"term": term, "years": 5, "categories": ["phone"]})
    origin = CollectionFactory(source_kind="partner", collected_on=date(2020, 1, 1))
    aino = CustomerFactory(phone="040 123 4567", collection=origin)
    OrderFactory(customer=aino, ordered_on=date(2020, 3, 3), collection=origin)
    day = date(2020, 4, 4)
    InvoiceFactory(customer=aino, invoiced_on=day, due_on=day, paid_on=day, collection=origin)
    due_first = last_day + timedelta(days=1)
    assert data_due_on(aino, notice) == [(DataCategory.PHONE, due_first)]
    assert data_due(notice, last_day) == {}
    assert data_due(notice, due_first) == {DataCategory.PHONE: {aino.pk}}
    swept(notice)
    aino.refresh_from_db()
    assert (aino.phone, aino.erased_at) == ("", None)


@pytest.mark.parametrize(
    ("term", "last_day"),
    [
        ("order", date(2024, 6, 6)),
        ("collected", date(2024, 8, 8)),
        ("financial_year_end", date(2024, 12, 31)),
    ],
)
def test_an_order_has_its_own_day_whatever_its_period_runs_from(term, last_day):
    """P31, T14, T15"""
    notice = notice_with({"term": term, "years": 3, "categories": ["orders"]})
    origin = {"collection": CollectionFactory(source_kind="partner", collected_on=date(2021, 8, 8))}
    aino = CustomerFactory()
    order = OrderFactory(customer=aino, ordered_on=date(2021, 6, 6), **origin)
    OrderLineFactory(order=order, **origin)
    young = OrderFactory(customer=aino)
    assert data_due(notice, last_day) == {}
    assert data_due(notice, last_day + timedelta(days=1)) == {DataCategory.ORDERS: {aino.pk}}
    assert data_due_on(aino, notice) == [(DataCategory.ORDERS, last_day + timedelta(days=1))]
    assert swept(notice).emptied == 2
    assert list(Order.objects.filter(ordered_on__isnull=False)) == [young]


def test_what_the_program_cannot_date_is_said_to_be_work_by_hand():
    """No order says which invoice is about it."""
    notice = notice_with({"term": "invoice", "years": 3, "categories": ["orders"]}, ten_years())
    OrderFactory(ordered_on=OLD)
    assert [rule.is_by_hand for rule in rules_of(notice)] == [True, False]
    assert data_due(notice, TODAY) == {}
    assert swept(notice).emptied == 0


def test_single_data_take_as_many_statements_however_many_hold_them():
    notice = notice_with({"term": "collected", "years": 3, "categories": ["phone"]})

    def of(count):
        for _one in range(count):
            customer_of(OLD, phone="040 123 4567")
        run = begin(notice, today=TODAY, now=NOW)
        with CaptureQueriesContext(connection) as counted:
            carry_out(run, clock=lambda: NOW)
        run.refresh_from_db()
        assert run.emptied == count
        return len(counted)

    assert of(1) == of(4)


# --- when it asks first


def many(count):
    """As many customers, by the door and not one by one."""
    origin = CollectionFactory(source_kind="partner", collected_on=OLD)
    with because("Test"):
        return Customer.objects.store(
            [Customer(given_name="Aino") for _one in range(count)], collection=origin
        )


@pytest.mark.parametrize(("count", "question"), [(49, ""), (50, Question.MANY)])
def test_it_asks_when_many_fall_due_at_once(count, question):
    notice = notice_with(ten_years())
    many(count)
    run = swept(notice)
    assert run.question == question
    assert run.erased == (0 if question else count)
    if question:
        again = swept(notice, yes=True)
        assert (again, again.erased) == (run, count)


def test_of_very_many_two_in_a_hundred_are_not_unusual():
    notice = notice_with(ten_years())
    many(51)
    with because("Test"):
        Customer.objects.store(
            [Customer(given_name="Eero") for _one in range(2499)], collection=CollectionFactory()
        )
    assert swept(notice).erased == 51


@pytest.mark.parametrize(
    ("last", "question"),
    [
        (TODAY - timedelta(days=45), ""),
        (TODAY - timedelta(days=46), Question.CLOCK),
        (TODAY, ""),
        (TODAY + timedelta(days=1), Question.CLOCK),
    ],
)
def test_it_asks_when_the_clock_has_jumped(last, question):
    notice = notice_with(ten_years())
    customer_of(OLD)
    RetentionRunFactory(today_on=last, ended_at=NOW, notice=notice)
    run = swept(notice)
    assert (run.question, run.erased) == (question, 0 if question else 1)


def test_a_day_that_has_not_come_is_asked_about():
    notice = notice_with(ten_years())
    customer_of(OLD)
    run = begin(notice, today=TODAY + timedelta(days=1), now=NOW)
    assert run.question == Question.CLOCK


def ip_numbers(count, seen_on=OLD):
    """As many customers of whom nothing but an IP number is over."""
    origin = CollectionFactory(source_kind="partner", collected_on=seen_on)
    with because("Test"):
        return Customer.objects.store(
            [
                Customer(given_name="Aino", ip_address="192.0.2.1", ip_seen_on=seen_on)
                for _one in range(count)
            ],
            collection=origin,
        )


IP_NUMBERS = {"term": "collected", "years": 3, "categories": ["ip_address"]}


@pytest.mark.parametrize(("count", "question"), [(49, ""), (50, Question.MANY)])
def test_it_asks_when_single_data_of_many_fall_due_at_once(count, question):
    """D02r, D03r: 49 of 49 go, 50 of 50 wait for a yes."""
    notice = notice_with(IP_NUMBERS)
    ip_numbers(count)
    run = swept(notice)
    assert run.question == question
    assert (run.due, run.emptied) == (0, 0 if question else count)
    if question:
        assert Customer.objects.exclude(ip_address=None).count() == count
        again = swept(notice, yes=True)
        assert (again, again.emptied) == (run, count)


def test_whose_data_are_kept_make_no_question():
    """D02r: who rests keeps the data, tomorrow too: nobody is asked every day."""
    notice = notice_with(IP_NUMBERS)
    resting, *_rest = ip_numbers(50)
    RestrictionFactory(customer=resting, ground="claims")
    assert swept(notice).question == ""


def test_it_asks_about_single_data_when_the_clock_has_jumped():
    """D02r, D03r: nobody is due as a whole."""
    notice = notice_with(IP_NUMBERS)
    ip_numbers(1)
    RetentionRunFactory(today_on=TODAY - timedelta(days=52), ended_at=NOW, notice=notice)
    run = swept(notice)
    assert (run.question, run.due, run.emptied) == (Question.CLOCK, 0, 0)


# --- looking ahead


def test_the_months_ahead_say_how_many_fall_due():
    notice = notice_with(ten_years())
    customer_of(OLD)
    for day in (date(2014, 6, 30), date(2014, 7, 31), date(2014, 7, 1)):
        customer_of(day)
    customer_of(OLD, relationship_ended_on=date(2018, 5, 31))
    customer_of(OLD, relationship_ended_on=date(2018, 4, 30))
    customer_of(date(2030, 1, 1))
    found = due_by_month(notice, TODAY)
    assert len(found) == 24
    assert {day: count for day, count in found if count} == {
        date(2026, 6, 1): 1,
        date(2026, 7, 1): 2,
        date(2026, 8, 1): 1,
        date(2028, 5, 1): 1,
    }


def test_the_months_ahead_are_the_same_with_two_periods():
    notice = notice_with(ten_years(), {"term": "collected", "years": 3})
    customer_of(OLD)
    customer_of(date(2014, 7, 1))
    assert [count for _day, count in due_by_month(notice, TODAY)][:3] == [1, 1, 0]


@pytest.mark.parametrize("count", [1, 4])
def test_a_block_takes_as_many_statements_however_many_are_in_it(count, django_assert_num_queries):
    notice = notice_with(ten_years())
    for _one in range(count):
        customer_of(OLD, email="aino@koe.example")
    run = begin(notice, today=TODAY, now=NOW)
    with django_assert_num_queries(94 + locks_of_the_notice()):
        carry_out(run, clock=lambda: NOW)


def test_a_rule_reads_what_its_clause_says():
    notice = notice_with(ten_years(months=6, categories=["phone"]))
    [rule] = rules_of(notice)
    assert isinstance(rule, Rule)
    assert (rule.months, rule.inactive_months) == (126, 24)
    assert rule.categories == {DataCategory.PHONE}
