"""Whatever stops an act, at whichever write: what is stored is the old state or the new one, and
whoever begins again comes to the end that an undisturbed act comes to (art. 5(1)(f), 32(1)(b))."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.core.files.base import ContentFile

from audit.files import keep, remove_file
from audit.models import FileToRemove, Task
from audit.reasons import because
from notices.models import Notice
from notices.publishing import adopt
from notices.terms import ClauseKind, DataCategory, Purpose
from register import narrowing, retention
from register.lists.making import make_list
from register.models import Customer, Narrowing, Prohibition, RetentionRun
from register.restricting import restrict
from rights_requests import correcting, decisions, lifting, waiting
from rights_requests.forbidding import MARKETING, forbid_at_once
from rights_requests.grounds import BY_KEY
from rights_requests.letters import mark_sent
from rights_requests.models import Demand, Proof, RightsRequest
from rights_requests.retaining import carry_out_narrowing, carry_out_run
from rights_requests.weighing import Verdict, weigh
from tests.factories import (
    AttachmentFactory,
    BillingDataFactory,
    ClauseFactory,
    CollectionFactory,
    ConsentFactory,
    ContactRoleFactory,
    CustomerFactory,
    CustomerListFactory,
    DisclosureFactory,
    HoldFactory,
    InvoiceFactory,
    ItemFactory,
    NoticeFactory,
    NoticeGivenFactory,
    OrderFactory,
    OrderLineFactory,
    PaymentFactory,
    RecipientFactory,
    UserFactory,
)
from tests.faults import a_copy, dies, fails, stored_at_last, stored_by
from tests.rights_requests.at_the_desk import ask

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 6, 7, 9, 0, tzinfo=UTC)
BEFORE, LATER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
OLD = date(2010, 1, 2)


@pytest.fixture(autouse=True)
def _one_moment(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    for module in (retention, narrowing):
        monkeypatch.setattr(module, "A_BLOCK", 2)


def governed(**more):
    told = {
        "contact_email": "vastuu@koepaja.example",
        "recipients": ["accounting"],
        "purposes": {"orders": "contract", "publication": "legitimate_interest"},
        "grounds": ["billing"],
    }
    return NoticeFactory(in_force=True, **told | more)


def somebody(day=date(2026, 3, 4), **values):
    """A customer with one row of everything, last heard of on `day`."""
    came = {"collection": CollectionFactory(source_kind="partner", collected_on=day)}
    told = {
        "given_name": "Aino",
        "family_name": "Kajo",
        "email": "aino@koe.example",
        "phone": "040 123 4567",
        "street": "Koekatu 1",
        "postcode": "00100",
        "city": "Helsinki",
        "website": "https://aino.example",
    }
    customer = CustomerFactory(**came, **told | values)
    with because("She moved"):
        customer.street = "Koekatu 2"
        customer.save(**came)
    order = OrderFactory(customer=customer, ordered_on=day, **came)
    OrderLineFactory(order=order, **came)
    AttachmentFactory(customer=customer, order=order, **came)
    BillingDataFactory(customer=customer, **came)
    invoice = InvoiceFactory(customer=customer, invoiced_on=day, due_on=day, **came)
    PaymentFactory(invoice=invoice, paid_on=day, **came)
    ContactRoleFactory(person=customer, ended_on=day, started_on=day, **came)
    NoticeGivenFactory(customer=customer, given_on=max(day, date(2026, 3, 4)))
    return customer


# --- the acts: each gives what is done, so that it can be begun again


def to_erase():
    """E09, E12, P67: the decision, the letter, the data, the request that forgets who asked."""
    governed()
    aino = somebody()
    HoldFactory(customer=aino, ended_on=date(2026, 4, 5))
    AttachmentFactory(customer=aino, file=keep(ContentFile(b"%PDF-")))
    DisclosureFactory(customers=[aino], recipient=RecipientFactory(), ground="billing")
    ask("prohibition", customer=aino, now=NOW)
    return deciding("erasure", aino)


def to_restrict():
    """S01, S08"""
    governed()
    return deciding("restriction", somebody(), ground="accuracy")


def to_correct():
    """P54, R05, R07, P58: one item corrected and one refused, with the letters, the note beside the
    invoice, the certificate and the words of the person."""
    governed()
    aino = somebody()
    DisclosureFactory(customers=[aino], recipient=RecipientFactory(), ground="billing")
    asked = ask("rectification", customer=aino, proof="in_person", now=NOW)
    demand, contact = asked.demands.get(), UserFactory()
    moved = ItemFactory(demand=demand, category="postal_address", statement="Since May.")
    name = ItemFactory(demand=demand, category="name", wanted="Eine Kajo")
    refusal = {"ground": BY_KEY["accurate"], "reasons": "The passport says so."}

    def act():
        rulings = [
            correcting.Ruling(moved, "corrected", aino, {"street": "Koekatu 3"}),
            correcting.Ruling(name, "refused", aino, **refusal),
        ]
        with suppress(decisions.AlreadyDecided):
            correcting.decide(demand, rulings, by=contact, now=NOW)

    return act


def deciding(right, customer, **how):
    asked = ask(right, customer=customer, proof="in_person", now=NOW)
    contact = UserFactory()

    def act():
        with suppress(decisions.AlreadyDecided):
            demand = Demand.objects.get(request=asked.pk)
            decisions.grant(demand, by=contact, now=NOW, **how)
        removed_by_the_worker()

    return act


def to_carry_out_what_waited():
    """E06, E12: decided before, kept by an invoice that is paid now."""
    governed()
    aino = somebody()
    invoice = InvoiceFactory(customer=aino)
    AttachmentFactory(customer=aino, file=keep(ContentFile(b"%PDF-")))
    DisclosureFactory(customers=[aino], recipient=RecipientFactory(), ground="billing")
    asked = ask("erasure", customer=aino, proof="in_person", now=BEFORE)
    decisions.grant(asked.demands.get(), by=UserFactory(), now=BEFORE, wait=True)
    PaymentFactory(invoice=invoice)
    Task.objects.all().delete()

    def act():
        waiting.carry_out(now=NOW)
        removed_by_the_worker()

    return act


def removed_by_the_worker():
    """What is to be removed from the disk after the commit, and has not been."""
    for one in FileToRemove.objects.order_by("pk"):
        remove_file(one.pk, now=NOW)()


def to_lift():
    """S05"""
    governed()
    aino, contact = somebody(), UserFactory()
    asked = ask("restriction", customer=aino, proof="in_person", now=BEFORE)
    with because("Test"):
        restrict(aino, ground="accuracy", request_number=asked.number, by=contact, now=BEFORE)
    mark_sent(lifting.tell(asked, reasons="They are right.", now=NOW), now=NOW)

    def act():
        with suppress(lifting.NothingRestricted):
            lifting.lift(RightsRequest.objects.get(pk=asked.pk), by=contact, now=LATER)

    return act


WEIGHED = {
    "orders": "contract",
    "statistics": "legitimate_interest",
    "personalised_content": "legitimate_interest",
}


def asked_of(right, customer, **said):
    """A request of `customer` that says more than that; not proven yet."""
    asked = ask(right, customer=customer, now=BEFORE)
    with because("Test"):
        demand = asked.demands.get()
        for column, value in said.items():
            setattr(demand, column, value)
        demand.save()
    return asked


def to_stop_what_is_objected_to():
    """M02: it is shown who objects, and each use stops."""
    governed(purposes=WEIGHED)
    asked, contact = asked_of("objection", somebody()), UserFactory()

    def act():
        own = RightsRequest.objects.get(pk=asked.pk)
        if not own.is_proven:
            decisions.prove(own, Proof.IN_PERSON, now=NOW, by=contact)

    return act


def to_weigh():
    """M02, P59: one use is upheld, the other refused with the certificate."""
    governed(purposes=WEIGHED)
    asked, contact = asked_of("objection", somebody()), UserFactory()
    decisions.prove(asked, Proof.IN_PERSON, now=NOW, by=contact)

    def act():
        verdicts = [
            Verdict(Purpose.STATISTICS, "Older figures are enough."),
            Verdict(Purpose.PERSONALISED_CONTENT, "It is needed.", BY_KEY["compelling_grounds"]),
        ]
        with suppress(decisions.AlreadyDecided):
            weigh(Demand.objects.get(), verdicts, until="For a year.", by=contact, now=LATER)

    return act


def to_take_a_consent_back():
    """C01: it is shown who asks, the consents end, and the letter says which."""
    governed(purposes={"orders": "contract", "publication": "consent"})
    aino, contact = somebody(), UserFactory()
    ConsentFactory(customer=aino, purpose="publication", given_on=NOW.date())
    asked = asked_of("withdrawal", aino)

    def act():
        own = RightsRequest.objects.get(pk=asked.pk)
        if not own.is_proven:
            decisions.prove(own, Proof.IN_PERSON, now=NOW, by=contact)

    return act


def to_move_data():
    """O03: the package, the letter to the other controller, the ledger, the answer."""
    governed()
    to = {"transfer_to": "Uusi Palvelu Oy", "transfer_address": "siirto@uusi.example"}
    asked, contact = asked_of("portability", somebody(), **to), UserFactory()
    decisions.prove(asked, Proof.IN_PERSON, now=NOW, by=contact)

    def act():
        with suppress(decisions.AlreadyDecided):
            decisions.grant(Demand.objects.get(), by=contact, now=NOW)

    return act


def to_anonymise():
    """P66: as an erasure, with the orders kept as figures."""
    governed(purposes={"orders": "contract", "statistics": "legitimate_interest"},
             rights=["anonymisation"])  # fmt: skip
    return deciding("anonymisation", somebody())


def to_prohibit():
    """M01, P52"""
    governed()
    aino, contact = somebody(), UserFactory()

    def act():
        if not Prohibition.objects.exists():
            forbid_at_once(
                Customer.objects.get(pk=aino.pk),
                MARKETING,
                channel="phone",
                on=NOW.date(),
                by=contact,
                now=NOW,
            )

    return act


def to_make_a_list():
    """A02: no file without its row in the ledger, and none in the ledger without the file."""
    governed()
    somebody()
    somebody(given_name="Eero")
    asked = CustomerListFactory(kind="directory", layout="csv", ordered_at=NOW)
    return partial(make_list, asked.pk, now=NOW)


def to_sweep():
    """D02r, D03r, E12: in blocks, each whole, with the letters to those who have the data."""
    notice = NoticeFactory(
        contact_email="vastuu@koepaja.example", recipients=["accounting"], grounds=["billing"]
    )
    for rule in (
        {"term": "relationship_end", "years": 10, "inactive_months": 24},
        {"term": "collected", "months": 6, "categories": ["ip_address"]},
    ):
        ClauseFactory(notice=notice, kind=ClauseKind.RETENTION, **rule)
    adopt(notice, now=NOW, reason="Test")
    RecipientFactory(has_standing_access=True, email="")
    for _one in range(3):
        somebody(OLD)
    ask("prohibition", customer=Customer.objects.first(), now=NOW)
    CustomerFactory(ip_address="192.0.2.77", ip_seen_on=date(2025, 1, 1))

    def act():
        if not RetentionRun.objects.filter(ended_at__isnull=False).exists():
            run = retention.begin(Notice.objects.in_force(), today=NOW.date(), now=NOW)
            carry_out_run(run, clock=lambda: NOW)

    return act


def to_publish():
    """V07: what the next notice drops is emptied in blocks, then it comes into force."""
    governed()
    RecipientFactory(has_standing_access=True, email="", categories=["name", "website"])
    for _one in range(3):
        somebody()
    left = [one for one in DataCategory if one != DataCategory.WEBSITE]
    draft = NoticeFactory(declared=left)

    def act():
        one = Narrowing.objects.first()
        if one is None:
            with because("Too much"):
                one = narrowing.begin([DataCategory.WEBSITE], by=None, now=NOW)
        carry_out_narrowing(one, clock=lambda: NOW)
        if Notice.objects.in_force().pk != draft.pk:
            adopt(Notice.objects.get(pk=draft.pk), now=NOW, reason="Test")

    return act


#: What is shown to whoever waits says how far an act has come, and is no part of what it stores.
PROGRESS = {"register_customerlist.done"}
#: Each act, with the states that it goes through: the old one, and one after each commit.
ACTS = {
    # the file goes from the disk when the rest is stored for good
    "erase": (to_erase, 3),
    "erase what waited": (to_carry_out_what_waited, 3),
    "restrict": (to_restrict, 2),
    "lift": (to_lift, 2),
    "anonymise": (to_anonymise, 2),
    "stop what is objected to": (to_stop_what_is_objected_to, 2),
    "weigh": (to_weigh, 2),
    "take a consent back": (to_take_a_consent_back, 2),
    "move data": (to_move_data, 2),
    "correct item by item": (to_correct, 2),
    "prohibit": (to_prohibit, 2),
    # its place in the ledger, its people, then all of it
    "list run": (to_make_a_list, 4),
    # the run, two blocks and one of IP numbers, its end
    "sweep": (to_sweep, 6),
    # what is to go, two blocks, its end, the notice
    "publication": (to_publish, 6),
}


@pytest.mark.parametrize("stops", [fails, dies])
@pytest.mark.parametrize("name", ACTS)
def test_an_act_stopped_at_any_write_leaves_the_old_state_or_the_new_and_can_go_on(name, stops):
    """D02r: the sweep among them, stopped anywhere, goes on where it was."""
    prepare, states = ACTS[name]
    act = prepare()
    with a_copy("undisturbed"):
        undisturbed = [rows.but_for_drawn() for rows in stored_by(act, PROGRESS)]
    with a_copy("stopped"):
        stopped, times = stored_at_last(act, stops, PROGRESS)
    found = [rows.but_for_drawn() for rows in stopped]
    assert len(undisturbed) == states
    assert (found[0], found[-1]) == (undisturbed[0], undisturbed[-1])
    # all between are states that the undisturbed act goes through, in the same order
    rest = iter(undisturbed)
    assert all(one in rest for one in found)
    # stopped at one write for each state at least
    assert times > states
