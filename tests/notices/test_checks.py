import pytest

from notices.checks import check_declarations, check_vocabulary
from notices.declarations import personal_models
from notices.terms import DataCategory
from register.models import Customer


def ids(messages):
    return [message.id for message in messages]


def test_the_house_as_it_stands_is_clean():
    assert ids(check_declarations() + check_vocabulary()) == []


def test_a_column_that_nobody_classified_stops_the_build(monkeypatch):
    """P17: each column maps to one declared category."""
    kept = {name: place for name, place in Customer.declaration.items() if name != "phone"}
    monkeypatch.setattr(Customer, "declaration", kept)
    (error,) = check_declarations()
    assert (error.id, error.obj) == ("notices.E001", Customer)
    assert '"phone": DataCategory.' in error.hint


def test_a_declaration_of_no_column_is_told(monkeypatch):
    monkeypatch.setattr(
        Customer, "declaration", Customer.declaration | {"shoe_size": DataCategory.NAME}
    )
    (error,) = check_declarations()
    assert (error.id, "shoe_size" in error.msg) == ("notices.E002", True)


def test_a_term_that_nothing_keeps_is_told(monkeypatch):
    kept = {
        name: place for name, place in Customer.declaration.items() if place != DataCategory.WEBSITE
    }
    monkeypatch.setattr(Customer, "declaration", kept)
    (error,) = check_vocabulary()
    assert (error.id, "WEBSITE" in error.msg) == ("notices.E003", True)


def test_models_are_found_by_their_declaration():
    assert {model.__name__ for model in personal_models()} == {
        "Attachment",
        "BillingData",
        "ContactRole",
        "Customer",
        "Invoice",
        "Order",
        "OrderLine",
        "Paper",
        "Payment",
    }


@pytest.mark.parametrize("column", ["number", "invoiced_on", "due_on", "amount", "paid_on"])
def test_the_bare_facts_of_an_invoice_need_no_clause(column):
    invoice = next(model for model in personal_models() if model.__name__ == "Invoice")
    assert not isinstance(invoice.declaration[column], DataCategory)
