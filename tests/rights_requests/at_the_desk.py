"""Working at the desk as staff do: signed in, from page to page, by their addresses."""

import re
from html import unescape

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.reasons import because
from register.models import Channel
from rights_requests import correcting
from rights_requests.intake import receive
from rights_requests.models import Demand, Outcome, Proof, RightsRequest
from staff.roles import Role
from tests.factories import ItemFactory, UndertakingFactory, UserFactory
from tests.sign_in import sign_in

QUEUE = reverse("admin:rights_requests_rightsrequest_changelist")
RECORD = reverse("admin:rights_requests_rightsrequest_add")
LETTERS = reverse("admin:rights_requests_letter_changelist")


def staff(role=Role.DATA_PROTECTION_CONTACT, language="en", **fields):
    user = UserFactory(role=role, language=language, **fields)
    UndertakingFactory(user=user)
    return sign_in(Client(), user)


def page_of(asked, page="change"):
    return reverse(f"admin:rights_requests_rightsrequest_{page}", args=[asked.number])


def act_on(asked, right, act):
    """The address where `right` is granted, refused or extended."""
    return reverse(f"admin:rights_requests_rightsrequest_{act}", args=[asked.number, right])


def page_of_letter(letter, page="change"):
    return reverse(f"admin:rights_requests_letter_{page}", args=[letter.pk])


def ask(*rights, customer=None, proof="", now=None, **columns):
    """A request as the form on the web makes it; `proof` is how it was proven."""
    now = now or timezone.now()
    columns = {"name": "Aino Kajo", "email": "aino@koe.example", "language": "en"} | columns
    asked = RightsRequest(channel=Channel.FORM, received_at=now, **columns)
    receive(asked, [Demand(right=right) for right in rights], now=now)
    if customer or proof:
        with because("Made for a test"):
            asked.customer = customer
            if proof:
                asked.proof, asked.identified_at = Proof(proof), now
            asked.save()
    return asked


def put_right(asked, *, by=None, now=None, corrected=(), **values):
    """Grant a rectification of one item: by `values` of the customer's row, or because staff have
    made the changes with the keys `corrected` before; with neither the person's words are kept."""
    demand = asked.demands.get(right="rectification")
    item = demand.items.first()
    if item is None:
        item = ItemFactory(demand=demand, statement="" if values or corrected else "It was so.")
    outcome = Outcome.CORRECTED if values or corrected else Outcome.COMPLETED
    correcting.decide(
        demand,
        [correcting.Ruling(item, outcome, asked.customer, values)],
        by=by or UserFactory(),
        now=now or timezone.now(),
        corrected=corrected,
    )
    asked.refresh_from_db()
    return asked


def said(response):
    """What the page after an act told, read as people do."""
    told = re.search(r'<ul class="messagelist">(.*?)</ul>', response.text, re.DOTALL)
    return [unescape(one) for one in re.findall(r"<li[^>]*>(.*?)</li>", told[1])] if told else []
