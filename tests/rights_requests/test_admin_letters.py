"""Letters at the desk: seen without their links, printed, posted, tried again."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from audit.models import Task
from audit.reasons import because
from audit.tasks import later, run_next
from rights_requests import decisions
from rights_requests.letters import DELIVER
from rights_requests.models import Deputy, Letter, Link, LinkPurpose, Proof
from staff.roles import Role
from tests.factories import (
    CustomerFactory,
    DeputyFactory,
    LetterFactory,
    NoticeFactory,
    UserFactory,
)
from tests.rights_requests.at_the_desk import LETTERS, ask, page_of_letter, said, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def notice(db):
    return NoticeFactory(in_force=True, contact_email="vastuu@koepaja.example")


@pytest.fixture
def handler(notice):
    return staff(Role.HANDLER)


@pytest.fixture
def contact(notice):
    return staff(Role.DATA_PROTECTION_CONTACT)


def lost(letter):
    """The worker has given the letter up."""
    with because("Test"):
        letter.failed_at, letter.fault = timezone.now(), "SMTPRecipientsRefused 550"
        letter.save()
    Task.objects.filter(act=DELIVER, subject=letter.pk).update(
        given_up_at=timezone.now(), tries=7, fault=letter.fault
    )
    return letter


def with_a_copy():
    """The answer to a request for access, with the link to the copy of the data."""
    customer = CustomerFactory(email="aino@koe.example")
    home = {"street": "Koekuja 1", "postcode": "00100", "city": "Helsinki"}
    asked = ask("access", customer=customer, proof="in_person", **home)
    decisions.grant(asked.demands.get(), by=UserFactory(), now=timezone.now())
    return asked.letters.get(kind="answer_access")


@pytest.fixture
def printed(monkeypatch):
    """Gives the text of a letter's PDF as `client` opens it."""
    monkeypatch.setattr(
        "rights_requests.admin.letters.pdf_of", lambda sheet: "\n".join(sheet.paragraphs).encode()
    )
    return lambda client, letter: client.get(page_of_letter(letter, "pdf")).text


def subjects(client, **query):
    return [row.subject for row in client.get(LETTERS, query).context["cl"].result_list]


def test_what_needs_hands_comes_first(handler):
    now = timezone.now()
    LetterFactory(subject="sent", sent_at=now)
    LetterFactory(subject="lost", failed_at=now, fault="Lost", written_at=now - timedelta(9))
    LetterFactory(subject="paper", medium="post", written_at=now - timedelta(5))
    LetterFactory(
        subject="posted", medium="post", sent_at=now - timedelta(1), written_at=now - timedelta(1)
    )
    assert subjects(handler) == ["lost", "paper", "sent", "posted"]
    assert subjects(handler, state="undelivered") == ["lost"]
    assert subjects(handler, state="to_post") == ["paper"]
    assert subjects(handler, state="overdue") == []
    assert subjects(handler, state="all") == subjects(handler)


def test_e_mail_that_has_waited_for_an_hour_has_a_tab_of_its_own(handler):
    """I13: a worker that has died says nothing."""
    now = timezone.now()
    long_ago = now - timedelta(minutes=61)
    LetterFactory(subject="late", written_at=long_ago)
    LetterFactory(subject="young", written_at=now - timedelta(minutes=59))
    LetterFactory(subject="sent", written_at=long_ago, sent_at=now)
    LetterFactory(subject="lost", written_at=long_ago, failed_at=now, fault="Lost")
    LetterFactory(subject="paper", written_at=long_ago, medium="post")
    assert subjects(handler, state="overdue") == ["late"]


def test_staff_read_a_letter_without_the_links_that_only_its_receiver_may_open(contact):
    """I08: nobody here proves somebody else's address."""
    asked = ask("access")
    letter = asked.letters.get(kind="receipt")
    page = contact.get(page_of_letter(letter)).text
    assert "Thank you for your request" in page
    for made in Link.objects.filter(request=asked):
        assert made.token not in page
    assert letter.mark not in page


def test_staff_read_a_letter_with_its_headings(contact):
    """art. 12(1): as on paper, not with the marks of the text."""
    letter = LetterFactory(body="Hello,\n\n## What to do\n\n- this\n- that\n")
    page = contact.get(page_of_letter(letter)).text
    assert "<h3>What to do</h3>" in page
    assert "<p>- this<br>- that</p>" in page
    assert "## " not in page


def test_the_page_tells_how_often_it_was_tried_and_why_it_failed(handler):
    letter = lost(ask("access").letters.get(kind="receipt"))
    page = handler.get(page_of_letter(letter)).text
    assert "not delivered: SMTPRecipientsRefused 550" in page
    assert "Tried 7 times." in page


def test_a_letter_on_paper_is_printed_and_marked_by_whoever_posts_it(handler):
    asked = ask("access", email="", street="Koekuja 1", postcode="00100", city="Helsinki")
    letter = asked.letters.get(kind="receipt")
    response = handler.get(page_of_letter(letter, "pdf"))
    assert response.content.startswith(b"%PDF-")
    assert response["Content-Type"] == "application/pdf"
    name = f"letter-{asked.number}.pdf"
    assert response["Content-Disposition"] == f'inline; filename="{name}"'
    letter.refresh_from_db()
    assert letter.sent_at is None
    handler.post(page_of_letter(letter, "posted"))
    letter.refresh_from_db()
    assert letter.posted_by.role == Role.HANDLER
    assert "posted by Aino Virtanen" in handler.get(page_of_letter(letter)).text
    response = handler.post(page_of_letter(letter, "posted"), follow=True)
    assert said(response) == ["This can no longer be done to this letter."]


def test_an_e_mail_is_posted_by_nobody(handler):
    letter = ask("access").letters.get(kind="receipt")
    response = handler.post(page_of_letter(letter, "posted"), follow=True)
    assert said(response) == ["This can no longer be done to this letter."]
    letter.refresh_from_db()
    assert letter.sent_at is None


def test_a_note_to_the_contact_person_has_a_pdf_too(handler):
    letter = Letter.objects.get(pk=ask("access").letters.get(kind="staff_arrival").pk)
    assert handler.get(page_of_letter(letter, "pdf")).content.startswith(b"%PDF-")


@pytest.mark.django_db(transaction=True)
def test_a_lost_letter_is_tried_again_and_arrives_once(handler):
    letter = lost(ask("access").letters.get(kind="receipt"))
    handler.post(page_of_letter(letter, "again"))
    letter.refresh_from_db()
    assert (letter.failed_at, letter.fault) == (None, "")
    while run_next(timezone.now() + timedelta(seconds=1)):
        pass
    letter.refresh_from_db()
    assert letter.sent_at
    assert [one.subject for one in mail.outbox].count(letter.subject) == 1
    response = handler.post(page_of_letter(letter, "again"), follow=True)
    assert said(response)[-1] == "This can no longer be done to this letter."


def test_a_letter_whose_task_is_forgotten_is_tried_again_all_the_same(handler):
    letter = lost(ask("access").letters.get(kind="receipt"))
    Task.objects.filter(subject=letter.pk).delete()
    handler.post(page_of_letter(letter, "again"))
    assert Task.objects.filter(act=DELIVER, subject=letter.pk, given_up_at=None).count() == 1


def test_what_e_mail_does_not_deliver_goes_to_the_request_s_postal_address(handler):
    asked = ask("access", street="Koekuja 1", postcode="00100", city="Helsinki")
    letter = lost(asked.letters.get(kind="receipt"))
    handler.post(page_of_letter(letter, "on_paper"))
    letter.refresh_from_db()
    assert (letter.medium, letter.to_email, letter.failed_at) == ("post", "", None)
    assert letter.to_address == "Koekuja 1\n00100 Helsinki"
    assert subjects(handler, state="to_post") == [letter.subject]
    # a worker that comes late sends it nowhere
    later(DELIVER, letter.pk, now=timezone.now())


def test_a_proof_link_that_went_onto_paper_proves_no_e_mail_address(handler):
    """I04: whoever prints or opens the letter could use it."""
    asked = ask("access", street="Koekuja 1", postcode="00100", city="Helsinki")
    proof = Link.objects.get(request=asked, purpose=LinkPurpose.PROOF)
    status = Link.objects.get(request=asked, purpose=LinkPurpose.STATUS)
    handler.post(page_of_letter(lost(asked.letters.get(kind="receipt")), "on_paper"))
    now = timezone.now()
    assert Link.objects.by_token(LinkPurpose.PROOF, proof.token, now=now) is None
    assert Link.objects.by_token(LinkPurpose.STATUS, status.token, now=now) == status


def test_a_newer_proof_link_survives_the_printing_of_an_older_letter(handler):
    asked = ask("access", street="Koekuja 1", postcode="00100", city="Helsinki")
    decisions.send_proof(asked, now=timezone.now())
    newer = Link.objects.get(request=asked, purpose=LinkPurpose.PROOF, ended_at=None)
    handler.post(page_of_letter(lost(asked.letters.get(kind="receipt")), "on_paper"))
    assert Link.objects.by_token(LinkPurpose.PROOF, newer.token, now=timezone.now()) == newer


def test_a_letter_without_an_address_can_be_printed_and_handed_over(handler):
    """Nothing is lost: whoever comes to the counter gets it."""
    letter = lost(ask("access").letters.get(kind="receipt"))
    handler.post(page_of_letter(letter, "on_paper"))
    handler.post(page_of_letter(letter, "posted"))
    letter.refresh_from_db()
    assert (letter.medium, letter.to_address) == ("post", "")
    assert letter.sent_at


@pytest.mark.parametrize("kind", ["proof", "staff_arrival"])
def test_what_cannot_go_by_post_is_not_offered_to(handler, kind):
    asked = ask("access", street="Koekuja 1", postcode="00100", city="Helsinki")
    if kind == "proof":
        decisions.send_proof(asked, now=timezone.now())
    letter = lost(asked.letters.get(kind=kind))
    assert page_of_letter(letter, "on_paper") not in handler.get(page_of_letter(letter)).text
    response = handler.post(page_of_letter(letter, "on_paper"), follow=True)
    assert said(response) == ["This can no longer be done to this letter."]
    letter.refresh_from_db()
    assert letter.medium == "email"


def test_what_may_still_leave_by_e_mail_is_not_printed_too(handler):
    """The worker might be sending it at this moment."""
    letter = ask("access").letters.get(kind="receipt")
    assert page_of_letter(letter, "on_paper") not in handler.get(page_of_letter(letter)).text
    response = handler.post(page_of_letter(letter, "on_paper"), follow=True)
    assert said(response) == ["This can no longer be done to this letter."]
    letter.refresh_from_db()
    assert letter.medium == "email"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_however_long_it_is(
    handler, count, django_assert_num_queries
):
    for _one in range(count):
        LetterFactory(medium="post", sent_at=timezone.now())
    handler.get(LETTERS)
    with django_assert_num_queries(9):
        handler.get(LETTERS)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ACCOUNTING, Role.ADMINISTRATOR])
def test_nobody_else_sees_a_letter(role):
    letter = ask("access").letters.get(kind="receipt")
    client = staff(role)
    for address in (LETTERS, page_of_letter(letter), page_of_letter(letter, "pdf")):
        assert client.get(address).status_code == 403


def test_a_code_by_post_is_only_in_the_pdf_and_only_until_it_is_posted(contact, printed):
    customer = CustomerFactory(street="Koekuja 1", postcode="00100", city="Helsinki")
    asked = ask("access", customer=customer)
    letter = decisions.send_code(asked, now=timezone.now())
    code = Link.objects.get(request=asked, purpose=LinkPurpose.CODE).token
    in_letter = f"{code[:5]} {code[5:]}"
    assert code[:5] not in contact.get(page_of_letter(letter)).text
    assert in_letter in printed(contact, letter)
    asked.refresh_from_db()
    assert asked.proof != Proof.CODE_BY_POST
    contact.post(page_of_letter(letter, "posted"))
    assert code[:5] not in printed(contact, letter)


def test_a_handler_posts_a_code_and_does_not_read_it(handler):
    """P47: with the code in hand a handler could prove who asks."""
    customer = CustomerFactory(street="Koekuja 1", postcode="00100", city="Helsinki")
    letter = decisions.send_code(ask("access", customer=customer), now=timezone.now())
    page = handler.get(page_of_letter(letter)).text
    assert page_of_letter(letter, "pdf") not in page
    assert "Only the data protection contact prints it." in page
    assert handler.get(page_of_letter(letter, "pdf")).status_code == 403
    handler.post(page_of_letter(letter, "posted"))
    letter.refresh_from_db()
    assert letter.posted_by.role == Role.HANDLER


def test_a_handler_does_not_get_at_a_copy_by_printing_its_letter(handler, contact, printed):
    """P48: the link opens everything that is held about the person."""
    letter = lost(with_a_copy())
    token = Link.objects.get(purpose=LinkPurpose.REPORT).token
    assert page_of_letter(letter, "on_paper") not in handler.get(page_of_letter(letter)).text
    assert handler.post(page_of_letter(letter, "on_paper")).status_code == 403
    letter.refresh_from_db()
    assert letter.medium == "email"
    contact.post(page_of_letter(letter, "on_paper"))
    assert token in printed(contact, letter)
    assert handler.get(page_of_letter(letter, "pdf")).status_code == 403


# --- deputies


ADD_DEPUTY = reverse("admin:rights_requests_deputy_add")
SUMMER = {
    "name": "Eero Sijainen",
    "email": "eero@koe.example",
    "first_on": "2026-07-01",
    "last_on": "2026-07-31",
    "reason": "Summer holidays",
}


def test_a_deputy_takes_the_mail_about_requests_for_a_while(contact):
    """P03"""
    contact.post(ADD_DEPUTY, SUMMER)
    assert Deputy.objects.on(date(2026, 7, 31)).email == "eero@koe.example"
    assert Deputy.objects.on(date(2026, 8, 1)) is None
    assert Deputy.objects.get().history.get().history_change_reason == "Summer holidays"


def test_a_deputy_s_last_day_is_not_before_the_first(contact):
    page = contact.post(ADD_DEPUTY, SUMMER | {"last_on": "2026-06-30"}).text
    assert "The last day cannot be before the first." in page
    assert not Deputy.objects.exists()


def test_a_handler_names_no_deputy(handler):
    deputy = DeputyFactory()
    assert handler.get(ADD_DEPUTY).status_code == 403
    change = reverse("admin:rights_requests_deputy_change", args=[deputy.pk])
    assert handler.get(change).status_code == 403
