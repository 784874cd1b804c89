"""The mail that stays here: found, read and shown, whatever strangers have put into it."""

import os
from datetime import UTC, datetime

import pytest
from django.core.mail import EmailMessage, get_connection
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from audit.mail import Mail
from demo.mailbox import FILE_BACKEND, MOST_CHARACTERS, Piece, pieces, places, read
from staff.roles import Role
from tests.factories import InvitationFactory, NoticeFactory, UndertakingFactory, UserFactory
from tests.sign_in import sign_in

OURS = "http://testserver"


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = FILE_BACKEND, tmp_path
    return tmp_path


def send(subject="Subject", text="Text", to="aino@koe.example", name=None, **headers):
    """Write a mail as the program does: two of one second may share a file."""
    EmailMessage(subject, text, to=[to], headers=headers).send()


def mails(folder):
    return [read(place) for place in places(folder)]


def file_of(folder, second, content):
    path = folder / f"20261121-1200{second:02}-1.log"
    path.write_bytes(content)
    return path


def test_mails_are_listed_newest_first(folder):
    for second in range(3):
        mail = b"Subject: %d\nMessage-ID: <%d@x>\n\nText\n%s\n" % (second, second, b"-" * 79)
        file_of(folder, second, mail)
    assert [mail.subject for mail in mails(folder)] == ["2", "1", "0"]


def test_a_mail_is_read_as_it_was_written(folder):
    send("Äijän pyyntö", "Hyvä Äijä,\n\n5 € – ”näin”.\n", "Äijö Åberg <aijo@koe.example>")
    [mail] = mails(folder)
    assert (mail.subject, mail.to) == ("Äijän pyyntö", "Äijö Åberg <aijo@koe.example>")
    assert mail.text == "Hyvä Äijä,\n\n5 € – ”näin”.\n"
    assert mail.addresses == {"aijo@koe.example"}
    assert abs(datetime.now(UTC) - mail.written_at).total_seconds() < 60


def test_a_mail_that_was_written_twice_is_there_once(folder):
    for _time in range(2):
        send("Once", **{"Message-ID": "<1@koe.example>"})
    send("Other", **{"Message-ID": "<2@koe.example>"})
    assert {mail.subject for mail in mails(folder)} == {"Once", "Other"}
    assert len(mails(folder)) == 2


def test_several_mails_of_one_file_are_told_apart(folder):
    with get_connection() as connection:
        for number in range(3):
            EmailMessage(
                f"{number}", f"Text {number}\n", to=["a@koe.example"], connection=connection
            ).send()
    assert [(mail.subject, mail.text) for mail in mails(folder)] == [
        ("2", "Text 2\n"),
        ("1", "Text 1\n"),
        ("0", "Text 0\n"),
    ]


def test_mails_are_deleted_after_thirty_days_and_not_before(folder, settings):
    """P67: names in them outlive an erasure otherwise."""
    assert "forget_mail" in settings.DAILY_COMMANDS
    for days, subject in ((29, b"young"), (31, b"old")):
        path = file_of(
            folder, days, b"Subject: %b\nMessage-ID: <%b@x>\n\nText\n" % (subject, subject)
        )
        moment = datetime.now(UTC).timestamp() - days * 24 * 3600
        os.utime(path, (moment, moment))
    call_command("forget_mail")
    assert [mail.subject for mail in mails(folder)] == ["young"]


def test_where_mail_is_sent_no_file_is_looked_for(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    call_command("forget_mail")


def test_an_address_with_any_letters_is_read_as_it_was_written(folder):
    Mail("Aihe", "Hyvä Åke,", to=[f"åke{'ä' * 40}@koe.example"]).send()
    [mail] = mails(folder)
    assert (mail.to, mail.text.strip()) == (f"åke{'ä' * 40}@koe.example", "Hyvä Åke,")


def test_the_address_of_a_mail_names_nobody(folder):
    send(**{"Message-ID": "<aino.kajo@koe.example>"})
    [place] = places(folder)
    assert len(place.key) == 32
    assert int(place.key, 16)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n\n",
        b"-" * 79 + b"\n",
        b"no header at all",
        b"\x00\xff\xfe" * 1000,
        b"Subject: =?utf-8?q?=FF?=\nTo: <<>>,;@\nDate: never\nMessage-ID: <>\n\n\xff",
        b"Subject: x\nContent-Type: text/plain; charset=martian\n\nText",
        b"Content-Type: multipart/mixed; boundary=\n\n--\n",
        b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!",
        b"Message-ID: <1@x>\nTo: =?utf-8?b?" + b"A" * 5000 + b"?= <a@b>\n\nText",
        b"Message-ID:\n\n",
    ],
)
def test_a_broken_file_stops_nobody(folder, content):
    file_of(folder, 1, content)
    send("Whole")
    assert "Whole" in [mail.subject for mail in mails(folder)]


def test_what_is_no_mail_is_left_alone(folder):
    (folder / "notes.txt").write_text("Subject: x\n\n")
    (folder / "20261121-120000-1.log").mkdir()
    assert places(folder) == []
    assert places(folder / "gone") == []


def test_a_huge_mail_is_shown_in_part(folder):
    send("Huge", "x" * 5_000_000)
    [mail] = mails(folder)
    assert mail.subject == "Huge"
    assert len(mail.text) == MOST_CHARACTERS


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/",
        "http://testserver.evil.example/",
        "http://testserver@evil.example/",
        "http://evil.example/http://testserver/",
        "http://testserver\\@evil.example/",
        "http://testserver:81/",
        "https://testserver/",
        "javascript:alert(1)",
        "ftp://testserver/",
        "http://[::1",
        "<http://>",
    ],
)
def test_only_pages_of_our_own_become_links(text):
    assert [piece.text for piece in pieces(f"See {text} now", [OURS]) if piece.is_link] == []
    assert "".join(piece.text for piece in pieces(f"See {text} now", [OURS])) == f"See {text} now"


def test_a_link_ends_where_its_sentence_does():
    text = "Open http://testserver/fi/a_-1/, please: http://testserver."
    assert list(pieces(text, [OURS])) == [
        Piece("Open ", is_link=False),
        Piece("http://testserver/fi/a_-1/", is_link=True),
        Piece(", please: ", is_link=False),
        Piece("http://testserver", is_link=True),
        Piece(".", is_link=False),
    ]


# --- the pages


@pytest.fixture
def contact(db):
    NoticeFactory(in_force=True)
    user = UserFactory(role=Role.DATA_PROTECTION_CONTACT, language="en", email="kirsi@koe.example")
    UndertakingFactory(user=user)
    return user


@pytest.fixture
def client(contact):
    return sign_in(Client(), contact)


def page_of(client, folder, number=0):
    return client.get(reverse("mail", args=[places(folder)[number].key]))


def test_the_list_leads_to_each_mail(client, folder):
    send("Receipt", "Open http://testserver/fi/ now.\nNext line", "aino@koe.example")
    listed = client.get(reverse("mailbox"))
    assert listed.status_code == 200
    [place] = places(folder)
    address = reverse("mail", args=[place.key])
    assert f'<a href="{address}">Receipt</a>' in listed.text
    shown = client.get(address).text
    assert '<a href="http://testserver/fi/">http://testserver/fi/</a> now.\nNext line' in shown
    assert "aino@koe.example" in shown


def test_a_mail_is_text_and_nothing_else(client, folder):
    """I10: strangers write into mails."""
    evil = '<script>alert(1)</script><img src=x onerror=y> http://testserver/"onclick="z'
    send(evil[:60], evil, '"<b>x</b>" <a@koe.example>')
    for response in (client.get(reverse("mailbox")), page_of(client, folder)):
        assert "<script>alert" not in response.text
        assert "<img src=x" not in response.text
        assert "<b>x" not in response.text
        assert '"onclick' not in response.text


def test_many_mails_come_in_pages(client, folder, django_assert_max_num_queries):
    for number in range(5000):
        mail = b"Subject: Mail %d\nMessage-ID: <%d@x>\n\nText\n%s\n" % (number, number, b"-" * 79)
        (folder / f"20261121-{number:06}-1.log").write_bytes(mail)
    with django_assert_max_num_queries(15):
        first = client.get(reverse("mailbox")).text
    assert "Mail 4999<" in first
    assert "Mail 4949<" not in first
    assert "page 1 of 100" in first
    assert "Mail 0<" in client.get(reverse("mailbox") + "?p=100").text
    assert "page 1 of 100" in client.get(reverse("mailbox") + "?p=%00").text


def test_a_mail_to_a_colleague_opens_to_that_colleague_only(client, contact, folder):
    """A link to choose a password would let the reader in as somebody else (P36)."""
    UserFactory(email="boss@koe.example")
    InvitationFactory(email="new@koe.example")
    found = {}
    for to in ("Boss@koe.example", "new@koe.example", contact.email, "aino@koe.example"):
        send("Mail", "http://testserver/secret/", to)
        key = next(place.key for place in places(folder) if to in read(place).to)
        found[to] = client.get(reverse("mail", args=[key])).status_code
    assert found == {
        "Boss@koe.example": 403,
        "new@koe.example": 403,
        "kirsi@koe.example": 200,
        "aino@koe.example": 200,
    }
    assert client.get(reverse("mailbox")).text.count("(only its recipient opens it)") == 2


def test_where_mail_is_sent_there_is_no_mailbox(client, folder, settings):
    send()
    address = reverse("mail", args=[places(folder)[0].key])
    assert "/admin/mailbox/" in client.get(reverse("admin:index")).text
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert client.get(reverse("mailbox")).status_code == 404
    assert client.get(address).status_code == 404
    assert "/admin/mailbox/" not in client.get(reverse("admin:index")).text


def test_a_mail_that_is_not_there_is_not_found(client, folder):
    assert client.get(reverse("mail", args=["0" * 32])).status_code == 404


def test_the_front_page_says_that_mail_stays_here_to_those_who_may_read_it(client, folder):
    page = client.get(reverse("admin:index")).text
    assert "Mail of this installation stays here, it is not sent." in page
    assert "EMAIL_URL" in page
    viewer = UserFactory(role=Role.VIEWER, language="en")
    UndertakingFactory(user=viewer)
    other = sign_in(Client(), viewer)
    assert "EMAIL_URL" not in other.get(reverse("admin:index")).text
    assert other.get(reverse("mailbox")).status_code == 403
