"""One place of a draft on its page: every language at once, and nobody overwritten unseen."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.reasons import because
from notices.models import Section
from notices.publishing import adopt
from staff.roles import Role
from tests.factories import (
    ClauseFactory,
    NoticeFactory,
    SectionFactory,
    UndertakingFactory,
    UserFactory,
)
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


def staff(role, name="Aino Virtanen"):
    user = UserFactory(role=role, name=name, language="en")
    UndertakingFactory(user=user)
    return sign_in(Client(), user)


@pytest.fixture
def contact(db):
    return staff(Role.DATA_PROTECTION_CONTACT)


@pytest.fixture
def notice(db):
    return NoticeFactory(declared=(), sources=(), languages=["fi", "sv", "en"])


def a_place(notice, position=0, languages=("fi", "sv"), **values):
    return [
        SectionFactory(
            notice=notice,
            position=position,
            language=language,
            heading=f"Otsikko {language}",
            text=f"Teksti {language}.",
            **values,
        )
        for language in languages
    ]


def page(notice, position=0):
    return reverse("admin:notices_notice_place", args=[notice.pk, position])


def home(notice):
    return reverse("admin:notices_notice_change", args=[notice.pk])


def sent(contact, notice, position=0, **values):
    """What the page sends when nothing but `values` was changed on it."""
    form = contact.get(page(notice, position)).context["form"]
    filled = {name: form[name].value() or "" for name in form.fields}
    first = next(iter(form.sections.values()), None)
    return filled | {"section": first.pk if first else "", "reason": "Clearer", **values}


def pressed(contact, notice, position=0, **values):
    """What the second form of the page sends: one act on the place that it shows."""
    whole = sent(contact, notice, position)
    return {name: whole[name] or "" for name in ("section", "seen")} | values


def told(response):
    return " ".join(str(message) for message in response.context["messages"])


def test_the_languages_stand_side_by_side_and_a_missing_one_is_marked(contact, notice):
    a_place(notice)
    columns = contact.get(page(notice)).context["form"].columns
    assert [(column.language, column.is_missing) for column in columns] == [
        ("fi", False),
        ("sv", False),
        ("en", True),
    ]
    assert [column.text.value() for column in columns] == ["Teksti fi.", "Teksti sv.", None]
    assert "missing: English" in contact.get(home(notice)).text


def test_own_words_alone_say_something_and_a_dash_does_not(contact, notice):
    a_place(notice, 0, ("fi", "sv", "en"))
    with because("Test"):
        for section in notice.sections.all():
            section.text = "Teksti." if section.language == "fi" else "–"
            section.own_words = "**Ring**" if section.language == "sv" else ""
            section.save()
    shown = contact.get(home(notice)).text
    assert "missing: English" in shown
    assert "missing: Swedish" not in shown
    written = reverse("admin:notices_notice_clauses", args=[notice.pk], query={"step": "text"})
    shown = contact.get(written).text
    assert "<strong>Ring</strong>" in shown
    assert "Missing in English" in shown


def test_all_languages_are_saved_at_once_with_one_reason(contact, notice):
    a_place(notice)
    values = {"text_fi": "Uusi.", "heading_sv": "Ny", "heading_en": "New", "text_en": "a\r\nb"}
    response = contact.post(page(notice), sent(contact, notice, **values))
    assert response["Location"] == home(notice)
    rows = notice.sections.order_by("pk")
    assert list(rows.values_list("language", "position", "heading", "text")) == [
        ("fi", 0, "Otsikko fi", "Uusi."),
        ("sv", 0, "Ny", "Teksti sv."),
        ("en", 0, "New", "a\nb"),
    ]
    assert {row.history.first().history_change_reason for row in rows} == {"Clearer"}
    assert "missing: English" not in contact.get(home(notice)).text


def test_a_language_that_did_not_change_gets_no_history(contact, notice):
    _fi, sv = a_place(notice)
    contact.post(page(notice), sent(contact, notice, text_fi="Uusi."))
    assert sv.history.count() == 1


def test_nothing_is_saved_without_a_reason_and_what_was_typed_stays(contact, notice):
    a_place(notice)
    response = contact.post(page(notice), sent(contact, notice, text_fi="Uusi.", reason=" "))
    assert response.status_code == 200
    assert "Uusi." in response.text
    assert not Section.objects.filter(text="Uusi.").exists()


def test_a_language_that_is_emptied_goes_and_its_clauses_keep_the_place(contact, notice):
    fi, sv = a_place(notice)
    clause = ClauseFactory(notice=notice, section=fi)
    values = {"heading_fi": "", "text_fi": ""}
    contact.post(page(notice), sent(contact, notice, **values))
    clause.refresh_from_db()
    assert (list(notice.sections.all()), clause.section) == ([sv], sv)


def test_a_place_is_not_emptied_by_the_way(contact, notice):
    a_place(notice, languages=["fi"])
    values = {"heading_fi": " ", "text_fi": ""}
    response = contact.post(page(notice), sent(contact, notice, **values))
    assert "Write a heading or a text, or delete the section." in response.text
    assert notice.sections.count() == 1


@pytest.mark.parametrize(
    ("values", "is_written"),
    [
        ({"text_sv": "Egen text."}, False),
        ({"heading_fi": "Oma otsikko"}, False),
        ({"text_en": "A text of ours."}, False),
        ({"own_words_fi": "Omat sanat."}, True),
    ],
)
def test_a_written_place_stays_as_it_is_written_by_hand(contact, notice, values, is_written):
    """In every language, or the languages would say different things."""
    rows = a_place(notice, written=True)
    clause = ClauseFactory(notice=notice, section=rows[0])
    assert "The program writes this section" in contact.get(page(notice)).text
    contact.post(page(notice), sent(contact, notice, **values))
    assert {row.written for row in notice.sections.all()} == {is_written}
    clause.refresh_from_db()
    assert clause.section == rows[0]


def test_own_words_are_stored_without_what_could_harm_readers(contact, notice):
    a_place(notice)
    words = "**Soita** <script>alert(1)</script><img src=x onerror=alert(1)>"
    contact.post(page(notice), sent(contact, notice, own_words_fi=words))
    assert notice.sections.get(language="fi").own_words == "**Soita**"
    response = contact.get(page(notice))
    assert "<strong>Soita</strong>" in response.text
    assert "unsafe-inline" not in response["Content-Security-Policy"]


def test_own_words_that_are_too_long_as_they_are_stored_are_refused(contact, notice):
    """Entities are spelt out: 18,000 characters would be stored as 54,000."""
    a_place(notice)
    words = "<b>x</b> " + "& " * 9_000
    response = contact.post(page(notice), sent(contact, notice, own_words_fi=words))
    assert list(response.context["form"].errors) == ["own_words_fi"]
    assert notice.sections.get(language="fi").own_words == ""


def test_own_words_are_looked_at_before_they_are_saved(contact, notice):
    a_place(notice)
    values = {"own_words_sv": "# Ring\n<script>x()</script>", "act": "look", "reason": ""}
    response = contact.post(page(notice), sent(contact, notice, **values))
    assert "<h3>Ring</h3>" in response.text
    assert "<script>x()" not in response.text
    assert "errornote" not in response.text
    assert notice.sections.get(language="sv").own_words == ""


def test_a_place_is_added_at_the_end_with_its_subject(contact, notice):
    a_place(notice, position=4)
    assert page(notice, 5) in contact.get(home(notice)).text
    values = {"key": "cookies", "text_fi": "Evästeistä.", "text_sv": "Om kakor."}
    contact.post(page(notice, 5), sent(contact, notice, 5, **values))
    added = notice.sections.filter(position=5).values_list("key", "language", "text", "written")
    assert list(added) == [
        ("cookies", "fi", "Evästeistä.", False),
        ("cookies", "sv", "Om kakor.", False),
    ]


def test_two_who_add_a_place_at_once_add_two(contact, notice):
    posted = sent(contact, notice, key="cookies", text_fi="Evästeistä.")
    other = sent(contact, notice, key="other", text_fi="Muuta.")
    contact.post(page(notice), posted)
    contact.post(page(notice), other)
    assert list(notice.sections.values_list("key", "position")) == [("cookies", 0), ("other", 1)]


def test_who_comes_second_is_told_and_may_insist(contact, notice):
    a_place(notice)
    posted = sent(contact, notice, text_fi="Minun.")
    eero = staff(Role.DATA_PROTECTION_CONTACT, name="Eero Mäki")
    eero.post(page(notice), sent(eero, notice, text_sv="Eeros."))
    response = contact.post(page(notice), posted)
    assert "Eero Mäki changed this" in response.text
    assert not notice.sections.filter(text="Minun.").exists()
    again = posted | {"seen": response.context["form"]["seen"].value()}
    assert contact.post(page(notice), again).status_code == 302
    assert notice.sections.filter(text="Minun.").exists()


@pytest.mark.parametrize("act", ["up", "down", "delete"])
def test_nobody_moves_or_deletes_what_a_colleague_has_changed_unseen(contact, notice, act):
    for position in (0, 1, 2):
        a_place(notice, position)
    posted = pressed(contact, notice, 1, act=act)
    eero = staff(Role.DATA_PROTECTION_CONTACT, name="Eero Mäki")
    eero.post(page(notice, 1), sent(eero, notice, 1, text_sv="Eeros."))
    before = list(notice.sections.values_list("pk", "position"))
    for overtaken in (posted, {"section": posted["section"], "act": act}):
        response = contact.post(page(notice, 1), overtaken, follow=True)
        assert response.redirect_chain == [(page(notice, 1), 302)]
        assert "Eero Mäki changed this" in told(response)
        assert list(notice.sections.values_list("pk", "position")) == before
    assert "Eeros." in response.text
    seen = response.context["form"]["seen"].value()
    assert f'name="seen" value="{seen}"' in response.text
    contact.post(page(notice, 1), posted | {"seen": seen})
    assert list(notice.sections.values_list("pk", "position")) != before


def test_a_change_at_another_place_overtakes_nobody(contact, notice):
    a_place(notice)
    a_place(notice, position=1)
    posted = sent(contact, notice, text_fi="Minun.")
    contact.post(page(notice, 1), sent(contact, notice, 1, text_fi="Toinen paikka."))
    assert contact.post(page(notice), posted)["Location"] == home(notice)


def test_what_was_typed_follows_a_place_that_somebody_moved(contact, notice):
    first, second = a_place(notice, languages=["fi"]), a_place(notice, 1, languages=["fi"])
    posted = sent(contact, notice, text_fi="Minun.")
    contact.post(page(notice), pressed(contact, notice, act="down"))
    response = contact.post(page(notice), posted)
    contact.post(page(notice), posted | {"seen": response.context["form"]["seen"].value()})
    rows = notice.sections.values_list("pk", "position", "text")
    assert list(rows) == [(second[0].pk, 0, "Teksti fi."), (first[0].pk, 1, "Minun.")]


def test_what_was_typed_into_a_deleted_place_can_be_added_anew(contact, notice):
    a_place(notice)
    posted = sent(contact, notice, text_fi="Minun.")
    contact.post(page(notice), pressed(contact, notice, act="delete"))
    response = contact.post(page(notice), posted)
    assert "Somebody has deleted this section" in response.text
    assert "Minun." in response.text
    assert notice.sections.count() == 0
    contact.post(page(notice), posted | {"section": ""})
    assert notice.sections.filter(text="Minun.").exists()


def test_a_place_moves_with_all_its_languages(contact, notice):
    for position in (0, 3, 7):
        a_place(notice, position)
    (moved, *_others) = notice.sections.filter(position=7)
    response = contact.post(page(notice, 7), pressed(contact, notice, 7, act="up"))
    assert response["Location"] == page(notice, 3)
    assert list(moved.notice.sections.values_list("position", "language")) == [
        *((0, "fi"), (0, "sv"), (3, "fi"), (3, "sv"), (7, "fi"), (7, "sv")),
    ]
    moved.refresh_from_db()
    assert moved.position == 3
    contact.post(page(notice, 3), pressed(contact, notice, 3, act="up"))
    contact.post(page(notice, 0), pressed(contact, notice, 0, act="up"))
    moved.refresh_from_db()
    assert moved.position == 0


def test_a_place_is_deleted_in_every_language_and_its_clauses_stay(contact, notice):
    rows = a_place(notice)
    clause = ClauseFactory(notice=notice, section=rows[0])
    response = contact.post(page(notice), pressed(contact, notice, act="delete"), follow=True)
    assert "The section was deleted." in told(response)
    clause.refresh_from_db()
    assert (notice.sections.count(), clause.section) == (0, None)
    assert Section.history.filter(id=rows[0].pk, history_type="-").count() == 1


def test_a_notice_in_force_has_no_such_page_and_a_reader_may_not_open_it(contact, notice):
    """V02"""
    a_place(notice)
    viewer = staff(Role.VIEWER)
    assert viewer.get(page(notice)).status_code == 403
    posted = sent(contact, notice, text_fi="Minun.")
    deleted = pressed(contact, notice, act="delete")
    adopt(notice, now=timezone.now())
    answers = [contact.get(page(notice), follow=True)]
    answers += [contact.post(page(notice), data, follow=True) for data in (posted, deleted)]
    for response in answers:
        assert response.redirect_chain == [(home(notice), 302)]
        assert "The notice has come into force meanwhile" in told(response)
    assert viewer.post(page(notice), posted).status_code == 403
    assert notice.sections.count() == 2


def test_the_page_of_one_section_tells_the_same(contact, notice):
    """V02"""
    fi, _sv = a_place(notice)
    adopt(notice, now=timezone.now())
    address = reverse("admin:notices_section_change", args=[fi.pk])
    posted = {"key": fi.key, "language": "fi", "text": "Käsin.", "reason": "Test"}
    response = contact.post(address, posted, follow=True)
    assert response.redirect_chain == [(home(notice), 302)]
    assert "The notice has come into force meanwhile" in told(response)
    assert staff(Role.VIEWER).post(address, posted).status_code == 403
    assert contact.get(address).status_code == 200


def test_a_notice_that_comes_into_force_at_the_same_moment_is_told(contact, notice, monkeypatch):
    a_place(notice)
    posted = sent(contact, notice, text_fi="Minun.")
    kept = notice.sections.get(language="fi")
    monkeypatch.setattr("notices.admin.sections.draft_or_404", lambda *_: stale(notice))
    response = contact.post(page(notice), posted, follow=True)
    assert "The notice has come into force meanwhile" in told(response)
    kept.refresh_from_db()
    assert kept.text == "Teksti fi."


def stale(notice):
    """The draft as one request read it, just before another put it in force."""
    if notice.version is None:
        adopt(type(notice).objects.get(pk=notice.pk), now=timezone.now())
    return notice


@pytest.mark.parametrize("position", [1, 9, 99_999])
def test_a_place_that_is_not_there_is_not_shown(contact, notice, position):
    assert contact.get(page(notice, position)).status_code == 404


def test_a_change_on_the_page_of_one_section_takes_the_place_over_too(contact, notice):
    fi, sv = a_place(notice, written=True)
    posted = {"key": fi.key, "language": "fi", "heading": fi.heading, "text": "Käsin."}
    address = reverse("admin:notices_section_change", args=[fi.pk])
    contact.post(address, posted | {"own_words": "<b>a</b><script>b</script>", "reason": "Test"})
    fi.refresh_from_db()
    sv.refresh_from_db()
    assert (fi.text, fi.own_words, fi.written, sv.written) == ("Käsin.", "<b>a</b>", False, False)
    response = contact.post(address, posted | {"language": "sv", "reason": "Test"})
    assert "The section has a text in this language already." in response.text


def test_the_history_of_a_section_is_reached_from_its_place(contact, notice):
    fi, _sv = a_place(notice)
    with because("Sanottu toisin"):
        fi.save()
    address = reverse("admin:notices_section_history", args=[fi.pk])
    assert address in contact.get(page(notice)).text
    assert "Sanottu toisin" in contact.get(address).text


def test_own_words_that_a_language_lacks_are_marked_everywhere(contact, notice):
    """V05"""
    a_place(notice, languages=("fi", "sv"), key="cookies")
    with because("Test"):
        section = Section.objects.get(language="fi")
        section.own_words = "Omia sanoja."
        section.save()
        notice.languages = ["fi", "sv"]
        notice.save()
    page = contact.get(reverse("admin:notices_notice_place", args=[notice.pk, 0]))
    lacking = {one.language: one.lacks_own_words for one in page.context["form"].columns}
    assert lacking == {"fi": False, "sv": True}
    assert page.text.count("These own words are missing in this language.") == 1
    draft = contact.get(reverse("admin:notices_notice_change", args=[notice.pk])).text
    assert "missing: svenska" in draft
    checked = contact.get(reverse("admin:notices_notice_check", args=[notice.pk]))
    assert checked.context["languages"] == [
        "suomi: complete.",
        "svenska: missing own words (Cookies).",
    ]
    whole = contact.get(reverse("admin:notices_notice_clauses", args=[notice.pk]) + "?step=text")
    assert whole.text.count("Your own words are missing in svenska.") == 1
