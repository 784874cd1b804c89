"""Papers: kept where the notice promises, handled by those who have signed, shredded at the end."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.drift import drift
from audit.reasons import ReasonMissing, because
from notices.publishing import adopt
from notices.terms import DataCategory
from register.erasure import ErasureBlocked, erase, put_off
from register.extract import extract_of
from register.holds import BlockKind, blocks
from register.models import CustomerErased, Loan, Paper, PaperRefused
from register.models.papers import PaperRefusal, misplaced
from staff.models import User
from staff.roles import Role
from tests.factories import (
    ClauseFactory,
    CollectionFactory,
    CustomerFactory,
    InvoiceFactory,
    NoticeFactory,
    PaperFactory,
    StoragePlaceFactory,
    UndertakingFactory,
    UndertakingTextFactory,
    UserFactory,
)
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)


def in_force(*statements, **changes):
    notice = NoticeFactory(**changes)
    for one in statements:
        ClauseFactory(notice=notice, kind="statement", term=one)
    adopt(notice, now=NOW, reason="Test")
    return notice


@pytest.fixture
def notice():
    return in_force("locked_storage", "fireproof_storage")


def signed(**fields):
    return UndertakingFactory(user=UserFactory(**fields)).user


def refused(act, *args, **kwargs):
    with pytest.raises(PaperRefused) as why, because("Test"):
        act(*args, **kwargs)
    return why.value.refusal


# --- where it is kept


@pytest.mark.parametrize(
    ("statements", "is_locked", "is_fireproof", "refusal"),
    [
        ((), False, False, None),
        (("locked_storage",), True, False, None),
        (("locked_storage",), False, True, PaperRefusal.NOT_LOCKED),
        (("locked_storage", "fireproof_storage"), True, False, PaperRefusal.NOT_FIREPROOF),
        (("locked_storage", "fireproof_storage"), True, True, None),
        (("no_paper",), True, True, PaperRefusal.NO_PAPER),
    ],
)
def test_a_paper_is_kept_only_as_the_notice_promises(statements, is_locked, is_fireproof, refusal):
    """P32"""
    in_force(*statements)
    place = StoragePlaceFactory(is_locked=is_locked, is_fireproof=is_fireproof)
    if refusal is None:
        assert PaperFactory(place=place).place == place
    else:
        assert refused(PaperFactory, place=place) == refusal
        assert not Paper.objects.exists()


def test_a_paper_being_handled_has_no_place_yet(notice):
    """P32: only after the first handling."""
    paper = PaperFactory(place=None)
    assert list(Paper.objects.in_handling()) == [paper]
    with because("Filed"):
        paper.place = StoragePlaceFactory()
        paper.save()
    assert not Paper.objects.in_handling().exists()


def test_a_place_that_is_not_used_any_more_takes_no_paper(notice):
    place = StoragePlaceFactory(ended_on=date(2026, 1, 2))
    assert refused(PaperFactory, place=place) == PaperRefusal.PLACE_ENDED


def test_the_form_says_at_the_place_what_is_wrong_with_it(notice):
    paper = Paper(customer=CustomerFactory(), place=StoragePlaceFactory(is_locked=False))
    with pytest.raises(ValidationError) as error:
        paper.clean()
    assert list(error.value.message_dict) == ["place"]


def test_a_stricter_notice_finds_papers_that_are_in_the_wrong_place(notice):
    """P32: check_promises finds them."""
    good, bad = StoragePlaceFactory(), StoragePlaceFactory()
    PaperFactory(place=good)
    kept = PaperFactory(place=bad)
    with because("The lock broke"):
        bad.is_locked = False
        bad.save()
    assert list(misplaced(notice)) == [bad]
    assert {(one.id, one.count) for one in drift(NOW)} == {("misplaced", 1)}
    with because("Shredded"):
        kept.shred(by=UserFactory(), now=NOW)
    assert list(misplaced(notice)) == []


# --- who handles it


def test_only_who_has_signed_takes_a_paper_out(notice):
    """P33"""
    paper, staff = PaperFactory(), signed()
    assert refused(paper.take_out, UserFactory(), by=staff, now=NOW) == PaperRefusal.UNSIGNED
    assert not Loan.objects.exists()
    with because("Test"):
        paper.take_out(staff, by=staff, now=NOW)
    assert paper.loan.taken_by == staff
    assert list(Paper.objects.out()) == [paper]


def test_a_new_text_of_the_undertaking_must_be_signed_before_papers_are_handled(notice):
    """P33, P37"""
    paper, staff = PaperFactory(), signed()
    UndertakingTextFactory()
    assert refused(paper.take_out, staff, by=staff, now=NOW) == PaperRefusal.UNSIGNED


def test_who_has_left_takes_no_paper_out(notice):
    paper, staff = PaperFactory(), signed(is_active=False)
    assert refused(paper.take_out, staff, by=staff, now=NOW) == PaperRefusal.UNSIGNED


def test_a_paper_is_with_one_person_at_a_time(notice):
    paper, one, other = PaperFactory(), signed(), signed()
    with because("Test"):
        paper.take_out(one, by=one, now=NOW)
    assert refused(paper.take_out, other, by=other, now=NOW) == PaperRefusal.IS_OUT
    with pytest.raises(IntegrityError), transaction.atomic(), because("Past the model"):
        Loan.objects.create(paper=paper, taken_by=other, taken_at=NOW, recorded_by=other)
    with because("Test"):
        paper.bring_back(now=NOW)
        paper.take_out(other, by=one, now=NOW)
    assert [loan.taken_by for loan in paper.loans.order_by("pk")] == [one, other]


def test_what_is_in_its_place_cannot_come_back(notice):
    assert refused(PaperFactory().bring_back, now=NOW) == PaperRefusal.IS_IN


def test_handling_a_paper_needs_a_reason(notice):
    staff = signed()
    with pytest.raises(ReasonMissing):
        PaperFactory().take_out(staff, by=staff, now=NOW)


# --- shredding


def test_a_shredded_paper_has_no_place_and_says_who_shredded_it(notice):
    """P32"""
    paper, staff = PaperFactory(title="Tilaus Mökkitielle", dated_on=date(2026, 1, 2)), signed()
    with because("Test"):
        paper.shred(by=staff, now=NOW)
    stored = Paper.objects.get()
    assert stored.place is None
    assert (stored.shredded_at, stored.shredded_by) == (NOW, staff)
    assert refused(stored.shred, by=staff, now=NOW) == PaperRefusal.SHREDDED
    assert refused(stored.take_out, staff, by=staff, now=NOW) == PaperRefusal.SHREDDED


def test_a_paper_that_somebody_has_is_not_shredded(notice):
    paper, staff = PaperFactory(), signed()
    with because("Test"):
        paper.take_out(staff, by=staff, now=NOW)
    assert refused(paper.shred, by=staff, now=NOW) == PaperRefusal.IS_OUT


def test_a_paper_is_shredded_after_a_notice_that_keeps_none(notice):
    """P32: what the notice says now does not keep it from going."""
    paper = PaperFactory()
    in_force("no_paper")
    with because("Test"):
        paper.shred(by=signed(), now=NOW)
    assert paper.shredded_at == NOW


def test_the_person_is_told_of_the_papers(notice):
    """A10: what is on paper is in the copy of the data."""
    paper = PaperFactory(title="Tilaus Mökkitielle")
    told = str(extract_of(paper.customer, now=NOW))
    assert "Tilaus Mökkitielle" in told


def test_an_erasure_lists_the_papers_and_waits_until_they_are_shredded(notice):
    """P32: and a single value goes all the same."""
    paper = PaperFactory(place=StoragePlaceFactory(name="Kaappi 2"))
    customer = paper.customer
    with pytest.raises(ErasureBlocked) as waits, because("Test"):
        erase(customer, request_number="2026-1", now=NOW)
    (block,) = waits.value.blocks
    assert (block.kind, block.reference) == (BlockKind.PAPER, f"{paper} (Kaappi 2)")
    assert not block.keeps([DataCategory.EMAIL])
    assert str(block)
    with because("Test"):
        paper.shred(by=signed(), now=NOW)
        erase(customer, request_number="2026-1", now=NOW)
    assert Paper.objects.get().title == ""


# --- pages


@pytest.fixture
def at(client):
    user = signed(role=Role.HANDLER, language="fi")
    sign_in(client, user)
    client.user = user
    return client


def page(name, *args):
    return reverse(f"admin:register_paper_{name}", args=args)


def test_a_paper_goes_from_the_page_to_its_place_out_back_and_into_the_shredder(at, notice):
    """P32, P33"""
    customer, place = CustomerFactory(), StoragePlaceFactory()
    sent = {
        "customer": customer.reference,
        "title": "Tilaus",
        "place": place.pk,
        "source_kind": "purchase",
        "collected_on": "2026-03-04",
    }
    answer = at.post(page("add"), sent, follow=True)
    paper = Paper.objects.get()
    assert f"P-{paper.pk}" in answer.content.decode()

    at.post(page("out", paper.pk), {"person": at.user.pk})
    assert paper.loan.taken_by == at.user
    shown = at.get(page("change", paper.pk)).content.decode()
    assert at.user.name in shown
    assert page("back", paper.pk) in shown
    assert page("shredded", paper.pk) not in shown
    at.post(page("back", paper.pk))
    assert paper.loan is None
    # looking does nothing
    at.get(page("shredded", paper.pk))
    assert Paper.objects.kept().exists()
    at.post(page("shredded", paper.pk))
    assert not Paper.objects.kept().exists()
    assert [row.history_user for row in paper.history.all()] == [at.user] * 2


def test_whoever_ends_the_last_fact_reads_before_that_the_customer_goes_then(at, notice):
    """E06, P30: on the pages of a paper and of an invoice, and where the shredding is confirmed."""
    customer = CustomerFactory()
    paper, invoice = PaperFactory(customer=customer), InvoiceFactory(customer=customer)
    pages = [
        page("change", paper.pk),
        page("shredded", paper.pk),
        reverse("admin:register_invoice_change", args=[invoice.pk]),
    ]
    told = "tiedot poistuvat heti ja lopullisesti"
    assert [told in at.get(one).text for one in pages] == [False] * 3
    with because("Test"):
        put_off(customer, [], request_number="2026-1", now=NOW)
    assert [told in at.get(one).text for one in pages] == [True] * 3


def test_what_cannot_be_done_is_said_on_the_page(at, notice):
    paper = PaperFactory()
    with because("Test"):
        paper.take_out(at.user, by=at.user, now=NOW)
    answer = at.post(page("shredded", paper.pk))
    assert "Jollakulla on tämä paperi" in answer.content.decode()
    answer = at.post(page("out", paper.pk), {"person": UserFactory().pk})
    assert answer.context["form"].errors["person"]
    assert Paper.objects.kept().exists()


def test_a_page_that_was_open_when_somebody_shredded_the_paper_says_so(at, notice):
    paper = PaperFactory()
    with because("Test"):
        paper.shred(by=at.user, now=NOW)
    answer = at.post(page("shredded", paper.pk), follow=True)
    assert "Tämä paperi on silputtu" in answer.content.decode()


def test_the_customer_s_page_lists_the_papers_and_offers_none_under_a_notice_without(at, notice):
    paper = PaperFactory(title="Tilaus Mökkitielle")
    address = reverse("admin:register_customer_change", args=[paper.customer.reference])
    shown = at.get(address).content.decode()
    assert "Tilaus Mökkitielle" in shown
    assert f"{page('add')}?customer=" in shown
    in_force("no_paper")
    assert f"{page('add')}?customer=" not in at.get(address).content.decode()


def test_the_list_can_be_narrowed_to_where_papers_are(at, notice):
    kept, handled = PaperFactory(), PaperFactory(place=None)
    with because("Test"):
        kept.take_out(at.user, by=at.user, now=NOW)
    for where, found in (("handling", [handled]), ("out", [kept]), ("kept", [handled, kept])):
        rows = at.get(page("changelist"), {"where": where}).context["cl"].result_list
        assert list(rows) == found


def test_the_list_says_who_has_a_paper_and_which_are_to_be_shredded(at, notice):
    """P32, E06"""
    PaperFactory(place=StoragePlaceFactory(name="Kaappi 1"))
    waits = PaperFactory(place=StoragePlaceFactory(name="Kaappi 2"))
    with because("Test"):
        waits.take_out(at.user, by=at.user, now=NOW)
        put_off(waits.customer, [], request_number="2026-1", now=NOW)
    page_of = at.get(page("changelist"), {"where": "to_shred"})
    assert list(page_of.context["cl"].result_list) == [waits]
    assert f'class="field-where">{at.user.name}<' in page_of.text
    assert "Kaappi 1" in at.get(page("changelist")).text
    assert str(blocks(waits.customer)[0].reference) == f"{waits} ({at.user.name})"


def test_nothing_is_added_about_somebody_erased(notice):
    """P67"""
    paper = PaperFactory()
    with because("Test"):
        paper.shred(by=signed(), now=NOW)
    with because("Test"):
        erase(paper.customer, request_number="2026-1", now=NOW)
    with pytest.raises(CustomerErased), because("Test"):
        Paper(customer=paper.customer, title="Uusi").save(collection=CollectionFactory())


# --- people without an account


def record_signature(client, **sent):
    told = {"user": "", "name": "", "language": "fi", "signed_on": "2026-03-04"} | sent
    return client.post(reverse("admin:staff_undertaking_add"), told)


@pytest.fixture
def administrator(client):
    user = signed(role=Role.ADMINISTRATOR)
    sign_in(client, user)
    client.user = user
    return client


def test_a_person_without_an_account_signs_on_paper_and_handles_papers(administrator, notice):
    """P33"""
    answer = record_signature(administrator, name="Oiva Koekajo")
    assert answer.status_code == 302
    person = User.objects.without_account().get()
    own = person.undertakings.get()
    assert (own.signed_name, own.received_by) == ("Oiva Koekajo", administrator.user)
    assert own.text
    assert not person.is_active
    assert not person.has_usable_password()
    paper = PaperFactory()
    with because("Test"):
        paper.take_out(person, by=administrator.user, now=NOW)
    assert paper.loan.taken_by == person


def test_the_same_person_signs_a_new_text(administrator, notice):
    """P37"""
    record_signature(administrator, name="Oiva Koekajo")
    person = User.objects.without_account().get()
    answer = record_signature(administrator, user=person.pk)
    assert answer.context["adminform"].form.errors["user"]
    UndertakingTextFactory()
    assert not User.objects.bound().filter(pk=person.pk).exists()
    UndertakingFactory(user=administrator.user, version=2)
    record_signature(administrator, user=person.pk)
    assert User.objects.bound().filter(pk=person.pk).exists()
    assert User.objects.without_account().count() == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "name"),
        ({"name": "Toimisto"}, "name"),
        ({"name": "Oiva Koekajo", "signed_on": "2999-01-01"}, "signed_on"),
    ],
)
def test_a_signature_names_a_person_and_a_day_that_has_come(administrator, notice, sent, field):
    answer = record_signature(administrator, **sent)
    assert list(answer.context["adminform"].form.errors) == [field]
    assert not User.objects.without_account().exists()


def test_who_has_no_account_cannot_be_given_the_right_to_sign_in(administrator, notice):
    record_signature(administrator, name="Oiva Koekajo")
    person = User.objects.without_account().get()
    administrator.post(
        reverse("admin:staff_user_change", args=[person.pk]),
        {
            "name": "Oiva Koekajo",
            "language": "fi",
            "is_active": "on",
            "role": "viewer",
            "reason": "x",
        },
    )
    person.refresh_from_db()
    assert (person.is_active, person.role) == (False, "")
    person.is_active = True
    with pytest.raises(IntegrityError), transaction.atomic(), because("Past the page"):
        person.save()
