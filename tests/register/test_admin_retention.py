from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Task
from audit.tasks import run_next
from notices.publishing import adopt
from notices.terms import ClauseKind
from register.models import Customer, Hold, RetentionRun
from staff.models import UndertakingText
from staff.roles import Role
from tests.factories import (
    ClauseFactory,
    CollectionFactory,
    CustomerFactory,
    HoldFactory,
    InvoiceFactory,
    NoticeFactory,
    RetentionRunFactory,
    UserFactory,
)
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture(autouse=True)
def notice():
    notice = NoticeFactory()
    ClauseFactory(
        notice=notice,
        kind=ClauseKind.RETENTION,
        term="relationship_end",
        years=10,
        inactive_months=24,
    )
    adopt(notice, now=timezone.now(), reason="Test")
    return notice


def staff(role):
    """A client of somebody who has signed; `person` is who it is."""
    client = Client(headers={"accept-language": "en"})
    client.person = UserFactory(role=role, language="en")
    client.person.sign(
        UndertakingText.objects.current(), name=client.person.name, now=timezone.now()
    )
    return sign_in(client, client.person)


@pytest.fixture
def contact():
    return staff(Role.DATA_PROTECTION_CONTACT)


def customer_of(day, **values):
    origin = CollectionFactory(source_kind="partner", collected_on=day)
    return CustomerFactory(collection=origin, **values)


def page_of(customer):
    return reverse("admin:register_customer_change", args=[customer.reference])


def text_of(response):
    return " ".join(response.content.decode().split())


def test_the_page_of_a_customer_says_when_the_data_go_and_what_keeps_them(contact):
    """P31, D02r"""
    aino = customer_of(date(2020, 1, 2))
    InvoiceFactory(
        customer=aino,
        number="L-7",
        invoiced_on=date(2020, 1, 2),
        due_on=date(2020, 1, 2),
        collection=CollectionFactory(source_kind="partner", collected_on=date(2020, 1, 2)),
    )
    told = text_of(contact.get(page_of(aino)))
    assert "is over on 3 January 2032" in told
    assert "Invoice L-7 of 2 January 2020 is not paid" in told


def test_the_pages_say_which_data_go_by_a_period_of_their_own(contact, today):
    """P31, D02r: on the customer's page when, on the run's page of whom."""
    draft = NoticeFactory()
    rule = {"term": "collected", "years": 3, "categories": ["phone"]}
    ClauseFactory(notice=draft, kind=ClauseKind.RETENTION, **rule)
    adopt(draft, now=timezone.now(), reason="Test")
    aino = customer_of(date(2022, 1, 2), phone="040 123 4567", given_name="Aino")
    told = text_of(contact.get(page_of(aino)))
    assert "Phone number: a period of its own, which is over on 3 January 2025." in told
    run = RetentionRunFactory(notice=draft, today_on=today)
    page = reverse("admin:register_retentionrun_change", args=[run.pk])
    told = text_of(contact.get(page))
    assert "Phone number: some of those of whom it goes" in told
    assert aino.name in told


def test_a_relationship_that_ends_by_staff_s_word_moves_the_day(contact, today):
    """D01r: with the reason that the page asks for."""
    aino = CustomerFactory()
    page = contact.get(page_of(aino))
    assert 'name="relationship_ended_on"' in page.content.decode()
    form = page.context["adminform"].form
    sent = {name: form[name].value() or "" for name in form.fields}
    inlines = page.context["inline_admin_formsets"]
    for inline in inlines:
        manage = inline.formset.management_form
        sent |= {manage.add_prefix(name): manage[name].value() for name in manage.fields}
    sent |= {
        "relationship_ended_on": "2026-02-03",
        "reason": "Said so by phone",
        "source_kind": "customer_notice",
        "collected_on": today.isoformat(),
    }
    answer = contact.post(page_of(aino), sent)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert aino.history.latest("history_id").history_change_reason == "Said so by phone"
    assert "is over on 4 February 2036" in text_of(contact.get(page_of(aino)))


def test_a_legal_claim_keeps_a_customer_by_somebody_s_name_and_ends_with_a_reason(contact, today):
    """E02, D02r: who decided stands in the history."""
    aino = CustomerFactory()
    hold = reverse("admin:register_customer_hold", args=[aino.reference])
    for reason, day, fault in (
        ("", today + timedelta(days=1), "This field is required."),
        ("Asia 131052-308T", today + timedelta(days=1), "identity code"),
        ("Reklamaatio", today, "Give a day that is still to come."),
    ):
        told = text_of(contact.post(hold, {"reason": reason, "review_on": day.isoformat()}))
        assert fault in told
    assert not Hold.objects.exists()
    review = today + timedelta(days=90)
    contact.post(hold, {"reason": "Reklamaatio", "review_on": review.isoformat()})
    claim = Hold.objects.get()
    assert (claim.customer, claim.kind, claim.review_on) == (aino, "legal_claim", review)
    assert claim.history.get().history_user == contact.person
    assert "needed for a legal claim since" in text_of(contact.get(page_of(aino)))
    end = reverse("admin:register_customer_hold_end", args=[aino.reference, claim.pk])
    contact.post(end, {"reason": "Settled"})
    claim.refresh_from_db()
    assert claim.ended_on == today
    assert claim.history.latest("history_id").history_change_reason == "Settled"
    assert contact.get(end).status_code == 404


def test_the_hold_of_another_customer_is_not_found(contact):
    hold = HoldFactory()
    other = CustomerFactory()
    end = reverse("admin:register_customer_hold_end", args=[other.reference, hold.pk])
    assert contact.get(end).status_code == 404


def test_a_run_that_asks_shows_whom_it_is_about_and_takes_a_yes(contact, notice, today):
    """D02r: once, by somebody's name; a second press does nothing."""
    free, held = customer_of(date(2010, 1, 2), given_name="Vapaa"), customer_of(date(2010, 1, 2))
    HoldFactory(customer=held)
    run = RetentionRunFactory(question="many", due=2, notice=notice, today_on=today)
    page = reverse("admin:register_retentionrun_change", args=[run.pk])
    told = text_of(contact.get(page))
    assert "Unusually many customers, or single data of so many, fall due at once." in told
    assert "Erase 2 customers" in told
    assert free.name in told
    assert "needed for a legal claim" in told
    assert "2 customers wait for your yes" in text_of(contact.get(reverse("admin:index")))
    confirm = reverse("admin:register_retentionrun_confirm", args=[run.pk])
    for _press in range(2):
        assert contact.post(confirm).status_code == 302
    assert Task.objects.filter(act="carry_out_retention").count() == 1
    while run_next(timezone.now(), long=True):
        pass
    run.refresh_from_db()
    assert (run.confirmed_by, run.erased, run.blocked) == (contact.person, 1, 1)
    assert Customer.objects.get(erased_at__isnull=False) == free
    assert "because the retention period was over (R-" in text_of(contact.get(page_of(free)))
    assert "Erase 2 customers" not in text_of(contact.get(page))


def test_the_front_page_draws_the_months_ahead_for_those_who_see_customers(contact):
    """P31"""
    front = reverse("admin:index")
    assert "Nobody’s data fall due for erasure within two years." in text_of(contact.get(front))
    customer_of(date(2010, 1, 2))
    told = text_of(contact.get(front))
    assert "The data of 1 customer fall due for erasure within two years." in told
    assert told.count('<rect class="bar" x="0"') == 1
    assert "style=" not in told[told.index('class="module ahead"') :].split("</section>")[0]
    administrator = staff(Role.ADMINISTRATOR)
    assert 'class="module ahead"' not in text_of(administrator.get(front))


@pytest.mark.parametrize("count", [1, 4])
def test_the_front_page_takes_as_many_queries_for_many(
    contact, count, django_assert_max_num_queries
):
    for number in range(count):
        customer_of(date(2010 + number, 1, 2))
    with django_assert_max_num_queries(30):
        contact.get(reverse("admin:index"))
    assert RetentionRun.objects.count() == 0


def test_a_run_that_asks_about_single_data_says_of_how_many(contact, today):
    """D02r, D03r"""
    draft = NoticeFactory()
    ClauseFactory(
        notice=draft,
        kind=ClauseKind.RETENTION,
        term="collected",
        years=1,
        categories=["ip_address"],
    )
    adopt(draft, now=timezone.now(), reason="Test")
    for _one in range(2):
        seen_on = today - timedelta(days=800)
        customer_of(seen_on, ip_address="192.0.2.1", ip_seen_on=seen_on)
    run = RetentionRunFactory(question="many", due=0, notice=draft, today_on=today)
    page = contact.get(reverse("admin:register_retentionrun_change", args=[run.pk])).text
    assert "IP number: of 2 customers." in page
    assert "Erase what is due" in page
