"""Data that go though nobody has asked: whoever was given them is told first (art. 19, N01)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from audit.models import Task
from audit.reasons import because
from audit.tasks import run_next
from notices.publishing import adopt
from notices.terms import ClauseKind, DataCategory, Right
from register import narrowing
from register.models import Customer
from register.retention import begin
from rights_requests import decisions
from rights_requests.letters import mark_sent, post_instead
from rights_requests.models import Letter, LetterKind, Medium
from rights_requests.retaining import carry_out_narrowing, carry_out_run
from tests.factories import (
    BillingDataFactory,
    ClauseFactory,
    CollectionFactory,
    ContactRoleFactory,
    CustomerFactory,
    DisclosureFactory,
    HoldFactory,
    InvoiceFactory,
    NoticeFactory,
    OrganisationFactory,
    RecipientFactory,
    UserFactory,
)
from tests.register.test_erasure import everything_stored
from tests.rights_requests.at_the_desk import page_of_letter, staff
from tests.rights_requests.test_decisions import LATER, decider, only, proven

pytestmark = pytest.mark.django_db
GIVEN_AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
NOW = datetime(2026, 9, 5, 9, tzinfo=UTC)
LONG_AGO = date(2010, 1, 2)
EMPTIES = 'UPDATE "register_customer"'
NAMES = ["Aino", "Bea", "Carla"]


@pytest.fixture(autouse=True)
def notice(time_machine):
    time_machine.move_to(NOW, tick=False)
    notice = NoticeFactory(
        contact_email="vastuu@koepaja.example",
        declared=list(DataCategory),
        purposes={"orders": "contract"},
        recipients=["accounting", "credit"],
        grounds=["billing"],
    )
    ClauseFactory(notice=notice, kind=ClauseKind.RETENTION, term="relationship_end", years=10)
    adopt(notice, now=GIVEN_AT, reason="Test")
    with translation.override("en"):
        yield notice


def firm(name, *, customers=(), **columns):
    columns = {"kind": "credit", "language": "en", "categories": ["name", "phone"]} | columns
    made = RecipientFactory(name=name, email=f"{name.lower()}@firm.example", **columns)
    if customers:
        DisclosureFactory(
            recipient=made,
            ground="billing",
            customers=customers,
            categories=columns["categories"],
            at=GIVEN_AT,
        )
    return made


def people(names=NAMES, **values):
    values = {"phone": "040 7654321", "relationship_ended_on": date(2015, 1, 1)} | values
    return [
        CustomerFactory(
            given_name=name, family_name="Kajo", email=f"{name.lower()}@koe.example", **values
        )
        for name in names
    ]


def sweep(notice):
    carry_out_run(begin(notice, today=NOW.date(), now=NOW, yes=True), clock=lambda: NOW)


def narrow(*categories):
    with because("Too much"):
        one = narrowing.begin(categories, by=None, now=NOW)
    carry_out_narrowing(one, clock=lambda: NOW)


def letters():
    """What waits to be told to whom."""
    found = Letter.objects.filter(kind=LetterKind.TOLD_ERASURE).order_by("to_name")
    return {one.to_name: one for one in found}


def test_retention_tells_each_recipient_once_of_all_who_are_erased(notice):
    """N01, N04, E12: one letter, with the name as it was given, and nobody whom it never got."""
    aino, bea, carla = people()
    HoldFactory(customer=carla)
    firm("Luotto", customers=[aino, bea, carla])
    firm("Perijä", customers=[bea])
    firm("Muu", customers=people(["Eero"], relationship_ended_on=None))
    firm("Kirjuri", kind="accounting", has_standing_access=True, categories=["name"])
    sweep(notice)
    told = letters()
    assert set(told) == {"Luotto", "Perijä", "Kirjuri"}
    named = {
        name: [one for one in [*NAMES, "Eero"] if f"{one} Kajo" in letter.body]
        for name, letter in told.items()
    }
    assert named == {"Luotto": ["Aino", "Bea"], "Perijä": ["Bea"], "Kirjuri": ["Aino", "Bea"]}
    body = told["Luotto"].body
    for said in (
        "because their retention period is over",
        "Please erase all data of these people that you got from us.",
        "article 19",
    ):
        assert said in body
    assert "Erase all data of these people that you process for us." in told["Kirjuri"].body
    assert "request" not in body
    assert "aino@koe.example" not in body


def test_a_notice_that_drops_data_tells_whoever_has_got_those_data(notice):
    """N01, V07: which data, of whom; who got others is not told."""
    aino, bea, _carla = people()
    firm("Luotto", customers=[aino, bea])
    firm("Nimet", customers=[aino], categories=["name"])
    HoldFactory(customer=bea)
    narrow(DataCategory.PHONE)
    told = letters()
    assert set(told) == {"Luotto"}
    body = told["Luotto"].body
    assert ("Aino Kajo" in body, "Bea Kajo" in body) == (True, False)
    assert "because our privacy notice lists them no longer" in body
    assert "Please erase these data:\n\n- Phone" in body
    assert Customer.objects.get(pk=aino.pk).phone == ""


def test_a_firm_is_told_only_of_those_whose_dropped_data_it_has_got(notice):
    """N01, N04, art. 19: it sees billing data and no IP number, and many had an IP number alone."""
    aino, bea = people(["Aino", "Bea"], ip_address="192.0.2.1", ip_seen_on=NOW.date())
    shop = OrganisationFactory(organisation_name="Kahvila Kide Oy")
    for customer in (aino, shop):
        BillingDataFactory(customer=customer)
    sees = {"kind": "accounting", "has_standing_access": True}
    firm("Kirjuri", categories=["name", "billing"], **sees)
    firm("Osoite", categories=["name", "postal_address"], **sees)
    firm("Luotto", customers=[bea], categories=["name", "ip_address"])
    narrow(DataCategory.IP_ADDRESS, DataCategory.BILLING)
    told = letters()
    assert set(told) == {"Kirjuri", "Luotto"}
    body = told["Kirjuri"].body
    assert "Please erase these data" not in body
    assert "Erase these data, which you process for us:\n\n- Billing data\n\nYou" in body
    assert "## Whom it is about\n\n- Aino Kajo\n- Kahvila Kide Oy\n\n##" in body
    assert "- IP number\n\nYou" in told["Luotto"].body
    assert "## Whom it is about\n\n- Bea Kajo\n\n##" in told["Luotto"].body


def test_one_letter_says_of_each_what_goes_where_a_fact_keeps_something_of_one(notice):
    """N01, N04, E03: an open invoice needs the phone number and no IP number."""
    aino, bea, carla = people(ip_address="192.0.2.1", ip_seen_on=NOW.date())
    InvoiceFactory(customer=bea)
    firm("Luotto", customers=[aino, bea, carla], categories=["name", "phone", "ip_address"])
    firm("Numerot", customers=[aino, bea, carla], categories=["name", "phone"])
    narrow(DataCategory.PHONE, DataCategory.IP_ADDRESS)
    assert Letter.objects.filter(kind=LetterKind.TOLD_ERASURE).count() == 2
    each = (
        "Please erase these data:\n\n- Aino Kajo, 040 7654321: phone number, IP number\n"
        "- Bea Kajo, 040 7654321: IP number\n"
        "- Carla Kajo, 040 7654321: phone number, IP number\n\nYou"
    )
    assert each in letters()["Luotto"].body
    body = letters()["Numerot"].body
    assert (
        "## Whom it is about\n\n- Aino Kajo, 040 7654321\n- Carla Kajo, 040 7654321\n\n##" in body
    )
    assert "Please erase these data:\n\n- Phone number\n\nYou" in body


def test_a_value_that_came_after_it_was_given_is_asked_back_from_nobody(notice, time_machine):
    """N01, N04: by the ledger it got no phone number of hers, and sees the one of today."""
    time_machine.move_to(GIVEN_AT - timedelta(days=1))
    aino, bea = people(["Aino", "Bea"], phone="")
    with because("Test"):
        bea.phone = "040 7654321"
        bea.save(collection=CollectionFactory())
    firm("Luotto", customers=[aino, bea])
    firm("Kirjuri", kind="accounting", has_standing_access=True, categories=["name", "phone"])
    firm(
        "Entinen",
        kind="accounting",
        has_standing_access=True,
        categories=["name", "phone"],
        ended_on=GIVEN_AT.date(),
    )
    time_machine.move_to(NOW, tick=False)
    with because("Test"):
        aino.phone = "040 1234567"
        aino.save(collection=CollectionFactory())
    narrow(DataCategory.PHONE)
    named = {
        name: [one for one in ("Aino", "Bea") if f"{one} Kajo" in letter.body]
        for name, letter in letters().items()
    }
    assert named == {"Entinen": ["Bea"], "Luotto": ["Bea"], "Kirjuri": ["Aino", "Bea"]}


def test_an_organisation_is_called_by_its_name_whatever_was_given_of_it(notice):
    """N04, P58: our own number says nothing to anybody else."""
    shop = OrganisationFactory(organisation_name="Kahvila Kide Oy", phone="040 7654321")
    firm("Luotto", customers=[shop])
    firm("Numerot", customers=[shop], categories=["phone"])
    narrow(DataCategory.PHONE)
    for letter in letters().values():
        assert "- Kahvila Kide Oy" in letter.body
        assert shop.reference not in letter.body


def test_single_data_whose_own_period_is_over_are_told_of_too(notice):
    """N01, D03r: which data, and that it is those that are old."""
    late = NoticeFactory(
        declared=list(DataCategory),
        purposes={"orders": "contract"},
        recipients=["accounting", "credit"],
        grounds=["billing"],
    )
    ClauseFactory(
        notice=late, kind=ClauseKind.RETENTION, term="collected", years=3, categories=["phone"]
    )
    adopt(late, now=NOW, reason="Test")
    came = CollectionFactory(source_kind="partner", collected_on=LONG_AGO)
    [aino] = people(["Aino"], collection=came)
    [bea] = people(["Bea"])
    firm("Luotto", customers=[aino, bea])
    sweep(late)
    assert Customer.objects.get(pk=aino.pk).phone == ""
    body = letters()["Luotto"].body
    assert ("Aino Kajo" in body, "Bea Kajo" in body) == (True, False)
    assert "those of them whose own retention period is over" in body
    assert "Please erase these data:\n\n- Phone" in body
    sweep(late)
    assert Letter.objects.filter(kind=LetterKind.TOLD_ERASURE).count() == 1


def test_it_is_told_before_the_data_go_and_not_without(notice):
    """E12: one transaction."""
    aino, *_others = people()
    firm("Luotto", customers=[aino])
    with CaptureQueriesContext(connection) as seen:
        sweep(notice)
    statements = [one["sql"] for one in seen]
    written = [n for n, sql in enumerate(statements) if 'INTO "rights_requests_letter"' in sql]
    emptied = [n for n, sql in enumerate(statements) if sql.startswith(EMPTIES)]
    assert max(written) < min(emptied)


def test_who_waited_for_an_erasure_is_told_of_by_the_request_alone(notice):
    """E06, N01: one letter about one person."""
    aino, *_others = people(["Aino"])
    role = ContactRoleFactory(person=aino)
    firm("Luotto", customers=[aino])
    demand = only(proven(Right.ERASURE, customer=aino, email=aino.email))
    needed = "She signs for the firm until the delivery is over."
    decisions.grant(demand, by=decider(), now=LATER, needed_for_role=needed)
    role.ended_on = date(2026, 9, 4)
    with because("Given up"):
        role.save(collection=CollectionFactory())
    before = set(Letter.objects.values_list("pk", flat=True))
    sweep(notice)
    new = Letter.objects.exclude(pk__in=before).filter(kind=LetterKind.TOLD_ERASURE)
    assert [one.demand for one in new] == [demand]


def test_when_the_letter_has_left_nobody_is_named_any_more(notice):
    """P67: it is the last place that knows the names."""
    firm("Luotto", customers=people())
    sweep(notice)
    assert "aino" in everything_stored()
    while run_next(timezone.now()):
        pass
    [letter] = Letter.objects.filter(kind=LetterKind.TOLD_ERASURE)
    assert (letter.sent_at, letter.body, letter.to_email) == (NOW, "", "")
    assert "aino" not in everything_stored()


def test_mail_that_does_not_arrive_is_posted(notice):
    """N01"""
    firm("Luotto", customers=people(), address="Koekatu 1, 00100 Helsinki")
    sweep(notice)
    letter = letters()["Luotto"]
    with because("Test"):
        letter.failed_at = NOW
        letter.save()
    assert post_instead(letter, now=NOW)
    letter.refresh_from_db()
    assert (letter.medium, letter.to_address) == (Medium.POST, "Koekatu 1\n00100 Helsinki")
    page = staff().get(page_of_letter(letter))
    assert (page.status_code, "Aino Kajo" in page.text) == (200, True)
    mark_sent(letter, now=NOW, posted_by=UserFactory())
    assert Letter.objects.get(pk=letter.pk).body == ""


@pytest.mark.parametrize("act", ["retention", "notice"])
def test_it_takes_as_many_queries_however_many_go(act, notice):
    """No query for each person."""

    def queries(names):
        some = people(names)
        firm(f"Luotto {len(names)}", customers=some)
        with CaptureQueriesContext(connection) as seen:
            if act == "retention":
                sweep(notice)
            else:
                narrow(DataCategory.PHONE)
        Task.objects.all().delete()
        return len(seen)

    few = queries(["Aino", "Bea"])
    assert queries([f"Aino{'a' * n}" for n in range(30)]) <= few + 1
