"""What staff read of a request before and after they decide: whole, and in the right language."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from notices.terms import DataCategory
from register.holds import blocks
from rights_requests import decisions
from rights_requests.admin.consequences import consequences, others_of
from rights_requests.desk import next_step, today_at
from rights_requests.models import LetterKind
from staff.undertaking import DEFAULT_TEXTS
from tests.factories import (
    AttachmentFactory,
    CustomerFactory,
    InvoiceFactory,
    LetterFactory,
    NoticeFactory,
    PaperFactory,
    UserFactory,
)
from tests.rights_requests.at_the_desk import ask, page_of_letter, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    NoticeFactory(in_force=True, declared=list(DataCategory), purposes={"orders": "contract"})
    with translation.override("en"):
        yield


def test_the_next_step_names_every_fact_that_keeps_the_data():
    """P30, P32, E04"""
    aino = CustomerFactory(email="aino@koe.example")
    InvoiceFactory(customer=aino)
    PaperFactory(customer=aino)
    asked = ask("erasure", customer=aino, proof="in_person")
    told = next_step(asked, blocked=blocks(aino), telling=False, posting=False)
    assert told.endswith("while this keeps the data: open invoice, paper to be shredded.")
    assert (
        told
        in staff()
        .get(reverse("admin:rights_requests_rightsrequest_change", args=[asked.number]))
        .content.decode()
    )


def test_an_erasure_that_waits_for_a_paper_says_which_to_shred_and_counts_it():
    """P32, E06: nothing but a person ends that."""
    aino = CustomerFactory(email="aino@koe.example")
    paper = PaperFactory(customer=aino)
    asked = ask("erasure", customer=aino, proof="in_person")
    decisions.grant(asked.demands.get(), by=UserFactory(), now=timezone.now(), wait=True)
    asked.refresh_from_db()
    told = next_step(asked, blocked=blocks(aino), telling=False, posting=False)
    assert told.startswith(f"Shred {paper} ({paper.place}), then press")
    assert today_at(timezone.now()).to_shred == 1
    front = staff().get(reverse("admin:index")).text
    assert f"{reverse('admin:register_paper_changelist')}?where=to_shred" in front
    asked = ask("erasure", customer=CustomerFactory(), proof="in_person")
    assert today_at(timezone.now()).to_shred == 1


def test_the_plan_of_an_erasure_names_the_attachments():
    """E10"""
    aino = CustomerFactory()
    AttachmentFactory(customer=aino)
    asked = ask("erasure", customer=aino, proof="in_person")
    assert "So does 1 attachment." in consequences(asked.demands.get(), [], others_of(asked))


def test_a_letter_that_was_forgotten_has_no_pdf():
    """P67: an empty sheet would look like a letter."""
    letter = LetterFactory(kind=LetterKind.RECEIPT, body="", sent_at=timezone.now())
    pdf = page_of_letter(letter, "pdf")
    desk = staff()
    assert pdf not in desk.get(page_of_letter(letter)).text
    assert desk.get(pdf).status_code == 404


def test_the_copy_is_in_the_language_of_the_request_for_staff_too():
    """P50, A04"""
    aino = CustomerFactory(email="aino@koe.example", language="fi")
    asked = ask("access", customer=aino, proof="in_person", language="fi")
    decisions.grant(asked.demands.get(), by=UserFactory(), now=timezone.now())
    page = reverse("admin:rights_requests_rightsrequest_copy", args=[asked.number])
    told = staff(language="en").get(page).text.partition('<div class="report" lang="fi">')[2]
    assert "Where from" not in told
    assert "<h1>Tietosi</h1>" in told


@pytest.mark.parametrize(
    ("language", "words"), [("fi", "kuka katsoi"), ("sv", "har sett"), ("en", "who looked")]
)
def test_the_undertaking_says_that_looking_is_recorded(language, words):
    """Q02, A03"""
    assert words in DEFAULT_TEXTS[language].replace("\n", " ")


def test_the_page_says_how_long_the_log_of_consultations_is_kept(client, settings):
    """D05r: as long as the program keeps it."""
    assert settings.CONSULTATION_YEARS == 3
    assert "when and for what: for 3 years" in client.get("/en/").text
