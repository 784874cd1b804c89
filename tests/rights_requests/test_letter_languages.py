"""P50: a letter is in the language of who reads it, whatever language staff work in."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone, translation

from audit.reasons import because
from notices.terms import DataCategory, Right
from rights_requests import carrying_out, correcting, decisions, doubting, lifting, waiting
from rights_requests.grounds import BY_KEY, grounds_for
from rights_requests.informing import inform
from rights_requests.letters import mark_sent
from rights_requests.models import (
    DoubtReason,
    ExtensionCause,
    Letter,
    LetterKind,
    Means,
    RightsRequest,
)
from tests.factories import (
    CollectionFactory,
    CustomerFactory,
    DisclosureFactory,
    InvoiceFactory,
    ItemFactory,
    NoticeFactory,
    PaymentFactory,
    RecipientFactory,
    UserFactory,
)
from tests.rights_requests.at_the_desk import ask
from tests.rights_requests.test_decisions import ask as asks_on_the_web

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 9, 9, 0, tzinfo=ZoneInfo("Europe/Helsinki"))
LATER = NOW + timedelta(days=1)
PLACE = re.compile(r"\[[0-9a-f]+:\d+\]")


@pytest.fixture(autouse=True)
def _notice():
    NoticeFactory(
        in_force=True,
        declared=list(DataCategory),
        purposes={"orders": "contract", "publication": "legitimate_interest"},
        recipients=["credit"],
        grounds=["billing"],
        languages=["fi", "sv", "en"],
        contact_email="vastuu@koepaja.example",
    )


@pytest.fixture
def people(monkeypatch):
    """Four customers whose data a Swedish firm was given, one of them with an open invoice."""
    at(monkeypatch, NOW - timedelta(days=60))
    made = [
        CustomerFactory(
            email=f"aino{number}@koe.example",
            street="Koekatu 1",
            postcode="00100",
            city="Helsinki",
            language="fi",
        )
        for number in range(4)
    ]
    firm = RecipientFactory(
        name="Luotto Ab", kind="credit", language="sv", categories=["name", "email"]
    )
    DisclosureFactory(
        recipient=firm,
        ground="billing",
        customers=made,
        categories=["name", "email"],
        at=NOW - timedelta(days=30),
    )
    DisclosureFactory(
        recipient=None, purpose="publication", customers=made[:1], at=NOW - timedelta(days=20)
    )
    InvoiceFactory(customer=made[1], number="L-77", amount=10)
    return made


def at(monkeypatch, moment):
    monkeypatch.setattr(timezone, "now", lambda: moment)


def every_letter(people, monkeypatch):
    """Every act that writes a letter, by Finnish requests; gives kind, language and words."""
    with transaction.atomic():
        _every_act(people, monkeypatch)
        found = [
            (
                one.kind,
                one.language,
                one.subject,
                PLACE.sub("", one.body),
                one.to_name,
            )
            for one in Letter.objects.order_by("pk")
        ]
        transaction.set_rollback(True)
    return found


def _every_act(people, monkeypatch):
    gone, waits, rests, other = people
    by = UserFactory(name="Ruut Ratkaisija")
    at(monkeypatch, NOW)

    def decide(right, customer, **terms):
        asked = ask(right, customer=customer, proof="in_person", language="fi", now=NOW)
        decisions.grant(asked.demands.get(), by=by, now=NOW, **terms)
        asked.refresh_from_db()
        return asked

    def open_demand(right, **more):
        asked = ask(right, language="fi", now=NOW, **more)
        return asked.demands.get()

    asks_on_the_web(Right.PROHIBITION, Right.ACCESS, now=NOW, language="fi")
    decisions.send_proof(RightsRequest.objects.get(), now=NOW)
    decisions.send_code(open_demand("access", customer=other).request, now=NOW)
    doubting.ask(
        open_demand("access").request,
        by=by,
        now=NOW,
        reason=DoubtReason.CONTRADICTION,
        means=Means.DETAIL,
        why_not_milder="Postilaatikko on kuulemma varastettu.",
    )
    for right in ("access", "portability"):
        decide(right, other)
    decide("objection", other)
    decide("withdrawal", other)
    moved = open_demand("portability", customer=other, proof="in_person")
    with because("Test"):
        moved.transfer_to, moved.transfer_address = "Uusi Palvelu Oy", "siirto@uusi.example"
        moved.save()
    decisions.grant(moved, by=by, now=NOW)
    decide("access", None)
    decisions.extend(
        open_demand("access", customer=other),
        by=by,
        now=NOW,
        cause=ExtensionCause.values[0],
        reason="Tiedot ovat kahdessa arkistossa.",
    )
    decisions.refuse(
        open_demand("access", customer=other),
        by=by,
        now=NOW,
        ground=grounds_for(Right.ACCESS)[0],
        refused_what="Koko pyyntö.",
        reasons="Kukaan ei ole osoittanut, kuka pyytää.",
        until="Kunnes se on osoitettu.",
    )
    decisions.withdraw(open_demand("access", customer=other).request, now=NOW)
    _correct(other, by, monkeypatch)
    inform([other.pk], now=NOW)

    rested = decide("restriction", rests, ground="accuracy")
    letter = lifting.tell(rested, reasons="Tiedot ovat oikein.", now=NOW)
    mark_sent(letter, now=NOW + timedelta(hours=1))
    lifting.lift(rested, by=by, now=LATER)

    decide("erasure", gone)
    decide("erasure", waits, wait=True)
    PaymentFactory(invoice=waits.invoices.get(), amount=10)
    assert waiting.carry_out(now=LATER)

    last = open_demand("access").due_on
    for day in (last - timedelta(days=1), last + timedelta(days=1)):
        at(monkeypatch, datetime(day.year, day.month, day.day, 6, tzinfo=NOW.tzinfo))
        call_command("remind_of_requests")


def _correct(customer, by, monkeypatch):
    asked = ask("rectification", customer=customer, proof="in_person", language="fi", now=NOW)
    at(monkeypatch, LATER)
    with because("Test"):
        customer.refresh_from_db()
        customer.email = "uusi@koe.example"
        customer.save(collection=CollectionFactory())
    demand = asked.demands.get()
    keys = [one.key for one in carrying_out.corrections(demand)]
    assert keys
    item = ItemFactory(demand=demand, category="email", statement="Vanhaan ei voi kirjoittaa.")
    refused = ItemFactory(demand=demand, category="name", datum="Aino", wanted="Eine")
    rulings = [
        correcting.Ruling(item, "corrected", customer),
        correcting.Ruling(
            refused, "refused", customer, ground=BY_KEY["accurate"], reasons="Nimi on oikein."
        ),
    ]
    correcting.decide(demand, rulings, by=by, now=LATER, corrected=keys)


@pytest.mark.parametrize("working_in", ["en", "sv"])
def test_no_letter_is_changed_by_the_language_of_staff(people, monkeypatch, working_in):
    """P50: the prohibition's scopes, the ground of a refusal, what keeps the data, all of it."""
    with translation.override("fi"):
        expected = every_letter(people, monkeypatch)
    with translation.override(working_in):
        found = every_letter(people, monkeypatch)
    assert found == expected
    assert {kind for kind, *_rest in found} == set(LetterKind.values)
    assert {language for kind, language, *_rest in found if not kind.startswith("told_")} == {"fi"}
