"""Deciding at the desk: what the pages offer, what they refuse, and who is told when late."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from audit.reasons import because
from notices.publishing import adopt
from notices.terms import Right
from register.models import Customer
from rights_requests import decisions
from rights_requests.carrying_out import DataChanged
from rights_requests.grounds import GROUNDS, grounds_for
from rights_requests.models import Certificate, Demand, Letter
from staff.roles import Role
from tests.factories import (
    CollectionFactory,
    ContactRoleFactory,
    CustomerFactory,
    DisclosureFactory,
    InvoiceFactory,
    NoticeFactory,
    NoticeGivenFactory,
    OrderFactory,
    PaperFactory,
    PaymentFactory,
    RecipientFactory,
    SectionFactory,
    UserFactory,
)
from tests.rights_requests.at_the_desk import QUEUE, act_on, ask, page_of, said, staff

pytestmark = pytest.mark.django_db
WAITING = reverse("admin:rights_requests_rightsrequest_waiting")
MARCH = date(2026, 3, 1)
#: Grounds that are offered only where it is so.
IF_SO = (
    *("not_identified", "restriction_asked", "open_invoice", "collection"),
    *("contact_person_role", "not_feasible"),
)
REASONS = "The invoice of March is open, so we still need your data."
REFUSAL = {
    "ground": "open_invoice",
    "refused_what": "The whole erasure",
    "reasons": REASONS,
    "until": "Until the invoice is paid; then we erase.",
}


@pytest.fixture(autouse=True)
def notice(db):
    return NoticeFactory(in_force=True, contact_email="vastuu@koepaja.example")


@pytest.fixture
def contact(notice):
    return staff(Role.DATA_PROTECTION_CONTACT)


@pytest.fixture
def aino(notice):
    return CustomerFactory(given_name="Aino", family_name="Kajo", email="aino@koe.example")


@pytest.fixture
def debtor(aino):
    """Aino with an open invoice."""
    InvoiceFactory(customer=aino, number="L-5")
    return aino


def demand_of(asked, right):
    return Demand.objects.get(request=asked, right=right)


def grounds_offered(client, asked, right):
    form = client.get(act_on(asked, right, "refuse")).context["form"]
    return [key for key, _label in form.fields["ground"].choices]


# --- to grant


def test_access_is_granted_after_a_look_at_the_copy(contact, aino):
    """P48"""
    OrderFactory(customer=aino, number="T-77")
    OrderFactory(number="T-78")
    asked = ask("access", customer=aino, proof="in_person")
    copy = contact.get(page_of(asked, "copy")).text
    assert "T-77" in copy
    assert "T-78" not in copy
    page = contact.get(act_on(asked, "access", "grant")).text
    assert "a copy of everything that is held" in page
    assert not Letter.objects.filter(kind="answer_access").exists()
    response = contact.post(act_on(asked, "access", "grant"), follow=True)
    assert said(response) == ["Granted: access"]
    assert demand_of(asked, "access").decided_by.role == Role.DATA_PROTECTION_CONTACT
    assert asked.letters.filter(kind="answer_access").count() == 1


def test_the_copy_that_was_given_stays_as_it_was_given(contact, aino):
    """A09"""
    asked = ask("access", customer=aino, proof="in_person")
    contact.post(act_on(asked, "access", "grant"))
    OrderFactory(customer=aino, number="T-79")
    page = contact.get(page_of(asked, "copy")).text
    assert "The copy given with request" in page
    assert "T-79" not in page


def test_nobody_in_the_register_is_an_answer_of_its_own(contact, aino):
    """A01: said in writing, and nobody is erased by it."""
    asked = ask("access", "erasure", email="kukaan@koe.example", proof="in_person")
    assert contact.get(page_of(asked, "copy")).status_code == 404
    page = contact.get(act_on(asked, "erasure", "grant")).text
    assert "No customer is chosen" in page
    contact.post(act_on(asked, "access", "grant"))
    contact.post(act_on(asked, "erasure", "grant"))
    assert asked.letters.filter(kind="answer_nothing_held").count() == 2
    aino.refresh_from_db()
    assert aino.erased_at is None


def test_an_erasure_says_beforehand_what_goes_and_what_stays(contact, aino):
    """E03, P30, P67"""
    OrderFactory(customer=aino)
    InvoiceFactory(customer=aino, paid_on=date(2026, 5, 1))
    OrderFactory()
    asked = ask("erasure", customer=aino, proof="in_person")
    page = contact.get(act_on(asked, "erasure", "grant")).text
    for words in (
        "name, contact data and everything else",
        "With them goes 1 order.",
        "The law keeps 1 invoice as it was sent",
        "An erasure cannot be undone.",
    ):
        assert words in page
    aino.refresh_from_db()
    assert aino.erased_at is None
    contact.post(act_on(asked, "erasure", "grant"))
    assert Customer.objects.get(pk=aino.pk).erased_at is not None


def test_the_page_of_a_grant_names_those_who_have_the_data_too(contact):
    """E10, art. 19, T15: by the ledger and no others, and until when a voucher stays."""
    NoticeFactory(
        in_force=True,
        contact_email="vastuu@koepaja.example",
        recipients=["accounting"],
        grounds=["billing"],
        purposes={"orders": "contract"},
    )
    aino = CustomerFactory(given_name="Aino", family_name="Kajo", email="aino@koe.example")
    NoticeGivenFactory(customer=aino)
    InvoiceFactory(customer=aino, invoiced_on=date(2026, 2, 10), paid_on=date(2026, 3, 1))
    told, other = RecipientFactory(name="Koelaskelma"), RecipientFactory(name="Muu")
    DisclosureFactory(customers=[aino], recipient=told, ground="billing")
    asked = ask("erasure", customer=aino, proof="in_person")
    words = contact.get(act_on(asked, "erasure", "grant")).text
    assert "These have the data too, and get a letter about it: Koelaskelma." in words
    assert other.name not in words
    assert "The last of them goes after 31 December 2032." in words


@pytest.mark.parametrize("right", ["rectification", "objection"])
def test_of_nobody_nothing_is_done_and_the_answer_says_so(contact, aino, right):
    """A01: whoever proves a mailbox of their own gets nobody's data."""
    asked = ask(right, email="kukaan@koe.example", proof="proven_email")
    page = contact.get(act_on(asked, right, "grant")).text
    assert "No customer is chosen: the answer says that nothing is held." in page
    contact.post(act_on(asked, right, "grant"))
    assert asked.letters.filter(kind="answer_nothing_held").count() == 1


def test_without_a_proof_nothing_is_granted_and_the_page_says_why(contact, aino):
    """P51, I03: asked for, never dropped."""
    asked = ask("access", customer=aino)
    assert act_on(asked, "access", "grant") not in contact.get(page_of(asked)).text
    for method in (contact.get, contact.post):
        response = method(act_on(asked, "access", "grant"), follow=True)
        assert said(response) == ["It has not been shown who asks."]
    assert demand_of(asked, "access").is_open


def test_an_open_invoice_is_told_before_the_buttons_and_stops_an_erasure_at_once(contact, aino):
    """P30, E04: who has not seen that it waits does not decide that either."""
    InvoiceFactory(customer=aino, number="L-5")
    asked = ask("erasure", customer=aino, proof="in_person")
    page = contact.get(page_of(asked)).text
    assert page.index("Invoice L-5") < page.index(act_on(asked, "erasure", "refuse"))
    response = contact.post(act_on(asked, "erasure", "grant"), follow=True)
    assert "Invoice L-5" in said(response)[0]
    aino.refresh_from_db()
    assert (aino.erased_at, aino.to_erase_at) == (None, None)


def test_the_page_decides_an_erasure_that_waits_and_says_what_for(contact, aino):
    """E06, E04: before, in the request, on the list of all, on the customer's page, and to the
    person."""
    with because("Test"):
        aino.website = "https://aino.example"
        aino.save(collection=CollectionFactory())
    InvoiceFactory(customer=aino, number="L-5", due_on=date(2026, 3, 15), invoiced_on=MARCH)
    paper = PaperFactory(customer=aino)
    asked = ask("erasure", customer=aino, proof="in_person")
    address = act_on(asked, "erasure", "grant")
    assert address in contact.get(page_of(asked)).text
    page = contact.get(address).text
    for told in (
        "Invoice L-5",
        "must be shredded first",
        "The erasure waits for what stands in its way",
        "Nothing needs these, so they go at once: web address.",
        "Decide: erase when this is over",
    ):
        assert told in page
    assert said(contact.post(address, {"wait": "True"}, follow=True)) == ["Granted: erasure"]
    demand = demand_of(asked, "erasure")
    assert (demand.is_waiting, demand.decided_by.role) == (True, Role.DATA_PROTECTION_CONTACT)
    page = contact.get(page_of(asked)).text
    assert "It is carried out when this is over" in page
    assert f"Shred {paper}" in page
    listed = contact.get(WAITING).text
    assert asked.number in listed
    assert "Invoice L-5" in listed
    assert "15 March 2029" in listed
    assert asked.number in contact.get(f"{QUEUE}?state=waiting").text
    shown = contact.get(reverse("admin:register_customer_change", args=[aino.reference])).text
    assert "To be erased: that was decided on" in shown
    banner = shown.partition("To be erased: that was decided on")[2].partition("</p>")[0]
    assert "Invoice L-5" in banner
    assert WAITING in shown
    assert "The data are erased as soon as nothing keeps them any more." in shown


def test_who_asks_and_other_rights_are_nothing_to_wait_for(contact, aino):
    """I04: a word in the form of an erasure does not help."""
    InvoiceFactory(customer=aino)
    asked = ask("erasure", "access", customer=aino)
    for right in ("erasure", "access"):
        assert act_on(asked, right, "grant") not in contact.get(page_of(asked)).text
        contact.post(act_on(asked, right, "grant"), {"wait": "True"})
        assert demand_of(asked, right).is_open


def test_a_role_is_weighed_in_words_that_go_into_the_answer(contact, aino):
    """P63, A4: a burden of proof takes more words; without any the data go."""
    notice = NoticeFactory(contact_email="vastuu@koepaja.example")
    promise = "Yhteyshenkilön tietoja säilytämme niin kauan kuin tehtävä kestää."
    SectionFactory(notice=notice, text=promise)
    adopt(notice, now=timezone.now(), reason="Test")
    ContactRoleFactory(person=aino)
    asked = ask("erasure", customer=aino, proof="in_person")
    address = act_on(asked, "erasure", "grant")
    assert 'name="needed_for_role"' in contact.get(address).text
    refused = contact.post(address, {"needed_for_role": "We need them still."})
    assert "Write at least 100 characters." in refused.text
    words = "Aino alone receives the deliveries of this spring for the organisation. " * 2
    contact.post(address, {"needed_for_role": words})
    demand = demand_of(asked, "erasure")
    assert (demand.is_waiting, demand.needed_for_role) == (True, words.strip())
    assert words.strip() in asked.letters.get(kind="answer_erasure_waits").body


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_those_who_wait_takes_as_many_queries_for_many(
    contact, count, django_assert_max_num_queries
):
    for number in range(count):
        one = CustomerFactory(email=f"a{number}@koe.example")
        InvoiceFactory(customer=one)
        asked = ask("erasure", customer=one, proof="in_person", email=one.email)
        contact.post(act_on(asked, "erasure", "grant"), {"wait": "True"})
    contact.get(WAITING)
    with django_assert_max_num_queries(15):
        assert contact.get(WAITING).text.count("is not paid") == count


def test_a_proven_address_that_the_register_does_not_know_needs_another_proof(contact, aino):
    """I04, I08: whoever writes a name into the form gets nobody's copy."""
    asked = ask("access", customer=aino, email="muu@koe.example", proof="proven_email")
    response = contact.post(act_on(asked, "access", "grant"), follow=True)
    assert "not the one in the register" in said(response)[0]
    assert demand_of(asked, "access").is_open


@pytest.mark.parametrize("right", ["access", "portability", "erasure", "rectification"])
def test_nothing_held_is_not_said_unlooked_while_somebody_looks_like_the_person(
    contact, aino, right
):
    """A01: the answer would be untrue."""
    CustomerFactory(given_name="Eero", family_name="Muu", email="eero@koe.example")
    asked = ask(right, proof="in_person")
    grant = act_on(asked, right, "grant")
    page = contact.get(grant).text
    assert "But the register has: Aino Kajo (same e-mail). Look first." in page
    unlooked = contact.post(grant, {"preview": ""})
    assert "Look at each of them first." in unlooked.text
    assert demand_of(asked, right).is_open
    contact.post(grant, {"none_of_them": "on"})
    assert asked.letters.filter(kind="answer_nothing_held").count() == 1


@pytest.mark.parametrize("right", ["access", "erasure", "rectification"])
def test_who_comes_into_the_register_while_staff_decide_is_looked_at_first(contact, aino, right):
    """A01: whether the page that was shown had nobody to look at, or another."""
    for email in ("uusi@koe.example", aino.email):
        asked = ask(right, email=email, proof="in_person")
        grant = act_on(asked, right, "grant")
        shown = contact.get(grant).context["preview"]
        CustomerFactory(email=email)
        response = contact.post(grant, {"none_of_them": "on", "preview": shown})
        assert "The data have changed meanwhile." in response.text
        with pytest.raises(DataChanged):
            decisions.grant(demand_of(asked, right), by=UserFactory(), now=timezone.now())
        assert demand_of(asked, right).is_open


# --- to refuse


@pytest.mark.parametrize("right", [right for right in Right if grounds_for(right)])
def test_the_grounds_offered_are_those_of_the_right_and_no_others(contact, aino, right):
    """Law table B11; a fact, a role or a direct transfer only where there is one."""
    asked = ask(right, customer=aino, proof="in_person")
    assert grounds_offered(contact, asked, right) == [
        one.key for one in grounds_for(right) if one.key not in IF_SO
    ]
    foreign = next(one.key for one in GROUNDS if right not in one.rights)
    page = contact.post(act_on(asked, right, "refuse"), REFUSAL | {"ground": foreign}).text
    assert "Select a valid choice" in page
    assert not Certificate.objects.exists()


def test_an_open_invoice_is_a_ground_while_it_is_open(contact, debtor):
    """P30: a certificate tells no untruth."""
    asked = ask("erasure", customer=debtor, proof="in_person")
    assert "open_invoice" in grounds_offered(contact, asked, "erasure")
    PaymentFactory(invoice=debtor.invoices.get())
    response = contact.post(act_on(asked, "erasure", "refuse"), REFUSAL)
    assert list(response.context["form"].errors) == ["ground"]
    assert not Certificate.objects.exists()


def test_while_it_is_open_who_asks_no_ground_tells_a_fact_of_the_register(contact, aino):
    """I08: a stranger would learn of the invoice from the refusal."""
    InvoiceFactory(customer=aino)
    asked = ask("erasure", customer=aino)
    assert grounds_offered(contact, asked, "erasure") == ["not_identified", "excessive"]
    contact.post(act_on(asked, "erasure", "refuse"), REFUSAL)
    assert demand_of(asked, "erasure").is_open


def test_a_refusal_makes_a_numbered_certificate_with_its_words(contact, aino):
    """P59, P60"""
    InvoiceFactory(customer=aino)
    asked = ask("erasure", "access", customer=aino, proof="in_person")
    page = contact.get(act_on(asked, "erasure", "refuse"))
    assert "cannot be changed afterwards" in page.text
    assert page.context["form"].initial["ground"] == "open_invoice"
    response = contact.post(act_on(asked, "erasure", "refuse"), REFUSAL, follow=True)
    assert said(response) == ["Refused: erasure"]
    certificate = Certificate.objects.get()
    assert (certificate.ground, certificate.reasons) == ("open_invoice", REASONS)
    assert certificate.made_by.role == Role.DATA_PROTECTION_CONTACT
    assert certificate.number in response.text
    assert REASONS in asked.letters.get(kind="refusal").body
    assert demand_of(asked, "access").is_open


@pytest.mark.parametrize("missing", ["ground", "refused_what", "reasons", "until"])
def test_no_refusal_without_all_that_the_certificate_says(contact, debtor, missing):
    """P59: without it the refusal cannot be saved, and nothing typed is lost."""
    asked = ask("erasure", customer=debtor, proof="in_person")
    said_else = {name: text for name, text in REFUSAL.items() if name != missing}
    response = contact.post(act_on(asked, "erasure", "refuse"), said_else)
    assert list(response.context["form"].errors) == [missing]
    for text in said_else.values():
        assert text in response.text
    assert not Certificate.objects.exists()


@pytest.mark.parametrize(
    ("ground", "reasons", "taken"),
    [
        ("open_invoice", "Because.", False),
        ("open_invoice", REASONS, True),
        ("legal_claims", REASONS, False),
        ("legal_claims", REASONS * 2, True),
    ],
)
def test_reasons_are_given_and_a_burden_of_proof_takes_more_words(
    contact, debtor, ground, reasons, taken
):
    """I12: who refuses must show it."""
    asked = ask("erasure", customer=debtor, proof="in_person")
    contact.post(
        act_on(asked, "erasure", "refuse"), REFUSAL | {"ground": ground, "reasons": reasons}
    )
    assert Certificate.objects.exists() == taken


@pytest.mark.parametrize("field", ["refused_what", "reasons", "until", "done_for_rest"])
def test_no_identity_code_gets_into_a_certificate(contact, debtor, field):
    asked = ask("erasure", customer=debtor, proof="in_person")
    sent = REFUSAL | {field: f"{REASONS}\nHetu 131052-308T"}
    page = contact.post(act_on(asked, "erasure", "refuse"), sent).text
    assert "looks like a personal identity code" in page
    assert not Certificate.objects.exists()


@pytest.mark.parametrize("act", ["grant", "refuse", "extend"])
def test_a_prohibition_has_nothing_to_decide(contact, act):
    """M01: no button, no page."""
    asked = ask("prohibition", "access")
    for method in (contact.get, contact.post):
        assert method(act_on(asked, "prohibition", act), REFUSAL).status_code == 404
    assert "/prohibition/" not in contact.get(page_of(asked)).text


@pytest.mark.parametrize("act", ["grant", "refuse", "extend"])
@pytest.mark.parametrize("right", ["erasure", "nonsense", "complaint"])
def test_a_right_that_was_not_asked_has_no_page(contact, act, right):
    asked = ask("access", proof="in_person")
    assert contact.get(act_on(asked, right, act)).status_code == 404


# --- to extend


EXTENSION = {"cause": "complexity", "reason": "There are many orders to look through."}


def test_more_time_is_taken_once_with_a_reason_that_is_mailed(contact):
    """T03, T04"""
    asked = ask("access", proof="in_person")
    due = demand_of(asked, "access").due_on
    page = contact.post(act_on(asked, "access", "extend"), EXTENSION | {"reason": ""}).text
    assert "Fill this in." in page
    contact.post(act_on(asked, "access", "extend"), EXTENSION)
    demand = demand_of(asked, "access")
    assert demand.due_on > due + timedelta(days=50)
    assert EXTENSION["reason"] in asked.letters.get(kind="extension").body
    for method in (contact.get, contact.post):
        response = method(act_on(asked, "access", "extend"), EXTENSION, follow=True)
        assert said(response)[-1] == "More time was taken once already."
    assert asked.letters.filter(kind="extension").count() == 1


def test_after_the_first_month_more_time_is_not_offered_and_the_page_says_so(contact):
    """T04"""
    asked = ask("access", proof="in_person", now=timezone.now() - timedelta(days=40))
    page = contact.get(page_of(asked)).text
    assert act_on(asked, "access", "extend") not in page
    assert "More time could be taken until" in page
    response = contact.post(act_on(asked, "access", "extend"), EXTENSION, follow=True)
    assert "More time could be taken until" in said(response)[0]
    assert demand_of(asked, "access").extended_at is None


# --- twice


@pytest.mark.parametrize("act", ["grant", "refuse", "extend"])
def test_who_comes_second_is_told_who_decided_what_and_when(contact, aino, act):
    """P47"""
    asked = ask("access", customer=aino, proof="in_person")
    other = staff(Role.DATA_PROTECTION_CONTACT, name="Eero Ensimmäinen")
    other.post(act_on(asked, "access", "grant"))
    excessive = {"ground": "excessive", "reasons": "The same is asked every day. " * 5}
    sent = {"refuse": REFUSAL | excessive, "extend": EXTENSION}.get(act, {})
    for method in (contact.get, contact.post):
        response = method(act_on(asked, "access", act), sent, follow=True)
        assert said(response)[0].startswith("Eero Ensimmäinen granted this on")
    assert not Certificate.objects.exists()
    assert asked.letters.filter(kind="answer_access").count() == 1


def test_a_withdrawn_request_is_decided_by_nobody(contact):
    asked = ask("access", proof="in_person")
    decisions.withdraw(asked, now=timezone.now())
    response = contact.post(act_on(asked, "access", "grant"), follow=True)
    assert said(response) == ["The person has withdrawn this request."]
    assert "Grant" not in contact.get(page_of(asked)).text.split('<h2 id="access">')[1]


def test_a_decision_s_time_is_the_reader_s(contact, aino):
    """T09: 21:30 in London is half past midnight in Helsinki."""
    asked = ask("access", customer=aino, proof="in_person")
    demand = demand_of(asked, "access")
    at = timezone.now().replace(hour=21, minute=30)
    demand.granted_at, demand.decided_by = at, None
    local = timezone.localtime(at)
    assert local.hour != 21
    with translation.override("en"):
        assert f"{local:%H:%M}" in decisions.AlreadyDecided(demand).message


def test_the_page_says_where_the_answer_goes_after_a_code_by_post(contact):
    """I05: to the address in the register that was proven, and not to an e-mail that was not."""
    customer = CustomerFactory(
        email="aino@koe.example", street="Koekuja 7", postcode="00100", city="Helsinki"
    )
    asked = ask("access", email="other@koe.example", customer=customer, proof="code_by_post")
    page = contact.get(act_on(asked, "access", "grant")).text
    assert "posted to Koekuja 7, 00100 Helsinki" in page
    assert "goes by e-mail" not in page
