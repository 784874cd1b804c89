"""The record of processing activities: made of what is in force, with nothing invented (Q01)."""

import io
from datetime import date

import pytest
from django.conf import settings as house
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from notices.models import governing_notice
from notices.publishing import adopt
from notices.terms import (
    ClauseKind,
    Purpose,
    RecipientKind,
    Statement,
    TransferTool,
)
from register.models import Recipient
from register.processing_record import record_of
from staff.roles import Role
from tests.factories import (
    ClauseFactory,
    NoticeFactory,
    RecipientFactory,
    SectionFactory,
    UserFactory,
)
from tests.register.look import look_of
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
TODAY = date(2026, 12, 1)
PAGE = reverse("processing_record")


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def demo():
    call_command(
        "load_notice", str(house.BASE_DIR / "demo" / "notice.toml"), "--adopt", stdout=io.StringIO()
    )


def made(language="en", today=TODAY):
    with translation.override(language):
        return record_of(governing_notice(), today=today)


def point(letter, **when):
    """The entries of one point, by label."""
    (part,) = [part for part in made(**when).parts if part.point == letter]
    assert len({entry.label for entry in part.entries}) == len(part.entries)
    return {entry.label: entry for entry in part.entries}


def lacking(record):
    return [(part.point, line) for part in record.parts for e in part.entries for line in e.missing]


def in_force(**made_of):
    """A notice in force with the clauses `made_of` says, and no others."""
    clauses = made_of.pop("clauses", ())
    columns = {"declared": ["name"], "sources": (), **made_of}
    notice = NoticeFactory(**columns)
    for clause in clauses:
        ClauseFactory(notice=notice, **clause)
    adopt(notice, now=timezone.now(), reason="Test")
    return notice


def squeezed(text):
    """Without blanks: a paper breaks its lines wherever it must."""
    return "".join(text.split())


def reader(client, language="en", role=Role.DATA_PROTECTION_CONTACT):
    sign_in(client, UserFactory(role=role, language=language, signed=True))
    return client


# --- what it says


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_each_point_of_the_article_is_there_and_the_demo_lacks_nothing_of_its_own(demo, language):
    """Q01: (a) to (g), and nothing is missing but what the machine and the ledger do not have."""
    record = made(language)
    assert [part.point for part in record.parts] == list("abcdefg")
    assert all(part.heading and part.entries for part in record.parts)
    assert [letter for letter, _line in lacking(record)] == ["d", "d", "g"]


def test_the_controller_and_the_contact_are_those_of_the_notice(demo):
    """Q01: 30(1)(a)."""
    found = point("a")
    assert found["Controller"].known == [
        "Ruskapolun Pyöräpaja Oy",
        "Kettinkikuja 4, 06100 Porvoo",
        "020 000 0417",
        "asiakaspalvelu@ruskapolku.example",
    ]
    assert found["Contact person for the register"].known == [
        "Ruut Tyrnitaival",
        "020 000 0418",
        "tietosuoja@ruskapolku.example",
    ]
    assert found["Data protection officer"].known == ["No data protection officer is appointed."]
    assert found["Joint controller and representative"].by_hand


def test_each_purpose_stands_with_what_it_rests_on():
    """Q01: 30(1)(b)."""
    bases = {"orders": "contract", "statistics": ["legitimate_interest", "consent"]}
    in_force(purposes=bases, clauses=[{"kind": ClauseKind.PURPOSE, "term": Purpose.MAINTAIN}])
    found = point("b")
    assert {label: entry.known for label, entry in found.items()} == {
        "Keeping the customer register": [],
        "Managing, archiving and handling orders": ["Contract"],
        "Statistics": ["Consent", "Legitimate interest"],
    }
    assert [label for label, entry in found.items() if entry.missing] == [
        "Keeping the customer register"
    ]


def test_the_data_are_those_that_the_notice_lists_and_those_of_the_law():
    """Q01: 30(1)(c); what lives on the web site is said to."""
    orders = {"kind": ClauseKind.DATA, "term": "orders", "called": "toimeksiannot"}
    in_force(declared=["name", "organisation", "cookies"], clauses=[orders])
    found = point("c")
    assert found["People"].known == [
        "customers",
        "contact people of organisations",
        "people who have made a request about their data",
    ]
    assert found["Data that the notice lists"].known == [
        "first and last name",
        "organisation represented",
        "assignments",
        "cookie data (on the web site, not in this program)",
    ]
    assert len(found["What the law makes the register keep"].known) == 10


def test_what_the_law_makes_the_register_keep_is_what_the_public_page_says(client):
    """Q01: 30(1)(c); requests stand there with a link to how long they are kept."""
    in_force()
    page = client.get("/fi/").text
    said = page[page.index('id="kept-by-law"') :].split("</ul>")[0]
    known = list(point("c", language="fi").values())[-1].known
    assert [line for line in known if f"<li>{escape(line)}</li>" not in said] == [known[4]]
    assert said.count("<li>") == len(known)


def test_a_register_of_people_alone_has_no_contact_people():
    """Q01: 30(1)(c)."""
    in_force(declared=["name"])
    assert point("c")["People"].known == [
        "customers",
        "people who have made a request about their data",
    ]


def test_recipients_stand_with_their_data_and_contracts():
    """Q01: 30(1)(d); one whose contract is over is none any more."""
    in_force(
        declared=["name", "billing"],
        recipients=["accounting", "authority", "own_staff"],
        grounds=["legal_obligation"],
    )
    RecipientFactory(
        name="Tilitoimisto Lehmus", categories=["name", "billing"], has_standing_access=True
    )
    RecipientFactory(name="Entinen", categories=["name"], ended_on=date(2026, 11, 30))
    found = point("d")
    assert found["Accounting firm"].known == [
        "Tilitoimisto Lehmus (Finland). Data: first and last name, billing data. "
        "Contract of 2 January 2026. Sees the data all the time."
    ]
    assert found["Authorities, where the law demands"].known == ["Nobody is entered by name."]
    own = found["The controller's own staff"]
    assert own.known == ["Those who have an account in this program."]
    assert found["Grounds on which data are given to others"].known == ["a legal obligation"]
    assert not any(entry.missing for entry in found.values())
    assert len(point("d", today=date(2026, 11, 30))["Accounting firm"].known) == 2


def test_who_works_for_the_controller_without_a_known_contract_is_missing():
    """Q01: 30(1)(d), 28."""
    named = {"kind": ClauseKind.RECIPIENT, "term": RecipientKind.PARTNER, "name": "Palvelin Oy"}
    credit = {"kind": ClauseKind.RECIPIENT, "term": RecipientKind.CREDIT, "name": "Luotto Oy"}
    in_force(clauses=[named, credit])
    found = point("d")
    assert found["Partners who run servers for us"].known == ["Palvelin Oy"]
    (line,) = found["Partners who run servers for us"].missing
    assert line.startswith("Palvelin Oy: ")
    assert found["Credit information companies"].missing == []
    RecipientFactory(kind="partner", name="Palvelin Oy", categories=["name"])
    assert not point("d")["Partners who run servers for us"].missing


def test_a_recipient_that_a_newer_notice_does_not_name_is_told():
    """Q01: 30(1)(d), P27."""
    in_force(recipients=["accounting"])
    RecipientFactory(name="Tilitoimisto Lehmus", categories=["name"])
    in_force(recipients=["authority"])
    (line,) = point("d")["Accounting firm"].missing
    assert line.startswith("Tilitoimisto Lehmus: The privacy notice in force names no such")


def test_a_transfer_stands_with_its_country_and_tool():
    """Q01: 30(1)(e): what rests on an exception has its safeguards documented."""
    told = {"kind": ClauseKind.TRANSFER, "term": TransferTool.STANDARD_CLAUSES, "country": "US"}
    in_force(recipients=["partner"], clauses=[told])
    abroad = {"kind": "partner", "categories": ["name"], "country": "US"}
    RecipientFactory(
        name="Cloud", transfer_tool="standard_clauses", transfer_reason="Servers.", **abroad
    )
    RecipientFactory(name="Rare", transfer_tool="exception", transfer_reason="Once.", **abroad)
    RecipientFactory(kind="partner", categories=["name"], country="SE")
    found = point("e")
    assert found["What the notice says"].known == ["US: standard contractual clauses (art. 46)"]
    (cloud, rare) = [label for label in found if label != "What the notice says"]
    assert cloud.startswith("Cloud (United States")
    assert found[cloud].known == [
        "Standard contractual clauses (art. 46).",
        "Why it is necessary: Servers.",
    ]
    assert (bool(found[cloud].by_hand), bool(found[rare].by_hand)) == (False, True)
    assert not any(entry.missing for entry in found.values())


@pytest.mark.parametrize(
    ("transfers", "misses"),
    [((), 1), (("none",), 0), (("if_necessary",), 1), (("adequacy",), 1)],
)
def test_a_transfer_without_its_country_is_missing(transfers, misses):
    """Q01, P29: "no transfers" is enough, silence is not."""
    in_force(transfers=transfers)
    assert len(point("e")["What the notice says"].missing) == misses


def test_each_category_has_its_time_limit():
    """Q01: 30(1)(f); a rule of its own goes before the one for all."""
    keeping = {"kind": ClauseKind.RETENTION}
    in_force(
        declared=["name", "orders", "billing"],
        clauses=[
            {**keeping, "term": "relationship_end", "years": 3, "inactive_months": 24},
            {**keeping, "term": "order", "years": 5, "categories": ["orders"]},
            {**keeping, "term": "financial_year_end", "years": 6, "categories": ["billing"]},
        ],
    )
    found = point("f")
    assert {label: entry.known for label, entry in list(found.items())[:3]} == {
        "First and last name": [
            "3 years from the end of the customer relationship",
            "The relationship also ends after 24 months without dealings.",
        ],
        "Earlier orders": ["5 years from the order"],
        "Billing data": [
            "6 years from the end of the calendar year in which the financial year ended"
        ],
    }
    assert "Invoices and other vouchers" not in found
    assert found["What the law makes the register keep"].known[-1].endswith("for 3 years.")


def test_data_without_a_time_limit_are_missing_each():
    """Q01: 30(1)(f); vouchers have that of the law, and a web site one that only the firm knows."""
    keeping = {"kind": ClauseKind.RETENTION, "term": "order", "years": 5, "categories": ["orders"]}
    in_force(declared=["name", "orders", "cookies"], clauses=[keeping])
    found = point("f")
    assert [label for label, entry in found.items() if entry.missing] == ["First and last name"]
    assert [label for label, entry in found.items() if entry.by_hand] == ["Cookie data"]
    assert "6 years" in found["Invoices and other vouchers"].known[0]


@pytest.mark.parametrize(
    ("factor", "https", "left_out"),
    [("required", True, 0), ("optional", True, 1), ("required", False, 1), ("optional", False, 2)],
)
def test_what_this_installation_leaves_out_is_told(settings, factor, https, left_out):
    """Q01: 30(1)(g), 32(1)."""
    settings.SECOND_FACTOR, settings.HTTPS = factor, https
    in_force(clauses=[{"kind": ClauseKind.STATEMENT, "term": Statement.UNDERTAKINGS}])
    found = point("g")
    done = found["Done by this program"]
    assert (len(done.known), len(done.missing)) == (7 - left_out, left_out)
    assert found["Promised in the notice"].known == [
        "Staff have signed a confidentiality undertaking"
    ]
    assert found["Backups and the machine"].by_hand


def test_the_notice_s_own_words_of_security_are_told_in_their_language_alone():
    """Q01: 30(1)(g)."""
    notice = NoticeFactory(declared=["name"], sources=())
    SectionFactory(
        notice=notice, key="security_manual", heading="Paperit", text="Lukossa.\n\nJa tallessa."
    )
    SectionFactory(notice=notice, key="purpose", heading="Tarkoitus", text="Asiakkaat.")
    adopt(notice, now=timezone.now(), reason="Test")
    assert point("g", language="fi")["Paperit"].known == ["Lukossa.", "Ja tallessa."]
    assert "Tarkoitus" not in point("g", language="fi")
    assert "Paperit" not in point("g")
    assert point("g")["Promised in the notice"].missing


def test_what_is_not_known_is_said_with_what_to_do():
    """Q01: a bare notice leaves a gap at each point; none of them is filled by a guess."""
    in_force(declared=(), controller_email="", contact_email="vastuu@koepaja.example")
    gaps = lacking(made())
    assert {letter for letter, _line in gaps} == set("abcdeg")
    assert all(line.endswith(".") and "." in line[:-1] for _letter, line in gaps)
    assert made().missing == len(gaps)


def test_it_takes_as_many_queries_for_many_recipients(django_assert_num_queries):
    in_force(recipients=["accounting"])
    RecipientFactory(categories=["name"])
    for _time in range(2):
        notice = governing_notice()
        with django_assert_num_queries(2):
            record_of(notice, today=TODAY)
        RecipientFactory.create_batch(5, categories=["name"])
    assert Recipient.objects.count() == 11


# --- its pages


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_page_shows_every_word_of_the_record(client, demo, language):
    """Q01"""
    RecipientFactory(name="Tilitoimisto Lehmuskeidas Oy", categories=["name"])
    record = made(language, today=timezone.localdate())
    page = " ".join(reader(client, language).get(PAGE).text.split())
    for part in record.parts:
        assert f"({part.point}) {part.heading}" in page
        for entry in part.entries:
            for words in (entry.label, *entry.known, *entry.missing, *entry.by_hand):
                assert escape(" ".join(words.split())) in page


def test_what_somebody_typed_is_no_markup(client):
    """Q01"""
    in_force(recipients=["accounting"], controller_name="<b>Oy</b>")
    RecipientFactory(name="<script>alert(1)</script>", categories=["name"])
    page = reader(client).get(PAGE).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<b>Oy" not in page


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_record_comes_on_paper_and_as_a_table_in_each_language(client, demo, language):
    """Q01: the language of the paper is its own, and not the reader's."""
    client = reader(client, "en")
    record = made(language)
    answer = client.get(reverse("processing_record_pdf", args=[language]))
    assert answer["Content-Disposition"].endswith(f'"processing-record-{language}.pdf"')
    pdf = PdfReader(io.BytesIO(answer.getvalue()))
    said = squeezed(" ".join(page.extract_text() for page in pdf.pages))
    assert pdf.trailer["/Root"]["/Lang"] == language
    assert (pdf.metadata.title, pdf.metadata.author) == (record.title, "Ruskapolun Pyöräpaja Oy")
    table = client.get(reverse("processing_record_xlsx", args=[language]))
    assert table["Content-Disposition"].endswith(f'"processing-record-{language}.xlsx"')
    rows = CalamineWorkbook.from_filelike(io.BytesIO(table.getvalue())).get_sheet_by_index(0)
    cells = [tuple(row) for row in rows.to_python()]
    widths, frozen, bold = look_of(table.getvalue())
    assert (len(widths), frozen, bold) == (5, 1, [list(cells[0])])
    for part in record.parts:
        assert squeezed(f"({part.point}) {part.heading}") in said
        for entry in part.entries:
            told = [*entry.known, *entry.missing, *entry.by_hand]
            assert all(squeezed(line) in said for line in told)
            place = (f"30(1)({part.point})", part.heading, entry.label)
            assert [row[4] for row in cells if row[:3] == place] == told


def test_without_a_notice_in_force_the_page_says_so(client):
    """Q01"""
    answer = reader(client).get(PAGE, follow=True)
    assert "so there is nothing to record yet." in answer.text


def test_no_other_language_has_a_paper(client, demo):
    client = reader(client)
    for page in ("processing_record_pdf", "processing_record_xlsx"):
        assert client.get(reverse(page, args=["de"])).status_code == 404


@pytest.mark.parametrize("role", [Role.HANDLER, Role.VIEWER, Role.ADMINISTRATOR])
def test_nobody_else_is_led_there(client, demo, role):
    """Q01: the data protection contact answers for it."""
    client = reader(client, role=role)
    assert client.get(PAGE).status_code == 403
    assert PAGE not in client.get(reverse("admin:notices_notice_changelist")).text


def test_the_contact_finds_it_above_notices_and_recipients(client, demo):
    """Q01"""
    client = reader(client)
    for changelist in ("notices_notice", "register_recipient"):
        assert f'href="{PAGE}"' in client.get(reverse(f"admin:{changelist}_changelist")).text
