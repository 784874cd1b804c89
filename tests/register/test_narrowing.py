"""A notice that lists less: what it drops is emptied first, everywhere; then it governs (V07)."""

from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from audit.drift import drift
from audit.models import Task
from audit.reasons import ReasonMissing, because
from audit.tasks import run_next
from notices.personal_data import UndeclaredData
from notices.publishing import RegisterHoldsMore, adopt
from notices.terms import DataCategory
from register.erasure import erase
from register.models import BillingData, Customer, Hold, Narrowing, Word
from register.narrowing import (
    begin,
    carry_out,
    dropped_by,
    empty_undeclared,
    holders,
    kept_back,
    kept_of,
)
from rights_requests.decisions import link
from staff.roles import Role
from tests.factories import (
    BillingDataFactory,
    CollectionFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
    PaymentFactory,
    RestrictionFactory,
    UndertakingFactory,
    UserFactory,
)
from tests.rights_requests.at_the_desk import ask
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 7, 9, 0, tzinfo=UTC)
WEBSITE = [DataCategory.WEBSITE]


def without(*dropped):
    return [one for one in DataCategory if one not in dropped]


@pytest.fixture
def notice():
    return NoticeFactory(in_force=True)


@pytest.fixture
def draft(notice):
    return NoticeFactory(declared=without(DataCategory.WEBSITE))


@pytest.fixture
def aino(notice):
    """Somebody whose web address changed once."""
    aino = CustomerFactory(
        given_name="Aino", website="https://old.example", email="aino@koe.example"
    )
    with because("She moved her site"):
        aino.website = "https://new.example"
        aino.save(collection=CollectionFactory())
    return aino


def emptied(categories=WEBSITE):
    with because("Too much"):
        one = begin(categories, by=None, now=NOW)
    carry_out(one, clock=lambda: NOW)
    return one


def test_what_a_draft_drops_is_what_the_notice_in_force_lists_beyond_it(notice, draft):
    assert dropped_by(draft, notice) == WEBSITE
    assert dropped_by(notice, draft) == []


def test_the_values_go_everywhere_and_the_notice_can_come_into_force(draft, aino):
    """V07, P17: in the row, in history, with their origins, and nothing else goes."""
    CustomerFactory(website="https://other.example")
    bystander = CustomerFactory(city="Porvoo")
    before = bystander.history.count()
    with pytest.raises(RegisterHoldsMore):
        adopt(draft, now=NOW, reason="Test")
    one = emptied()
    assert (one.people, one.done, one.emptied, one.kept) == (2, 2, 2, 0)
    assert one.ended_at == NOW
    aino.refresh_from_db()
    assert aino.website == ""
    assert "website" not in aino.collected
    assert (aino.given_name, aino.email) == ("Aino", "aino@koe.example")
    assert set(aino.history.values_list("website", flat=True)) == {""}
    newest = aino.history.order_by("-history_id").first()
    assert "seloste" in newest.history_change_reason
    assert set(aino.history.exclude(pk=newest.pk).values_list("erased_by", flat=True)) == {
        one.number
    }
    assert bystander.history.count() == before
    adopt(draft, now=NOW, reason="Test")
    assert Customer.objects.filter(website="").count() == 3


def test_what_was_kept_once_and_stands_in_history_alone_goes_too(draft, aino):
    """V07, E07"""
    with because("She asked"):
        aino.website = ""
        aino.save(collection=CollectionFactory())
    assert holders(WEBSITE).get() == aino
    emptied()
    assert set(aino.history.values_list("website", flat=True)) == {""}
    assert not holders(WEBSITE).exists()


def test_nobody_is_found_by_what_was_emptied(notice):
    aino = CustomerFactory(given_name="Aino", email="kuusi@koe.example")
    assert Customer.objects.search("kuusi").get() == aino
    emptied([DataCategory.EMAIL])
    assert not Customer.objects.search("kuusi").exists()
    assert not Word.objects.filter(word__startswith="kuusi").exists()
    assert Customer.objects.search("aino").get() == aino


def test_what_an_open_invoice_needs_stops_no_notice_and_goes_when_it_is_paid(notice, capsys):
    """V07, E04, E06: nobody can enter such data meanwhile, and the row can still be saved."""
    billing = BillingDataFactory(street="Kampikuja 3")
    invoice = InvoiceFactory(customer=billing.customer, due_on=date(2026, 5, 4))
    other = BillingDataFactory(street="Muu 1")
    draft = NoticeFactory(declared=without(DataCategory.BILLING))
    assert kept_back([DataCategory.BILLING]) == 1
    with pytest.raises(RegisterHoldsMore):
        adopt(draft, now=NOW, reason="Test")
    one = emptied([DataCategory.BILLING])
    assert (one.done, one.kept) == (2, 1)
    assert BillingData.objects.get(pk=other.pk).street == ""
    adopt(draft, now=NOW, reason="Test")
    billing = BillingData.objects.get(pk=billing.pk)
    assert billing.street == "Kampikuja 3"
    billing.street = "Uusi 1"
    with because("Test"), pytest.raises(UndeclaredData):
        billing.save(collection=CollectionFactory())
    with because("Test"):
        BillingData.objects.get(pk=billing.pk).save()
    with translation.override("en"):
        [told] = [found for found in drift(NOW) if found.id == "held"]
        assert (
            told.where == "billing data: open invoice, looked at again on 4 May 2029 at the latest"
        )
        call_command("check_promises")
    assert "held  billing data" in capsys.readouterr().out
    assert empty_undeclared(now=NOW) is None
    PaymentFactory(invoice=invoice, amount=invoice.amount)
    assert "empty_undeclared" in settings.DAILY_COMMANDS
    call_command("empty_undeclared")
    while run_next(datetime.now(UTC), long=True):
        pass
    billing.refresh_from_db()
    assert billing.street == ""
    assert "Kampikuja 3" not in set(billing.history.values_list("street", flat=True))
    assert list(drift(NOW)) == []
    call_command("empty_undeclared")
    assert Narrowing.objects.count() == 2


def test_what_is_kept_is_read_on_the_page_of_the_customer_with_why_and_until_when(notice, client):
    """Art. 18(2), P20, V07: it is kept to be used for that, so whoever does must see it; nobody
    writes there what the notice does not list."""
    aino = CustomerFactory(given_name="Aino", phone="040 123 4567", phone_e164="+358401234567")
    other = CustomerFactory(given_name="Eero", phone="040 765 4321")
    InvoiceFactory(customer=aino, number="L-7", due_on=date(2026, 5, 4))
    draft = NoticeFactory(declared=without(DataCategory.PHONE))
    emptied([DataCategory.PHONE])
    adopt(draft, now=NOW, reason="Test")
    contact = UserFactory(role=Role.DATA_PROTECTION_CONTACT)
    UndertakingFactory(user=contact)
    sign_in(client, contact)
    with translation.override("en"):
        page = client.get(reverse("admin:register_customer_change", args=[aino.reference]))
        bare = client.get(reverse("admin:register_customer_change", args=[other.reference]))
    form = page.context["adminform"]
    assert "phone" not in form.form.fields
    assert {"phone", "phone_e164"} <= set(form.readonly_fields)
    assert "040 123 4567" in page.text
    assert "L-7" in form.form._meta.help_texts["phone"]
    assert "phone" not in bare.context["adminform"].form._meta.help_texts
    assert 'field-phone"' not in bare.text


def test_an_ip_number_that_a_request_asks_for_is_read_on_the_page(notice, contact):
    """V07, P20, E04: an open request for access keeps it, and the page says which."""
    aino = CustomerFactory(ip_address="192.0.2.1", ip_seen_on=date(2026, 1, 2))
    link(ask("access", proof="in_person"), aino, now=NOW)
    hold = Hold.objects.holding().get(customer=aino)
    assert emptied([DataCategory.IP_ADDRESS]).kept == 1
    draft = NoticeFactory(declared=without(DataCategory.IP_ADDRESS))
    adopt(draft, now=NOW, reason="Test")
    page = contact.get(reverse("admin:register_customer_change", args=[aino.reference]))
    assert "192.0.2.1" in page.text
    form = page.context["adminform"].form
    assert hold.reference in form._meta.help_texts["ip_address"]
    assert {"ip_address", "ip_seen_on"}.isdisjoint(form.fields)
    assert "are kept for this alone and go by themselves when it has ended: IP number." in page.text


def test_what_a_fact_keeps_in_history_alone_is_told_on_the_page(notice, contact):
    """V07, E07: the row says nothing of it any more."""
    aino = CustomerFactory(ip_address="192.0.2.1", ip_seen_on=date(2026, 1, 2))
    with because("Test"):
        aino.ip_address = aino.ip_seen_on = None
        aino.save(collection=CollectionFactory())
    link(ask("access", proof="in_person"), aino, now=NOW)
    assert emptied([DataCategory.IP_ADDRESS]).kept == 1
    adopt(NoticeFactory(declared=without(DataCategory.IP_ADDRESS)), now=NOW, reason="Test")
    page = reverse("admin:register_customer_change", args=[aino.reference])
    told = "are kept for this alone and go by themselves when it has ended: IP number."
    assert told in contact.get(page).text
    [hold] = aino.holds.holding()
    with because("Test"):
        hold.end(today=date(2026, 6, 8))
    assert "are kept for this alone" not in contact.get(page).text


def test_the_advice_for_what_nothing_keeps_any_more_can_be_followed(notice, contact, capsys):
    """V07: no page has a field for it, and the command that the advice names empties it."""
    aino = CustomerFactory(ip_address="192.0.2.1", ip_seen_on=date(2026, 1, 2))
    link(ask("access", proof="in_person"), aino, now=NOW)
    adopt(NoticeFactory(declared=without(DataCategory.IP_ADDRESS)), now=NOW, reason="Test")
    [hold] = aino.holds.holding()
    with because("Test"):
        hold.end(today=date(2026, 6, 8))
    with translation.override("en"), pytest.raises(SystemExit):
        call_command("check_promises")
    advice = capsys.readouterr().out
    assert "customer.ip_address" in advice
    assert "sooner by manage.py empty_undeclared" in advice
    call_command("empty_undeclared")
    while run_next(datetime.now(UTC), long=True):
        pass
    aino.refresh_from_db()
    assert aino.ip_address is None
    assert [one for one in drift(NOW) if one.id == "undeclared"] == []


def test_of_several_dropped_data_what_the_fact_does_not_need_goes(notice):
    """E03: the invoice keeps the phone and not the web site."""
    aino = CustomerFactory(website="https://aino.example", phone="040 123 4567")
    InvoiceFactory(customer=aino)
    draft = NoticeFactory(declared=without(DataCategory.WEBSITE, DataCategory.PHONE))
    assert emptied([DataCategory.WEBSITE, DataCategory.PHONE]).kept == 1
    aino.refresh_from_db()
    assert (aino.website, aino.phone) == ("", "040 123 4567")
    adopt(draft, now=NOW, reason="Test")


def test_as_many_are_kept_as_are_listed(notice):
    """V07, E03: an open invoice keeps billing data, and nothing of who has none."""
    for _number in range(2):
        InvoiceFactory(customer=BillingDataFactory().customer)
    alone = CustomerFactory(ip_address="192.0.2.1", ip_seen_on=date(2026, 1, 2))
    InvoiceFactory(customer=alone)
    rests = CustomerFactory(ip_address="192.0.2.2", ip_seen_on=date(2026, 1, 2))
    RestrictionFactory(customer=rests)
    dropped = [DataCategory.IP_ADDRESS, DataCategory.BILLING]
    one = emptied(dropped)
    assert (one.people, one.kept) == (4, 3)
    assert sum(each.people for each in kept_of(dropped)) == 3


def test_an_ip_number_goes_although_an_invoice_is_open(notice):
    """E03: a debt does not need it."""
    aino = CustomerFactory(ip_address="192.0.2.1", ip_seen_on=date(2026, 1, 2))
    InvoiceFactory(customer=aino)
    assert kept_back([DataCategory.IP_ADDRESS]) == 0
    emptied([DataCategory.IP_ADDRESS])
    aino.refresh_from_db()
    assert (aino.ip_address, aino.ip_seen_on) == (None, None)


def test_what_is_restricted_stays_until_that_is_lifted(notice):
    """S02: it may only be kept."""
    aino = CustomerFactory(website="https://aino.example")
    RestrictionFactory(customer=aino)
    assert kept_back(WEBSITE) == 1
    assert emptied().kept == 1
    aino.refresh_from_db()
    assert aino.website
    adopt(NoticeFactory(declared=without(DataCategory.WEBSITE)), now=NOW, reason="Test")


def test_who_has_been_erased_is_left_alone(notice):
    aino = CustomerFactory(website="https://aino.example")
    with because("Test"):
        erase(aino, request_number="2026-1", now=NOW)
    before = aino.history.count()
    assert emptied().people == 0
    assert aino.history.count() == before


def test_it_needs_a_reason(notice):
    with pytest.raises(ReasonMissing):
        begin(WEBSITE, by=None, now=NOW)
    assert not Task.objects.exists()


def test_as_many_queries_for_a_full_block_as_for_one(notice, django_assert_max_num_queries):
    def of(count):
        for number in range(count):
            CustomerFactory(website=f"https://{number}.example")
        with because("Too much"):
            one = begin(WEBSITE, by=None, now=NOW)
        with django_assert_max_num_queries(200) as counted:
            carry_out(one, clock=lambda: NOW)
        return len(counted)

    assert of(1) == of(40)


# --- pages


@pytest.fixture
def contact(client):
    user = UndertakingFactory(user__role=Role.DATA_PROTECTION_CONTACT, user__language="en").user
    sign_in(client, user)
    return client


def address(draft):
    return f"{reverse('admin:register_narrowing_add')}?notice={draft.pk}"


def test_the_page_tells_what_would_go_and_the_worker_empties_it(contact, draft, aino):
    """V07"""
    publish = reverse("admin:notices_notice_publish", args=[draft.pk])
    assert address(draft).replace("&", "&amp;") in contact.get(publish).content.decode()
    shown = contact.get(address(draft))
    assert [one.count for one in shown.context["found"]] == [1]
    assert shown.context["people"] == 1
    refused = contact.post(address(draft), {"reason": ""})
    assert refused.context["form"].errors["reason"]
    assert not Narrowing.objects.exists()
    answer = contact.post(address(draft), {"reason": "We stopped asking"}, follow=True)
    assert b"data-goes-on" in answer.content
    aino.refresh_from_db()
    assert aino.website
    while run_next(datetime.now(UTC), long=True):
        pass
    one = Narrowing.objects.get()
    assert one.history.last().history_change_reason == "We stopped asking"
    done = contact.get(reverse("admin:register_narrowing_change", args=[one.pk]))
    assert b"data-goes-on" not in done.content
    aino.refresh_from_db()
    assert not aino.website
    assert address(draft) not in contact.get(publish).content.decode()


def test_the_page_says_done_only_when_it_is_so(contact, draft, aino):
    """V07: what came in meanwhile, or is kept by a fact, is told."""
    one = emptied()
    page = reverse("admin:register_narrowing_change", args=[one.pk])
    assert "Publish the new notice now" in contact.get(page).text
    assert "stands in several lines" not in contact.get(page).text
    eero = CustomerFactory(website="https://eero.example")
    told = contact.get(page).text
    assert "Publish the new notice now" not in told
    assert "Empty them once more" in told
    RestrictionFactory(customer=eero)
    told = contact.get(page).text
    assert "Publish the new notice now" in told
    assert "Web address: restriction of processing, until that ends" in told
    publish = contact.get(reverse("admin:notices_notice_publish", args=[draft.pk])).text
    assert "Web address: restriction of processing, until that ends" in publish
    assert address(draft) not in publish
    adopt(draft, now=NOW, reason="Test")
    assert "The notice in force does not list these data" in contact.get(page).text


def test_a_draft_that_drops_nothing_has_nothing_to_empty(contact, notice):
    draft = NoticeFactory()
    assert contact.get(address(draft)).context["found"] == []
    contact.post(address(draft), {"reason": "Why not"})
    assert not Narrowing.objects.exists()


def test_without_a_draft_it_leads_to_the_notices(contact, notice):
    answer = contact.get(reverse("admin:register_narrowing_add"))
    assert answer.status_code == 302
    assert answer.url == reverse("admin:notices_notice_changelist")


@pytest.mark.parametrize("key", ["0", "x", "99999999999999999999"])
def test_what_is_no_draft_has_no_page(contact, draft, key):
    page = f"{reverse('admin:register_narrowing_add')}?notice={key}"
    assert contact.get(page).status_code == 404


def test_only_who_publishes_empties(client, draft, aino):
    user = UndertakingFactory(user=UserFactory(role=Role.HANDLER)).user
    sign_in(client, user)
    assert client.post(address(draft), {"reason": "Mine"}).status_code == 403
    assert not Narrowing.objects.exists()
