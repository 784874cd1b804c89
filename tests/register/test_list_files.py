"""What stands on labels and in a directory: each address whole, in its order, on its label."""

import io

import pytest
from django.core.files.storage import storages
from django.utils import timezone, translation
from pypdf import PdfReader

from register.lists.directory import place_of
from register.lists.labels import SHEET_OF, lines_of
from register.lists.making import make
from register.lists.pieces import Sink, zipped
from register.models import Customer, CustomerList
from tests.factories import (
    ContactRoleFactory,
    CustomerFactory,
    CustomerListFactory,
    NoticeFactory,
    OrganisationFactory,
)

pytestmark = pytest.mark.django_db
HOME = {"street": "Koekatu 3 A 4", "postcode": "00100", "city": "Hämeenlinna"}


@pytest.fixture(autouse=True)
def notice():
    return NoticeFactory(
        in_force=True, purposes={"orders": "contract", "publication": "legitimate_interest"}
    )


def pages(**fields):
    asked = CustomerListFactory(**fields)
    make(asked, now=timezone.now())
    found = []
    for part in asked.parts.all():
        with storages["private"].open(part.file) as file:
            found += PdfReader(io.BytesIO(file.read())).pages
    return found


def placed(page):
    """Each run of text on a page with where it begins, in millimetres from the left and the top."""
    found = []

    def visit(text, _matrix, at, _font, size):
        if text.strip():
            # typst turns the page's own axis over, and pypdf tells the text's place in it
            found.append((text.strip(), at, size))

    page.extract_text(visitor_text=visit)
    return found


def label(customer, **asked):
    return lines_of(customer, **{"with_organisation": True} | asked)


def test_a_finnish_address_has_its_town_in_capitals_and_no_country():
    person = CustomerFactory(**HOME, family_name="Äyräpää")
    assert label(person) == ["Aino Äyräpää", "Koekatu 3 A 4", "00100 HÄMEENLINNA"]


def test_an_address_abroad_ends_with_its_country():
    with translation.override("fi"):
        abroad = CustomerFactory(
            street="Provgatan 1", postcode="123 45", city="Umeå", country="SE", family_name="Öst"
        )
        assert label(abroad) == ["Aino Öst", "Provgatan 1", "123 45 UMEÅ", "RUOTSI"]
        nowhere = CustomerFactory(street="1 Test Road", city="Dublin", country="IE")
        assert label(nowhere)[2:] == ["DUBLIN", "IRLANTI"]


@pytest.mark.parametrize(("at_work", "chosen"), [(True, True), (True, False), (False, True)])
def test_an_employer_stands_on_no_label_that_goes_home(at_work, chosen):
    firm = OrganisationFactory(organisation_name="Koeyhtiö Oy", **HOME)
    person = CustomerFactory(**HOME if at_work else HOME | {"street": "Kotikuja 1"})
    person.roles_now = [ContactRoleFactory(person=person, organisation=firm)]
    told = label(person, with_organisation=chosen)
    assert ("Koeyhtiö Oy" in told) == (at_work and chosen)


@pytest.mark.parametrize("layout", SHEET_OF)
def test_no_label_is_empty_and_a_sheet_is_full_before_the_next(layout):
    """P14"""
    sheet = SHEET_OF[layout]
    most = sheet.columns * sheet.rows
    names = {CustomerFactory(**HOME).name for _one in range(most + 2)}
    CustomerFactory(street="Koekatu 1")
    first, second = (page.extract_text() for page in pages(layout=layout))
    assert [text.count("00100 HÄMEENLINNA") for text in (first, second)] == [most, 2]
    assert {name for name in names if name in first or name in second} == names


def test_the_longest_names_stand_whole_on_their_label():
    """Every letter is there, and nothing beyond the edge of the label."""
    words = "Koekajon Ja Naapurien Yhteinen Äänitehdas Ja Kauppaosuuskunta "
    long = (words * 4)[:200].strip()
    OrganisationFactory(organisation_name=long, **HOME | {"street": "Koekatu " * 20})
    OrganisationFactory(organisation_name="W" * 200, **HOME)
    CustomerFactory(given_name="Ł" * 100, family_name="ŋ" * 100, **HOME)
    (page,) = pages(layout="3x7", categories=["organisation"])
    text = "".join(page.extract_text().split()).replace("\u200b", "")
    assert "".join(long.split()) in text
    assert "W" * 200 in text
    assert "Ł" * 100 + "ŋ" * 100 in text
    assert text.count("00100HÄMEENLINNA") == 3


def test_names_in_other_scripts_are_on_their_labels():
    for name in ("Пример", "Δοκιμή", "Čáhcesuolo", "Nguyễn", "Łucja"):
        CustomerFactory(family_name=name, **HOME)
    (page,) = pages(language="en")
    for name in ("Пример", "Δοκιμή", "Čáhcesuolo", "Nguyễn", "Łucja"):
        assert name in page.extract_text()


def test_what_is_written_is_never_markup():
    CustomerFactory(given_name="#pagebreak()", family_name="$x$ *b* \\u{41}", **HOME)
    (page,) = pages()
    assert "#pagebreak() $x$ *b* \\u{41}" in page.extract_text()


def test_a_directory_is_in_the_order_of_names():
    """The alphabet ends in å, ä, ö; whoever has one name is sorted by it."""
    named = [
        ("Östman", "Aino"),
        ("Äyräpää", "Eero"),
        ("Zetterberg", "Åke"),
        ("Åberg", "Eero"),
        ("de la Ruokola", "Aino"),
        ("Virtanen", "Eero"),
        ("Virtanen", "Aino"),
        ("", "Cecilia"),
    ]
    for family, given in named:
        CustomerFactory(family_name=family, given_name=given, city="Oulu", phone="040 1234567")
    OrganisationFactory(organisation_name="Bänkki Oy")
    asked = {"kind": "directory", "layout": "paper", "categories": ["phone", "postal_address"]}
    (page,) = pages(**asked, language="en")
    text = page.extract_text()
    shown = ["Cecilia", "de la Ruokola, Aino", "Virtanen, Aino", "Virtanen, Eero"]
    shown += ["Zetterberg, Åke", "Åberg, Eero", "Äyräpää, Eero", "Östman, Aino"]
    places = [text.index(name) for name in shown]
    assert places == sorted(places)
    assert text.count("040 1234567") == text.count("Oulu") == len(named)
    # the notice lists organisations, and nobody chose them
    assert "Bänkki" not in text
    assert place_of("", "", "Bänkki Oy") < place_of("", "Cecilia", "")


def test_a_directory_tells_the_whole_postal_address_that_the_ledger_speaks_of():
    """P14, P28"""
    CustomerFactory(street="Koekatu 1 A 4", postcode="90100", city="Oulu")
    CustomerFactory(street="", postcode="", city="Turku")
    CustomerFactory(street="Testgatan 2", postcode="123 45", city="Malmö", country="SE")
    asked = {"kind": "directory", "layout": "paper", "categories": ["postal_address"]}
    (page,) = pages(**asked, language="en")
    text = " ".join(page.extract_text().split())
    assert "Postal address" in text
    for address in ("Koekatu 1 A 4, 90100 Oulu", "Turku", "Testgatan 2, 123 45 Malmö, Sweden"):
        assert address in text
    assert CustomerList.objects.get().disclosure.categories == ["name", "postal_address"]


def test_an_organisation_is_named_beside_its_people_while_they_speak_for_it():
    firm = OrganisationFactory(organisation_name="Koeyhtiö Oy")
    ContactRoleFactory(organisation=firm, person__family_name="Nykyinen")
    ContactRoleFactory(
        organisation=OrganisationFactory(organisation_name="Entinen Oy"),
        person__family_name="Lähtenyt",
        ended_on="2025-02-01",
    )
    asked = {"kind": "directory", "layout": "paper", "categories": ["organisation"]}
    (page,) = pages(**asked, language="en")
    rows = [line for line in page.extract_text().splitlines() if ", Aino" in line]
    assert ["Koeyhtiö" in row for row in rows] == [False, True]
    assert page.extract_text().count("Entinen Oy") == 1
    assert Customer.objects.count() == 4


def test_an_archive_is_written_as_it_is_read():
    sink = Sink()
    sink.write(b"ab")
    assert list(sink.taken(least=3)) == []
    assert list(sink.taken()) == [b"ab"]
    assert list(sink.taken()) == []
    blocks = zipped((f"{place}.pdf", iter([b"x" * 400_000] * 3)) for place in range(2))
    assert max(map(len, blocks)) < 1_000_000
