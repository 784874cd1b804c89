"""Files brought into the register: what is kept, what is refused, what is told."""

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.utils.translation import override

from audit.reasons import because
from notices.terms import DataCategory, ProhibitedUse, ProhibitionScope
from register.importing import applying, guess, staging
from register.models import (
    BillingData,
    Collection,
    ContactDigest,
    ContactRole,
    Customer,
    Import,
    ImportedContact,
    ImportedRow,
    ImportLine,
    InformationDuty,
    Invoice,
    Order,
    OrderLine,
    Prohibition,
    Word,
)
from tests.factories import CustomerFactory, NoticeFactory
from tests.register.importing.files import table_of
from tests.register.importing.test_cases import FILES, REFUSED, ROWS_REFUSED

pytestmark = pytest.mark.django_db

HEADINGS = "Etunimi;Sukunimi;Yritys;Sähköposti;Puhelin;Katuosoite;Postinumero;Postitoimipaikka"
NOW = datetime(2026, 6, 7, 9, 0, tzinfo=UTC)
AINO = "Aino;Äijälä;;aino@koe.example;040 123 4567;Kuja 1;00330;Helsinki"
WISHES = "Nimi;Sähköposti;Markkinointilupa;Kaupunki"
BERT = "Bert;Öst;;bert@koe.example;;Gränd 2;65100;Vasa"


@pytest.fixture
def notice():
    return NoticeFactory(in_force=True)


@pytest.fixture
def bring(tmp_path, capsys):
    """Runs the command on a text or on a file; gives its JSON, exit code and standard error."""

    def run(content, *options, name="list.csv", source="registration"):
        path = content
        if not isinstance(content, Path):
            path = tmp_path / name
            path.write_text(content, encoding="utf-8")
        output, code = io.StringIO(), 0
        try:
            call_command(
                "import_customers", str(path), f"--source={source}", "--json", *options,
                stdout=output,
            )  # fmt: skip
        except SystemExit as stopped:
            code = stopped.code
        text = output.getvalue()
        return json.loads(text) if text else None, code, capsys.readouterr().err

    return run


def lines(*rows, headings=HEADINGS):
    return "\n".join([headings, *rows, ""])


def fates(report):
    return {
        fate: [(one["line"], one["code"]) for one in report[fate]]
        for fate in ("skipped", "refused")
    }


def add_up(report):
    told = report["stored"] + report["merged"] + len(report["skipped"]) + len(report["refused"])
    return told == report["rows"]


def test_a_row_becomes_a_customer_as_the_one_door_would_have_stored_it(notice, bring):
    """P22, P21: history, origins, words and digests are those that `store()` writes."""
    report, code, _error = bring(lines(AINO, BERT), "--source-name=kauppa")
    brought = list(Customer.objects.order_by("pk"))
    with because("Test"):
        source = Collection.objects.create(source_kind="registration", collected_on="2026-01-02")
        stored = Customer.objects.store(
            [
                Customer(
                    given_name="Aino", family_name="Äijälä", email="aino@koe.example",
                    phone="040 123 4567", street="Kuja 1", postcode="00330", city="Helsinki",
                ),
                Customer(
                    given_name="Bert", family_name="Öst", email="bert@koe.example",
                    street="Gränd 2", postcode="65100", city="Vasa",
                ),
            ],
            collection=source,
        )  # fmt: skip

    assert (report["stored"], code) == (2, 0)
    own = {"id", "reference", "collected", "history_id", "history_date", "salt", "history_user_id"}
    for one, other in zip(brought, stored, strict=True):
        assert _values(one, own) == _values(other, own)
        assert one.collected.keys() == other.collected.keys()
        for model, columns in ((Word, ("word", "origin")), (ContactDigest, ("kind", "digest"))):
            assert sorted(model.objects.filter(customer=one).values_list(*columns)) == sorted(
                model.objects.filter(customer=other).values_list(*columns)
            )
        [then], [now] = one.history.all(), other.history.all()
        assert _values(then, {*own, "history_change_reason"}) == _values(
            now, {*own, "history_change_reason"}
        )
        assert len(then.salt) == 16
        assert then.collected == one.collected
        assert "kauppa" in then.history_change_reason
    [key] = {key for one in brought for key in one.collected.values()}
    assert Collection.objects.get(pk=key).source_name == "kauppa"
    assert brought[0].history.get().salt != brought[1].history.get().salt
    assert brought[0] in Customer.objects.search("aijala")


def _values(row, without):
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.attname not in without
    }


def test_nothing_of_the_act_is_left_but_its_report(notice, bring):
    bring(lines(AINO, AINO, "Eero;;;ei osoite;;;;"))

    assert not ImportedRow.objects.exists()
    assert not ImportedContact.objects.exists()
    assert Import.objects.get().applied_at
    assert list(ImportLine.objects.order_by("line").values_list("line", "fate", "code")) == [
        (2, "stored", ""),
        (3, "skipped", "identical"),
        (4, "refused", "email_invalid"),
    ]


@pytest.mark.skipif(not FILES, reason="the files are not beside the project")
def test_each_file_that_people_have_is_taken_in_once(notice, bring):
    """Every row is accounted for, and the same file again adds nothing."""
    for path in FILES:
        report, code, error = bring(path)
        if path.name in {*REFUSED, "wide_10000_columns.csv"}:  # the last names nobody
            assert (report, code, error.count("\n")) == (None, 2, 1), path.name
            continue
        assert add_up(report), path.name
        assert dict(fates(report)["refused"]) == ROWS_REFUSED.get(path.name, {})
        assert code == bool(report["refused"])
        before = Customer.objects.count()
        again, _code, _error = bring(path)
        assert (again["stored"], again["merged"], Customer.objects.count()) == (0, 0, before)


def test_p20_an_undeclared_column_is_named_and_reaches_no_table(bring):
    NoticeFactory(declared=(DataCategory.NAME, DataCategory.EMAIL), in_force=True)
    report, _code, _error = bring(
        "Nimi;Sähköposti;Puhelin;Syntymäaika;Muistiinpano\n"
        "Aino Äijälä;aino@koe.example;0401112223;1.2.1980;ihottumaa\n"
    )

    assert report["dropped_columns"] == ["Puhelin", "Syntymäaika", "Muistiinpano"]
    assert report["stored"] == 1
    for secret in ("0401112223", "ihottuma", "1.2.1980"):
        assert not _tables_with(secret)
    assert _tables_with("aino@koe.example") >= {"register_customer", "register_historicalcustomer"}


def _tables_with(text):
    found = set()
    for model in apps.get_models():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')  # noqa: S608 - our names
            if any(text in str(row) for row in cursor.fetchall()):
                found.add(model._meta.db_table)
    return found


def test_p52_a_no_becomes_a_prohibition_whatever_becomes_of_its_row(notice, bring):
    """M11, M01: of rows stored, skipped and refused alike; a yes is no consent."""
    known = CustomerFactory(email="there@koe.example", phone="050 222 3333")
    headings = "Nimi;Sähköposti;Postinumero;Markkinointilupa"
    report, _code, _error = bring(
        lines(
            "Aino Äijälä;no@koe.example;00330;ei",
            "Eero Elo;yes@koe.example;00330;kyllä",
            "Toinen Nimi;there@koe.example;00330;ei",
            "Bad Code;refused@koe.example;123456;ei",
            headings=headings,
        )
    )

    assert fates(report) == {"skipped": [(4, "other_name")], "refused": [(5, "postcode_invalid")]}
    marketing = {"scope": ProhibitionScope.DIRECT_ADVERTISING, "use": ProhibitedUse.PROCESSING}
    allowed = Customer.objects.not_forbidding(**marketing)
    assert {one.email for one in allowed} == {"yes@koe.example"}
    known.email = ""
    with because("Test"):
        known.save(collection=Collection.objects.latest("pk"))
    assert known not in Customer.objects.not_forbidding(**marketing)
    later = CustomerFactory(email="refused@koe.example")
    assert later not in Customer.objects.not_forbidding(**marketing)


def test_p52_each_no_is_told_with_its_column_whatever_becomes_of_its_row(notice, bring):
    """P52, M11: and of each column in how many rows it forbids what."""
    headings = "Nimi;Sähköposti;Postinumero;Accepts SMS Marketing;Julkaisulupa;Tags;Turvakielto"
    text = lines(
        "Aino Äijälä;no@koe.example;00330;no;ei;;",
        "Eero Elo;yes@koe.example;00330;yes;kyllä;;",
        "Bad Code;refused@koe.example;123456;no;;VIP, no-marketing;x",
        "Nimi ilman osoitetta;;123456;no;;;",
        headings=headings,
    )
    with override("en"):
        report, _code, _error = bring(text)

    assert [tuple(one.values()) for one in report["forbidding"]] == [
        (2, "forbids_marketing", "Accepts SMS Marketing: Brings a prohibition of marketing."),
        (2, "forbids_publication", "Julkaisulupa: Brings a prohibition of publication."),
        (4, "forbids_marketing", "Accepts SMS Marketing: Brings a prohibition of marketing."),
        (
            *(4, "forbids_protected"),
            "Turvakielto: Brings a prohibition of giving to others and of publication.",
        ),
        (4, "forbids_marketing", "Tags: Brings a prohibition of marketing."),
    ]
    assert [tuple(one.values()) for one in report["noes"]] == [
        ("Accepts SMS Marketing", "forbids_marketing", 2),
        ("Julkaisulupa", "forbids_publication", 1),
        ("Tags", "forbids_marketing", 1),
        ("Turvakielto", "forbids_protected", 1),
    ]
    assert [(one["line"], one["code"]) for one in report["noted"]] == [(5, "no_not_kept")]


def test_p17_another_billing_of_the_same_customer_is_told(notice, bring):
    """P17, R01: of orders and invoices, and of the organisation beside its people."""
    headings = "Laskunro;Laskupvm;Eräpäivä;Asiakas;Sähköposti;Y-tunnus;Verkkolaskuosoite;Summa"
    invoices = lines(
        "1;1.3.2024;15.3.2024;Koe Oy;k@koe.example;0112038-9;003701120389;10,00",
        "2;1.3.2024;15.3.2024;Koe Oy;k@koe.example;1572860-0;003715728600;20,00",
        "3;1.3.2024;15.3.2024;Koe Oy;k@koe.example;0112038-9;003701120389;30,00",
        "4;1.3.2024;15.3.2024;Koe Oy;k@koe.example;;;30,00",
        headings=headings,
    )
    report, _code, _error = bring(invoices, source="purchase")
    told = [(one["line"], one["message"].partition(":")[0]) for one in report["noted"]]
    assert told == [(3, "Verkkolaskuosoite"), (3, "Y-tunnus")]
    assert BillingData.objects.get().business_id == "0112038-9"

    report, _code, _error = bring(
        lines("5;1.3.2024;15.3.2024;Koe Oy;k@koe.example;1572860-0;;10,00", headings=headings),
        source="purchase",
    )
    assert [(one["line"], one["code"]) for one in report["noted"]] == [(2, "billing_left")]

    report, _code, _error = bring(
        lines(
            "Aino Koe;Testi Oy;a@koe.example;0112038-9",
            "Bo Koe;Testi Oy;b@koe.example;1572860-0",
            "Eva Koe;Testi Oy;e@koe.example;0112038-9",
            headings="Yhteyshenkilö;Yritys;Sähköposti;Y-tunnus",
        )
    )
    assert [(one["line"], one["code"]) for one in report["noted"]] == [(3, "billing_left")]


@pytest.mark.parametrize(
    ("forbidding", "spelling"),
    [
        ("0449998887", "449998887"),
        ("0449998887", "990 358 44 999 8887"),
        ("044 999 8887", "+358 (0)44-9998887"),
        ("+46 8 123 456 78", "0046 8 12345678"),
        ("+46 8 123 456 78", "+46 (0)8 123 456 78"),
        ("0046812345678", "46812345678"),
    ],
)
def test_m11_a_no_meets_the_same_phone_in_any_spelling(notice, bring, forbidding, spelling):
    """M11, P52: spreadsheets eat the zero, and people write the country in many ways."""
    headings = "Nimi;Puhelin;Markkinointikielto"
    bring(lines(f"Aino Koe;{forbidding};x", headings=headings))
    report, _code, _error = bring(lines(f"Eero Elo;{spelling};", headings=headings))

    marketing = {"scope": ProhibitionScope.DIRECT_ADVERTISING, "use": ProhibitedUse.PROCESSING}
    assert not Customer.objects.not_forbidding(**marketing).exists()
    assert fates(report)["skipped"] == [(2, "other_name")]
    [aino] = Customer.objects.search(spelling)
    assert aino.name == "Aino Koe"
    assert list(Customer.objects.search(forbidding)) == [aino]


def test_a_phone_gets_back_the_zero_that_a_spreadsheet_took(notice, bring):
    report, _code, _error = bring(lines("Aino Koe;449998887", headings="Nimi;Puhelin"))

    [aino] = Customer.objects.all()
    assert (aino.phone, aino.phone_e164) == ("0449998887", "+358449998887")
    assert [(one["line"], one["code"]) for one in report["noted"]] == [(2, "phone_zero")]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("Aino Koe;aino@koe.example;ei;Turku 010190-123A", "identity_code"),
        ("Aino Koe 010190-123A;aino@koe.example;ei 010190-123A;", "identity_code"),
        ("Aino\x07 Koe;aino@koe.example;ei;", "control_characters"),
        ("Koe;Aino;aino@koe.example;ei;Turku", "too_many_cells"),
        ("Aino Koe;aino@koe.example;ei;Turku;Suomi", "too_many_cells"),
        ("Koe;Aino;aino@koe.example;Ei kiitos, ei postia;Turku;Suomi", "too_many_cells"),
        ('"Koe" Aino;aino@koe.example;ei;Turku', "broken_quotes"),
        ('"Koe; Aino" K;aino@koe.example;ei;Turku', "broken_quotes"),
        ('Aino Koe;aino@koe.example;ei;"Turku', "broken_quotes"),
    ],
)
def test_p52_a_no_is_read_though_its_row_cannot_be(notice, bring, row, code):
    """P52, M11: of whatever can be told apart; the identity code is kept in no form."""
    yes = row.replace("aino@", "olli@").replace("Ei kiitos, ", "").replace("ei", "kyllä")
    report, _code, _error = bring(
        lines("Bo Ek;there@koe.example;ei;Espoo", yes, row, headings=WISHES)
    )

    assert fates(report)["refused"] == [(3, code), (4, code)]
    assert report["noted"] == []
    marketing = {"scope": ProhibitionScope.DIRECT_ADVERTISING, "use": ProhibitedUse.PROCESSING}
    for email in ("aino@koe.example", "olli@koe.example"):
        CustomerFactory(email=email, phone="", street="")
    allowed = Customer.objects.not_forbidding(**marketing)
    assert {one.email for one in allowed} == {"olli@koe.example"}
    assert not _tables_with("010190")


@pytest.mark.parametrize(
    "row",
    [
        "Koe;Aino;aino@koe.example;katso liite;Turku",
        "Koe;Aino;a@koe.example;b@koe.example;ei;Turku",
        "Aino Koe 010190-123A;;ei;",
        '"Koe" Aino;aino@koe.example',
        ";;ei;Turku",
        f"Aino;aino@koe.example;ei;{';x' * 9}",
    ],
)
def test_p52_a_no_that_cannot_be_kept_is_told_by_line(notice, bring, row):
    """P52: of whom nobody knows whether they said no, or who did, nothing is claimed."""
    report, _code, _error = bring(lines("Bo Ek;there@koe.example;ei;Espoo", row, headings=WISHES))

    assert [line for line, _why in fates(report)["refused"]] == [3]
    assert [(one["line"], one["code"]) for one in report["noted"]] == [(3, "no_not_kept")]
    assert Import.objects.get().counts["forbidden"] == 1
    assert Import.objects.get().counts["no_not_kept"] == 1


def test_p52_a_refused_row_of_a_file_without_wishes_is_not_said_to_have_one(notice, bring):
    """P52: nothing is asked of whoever could have said nothing."""
    report, _code, _error = bring("Nimi;Kaupunki\nKoe;Aino;Turku\n")
    assert (fates(report)["refused"], report["noted"]) == ([(2, "too_many_cells")], [])


def test_m11_a_no_of_somebody_without_address_meets_the_address_that_comes(notice, bring):
    bring("Nimi;Markkinointikielto\nAino Äijälä;x\n")
    customer = Customer.objects.get()
    customer.email = "aino@koe.example"
    with because("Test"):
        customer.save(collection=Collection.objects.latest("pk"))

    assert Prohibition.objects.meeting(customer).exists()
    assert Prohibition.objects.filter(contact_kind="email").exists()


def test_m11_a_no_of_somebody_without_address_holds_from_a_row_that_is_left_out(notice, bring):
    """P52: of an earlier row, and of a customer who is there."""
    bring("Nimi;Sähköposti\nEero Elo;\n")
    report, _code, _error = bring(
        "Nimi;Markkinointikielto\nAino Äijälä;\nAino Äijälä;x\nEero Elo;x\nBo Ek;\n"
    )
    assert fates(report)["skipped"] == [(3, "identical"), (4, "identical")]
    marketing = {"scope": ProhibitionScope.DIRECT_ADVERTISING, "use": ProhibitedUse.PROCESSING}
    allowed = Customer.objects.not_forbidding(**marketing)
    assert [one.name for one in allowed] == ["Bo Ek"]


@pytest.mark.parametrize(
    ("choice", "names", "merged"),
    [
        ("skip", ["Aino Vanha"], 0),
        ("merge", ["Aino Äijälä"], 1),
        ("store", ["Aino Vanha", "Aino Äijälä"], 0),
    ],
)
def test_duplicates_are_merged_only_by_choice(notice, bring, choice, names, merged):
    CustomerFactory(given_name="Aino", family_name="Vanha", email="AINO@koe.example", phone="")
    report, _code, _error = bring(lines(AINO), f"--duplicates={choice}")

    assert sorted(one.name for one in Customer.objects.all()) == names
    assert (report["merged"], add_up(report)) == (merged, True)
    if choice == "merge":
        [customer] = Customer.objects.all()
        assert customer.phone_e164 == "+358401234567"
        assert [one.family_name for one in customer.history.all()] == ["Äijälä", "Vanha"]
        assert Customer.objects.search("0401234567").get() == customer
        assert customer.collected["family_name"] == Collection.objects.latest("pk").pk


def test_nobody_becomes_somebody_else_who_shares_an_address(notice, bring):
    bring(lines(AINO))
    report, _code, _error = bring(lines("Eero;Äijälä;;aino@koe.example;;;;"), "--duplicates=merge")
    assert fates(report)["skipped"] == [(2, "other_name")]
    assert Customer.objects.get().given_name == "Aino"


def test_an_initial_takes_the_place_of_no_name(notice, bring):
    """And a name takes that of an initial; what else the row says is taken over."""
    CustomerFactory(given_name="Aino Maria", family_name="Ä.", email="aino@koe.example", phone="")
    row = "A. M.;Äijälä;;aino@koe.example;040 123 4567;;;"
    report, _code, _error = bring(lines(row), "--duplicates=merge")
    customer = Customer.objects.get()
    assert report["merged"] == 1
    assert (customer.given_name, customer.family_name) == ("Aino Maria", "Äijälä")
    assert customer.phone_e164 == "+358401234567"


def test_an_order_is_whole_or_not_at_all(notice, bring):
    """And comes whole when its fault is mended."""
    headings = "Tilausnumero;Tilauspäivä;Asiakas;Sähköposti;Tuote;Hinta"
    first = "T-1;1.2.2026;Aino Äijälä;a@koe.example;Vene;1,00"
    for price, stored, refused in (
        ("1,0051", 0, [(2, "not_whole"), (3, "too_exact")]),
        ("1,01", 2, []),
    ):
        report, _code, _error = bring(
            lines(first, f"T-1;;;;Airo;{price}", headings=headings), source="purchase"
        )
        assert (report["stored"], fates(report)["refused"]) == (stored, refused)
        assert add_up(report)
    assert OrderLine.objects.count() == 2


def test_the_keys_of_customers_have_no_gaps_for_rows_that_are_left_out(notice, bring):
    """Lists find their pages by the keys."""
    few = [f"Eka{number};Koe;;eka{number}@koe.example;;;;" for number in range(30)]
    bring(lines(*few))
    bring(lines(*few), "--dry-run")
    bring(lines(*few))
    bring(lines(*few, "Toka;Koe;Koe Oy;toka@koe.example;;;;"))
    keys = sorted(Customer.objects.values_list("pk", flat=True))
    assert keys[-1] - keys[0] == 31


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (AINO, "A.;Ä.;;Aino@Koe.example;;;;"),
        (AINO, "Toinen;Henkilö;;;+358 40 1234567;;;"),
        ("Aino;Äijälä;;;;Kuja 1;00330;Helsinki", "AINO;äijälä;;;;kuja 1 ;00330;HELSINKI"),
        ("Aino;Äijälä;;;;;;", "Aino;Äijälä;;;;;;"),
        (";;Koe Oy;;;;;", ";;KOE OY;;;;;"),
    ],
)
def test_two_rows_are_about_the_same_by_address_number_or_name(notice, bring, first, second):
    """In one file, and when the first is in the register already."""
    together, _code, _error = bring(lines(first, second))
    assert (together["stored"], len(together["skipped"])) == (1, 1)
    apart, _code, _error = bring(lines(second))
    assert (apart["stored"], len(apart["skipped"])) == (0, 1)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Aino;Äijälä;;a@koe.example;;Kuja 1;00330;Helsinki", BERT),
        ("Aino;Äijälä;;;;Kuja 1;00330;Helsinki", "Eero;Äijälä;;;;Kuja 1;00330;Helsinki"),
        ("Aino;Äijälä;;;;Kuja 1;00330;Helsinki", "Aino;Äijälä;;;;Kuja 3;00330;Helsinki"),
        ("Aino;Äijälä;;;;;;", "Aino;Äijälä-Elo;;;;;;"),
        (";;Koe Oy;;;;;", ";;Koe Oy Ab;;;;;"),
    ],
)
def test_others_are_others(notice, bring, first, second):
    bring(lines(second))
    report, _code, _error = bring(lines(first, second))
    assert (report["stored"], fates(report)["skipped"]) == (1, [(3, "identical")])


def test_p63_a_person_at_an_organisation_is_two_customers_and_a_role(notice, bring):
    rows = ("Aino;Äijälä;Koe Oy;a@koe.example;;;;", "Eero;Elo;KOE OY;e@koe.example;;;;")
    report, _code, _error = bring(lines(*rows))

    assert report["stored"] == 2
    organisation = Customer.objects.organisations().get()
    assert {role.person.given_name for role in organisation.contact_people.all()} == {
        "Aino",
        "Eero",
    }
    assert Customer.objects.search("koe oy").count() == 3
    role = ContactRole.objects.first()
    assert role.history.get().organisation_id == organisation.pk
    again, _code, _error = bring(lines(*rows))
    assert fates(again)["skipped"] == [(2, "identical"), (3, "identical")]
    assert ContactRole.objects.count() == 2
    other, _code, _error = bring(
        lines("Aino;Äijälä;Uusi Oy;a@koe.example;;;;"), "--duplicates=merge"
    )
    assert other["merged"] == 1
    assert Customer.objects.get(given_name="Aino").contact_roles.count() == 2


def test_an_organisation_is_not_made_for_a_row_that_is_left_out(notice, bring):
    CustomerFactory(email="a@koe.example")
    bring(lines("Aino;Äijälä;Koe Oy;a@koe.example;;;;"))
    assert not Customer.objects.organisations().exists()


def test_t12_data_from_somebody_else_start_the_month(notice, bring):
    bring(lines(AINO, ";;Koe Oy;;;;;"), source="partner")
    duty = InformationDuty.objects.get()
    assert duty.customer.given_name == "Aino"
    bring(lines(BERT))
    assert InformationDuty.objects.get() == duty


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"source": "nobody"}, "nobody"),
        ({"source": "registration", "kind": "--kind=cars"}, "customers, orders, invoices"),
        ({"source": "registration", "name": "--source-name=131052-308T"}, "--source-name"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_sentence(notice, bring, options, said):
    more = [value for key, value in options.items() if key != "source"]
    report, code, error = bring(lines(AINO), *more, source=options["source"])
    assert (report, code, error.count("\n")) == (None, 2, 1)
    assert said in error
    assert not Import.objects.exists()


def test_p20_an_undeclared_source_and_no_notice_at_all_are_refused(bring):
    assert bring(lines(AINO))[1] == 2
    NoticeFactory(sources=("purchase",), in_force=True)
    report, code, error = bring(lines(AINO))
    assert (report, code) == (None, 2)
    assert "purchase" in error
    assert not Customer.objects.exists()


def test_p23_an_update_service_gives_names_and_contact_data_only(notice, bring):
    report, _code, _error = bring(
        "Nimi;Sähköposti;Verkkosivu\nAino Äijälä;a@koe.example;https://koe.example\n",
        source="update_service",
    )
    assert report["dropped_columns"] == ["Verkkosivu"]
    report, code, _error = bring(
        "Laskunumero;Asiakas;Päivä;Eräpäivä;Summa\n1;Aino Äijälä;1.2.2026;1.3.2026;5,00\n",
        source="update_service",
    )
    assert (report, code) == (None, 2)


def test_a_dry_run_tells_the_same_and_leaves_nothing(notice, bring):
    told, code, _error = bring(lines(AINO, AINO, "x;;;ei;;;;"), "--dry-run")
    assert not Customer.objects.exists()
    assert not Import.objects.exists()
    assert not Word.objects.exists()
    assert not Collection.objects.exists()
    assert bring(lines(AINO, AINO, "x;;;ei;;;;"))[:2] == (told, code)


def test_p52_the_last_lines_count_rows_new_customers_and_prohibitions(notice, tmp_path):
    """What would happen, and then what happened."""
    path, output = tmp_path / "list.csv", io.StringIO()
    path.write_text(
        "Nimi;Yritys;Sähköposti;Markkinointilupa\nAino Äijälä;Koe Oy;a@koe.example;ei\n"
    )
    for options in (["--dry-run"], []):
        call_command(
            "import_customers", str(path), "--source=registration", *options, stdout=output
        )
    told = [line for line in output.getvalue().splitlines() if line.endswith((" 0", ": 1", ": 2"))]
    new, forbidden = "Uusia asiakkaita: 2", "Kiellon tuovia rivejä: 1"
    assert told == [
        "1 riviä: tulisi uutena 1, lisättäisiin asiakkaaseen 0, jäisi pois 0, hylättäisiin 0",
        *(new, forbidden),
        "1 riviä: tuli uutena 1, lisättiin asiakkaaseen 0, jäi pois 0, hylättiin 0",
        *(new, forbidden),
    ]


def test_another_notice_in_between_takes_nothing_in(notice):
    table = table_of(lines(AINO))
    columns = guess(table, declared=notice.declared)
    now = {"now": NOW}
    bringing = staging.begin(
        table, columns, notice=notice, source_kind="registration", source_name="", **now
    )
    staging.stage(bringing, table, columns, **now)
    NoticeFactory(declared=(DataCategory.NAME,), in_force=True)

    with pytest.raises(applying.NoticeHasChanged):
        applying.apply(bringing)
    assert not Customer.objects.exists()


def test_orders_come_with_their_lines_and_once(notice, bring):
    headings = "Tilausnumero;Tilauspäivä;Asiakas;Sähköposti;Tuote;Määrä;Hinta"
    rows = (
        "T-1;1.2.2026;Aino Äijälä;a@koe.example;Vene;2;12,50",
        "T-1;1.2.2026;Aino Äijälä;a@koe.example;Airo;1;3,00",
        "T-2;2.2.2026;Eero Elo;e@koe.example;Kumi;0,5;1,00",
        "T-2;2.2.2026;Joku Muu;m@koe.example;Kumi;1;1,00",
        "T-3;2.2.2026;Aino Äijälä;a@koe.example;Mela;1;1,0051",
    )
    report, code, _error = bring(lines(*rows, headings=headings), source="purchase")

    assert (report["stored"], code) == (3, 1)
    assert fates(report)["refused"] == [(5, "number_taken"), (6, "too_exact")]
    boat = Order.objects.get(number="T-1")
    assert (boat.customer.email, boat.ordered_on) == ("a@koe.example", date(2026, 2, 1))
    assert list(boat.lines.values_list("description", "quantity")) == [("Vene", 2), ("Airo", 1)]
    assert {one.email for one in Customer.objects.all()} == {"a@koe.example", "e@koe.example"}
    assert OrderLine.objects.first().collected["description"]
    again, _code, _error = bring(lines(*rows, headings=headings), source="purchase")
    assert (again["stored"], Order.objects.count(), OrderLine.objects.count()) == (0, 2, 3)


def test_orders_without_a_number_come_once(notice, bring):
    text = lines("1.2.2026;Aino Äijälä;Vene", headings="Tilauspäivä;Asiakas;Tuote")
    for stored in (1, 0):
        assert bring(text, source="purchase")[0]["stored"] == stored
    assert Order.objects.get().lines.get().description == "Vene"


WITHOUT_NUMBER = "Tilauspäivä;Asiakas;Sähköposti;Tuote;Määrä;Hinta;Toimitettu"


def test_orders_without_a_number_are_others_with_another_quantity_or_price(
    notice, bring, monkeypatch
):
    """However far apart they stand, and the same file again adds nothing; nor does one without
    the price."""
    monkeypatch.setattr(applying, "CHANGED_AT_ONCE", 2)
    aino, more = "1.2.2026;Aino Äijälä;a@koe.example", "2.2.2026;Eero Elo;e@koe.example;Mela;1;1;"
    rows = (
        *(f"{aino};Lamppu;1;10,00;", f"{aino};;;;", more),
        *(f"{aino};Lamppu;7;10,00;5.2.2026", f"{aino};Lamppu;7;99,00;", more),
        *(f"{aino};Lamppu;1;10,00;", f"{aino};La\u0308hde;2;;", f"{aino};;;3,00;"),
    )
    text = lines(*rows, headings=WITHOUT_NUMBER)
    report, _code, _error = bring(text, source="purchase")
    assert (report["stored"], Order.objects.count()) == (len(rows), len(rows))
    told = sorted(str(row) for row in OrderLine.objects.values_list("description", "quantity"))
    assert len(told) == len(rows) - 1
    before = list(Order.objects.order_by("pk").values())
    for again in (
        text,
        text.replace("10,00", "10"),
        lines(f"{aino};Lamppu;1;;", headings=WITHOUT_NUMBER),
    ):
        report, _code, _error = bring(again, source="purchase")
        assert {code for _line, code in fates(report)["skipped"]} == {"identical"}
        assert (report["stored"], report["merged"], add_up(report)) == (0, 0, True)
    newer = f"{aino};Lamppu;7;99,00;6.2.2026", f"{aino};Lamppu;7;98,00;", f"{aino};Lähde;2;4,00;"
    report, _code, _error = bring(lines(*newer, headings=WITHOUT_NUMBER), source="purchase")
    assert (report["stored"], report["merged"], fates(report)["skipped"]) == (
        1,
        1,
        [(4, "differs")],
    )
    assert Order.objects.count() == len(before) + 1


def test_an_order_that_says_nothing_of_what_it_was_comes_once(notice, bring):
    text = lines("1.2.2026;Aino Äijälä;;;;;", headings=WITHOUT_NUMBER)
    for stored, skipped in ((1, []), (0, [(2, "identical")]), (0, [(2, "identical")])):
        report, _code, _error = bring(text, source="purchase")
        assert (report["stored"], fates(report)["skipped"]) == (stored, skipped)
        assert (Order.objects.count(), OrderLine.objects.count()) == (1, 0)


def test_an_order_of_two_days_is_refused_whole(notice, bring):
    """R05: which of them is true nobody knows."""
    headings = "Tilausnumero;Tilauspäivä;Asiakas;Sähköposti;Tuote"
    rows = (
        "T-4;1.11.2025;Aino Äijälä;a@koe.example;Vene",
        "T-5;1.11.2025;Aino Äijälä;a@koe.example;Vene",
        "T-4;2.11.2025;Aino Äijälä;a@koe.example;Airo",
        "T-4;;;;Mela",
    )
    for stored, skipped in ((1, []), (0, [(3, "identical")])):
        report, code, _error = bring(lines(*rows, headings=headings), source="purchase")
        assert (report["stored"], code, fates(report)["skipped"]) == (stored, 1, skipped)
        assert fates(report)["refused"] == [(line, "days_differ") for line in (2, 4, 5)]
        assert [one.number for one in Order.objects.all()] == ["T-5"]
        assert {one["message"] for one in report["refused"]} == {
            "Tilauksen rivit kertovat siitä eri päivän: korjaa tilauspäivä."
        }


def test_invoices_come_with_what_is_paid_and_once(notice, bring):
    headings = "Laskunumero;Asiakas;Sähköposti;Päivä;Eräpäivä;Summa;Maksettu"
    rows = (
        "1;Aino Äijälä;a@koe.example;1.2.2026;15.2.2026;12,50;kyllä",
        "2;Aino Äijälä;a@koe.example;1.3.2026;15.3.2026;1,00;ei",
        "3;Aino Äijälä;a@koe.example;1.3.2026;;1,00;ei",
    )
    report, _code, _error = bring(lines(*rows, headings=headings), source="purchase")
    assert (report["stored"], fates(report)["refused"]) == (2, [(4, "due_missing")])
    assert [one.number for one in Invoice.objects.unpaid()] == ["2"]
    # E04: it is paid by a payment, and owes nothing
    assert [str(one.left_to_pay) for one in Invoice.objects.order_by("number")] == ["0.00", "1.00"]
    assert Invoice.objects.get(number="1").billed_name == "Aino Äijälä"
    assert Customer.objects.get().invoices.count() == 2
    assert bring(lines(*rows, headings=headings), source="purchase")[0]["stored"] == 0
    later = rows[1].replace("ei", "kyllä")
    assert bring(lines(later, headings=headings), source="purchase")[0]["merged"] == 1
    assert {one.left_to_pay for one in Invoice.objects.all()} == {0}


def test_r05_an_invoice_keeps_the_address_on_its_row(notice, bring):
    """R05: today's address is another one's; a row without address takes it, as a new invoice."""
    CustomerFactory(
        given_name="Aino", family_name="Äijälä", email="a@koe.example", street="Uusitie 2",
        postcode="00200", city="Helsinki",
    )  # fmt: skip
    headings = "Laskunumero;Asiakas;Sähköposti;Katuosoite;Postinro;Kaupunki;Päivä;Eräpäivä;Summa"
    rows = (
        "Z1;Aino Vanhala;a@koe.example;Vanhatie 1;00100;Turku;29.2.2024;15.3.2024;1",
        "Z2;;a@koe.example;Vanhatie 1;00100;Turku;29.2.2024;15.3.2024;1",
        "Z3;Aino Äijälä;a@koe.example;;;;29.2.2024;15.3.2024;1",
    )
    report, _code, _error = bring(
        lines(*rows, headings=headings), "--duplicates=skip", source="purchase"
    )
    assert report["stored"] == 3
    assert {one.number: one.billed_to for one in Invoice.objects.all()} == {
        "Z1": "Aino Vanhala, Vanhatie 1, 00100 Turku",
        "Z2": "Aino Äijälä, Vanhatie 1, 00100 Turku",
        "Z3": "Aino Äijälä, Uusitie 2, 00200 Helsinki",
    }


def test_the_billing_address_on_an_invoices_row_comes_before_the_own(notice, bring):
    """R05"""
    headings = "Laskunro;Asiakas;Lähiosoite;Postinro;Kaupunki;Laskutusosoite;Pvm;Eräpäivä;Summa"
    row = "Z1;Koe Oy;Kuja 1;00330;Helsinki;PL 1, 00101 Helsinki;1.2.2026;15.2.2026;1"
    bring(lines(row, headings=headings), source="purchase")
    assert Invoice.objects.get().billed_to == "Koe Oy, PL 1, 00101 Helsinki"


def test_a_part_of_an_invoice_comes_as_a_payment_and_an_order_with_its_days(notice, bring):
    headings = "Laskunro;Asiakas;Pvm;Eräpvm;Summa;Avoinna;Maksettu pvm"
    rows = ("1;Aino Äijälä;1.2.2026;15.2.2026;12,50;2,00;9.2.2026", "Yhteensä;;;;12,50;2,00;")
    for stored, skipped in ((1, [(3, "sum")]), (0, [(2, "identical"), (3, "sum")])):
        report, _code, _error = bring(lines(*rows, headings=headings), source="purchase")
        assert (report["stored"], fates(report)) == (stored, {"skipped": skipped, "refused": []})
    invoice = Invoice.objects.get()
    assert (invoice.paid_on, str(invoice.left_to_pay)) == (None, "2.00")
    assert invoice.payments.get().paid_on == date(2026, 2, 9)
    bring(
        "Tilausnro;Tilauspvm;Toimitettu;Peruttu;Asiakas;Tuote\n"
        "T-1;1.2.2026;2.2.2026;;Aino Äijälä;Vene\n",
        source="purchase",
    )
    assert Order.objects.get().delivered_on == date(2026, 2, 2)


BILLED = (
    "Nimi;Yhteyshenkilö;Lähiosoite;Postinumero;Postitoimipaikka;Laskutusosoite;Y-tunnus;OVT-tunnus;"
    "Verkkolaskuoperaattori;Viitenumero"
)


def test_p17_billing_data_come_in_where_the_notice_lists_them(notice, bring):
    rows = (
        "Koe Oy;;Kuja 1;00330;Helsinki;PL 1, 00101 Helsinki;FI02017244;003702017244;BASWFIHH;1232",
        "Toinen Oy;Aino Äijälä;Kuja 2;00330;Helsinki;;0201724-4;;;",
        "Kolmas;;Kuja 3;00330;Helsinki;;1234567-8;;;12",
    )
    report, _code, _error = bring(lines(*rows, headings=BILLED))

    assert report["dropped_columns"] == []
    assert report["mapped"]["Laskutusosoite"] == "billing_address"
    bills = {one.customer.name: one for one in BillingData.objects.all()}
    assert sorted(bills) == ["Koe Oy", "Toinen Oy"]
    bill = bills["Koe Oy"]
    assert (bill.street, bill.postcode, bill.city) == ("PL 1", "00101", "Helsinki")
    assert (bill.business_id, bill.einvoice_address, bill.einvoice_operator) == (
        *("0201724-4", "003702017244", "BASWFIHH"),
    )
    assert bill.reference_number == "1232"
    assert bill.collected["street"] == Customer.objects.get(pk=bill.customer_id).collected["street"]
    assert bill.history.count() == 1
    assert [(one["line"], one["code"]) for one in report["noted"]] == [
        (4, "business_id_invalid"),
        (4, "reference_invalid"),
    ]
    again, _code, _error = bring(lines(*rows, headings=BILLED))
    assert [code for _line, code in fates(again)["skipped"]] == ["identical"] * 3
    other = rows[0].replace("BASWFIHH", "NDEAFIHH")
    moved, _code, _error = bring(lines(other, headings=BILLED), "--duplicates=merge")
    assert moved["merged"] == 1
    bill.refresh_from_db()
    assert (bill.einvoice_operator, bill.history.count()) == ("NDEAFIHH", 2)


def test_p20_billing_data_that_no_notice_lists_are_named_and_dropped(bring):
    NoticeFactory(declared=(DataCategory.NAME, DataCategory.POSTAL_ADDRESS), in_force=True)
    report, _code, _error = bring(
        lines("Koe Oy;;Kuja 1;00330;Helsinki;;0201724-4;003702017244;X;1232", headings=BILLED)
    )
    assert set(report["dropped_columns"]) >= {
        *("Y-tunnus", "OVT-tunnus", "Verkkolaskuoperaattori", "Viitenumero"),
    }
    assert report["stored"] == 1
    assert not BillingData.objects.exists()
    assert not _tables_with("003702017244")


def test_an_invoice_that_has_a_name_only_is_the_only_customer_s_of_that_name(notice, bring):
    known = CustomerFactory(
        given_name="Aino", family_name="Äijälä", email="aino.aijala@koe.example"
    )
    for _two in range(2):
        CustomerFactory(given_name="Eero", family_name="Elo")
    headings = "Laskunumero;Asiakas;Päivä;Eräpäivä;Summa"
    rows = [
        f"{name};1.2.2026;15.2.2026;12,50" for name in ("1;Aino Äijälä", "2;Eero Elo", "3;Uusi")
    ]
    report, _code, _error = bring(lines(*rows, headings=headings), source="purchase")

    assert fates(report)["refused"] == [(3, "several_named")]
    assert (report["stored"], add_up(report)) == (2, True)
    assert Invoice.objects.get(number="1").customer == known
    assert Customer.objects.count() == 4


def test_the_language_of_letters_comes_along(notice, bring):
    CustomerFactory(email="there@koe.example", given_name="Bo", language="fi")
    report, _code, _error = bring(
        "Etunimi;Sähköposti;Asiointikieli\nÅke;a@koe.example;ruotsi\nJohn;j@koe.example;en-GB\n"
        "Jaan;e@koe.example;viro\nBo;there@koe.example;svenska\n",
        "--duplicates=merge",
    )
    assert report["mapped"]["Asiointikieli"] == "language"
    spoken = dict(Customer.objects.values_list("given_name", "language"))
    assert spoken == {"Åke": "sv", "John": "en", "Jaan": "fi", "Bo": "sv"}
    assert ImportLine.objects.get(code="language_unknown").line == 4


def test_what_nobody_took_in_is_forgotten_after_a_day(notice):
    table = table_of(lines(AINO))
    columns = guess(table, declared=notice.declared)
    begun = NOW
    bringing = staging.begin(
        table, columns, notice=notice, source_kind="registration", source_name="", now=begun
    )
    staging.stage(bringing, table, columns, now=begun)
    applying.sweep(begun + applying.KEPT_STAGED)
    assert ImportedRow.objects.exists()
    applying.sweep(begun + applying.KEPT_STAGED * 2)
    assert not ImportedRow.objects.exists()
    assert not ImportedContact.objects.exists()


def test_the_register_is_named_before_an_earlier_line(notice, bring):
    """Of a row about a customer who was there already, before and after."""
    CustomerFactory(given_name="Aino", family_name="Äijälä", email="aino@koe.example", phone="")
    more = AINO.replace("Kuja 1", "Kuja 2")
    rows = (AINO, more, BERT, BERT.replace("Gränd 2", "Gränd 3"))
    for options in (("--dry-run",), ()):
        report, _code, _error = bring(lines(*rows), *options)
        there = "Asiakas on jo rekisterissä, ja rivin tiedot eroavat."
        assert [one["message"] for one in report["skipped"]] == [
            *(there, there),
            "Sama asiakas kuin rivillä 4, mutta tiedot eroavat.",
        ]


ORDER = "Tilausnro;Tilauspvm;Asiakas;Tuote;Hinta;Toimitettu;Peruttu"
NOT_YET = "T-1;1.2.2026;Aino Äijälä;Vene;2,00;;\nT-1;1.2.2026;Aino Äijälä;Airo;1,00;;"
NEWER = "T-1;1.2.2026;Aino Äijälä;Vene;2,00;5.2.2026;\nT-1;;;Airo;1,00;;"
SECOND = "\n;3.2.2026;Aino Äijälä;Mela;1,00;;\nT-0;1.1.2026;Aino Äijälä;Kumi;1,00;2.1.2026;"


def test_a_newer_row_completes_the_days_of_an_order(notice, bring):
    """R05: nothing else of it changes, and history tells."""
    bring(lines(NOT_YET + SECOND, headings=ORDER), source="purchase")
    newer = NEWER + SECOND.replace("Mela;1,00;", "Mela;1,00;4.2.2026")
    for options, is_done in ((("--dry-run",), False), ((), True)):
        report, _code, _error = bring(lines(newer, headings=ORDER), *options, source="purchase")
        assert (report["stored"], report["merged"], add_up(report)) == (0, 3, True)
        assert fates(report) == {"skipped": [(5, "identical")], "refused": []}
        days = dict(Order.objects.values_list("number", "delivered_on"))
        told = {"T-1": date(2026, 2, 5), "": date(2026, 2, 4)}
        told = told if is_done else dict.fromkeys(told)
        assert days == {**told, "T-0": date(2026, 1, 2)}
    order = Order.objects.get(number="T-1")
    assert (order.history.count(), order.lines.count()) == (2, 2)
    assert Collection.objects.get(pk=order.collected["delivered_on"]).source_kind == "purchase"
    assert order.collected["delivered_on"] != order.collected["ordered_on"]
    again, _code, _error = bring(lines(newer, headings=ORDER), source="purchase")
    assert (again["merged"], [code for _line, code in fates(again)["skipped"]]) == (
        *(0, ["identical"] * 4),
    )
    assert order.history.count() == 2


@pytest.mark.parametrize(
    "row",
    [
        "T-1;2.2.2026;Aino Äijälä;Vene;2,00;5.2.2026;",
        "T-1;1.2.2026;Aino Äijälä;Laiva;2,00;5.2.2026;",
        "T-1;1.2.2026;Aino Äijälä;Vene;3,00;5.2.2026;",
        "T-0;1.1.2026;Aino Äijälä;Kumi;1,00;3.1.2026;",
        "T-0;1.1.2026;Aino Äijälä;Kumi;1,00;;1.1.2026",
    ],
)
def test_a_row_that_says_something_else_of_an_order_changes_nothing_and_is_told(notice, bring, row):
    bring(lines(NOT_YET + SECOND, headings=ORDER), source="purchase")
    before = list(Order.objects.order_by("pk").values())
    report, _code, _error = bring(lines(row, headings=ORDER), source="purchase")
    assert fates(report) == {"skipped": [(2, "differs")], "refused": []}
    assert list(Order.objects.order_by("pk").values()) == before


def test_a_newer_row_says_on_which_day_an_invoice_was_paid(notice, bring):
    """E03: from then on it keeps no erasure waiting."""
    headings = "Laskunro;Asiakas;Pvm;Eräpvm;Summa;Tila;Maksupvm"
    rows = [
        f"{number};Aino Äijälä;1.2.2026;15.2.2026;{number},50;Avoin;" for number in (1, 2, 3, 4)
    ]
    bring(lines(*rows, headings=headings), source="purchase")
    newer = (
        rows[0].replace("Avoin;", "Maksettu;3.3.2026"),
        rows[1].replace("Avoin;", "Maksettu;"),
        rows[2],
        rows[3].replace("4,50;Avoin;", "5,50;Maksettu;3.3.2026"),
    )
    report, _code, _error = bring(lines(*newer, headings=headings), source="purchase")
    assert (report["merged"], fates(report)["skipped"]) == (2, [(4, "identical"), (5, "differs")])
    day = Collection.objects.latest("pk").collected_on
    assert dict(Invoice.objects.values_list("number", "paid_on")) == {
        **{"1": date(2026, 3, 3), "2": day, "3": None, "4": None},
    }
    assert Invoice.objects.get(number="1").history.count() == 2
    again, _code, _error = bring(lines(*newer, headings=headings), source="purchase")
    assert (again["merged"], again["stored"]) == (0, 0)
    older, _code, _error = bring(lines(*rows, headings=headings), source="purchase")
    assert {code for _line, code in fates(older)["skipped"]} == {"identical"}
    assert Invoice.objects.get(number="1").paid_on == date(2026, 3, 3)


def test_orders_that_came_to_nothing_and_groups_are_left_out_with_their_reason(
    notice, bring, tmp_path
):
    report, code, _error = bring(
        "Order Number,Order Status,Order Date,First Name (Billing),Email (Billing),Item Name\n"
        "7,Cancelled,2026-02-01,Aino,a@koe.example,Vene\n"
        "8,Completed,2026-02-01,Bo,b@koe.example,Airo\n",
        source="purchase",
    )
    assert (report["stored"], code, fates(report)["skipped"]) == (1, 0, [(2, "order_cancelled")])
    assert [one.number for one in Order.objects.all()] == ["8"]
    cards = tmp_path / "cards.vcf"
    cards.write_text(
        "BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Kantis\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:4.0\nFN:Eero Elo\nEND:VCARD\n"
    )
    report, _code, _error = bring(cards)
    assert (report["stored"], fates(report)["skipped"]) == (1, [(1, "group_card")])
    assert report["skipped"][0]["message"] == "Kortti on ryhmän eikä asiakkaan."
    assert report["mapped"]["FN"] == "family_name"
    assert report["taken_apart"]["FN"] == ["given_name", "family_name", "organisation"]


def test_all_faults_of_a_row_are_told_at_once(notice, bring):
    """Whoever mends a file mends each row once; a day that is none is not missing as well."""
    report, _code, _error = bring(
        "Tilausnumero;Asiakas;Sähköposti;Tilauspäivä;Tuote;Määrä\n"
        "1;Aino Koe;a@koe.example;joskus;Koe;monta\n"
        "2;Aino Koe;a@koe.example;1.2.2026;Koe;2\n"
    )
    [refused] = report["refused"]
    assert (refused["line"], refused["code"], report["stored"]) == (2, "date_invalid", 1)
    told = "Tilauspäivä: Tämä ei ole päivämäärä. Määrä: Tämä ei ole määrä."
    assert refused["message"] == told


def test_what_cannot_be_dialled_makes_nobody_the_same(notice, bring):
    """Scraps of a number are behind no two people."""
    report, _code, _error = bring(
        "Etunimi;Puhelin\nAino;040 1\nBert;0401\nEero;09 1234\nOlli;+358 9 1234\n"
    )
    assert (report["stored"], fates(report)["skipped"]) == (3, [(5, "other_name")])


def test_p52_a_no_of_whom_only_a_scrap_of_a_number_is_known_is_told(notice, bring):
    """P52: in a refused row nobody would be met by it."""
    report, _code, _error = bring(
        "Etunimi;Puhelin;Sähköposti;Markkinointilupa\nAino;0401;ei osoite;ei\n"
        "Tilaus;040 1234567;ei osoite;ei\n"
    )
    assert [(one["line"], one["code"]) for one in report["noted"]] == [(2, "no_not_kept")]


def test_a_number_that_stands_twice_in_a_file_is_told_by_its_line(notice, bring):
    """What is only in the file is not said to be in the register."""
    headings = "Laskunumero;Asiakas;Sähköposti;Laskun pvm;Eräpäivä;Summa"
    row = "1;Aino Koe;a@koe.example;1.2.2026;15.2.2026;100"
    for told in ("Sama kuin rivi 2.", "Tämä on jo rekisterissä."):
        for options in (["--dry-run"], []):
            if told.startswith("Sama") or not options:
                report, _code, _error = bring(lines(row, row, headings=headings), *options)
                [message] = {one["message"] for one in report["skipped"] if one["line"] == 3}
                assert message == told


@pytest.mark.parametrize(
    ("content", "options", "spoken"),
    [
        ("Förnamn;Efternamn;E-post\nÅke;Ek;a@koe.example\n", [], {"sv"}),
        ("Namn;E-postadress;Telefon\nÅke Ek;a@koe.example;040 1234567\n", [], {"sv"}),
        ("Etunimi;Sukunimi;Telefon\nAino;Elo;040 1234567\n", [], {"fi"}),
        ("First Name,Last Name,Email\nAino,Elo,a@koe.example\n", [], {"fi"}),
        ("First Name,Last Name,Email\nAino,Elo,a@koe.example\n", ["--language=en"], {"en"}),
        ("Namn;E-post;Språk\nÅke Ek;a@koe.example;fi\nBo Ek;b@koe.example;\n", [], {"fi", "sv"}),
    ],
)
def test_letters_go_in_the_language_of_the_list_where_a_row_tells_none(
    notice, bring, content, options, spoken
):
    """Article 12(1): the row first, then what somebody chose, then Swedish headings."""
    bring(content, *options)
    assert set(Customer.objects.values_list("language", flat=True)) == spoken


def test_the_language_of_a_list_changes_nobody_who_is_there(notice, bring):
    bring("Etunimi;Sukunimi;Sähköposti\nÅke;Ek;a@koe.example\n")
    report, _code, _error = bring("Förnamn;Efternamn;E-post\nÅke;Ek;a@koe.example\n")
    assert fates(report)["skipped"] == [(2, "identical")]
    assert Customer.objects.get().language == "fi"


def test_p52_rows_whose_notes_say_no_are_counted_and_told_by_line(notice, bring):
    """P14, P52, P20: the prohibition holds after the import, and the note is nowhere."""
    content = (
        "Nimi;Sähköposti;Muistiinpanot;Kommentti\n"
        "Aino Äijälä;aino@koe.example;Ei mainoksia, kissanpentu;Ring inte\n"
        "Eero Elo;eero@koe.example;Ei saa jättää oven eteen;\n"
        "Oona Oja;oona@koe.example;Ei saa soittaa ennen klo 10;\n"
        "Sami Suo;no address;Markkinointikielto;\n"
    )
    report, _code, _error = bring(content)
    assert report["dropped_columns"] == ["Muistiinpanot", "Kommentti"]
    assert [(one["line"], one["code"]) for one in report["noted"]] == [
        (2, "no_in_notes"),
        (2, "no_in_notes"),
        (4, "unclear_notes"),
        (5, "no_in_notes"),
        (5, "no_not_kept"),
    ]
    counts = Import.objects.get().counts
    assert (counts["no_in_notes"], counts["unclear_notes"], counts["forbidden"]) == (2, 1, 1)
    marketing = {
        "scope": ProhibitionScope.DIRECT_MARKETING,
        "use": ProhibitedUse.PROCESSING,
    }
    allowed = Customer.objects.not_forbidding(**marketing)
    assert {one.given_name for one in allowed} == {"Eero", "Oona"}
    assert not _tables_with("kissanpentu")


def test_p20_whoever_runs_the_command_may_say_that_there_are_no_headings(notice, bring):
    content = "Virva Valta;Tampere\nAino Äijälä;Turku\n"
    assert bring(content, "--dry-run")[0]["rows"] == 1
    report, _code, _error = bring(content, "--headings=no")
    assert (report["rows"], report["stored"]) == (2, 2)
