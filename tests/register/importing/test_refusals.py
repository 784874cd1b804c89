"""P14, P52, M11: a column that says no is never dropped, and a yes is no consent."""

import pytest

from notices.terms import ProhibitedUse, ProhibitionScope
from register.importing import Normaliser, Target, chosen, guess
from register.importing.headings import meaning_of
from register.importing.refusals import (
    CONTACT,
    DISCLOSURE,
    MARKETING,
    PROTECTED,
    PUBLICATION,
    STUDIES,
)
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


ALLOWING, FORBIDDING = "Markkinointilupa", "Markkinointikielto"


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        *((ALLOWING, cell) for cell in (
            *("Ei sallittu", "suostumus peruttu", "Kielto 1.2.2024", "ei hyväksytty"),
            *("ei suostumusta", "ei voimassa", "peruttu 1.1.2020", "on kielto", "Kieltäytyi"),
            *("en salli", "kyllä, mutta ei soittoja", "sallittu, ei postia", "Ei (1.2.2024)"),
            *("ej tillåtet", "inget samtycke", "samtycke återkallat", "otillåtet", "avböjt"),
            *("Not opted in", "disallowed", "not accepted", "not granted", "opted-out 1.2.2024"),
            *("luvaton", "lupa puuttuu", "samtycke saknas", "vill slippa reklam", "ettei lähetetä"),
            *("doesn’t allow", "never", "inactive", "consent withdrawn", "0 1.2.2024"),
        )),
        *((FORBIDDING, cell) for cell in (
            *("ei saa soittaa", "ei sähköpostia", "ei puheluita, ei postia", "ei lupaa"),
            *("voimassa", "voimassa 1.2.2024", "hyväksytty", "kyllä, sallittu", "on voimassa"),
            *("inga brev", "no calls", "not allowed", "1.2.2024", "2024-02-01 12:00:00"),
        )),
    ],
)  # fmt: skip
def test_p52_a_no_in_plain_words_is_a_no_under_any_heading(heading, cell):
    """P14, P52, M11: "not" turns round what stands after it, and a day makes no yes of it."""
    [record] = records_of(f'Nimi;{heading}\nKoe Aino;"{cell}"\n')
    assert (record.prohibitions, record.problems) == (MARKETING, [])


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        *((ALLOWING, cell) for cell in (
            *("Ei kieltoa", "ei ole kieltänyt", "inget förbud", "not unsubscribed"),
            *("sallittu 1.2.2024", "Suostumus annettu", "får skickas", "opted-in", "voimassa"),
            *("1.2.2024 klo 12.30", "2024-02-01T12:00:00+0200", "hyväksytty", "on"),
            *("ei peruttu", "no restrictions", "kyllä (messuilta)"),
        )),
        *((FORBIDDING, cell) for cell in (
            *("ei", "ei ole", "Ei kieltoa", "ei voimassa", "ei kielletty", "nej", "not set", "-"),
            *("Sallittu", "ei 1.2.2024", "saa soittaa"),
        )),
    ],
)  # fmt: skip
def test_p52_who_has_not_said_no_is_not_made_to(heading, cell):
    """P52: a prohibition is the person's own; "no prohibition" is none."""
    assert forbidden(heading, cell) == frozenset()


@pytest.mark.parametrize(
    "cell", ["vain postitse sallittu", "sallittu 31.12.2020 asti", "kyllä/ei", "lupa kysytty"]
)
def test_p52_half_a_yes_is_no_yes(cell):
    """P52: where doubt remains, the answer is a no."""
    assert forbidden(ALLOWING, cell) == MARKETING


@pytest.mark.parametrize(
    ("heading", "cell", "forbids"),
    [
        ("Markkinointikiellossa", "kyllä", MARKETING),
        ("Markkinointikiellon päivä", "1.2.2024", MARKETING),
        ("Onko mainoskiellossa", "x", MARKETING),
        ("Estä markkinointi", "kyllä", MARKETING),
        ("Markkinointilupa peruttu", "1.2.2024", MARKETING),
        ("Uutiskirje peruttu", "x", MARKETING),
        ("Uutiskirjeen peruutuspäivä", "1.2.2024", MARKETING),
        ("Poistunut postituslistalta", "kyllä", MARKETING),
        ("Kieltäytynyt kaikista sähköposteista", "x", MARKETING),
        ("Suostumus peruttu", "kyllä", MARKETING),
        ("Suostumus peruttu", "1.2.2024", MARKETING),
        ("En halua uutiskirjettä", "x", MARKETING),
        ("Julkaisukiellossa", "kyllä", PUBLICATION),
        ("Kuvauskielto", "x", PUBLICATION),
        ("Ei saa kuvata", "x", PUBLICATION),
        ("Avslutat nyhetsbrev", "ja", MARKETING),
        ("Reklamfri", "ja", MARKETING),
        ("Samtycke återkallat", "ja", MARKETING),
        ("Får ej mailas", "x", MARKETING),
        ("DR-spärr", "ja", MARKETING),
        ("Skyddad identitet", "ja", PROTECTED),
        ("Sekretess", "x", PROTECTED),
        ("Newsletter cancelled", "yes", MARKETING),
        ("Marketing withdrawn", "yes", MARKETING),
        ("Consent withdrawn", "2024-02-01", MARKETING),
        ("No emails", "x", MARKETING),
        ("Don't call", "x", MARKETING | STUDIES),
        ("Unsubscribe reason", "too many letters", MARKETING),
    ],
)  # fmt: skip
def test_p52_a_heading_that_says_no_forbids_by_a_yes_a_day_or_a_mark(heading, cell, forbids):
    """P14, P52, P65: and nothing is forbidden where its cell is empty."""
    [said, empty] = records_of(f"Nimi;{heading}\nKoe Aino;{cell}\nKoe Bo;\n")
    assert (said.prohibitions, empty.prohibitions) == (forbids, frozenset())


@pytest.mark.parametrize(
    ("heading", "no", "yes"),
    [
        ("Lupa", "ei", "kyllä"),
        ("Sähköposti sallittu", "ei", "x"),
        ("Markkinointilupa (kyllä/ei)", "ei", "kyllä"),
        ("Uutiskirje (ei pakollinen)", "ei", "hyväksyn uutiskirjeen"),
        ("Samtycke (ja/nej)", "nej", "ja"),
        ("Newsletter (yes/no)", "no", "yes"),
        ("Ei markkinointikieltoa", "ei", "kyllä"),
        ("Samtycke: 1 = ja, 0 = nej", "0", "1"),
    ],
)
def test_p52_a_heading_that_asks_for_a_yes_forbids_by_a_no(heading, no, yes):
    """P52: how a heading wants to be answered, and two nos in it, make no no of it."""
    assert (forbidden(heading, no), forbidden(heading, yes)) == (MARKETING, frozenset())


@pytest.mark.parametrize(
    "heading", ["Markkinointikielto peruttu", "Mainonta sallittu/kielletty", "Mainonta (ei muut)"]
)
def test_p52_where_nobody_knows_what_a_yes_means_it_counts_as_a_no_and_is_told(heading):
    """P52: doubt is a prohibition; what is said in full stays clear."""
    records = records_of(
        f"Nimi;{heading}\nKoe Aino;kyllä\nKoe Bo;ei\nKoe Eva;sallittu\nKoe Olli;\n"
    )
    assert [one.prohibitions for one in records] == [MARKETING, MARKETING, set(), set()]
    assert problems_of(records) == [(2, heading, "unclear_answer"), (3, heading, "unclear_answer")]


@pytest.mark.parametrize(
    ("heading", "cell", "target"),
    [
        ("Phone no", "040 123 4567", Target.PHONE),
        ("Sähköposti (ei pakollinen)", "a@koe.example", Target.EMAIL),
        ("Sähköposti (jos ei postia)", "a@koe.example", Target.EMAIL),
        ("Sähköposti, johon saa lähettää laskun", "a@koe.example", Target.EMAIL),
    ],
)
def test_a_column_of_addresses_is_no_wish(heading, cell, target):
    columns = guess(table_of(f"Nimi;{heading}\nKoe Aino;{cell}\nKoe Bo;{cell}\n"))
    assert not columns.prohibiting
    assert target in columns.kept


@pytest.mark.parametrize(
    "heading", ["Markkinointikieli", "Kieli", "Suostumuksen peruste", "Ajolupa", "Peruttu"]
)
def test_words_that_only_look_like_a_no_turn_nothing_round(heading):
    """Language is no prohibition, and a basis is no withdrawal."""
    assert forbidden(heading, "x") == frozenset()


@pytest.mark.parametrize(
    ("heading", "no", "yes", "forbids"),
    [
        *((heading, "ei", "x", PUBLICATION) for heading in (
            *("Näkyy jäsenluettelossa", "Luettelossa", "Nimi saa näkyä", "Osoite näkyvissä"),
            *("Visas i matrikeln", "Matrikel", "Kuvalupa"),
        )),
        *((heading, "x", "ei", PUBLICATION) for heading in (
            *("Dold", "Hide from directory", "Ex-directory", "Unlisted", "Piilotettu"),
        )),
        *((heading, "x", "ei", PROTECTED) for heading in (
            *("Salainen numero", "Salainen osoite", "Hemligt nummer"),
        )),
        *((heading, "x", "ei", MARKETING) for heading in (
            *("Estetty", "Blocked", "Esto", "Estot", "Lähetysesto", "Tackat nej", "Avböjt"),
            *("Do not solicit", "No solicitation", "No ads", "No spam", "Ei DM", "Ei-mark"),
            *("Ingen DR", "Erosi listalta", "Erosi/Poistunut listalta", "Poistunut listalta"),
        )),
        *((heading, "x", "ei", CONTACT) for heading in ("Ei häiritä", "DNC", "DND")),
        *((heading, "ei", "x", MARKETING) for heading in (
            *("Luvat", "Promo", "Special offers", "Erbjudanden", "Vill ha medlemsbrev"),
            *("Jäsenkirje", "Jäsenkirje (sähköpostilla)", "Suorapostitus", "Massapostitus"),
            *("Bulk Email", "Myyntipuhelut", "Communication Preferences"),
        )),
    ],
)  # fmt: skip
def test_p52_a_column_that_says_no_in_other_words_is_heard(heading, no, yes, forbids):
    """P14, P52, M11: whatever its list calls it."""
    records = records_of(f"Nimi;{heading}\nKoe Aino;{no}\nKoe Bo;{yes}\nKoe Eva;\n")
    assert [one.prohibitions for one in records] == [forbids, set(), set()]
    assert problems_of(records) == []


@pytest.mark.parametrize(
    "heading",
    [
        *("Luettelohinta", "Tuoteluettelo", "Promo code", "Promokoodi", "Promotion code"),
        *("Alennuskoodi", "Tilauksen tila", "Salasana", "Salainen kysymys", "Kuvaus", "Hidas"),
        *("Kuvatiedosto", "Näyttönimi", "Matrikelnummer", "Matrikelnr", "Toimitusesto", "Mark"),
        *("Luottoesto", "Esteetön", "Block", "Ads", "Dr", "Ajoluvat", "Offert", "Offer number"),
        *("Erosi", "Eronnut", "Brevlåda", "Stora kunder", "Visiting address", "Posti"),
    ],
)
def test_p52_an_ordinary_heading_is_no_wish(heading):
    """P52: a prohibition is the person's own, and nobody's codes and prices make one."""
    meaning = meaning_of(heading)
    assert meaning is None or meaning.refusal is None


def test_a_marketing_contact_of_hubspot_is_known_in_finnish():
    """Whom HubSpot bills for: nobody has said anything by that."""
    heading = "Markkinointiyhteyshenkilön tila"
    records = records_of(
        f"Nimi;{heading}\nKoe Aino;Markkinointiyhteyshenkilö\nKoe Bo;Ei sallittu\n"
        "Koe Eva;Muu kuin markkinointiyhteyshenkilö\nKoe Olli;Markkinointiyhteyshenkilö\n"
        "Koe Pia;Markkinointiyhteyshenkilö\n"
    )
    assert [bool(one.prohibitions) for one in records] == [False, True, False, False, False]


@pytest.mark.parametrize(
    ("heading", "cell", "forbids"),
    [
        ("Tags", "VIP, no-marketing", MARKETING),
        ("Tags", "ei-markkinointia", MARKETING),
        ("Labels", "Do not contact ::: * myContacts", CONTACT),
        ("Group Membership", "* myContacts ::: Markkinointikielto", MARKETING),
        ("Luokat", "Jäsen;Ei julkaista", PUBLICATION),
        ("Tags", "VIP, newsletter, b2b", set()),
        ("Labels", "* myContacts ::: * starred", set()),
        ("Tags", "", set()),
    ],
)
def test_p52_a_label_that_says_no_is_heard_and_no_label_is_kept(heading, cell, forbids):
    """P52, M11, P20."""
    content = f'Nimi,Email,{heading}\nKoe Aino,a@koe.example,"{cell}"\n'
    columns = guess(table_of(content))
    [record] = records_of(content)
    assert (record.prohibitions, record.problems) == (forbids, [])
    assert (columns.dropped_columns, heading in columns.mapped) == ([heading], False)
    kept_out = chosen(table_of(content), {2: None})
    assert kept_out.choices == columns.choices


def test_p52_a_label_of_a_refused_row_is_heard_and_refuses_none():
    """P52: nothing of a label is kept, so nothing in it can be wrong."""
    [refused, taken] = records_of(
        "Nimi,Email,Tags\nKoe Aino,no address,no-marketing\nKoe Bo,b@koe.example,010190-123A\n"
    )
    assert (refused.refused.code, refused.prohibitions) == ("email_invalid", MARKETING)
    assert (taken.refused, taken.prohibitions) == (None, set())


@pytest.mark.parametrize(
    ("heading", "no", "yes", "forbids"),
    [
        *((heading, "ei", "kyllä", MARKETING) for heading in (
            *("Sähköp. ok", "Communication OK", "Mass mail", "Emailing", "Gets mail", "Postitus"),
            *("Tiedotteet", "Jäsentiedotteet sähköpostilla", "Medlemstidning", "consent_status"),
        )),
        *((heading, "x", "", MARKETING) for heading in ("Estolista", "Sulkulista", "DNM")),
        ("consent_status", "withdrawn", "given", MARKETING),
        ("Preferred contact method", "No marketing", "", MARKETING),
        *((heading, "Ei", "Kyllä", PUBLICATION) for heading in (
            *("Näytä yhteystiedot muille jäsenille", "Näytetään verkkosivuilla"),
            *("Visa för andra medlemmar", "Show to other members"),
        )),
    ],
)  # fmt: skip
def test_p14_p52_what_lists_of_members_call_a_wish_is_heard(heading, no, yes, forbids):
    """P14, P52."""
    [refusing, allowing] = records_of(f"Nimi;{heading}\nKoe Aino;{no}\nKoe Bo;{yes}\n")
    assert (refusing.prohibitions, allowing.prohibitions) == (forbids, frozenset())


@pytest.mark.parametrize(
    ("heading", "cell", "forbids"),
    [
        ("Status", "unsubscribed", MARKETING),
        ("Tila", "Ei halua uutiskirjettä", MARKETING),
        ("Ryhmä 2", "markkinointikielto", MARKETING),
        ("Läge", "vill inte ha reklam", MARKETING),
        ("State", "do not contact", CONTACT),
        ("Tila", "Peruutettu tilaus", set()),
        ("Tila", "Aktiivinen", set()),
        ("Tila", "Ei puhelinta", set()),
        ("Status", "No e-mail", set()),
    ],
)
def test_p52_a_no_is_heard_in_a_column_that_is_dropped(heading, cell, forbids):
    """P14, P52, P20: whatever its heading, wherever it stands in the file; the cell is not kept."""
    others = "".join(f"Koe Olli;Aktiivinen;{number}@koe.example\n" for number in range(300))
    for content in (
        f"Koe Aino;{cell};a@koe.example\n{others}",
        f"{others}Koe Aino;{cell};a@koe.example\n",
    ):
        content = f"Nimi;{heading};Sähköposti\n{content}"
        assert guess(table_of(content)).dropped_columns == [heading]
        records = records_of(content)
        assert {one.prohibitions for one in records if one.email != "a@koe.example"} == {
            frozenset()
        }
        assert [one.prohibitions for one in records if one.email == "a@koe.example"] == [forbids]


def test_p52_words_of_refusal_that_say_no_to_nobody_knows_what_are_told():
    """P52: a person looks at them, unless somebody has left the column out."""
    content = "Nimi;Tila\nKoe Aino;Aktiivinen\nKoe Bo;Peruutettu\nKoe Eva;declined\n;declined\n"
    records = records_of(content)
    assert problems_of(records) == [(3, "Tila", "refusal_words"), (4, "Tila", "refusal_words")]
    assert [one.passed_over for one in records] == ["", "", "", "empty"]
    table = table_of(content)
    left_out = Normaliser(chosen(table, {1: None})).records(table.rows())
    assert problems_of(left_out) == []


@pytest.mark.parametrize(
    ("name", "value", "forbids"),
    [
        ("Markkinointilupa", "ei", MARKETING),
        ("Markkinointilupa", "kyllä", set()),
        ("Markkinointikielto", "ei", set()),
        ("Julkaisu", "ei", PUBLICATION),
        ("Muuta", "Ei uutiskirjettä", MARKETING),
        ("Koira", "ei", set()),
    ],
)
def test_p52_a_field_of_google_s_is_heard_by_the_heading_in_its_row(name, value, forbids):
    """P52, P14: the heading is a cell itself."""
    content = (
        "First Name,E-mail 1 - Value,Custom Field 1 - Label,Custom Field 1 - Value,"
        "Custom Field 2 - Label,Custom Field 2 - Value\n"
        f"Aino,a@koe.example,Koira,ei,{name},{value}\n"
    )
    [record] = records_of(content)
    assert (record.prohibitions, record.problems) == (forbids, [])
    assert len(guess(table_of(content)).dropped_columns) == 4
    [refused] = records_of(content.replace("a@koe.example", "no address"))
    assert refused.prohibitions == forbids


def test_p52_a_bare_no_under_a_heading_of_a_wish_is_told():
    """P52: "Postitus" may ask how, and somebody has answered that it may not be at all."""
    cells = ["paperi", "digi", "paperi", "digi", "ei", "-"]
    records = records_of("Nimi;Postitus\n" + "".join(f"Koe Aino;{cell}\n" for cell in cells))
    assert problems_of(records) == [(6, "Postitus", "refusal_words")]


@pytest.mark.parametrize("heading", ["Subscription", "Prenumerationsnummer", "Subscription number"])
def test_what_a_subscription_is_called_forbids_nothing(heading):
    """P14: a mark of the system is nobody's answer."""
    content = f"Nimi;Sähköposti;{heading}\n" + "".join(
        f"{name} Koe;{name}@koe.example;sub_1Mow{number}xQ\n"
        for number, name in enumerate(["aino", "eero", "bo"])
    )
    assert [one.prohibitions for one in records_of(content)] == [frozenset()] * 3
    assert problems_of(records_of(content)) == []


def test_a_no_under_subscription_is_a_no():
    """P14, P52: where the cells answer, the heading asks."""
    content = "Nimi;Sähköposti;Subscription\nAino Koe;a@koe.example;no\nBo Koe;b@koe.example;yes\n"
    assert [one.prohibitions for one in records_of(content)] == [MARKETING, frozenset()]
