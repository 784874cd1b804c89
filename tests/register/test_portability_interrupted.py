"""A package that goes in block by block: killed, found untrue late, overtaken by others (O02)."""

import json
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction

from notices.terms import DataCategory
from register.models import Collection, Customer, Order, imports
from register.portability import UnusablePackage, open_package, taking_in
from register.portability.opening import Fault
from tests.factories import NoticeFactory
from tests.register.importing.test_interrupted import Killed, _empty
from tests.register.test_portability import (
    TODAY,
    data_of,
    english,
    everything_counted,
    full,
    held,
    packed,
    wiped,
    with_data,
)

__all__ = ["english", "full"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def notice():
    return NoticeFactory(in_force=True)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(taking_in, "A_BLOCK", 1)


@pytest.fixture
def package(full, tmp_path):
    """A package and the values in it; the register is empty."""
    file, values = packed(full), held(full)
    start_anew()
    path = tmp_path / "package.zip"
    path.write_bytes(file.getvalue())
    return path, values


def start_anew():
    wiped()
    _empty(Collection)


def take_in(path):
    with open_package(path) as package:
        return taking_in.take_in(package, today=TODAY)


def there():
    """Every value of everybody who is here, and how many rows there are of everything."""
    return [held(one) for one in Customer.objects.order_by("pk")], everything_counted()


def killing_at(monkeypatch, place, *, inside):
    """Lets the `place`th block of storing be the last: killed within it, or after it."""
    count = iter(range(10_000))
    block = taking_in._TakingIn.block

    @contextmanager
    def counted(self):
        with block(self):
            yield
            is_last = not self.is_rehearsal and next(count) == place
            if is_last and inside:
                raise Killed
        if is_last:
            raise Killed

    monkeypatch.setattr(taking_in._TakingIn, "block", counted)
    # a process that is killed gives no turn back
    monkeypatch.setattr(imports.TurnQuerySet, "end", lambda *_args, **_kwargs: None)
    monkeypatch.setattr(imports, "LEASE", timedelta(0))
    return count


@pytest.mark.parametrize("inside", [True, False])
def test_a_kill_at_any_block_and_a_second_run_end_as_one_undisturbed(package, monkeypatch, inside):
    path, values = package
    with monkeypatch.context() as watched:
        count = killing_at(watched, 10_000, inside=inside)
        assert take_in(path).is_whole
    blocks = next(count)
    undisturbed = there()
    assert values in undisturbed[0]
    assert blocks > 10

    for place in range(blocks):
        start_anew()
        with monkeypatch.context() as killed:
            killing_at(killed, place, inside=inside)
            with pytest.raises(Killed):
                take_in(path)
        # who is seen has forbidden it already (M01)
        for one in Customer.objects.filter(given_name="Aino"):
            assert one.prohibitions().exists()
        monkeypatch.setattr(imports, "LEASE", timedelta(0))
        assert take_in(path).is_whole
        assert there() == undisturbed, place


def test_what_cannot_be_true_at_the_end_of_a_package_stores_nothing_of_its_beginning(
    full, tmp_path
):
    """Also what only the database refuses: the package is tried before anything is stored."""
    file = packed(full)
    data = data_of(file)
    start_anew()
    before = everything_counted()
    payment, invoice = data["payment"][0], data["invoice"][-1]
    for name, values in (
        ("payment", payment | {"values": payment["values"] | {"amount": "0.00"}}),
        ("invoice", invoice | {"values": invoice["values"] | {"amount": "5.00"}}),
        ("order", data["order"][0]),
    ):
        untrue = with_data(file, json.dumps(data | {name: [*data[name][:-1], values]}))
        (tmp_path / "untrue.zip").write_bytes(untrue.getvalue())
        with pytest.raises(UnusablePackage) as refused:
            take_in(tmp_path / "untrue.zip")
        assert refused.value.fault == Fault.CONTRADICTION
        assert everything_counted() == before, name


def test_another_notice_that_comes_meanwhile_stops_it_and_a_second_run_obeys_that_one(
    package, monkeypatch, capsys
):
    """P20"""
    path, _values = package
    narrower = [one for one in DataCategory if one != DataCategory.ORDERS]
    store = taking_in._TakingIn.store

    def overtaken(self, model, rows, name):
        store(self, model, rows, name)
        if model is Customer and not self.is_rehearsal:
            monkeypatch.undo()
            transaction.on_commit(lambda: NoticeFactory(declared=narrower, in_force=True))

    monkeypatch.setattr(taking_in._TakingIn, "store", overtaken)
    with pytest.raises(SystemExit) as stopped:
        call_command("import_package", str(path))
    assert stopped.value.code == 2
    assert "Run this again" in capsys.readouterr().err
    assert (Customer.objects.count(), Order.objects.count()) == (1, 0)
    taken = take_in(path)
    assert (taken.is_whole, "order.number" in taken.undeclared) == (False, True)
