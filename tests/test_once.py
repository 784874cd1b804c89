"""Each form of staff that acts is sent many times at once, and acts once."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from audit.models import UsedForm
from register.lists.making import make
from register.models import (
    Consent,
    CustomerList,
    Disclosure,
    Hold,
    Narrowing,
    NoticeGiven,
    Prohibition,
)
from rights_requests.models import Letter, RightsRequest
from staff.roles import Role
from tests.factories import (
    CustomerFactory,
    CustomerListFactory,
    NoticeFactory,
    RecipientFactory,
)
from tests.rights_requests.at_the_desk import staff

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4
PROMISED: dict[str, Any] = {
    "declared": ["name", "email", "website", "postal_address"],
    "purposes": {
        "orders": "contract",
        "publication": "legitimate_interest",
        "statistics": "consent",
    },
    "recipients": ["collection_agency"],
    "grounds": ["collection"],
}


class Asked(NamedTuple):
    """A page with a form, what is sent, and what there must be of it afterwards."""

    address: str
    sent: dict[str, Any]
    counts: dict[str, int]
    #: what the page's own form must have besides
    also: str = ""


def of_aino(name: str, **sent: Any) -> Callable[[Any], Asked]:
    def asked(aino: Any) -> Asked:
        counts = sent.pop("counts")
        address = reverse(f"admin:{name}", args=[aino.reference])
        said = {"channel": "phone", "on": timezone.localdate().isoformat()}
        return Asked(address, said | sent, counts)

    return asked


def forbidding(aino: Any) -> Asked:
    sent = {"scopes": ["direct_marketing", "publication"], "uses": ["processing", "disclosure"]}
    # each for the e-mail and for the address; a receipt and an answer
    counts = {"Prohibition": 8, "RightsRequest": 1, "Letter": 2}
    return of_aino("rights_requests_rightsrequest_forbid", **sent, counts=counts)(aino)


def giving(aino: Any) -> Asked:
    firm = RecipientFactory(kind="collection_agency", categories=["name"])
    sent = {"recipient": firm.pk, "ground": "collection", "purpose": "orders"}
    counts = {"Disclosure": 1}
    return of_aino("register_customer_given", **sent, categories=["name"], counts=counts)(aino)


def telling(aino: Any) -> Asked:
    address = reverse("admin:register_customer_telling") + "?list=untold"
    said = {"channel": "phone", "on": timezone.localdate().isoformat(), "everybody": "1"}
    return Asked(address, said, {"NoticeGiven": 1})


def asking(aino: Any) -> Asked:
    sent = {"layout": "3x8", "purpose": "publication", "scope": "direct_advertising"}
    return Asked(reverse("admin:register_customerlist_add"), sent, {"CustomerList": 1})


def making_anew(aino: Any) -> Asked:
    asked = CustomerListFactory()
    make(asked, now=timezone.now())
    CustomerList.objects.all().end(now=timezone.now())
    address = reverse("admin:register_customerlist_change", args=[asked.pk])
    return Asked(address, {"anew": "1"}, {"CustomerList": 2, "Disclosure": 1})


def emptying(aino: Any) -> Asked:
    NoticeFactory(**PROMISED | {"declared": ["name", "email", "postal_address"]})
    address = reverse("admin:register_narrowing_add")
    return Asked(address, {"reason": "Liikaa"}, {"Narrowing": 1})


def told_version(aino: Any) -> Asked:
    version = NoticeGiven._meta.get_field("notice").related_model.objects.get().pk
    return of_aino("register_customer_told", version=version, counts={"NoticeGiven": 1})(aino)


FORMS = {
    "forbid marketing": forbidding,
    "data were given": giving,
    "a notice was given": told_version,
    "a consent was given": of_aino(
        "register_customer_consent",
        purpose="statistics",
        wording="Kyllä.",
        counts={"Consent": 1},
    ),
    "needed for a claim": of_aino(
        "register_customer_hold", reason="Riita", review_on="2099-01-01", counts={"Hold": 1}
    ),
    "several were told": telling,
    "a list is asked for": asking,
    "a list is made anew": making_anew,
    "data are emptied": emptying,
}


def counted() -> dict[str, int]:
    models = (
        *(Consent, CustomerList, Disclosure, Hold, Letter, Narrowing),
        *(NoticeGiven, Prohibition, RightsRequest),
    )
    counts = {one.__name__: one._default_manager.count() for one in models}
    return {name: count for name, count in counts.items() if count}


@pytest.mark.parametrize("act", FORMS)
def test_a_form_sent_many_times_at_once_acts_once(act):
    """P15, P28, P14, V07: one act, one letter, one row of the ledger; the others are told so."""
    NoticeFactory(in_force=True, **PROMISED)
    aino = CustomerFactory(
        email="aino@koe.example",
        website="https://aino.koe.example",
        street="Koekatu 1",
        postcode="00100",
        city="Oulu",
    )
    asked = FORMS[act](aino)
    clients = [staff(Role.DATA_PROTECTION_CONTACT, name=f"Koe {n}") for n in range(AT_ONCE)]
    for client in clients:
        client.post(reverse("admin:register_customer_occasion"), {"occasion": "care"})
    page = clients[0].get(asked.address).text
    (token,) = set(re.findall(r'name="token" value="([^"]+)"', page))
    barrier = Barrier(AT_ONCE)

    def press(client: Any) -> tuple[int, str]:
        barrier.wait()
        try:
            response = client.post(asked.address, asked.sent | {"token": token})
            return response.status_code, response["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(press, clients))
    # all are led to the same place: what the one has made
    assert [status for status, _place in answers] == [302] * AT_ONCE
    assert len({place for _status, place in answers}) == 1
    assert counted() == asked.counts
    assert UsedForm.objects.count() == 1
    again = clients[0].post(asked.address, asked.sent | {"token": token}, follow=True)
    assert "was sent before" in again.text
    assert counted() == asked.counts
