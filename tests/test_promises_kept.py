"""`check_promises` finds what raw SQL left, each kind of it; the demo and an honest register have
none. The rows are planted past every door, as somebody with the database password would."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from audit.drift import KindIsTaken, _looks, drift, looks_for
from audit.reasons import because
from notices.publishing import adopt
from notices.terms import DataCategory, Right
from register.erasure import erase
from register.models import Lifespan
from register.restricting import restrict
from rights_requests.forgetting import forget_when_answered
from tests.factories import (
    CertificateFactory,
    ClauseFactory,
    CollectionFactory,
    ConsentFactory,
    CustomerFactory,
    CustomerListFactory,
    DemandFactory,
    DisclosureFactory,
    InformationDutyFactory,
    InvoiceFactory,
    NoticeFactory,
    NotificationFactory,
    OrderFactory,
    OrderLineFactory,
    PaperFactory,
    RecipientFactory,
    RightsRequestFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def notice():
    return NoticeFactory(
        in_force=True,
        # the law keeps the number of a website nowhere: one category is left out
        declared=[one for one in DataCategory if one != DataCategory.WEBSITE],
        purposes={"orders": "contract", "ad_targeting": "consent"},
        recipients=["accounting"],
        grounds=["billing"],
    )


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        assert cursor.rowcount == 1, "the plant must stand"


def found(now=NOW):
    return {(one.id, one.where): one.count for one in drift(now)}


def erased(customer):
    with because("Test"):
        erase(customer, request_number="2026-1", now=NOW)
    return customer


def test_an_honest_register_has_no_drift(notice):
    aino, eero = CustomerFactory(phone="040 1234567"), CustomerFactory()
    OrderLineFactory(order=OrderFactory(customer=aino))
    InvoiceFactory(customer=eero, paid_on="2026-02-03")
    with because("She moved"):
        aino.city = "Loviisa"
        aino.save(collection=CollectionFactory())
    ConsentFactory(customer=aino)
    DisclosureFactory(recipient=RecipientFactory(), ground="billing", customers=[aino, eero])
    erased(eero)
    request = RightsRequestFactory(rights=[Right.ACCESS], received_at=NOW)
    CertificateFactory(demand=request.demands.get())
    assert found() == {}


@pytest.mark.parametrize(
    ("statement", "kind", "where"),
    [
        (
            "UPDATE register_customer SET city = 'Muualla' WHERE id = %s",
            "unremembered",
            "register.customer",
        ),
        (
            "UPDATE register_customer SET email = '' WHERE id = %s",
            "unremembered",
            "register.customer",
        ),
        (
            "UPDATE register_customer SET ip_address = '192.0.2.1', ip_seen_on = '2026-03-04'"
            " WHERE id = %s",
            "no_origin",
            "register.customer.ip_address",
        ),
        (
            "UPDATE register_customer SET collected = '{\"given_name\": 987654}' WHERE id = %s",
            "no_origin",
            "register.customer.given_name",
        ),
        (
            "UPDATE register_customer SET website = 'https://koe.example' WHERE id = %s",
            "undeclared",
            "customer.website",
        ),
        (
            "DELETE FROM register_contactdigest WHERE customer_id = %s AND kind = 'email'",
            "unmarked",
            "register.customer.email",
        ),
    ],
)
def test_what_was_written_into_a_customer_past_the_doors_is_found(notice, statement, kind, where):
    """V06, P17, P20, P21, M11, Q06: an empty value counts as much as another one."""
    aino = CustomerFactory(given_name="Aino", city="Porvoo", email="aino@koe.example")
    CustomerFactory()
    sql(statement, aino.pk)
    assert found()[kind, where] == 1


def test_what_a_fact_keeps_is_told_and_is_no_fault(notice):
    """V07, E04"""
    aino = CustomerFactory(phone="040 1234567")
    InvoiceFactory(customer=aino)
    narrow = [one for one in DataCategory if one not in (DataCategory.PHONE, DataCategory.WEBSITE)]
    NoticeFactory(in_force=True, declared=narrow)
    assert [(one.id, one.count) for one in drift(NOW)] == [("held", 1)]
    code, told = run("--json")
    assert (code, [one["count"] for one in json.loads(told)["held"]]) == (0, [1])


def test_a_row_removed_past_the_doors_is_found(notice):
    """Q06"""
    line = OrderLineFactory()
    OrderLineFactory(order=line.order)
    sql("DELETE FROM register_orderline WHERE id = %s", line.pk)
    assert found() == {("removed", "register.orderline"): 1}


def test_a_changed_notice_is_found(notice):
    """V02: a notice in force never changes."""
    clause = notice.clauses.filter(term="name").get()
    sql("UPDATE notices_clause SET words = 'Muuta' WHERE id = %s", clause.pk)
    assert found() == {("unremembered", "notices.clause"): 1}


def test_a_source_that_the_notice_does_not_name_is_found(notice):
    """P21"""
    own = CollectionFactory()
    sql("UPDATE register_collection SET source_kind = 'gossip' WHERE id = %s", own.pk)
    assert found()["undeclared_source", "register.collection"] == 1


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("UPDATE register_customer SET city = 'Porvoo' WHERE id = %s", "register.customer.city"),
        (
            "UPDATE register_historicalcustomer SET city = 'Porvoo' WHERE history_id ="
            " (SELECT min(history_id) FROM register_historicalcustomer WHERE id = %s)",
            "register.customer.city (history)",
        ),
        (
            "INSERT INTO register_word (customer_id, word, origin) VALUES (%s, 'aino', 'customer')",
            "register.word",
        ),
        (
            "INSERT INTO register_contactdigest (customer_id, kind, digest)"
            " VALUES (%s, 'email', '0:1')",
            "register.contactdigest",
        ),
    ],
)
def test_somebody_erased_who_came_back_is_found(notice, statement, where):
    """E07"""
    aino = erased(CustomerFactory(city="Porvoo"))
    CustomerFactory()
    assert found() == {}
    sql(statement, aino.pk)
    assert found()["erased_left", where] == 1


def test_an_order_of_somebody_erased_that_came_back_is_found(notice):
    """E07"""
    line = OrderLineFactory(description="Maalaus")
    erased(line.order.customer)
    assert found() == {}
    sql("UPDATE register_orderline SET description = 'Maalaus' WHERE id = %s", line.pk)
    assert found()["erased_left", "register.orderline.description"] == 1


@pytest.mark.parametrize(
    ("statement", "kind", "where"),
    [
        (
            "UPDATE register_disclosure SET ground = 'collection' WHERE id = %s",
            "undeclared_disclosure",
            "register.disclosure.ground",
        ),
        (
            "UPDATE register_disclosure SET purpose = 'publication' WHERE id = %s",
            "undeclared_disclosure",
            "register.disclosure.purpose",
        ),
        (
            "UPDATE register_disclosure SET purpose = 'ad_targeting' WHERE id = %s",
            "undeclared_disclosure",
            "register.disclosure.recipient",
        ),
        (
            "DELETE FROM register_disclosed WHERE disclosure_id = %s",
            "ledger",
            "register.disclosed",
        ),
        (
            "DELETE FROM register_disclosure WHERE id = %s",
            "ledger",
            "register.disclosed",
        ),
    ],
)
def test_what_the_ledger_should_not_hold_is_found(notice, statement, kind, where):
    """P11, P14, P27, P28, A02"""
    given = DisclosureFactory(recipient=RecipientFactory(), ground="billing")
    assert found() == {}
    sql(statement, given.pk)
    assert found()[kind, where] == 1


def test_a_recipient_that_the_notice_does_not_name_is_found(notice):
    """P27"""
    firm = RecipientFactory()
    assert found() == {}
    sql("UPDATE register_recipient SET kind = 'partner' WHERE id = %s", firm.pk)
    assert found()["undeclared_recipient", "register.recipient"] == 1


def test_a_place_that_is_not_as_promised_is_found():
    """P32"""
    notice = NoticeFactory()
    ClauseFactory(notice=notice, kind="statement", term="locked_storage")
    adopt(notice, now=NOW, reason="Test")
    paper = PaperFactory()
    assert found() == {}
    sql("UPDATE register_storageplace SET is_locked = false WHERE id = %s", paper.place_id)
    assert found()["misplaced", "register.storageplace"] == 1


def test_who_was_not_told_in_time_is_found(notice):
    """T12: on the last day nobody is late."""
    InformationDutyFactory(inform_by_on="2026-03-04")
    assert found() == {}
    assert found(NOW + timedelta(days=1)) == {("untold", "register.informationduty"): 1}


def test_a_request_that_is_late_is_found(notice):
    """T01: on the last day nothing is late."""
    RightsRequestFactory(received_at=NOW, rights=[Right.ACCESS])
    due = datetime(2026, 4, 7, 9, tzinfo=UTC)  # the 4th is a Saturday, and the 6th Easter Monday
    assert found(due) == {}
    assert found(due + timedelta(days=1)) == {("late", "rights_requests.demand"): 1}


@pytest.mark.parametrize("day", ["'2026-04-08'", "NULL"])
def test_a_due_date_that_the_queue_has_wrong_is_found(notice, day):
    """T01, T06: none is as wrong as another, and one too many as one too few."""
    asked = RightsRequestFactory(received_at=NOW, rights=[Right.ACCESS, Right.ERASURE])
    RightsRequestFactory(received_at=NOW, closed_at=NOW)
    assert found() == {}
    change = f"UPDATE rights_requests_rightsrequest SET next_due_on = {day} WHERE id = %s"  # noqa: S608
    sql(change, asked.pk)
    assert found() == {("due_date_astray", "rights_requests.rightsrequest"): 1}


def test_a_missing_number_is_found(notice):
    """Q06"""
    first = RightsRequestFactory(received_at=NOW)
    RightsRequestFactory(received_at=NOW)
    sql("DELETE FROM rights_requests_rightsrequest WHERE id = %s", first.pk)
    assert found()["number_missing", "rights_requests.rightsrequest"] == 1


def test_a_refusal_without_its_certificate_is_found(notice):
    """P59"""
    demand, staff = DemandFactory(), UserFactory()
    sql(
        "UPDATE rights_requests_demand SET refused_at = %s, decided_by_id = %s WHERE id = %s",
        NOW,
        staff.pk,
        demand.pk,
    )
    assert found()["no_certificate", "rights_requests.demand"] == 1


def test_an_erasure_that_was_undone_is_found(notice):
    """P30, E01"""
    aino = CustomerFactory()
    request = RightsRequestFactory(rights=[Right.ERASURE], customer=aino)
    demand, staff = request.demands.get(), UserFactory()
    sql(
        "UPDATE rights_requests_demand SET granted_at = %s, decided_by_id = %s WHERE id = %s",
        NOW,
        staff.pk,
        demand.pk,
    )
    assert found()["not_erased", "rights_requests.demand"] == 1


@pytest.mark.parametrize("right", [Right.ERASURE, Right.RESTRICTION, Right.RECTIFICATION])
@pytest.mark.parametrize("way", ["ledger", "standing"])
def test_a_recipient_who_was_not_told_is_found(notice, right, way):
    """N01, P58: art. 19; who got other data, or got them afterwards, need not be told."""
    aino, standing = CustomerFactory(), way == "standing"
    firm = RecipientFactory(categories=["name"], has_standing_access=standing)
    DisclosureFactory(
        recipient=RecipientFactory(categories=["phone"]),
        ground="billing",
        customers=[aino],
        categories=["phone"],
        at=NOW - timedelta(days=9),
    )
    late = RecipientFactory(categories=["name"])
    if not standing:
        DisclosureFactory(recipient=firm, ground="billing", customers=[aino], at=NOW - DAY)
    asked = RightsRequestFactory(rights=[right], customer=aino, received_at=NOW)
    DisclosureFactory(recipient=late, ground="billing", customers=[aino], at=NOW + 2 * DAY)
    demand = asked.demands.get()
    with because("Test"):
        demand.granted_at, demand.decided_by = timezone.now() + DAY, UserFactory()
        demand.categories = ["name"]
        if right == Right.ERASURE:
            # one that waits tells of what has gone already
            demand.carried_out_at = demand.granted_at
        demand.save()
        untold = NotificationFactory(demand=demand, customer=aino, recipient=firm)
        for other in (late,):
            NotificationFactory(demand=demand, customer=aino, recipient=other)
    assert ("recipient_untold", "rights_requests.demand") not in found()
    sql("DELETE FROM rights_requests_notification WHERE id = %s", untold.pk)
    assert found()["recipient_untold", "rights_requests.demand"] == 1


@pytest.mark.parametrize(
    ("statement", "kind", "where"),
    [
        ("DELETE FROM register_lifespan WHERE customer_id = %s", "misdated", "(none)"),
        (
            "UPDATE register_lifespan SET obtained_on = '2099-01-01', ordered_on = '2099-01-01',"
            " spoken_on = '2099-01-01', active_on = '2099-01-01' WHERE customer_id = %s",
            "misdated",
            "(to come)",
        ),
        (
            "UPDATE register_lifespan SET obtained_on = '2010-01-01', ordered_on = '2010-01-01',"
            " spoken_on = '2010-01-01', active_on = '2010-01-01' WHERE customer_id = %s",
            "misdated",
            "(too early)",
        ),
    ],
)
def test_a_lifespan_that_is_not_of_the_data_is_found(notice, statement, kind, where):
    """P31, D01r"""
    aino = CustomerFactory()
    OrderFactory(customer=aino, ordered_on="2026-01-02")
    assert found() == {}
    sql(statement, aino.pk)
    assert found()[kind, f"register.lifespan {where}"] == 1
    if where == "(too early)":
        assert found()[kind, "register.lifespan (older than its data)"] == 1


@pytest.mark.parametrize(
    "planted",
    [
        "UPDATE register_lifespan SET ordered_on = '2026-02-02', active_on = '2026-02-02'"
        " WHERE customer_id = %s",
        "UPDATE register_lifespan SET invoiced_on = '2026-02-02', active_on = '2026-02-02'"
        " WHERE customer_id = %s",
        "UPDATE register_lifespan SET active_on = '2026-02-02' WHERE customer_id = %s",
        "UPDATE register_lifespan SET ended_on = NULL WHERE customer_id = %s",
        "UPDATE register_lifespan SET ended_on = '2026-02-02' WHERE customer_id = %s",
    ],
)
def test_a_lifespan_that_keeps_data_for_too_long_is_found(notice, planted):
    """P31, D01r: nothing of the customer's is of that day."""
    old = CollectionFactory(collected_on=date(2019, 12, 12), source_kind="partner")
    aino = CustomerFactory(relationship_ended_on=date(2025, 5, 5), collection=old)
    OrderFactory(customer=aino, ordered_on=date(2020, 1, 2), collection=old)
    days = {"invoiced_on": date(2020, 1, 3), "due_on": date(2020, 1, 17)}
    invoiced = days | {"paid_on": date(2020, 1, 10)}
    InvoiceFactory(customer=aino, collection=old, **invoiced)
    late = ("misdated", "register.lifespan (too late)")
    assert late not in found()
    sql(planted, aino.pk)
    assert found()[late] == 1
    Lifespan.objects.follow([aino.pk])
    assert late not in found()


def test_orders_that_were_emptied_leave_the_day_of_the_last(notice):
    """D01r: it is no day too late."""
    aino = CustomerFactory()
    order = OrderFactory(customer=aino, ordered_on="2026-01-02")
    Lifespan.objects.outlive([aino.pk])
    sql("UPDATE register_order SET ordered_on = NULL WHERE id = %s", order.pk)
    assert ("misdated", "register.lifespan (too late)") not in found()


def test_what_should_have_gone_long_ago_is_found():
    """P31, D02r, D03r: a customer last heard of in 2010, and an IP number of 2020."""
    draft = NoticeFactory()
    for rule in (
        {"term": "relationship_end", "years": 10, "inactive_months": 24},
        {"term": "collected", "months": 6, "categories": ["ip_address"]},
    ):
        ClauseFactory(notice=draft, kind="retention", **rule)
    adopt(draft, now=NOW, reason="Test")
    aino = CustomerFactory(ip_address="192.0.2.1", ip_seen_on="2026-03-01")
    assert found() == {}
    sql("UPDATE register_customer SET ip_seen_on = '2020-01-01' WHERE id = %s", aino.pk)
    assert found()["overdue", "register.customer.ip_address"] == 1
    sql("UPDATE register_lifespan SET active_on = '2010-01-01' WHERE customer_id = %s", aino.pk)
    assert found()["overdue", "register.customer"] == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE register_word SET word = 'muu' WHERE customer_id = %s AND word LIKE 'aino%%'",
        "DELETE FROM register_word WHERE customer_id = %s AND word LIKE 'aino%%'",
        "INSERT INTO register_word (customer_id, word, origin) VALUES (%s, 'muu', 'customer')",
    ],
)
def test_search_words_that_are_not_of_the_customer_are_found(notice, statement):
    """S03, E07"""
    aino = CustomerFactory(given_name="Aino", family_name="", email="")
    assert found() == {}
    sql(statement, aino.pk)
    assert found() == {("unfound", "register.customer"): 1}


def test_a_word_of_a_field_that_rests_is_found_when_it_is_put_back(notice):
    """S03, S08"""
    aino = CustomerFactory(given_name="Aino", family_name="", email="kuusi@koe.example")
    words = set(aino.words.values_list("word", flat=True))
    with because("Test"):
        restrict(
            aino,
            ground="accuracy",
            categories={"email"},
            request_number="2026-1",
            by=UserFactory(),
            now=timezone.now(),
        )
    assert found() == {}
    hidden = words - set(aino.words.values_list("word", flat=True))
    sql(
        "INSERT INTO register_word (customer_id, word, origin) VALUES (%s, %s, 'customer')",
        aino.pk,
        hidden.pop(),
    )
    assert found() == {("unfound", "register.customer"): 1}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE register_contactdigest SET digest = '0:1' WHERE kind = 'email'"
        " AND customer_id = %s",
        "DELETE FROM register_contactdigest WHERE customer_id = %s AND kind = 'postal_address'",
    ],
)
def test_a_digest_that_is_not_of_the_customer_is_found(notice, statement):
    """M11"""
    aino = CustomerFactory(email="aino@koe.example", street="Koekatu 1", postcode="00100")
    assert found() == {}
    sql(statement, aino.pk)
    assert found() == {("mismarked", "register.contactdigest"): 1}


def test_data_in_the_ledger_that_the_recipient_may_not_have_are_found(notice):
    """P12, P28"""
    firm = RecipientFactory(categories=["name"])
    given = DisclosureFactory(recipient=firm, ground="billing", categories=["name"])
    assert found() == {}
    sql('UPDATE register_disclosure SET categories = \'["name", "phone"]\' WHERE id = %s', given.pk)
    assert found()["given_too_much", "register.disclosure.phone"] == 1


def test_undeclared_data_in_history_alone_are_found(notice):
    """V07, P20"""
    aino = CustomerFactory()
    sql(
        "UPDATE register_historicalcustomer SET website = 'https://a.example' WHERE id = %s",
        aino.pk,
    )
    assert found()["undeclared_past", "register.customer.website (history)"] == 1


def test_an_identity_code_is_found(notice):
    """P20, I06"""
    aino = CustomerFactory()
    sql("UPDATE register_customer SET given_name = 'Aino 010190-123A' WHERE id = %s", aino.pk)
    assert found()["identity_code", "register.customer.given_name"] == 1


def test_duties_to_inform_that_were_removed_are_found(notice):
    """T12"""
    aino = CustomerFactory(collection=CollectionFactory(source_kind="partner"))
    assert found() == {}
    sql("DELETE FROM register_informationduty WHERE customer_id = %s", aino.pk)
    assert found() == {("duty_missing", "register.informationduty"): 1}


def test_a_ready_list_of_an_undeclared_purpose_is_found(notice):
    """P05, P14"""
    made = DisclosureFactory(purpose="orders", recipient=None, ground="")
    ready = CustomerListFactory(purpose="orders", made_at=NOW, disclosure=made)
    assert ("undeclared_list", "register.customerlist") not in found()
    sql("UPDATE register_customerlist SET purpose = 'publication' WHERE id = %s", ready.pk)
    assert found()["undeclared_list", "register.customerlist"] == 1


def test_a_mark_to_erase_without_a_request_is_found(notice):
    """P30, E06"""
    aino = CustomerFactory()
    sql("UPDATE register_customer SET to_erase_at = %s WHERE id = %s", NOW, aino.pk)
    assert found()["to_erase_unasked", "register.customer"] == 1


@pytest.mark.parametrize("table", ["rightsrequest", "historicalrightsrequest"])
def test_a_name_written_back_into_a_request_that_has_forgotten_it_is_found(notice, table):
    """E07, P67: in the row and in history."""
    aino = CustomerFactory()
    asked = RightsRequestFactory(customer=aino, received_at=NOW, closed_at=NOW)
    with because("Test"):
        erase(aino, request_number=asked.number, now=NOW)
        forget_when_answered(aino, now=NOW)
    assert found() == {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE rights_requests_{table} SET name = 'Aino' WHERE id = %s",  # noqa: S608
            [asked.pk],
        )
    where = "rights_requests.rightsrequest.name" + (" (history)" if "historical" in table else "")
    assert found()["request_remembers", where] >= 1


def test_every_kind_has_a_test_here():
    told = Path(__file__).read_text()
    assert [kind for kind in _looks if f'"{kind}"' not in told] == []


def test_a_kind_is_looked_for_once():
    with pytest.raises(KindIsTaken):
        looks_for("late", "Late.", advice="Hurry.", law="T01")(lambda now: iter(()))


def test_looking_takes_as_many_queries_for_many_rows(notice, django_assert_num_queries):
    def looked():
        with connection.execute_wrapper(count):
            list(drift(NOW))

    def count(execute, *args):
        counted.append(1)
        return execute(*args)

    counts = []
    for many in (1, 10):
        for _one in range(many):
            DisclosureFactory(recipient=RecipientFactory(), ground="billing")
            RightsRequestFactory(received_at=NOW, rights=[Right.ACCESS])
        counted = []
        looked()
        counts.append(len(counted))
    assert counts[0] == counts[1]


def run(*args):
    out = StringIO()
    try:
        call_command("check_promises", *args, stdout=out)
    except SystemExit as ended:
        return ended.code, out.getvalue()
    return 0, out.getvalue()


def test_the_command_tells_what_does_not_agree_and_what_to_do(notice):
    assert run() == (0, "Rivit pitävät sen, mikä on luvattu.\n")
    sql(
        "UPDATE register_customer SET website = 'https://koe.example' WHERE id = %s",
        CustomerFactory().pk,
    )
    code, told = run()
    assert code == 1
    assert "undeclared  customer.website: 1 rivi." in told
    assert "https://koe.example" not in told
    code, told = run("--json")
    document = json.loads(told)
    assert code == 1
    assert document["kept"] is False
    assert {one["id"] for one in document["drift"]} == {"undeclared", "unremembered", "no_origin"}
    assert set(document["drift"][0]) == {"id", "where", "count", "message", "advice", "law"}


def test_the_command_gives_one_document_when_all_is_kept(notice):
    code, told = run("--json")
    assert (code, json.loads(told)) == (0, {"drift": [], "held": [], "kept": True})
