"""What readers are shown of a notice: the first layer, the sections, what the program obeys."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils.translation import override

from audit.reasons import because
from notices.authority import authority
from notices.models import Notice, governing_notice
from notices.pages.page import RIGHTS_TOLD, page_of
from notices.pages.rendering import rendering_of
from notices.publishing import adopt
from notices.terms import (
    RIGHTS_OF_LAW,
    ClauseKind,
    CookieUse,
    DataCategory,
    DisclosureGround,
    Language,
    LegalBasis,
    Purpose,
    RecipientKind,
    RetentionStart,
    Right,
    SectionKey,
    SourceKind,
    TransferTool,
)
from rights_requests.offering import offered
from tests.factories import ClauseFactory, NoticeFactory, SectionFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)


class Outline(HTMLParser):
    """The ids of a page, each with the ids and tags that it lies within, and its links."""

    VOID = {"br", "meta", "link", "img", "input", "hr"}

    def __init__(self, page):
        super().__init__()
        self.open, self.within, self.links = [], {}, []
        self.feed(page)
        assert self.open == [], "an element is not closed"

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            assert attributes["id"] not in self.within, "an id stands twice"
            self.within[attributes["id"]] = [name for name, _id in self.open]
        if tag == "a":
            self.links.append(attributes["href"])
        if tag not in self.VOID:
            self.open.append((tag, attributes.get("id")))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag


@pytest.fixture
def notice():
    """A draft without any clause."""
    return NoticeFactory(declared=(), sources=())


@pytest.fixture
def demo():
    call_command("load_notice", str(settings.BASE_DIR / "demo" / "notice.toml"), "--adopt")
    return Notice.objects.in_force()


def page_in(notice, language="en"):
    with override(language):
        return page_of(notice, language)


def body_of(notice, language="en"):
    return rendering_of(notice, Language(language), NOW).body


def part_of(body, first, last):
    start = body.index(first)
    return body[start : body.index(last, start)]


# --- the first layer


def test_the_first_layer_says_who_why_which_rights_and_how_to_ask(notice):
    """V03; WP260: what a reader must know stands first, before the contents."""
    ClauseFactory(notice=notice, kind=ClauseKind.PURPOSE, term=Purpose.STATISTICS)
    with because("Test"):
        notice.controller_address = "Koekuja 1, 06100 Porvoo"
        notice.contact_name, notice.contact_phone = "Aino Kajo", "020 000 1111"
        notice.save()
    body = body_of(notice)
    layer = "".join(
        part_of(body, f'aria-labelledby="{name}"', "</section>")
        for name in ("in-short", "your-rights")
    )
    for words in ("Koepaja Oy", "Koekuja 1, 06100 Porvoo", "Aino Kajo", "020 000 1111"):
        assert words in layer
    assert "<li>statistics</li>" in layer
    assert 'href="mailto:tietosuoja@koepaja.example"' in layer
    assert 'href="/en/requests/"' in layer
    order = [body.index(f'id="{name}"') for name in ("in-short", "your-rights", "contents")]
    assert order == sorted(order)


SURPRISES = [
    (ClauseKind.SOURCE, SourceKind.UPDATE_SERVICE, "Other sources: update services"),
    (ClauseKind.SOURCE, SourceKind.PARTNER, "Other sources: sites and systems of partners."),
    (ClauseKind.SOURCE, SourceKind.SUBCONTRACTOR, "Other sources: subcontractors."),
    (ClauseKind.SOURCE, SourceKind.COOKIES, "Other sources: cookies."),
    (ClauseKind.PURPOSE, Purpose.PUBLICATION, "mailing labels. You may forbid it."),
    (ClauseKind.PURPOSE, Purpose.PERSONALISED_CONTENT, "(profiling)"),
    (ClauseKind.PURPOSE, Purpose.AD_TARGETING, "target our own advertising"),
    (ClauseKind.DISCLOSURE, DisclosureGround.CREDIT_DECISION, "a decision on credit"),
    (ClauseKind.DISCLOSURE, DisclosureGround.CREDIT_APPLICATION, "your application goes"),
    (ClauseKind.RECIPIENT, RecipientKind.CREDIT, "a decision on credit"),
    (ClauseKind.DISCLOSURE, DisclosureGround.COLLECTION, "may go to debt collection"),
    (ClauseKind.RECIPIENT, RecipientKind.COLLECTION_AGENCY, "may go to debt collection"),
    (ClauseKind.TRANSFER, TransferTool.STANDARD_CLAUSES, "outside the EU and the EEA: standard"),
    (ClauseKind.DATA, DataCategory.IP_ADDRESS, "IP numbers"),
    (ClauseKind.DATA, DataCategory.DEMOGRAPHICS, "age, sex and interests"),
    (ClauseKind.COOKIES, CookieUse.ANALYTICS, "Cookies on our web site: measuring visits"),
]
USUAL = [
    (ClauseKind.SOURCE, SourceKind.REGISTRATION),
    (ClauseKind.SOURCE, SourceKind.PURCHASE),
    (ClauseKind.PURPOSE, Purpose.ORDERS),
    (ClauseKind.DISCLOSURE, DisclosureGround.BILLING),
    (ClauseKind.RECIPIENT, RecipientKind.OWN_STAFF),
    (ClauseKind.TRANSFER, TransferTool.NONE),
    (ClauseKind.COOKIES, CookieUse.NECESSARY),
    (ClauseKind.DATA, DataCategory.NAME),
]


@pytest.mark.parametrize(("kind", "term", "words"), SURPRISES)
def test_what_may_surprise_is_told_first(notice, kind, term, words):
    """WP260; recital 39: what a customer would not expect."""
    ClauseFactory(notice=notice, kind=kind, term=term)
    (sentence,) = page_in(notice).first_layer.surprises
    assert words in sentence
    assert sentence in re.sub("<[^>]*>", "", part_of(body_of(notice), "What may surprise", "</ul>"))


def test_d37_an_application_that_is_passed_on_is_no_decision_on_credit(notice):
    ClauseFactory(notice=notice, kind=ClauseKind.RECIPIENT, term=RecipientKind.CREDIT)
    decision = ["Your data may be given out for a decision on credit."]
    assert page_in(notice).first_layer.surprises == decision
    ground = DisclosureGround.CREDIT_APPLICATION
    ClauseFactory(notice=notice, kind=ClauseKind.DISCLOSURE, term=ground)
    assert page_in(notice).first_layer.surprises == [
        "If you apply for credit, your application goes to whoever grants it."
    ]


def test_what_everybody_expects_surprises_nobody(notice):
    for kind, term in USUAL:
        ClauseFactory(notice=notice, kind=kind, term=term)
    assert page_in(notice).first_layer.surprises == []
    assert "What may surprise" not in body_of(notice)


def test_the_longest_retention_is_told_first_and_only_it(notice):
    """P31"""
    for months, years, start in (
        (None, 3, RetentionStart.RELATIONSHIP_END),
        (6, 9, RetentionStart.ORDER),
        (100, None, RetentionStart.INVOICE),
    ):
        ClauseFactory(
            notice=notice, kind=ClauseKind.RETENTION, term=start, years=years, months=months
        )
    assert page_in(notice).first_layer.surprises == [
        "The longest time that data are kept: 9 years 6 months from the order."
    ]


def test_a_source_named_twice_is_told_once(notice):
    for _twice in range(2):
        ClauseFactory(notice=notice, kind=ClauseKind.SOURCE, term=SourceKind.PARTNER)
    (sentence,) = page_in(notice).first_layer.surprises
    assert sentence.count("partners") == 1


# --- rights


def test_every_right_of_the_law_leads_to_its_section_or_at_once_to_the_form(notice):
    """Art. 13(2)(b): a right that the notice forgets exists all the same."""
    SectionFactory(notice=notice, key=SectionKey.ACCESS, position=4, heading="Tarkastusoikeus")
    layer = part_of(body_of(notice), "Your rights", "</ul>")
    hrefs = re.findall(r'href="([^"]*)"', layer)
    assert hrefs[0] == "#access-4"
    assert [href for href in hrefs if "?right=" in href] == [
        f"/en/requests/form/?right={right}" for right in RIGHTS_OF_LAW[1:-1]
    ]
    assert hrefs[-1] == "#authority"


def test_each_section_of_a_right_has_the_way_to_use_it(notice):
    """I01: one click from the right to its form."""
    for place, key in enumerate(RIGHTS_TOLD):
        SectionFactory(notice=notice, key=key, position=place, heading=f"{key} here")
    body = body_of(notice)
    for place, (key, rights) in enumerate(RIGHTS_TOLD.items()):
        section = part_of(body, f'<section aria-labelledby="{key}-{place}"', "</section>")
        for right in rights:
            way = "#authority" if right == Right.COMPLAINT else f"/en/requests/form/?right={right}"
            assert f'<a href="{way}"' in section
        assert section.count("<a ") == len(rights)


def test_a_right_told_under_another_right_is_used_there_too(notice):
    """P30, P52: erasure under restriction, the prohibition under other rights."""
    place = SectionFactory(notice=notice, key=SectionKey.OTHER_RIGHTS, position=0)
    elsewhere = SectionFactory(notice=notice, key=SectionKey.SOURCES, position=1)
    for term, section in ((Right.PROHIBITION, place), (Right.ACCESS, elsewhere)):
        ClauseFactory(notice=notice, kind=ClauseKind.RIGHT, term=term, section=section)
    shown = {one.section.key: one.rights for one in page_in(notice).sections}
    assert shown == {"other_rights": [Right.ERASURE, Right.PROHIBITION], "sources": []}


def test_every_way_leads_to_a_form_that_offers_the_right(client, demo):
    body = client.get("/fi/").text
    rights = set(re.findall(r'href="/fi/requests/form/\?right=(\w+)"', body))
    assert rights == set(offered(governing_notice()))
    for right in rights:
        form = client.get(f"/fi/requests/form/?right={right}").text
        assert f'<input type="hidden" name="right" value="{right}">' in form


@pytest.mark.parametrize("language", Language.values)
def test_the_right_to_object_stands_apart_and_first(client, demo, language):
    """Art. 21(4), M03: clearly and separately from any other information."""
    page = client.get(f"/{language}/").text
    outline = Outline(page)
    assert outline.within["right-to-object"] == ["html", "body", "main"]
    first = page.index('id="right-to-object"')
    # before every other right, also where they are only listed
    assert first < page.index('id="your-rights"') < page.index('id="contents"')
    assert first < page.index(f"/{language}/requests/")
    sections = [name for name in outline.within if re.search(r"-\d+$", name)]
    assert first < min(page.index(f'id="{name}"') for name in sections)
    box = part_of(page, 'id="right-to-object"', "</section>")
    assert f"/{language}/requests/form/?right=prohibition" in box
    assert f"/{language}/requests/form/?right=objection" in box


def test_the_box_names_what_rests_on_legitimate_interest(notice):
    """M02, P16: another objection is made to what rests on it."""
    for term, basis in (
        (Purpose.STATISTICS, LegalBasis.LEGITIMATE_INTEREST),
        (Purpose.ORDERS, LegalBasis.CONTRACT),
    ):
        ClauseFactory(notice=notice, kind=ClauseKind.PURPOSE, term=term, legal_basis=basis)
    box = part_of(body_of(notice), 'id="right-to-object"', "</section>")
    assert "statistics" in box
    assert "orders" not in box


def test_the_notice_s_own_words_on_objection_stay_in_their_place(client, demo):
    section = demo.sections.get(key=SectionKey.OBJECTION, language="fi")
    page = client.get("/fi/").text
    shown = part_of(page, f'aria-labelledby="{section.anchor}"', "</section>")
    for block in section.blocks:
        for words in block.get("listed", [block.get("paragraph")]):
            assert words in shown


# --- languages


def test_a_section_without_a_translation_is_shown_in_its_own_language_and_marked(notice):
    """V05: per section."""
    for place, language, heading in (
        (0, "fi", "Tarkoitus"),
        (0, "sv", "Ändamål"),
        (1, "fi", "Suostumus"),
    ):
        SectionFactory(notice=notice, position=place, language=language, heading=heading)
    swedish = body_of(notice, "sv")
    assert '<h2 id="purpose-0">Ändamål</h2>' in swedish
    assert '<h2 id="purpose-1" lang="fi">Suostumus</h2>' in swedish
    assert swedish.count('class="untranslated"') == 1
    assert swedish.count('class="mark"') == 1
    assert '<a href="#purpose-1" lang="fi">' in swedish
    finnish = body_of(notice, "fi")
    assert "lang=" not in finnish
    assert "untranslated" not in finnish


def test_a_notice_that_has_no_word_in_a_language_says_so_once_at_its_head(notice):
    SectionFactory(notice=notice, key="title", position=0, heading="Seloste", text="")
    SectionFactory(notice=notice, position=1)
    english = body_of(notice, "en")
    assert '<h1 lang="fi">Seloste</h1>' in english
    assert "This notice has not been translated" in english
    assert body_of(NoticeFactory(), "en").count('class="mark"') == 0


def test_an_empty_translation_is_none(notice):
    SectionFactory(notice=notice, position=0, heading="Tarkoitus", text="Pidämme rekisteriä.")
    SectionFactory(notice=notice, position=0, language="en", heading="Purpose", text=" \n")
    body = body_of(notice, "en")
    assert "Pidämme rekisteriä." in body
    assert 'class="untranslated"' in body


def test_a_section_that_is_empty_everywhere_is_shown_as_absent(notice):
    """A1: an empty section is said to be empty, never blanked silently."""
    SectionFactory(notice=notice, heading="Suostumus", text="")
    assert '<p class="absent">—</p>' in body_of(notice, "fi")


# --- words


def test_the_controller_s_own_words_stand_below_the_text_and_harm_nobody(notice):
    SectionFactory(
        notice=notice,
        position=0,
        text="Ensin tämä.",
        own_words="Sitten **tuo** <script>alert(1)</script><b onclick='x'>ja se</b>.",
    )
    section = part_of(body_of(notice, "fi"), '<section aria-labelledby="purpose-0"', "</section>")
    assert section.index("Ensin tämä.") < section.index("<strong>tuo</strong>")
    assert "<script" not in section
    assert "onclick" not in section


def test_what_somebody_typed_is_text_and_no_markup(notice):
    evil = "<script>alert(1)</script>"
    with because("Test"):
        notice.controller_name = notice.contact_name = notice.register_name = evil
        notice.save()
    SectionFactory(notice=notice, heading=evil, text=f"{evil}\n- {evil}")
    ClauseFactory(notice=notice, kind=ClauseKind.RECIPIENT, term=RecipientKind.PARTNER, name=evil)
    body = body_of(notice)
    assert "<script" not in body
    assert body.count("&lt;script&gt;") >= 6


# --- what the program obeys, and what the law makes it keep


def test_what_the_law_makes_the_register_keep_is_a_list_of_its_own(notice):
    """Under a notice that lists nothing at all too."""
    body = body_of(notice)
    own = part_of(body, '<section class="kept" aria-labelledby="kept-by-law"', "</section>")
    assert own.count("<li>") == 10
    assert "which data are restricted" in own
    assert "who looked at somebody" in own
    assert "which notice somebody was given" in own
    assert "consents: the words agreed to" in own
    assert "the bare facts of invoices" in own
    assert "the name and address on each invoice" in own
    assert "the bare facts of invoices" not in body.replace(own, "")


def test_promises_about_other_web_pages_are_shown_as_outside_the_program(notice):
    ClauseFactory(notice=notice, kind=ClauseKind.COOKIES, term=CookieUse.NECESSARY)
    kept = part_of(body_of(notice), 'id="kept"', "</section>")
    assert "cookies that the service needs" in kept[kept.index("Outside this program") :]


@pytest.mark.parametrize("language", Language.values)
def test_a_page_holds_together(client, demo, language):
    """Every link within the page has its target, every id stands once, every element closes."""
    outline = Outline(client.get(f"/{language}/").text)
    inside = {href[1:] for href in outline.links if href.startswith("#")}
    assert inside <= set(outline.within)
    assert {"kept", "kept-by-law", "authority"} <= inside


@pytest.mark.parametrize("language", Language.values)
def test_the_supervisory_authority_stands_on_every_page_as_it_is_today(client, notice, language):
    """P60, V10: one record, so a correction of it reaches notices that are in force."""
    adopt(notice, now=NOW)
    address = authority(language).postal_address
    page = client.get(f"/{language}/").text
    assert address in page[page.index('id="authority"') :]
    assert address not in notice.renderings.get(language=language).body


# --- kept


def test_a_later_release_rewrites_no_notice_that_is_in_force(client, demo):
    """The page is kept as it was when the notice came into force, and the labels with it."""
    rendering = demo.renderings.get(language="en")
    assert rendering.body in client.get("/en/versions/1/").text
    labels = {str(clause.pk) for clause in demo.clauses.all()}
    assert labels == set(rendering.labels)
    assert "first and last name" in rendering.labels.values()


def test_each_language_is_rendered_as_the_notice_comes_into_force(notice):
    adopt(notice, now=NOW)
    assert {one.language: one.rendered_at for one in notice.renderings.all()} == dict.fromkeys(
        Language.values, NOW
    )


AFTER = " from the end of the calendar year in which the financial year ended"


def test_bookkeeping_s_rule_says_of_what_it_is_and_does_not_hide_the_other(notice):
    """P31, T15: six years of vouchers are not the longest time of a customer's data."""
    for years, start in ((6, RetentionStart.FINANCIAL_YEAR_END), (3, RetentionStart.ORDER)):
        ClauseFactory(notice=notice, kind=ClauseKind.RETENTION, term=start, years=years)
    assert page_in(notice).first_layer.surprises == [
        "The longest time that data are kept: 3 years from the order; "
        f"invoices and other vouchers: 6 years{AFTER}."
    ]


@pytest.mark.parametrize(
    ("years", "categories", "label"),
    [
        (
            6,
            [],
            f"invoices and other vouchers: 6 years{AFTER}",
        ),
        (5, [], f"5 years{AFTER}"),
        (
            6,
            ["email"],
            f"e-mail address: 6 years{AFTER}",
        ),
    ],
)
def test_a_rule_shorter_than_the_law_of_bookkeeping_is_about_all_data(
    notice, years, categories, label
):
    """T15"""
    rule = ClauseFactory(
        notice=notice,
        kind=ClauseKind.RETENTION,
        term=RetentionStart.FINANCIAL_YEAR_END,
        years=years,
        categories=categories,
    )
    with override("en"):
        assert rule.label == label
