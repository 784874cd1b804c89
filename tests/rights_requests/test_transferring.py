"""Data that a person moves directly to another controller (art. 20(2))."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.core import mail
from django.db import models
from django.urls import reverse
from django.utils import timezone, translation

from audit.reasons import because
from register.extract import extract_of
from register.given import given_to
from register.models import Disclosure
from rights_requests import decisions
from rights_requests.copies import given
from rights_requests.forgetting import READABLE_AFTER, forget_old
from rights_requests.grounds import BY_KEY
from rights_requests.letters import can_go_by_post, deliver, mark_undelivered
from rights_requests.models import (
    Demand,
    Letter,
    LetterKind,
    Link,
    LinkPurpose,
    Report,
    RightsRequest,
)
from rights_requests.transferring import moved
from staff.roles import Role
from tests.factories import (
    CollectionFactory,
    CustomerFactory,
    NoticeFactory,
    OrderFactory,
    UserFactory,
)
from tests.rights_requests.asking import answers, check, faulty, send
from tests.rights_requests.at_the_desk import RECORD, act_on, ask, page_of, staff

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER = NOW + timedelta(hours=1)
FIRM = "Uusi Palvelu Oy"
NOBODY = {"transfer_to": "", "transfer_address": ""}
MAIL, WEB = "siirto@uusi.example", "https://uusi.example/siirto"


@pytest.fixture(autouse=True)
def _governed(db):
    NoticeFactory(
        in_force=True,
        languages=["fi", "sv", "en"],
        contact_email="vastuu@koepaja.example",
        purposes={"orders": "contract"},
    )
    with translation.override("en"):
        yield


@pytest.fixture
def aino():
    customer = CustomerFactory(given_name="Aino", family_name="Kajo", email="aino@koe.example")
    OrderFactory(customer=customer)
    return customer


def wants(customer, address=MAIL, to=FIRM):
    asked = ask("portability", customer=customer, proof="in_person", now=NOW)
    with because("Test"):
        demand = asked.demands.get()
        demand.transfer_to, demand.transfer_address = to, address
        demand.save()
    return demand


def granted(demand):
    return decisions.grant(demand, by=UserFactory(name="Ruut Ratkaisija"), now=LATER)


def to_them():
    return Letter.objects.filter(kind=LetterKind.TOLD_TRANSFER)


def test_the_controller_gets_a_link_once_and_the_ledger_and_the_answer_name_it(aino, client):
    """O03, P53, A02: by a link that ends; the mail says nothing of the person."""
    demand = granted(wants(aino))
    letter = to_them().get()
    assert (letter.to_email, letter.to_name, letter.medium) == (MAIL, FIRM, "email")
    deliver(letter.pk, now=LATER)()
    (sent,) = mail.outbox
    whole = f"{sent.subject} {sent.body}"
    assert sent.to == [MAIL]
    for personal in ("Aino", "Kajo", "aino@koe.example", aino.reference):
        assert personal not in whole
    path = re.search(r"/en/requests/transfer/[^\s]+", sent.body)[0]
    page = client.get(path)
    assert "Aino" not in page.text
    assert page["Cache-Control"] == "no-store"
    for _time in range(2):
        package = zipfile.ZipFile(io.BytesIO(b"".join(client.post(path).streaming_content)))
        assert b"aino@koe.example" in package.read("package.json")
    moved = Disclosure.objects.get()
    assert (moved.moved_to, moved.request_number) == (FIRM, demand.request.number)
    assert (moved.recipient, moved.ground, moved.purpose, moved.people) == (None, "", "", 1)
    # of what the notice lists, that which there is
    assert {"name", "email"} <= set(moved.categories)
    assert "ip_address" in moved.notice.declared
    assert "ip_address" not in moved.categories
    assert moved.on_what == "at the person’s request (art. 20(2))"
    assert moved.disclosed_by.name == "Ruut Ratkaisija"
    assert list(Disclosure.objects.about(aino)) == [moved]
    assert FIRM in str(extract_of(aino, now=LATER))
    answer = demand.request.letters.get(kind=LetterKind.ANSWER_PORTABILITY)
    assert f"- {FIRM}" in answer.body
    # it is no recipient of ours: whoever moves data corrects them there too
    assert given_to(aino, today=timezone.localdate()) == []


def test_the_controller_gets_only_what_the_right_covers_and_the_person_the_rest_too(aino, client):
    """O01, O03, P53: what a partner told is none of the other controller's, nor in the ledger."""
    with because("Test"):
        aino.website = "https://aino.example"
        aino.save(collection=CollectionFactory(source_kind="partner", source_name="Kumppani Oy"))
    demand = granted(wants(aino))
    link = Link.objects.get(purpose=LinkPurpose.TRANSFER)
    answer = client.post(reverse("requests:transfer", args=[link.token]))
    theirs = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert not any(b"aino.example" in theirs.read(name) for name in theirs.namelist())
    page = theirs.read("index.html").decode()
    assert "<h1>Data of Aino Kajo</h1>" in page
    assert "Only that is here." in page
    assert "you on" not in page
    own = zipfile.ZipFile(io.BytesIO(given(demand.report)))
    assert b"aino.example" in own.read("package.json")
    categories = set(Disclosure.objects.get().categories)
    assert "website" not in categories
    assert {"name", "email", "orders"} <= categories


def test_what_was_moved_goes_when_the_copy_goes(aino, client):
    """P67, E07: it is kept no longer than the person's own package."""
    demand = granted(wants(aino))
    assert b"".join(moved(demand.report))
    with because("Test"):
        models.QuerySet(RightsRequest).filter(pk=demand.request_id).update(closed_at=NOW)
    forget_old(now=NOW + READABLE_AFTER + timedelta(days=1))
    assert not b"".join(moved(Report.objects.get()))
    link = Link.objects.get(purpose=LinkPurpose.TRANSFER)
    assert client.post(reverse("requests:transfer", args=[link.token])).status_code == 404


def test_the_link_ends_after_thirty_days_and_opens_nothing_else(aino, client):
    """O03, A06"""
    granted(wants(aino))
    link = Link.objects.get(purpose=LinkPurpose.TRANSFER)
    assert link.expires_at == LATER + timedelta(days=30)
    for name in ("report", "status", "proof"):
        assert client.get(reverse(f"requests:{name}", args=[link.token])).status_code == 404
    address = reverse("requests:transfer", args=[link.token])
    assert client.get(address).status_code == 200
    with because("Test"):
        link.expires_at = NOW - timedelta(seconds=1)
        link.save()
    for open_it in (client.get, client.post):
        assert open_it(address).status_code == 404


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (WEB, "It has no connection to other addresses."),
        ("kuten sovittiin", "It has no connection to other addresses."),
        ("", "We were given no address"),
    ],
)
def test_where_it_cannot_be_the_answer_says_why_and_has_the_package(aino, address, why):
    """O03: the technical reason; nothing leaves."""
    demand = granted(wants(aino, address))
    assert not to_them().exists()
    assert not Disclosure.objects.exists()
    assert not Link.objects.filter(purpose=LinkPurpose.TRANSFER).exists()
    answer = demand.request.letters.get(kind=LetterKind.ANSWER_PORTABILITY)
    assert why in answer.body
    assert Report.objects.get().content


def test_who_names_nobody_reads_nothing_of_it(aino):
    """O03: others' answers stay as they were."""
    demand = granted(wants(aino, "", ""))
    answer = demand.request.letters.get(kind=LetterKind.ANSWER_PORTABILITY)
    assert "direct transfer" not in answer.body
    assert not Disclosure.objects.exists()


def test_refused_is_the_direct_transfer_alone(aino):
    """O03, P59, art. 12(4): the person gets the package with the certificate."""
    demand = wants(aino)
    decisions.refuse(
        demand, by=UserFactory(), now=LATER, ground=BY_KEY["not_feasible"],
        refused_what="The direct transfer.", reasons="Their mail server takes no mail of ours.",
        until="Until it does.", done_for_rest="You get the package.",
    )  # fmt: skip
    letters = set(demand.request.letters.values_list("kind", flat=True))
    assert {LetterKind.REFUSAL, LetterKind.ANSWER_PORTABILITY} <= letters
    assert not to_them().exists()
    assert Report.objects.get().content


def test_the_ground_is_open_only_where_somebody_is_named(aino):
    """O03: table B11, "direct transfer only"."""
    named = {one.key for one in decisions.grounds_open(wants(aino))}
    assert "not_feasible" in named
    nobody = {one.key for one in decisions.grounds_open(wants(aino, "", ""))}
    assert "not_feasible" not in nobody
    assert named - nobody == {"not_feasible"}


def test_a_mail_that_does_not_arrive_is_never_printed_for_somebody_else(aino):
    """O03: only the address is known of whom it is for."""
    granted(wants(aino))
    letter = to_them().get()
    mark_undelivered(letter, fault="SMTPRecipientsRefused 550", now=LATER)
    letter.refresh_from_db()
    assert not can_go_by_post(letter)


def test_staff_see_where_it_goes_before_and_after(aino):
    """O03, P47"""
    contact = staff(Role.DATA_PROTECTION_CONTACT)
    demand = wants(aino)
    page = contact.get(act_on(demand.request, "portability", "grant"))
    assert f"{FIRM}, {MAIL}" in page.text
    contact.post(
        act_on(demand.request, "portability", "grant"), {"preview": page.context["preview"]}
    )
    shown = contact.get(page_of(demand.request)).text
    assert reverse("admin:rights_requests_letter_change", args=[to_them().get().pk]) in shown
    ledger = contact.get(reverse("admin:register_disclosure_changelist"))
    assert FIRM in ledger.text
    row = reverse("admin:register_disclosure_change", args=[Disclosure.objects.get().pk])
    assert demand.request.number in contact.get(row).text


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"transfer_to": FIRM, "transfer_address": MAIL}, []),
        ({"transfer_to": FIRM, "transfer_address": WEB}, []),
        ({}, []),
        ({"transfer_to": FIRM}, ["transfer_address"]),
        ({"transfer_address": MAIL}, ["transfer_to"]),
        ({"transfer_to": FIRM, "transfer_address": "http://uusi.example/"}, ["transfer_address"]),
        ({"transfer_to": FIRM, "transfer_address": "uusi.example"}, ["transfer_address"]),
        ({"transfer_to": FIRM, "transfer_address": "a@b\nBcc: c@d.fi"}, ["transfer_address"]),
    ],
)
def test_the_form_takes_an_e_mail_or_a_web_address_or_nothing(client, typed, wrong):
    """O03, P53"""
    assert faulty(check(client, answers("portability", **NOBODY | typed))) == wrong
    if not wrong:
        send(client, answers("portability", **NOBODY | typed))
        demand = Demand.objects.get()
        assert demand.transfer_to == typed.get("transfer_to", "")
        assert demand.transfer_address == typed.get("transfer_address", "")


def test_a_letter_says_what_it_says(aino):
    """I02: nothing of it is a condition."""
    contact = staff(Role.DATA_PROTECTION_CONTACT)
    sent = {
        "channel": "letter",
        "received_on": timezone.localdate().isoformat(),
        "language": "fi",
        "name": "Aino",
        "portability": "on",
        "portability-transfer_to": "Minne vain",
    }
    contact.post(RECORD, sent)
    assert Demand.objects.get().transfer_to == "Minne vain"
