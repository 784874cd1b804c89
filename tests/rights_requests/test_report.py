"""The access report: all of article 15(1) and (2), as page, PDF, JSON and one file (A01-A09)."""

import io
import json
import tracemalloc
import zipfile
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from pypdf import PdfReader

from audit.files import keep
from audit.reasons import because
from notices.authority import authority
from notices.models import governing_notice
from notices.publishing import adopt
from register.models import Attachment, Customer, NoticeGiven, Order, Remark
from rights_requests import copies, decisions
from rights_requests.forgetting import forget_old
from rights_requests.models import Link, Report, ReportPart
from rights_requests.models.letters import address_of
from rights_requests.report import document as documents
from rights_requests.report.document import LISTS, as_json, stored, whole
from rights_requests.report.page import as_page
from rights_requests.report.paper import as_pdf, volumes_of
from tests.factories import (
    ClauseFactory,
    CollectionFactory,
    ConsultationFactory,
    CustomerFactory,
    DisclosureFactory,
    InvoiceFactory,
    ItemFactory,
    NoticeFactory,
    OrderFactory,
    OrderLineFactory,
    PaperFactory,
    PaymentFactory,
    ProhibitionFactory,
    RecipientFactory,
    ScanFactory,
    UserFactory,
)
from tests.rights_requests.at_the_desk import ask

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Page>>endobj\ntrailer<<>>\n%%EOF\n"


def in_force(**promised):
    """A notice with what the report tells of it."""
    draft = NoticeFactory(
        contact_email="yhteys@koepaja.example",
        **{
            "purposes": {"orders": "contract", "relationship": "legitimate_interest"},
            "recipients": ["accounting", "collection_agency", "partner"],
            "grounds": ["collection"],
            **promised,
        },
    )
    ClauseFactory(
        notice=draft, kind="retention", term="relationship_end", years=10, inactive_months=24
    )
    return adopt(draft, now=timezone.now(), reason="Test")


@pytest.fixture(autouse=True)
def notice():
    return in_force()


@pytest.fixture(autouse=True)
def private_files(tmp_path, monkeypatch):
    storage = storages["private"]
    monkeypatch.setattr(storage, "_location", str(tmp_path), raising=False)
    for name in ("base_location", "location"):
        storage.__dict__.pop(name, None)
    yield
    for name in ("base_location", "location"):
        storage.__dict__.pop(name, None)


@pytest.fixture
def aino():
    customer = CustomerFactory(
        given_name="Aino",
        family_name="Kajo",
        email="aino@koe.example",
        phone="020 000 1234",
        collection=CollectionFactory(source_name="Messut"),
    )
    OrderLineFactory(order=OrderFactory(customer=customer, number="T-77"), description="Huolto")
    PaymentFactory(invoice=InvoiceFactory(customer=customer, number="L-77"), amount=Decimal(20))
    return customer


def given(customer, language="en", **columns):
    """The request for access of `customer`, granted."""
    asked = ask("access", customer=customer, proof="in_person", language=language, **columns)
    decisions.grant(asked.demands.get(), by=UserFactory(), now=timezone.now())
    return asked


def report_of(asked):
    return stored(Report.objects.get(demand__request=asked))


def chapter(document, key):
    every = [*document.head["chapters"], *document.head["rights"]]
    [found] = [one for one in every if one["key"] == key]
    return " ".join([*found["paragraphs"], *found["items"]])


def glance(document):
    return {one["label"]: one["text"] for one in document.head["glance"]}


def path_of(asked):
    link = Link.objects.working(timezone.now()).get(request=asked, purpose="report")
    return "/" + address_of(link).split("/", 3)[3]


def body_of(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_it_has_all_of_article_15(aino):
    """A02, A03, A09: purposes with their basis, categories, recipients by name, transfers with
    their tool, the period, rights, complaint, automated decisions, as of the day of the reply."""
    RecipientFactory(name="Tilitoimisto Koe", has_standing_access=True)
    agency = RecipientFactory(name="Perintä Koe", kind="collection_agency", contract_on=None)
    DisclosureFactory(customers=[aino], recipient=agency, ground="collection", categories=["name"])
    ConsultationFactory(customer=aino, looked_by=UserFactory(name="Päivi Päättäjä"))
    document = report_of(given(aino))
    assert "Contract (GDPR article 6(1)(b)): managing, archiving and handling orders" in chapter(
        document, "purposes"
    )
    assert (
        "Legitimate interest (GDPR article 6(1)(f)): taking care of the customer relationship"
        in chapter(document, "purposes")
    )
    assert "first and last name" in chapter(document, "categories")
    told = chapter(document, "recipients")
    assert "Tilitoimisto Koe (accounting firm) sees these all the time" in told
    assert "Perintä Koe (debt collection agencies) got data 1 time, last on" in told
    assert "None of them is outside the EU" in chapter(document, "transfers")
    assert "from the end of the customer relationship" in chapter(document, "retention")
    assert "no decision about you is made by a program alone" in chapter(document, "automated")
    assert "Object to what rests on our legitimate interest" in chapter(document, "rights")
    assert "You may do all of this at any time, free of charge." in chapter(document, "rights")
    assert authority("en").postal_address in chapter(document, "complaint")
    assert document.head["taken_at"].startswith(timezone.localdate().isoformat())
    assert [one["key"] for one in document.head["contents"]][:3] == ["customer", "invoice", "order"]
    assert "Päivi" not in str(whole(document))


@pytest.mark.parametrize("is_told", [False, True])
def test_purposes_are_those_that_the_person_was_told_of(aino, is_told):
    """A04, C04, V02, art. 15(1)(a): a request under way stays under its notice; what a newer one
    adds is used for nobody before they were told."""
    asked = ask("access", customer=aino, proof="in_person")
    in_force(purposes={"orders": "contract", "statistics": "legitimate_interest"})
    if is_told:
        with because("Test"):
            NoticeGiven.objects.record(
                [aino.pk], notice=governing_notice(), channel="letter", on=timezone.localdate()
            )
    with because("Test"):
        decisions.grant(asked.demands.get(), by=UserFactory(), now=timezone.now())
    told = chapter(report_of(asked), "purposes")
    assert "taking care of the customer relationship" in told
    assert ("statistics" in told) is is_told


def test_who_saw_the_data_until_a_day_is_told_so(aino):
    """A02, P18: and who had ended before the data came is nobody's recipient."""
    today = timezone.localdate()
    for name, ended in (("Kirjuri Koe", today), ("Entinen Koe", today - timedelta(days=1))):
        RecipientFactory(name=name, has_standing_access=True, ended_on=ended)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        document = report_of(given(aino))
    told = chapter(document, "recipients")
    assert "Kirjuri Koe (accounting firm) saw these all the time until " in told
    assert "Kirjuri Koe (saw the data all the time)" in glance(document)["Given to"]
    assert "Entinen Koe" not in str(whole(document))


def test_the_first_page_says_who_has_what_at_a_glance(aino):
    """P48"""
    agency = RecipientFactory(name="Perintä Koe", kind="collection_agency", contract_on=None)
    DisclosureFactory(customers=[aino], recipient=agency, ground="collection", categories=["name"])
    ConsultationFactory(customer=aino)
    told = glance(report_of(given(aino)))
    assert told["Given to"] == "Perintä Koe"
    assert told["Who looked"].startswith("our staff 1 time, last on ")
    assert "orders: 1" in told["What we hold"]
    assert "(Messut)" in told["Where from"]
    assert "Not shown to you" not in told


def test_what_leaves_the_eea_is_told_with_its_tool(aino):
    """A02: art. 15(2)"""
    in_force(transfers=["standard_clauses"])
    RecipientFactory(
        name="Cloud Koe",
        country="US",
        has_standing_access=True,
        transfer_tool="standard_clauses",
        transfer_reason="The server is there.",
    )
    told = chapter(report_of(given(aino)), "transfers")
    assert "Cloud Koe, United States of America" in told
    assert "standard contractual clauses (art. 46)" in told
    assert "The server is there." in told


def test_what_keeps_this_person_s_data_is_told_with_the_day(aino):
    """D05r, E10: the period is counted for this person, with what keeps the data longer."""
    told = chapter(report_of(given(aino)), "retention")
    assert "Invoice L-77 is not paid." in told
    assert "Invoices stay for bookkeeping" in told


def test_looks_and_papers_taken_out_are_told_without_a_name(aino):
    """A03, D05r: also that somebody took a paper out of its place."""
    paper = PaperFactory(customer=aino, title="Tilaus", place=None)
    taker = UserFactory(name="Päivi Päättäjä")
    with because("Test"):
        paper.loans.create(taken_by=taker, recorded_by=taker, taken_at=timezone.now())
    ConsultationFactory(customer=aino, looked_by=taker)
    found = whole(report_of(given(aino)))
    sections = {one["key"]: one for one in found["sections"]}
    [loan] = sections["paper"]["rows"][0]["rows"]
    assert [one["key"] for one in loan["values"]] == ["loan.taken_at"]
    assert len(sections["consultation"]["rows"]) == 1
    assert "Päivi" not in str(found)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_it_speaks_the_language_of_the_request(aino, language):
    """P50: whatever the page around it speaks."""
    asked = given(aino, language)
    document = report_of(asked)
    with override(language):
        label = str(Order._meta.verbose_name_plural)
    page = body_of(Client().post(path_of(asked).replace(f"/{language}/", "/en/", 1))).decode()
    assert document.head["language"] == language
    assert label.capitalize() in page
    assert f'<div class="report" lang="{language}">' in page


def test_the_page_has_every_value_and_no_script(aino):
    """A04, A10, I01: faithful, and nothing but our own style."""
    asked = given(aino)
    page = body_of(Client().post(path_of(asked))).decode()
    for text in ("020 000 1234", "T-77", "Huolto", "L-77", "Messut", "At a glance"):
        assert text in page
    assert "<script" not in page
    assert " style=" not in page
    assert page.count("<h1") == 1


def test_the_json_is_the_same_whether_it_is_read_whole_or_piece_by_piece(aino, monkeypatch):
    """A06"""
    monkeypatch.setattr(documents, "A_PIECE", 200)
    document = report_of(given(aino))
    assert ReportPart.objects.count() > 5
    found = json.loads(b"".join(as_json(document)))
    assert [key for key in found if key in LISTS] == list(LISTS)
    assert found == whole(document)
    assert document.is_long
    # an empty list is there too
    assert found["told"] == []


def test_what_was_given_is_stored_encrypted_and_goes_with_the_copy(aino):
    """A06, P67"""
    asked = given(aino)
    for part in ReportPart.objects.all():
        assert b"aino@koe" not in bytes(part.content)
    with because("Test"):
        asked.refresh_from_db()
        asked.closed_at = timezone.now()
        asked.save()
    forget_old(now=timezone.now() + timedelta(days=91))
    assert not ReportPart.objects.exists()
    assert Report.objects.get().content is None


def test_the_papers_come_with_it_also_after_an_erasure(aino):
    """A04, P62: the files themselves, as they were when the copy was given."""
    with because("Test"):
        Attachment(customer=aino, title="Tarjous").put(PDF, 1, collection=CollectionFactory())
    asked = ask("access", "erasure", customer=aino, proof="in_person")
    ScanFactory(request=asked, file=keep(ContentFile(b"\x89PNG scan")), content_type="image/png")
    access, erasure = asked.demands.all()
    decisions.grant(access, by=UserFactory(), now=timezone.now())
    invoice = aino.invoices.get()
    with because("Test"):
        PaymentFactory(invoice=invoice, amount=invoice.amount - 20)
        type(invoice).objects.settle([invoice.pk], collection=CollectionFactory(), reopen=False)
    decisions.grant(erasure, by=UserFactory(), now=timezone.now())
    path = path_of(asked)
    client = Client()
    assert body_of(client.post(path, {"file": "attachment-1.pdf"})) == PDF
    response = client.post(path, {"file": "scan-1.png"})
    assert body_of(response) == b"\x89PNG scan"
    assert response["Content-Disposition"] == 'attachment; filename="scan-1.png"'
    assert 'value="attachment-1.pdf"' in body_of(client.post(path)).decode()
    # nothing else is a file
    assert "Your data" in body_of(client.post(path, {"file": "../x"})).decode()


def test_one_file_has_everything(aino):
    """A06: as a page, as PDF, as JSON, and the papers."""
    with because("Test"):
        Attachment(customer=aino, title="Tarjous").put(PDF, 1, collection=CollectionFactory())
    asked = given(aino)
    response = Client().post(path_of(asked), {"format": "zip"})
    name = f'attachment; filename="seloste-{asked.number}-report.zip"'
    assert response["Content-Disposition"] == name
    with zipfile.ZipFile(io.BytesIO(body_of(response))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "index.html",
            "style.css",
            "report.pdf",
            "report.json",
            "files/attachment-1.pdf",
        ]
        assert archive.read("files/attachment-1.pdf") == PDF
        assert b'href="files/attachment-1.pdf"' in archive.read("index.html")
        assert json.loads(archive.read("report.json"))["request"] == asked.number
        assert archive.read("report.pdf").startswith(b"%PDF-")


def test_the_pdf_is_for_the_archive_and_always_the_same(aino):
    """A06: PDF/A and for readers who listen."""
    document = report_of(given(aino, "fi"))
    with override("fi"):
        made = as_pdf(document)
        assert made == as_pdf(document)
    assert b"pdfaid:part" in made
    assert b"pdfuaid:part" in made


def test_a_pdf_of_very_much_comes_in_volumes_and_leaves_nothing_out(aino, monkeypatch):
    """A04: each takes no more than so much memory."""
    monkeypatch.setattr("rights_requests.report.paper.A_VOLUME", 3)
    for number in range(6):
        OrderFactory(customer=aino, number=f"T-8{number}")
    asked = given(aino)
    document = report_of(asked)
    most = volumes_of(document)
    assert most > 2
    path = path_of(asked)
    page = Client().get(path).text
    assert f"PDF, part {most} of {most}" in page
    first = Client().post(path, {"pdf": "1"})
    last = Client().post(path, {"pdf": str(most)})
    assert first.content.startswith(b"%PDF-")
    assert last["Content-Disposition"].endswith(f'-{most}.pdf"')
    assert Client().post(path, {"pdf": str(most + 1)})["Content-Type"].startswith("text/html")


def test_ten_times_as_much_takes_no_more_memory(aino, monkeypatch):
    """A04: rows are read, kept and shown block by block."""
    monkeypatch.setattr(documents, "A_PIECE", 64 * 1024)

    def peak(customer, count):
        with because("Test"):
            rows = [Order(customer=customer, number=f"{customer.pk}-{one}") for one in range(count)]
            for row in rows:
                row.ordered_on = timezone.localdate()
            Order.objects.store(rows, collection=CollectionFactory())
        document = report_of(given(customer))
        tracemalloc.start()
        for _piece in as_json(document):
            pass
        with override("en"):
            for _piece in as_page(document, "requests/copy.html", {"languages": []}):
                pass
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few = peak(Customer.objects.get(pk=aino.pk), 300)
    many = peak(CustomerFactory(email="many@koe.example"), 3_000)
    assert many < 1.5 * few


def test_somebody_of_whom_nothing_is_held_is_told_so_in_writing():
    """A01, P48: the request itself not counted."""
    asked = given(None)
    letter = asked.letters.get(kind="answer_nothing_held")
    assert "found nothing" in letter.body
    assert "We keep only your request" in letter.body
    assert not Report.objects.exists()


def test_requests_letters_and_what_belongs_to_them_are_in_it(aino):
    """A04, P49: what was asked before, what became of it, and what was written."""
    ProhibitionFactory()
    before = ask("restriction", customer=aino, proof="in_person")
    now = timezone.now()
    decisions.grant(before.demands.get(), by=UserFactory(), now=now, ground="accuracy")
    found = copies.copy_of(ask("access", customer=aino, proof="in_person"), now=now)
    [first, second] = found["requests"]
    assert (first["number"], first["rights"][0]["outcome"]) == (
        before.number,
        f"Granted on {timezone.localdate():%-d %B %Y}.",
    )
    assert second["rights"][0]["outcome"] == "This report is the answer."
    assert [one["subject"] for one in first["letters"]]


def test_one_correction_is_told_once_of_an_invoice_however_many_values_it_changed(aino):
    """R05, A04: a note stands beside each value of the voucher."""
    now = timezone.now()
    for about, columns in (("L-77", ["street", "postcode", "city", "country"]), ("L-78", ["city"])):
        for place, column in enumerate(columns):
            with because("Test"):
                Remark.objects.create(
                    customer=aino,
                    kind="corrected",
                    category="postal_address",
                    about=about,
                    made_at=now,
                    because_of="2026-3",
                    of_model="invoice",
                    of_row=place,
                    column=f"billed_{column}",
                )
    document = report_of(given(aino))
    [section] = [one for one in whole(document)["sections"] if one["key"] == "remark"]
    told = [{one["key"]: one["value"] for one in row["values"]} for row in section["rows"]]
    assert [one["remark.about"] for one in told] == ["L-77", "L-78"]
    assert {"key": "remark", "label": section["label"], "count": 2} in document.head["contents"]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_where_each_disclosure_stands_is_named_by_its_own_heading(aino, language):
    """A02, art. 12(1)"""
    agency = RecipientFactory(name="Perintä Koe", kind="collection_agency", contract_on=None)
    DisclosureFactory(customers=[aino], recipient=agency, ground="collection", categories=["name"])
    head = report_of(given(aino, language)).head
    [heading] = [one["label"] for one in head["contents"] if one["key"] == "disclosure"]
    [chapter] = [one for one in head["chapters"] if one["key"] == "recipients"]
    assert heading in chapter["paragraphs"][0]


def test_a_report_without_disclosures_leads_to_none(aino):
    """A02: who sees the data all the time is told at that place."""
    RecipientFactory(name="Tilitoimisto Koe", has_standing_access=True)
    document = report_of(given(aino))
    [told] = [one for one in document.head["chapters"] if one["key"] == "recipients"]
    assert told["paragraphs"] == []
    assert "Tilitoimisto Koe (accounting firm) sees these" in told["items"][0]


def test_what_was_asked_for_an_item_stands_line_by_line_on_paper_too(aino):
    """A04, A06: as on the page."""
    before = ask("rectification", customer=aino, proof="in_person")
    ItemFactory(
        demand=before.demands.get(), category="phone", datum="020", wanted="040", ground="New one."
    )
    with override("en"):
        made = PdfReader(io.BytesIO(as_pdf(report_of(given(aino)))))
    lines = "\n".join(page.extract_text() for page in made.pages).splitlines()
    wanted = "What is wrong or missing: 020", "What it should be: 040", "Why: New one."
    assert [line for line in lines if line in wanted] == list(wanted)
