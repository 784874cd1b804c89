"""Whom a row is about, where several share an e-mail address or a phone number."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from register.importing.identity import Named, other_than
from register.models import Customer, Invoice, Order
from tests.factories import CustomerFactory, NoticeFactory
from tests.register.importing.test_bringing import bring, fates, lines  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
SWITCHBOARD = "09 123 4567"


@pytest.fixture(autouse=True)
def notice():
    return NoticeFactory(in_force=True)


def people(*named, **shared):
    return [
        CustomerFactory(
            given_name=given, family_name=family, **{"email": "", "phone": "", **shared}
        )
        for given, family in named
    ]


@pytest.mark.parametrize(
    ("one", "other", "by_email", "why"),
    [
        ("Aino|Äijälä|", "aino|AIJALA|", False, ""),
        ("A.|Ä.|", "Aino|Äijälä|", False, ""),
        ("Aino|Äijälä|", "Aino|Äijälä-Elo|", False, ""),
        ("Äijälä|Aino|", "Aino|Äijälä|", False, ""),
        ("||", "Aino|Äijälä|", False, ""),
        ("Aino|Äijälä|", "Aino|Elo|", True, ""),
        ("Aino|Äijälä|", "Aino|Elo|", False, "other_name"),
        ("A.|Äijälä|", "Aino|Elo|", True, "other_name"),
        ("|Äijälä|", "Aino|Elo|", True, "other_name"),
        ("Eero|Äijälä|", "Aino|Äijälä|", True, "other_name"),
        ("||Koe", "||KOE Oy", False, ""),
        ("||Koe Oy", "||Koe Oy Ab", False, ""),
        ("||Koe Oy", "||Koe Ky", True, "other_name"),
        ("||Firma Aa Oy", "||Firma Bee Oy", True, "other_name"),
        ("||Koe", "||Koe Puutarha Oy", True, "other_name"),
        ("||Aino Äijälä", "Aino|Äijälä|", True, "other_kind"),
    ],
)
def test_which_names_can_be_one_customer_s(one, other, by_email, why):
    one, other = Named(*one.split("|")), Named(*other.split("|"))
    assert other_than(one, other, by_email=by_email) == why
    assert other_than(other, one, by_email=by_email) == why


ORDERS = "Tilausnumero;Tilauspäivä;Asiakas;Yritys;Sähköposti;Puhelin;Tuote"


def test_orders_behind_one_switchboard_are_each_their_own_customer_s(bring):  # noqa: F811
    """Q01: no order is stored on another person; the same file again adds nothing."""
    text = lines(
        f"T-1;1.2.2026;Antti Ensimmäinen;;antti@koe.example;{SWITCHBOARD};Vene",
        f"T-2;1.2.2026;Tiina Toinen;;tiina@koe.example;{SWITCHBOARD};Airo",
        f"T-3;1.2.2026;;Firma X Oy;;{SWITCHBOARD};Mela",
        f"T-4;1.2.2026;Antti Ensimmäinen;;;{SWITCHBOARD};Tulppa",
        headings=ORDERS,
    )
    for stored in (4, 0):
        report, _code, _error = bring(text, source="purchase")
        assert report["stored"] == stored
        assert fates(report)["refused"] == []
        assert {one.number: one.customer.name for one in Order.objects.all()} == {
            "T-1": "Antti Ensimmäinen",
            "T-2": "Tiina Toinen",
            "T-3": "Firma X Oy",
            "T-4": "Antti Ensimmäinen",
        }
        assert Customer.objects.count() == 3


def test_an_invoice_goes_to_nobody_else_who_has_the_phone_number(bring):  # noqa: F811
    CustomerFactory(given_name="Antti", family_name="Koe", phone=SWITCHBOARD, email="")
    bring(
        "Laskunumero;Asiakas;Puhelin;Päivä;Eräpäivä;Summa\n"
        f"1;Kolmas Kukka;{SWITCHBOARD};1.2.2026;15.2.2026;5,00\n"
        f"2;Antti Koe;{SWITCHBOARD};1.2.2026;15.2.2026;5,00\n",
        source="purchase",
    )
    assert {one.number: one.customer.name for one in Invoice.objects.all()} == {
        "1": "Kolmas Kukka",
        "2": "Antti Koe",
    }


def test_of_several_with_one_address_the_one_of_the_name_has_the_order(bring):  # noqa: F811
    """And who has no name is told from nobody, so that order is refused."""
    matti, maija = people(("Matti", "Jaettu"), ("Maija", "Jaettu"), email="jaettu@koe.example")
    [alone] = people(("Aino", "Koe"), email="aino@koe.example")
    report, _code, _error = bring(
        lines(
            "T-1;1.2.2026;Maija Jaettu;;Jaettu@koe.example;;Vene",
            "T-2;1.2.2026;Matti Jaettu;;jaettu@koe.example;;Airo",
            "T-3;1.2.2026;;;jaettu@koe.example;;Mela",
            "T-4;1.2.2026;;;aino@koe.example;;Mela",
            headings=ORDERS,
        ),
        source="purchase",
    )
    assert fates(report)["refused"] == [(4, "several_reached")]
    assert {one.number: one.customer for one in Order.objects.all()} == {
        "T-1": maija,
        "T-2": matti,
        "T-4": alone,
    }
    assert Customer.objects.count() == 3


def test_a_nameless_order_leads_nobody_to_somebody_else(bring):  # noqa: F811
    """It is of the only customer with the address; who bears another name is not."""
    [matti] = people(("Matti", "Jaettu"), email="jaettu@koe.example")
    bring(
        lines(
            "T-1;1.2.2026;;;jaettu@koe.example;;Vene",
            "T-2;1.2.2026;Maija Jaettu;;jaettu@koe.example;;Airo",
            headings=ORDERS,
        ),
        source="purchase",
    )
    assert Order.objects.get(number="T-1").customer == matti
    assert Order.objects.get(number="T-2").customer.given_name == "Maija"


def test_a_line_without_a_name_is_of_the_order_s_own_customer(bring):  # noqa: F811
    """Shops name the customer in the first line of an order only."""
    _matti, maija = people(("Matti", "Jaettu"), ("Maija", "Jaettu"), email="jaettu@koe.example")
    report, _code, _error = bring(
        lines(
            "T-1;1.2.2026;Maija Jaettu;;jaettu@koe.example;;Vene",
            "T-1;;;;jaettu@koe.example;;Airo",
            headings=ORDERS,
        ),
        source="purchase",
    )
    assert report["stored"] == 2
    assert Order.objects.get().customer == maija


@pytest.mark.parametrize(
    ("known", "row"),
    [
        ({"organisation_name": "Firma Aa Oy"}, ";;Firma Bee Oy;;09 123 4567;;;"),
        (
            {"given_name": "Matti", "family_name": "Virtanen", "email": "v@koe.example"},
            "Matti;Korhonen;;k@koe.example;09 123 4567;;;",
        ),
        ({"given_name": "Matti", "family_name": "Virtanen"}, ";;Firma Bee Oy;;09 123 4567;;;"),
    ],
)
def test_merging_makes_nobody_somebody_else(bring, known, row):  # noqa: F811
    blank = {"given_name": "", "family_name": "", "email": "", "phone": SWITCHBOARD}
    before = CustomerFactory(**{**blank, **known})
    report, _code, _error = bring(lines(row), "--duplicates=merge")
    [(line, code)] = fates(report)["skipped"]
    assert (line, code.startswith("other_")) == (2, True)
    after = Customer.objects.get()
    assert (after.name, after.email, after.history.count()) == (before.name, before.email, 1)


def test_of_several_with_one_address_the_one_of_the_name_is_compared(bring):  # noqa: F811
    """It is identical, merging reaches it, and taking rows in as new adds it no second time."""
    _matti, maija = people(("Matti", "Jaettu"), ("Maija", "Jaettu"), email="jaettu@koe.example")
    row = "Maija;Jaettu;;jaettu@koe.example;;;;"
    for choice in ("skip", "merge", "store"):
        report, _code, _error = bring(lines(row), f"--duplicates={choice}")
        assert fates(report)["skipped"] == [(2, "identical")]
    report, _code, _error = bring(
        lines("Maija;Jaettu;;jaettu@koe.example;040 123 4567;;;"), "--duplicates=merge"
    )
    assert report["merged"] == 1
    maija.refresh_from_db()
    assert maija.phone == "040 123 4567"
    assert Customer.objects.count() == 2


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ("skip", ["Matti Jaettu"]),
        ("merge", ["Matti Jaettu"]),
        ("store", ["Maija Jaettu", "Matti Jaettu"]),
    ],
)
@pytest.mark.parametrize("is_there", [False, True])
def test_two_rows_about_somebody_who_shares_an_address_are_one(
    bring,  # noqa: F811
    choice,
    names,
    is_there,
):
    """Whoever is there, or stands in the file, before them; and in every run."""
    maija = "Maija;Jaettu;;jaettu@koe.example;;;;"
    rows = [maija, maija, maija.replace(";;;;", ";;Kuja 1;00330;Helsinki")]
    if is_there:
        people(("Matti", "Jaettu"), email="jaettu@koe.example")
    else:
        rows.insert(0, "Matti;Jaettu;;jaettu@koe.example;;;;")
    bring(lines(*rows[:-1]), f"--duplicates={choice}")
    assert sorted(one.name for one in Customer.objects.all()) == names
    bring(lines(*rows[:-1]), f"--duplicates={choice}")
    assert sorted(one.name for one in Customer.objects.all()) == names
    if choice != "store":
        report, _code, _error = bring(lines(*rows), f"--duplicates={choice}")
        assert (report["merged"], sorted(one.name for one in Customer.objects.all())) == (0, names)
        assert Customer.objects.get().street in ("", CustomerFactory.build().street)


def test_own_phone_comes_before_a_shared_address(bring):  # noqa: F811
    [_matti] = people(("Matti", "Jaettu"), email="jaettu@koe.example")
    [maija] = people(("Maija", "Jaettu"), phone="040 123 4567")
    report, _code, _error = bring(
        lines("Maija;Jaettu;;jaettu@koe.example;040 123 4567;;;"), "--duplicates=merge"
    )
    assert report["merged"] == 1
    maija.refresh_from_db()
    assert maija.email == "jaettu@koe.example"


def test_the_queries_do_not_grow_with_the_rows(bring):  # noqa: F811
    """Of orders behind one number, of customers who are there and who are not."""
    people(("Eka1", "Koe"), ("Eka2", "Koe"), phone=SWITCHBOARD)
    counts = []
    for number in (20, 60):
        orders = [
            f"T-{number}-{one};1.2.2026;Eka{one % 7} Koe;;;{SWITCHBOARD};Vene"
            for one in range(number)
        ]
        with CaptureQueriesContext(connection) as told:
            bring(lines(*orders, headings=ORDERS), source="purchase")
        counts.append(len(told))
    assert counts[1] <= counts[0]
    assert Customer.objects.count() == 7


IN_LETTERS, FOR_SERVERS = "yrjo@sähköpyörä.example", "yrjo@xn--shkpyr-buaf2nc.example"


@pytest.mark.parametrize("there", [IN_LETTERS, FOR_SERVERS])
@pytest.mark.parametrize("coming", [IN_LETTERS, FOR_SERVERS])
def test_one_address_has_two_spellings_of_its_domain(bring, there, coming):  # noqa: F811
    """M01, M11: who forbade marketing under one spelling is met under the other."""
    bring(f"Nimi;Sähköposti;Markkinointikielto\nYrjö Koe;{there};kyllä\n")
    [yrjo] = Customer.objects.all()
    report, _code, _error = bring(f"Nimi;Sähköposti\nYrjö Koe;{coming}\n")
    assert fates(report)["skipped"] == [(2, "identical")]
    bring(f"Nimi;Sähköposti\nAnna Muu;{coming}\n", "--duplicates=store")
    anna = Customer.objects.exclude(pk=yrjo.pk).get()
    assert anna.prohibitions().in_words() == yrjo.prohibitions().in_words() != []


@pytest.mark.parametrize("stored", [IN_LETTERS, FOR_SERVERS])
@pytest.mark.parametrize("typed", ["sähköpyörä", "xn--shkpyr-buaf2nc.example", IN_LETTERS])
def test_an_address_is_found_in_either_spelling(stored, typed):
    [yrjo] = people(("Yrjö", "Koe"), email=stored)
    assert set(Customer.objects.search(typed)) == {yrjo}


#: As the numbers of one list, and of another.
SPOILT = {
    "040 555 6101 Pekka": "0405556101",
    "040 555 6102 (klo 9-16)": "0405556102",
    "040•555•6103": "0405556103",
    "09 7771 2121 alanumero 5": "0977712121",
    "040 555 6105 (1)": "0405556105",
    "O40 I556106": "0401556106",
    "040 555 6107 / 050 555 6107": "0505556107",
    "koti 040 555 6108 työ 050 555 6108": "0505556108",
}


@pytest.mark.parametrize("is_spoilt_first", [True, False])
def test_what_stands_beside_a_number_hides_nobody(bring, is_spoilt_first):  # noqa: F811
    """M01, M11: neither the same customer nor what they forbade is missed; of two numbers in one
    cell both are met."""
    numbers = list(SPOILT.items()) if is_spoilt_first else [(b, a) for a, b in SPOILT.items()]
    names = [f"{letter}arja Koe" for letter in "ABCDEFGH"]
    forbidding = [f"{n};{one};kyllä" for n, (one, _o) in zip(names, numbers, strict=True)]
    bring("\n".join(["Nimi;Puhelin;Markkinointikielto", *forbidding, ""]))
    assert {bool(one.prohibitions()) for one in Customer.objects.all()} == {True}
    again = [f"{n};{other}" for n, (_o, other) in zip(names, numbers, strict=True)]
    report, _code, _error = bring("\n".join(["Nimi;Puhelin", *again, ""]))
    assert report["stored"] == 0
    others = [f"Oili Muu{n[0]};{other}" for n, (_o, other) in zip(names, numbers, strict=True)]
    bring("\n".join(["Nimi;Puhelin", *others, ""]), "--duplicates=store")
    met = [one for one in Customer.objects.all() if one.given_name == "Oili"]
    assert [one.family_name for one in met if not one.prohibitions()] == []
    assert len(met) == len(names)


def test_no_number_is_made_of_letters(bring):  # noqa: F811
    report, _code, _error = bring("Nimi;Puhelin\nAino Koe;O40 I556106\n")
    aino = Customer.objects.get()
    assert (aino.phone, aino.phone_e164) == ("O40 I556106", "")
    assert [one["code"] for one in report["noted"]] == ["phone_unknown"]


def test_a_number_is_found_without_what_stands_beside_it():
    [aino] = people(("Aino", "Koe"), phone="040 555 6101 (klo 9-16)")
    [eero] = people(("Eero", "Koe"), phone="040 555 6102 / 050 555 6103")
    assert list(Customer.objects.search("040 555 6101")) == [aino]
    assert list(Customer.objects.search("0505556103")) == [eero]


@pytest.mark.parametrize("typed", ["angel", "annel", "Áŋŋel"])
def test_a_sami_name_is_found_as_it_is_typed_without_its_letters(typed):
    [one] = people(("Áilu", "Áŋŋel"))
    assert list(Customer.objects.search(typed)) == [one]
