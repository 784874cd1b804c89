"""Writing a notice from clauses: from an empty installation to a notice that is in force."""

from datetime import date

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import override

from notices.admin import writing
from notices.checking import Severity, check
from notices.drafts import draft_of, reading_of
from notices.guiding.promising import Step
from notices.guiding.steps import FORMS
from notices.models import Notice
from notices.personal_data import UndeclaredData
from notices.reading import read
from notices.terms import ClauseKind, DataCategory, SectionKey, Statement
from register.models import Customer
from staff.roles import Role
from tests.factories import (
    ClauseFactory,
    CustomerFactory,
    NoticeFactory,
    SectionFactory,
    UndertakingFactory,
    UserFactory,
)
from tests.notices.test_load_notice import TEXT
from tests.notices.test_reading_anything import EXAMPLES
from tests.notices.test_reading_five import NOTICES
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
WRITE = reverse("admin:notices_notice_write")
FIRM = {
    "controller_name": "Koekirjasto Oy",
    "controller_street": "Koekuja 1",
    "controller_postcode": "00100",
    "controller_city": "Helsinki",
    "controller_phone": "020 000 0001",
    "controller_email": "tietosuoja@koekirjasto.example",
    "contact_name": "Aino Koekajo",
}


def staff(role=Role.DATA_PROTECTION_CONTACT, language="en", name="Aino Virtanen"):
    user = UserFactory(role=role, language=language, name=name)
    UndertakingFactory(user=user)
    return sign_in(Client(), user)


@pytest.fixture
def contact(db):
    return staff()


def step_of(notice, step=""):
    address = reverse("admin:notices_notice_clauses", args=[notice.pk])
    return f"{address}?step={step}" if step else address


def as_posted(value):
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    if isinstance(value, bool):
        return "on" if value else None
    return value


def filled(form, **changes):
    """What a browser sends when somebody changes `changes` on the page and presses the button."""
    boxes = list(form)
    if form.rows is not None:
        boxes += [*form.rows.management_form, *(box for row in form.rows.forms for box in row)]
    shown = {box.html_name: as_posted(box.value()) for box in boxes}
    posted = {name: value for name, value in shown.items() if value is not None}
    posted |= changes
    return {name: value for name, value in posted.items() if value is not None}


def answer(client, notice, step, **changes):
    """Answer one step as it is shown, but for `changes`."""
    form = client.get(step_of(notice, step)).context["form"]
    return client.post(step_of(notice, step), filled(form, **changes))


def begin(client, **changes):
    response = client.post(WRITE, filled(client.get(WRITE).context["form"], **FIRM | changes))
    assert response.status_code == 302, response.context["form"].errors
    return Notice.objects.drafts().get()


def walk(client, notice, **changes):
    """All steps after the first, each answered as suggested but for the `changes` of a step."""
    for step in list(Step)[1:]:
        response = answer(client, notice, step, **changes.get(step, {}))
        assert response.status_code == 302, response.context["form"].mistakes
    return response


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_newcomer_goes_from_an_empty_register_to_a_published_notice(language):
    """The mission; P20: the register then takes exactly what was chosen."""
    client = staff(language=language)
    index = client.get(reverse("admin:index")).text
    assert WRITE in index
    assert reverse("admin:notices_notice_read") in index
    assert "errors" not in client.get(WRITE).context["form"].errors

    notice = begin(client, languages=["fi", "sv", "en"])
    response = walk(client, notice)
    assert response["Location"] == step_of(notice, "text")
    page = client.get(response["Location"])
    assert page.context["errors"] == []
    assert page.context["undone"] == []
    publish = reverse("admin:notices_notice_publish", args=[notice.pk])
    assert publish in page.text
    form = client.get(publish).context["form"]
    assert Notice.objects.in_force() is None
    client.post(publish, {box.html_name: as_posted(box.value()) for box in form})

    in_force = Notice.objects.in_force()
    assert in_force == notice
    assert in_force.published_at
    assert in_force.declared == {
        DataCategory.NAME,
        DataCategory.EMAIL,
        DataCategory.POSTAL_ADDRESS,
        DataCategory.PHONE,
        DataCategory.ORDERS,
    }
    CustomerFactory(email="eero@koe.example", city="Porvoo")
    with pytest.raises(UndeclaredData):
        CustomerFactory(website="https://koe.example")
    assert Customer.objects.count() == 1
    for code in ("fi", "sv", "en"):
        public = client.get(f"/{code}/").text
        assert "Koekirjasto Oy" in public
        with override(code):
            assert client.get(f"/{code}/").status_code == 200


@pytest.mark.parametrize("languages", [["fi"], ["sv", "fi"], ["fi", "sv", "en"]])
def test_what_was_chosen_is_written_in_each_language(contact, languages):
    """No error and no warning of the checker; every section in every language."""
    notice = begin(contact, languages=languages, request_languages=languages)
    walk(contact, notice)
    page = contact.get(step_of(notice, "text"))
    findings = check(reading_of(notice), today=localdate())
    assert [one for one in findings if one.severity != Severity.INFO] == []
    for place in page.context["places"]:
        assert {language for language, section in place["texts"] if section} == set(languages)
    assert all(section.written for section in reading_of(notice).sections)


def test_everything_that_can_be_ticked_makes_a_notice_without_errors(contact):
    notice = begin(contact)
    walk(
        contact,
        notice,
        data={
            "declared": list(DataCategory.values),
            "sources": [
                "registration",
                "customer_notice",
                "purchase",
                "update_service",
                "subcontractor",
                "partner",
                "cookies",
            ],
            "cookies": ["necessary", "analytics", "marketing"],
            "called": "toimeksiannot",
        },
        purposes={
            f"for_{purpose}": "on"
            for purpose in (
                "development",
                "statistics",
                "personalised_content",
                "ad_targeting",
                "publication",
            )
        },
        sharing={
            **{
                f"to_{kind}": "on"
                for kind in (
                    "partner",
                    "service_provider",
                    "credit",
                    "collection_agency",
                    "authority",
                    "analytics",
                )
            },
            "names_accounting": "Tilikoe Oy",
            "names_partner": "Palvelinkoe Oy\nPilvikoe Oy",
            "disclosures": [
                "value_added_service",
                # not credit_decision: no category holds credit data, so D37 asks for own words
                "credit_application",
                "collection",
                "billing",
                "legal_obligation",
            ],
            "row-0-tool": "standard_clauses",
            "row-0-name": "Kuukoe Inc.",
            "row-0-country": "US",
        },
        rights={"paper": ["locked_storage"], "public": ["public_sources"]},
    )
    page = contact.get(step_of(notice, "text"))
    assert page.context["errors"] == []
    notice.refresh_from_db()
    names = notice.clauses.filter(kind="recipient", term="partner").values_list("name", flat=True)
    assert list(names) == ["Palvelinkoe Oy", "Pilvikoe Oy"]
    assert not notice.clauses.filter(term=Statement.NO_CONSENT).exists()


def test_nothing_is_promised_before_it_was_confirmed(contact):
    """A suggestion is shown, and counts once somebody has pressed "Next"."""
    notice = begin(contact)
    page = contact.get(step_of(notice, Step.RETENTION))
    assert "suggestion" in page.text
    assert notice.clauses.count() == 0
    answer(contact, notice, Step.DATA)
    assert set(notice.clauses.values_list("kind", flat=True)) == {"data", "source", "cookies"}
    assert "suggestion" not in contact.get(step_of(notice, Step.DATA)).text


def test_who_stops_in_the_middle_goes_on_there(contact):
    notice = begin(contact)
    answer(contact, notice, Step.DATA)
    answer(contact, notice, Step.PURPOSES)
    page = contact.get(step_of(notice))
    assert page.context["form"].step == Step.SHARING
    assert "Next" in page.text
    index = contact.get(reverse("admin:index")).text
    assert step_of(notice) in index


def test_back_saves_too_and_shows_what_was_chosen(contact):
    notice = begin(contact)
    form = contact.get(step_of(notice, Step.DATA)).context["form"]
    posted = filled(form, declared=["name", "phone"]) | {"back": "Back"}
    response = contact.post(step_of(notice, Step.DATA), posted)
    assert response["Location"] == step_of(notice, Step.WHO)
    shown = contact.get(step_of(notice, Step.DATA)).context["form"]
    assert list(shown["declared"].value()) == ["name", "phone"]


def test_each_step_is_one_change_in_the_history_with_its_name(contact):
    """In the language of the controller, whatever the staff page speaks."""
    notice = begin(contact)
    answer(contact, notice, Step.RETENTION)
    reasons = {
        clause.history.first().history_change_reason
        for clause in notice.clauses.filter(kind=ClauseKind.RETENTION)
    }
    assert reasons == {"Selostetta kirjoitettu: Kuinka kauan"}


CONTRADICTIONS = [
    (Step.WHO, {"controller_postcode": "100"}, "controller_postcode", "five digits"),
    (Step.WHO, {"controller_city": ""}, "controller_city", "required"),
    (Step.WHO, {"controller_city": "00100"}, "controller_city", "without digits"),
    (Step.WHO, {"controller_email": ""}, "controller_email", "e-mail address for requests"),
    (Step.WHO, {"controller_email": "aino"}, "controller_email", "valid email"),
    (Step.WHO, {"languages": []}, "languages", "required"),
    (Step.WHO, {"contact_name": "Aino 131052-308T"}, "contact_name", "personal identity code"),
    (Step.WHO, {"updated_on": "2020-01-01"}, "updated_on", "before the day"),
    (Step.DATA, {"declared": []}, "declared", "required"),
    (Step.DATA, {"sources": []}, "sources", "required"),
    (Step.DATA, {"cookies": ["none", "analytics"]}, "cookies", "either no cookies"),
    (Step.DATA, {"sources": ["cookies"]}, "sources", "Without cookies"),
    (Step.DATA, {"declared": ["name", "cookies"]}, "declared", "Without cookies"),
    (Step.PURPOSES, {"basis_orders": ""}, "basis_orders", "one legal basis"),
    (
        Step.PURPOSES,
        {"for_statistics": "on", "basis_statistics": "contract"},
        "basis_statistics",
        "another basis",
    ),
    (
        Step.PURPOSES,
        {"for_maintain": None, "for_orders": None, "for_relationship": None},
        "for_maintain",
        "at least one purpose",
    ),
    (Step.SHARING, {"disclosures": ["collection"]}, "disclosures", "debt collection agencies"),
    (Step.SHARING, {"to_own_staff": None, "to_accounting": None}, "to_own_staff", "at least you"),
    (
        Step.SHARING,
        {"names_accounting": "Tilikoe Oy\n131052-308T"},
        "names_accounting",
        "personal identity code",
    ),
    (Step.SHARING, {"row-0-country": "US"}, "row-0-tool", "without one data must stay"),
    (Step.SHARING, {"row-0-tool": "adequacy"}, "row-0-country", "Choose the country"),
    (Step.RETENTION, {"row-0-years": ""}, "row-0-years", "how many years or months"),
    (Step.RETENTION, {"row-0-years": "0"}, "row-0-years", "greater than or equal to 1"),
    (Step.RETENTION, {"row-0-start": ""}, "row-0-start", "from what the time is counted"),
    (Step.RETENTION, {"row-0-inactive_months": ""}, "row-0-inactive_months", "without contact"),
    (
        Step.RETENTION,
        {"row-0-categories": ["website"]},
        "row-0-categories",
        "not one of the available",
    ),
    (Step.RETENTION, {"row-0-categories": ["orders"]}, "", "leave it in one of them"),
    (
        Step.RETENTION,
        {"row-2-years": "2", "row-2-start": "relationship_end", "row-2-inactive_months": "9"},
        "",
        "count from the same",
    ),
    (Step.RETENTION, {"row-0-DELETE": "on"}, "", "Add a rule without a tick"),
    (Step.RIGHTS, {"ways": ["signature"]}, "ways", "may not be the only way"),
    (Step.RIGHTS, {"ways": []}, "ways", "required"),
    (
        Step.RIGHTS,
        {"needed": ["needed_for_contract", "given_freely"]},
        "needed",
        "both voluntary and needed",
    ),
    (Step.RIGHTS, {"public": ["public_sources", "no_public_sources"]}, "public", "one of the two"),
    (Step.RIGHTS, {"paper": ["no_paper", "locked_storage"]}, "paper", "either no paper"),
]


@pytest.mark.parametrize(("step", "changes", "field", "sentence"), CONTRADICTIONS)
def test_a_mistake_is_told_at_its_field_in_one_sentence_and_what_was_typed_stays(
    contact, step, changes, field, sentence
):
    """D09, D13, D14, D28, D32, A4"""
    notice = begin(contact)
    answer(contact, notice, Step.DATA)
    before = reading_of(notice)
    response = answer(contact, notice, step, **changes)
    assert response.status_code == 200
    form = response.context["form"]
    told = {key.removeprefix("id_"): said for key, _label, said in form.mistakes}
    assert list(told) == [field]
    assert sentence in told[field]
    assert f'href="#id_{field}"' in response.text or not field
    for name, value in changes.items():
        if name in form.fields and value not in ("", "on", None):
            assert form[name].value() == value
    assert reading_of(notice) == before


def test_ip_numbers_need_a_short_rule_of_their_own(contact):
    """D03r"""
    notice = begin(contact)
    answer(contact, notice, Step.DATA, declared=["name", "ip_address"])
    suggested = contact.get(step_of(notice, Step.RETENTION)).context["form"]
    assert [row.initial.get("categories") for row in suggested.rows.forms] == [
        [],
        ["ip_address"],
        None,
    ]
    refused = answer(contact, notice, Step.RETENTION, **{"row-1-DELETE": "on"})
    assert "IP numbers need a shorter rule" in refused.text
    refused = answer(contact, notice, Step.RETENTION, **{"row-1-years": "10"})
    assert "24 months at most" in refused.text
    assert answer(contact, notice, Step.RETENTION).status_code == 302
    rule = notice.clauses.get(kind="retention", term="collected")
    assert (rule.months, rule.categories) == (6, ["ip_address"])


def test_what_a_dropped_datum_takes_along_is_named_by_rule_and_data(contact):
    """V07, D03r: of two rules that begin with the same fact one alone is about IP numbers."""
    notice = begin(contact)
    answer(contact, notice, Step.DATA, declared=["name", "ip_address"])
    answer(contact, notice, Step.RETENTION)
    response = answer(contact, notice, Step.DATA, declared=["name"])
    page = contact.get(response["Location"]).text
    assert (
        "This changed along with it: retention period: IP number: 6 months from the day "
        "when the data were obtained.<"
    ) in page


def test_no_consent_and_a_purpose_on_consent_exclude_each_other(contact):
    """P19, D14"""
    notice = begin(contact)
    walk(contact, notice)
    assert notice.clauses.filter(term=Statement.NO_CONSENT).exists()
    response = answer(
        contact, notice, Step.PURPOSES, for_statistics="on", basis_statistics="consent"
    )
    page = contact.get(response["Location"]).text
    assert "This changed along with it" in page
    assert not notice.clauses.filter(term=Statement.NO_CONSENT).exists()
    refused = answer(contact, notice, Step.RIGHTS, general=["no_officer", "no_consent"])
    assert "take the tick away" in refused.text


@pytest.fixture
def notice_read(db):
    """A notice that was read: its words are the controller's own."""
    return draft_of(read(TEXT.encode()), reason="Test")


def test_a_notice_that_was_read_fills_the_steps_with_its_own_clauses(contact, notice_read):
    notice = notice_read
    reading = reading_of(notice)
    for step in Step:
        form = contact.get(step_of(notice, step)).context["form"]
        assert form.step == step
    form = contact.get(step_of(notice, Step.DATA)).context["form"]
    assert set(form["declared"].value()) == set(reading.terms_of(ClauseKind.DATA))
    assert reading_of(notice) == reading


def any_notice():
    """Some of our own examples, the demo, and the five real notices where they are kept."""
    ours = [*EXAMPLES[::6], settings.BASE_DIR / "demo" / "notice.toml"]
    return sorted(ours) + sorted(path for path in NOTICES.glob("*") if path.is_file())


@pytest.mark.parametrize("path", any_notice(), ids=lambda path: path.name[:12])
def test_the_steps_take_any_notice_and_change_no_word_of_it(contact, path):
    """Answered as shown, or told what is amiss; the controller's own text stays to the letter."""
    notice = draft_of(read(path.read_bytes()), reason="Test")
    before = [(row.heading, row.text, row.own_words) for row in notice.sections.all()]
    for step in Step:
        response = answer(contact, notice, step)
        if response.status_code == 200:
            assert response.context["form"].mistakes
    assert [(row.heading, row.text, row.own_words) for row in notice.sections.all()] == before
    assert contact.get(step_of(notice, "text")).status_code == 200


def test_own_text_stays_until_it_is_ticked_and_the_difference_is_told(contact, notice_read):
    notice = notice_read
    before = {section.key: section.text for section in notice.sections.all()}
    assert "data_content" in before
    response = answer(
        contact,
        notice,
        Step.DATA,
        declared=["name", "website"],
        sources=["purchase"],
        cookies=["none"],
    )
    page = contact.get(response["Location"]).text
    assert "other clauses than your own text says" in page
    assert "Data in the register" in page
    assert {section.key: section.text for section in notice.sections.all()} == before
    text = contact.get(step_of(notice, "text"))
    assert "Data in the register" in text.context["own"]
    assert any("web address" in label for label in text.context["unsaid"])

    form = contact.get(step_of(notice, Step.DATA)).context["form"]
    assert form["rewrite"].value() in ([], None)
    response = answer(contact, notice, Step.DATA, rewrite=["data_content"])
    assert response.status_code == 302
    section = notice.sections.get(key="data_content", language="fi")
    assert section.written
    assert section.text != before["data_content"]
    assert not [label for label in text.context["unsaid"] if "first and last" in label]
    others = {row.key: row.text for row in notice.sections.exclude(key="data_content")}
    assert others == {key: words for key, words in before.items() if key != "data_content"}


def test_a_section_that_a_read_notice_lacks_is_offered_and_not_added_unasked(contact, notice_read):
    notice = notice_read
    form = contact.get(step_of(notice, Step.SHARING)).context["form"]
    offered = {key for key, _label in form.fields["rewrite"].choices}
    missing = offered - set(notice.sections.values_list("key", flat=True))
    assert SectionKey.TRANSFERS in missing
    answer(contact, notice, Step.SHARING)
    assert not notice.sections.filter(key=SectionKey.TRANSFERS).exists()
    answer(contact, notice, Step.SHARING, rewrite=[SectionKey.TRANSFERS])
    assert notice.sections.get(key=SectionKey.TRANSFERS).written


def test_the_program_s_own_text_follows_every_change(contact):
    notice = begin(contact, languages=["fi"])
    walk(contact, notice)
    before = notice.sections.get(key=SectionKey.RETENTION).text
    answer(contact, notice, Step.RETENTION, **{"row-0-years": "7"})
    after = notice.sections.get(key=SectionKey.RETENTION)
    assert after.text != before
    assert "7" in after.text


def test_own_words_outlive_a_rewriting(contact):
    notice = begin(contact, languages=["fi"])
    walk(contact, notice)
    section = notice.sections.get(key=SectionKey.RETENTION, language="fi")
    form = {
        "section": section.pk,
        "key": section.key,
        "heading_fi": section.heading,
        "text_fi": section.text,
        "own_words_fi": "Kysy lisää tiskiltä.",
        "reason": "Lisäys",
        "act": "save",
    }
    contact.post(reverse("admin:notices_notice_place", args=[notice.pk, section.position]), form)
    answer(contact, notice, Step.RETENTION, **{"row-0-years": "7"})
    section.refresh_from_db()
    assert section.own_words == "Kysy lisää tiskiltä."
    assert "7" in section.text
    assert "Kysy lisää tiskiltä." in contact.get(step_of(notice, "text")).text


def test_a_language_added_later_is_written_and_one_in_own_text_is_marked_missing(contact):
    """V05"""
    notice = begin(contact, languages=["fi"])
    walk(contact, notice)
    SectionFactory(
        notice=notice,
        key=SectionKey.OTHER,
        language="fi",
        heading="Muuta",
        text="Omat sanat.",
        position=90,
    )
    answer(contact, notice, Step.WHO, languages=["fi", "sv"])
    page = contact.get(step_of(notice, "text"))
    missing = [
        (place["subject"], str(language))
        for place in page.context["places"]
        for language, section in place["texts"]
        if section is None
    ]
    assert missing == [("Other matters", "sv")]
    assert "Missing in svenska." in page.text


def test_who_answers_a_step_that_another_has_changed_is_told_and_can_insist(contact):
    notice = begin(contact)
    stale = filled(contact.get(step_of(notice, Step.DATA)).context["form"], declared=["name"])
    answer(contact, notice, Step.DATA, declared=["name", "email"])
    response = contact.post(step_of(notice, Step.DATA), stale)
    assert "Somebody else changed these answers" in response.text
    again = filled(response.context["form"])
    assert contact.post(step_of(notice, Step.DATA), again).status_code == 302
    assert list(notice.clauses.filter(kind="data").values_list("term", flat=True)) == ["name"]


def test_two_people_on_two_steps_keep_both_answers(contact):
    notice = begin(contact)
    stale = filled(contact.get(step_of(notice, Step.RETENTION)).context["form"])
    answer(contact, notice, Step.PURPOSES)
    contact.post(step_of(notice, Step.RETENTION), stale)
    assert {"purpose", "retention"} <= set(notice.clauses.values_list("kind", flat=True))


def test_a_notice_in_force_has_no_steps(contact):
    """V02"""
    notice = NoticeFactory(in_force=True)
    for act in (contact.get, contact.post):
        response = act(step_of(notice, Step.DATA), {}, follow=True)
        assert_told_it_is_final(response, notice)


def assert_told_it_is_final(response, notice):
    home = reverse("admin:notices_notice_change", args=[notice.pk])
    assert response.redirect_chain == [(home, 302)]
    [told] = [str(one) for one in response.context["messages"]]
    assert told.startswith("The notice has come into force meanwhile")


def test_a_notice_that_comes_into_force_meanwhile_is_not_changed(contact, monkeypatch):
    """V02"""
    draft = begin(contact)
    posted = filled(contact.get(step_of(draft, Step.DATA)).context["form"])
    final = NoticeFactory(in_force=True)
    monkeypatch.setattr(writing, "draft_or_404", lambda request, key: final)
    clauses = final.clauses.count()
    response = contact.post(step_of(draft, Step.DATA), posted)
    assert response["Location"] == reverse("admin:notices_notice_change", args=[draft.pk])
    assert final.clauses.count() == clauses


def test_an_unknown_step_shows_the_first_that_is_open(contact):
    notice = begin(contact)
    assert contact.get(step_of(notice, "x%00")).context["form"].step == Step.DATA


def test_rows_are_read_alike_however_many_the_page_says_were_there(contact):
    notice = begin(contact)
    transfer = {"row-0-tool": "adequacy", "row-0-country": "GB", "row-0-name": "Koe Ltd"}
    answer(contact, notice, Step.SHARING, **transfer)
    answer(contact, notice, Step.SHARING, **{"row-INITIAL_FORMS": "0"})
    assert notice.clauses.get(kind="transfer").name == "Koe Ltd"
    answer(contact, notice, Step.SHARING, **{"row-0-DELETE": "on"})
    assert notice.clauses.get(kind="transfer").term == "none"


def test_rows_that_nobody_could_have_sent_are_refused(contact):
    notice = begin(contact)
    form = contact.get(step_of(notice, Step.RETENTION)).context["form"]
    for changes in ({"row-TOTAL_FORMS": "x"}, {"row-TOTAL_FORMS": "100000"}):
        response = contact.post(step_of(notice, Step.RETENTION), filled(form, **changes))
        assert response.status_code == 200
    assert notice.clauses.count() == 0


@pytest.mark.parametrize("role", [Role.VIEWER, Role.HANDLER, Role.ACCOUNTING, Role.ADMINISTRATOR])
def test_others_write_nothing(role):
    notice = NoticeFactory()
    client = staff(role)
    for address in (WRITE, step_of(notice, Step.DATA), step_of(notice, "text")):
        assert client.get(address).status_code == 403
        assert client.post(address, {}).status_code == 403


def test_the_date_of_a_first_notice_is_today(contact):
    notice = begin(contact)
    assert notice.drawn_up_on == localdate()


def test_every_step_has_its_form_and_explains_each_choice(contact):
    assert list(FORMS) == list(Step)
    notice = begin(contact)
    for step in (Step.DATA, Step.RIGHTS):
        page = contact.get(step_of(notice, step))
        for box in page.context["form"]:
            for one in box.subwidgets if hasattr(box.field, "choices") else ():
                if "hint" in one.data:
                    assert f'id="{one.id_for_label}_hint"' in page.text
        assert page.text.count("_hint") >= 10


# --- a single clause


def clause_page(clause):
    return reverse("admin:notices_notice_clause", args=[clause.notice_id, clause.pk])


def test_a_single_clause_is_changed_in_what_no_step_asks(contact):
    clause = ClauseFactory(kind=ClauseKind.RIGHT, term="access")
    form = {"promise": "right:access", "ways": ["signature"], "words": "Saat", "reason": "Own"}
    assert contact.post(clause_page(clause), form).status_code == 302
    clause.refresh_from_db()
    assert (clause.ways, clause.words) == (["signature"], "Saat")
    assert clause.history.first().history_change_reason == "Own"
    page = contact.get(reverse("admin:notices_notice_change", args=[clause.notice_id])).text
    assert clause_page(clause) in page


def test_a_clause_is_added_and_deleted(contact):
    notice = NoticeFactory(declared=["name"], sources=())
    add = reverse("admin:notices_notice_clause", args=[notice.pk, 0])
    form = {"promise": "retention:order", "reason": "New"}
    refused = contact.post(add, form)
    assert "Say how many years or months." in refused.text
    assert contact.post(add, form | {"years": "3"}).status_code == 302
    clause = notice.clauses.get(kind="retention")
    assert (clause.years, clause.position) == (3, 1)
    seen = contact.get(clause_page(clause)).context["form"]["seen"].value()
    contact.post(clause_page(clause), {"delete": "1", "seen": seen})
    assert not notice.clauses.filter(kind="retention").exists()


def test_a_clause_of_a_notice_in_force_has_no_such_page(contact):
    """V02"""
    notice = NoticeFactory(in_force=True)
    clause = notice.clauses.first()
    for act in (contact.get, contact.post):
        response = act(clause_page(clause), {"delete": "1"}, follow=True)
        assert_told_it_is_final(response, notice)
    other = ClauseFactory()
    address = reverse("admin:notices_notice_clause", args=[other.notice_id, clause.pk])
    assert contact.get(address).status_code == 404


def test_nobody_deletes_a_clause_that_a_colleague_has_changed_unseen(contact):
    clause = ClauseFactory(kind=ClauseKind.RIGHT, term="access")
    seen = contact.get(clause_page(clause)).context["form"]["seen"].value()
    eero = staff(name="Eero Mäki")
    form = {"promise": "right:access", "words": "Saat", "reason": "Own"}
    assert eero.post(clause_page(clause), form).status_code == 302
    for overtaken in ({"delete": "1", "seen": seen}, {"delete": "1"}):
        response = contact.post(clause_page(clause), overtaken, follow=True)
        [told] = [str(one) for one in response.context["messages"]]
        assert told.startswith("Eero Mäki changed this")
        assert clause.notice.clauses.count() == 1
    again = response.context["form"]["seen"].value()
    contact.post(clause_page(clause), {"delete": "1", "seen": again})
    assert clause.notice.clauses.count() == 0


def test_an_open_page_of_a_clause_never_acts_on_another_promise(contact):
    """V07: a colleague takes one promise out, and the others keep their pages."""
    notice = begin(contact, languages=["fi"])
    walk(contact, notice)
    addresses = {clause_page(one): one.label for one in notice.clauses.filter(kind="data")}
    terms = list(notice.clauses.filter(kind="data").values_list("term", flat=True))
    answer(contact, notice, Step.DATA, declared=[one for one in terms if one != terms[1]])
    shown = {address: contact.get(address) for address in addresses}
    [gone] = [address for address, page in shown.items() if page.status_code == 404]
    for address, page in shown.items():
        if address != gone:
            assert page.context["form"].instance.label == addresses[address]


@pytest.mark.parametrize(
    ("promise", "values", "field"),
    [
        ("retention:order", {"years": "1000"}, "years"),
        ("retention:order", {"years": "3", "months": "99999999999"}, "months"),
        ("retention:order", {"years": "0", "months": "0"}, "years"),
        ("retention:order", {"years": "3", "inactive_months": "601"}, "inactive_months"),
        ("transfer:adequacy", {"country": "1!"}, "country"),
    ],
)
def test_absurd_values_of_a_clause_are_told_at_their_fields(contact, promise, values, field):
    notice = NoticeFactory(declared=(), sources=())
    add = reverse("admin:notices_notice_clause", args=[notice.pk, 0])
    response = contact.post(add, {"promise": promise, "reason": "New", **values})
    assert field in response.context["form"].errors
    assert notice.clauses.count() == 0


def test_a_country_is_written_in_any_case(contact):
    notice = NoticeFactory(declared=(), sources=())
    add = reverse("admin:notices_notice_clause", args=[notice.pk, 0])
    contact.post(add, {"promise": "transfer:adequacy", "reason": "New", "country": "gb"})
    assert notice.clauses.get().country == "GB"


def test_a_change_by_hand_is_written_into_the_program_s_own_text(contact):
    notice = begin(contact, languages=["fi"])
    walk(contact, notice)
    clause = notice.clauses.get(kind="retention", term="order")
    form = {"promise": "retention:order", "years": "9", "categories": ["orders"], "reason": "x"}
    contact.post(clause_page(clause), form)
    assert "9" in notice.sections.get(key=SectionKey.RETENTION).text


@pytest.mark.parametrize(("how", "leads_to"), [("stop", "change"), ("to", "rights")])
def test_who_stops_or_goes_elsewhere_has_saved_the_step(contact, how, leads_to):
    notice = begin(contact)
    response = answer(contact, notice, Step.DATA, declared=["name", "email"], **{how: leads_to})
    assert leads_to in response["Location"]
    assert set(reading_of(notice).terms_of(ClauseKind.DATA)) == {"name", "email"}


def test_who_only_looks_at_a_suggestion_and_leaves_has_promised_nothing(contact):
    notice = begin(contact)
    for step in list(Step)[1:]:
        response = answer(contact, notice, step, stop="1")
        assert response["Location"].endswith("/change/")
    assert reading_of(notice).facts == ()


def test_who_leaves_with_a_mistake_is_told_and_may_leave_it(contact):
    notice = begin(contact)
    response = answer(contact, notice, Step.WHO, controller_postcode="1", to=Step.DATA)
    assert response.status_code == 200
    assert response.context["leaves_for"] == step_of(notice, Step.DATA)
    assert f'href="{step_of(notice, Step.DATA)}"' in response.text


def test_mistakes_stand_in_the_order_of_the_page(contact):
    notice = begin(contact)
    response = answer(contact, notice, Step.SHARING, **{"row-0-name": "Pilvi Inc."})
    labels = [label for _key, label, _sentence in response.context["form"].mistakes]
    assert labels == ["Country", "On what ground"]
