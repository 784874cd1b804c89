"""P14, P52, M11: a clear no in free notes is a prohibition, and no text of them is kept."""

import time

import pytest

from register.importing import Target, chosen, guess
from register.importing.notes import NOTHING, Heard, heard_in
from register.importing.refusals import (
    CONTACT,
    DISCLOSURE,
    MARKETING,
    PROTECTED,
    PUBLICATION,
    STUDIES,
)
from tests.register.importing.files import problems_of, records_of, table_of

CLEAR = {
    MARKETING: """
        Ei mainoksia
        ei mainoksia, kiitos!
        Ei halua mainoksia
        Asiakas ei halua markkinointia enää
        Kieltänyt suoramarkkinoinnin 12.3.2024
        Markkinointikielto
        Suoramarkkinointi kielletty
        Markkinointi: ei
        Huom! Ei uutiskirjettä
        Toive: ei mainospostia
        Perui uutiskirjeen
        Poistettu postituslistalta
        ei saa lähettää mainoksia
        Älkää lähettäkö mainoksia
        VIP-asiakas. Ei tarjouksia eikä mainoksia. Koira pihalla.
        Ei halua saada uutiskirjeitä sähköpostilla
        vill inte ha reklam
        Vill ej ha nyhetsbrev
        Ingen reklam tack
        Inga utskick
        Undanber sig direktreklam
        Reklamförbud
        Kunden tackade nej till nyhetsbrev
        Skicka inte reklam
        Har avregistrerat sig från nyhetsbrevet
        No marketing
        No newsletters please
        Does not want marketing e-mails
        Doesn't want to receive promotional emails
        Opted out of marketing
        Unsubscribed from all emails
        Please don't send any ads
        Customer objects to direct marketing
        Removed from mailing list
        Soitti 3.4. ja kielsi markkinoinnin
        ei lupaa markkinointiin
        markkinointilupa peruttu
        tackat nej till marknadsföring
        reklam: nej
        asked to be removed from the mailing list
        opted-out
    """,
    CONTACT: """
        Ei saa soittaa
        ÄLÄ SOITA!!
        Ei saa ottaa yhteyttä
        Asiakas kieltänyt soitot
        Ring inte
        Får ej kontaktas
        Vill inte bli kontaktad
        do not contact
        Please do not call or email
        Asked not to be contacted
    """,
    PUBLICATION: """
        Nimeä ei saa julkaista
        ei saa julkaista nimeä
        Julkaisukielto
        Ei jäsenluetteloon
        Får inte publiceras
        Vill inte synas i medlemsmatrikeln
        Do not publish name
    """,
    DISCLOSURE: """
        Ei saa luovuttaa tietoja kolmansille
        Uppgifterna får inte lämnas ut
        Do not share data with third parties
    """,
    PROTECTED: """
        Turvakielto
        Skyddad identitet
    """,
    STUDIES: """
        Ei kyselyitä
        Inga enkäter
        No surveys
    """,
}
UNCLEAR = """
    Ei saa soittaa ennen klo 10
    ei saa soittaa työnumeroon
    Ei halua mainoksia paperilla paitsi kuvaston
    Ei ole lukenut uutiskirjettä
    Ei sähköpostimainontaa ennen kesää
    Vill inte att vi ringer på kvällen
    Marknadsföring inte diskuterat
    Do not call after 8 pm
    Doesn't want us to email the old address
    Kielletty lähettämästä mainoksia
    Don't ring, knock
    No marketing until May
"""
OF_SOMETHING_ELSE = """
    Ei saa jättää oven eteen
    Älä soita ovikelloa
    Ring inte på dörrklockan
    Do not ring the bell
    Leave parcel, do not knock
    Ei postilaatikkoon
    Ei vastannut puhelimeen
    Saa soittaa, mainokset ok
    Ei markkinointikieltoa
    Ei ole kieltänyt markkinointia
    Haluaa uutiskirjeen
    Vill ha nyhetsbrev
    Tarjous lähetetty, ei vastausta
    Koodi 1234, ei saa avata porttia
    Inte hemma på fredagar
    Do not stack parcels
    Not yet paid
    Ei tarvitse soittaa
    ei halua kuittia
    Markkinointilupa annettu
    Tilannut mainosteippauksen, ei vielä valmis
    Uusi osoite, vanha ei voimassa
"""


def lines(text):
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize(
    ("said", "forbids"), [(said, kind) for kind, some in CLEAR.items() for said in lines(some)]
)
def test_p52_a_clear_sentence_forbids_what_it_speaks_of(said, forbids):
    assert heard_in(said) == Heard(forbids)


@pytest.mark.parametrize("said", lines(UNCLEAR))
def test_p52_what_may_be_a_no_is_for_a_person_to_read(said):
    assert heard_in(said) == Heard(is_unclear=True)


@pytest.mark.parametrize("said", ["", *lines(OF_SOMETHING_ELSE)])
def test_notes_of_something_else_are_no_wish(said):
    assert heard_in(said) == NOTHING


def test_p52_each_sentence_of_a_note_is_heard():
    said = "Avain portin alla; ei mainoksia\nNimeä ei saa julkaista - ei saa soittaa iltaisin"
    assert heard_in(said) == Heard(MARKETING | PUBLICATION, is_unclear=True)


def test_a_long_note_is_read_as_far_as_people_write_and_the_rest_is_told():
    assert heard_in("Ei mainoksia. " + "pitkä " * 1000) == Heard(MARKETING, is_unclear=True)


@pytest.mark.parametrize(
    "part", ["ei ", "ei mainoksia ja ", "do not ", "please do not call or ", "asiakas on ", "enää "]
)
def test_no_note_takes_long_to_read(part):
    start = time.process_time()
    heard_in(part * 2000)
    heard_in(part * 9 + ".")
    heard_in((part * 8 + ". ") * 60)
    assert time.process_time() - start < 1


@pytest.mark.parametrize("heading", ["Muistiinpanot", "Lisätietoja", "Anteckningar", "Notes"])
def test_p52_a_no_in_the_notes_is_kept_and_the_notes_are_not(heading):
    """P14, P20: whoever leaves the column out, and whatever stands in it besides."""
    content = (
        f"Nimi;Sähköposti;{heading}\n"
        "Koe Aino;a@koe.example;Ei mainoksia. 010190-123A\n"
        'Koe Bo;b@koe.example;"Koira.\nEi saa soittaa\nPortti"\n'
        "Koe Eva;e@koe.example;ei saa jättää oven eteen\n"
        "Koe Ilo;i@koe.example;Ei saa soittaa ennen klo 10\n"
        "Koe Olli;no address;Ring inte\n"
    )
    records = records_of(content)
    assert [one.prohibitions for one in records] == [MARKETING, CONTACT, set(), set(), CONTACT]
    assert problems_of(records) == [
        (2, heading, "no_in_notes"),
        (3, heading, "no_in_notes"),
        (7, heading, "unclear_notes"),
        (8, "Sähköposti", "email_invalid"),
        (8, heading, "no_in_notes"),
    ]
    assert records[4].refused
    columns = guess(table_of(content))
    assert (columns.dropped_columns, heading in columns.mapped) == ([heading], False)
    assert chosen(table_of(content), {2: None}).choices == columns.choices


def test_p52_a_column_of_which_nothing_is_known_is_notes_when_it_says_no():
    """P52: its heading tells nothing, its cells do; or somebody says that it is."""
    says = "Nimi;Sähköposti;Kenttä 5\nKoe Aino;a@koe.example;VIP\nKoe Bo;b@koe.example;{}\n"
    heard = records_of(says.format("Ei uutiskirjettä"))
    assert [one.prohibitions for one in heard] == [set(), MARKETING]
    unknown = table_of(says.format("sininen"))
    assert Target.NOTES not in {one.target for one in guess(unknown).choices}
    sent = chosen(unknown, {2: Target.NOTES})
    assert [one.column.place for one in sent.choices if one.target is Target.NOTES] == [2]
    assert sent.dropped_columns == ["Kenttä 5"]
