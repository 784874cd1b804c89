"""The pages of lists of customers: asked for, looked at, made, got, and who was on them."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from audit.reasons import because
from audit.tasks import run_next
from register.lists import labels
from register.lists.making import make
from register.models import CustomerList, Disclosure, Prohibition
from staff.roles import Role
from tests.factories import (
    CustomerFactory,
    CustomerListFactory,
    NoticeFactory,
    RecipientFactory,
    UserFactory,
)
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
ADD = reverse("admin:register_customerlist_add")
SENT = {"layout": "3x8", "purpose": "publication", "scope": "direct_advertising"}


@pytest.fixture(autouse=True)
def notice():
    return NoticeFactory(
        in_force=True,
        declared=["name", "email", "postal_address", "phone"],
        purposes={"orders": "contract", "publication": "legitimate_interest"},
        recipients=["partner"],
        grounds=["value_added_service"],
    )


@pytest.fixture
def contact(client):
    user = UserFactory(role=Role.DATA_PROTECTION_CONTACT, language="en", signed=True)
    sign_in(client, user)
    return user


def addressed(street="Koekatu 1", **fields):
    return CustomerFactory(**{"street": street, "postcode": "00100", "city": "Oulu"} | fields)


def page_of(asked):
    return reverse("admin:register_customerlist_change", args=[asked.pk])


def file_of(asked):
    return reverse("admin:register_customerlist_file", args=[asked.pk])


def now_made(**fields):
    asked = CustomerListFactory(language="en", **fields)
    make(asked, now=timezone.now())
    asked.refresh_from_db()
    return asked


def forbid(customer):
    with because("Made for a test"):
        Prohibition.objects.forbid_for(
            *(customer, ["direct_marketing"], ["processing"]),
            request_number="2026-1",
            today=timezone.localdate(),
        )


def test_a_list_is_asked_for_looked_at_made_and_got(client, contact):
    """P05, P14, A02"""
    aino = addressed(email="aino@koe.example")
    forbid(addressed("Koekatu 2", email="eero@koe.example"))
    asking = client.post(ADD, SENT)
    asked = CustomerList.objects.get()
    assert asking.url == page_of(asked)
    seen = client.get(page_of(asked)).text
    assert "<dt>Customers on the list</dt><dd>1</dd>" in seen
    assert "<dt>The customer has forbidden it</dt><dd>1</dd>" in seen
    assert not Disclosure.objects.exists()
    client.post(page_of(asked), {"make": "1"})
    assert "Waits for the worker" in client.get(page_of(asked)).text
    assert run_next(timezone.now())
    got = client.post(file_of(asked))
    assert got["Content-Disposition"] == f'attachment; filename="labels-{asked.pk}.pdf"'
    (sheet,) = PdfReader(io.BytesIO(got.getvalue())).pages
    assert aino.name in sheet.extract_text()
    asked.refresh_from_db()
    assert (asked.taken_by, asked.disclosure.disclosed_by) == (contact, contact)
    assert list(Disclosure.objects.about(aino)) == [asked.disclosure]


def test_who_was_on_it_is_found_from_both_sides(client, contact):
    """P14: "was I on it" has an answer on the customer's page."""
    aino = addressed()
    asked = now_made()
    ledger = reverse("admin:register_disclosure_change", args=[asked.disclosure_id])
    customer = reverse("admin:register_customer_change", args=[aino.reference])
    assert ledger in client.get(page_of(asked)).text
    seen = client.get(ledger).text
    assert customer in seen
    assert "Nobody has taken its file yet." in seen
    assert ledger in client.get(customer).text
    client.post(file_of(asked)).getvalue()
    assert f"first taken by {contact.name}" in client.get(ledger).text


def test_a_file_with_somebody_who_forbade_it_since_is_not_given_out(client, contact):
    """P14, P52, P65: one sentence and a button; the new list is without them."""
    aino, eero = addressed(email="aino@koe.example"), addressed("Koekatu 2")
    asked = now_made()
    assert "The file is ready" in client.get(page_of(asked)).text
    forbid(aino)
    seen = client.get(page_of(asked)).text
    assert "The file is ready" not in seen
    assert "Somebody on it may not be used for it any more." in seen
    assert 'name="anew"' in seen
    assert file_of(asked) not in seen
    refused = client.post(file_of(asked), follow=True)
    assert "This list is not given out any more. Somebody on it may not" in refused.text
    assert 'name="anew"' in refused.text
    asked.refresh_from_db()
    assert asked.ended_at
    assert asked.taken_at is None
    assert not asked.parts.exists()
    client.post(page_of(asked), {"anew": "1"})
    again = CustomerList.objects.get(disclosure=None)
    while run_next(timezone.now()):
        pass
    again.refresh_from_db()
    assert client.post(file_of(again)).getvalue().startswith(b"%PDF-")
    assert [one.customer for one in again.disclosure.disclosed.all()] == [eero]
    ledger = reverse("admin:register_disclosure_change", args=[asked.disclosure_id])
    assert "Nobody took its file before it was removed." in client.get(ledger).text


def test_a_file_is_given_out_for_a_day(client, contact):
    addressed()
    asked = now_made()
    CustomerList.objects.update(made_at=timezone.now() - timedelta(days=1, minutes=1))
    assert "A day has passed since it was made." in client.get(page_of(asked)).text
    assert "any more. A day has passed" in client.post(file_of(asked), follow=True).text
    asked.refresh_from_db()
    assert asked.ended_at


def test_what_may_not_be_asked_for_is_said_at_its_place(client, contact):
    """P05, P12, P28"""
    addressed()
    partner = RecipientFactory(kind="partner", categories=["name"])
    given = {"recipient": partner.pk, "ground": "value_added_service"}
    for sent, column in (
        ({"purpose": ""}, "purpose"),
        ({"purpose": "statistics"}, "purpose"),
        ({"scope": ""}, "scope"),
        ({"recipient": partner.pk}, "ground"),
    ):
        said = client.post(ADD, SENT | sent)
        assert said.status_code == 200
        assert column in said.context["form"].errors
    said = client.post(ADD, SENT | given)
    assert "This recipient may not have all of these data" in said.text
    assert not CustomerList.objects.exists()


def test_direct_advertising_under_a_purpose_without_it_is_refused_with_what_to_do(client, contact):
    """P11, P14, P52"""
    addressed()
    sent = SENT | {"purpose": "orders"}
    (said,) = client.post(ADD, sent).context["form"].errors["purpose"]
    assert said.startswith("People are not told of this use under this purpose: choose")
    assert not CustomerList.objects.exists()
    seen = client.post(ADD, sent | {"scope": "own_matter"}, follow=True).text
    assert "<dt>Purpose</dt><dd>managing, archiving and handling orders</dd>" in seen
    assert "<dt>Used for</dt>" not in seen
    assert CustomerList.objects.get().scope == ""


def test_the_page_names_whom_the_list_is_given_to(client, contact):
    """P28"""
    firm = RecipientFactory(
        name="Painotalo Koe Oy", kind="partner", categories=["name", "postal_address"]
    )
    asked = CustomerListFactory(recipient=firm, ground="value_added_service")
    seen = client.get(page_of(asked)).text
    assert "<dt>Recipient</dt><dd>Painotalo Koe Oy</dd>" in seen


def test_an_e_mail_list_tells_what_the_mail_must_carry(client, contact, notice):
    """M09"""
    said = client.get(page_of(CustomerListFactory(kind="emails", layout="csv"))).text
    assert "Each message must show at once that it is marketing." in said
    assert f"It must say who sends it: {notice.controller_name}." in said
    assert f"Yours is {notice.contact_point}." in said


def test_labels_and_telephone_numbers_have_their_own_words(client, contact, notice):
    """M10, M13"""
    said = client.get(page_of(CustomerListFactory())).text
    assert f"{notice.register_name}, {notice.controller_name}." in said
    calls = CustomerListFactory(kind="directory", layout="csv", categories=["phone"])
    sentence = "A sale by phone binds a consumer only after they have accepted your written offer"
    assert sentence in client.get(page_of(calls)).text
    assert sentence not in said


def test_several_documents_come_in_one_archive(client, contact, monkeypatch):
    monkeypatch.setattr(labels, "SHEETS", 1)
    names = [addressed(f"Koekatu {number}").name for number in range(17)]
    asked = now_made(layout="2x7")
    assert asked.parts.count() == 2
    got = client.post(file_of(asked))
    archive = zipfile.ZipFile(io.BytesIO(got.getvalue()))
    assert archive.namelist() == ["labels-001.pdf", "labels-002.pdf"]
    texts = [
        PdfReader(io.BytesIO(archive.read(name))).pages[0].extract_text()
        for name in archive.namelist()
    ]
    assert [sum(name in text for name in names) for text in texts] == [14, 3]


def test_a_page_of_a_list_takes_as_many_queries_for_many(client, contact):
    found = []
    for number in (2, 20):
        for _one in range(number):
            addressed()
        asked = CustomerListFactory()
        client.get(page_of(asked))
        with CaptureQueriesContext(connection) as queries:
            client.get(page_of(asked))
        found.append(len(queries))
    assert found[0] == found[1]


def test_who_forbade_marketing_alone_is_not_said_to_have_forbidden_publication(client, contact):
    """P14: out of a directory all the same, and for the true reason."""
    NoticeFactory(in_force=True, purposes={"orders": "contract", "publication": "consent"})
    aino = addressed(email="aino@koe.example")
    forbid(aino)
    customer = reverse("admin:register_customer_change", args=[aino.reference])
    told = "the customer has forbidden marketing, and lists serve that too"
    assert told in client.get(customer).text
    with because("Made for a test"):
        Prohibition.objects.forbid_for(
            *(aino, ["publication"], ["processing"]),
            request_number="2026-2",
            today=timezone.localdate(),
        )
    shown = client.get(customer).text
    assert told not in shown
    assert "the customer has forbidden it" in shown
