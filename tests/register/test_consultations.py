"""The log of consultations: who looked at whom, when and for what (A03, D05r)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.files import keep
from audit.models import BypassesHistory
from audit.reasons import because
from register.erasure import erase
from register.extract import extract_of
from register.models import Consultation, Customer
from staff.roles import Role
from tests.factories import (
    AttachmentFactory,
    BillingDataFactory,
    ConsultationFactory,
    CustomerFactory,
    DisclosureFactory,
    InvoiceFactory,
    NoticeFactory,
    OrderFactory,
    RestrictionFactory,
    UserFactory,
)
from tests.rights_requests.at_the_desk import ask, page_of, staff

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 7, 9, 0, tzinfo=UTC)
LIST = reverse("admin:register_customer_changelist")
LOG = reverse("admin:register_consultation_changelist")
OCCASION = reverse("admin:register_customer_occasion")
PHONE = reverse("phone_order")


@pytest.fixture(autouse=True)
def notice():
    return NoticeFactory(in_force=True)


@pytest.fixture
def contact():
    return staff(Role.DATA_PROTECTION_CONTACT)


@pytest.fixture
def fresh(contact):
    """Somebody whose sitting has just begun."""
    session = contact.session
    del session["occasion"]
    session.save()
    return contact


@pytest.fixture
def aino():
    return CustomerFactory(given_name="Ilpo", family_name="Kajo")


def page(row, name="change"):
    model = row._meta.model_name
    return reverse(f"admin:register_{model}_{name}", args=[getattr(row, "reference", row.pk)])


def look_for(client, text, address=LIST):
    return client.post(address, {"q": text}, follow=True)


def looks():
    rows = Consultation.objects.order_by("pk")
    return list(rows.values_list("customer", "sight", "occasion"))


def test_opening_a_customer_is_written_down(contact, aino):
    """A03: who, when, for what and what; each page a line."""
    order = OrderFactory(customer=aino)
    invoice, billing = InvoiceFactory(customer=aino), BillingDataFactory(customer=aino)
    paper = AttachmentFactory(customer=aino, file=keep(ContentFile(b"%PDF-")))
    opened = [
        *((page(row), "page") for row in (aino, order, invoice, billing, paper)),
        *((page(row, "history"), "history") for row in (aino, order)),
        (reverse("admin:register_attachment_file", args=[paper.pk]), "paper"),
    ]
    for address, _sight in opened:
        response = contact.get(address)
        assert response.status_code == 200
        response.getvalue()
    contact.post(page(aino, "package")).getvalue()
    assert looks() == [(aino.pk, sight, "care") for _address, sight in opened] + [
        (aino.pk, "export", "care")
    ]
    look = Consultation.objects.first()
    assert look.looked_by.role == Role.DATA_PROTECTION_CONTACT
    assert abs(timezone.now() - look.looked_at) < timedelta(minutes=5)


def test_what_was_not_shown_is_not_written_down(contact, aino):
    contact.post(page(aino), {})
    contact.get(page(aino).replace(aino.reference, "000000000"))
    staff(Role.ACCOUNTING).get(page(aino))
    staff(Role.VIEWER).get(page(aino, "history"))
    assert looks() == []


def test_everybody_on_the_page_of_a_result_is_written_down_by_one_statement(contact, aino):
    """A03: not those of the next page, nor those not found."""
    many = [CustomerFactory(family_name="Sama") for _one in range(30)]
    with CaptureQueriesContext(connection) as asked:
        shown = look_for(contact, "sama").context["cl"].result_list
    assert {key for key, _sight, _occasion in looks()} == {one.pk for one in shown}
    assert len(shown) == 25
    assert set(shown) < set(many)
    assert {sight for _key, sight, _occasion in looks()} == {"search"}
    inserts = [one for one in asked if 'INSERT INTO "register_consultation"' in one["sql"]]
    assert len(inserts) == 1


LISTS = {
    "register_customer": lambda customer: customer,
    "register_order": lambda customer: OrderFactory(customer=customer),
    "register_invoice": lambda customer: InvoiceFactory(customer=customer),
    "register_attachment": lambda customer: AttachmentFactory(customer=customer),
    "register_billingdata": lambda customer: BillingDataFactory(customer=customer),
}


@pytest.mark.parametrize("way", ["", "?p=2", "?language=fi", "?q="])
@pytest.mark.parametrize("name", LISTS)
def test_who_stands_on_a_page_of_a_list_is_looked_at(contact, name, way):
    """A03, S02: without a search too, by one statement; whoever rests is not shown."""
    for _one in range(27):
        LISTS[name](CustomerFactory())
    rested = CustomerFactory()
    LISTS[name](rested)
    RestrictionFactory(customer=rested)
    if way == "?language=fi" and name != "register_customer":
        way = "?p=1"
    with CaptureQueriesContext(connection) as asked:
        page = contact.get(reverse(f"admin:{name}_changelist") + way)
    assert page.status_code == 200
    rows = page.context["cl"].result_list
    shown = {getattr(row, "customer_id", row.pk) for row in rows}
    assert {key for key, _sight, _occasion in looks()} == shown
    assert {(sight, task) for _key, sight, task in looks()} == {("list", "care")}
    assert rested.pk not in shown
    inserts = [one for one in asked if 'INSERT INTO "register_consultation"' in one["sql"]]
    assert len(inserts) == 1


def test_who_was_on_a_list_is_looked_at(aino):
    """A03: each page of them; nobody who is erased or rests, of whom nothing is shown."""
    NoticeFactory(in_force=True, purposes={"orders": "contract"})
    many = [CustomerFactory() for _one in range(50)]
    gone, rested = CustomerFactory(), CustomerFactory()
    ledger = DisclosureFactory(customers=[*many, aino, gone, rested])
    with because("Made for a test"):
        erase(gone, request_number="2026-1", now=NOW)
    RestrictionFactory(customer=rested)
    viewer = staff(Role.VIEWER)
    address = reverse("admin:register_disclosure_change", args=[ledger.pk])
    viewer.get(address)
    viewer.get(f"{address}?p=2")
    assert sorted(key for key, _sight, _task in looks()) == sorted(one.pk for one in [*many, aino])
    assert {(sight, task) for _key, sight, task in looks()} == {("list", "care")}


def test_whom_to_tell_is_looked_at(contact, aino):
    """A03"""
    contact.get(reverse("admin:register_customer_telling") + "?list=untold")
    assert looks() == [(aino.pk, "list", "telling")]


def test_a_search_of_orders_tells_whose_they_are(contact, aino):
    OrderFactory(customer=aino, number="T-77")
    OrderFactory(number="T-88")
    look_for(contact, "T-77", reverse("admin:register_order_changelist"))
    assert looks() == [(aino.pk, "search", "care")]


@pytest.mark.parametrize("way", ["page", "history", "search", "list"])
def test_outside_any_task_it_is_asked_once_and_then_never(fresh, aino, way):
    """Nothing is shown before, and what was wanted comes after; no words get into an address."""
    other = CustomerFactory(family_name="Kajo")
    wanted = {
        "page": page(aino),
        "history": page(aino, "history"),
        "search": "",
        "list": f"{LIST}?language=fi",
    }[way]
    asked = fresh.get(wanted, follow=True) if wanted else look_for(fresh, "kajo")
    assert asked.redirect_chain[-1][0] == OCCASION
    assert "Kajo" not in asked.text
    assert looks() == []
    for wrong in ({}, {"occasion": "curiosity"}, {"occasion": "legal_claim"}):
        assert fresh.post(OCCASION, wrong).status_code == 200
    shown = fresh.post(OCCASION, {"occasion": "checking"}, follow=True)
    assert "Kajo" in shown.text
    assert "kajo" not in shown.redirect_chain[-1][0]
    assert {occasion for _key, _sight, occasion in looks()} == {"checking"}
    assert fresh.get(page(other)).status_code == 200
    assert looks()[-1] == (other.pk, "page", "checking")


def test_the_way_in_tells_what_it_is_for(fresh, aino):
    """A call and a request are tasks by themselves, whatever the sitting began with."""
    asked = ask("access", customer=aino, proof="in_person")
    fresh.post(PHONE, {"act": "find", "q": "kajo"})
    fresh.get(page(aino))
    fresh.get(page_of(asked))
    fresh.get(page_of(asked, "copy"))
    fresh.get(page(aino))
    assert looks() == [
        (aino.pk, "search", "call"),
        (aino.pk, "page", "call"),
        (aino.pk, "page", "request"),
        (aino.pk, "export", "request"),
        (aino.pk, "page", "request"),
    ]


@pytest.mark.parametrize(
    ("make", "occasion"), [(OrderFactory, "order"), (InvoiceFactory, "billing")]
)
def test_a_sitting_that_begins_with_an_order_or_an_invoice_is_for_that(fresh, make, occasion):
    row = make()
    assert fresh.get(page(row)).status_code == 200
    assert fresh.get(page(row.customer)).status_code == 200
    assert looks() == [(row.customer.pk, "page", occasion)] * 2


def test_the_task_can_be_changed(contact, aino):
    assert OCCASION in contact.get(LIST).text
    contact.post(OCCASION, {"occasion": "billing"})
    contact.get(page(aino))
    assert looks() == [(aino.pk, "list", "care"), (aino.pk, "page", "billing")]


def test_a_page_takes_one_statement_more_however_much_was_logged(contact, aino):
    found = []
    for count in (1, 40):
        for _one in range(count):
            ConsultationFactory(customer=aino)
        with CaptureQueriesContext(connection) as asked:
            contact.get(page(aino))
        found.append(len(asked))
    assert found[0] == found[1]


# --- who reads the log


def test_the_contact_reads_it_and_it_shows_no_data(contact, aino):
    """A03: by reference, so that reading the log is no look at a customer."""
    ConsultationFactory(customer=aino, looked_by=UserFactory(name="Päivi Päättäjä"))
    shown = contact.get(LOG)
    for words in (aino.reference, "Päivi Päättäjä", "the customer is served or contacted"):
        assert words in shown.text
    assert "Kajo" not in shown.text
    assert len(looks()) == 1
    for role in (Role.VIEWER, Role.HANDLER, Role.ACCOUNTING, Role.ADMINISTRATOR):
        assert staff(role).get(LOG).status_code == 403


def test_it_is_searched_and_filtered(contact, aino):
    by = UserFactory()
    own = ConsultationFactory(customer=aino, occasion="billing")
    other = ConsultationFactory(looked_by=by)

    def shown(**params):
        return list(contact.get(LOG, params).context["cl"].result_list)

    assert shown() == [other, own]
    assert shown(occasion="billing") == [own]
    assert shown(by=str(by.pk)) == [other]
    assert shown(by="x", occasion="y") == [other, own]
    found = look_for(contact, aino.reference.lower(), LOG).context["cl"]
    assert list(found.result_list) == [own]
    assert list(look_for(contact, "Kajo", LOG).context["cl"].result_list) == []


@pytest.mark.parametrize("column", ["customer_id", "looked_by_id", "occasion"])
def test_no_filter_reads_the_whole_log(column):
    """The index leads to the rows, newest first."""
    rows = Consultation.objects.filter(**{column: 1}).order_by("-pk")[:50]
    if connection.vendor == "postgresql":
        # of an empty table any plan is good: take away the one that reads it all
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    plan = rows.explain()
    assert "consultation_" in plan
    assert "SCAN register_consultation\n" not in f"{plan}\n"


# --- the person


def test_the_person_is_told_when_and_for_what_and_not_who(aino):
    """A03, C-579/21"""
    by = UserFactory(name="Päivi Päättäjä")
    ConsultationFactory(customer=aino, looked_by=by, occasion="billing", looked_at=NOW)
    ConsultationFactory(looked_by=by)
    copy = extract_of(aino, now=NOW)
    [section] = [one for one in copy["sections"] if one["key"] == "consultation"]
    assert [[one["exact"] for one in row["values"]] for row in section["rows"]] == [
        [NOW.isoformat(), "page", "billing"]
    ]
    assert "Päivi" not in str(copy)


def test_it_outlives_the_data_and_names_nobody(aino):
    """E09: that somebody looked stays; whom, nobody knows."""
    ConsultationFactory(customer=aino)
    with because("Test"):
        done = erase(aino, request_number="2026-17", now=NOW)
    assert done.kept["register.consultation"] == 1
    assert Customer.objects.get(pk=aino.pk).name == ""
    assert Consultation.objects.count() == 1


# --- its own period


def test_it_is_forgotten_after_its_own_years(aino, monkeypatch):
    """D05r: as long as claims can be made, and by the daily clock."""
    monkeypatch.setattr("register.models.consultations.A_BLOCK", 2)
    now = timezone.now()
    for days in (5 * 365, 4 * 365, 3 * 365 + 2, 3 * 365 + 2, 3 * 365 - 2, 1):
        ConsultationFactory(customer=aino, looked_at=now - timedelta(days=days))
    call_command("forget_consultations")
    assert Consultation.objects.count() == 2
    call_command("forget_consultations")
    assert Consultation.objects.count() == 2
    assert "forget_consultations" in settings.DAILY_COMMANDS


def test_the_period_is_a_setting(aino, settings):
    settings.CONSULTATION_YEARS = 5
    ConsultationFactory(customer=aino, looked_at=timezone.now() - timedelta(days=4 * 365))
    call_command("forget_consultations")
    assert Consultation.objects.count() == 1


def test_a_look_is_never_altered(aino):
    look = ConsultationFactory(customer=aino)
    for change in (look.save, look.delete, Consultation.objects.all().delete):
        with pytest.raises(BypassesHistory):
            change()
