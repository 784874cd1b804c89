"""The page on which staff ask the person, and what the person sees of it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audit.reasons import because
from rights_requests import decisions, doubting
from rights_requests.deadlines import received_on
from rights_requests.letters import mark_sent
from rights_requests.models import Doubt, LinkPurpose
from staff.roles import Role
from tests.factories import CustomerFactory, DoubtFactory, NoticeFactory, UserFactory
from tests.rights_requests.asking import address
from tests.rights_requests.at_the_desk import QUEUE, ask, page_of, said, staff

WHY = "The mailbox is said to be stolen."
QUESTION = {"reason": "contradiction", "means": "detail", "why_not_milder": WHY}


@pytest.fixture
def contact(db):
    NoticeFactory(in_force=True)
    return staff(Role.DATA_PROTECTION_CONTACT)


def test_staff_ask_for_a_reason_from_the_list_and_the_clock_stands_still(contact):
    """I05, T06"""
    asked = ask("access")
    page = contact.get(page_of(asked))
    assert page_of(asked, "ask") in page.text
    form = contact.get(page_of(asked, "ask")).context["form"]
    assert [key for key, _label in form.fields["means"].choices] == [
        "detail",
        "signed",
        "in_person",
    ]
    response = contact.post(page_of(asked, "ask"), QUESTION, follow=True)
    assert said(response) == ["The letter is written. The clock stands still from when it leaves."]
    doubt = Doubt.objects.get()
    mark_sent(doubt.letter, now=timezone.now())
    page = contact.get(page_of(asked)).text
    assert "The clock stands still until the person answers." in page
    assert page_of(asked, "ask") not in page
    assert "the clock stands still" in contact.get(QUEUE).text
    today = received_on(timezone.now())
    response = contact.post(page_of(asked, "answered"), {"came_on": f"{today}"}, follow=True)
    assert said(response) == ["The answer is recorded: the clock goes on."]
    assert asked.demands.get().due_on


def test_no_answer_comes_tomorrow(contact):
    asked = ask("access")
    DoubtFactory(request=asked)
    tomorrow = received_on(timezone.now()) + timedelta(days=1)
    response = contact.post(page_of(asked, "answered"), {"came_on": f"{tomorrow}"})
    assert "This day is in the future." in response.text
    assert Doubt.objects.open().exists()


def test_what_is_harder_than_the_mildest_is_not_asked_without_its_reason(contact):
    """I05: the link in the receipt is still unused."""
    asked = ask("access")
    response = contact.post(page_of(asked, "ask"), QUESTION | {"why_not_milder": "No."})
    assert "Something milder is left." in response.text
    assert not Doubt.objects.exists()


@pytest.mark.parametrize("act", ["ask", "answered"])
def test_of_whom_a_proof_has_shown_nothing_is_asked(contact, act):
    """P51"""
    aino = CustomerFactory(email="aino@koe.example")
    asked = ask("access", customer=aino, proof="proven_email")
    assert page_of(asked, "ask") not in contact.get(page_of(asked)).text
    today = received_on(timezone.now())
    contact.post(page_of(asked, act), QUESTION | {"came_on": f"{today}"})
    assert not Doubt.objects.exists()


@pytest.mark.parametrize("means", ["detail", "code"])
def test_the_person_sees_that_and_why_something_was_asked_and_never_by_which_means(
    client, means, contact
):
    """I08, T06: a code by post would tell that the register has an address."""
    asked = ask("access")
    DoubtFactory(request=asked, means=means)
    with because("Made for a test"):
        asked.reckon_again()
    link = asked.links.get(purpose=LinkPurpose.STATUS)
    page = client.get(address("status", link.token, language="en")).text
    assert "we asked you something. Why: the parts of the request do not agree" in page
    assert "The time to answer stands still until you answer us." in page
    assert "Show us that it is you who asks, as our letter says." in page
    assert "From that day until your answer, the time to answer you stands still." in page
    assert "invoice number" not in page
    assert "a code that we post" not in page


def test_a_code_is_typed_on_the_page_also_where_the_link_of_another_e_mail_was_used(
    client, contact
):
    """I04, T06: else the question could not be answered, and the clock would stand for ever."""
    now = timezone.now()
    aino = CustomerFactory(email="aino@koe.example", street="Koetie 1", city="Helsinki")
    asked = ask("access", customer=aino, email="other@koe.example")
    assert decisions.prove_by_link(asked.links.get(purpose=LinkPurpose.PROOF), now=now)
    words = {"reason": "address", "means": "code", "by": UserFactory()}
    doubt = doubting.ask(asked, now=now, **words)
    mark_sent(doubt.letter, now=now)
    path = address("status", asked.links.get(purpose=LinkPurpose.STATUS).token, language="en")
    page = client.get(path).text
    assert 'name="code"' in page
    assert "e-mail address confirmed on" in page
    code = asked.links.get(purpose=LinkPurpose.CODE).token
    assert client.post(path, {"act": "code", "code": code})["Location"].endswith("done=proven")
    assert not Doubt.objects.open().exists()
    assert 'name="code"' not in client.get(path).text


@pytest.mark.parametrize("email", ["aino@koe.example", "other@koe.example"])
def test_whether_a_code_was_posted_is_not_seen_on_the_page(client, contact, email):
    """I08: whoever has proven an address, and no more, may type one, found or not."""
    asked = ask("access", email=email)
    assert decisions.prove_by_link(asked.links.get(purpose=LinkPurpose.PROOF), now=timezone.now())
    path = address("status", asked.links.get(purpose=LinkPurpose.STATUS).token, language="en")
    page = client.get(path).text
    aino = CustomerFactory(email="aino@koe.example", street="Koetie 1", city="Helsinki")
    decisions.link(asked, aino, now=timezone.now())
    decisions.send_code(asked, now=timezone.now())
    assert client.get(path).text == page


def test_what_we_asked_about_the_data_is_told(client, contact):
    """T07: the letter that asks has reached whoever is known."""
    asked = ask("access", proof="signature")
    DoubtFactory(request=asked, reason="large_quantity", means="which_data")
    link = asked.links.get(purpose=LinkPurpose.STATUS)
    page = client.get(address("status", link.token, language="en")).text
    assert "Tell us which of the data you mean, or which use of them." in page


@pytest.mark.parametrize(
    ("form", "words"),
    [("came_on_form", "the answer to our question"), ("proof_form", "the proof")],
)
def test_each_day_is_told_from_the_day_of_the_request(contact, form, words):
    """T06: the day typed here ends the pause; with the day of the request there would be none."""
    asked = ask("access")
    DoubtFactory(request=asked)
    field = contact.get(page_of(asked)).context[form].fields["came_on"]
    assert f"The day when {words} reached us, not the day of the request." in field.help_text


def test_a_paper_that_shows_who_asks_is_kept_as_such(contact):
    """I09: apart from the request's own papers, as it goes sooner."""
    asked = ask("access")
    paper = SimpleUploadedFile("signed.pdf", b"%PDF-1.7 signed")
    said = {"proof": "signature", "evidence": "signed letter", "scans": paper}
    page = contact.get(page_of(asked)).text
    assert "They are erased within 30 days" in page
    contact.post(page_of(asked, "proof"), said)
    assert list(asked.scans.values_list("shows_who", "content_type")) == [(True, "application/pdf")]
    not_a_paper = SimpleUploadedFile("page.html", b"<p>")
    response = contact.post(page_of(asked, "proof"), said | {"scans": not_a_paper})
    assert "is no PDF, JPEG or PNG." in response.text
    assert asked.scans.count() == 1
