"""The five real notices, which are the mission; none of their words stands here (A1, A2)."""

import html
import re
import textwrap
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from notices.reading import read
from notices.terms import ClauseKind
from tests.notices.summary import summary

NOTICES = Path(__file__).parents[3] / "shared" / "notices"
pytestmark = pytest.mark.skipif(
    not NOTICES.is_dir(), reason="the five real notices are not kept in this repository"
)

ALL_KEYS = (
    "title drawn_up controller contact register_name purpose legitimate_interest data_categories "
    "recipients consent data_content sources retention disclosures transfers security_manual "
    "security_electronic cookies profiling access portability rectification restriction objection "
    "complaint other_rights"
).split()
KEYS_OF_003 = (
    "register_name purpose data_content sources disclosures transfers security_manual "
    "security_electronic cookies access rectification other_rights"
).split()
KEYS_OF_004 = "title drawn_up controller contact".split() + KEYS_OF_003
BASIC = ["name", "organisation", "email", "postal_address", "phone"]
TEN_YEARS = [(10, "relationship_end")]
PURPOSES = (
    "maintain orders relationship development statistics personalised_content ad_targeting "
    "publication"
).split()
SOURCES = (
    "registration customer_notice update_service subcontractor partner cookies".split()
)  # fmt: skip
GROUNDS = (
    "value_added_service credit_decision credit_application collection billing legal_obligation"
).split()
RIGHTS = (
    "access rectification erasure restriction portability objection prohibition anonymisation "
    "complaint"
).split()

EXPECTED = {
    "000": {
        "keys": ALL_KEYS,
        "empty": ["profiling"],
        "dates": (date(2021, 5, 30), None),
        "data": [*BASIC, "website", "ip_address", "orders"],
        "elsewhere": ["billing", "cookies", "demographics"],
        "called": {},
        "retention": TEN_YEARS,
        "identification": {"access": ["signature"], "rectification": ["signature"]},
        "request_languages": ["fi", "en"],
        "sources": SOURCES,
        "rights": RIGHTS,
        "basis": {"contract"},
        "missing": [],
    },
    "001": {
        "keys": ALL_KEYS,
        "empty": ["consent", "profiling"],
        "dates": (date(2021, 10, 6), None),
        "data": [*BASIC, "website", "ip_address", "orders"],
        "elsewhere": ["billing", "cookies", "demographics"],
        "called": {},
        "retention": TEN_YEARS,
        "identification": {
            "access": ["signature", "proven_email"],
            "rectification": ["signature", "proven_email"],
        },
        "request_languages": ["fi", "en"],
        "sources": SOURCES,
        "rights": RIGHTS,
        "basis": {"contract"},
        "missing": [],
    },
    "002": {
        "keys": ALL_KEYS,
        "empty": ["profiling"],
        "dates": (date(2020, 2, 20), None),
        "data": [*BASIC, "orders"],
        "elsewhere": ["cookies", "demographics"],
        "called": {},
        "retention": TEN_YEARS,
        "identification": {"access": ["signature"], "rectification": ["signature"]},
        "request_languages": ["fi", "en"],
        "sources": SOURCES,
        "rights": RIGHTS,
        "basis": {"contract"},
        "missing": [],
    },
    "003": {
        "keys": KEYS_OF_003,
        "empty": ["cookies"],
        "dates": (None, None),
        "data": [*BASIC, "orders"],
        "elsewhere": [],
        "called": {"orders": "toimeksiannot"},
        "retention": [],
        "identification": {"access": ["signature"], "rectification": ["written"]},
        "request_languages": [],
        "sources": SOURCES,
        "rights": ["access", "rectification", "erasure", "prohibition"],
        "basis": {None},
        "missing": ["controller.name", "controller.email"],
    },
    "004": {
        "keys": KEYS_OF_004,
        "empty": [],
        "dates": (date(2018, 1, 4), date(2020, 1, 7)),
        "data": [*BASIC, "ip_address", "orders"],
        "elsewhere": ["cookies", "demographics"],
        "called": {},
        "retention": [],
        "identification": {"access": ["signature"], "rectification": ["signature"]},
        "request_languages": ["fi", "en"],
        "sources": [*SOURCES[:2], "purchase", *SOURCES[2:]],
        "rights": ["access", "rectification", "erasure", "prohibition", "anonymisation"],
        "basis": {None},
        "missing": [],
    },
}


def raw(name):
    [path] = NOTICES.glob(f"{name}_*.txt")
    return path.read_bytes()


def terms(reading, kind):
    return [fact.term for fact in reading.facts_of(kind)]


@pytest.fixture(params=sorted(EXPECTED))
def name(request):
    return request.param


@pytest.fixture
def expected(name):
    return EXPECTED[name]


@pytest.fixture
def reading(name):
    return read(raw(name))


def test_a1_it_finds_every_heading_in_its_order_and_the_empty_ones(reading, expected):
    assert [section.key for section in reading.sections] == expected["keys"]
    assert [s.key for s in reading.sections if s.empty] == expected["empty"]
    assert reading.languages == ("fi",)
    assert reading.unplaced == ()


def test_a1_no_word_is_lost_or_altered_or_added(name, reading):
    text = re.sub(r"<[^>]*>", " ", raw(name).decode())
    kept = [section.heading for section in reading.sections]
    kept += [section.text for section in reading.sections if section.key != "title"]

    words = Counter(re.findall(r"\w+", "\n".join([*kept, *reading.unplaced])))
    assert words == Counter(re.findall(r"\w+", text))


def test_a1_no_tag_is_left_and_no_paragraph_is_broken_in_its_middle(reading):
    for section in reading.sections:
        lines = section.text.splitlines()
        assert "<" not in section.text
        for line, following in pairwise(lines):
            assert line.endswith((".", ":", "!", "?")) or not following[0].islower()


def test_a1_the_inner_headings_stay_in_the_text_about_cookies(name, reading):
    cookies = [section.text for section in reading.sections if section.key == "cookies"]

    inner = re.findall("Sinun oikeutesi|GOOGLE ANALYTICS", cookies[0])
    assert inner == ([] if name == "003" else ["Sinun oikeutesi", "GOOGLE ANALYTICS"])


def test_a2_it_finds_exactly_the_data_that_each_declares(reading, expected):
    document = reading.as_json()

    assert document["data"] == expected["data"]
    assert document["data_under_other_headings"] == expected["elsewhere"]
    assert document["called"] == expected["called"]


def test_p01_it_finds_the_dates(reading, expected):
    assert (reading.drawn_up_on, reading.updated_on) == expected["dates"]


def test_p02_p03_it_takes_the_parties_apart(name, reading):
    controller, contact = reading.controller, reading.contact

    found = [part is not None for part in vars(controller).values()]
    assert found == {"002": [True, False, False, False], "003": [False] * 4}.get(name, [True] * 4)
    assert contact.address is None
    assert [contact.name is not None, contact.email is not None] == [name != "003"] * 2
    if name in ("000", "001", "002"):
        assert controller.name.endswith(" Oy")
    if controller.phone:
        assert controller.phone == contact.phone
        assert re.fullmatch(r"0[\d ]{8,11}", controller.phone)
        assert re.fullmatch(r"\w+ \d+( \w, \d{5} \w+)?", controller.address)
    if name == "004":
        assert len(controller.name.split()) == 2


def test_p04_it_finds_the_name_of_the_register(name, reading):
    assert reading.register_name.lower().endswith("rekisteri")
    assert len(reading.register_name.split()) == (3 if name == "004" else 1)


def test_p05_to_p16_it_finds_the_purposes_and_their_stated_basis(reading, expected):
    assert terms(reading, ClauseKind.PURPOSE) == PURPOSES
    assert {f.legal_basis for f in reading.facts_of(ClauseKind.PURPOSE)} == expected["basis"]


def test_p18_p21_to_p28_it_finds_sources_recipients_and_grounds(name, reading, expected):
    own = [f.term for f in reading.facts_of(ClauseKind.RECIPIENT) if not f.under_other_heading]

    assert terms(reading, ClauseKind.SOURCE) == expected["sources"]
    assert own == ([] if name in ("003", "004") else ["own_staff", "accounting"])
    assert terms(reading, ClauseKind.DISCLOSURE) == GROUNDS


def test_p31_it_finds_the_retention_period(reading, expected):
    rules = reading.as_json()["retention"]

    assert [(rule["years"], rule["from"]) for rule in rules] == expected["retention"]
    assert all(rule["words"].startswith("10 ") for rule in rules)


def test_p48_to_p67_it_finds_the_rights_that_each_names(reading, expected):
    assert terms(reading, ClauseKind.RIGHT) == expected["rights"]


def test_p50_p51_p55_it_finds_the_ways_and_languages_of_requests(reading, expected):
    document = reading.as_json()

    assert document["identification"] == expected["identification"]
    assert document["request_languages"] == expected["request_languages"]


def test_it_asks_only_for_what_the_register_cannot_run_without(reading, expected):
    assert reading.missing() == expected["missing"]


def test_d12_the_right_to_object_is_named_by_its_heading_alone(name, reading):
    named = {f.term: f.words for f in reading.facts_of(ClauseKind.RIGHT)}

    assert ("objection" in named) == (name in ("000", "001", "002"))
    if "objection" in named:
        assert len(named["objection"].split()) == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_it_reads_the_same_in_each_encoding(name, reading, encoding):
    assert read(raw(name).decode().encode(encoding)) == reading


# The same notices in other forms: their facts are the same


def parts(reading):
    return [s for s in reading.sections if s.key != "title"], [
        s.heading for s in reading.sections if s.key == "title"
    ]


def joined(reading, title, section):
    sections, titles = parts(reading)
    return "\n\n".join(
        [*map(title, titles), *(section(n, s) for n, s in enumerate(sections, start=1))]
    )


def as_markdown(reading):
    return joined(
        reading,
        "# {}".format,
        lambda _n, s: f"## {s.heading}\n\n" + s.text.replace("\n", "\n\n"),
    )


def as_bold(reading):
    return joined(reading, "**{}**".format, lambda _n, s: f"**{s.heading}**\n{s.text}")


def as_setext(reading):
    return joined(
        reading,
        lambda title: f"{title}\n{'=' * len(title)}",
        lambda _n, s: f"{s.heading}\n{'-' * len(s.heading)}\n\n{s.text}",
    )


def as_numbered(reading):
    return joined(reading, str, lambda n, s: f"{n}. {s.heading}\n{s.text}")


def as_paragraphs_of_law(reading):
    return joined(reading, str, lambda n, s: f"§ {n} {s.heading}\n{s.text}")


def as_capitals(reading):
    return joined(reading, str.upper, lambda _n, s: f"{s.heading.upper()}\n{s.text}")


def as_hard_wrapped(reading):
    return joined(
        reading,
        str,
        lambda _n, s: "\n".join(
            [s.heading, "", *(textwrap.fill(line, 72) for line in s.text.splitlines())]
        ),
    )


def as_html(reading):
    return "<!doctype html><html><body>" + joined(
        reading,
        lambda title: f"<h1>{html.escape(title)}</h1>",
        lambda _n, s: f"<div><h2>{html.escape(s.heading)}</h2>{in_paragraphs(s.text)}</div>",
    )


def as_table(reading):
    return "<table>" + joined(
        reading,
        lambda title: f"<caption>{html.escape(title)}</caption>",
        lambda _n, s: f"<tr><td>{html.escape(s.heading)}</td><td>{in_paragraphs(s.text)}</td></tr>",
    )


def as_definitions(reading):
    return "<html><body>" + joined(
        reading,
        lambda title: f"<h1>{html.escape(title)}</h1><dl>",
        lambda _n, s: f"<dt>{html.escape(s.heading)}</dt><dd>{in_paragraphs(s.text)}</dd>",
    )


def as_bold_html(reading):
    return joined(
        reading,
        lambda title: f"<p><strong>{html.escape(title)}</strong></p>",
        lambda _n, s: f"<p><strong>{html.escape(s.heading)}</strong></p>{in_paragraphs(s.text)}",
    )


def in_paragraphs(text):
    return "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines())


FORMS = [
    as_markdown, as_bold, as_setext, as_numbered, as_paragraphs_of_law, as_capitals,
    as_hard_wrapped, as_html, as_table, as_definitions, as_bold_html,
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_the_same_facts_are_read_from_other_forms(reading, form):
    again = read(form(reading).encode())

    assert [s.key for s in again.sections if s.key != "title"] == [
        s.key for s in reading.sections if s.key != "title"
    ]
    assert {**summary(again), "sections": ""} == {**summary(reading), "sections": ""}


def test_p29_it_reads_the_open_transfer_clause(reading):
    assert terms(reading, ClauseKind.TRANSFER) == ["if_necessary"]


def test_p39_to_p45_it_reads_the_uses_of_cookies(name, reading):
    expected = [] if name == "003" else ["analytics", "marketing"]
    assert terms(reading, ClauseKind.COOKIES) == expected


def test_p32_to_p38_it_reads_what_each_states_of_its_security(name, reading):
    storage = {"003": [], "004": ["locked_storage"]}
    assert terms(reading, ClauseKind.STATEMENT) == [
        *({"003": [], "004": []}.get(name, ["authority"])),
        *(["no_consent"] if name == "002" else []),
        "undertakings",
        "personal_accounts",
        "firewall",
        *storage.get(name, ["locked_storage", "fireproof_storage"]),
    ]


def test_d35_it_tells_the_first_tag_that_its_readers_see(name, reading):
    assert reading.markup == (None if name == "003" else "<p>")
