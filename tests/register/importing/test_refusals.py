"""P14, P52, M11: a column that says no is never dropped, and a yes is no consent."""

import pytest

from notices.terms import ProhibitedUse, ProhibitionScope
from register.importing import Target, chosen, guess
from register.importing.refusals import DISCLOSURE, MARKETING, PROTECTED, PUBLICATION, STUDIES
from tests.register.importing.files import problems_of, records_of, table_of


def forbidden(heading, cell):
    [record] = records_of(f"Nimi;{heading}\nKoe Aino;{cell}\n")
    return record.prohibitions


@pytest.mark.parametrize(
    ("heading", "no", "yes"),
    [
        ("Accepts Email Marketing", "no", "yes"),
        ("Accepts SMS Marketing", "FALSE", "TRUE"),
        ("Suoramarkkinointikielto", "Kyllä", "Ei"),
        ("Markkinointikielto", "x", ""),
        ("Markkinointilupa", "E", "K"),
        ("Saa lähettää", "ei", "kyllä"),
        ("Saa lähettää uutiskirjeen", "0", "1"),
        ("Ei suoramarkkinointia", "1", "0"),
        ("Reklamförbud", "Ja", "Nej"),
        ("Tillåter marknadsföring", "nej", "ja"),
        ("Unsubscribed", "true", "false"),
        ("Unsubscribed from all email", "TRUE", ""),
        ("Poistunut kaikkien sähköpostien tilauksesta", "Kyllä", ""),
        ("Email Marketing Status", "Unsubscribed", "Subscribed"),
        ("Email Marketing Status", "Unsubscribed", "Cleaned"),
        ("Marketing contact status", "Unsubscribed", "Non-marketing contact"),
        ("Opted out of email: Marketing Information", "true", ""),
        ("UNSUB_TIME", "2025-05-05 12:00:00", ""),
        ("Uutiskirje", "ei", "kyllä"),
        ("Markkinointi", "kielletty", "sallittu"),
        ("Newsletter", "opted out", "opted in 3.3.2026"),
    ],
)
def test_a_no_to_marketing_forbids_it_and_a_yes_does_nothing(heading, no, yes):
    assert (forbidden(heading, no), forbidden(heading, yes)) == (MARKETING, frozenset())


@pytest.mark.parametrize(
    ("heading", "no", "forbids"),
    [
        ("Julkaisulupa", "ei", PUBLICATION),
        ("Saa julkaista nimen", "Ei", PUBLICATION),
        ("Julkaisukielto", "k", PUBLICATION),
        ("Får publiceras", "nej", PUBLICATION),
        ("Luovutuskielto", "x", DISCLOSURE),
        ("Turvakielto", "kyllä", PROTECTED),
        ("Ei tutkimuksia", "kyllä", STUDIES),
        ("Do not contact", "yes", MARKETING | STUDIES),
        ("Älä soita", "x", MARKETING | STUDIES),
    ],
)
def test_a_no_forbids_what_its_heading_speaks_of(heading, no, forbids):
    assert forbidden(heading, no) == forbids


def test_marketing_is_forbidden_in_three_scopes_for_both_uses():
    assert {scope for scope, _use in MARKETING} == {
        ProhibitionScope.DIRECT_ADVERTISING,
        ProhibitionScope.DISTANCE_SELLING,
        ProhibitionScope.DIRECT_MARKETING,
    }
    assert {use for _scope, use in MARKETING} == set(ProhibitedUse)


def test_an_unclear_answer_counts_as_a_no_and_is_told():
    records = records_of("Nimi;Markkinointilupa\nKoe Aino;katso liite\nKoe Bo;kyllä\n")
    assert [record.prohibitions for record in records] == [MARKETING, frozenset()]
    assert problems_of(records) == [(2, "Markkinointilupa", "unclear_answer")]


def test_letters_that_came_back_are_no_wish():
    """Mailchimp's "cleaned": nobody has said anything."""
    content = "Email Address,CLEAN_TIME\na@koe.example,2025-05-05 12:00:00\n"
    assert guess(table_of(content)).dropped_columns == ["CLEAN_TIME"]
    [record] = records_of(content, name="cleaned_members_export_1.csv")
    assert not record.prohibitions


def test_the_name_of_a_campaign_is_no_wish():
    columns = guess(table_of("Nimi;Kampanja\nKoe Aino;Kesä\nKoe Bo;Talvi\n"))
    assert (columns.prohibiting, columns.dropped_columns) == ([], ["Kampanja"])


def test_nobody_can_drop_a_column_that_forbids():
    table = table_of("Nimi;Markkinointikielto\nKoe Aino;x\n")
    columns = chosen(table, {0: Target.FULL_NAME, 1: None}, declared=set())
    assert columns.prohibiting == ["Markkinointikielto"]


def test_a_whole_file_of_those_who_left_forbids_for_each():
    content = "Email Address,First Name\na@koe.example,Aino\n"
    [record] = records_of(content, name="unsubscribed_members_export_1.csv")
    [other] = records_of(content, name="subscribed_members_export_1.csv")
    assert (record.prohibitions, other.prohibitions) == (MARKETING, frozenset())


@pytest.mark.parametrize(
    "heading",
    [
        *("Opt-out", "OptOut", "Opt out", "Kielto", "Kiellot", "Ei postia", "Ei sähköpostia"),
        *("Ei tekstiviestejä", "Mainoskielto", "Mark.kielto", "MK-kielto", "Suoramark. kielto"),
        *("Robinson", "Blacklist", "Ej utskick", "Får ej kontaktas", "GDPR-kielto"),
    ],
)
def test_short_headings_that_forbid_are_known(heading):
    [yes, no] = records_of(f"Nimi;{heading}\nKoe Aino;x\nKoe Bo;\n")
    assert yes.prohibitions >= MARKETING
    assert not no.prohibitions
