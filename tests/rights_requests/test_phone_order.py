"""A call that becomes an order: found or new, warned, stored once, all or nothing."""

import pytest
from django.urls import reverse

from register.models import Customer, NoticeGiven, Order, OrderLine
from staff.roles import Role
from tests.factories import CustomerFactory, NoticeFactory
from tests.rights_requests.at_the_desk import said, staff

pytestmark = pytest.mark.django_db
PAGE = reverse("phone_order")


@pytest.fixture(autouse=True)
def notice(db):
    return NoticeFactory(in_force=True)


@pytest.fixture
def handler(notice):
    return staff(Role.HANDLER)


def form(client, **values):
    page = client.get(PAGE)
    return {
        "token": page.context["form"]["token"].value(),
        "act": "save",
        "q": "",
        "searched": "",
        "ordered_on": page.context["form"]["ordered_on"].value(),
        "lines-TOTAL_FORMS": "10",
        "lines-INITIAL_FORMS": "0",
        "lines-0-description": "Vuosihuolto",
        "lines-0-quantity": "2",
        "lines-0-unit_price": "120,50",
        **{f"lines-{n}-quantity": "1" for n in range(1, 10)},
        "language": "fi",
        **values,
    }


def test_a_known_customer_orders(handler):
    aino = CustomerFactory(phone="040 123 4567")
    found = handler.post(PAGE, form(handler, act="find", q="0401234567"))
    assert [one.customer for one in found.context["found"]] == [aino]
    answer = handler.post(PAGE, form(handler, customer=aino.reference), follow=True)
    print(answer.context and answer.context.get("form") and answer.context["form"].errors)
    print(said(answer))
    order = Order.objects.get()
    assert order.customer == aino
    [line] = OrderLine.objects.all()
    assert (line.description, str(line.quantity), str(line.unit_price)) == ("Vuosihuolto", "2.00", "120.50")
