"""Papers of customers: PDF by content, encrypted, given out by one page, gone with the customer."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.reasons import because
from notices.personal_data import UndeclaredData
from register.erasure import erase
from register.models import Attachment
from register.models.invoices import NotThisCustomers
from staff.roles import Role
from tests.factories import (
    AttachmentFactory,
    CollectionFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
    OrderFactory,
    UndertakingFactory,
    UserFactory,
)
from tests.register.test_admin import ORIGIN, page_of
from tests.sign_in import sign_in

CASES = Path("/work/shared/cases/nasty/files")
ADD = reverse("admin:register_attachment_add")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Page>>endobj\ntrailer<<>>\n%%EOF\n"


def staff(role):
    user = UserFactory(role=role, language="en")
    UndertakingFactory(user=user)
    return sign_in(Client(), user)


@pytest.fixture
def handler(db):
    NoticeFactory(in_force=True)
    return staff(Role.HANDLER)


def sent(customer, content=PDF, name="tarjous.pdf", **values):
    return {
        "customer": customer.reference,
        "title": "",
        "order": "",
        "invoice": "",
        "upload": SimpleUploadedFile(name, content),
        **ORIGIN,
        "collected_on": "2026-03-05",
        **values,
    }


def on_disk():
    if not storages["private"].exists(""):
        return {}
    _folders, names = storages["private"].listdir("")
    return {name: Path(storages["private"].path(name)).read_bytes() for name in names}


def errors(response):
    return dict(response.context["adminform"].form.errors)


def test_a_paper_is_kept_encrypted_and_given_out_to_be_saved(handler):
    customer = CustomerFactory()
    order = OrderFactory(customer=customer, number="T-1")
    before = set(on_disk())
    handler.post(ADD, sent(customer, order="T-1"))
    paper = Attachment.objects.get()
    assert (paper.title, paper.order, paper.pages, paper.size) == (
        "tarjous.pdf",
        order,
        1,
        len(PDF),
    )
    stored = {name: raw for name, raw in on_disk().items() if name not in before}
    assert list(stored) == [paper.file]
    assert len(paper.file) == 32
    assert PDF not in stored[paper.file]
    address = reverse("admin:register_attachment_file", args=[paper.pk])
    assert address in handler.get(page_of(customer)).text
    response = handler.get(address)
    assert response.content == PDF
    assert {
        name: response[name]
        for name in (
            "Content-Type",
            "Content-Disposition",
            "X-Content-Type-Options",
            "Content-Security-Policy",
            "Cache-Control",
        )
    } == {
        "Content-Type": "application/pdf",
        "Content-Disposition": f'attachment; filename="{customer.reference}-{paper.pk}.pdf"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": (
            "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'"
        ),
        "Cache-Control": "private, no-store",
    }
    assert set(paper.collected) == {"customer", "title", "order"}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<html></html>", "This is no PDF, whatever its name says."),
        (PDF + b"<script>", "Something else is hidden in this PDF. Print it as a PDF anew."),
        (
            PDF.replace(b"/Type", b"/S/JavaScript/Type"),
            "This PDF has a script or another file in it. Print it as a PDF anew.",
        ),
        (PDF.replace(b"endobj", b"<</Type/Page>>" * 100), "The PDF has more than 100 pages."),
        (PDF + b" " * 1024 * 1024, "The file is larger than 1 MB."),
    ],
)
def test_another_file_is_refused_in_one_sentence_and_nothing_is_kept(
    handler, settings, content, why
):
    settings.ATTACHMENT_MAX_MB = 1
    before = set(on_disk())
    response = handler.post(ADD, sent(CustomerFactory(), content))
    assert errors(response) == {"upload": [why]}
    assert (set(on_disk()), Attachment.objects.count()) == (before, 0)


@pytest.mark.skipif(not CASES.exists(), reason="the nasty files are not at hand")
def test_each_nasty_file_is_refused_with_one_sentence(handler):
    customer, before = CustomerFactory(), set(on_disk())
    for path in sorted(CASES.iterdir()):
        response = handler.post(ADD, sent(customer, path.read_bytes(), name="tarjous.pdf"))
        assert len(errors(response)["upload"]) == 1, path.name
    assert (set(on_disk()), Attachment.objects.count()) == (before, 0)


@pytest.mark.skipif(not CASES.exists(), reason="the nasty files are not at hand")
def test_no_name_of_a_file_is_a_name_on_disk(handler):
    customer, before = CustomerFactory(), set(on_disk())
    names = json.loads((CASES / "file_names.json").read_text())
    for name in names:
        upload = SimpleUploadedFile("a", PDF)
        upload._name = name
        handler.post(ADD, sent(customer, upload=upload))
    papers = Attachment.objects.all()
    assert papers.count() >= len(names) - 2  # an empty name is no upload
    assert set(on_disk()) - before == {paper.file for paper in papers}
    page = handler.get(page_of(customer)).text
    assert "<img src=x" not in page
    assert "\u202e" not in page


def test_a_paper_belongs_to_orders_and_needs_them_in_the_notice(db):
    """P20: whatever its title, also by the shell."""
    NoticeFactory(declared=["name"], in_force=True)
    handler = staff(Role.HANDLER)
    assert handler.get(ADD).status_code == 403
    with because("Test"), pytest.raises(UndeclaredData) as refused:
        Attachment(customer=CustomerFactory()).put(PDF, 1, collection=CollectionFactory())
    assert list(refused.value.columns) == ["file"]
    assert not Attachment.objects.exists()


def test_a_paper_is_not_joined_to_another_customer_s_order_or_invoice(handler):
    customer = CustomerFactory()
    OrderFactory(number="T-1")
    InvoiceFactory(number="L-1")
    for column, number in (("order", "T-1"), ("invoice", "L-1")):
        response = handler.post(ADD, sent(customer, **{column: number}))
        assert errors(response) == {column: ["That is another customer's."]}
    assert errors(handler.post(ADD, sent(customer, order="T-9"))) == {
        "order": ["There is no such number."]
    }
    with because("Test"), pytest.raises(NotThisCustomers):
        AttachmentFactory(order=OrderFactory())


def test_accounting_and_strangers_get_no_paper(handler):
    """P18"""
    handler.post(ADD, sent(CustomerFactory()))
    address = reverse("admin:register_attachment_file", args=[Attachment.objects.get().pk])
    assert staff(Role.ACCOUNTING).get(address).status_code in (403, 404)
    assert Client().get(address).status_code == 302
    assert handler.post(address).status_code == 405


def test_a_paper_is_removed_for_good_by_a_tick(handler, django_capture_on_commit_callbacks):
    customer = CustomerFactory()
    handler.post(ADD, sent(customer))
    paper = Attachment.objects.get()
    address = reverse("admin:register_attachment_change", args=[paper.pk])
    form = {"title": paper.title, "order": "", "invoice": "", "removal": "on", **ORIGIN}
    with django_capture_on_commit_callbacks(execute=True):
        response = handler.post(address, form | {"collected_on": "2026-03-06"})
    assert response.status_code == 302
    removed = Attachment.objects.get()
    assert (removed.file, removed.title, removed.pages) == ("", "", 0)
    assert paper.file not in on_disk()
    assert "removed" in handler.get(address).text
    assert handler.get(address.replace("change", "file")).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_an_erasure_takes_the_files_along_and_those_of_others_stay():
    """P67, E07"""
    NoticeFactory(in_force=True)
    papers = [Attachment(customer=CustomerFactory(), title="Tarjous Ainolle") for _one in "ab"]
    with because("Test"):
        for paper in papers:
            paper.put(PDF, 1, collection=CollectionFactory())
        erased, kept = papers
        name = erased.file
        erase(erased.customer, request_number="2026-1", now=datetime(2026, 6, 7, tzinfo=UTC))
    assert (name in on_disk(), kept.file in on_disk()) == (False, True)
    erased.refresh_from_db()
    assert (erased.file, erased.title) == ("", "")
    assert {row.file for row in erased.history.all()} == {""}
    with because("Test"):
        kept.remove(collection=CollectionFactory(), now=timezone.now())
