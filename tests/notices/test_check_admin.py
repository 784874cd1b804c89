"""The checker beside the text: staff see what is wrong, and accept, change or leave it."""

import re
from dataclasses import replace
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.reasons import because
from notices.drafts import draft_of, reading_of
from notices.improving import accept, leave, review, settling
from notices.publishing import adopt
from notices.terms import SectionKey
from staff.roles import Role
from tests.factories import UndertakingFactory, UserFactory
from tests.notices.test_improving import good, with_text
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
BAD = "Kiellon saa tehdä sähköpostitse (s-postiosoite)."


def staff(role):
    user = UserFactory(role=role, language="en")
    UndertakingFactory(user=user)
    return sign_in(Client(), user)


@pytest.fixture
def contact(db):
    return staff(Role.DATA_PROTECTION_CONTACT)


@pytest.fixture
def draft(db):
    """The demo's notice, with a placeholder (D02) and a half address (D09)."""
    reading = with_text(good(), SectionKey.SECURITY_ELECTRONIC, BAD)
    controller = replace(reading.controller, address="Kettinkikuja 4")
    return draft_of(replace(reading, controller=controller), reason="Test")


def list_of(notice):
    return reverse("admin:notices_notice_check", args=[notice.pk])


def page_of(notice, key):
    return reverse("admin:notices_notice_finding", args=[notice.pk, key])


def key_of(notice, rule):
    current = review(notice, today=timezone.localdate())
    every = [*current.open, *(one for one, _row in current.left)]
    return next(one.key for one in every if one.id == rule)


def messages_of(response):
    return [str(one) for one in response.context["messages"]]


class TestTheList:
    def test_the_words_at_fault_are_marked_in_the_text(self, contact, draft):
        page = contact.get(list_of(draft)).text
        assert "<mark>(s-postiosoite)</mark>" in page

    def test_a_text_cannot_bring_markup_into_the_page(self, contact):
        """Words of a notice are anybody's: they came from a file."""
        text = "<script>alert(1)</script> & (s-postiosoite)"
        draft = draft_of(with_text(good(), SectionKey.SECURITY_ELECTRONIC, text), reason="Test")
        page = contact.get(list_of(draft)).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; <mark>(s-postiosoite)</mark>" in page

    def test_it_says_how_many_errors_stand_against_publishing(self, contact, draft):
        response = contact.get(list_of(draft))
        counted = len(review(draft, today=timezone.localdate()).errors)
        assert counted
        assert f"{counted} error" in response.text
        assert "Publishable" not in response.text

    def test_a_notice_without_errors_is_called_publishable(self, contact):
        draft = draft_of(good(), reason="Test")
        response = contact.get(list_of(draft))
        assert "Publishable" in response.text
        assert reverse("admin:notices_notice_publish", args=[draft.pk]) in response.text

    def test_the_figure_counts_what_is_open_left_and_accepted(self, contact, draft):
        accept(draft, key_of(draft, "D02"), today=timezone.localdate())
        leave(draft, key_of(draft, "D09"), "A market stall.", today=timezone.localdate())
        bars = {bar.name: bar for bar in contact.get(list_of(draft)).context["bars"]}
        assert (bars["accepted"].count, bars["left"].count) == (1, 1)
        assert round(sum(bar.width for bar in bars.values())) == 100

    def test_the_figure_counts_in_good_language(self, contact, draft):
        bars = {bar.name: bar for bar in contact.get(list_of(draft)).context["bars"]}
        told = {name: bars[name].label for name in ("error", "warning", "info")}
        counts = {name: bars[name].count for name in told}
        names = {"error": "error", "warning": "warning", "info": "hint"}
        assert told == {
            name: names[name] + ("" if count == 1 else "s") for name, count in counts.items()
        }

    def test_one_language_alone_is_not_told_to_be_whole(self, contact, draft):
        """Whole says nothing of what is wrong, only that nothing waits for a translation."""
        with because("Test"):
            draft.languages = ["fi"]
            draft.save()
            for section in draft.sections.exclude(language="fi"):
                for clause in section.clauses.all():
                    clause.section = None
                    clause.save()
                section.delete()
        assert contact.get(list_of(draft)).context["languages"] == []

    def test_what_is_left_stands_apart_with_its_reason(self, contact, draft):
        leave(draft, key_of(draft, "D09"), "A market stall.", today=timezone.localdate())
        before, after = contact.get(list_of(draft)).text.split("Left as they are")
        assert "A market stall." in after
        assert key_of(draft, "D09") not in before

    def test_each_language_is_told_to_be_whole_or_not(self, contact, draft):
        """V05"""
        page = contact.get(list_of(draft)).text
        assert "English: complete." in page
        section = draft.sections.get(key="cookies", language="sv")
        reading = reading_of(draft)
        place = list(draft.sections.all()).index(section)
        sections = (*reading.sections[:place], *reading.sections[place + 1 :])
        bare = draft_of(replace(reading, sections=sections, facts=()), reason="Test")
        assert "svenska: missing Cookies." in contact.get(list_of(bare)).text

    def test_a_viewer_reads_it_and_is_offered_nothing_to_press(self, draft):
        page = staff(Role.VIEWER).get(list_of(draft)).text
        assert "<mark>" in page
        assert key_of(draft, "D02") in page
        assert page_of(draft, key_of(draft, "D02")) not in page

    def test_a_notice_in_force_is_shown_with_its_faults_and_a_way_to_a_copy(self, contact, draft):
        """An adopted notice stays as it is; each fault is a task for the next version."""
        adopt(draft, now=timezone.now())
        page = contact.get(list_of(draft)).text
        assert "<mark>(s-postiosoite)</mark>" in page
        assert reverse("admin:notices_notice_copy", args=[draft.pk]) in page

    def test_the_page_of_the_draft_leads_there_with_the_counts(self, contact, draft):
        page = contact.get(reverse("admin:notices_notice_change", args=[draft.pk])).text
        assert list_of(draft) in page
        counted = len(review(draft, today=timezone.localdate()).errors)
        assert f"{counted} error" in page

    def test_the_front_page_leads_there_until_a_notice_is_in_force(self, contact, draft):
        assert list_of(draft) in contact.get(reverse("admin:index")).text


class TestOneFinding:
    def test_it_shows_what_is_wrong_the_law_and_the_text_offered(self, contact, draft):
        page = unescape(contact.get(page_of(draft, key_of(draft, "D02"))).text)
        assert "<mark>(s-postiosoite)</mark>" in page
        assert "The law:" in page
        assert "sähköpostitse (tietosuoja@ruskapolku.example)" in page

    def test_accepting_changes_the_draft_and_leads_to_the_next(self, contact, draft):
        response = contact.post(
            page_of(draft, key_of(draft, "D02")), {"act": "accept"}, follow=True
        )
        assert messages_of(response) == ["The draft is changed."]
        leads_to, _status = response.redirect_chain[0]
        [next_key] = re.findall("#f-([0-9a-f]{32})$", leads_to)
        assert f'id="f-{next_key}"' in response.text
        assert "(s-postiosoite)" not in "".join(one.text for one in draft.sections.all())

    def test_a_changed_text_is_stored_as_it_was_typed(self, contact, draft):
        address = page_of(draft, key_of(draft, "D02"))
        form = contact.get(address).context["form"]
        sent = {
            "act": "accept",
            "offered": form.initial["offered"],
            "text": "Soita meille.\r\nOvi on auki.",
        }
        contact.post(address, sent)
        [section] = draft.sections.filter(key="security_electronic", language="fi")
        assert section.text == "Soita meille.\nOvi on auki."
        assert not section.written

    def test_a_question_is_asked_and_a_bad_answer_told_at_its_field(self, contact, draft):
        address = page_of(draft, key_of(draft, "D09"))
        form = contact.get(address).context["form"]
        sent = {key: form[key].value() for key in form.fields}
        sent |= {"act": "accept", "controller.address": "Kotikuja 4"}
        response = contact.post(address, sent)
        assert response.status_code == 200
        assert response.context["form"].errors.keys() == {"controller.address"}
        assert 'value="Kotikuja 4"' in response.text
        draft.refresh_from_db()
        assert draft.controller_address == "Kettinkikuja 4"

    def test_nothing_typed_is_lost_on_an_error(self, contact, draft):
        address = page_of(draft, key_of(draft, "D09"))
        sent = {
            "act": "accept",
            "controller.address": "Kotikuja 4",
            "controller.name": "Uusi Paja Oy",
            "text": "Oma teksti",
            "offered": "Muu teksti",
        }
        page = contact.post(address, sent).text
        assert "Uusi Paja Oy" in page
        assert "Oma teksti" in page

    def test_the_text_is_shown_as_the_answers_make_it_and_nothing_stored(self, contact, draft):
        address = page_of(draft, key_of(draft, "D09"))
        answers = {
            "controller.name": "Ruskapolun Pyöräpaja Oy",
            "controller.email": "asiakaspalvelu@ruskapolku.example",
            "controller.address": "Kotikuja 4, 06100 Porvoo",
        }
        page = contact.post(address, {"act": "show", **answers}).text
        assert "Kotikuja 4, 06100 Porvoo" in page.split("<textarea")[1]
        draft.refresh_from_db()
        assert draft.controller_address == "Kettinkikuja 4"

    def test_showing_keeps_a_text_that_somebody_has_changed(self, contact, draft):
        address = page_of(draft, key_of(draft, "D02"))
        sent = {"act": "show", "text": "Oma teksti", "offered": "Muu teksti"}
        assert "Oma teksti" in contact.post(address, sent).text

    def test_leaving_needs_a_reason_and_keeps_it(self, contact, draft):
        address = page_of(draft, key_of(draft, "D09"))
        response = contact.post(address, {"act": "leave", "why": " "})
        assert response.context["leave_form"].errors.keys() == {"why"}
        contact.post(address, {"act": "leave", "why": "A market stall."})
        assert draft.set_aside.get().why == "A market stall."
        assert "A market stall." in contact.get(address).text

    def test_it_is_taken_up_again(self, contact, draft):
        address = page_of(draft, key_of(draft, "D09"))
        contact.post(address, {"act": "leave", "why": "A market stall."})
        contact.post(address, {"act": "take_back"})
        assert not draft.set_aside.exists()

    def test_what_is_gone_is_told_in_one_sentence(self, contact, draft):
        address = page_of(draft, key_of(draft, "D02"))
        contact.post(address, {"act": "accept"})
        response = contact.post(address, {"act": "accept"}, follow=True)
        assert messages_of(response)[-1] == "The draft has changed: this is not found any more."

    def test_all_that_needs_no_answer_is_accepted_by_one_press(self, contact, draft):
        before = set(draft.sections.values_list("pk", "text"))
        response = contact.post(page_of(draft, "simple"), follow=True)
        assert "accepted" in messages_of(response)[0]
        told = messages_of(response)[1]
        changed = [row for row in draft.sections.all() if (row.pk, row.text) not in before]
        assert changed
        for row in changed:
            place = reverse("admin:notices_notice_place", args=[draft.pk, row.position])
            assert f'<a href="{place}">' in told
        assert told.count("<a ") == len(changed)
        rules = {one.id for one in review(draft, today=timezone.localdate()).open}
        assert "D02" not in rules
        assert "D09" in rules

    @pytest.mark.parametrize("role", [Role.VIEWER, Role.HANDLER, Role.ADMINISTRATOR])
    def test_others_neither_see_nor_send_it(self, draft, role):
        address = page_of(draft, key_of(draft, "D02"))
        client = staff(role)
        assert client.get(address).status_code == 403
        assert client.post(address, {"act": "accept"}).status_code == 403


class TestAColleagueMeanwhile:
    @pytest.fixture
    def opened(self, contact, draft):
        """The page as it was opened, and what its form sends."""
        address = page_of(draft, key_of(draft, "D02"))
        form = contact.get(address).context["form"]
        return address, {name: form[name].value() for name in form.fields}

    @pytest.fixture
    def colleague(self, draft):
        """Writes into the text that the remedy is for."""

        def writes(addition="Lukot vaihdettiin."):
            [section] = draft.sections.filter(key="security_electronic", language="fi")
            section.text = f"{BAD}\n{addition}"
            with because("Test"):
                section.save()

        return writes

    def stored(self, draft):
        return draft.sections.get(key="security_electronic", language="fi").text

    def test_what_a_colleague_wrote_is_not_undone_silently(self, contact, draft, opened, colleague):
        address, sent = opened
        colleague()
        response = contact.post(address, {"act": "accept", **sent, "text": "Oma teksti"})
        assert response.status_code == 200
        assert "The draft has changed since you opened this page." in response.text
        assert self.stored(draft) == f"{BAD}\nLukot vaihdettiin."
        form = response.context["form"]
        assert form["text"].value() == "Oma teksti"

    def test_a_second_press_keeps_what_was_typed(self, contact, draft, opened, colleague):
        address, sent = opened
        colleague()
        response = contact.post(address, {"act": "accept", **sent, "text": "Oma teksti"})
        form = response.context["form"]
        again = {name: form[name].value() for name in form.fields}
        contact.post(address, {"act": "accept", **again})
        assert self.stored(draft) == "Oma teksti"

    def test_a_text_that_nobody_typed_is_the_one_offered_now(
        self, contact, draft, opened, colleague
    ):
        address, sent = opened
        colleague()
        form = contact.post(address, {"act": "accept", **sent}).context["form"]
        assert "Lukot vaihdettiin." in form["text"].value()
        again = {name: form[name].value() for name in form.fields}
        contact.post(address, {"act": "accept", **again})
        assert "Lukot vaihdettiin." in self.stored(draft)
        assert "(s-postiosoite)" not in self.stored(draft)

    def test_showing_the_text_first_tells_it_too(self, contact, draft, opened, colleague):
        address, sent = opened
        colleague()
        page = contact.post(address, {"act": "show", **sent, "text": "Oma teksti"}).text
        assert "The draft has changed since you opened this page." in page

    def test_a_form_without_a_text_knows_it_too(self, contact):
        reading = replace(good(), controller=replace(good().controller, name=None, address=None))
        draft = draft_of(with_text(reading, SectionKey.CONTROLLER, ""), reason="Test")
        address = page_of(draft, key_of(draft, "D07"))
        form = contact.get(address).context["form"]
        assert "text" not in form.fields
        sent = {name: form[name].value() for name in form.fields} | {"controller.name": "Koe Oy"}
        sent |= {"controller.address": "Kotikuja 4, 06100 Porvoo", "act": "accept"}
        draft.register_name = "Muu rekisteri"
        with because("Test"):
            draft.save()
        response = contact.post(address, sent)
        assert "The draft has changed since you opened this page." in response.text
        assert 'value="Koe Oy"' in response.text
        draft.refresh_from_db()
        assert draft.controller_name == ""

    def test_a_change_at_the_very_moment_is_told_as_well(
        self, contact, draft, opened, colleague, monkeypatch
    ):
        """Between the page's look at the draft and the lock."""
        address, sent = opened
        made = settling.improved

        def slowly(*args, **kwargs):
            better = made(*args, **kwargs)
            colleague()
            return better

        monkeypatch.setattr(settling, "improved", slowly)
        response = contact.post(address, {"act": "accept", **sent, "text": "Oma teksti"})
        assert "The draft has changed since you opened this page." in response.text
        assert self.stored(draft) == f"{BAD}\nLukot vaihdettiin."

    def test_all_simple_ones_are_not_accepted_over_a_change_either(
        self, contact, draft, colleague, monkeypatch
    ):
        made = settling._next_simple

        def slowly(*args):
            colleague()
            return made(*args)

        monkeypatch.setattr(settling, "_next_simple", slowly)
        response = contact.post(page_of(draft, "simple"), follow=True)
        assert messages_of(response) == [
            "Somebody else has just changed the draft. Press once more."
        ]
        assert self.stored(draft) == f"{BAD}\nLukot vaihdettiin."
