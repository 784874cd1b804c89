"""The demo shows a request in every state, and a mailbox with its letters."""

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from audit.drift import drift
from demo import invented
from notices.terms import Right
from register.models import Customer, Restriction
from register.models.customers import new_reference, reference_of
from rights_requests.desk import today_at
from rights_requests.models import Certificate, Demand, Letter, LetterKind, Report, RightsRequest

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def sent(django_db_setup, django_db_blocker):
    """The demo, loaded once for all tests here; gives how many letters were mailed."""
    with (
        django_db_blocker.unblock(),
        override_settings(SECOND_FACTOR="optional"),
        transaction.atomic(),
    ):
        call_command("load_demo", verbosity=0)
        yield len(mail.outbox)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _demo(sent):
    """Every test here looks at the demo."""


def test_the_front_page_has_something_under_every_heading():
    figures = vars(today_at(timezone.now()))
    # a worker that runs leaves none, and nothing has gone wrong
    assert {name for name, count in figures.items() if count == 0} == {
        "failing",
        "overdue_letters",
        "lost_probes",
    }


def test_the_same_customers_have_the_same_references_and_tell_the_same_stories():
    """Who asks for what is chosen by reference; real references are drawn anew each time."""
    rows = invented.invented(timezone.localdate())
    everybody = [*rows.people, *rows.organisations, *rows.contact_persons]
    drawn = {reference_of(one.drawn): one.email for one in everybody}
    stored = dict(Customer.objects.values_list("reference", "email"))
    assert stored.keys() == drawn.keys()
    assert all(stored[key] in ("", email) for key, email in drawn.items())
    assert new_reference() != new_reference()


def test_there_is_a_request_in_every_state():
    demands = Demand.objects.all()
    states = {
        "undecided": demands.undecided(),
        "granted": demands.filter(granted_at__isnull=False),
        "refused": demands.filter(refused_at__isnull=False),
        "in force": demands.filter(carried_out_at__isnull=False),
        "extended": demands.filter(extended_at__isnull=False),
        "withdrawn": demands.filter(request__withdrawn_at__isnull=False),
        "a copy was given": Report.objects.filter(content__isnull=False),
        "erased": Customer.objects.filter(erased_at__isnull=False),
        "forgotten": RightsRequest.objects.filter(forgotten_at__isnull=False),
        "a certificate": Certificate.objects.all(),
    }
    assert [name for name, rows in states.items() if not rows.exists()] == []
    assert set(demands.values_list("right", flat=True)) == set(Right) - {
        Right.ANONYMISATION,
        Right.COMPLAINT,
        # nothing of the demo rests on consent
        Right.WITHDRAWAL,
    }


def test_the_demo_keeps_what_it_promises_but_for_what_it_shows_late():
    late = {
        ("late", "rights_requests.demand"),
        ("untold", "register.informationduty"),
        # until the worker's first night
        ("overdue", "register.customer.ip_address"),
    }
    assert {(one.id, one.where) for one in drift(timezone.now())} == late


def test_two_customers_contest_their_data_which_rest():
    """S01, S08: of one all of them, before anybody has decided; of the other those decided on."""
    waiting = Restriction.objects.in_force().get(imposed_by=None)
    decided = Restriction.objects.in_force().exclude(imposed_by=None).get(ground="accuracy")
    assert waiting.categories == []
    assert decided.categories == ["email", "postal_address"]
    own = RightsRequest.objects.filter(customer=waiting.customer, closed_at=None)
    assert [one.right for one in Demand.objects.undecided().filter(request__in=own)] == [
        "restriction"
    ]
    in_use = Customer.objects.in_use(["email"])
    assert not in_use.filter(pk__in=[waiting.customer_id, decided.customer_id]).exists()


def test_numbers_follow_the_days():
    days = list(RightsRequest.objects.order_by("sequence").values_list("received_at", flat=True))
    assert days == sorted(days)


def test_the_letters_are_in_the_mailbox_when_the_demo_opens(sent):
    letters = Letter.objects.exclude(sent_at=None).filter(medium="email").count()
    assert sent == letters > 30
    assert {letter.kind for letter in Letter.objects.all()} >= {
        LetterKind.RECEIPT,
        LetterKind.REFUSAL,
        LetterKind.EXTENSION,
        LetterKind.ANSWER_ACCESS,
        LetterKind.ANSWER_ERASURE,
        LetterKind.CODE,
    }


def test_loading_again_changes_nothing(settings):
    settings.SECOND_FACTOR = "optional"
    before = RightsRequest.objects.count()
    call_command("load_demo", verbosity=0)
    assert RightsRequest.objects.count() == before
