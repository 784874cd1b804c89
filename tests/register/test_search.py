import pytest

from audit.reasons import because
from register.models import Customer, Word
from register.models.words import (
    national,
    number_words,
    phone_words,
    search_terms,
    words_of,
    words_of_customer,
)
from tests.factories import (
    CollectionFactory,
    ContactRoleFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
    OrderFactory,
    OrganisationFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    """The one who is looked for, and two who must not be found with her."""
    with because("Test"):
        NoticeFactory(in_force=True)
        aino = CustomerFactory(
            given_name="Äijä-Aino",
            family_name="Mäki-Kuusitaival",
            email="aino.makikuusi@posti.example",
            phone="+358 40 123 4567",
        )
        CustomerFactory(given_name="Eero", family_name="Hallakajo", phone="0509998888")
        OrganisationFactory(organisation_name="Rimskata Ab", email="info@rimskata.example")
        OrderFactory(customer=aino, number="T-2026-0042")
        InvoiceFactory(customer=aino, number="L-2026-0077")
    return aino


def found(text):
    return {str(customer) for customer in Customer.objects.search(text)}


@pytest.mark.parametrize(
    "text",
    [
        "äijä",
        "AIJA",
        "aino",
        "kuusit",
        "mäki-kuu",
        "makikuusi",
        "aino mäki",
        "posti",
        "aino.makikuusi@posti.example",
        "makikuusi@posti",
        "040 123",
        "0401234567",
        "+358401234567",
        "4567",
        "123 4567",
        "T-2026-0042",
        "0042",
        "L-2026-0077",
        "sitaiva",
    ],
)
def test_a_customer_is_found_by_any_part(cast, text):
    assert found(text) == {"Äijä-Aino Mäki-Kuusitaival"}


@pytest.mark.parametrize("text", ["nobody", "aino halla", "555 123", "", "  ", "%", "_", "'", "\\"])
def test_what_fits_nobody_finds_nobody(cast, text):
    assert found(text) == set()


def test_a_contact_person_is_found_by_the_organisation_s_name(cast):
    with because("Test"):
        role = ContactRoleFactory(
            person=cast, organisation=OrganisationFactory(organisation_name="Tyrnipaja Oy")
        )
        assert found("tyrnip") == {str(cast), "Tyrnipaja Oy"}
        role.organisation.organisation_name = "Halla Ky"
        role.organisation.save(collection=CollectionFactory())
    assert found("tyrnip") == set()
    assert found("halla ky") == {str(cast), "Halla Ky"}


def test_words_follow_a_change(cast):
    cast.family_name = "Uusinimi"
    with because("Test"):
        cast.save(collection=CollectionFactory())
    assert found("kuusitaival") == set()
    assert found("uusin") == {"Äijä-Aino Uusinimi"}


@pytest.mark.parametrize("count", [1, 10])
def test_a_search_is_four_queries_however_many_it_finds(cast, count, django_assert_num_queries):
    with because("Test"):
        for _one in range(count):
            CustomerFactory(given_name="Sama")
    # words, names to order them by, whether words are at rest, the rows
    with django_assert_num_queries(4):
        assert len(list(Customer.objects.search("sama"))) == count


NAMES = {
    "Göran von Ärlig": ["von är", "vonarlig", "arlig", "göran arl", "ÄRLIG GÖRAN", "von", "gö vo"],
    "Ebba af Hällskata": ["af häll", "hallskata", "afhall", "ebba af", "häll eb"],
    "Lou de la Rimma": ["de la rim", "delarimma", "la rimma", "rimma", "lou rim"],
    "Siiri O'Tyrni": ["o'tyrni", "otyrni", "o’tyr", "tyrni", "O Tyrni"],
    "Fritz Großpihka": ["großp", "grosspihka", "GROSSPIHKA fritz"],
    "Søren Ærkuura": ["sören", "soren", "ærk", "aerkuura", "aerk sor"],
    "Łucja Đihanki": ["lucja", "łucja", "dihanki", "łuc đi"],
    "Алёна Кууранова": ["алена", "АЛЁНА", "куур", "кууранова алё"],
    "Jukka-Pekka Ilo-Kajo": ["jukkapekka", "jukka-pe", "pekka", "jukka pekka", "kajo", "ilo kajo"],
    "Anna Maria Liisa Rusko": [
        "anna rusko",
        "rusko liisa",
        "maria rus",
        "anna liisa",
        "liisa anna",
    ],
}


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in NAMES.items() for text in texts]
)
def test_a_name_is_found_however_it_is_typed(cast, name, text):
    with_particle = name.split(" ")[1] in ("von", "af", "de")
    given, family = name.split(" ", 1) if with_particle else name.rsplit(" ", 1)
    CustomerFactory(given_name=given, family_name=family)
    assert found(text) == {name}


@pytest.mark.parametrize(
    "text",
    [
        "+358 40 765 4321",
        "00358 40 7654321",
        "358407654321",
        "040-765 4321",
        "(040) 7654321",
        "040 / 765 43 21",
        "0407",
        "765 4321",
        "4321",
        "40 765 4321",
        "oiva 040 765",
        "040 765 4321 oiva",
        "oiva 4321",
    ],
)
def test_a_phone_is_found_from_its_start_or_its_end_in_any_spelling(cast, text):
    CustomerFactory(given_name="Oiva", family_name="Pihka", phone="040 765 4321")
    assert found(text) == {"Oiva Pihka"}


def test_a_foreign_number_is_found_with_its_country_and_as_it_is_dialled_there(cast):
    CustomerFactory(given_name="Oiva", family_name="Pihka", phone="+46 8 765 43 21")
    for text in ("+46 8 7654321", "46 8 765", "08-765 43 21", "765 43 21"):
        assert found(text) == {"Oiva Pihka"}


@pytest.mark.parametrize(
    "text", ["T-2026-0042", "t20260042", "2026-0042", "0042", "T 2026", "t2026"]
)
def test_a_number_is_found_from_its_start_or_its_end(cast, text):
    OrderFactory(number="T-2025-0043")
    assert found(text) == {"Äijä-Aino Mäki-Kuusitaival"}


def test_a_number_is_not_found_backwards(cast):
    CustomerFactory(phone="040 765 9876")
    assert found("6789") == set()
    assert found("<6789") == set()


def test_the_reference_finds_its_customer_alone(cast):
    CustomerFactory(given_name=cast.reference)
    assert found(f" {cast.reference.lower()} ") == {str(cast)}


def names_in_order(text):
    by_key = Customer.objects.in_bulk(Customer.objects.ranked(text))
    return [str(by_key[key]) for key in Customer.objects.ranked(text)]


def test_whole_words_come_first_then_family_names_then_the_newest(cast):
    for given, family in (
        ("Salo", "Older"),
        ("Salomon", "Pihka"),
        ("Oiva", "Salonen"),
        ("Oiva", "Salo"),
        ("Salo", "Newer"),
        ("Ukko", "Salo"),
    ):
        CustomerFactory(given_name=given, family_name=family)
    OrganisationFactory(organisation_name="Tyrni Salo Oy")
    CustomerFactory(given_name="Muu", family_name="Pihka")
    assert names_in_order("salo") == [
        "Ukko Salo",
        "Oiva Salo",
        "Tyrni Salo Oy",
        "Salo Newer",
        "Salo Older",
        "Oiva Salonen",
        "Salomon Pihka",
    ]


def test_the_middle_of_a_word_is_looked_for_only_when_nobody_s_word_starts_so(cast):
    CustomerFactory(given_name="Sitaiva", family_name="Pihka")
    assert found("sitaiva") == {"Sitaiva Pihka"}
    assert found("taival") == {str(cast)}
    assert found("ai") == {str(cast)}
    assert found("zz") == set()


def test_an_asterisk_asks_for_the_middle_of_all_words(cast, monkeypatch):
    """Else only the newest are looked through, so that nobody waits for finding nobody."""
    monkeypatch.setattr("register.models.words.NEWEST_WORDS", 3)
    for number in range(9):
        CustomerFactory(given_name="Oiva", family_name=f"Kajo{number}")
    assert found("usitaiv") == found("usitaiv*") == set()
    for text in ("*usitaiv", " * usitaiv", "*ITAIV ino", "*ain usitai", "*026-00", "*asti.ex"):
        expected = set() if "asti.ex" in text else {str(cast)}
        assert found(text) == expected, text
    assert found("*") == found("*ai") == found("*zzz") == set()
    assert found("*kajo") == {"Eero Hallakajo", *(f"Oiva Kajo{number}" for number in range(9))}


@pytest.mark.parametrize("of_a_rare", [2, 800])
def test_very_frequent_words_are_found_together(cast, monkeypatch, of_a_rare):
    monkeypatch.setattr("register.models.words.MOST_ROWS", 2)
    monkeypatch.setattr("register.models.words.MOST_OF_A_RARE", of_a_rare)
    for number in range(4):
        CustomerFactory(given_name="Anna", family_name=f"Kajo{number}")
        CustomerFactory(given_name="Oiva", family_name="Rusko", email=f"{number}@posti.example")
    CustomerFactory(given_name="Anna Liisa", family_name="Rusko")
    assert found("anna rusko") == found("rus an") == {"Anna Liisa Rusko"}
    assert found("anna kajo2") == {"Anna Kajo2"}
    assert found("oiva posti") == {"Oiva Rusko"}
    assert found("anna oiva") == set()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        # in either order, whole or begun, the parts of a double name too
        ("anna rusko", {"Anna Rusko", "Anna Liisa Rusko", "Anna Rusko-Kajo"}),
        ("rusko anna", {"Anna Rusko", "Anna Liisa Rusko", "Anna Rusko-Kajo"}),
        ("anna rus", {"Anna Rusko", "Anna Liisa Rusko", "Anna Rusko-Kajo"}),
        ("ru an", {"Anna Rusko", "Anna Liisa Rusko", "Anna Rusko-Kajo"}),
        ("rusko kajo", {"Anna Rusko-Kajo"}),
        ("kajo rusko", {"Anna Rusko-Kajo"}),
        ("kajo rusko anna", {"Anna Rusko-Kajo"}),
        ("liisa rusko anna", {"Anna Liisa Rusko"}),
    ],
)
@pytest.mark.parametrize("of_a_rare", [2, 800])
def test_frequent_words_are_found_in_any_order(cast, monkeypatch, text, names, of_a_rare):
    monkeypatch.setattr("register.models.words.MOST_ROWS", 2)
    monkeypatch.setattr("register.models.words.MOST_OF_A_RARE", of_a_rare)
    for number in range(4):
        CustomerFactory(given_name="Anna", family_name=f"Halla{number}")
        CustomerFactory(given_name="Liisa", family_name="Kajo", email=f"{number}@posti.example")
        CustomerFactory(given_name="Oiva", family_name="Rusko", email=f"{number}@koti.example")
    CustomerFactory(given_name="Anna", family_name="Rusko")
    CustomerFactory(given_name="Anna Liisa", family_name="Rusko")
    CustomerFactory(given_name="Anna", family_name="Rusko-Kajo")
    assert found(text) == names


def test_a_search_gives_the_best_and_one_more_to_say_that_there_are_others(cast, monkeypatch):
    monkeypatch.setattr("register.models.customers.MOST_FOUND", 3)
    for _one in range(5):
        # her address begins as her name does, and she is counted once
        CustomerFactory(given_name="Sama", family_name="Samala", email="sama.samala@koe.example")
    assert len(Customer.objects.ranked("sama")) == 4
    assert len(Customer.objects.ranked("sama samala")) == 4


def test_words_of_a_name_start_at_each_of_its_parts():
    assert words_of("Mäki-Aro Oy") == {"makiaro oy", "aro oy", "oy"}
    assert words_of_customer("Aino", "Mäki-Aro", "", "", "") == {
        "aino makiaro",
        "makiaro aino",
        "aro aino",
    }


def test_a_word_that_another_begins_with_is_not_stored_twice():
    assert words_of_customer("Aino", "Kajo", "", "aino.kajo@posti.example", "") == {
        "aino kajo posti example",
        "kajo aino",
        "posti example",
    }


@pytest.mark.parametrize(
    "text", ["", "-", "..", "@", "'", "von", "\u0301", "٠١٢٣٤", "x" * 500, "( )"]
)
def test_strange_texts_have_words_that_fit_and_find_nobody_else(cast, text):
    words = words_of_customer(text, text, text, text, text) | number_words(text)
    assert {word for word in words if not word or len(word) > 64} == set()
    assert found(text) == set()


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("+358 40 1234567", "0401234567"),
        ("00358401234567", "0401234567"),
        ("358401234567", "0401234567"),
        ("+358 (0)40 1234567", "0401234567"),
        ("040-123 4567", "0401234567"),
        ("990 358 40 1234567", "0401234567"),
        ("+46 8 123", "468123"),
        ("+46 (0)8 123 456 78", "46812345678"),
        ("0046 8 12345678", "46812345678"),
        ("0012345", "0012345"),
        ("3584", "3584"),
    ],
)
def test_a_number_is_one_however_it_is_spelt(typed, digits):
    assert national(typed) == digits


def test_a_number_has_itself_and_itself_from_the_end():
    assert phone_words("040123") == {"040123", "<321040"}
    assert phone_words("112") == {"112"}
    assert phone_words("") == set()
    assert number_words("T-2026-0042") == {"t20260042", "<24006202t"}
    assert number_words("L-77") == {"l77", "77"}
    assert number_words("2026/12B") == {"202612b", "12b", "<b216202"}
    assert number_words("") == set()


def test_digits_with_spaces_are_one_term():
    assert search_terms("040 123 4567") == ["0401234567"]
    assert search_terms("aino 040 123 45") == ["aino", "04012345"]
    assert search_terms("von Ärlig, Göran") == ["vonarlig", "goran"]


def test_deletes_of_words_touch_only_their_own_row(cast):
    before = Word.objects.exclude(customer=cast).count()
    with because("Test"):
        cast.save()
    assert Word.objects.exclude(customer=cast).count() == before
