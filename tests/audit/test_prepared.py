"""Queries written once give what the ORM gives, whatever the values are."""

import pytest

from audit.prepared import Prepared, keys_of
from register.models import Customer
from tests.factories import CustomerFactory, NoticeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def notice():
    return NoticeFactory(in_force=True)


@Prepared
def _in_city(city, part, keys, *, limit):
    rows = Customer.objects.filter(city=city, street__contains=f"{part} 1", pk__among=keys)
    return rows.order_by("pk").values_list("pk", "reference")[:limit]


def _asked(city, part, keys, limit=10):
    rows = Customer.objects.filter(city=city, street__contains=f"{part} 1", pk__in=keys)
    return list(rows.order_by("pk").values_list("pk", "reference")[:limit])


def test_each_call_has_its_own_values_and_each_shape_its_own_query():
    some = [CustomerFactory(city="Porvoo", street=f"Kuja {number}") for number in range(10, 16)]
    some.append(CustomerFactory(city="Turku", street="Polku 10"))
    keys = [one.pk for one in some]
    for city, part, chosen, limit in (
        ("Porvoo", "Kuja", keys, 10),
        ("Turku", "Polku", keys, 10),
        ("Porvoo", "Kuja", keys[2:4], 10),
        ("Porvoo", "Kuja", [], 10),
        ("Porvoo", "Kuja", keys, 2),
    ):
        found = _in_city(city, part, keys_of(chosen), limit=limit)
        assert found == _asked(city, part, chosen, limit)
    assert len(_in_city("Porvoo", "Kuja", keys_of(keys), limit=2)) == 2


@pytest.mark.parametrize("text", ["' OR 1=1 --", '"', "%s", "{0}", "ä\\", "\U0010ffff"])
def test_a_value_is_never_part_of_the_query(text):
    """Texts from outside are hostile."""
    one = CustomerFactory(city=text, street="Kuja 1")
    CustomerFactory(city="Porvoo", street="Kuja 1")
    keys = keys_of(Customer.objects.values_list("pk", flat=True))
    assert _in_city(text, "Kuja", keys, limit=5) == [(one.pk, one.reference)]


def test_the_query_is_written_once_however_often_it_is_asked():
    written = []

    @Prepared
    def people(keys):
        written.append(keys)
        return Customer.objects.filter(pk__among=keys).values_list("pk")

    one = CustomerFactory()
    assert [people(keys_of([one.pk, one.pk])) for _time in range(3)] == [[(one.pk,)]] * 3
    assert len(written) == 1
