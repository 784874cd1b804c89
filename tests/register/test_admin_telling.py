"""Staff's pages of notices given and consents, and whom to tell (C01, C04, V02, T12)."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.reasons import because
from notices.terms import SourceKind
from register.admin import telling
from register.erasure import erase
from register.models import Consent, Customer, NoticeGiven
from staff.roles import Role
from tests.factories import (
    CollectionFactory,
    ConsentFactory,
    CustomerFactory,
    InformationDutyFactory,
    NoticeFactory,
    NoticeGivenFactory,
    OrganisationFactory,
    UndertakingFactory,
    UserFactory,
)
from tests.rights_requests.at_the_desk import said
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
TELLING = reverse("admin:register_customer_telling")
DAY = date(2026, 5, 6)
BY_PHONE = {"channel": "phone", "on": "2026-05-06"}


@pytest.fixture
def handler():
    user = UserFactory(role=Role.HANDLER, language="en")
    UndertakingFactory(user=user)
    return sign_in(Client(), user)


@pytest.fixture
def notice():
    NoticeFactory(in_force=True)
    return NoticeFactory(purposes={"ad_targeting": "consent"}, in_force=True)


def page_of(customer, page="change", **parts):
    kwargs = {"reference": customer.reference, **parts} if parts else None
    args = None if parts else [customer.reference]
    return reverse(f"admin:register_customer_{page}", args=args, kwargs=kwargs)


def on_page(response):
    """The references on the list, in its order."""
    return re.findall(r'name="customer" id="c\w+" value="(\w+)"', response.text)


def test_the_customer_s_page_says_what_was_given_and_what_waits_for_it(handler, notice):
    """V02, C04"""
    aino = CustomerFactory()
    page = handler.get(page_of(aino)).text
    assert "The notice in force, version 2, has not been given." in page
    no = "Targeting our own advertising: <strong>no</strong>, "
    untold, silent = "the customer has not been told of it", "the customer has not agreed to it"
    assert f"{no}{untold}; {silent}</li>" in page
    sent = {**BY_PHONE, "version": notice.pk}
    told = handler.post(page_of(aino, "told"), sent, follow=True)
    assert said(told) == [f"Stored: {aino}"]
    [given] = NoticeGiven.objects.all()
    assert (given.customer, given.notice, given.channel, given.given_on) == (
        aino,
        notice,
        "phone",
        DAY,
    )
    assert "has not been given" not in told.text
    assert f"{no}{silent}</li>" in told.text
    row = 'Asiakasrekisteri, version 2</th><td data-heading="Date">6 May 2026</td>'
    assert f'{row}<td data-heading="How">phone' in told.text


def test_a_consent_is_given_and_taken_back_on_one_page_each(handler, notice):
    """C01, C02: one link and one form each way, fewer questions for the way back; no box is ticked
    beforehand."""
    aino = NoticeGivenFactory().customer
    form = handler.get(page_of(aino, "consent")).text
    # C02
    assert "checked" not in form
    sent = {**BY_PHONE, "purpose": "ad_targeting", "wording": "Saa lähettää\ntarjouksia."}
    page = handler.post(page_of(aino, "consent"), sent, follow=True)
    assert list(Customer.objects.consenting("ad_targeting")) == [aino]
    assert "Saa lähettää<br>tarjouksia." in page.text
    back = page_of(aino, "withdrawal", purpose="ad_targeting")
    assert f'href="{back}"' in page.text
    page = handler.post(back, BY_PHONE, follow=True)
    assert list(Customer.objects.consenting("ad_targeting")) == []
    assert "6 May 2026, phone</td></tr>" in page.text
    assert handler.get(back).status_code == 404
    history = handler.get(page_of(aino, "history")).text
    for told in ("Suostumus annettu", "Suostumus peruttu", "Saa lähettää"):
        assert told in history


def test_who_saves_a_customer_is_not_stopped_by_what_a_colleague_wrote_down(handler, notice):
    aino = CustomerFactory()
    seen = handler.get(page_of(aino)).context["adminform"].form.initial["seen"]
    NoticeGivenFactory(customer=aino)
    sent = {
        "given_name": "Aino",
        "family_name": "Uusi",
        "language": "fi",
        "source_kind": "customer_notice",
        "collected_on": "2026-03-05",
        "seen": seen,
        "contact_roles-TOTAL_FORMS": "0",
        "contact_roles-INITIAL_FORMS": "0",
    }
    assert handler.post(page_of(aino), sent).status_code == 302
    aino.refresh_from_db()
    assert aino.family_name == "Uusi"


def test_what_cannot_be_agreed_to_is_refused_with_one_sentence(handler, notice):
    """P19, C04"""
    told, untold = NoticeGivenFactory().customer, CustomerFactory()
    sent = {**BY_PHONE, "purpose": "ad_targeting", "wording": "Joo."}

    def errors(customer, **changed):
        form = handler.post(page_of(customer, "consent"), {**sent, **changed}).context["form"]
        return {name: [str(one) for one in found] for name, found in form.errors.items()}

    assert errors(told, purpose="statistics") == {
        "purpose": ["The privacy notice in force asks no consent for this purpose."]
    }
    assert errors(untold) == {
        "purpose": [
            "This purpose is new, and the customer has not been told of it. "
            "Give the privacy notice in force first."
        ]
    }
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert errors(told, on=tomorrow) == {"on": ["That day has not come yet."]}
    assert set(errors(told, wording="131052-308T", channel="pigeon")) == {"wording", "channel"}
    assert errors(told, on="2026-01-01") == {
        "on": ["The privacy notice asked no such consent on that day."]
    }
    before = told.notices_given.get().given_on - timedelta(days=1)
    assert errors(told, on=before.isoformat()) == {
        "on": ["The customer was told of this purpose later."]
    }
    assert not Consent.objects.exists()
    ConsentFactory(customer=told, given_on=DAY, channel="phone")
    assert errors(told) == {
        "on": ["This consent is stored already: the same purpose, day and channel."]
    }
    back = page_of(told, "withdrawal", purpose="ad_targeting")
    form = handler.post(back, {**BY_PHONE, "on": "2026-05-05"}).context["form"]
    assert form.errors == {"on": ["It was given later than that."]}


def test_a_notice_that_asks_no_consent_offers_none(handler):
    """P19"""
    NoticeFactory(purposes={"ad_targeting": "consent"}, in_force=True)
    aino, eero = ConsentFactory().customer, CustomerFactory()
    NoticeFactory(in_force=True)
    assert "so none of these counts" in handler.get(page_of(aino)).text
    for customer in (aino, eero):
        assert page_of(customer, "consent") not in handler.get(page_of(customer)).text
    assert ">Consents<" not in handler.get(page_of(eero)).text


def test_p19_the_page_of_consent_says_why_there_is_nothing_to_agree_to(handler):
    """Somebody may type its address, or another notice may have come into force meanwhile."""
    NoticeFactory(purposes={"ad_targeting": "consent"}, in_force=True)
    aino = CustomerFactory()
    assert 'name="wording"' in handler.get(page_of(aino, "consent")).text
    NoticeFactory(in_force=True)
    sent = {**BY_PHONE, "purpose": "ad_targeting", "wording": "I agree."}
    for answer in (
        handler.get(page_of(aino, "consent")),
        handler.post(page_of(aino, "consent"), sent),
    ):
        assert answer.status_code == 200
        assert "asks no consent for anything, so none can be stored" in answer.text
        assert f'<a href="{page_of(aino)}">Back to the customer</a>' in answer.text
        assert 'name="channel"' not in answer.text
    assert not Consent.objects.exists()
    assert 'name="channel"' in handler.get(page_of(aino, "told")).text


def test_nothing_is_said_of_an_erased_customer(handler, notice):
    aino = NoticeGivenFactory().customer
    ConsentFactory(customer=aino)
    with because("Test"):
        erase(aino, request_number="2026-1", now=datetime(2026, 6, 7, tzinfo=UTC))
    back = page_of(aino, "withdrawal", purpose="ad_targeting")
    for page in (page_of(aino, "told"), page_of(aino, "consent"), back):
        assert handler.post(page, BY_PHONE).status_code == 403
        assert page not in handler.get(page_of(aino)).text


def test_those_not_told_are_a_list_and_are_recorded_together(handler, notice):
    """V02, V08: whom nobody told, and whom somebody told of an older notice."""
    never, stale, _told, _firm = (
        CustomerFactory(),
        CustomerFactory(),
        NoticeGivenFactory().customer,
        OrganisationFactory(),
    )
    NoticeGivenFactory(customer=stale, notice=type(notice).objects.get(version=1))
    untold = f"{TELLING}?list=untold"
    page = handler.get(untold)
    assert on_page(page) == [never.reference, stale.reference]
    assert len(re.findall(r"<td[^>]*>version 1</td>", page.text)) == 1
    nobody = handler.post(untold, BY_PHONE, follow=True)
    assert said(nobody) == ["Choose whom you have told."]
    wrong = handler.post(untold, {"customer": stale.reference, "on": "2026-05-06"})
    assert wrong.context["form"].errors == {"channel": ["This field is required."]}
    assert f'value="{stale.reference}" checked' in wrong.text
    done = handler.post(untold, {**BY_PHONE, "customer": stale.reference}, follow=True)
    assert said(done) == ["1 customer is recorded as told."]
    assert on_page(done) == [never.reference]
    handler.post(untold, {**BY_PHONE, "everybody": "1"})
    assert "Nobody is on this list." in handler.get(untold).text
    assert NoticeGiven.objects.filter(notice=notice, channel="phone", given_on=DAY).count() == 2


def test_a_long_list_is_recorded_press_by_press(handler, notice, monkeypatch):
    monkeypatch.setattr(telling, "MOST_AT_ONCE", 2)
    for _one in range(3):
        CustomerFactory()
    sent = {**BY_PHONE, "everybody": "1"}
    first = handler.post(f"{TELLING}?list=untold", sent, follow=True)
    assert said(first) == [
        "2 customers are recorded as told.",
        "There are more. Press again to go on.",
    ]
    again = handler.post(f"{TELLING}?list=untold", sent, follow=True)
    assert said(again) == ["1 customer is recorded as told."]


def test_the_most_urgent_stands_first_and_the_late_are_marked(handler, notice):
    """T12"""
    today = timezone.localdate()
    partner = CollectionFactory(source_kind=SourceKind.PARTNER, collected_on=today)
    due = CustomerFactory(collection=partner)
    late, last_day = (
        InformationDutyFactory(obtained_on=DAY, inform_by_on=today - timedelta(days=days)).customer
        for days in (1, 0)
    )
    CustomerFactory()
    page = handler.get(TELLING)
    assert on_page(page) == [late.reference, last_day.reference, due.reference]
    assert page.text.count('<strong class="late">') == 1
    assert late.reference in page.text.split('<strong class="late">')[0]
    sent = {**BY_PHONE, "on": today.isoformat(), "customer": [late.reference, due.reference]}
    assert on_page(handler.post(TELLING, sent, follow=True)) == [last_day.reference]
    assert "To be told of data from others by" in handler.get(page_of(last_day)).text
    # a call before the data came did not tell of them
    early = {**BY_PHONE, "on": "2026-05-05", "customer": last_day.reference}
    assert on_page(handler.post(TELLING, early, follow=True)) == [last_day.reference]


@pytest.mark.parametrize("name", ["duties", "untold"])
def test_the_pages_of_a_list_hold_everybody_once(handler, notice, monkeypatch, name):
    monkeypatch.setattr(telling, "A_PAGE", 2)
    days = [
        date(2026, 4, 4),
        date(2026, 4, 1),
        date(2026, 4, 4),
        date(2026, 4, 2),
        date(2026, 4, 4),
    ]
    for day in days:
        InformationDutyFactory(inform_by_on=day)
    expected = [one.reference for one in Customer.objects.to_inform()]
    if name == "untold":
        expected = [one.reference for one in Customer.objects.order_by("pk")]
    address, found = f"{TELLING}?list={name}", []
    while address:
        page = handler.get(address)
        found.append(on_page(page))
        following = re.search(r'href="(\?list=\w+&amp;after=\w+)"', page.text)
        address = following and TELLING + following[1].replace("&amp;", "&")
    assert found == [expected[:2], expected[2:4], expected[4:]]
    assert on_page(handler.get(f"{TELLING}?list={name}&after=0000000000")) == expected[:2]


@pytest.mark.parametrize("name", ["duties", "untold"])
def test_a_list_takes_as_many_queries_with_one_row_as_with_ten(
    handler, notice, name, django_assert_num_queries
):
    # the sitting is for this from the first page on
    handler.get(TELLING)
    for count in (1, 9):
        for _one in range(count):
            InformationDutyFactory()
        with django_assert_num_queries(11):
            page = handler.get(f"{TELLING}?list={name}")
    assert len(on_page(page)) == 10


def test_accounting_sees_nobody_to_tell_and_a_viewer_records_nothing(notice):
    for role, expected in ((Role.ACCOUNTING, (403, 403)), (Role.VIEWER, (200, 403))):
        user = UserFactory(role=role, language="en")
        UndertakingFactory(user=user)
        client = sign_in(Client(), user)
        found = (client.get(TELLING).status_code, client.post(TELLING, BY_PHONE).status_code)
        assert found == expected


def test_v02_a_day_before_the_notice_is_refused_at_its_field(handler, notice):
    """V02"""
    aino = CustomerFactory()
    one, many = page_of(aino, "told"), f"{TELLING}?list=untold"
    for on, is_refused in (("2026-01-01", True), ("2026-01-02", False)):
        sent = {**BY_PHONE, "on": on}
        for address, more in ((one, {"version": notice.pk}), (many, {"everybody": "1"})):
            page = handler.post(address, sent | more)
            assert (page.status_code == 200) == is_refused
            if is_refused:
                said_at = page.context["form"].errors
                assert said_at == {"on": ["The privacy notice was not in force yet on that day."]}
        assert NoticeGiven.objects.exists() != is_refused
