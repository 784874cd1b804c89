from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from audit.reasons import because
from notices.models import Clause, Notice, Section
from notices.publishing import adopt
from staff.roles import Role
from tests.factories import NoticeFactory, SectionFactory, UndertakingFactory, UserFactory
from tests.notices.test_load_notice import TEXT
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
READ = reverse("admin:notices_notice_read")


def staff(role):
    user = UserFactory(role=role, language="en")
    UndertakingFactory(user=user)
    return sign_in(Client(), user)


@pytest.fixture
def contact(db):
    return staff(Role.DATA_PROTECTION_CONTACT)


def page_of(row, page="change"):
    return reverse(f"admin:notices_{row._meta.model_name}_{page}", args=[row.pk])


def draft_post(notice, **values):
    return {
        "register_name": notice.register_name,
        "drawn_up_on": "2026-01-02",
        "updated_on": "",
        "languages": ["fi"],
        "request_languages": ["fi", "en"],
        "controller_name": notice.controller_name,
        "controller_address": "",
        "controller_phone": "",
        "controller_email": notice.controller_email,
        "contact_name": "",
        "contact_phone": "",
        "contact_email": "",
        "reason": "Better words",
        **values,
    }


@pytest.mark.parametrize("given", ["file", "text"])
def test_an_existing_notice_is_read_from_a_file_or_from_pasted_text(contact, given):
    value = SimpleUploadedFile("n.txt", TEXT.encode()) if given == "file" else TEXT
    response = contact.post(READ, {given: value, "act": "save"})
    notice = Notice.objects.get()
    assert response["Location"] == page_of(notice)
    assert notice.controller_name == "Koepaja Oy"
    assert notice.version is None


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"text": "milk\nbread"},
        {"file": SimpleUploadedFile("n.txt", b"%PDF-1.7")},
        {"file": SimpleUploadedFile("n.txt", b"x" * 2_000_000)},
    ],
)
def test_what_is_no_notice_is_told_at_the_form(contact, posted):
    response = contact.post(READ, posted)
    assert response.status_code == 200
    assert "errorlist" in response.text
    assert Notice.objects.count() == 0


def test_a_draft_is_edited(contact):
    notice = NoticeFactory(declared=["name"], sources=())
    contact.post(page_of(notice), draft_post(notice, register_name="Uusi nimi"))
    notice.refresh_from_db()
    assert notice.register_name == "Uusi nimi"
    assert notice.request_languages == ["fi", "en"]
    assert list(notice.clauses.values_list("term", flat=True)) == ["name"]
    assert notice.history.first().history_change_reason == "Better words"


def test_a_change_without_a_reason_is_refused(contact):
    notice = NoticeFactory(declared=(), sources=())
    response = contact.post(page_of(notice), draft_post(notice, reason=" ", register_name="x"))
    assert response.status_code == 200
    notice.refresh_from_db()
    assert notice.register_name != "x"


def test_a_section_of_a_draft_is_edited_on_its_own_page(contact):
    section = SectionFactory()
    response = contact.post(
        page_of(section),
        {
            "key": "purpose",
            "language": "fi",
            "heading": "Tarkoitus",
            "text": "Uudet sanat.",
            "reason": "Clearer",
        },
    )
    section.refresh_from_db()
    assert response["Location"] == page_of(section.notice)
    assert section.text == "Uudet sanat."


def test_a_draft_is_put_in_force_by_a_press_and_not_by_a_look(contact):
    notice = NoticeFactory()
    address = page_of(notice, "adopt")
    contact.get(address)
    assert Notice.objects.in_force() is None
    contact.post(address, {"instead_of": "0"})
    assert Notice.objects.in_force() == notice


def test_a_draft_with_something_missing_says_what(contact):
    notice = NoticeFactory(controller_name="")
    address = page_of(notice, "adopt")
    assert "who the controller is" in contact.get(address).text
    contact.post(address, {"instead_of": "0"})
    assert Notice.objects.in_force() is None


def test_a_notice_in_force_is_read_with_all_its_parts_and_cannot_be_changed(contact):
    """V02: read only, from the first clause to the last section."""
    notice = NoticeFactory(declared=["email"], sources=["registration"])
    section = SectionFactory(notice=notice, heading="Tarkoitus", text="Sanat.")
    adopt(notice, now=datetime(2026, 3, 4, 9, tzinfo=UTC), reason="Test")
    page = contact.get(page_of(notice)).text
    for words in ("e-mail address", "registrations made by the customer", "Tarkoitus", "Sanat."):
        assert words in page
    for row in (notice, section):
        assert contact.post(page_of(row), draft_post(notice))["Location"] == page_of(notice)
    assert contact.post(page_of(notice, "delete"), {"post": "yes"}).status_code == 403
    assert contact.post(page_of(notice, "adopt"))["Location"] == page_of(notice)


def test_a_draft_can_be_thrown_away(contact):
    contact.post(READ, {"text": TEXT, "act": "save"})
    notice = Notice.objects.get()
    assert notice.clauses.filter(section__isnull=False).exists()
    assert contact.get(page_of(notice, "delete")).status_code == 200
    contact.post(page_of(notice, "delete"), {"post": "yes"})
    assert (Notice.objects.count(), Clause.objects.count(), Section.objects.count()) == (0, 0, 0)


def test_the_history_of_a_deleted_draft_is_still_read_and_brings_nothing_back(contact):
    notice = NoticeFactory(register_name="Poistettu luonnos")
    address = page_of(notice, "history")
    contact.post(page_of(notice, "delete"), {"post": "yes"})
    assert "Poistettu luonnos" in contact.get(address).text
    assert contact.post(address).status_code == 405
    assert Notice.objects.count() == 0


@pytest.mark.parametrize("role", [Role.VIEWER, Role.HANDLER, Role.ACCOUNTING, Role.ADMINISTRATOR])
def test_others_read_the_notice_and_change_nothing(role):
    notice = NoticeFactory()
    client = staff(role)
    assert client.get(page_of(notice)).status_code == 200
    assert client.get(READ).status_code == 403
    assert client.post(READ, {"text": TEXT}).status_code == 403
    assert client.post(page_of(notice), draft_post(notice)).status_code == 403
    assert client.post(page_of(notice, "adopt")).status_code == 403
    assert Notice.objects.in_force() is None


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_however_long_the_notice(
    contact, count, django_assert_num_queries
):
    notice = NoticeFactory(declared=["name", "email"][: min(count, 2)])
    for _one in range(count):
        SectionFactory(notice=notice)
    adopt(notice, now=datetime(2026, 3, 4, 9, tzinfo=UTC), reason="Test")
    contact.get(page_of(notice))
    with django_assert_num_queries(14):
        contact.get(page_of(notice))


def test_the_first_page_tells_what_to_do_next(contact):
    page = contact.get(reverse("admin:index")).text
    assert READ in page
    notice = NoticeFactory(in_force=True)
    page = contact.get(reverse("admin:index")).text
    assert READ not in page
    assert 'id="searchbar"' in page
    assert notice.version == 1


def test_the_next_version_begins_as_a_copy_of_the_one_in_force(contact):
    """V02: what is in force stays; what changes is a new draft."""
    notice = NoticeFactory(declared=["email"], sources=["registration"])
    section = SectionFactory(notice=notice, heading="Tarkoitus", text="Sanat.")
    clause = notice.clauses.get(kind="data")
    clause.section = section
    with because("Test"):
        clause.save()
    adopt(notice, now=datetime(2026, 3, 4, 9, tzinfo=UTC), reason="Test")
    address = page_of(notice, "copy")
    assert contact.get(address).status_code == 405
    response = contact.post(address)
    draft = Notice.objects.drafts().get()
    assert response["Location"] == page_of(draft)
    assert (draft.register_name, draft.controller_name) == ("Asiakasrekisteri", "Koepaja Oy")
    assert [row.text for row in draft.sections.all()] == ["Sanat."]
    assert draft.clauses.get(kind="data").section == draft.sections.get()
    assert (notice.clauses.count(), notice.sections.count()) == (2, 1)
    assert Notice.objects.in_force() == notice


def test_a_section_is_added_to_a_draft_and_to_nothing_else(contact):
    draft, final = NoticeFactory(), NoticeFactory(in_force=True)
    SectionFactory(notice=draft, position=4)
    form = {"key": "cookies", "language": "fi", "heading": "Evästeet", "text": "x", "reason": "New"}
    add = reverse("admin:notices_section_add")
    assert contact.post(add, form | {"notice": final.pk}).status_code == 200
    response = contact.post(add, form | {"notice": draft.pk})
    assert response["Location"] == page_of(draft)
    assert list(draft.sections.values_list("position", "heading")) == [
        (4, "Käsittelyn tarkoitus"),
        (5, "Evästeet"),
    ]
    assert final.sections.count() == 0


def test_what_keeps_a_register_from_being_used_is_said_before_adopting(contact):
    page = contact.get(page_of(NoticeFactory(declared=["name"], sources=()), "adopt")).text
    assert "It names no source of data" in page
    assert "It lists no data" not in page
