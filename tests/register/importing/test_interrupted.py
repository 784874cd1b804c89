"""An import that is killed, and two at once: the end is that of one undisturbed."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest
from django.db import connection
from django.utils import timezone

from audit import tasks
from audit.management.commands import run_worker
from audit.models import Task
from notices.models import governing_notice
from register.importing import applying, bringing, guess, staging
from register.models import (
    BillingData,
    Collection,
    ContactDigest,
    ContactRole,
    Customer,
    Import,
    ImportedContact,
    ImportedRow,
    ImportLine,
    InformationDuty,
    Order,
    OrderLine,
    Prohibition,
    Word,
    imports,
)
from rights_requests.informing import inform
from tests.factories import CustomerFactory, NoticeFactory
from tests.register.importing.files import table_of
from tests.register.importing.test_bringing import NOW

pytestmark = pytest.mark.django_db(transaction=True)

CUSTOMERS = (
    "Etunimi;Sukunimi;Yritys;Sähköposti;Puhelin;Markkinointilupa;Verkkolaskuosoite\n"
    "Aino;Äijälä;Koe Oy;a@koe.example;040 123 4567;ei;003702017244\n"
    "Eero;Elo;Koe Oy;e@koe.example;;kyllä;003702017244\n"
    "Vanha;Uusi;;there@koe.example;;ei;003712345671\n"
    "Nimi;Vain;;;;ei;\n"
    "Aino;Toinen;;a@koe.example;;;\n"
)
ORDERS = (
    "Tilausnumero;Tilauspäivä;Asiakas;Sähköposti;Tuote\n"
    "T-1;1.2.2026;Aino Äijälä;a@koe.example;Vene\n"
    "T-1;1.2.2026;Aino Äijälä;a@koe.example;Airo\n"
    "T-2;2.2.2026;Eero Elo;e@koe.example;Mela\n"
)
#: Two blocks of orders without a number, of which some say the same.
UNNUMBERED = (
    "Tilauspäivä;Asiakas;Sähköposti;Tuote;Määrä\n"
    "1.2.2026;Aino Äijälä;a@koe.example;Vene;1\n"
    "1.2.2026;Aino Äijälä;a@koe.example;;\n"
    "1.2.2026;Aino Äijälä;a@koe.example;Vene;7\n"
    "1.2.2026;Aino Äijälä;a@koe.example;Vene;1\n"
)


class Killed(BaseException):
    """Stands for kill -9: nothing of ours runs after it."""


def bring(content, source="partner"):
    notice = governing_notice()
    table = table_of(content)
    columns = guess(table, declared=notice.declared)
    how = {"notice": notice, "source_kind": source, "source_name": "", "now": NOW}
    brought = staging.begin(table, columns, **how)
    staging.stage(brought, table, columns, now=NOW)
    applying.apply(brought, duplicates="merge")


def held():
    """What the register holds, without keys and what is drawn."""
    own = ("given_name", "family_name", "organisation_name", "email", "phone_e164")
    kept = {
        Customer: own,
        Customer.history.model: (*own, "history_type", "history_change_reason"),
        ContactRole: ("person__email", "organisation__organisation_name"),
        ContactRole.history.model: ("history_type",),
        Word: ("word", "origin", "customer__email"),
        ContactDigest: ("kind", "customer__email"),
        Prohibition: ("scope", "use", "contact_kind"),
        InformationDuty: ("customer__email", "inform_by_on"),
        BillingData: ("customer__organisation_name", "einvoice_address"),
        BillingData.history.model: ("einvoice_address", "history_type"),
        Collection: ("source_kind",),
        Order: ("number", "customer__email", "ordered_on"),
        Order.history.model: ("number",),
        OrderLine: ("description", "quantity", "order__number"),
        ImportedRow: ("line",),
    }
    return {
        model.__name__: sorted(map(str, model._base_manager.values_list(*columns)))
        for model, columns in kept.items()
    }


WRITES = ("insert_rows", "insert_from", "remember_from", "take_billing", "take_in", "put")


def killing_at(monkeypatch, place):
    """Lets the `place`th act of writing, and every later one, never come."""
    count = iter(range(10_000))
    for module in (applying, staging):
        for name in WRITES:
            if write := getattr(module, name, None):

                def counted(*args, _write=write, **kwargs):
                    if next(count) >= place:
                        raise Killed
                    return _write(*args, **kwargs)

                monkeypatch.setattr(module, name, counted)
    # a process that is killed gives no turn back
    monkeypatch.setattr(imports.TurnQuerySet, "end", lambda *_args, **_kwargs: None)
    monkeypatch.setattr(imports, "LEASE", timedelta(0))
    return count


@pytest.mark.parametrize(
    "content", [CUSTOMERS, ORDERS, UNNUMBERED], ids=["customers", "orders", "unnumbered"]
)
def test_a_kill_at_any_moment_and_a_second_run_end_as_one_undisturbed(content, monkeypatch):
    monkeypatch.setattr(applying, "CHANGED_AT_ONCE", 2)
    NoticeFactory(in_force=True)
    CustomerFactory(given_name="Vanha", family_name="Nimi", email="there@koe.example", phone="")
    with monkeypatch.context() as watched:
        count = killing_at(watched, 10_000)
        bring(content)
    writes = next(count)
    undisturbed = held()
    assert writes > 5

    for place in range(writes):
        _forget_all()
        CustomerFactory(given_name="Vanha", family_name="Nimi", email="there@koe.example", phone="")
        before = held()
        with monkeypatch.context() as killed:
            killing_at(killed, place)
            with pytest.raises(Killed):
                bring(content)
        seen = Customer.objects.count()
        assert seen in (len(before["Customer"]), len(undisturbed["Customer"]))
        with monkeypatch.context() as later:
            later.setattr(imports, "LEASE", timedelta(0))
            bring(content)
            if place:
                applying.sweep(NOW + applying.KEPT_STAGED * 400)
        assert held() == undisturbed, place


def _forget_all():
    for model in (BillingData, OrderLine, Order, ContactRole, Word, ContactDigest, InformationDuty):
        _empty(model)
    for model in (
        Prohibition,
        Customer,
        Collection,
        ImportedContact,
        ImportedRow,
        ImportLine,
        Import,
    ):
        _empty(model)


def _empty(model):
    tables = [model._meta.db_table]
    if hasattr(model, "history"):
        tables.append(model.history.model._meta.db_table)
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 - our names


def test_two_imports_of_one_file_at_once_take_it_in_once():
    NoticeFactory(in_force=True)
    barrier = Barrier(2)

    def run():
        try:
            barrier.wait()
            bring(CUSTOMERS)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(run) for _two in range(2)]:
            done.result()
    assert sorted(one.name for one in Customer.objects.all()) == [
        "Aino Toinen",
        "Eero Elo",
        "Koe Oy",
        "Nimi Vain",
        "Vanha Uusi",
    ]
    assert Import.objects.filter(applied_at__isnull=False).count() == 2


def test_who_lost_the_turn_takes_nothing_in(monkeypatch):
    NoticeFactory(in_force=True)
    monkeypatch.setattr(imports, "LEASE", timedelta(0))
    other = imports.Turn.objects
    prepare = applying._Applying._prepare

    def overtaken(self):
        other.take("other", now=self.clock() + timedelta(hours=1))
        prepare(self)

    monkeypatch.setattr(applying._Applying, "_prepare", overtaken)
    monkeypatch.setattr(imports, "LEASE", timedelta(hours=1))
    with pytest.raises(applying.LostTurn):
        bring(CUSTOMERS)
    assert not Customer.objects.exists()


def test_what_would_become_of_a_file_waits_for_the_turn_of_another(monkeypatch):
    notice = NoticeFactory(in_force=True)
    table = table_of(CUSTOMERS)
    columns = guess(table, declared=notice.declared)
    waiting = bringing.read_in(table, columns, notice=notice, source_kind="partner", source_name="")
    with applying.turn():
        bringing.foresee_soon(waiting, now=NOW)
        assert not waiting.lines.exclude(fate="").exists()
        assert Task.objects.get().act == bringing.FORESEE
        with pytest.raises(applying.TurnIsTaken):
            applying.foresee(waiting, duplicates="skip", wait=False)
    assert not bringing.order(waiting, duplicates="merge", now=NOW)
    bringing.foresee_later(waiting.pk, now=NOW)
    assert bringing.order(waiting, duplicates="merge", now=NOW)
    applying.foresee(waiting, duplicates="skip")  # comes too late, and changes nothing
    bringing.take_in(waiting.pk, now=NOW)
    fates = [line.fate for line in waiting.lines.exclude(fate="").order_by("line")]
    assert [fate for fate in fates if fate != "stored"] == ["merged"]


@pytest.mark.parametrize("workers", [1, 2])
def test_letters_go_on_while_a_file_comes_in_and_two_workers_take_it_in_once(
    workers, monkeypatch, mailoutbox
):
    """A lease that ran out lets a second worker begin the same task: it waits for the turn."""
    notice = NoticeFactory(in_force=True)
    table = table_of(CUSTOMERS)
    columns = guess(table, declared=notice.declared)
    waiting = bringing.read_in(table, columns, notice=notice, source_kind="partner", source_name="")
    customer = CustomerFactory(email="kirje@koe.example")
    inform([customer.pk], now=NOW)
    bringing.foresee_soon(waiting, now=NOW)
    assert bringing.order(waiting, duplicates="skip", now=NOW - timedelta(hours=1))
    monkeypatch.setattr(tasks, "LEASE", timedelta(seconds=2))
    monkeypatch.setattr(tasks, "RETRY_AFTER", [timedelta(0)])
    monkeypatch.setattr(run_worker, "PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(run_worker, "run_due", lambda today: None)
    stop, seen = Event(), []
    prepare = applying._Applying._prepare

    def waits(self):
        # no letter would come, did it wait for the file
        begun = time.monotonic()
        while time.monotonic() - begun < (3 if mailoutbox else 20):
            self.keep_turn()
            time.sleep(0.05)
        seen.append(len(mailoutbox))
        prepare(self)

    monkeypatch.setattr(applying._Applying, "_prepare", waits)

    def work():
        try:
            beside = run_worker.Beside(stop)
            while not stop.is_set():
                beside.look()
                tasks.run_next(timezone.now(), long=False)
                time.sleep(0.05)
            beside.end()
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        running = [pool.submit(work) for _one in range(workers)]
        deadline = time.monotonic() + 40
        while Task.objects.filter(done_at=None).exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        stop.set()
        for one in running:
            one.result()
    assert (seen, len(mailoutbox)) == ([1], 1)
    assert not Task.objects.filter(done_at=None).exists()
    assert Customer.objects.filter(email="e@koe.example").count() == 1
    assert Import.objects.get().applied_at
