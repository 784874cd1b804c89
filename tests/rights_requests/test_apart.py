"""Letters that are read on a page: what a mail says, what opens it, and for how long."""

import re
from datetime import timedelta
from email import message_from_bytes

import pytest
import time_machine
from django.core import mail
from django.db.models import QuerySet
from django.utils import timezone, translation

from audit.reasons import because
from notices.models import Notice
from rights_requests import decisions
from rights_requests.apart import OPEN_FOR, READ_APART, letters_of, signed_address
from rights_requests.forgetting import forget_old
from rights_requests.letters import deliver, sheet_of, write
from rights_requests.models import Letter, LetterKind, Link, LinkPurpose, Medium, Report
from tests.factories import (
    CustomerFactory,
    ItemFactory,
    LetterFactory,
    LinkFactory,
    NoticeFactory,
    RightsRequestFactory,
    UserFactory,
)
from tests.register.test_erasure import everything_stored
from tests.rights_requests.asking import address
from tests.rights_requests.test_letter_texts import ALWAYS

pytestmark = pytest.mark.django_db
NAME = "Aino Koekajo"
SECRET = "salaista"
#: Every word that a letter may be given, each with something that no mailbox may show.
PLANTED = {
    **{
        word: f"{SECRET} {word}"
        for word in (
            *("reason", "reasons", "refused_what", "until", "done", "done_for_rest", "cause"),
            *("ground", "ground_law", "certificate_number"),
        )
    },
    **{
        word: [f"{SECRET} {word}"]
        for word in (
            *("kept", "told", "data", "origins", "facts", "gone", "scopes"),
            *("about", "corrected", "erased", "items", "noted", "used_again", "purposes"),
        )
    },
    "forbids_processing": True,
}
TO_PEOPLE = [one for one in LetterKind if not one.startswith(("staff_", "told_"))]


@pytest.fixture(autouse=True)
def notice():
    with translation.override("en"):
        yield NoticeFactory(in_force=True, contact_email="tietosuoja@koepaja.example")


def a_request(right="erasure", **columns):
    request = RightsRequestFactory(
        name=NAME,
        email="aino@koe.example",
        phone="020 000 1234",
        street="Salakuja 7",
        postcode="00990",
        city="Salakylä",
        rights=[right],
        **columns,
    )
    demand = request.demands.get()
    demand.wanted = demand.ground = f"{SECRET} datum"
    with because("Test"):
        demand.save()
    ItemFactory(demand=demand, datum=SECRET, wanted=SECRET, ground=SECRET, statement=SECRET)
    LinkFactory(request=request, purpose=LinkPurpose.STATUS)
    return request


def a_letter(kind, request=None):
    """A letter of `kind` with something planted in every word that it may be given."""
    if kind == LetterKind.INFORMATION:
        return LetterFactory(
            request=None,
            kind=kind,
            customer=CustomerFactory(),
            notice=Notice.objects.in_force(),
            to_name=NAME,
            subject="Your data in our register",
            body=f"{SECRET} origins\n",
        )
    request = request or a_request()
    purpose = {LetterKind.PROOF: LinkPurpose.PROOF, LetterKind.CODE: LinkPurpose.CODE}.get(kind)
    links = [LinkFactory(request=request, purpose=purpose)] if purpose else []
    words = ALWAYS | PLANTED if kind not in (LetterKind.PROOF, LetterKind.CODE) else {}
    words = {name: value for name, value in words.items() if not name.endswith("_link")}
    words.pop("code", None)
    return write(
        kind, request, now=timezone.now(), demand=request.demands.first(), links=links, **words
    )


def sent(letter, now=None):
    """The mail as it leaves: subject and text."""
    now = now or timezone.now()
    mail.outbox.clear()
    record = deliver(letter.pk, now=now)
    [message] = mail.outbox
    record()
    return message


def path_in(message):
    """The path of the page that the mail leads to, and to nothing else of this program."""
    [found] = re.findall(r"http://[^/\s]+(/\w+/requests/(?:report|read)/\S+)", message.body)
    return found


@pytest.mark.parametrize("kind", TO_PEOPLE)
def test_no_mail_tells_anything_of_a_person_but_the_name(kind):
    """A06, I10, Q02: neither its text, nor its subject, nor any of its heads."""
    letter = a_letter(kind)
    assert letter.medium == Medium.EMAIL
    message = sent(letter)
    whole = message.message().as_bytes().decode()
    read = message_from_bytes(message.message().as_bytes())
    text = read.get_payload(decode=True).decode() + str(message.subject) + whole
    for planted in (SECRET, "Salakuja", "00990", "Salakylä", "020 000 1234"):
        assert planted not in text, planted
    assert NAME in message.body
    # what was planted is in the letter itself, of each that is read apart and of no other
    assert (SECRET in letter.body.lower()) == (kind in PLANTED_IN)


#: The letters that say something of what was planted; the others of them have nothing to say.
PLANTED_IN = READ_APART - {LetterKind.ANSWER_NOTHING_HELD}


@pytest.mark.parametrize("kind", sorted(READ_APART))
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_letter_is_read_behind_a_button(client, kind, language):
    """A06: opening the link shows nothing, a press shows the letter whole, as often as wanted."""
    letter = a_letter(kind)
    if letter.request:
        letter.request.language = language
        with because("Test"):
            letter.request.save()
    page = path_in(sent(letter))
    seen = client.get(page)
    assert seen.status_code == 200
    assert SECRET not in seen.text
    for _time in range(2):
        read = client.post(page)
        assert read["Cache-Control"] == "no-store"
        for line in letter.text(with_links=False).splitlines():
            assert line.strip("#- ")[:30] in read.text.replace("&#x27;", "'")


@pytest.mark.parametrize("kind", [LetterKind.REFUSAL, LetterKind.INFORMATION])
def test_the_link_ends_after_thirty_days_and_a_forged_one_opens_nothing(client, kind):
    """A06: an expiring link."""
    letter = a_letter(kind)
    page = path_in(sent(letter))
    with time_machine.travel(timezone.now() + OPEN_FOR - timedelta(minutes=1)):
        assert SECRET in client.post(page).text
    with time_machine.travel(timezone.now() + OPEN_FOR + timedelta(minutes=1)):
        assert client.post(page).status_code == 404
    forged = page[:-3] + ("AA/" if not page.endswith("AA/") else "BB/")
    assert client.post(forged).status_code == 404


def test_after_that_the_letter_stands_on_the_status_page(client):
    """I10: the page of the request keeps the letter while the request is open."""
    letter = a_letter(LetterKind.REFUSAL)
    sent(letter)
    status = Link.objects.get(request=letter.request, purpose=LinkPurpose.STATUS)
    with time_machine.travel(timezone.now() + OPEN_FOR + timedelta(days=1)):
        assert f"{SECRET} reasons" in client.get(address("status", status.token)).text


def test_a_prohibition_whose_letter_is_the_first_leads_to_the_page_of_the_request(client):
    """P52, I10: no receipt came before it."""
    request = a_request("prohibition")
    body = sent(a_letter(LetterKind.ANSWER_PROHIBITION, request)).body
    status = Link.objects.get(request=request, purpose=LinkPurpose.STATUS)
    assert f"/requests/status/{status.token}/" in body
    assert "/requests/report/" in body


def test_letters_of_one_request_share_a_link_and_a_second_try_sends_the_same(client):
    """A06: a mail that was sent before still opens when another follows."""
    request = a_request()
    first = a_letter(LetterKind.EXTENSION, request)
    once = path_in(sent(first))
    again = a_letter(LetterKind.REFUSAL, request)
    assert path_in(sent(again)) == once
    read = client.post(once).text
    assert f"{SECRET} reason" in read
    assert f"{SECRET} refused_what" in read
    assert request.links.filter(purpose=LinkPurpose.REPORT).count() == 1


def test_a_link_that_would_end_soon_is_open_for_another_thirty_days(client):
    """A06: the letter that follows is open as long as its mail says."""
    request = a_request()
    sent(a_letter(LetterKind.EXTENSION, request))
    later = timezone.now() + timedelta(days=25)
    with time_machine.travel(later):
        page = path_in(sent(a_letter(LetterKind.REFUSAL, request)))
    with time_machine.travel(later + timedelta(days=29)):
        assert client.post(page).status_code == 200


def test_a_letter_on_paper_is_whole():
    """I10: who has no e-mail gets the letter itself."""
    request = a_request()
    request.email = ""
    with because("Test"):
        request.save()
    letter = a_letter(LetterKind.EXTENSION, request)
    assert letter.medium == Medium.POST
    assert any(SECRET in one for one in sheet_of(letter, with_links=True).paragraphs)


@pytest.mark.parametrize("kind", [one for one in LetterKind if one.startswith("told_")])
def test_recipients_and_sources_get_the_letter_itself(kind):
    """N01, N04, E12: a duty to tell is not met by a page that nobody may open, and after an erasure
    nothing is here to be fetched."""
    letter = LetterFactory(kind=kind, body=f"{SECRET}\n", to_email="tieto@posti.example")
    assert SECRET in sent(letter).body


def test_a_mail_and_a_page_show_no_marks_of_headings(client):
    """A06, art. 12(1): a heading is a line of its own in a mail, and a heading on a page."""
    body = f"Hello,\n\n## What you should do\n\n{SECRET}\n"
    told = LetterFactory(kind="told_erasure", body=body, to_email="tieto@posti.example")
    assert sent(told).body == f"Hello,\n\nWhat you should do\n\n{SECRET}\n"
    read = client.post(path_in(sent(a_letter(LetterKind.ANSWER_RESTRICTION)))).text
    assert "<h3>What is restricted</h3>" in read
    assert "## " not in read


def test_who_was_erased_reads_the_answer_until_the_link_ends_and_then_nothing_is_left(client):
    """P67, E10, A06: forgotten here at once, and kept for the person alone, encrypted."""
    aino = CustomerFactory(given_name="Aino", family_name="Koekajo", email="aino@koe.example")
    now = timezone.now()
    request = a_request(identified_at=now, proof="signature")
    decisions.link(request, aino, now=now)
    decisions.grant(request.demands.get(), by=UserFactory(), now=now)
    letter = Letter.objects.get(kind=LetterKind.ANSWER_ERASURE)
    said = letter.text(with_links=False)
    page = path_in(sent(letter))
    request.refresh_from_db()
    letter.refresh_from_db()
    assert (letter.body, request.name) == ("", "")
    assert "Koekajo" not in everything_stored()
    assert "We have erased your data" in said
    read = client.post(page).text
    assert "We have erased your data" in read
    assert NAME in read
    ended = now + OPEN_FOR + timedelta(days=1)
    with time_machine.travel(ended):
        assert client.post(page).status_code == 404
    forget_old(now=ended)
    assert not Report.objects.filter(content__isnull=False).exists()
    request.refresh_from_db()
    assert letters_of(request) == []


def test_what_could_not_be_kept_travels_whole():
    """B11: of two duties the person's right to the reasons goes first. A request for a copy alone,
    whose sender another request erases before the refusal has left, has no place for letters."""
    request = a_request("access")
    request.to_forget_at = timezone.now()
    with because("Test"):
        request.save()
    letter = a_letter(LetterKind.REFUSAL, request)
    assert f"{SECRET} reasons" in sent(letter).body


def test_a_letter_that_was_forgotten_opens_nothing(client):
    """P67: an erased customer's letter is gone, whoever holds its address."""
    letter = a_letter(LetterKind.INFORMATION)
    page = "/" + signed_address(letter).split("/", 3)[3]
    assert client.get(page).status_code == 200
    QuerySet(Letter).filter(pk=letter.pk).update(body="")
    assert client.get(page).status_code == 404
