"""Consents: in which words, when and how they were given and taken back (art. 7; C01, C04, P19)."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from audit.models import BypassesHistory
from audit.reasons import ReasonMissing, because
from notices.models import governing_notice
from notices.personal_data import IdentityCodeFound, NoNoticeInForce
from notices.terms import Purpose
from register.erasure import erase
from register.models import (
    Channel,
    Consent,
    ConsentIsFinal,
    Customer,
    CustomerErased,
    GivenTwice,
    NoConsentClause,
    NoticeGiven,
    NotTold,
    NotYetInForce,
    Prohibition,
)
from tests.factories import (
    ConsentFactory,
    CustomerFactory,
    NoticeFactory,
    NoticeGivenFactory,
    OrganisationFactory,
)

pytestmark = pytest.mark.django_db
ADS, STATISTICS = "ad_targeting", "statistics"
DAY = date(2026, 5, 6)


def in_force(**purposes):
    return NoticeFactory(purposes=purposes, in_force=True)


def withdraw(customer, purpose=ADS, on=DAY):
    with because("Test"):
        return Consent.objects.withdraw(customer, purpose, channel=Channel.PHONE, on=on)


def test_a_consent_says_who_when_how_to_what_and_in_which_words():
    """C01"""
    in_force(ad_targeting="consent")
    aino, _silent = CustomerFactory(), CustomerFactory()
    ConsentFactory(customer=aino, wording="Saa lähettää tarjouksia.\nEnintään kerran viikossa. ")
    consent = Consent.objects.get()
    assert (consent.customer, consent.purpose, consent.notice.version) == (aino, ADS, 1)
    assert consent.wording == "Saa lähettää tarjouksia.\nEnintään kerran viikossa."
    assert (consent.channel, consent.given_on) == ("counter", date(2026, 3, 4))
    assert list(Customer.objects.consenting(ADS)) == [aino]
    assert list(Customer.objects.consenting(STATISTICS)) == []


def test_it_is_taken_back_as_easily_and_for_the_future_alone():
    """C01: one call each way; what was agreed to stays as it was, and that it ended."""
    in_force(ad_targeting="consent", statistics="consent")
    aino, eero = CustomerFactory(), CustomerFactory()
    for customer, purpose in ((aino, ADS), (aino, STATISTICS), (eero, ADS)):
        ConsentFactory(customer=customer, purpose=purpose)
    ConsentFactory(customer=aino, channel="phone")
    assert withdraw(aino) == 2
    assert withdraw(aino) == 0
    assert list(Customer.objects.consenting(ADS)) == [eero]
    assert list(Customer.objects.consenting(STATISTICS)) == [aino]
    ended = Consent.objects.filter(customer=aino, purpose=ADS)
    assert {(one.given_on, one.withdrawn_on, one.withdrawn_by_channel) for one in ended} == {
        (date(2026, 3, 4), DAY, "phone")
    }
    assert [one.history.count() for one in ended] == [2, 2]


def test_the_same_consent_twice_is_one():
    """C01: one proof of one consent; on another day or after its end it is another."""
    in_force(ad_targeting="consent", statistics="consent")
    aino = ConsentFactory().customer
    with pytest.raises(GivenTwice):
        ConsentFactory(customer=aino, wording="Muita sanoja.")
    others = {"channel": "phone"}, {"given_on": DAY}, {"purpose": STATISTICS}
    for other in (*others, {"customer": CustomerFactory()}):
        ConsentFactory(**{"customer": aino, **other})
    withdraw(aino)
    ConsentFactory(customer=aino)
    assert Consent.objects.count() == 6


def test_a_consent_is_given_under_the_notice_of_its_day(time_machine):
    """C01 (proof), C04, art. 7(1): no earlier than what it agrees to, and than being told of it."""
    time_machine.move_to(datetime(2026, 3, 1, 9, tzinfo=UTC))
    first = in_force(statistics="consent")
    aino = CustomerFactory()
    time_machine.move_to(datetime(2026, 6, 7, 9, tzinfo=UTC))
    both = {"statistics": "consent", "ad_targeting": "consent"}
    second = NoticeFactory(drawn_up_on=date(2026, 6, 7), purposes=both, in_force=True)
    NoticeGivenFactory(customer=aino, notice=second, given_on=date(2026, 6, 8))
    time_machine.move_to(datetime(2026, 6, 9, 9, tzinfo=UTC))
    with pytest.raises(NotYetInForce):
        ConsentFactory(customer=aino, given_on=date(2026, 6, 6))
    with pytest.raises(NotTold):
        ConsentFactory(customer=aino, given_on=date(2026, 6, 7))
    given = ConsentFactory(customer=aino, given_on=date(2026, 6, 8))
    # what an earlier version asked too was agreed to under that one
    before = ConsentFactory(customer=aino, purpose=STATISTICS, given_on=date(2026, 6, 6))
    with pytest.raises(NotYetInForce):
        ConsentFactory(customer=aino, purpose=STATISTICS, given_on=date(2026, 1, 1))
    assert (given.notice, before.notice) == (second, first)


def test_no_consent_is_taken_for_what_the_notice_rests_on_nothing_of_the_kind():
    """P19: not by any way in; and one given before counts no more."""
    with pytest.raises(NoNoticeInForce):
        Consent.objects.create(customer_id=0, purpose=ADS, wording="Joo.", given_on=DAY)
    in_force(ad_targeting="consent")
    aino = ConsentFactory().customer
    second = in_force(ad_targeting="legitimate_interest", statistics="")
    for purpose in (ADS, STATISTICS, "publication"):
        with pytest.raises(NoConsentClause) as refused:
            ConsentFactory(customer=aino, purpose=purpose)
        assert (refused.value.purpose, refused.value.notice) == (purpose, second)
    assert list(Customer.objects.consenting(ADS)) == []
    # taking it back is never refused
    assert withdraw(aino) == 1


def test_a_purpose_that_is_new_waits_for_each_customer_until_told():
    """C04: whoever had been told of the notice before, and whoever never was."""
    first = in_force(statistics="legitimate_interest")
    told, stale, never = (CustomerFactory() for _one in range(3))
    firm = OrganisationFactory()
    NoticeGivenFactory(customer=stale, notice=first)
    everybody = {told, stale, never, firm}
    assert set(Customer.objects.usable_for(STATISTICS)) == everybody
    assert set(Customer.objects.usable_for(ADS)) == set()
    second = in_force(statistics="legitimate_interest", ad_targeting="legitimate_interest")
    NoticeGivenFactory(customer=told, notice=second)
    assert set(Customer.objects.usable_for(ADS)) == {told, firm}
    assert set(Customer.objects.usable_for(STATISTICS)) == everybody
    # a version that says the same again asks nobody anew, one that drops it for a while does
    in_force(ad_targeting="legitimate_interest")
    assert set(Customer.objects.usable_for(ADS)) == {told, firm}
    in_force()
    fifth = in_force(ad_targeting="legitimate_interest")
    assert set(Customer.objects.usable_for(ADS)) == {firm}
    NoticeGivenFactory(customer=stale, notice=fifth)
    assert set(Customer.objects.usable_for(ADS)) == {stale, firm}


def test_what_rests_on_consent_needs_both_the_telling_and_the_consent():
    """C04, P19"""
    in_force()
    told, untold, silent = (CustomerFactory() for _one in range(3))
    in_force(ad_targeting="consent")
    for customer in (told, silent):
        NoticeGivenFactory(customer=customer)
    ConsentFactory(customer=told)
    with pytest.raises(NotTold) as refused:
        ConsentFactory(customer=untold)
    assert refused.value.purpose == ADS
    assert list(Customer.objects.usable_for(ADS)) == [told]


def test_what_is_forbidden_is_used_for_nothing_of_that_by_whatever_address():
    """P14, P19, C01, M01: one's own advertising goes on where only giving data on is forbidden."""
    in_force(ad_targeting="consent", publication="legitimate_interest", statistics="contract")
    every = own, elsewhere, lists, silent = [
        CustomerFactory(email=f"{number}@koe.example") for number in range(4)
    ]
    for one in (own, elsewhere, lists):
        ConsentFactory(customer=one)
    for one, scope, use in (
        (own, "direct_marketing", "processing"),
        (elsewhere, "direct_marketing", "disclosure"),
        (lists, "publication", "processing"),
    ):
        with because("Test"):
            Prohibition.objects.forbid(one.contacts, [scope], [use], request_number="", today=DAY)
    assert set(Customer.objects.usable_for(ADS)) == {elsewhere, lists}
    assert set(Customer.objects.usable_for("publication")) == {silent}
    assert set(Customer.objects.usable_for(STATISTICS)) == set(every)
    notice = governing_notice()
    told = {one: one.uses(notice) for one in every}
    assert {one: [str(why) for why in told[one][Purpose(ADS)]] for one in every} == {
        own: ["forbidden"],
        elsewhere: [],
        lists: [],
        silent: ["no_consent"],
    }
    for purpose in Purpose:
        may = {one for one in every if told[one].get(purpose) == []}
        assert may == set(Customer.objects.usable_for(purpose)), purpose


def test_what_was_agreed_to_stays_as_it_was_said():
    in_force(ad_targeting="consent")
    consent = ConsentFactory()
    with because("Test"):
        for column, value in (("wording", "Kaikkea."), ("given_on", DAY), ("purpose", STATISTICS)):
            changed = Consent.objects.get()
            setattr(changed, column, value)
            with pytest.raises(ConsentIsFinal):
                changed.save()
        with pytest.raises(BypassesHistory):
            consent.delete()
        with pytest.raises(BypassesHistory):
            Consent.objects.create_remembered([Consent()])
    withdraw(consent.customer)
    again = Consent.objects.get()
    again.withdrawn_on = None
    again.withdrawn_by_channel = ""
    with because("Test"), pytest.raises(ConsentIsFinal):
        again.save()


@pytest.mark.parametrize("wrong", [{"wording": "  \n "}, {"wording": "", "channel": "phone"}])
def test_a_consent_without_words_is_none(wrong):
    in_force(ad_targeting="consent")
    customer = CustomerFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentFactory(customer=customer, **wrong)
    assert list(Customer.objects.consenting(ADS)) == []


def test_it_is_not_taken_back_before_it_was_given():
    in_force(ad_targeting="consent")
    aino = ConsentFactory().customer
    with pytest.raises(IntegrityError), transaction.atomic():
        withdraw(aino, on=date(2026, 3, 3))
    assert withdraw(aino, on=date(2026, 3, 4)) == 1


def test_no_identity_code_and_no_silent_change_comes_in_with_it():
    in_force(ad_targeting="consent")
    customer = CustomerFactory()
    with pytest.raises(IdentityCodeFound):
        ConsentFactory(customer=customer, wording="Aino,\n131052-308T")
    with pytest.raises(ReasonMissing), transaction.atomic():
        Consent.objects.create(
            customer=customer, purpose=ADS, wording="Joo.", channel="phone", given_on=DAY
        )
    assert not Consent.objects.exists()


def test_an_erasure_keeps_them_without_a_person_and_takes_no_more():
    """E09, art. 5(2): the row that stays leads to nobody, and its reason, a free text, goes."""
    in_force(ad_targeting="consent")
    aino, eero = CustomerFactory(), CustomerFactory()
    for customer in (aino, eero):
        with because(f"{customer.family_name} said so"):
            NoticeGiven.objects.record(
                [customer], notice=customer.held_notice(), channel=Channel.PHONE, on=DAY
            )
            Consent.objects.create(
                customer=customer, purpose=ADS, wording="Joo.", channel="phone", given_on=DAY
            )
    with because("Test"):
        done = erase(aino, request_number="2026-1", now=datetime(2026, 6, 7, tzinfo=UTC))
    assert done.kept["register.consent"] == done.kept["register.noticegiven"] == 1
    for model in (Consent, NoticeGiven):
        reasons = model.history.order_by("history_id").values_list(
            "customer", "history_change_reason", "erased_by"
        )
        assert list(reasons) == [
            (aino.pk, "Syy poistettu tietojen mukana", "2026-1"),
            (eero.pk, f"{eero.family_name} said so", ""),
        ]
    assert list(Customer.objects.consenting(ADS)) == [eero]
    with pytest.raises(CustomerErased):
        ConsentFactory(customer=aino)
