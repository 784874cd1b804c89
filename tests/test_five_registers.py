"""Each of five real notices governs a register of its own, from the hour it is read.

The notices lie beside the project, not in it; where they are absent the same shapes are tested on
notices written for `tests/notices/examples`.
"""

import html
import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from audit.reasons import because
from notices.models import Notice
from notices.personal_data import IdentityCodeFound, UndeclaredData
from notices.terms import DataCategory, ProhibitionScope, Purpose
from register.models import Collection, Customer, Invoice
from staff.roles import Role
from tests.factories import (
    CollectionFactory,
    CustomerFactory,
    CustomerListFactory,
    InvoiceFactory,
    OrderFactory,
    OrderLineFactory,
    OrganisationFactory,
    UndertakingFactory,
    UserFactory,
)
from tests.sign_in import sign_in

NOTICES = Path(__file__).parents[2] / "shared" / "notices"
FILES = sorted(NOTICES.glob("00*.txt"))
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FILES, reason="the five real notices are not beside the project"),
]

CORE = {"name", "organisation", "email", "postal_address", "phone", "orders"}
#: A2: what each of them declares, and what stands under other headings.
DECLARED = {
    "000": CORE | {"website", "ip_address", "billing", "cookies", "demographics"},
    "001": CORE | {"website", "ip_address", "billing", "cookies", "demographics"},
    "002": CORE | {"cookies", "demographics"},
    "003": CORE,
    "004": CORE | {"ip_address", "cookies", "demographics"},
}
#: What a person gives; each value belongs to one category.
VALUES = {
    "email": {"email": "aino@koe.example"},
    "postal_address": {"street": "Koekuja 1", "postcode": "00100", "city": "Helsinki"},
    "phone": {"phone": "040 123 4567"},
    "website": {"website": "https://aino.example"},
    "ip_address": {"ip_address": "192.0.2.7", "ip_seen_on": "2026-03-04"},
}
GIVEN = ("--set", "controller.name=Koepaja", "--set", "controller.email=koe@koe.example")


def load(file, *options):
    out = StringIO()
    call_command("load_notice", str(file), "--json", *options, stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture(params=FILES, ids=lambda file: file.name[:3])
def adopted(request):
    """One of the five, in force as it stands; 003 names no controller, so that is given."""
    number = request.param.name[:3]
    load(request.param, "--adopt", *(GIVEN if number == "003" else ()))
    return number


def test_the_register_takes_exactly_the_declared_data(adopted):
    """P20: the declared values are stored, every other is refused by the name of its category."""
    assert Notice.objects.in_force().declared == set(map(DataCategory, DECLARED[adopted]))
    for category, values in VALUES.items():
        if category in DECLARED[adopted]:
            assert CustomerFactory(**values).pk
        else:
            with pytest.raises(UndeclaredData) as refused:
                CustomerFactory(**values)
            assert set(refused.value.columns.values()) == {DataCategory(category)}


def test_the_bulk_door_takes_exactly_the_same(adopted):
    collection = CollectionFactory()
    for category, values in VALUES.items():
        rows = [Customer(given_name="Aino", **values)]
        with because("Test"):
            if category in DECLARED[adopted]:
                assert Customer.objects.store(rows, collection=collection)
            else:
                with pytest.raises(UndeclaredData):
                    Customer.objects.store(rows, collection=collection)


def test_organisations_and_orders_with_lines_are_taken_by_all(adopted):
    order = OrderFactory(customer=OrganisationFactory())
    assert OrderLineFactory(order=order).pk


def test_the_bare_facts_of_an_invoice_are_taken_by_all(adopted):
    InvoiceFactory()
    assert Invoice.objects.count() == 1


def test_an_identity_code_is_taken_by_none(adopted):
    """I06: nobody declares a hetu."""
    with pytest.raises(IdentityCodeFound):
        CustomerFactory(given_name="131052-308T")


def test_sources_are_those_the_notice_names(adopted):
    """P21-P26: purchases are a source of 004 alone."""
    sources = {str(source) for source in Notice.objects.in_force().sources}
    others = {
        "registration",
        "customer_notice",
        "update_service",
        "subcontractor",
        "partner",
        "cookies",
    }
    assert sources == others | ({"purchase"} if adopted == "004" else set())
    for source in sources:
        CollectionFactory(source_kind=source)
    assert Collection.objects.count() == len(sources)


def test_every_use_that_can_be_forbidden_has_a_purpose_to_make_a_list_for(adopted):
    """P11, P14, P52: no controller is kept from advertising that its notice tells of."""
    now = timezone.now()
    allowed = {
        scope
        for scope in ProhibitionScope
        for purpose in Purpose
        if not CustomerListFactory(scope=scope, purpose=purpose).refusals(now=now)
    }
    assert allowed == set(ProhibitionScope)


def test_the_staff_page_offers_exactly_the_declared_fields(adopted):
    user = UserFactory(role=Role.HANDLER)
    UndertakingFactory(user=user)
    page = sign_in(Client(), user).get("/admin/register/customer/add/").text
    for category, values in VALUES.items():
        offered = [f'name="{column}"' in page for column in values]
        assert offered == [category in DECLARED[adopted]] * len(values)


def test_orders_are_called_assignments_by_003_alone(adopted):
    called = Notice.objects.in_force().own_word(DataCategory.ORDERS)
    assert (called == "toimeksiannot") == (adopted == "003")


def test_the_public_page_shows_the_notice_word_by_word_in_its_order(adopted, client):
    """Adopted as it stands: every heading and every sentence, and not a word between them."""
    sections = [one for one in Notice.objects.in_force().sections.all() if one.key != "title"]
    page = html.unescape(client.get("/fi/").text)
    article = re.search(r"<article[^>]*>(.*)</article>", page, re.S)[1]
    # below a right's own words stands the way to use it
    article = re.sub(r'<ul class="use">.*?</ul>', " ", article, flags=re.S)
    shown = re.findall(r"\w+", re.sub(r"<[^>]+>", " ", article))
    told = [word for one in sections for word in re.findall(r"\w+", f"{one.heading} {one.text}")]
    assert shown == told
    assert len(sections) == {"000": 25, "001": 25, "002": 25, "003": 12, "004": 15}[adopted]


def test_a_later_notice_that_drops_stored_data_is_refused(client):
    """V07: 002 after 001 would orphan the web address."""
    load(FILES[1], "--adopt")
    CustomerFactory(website="https://aino.example")
    with pytest.raises(SystemExit) as stopped:
        load(FILES[2], "--adopt")
    assert stopped.value.code == 1
    assert Notice.objects.in_force().version == 1
    assert Notice.objects.count() == 1


def test_003_is_refused_with_what_is_missing_and_taken_when_it_is_given():
    """Art. 13(1)(a), D07: it names no controller."""
    with pytest.raises(SystemExit) as stopped:
        load(FILES[3], "--adopt")
    assert stopped.value.code == 1
    assert Notice.objects.count() == 0
    document = load(FILES[3], "--adopt", *GIVEN)
    assert document["missing"] == []
    assert Notice.objects.in_force().controller_name == "Koepaja"
