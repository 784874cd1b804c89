"""Erasures that are decided and wait: what they wait for, when they run, what the person reads."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as django_mail
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from audit.management.commands.run_worker import run_due
from audit.models import Task
from audit.reasons import because
from audit.tasks import run_next
from config.logs import NoPersonalData
from notices.terms import Purpose, Right
from register.bookkeeping import forget_vouchers
from register.erasure import call_off, erase
from register.holds import Block, BlockKind
from register.models import (
    BillingData,
    Customer,
    Hold,
    Invoice,
    Order,
    Paper,
    Payment,
    Prohibition,
    RestrictionGround,
)
from register.models.customers import CARRY_OUT_ERASURE
from register.restricting import lift as lift_in_register
from register.retention import begin
from rights_requests import carrying_out, decisions, waiting
from rights_requests.apart import letters_of
from rights_requests.decisions import InTheWay
from rights_requests.facts import in_letter
from rights_requests.forgetting import forget_old
from rights_requests.letters import mark_sent
from rights_requests.models import Demand, Letter, LetterKind, RightsRequest
from rights_requests.retaining import carry_out_run
from rights_requests.waiting import carry_out, facts_of, in_order
from tests.factories import (
    BillingDataFactory,
    CollectionFactory,
    ContactRoleFactory,
    CustomerFactory,
    HoldFactory,
    InvoiceFactory,
    NoticeFactory,
    OrderFactory,
    OrganisationFactory,
    PaperFactory,
    RestrictionFactory,
    UserFactory,
)
from tests.faults import WriteFailed, failing_at
from tests.register.test_erasure import everything_stored
from tests.register.test_retention import notice_with, ten_years
from tests.rights_requests.at_the_desk import staff
from tests.rights_requests.test_decisions import (
    ARRIVED,
    LATER,
    ask,
    decider,
    kinds,
    only,
    pay,
    proven,
)

HELSINKI = ZoneInfo("Europe/Helsinki")
NEXT_DAY = LATER + timedelta(days=1)
NEEDED = (
    "Aino signs for Koeyhtiö in the delivery that runs until spring, and nobody else there may "
    "receive the goods. Without the name and phone number the delivery cannot be handed over."
)


@pytest.fixture(autouse=True)
def _in_english(db):
    NoticeFactory(
        in_force=True,
        contact_email="vastuu@koepaja.example",
        purposes={"statistics": ""},
    )
    with translation.override("en"):
        yield


@pytest.fixture
def aino():
    return CustomerFactory(
        email="aino@koe.example",
        website="https://koekajo.example",
        ip_address="192.0.2.7",
        ip_seen_on=date(2026, 1, 2),
    )


def decided(customer, *, wait=True, now=LATER, **terms):
    """A request of `customer` whose erasure somebody has decided, all earlier letters sent."""
    request = proven(Right.ERASURE, customer=customer, email=customer.email)
    decisions.grant(only(request), by=decider(), now=now, wait=wait, **terms)
    for letter in request.letters.all():
        mark_sent(letter, now=now)
    return RightsRequest.objects.get(pk=request.pk)


def is_erased(customer):
    return Customer.objects.get(pk=customer.pk).erased_at is not None


def work():
    """What the worker does until nothing is left."""
    while run_next(timezone.now()):
        pass


def done(request):
    """The letter that says that it is carried out; none before."""
    return request.letters.filter(kind=LetterKind.ERASURE_DONE).first()


# --- the decision


def test_an_erasure_is_decided_by_somebody_and_waits_for_an_open_invoice(aino):
    """E03, E04, E06, P47: what no fact needs goes at once, in history too; the rest stays."""
    InvoiceFactory(customer=aino, number="L-78")
    request = decided(aino)
    demand = only(request)
    assert (demand.decided_by.name, demand.granted_at, demand.carried_out_at) == (
        "Ruut Ratkaisija",
        LATER,
        None,
    )
    assert (demand.is_waiting, demand.is_open, request.closed_at) == (True, False, None)
    aino.refresh_from_db()
    assert (aino.erased_at, aino.to_erase_at, aino.email) == (None, LATER, "aino@koe.example")
    assert (aino.website, aino.ip_address) == ("", None)
    assert Customer.history.filter(id=aino.pk).exclude(website="").count() == 0


def test_without_a_word_of_waiting_a_fact_still_stops_the_grant(aino):
    """E04: nobody decides for later without saying so."""
    InvoiceFactory(customer=aino)
    with pytest.raises(InTheWay):
        decided(aino, wait=False)
    assert not Demand.objects.get().granted_at


def test_who_asks_is_nothing_to_wait_for(aino):
    """I04, I08: an erasure for whoever it may be is not decided."""
    InvoiceFactory(customer=aino)
    request = ask(Right.ERASURE)
    decisions.link(request, aino, now=LATER)
    with pytest.raises(InTheWay):
        decisions.grant(only(request), by=decider(), now=LATER, wait=True)
    assert only(request).is_open


def test_with_nothing_in_the_way_the_word_changes_nothing(aino):
    request = decided(aino)
    assert is_erased(aino)
    assert only(request).carried_out_at == LATER
    assert kinds(request)[-1] == LetterKind.ANSWER_ERASURE


def test_the_answer_tells_what_has_gone_what_stays_which_fact_and_how_to_complain(aino):
    """E10, art. 12(4): with the day on which the fact is looked at again (E05)."""
    InvoiceFactory(
        customer=aino, number="L-78", invoiced_on=date(2026, 3, 1), due_on=date(2026, 3, 15)
    )
    PaperFactory(customer=aino), PaperFactory(customer=aino)
    body = decided(aino).letters.get(kind=LetterKind.ANSWER_ERASURE_WAITS).body
    paragraphs = body.split("\n\n")
    told = paragraphs[paragraphs.index("## What keeps your data, and until when") + 1]
    assert told == (
        "- Invoice L-78 is not paid. We look at this again on 15 March 2029 at the latest.\n"
        "- We have papers of yours, which we shred first. They keep the data until they have been "
        "shredded."
    )
    gone = paragraphs[paragraphs.index("## What has been erased already") + 1]
    assert gone == "- IP number\n- Web address"
    stays = "1 invoice stays as it was sent, with your name and address, until 31 December 2032"
    assert stays in body
    assert "refer the matter to the Data Protection Ombudsman" in body
    assert "\nRuut Ratkaisija\nKoepaja Oy\n" in body


@pytest.mark.parametrize("kind", ["open_request", "restriction_asked", "paper", "contact_role"])
def test_of_a_fact_without_a_day_the_person_reads_what_ends_it(kind):
    """E04, E10: “until when” is answered in words."""
    told = in_letter(Block(BlockKind(kind), "2026-17"))
    assert told.count(". ") == 1
    assert re.search(r"\b(until|as long as)\b", told)


def test_an_erasure_that_waits_asks_once_what_there_is(aino, monkeypatch):
    """E03, E10: what goes and what stays are told of the same look."""
    looks, look = [], carrying_out.held_of
    monkeypatch.setattr(
        carrying_out, "held_of", lambda *about: looks.append(look(*about)) or looks[-1]
    )
    InvoiceFactory(customer=aino)
    body = decided(aino).letters.get(kind=LetterKind.ANSWER_ERASURE_WAITS).body
    assert len(looks) == 1
    told = body.split("## What stays until then")[1]
    assert told.count("\n- ") >= len(looks[0])


def test_while_a_paper_is_all_that_an_erasure_waits_for_the_rest_goes_at_once(aino):
    """P30, E03, art. 17(1): all but what the paper and its customer are found by; and what was
    forbidden at one way to reach them still holds at the other (M11)."""
    with because("Test"):
        aino.phone, aino.website = "040 123 4567", "https://aino.example"
        aino.save(collection=CollectionFactory())
        Prohibition.objects.forbid(
            {"email": aino.email},
            ["publication"],
            ["processing"],
            request_number="2026-1",
            today=LATER.date(),
        )
    BillingDataFactory(customer=aino)
    order = OrderFactory(customer=aino)
    PaperFactory(customer=aino)
    body = decided(aino).letters.get(kind=LetterKind.ANSWER_ERASURE_WAITS).body
    aino.refresh_from_db()
    assert (aino.phone, aino.website) == ("", "")
    assert aino.name
    assert aino.email
    assert BillingData.objects.get().street == ""
    assert Order.objects.get() == order
    paragraphs = body.split("\n\n")
    gone = paragraphs[paragraphs.index("## What has been erased already") + 1]
    assert "- Phone number" in gone
    assert "- Billing" in gone
    assert "- Earlier orders" in paragraphs[paragraphs.index("## What stays until then") + 1]
    assert Prohibition.objects.for_contacts({"phone": "040 123 4567"}).exists()


@pytest.mark.parametrize("fact", ["debt", "claim"])
def test_what_is_paid_or_settled_lets_all_go_but_what_a_paper_needs(aino, fact):
    """P30, E03, E06: by itself and once; the person reads what has gone and what still waits."""
    with because("Test"):
        aino.phone = "040 123 4567"
        aino.save(collection=CollectionFactory())
    invoice, hold = InvoiceFactory(customer=aino), None
    if fact == "claim":
        pay(invoice)
        hold = HoldFactory(customer=aino)
    PaperFactory(customer=aino)
    request = decided(aino)
    aino.refresh_from_db()
    assert aino.phone
    if hold:
        with because("Settled"):
            hold.end(today=date(2026, 9, 2))
    else:
        pay(invoice)
    work()
    aino.refresh_from_db()
    assert (aino.phone, bool(aino.name), aino.erased_at) == ("", True, None)
    first, second = request.letters.filter(kind=LetterKind.ANSWER_ERASURE_WAITS).order_by("pk")
    for letter, is_gone in ((first, False), (second, True)):
        gone = letter.body.partition("## What has been erased already")[2].partition("\n## ")[0]
        assert ("- Phone number" in gone) == is_gone
    assert "We have papers of yours, which we shred first." in second.body
    assert "is not paid" not in second.body
    carry_out(now=NEXT_DAY)
    assert request.letters.filter(kind=LetterKind.ANSWER_ERASURE_WAITS).count() == 2
    with because("Shredded"):
        Paper.objects.get().shred(by=UserFactory(), now=LATER)
    work()
    assert is_erased(aino)
    assert kinds(request)[-1] == LetterKind.ERASURE_DONE


def test_what_is_kept_for_an_erasure_serves_no_purpose_meanwhile(aino):
    """E04, P14: whoever is to be erased is on no list."""
    InvoiceFactory(customer=aino)
    other = CustomerFactory()
    assert set(Customer.objects.usable_for(Purpose.STATISTICS)) == {aino, other}
    decided(aino)
    assert list(Customer.objects.usable_for(Purpose.STATISTICS)) == [other]
    assert list(Demand.objects.standing([aino])) == list(Demand.objects.all())


# --- the end of the last fact


def paid(aino):
    invoice = InvoiceFactory(customer=aino)
    return lambda: pay(invoice)


def credited(aino):
    invoice = InvoiceFactory(customer=aino)
    return lambda: InvoiceFactory(customer=aino, credits=invoice, amount=-invoice.amount)


def collected(aino):
    invoice = InvoiceFactory(
        customer=aino, paid_on=date(2026, 8, 1), collection_started_on=date(2026, 8, 1)
    )

    def end():
        invoice.collection_ended_on = date(2026, 9, 1)
        with because("Collected"):
            invoice.save(collection=CollectionFactory())

    return end


def claim_settled(aino):
    hold = HoldFactory(customer=aino)

    def end():
        with because("Settled"):
            hold.end(today=date(2026, 9, 2))

    return end


def shredded(aino):
    paper = PaperFactory(customer=aino)

    def end():
        with because("Shredded"):
            Paper.objects.get(pk=paper.pk).shred(by=UserFactory(), now=LATER)

    return end


def answered(aino):
    asked = proven(Right.ACCESS, customer=aino, email=aino.email)
    return lambda: decisions.grant(only(asked), by=decider(), now=LATER)


FACTS = [paid, credited, collected, claim_settled, shredded, answered]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_when_the_last_fact_ends_the_erasure_runs_by_itself_and_the_person_is_told(aino, fact):
    """E06, P30, E12: paid, credited, collected, settled, shredded, answered. Right after
    the fact, by the worker; and the letter was written while its address was still there."""
    other = InvoiceFactory(customer=aino)
    end = fact(aino)
    request = decided(aino)
    assert carry_out(now=NEXT_DAY) == 0
    pay(other)
    work()
    # one of two facts is still there
    assert (is_erased(aino), done(request)) == (False, None)
    end()
    assert Task.objects.filter(act=CARRY_OUT_ERASURE, done_at=None).count() == 1
    work()
    assert Customer.objects.get(pk=aino.pk).erased_by_request == request.number
    demand = only(request)
    assert (demand.is_waiting, demand.decided_by.name) == (False, "Ruut Ratkaisija")
    assert done(request).sent_at
    assert [mail.to for mail in django_mail.outbox][-1] == ["aino@koe.example"]
    assert "We have written you a letter." in django_mail.outbox[-1].body
    request.refresh_from_db()
    assert "Nothing keeps your data any more." in letters_of(request)[0].text


@pytest.mark.parametrize("fact", [shredded, paid], ids=lambda fact: fact.__name__)
def test_the_last_letter_says_that_papers_were_shredded_where_there_were_any(aino, fact):
    """E06, E10, P32: of a paper that went before anybody asked, nothing."""
    other = CustomerFactory(email="muu@koe.example")
    for one in (PaperFactory(customer=other), PaperFactory(customer=aino)):
        with because("Shredded"):
            one.shred(by=UserFactory(), now=LATER - timedelta(days=400))
    end = fact(aino)
    request = decided(aino)
    with because("Test"):
        end()
    carry_out(now=NEXT_DAY)
    said = "We have shredded the papers that held them." in done(request).body
    assert said is (fact is shredded)


def test_the_letter_goes_where_the_answer_went_and_then_who_asked_is_forgotten(aino):
    """E06, E12, P67: prepared before the data go, it has the name and the address."""
    invoice = InvoiceFactory(customer=aino, number="L-78")
    request = decided(aino)
    pay(invoice)
    assert carry_out(now=NEXT_DAY) == 1
    letter = done(request)
    assert (letter.to_name, letter.to_email, letter.sent_at) == (
        "Aino Koekajo",
        "aino@koe.example",
        None,
    )
    assert letter.subject == f"Your request {request.number}: your data have been erased"
    assert "1 invoice stays as it was sent" in letter.body
    request.refresh_from_db()
    assert (request.closed_at, request.forgotten_at, request.name) == (
        NEXT_DAY,
        None,
        "Aino Koekajo",
    )
    mark_sent(letter, now=NEXT_DAY)
    request.refresh_from_db()
    assert (request.forgotten_at, request.name) == (NEXT_DAY, "")
    assert "aino@koe.example" not in everything_stored()


def test_after_a_code_by_post_the_letter_goes_to_the_address_in_the_register():
    """E12: that address goes with the data, so the letter has it before."""
    customer = CustomerFactory(
        email="vanha@koe.example", street="Koekuja 5", postcode="00100", city="Helsinki"
    )
    invoice = InvoiceFactory(customer=customer)
    request = ask(Right.ERASURE)
    decisions.link(request, customer, now=LATER)
    decisions.prove(request, "code_by_post", now=LATER)
    decisions.grant(only(request), by=decider(), now=LATER, wait=True)
    pay(invoice)
    assert carry_out(now=NEXT_DAY) == 1
    letter = done(request)
    assert (letter.medium, letter.to_address) == ("post", "Koekuja 5\n00100 Helsinki")


def test_a_restriction_that_comes_later_keeps_the_data_until_it_is_lifted(aino):
    """E06, E11, S05: the person may want the data kept after all, for a claim of that time."""
    invoice = InvoiceFactory(customer=aino)
    request = decided(aino)
    one = RestrictionFactory(customer=aino, ground=RestrictionGround.CLAIMS)
    pay(invoice)
    assert carry_out(now=NEXT_DAY) == 0
    with because("Lifted"):
        lift_in_register(one, told_at=ARRIVED, by=UserFactory(), now=LATER)
    work()
    assert is_erased(aino)
    assert done(request)


def test_while_the_person_wants_the_data_kept_no_erasure_is_decided(aino):
    """E11: such an erasure is refused, and does not wait."""
    RestrictionFactory(customer=aino, ground=RestrictionGround.UNLAWFUL)
    with pytest.raises(InTheWay):
        decided(aino)
    assert only(RightsRequest.objects.get()).is_open


@pytest.mark.parametrize(("day", "erased"), [(date(2026, 9, 30), False), (date(2026, 10, 1), True)])
def test_a_role_that_was_weighed_keeps_the_data_until_its_last_day(aino, day, erased):
    """P63, table A4, E06: the last day itself is still a day of the role."""
    ContactRoleFactory(person=aino, ended_on=date(2026, 9, 30))
    request = decided(aino, needed_for_role=NEEDED)
    body = request.letters.get(kind=LetterKind.ANSWER_ERASURE_WAITS).body
    assert "You speak for an organisation that is our customer." in body
    assert "We look at this again on 30 September 2026 at the latest." in body
    assert NEEDED in body
    moment = datetime(day.year, day.month, day.day, 0, 30, tzinfo=HELSINKI)
    assert (carry_out(now=moment), is_erased(aino)) == (erased, erased)
    assert bool(done(request)) == erased


def test_a_role_given_up_frees_the_erasure_and_one_that_nobody_weighed_stops_none(aino):
    """P63, E06: without an end it is looked at again after a year."""
    role = ContactRoleFactory(person=aino)
    request = decided(aino, needed_for_role=NEEDED)
    (one,) = facts_of(in_order(), today=NEXT_DAY.date())
    assert one.look_again_on == date(2027, 9, 3)
    role.ended_on = date(2026, 9, 2)
    with because("Given up"):
        role.save(collection=CollectionFactory())
    work()
    assert is_erased(aino)
    assert done(request)
    eero = CustomerFactory(email="eero@koe.example")
    ContactRoleFactory(person=eero)
    decided(eero)
    assert is_erased(eero)


def test_the_vouchers_that_it_leaves_go_when_bookkeeping_needs_them_no_more(aino):
    """E06, T15: as the letter says, on the day after and not on the last day."""
    invoice = InvoiceFactory(customer=aino, invoiced_on=date(2026, 3, 1), due_on=date(2026, 3, 15))
    request = decided(aino)
    pay(invoice)
    carry_out(now=NEXT_DAY)
    assert "until 31 December 2032" in done(request).body
    assert forget_vouchers(today=date(2032, 12, 31)) == 0
    assert Invoice.objects.get().billed_name
    assert forget_vouchers(today=date(2033, 1, 1)) == 1
    assert (Invoice.objects.count(), Payment.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("known", "asking"),
    [
        ("aino@koe.example", "aino@koe.example"),
        ("Aino@köe.example", "aino@xn--ke-fka.example"),
        ("aino@xn--ke-fka.example", "AINO@Köe.example"),
    ],
)
def test_a_demand_from_the_same_mailbox_that_nobody_has_found_yet_is_waited_for_too(
    aino, known, asking
):
    """A09"""
    with because("Test"):
        aino.email = known
        aino.save(collection=CollectionFactory())
    invoice = InvoiceFactory(customer=aino)
    decided(aino)
    asked = proven(Right.ACCESS, email=asking)
    pay(invoice)
    assert carry_out(now=NEXT_DAY) == 0
    (one,) = facts_of(in_order(), today=NEXT_DAY.date())
    assert [block.reference for block in one.kept] == [asked.number]
    decisions.link(asked, aino, now=LATER)
    assert carry_out(now=NEXT_DAY) == 0
    decisions.grant(only(asked), by=decider(), now=LATER)
    assert carry_out(now=NEXT_DAY) == 1


# --- the daily work


def test_the_daily_command_erases_whoever_is_free_and_a_second_run_changes_nothing(aino):
    """E06, E11"""
    invoice = InvoiceFactory(customer=aino)
    request = decided(aino)
    eero = CustomerFactory(email="eero@koe.example")
    InvoiceFactory(customer=eero)
    decided(eero)
    pay(invoice)
    call_command("carry_out_erasures")
    assert (is_erased(aino), is_erased(eero)) == (True, False)
    before = everything_stored()
    call_command("carry_out_erasures")
    assert everything_stored() == before
    assert request.letters.filter(kind=LetterKind.ERASURE_DONE).count() == 1


@pytest.fixture
def one_of_three_fails(aino, monkeypatch):
    """Three erasures that nothing keeps any more; that of the second meets an error after its
    letters. Gives their requests."""
    people = [aino, *(CustomerFactory(email=f"{name}@koe.example") for name in ("bea", "eero"))]
    invoices = [InvoiceFactory(customer=one) for one in people]
    requests = [decided(one) for one in people]
    for invoice in invoices:
        pay(invoice)
    Task.objects.filter(act=CARRY_OUT_ERASURE).delete()
    erase = carrying_out.erase

    def fails(customer, **terms):
        if customer == people[1]:
            raise LookupError(f"nothing known of {customer.email}")
        return erase(customer, **terms)

    monkeypatch.setattr(carrying_out, "erase", fails)
    return requests


def test_one_erasure_that_fails_stops_no_other_and_is_told_without_a_name(
    one_of_three_fails, capsys, caplog
):
    """E06, art. 32: each is a transaction of its own; the number of the request says which."""
    first, second, third = one_of_three_fails
    with pytest.raises(CommandError) as told:
        call_command("carry_out_erasures")
    assert told.value.returncode == 1
    assert str(told.value) == "Erasures that failed: 1. All others that could go are done."
    assert capsys.readouterr().err == f"Request {second.number} was not carried out: LookupError.\n"
    logged = "".join(NoPersonalData().format(one) for one in caplog.records)
    assert "LookupError" in logged
    assert "@koe.example" not in logged
    assert [bool(done(one)) for one in (first, second, third)] == [True, False, True]
    assert [is_erased(one.customer) for one in (first, second, third)] == [True, False, True]
    assert [one.demand.request for one in facts_of(in_order(), today=NEXT_DAY.date())] == [second]


def test_staff_see_an_erasure_that_failed_until_it_is_carried_out(one_of_three_fails, monkeypatch):
    """E06: on the front page and in the list of those that wait; the worker tries it again."""
    client = staff()
    wrong = "Nothing, but something went wrong."

    def seen():
        front = client.get(reverse("admin:index")).text
        page = client.get(reverse("admin:rights_requests_rightsrequest_waiting")).text
        return "Erasures that failed" in front, page.count(wrong)

    assert seen() == (False, 0)
    with pytest.raises(CommandError):
        call_command("carry_out_erasures")
    assert seen() == (True, 1)
    with pytest.raises(CommandError):
        call_command("carry_out_erasures")
    [task] = Task.objects.undone(CARRY_OUT_ERASURE)
    assert (task.subject, task.fault) == (one_of_three_fails[1].customer_id, "LookupError")
    monkeypatch.setattr(carrying_out, "erase", erase)
    while run_next(task.due_at):
        pass
    assert seen() == (False, 0)
    assert is_erased(one_of_three_fails[1].customer)


def test_the_list_of_what_waits_says_in_words_what_has_no_day(aino):
    """P32, E06"""
    PaperFactory(customer=aino)
    decided(aino)
    page = staff().get(reverse("admin:rights_requests_rightsrequest_waiting")).text
    assert '<td data-heading="Looked at again on">when that ends</td>' in page


def test_the_daily_work_goes_on_after_an_erasure_that_failed(one_of_three_fails, settings):
    """E06: the others are erased, later commands run, and the one that failed is tried again."""
    settings.DAILY_COMMANDS = ["carry_out_erasures", "forget_requests"]
    assert run_due(date(2026, 9, 4)) == ["forget_requests"]
    assert [is_erased(one.customer) for one in one_of_three_fails] == [True, False, True]


def test_an_erasure_that_fails_in_the_worker_is_tried_again(one_of_three_fails):
    """E06: as any other task."""
    second = one_of_three_fails[1]
    Customer.objects.look_again([second.customer_id])
    work()
    [task] = Task.objects.undone(CARRY_OUT_ERASURE)
    assert (task.tries, task.fault) == (1, "ErasuresFailed")
    assert not is_erased(second.customer)


def test_while_the_database_is_away_no_other_is_tried(one_of_three_fails, monkeypatch):
    tried = []

    def away(customer, **terms):
        tried.append(customer)
        raise OperationalError

    monkeypatch.setattr(carrying_out, "erase", away)
    with pytest.raises(OperationalError):
        call_command("carry_out_erasures")
    assert len(tried) == 1


def test_whichever_write_fails_a_waiting_erasure_is_as_before_or_done(aino):
    """E06: data, letter, task and decision come and go together."""
    invoice = InvoiceFactory(customer=aino)
    decided(aino)
    pay(invoice)
    before = everything_stored()
    write = 1
    while True:
        try:
            with failing_at(write) as seen:
                assert carry_out(now=NEXT_DAY) == 1
        except WriteFailed:
            assert everything_stored() == before
            write += 1
        else:
            break
    assert len(seen) == write - 1 > 25
    assert is_erased(aino)


def test_whichever_write_fails_a_decision_that_waits_is_made_or_not(aino):
    InvoiceFactory(customer=aino)
    request = proven(Right.ERASURE, customer=aino)
    person = decider()
    before = everything_stored()
    write = 1
    while True:
        try:
            with failing_at(write):
                decisions.grant(only(request), by=person, now=LATER, wait=True)
        except WriteFailed:
            assert everything_stored() == before
            write += 1
        else:
            break
    assert write > 8
    assert only(request).is_waiting


@pytest.mark.parametrize("count", [1, 4])
def test_to_look_takes_as_many_queries_however_many_wait(count, django_assert_num_queries):
    """E06: a look at those who wait, and at what the list of them shows."""
    for number in range(count):
        customer = CustomerFactory(email=f"aino{number}@koe.example")
        InvoiceFactory(customer=customer)
        ContactRoleFactory(person=customer, organisation=OrganisationFactory())
        decided(customer, needed_for_role=NEEDED)
    with django_assert_num_queries(8):
        assert carry_out(now=NEXT_DAY) == 0
    with django_assert_num_queries(7):
        assert len(facts_of(in_order(), today=NEXT_DAY.date())) == count


def test_those_who_are_free_are_erased_each_by_as_many_statements(aino):
    people = [aino, *(CustomerFactory(email=f"{name}@koe.example") for name in "bcd")]
    invoices = [InvoiceFactory(customer=one) for one in people]
    for one in people:
        decided(one)

    def writes():
        with CaptureQueriesContext(connection) as seen:
            carry_out(now=NEXT_DAY)
        return sum(one["sql"].startswith(("INSERT", "UPDATE", "DELETE")) for one in seen)

    pay(invoices[0])
    first = writes()
    for invoice in invoices[1:3]:
        pay(invoice)
    assert writes() == 2 * first
    assert [is_erased(one) for one in people] == [True, True, True, False]


def test_it_goes_through_many_blocks(monkeypatch):
    monkeypatch.setattr(waiting, "A_BLOCK", 2)
    people = [CustomerFactory(email=f"{name}@koe.example") for name in "abcde"]
    invoices = [InvoiceFactory(customer=one) for one in people]
    for one in people:
        decided(one)
    for invoice in invoices[1:]:
        pay(invoice)
    assert carry_out(now=NEXT_DAY) == 4
    assert [is_erased(one) for one in people] == [False, True, True, True, True]


# --- others who erase, and who changes the mind


def test_a_fact_that_comes_between_the_look_and_the_act_stops_it(aino, monkeypatch):
    """E04"""
    invoice = InvoiceFactory(customer=aino)
    decided(aino)
    pay(invoice)
    (one,) = facts_of(in_order(), today=NEXT_DAY.date())
    InvoiceFactory(customer=aino)
    monkeypatch.setattr(waiting, "facts_of", lambda demands, today: [one])
    assert one.kept == []
    assert carry_out(now=NEXT_DAY) == 0
    assert not is_erased(aino)


def test_a_second_request_that_is_free_takes_the_first_along(aino):
    """E06, E11: of two decisions one waits for a role that the other does not; both are told."""
    ContactRoleFactory(person=aino)
    first = decided(aino, needed_for_role=NEEDED)
    second = decided(aino, wait=False)
    assert is_erased(aino)
    assert kinds(first)[-1] == LetterKind.ERASURE_DONE
    assert kinds(second)[-1] == LetterKind.ANSWER_ERASURE
    assert [one.carried_out_at for one in Demand.objects.all()] == [LATER, LATER]
    assert RightsRequest.objects.filter(closed_at=LATER).count() == 2


def test_retention_tells_those_whose_erasure_waited_before_their_data_go():
    """E06, E12, P31: the period may be over in the very moment."""
    notice = notice_with(ten_years())
    aino = CustomerFactory(email="aino@koe.example", relationship_ended_on=date(2015, 1, 1))
    role = ContactRoleFactory(person=aino)
    request = decided(aino, needed_for_role=NEEDED)
    role.ended_on = date(2026, 9, 2)
    with because("Given up"):
        role.save(collection=CollectionFactory())
    run = begin(notice, today=date(2026, 12, 5), now=NEXT_DAY, yes=True)
    carry_out_run(run, clock=lambda: NEXT_DAY)
    assert Customer.objects.get(pk=aino.pk).was_kept_long_enough
    assert (done(request).to_email, only(request).carried_out_at) == ("aino@koe.example", NEXT_DAY)
    assert carry_out(now=NEXT_DAY) == 0


def test_who_takes_the_request_back_is_kept(aino):
    """The person alone may change what was decided: what has gone stays gone."""
    invoice = InvoiceFactory(customer=aino)
    request = decided(aino)
    assert decisions.withdraw(request, now=LATER)
    aino.refresh_from_db()
    assert (aino.to_erase_at, aino.website) == (None, "")
    pay(invoice)
    assert carry_out(now=NEXT_DAY) == 0
    assert not is_erased(aino)
    assert Task.objects.filter(act=CARRY_OUT_ERASURE).count() == 0


def test_who_takes_one_of_two_requests_back_is_still_to_be_erased(aino):
    invoice = InvoiceFactory(customer=aino)
    first, second = decided(aino), decided(aino)
    decisions.withdraw(first, now=LATER)
    aino.refresh_from_db()
    assert aino.to_erase_at == LATER
    pay(invoice)
    assert carry_out(now=NEXT_DAY) == 1
    assert (done(first), bool(done(second))) == (None, True)


def test_who_asked_is_not_forgotten_while_the_erasure_waits(aino):
    """D04r, E06: however long it is, the person must still be told."""
    HoldFactory(customer=aino)
    request = decided(aino)
    forget_old(now=LATER + timedelta(days=4 * 366))
    request.refresh_from_db()
    assert (request.name, request.to_forget_at) == ("Aino Koekajo", None)


def test_to_call_it_off_twice_changes_nothing_more(aino):
    InvoiceFactory(customer=aino)
    decided(aino)
    with because("Called off"):
        call_off(aino, now=LATER)
        before = Customer.history.filter(id=aino.pk).count()
        call_off(aino, now=LATER)
    assert Customer.history.filter(id=aino.pk).count() == before
    assert Hold.objects.count() == 0
    assert Letter.objects.filter(kind=LetterKind.ERASURE_DONE).count() == 0
