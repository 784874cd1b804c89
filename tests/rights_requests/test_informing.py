"""T12: people are told, by a letter, of data that did not come from them (art. 14; V02, V08)."""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.models import Task
from audit.reasons import because
from audit.tasks import run_next
from notices.publishing import adopt
from notices.terms import ClauseKind, SourceKind
from register.erasure import erase
from register.models import Customer, CustomerErased, NoticeGiven
from rights_requests.copies import copy_of
from rights_requests.decisions import link, send_proof
from rights_requests.forgetting import forget_old, forget_when_answered
from rights_requests.informing import Fate, inform
from rights_requests.intake import receive
from rights_requests.letters import mark_sent, mark_undelivered, post_instead, sheet_of
from rights_requests.models import Demand, Letter, Medium, RightsRequest
from rights_requests.sheet import pdf_of
from staff.roles import Role
from tests.factories import (
    ClauseFactory,
    CollectionFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
    OrganisationFactory,
    RightsRequestFactory,
    SectionFactory,
)
from tests.register.test_informing import locks_of_the_notice
from tests.rights_requests.at_the_desk import page_of_letter, said, staff

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 9, 9, 0, tzinfo=ZoneInfo("Europe/Helsinki"))
DAY = date(2026, 3, 9)
INFORM = reverse("admin:rights_requests_letter_inform")
TELLING = reverse("admin:register_customer_telling")


@pytest.fixture(autouse=True)
def notice():
    draft = NoticeFactory(
        purposes={"orders": "contract", "ad_targeting": "legitimate_interest"},
        contact_name="Kirsi Koe",
        controller_address="Koekuja 1, 00100 Helsinki",
    )
    for kind, term, more in (
        (ClauseKind.RECIPIENT, "accounting", {"name": "Tilitoimisto Koe Oy"}),
        (ClauseKind.RETENTION, "relationship_end", {"years": 10}),
        (ClauseKind.STATEMENT, "no_automated_decisions", {}),
    ):
        ClauseFactory(notice=draft, kind=kind, term=term, **more)
    SectionFactory(notice=draft, key="transfers", text="Tietoja ei siirretä EU:n ulkopuolelle.")
    return in_force(draft)


def in_force(draft):
    adopt(draft, now=NOW, reason="Test")
    return draft


@pytest.fixture
def partner():
    return CollectionFactory(
        source_kind=SourceKind.PARTNER, source_name="Messut Oy", collected_on=date(2026, 3, 4)
    )


@pytest.fixture
def aino(partner):
    return CustomerFactory(
        given_name="Aino",
        family_name="Kajo",
        email="aino@koe.example",
        phone="020 000 1234",
        language="en",
        collection=partner,
    )


def by_post(collection, **columns):
    at = {"street": "Koekuja 1", "postcode": "00100", "city": "Helsinki"}
    return CustomerFactory(collection=collection, **at | columns)


def deliver_all(now=NOW):
    while run_next(now):
        pass


def waiting():
    return set(Customer.objects.to_inform())


def test_the_letter_says_all_that_article_14_wants(aino):
    """Art. 14(1)-(2), and 21(4): the right to object stands apart from all else."""
    InvoiceFactory(customer=aino, collection=CollectionFactory(source_kind="subcontractor"))
    inform([aino.pk], now=NOW)
    letter = Letter.objects.get()
    assert (letter.to_name, letter.to_email, letter.subject) == (
        "Aino Kajo",
        "aino@koe.example",
        "Your data in our register",
    )
    for told in (
        "Hello Aino Kajo,",
        "Controller: Koepaja Oy",
        "Register: Asiakasrekisteri",
        "- sites and systems of partners (Messut Oy), 4 March 2026: first and last name, e-mail "
        "address, phone number",
        "- subcontractors (puhelu), 4 March 2026: invoices",
        "- postal address",
        "- managing, archiving and handling orders (contract)",
        "- targeting our own advertising (legitimate interest)",
        "- Tilitoimisto Koe Oy (accounting firm)",
        # no clause says it, so the notice's own words do
        "- Outside the EU and the EEA: Tietoja ei siirretä EU:n ulkopuolelle.",
        "- 10 years from the end of the customer relationship",
        "- No automated decisions, no profiling",
        "## You may forbid marketing",
        "- restriction of processing",
        "withdraw it at any time",
        "/en/requests/",
        "Office of the Data Protection Ombudsman",
        "## The whole privacy notice",
        "Kirsi Koe",
        "Koekuja 1, 00100 Helsinki",
        "tietosuoja@koepaja.example",
    ):
        assert told in letter.body


def test_each_is_written_to_in_their_own_language_and_way(aino, partner):
    sofia = by_post(partner, language="sv")
    both = by_post(partner, language="fi", email="eero@koe.example")
    silent = CustomerFactory(collection=partner, phone="020 000 9999")
    half = CustomerFactory(collection=partner, street="Koekuja 1")
    firm = OrganisationFactory(email="firma@koe.example")
    known = CustomerFactory(email="tuttu@koe.example", language="en")
    everybody = [aino, sofia, both, silent, half, firm, known]
    fates = inform([one.pk for one in everybody], now=NOW)
    assert fates == Counter({Fate.EMAILED: 3, Fate.TO_POST: 1, Fate.UNREACHABLE: 2})
    told = {one.customer: (one.medium, one.subject, one.to_address) for one in Letter.objects.all()}
    assert told == {
        aino: ("email", "Your data in our register", ""),
        sofia: ("post", "Dina uppgifter i vårt register", "Koekuja 1\n00100 Helsinki"),
        both: ("email", "Tietosi rekisterissämme", ""),
        known: ("email", "Your data in our register", ""),
    }
    assert "Varifrån dina uppgifter kom" in sofia.letters.get().body
    # V08: who gave the data oneself is told of the notice, and of no source
    assert "Where your data came from" not in known.letters.get().body
    deliver_all()
    assert sorted(one.to[0] for one in mail.outbox) == [
        "aino@koe.example",
        "eero@koe.example",
        "tuttu@koe.example",
    ]
    printed = sheet_of(sofia.letters.get(), with_links=True)
    assert printed.recipient == [str(sofia), "Koekuja 1", "00100 Helsinki"]
    assert pdf_of(printed).is_archival


def test_they_are_told_when_the_letter_has_left_and_not_before(aino, partner, notice):
    """V02: the version that the letter tells of, though another came into force meanwhile."""
    sofia = by_post(partner, language="sv")
    inform([aino.pk, sofia.pk], now=NOW)
    in_force(NoticeFactory(register_name="Toinen"))
    assert (waiting(), NoticeGiven.objects.count()) == ({aino, sofia}, 0)
    deliver_all()
    assert waiting() == {sofia}
    mark_sent(sofia.letters.get(), now=NOW + timedelta(days=1), posted_by=None)
    assert waiting() == set()
    given = NoticeGiven.objects.order_by("pk").values_list(
        "customer", "notice", "channel", "given_on"
    )
    assert list(given) == [
        (aino.pk, notice.pk, "email", DAY),
        (sofia.pk, notice.pk, "letter", DAY + timedelta(days=1)),
    ]


def due():
    return {one: one.inform_by_on for one in Customer.objects.to_inform()}


def test_the_first_letter_about_a_request_is_when_a_person_must_be_told(aino, partner):
    """T12, art. 14(3)(b): it counts when it has left, whoever came to be linked later."""
    eero = CustomerFactory(collection=partner, email="eero@koe.example")
    month = date(2026, 4, 4)
    asked = receive(
        RightsRequest(channel="form", language="en", received_at=NOW, name="A", email=aino.email),
        [Demand(right="access")],
        now=NOW,
    )
    mark_sent(asked.letters.get(kind="staff_arrival"), now=NOW)
    link(asked, aino, now=NOW)
    assert due() == {aino: month, eero: month}
    later = NOW + timedelta(days=3)
    mark_sent(asked.letters.get(kind="receipt"), now=later)
    mark_sent(send_proof(asked, now=later), now=later + timedelta(days=1))
    assert due() == {aino: later.date(), eero: month}
    # it was Eero all the time
    link(asked, eero, now=later + timedelta(days=2))
    assert due()[eero] == later.date()
    inform([eero.pk], now=later + timedelta(days=2))
    mark_sent(eero.letters.get(), now=later + timedelta(days=2))
    assert due() == {aino: later.date()}


def test_mail_that_fails_has_told_nobody_and_paper_can_take_its_place(aino):
    inform([aino.pk], now=NOW)
    letter = Letter.objects.get()
    mark_undelivered(letter, fault="SMTPRecipientsRefused 550", now=NOW)
    assert (waiting(), NoticeGiven.objects.count()) == ({aino}, 0)
    # it waits for staff, who find it where lost letters are
    assert inform([aino.pk], now=NOW) == Counter({Fate.WAITS: 1})
    assert list(Letter.objects.undelivered()) == [letter]
    assert post_instead(letter, now=NOW)
    letter.refresh_from_db()
    assert letter.medium == Medium.POST
    mark_sent(letter, now=NOW)
    assert NoticeGiven.objects.get().channel == "letter"
    assert waiting() == set()
    # told once, one may be written to again
    assert inform([aino.pk], now=NOW) == Counter({Fate.EMAILED: 1})


def test_the_letters_and_their_tasks_are_stored_together_or_not_at_all(aino, partner):
    eero = CustomerFactory(email="eero@koe.example", collection=partner)
    with transaction.atomic():
        inform([aino.pk, eero.pk], now=NOW)
        assert (Letter.objects.count(), Task.objects.count()) == (2, 2)
        transaction.set_rollback(True)
    assert (Letter.objects.count(), Task.objects.count()) == (0, 0)
    inform([aino.pk], now=NOW)
    waits = Letter.objects.get()
    # two people press at the same moment: the database lets one letter wait
    waits.pk, waits.message_id = None, "<another@koe.example>"
    with because("Test"), transaction.atomic(), pytest.raises(IntegrityError):
        waits.save()


def test_nobody_is_written_to_after_an_erasure(aino):
    with because("Test"):
        erase(aino, request_number="2026-1", now=NOW)
    with pytest.raises(CustomerErased):
        inform([aino.pk], now=NOW)
    assert not Letter.objects.exists()


@pytest.mark.parametrize("count", [1, 6])
def test_many_letters_take_as_many_queries_as_one(partner, count, django_assert_num_queries):
    keys = [
        CustomerFactory(email=f"a{number}@koe.example", collection=partner).pk
        for number in range(count)
    ]
    with django_assert_num_queries(21 + locks_of_the_notice()):
        inform(keys, now=NOW)
    assert Task.objects.count() == count


def test_an_erasure_takes_the_letters_along(aino, partner):
    """E07: what was sent is blanked, what was not never leaves."""
    eero = CustomerFactory(family_name="Muu", email="eero@koe.example", collection=partner)
    inform([aino.pk, eero.pk], now=NOW)
    deliver_all()
    inform([aino.pk], now=NOW)
    with because("Test"), transaction.atomic():
        erase(aino, request_number="2026-1", now=NOW)
        forget_when_answered(aino, now=NOW)
    mail.outbox.clear()
    deliver_all(NOW + timedelta(hours=1))
    assert mail.outbox == []
    assert not Task.objects.filter(done_at=None).exists()
    sent = Letter.objects.get(customer=aino)
    assert (sent.to_name, sent.to_email, sent.body) == ("", "", "")
    past = Letter.history.filter(customer=aino)
    assert set(past.values_list("to_name", "to_email", "erased_by")) == {("", "", "2026-1")}
    assert Letter.objects.get(customer=eero).to_name == str(eero)


def test_a_letter_that_leaves_as_its_customer_is_erased_tells_nobody(aino):
    inform([aino.pk], now=NOW)
    letter = Letter.objects.get()
    with because("Test"):
        erase(aino, request_number="2026-1", now=NOW)
    mark_sent(letter, now=NOW)
    assert not NoticeGiven.objects.exists()


def test_letters_are_forgotten_in_three_years_and_that_they_were_sent_is_not(aino):
    """D04r"""
    inform([aino.pk], now=NOW)
    deliver_all()
    forget_old(now=NOW.replace(year=2029))
    assert Letter.objects.get().to_name == "Aino Kajo"
    forget_old(now=NOW.replace(year=2029, day=11))
    assert (Letter.objects.get().to_name, Letter.objects.get().body) == ("", "")
    assert NoticeGiven.objects.count() == 1


def test_whoever_asks_for_the_data_gets_these_letters_too(aino):
    """A04"""
    inform([aino.pk], now=NOW)
    asked = RightsRequestFactory(rights=["access"])
    with because("Test"):
        asked.customer = aino
        asked.save()
    [letter] = copy_of(asked, now=NOW)["letters"]
    assert (letter["written_on"], letter["subject"]) == ("2026-03-09", "Your data in our register")
    assert "Messut Oy" in letter["text"]


def test_staff_write_from_the_list_and_see_what_became_of_it(aino, partner):
    client = staff(Role.HANDLER)
    silent = CustomerFactory(collection=partner, phone="020 000 9999")
    none = client.post(INFORM, {}, follow=True)
    assert said(none) == ["Choose whom to write to."]
    chosen = {"customer": [aino.reference, silent.reference, "no such"]}
    page = client.post(f"{INFORM}?list=duties", chosen, follow=True)
    assert said(page) == ["Sent by e-mail: 1. Neither e-mail nor postal address: 1"]
    letter = Letter.objects.get()
    link = f'<a href="{page_of_letter(letter)}">waiting to be sent</a>'
    assert page.text.count(link) == 1
    shown = client.get(page_of_letter(letter)).text
    assert aino.reference in shown
    assert "Where your data came from" in shown
    assert client.get(page_of_letter(letter, "pdf")).content.startswith(b"%PDF")
    again = client.post(INFORM, chosen, follow=True)
    assert "A letter waits already: 1" in said(again)[0]
