"""What belongs to a customer is told by the declarations alone (A10)."""

import pytest
from django.apps import apps
from django.db import models

from audit.models import Remembered
from audit.reasons import because
from notices.declarations import Kept, personal_models
from notices.personal_data import PersonalData
from register import ownership
from register.models import (
    Attachment,
    BillingData,
    ContactRole,
    Customer,
    Invoice,
    Order,
    OrderLine,
    Paper,
    Payment,
)
from register.ownership import RECORDS, NoOwner, history_of, paths, rows_of
from staff.models import User
from tests.factories import (
    AttachmentFactory,
    BillingDataFactory,
    CollectionFactory,
    ContactRoleFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
    OrderFactory,
    OrderLineFactory,
    PaperFactory,
    PaymentFactory,
)


def by_model(owned):
    return {model: set(rows.order_by().values_list("pk", flat=True)) for model, rows in owned}


def test_every_model_of_personal_data_leads_to_one_customer():
    """A10: a new model without a place fails here."""
    assert set(paths()) == set(personal_models())
    assert paths() == {
        Attachment: "customer",
        BillingData: "customer",
        Customer: "",
        ContactRole: "person",
        Invoice: "customer",
        Order: "customer",
        OrderLine: "order__customer",
        Paper: "customer",
        Payment: "invoice__customer",
    }


@pytest.mark.parametrize("declaration", [{}, {"a": Kept.LINK, "b": Kept.LINK}])
def test_a_model_that_leads_nowhere_or_to_several_is_refused(monkeypatch, declaration):
    class Stray:
        _meta = models.base.Options(None)

    Stray.declaration = declaration
    Stray._meta.object_name = "Stray"
    Stray._meta.app_label = "register"
    monkeypatch.setattr(ownership, "personal_models", lambda: [Stray])
    with pytest.raises(NoOwner) as refused:
        paths()
    assert refused.value.model is Stray


PLACE = {"of_model", "of_row", "column"}


def test_every_record_that_no_notice_declares_has_its_place_too():
    """A04, E09: what is neither personal data nor made anew from them is told and outlives them."""
    pointing = {
        model
        for model in apps.get_app_config("register").get_models()
        for field in model._meta.fields
        if field.related_model is Customer
        and issubclass(model, Remembered)
        and not issubclass(model, PersonalData)
    }
    assert set(RECORDS) == pointing
    for model, columns in RECORDS.items():
        # where a remark stands is told by its category and its voucher
        own = {field.name for field in model._meta.concrete_fields} - {"id", "customer", *PLACE}
        # who of staff did it is told to nobody (A03)
        staff = {one.name for one in model._meta.concrete_fields if one.related_model is User}
        assert set(columns) == own - staff


@pytest.mark.django_db
def test_the_rows_of_one_customer_are_found_and_nobody_else_s():
    NoticeFactory(in_force=True)
    role = ContactRoleFactory()
    aino = role.person
    line = OrderLineFactory(order=OrderFactory(customer=aino))
    payment = PaymentFactory(invoice=InvoiceFactory(customer=aino))
    billing = BillingDataFactory(customer=aino)
    attachment = AttachmentFactory(customer=aino)
    paper = PaperFactory(customer=aino)
    PaperFactory()
    OrderLineFactory()
    PaymentFactory()
    BillingDataFactory()
    AttachmentFactory()
    assert by_model(rows_of(aino)) == {
        Customer: {aino.pk},
        ContactRole: {role.pk},
        Order: {line.order.pk},
        OrderLine: {line.pk},
        Invoice: {payment.invoice.pk},
        Payment: {payment.pk},
        BillingData: {billing.pk},
        Attachment: {attachment.pk},
        Paper: {paper.pk},
    }
    # an organisation does not own those who speak for it
    assert by_model(rows_of(role.organisation))[ContactRole] == set()


@pytest.mark.django_db
def test_history_is_that_of_rows_owned_now_and_of_rows_once_owned():
    NoticeFactory(in_force=True)
    aino, eero = CustomerFactory(), CustomerFactory()
    order = OrderFactory(customer=aino)
    line = OrderLineFactory(order=order)
    with because("It was Eero's"):
        order.customer = eero
        order.save(collection=CollectionFactory())
    every = set(order.history.values_list("pk", flat=True))
    assert len(every) == 2
    first = order.history.earliest("history_id").pk
    assert by_model(history_of(eero))[Order] == every
    assert by_model(history_of(aino))[Order] == {first}
    assert by_model(history_of(eero))[OrderLine] == {line.history.get().pk}
    assert by_model(history_of(aino))[OrderLine] == set()


def test_the_rows_of_somebody_are_chosen_without_a_join():
    """An UPDATE of a join reads the table against itself, where it is planned badly."""
    for model, rows in rows_of(1, 2):
        assert "JOIN" not in str(rows.query), model
