"""The page of publishing: what stands against it, what changes, what the register would lose."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.reasons import because
from notices.drafts import next_draft
from notices.improving import review
from notices.models import Notice
from notices.publishing import publish
from notices.terms import ClauseKind, SectionKey
from staff.roles import Role
from tests.factories import ContactRoleFactory, CustomerFactory, UndertakingFactory, UserFactory
from tests.notices.test_publishing import NOW, good_draft, with_placeholder
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(db):
    user = UserFactory(role=Role.DATA_PROTECTION_CONTACT, language="en")
    UndertakingFactory(user=user)
    return sign_in(Client(), user)


def address(notice, page="publish"):
    return reverse(f"admin:notices_notice_{page}", args=[notice.pk])


def messages_of(response):
    return [str(one) for one in response.context["messages"]]


@pytest.fixture
def second():
    """A version in force, and the draft of the next."""
    publish(good_draft(), now=NOW)
    return next_draft(Notice.objects.in_force(), reason="Test")


def without(draft, term):
    with because("Test"):
        for clause in draft.clauses.filter(kind=ClauseKind.DATA, term=term):
            clause.delete()


def test_a_first_notice_is_published_with_its_day(contact):
    """P01"""
    draft = good_draft()
    page = contact.get(address(draft))
    assert page.context["form"].initial["instead_of"] == 0
    response = contact.post(address(draft), {"instead_of": "0", "on": "2026-11-03"}, follow=True)
    assert messages_of(response) == ["The new version is published and in force."]
    draft.refresh_from_db()
    assert (draft.version, draft.updated_on) == (1, date(2026, 11, 3))


def test_errors_are_listed_with_the_page_of_each_and_nothing_can_be_pressed(contact):
    """V01, D02"""
    draft = with_placeholder(good_draft())
    page = contact.get(address(draft))
    assert "stands against publishing" in page.text or "stand against publishing" in page.text
    for error in page.context["errors"]:
        assert reverse("admin:notices_notice_finding", args=[draft.pk, error.key]) in page.text
    assert 'name="on"' not in page.text


def test_a_version_with_errors_is_refused_all_the_same(contact):
    draft = with_placeholder(good_draft())
    response = contact.post(address(draft), {"instead_of": "0", "on": "2026-11-03"})
    assert response.status_code == 200
    assert "cannot be published yet" in response.text
    draft.refresh_from_db()
    assert draft.version is None


def test_it_says_in_plain_words_what_changes(contact, second):
    """V02"""
    without(second, "ip_address")
    page = contact.get(address(second)).text
    assert "The register may no longer hold" in page
    assert "IP number" in page


def test_what_the_register_holds_and_the_notice_drops_is_counted_with_where_it_is(contact, second):
    """V07"""
    CustomerFactory(phone="020 000 0500")
    CustomerFactory(phone="020 000 0501")
    without(second, "phone")
    page = contact.get(address(second))
    [stays] = page.context["stays"]
    assert (stays.narrowed.count, stays.narrowed.words) == (2, "phone")
    assert stays.address == f"{reverse('admin:register_customer_changelist')}?holds=customer.phone"
    assert f'href="{stays.address}"' in page.text
    assert 'name="on"' not in page.text


def test_the_link_leads_to_just_the_rows_that_hold_it(contact, second):
    """V07: whoever must take them out need not look through everybody."""
    holders = {CustomerFactory(phone="020 000 0500"), CustomerFactory(phone="020 000 0501")}
    CustomerFactory(phone="")
    without(second, "phone")
    [stays] = contact.get(address(second)).context["stays"]
    page = contact.get(stays.address)
    assert set(page.context["cl"].result_list) == holders


@pytest.mark.parametrize(
    "asked", ["", "?holds=customer.reference", "?holds=customer__name", "?holds="]
)
def test_a_list_is_whole_where_the_address_names_no_declared_column(contact, second, asked):
    """P20: what the program keeps for itself is nothing to choose by."""
    everybody = {CustomerFactory(phone="020 000 0500"), CustomerFactory(phone="")}
    page = contact.get(reverse("admin:register_customer_changelist") + asked)
    assert set(page.context["cl"].result_list) == everybody


TELLING_DATA = (SectionKey.DATA_CONTENT, SectionKey.DATA_CATEGORIES)
PHONE = re.compile(
    r"- (?:puhelinnumero|telefonnummer|phone number)\n"
    r"| (?:ja puhelinnumero|och telefonnummer|and phone number)\b"
)


def test_it_is_refused_while_they_are_kept(contact, second):
    """V07: carried out on stored data in a step of its own."""
    CustomerFactory(phone="020 000 0500")
    without(second, "phone")
    with because("Test"):
        for section in second.sections.filter(key__in=TELLING_DATA):
            section.text = PHONE.sub("", section.text)
            section.save()
    response = contact.post(address(second), {"instead_of": "1", "on": "2026-11-03"})
    assert "phone: 1" in response.text
    assert Notice.objects.in_force().version == 1


@pytest.mark.parametrize("page", ["publish", "adopt"])
def test_the_second_of_two_people_gets_one_clear_sentence(contact, second, page):
    """V02"""
    other = next_draft(Notice.objects.in_force(), reason="Test")
    contact.get(address(second, page))
    publish(other, now=NOW, instead_of=1)
    sent = {"instead_of": "1", "on": "2026-11-03"}
    response = contact.post(address(second, page), sent, follow=True)
    [told] = messages_of(response)
    assert told == "Another notice was put in force at the same moment. Look at it first."
    assert Notice.objects.in_force() == other


def test_a_day_that_is_none_is_told_at_its_field(contact):
    draft = good_draft()
    response = contact.post(address(draft), {"instead_of": "0", "on": "tomorrow"})
    assert response.context["form"].errors.keys() == {"on"}
    draft.refresh_from_db()
    assert draft.version is None


def test_a_draft_without_a_controller_is_told_what_it_needs(contact):
    """Art. 13(1)(a)"""
    draft = good_draft()
    with because("Test"):
        draft.controller_name = ""
        draft.save()
    assert "who the controller is" in contact.get(address(draft)).text
    response = contact.post(address(draft), {"instead_of": "0", "on": "2026-11-03"})
    assert "who the controller is" in response.text
    draft.refresh_from_db()
    assert draft.version is None


def test_what_adopting_would_drop_is_shown_before_it_is_pressed(contact, second):
    """V07"""
    CustomerFactory(phone="020 000 0500")
    without(second, "phone")
    page = contact.get(address(second, "adopt"))
    assert "The register holds data that the new notice drops" in page.text
    assert 'value="Put in force"' not in page.text


@pytest.mark.parametrize("page", ["publish", "adopt"])
@pytest.mark.parametrize("said", [{}, {"instead_of": "x"}, {"instead_of": "-1"}])
def test_who_does_not_say_what_was_in_force_is_shown_it_first(contact, second, page, said):
    """V02: nobody puts a notice in force over one that nobody has seen."""
    response = contact.post(address(second, page), {"on": today(), **said})
    assert "It is not known which notice you saw in force." in response.text
    assert Notice.objects.in_force().version == 1
    sent = {box.html_name: box.value() for box in response.context["form"]}
    assert sent["instead_of"] == 1
    contact.post(address(second, page), sent)
    assert Notice.objects.in_force() == second


def today():
    return timezone.localdate().isoformat()


def test_a_day_to_come_is_told_at_its_field(contact):
    """P01"""
    draft = good_draft()
    day = timezone.localdate() + timedelta(days=1)
    response = contact.post(address(draft), {"instead_of": "0", "on": day.isoformat()})
    told = "This day is still to come. A notice comes into force at once."
    assert response.context["form"].errors == {"on": [told]}
    assert Notice.objects.in_force() is None
    shown = contact.get(address(draft)).context["form"].fields["on"].widget.attrs
    assert (shown["min"], shown["max"]) == ("2026-02-02", today())


def test_a_day_before_the_notice_was_drawn_up_is_told_at_its_field(contact):
    """P01"""
    draft = good_draft()
    response = contact.post(address(draft), {"instead_of": "0", "on": "2026-02-01"})
    [told] = response.context["form"].errors["on"]
    assert told.startswith("The notice was drawn up on ")
    assert Notice.objects.in_force() is None


@pytest.mark.parametrize("page", ["publish", "adopt"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_comes_too_late_to_one_draft_is_told_so_and_how_to_go_on(contact, page, method):
    """V02"""
    draft = good_draft()
    publish(draft, now=NOW)
    sent = {"instead_of": "0", "on": today()}
    response = getattr(contact, method)(address(draft, page), sent, follow=True)
    assert response.redirect_chain == [(address(draft, "change"), 302)]
    [told] = messages_of(response)
    assert told.startswith("The notice has come into force meanwhile")
    assert "“Copy as a draft”" in told
    assert "Copy as a draft</button>" in response.text


def test_adopting_over_a_notice_in_force_with_errors_wants_a_tick(contact, second):
    """V01: publishing is the usual way, and nobody passes it by without having seen the errors."""
    bad = with_placeholder(second)
    with because("Test"):
        bad.drawn_up_on = bad.updated_on = date(2018, 5, 25)
        bad.save()
    page = contact.get(address(bad, "adopt"))
    assert page.context["errors"] > 0
    assert address(bad) in page.text
    assert "Its date is earlier than that of the notice in force." in page.text

    refused = contact.post(address(bad, "adopt"), {"instead_of": "1"})
    assert refused.context["form"].errors.keys() == {"despite"}
    assert Notice.objects.in_force().version == 1
    contact.post(address(bad, "adopt"), {"instead_of": "1", "despite": "on"})
    assert Notice.objects.in_force() == bad


def test_adopting_without_errors_or_as_the_first_notice_wants_no_tick(contact, second):
    assert "despite" not in contact.get(address(second, "adopt")).context["form"].fields
    contact.post(address(second, "adopt"), {"instead_of": "1"})
    assert Notice.objects.in_force() == second


def test_a_draft_offers_adopting_on_its_page_only_while_nothing_is_in_force(contact):
    draft = with_placeholder(good_draft())
    page = reverse("admin:notices_notice_change", args=[draft.pk])
    assert address(draft, "adopt") in contact.get(page).text
    publish(good_draft(), now=NOW)
    assert address(draft, "adopt") not in contact.get(page).text
    assert address(draft, "adopt") in contact.get(address(draft)).text


def test_the_list_of_what_stands_against_shows_those_rows_alone(contact, second):
    """V07"""
    CustomerFactory(phone="020 000 0500")
    CustomerFactory(phone="", email="muu@koe.example")
    without(second, "phone")
    [stays] = contact.get(address(second)).context["stays"]
    rows = contact.get(stays.address).context["cl"].result_list
    assert [row.phone for row in rows] == ["020 000 0500"]


def test_roles_lead_to_the_people_who_have_them(contact, second):
    """V07"""
    role = ContactRoleFactory(role="Ostaja")
    CustomerFactory()
    without(second, "organisation")
    found = {
        one.narrowed.column: one.address for one in contact.get(address(second)).context["stays"]
    }
    rows = contact.get(found["role"]).context["cl"].result_list
    assert list(rows) == [role.person]


def test_what_a_list_is_asked_to_hold_is_a_column_of_ours(contact, second):
    CustomerFactory(phone="020 000 0500")
    address = reverse("admin:register_customer_changelist")
    for unknown in ("customer.reference", "user.password", "", "customer.phone__startswith"):
        page = contact.get(address, {"holds": unknown})
        assert len(page.context["cl"].result_list) == 1


def test_the_way_to_warnings_and_hints_says_how_many_there_are(contact):
    draft = good_draft()
    page = contact.get(address(draft))
    others = [one for one in review(draft, today=NOW.date()).open if not one.is_error]
    assert page.context["others"] == len(others)
    assert ("warnings and hints" in page.text) == (len(others) > 1)


def test_a_notice_of_today_is_drawn_up_and_not_updated(contact):
    """P01: the page names the day as the notice will."""
    draft = good_draft()
    assert contact.get(address(draft)).context["form"]["on"].label == "Updated on"
    with because("Test"):
        draft.drawn_up_on = timezone.localdate()
        draft.save()
    assert contact.get(address(draft)).context["form"]["on"].label == "Drawn up on"


def test_the_first_page_leads_to_the_next_version(contact, second):
    index = reverse("admin:index")
    assert reverse("admin:notices_notice_change", args=[second.pk]) in contact.get(index).text
    with because("Test"):
        second.delete()
    page = contact.get(index).text
    assert reverse("admin:notices_notice_copy", args=[Notice.objects.in_force().pk]) in page
