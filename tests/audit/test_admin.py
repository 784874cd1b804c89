import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from audit.admin import RememberedAdmin
from staff.roles import Role
from tests import factories
from tests.factories import CustomerFactory, NoticeFactory, UndertakingFactory, UserFactory
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
PAGES = {
    model._meta.label: page
    for model, page in admin.site._registry.items()
    if isinstance(page, RememberedAdmin)
}


def staff(role, **fields):
    user = UserFactory(role=role, language="en", **fields)
    UndertakingFactory(user=user)
    return sign_in(Client(), user)


def made(model):
    return next(
        factory
        for factory in vars(factories).values()
        if isinstance(factory, type)
        and getattr(factory, "_meta", None)
        and factory._meta.model is model
    )()


def test_every_staff_page_of_ours_is_of_this_kind():
    assert set(PAGES) == {model._meta.label for model in admin.site._registry}


@pytest.mark.parametrize(
    "who",
    [
        {"role": Role.VIEWER},
        {"role": Role.ADMINISTRATOR},
        {"role": Role.DATA_PROTECTION_CONTACT, "is_superuser": True},
    ],
    ids=["viewer", "administrator", "superuser"],
)
@pytest.mark.parametrize("label", PAGES)
def test_no_history_address_takes_a_post(label, who):
    """Q06: the library's own history form would write, also for those who may only look."""
    NoticeFactory(in_force=True)
    model = PAGES[label].model
    row = made(model)

    def versions():
        return model.history.count() if hasattr(model, "history") else 0

    before = versions()
    address = reverse(
        f"admin:{row._meta.app_label}_{row._meta.model_name}_history",
        args=[getattr(row, "reference", row.pk)],
    )
    client = staff(**who)
    counted = versions() - before
    assert client.post(address, {"history_id": 1, "_change_history": "1"}).status_code == 405
    assert versions() - before == counted


def test_the_second_of_two_people_is_told_of_the_first_and_loses_nothing():
    NoticeFactory(in_force=True)
    customer = CustomerFactory(given_name="Aino", family_name="Kajo", city="Turku")
    address = reverse("admin:register_customer_change", args=[customer.reference])
    first, second = staff(Role.HANDLER), staff(Role.HANDLER)
    seen = {
        client: client.get(address).context["adminform"].form["seen"].value()
        for client in (first, second)
    }

    def post(client, city, seen):
        return client.post(
            address,
            {
                "given_name": "Aino",
                "family_name": "Kajo",
                "city": city,
                "language": "fi",
                "seen": seen,
                "source_kind": "customer_notice",
                "collected_on": "2026-03-05",
                "contact_roles-TOTAL_FORMS": "0",
                "contact_roles-INITIAL_FORMS": "0",
            },
        )

    assert post(first, "Porvoo", seen[first]).status_code == 302
    told = post(second, "Loviisa", seen[second])
    assert "after you had opened it" in told.text
    assert 'value="Loviisa"' in told.text
    customer.refresh_from_db()
    assert customer.city == "Porvoo"
    again = told.context["adminform"].form["seen"].value()
    assert post(second, "Loviisa", again).status_code == 302
    customer.refresh_from_db()
    assert customer.city == "Loviisa"
