"""A stranger who types an address in learns nothing: known, unknown, erased and objecting ones get
the same pages and the same letters (I08)."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.reasons import because
from notices.terms import ProhibitedUse, ProhibitionScope
from register.erasure import erase
from register.models import ContactKind, Customer, Prohibition
from rights_requests.models import Letter, Link, LinkPurpose, RightsRequest
from rights_requests.models.letters import address_of
from tests.factories import CustomerFactory, InvoiceFactory, NoticeFactory, OrderFactory
from tests.rights_requests.asking import address, answers, check, press

pytestmark = pytest.mark.django_db
EMAIL = {
    "known": "known@koe.example",
    "unknown": "nobody@koe.example",
    "erased": "erased@koe.example",
    "objecting": "objects@koe.example",
}
CHOICES = [("access",), ("erasure", "rectification"), ("prohibition",), ("access", "prohibition")]


@pytest.fixture(autouse=True)
def register(db):
    """Who is in the register, and who has been."""
    NoticeFactory(in_force=True, contact_email="vastuu@koepaja.example")
    now = timezone.now()
    known = CustomerFactory(email=EMAIL["known"], street="Koetie 1", postcode="00100")
    OrderFactory(customer=known)
    InvoiceFactory(customer=known)
    with because("Test"):
        erase(CustomerFactory(email=EMAIL["erased"]), request_number="2026-99", now=now)
        CustomerFactory(email=EMAIL["objecting"])
        Prohibition.objects.forbid(
            {ContactKind.EMAIL.value: EMAIL["objecting"]},
            ProhibitionScope.values,
            ProhibitedUse.values,
            request_number="2026-98",
            today=now.date(),
        )
    assert Customer.objects.count() == 3


def masked(text, email, request=None):
    """A text without what is this request's own: its address, number, tokens and links."""
    text = text.replace(email, "ADDRESS")
    if request:
        text = text.replace(request.number, "NUMBER")
    text = re.sub(r'(name="token" value=")[^"]+', r"\1TOKEN", text)
    return re.sub(r"/requests/(proof|status|sent)/[^/\s\"]+/", r"/requests/\1/LINK/", text)


def seen(client, email, rights):
    """All that a stranger sees who asks for `rights` from `email`: pages, what stands in their
    heads, and letters."""
    filled = answers(*rights, email=email)
    checked = check(client, filled)
    sent = press(client, checked)
    asked = RightsRequest.objects.latest("pk")
    pages = [checked, sent, client.get(sent["Location"])]
    for purpose in (LinkPurpose.STATUS, LinkPurpose.PROOF):
        for link in Link.objects.filter(request=asked, purpose=purpose):
            path = "/" + address_of(link).split("/", 3)[3]
            pages.append(client.get(path))
            if purpose == LinkPurpose.PROOF:
                pages.append(client.post(path))
    # proven by an address, and still nobody has found whose it is
    status = Link.objects.get(request=asked, purpose=LinkPurpose.STATUS)
    pages.append(client.get("/" + address_of(status).split("/", 3)[3]))
    letters = Letter.objects.filter(request=asked).order_by("pk")
    return (
        [
            (page.status_code, sorted(page.headers), masked(page.text, email, asked))
            for page in pages
        ],
        [
            (
                letter.kind,
                letter.medium,
                letter.leaves_at,
                masked(letter.subject, email, asked),
                masked(letter.text(with_links=True), email, asked),
            )
            for letter in letters
        ],
    )


@pytest.mark.parametrize("rights", CHOICES, ids="+".join)
def test_every_address_gets_the_same_pages_and_as_many_letters(client, rights):
    """I08: byte for byte, apart from what is the request's own."""
    found = {who: seen(client, email, rights) for who, email in EMAIL.items()}
    pages, letters = found["unknown"]
    assert pages
    assert len(letters) >= 2
    for who in ("known", "erased", "objecting"):
        assert found[who] == (pages, letters), who


@pytest.mark.parametrize("rights", CHOICES, ids="+".join)
def test_every_address_takes_as_many_queries(client, rights, django_assert_num_queries):
    """I08: nothing is looked up that would take its time."""
    filled = {who: answers(*rights, email=email) for who, email in EMAIL.items()}
    pages = {who: check(client, one) for who, one in filled.items()}
    press(client, check(client, answers(*rights, email="first@koe.example")))
    with CaptureQueriesContext(connection) as first:
        press(client, pages["unknown"])
    for who in ("known", "erased", "objecting"):
        with django_assert_num_queries(len(first)):
            press(client, pages[who])


@pytest.mark.parametrize("who", EMAIL)
def test_what_somebody_has_forbidden_before_is_not_read(client, who):
    """I08: as many rows are read for an address that forbids for the first time as for another."""
    page = check(client, answers("prohibition", email=EMAIL[who]))
    with CaptureQueriesContext(connection) as asked:
        press(client, page)
    number = RightsRequest.objects.latest("pk").number
    read = [one["sql"] for one in asked if 'FROM "register_prohibition"' in one["sql"]]
    assert read
    assert all(number in statement for statement in read)


def test_the_form_is_the_same_whoever_reads_it(client):
    """I08: and needs nobody's address."""
    first, second = (client.get(address("form", right="access")).text for _time in range(2))
    assert first == second
