"""Those who got data, or gave them, are told what was done with them (art. 19; P58, N01-N04)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from audit.drift import drift
from audit.reasons import because
from audit.tasks import run_next
from notices.terms import DataCategory
from register.erasure import plan
from register.models import Consultation, Customer, Remark
from rights_requests import carrying_out, copies, decisions, lifting, notifying
from rights_requests.forgetting import forget_old
from rights_requests.letters import mark_sent, mark_undelivered, post_instead
from rights_requests.models import (
    Excuse,
    Letter,
    LetterKind,
    Medium,
    Notification,
    RightsRequest,
)
from staff.roles import Role
from tests.factories import (
    CollectionFactory,
    CustomerFactory,
    CustomerListFactory,
    DisclosureFactory,
    InvoiceFactory,
    ItemFactory,
    NoticeFactory,
    OrderFactory,
    PaymentFactory,
    RecipientFactory,
    UserFactory,
)
from tests.rights_requests.asking import AINO, address, check, fields, send
from tests.rights_requests.at_the_desk import (
    ask,
    page_of,
    page_of_letter,
    put_right,
    said,
    staff,
)

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)
REASON = "The firm has been wound up, and nobody is left to tell."
LIST = reverse("admin:rights_requests_notification_changelist")


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def notice():
    return NoticeFactory(
        in_force=True,
        declared=list(DataCategory),
        purposes={"orders": "contract", "publication": "legitimate_interest"},
        recipients=["accounting", "credit"],
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


def firm(name, *, customer=None, at=LONG_AGO, **columns):
    """A recipient who was given data of `customer`."""
    columns = {"kind": "credit", "language": "en", "categories": ["name", "email"]} | columns
    made = RecipientFactory(name=name, **columns)
    if customer:
        DisclosureFactory(
            recipient=made,
            ground="billing",
            customers=[customer],
            categories=columns["categories"],
            at=at,
        )
    return made


def granted(asked, by=None, **terms):
    decisions.grant(asked.demands.get(), by=by or UserFactory(), now=timezone.now(), **terms)
    asked.refresh_from_db()
    return asked


def erasure(aino):
    return granted(ask("erasure", customer=aino, proof="in_person"))


def correct(aino, source=None, **columns):
    """Staff put values right on the customer's page."""
    with because("Request"):
        for column, value in columns.items():
            setattr(aino, column, value)
        aino.save(collection=source or CollectionFactory())


def rectification(aino, *, source=None, but_for=(), **columns):
    asked = ask("rectification", customer=aino, proof="in_person")
    correct(aino, source, **columns)
    keys = [one.key for one in carrying_out.corrections(asked.demands.get())]
    keys = [key for key in keys if key.rpartition("-")[2] not in but_for]
    return put_right(asked, corrected=keys)


def told():
    """Who waits to be told what, in which words."""
    return {one.addressee: one for one in Notification.objects.order_by("pk")}


def body(name):
    return told()[name].letter.body


def sent(notification, now=None, by=None):
    mark_sent(notification.letter, now=now or timezone.now(), posted_by=by)


# --- who, and in which words


def test_an_erasure_tells_each_recipient_once_before_the_data_go(aino, monkeypatch):
    """E10, E12, N01, N04: who the person is and "erase", and no more."""
    firm("Luotto Oy", customer=aino)
    firm("Kirjuri Oy", kind="accounting", has_standing_access=True, categories=["name"])
    firm("Muu Oy", customer=CustomerFactory())
    with monkeypatch.context() as broken:
        broken.setattr(carrying_out, "erase", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erasure(aino)
    assert not Notification.objects.exists()
    assert not Letter.objects.filter(kind=LetterKind.TOLD_ERASURE).exists()
    RightsRequest.objects.get()
    granted(RightsRequest.objects.get())
    assert set(told()) == {"Luotto Oy", "Kirjuri Oy"}
    assert "- Aino Kajo\n- aino@koe.example\n" in body("Luotto Oy")
    assert "Please erase all data of this person that you got from us." in body("Luotto Oy")
    hidden = ("040", "Koekatu", "Helsinki")
    assert [one for one in hidden if one in body("Luotto Oy")] == []
    # which had the name, and is not told the address
    assert "aino@koe.example" not in body("Kirjuri Oy")
    assert "- Aino Kajo\n" in body("Kirjuri Oy")
    assert Customer.objects.get(pk=aino.pk).erased_at


def published(*customers, at=LONG_AGO, categories=("name", "email")):
    """A directory of our own, with `customers` on it, that was published."""
    return DisclosureFactory(
        recipient=None,
        purpose="publication",
        customers=customers,
        categories=list(categories),
        at=at,
    )


def test_whoever_copied_a_published_directory_is_told_of_an_erasure(aino):
    """E08, E12, N04: one letter for all directories, before the data go, with what they said and
    no more; the answer names it, and the request closes when somebody has sent it."""
    published(aino)
    published(aino, CustomerFactory(), at=LONG_AGO + timedelta(days=30))
    published(CustomerFactory(), at=LONG_AGO + timedelta(days=60))
    asked = ask("erasure", customer=aino, proof="in_person")
    client = staff(language="en")
    assert "stood in a published directory" in client.get(page_of(asked)).text
    granted(asked)
    [one] = Notification.objects.all()
    assert one.addressee == "Whoever has copied our directory of 4 February 2026"
    letter = one.letter
    assert (letter.kind, letter.medium) == (LetterKind.TOLD_PUBLICATION, Medium.POST)
    assert "- Aino Kajo\n- aino@koe.example\n" in letter.body
    assert "- 5.1.2026\n- 4.2.2026\n" in letter.body
    assert "17 artiklan 2 kohta" in letter.body
    hidden = ("040", "Koekatu", "Helsinki", "6.3.")
    assert [one for one in hidden if one in letter.body] == []
    assert one.addressee in asked.letters.get(kind=LetterKind.ANSWER_ERASURE).body
    page = reverse("admin:rights_requests_notification_change", args=[one.pk])
    assert "Do not publish the letter" in client.get(page).text
    assert asked.closed_at is None
    assert not found_untold()
    sent(one)
    asked.refresh_from_db()
    assert asked.closed_at
    models.QuerySet(Notification)._raw_delete("default")
    assert found_untold() == 1


@pytest.mark.parametrize(
    ("kind", "layout", "is_taken", "is_told"),
    [
        ("labels", "3x8", True, False),
        ("emails", "csv", True, False),
        ("directory", "paper", False, False),
        ("directory", "paper", True, True),
    ],
)
def test_nobody_has_copied_labels_or_e_mail_lists_or_what_nobody_took(
    aino, kind, layout, is_taken, is_told
):
    """E08, P14: a label goes on a letter, whatever the purpose of the run is called."""
    CustomerListFactory(
        kind=kind,
        layout=layout,
        disclosure=published(aino),
        made_at=LONG_AGO,
        taken_at=LONG_AGO if is_taken else None,
        taken_by=UserFactory() if is_taken else None,
    )
    foreseen = page_of(asked := ask("erasure", customer=aino, proof="in_person"))
    assert ("published directory" in staff(language="en").get(foreseen).text) is is_told
    granted(asked)
    assert Notification.objects.exists() is is_told
    assert not found_untold()


def test_only_who_copied_what_is_erased_is_told(aino):
    """E08: of some data that go, only a directory that had them."""
    published(aino, categories=["name", "phone"])
    granted(ask("erasure", customer=aino, proof="in_person"), categories=["email"])
    assert not Notification.objects.exists()
    granted(ask("erasure", customer=aino, proof="in_person"), categories=["phone"])
    [one] = Notification.objects.all()
    assert "- Puhelin" in one.letter.body
    assert not found_untold()


def a_firm_that_saw(aino, *, until, **columns):
    """A firm that saw all data for years, `until` a day; the data of `aino` came ten days ago."""
    came = timezone.now() - timedelta(days=10)
    models.QuerySet(Customer.history.model).filter(id=aino.pk).update(history_date=came)
    seeing = {"has_standing_access": True, "contract_on": date(2020, 1, 2)} | columns
    return firm("Kirjuri Oy", kind="accounting", ended_on=until, **seeing)


@pytest.mark.parametrize(("days", "is_told"), [(1, True), (10, True), (11, False)])
def test_who_saw_the_data_all_the_time_is_told_also_when_that_is_over(aino, days, is_told):
    """E10, E12, N01, P58: art. 19; whoever had access while the data were here, by its last day."""
    a_firm_that_saw(aino, until=timezone.localdate() - timedelta(days=days))
    assert bool(plan(aino, today=timezone.localdate()).recipients) is is_told
    asked = erasure(aino)
    assert set(told()) == ({"Kirjuri Oy"} if is_told else set())
    assert not found_untold()
    if is_told:
        models.QuerySet(Notification)._raw_delete("default")
        assert found_untold() == 1
    assert asked.demands.get().granted_at


def found_untold():
    found = {(one.id, one.where): one.count for one in drift(timezone.now())}
    return found.get(("recipient_untold", "rights_requests.demand"), 0)


def test_whose_mark_of_access_was_taken_away_is_told_what_it_saw(aino):
    """N01, N04: with the address that it saw, not one that came afterwards, and the data that it
    may have no longer."""
    kirjuri = a_firm_that_saw(aino, until=None)
    for columns in ({"categories": ["name"]}, {"has_standing_access": False}):
        with because("Contract"):
            for column, value in columns.items():
                setattr(kirjuri, column, value)
            kirjuri.save()
    saw = models.QuerySet(kirjuri.history.model).filter(id=kirjuri.pk)
    before = timezone.now() - timedelta(days=3)
    saw.update(history_date=before)
    correct(aino, email="eine@koe.example")
    erasure(aino)
    assert "- Aino Kajo\n- aino@koe.example\n" in body("Kirjuri Oy")


def test_who_saw_the_old_value_is_told_that_it_was_wrong_and_nobody_else(aino):
    """R06, P58"""
    a_firm_that_saw(aino, until=timezone.localdate() - timedelta(days=1))
    rectification(aino, email="eine@koe.example")
    assert "“aino@koe.example” was wrong" in body("Kirjuri Oy")


def test_an_address_that_came_later_is_not_told_to_who_had_the_earlier_one(aino):
    """N04: the identifier is one that the recipient has."""
    firm("Luotto Oy", customer=aino, at=timezone.now())
    firm("Kirjuri Oy", has_standing_access=True)
    correct(aino, email="eine@koe.example")
    erasure(aino)
    assert "- Aino Kajo\n- aino@koe.example\n" in body("Luotto Oy")
    assert "- Aino Kajo\n- eine@koe.example\n" in body("Kirjuri Oy")


def give(recipient, customer, *categories):
    """Somebody is given these data now."""
    DisclosureFactory(
        recipient=recipient,
        ground="billing",
        customers=[customer],
        categories=categories,
        at=timezone.now(),
    )


def test_each_value_is_told_as_of_the_last_time_that_it_was_given(aino):
    """N04: who later got the name alone never had the new address."""
    both = ["name", "postal_address"]
    old, new = (firm(name, categories=both) for name in ("Vanha Oy", "Uusi Oy"))
    seeing = firm("Kirjuri Oy", kind="accounting", has_standing_access=True, categories=both)
    give(old, aino, *both)
    give(new, aino, "name")
    correct(aino, street="Uusikatu 9", given_name="Eine")
    give(old, aino, "name")
    give(new, aino, *both)
    give(seeing, aino, *both)
    correct(aino, street="Viimekatu 1")
    erasure(aino)
    assert "- Eine Kajo\n- Koekatu 1, 00100 Helsinki\n" in body("Vanha Oy")
    assert "- Eine Kajo\n- Uusikatu 9, 00100 Helsinki\n" in body("Uusi Oy")
    assert "- Eine Kajo\n- Viimekatu 1, 00100 Helsinki\n" in body("Kirjuri Oy")


def test_what_was_given_at_several_times_is_found_by_a_way_of_each(aino):
    """N04, art. 19: a name alone may be that of two; of what was given at once one way is enough,
    and nothing is told that the recipient never got."""
    luotto = firm("Luotto Oy", categories=["name", "email", "phone"])
    give(luotto, aino, "name", "email")
    give(luotto, aino, "name", "phone")
    once = firm("Kerran Oy", categories=["name", "email", "phone"])
    give(once, aino, "name", "email", "phone")
    erasure(aino)
    assert "- Aino Kajo\n- aino@koe.example\n- 040 1234567\n" in body("Luotto Oy")
    assert "Koekatu" not in body("Luotto Oy")
    assert "- Aino Kajo\n- aino@koe.example\n\n" in body("Kerran Oy")


def test_who_knows_the_name_and_orders_alone_is_told_an_order_that_it_knows(aino):
    """N04, art. 19: a name alone may be that of two; a later order is nothing that it was given."""
    OrderFactory(customer=aino, number="T-1")
    knows = firm("Huolto Oy", categories=["name", "orders"])
    reaches = firm("Kuljetus Oy", categories=["name", "email", "orders"])
    named = firm("Nimi Oy", categories=["name"])
    for one in (knows, reaches, named):
        give(one, aino, *one.categories)
    OrderFactory(customer=aino, number="T-2")
    erasure(aino)
    assert "- Aino Kajo\n- Order number: T-1\n\n" in body("Huolto Oy")
    assert "- Aino Kajo\n- aino@koe.example\n\n" in body("Kuljetus Oy")
    assert "- Aino Kajo\n\n" in body("Nimi Oy")


def test_a_correction_names_the_person_as_the_recipient_knows_them(aino):
    """N04, R06: with a phone number that was wrong, nobody learns a new address."""
    every = ["name", "postal_address", "phone"]
    luotto = firm("Luotto Oy", categories=every)
    give(luotto, aino, *every)
    correct(aino, street="Uusikatu 9")
    give(luotto, aino, "name", "phone")
    rectification(aino, phone="050 7654321")
    assert "- Aino Kajo\n- Koekatu 1, 00100 Helsinki\n" in body("Luotto Oy")
    assert "Uusikatu" not in body("Luotto Oy")


def test_whoever_works_for_the_controller_is_instructed(aino):
    """N03: art. 28"""
    firm("Luotto Oy", customer=aino)
    firm("Kirjuri Oy", kind="accounting", customer=aino)
    erasure(aino)
    assert "Erase all data of this person that you process for us." in body("Kirjuri Oy")
    assert "instruction of the controller" in body("Kirjuri Oy")
    assert "The law obliges us to tell you" in body("Luotto Oy")
    assert "instruction" not in body("Luotto Oy")


def test_a_correction_tells_the_old_value_and_the_new_one_to_whoever_had_the_old(aino):
    """R06, P58, N04"""
    firm("Luotto Oy", customer=aino, categories=["name", "email", "phone"])
    firm("Posti Oy", customer=aino, categories=["name", "postal_address"])
    firm("Uusi Oy", customer=aino, at=timezone.now() + timedelta(days=1))
    asked = rectification(aino, email="aino.kajo@koe.example", phone="050 7654321")
    assert set(told()) == {"Luotto Oy"}
    text = body("Luotto Oy")
    assert "- E-mail: “aino@koe.example” was wrong, “aino.kajo@koe.example” is right\n" in text
    assert "- Phone: “040 1234567” was wrong, “050 7654321” is right\n" in text
    assert "## Whom it is about\n\n- Aino Kajo\n\n" in text
    assert "Koekatu" not in text
    assert asked.demands.get().categories == ["email", "phone"]


def test_a_corrected_name_is_told_under_the_name_that_they_know(aino):
    """N04"""
    firm("Luotto Oy", customer=aino)
    rectification(aino, given_name="Eine")
    assert "- Aino Kajo\n- aino@koe.example\n" in body("Luotto Oy")
    assert "- Given name: “Aino” was wrong, “Eine” is right\n" in body("Luotto Oy")


def test_a_value_that_was_emptied_is_told_to_be_erased(aino):
    """N01, N04: the emptying of a field"""
    firm("Luotto Oy", customer=aino, categories=["name", "phone"])
    rectification(aino, phone="")
    assert "## What was wrong and is erased\n\n- Phone: 040 1234567\n" in body("Luotto Oy")
    assert "## What was corrected" not in body("Luotto Oy")


def test_a_source_is_told_once_of_all_that_it_gave_wrong(aino, notice):
    """P58: and the person is not told as a source."""
    service = CollectionFactory(source_kind="subcontractor", source_name="Huolto Oy")
    correct(aino, service, street="Koekatu 3", city="Espoo")
    again = CollectionFactory(source_kind="subcontractor", source_name="Huolto Oy")
    correct(aino, again, postcode="02100")
    asked = rectification(aino, street="Koekatu 4", postcode="02200", email="eine@koe.example")
    assert set(told()) == {"Huolto Oy"}
    letter = told()["Huolto Oy"].letter
    # the notice's first language, as nobody has said another
    assert (letter.language, letter.medium, letter.to_address) == ("fi", Medium.POST, "")
    assert "Olette antaneet meille tietoja asiakkaasta." in letter.body
    assert "väärin ”Koekatu 3”, oikein ”Koekatu 4”" in letter.body
    assert "väärin ”02100”, oikein ”02200”" in letter.body
    # under which it gave the address; of the e-mail it is told nothing
    assert "- Aino Kajo\n" in letter.body
    hidden = ("aino@", "eine@")
    assert [one for one in hidden if one in letter.body] == []
    answer = asked.letters.get(kind=LetterKind.ANSWER_RECTIFICATION)
    assert "- Huolto Oy, who gave us the data\n" in answer.body


def test_what_the_request_is_not_about_is_not_told(aino):
    """N04"""
    firm("Luotto Oy", customer=aino, categories=["name", "email", "phone"])
    rectification(aino, but_for=["email"], email="eine@koe.example", phone="050 7654321")
    assert "050 7654321" in body("Luotto Oy")
    assert "eine@koe.example" not in body("Luotto Oy")


def test_a_correction_that_changed_nothing_of_the_register_tells_nobody(aino):
    """R01: a statement stored beside the data"""
    firm("Luotto Oy", customer=aino)
    asked = rectification(aino)
    assert not Notification.objects.exists()
    assert Remark.objects.get().text == "It was so."
    assert asked.closed_at


def test_nothing_is_told_of_data_that_changed_since_staff_saw_them(aino):
    """One decision, one state of the register."""
    firm("Luotto Oy", customer=aino)
    asked = ask("rectification", customer=aino, proof="in_person")
    correct(aino, email="eine@koe.example")
    [seen] = carrying_out.corrections(asked.demands.get())
    correct(aino, email="muu@koe.example")
    with pytest.raises(carrying_out.DataChanged):
        put_right(asked, corrected=[seen.key])
    assert asked.demands.get().is_open
    assert not Notification.objects.exists()


def test_a_restriction_and_its_end_are_told(aino):
    """S06, N04"""
    firm("Luotto Oy", customer=aino)
    firm("Posti Oy", customer=aino, categories=["postal_address"])
    asked = granted(
        ask("restriction", customer=aino, proof="in_person"),
        ground="claims",
        categories=["email", "phone"],
    )
    assert set(told()) == {"Luotto Oy"}
    assert "Please restrict these data:\n\n- E-mail address\n\n" in body("Luotto Oy")
    sent(told()["Luotto Oy"])
    asked.refresh_from_db()
    assert asked.closed_at
    letter = lifting.tell(asked, reasons="The claim is settled.", now=timezone.now())
    mark_sent(letter, now=timezone.now())
    lifting.lift(asked, by=UserFactory(), now=timezone.now())
    deeds = Notification.objects.order_by("pk").values_list("recipient__name", "deed")
    assert list(deeds) == [("Luotto Oy", "restriction"), ("Luotto Oy", "lifting")]
    assert "You may use the data again." in body("Luotto Oy")


def contested(aino, asked=None):
    """A request for restriction that works before anybody decides."""
    asked = asked or ask("restriction")
    with because("Test"):
        demand = asked.demands.get()
        demand.restriction_ground = "accuracy"
        demand.save()
    decisions.link(asked, aino, now=timezone.now())
    decisions.prove(asked, "in_person", now=timezone.now(), by=UserFactory())
    return RightsRequest.objects.get(pk=asked.pk)


def test_contested_data_are_told_at_once_and_again_only_if_the_decision_differs(aino):
    """S06, S01: art. 18(1)(a)"""
    firm("Luotto Oy", customer=aino)
    firm("Posti Oy", customer=aino, categories=["postal_address"])
    asked = contested(aino)
    assert set(told()) == {"Luotto Oy", "Posti Oy"}
    granted(asked, ground="accuracy")
    assert Notification.objects.count() == 2
    other = CustomerFactory(street="Salatie 9", postcode="15100", city="Lahti")
    firm("Muu Oy", customer=other)
    firm("Moni Oy", customer=other, categories=["phone"])
    granted(contested(other), ground="accuracy", categories=["email"])
    rows = Notification.objects.filter(customer=other).order_by("pk")
    assert [(one.addressee, one.deed) for one in rows] == [
        ("Moni Oy", "restriction"),
        ("Muu Oy", "restriction"),
        ("Moni Oy", "lifting"),
        ("Muu Oy", "restriction"),
    ]
    assert "takes the place of what we told you before" in rows[3].letter.body


def test_who_was_told_of_the_wrong_customer_is_told_that_it_is_over(aino):
    """S06: and no word of one customer reaches the copy of another (A07)."""
    firm("Luotto Oy", customer=aino)
    asked = contested(aino)
    other = CustomerFactory(given_name="Eero")
    decisions.link(asked, other, now=timezone.now())
    rows = Notification.objects.order_by("pk")
    assert [(one.customer, one.deed) for one in rows] == [(aino, "restriction"), (aino, "lifting")]
    copy = copies.copy_of(RightsRequest.objects.get(), now=timezone.now())
    assert copy["told"] == []
    assert "Luotto Oy" not in str(copy["requests"])


def test_each_is_written_to_in_its_own_language_and_by_its_own_way(aino):
    """N01"""
    firm("Luotto Oy", customer=aino, language="sv", address="Koekuja 1, 00100 Helsinki")
    firm("Posti Oy", customer=aino, language="", email="tieto@posti.example")
    erasure(aino)
    by_post, by_mail = told()["Luotto Oy"].letter, told()["Posti Oy"].letter
    assert (by_post.language, by_post.medium) == ("sv", Medium.POST)
    assert by_post.to_address == "Koekuja 1\n00100 Helsinki"
    assert by_post.subject.startswith("Personuppgifter ska raderas, ")
    assert (by_mail.language, by_mail.medium) == ("fi", Medium.EMAIL)
    assert by_mail.to_email == "tieto@posti.example"
    # a line above the letter is read by many
    assert [word for word in ("Aino", "Kajo", "koe") if word in by_mail.subject] == []
    while run_next(now=timezone.now() + timedelta(minutes=1)):
        pass
    by_mail.refresh_from_db()
    assert by_mail.sent_at
    assert "tieto@posti.example" in {one for sent in mail.outbox for one in sent.to}


def test_mail_that_a_recipient_never_got_is_printed_for_its_address(aino):
    """N01: and not for the person's."""
    firm("Luotto Oy", customer=aino, email="pois@luotto.example", address="Koekuja 1, Vaasa")
    asked = ask("erasure", customer=aino, proof="in_person", street="Salatie 9", city="Lahti")
    granted(asked)
    letter = told()["Luotto Oy"].letter
    mark_undelivered(letter, fault="550", now=timezone.now())
    assert post_instead(letter, now=timezone.now())
    letter.refresh_from_db()
    assert letter.to_address == "Koekuja 1\nVaasa"


# --- the request and the person


def test_a_request_closes_when_each_is_told_or_excused(aino):
    """P58, N01: each recipient, unless it is impossible or takes too much, with the reason."""
    for name in ("Luotto Oy", "Posti Oy", "Kolmas Oy"):
        firm(name, customer=aino)
    asked = erasure(aino)
    first, second, third = Notification.objects.order_by("pk")
    for one in (first, second):
        assert asked.closed_at is None
        sent(one)
        asked.refresh_from_db()
    assert asked.closed_at is None
    by = UserFactory()
    notifying.excuse(third, Excuse.IMPOSSIBLE, reason=REASON, by=by, now=timezone.now())
    asked.refresh_from_db()
    third.refresh_from_db()
    assert asked.closed_at
    assert (third.letter, third.excuse, third.reason, third.excused_by) == (
        None,
        "impossible",
        REASON,
        by,
    )
    with pytest.raises(notifying.OnItsWay):
        notifying.excuse(first, Excuse.IMPOSSIBLE, reason=REASON, by=by, now=timezone.now())


def test_what_leaves_by_mail_cannot_be_excused(aino):
    """N01: nobody says that somebody is not told who is told in a moment."""
    firm("Luotto Oy", customer=aino, email="tieto@luotto.example")
    erasure(aino)
    notification = Notification.objects.get()
    with pytest.raises(notifying.OnItsWay):
        notifying.excuse(
            notification, Excuse.IMPOSSIBLE, reason=REASON, by=UserFactory(), now=timezone.now()
        )
    mark_undelivered(notification.letter, fault="550", now=timezone.now())
    notifying.excuse(
        notification, Excuse.IMPOSSIBLE, reason=REASON, by=UserFactory(), now=timezone.now()
    )
    assert Notification.objects.excused().count() == 1


def test_a_request_that_waits_for_notifications_cannot_be_withdrawn(aino):
    """P58: it is decided."""
    firm("Luotto Oy", customer=aino)
    asked = erasure(aino)
    assert not decisions.withdraw(asked, now=timezone.now())
    asked.refresh_from_db()
    assert asked.withdrawn_at is None


@pytest.mark.parametrize("wants", [True, False])
def test_the_answer_names_who_is_told_if_the_person_wants_to_know(aino, wants):
    """N02"""
    firm("Luotto Oy", customer=aino)
    asked = ask("erasure", customer=aino, proof="in_person", wants_recipients=wants)
    granted(asked)
    answer = asked.letters.get(kind=LetterKind.ANSWER_ERASURE)
    assert ("## Whom else we tell" in answer.body) is wants
    assert ("- Luotto Oy\n" in answer.body) is wants


def test_the_form_asks_whether_to_tell_and_the_tick_is_there(client):
    """N02: default yes; asked only where somebody else is told."""
    page = client.get(address("form", right="erasure"))
    assert "wants_recipients" in fields(page)
    assert "wants_recipients" not in fields(client.get(address("form", right="access")))
    ticked = {"right": ["erasure"], **AINO, "wants_recipients": "on"}
    assert "kyllä" in check(client, ticked).text
    send(client, ticked)
    send(client, {"right": ["erasure"], **AINO, "name": "Muu"})
    assert list(
        RightsRequest.objects.order_by("pk").values_list("wants_recipients", flat=True)
    ) == [
        True,
        False,
    ]


def test_no_letter_to_others_is_shown_on_the_persons_status_page_or_counts_as_word_to_her(aino):
    """I08, T12"""
    firm("Luotto Oy", customer=aino)
    asked = granted(ask("restriction", customer=aino, proof="in_person"), ground="claims")
    assert LetterKind.TOLD_RESTRICTION not in asked.letters.to_people().values_list(
        "kind", flat=True
    )
    assert Letter.objects.owed().filter(kind=LetterKind.TOLD_RESTRICTION).exists()


# --- what is kept of it


def test_an_erased_person_is_forgotten_when_the_last_recipient_is_told(aino):
    """E07, E09: who was told and when stays, the words go."""
    firm("Luotto Oy", customer=aino)
    asked = erasure(aino)
    for letter in asked.letters.exclude(kind=LetterKind.TOLD_ERASURE):
        mark_sent(letter, now=timezone.now())
    asked.refresh_from_db()
    assert (asked.forgotten_at, asked.name) == (None, "Aino Kajo")
    assert "Aino Kajo" in body("Luotto Oy")
    sent(told()["Luotto Oy"])
    asked.refresh_from_db()
    assert asked.forgotten_at
    notification = Notification.objects.get()
    assert notification.letter.body == ""
    assert notification.letter.sent_at
    assert notification.addressee == "Luotto Oy"


def test_a_reason_is_forgotten_with_the_request(aino):
    """D04r: it is free text."""
    firm("Luotto Oy", customer=aino)
    erasure(aino)
    for letter in Letter.objects.exclude(kind=LetterKind.TOLD_ERASURE):
        mark_sent(letter, now=timezone.now())
    notifying.excuse(
        Notification.objects.get(),
        Excuse.IMPOSSIBLE,
        reason=REASON,
        by=UserFactory(),
        now=timezone.now(),
    )
    notification = Notification.objects.get()
    assert (notification.reason, notification.excuse) == ("", "impossible")
    assert set(Notification.history.values_list("reason", flat=True)) == {""}


def test_the_end_of_a_restriction_is_forgotten_too_by_a_request_that_forgot_before(aino):
    """D04r"""
    firm("Luotto Oy", customer=aino)
    asked = granted(ask("restriction", customer=aino, proof="in_person"), ground="claims")
    for letter in asked.letters.all():
        mark_sent(letter, now=timezone.now())
    forget_old(now=timezone.now() + timedelta(days=4 * 366))
    asked.refresh_from_db()
    assert asked.forgotten_at
    letter = lifting.tell(asked, reasons="Settled.", now=timezone.now())
    mark_sent(letter, now=timezone.now())
    lifting.lift(asked, by=UserFactory(), now=timezone.now())
    last = Notification.objects.order_by("-pk").first()
    assert last.letter.body
    sent(last)
    last.letter.refresh_from_db()
    assert last.letter.body == ""


def test_the_copy_of_data_tells_who_was_told_what(aino):
    """A04, A10"""
    firm("Luotto Oy", customer=aino)
    firm("Posti Oy", customer=aino)
    asked = rectification(aino, email="eine@koe.example")
    sent(told()["Luotto Oy"])
    notifying.excuse(
        told()["Posti Oy"],
        Excuse.DISPROPORTIONATE,
        reason=REASON,
        by=UserFactory(name="Kirsi Koe"),
        now=timezone.now(),
    )
    copy = copies.copy_of(asked, now=timezone.now())
    assert [(one["to"], one["deed"], one["why_not"], one["reason"]) for one in copy["told"]] == [
        ("Luotto Oy", "data corrected", "", ""),
        ("Posti Oy", "data corrected", "the effort would be disproportionate", REASON),
    ]
    assert "“aino@koe.example” was wrong" in copy["told"][0]["text"]
    assert copy["told"][0]["sent_on"] == timezone.localdate().isoformat()
    # no name of staff (A03)
    assert "Kirsi" not in str(copy["told"])


def test_no_recipient_is_missed_by_honest_decisions(aino):
    """N01: `check_promises` finds nothing, also of whoever asks a second time."""
    firm("Luotto Oy", customer=aino)
    firm("Kirjuri Oy", has_standing_access=True)
    granted(ask("restriction", customer=aino, proof="in_person"), ground="accuracy")
    for one in Notification.objects.all():
        sent(one)
    other = CustomerFactory(street="Salatie 9", postcode="15100", city="Lahti")
    firm("Posti Oy", customer=other, categories=["email"])
    rectification(other, email="eine@koe.example")
    rectification(other, phone="050 7654321")
    erasure(other)
    later = timezone.now() + timedelta(seconds=1)
    again = ask("erasure", customer=other, proof="in_person")
    decisions.grant(again.demands.get(), by=UserFactory(), now=later)
    assert [one for one in drift(later) if one.id == "recipient_untold"] == []


# --- at the desk


@pytest.fixture
def contact():
    return staff(Role.DATA_PROTECTION_CONTACT)


def test_staff_see_what_was_corrected_and_choose(contact, aino):
    """R06: each change with its old and new value; the look is written down (A03)."""
    firm("Luotto Oy", customer=aino, categories=["name", "email", "phone"])
    asked = ask("rectification", customer=aino, proof="in_person")
    ItemFactory(demand=asked.demands.get(), category="email")
    correct(aino, email="eine@koe.example", phone="050 7654321")
    where = page_of(asked, "correct")
    looks = Consultation.objects.filter(customer=aino, sight="page").count()
    page = contact.get(where)
    assert Consultation.objects.filter(customer=aino, sight="page").count() == looks + 1
    assert "E-mail: aino@koe.example → eine@koe.example" in page.text
    keys = [key for key, _label in page.context["form"].fields["corrected"].choices]
    assert len(keys) == 2
    sent = {"ruling-1-outcome": "corrected", "corrected": [keys[0]]}
    sent |= {"ruling-1-row": f"customer-{aino.pk}", "ruling-1-value-email": "eine@koe.example"}
    page = contact.post(where, sent | {"step": "foresee"})
    assert "goes to: Luotto Oy" in page.text
    seen = page.context["done"].digest
    response = contact.post(where, sent | {"step": "decide", "seen": seen}, follow=True)
    assert said(response) == ["Decided, item by item."]
    assert "Next:</strong> Tell those who have had the data" in response.text
    assert "Luotto Oy" in response.text
    assert "050" not in body("Luotto Oy")


def test_what_staff_change_in_another_tab_is_shown_before_it_is_told(contact, aino):
    """P58: nothing else is done and told than what was shown."""
    firm("Luotto Oy", customer=aino)
    asked = ask("rectification", customer=aino, proof="in_person")
    ItemFactory(demand=asked.demands.get(), category="email")
    where = page_of(asked, "correct")
    sent = {"ruling-1-outcome": "corrected", "ruling-1-row": f"customer-{aino.pk}"}
    sent["ruling-1-value-email"] = "eine@koe.example"
    seen = contact.post(where, sent | {"step": "foresee"}).context["done"].digest
    correct(aino, email="muu@koe.example")
    page = contact.post(where, sent | {"step": "decide", "seen": seen}, follow=True)
    assert said(page) == ["The data have changed meanwhile. Look at them again."]
    assert "aino@koe.example → muu@koe.example" in page.text
    assert not Notification.objects.exists()
    assert Customer.objects.get(pk=aino.pk).email == "muu@koe.example"
    seen = contact.post(where, sent | {"step": "foresee"}).context["done"].digest
    page = contact.post(where, sent | {"step": "decide", "seen": seen}, follow=True)
    assert said(page) == ["Decided, item by item."]
    assert "eine@koe.example" in body("Luotto Oy")


def test_staff_work_the_list_from_print_to_posted(contact, aino):
    """N01, P58: with how many wait."""
    firm("Luotto Oy", customer=aino)
    firm("Posti Oy", customer=aino)
    asked = erasure(aino)
    page = contact.get(LIST)
    assert "To be told (2)" in page.text
    assert "Kajo" not in page.text
    front = contact.get(reverse("admin:index")).text
    assert "<strong>2</strong> <span>Recipients and sources to be told</span>" in front
    one = told()["Luotto Oy"]
    page = contact.get(reverse("admin:rights_requests_notification_change", args=[one.pk]))
    assert page_of_letter(one.letter, "pdf") in page.text
    assert contact.get(page_of_letter(one.letter, "pdf"))["Content-Type"] == "application/pdf"
    contact.post(page_of_letter(one.letter, "posted"))
    assert "To be told (1)" in contact.get(LIST).text
    assert "Luotto Oy" in contact.get(LIST, {"state": "sent"}).text
    page = contact.get(page_of(asked))
    assert "data erased: posted by" in page.text
    assert "data erased: to be printed and posted" in page.text


def test_an_excuse_needs_a_reason_and_somebody_who_decides(contact, aino):
    """N01"""
    firm("Luotto Oy", customer=aino)
    asked = erasure(aino)
    one = Notification.objects.get()
    where = reverse("admin:rights_requests_notification_excuse", args=[one.pk])
    assert staff(Role.HANDLER).get(where).status_code == 403
    assert (
        "Write at least 15 characters."
        in contact.post(where, {"why": "impossible", "reason": "gone"}).text
    )
    response = contact.post(where, {"why": "impossible", "reason": REASON}, follow=True)
    assert said(response) == ["Written down: this one is not told."]
    assert "not told, it is impossible" in response.text
    asked.refresh_from_db()
    assert asked.closed_at
    assert said(contact.get(where, follow=True)) == ["This has been told, or is on its way."]


def test_a_letter_to_a_recipient_is_a_look_at_the_customer(contact, aino):
    """A03"""
    firm("Luotto Oy", customer=aino)
    rectification(aino, email="eine@koe.example")
    before = Consultation.objects.filter(customer=aino).count()
    assert "eine@koe.example" in contact.get(page_of_letter(told()["Luotto Oy"].letter)).text
    assert Consultation.objects.filter(customer=aino).count() == before + 1


def test_the_list_takes_as_many_queries_for_many(contact):
    counts = []
    for many in (1, 5):
        for number in range(many):
            person = CustomerFactory(street="Salatie 9", postcode="15100", city="Lahti")
            firm(f"Luotto {many}{number} Oy", customer=person)
            erasure(person)
        contact.get(LIST)
        with CaptureQueriesContext(connection) as counted:
            contact.get(LIST)
        counts.append(len(counted))
    assert counts[0] == counts[1]


# --- with an erasure that waits


def test_an_erasure_that_waits_tells_of_what_goes_now_and_of_the_rest_when_it_goes(aino):
    """E06, E12, N01: each recipient of what goes, before it goes; who asked is answered each time,
    and the request closes when all have been told."""
    with because("Test"):
        aino.ip_address, aino.ip_seen_on = "192.0.2.7", LONG_AGO.date()
        aino.save(collection=CollectionFactory())
    firm("Luotto Oy", customer=aino)
    firm("Verkko Oy", customer=aino, categories=["name", "ip_address"])
    invoice = InvoiceFactory(customer=aino)
    asked = granted(ask("erasure", customer=aino, proof="in_person"), wait=True)
    assert {one.addressee for one in Notification.objects.all()} == {"Verkko Oy"}
    assert "IP number" in body("Verkko Oy")
    assert "- Verkko Oy" in asked.letters.get(kind=LetterKind.ANSWER_ERASURE_WAITS).body
    assert not found_untold()

    PaymentFactory(invoice=invoice, amount=invoice.amount)
    while run_next(timezone.now()):
        pass
    asked.refresh_from_db()
    assert Customer.objects.get().erased_at
    first, *later = Notification.objects.order_by("pk")
    assert {one.addressee for one in later} == {"Luotto Oy", "Verkko Oy"}
    assert all("Aino Kajo" in one.letter.body for one in later)
    done = asked.letters.get(kind=LetterKind.ERASURE_DONE)
    assert "- Luotto Oy" in done.body
    for one in (first, *later):
        assert asked.closed_at is None
        sent(one)
        asked.refresh_from_db()
    assert asked.closed_at
    assert [one for one in drift(timezone.now()) if one.id == "recipient_untold"] == []
