"""What staff read of a request before and after they decide: whole, and in the right language."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from notices.terms import DataCategory
from register.holds import blocks
from rights_requests import decisions, doubting
from rights_requests.admin.consequences import consequences, others_of
from rights_requests.desk import next_step, today_at, with_letters
from rights_requests.letters import mark_sent
from rights_requests.models import LetterKind, RightsRequest
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
from tests.rights_requests.at_the_desk import act_on, ask, page_of_letter, staff

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


def test_whoever_erases_is_told_which_open_requests_ask_for_the_data():
    """A09, I08: by number; they delay nothing, and what is of somebody else is not named."""
    aino = CustomerFactory(given_name="Aino", family_name="Kajo", email="aino@koe.example")
    asked = ask("erasure", customer=aino, proof="in_person")
    same, other = "AINO@koe.example", "other@koe.example"
    unproven = ask("access", email=same)
    elsewhere = ask("portability", email=other, customer=aino, proof="proven_email")
    ask("access", email=same, name="Eino Toinen")
    ask("access", email=other)
    ask("erasure", email=same)
    decisions.withdraw(ask("access", email=same), now=timezone.now())
    said = (
        "These ask for the data too, and nobody has shown who asks: "
        f"{unproven.number} (access), {elsewhere.number} (data portability). They delay nothing, "
        "and will find nothing after the erasure."
    )
    page = staff().get(act_on(asked, "erasure", "grant")).text
    assert said in page
    assert decisions.hindrances(asked.demands.get()) == []
    decisions.prove(unproven, "proven_email", now=timezone.now())
    [stop] = decisions.hindrances(asked.demands.get())
    assert unproven.number in str(stop)
    told = consequences(asked.demands.get(), [], others_of(asked))
    assert not [one for one in told if f"{unproven.number} (access)" in one]


def step(asked):
    """What the desk says is next, as on the page and in the queue."""
    found = with_letters(RightsRequest.objects.all()).get(pk=asked.pk)
    return next_step(
        found,
        blocked=[],
        telling=False,
        posting=found.is_posting,
        asking=found.is_asking,
        to_ask=found.is_to_ask,
    )


def test_nobody_waits_for_a_proof_that_nobody_has_asked_for():
    """I02, I05: a letter without an e-mail has no link; a code lies until it is posted."""
    asked = ask("access", email="", street="Koetie 1", city="Helsinki")
    assert step(asked) == "Find the customer, then ask for a proof."
    aino = CustomerFactory(email="aino@koe.example", street="Koetie 1", city="Helsinki")
    decisions.link(asked, aino, now=timezone.now())
    assert step(asked) == "Ask for a proof, or record one."
    letter = decisions.send_code(asked, now=timezone.now())
    lies = "Post the letter that asks, then press"
    assert step(asked).startswith(lies)
    contact = staff()
    where = "admin:rights_requests_rightsrequest_"
    assert lies in contact.get(reverse(f"{where}change", args=[asked.number])).text
    assert lies in contact.get(reverse(f"{where}changelist")).text
    mark_sent(letter, now=timezone.now())
    assert step(asked).startswith("Wait for the proof")
    decisions.send_code(asked, now=timezone.now())
    decisions.prove(asked, "signature", now=timezone.now(), by=UserFactory())
    assert step(asked) == "Decide: access."


@pytest.mark.parametrize("means", ["code", "detail"])
def test_a_question_on_paper_is_posted_before_its_answer_is_waited_for(means):
    """T06: it stops no clock while it lies in the house."""
    asked = ask("access", email="", street="Koetie 1", city="Helsinki")
    aino = CustomerFactory(email="aino@koe.example", street="Koetie 1", city="Helsinki")
    decisions.link(asked, aino, now=timezone.now())
    words = {"reason": "address", "means": means, "why_not_milder": "The last one came back."}
    doubt = doubting.ask(asked, by=UserFactory(), now=timezone.now(), **words)
    assert step(asked).startswith("Post the letter that asks")
    mark_sent(doubt.letter, now=timezone.now())
    assert step(asked) == "Wait for the answer to our question."


def test_who_has_shown_another_address_is_asked_before_it_is_waited_for():
    """I04"""
    aino = CustomerFactory(email="aino@koe.example", street="Koetie 1", city="Helsinki")
    asked = ask("access", email="other@koe.example")
    assert step(asked).startswith("Wait for the proof")
    decisions.prove(asked, "proven_email", now=timezone.now())
    decisions.link(asked, aino, now=timezone.now())
    assert step(asked).startswith("Ask for another proof")
    letter = decisions.send_code(asked, now=timezone.now())
    assert step(asked).startswith("Post the letter that asks")
    mark_sent(letter, now=timezone.now())
    assert step(asked).startswith("Wait for the proof")
