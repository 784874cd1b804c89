"""Fills an empty installation with the invented company: its notice, customers and staff."""

import sys
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.reasons import because
from demo import invented
from demo.requests import play
from notices.drafts import draft_of
from notices.publishing import publish
from notices.reading import read
from register.models import Collection, ContactRole, Customer, Invoice, Order, OrderLine
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
    _store_orders(rows, customers)
    by_role = {user.role: user for user in User.objects.all()}
    play(
        timezone.now(),
        contact=by_role[Role.DATA_PROTECTION_CONTACT],
        handler=by_role[Role.HANDLER],
    )


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
    customer = Customer(language=one.language, email=one.email, phone=one.phone)
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


def _store_orders(rows: invented.Invented, customers: dict[Any, Customer]) -> None:
    """All orders, lines and invoices came from purchases."""
    buyers: list[invented.Person | invented.Organisation] = [*rows.people, *rows.organisations]
    bought = [(customers[one], order) for one in buyers for order in one.orders]
    shop = Collection.objects.create(
        source_kind="purchase", source_name="", collected_on=timezone.localdate()
    )
    orders = Order.objects.store(
        [
            Order(customer=customer, number=order.number, ordered_on=order.ordered_on)
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
    Invoice.objects.store(
        [
            Invoice(
                customer=customer,
                number=order.invoice.number,
                invoiced_on=order.invoice.invoiced_on,
                due_on=order.invoice.due_on,
                amount=order.invoice.amount,
                paid_on=order.invoice.paid_on,
                collection_started_on=order.invoice.collection_started_on,
            )
            for customer, order in bought
            if order.invoice
        ],
        collection=shop,
    )
