"""Each item of a rectification is decided by itself and carried out (art. 16; P54, R07)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from audit.drift import drift
from audit.reasons import because
from audit.tasks import run_next
from notices.personal_data import IdentityCodeFound
from notices.terms import DataCategory
from register.erasure import erase
from register.extract import extract_of
from register.models import (
    Collection,
    Customer,
    CustomerRestricted,
    Invoice,
    Remark,
    Restriction,
)
from register.restricting import restrict
from rights_requests import correcting, decisions
from rights_requests.carrying_out import DataChanged
from rights_requests.correcting import CannotCorrect, Ruling
from rights_requests.grounds import BY_KEY
from rights_requests.letters import mark_sent
from rights_requests.models import (
    Certificate,
    Demand,
    Item,
    Letter,
    LetterKind,
    Notification,
    Outcome,
)
from staff.roles import Role
from tests.factories import (
    BillingDataFactory,
    CollectionFactory,
    CustomerFactory,
    DisclosureFactory,
    InvoiceFactory,
    ItemFactory,
    NoticeFactory,
    OrderFactory,
    OrderLineFactory,
    RecipientFactory,
    UserFactory,
)
from tests.rights_requests.asking import fields
from tests.rights_requests.at_the_desk import act_on, ask, page_of, said, staff

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER = NOW + timedelta(days=1)
REASONS = "We have looked at your passport, and the name is right."
ACCURATE = {"ground": BY_KEY["accurate"], "reasons": REASONS}


@pytest.fixture(autouse=True)
def notice(db):
    with translation.override("en"):
        yield NoticeFactory(
            in_force=True,
            declared=list(DataCategory),
            contact_email="vastuu@koepaja.example",
            recipients=["accounting", "credit"],
            purposes={"orders": "contract"},
            grounds=["billing"],
            languages=["fi", "sv", "en"],
        )


@pytest.fixture
def aino():
    return CustomerFactory(
        given_name="Aino",
        family_name="Kajo",
        email="aino@koe.example",
        phone="040 1234567",
        street="Koekatu 1",
        postcode="00100",
        city="Helsinki",
    )


@pytest.fixture
def contact():
    return staff(Role.DATA_PROTECTION_CONTACT)


def two_items(aino, **columns):
    """The address has changed, and the name is said to be wrong."""
    asked = ask("rectification", customer=aino, proof="in_person", now=NOW, **columns)
    demand = asked.demands.get()
    moved = ItemFactory(
        demand=demand,
        category="postal_address",
        kind="outdated",
        datum="Koekatu 1",
        wanted="Koekatu 2, 02100 Espoo",
        ground="I have moved.",
    )
    name = ItemFactory(
        demand=demand,
        category="name",
        kind="erroneous",
        datum="Aino Kajo",
        wanted="Eine Kajo",
        ground="It was misread.",
    )
    return demand, moved, name


MOVED = {"street": "Koekatu 2", "postcode": "02100", "city": "Espoo"}


def decided(demand, *rulings, by=None, now=LATER, **terms):
    return correcting.decide(demand, rulings, by=by or UserFactory(), now=now, **terms)


def one_item(aino, *, outcome=Outcome.CORRECTED, values=None, row=None, **columns):
    asked = ask("rectification", customer=aino, proof="in_person", now=NOW)
    demand = asked.demands.get()
    item = ItemFactory(demand=demand, **columns)
    done = decided(demand, Ruling(item, outcome, row or aino, values or {}))
    asked.refresh_from_db()
    return asked, done


# --- each by itself


def test_one_item_is_corrected_and_another_refused(aino):
    """R07, P54, P59, B11: the certificate lists the refused one and says what was done for the
    rest, the answer tells of both."""
    demand, moved, name = two_items(aino)
    by = UserFactory(name="Kirsi Koe")
    decided(
        demand,
        Ruling(moved, "corrected", aino, MOVED),
        Ruling(name, "refused", aino, **ACCURATE),
        by=by,
    )
    stored = Customer.objects.get(pk=aino.pk)
    assert (stored.street, stored.postcode, stored.city) == ("Koekatu 2", "02100", "Espoo")
    assert stored.given_name == "Aino"
    demand.refresh_from_db()
    assert (demand.granted_at, demand.refused_at, demand.decided_by) == (LATER, None, by)
    assert demand.is_partly_granted
    assert [(one.outcome, one.refusal_ground) for one in demand.items.all()] == [
        ("corrected", ""),
        ("refused", "accurate"),
    ]
    answer, refusal = Letter.objects.filter(demand=demand).order_by("pk")
    assert (answer.kind, refusal.kind) == (LetterKind.ANSWER_RECTIFICATION, LetterKind.REFUSAL)
    done = (
        "- 1. Postal address: corrected. It says now: Street address “Koekatu 2”, "
        "Postcode “02100”, City “Espoo”.\n"
    )
    assert done in answer.body
    assert "- 2. First and last name: refused. The certificate tells why.\n" in answer.body
    assert "- 2. First and last name: Aino Kajo → Eine Kajo" in refusal.body
    assert REASONS in refusal.body
    assert "GDPR article 16. The data are correct." in refusal.body
    what, rest = refusal.body.split("## What was done for the rest\n\n")
    assert rest.startswith(done)
    assert "Koekatu" not in what
    certificate = Certificate.objects.get()
    assert (certificate.demand, certificate.ground, certificate.made_by) == (demand, "accurate", by)
    demand.request.refresh_from_db()
    assert demand.request.closed_at


def test_items_refused_on_several_grounds_have_each_its_own(aino):
    """P59, R07: one certificate, in which each item has its ground."""
    demand, moved, name = two_items(aino)
    decided(
        demand,
        Ruling(moved, "refused", aino, ground=BY_KEY["somebody_else"], reasons="It is your son's."),
        Ruling(name, "refused", aino, **ACCURATE),
    )
    [letter] = Letter.objects.filter(demand=demand)
    assert letter.kind == LetterKind.REFUSAL
    assert f"The data are correct. (GDPR article 16) {REASONS}" in letter.body
    assert "The data are not about the person who asks. (GDPR article 16) It is your" in letter.body
    assert "The ground in the law:" not in letter.body
    assert "What was done for the rest" not in letter.body
    demand.refresh_from_db()
    assert (demand.granted_at, demand.refused_at) == (None, LATER)
    assert Certificate.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("erroneous", "completed"),
        ("unnecessary", "corrected"),
        ("incomplete", "corrected"),
        ("incomplete", "removed"),
        ("outdated", "completed"),
    ],
)
def test_no_item_comes_to_what_its_kind_cannot(aino, kind, outcome):
    """P54"""
    with pytest.raises(CannotCorrect):
        one_item(aino, kind=kind, outcome=outcome, values={"phone": ""})
    assert Demand.objects.get().is_open
    assert Customer.objects.get(pk=aino.pk).phone == "040 1234567"


@pytest.mark.parametrize(
    ("kind", "values", "outcome", "phone"),
    [
        ("erroneous", {"phone": "040 7"}, "corrected", "040 7"),
        ("erroneous", {"phone": ""}, "removed", ""),
        ("unnecessary", {"phone": ""}, "removed", ""),
        ("incomplete", {"phone": "+358 40 1234567"}, "completed", "+358 40 1234567"),
        ("outdated", {"phone": "040 7"}, "corrected", "040 7"),
    ],
)
def test_each_kind_is_carried_out(aino, kind, values, outcome, phone):
    """P54, R01: corrected, removed or completed."""
    asked, _done = one_item(aino, kind=kind, category="phone", values=values, outcome=outcome)
    assert Customer.objects.get(pk=aino.pk).phone == phone
    letter = asked.letters.get(kind=LetterKind.ANSWER_RECTIFICATION)
    assert f"- 1. Phone number: {outcome}." in letter.body
    assert Item.objects.get().outcome == outcome


def test_what_nobody_decided_or_what_does_nothing_is_refused(aino):
    """P47, R07: every item, by somebody, and something must follow from it."""
    demand, moved, name = two_items(aino)
    half = Ruling(moved, "corrected", aino, MOVED)
    with pytest.raises(DataChanged):
        decided(demand, half)
    for nothing in (
        Ruling(name, "corrected", aino),
        Ruling(name, "completed", aino, {"given_name": "Eine"}),
        Ruling(name, "", aino, {"given_name": "Eine"}),
    ):
        with pytest.raises(CannotCorrect):
            decided(demand, half, nothing)
    for without in (
        Ruling(name, "refused", aino, ground=BY_KEY["accurate"], reasons=" "),
        Ruling(name, "refused", aino, ground=BY_KEY["open_invoice"], reasons=REASONS),
        Ruling(name, "refused", aino, ground=BY_KEY["not_identified"], reasons=REASONS),
        Ruling(name, "refused", aino, reasons=REASONS),
    ):
        with pytest.raises(decisions.CannotRefuse):
            decided(demand, half, without)
    assert Demand.objects.get().is_open
    assert Customer.objects.get(pk=aino.pk).street == "Koekatu 1"
    assert not Certificate.objects.exists()


def test_a_second_one_is_told_that_it_is_decided(aino):
    demand, moved, name = two_items(aino)
    rulings = Ruling(moved, "corrected", aino, MOVED), Ruling(name, "refused", aino, **ACCURATE)
    decided(demand, *rulings)
    with pytest.raises(decisions.AlreadyDecided):
        decided(demand, *rulings)
    assert Certificate.objects.count() == 1


def test_whoever_is_not_known_gets_nothing_corrected(aino):
    """P55, I04"""
    asked = ask("rectification", customer=aino, now=NOW)
    item = ItemFactory(demand=asked.demands.get())
    with pytest.raises(decisions.InTheWay):
        decided(asked.demands.get(), Ruling(item, "corrected", aino, MOVED))
    assert Customer.objects.get(pk=aino.pk).street == "Koekatu 1"


def test_a_rectification_is_not_granted_in_one_go(aino):
    """R07"""
    demand, _moved, _name = two_items(aino)
    with pytest.raises(decisions.DecidedByItem):
        decisions.grant(demand, by=UserFactory(), now=LATER)


# --- where the value came from, and what stands beside it


def test_the_value_comes_from_the_person_by_the_request(aino):
    """P22, P54: the one door, with the source and the reason."""
    asked, _done = one_item(aino, category="email", values={"email": "eine@koe.example"})
    stored = Customer.objects.get(pk=aino.pk)
    origin = Collection.objects.get(pk=stored.collected["email"])
    assert (origin.source_kind, origin.source_name) == ("customer_notice", asked.number)
    assert origin.is_from_the_person
    assert origin.pk != stored.collected["phone"]
    assert asked.number in stored.history.first().history_change_reason


def test_what_is_removed_is_gone_from_history_too(aino):
    """P54, E07: a value that is not needed is nowhere."""
    firm = RecipientFactory(name="Luotto Oy", kind="credit", language="en", categories=["phone"])
    DisclosureFactory(
        recipient=firm, ground="billing", customers=[aino], categories=["phone"], at=NOW
    )
    one_item(aino, kind="unnecessary", category="phone", values={"phone": ""}, outcome="removed")
    past = Customer.history.filter(id=aino.pk)
    assert set(past.values_list("phone", "phone_e164")) == {("", "")}
    assert set(past.values_list("email", flat=True)) == {"aino@koe.example"}
    # whoever had it was told before
    [told] = Notification.objects.all()
    assert "- Phone: 040 1234567" in told.letter.body
    assert list(drift(timezone.now())) == []


def test_the_words_of_the_person_stand_beside_the_value(aino, contact):
    """R01: at the field, in the copy of data, and gone with an erasure."""
    words = "The old address was right until May 2025."
    asked, _done = one_item(
        aino, category="email", values={"email": "eine@koe.example"}, statement=words
    )
    [remark] = Remark.objects.all()
    assert (remark.of_model, remark.of_row, remark.column) == ("customer", aino.pk, "email")
    letter = asked.letters.get(kind=LetterKind.ANSWER_RECTIFICATION)
    assert "Your own words stand beside it." in letter.body
    page = contact.get(reverse("admin:register_customer_change", args=[aino.reference]))
    if page.status_code == 302:
        page = contact.get(reverse("admin:register_customer_change", args=[aino.reference]))
    assert words in page.text
    copy = extract_of(aino, now=LATER)
    [section] = [one for one in copy["sections"] if one["key"] == "remark"]
    values = {one["key"]: one["value"] for one in section["rows"][0]["values"]}
    assert values["remark.text"] == words
    assert values["remark.category"] == "e-mail address"
    with because("Test"):
        erase(aino, request_number="2026-9", now=LATER)
    assert Remark.objects.get().text == ""
    assert set(Remark.history.values_list("text", flat=True)) == {""}


def test_words_go_with_the_data_that_they_are_about(aino):
    """E01, E07: also where some data alone are erased."""
    one_item(aino, category="email", values={"email": "e@koe.example"}, statement="So it is.")
    asked = ask("erasure", customer=aino, proof="in_person", now=LATER)
    decisions.grant(asked.demands.get(), by=UserFactory(), now=LATER, categories=["phone"])
    assert Remark.objects.get().text == "So it is."
    asked = ask("erasure", customer=aino, proof="in_person", now=LATER)
    decisions.grant(asked.demands.get(), by=UserFactory(), now=LATER, categories=["email"])
    assert Remark.objects.get().text == ""


def test_words_alone_complete_what_is_incomplete(aino):
    """R01, P54"""
    asked, done = one_item(
        aino, kind="incomplete", category="phone", outcome="completed", statement="Evenings only."
    )
    assert done.written == {1: []}
    assert Remark.objects.get().text == "Evenings only."
    assert Customer.objects.get(pk=aino.pk).phone == "040 1234567"
    assert asked.closed_at


def test_no_identity_code_is_kept_in_words(aino):
    """I06"""
    with pytest.raises(IdentityCodeFound):
        one_item(aino, category="phone", values={"phone": "040 7"}, statement="131052-308T")
    assert Demand.objects.get().is_open


def test_invoices_stay_as_they_were_sent_with_a_note(aino, contact):
    """R05: the voucher is not altered; a linked note tells of the correction."""
    sent = InvoiceFactory(customer=aino, number="L-5")
    other = InvoiceFactory(customer=aino, number="L-6", billed_name="Joku Muu", billed_street="X 1")
    before = Invoice.objects.filter(pk=sent.pk).values().get()
    asked, done = one_item(aino, category="postal_address", values=MOVED)
    assert done.noted == ["L-5"]
    assert Invoice.objects.filter(pk=sent.pk).values().get() == before
    notes = Remark.objects.filter(of_model="invoice").order_by("pk")
    assert [(one.of_row, one.column, one.text) for one in notes] == [
        (sent.pk, "billed_street", ""),
        (sent.pk, "billed_postcode", ""),
        (sent.pk, "billed_city", ""),
    ]
    letter = asked.letters.get(kind=LetterKind.ANSWER_RECTIFICATION)
    assert "A note beside these tells of the correction:\n\n- L-5\n" in letter.body
    for invoice, noted in ((sent, True), (other, False)):
        where = reverse("admin:register_invoice_change", args=[invoice.pk])
        page = contact.get(where)
        assert (f"request {asked.number}" in page.text) == noted


def test_an_invoice_that_is_said_to_be_wrong_keeps_the_persons_words(aino):
    """B11, R05: refused by law, with the words beside the voucher."""
    invoice = InvoiceFactory(customer=aino, number="L-5")
    asked = ask("rectification", customer=aino, proof="in_person", now=NOW)
    item = ItemFactory(demand=asked.demands.get(), category="billing", wanted="Eine Kajo")
    decided(
        asked.demands.get(),
        Ruling(
            item,
            "refused",
            invoice,
            ground=BY_KEY["voucher"],
            reasons="The Accounting Act says so.",
        ),
    )
    [remark] = Remark.objects.all()
    assert (remark.about, remark.text, remark.of_row) == ("L-5", "Eine Kajo", invoice.pk)
    told = Certificate.objects.get()
    assert "- 1. Billing data (invoice L-5): " in told.refused_what
    assert told.reasons.startswith("1. Billing data (invoice L-5): ")
    assert told.until == "An invoice that has been sent stays as it is for as long as it is kept."
    assert told.done_for_rest == (
        "- 1. Billing data (invoice L-5): Your own words stand beside it."
    )


@pytest.mark.parametrize("of_line", [False, True])
def test_words_beside_one_of_many_orders_say_which(aino, contact, of_line):
    """R01: in the preview, the letter and the copy of the data."""
    OrderFactory(customer=aino, number="T-1")
    order = OrderFactory(customer=aino, number="T-2")
    row = OrderLineFactory(order=order) if of_line else order
    asked = ask("rectification", customer=aino, proof="in_person", now=NOW)
    demand, words = asked.demands.get(), "It was a present."
    item = ItemFactory(demand=demand, category="orders", kind="incomplete", statement=words)
    sent = {
        "ruling-1-row": f"{row._meta.model_name}-{row.pk}",
        "ruling-1-outcome": "completed",
    }
    shown = fields(contact.post(page_of(asked, "correct"), sent | {"step": "show"}))
    page = contact.post(page_of(asked, "correct"), shown | sent | {"step": "foresee"})
    assert "1. Earlier orders (order T-2)</h2>" in page.text
    assert "own words stand beside it from now on" in page.text
    decided(demand, Ruling(item, "completed", row))
    letter = asked.letters.get(kind=LetterKind.ANSWER_RECTIFICATION)
    said = "- 1. Earlier orders (order T-2): completed. Your own words stand beside it."
    assert said in letter.body
    sections = {one["key"]: one["rows"] for one in extract_of(aino, now=LATER)["sections"]}
    [beside] = sections["remark"]
    told = {one["label"]: one["value"] for one in beside["values"]}
    assert (told["Order"], told["Words"]) == ("T-2", words)


def test_billing_data_and_orders_can_be_put_right(aino):
    """P54: every row that is about the person, and nobody else's."""
    billing = BillingDataFactory(customer=aino, street="Koekatu 1")
    order = OrderFactory(customer=aino, number="T-1")
    OrderFactory(number="T-2")
    rows = correcting.rows_to_correct(aino)
    assert rows[0] == aino
    assert {billing, order} < set(rows)
    assert {row.pk for row in rows if type(row) is type(order)} == {order.pk}
    assert correcting.rows_to_correct(aino, "orders")[0] == order
    one_item(aino, category="billing", row=billing, values={"street": "Koekatu 3"})
    billing.refresh_from_db()
    assert billing.street == "Koekatu 3"


# --- who else is told


def test_recipients_and_the_source_of_the_old_value_are_told(aino):
    """P58, R06, N02: and the answer lists them."""
    source = CollectionFactory(source_kind="subcontractor", source_name="Huolto Oy")
    with because("Test"):
        aino.street = "Koekuja 9"
        aino.save(collection=source)
    firm = RecipientFactory(
        name="Luotto Oy", kind="credit", language="en", categories=["postal_address"]
    )
    DisclosureFactory(
        recipient=firm, ground="billing", customers=[aino], categories=["postal_address"], at=NOW
    )
    asked, done = one_item(aino, category="postal_address", values=MOVED)
    assert done.told == ["Luotto Oy", "Huolto Oy"]
    bodies = {one.addressee: one.letter.body for one in Notification.objects.all()}
    assert "“Koekuja 9” was wrong, “Koekatu 2” is right" in bodies["Luotto Oy"]
    assert "väärin ”Koekuja 9”, oikein ”Koekatu 2”" in bodies["Huolto Oy"]
    assert "Postcode" not in bodies["Huolto Oy"]
    letter = asked.letters.get(kind=LetterKind.ANSWER_RECTIFICATION)
    assert "- Luotto Oy\n- Huolto Oy, who gave us the data\n" in letter.body
    assert asked.closed_at is None


# --- what was contested


def contesting(aino, *rights, **terms):
    """The person wants the data to rest while they are checked, and put right."""
    asked = ask("restriction", "rectification", now=NOW)
    ItemFactory(
        demand=asked.demands.get(right="rectification"),
        category="postal_address",
        kind="outdated",
        wanted="Koekatu 2",
    )
    with because("Test"):
        rests = asked.demands.get(right="restriction")
        rests.restriction_ground = "accuracy"
        rests.save()
    decisions.link(asked, aino, now=NOW)
    decisions.prove(asked, "in_person", now=NOW, by=UserFactory())
    asked.refresh_from_db()
    return asked


def worked(now):
    while run_next(now):
        pass


def test_only_what_is_contested_rests(aino):
    """P61, R03, S08: and not the whole customer."""
    contesting(aino)
    [held] = Restriction.objects.all()
    assert held.categories == ["postal_address"]
    aino.street = "Koekatu 3"
    with because("Test"), pytest.raises(CustomerRestricted):
        aino.save(collection=CollectionFactory())


def test_what_the_person_contests_later_rests_too(aino):
    """P61, P56: as it is written down."""
    asked = contesting(aino)
    demand = asked.demands.get(right="rectification")
    correcting.write_item(demand, None, {"category": "email", "kind": "erroneous"}, now=LATER)
    assert Restriction.objects.get().categories == ["email", "postal_address"]


def test_an_item_that_names_no_data_lets_all_of_them_rest(aino):
    """R03: until somebody has decided which."""
    asked = ask("restriction", "rectification", now=NOW)
    ItemFactory(demand=asked.demands.get(right="rectification"))
    with because("Test"):
        rests = asked.demands.get(right="restriction")
        rests.restriction_ground = "accuracy"
        rests.save()
    decisions.link(asked, aino, now=NOW)
    decisions.prove(asked, "in_person", now=NOW, by=UserFactory())
    assert Restriction.objects.get().categories == []


def test_what_rests_is_written_and_used_again_after_the_person_was_told(aino):
    """P61, S05, S02: by the consent that the request is; the rest of what rests stays so."""
    asked = contesting(aino)
    with because("Test"):
        restrict(
            aino,
            ground="accuracy",
            categories=["postal_address", "phone"],
            request_number=asked.number,
            now=NOW,
        )
    demand = asked.demands.get(right="rectification")
    item = demand.items.get()
    done = decided(demand, Ruling(item, "corrected", aino, {"street": "Koekatu 2"}), now=LATER)
    assert done.used_again == ["postal address"]
    # what rests is not shown to whoever decides
    assert done.written[1][0].old == "(restricted)"
    stored = Customer.objects.get(pk=aino.pk)
    assert stored.street == "Koekatu 2"
    assert Restriction.objects.get().categories == ["postal_address", "phone"]
    letter = asked.letters.get(kind=LetterKind.ANSWER_RECTIFICATION)
    assert "## The restriction of these data ends\n\n- Postal address\n" in letter.body
    worked(LATER)
    assert Restriction.objects.get().categories == ["postal_address", "phone"]
    mark_sent(letter, now=LATER)
    worked(LATER)
    # not in the very moment of the letter
    assert Restriction.objects.get().categories == ["postal_address", "phone"]
    worked(LATER + timedelta(seconds=5))
    held = Restriction.objects.get()
    assert (held.categories, held.lifted_at) == (["phone"], None)
    stored.phone = "040 7"
    with because("Test"), pytest.raises(CustomerRestricted):
        stored.save(collection=CollectionFactory())


def test_a_restriction_of_which_nothing_is_left_is_lifted(aino):
    """S05, P61: told first, by the named person who decided."""
    asked = contesting(aino)
    by = UserFactory(name="Kirsi Koe")
    demand = asked.demands.get(right="rectification")
    decided(demand, Ruling(demand.items.get(), "corrected", aino, {"street": "Koekatu 2"}), by=by)
    letter = asked.letters.get(kind=LetterKind.ANSWER_RECTIFICATION)
    mark_sent(letter, now=LATER)
    worked(LATER + timedelta(seconds=5))
    held = Restriction.objects.get()
    assert (held.told_at, held.lifted_by) == (LATER, by)
    assert held.lifted_at > held.told_at
    assert asked.number in held.history.first().history_change_reason


def test_a_restriction_for_another_reason_does_not_end(aino):
    """S01: the person needs the data kept, whether they are right or not."""
    asked = ask("restriction", customer=aino, proof="in_person", now=NOW)
    decisions.grant(asked.demands.get(), by=UserFactory(), now=NOW, ground="claims")
    later, done = one_item(aino, category="phone", values={"phone": "040 7"})
    assert done.used_again == []
    mark_sent(later.letters.get(kind=LetterKind.ANSWER_RECTIFICATION), now=LATER)
    worked(LATER + timedelta(seconds=5))
    assert Restriction.objects.get().lifted_at is None
    assert Restriction.objects.get().categories == []


# --- what is shown is what is done


def test_what_will_happen_is_found_without_doing_it(aino):
    """R07: the same act, taken back."""
    demand, moved, name = two_items(aino)
    rulings = [Ruling(moved, "corrected", aino, MOVED), Ruling(name, "refused", aino, **ACCURATE)]
    by = UserFactory()
    foreseen = correcting.foresee(demand, rulings, by=by, now=LATER)
    assert Demand.objects.get().is_open
    assert Customer.objects.get(pk=aino.pk).street == "Koekatu 1"
    assert not Certificate.objects.exists()
    assert not Letter.objects.filter(demand=demand).exists()
    assert [kind for kind, _text in foreseen.letters] == [
        "answer: rectification",
        "refusal certificate",
    ]
    assert [(one.label, one.old, one.new) for one in foreseen.written[1]] == [
        ("Street address", "Koekatu 1", "Koekatu 2"),
        ("Postcode", "00100", "02100"),
        ("City", "Helsinki", "Espoo"),
    ]
    done = decided(demand, *rulings, by=by, seen=foreseen.digest)
    assert done.digest == foreseen.digest


@pytest.mark.parametrize("meanwhile", ["value", "recipient", "invoice"])
def test_nothing_else_is_done_than_was_shown(aino, meanwhile):
    """R07, P58: who would be told besides, what else would be written."""
    demand, moved, name = two_items(aino)
    rulings = [Ruling(moved, "corrected", aino, MOVED), Ruling(name, "refused", aino, **ACCURATE)]
    seen = correcting.foresee(demand, rulings, by=UserFactory(), now=LATER).digest
    if meanwhile == "value":
        with because("Test"):
            aino.street = "Koekuja 4"
            aino.save(collection=CollectionFactory())
    elif meanwhile == "recipient":
        firm = RecipientFactory(kind="credit", categories=["postal_address"])
        DisclosureFactory(
            recipient=firm,
            ground="billing",
            customers=[aino],
            categories=["postal_address"],
            at=NOW,
        )
    else:
        InvoiceFactory(customer=aino)
    with pytest.raises(DataChanged):
        decided(demand, *rulings, seen=seen)
    assert Demand.objects.get().is_open
    assert not Certificate.objects.exists()
    assert Customer.objects.get(pk=aino.pk).street != "Koekatu 2"


def test_as_many_invoices_take_as_many_queries(aino):
    counts = []
    for many in (1, 6):
        person = CustomerFactory(street="Koekatu 1", postcode="00100", city="Helsinki")
        for _one in range(many):
            InvoiceFactory(customer=person)
        asked = ask("rectification", customer=person, proof="in_person", now=NOW)
        item = ItemFactory(demand=asked.demands.get())
        ruling = Ruling(item, "corrected", person, {"street": "Koekatu 2"})
        with CaptureQueriesContext(connection) as queries:
            decided(asked.demands.get(), ruling)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- at the desk


def typed(aino, **more):
    return {
        "ruling-1-row": f"customer-{aino.pk}",
        "ruling-1-outcome": "corrected",
        "ruling-1-value-street": "Koekatu 2",
        "ruling-1-value-postcode": "02100",
        "ruling-1-value-city": "Espoo",
        "ruling-2-row": f"customer-{aino.pk}",
        "ruling-2-outcome": "refused",
        "ruling-2-value-given_name": "Aino",
        "ruling-2-value-family_name": "Kajo",
        "ruling-2-ground": "accurate",
        "ruling-2-reasons": REASONS,
    } | more


def test_the_rows_to_choose_from_can_be_told_apart(contact, aino):
    """P56, R07: two lines of the same words by their order, two of one order by their place."""
    orders = [
        OrderFactory(customer=aino, number=number, ordered_on=date(2026, 3, 4))
        for number in ("T-1", "T-2")
    ]
    for order in (*orders, orders[1]):
        OrderLineFactory(order=order, description="Ketjun vaihto, työ")
    demand = ask("rectification", customer=aino, proof="in_person").demands.get()
    ItemFactory(demand=demand, category="orders")
    page = contact.get(page_of(demand.request, "correct"))
    [ruling] = page.context["form"]
    told = [label for _key, label in ruling.fields["row"].choices]
    assert len(set(told)) == len(told)
    assert [one for one in told if "Ketjun" in one] == [
        "Order line: Ketjun vaihto, työ (order T-2)",
        "Order line: Ketjun vaihto, työ (order T-2) (2)",
        "Order line: Ketjun vaihto, työ (order T-1)",
    ]


def test_staff_decide_see_and_confirm(contact, aino):
    """R07, P54, P47: what is typed, what it will do, then the deed; by a named person."""
    demand, _moved, _name = two_items(aino)
    asked = demand.request
    assert "Decide item by item" in contact.get(page_of(asked)).text
    assert contact.get(act_on(asked, "rectification", "grant"))["Location"] == page_of(
        asked, "correct"
    )
    where = page_of(asked, "correct")
    page = contact.get(where)
    assert 'value="Koekatu 1"' in page.text
    page = contact.post(where, typed(aino, step="foresee"))
    for words in (
        "Koekatu 1 → Koekatu 2",
        "Refused: The data are correct.",
        REASONS,
        "It says now:",
    ):
        assert words in page.text
    assert "<h3>What we did</h3>" in page.text
    assert "## " not in page.text
    assert Demand.objects.get().is_open
    sent = dict(page.context["form"].sent_values())
    assert sent["ruling-1-value-street"] == "Koekatu 2"
    back = contact.post(where, sent | {"step": "change"})
    assert 'value="Koekatu 2"' in back.text
    told = contact.post(
        where, sent | {"step": "decide", "seen": page.context["done"].digest}, follow=True
    )
    assert said(told) == ["Decided, item by item."]
    assert Customer.objects.get(pk=aino.pk).street == "Koekatu 2"
    assert "certificate" in told.text
    again = contact.get(where, follow=True)
    assert "granted a part of this on" in said(again)[0]


def test_what_was_typed_is_kept_when_the_data_have_changed(contact, aino):
    """R07, P62: nothing is done, and what the register says now stands beside what was typed."""
    demand, _moved, _name = two_items(aino)
    where = page_of(demand.request, "correct")
    sent = typed(aino)
    seen = contact.post(where, sent | {"step": "foresee"}).context["done"].digest
    with because("Test"):
        aino.street = "Koekuja 4"
        aino.save(collection=CollectionFactory())
    page = contact.post(where, sent | {"step": "decide", "seen": seen})
    assert said(page) == ["The data have changed meanwhile. Look at them again."]
    assert "Look again at what will happen before you decide." in page.text
    assert dict(page.context["form"].sent_values()) == sent
    street = page.text.split('value="Koekatu 2"')[1].split("</div>")[0]
    assert "The register says now: Koekuja 4" in street
    first, second = page.context["form"]
    assert (first["outcome"].value(), second["outcome"].value()) == ("corrected", "refused")
    assert f">\n{REASONS}</textarea>" in page.text
    assert Demand.objects.get().is_open
    seen = contact.post(where, sent | {"step": "foresee"}).context["done"].digest
    done = contact.post(where, sent | {"step": "decide", "seen": seen}, follow=True)
    assert said(done) == ["Decided, item by item."]


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"ruling-1-outcome": ""}, "outcome"),
        ({"ruling-1-outcome": "completed"}, "outcome"),
        ({"ruling-1-outcome": "removed"}, "outcome"),
        ({"ruling-1-value-city": "x" * 101}, "value-city"),
        ({"ruling-1-value-city": "131052-308T"}, "value-city"),
        (
            {
                "ruling-1-value-street": "Koekatu 1",
                "ruling-1-value-postcode": "00100",
                "ruling-1-value-city": "Helsinki",
            },
            "outcome",
        ),
    ],
)
def test_what_does_not_fit_is_said_at_its_place(contact, aino, changed, place):
    """P54: and nothing typed is lost."""
    demand, _moved, _name = two_items(aino)
    page = contact.post(page_of(demand.request, "correct"), typed(aino, step="foresee", **changed))
    first, second = page.context["form"].rulings
    assert (list(first.errors), list(second.errors)) == ([place], [])
    assert REASONS in page.text
    assert Demand.objects.get().is_open


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"ruling-2-ground": ""}, "ground"),
        ({"ruling-2-ground": "not_identified"}, "ground"),
        ({"ruling-2-ground": "voucher"}, "ground"),
        ({"ruling-2-reasons": "No."}, "reasons"),
    ],
)
def test_no_refusal_without_its_ground_and_reasons(contact, aino, changed, place):
    """P59, B11"""
    demand, _moved, _name = two_items(aino)
    page = contact.post(page_of(demand.request, "correct"), typed(aino, step="foresee", **changed))
    first, second = page.context["form"].rulings
    assert (list(first.errors), list(second.errors)) == ([], [place])


def test_the_values_of_another_row_are_shown_before_anything_is_judged(contact, aino):
    BillingDataFactory(customer=aino, street="Laskukuja 8")
    asked = ask("rectification", customer=aino, proof="in_person", now=NOW)
    ItemFactory(demand=asked.demands.get())
    where = page_of(asked, "correct")
    key = f"billingdata-{aino.billing.pk}"
    sent = {"ruling-1-row": key, "ruling-1-reasons": "Typed before.", "step": "show"}
    page = contact.post(where, sent)
    assert 'value="Laskukuja 8"' in page.text
    assert "Typed before." in page.text
    assert 'class="errornote"' not in page.text


def test_what_rests_is_not_shown_and_can_be_written(contact, aino):
    """S02, P61"""
    asked = contesting(aino)
    where = page_of(asked, "correct")
    page = contact.get(where)
    assert "Koekatu 1" not in page.text
    assert "It rests, so it is not shown." in page.text
    sent = {
        "ruling-1-row": f"customer-{aino.pk}",
        "ruling-1-outcome": "corrected",
        "ruling-1-value-street": "Koekatu 2",
    }
    page = contact.post(where, sent | {"step": "foresee"})
    assert "(restricted) → Koekatu 2" in page.text
    assert "Koekatu 1" not in page.text
    # what is left empty stays as it is, unseen
    assert [one.label for one in page.context["done"].written[1]] == ["Street address"]


def test_a_request_without_items_is_completed_first(contact, aino):
    """P56"""
    asked = ask("rectification", customer=aino, proof="in_person", now=NOW)
    told = contact.get(page_of(asked, "correct"), follow=True)
    assert said(told) == ["The request names no data yet. Add an item to put right first."]


def test_who_may_not_decide_does_not(aino):
    """P47"""
    demand, _moved, _name = two_items(aino)
    assert staff(Role.HANDLER).get(page_of(demand.request, "correct")).status_code == 403


# --- without a request


def own(aino, row=None, *, now=LATER, seen="", **values):
    origin = Collection(
        source_kind="partner", source_name="Posti", collected_on=date(2026, 3, 4), serves_one=True
    )
    terms = {"origin": origin, "why": "The letter came back.", "now": now}
    return correcting.correct_own(aino, row or aino, values, seen=seen, **terms)


def told_of():
    """The letters to recipients and sources about no request, by name."""
    letters = Letter.objects.filter(request=None, kind=LetterKind.TOLD_RECTIFICATION)
    return {one.to_name: one for one in letters}


def test_staff_put_right_by_themselves_with_the_same_effects(aino):
    """P54, P58, R05, R06, N01: recipients, the source, the invoice, the trail."""
    source = CollectionFactory(source_kind="subcontractor", source_name="Huolto Oy")
    with because("Test"):
        aino.street = "Koekuja 9"
        aino.save(collection=source)
    InvoiceFactory(customer=aino, number="L-5")
    firm = RecipientFactory(
        name="Luotto Oy", kind="credit", language="en", categories=["postal_address"]
    )
    DisclosureFactory(
        recipient=firm, ground="billing", customers=[aino], categories=["postal_address"], at=NOW
    )
    done = own(aino, street="Koekatu 2")
    assert (done.told, done.noted) == (["Luotto Oy", "Huolto Oy"], ["L-5"])
    letters = told_of()
    assert "“Koekuja 9” was wrong, “Koekatu 2” is right" in letters["Luotto Oy"].body
    assert letters["Huolto Oy"].medium == "post"
    assert "väärin ”Koekuja 9”" in letters["Huolto Oy"].body
    stored = Customer.objects.get(pk=aino.pk)
    assert stored.street == "Koekatu 2"
    assert stored.history.first().history_change_reason == "The letter came back."
    assert Collection.objects.get(pk=stored.collected["street"]).source_name == "Posti"
    assert "Corrected in the register on" in str(Remark.objects.get())
    assert not Demand.objects.exists()
    mark_sent(letters["Huolto Oy"], now=LATER, posted_by=UserFactory())


def test_what_staff_find_to_be_unnecessary_is_gone_from_history_too(aino):
    """P54"""
    own(aino, phone="")
    past = Customer.history.filter(id=aino.pk)
    assert set(past.values_list("phone", "phone_e164")) == {("", "")}


def test_what_rests_is_corrected_at_the_persons_wish_alone(aino):
    """S02, S03"""
    with because("Test"):
        restrict(aino, ground="claims", categories=["phone"], request_number="2026-1", now=NOW)
    fresh = Customer.objects.get(pk=aino.pk)
    with pytest.raises(CustomerRestricted):
        own(fresh, phone="040 7")
    assert Customer.objects.get(pk=aino.pk).phone == "040 1234567"
    own(fresh, street="Koekatu 2")


def test_staff_see_what_they_put_right_before_they_do(contact, aino):
    """P54, P58: from the customer's page, without a request."""
    firm = RecipientFactory(name="Luotto Oy", kind="credit", language="en", categories=["email"])
    DisclosureFactory(
        recipient=firm, ground="billing", customers=[aino], categories=["email"], at=NOW
    )
    where = reverse("admin:rights_requests_rightsrequest_own", args=[aino.reference])
    page = contact.get(reverse("admin:register_customer_change", args=[aino.reference]))
    page = contact.get(reverse("admin:register_customer_change", args=[aino.reference]))
    assert f'href="{where}"' in page.text
    values = {
        f"value-{column}": getattr(aino, column) or ""
        for column in correcting.columns_to_correct(Customer)
    }
    sent = values | {
        "row": f"customer-{aino.pk}",
        "value-email": "eine@koe.example",
        "kind": "erroneous",
        "source_kind": "customer_notice",
        "reason": "The mail came back.",
    }
    faulty = contact.post(where, sent | {"kind": "", "reason": "", "step": "foresee"})
    assert list(faulty.context["form"].errors) == ["kind", "reason"]
    same = contact.post(where, sent | values | {"step": "foresee"})
    assert "Nothing is changed yet." in same.text
    page = contact.post(where, sent | {"step": "foresee"})
    assert "aino@koe.example → eine@koe.example" in page.text
    assert "goes to: Luotto Oy" in page.text
    assert Customer.objects.get(pk=aino.pk).email == "aino@koe.example"
    assert told_of() == {}
    seen = page.context["done"].digest
    told = contact.post(where, sent | {"step": "decide", "seen": seen}, follow=True)
    assert said(told) == ["Put right. Whoever must know gets a letter."]
    stored = Customer.objects.get(pk=aino.pk)
    assert stored.email == "eine@koe.example"
    assert "The mail came back." in stored.history.first().history_change_reason
    assert set(told_of()) == {"Luotto Oy"}
    again = contact.post(where, sent | {"step": "decide", "seen": seen}, follow=True)
    assert "Nothing is changed yet." in again.text


def test_what_staff_typed_by_themselves_is_kept_when_the_data_have_changed(contact, aino):
    """P54, P62"""
    where = reverse("admin:rights_requests_rightsrequest_own", args=[aino.reference])
    columns = correcting.columns_to_correct(Customer)
    sent = {f"value-{column}": getattr(aino, column) or "" for column in columns} | {
        "row": f"customer-{aino.pk}",
        "value-email": "eine@koe.example",
        "kind": "erroneous",
        "source_kind": "customer_notice",
        "reason": "The mail came back.",
    }
    seen = contact.post(where, sent | {"step": "foresee"}).context["done"].digest
    with because("Test"):
        aino.phone = "050 7654321"
        aino.save(collection=CollectionFactory())
    page = contact.post(where, sent | {"step": "decide", "seen": seen})
    assert said(page) == ["The data have changed meanwhile. Look at them again."]
    assert "Look again at what will happen before you decide." in page.text
    assert 'value="eine@koe.example"' in page.text
    assert "The register says now: aino@koe.example" in page.text
    assert "The register says now: 050 7654321" in page.text
    assert Customer.objects.get(pk=aino.pk).email == "aino@koe.example"


def test_a_refused_item_without_a_certificate_is_found():
    """P59, R07: `check_promises` finds what somebody took away."""
    ItemFactory(outcome="refused", refusal_ground="accurate")
    found = [(one.id, one.count) for one in drift(timezone.now()) if one.id == "no_certificate"]
    assert found == [("no_certificate", 1)]
