"""Fills an empty installation with the invented company: its notice, customers and staff."""

import sys
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.paper import pdf_of
from audit.pdf import pages_of
from audit.reasons import because
from demo import invented
from demo.requests import in_collection, play, restrict_phone
from notices.drafts import draft_of
from notices.models import Notice
from notices.publishing import publish
from notices.reading import read
from notices.terms import DataCategory
from register.models import (
    Attachment,
    BillingData,
    Channel,
    Collection,
    ContactRole,
    Customer,
    Disclosure,
    Invoice,
    NoticeGiven,
    Order,
    OrderLine,
    Payment,
    Recipient,
    StoragePlace,
)
from register.models.customers import reference_of
from staff.models import User
from staff.roles import Role

PASSWORD = "pyora-esittely-2026"  # noqa: S105 (the demo's own, printed at each start)
PEOPLE = {
    Role.DATA_PROTECTION_CONTACT: ("tietosuoja@ruskapolku.example", "Ruut Tyrnitaival"),
    Role.HANDLER: ("kasittelija@ruskapolku.example", "Taito Kuurakeidas"),
    Role.VIEWER: ("katselija@ruskapolku.example", "Unelma Tyrniportti"),
    Role.ACCOUNTING: ("kirjanpito@ruskapolku.example", "Oiva Hallataival"),
    Role.ADMINISTRATOR: ("yllapito@ruskapolku.example", "Rauha Kaislatyven"),
}


class Command(BaseCommand):
    help = "Loads the demo into an empty installation; prints its sign-ins each time."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SECOND_FACTOR != "optional":
            self.stderr.write(_("The demo has public passwords: load it with make demo only."))
            sys.exit(2)
        if not User.objects.all().exists():
            with transaction.atomic(), because(_("Demo data")):
                load(timezone.localdate())
        self.stdout.write(
            _("Letters and mails of the demo: %(address)s")
            % {"address": settings.BASE_URL + reverse("mailbox")}
            + "\n"
        )
        for role, (email, name) in PEOPLE.items():
            self.stdout.write(f"{email:34} {PASSWORD}  {name}, {role.label}")


#: What debt collectors are given.
COLLECTED = ["name", "phone", "postal_address", "billing"]


def load(today: date) -> None:
    """Notice, staff, customers, orders, invoices and requests, in one transaction."""
    notice = draft_of(
        read((Path(invented.__file__).parent / "notice.toml").read_bytes()),
        reason=_("Demo data"),
    )
    publish(notice, now=timezone.now(), reason=_("Demo data"))
    for role, (email, name) in PEOPLE.items():
        User.objects.create_user(email, name, PASSWORD, role=role)
    rows = invented.invented(today)
    customers = _store_customers(rows)
    _store_roles(rows, customers)
    _store_billing(rows, customers)
    _store_orders(rows, customers, today)
    StoragePlace.objects.create(name="Kaappi 1, takahuone", is_locked=True, is_fireproof=True)
    by_role = {user.role: user for user in User.objects.all()}
    play(
        timezone.now(),
        contact=by_role[Role.DATA_PROTECTION_CONTACT],
        handler=by_role[Role.HANDLER],
    )
    _tell(notice, today)
    _give(today, by=by_role[Role.HANDLER])
    restrict_phone(
        timezone.now(),
        in_collection(),
        contact=by_role[Role.DATA_PROTECTION_CONTACT],
        handler=by_role[Role.HANDLER],
    )


def _give(today: date, *, by: Any) -> None:
    """The firms that the notice names, and what the debt collectors got."""
    firms = {
        kind: Recipient.objects.create(
            name=name, kind=kind, contract_on=today - timedelta(days=700), **more
        )
        for kind, name, more in (
            (
                "accounting",
                "Tilitoimisto Lehmuskeidas Oy",
                {
                    "categories": ["name", "billing"],
                    "has_standing_access": True,
                    "address": "Lehmuskuja 2, 06100 Porvoo",
                },
            ),
            (
                "partner",
                "Palvelinpaja Kuutarha Oy",
                {
                    "categories": ["name", "email", "orders"],
                    "address": "Kuutarhankuja 5, 06100 Porvoo",
                },
            ),
            (
                "collection_agency",
                "Perintätoimisto Kaarnavalkama Oy",
                {"categories": COLLECTED, "address": "Kaarnakuja 8, 06100 Porvoo"},
            ),
        )
    }
    owing = Invoice.objects.filter(collection_started_on__isnull=False).order_by("pk")
    for customer in Customer.objects.filter(pk__in=owing.order_by().values("customer")):
        Disclosure.objects.record(
            Customer.objects.filter(pk=customer.pk),
            recipient=firms["collection_agency"],
            ground="collection",
            purpose="orders",
            categories=COLLECTED,
            by=by,
            at=timezone.now(),
        )


def _tell(notice: Notice, today: date) -> None:
    """Nearly all people were given the notice; of two of the rest an update service knew better."""
    people = Customer.objects.in_use(DataCategory.values)
    people = people.filter(organisation_name="").exclude(street="")
    told = list(people.order_by("pk"))
    NoticeGiven.objects.record(told[:-20], notice=notice, channel=Channel.COUNTER, on=today)
    for customer, days_ago in zip(told[-2:], (40, 10), strict=True):
        source = Collection.objects.create(
            source_kind="update_service",
            source_name="Osoitepalvelu",
            collected_on=today - timedelta(days=days_ago),
        )
        customer.street = f"Uusikuja {days_ago}"
        customer.save(collection=source)


def _store_customers(rows: invented.Invented) -> dict[Any, Customer]:
    """One collection for each source, one bulk insert for each collection."""
    everybody = chain(rows.people, rows.organisations, rows.contact_persons)
    customers: dict[Any, Customer] = {}
    for source, people in _grouped(everybody):
        stored = Customer.objects.store(
            [_customer(one) for one in people], collection=_collection(source)
        )
        customers.update(zip(people, stored, strict=True))
    return customers


def _collection(source: invented.Source) -> Collection:
    return Collection.objects.create(
        source_kind=source.kind, source_name=source.name, collected_on=source.collected_on
    )


def _customer(one: Any) -> Customer:
    customer = Customer(
        reference=reference_of(one.drawn),
        **{name: getattr(one, name) for name in ("language", "email", "phone")},
    )
    if isinstance(one, invented.Organisation):
        customer.organisation_name = one.name
    else:
        customer.given_name, customer.family_name = one.given_name, one.family_name
    if not isinstance(one, invented.ContactPerson):
        customer.street, customer.postcode = one.address.street, one.address.postcode
        customer.city = one.address.city
    if isinstance(one, invented.Person):
        customer.ip_address, customer.ip_seen_on = one.ip_address, one.ip_seen_on
    return customer


def _store_roles(rows: invented.Invented, customers: dict[Any, Customer]) -> None:
    organisations = {firm.name: customers[firm] for firm in rows.organisations}
    for source, people in _grouped(rows.contact_persons):
        ContactRole.objects.store(
            [
                ContactRole(
                    person=customers[one],
                    organisation=organisations[one.organisation],
                    role=one.role,
                    started_on=one.started_on,
                    ended_on=one.ended_on,
                )
                for one in people
            ],
            collection=_collection(source),
        )


def _grouped(people: Iterable[Any]) -> Iterable[tuple[invented.Source, list[Any]]]:
    groups: dict[invented.Source, list[Any]] = defaultdict(list)
    for one in people:
        groups[one.source].append(one)
    return groups.items()


def _store_billing(rows: invented.Invented, customers: dict[Any, Customer]) -> None:
    """Every third organisation takes e-invoices."""
    for source, firms in _grouped(rows.organisations[::3]):
        BillingData.objects.store(
            [
                BillingData(
                    customer=customers[firm],
                    street=firm.address.street,
                    postcode=firm.address.postcode,
                    city=firm.address.city,
                    business_id=(number := business_id(rows.organisations.index(firm))),
                    einvoice_address=f"0037{number.replace('-', '')}",
                    einvoice_operator="RUSKAVERKKO",
                )
                for firm in firms
            ],
            collection=_collection(source),
        )


def business_id(index: int) -> str:
    """A number of the right form that nobody has: they do not begin with a nine yet."""
    while True:
        digits = f"9{index:06}"
        weighed = sum(int(a) * b for a, b in zip(digits, (7, 9, 10, 5, 8, 4, 2), strict=True))
        check = -weighed % 11
        if check < 10:
            return f"{digits}-{check}"
        index += 1000


def _store_orders(rows: invented.Invented, customers: dict[Any, Customer], today: date) -> None:
    """All orders, lines, invoices and payments came from purchases."""
    buyers: list[invented.Person | invented.Organisation] = [*rows.people, *rows.organisations]
    bought = [(customers[one], order) for one in buyers for order in one.orders]
    shop = Collection.objects.create(
        source_kind="purchase", source_name="", collected_on=timezone.localdate()
    )
    orders = Order.objects.store(
        [
            Order(
                customer=customer,
                number=order.number,
                ordered_on=order.ordered_on,
                **_ends(order.ordered_on, today),
            )
            for customer, order in bought
        ],
        collection=shop,
    )
    OrderLine.objects.store(
        [
            OrderLine(
                order=stored,
                description=line.description,
                quantity=line.quantity,
                unit_price=line.unit_price,
            )
            for stored, (_buyer, order) in zip(orders, bought, strict=True)
            for line in order.lines
        ],
        collection=shop,
    )
    invoiced = [(customer, order.invoice) for customer, order in bought if order.invoice]
    invoices = Invoice.objects.store(
        [
            Invoice(
                customer=customer,
                number=invoice.number,
                invoiced_on=invoice.invoiced_on,
                due_on=invoice.due_on,
                amount=invoice.amount,
                collection_started_on=invoice.collection_started_on,
            )
            for customer, invoice in invoiced
        ],
        collection=shop,
    )
    Payment.objects.store(
        [
            Payment(invoice=stored, paid_on=invoice.paid_on, amount=invoice.amount)
            for stored, (_buyer, invoice) in zip(invoices, invoiced, strict=True)
            if invoice.paid_on
        ],
        collection=shop,
    )
    _store_part(invoices, invoiced, shop)
    _attach(orders[0], shop)


def _ends(ordered_on: date, today: date) -> dict[str, date]:
    """Delivered after three days, archived after a year."""
    days = {"delivered_on": 3, "archived_on": 365}
    ends = {column: ordered_on + timedelta(days=number) for column, number in days.items()}
    return {column: day for column, day in ends.items() if day <= today}


def _store_part(
    invoices: list[Invoice], invoiced: list[tuple[Customer, invented.Invoice]], shop: Collection
) -> None:
    """The last open invoice has been paid in part."""
    open_ = [one for one, (_buyer, told) in zip(invoices, invoiced, strict=True) if told.is_open]
    last = max(open_, key=lambda invoice: invoice.invoiced_on)
    part = (last.amount / 2).quantize(Decimal("0.01"))
    payment = Payment(invoice=last, paid_on=last.invoiced_on, amount=part)
    payment.save(collection=shop)


def _attach(order: Order, shop: Collection) -> None:
    layout = b'#set document(title: [Tilaus])\n#set text(lang: "fi")\n= Tilaus\n#sys.inputs.sheet'
    assert order.ordered_on is not None  # noqa: S101 (only erasure empties it)
    paper = pdf_of(layout, {"number": order.number}, order.ordered_on)
    Attachment(customer=order.customer, order=order, title=_("Order form")).put(
        paper, pages_of(paper), collection=shop
    )
