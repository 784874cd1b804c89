"""The pages that bring a file in: upload, columns, preview, decision, progress, report."""

import io
import re
import tempfile
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from audit import tasks
from audit.models import Task
from audit.tasks import run_next
from audit.uploads import MOST_BYTES
from notices.terms import DataCategory
from register.importing import bringing, sentences, staging
from register.importing.delimited import DELIMITERS
from register.importing.eastern import EASTERN
from register.importing.encodings import OLD
from register.importing.reporting import harmless
from register.importing.systems import _MARKS as systems_known
from register.models import Customer, Import, ImportedRow, ImportLine, Invoice, Order, Prohibition
from register.models.imports import Duplicates, ImportedContact
from staff.roles import Role
from tests.factories import (
    CustomerFactory,
    ImportFactory,
    ImportLineFactory,
    NoticeFactory,
    UndertakingFactory,
    UserFactory,
)
from tests.register.importing.test_bringing import _tables_with
from tests.register.importing.test_tables import workbook
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
ADD = reverse("admin:register_import_add")
LIST = reverse("admin:register_import_changelist")
ROWS = (
    "Nimi;Sähköposti;Puhelin;Muistiinpano;Markkinointilupa\n"
    "Aino Äijälä;aino@koe.example;040 123 4567;ihottumaa;ei\n"
    "Eero Elo;ei osoite;;kiltti;kyllä\n"
    "Toinen Nimi;there@koe.example;;;\n"
)
ORDERS = (
    "Tilausnumero;Tilauspäivä;Asiakas;Sähköposti;Tuote\n"
    "T-1;1.2.2026;Aino Äijälä;a@koe.example;Vene\n"
)
INVOICES = (
    "Laskunumero;Laskun päivä;Eräpäivä;Summa;Asiakas;Sähköposti\n"
    "L-1;1.2.2026;15.2.2026;10,50;Aino Äijälä;a@koe.example\n"
)


@pytest.fixture
def notice():
    return NoticeFactory(in_force=True)


def staff(role=Role.DATA_PROTECTION_CONTACT, **checks):
    user = UserFactory(role=role, language="en")
    UndertakingFactory(user=user)
    return sign_in(Client(headers={"accept-language": "en"}, **checks), user)


def file_of(content, name="list.csv"):
    raw = content if isinstance(content, bytes) else content.encode()
    return SimpleUploadedFile(name, raw)


def upload(client, content=ROWS, name="list.csv", **fields):
    told = {"source_kind": "registration", "source_name": "kauppa", **fields}
    return client.post(ADD, {**told, "file": file_of(content, name)})


def brought(client, content=ROWS, **fields):
    """The import that an upload leads to, and the address of its page."""
    response = upload(client, content, **fields)
    assert response.status_code == 302, errors(response)
    return Import.objects.latest("pk"), response["Location"]


def errors(response):
    return re.findall(r'class="errorlist"[^>]*><li>(.*?)</li>', response.content.decode())


def text_of(response):
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


def run(client, place, duplicates="skip"):
    client.post(place, {"run": "1", "duplicates": duplicates})
    while run_next(timezone.now()):
        pass


def test_a_file_is_shown_first_and_taken_in_when_somebody_says_so(notice):
    """P20, P52: every row and every column is accounted for before anything is stored."""
    CustomerFactory(email="there@koe.example", given_name="Vanha", family_name="Nimi")
    client = staff()
    waiting, place = brought(client)
    page = text_of(client.get(place))

    assert Customer.objects.count() == 1
    assert waiting.counts == {
        **{"stored": 1, "merged": 0, "skipped": 1, "refused": 1},
        **{"new": 1, "forbidden": 1, "no_not_kept": 0, "no_in_notes": 0, "unclear_notes": 0},
    }
    assert "Would be taken in as new 1 Would be added to a customer 0 Would be left out 1" in page
    assert "New customers 1 Rows that bring a prohibition 1 Each no would hold" in page
    assert "3 Sähköposti: This is no e-mail address." in page
    assert "only looked through: a sentence that says no becomes a prohibition" in page
    assert "a no in the notes" not in page.casefold()
    assert "a no becomes a prohibition" in page
    assert "aino@koe.example" in page
    assert "Somebody of another name has the same e-mail address or phone number." in text_of(
        client.get(place, {"fate": "skipped"})
    )
    run(client, place)
    waiting.refresh_from_db()
    page = client.get(place)

    assert "Rows that bring a prohibition 1 Each no holds" in text_of(page)
    assert waiting.applied_at
    assert waiting.brought_by
    assert waiting.done == waiting.rows == 3
    assert {one.email for one in Customer.objects.all()} == {
        "aino@koe.example",
        "there@koe.example",
    }
    assert Prohibition.objects.exists()
    assert "Taken in as new 1 Added to a customer 0 Left out 1 Refused 1" in text_of(page)
    assert "New customers 1 Rows that bring a prohibition 1" in text_of(page)
    assert "aino@koe.example" not in text_of(page)
    # what was foreseen is not said twice
    assert ImportLine.objects.filter(fate="skipped").count() == 1
    assert "kauppa" in text_of(client.get(LIST))


@pytest.fixture
def no_temporary_file(monkeypatch, settings):
    """Whatever would not stay in memory says so."""
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1

    def refuse(*_args, **_kwargs):
        raise AssertionError("a temporary file was opened")

    for name in ("_mkstemp_inner", "TemporaryFile"):
        monkeypatch.setattr(tempfile, name, refuse)


def test_p17_how_a_customer_is_billed_is_shown_before_it_comes_in(notice):
    client = staff()
    _waiting, place = brought(
        client, "Yritys;Yhteyshenkilö;OVT-tunnus\nKoe Oy;Aino Koe;003712345671\n"
    )
    page = text_of(client.get(place))
    assert "E-invoice address" in page
    assert "Koe Oy" in page
    assert "003712345671" in page
    run(client, place)
    content = "Yritys;Yhteyshenkilö;OVT-tunnus\nKoe Oy;Aino Koe;003720774740\n"
    _waiting, place = brought(client, content)
    assert "E-invoice address 003712345671 003720774740" in text_of(client.get(place))


@pytest.mark.usefixtures("no_temporary_file")
def test_p20_what_is_not_declared_reaches_neither_table_nor_disk():
    """Nor does it when the session has ended before the file is sent."""
    NoticeFactory(declared=(DataCategory.NAME, DataCategory.EMAIL), in_force=True)
    waiting, _place = brought(staff())
    ended = staff()
    ended.get(ADD)
    del ended.cookies["sessionid"]
    assert "list.csv" not in text_of(upload(ended))
    assert upload(staff(Role.VIEWER)).status_code == 403

    for secret in ("040 123 4567", "401234567", "ihottum"):
        assert not _tables_with(secret)
    assert [why for _name, why in waiting.reading["dropped"]] == ["undeclared", "notes"]
    # the same would be told of another page, which may use one
    client, papers = staff(), reverse("admin:register_attachment_add")
    with pytest.raises(AssertionError, match="a temporary file"):
        client.post(papers, {"upload": file_of("x")})


def test_p52_the_page_counts_the_rows_whose_notes_say_no(notice):
    """P14, P52: and tells by line, and in the report, which they are; no note is shown or kept."""
    client = staff()
    _waiting, place = brought(
        client,
        "Nimi;Sähköposti;Muistiinpano;Väri\n"
        "Aino Äijälä;aino@koe.example;Ei mainoksia, ihottumaa;sininen\n"
        "Eero Elo;eero@koe.example;Ei saa jättää oven eteen;\n"
        "Oona Oja;oona@koe.example;Ei saa soittaa ennen klo 10;\n",
    )
    page = text_of(client.get(place))
    assert "A no in the notes 1 row Each is a prohibition; the text is kept nowhere." in page
    assert "Notes that may say no: look at them in the file 1 row" in page
    assert "nothing of this kind is brought in from files" in page
    told = text_of(client.get(place, {"fate": "noted"}))
    assert (
        "2 Muistiinpano: The notes say no: a prohibition is kept of it, and not the text." in told
    )
    assert "4 Muistiinpano: The notes may say no to something: read them in the file" in told
    assert not _tables_with("ihottum")
    run(client, place)
    assert {one.email for one in Customer.objects.all() if one.prohibitions()} == {
        "aino@koe.example"
    }


def test_the_form_s_token_is_asked_for(notice):
    assert upload(staff(enforce_csrf_checks=True)).status_code == 403


def test_the_second_press_and_the_second_person_change_nothing(notice):
    """Run twice, run after giving up, give up after running: the first decision holds."""
    client, other = staff(), staff()
    waiting, place = brought(client)
    for sender in (client, client, other):
        sender.post(place, {"run": "1", "duplicates": "store"})
    refused = text_of(other.post(place, {"give_up": "1"}, follow=True))
    assert "Somebody has decided already" in refused
    assert Task.objects.filter(act=bringing.TAKE_IN).count() == 1
    run(client, place)
    waiting.refresh_from_db()

    assert (waiting.applied_at is None, waiting.given_up_at) == (False, None)
    assert Customer.objects.count() == 2
    # done again, as after a worker that was killed
    bringing.take_in(waiting.pk, now=timezone.now())
    assert Customer.objects.count() == 2
    given_up, place = brought(client, "Nimi;Sähköposti\nUusi Ihminen;uusi@koe.example\n")
    other.post(place, {"give_up": "1"})
    run(client, place)
    assert Customer.objects.count() == 2
    assert not ImportedRow.objects.filter(bringing=given_up).exists()
    assert "Given up." in text_of(client.get(place))


def test_nothing_is_asked_about_rows_that_are_not_there(notice):
    CustomerFactory(email="there@koe.example", given_name="Vanha", family_name="Nimi")
    client, legend = staff(), "All other rows about customers who are there already"
    _differing, place = brought(client)
    assert legend in text_of(client.get(place))
    fresh, place = brought(client, "Nimi;Sähköposti\nUusi Nimi;new@koe.example\n")
    page = client.get(place)
    assert legend not in text_of(page)
    assert 'name="duplicates"' not in page.text
    client.post(place, {"run": "1"})
    while run_next(timezone.now()):
        pass
    assert Import.objects.get(pk=fresh.pk).applied_at
    # within one file: both are new, and the choice for all decides of the second
    alike = "Nimi;Sähköposti\nEka Koe;x@koe.example\nToka Koe;x@koe.example\n"
    _twice, place = brought(client, alike)
    assert legend in text_of(client.get(place))


def test_a_choice_that_is_none_decides_nothing(notice):
    client = staff()
    waiting, place = brought(client)
    client.post(place, {"run": "1", "duplicates": "drop table"})
    assert Import.objects.waiting().filter(pk=waiting.pk).exists()


def test_another_notice_in_between_takes_nothing_in_and_says_so(notice):
    client = staff()
    waiting, place = brought(client)
    client.post(place, {"run": "1", "duplicates": "skip"})
    NoticeFactory(in_force=True)
    run_next(timezone.now())

    assert Customer.objects.count() == 0
    assert "Another notice came into force meanwhile" in text_of(client.get(place))
    assert not ImportedRow.objects.filter(bringing=waiting).exists()


def test_a_new_notice_asks_for_the_file_again_before_anybody_decides(notice):
    client = staff()
    _waiting, place = brought(client)
    NoticeFactory(in_force=True)
    page = client.get(place).content.decode()

    assert 'name="run"' not in page
    assert 'name="give_up"' in page


def column(waiting, name):
    [place] = [place for place, told, *_rest in waiting.reading["columns"] if told == name]
    return f"column_{place}"


def mapping(page):
    """What the form of the columns would send unchanged."""
    form = page.context["form"]
    return {name: form[name].value() or "" for name in form.fields if name != "file"}


@pytest.mark.usefixtures("no_temporary_file")
def test_a_column_is_sent_elsewhere_with_the_file_again(notice):
    """The first reading is given up in favour of the second; a choice lasts for a third."""
    client = staff()
    first, place = brought(client, "Nimi;Sähköposti;Jokin\nAino Äijälä;a@koe.example;Helsinki\n")
    sent = {**mapping(client.get(place)), column(first, "Jokin"): "city"}
    response = client.post(place, {**sent, "file": file_of("Nimi;Sähköposti;Muu\nA;b;c\n")})
    assert "other columns" in errors(response)[0]

    again = "Nimi;Sähköposti;Jokin\nAino Äijälä;a@koe.example;Helsinki\n"
    place = client.post(place, {**sent, "file": file_of(again)})["Location"]
    second = Import.objects.latest("pk")
    first.refresh_from_db()
    assert (first.given_up_at is None, ImportedRow.objects.get().city) == (False, "Helsinki")
    sent = {**mapping(client.get(place)), column(second, "Sähköposti"): ""}
    client.post(place, {**sent, "file": file_of(again)})
    row = ImportedRow.objects.get()
    assert (row.city, row.email, row.family_name) == ("Helsinki", "", "Äijälä")


def test_p52_a_column_that_can_forbid_something_cannot_be_left_out(notice):
    client = staff()
    first, place = brought(client)
    name = column(first, "Markkinointilupa")
    page = client.get(place)
    assert name not in page.context["form"].fields

    client.post(place, {**mapping(page), name: "", "file": file_of(ROWS)})
    assert Import.objects.latest("pk").reading["prohibiting"] == ["Markkinointilupa"]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        ("Jäsennumero;Nimi;Sähköposti\n1;Åke Koe;a@koe.example\n".encode("cp1252"), "a.csv",
         ["list of members, letters of Windows, semicolons between the cells",
          "jäsenluettelo, Windowsin kirjaimet, solujen välissä puolipisteet",
          "medlemsförteckning, Windows bokstäver, semikolon mellan cellerna"]),
        ("First Name,Last Name,Email,Accepts Marketing,Total Spent\nÅ,K,a@koe.example,no,1\n",
         "b.csv", ["Shopify, UTF-8, commas between the cells"]),
        ("Nimi\nAino Koe\n", "c.csv", ["CSV, UTF-8"]),
        (workbook(("A", {(0, 0): "Nimi", (1, 0): "Aino Koe"})), "d.xlsx", ["XLSX"]),
    ],
    ids=["members", "shopify", "one column", "workbook"],
)  # fmt: skip
def test_as_what_a_file_was_read_is_said_in_words(notice, content, name, words):
    client = staff()
    place = upload(client, content, name)["Location"]
    assert f"<dd>{words[0]}</dd>" in client.get(place).text
    for language, said in zip(("en", "fi", "sv"), words, strict=False):
        with override(language):
            assert sentences.format_words(Import.objects.get().reading) == said


def test_every_format_and_encoding_has_its_words():
    """A code word on the page tells nobody anything."""
    systems = {system for system, _marks in systems_known}
    assert set(sentences._FORMATS) == {"csv", "xlsx", "vcard", "member_list", *systems}
    assert set(sentences._LETTERS) == {*OLD, *EASTERN}
    assert set(sentences._BETWEEN) == set(DELIMITERS)


def test_the_language_of_letters_is_shown_and_can_be_chosen(notice):
    rows = "Förnamn;Efternamn\nÅke;Ek\n"
    client = staff()
    _first, place = brought(client, rows)
    page = client.get(place)
    assert "Language of letters to new customers svenska" in text_of(page)
    sent = {**mapping(page), "language": "en"}
    place = client.post(place, {**sent, "file": file_of(rows)})["Location"]
    run(client, place)
    assert Customer.objects.get().language == "en"


def test_p52_a_page_says_by_which_answer_a_column_forbids(notice):
    """P14, P15, P52: where the heading tells it, and where somebody has chosen it."""
    rows = "Nimi;Markkinointilupa;Mainonta sallittu/kielletty;Merkintä\nKoe Aino;kyllä;ei;x\n"
    client = staff()
    first, place = brought(client, rows)
    page = client.get(place)
    assert "marketing: a no becomes a prohibition" in text_of(page)
    assert "nobody can tell which of them forbids" in text_of(page)
    form = page.context["form"]
    offered = [value for value, _words in form.fields[column(first, "Merkintä")].choices]
    unclear = form.fields[column(first, "Mainonta sallittu/kielletty")]
    assert {"marketing_forbidden", "publication_allowed"} <= set(offered)
    assert "either_way" not in offered
    assert "" not in dict(unclear.choices)

    sent = {
        **mapping(page),
        column(first, "Merkintä"): "publication_forbidden",
        column(first, "Mainonta sallittu/kielletty"): "marketing_allowed",
    }
    place = client.post(place, {**sent, "file": file_of(rows)})["Location"]
    run(client, place)
    assert "publication: a yes, a mark or a day becomes a prohibition" in text_of(client.get(place))
    assert set(Prohibition.objects.values_list("scope", flat=True)) == {
        *("direct_advertising", "distance_selling", "direct_marketing", "publication")
    }


@pytest.mark.parametrize(
    ("content", "name", "begins"),
    [
        (b"", "list.csv", "The submitted file is empty"),
        (b"%PDF-1.7\n", "list.csv", "The file is a PDF"),
        ("Väri;Koko\npunainen;suuri\n", "list.csv", "No column names anybody"),
        (b"x" * (MOST_BYTES + 1), "list.csv", "The file is larger than 16 MB"),
    ],
    ids=["empty", "pdf", "nobody", "large"],
)
def test_a_file_that_cannot_be_taken_in_gets_one_sentence(notice, content, name, begins):
    response = upload(staff(), content, name)
    [sentence] = errors(response)
    assert sentence.startswith(begins)
    assert not Import.objects.exists()


def test_a_workbook_of_300_mb_in_a_few_kb_is_refused(notice):
    packed = io.BytesIO(workbook(("Lista", {(0, 0): "Nimi", (1, 0): "Aino Äijälä"})))
    with (
        zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet2.xml", "w") as sheet,
    ):
        for _megabyte in range(300):
            sheet.write(b" " * 1024 * 1024)
    assert len(packed.getvalue()) < MOST_BYTES
    [sentence] = errors(upload(staff(), packed.getvalue(), "list.xlsx"))
    assert sentence.startswith("The file unpacks to more")


def test_a_source_that_the_notice_does_not_name_is_refused(notice):
    response = upload(staff(), source_kind="gossip")
    assert "Select a valid choice" in errors(response)[0]
    response = upload(staff(), INVOICES, source_kind="update_service")
    assert "names and contact data only" in errors(response)[0]


def test_without_a_notice_nothing_is_asked_for():
    client = staff()
    assert "Put a privacy notice in force first." in text_of(client.get(ADD))
    assert upload(client).status_code == 200
    assert not Import.objects.exists()


@pytest.mark.parametrize("role", [Role.HANDLER, Role.VIEWER, Role.ACCOUNTING])
def test_p35_others_bring_nothing_in_and_see_no_page_of_it(notice, role):
    """A page is opened by the act, not by knowing its number."""
    other, waiting = staff(role), ImportFactory()
    places = [ADD, LIST, *_places(waiting)]
    assert {other.get(place).status_code for place in places} == {403}
    assert upload(other).status_code == 403


def _places(waiting):
    return [
        reverse(f"admin:register_import_{page}", args=[waiting.pk]) for page in ("change", "report")
    ]


def test_cells_and_headings_are_texts_and_nothing_else(notice):
    client = staff()
    _waiting, place = brought(
        client,
        'Nimi;Sähköposti;<script>x()</script>;"=HYPERLINK(""http://x"")"\n'
        "<img src=x onerror=y()>;a@koe.example;1;2\n",
    )
    page = client.get(place).content.decode()
    assert "<script>x()" not in page
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_the_report_is_a_table_that_no_spreadsheet_runs(notice):
    """It names lines and columns, and no value; nor does its name."""
    waiting = ImportFactory(counts={"stored": 0})
    ImportLineFactory(bringing=waiting, line=7, fate="refused", code="email_invalid",
                      column="=HYPERLINK(1)")  # fmt: skip
    response = staff().get(_places(waiting)[1])
    told = response.getvalue().decode()

    assert response.streaming
    assert response["Content-Disposition"] == f'attachment; filename="import-{waiting.pk}.csv"'
    assert told.startswith("\ufeffLine;")
    assert "7;would be refused;'=HYPERLINK(1): This is no e-mail address." in told
    assert [harmless(text)[0] for text in ("=1", "+1", "-1", "@a", "\t=1")] == ["'"] * 5
    assert harmless("Sähköposti: a") == "Sähköposti: a"


def test_the_report_has_a_line_for_each_row_of_the_file(notice):
    """Also of rows of which there is nothing to say; the page leaves those out."""
    client = staff()
    waiting, place = brought(
        client, "Nimi;Sähköposti\nAino Koe;a@koe.example\nBo Ek;spoilt\n;\nAino Koe;A@koe.example\n"
    )
    report = _places(waiting)[1]
    for taken_in, state in ((False, "would be "), (True, "")):
        told = client.get(report).getvalue().decode().splitlines()[1:]
        assert [(line.split(";")[0], bool(line.split(";")[2])) for line in told] == [
            *[("2", False), ("3", True), ("4", True), ("5", True)]
        ]
        assert told[0] == f"2;{state}taken in as new;"
        assert "taken in as new: " not in text_of(client.get(place))
        if not taken_in:
            run(client, place)


MANY = "Nimi;Sähköposti;Muistiinpano\n" + "".join(
    f"Aino Koe {number};a{number}@koe.example;ihottumaa\n" for number in range(9)
)


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(staging, "A_BLOCK", 2)


def pieces_of(response):
    return [piece.decode() for piece in response.streaming_content]


def staged():
    return [model.objects.count() for model in (Import, ImportedRow, ImportedContact, ImportLine)]


@pytest.mark.usefixtures("small_blocks", "no_temporary_file")
def test_p20_a_long_file_tells_how_far_it_is_read_and_leads_to_its_preview(notice):
    """Nothing of what is not declared is written meanwhile, and no script is needed."""
    client = staff()
    response = upload(client, MANY)
    assert (response.status_code, response.streaming) == (200, True)
    assert response["X-Accel-Buffering"] == "no"
    assert "script-src 'self'" in response["Content-Security-Policy"]
    pieces = pieces_of(response)
    page = "".join(pieces)
    told = [int(one) for one in re.findall(r"(\d+) rows have been read", page)]
    waiting = Import.objects.get()
    preview = reverse("admin:register_import_change", args=[waiting.pk])

    assert told == [6, 8, 9]
    assert len(pieces) == len(told) + 3
    assert "The whole file is read: 9 rows." in page
    assert f'<meta http-equiv="refresh" content="0;url={preview}">' in page
    assert f'href="{preview}"' in page
    assert page.rstrip().endswith("</html>")
    assert (waiting.rows, waiting.counts["stored"]) == (9, 9)
    assert "Nothing is taken in yet" in text_of(client.get(preview))
    assert not _tables_with("ihottumaa")


@pytest.mark.usefixtures("small_blocks")
def test_a_long_file_that_cannot_be_read_to_its_end_leaves_nothing(notice):
    # further down than what is looked at before anything is read
    torn = MANY + "Aino Koe;a@koe.example;\n" * 300 + ";".join("x" * 20_000) + "\n"
    page = "".join(pieces_of(upload(staff(), torn)))
    assert "has 20000 columns: export the list again. Nothing of the file was kept." in page
    assert (f'href="{ADD}"' in page, "refresh" in page) == (True, False)
    assert page.rstrip().endswith("</html>")
    assert staged() == [0, 0, 0, 0]


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("error", [OperationalError("aino@koe.example"), KeyError("aino")])
def test_a_fault_in_the_middle_says_what_to_do_and_leaves_nothing(
    notice, monkeypatch, caplog, error
):
    """Art. 32: the log names the kind of the fault, never its text."""
    response = upload(staff(), MANY)

    def fail(*_args):
        raise error

    monkeypatch.setattr(staging, "_stage", fail)
    page = "".join(pieces_of(response))
    assert "The server could not read on." in page
    assert "Nothing of the file was kept." in page
    assert staged() == [0, 0, 0, 0]
    assert [row.getMessage() for row in caplog.records if row.levelname == "ERROR"] == [
        f"reading a file failed: {type(error).__name__}"
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("pieces", [0, 2])
def test_whoever_leaves_while_a_file_is_read_leaves_nothing(notice, pieces):
    response = upload(staff(), MANY)
    sent = iter(response.streaming_content)
    for _piece in range(pieces):
        next(sent)
    assert staged()[0] == 1
    response.close()
    del response, sent
    assert staged() == [0, 0, 0, 0]


@pytest.mark.usefixtures("small_blocks")
def test_a_long_file_read_anew_takes_the_place_of_the_first(notice):
    client = staff()
    pieces_of(upload(client, MANY))
    first = Import.objects.get()
    told = {"kind": "customers", "language": "sv", "file": file_of(MANY)}
    place = reverse("admin:register_import_change", args=[first.pk])
    told |= {f"column_{number}": target for number, _name, target, why in first.reading["columns"]
             if not why}  # fmt: skip
    response = client.post(place, told)
    assert not Import.objects.get(pk=first.pk).given_up_at
    pieces_of(response)
    assert Import.objects.get(pk=first.pk).given_up_at
    assert Import.objects.latest("pk").reading["language"] == "sv"


def test_whoever_waits_sees_how_far_it_is_and_when_no_worker_runs(notice):
    client = staff()
    now = timezone.now()
    going = ImportFactory(rows=9000)
    bringing.order(going, duplicates="skip", now=now)
    place = _places(going)[0]
    assert "Waits for the worker" in text_of(client.get(place))
    assert "run_worker" not in text_of(client.get(place))
    Task.objects.update(made_at=now - bringing.WAITS_LONG * 2)
    assert "manage.py run_worker" in text_of(client.get(place))
    Task.objects.update(tries=1)
    Import.objects.update(compared=3000)
    for moment, words in (({}, "3,000 of 9,000"), ({"preparing_at": now}, "0 of 9,000")):
        Import.objects.update(**moment)
        assert words in text_of(client.get(place)).replace(
            "3000 of 9000", "3,000 of 9,000"
        ).replace("0 of 9000", "0 of 9,000")
    Import.objects.update(done=4000)
    page = client.get(place)
    assert "4,000 of 9,000" in text_of(page).replace("4000 of 9000", "4,000 of 9,000")
    assert "run_worker" not in text_of(page)


def test_whoever_waits_after_a_kill_is_told_so(notice, monkeypatch):
    client = staff()
    going = ImportFactory(rows=9000)
    now = timezone.now()
    bringing.order(going, duplicates="skip", now=now)
    place, seen = _places(going)[0], []

    def killed(*_args, **_kwargs):
        seen.append(text_of(client.get(place)))
        raise SystemExit

    monkeypatch.setattr(bringing, "apply", killed)
    with pytest.raises(SystemExit):
        run_next(now)
    seen.append(text_of(client.get(place)))
    Task.objects.update(leased_until_at=now + tasks.LEASE - 3 * tasks.BEAT)
    said = ["has stopped in the middle, and this waits" in page for page in seen]
    assert (said, "has stopped" in text_of(client.get(place))) == ([False, False], True)


def test_many_rows_are_compared_by_the_worker_before_anybody_decides(notice, monkeypatch):
    monkeypatch.setattr(bringing, "AT_ONCE", 2)
    client = staff()
    waiting, place = brought(client)
    page = client.get(place)
    assert "The rows are being compared" in text_of(page)
    assert 'name="run"' not in page.content.decode()
    run(client, place)
    waiting.refresh_from_db()
    assert (waiting.is_waiting, waiting.counts["stored"]) == (True, 2)
    assert waiting.compared == waiting.rows
    bringing.order(waiting, duplicates="skip", now=timezone.now())
    bringing.foresee_later(waiting.pk, now=timezone.now())  # comes too late
    run(client, place)
    assert Customer.objects.count() == 2


def test_many_lines_come_page_by_page_with_the_same_queries(notice):
    client = staff()
    waiting = ImportFactory(counts={"refused": 250})
    place, queries = _places(waiting)[0], []
    for lines in (range(10), range(10, 250)):
        ImportLine.objects.bulk_create(
            ImportLineFactory.build(bringing=waiting, line=line, fate="refused", code="nobody")
            for line in lines
        )
        client.get(place)
        with CaptureQueriesContext(connection) as asked:
            client.get(place)
        queries.append(len(asked))
    assert queries[0] == queries[1]
    assert "Page 3 of 3" in text_of(client.get(place, {"page": 3, "fate": "refused"}))
    assert client.get(place, {"page": "x", "fate": "<b>"}).status_code == 200


@pytest.mark.parametrize(
    ("content", "model"),
    [
        (ORDERS, Order),
        (INVOICES, Invoice),
    ],
)
def test_orders_and_invoices_come_in_with_their_customers(notice, content, model):
    client = staff()
    for is_new in (True, False):
        _waiting, place = brought(client, content, source_kind="purchase")
        # what is there already would not be taken in, and is not shown so
        assert (content.splitlines()[1].split(";")[0] in text_of(client.get(place))) == is_new
        run(client, place, Duplicates.MERGE)
    assert model.objects.get().customer.email == "a@koe.example"
    assert Customer.objects.count() == 1


def test_p52_a_page_promises_no_prohibition_that_is_not_kept(notice):
    """P52: what was given up holds nothing, and a no that cannot be read is named as such."""
    client = staff()
    content = (
        "Nimi;Sähköposti;Markkinointilupa;Kaupunki\n"
        "Aino Äijälä;aino@koe.example;ei;Espoo\n"
        "Eero;Elo;Oja;ehkä;jotain\n"
    )
    _waiting, place = brought(client, content)
    page = text_of(client.get(place))
    assert "Rows that bring a prohibition 1 Each no would hold" in page
    assert "Refused rows whose no cannot be kept 1" in page
    noted = text_of(client.get(place, {"fate": "noted"}))
    assert "3 Whether the row says no, or who says it, could not be read" in noted
    client.post(place, {"give_up": "1"})
    page = text_of(client.get(place))

    assert "Each no" not in page
    assert "The file was not taken in, so do not count on these." in page
    assert not Prohibition.objects.exists()


def test_what_is_shown_of_orders_is_written_as_the_reader_writes(notice):
    """Days and sums in the language of the page; and the list tells imports apart."""
    user = UserFactory(role=Role.DATA_PROTECTION_CONTACT, language="fi")
    UndertakingFactory(user=user)
    client = sign_in(Client(headers={"accept-language": "fi"}), user)
    content = (
        "Tilausnumero;Tilauspäivä;Toimitettu;Asiakas;Tuote;Määrä;Hinta\n"
        "T-1;2026-03-01;2026-03-04;Aino Äijälä;Vene;2;1299.00\n"
    )
    waiting, place = brought(client, content, source_kind="purchase")
    page = text_of(client.get(place))
    assert "1.3.2026 4.3.2026 Vene 2 1299,00" in page.replace("1 299", "1299")
    assert "2026-03-01" not in page
    listed = text_of(client.get(LIST))
    begun = timezone.localtime(waiting.begun_at)
    when = f"{begun.day}.{begun.month}.{begun.year} {begun.hour}.{begun:%M}"
    assert f"{when} 1 odottaa päätöstäsi kauppa {user.name}" in listed


def test_nothing_is_counted_before_it_is_known(notice, monkeypatch):
    monkeypatch.setattr(bringing, "AT_ONCE", 1)
    client = staff()
    _waiting, place = brought(client)
    words = ("Would be taken in as new", "New customers", "Rows that bring a prohibition")
    assert not any(one in text_of(client.get(place)) for one in words)
    while run_next(timezone.now()):
        pass
    assert all(one in text_of(client.get(place)) for one in words)


def test_the_page_counts_orders_that_would_be_completed(notice):
    client = staff()
    delivered = ORDERS.replace("Tuote\n", "Tuote;Toimitettu\n").replace("Vene", "Vene;3.2.2026")
    for content, count in ((ORDERS, 0), (delivered, 1)):
        _waiting, place = brought(client, content, source_kind="purchase")
        assert f"Would complete what is there {count}" in text_of(client.get(place))
        run(client, place)
    assert "Completed what was there 1" in text_of(client.get(place))
    assert Order.objects.get().delivered_on is not None


DECLINED = "Nimi;Sähköposti;Tila\nA Koe;a@koe.example;Aktiivinen\nB Ek;b@koe.example;declined\n"


def test_p52_whoever_leaves_out_words_of_refusal_says_that_they_forbid_nothing(notice):
    """P14, P52: a column that may say no is not dropped before somebody has looked."""
    client = staff()
    waiting, place = brought(client, DECLINED)
    page = text_of(client.get(place))
    assert "I have looked: nothing is forbidden by Tila" in page
    run(client, place)
    waiting.refresh_from_db()
    assert waiting.is_waiting
    assert "say so below" in text_of(client.get(place))

    client.post(place, {"run": "1", "duplicates": "skip", "looked": "1"})
    waiting.refresh_from_db()
    assert waiting.ordered_at


def test_p52_nothing_is_asked_of_a_column_that_was_sent_to_a_prohibition(notice):
    """P52."""
    client = staff()
    waiting, place = brought(client, DECLINED)
    sent = {**mapping(client.get(place)), column(waiting, "Tila"): "marketing_allowed"}
    page = client.post(place, {**sent, "file": file_of(DECLINED)}, follow=True)
    assert "I have looked" not in text_of(page)
    assert Import.objects.latest("pk").counts["forbidden"] == 1


def test_p52_a_page_says_which_column_forbids_what_and_how_often(notice):
    """P52: before the rows come in, also of a row that is refused for something else."""
    client = staff()
    waiting, place = brought(client, f"{ROWS}Bo Ek;no address;;;ei\n")
    page = text_of(client.get(place))
    assert "Markkinointilupa: Brings a prohibition of marketing. Rows: 1." in page
    lines = text_of(client.get(place, {"fate": "forbids"}))
    assert "2 Markkinointilupa: Brings a prohibition of marketing." in lines
    report = b"".join(client.get(f"{LIST}{waiting.pk}/report/").streaming_content).decode()
    assert report.count("Brings a prohibition of marketing.") == 1


NAMES_ALONE = "Virva Valta;Tampere\nAino Äijälä;Turku\nEero Elo;Oulu\n"


def test_p20_somebody_says_whether_the_first_row_is_headings(notice):
    """The guess is told, may be changed, and leaves nobody's name behind."""
    client = staff()
    first, place = brought(client, NAMES_ALONE)
    page = text_of(client.get(place))
    assert "Line 1 was taken for headings" in page
    assert first.reading["headings"] == "guessed"
    told = {"kind": "customers", "language": "fi", "headings": "no"}
    response = client.post(place, {**told, "file": file_of(NAMES_ALONE)})
    second = Import.objects.latest("pk")
    assert (response.status_code, second.rows) == (302, 3), errors(response)
    assert second.reading["headings"] == "denied"
    told = {**mapping(client.get(response["Location"])), "language": "sv"}
    response = client.post(response["Location"], {**told, "file": file_of(NAMES_ALONE)})
    third = Import.objects.latest("pk")
    assert (third.rows, third.reading["headings"], third.reading["language"]) == (3, "denied", "sv")
    run(client, response["Location"])
    assert Customer.objects.filter(family_name="Valta").exists()
    assert not any("Valta" in str(one.reading) for one in Import.objects.all())


def test_p20_what_was_guessed_to_be_headings_goes_with_the_file(notice):
    client = staff()
    content = "Virva Valta;Tampere\na@koe.example;5\nb@koe.example;ei postia\n"
    _bringing, place = brought(client, content)
    assert "Tampere" in text_of(client.get(place))
    client.post(place, {"run": "1", "duplicates": "skip", "looked": "1"})
    run(client, place)
    assert Customer.objects.count() == 2
    told = str(list(Import.objects.values())) + str(list(ImportLine.objects.values()))
    assert ImportLine.objects.filter(column="(2)").exists()
    assert "Virva" not in told
    assert "Tampere" not in told
    assert "Virva" not in text_of(client.get(place))
