"""The daily test of the way in."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from audit.models import Task
from audit.tasks import run_next
from rights_requests.desk import today_at
from rights_requests.models import Counter, Demand, Letter, Link, Probe, RightsRequest
from rights_requests.probing import (
    KEPT,
    SHOULD_FOLLOW_IN,
    SHOULD_RETURN_IN,
    alarm,
    is_lost,
    probe,
)
from staff.roles import Role
from tests.factories import NoticeFactory, ProbeFactory, RightsRequestFactory
from tests.rights_requests.at_the_desk import staff

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR = timedelta(hours=1)


@pytest.fixture
def notice():
    return NoticeFactory(in_force=True, contact_email="vastuu@koepaja.example")


def test_a_probe_goes_through_the_form_and_comes_back_by_mail(notice):
    """I13"""
    sent = probe(now=NOW)
    assert sent.fault == ""
    assert run_next(NOW)
    sent.refresh_from_db()
    assert sent.returned_at == NOW
    (mailed,) = mail.outbox
    assert mailed.to == ["seloste@localhost"]
    assert not is_lost(NOW + HOUR * 24)


def test_a_probe_leaves_no_trace_in_numbers_or_figures(notice):
    """I13: the next request gets the next number, and history knows of none between."""
    before = RightsRequestFactory(rights=["access"])
    counted = list(Counter.objects.order_by("pk").values())
    probe(now=NOW)
    assert list(Counter.objects.order_by("pk").values()) == counted
    assert RightsRequest.objects.get() == before
    assert RightsRequest.history.count() == 1
    assert Demand.history.count() == 1
    assert not Letter.objects.exists()
    assert not Letter.history.exists()
    assert not Link.history.exists()
    assert Task.objects.values_list("act", flat=True).get() == "return_probe"


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        ("rights_requests.views.RequestForm.send", "NotArrived form"),
        ("rights_requests.intake._answer_arrival", "NotArrived letter"),
    ],
)
def test_a_form_that_is_broken_raises_an_alarm(notice, monkeypatch, broken, fault):
    """I13: a form that fails, and one that takes requests of which nobody is told."""

    def fails(*args, **kwargs):
        if "send" in broken:
            raise RuntimeError

    monkeypatch.setattr(broken, fails)
    with pytest.raises(CommandError, match=fault):
        call_command("probe_requests", stdout=StringIO())
    assert is_lost(NOW)
    assert not RightsRequest.objects.exists()
    assert Probe.objects.get().fault == fault
    page = staff(Role.DATA_PROTECTION_CONTACT).get("/admin/").text
    assert "The daily test of the request form did not come back" in page
    assert f"({fault}): people may be asking in vain." in page
    assert 'href="#probe"' in page


def test_a_mail_that_does_not_leave_raises_an_alarm_after_an_hour(notice):
    """I13"""
    ProbeFactory(sent_at=NOW, returned_at=None)
    assert not is_lost(NOW + SHOULD_RETURN_IN)
    assert is_lost(NOW + SHOULD_RETURN_IN + timedelta(seconds=1))
    assert today_at(NOW + HOUR * 2).lost_probes == 1
    with translation.override("en"):
        told = alarm(NOW + HOUR * 2)
    assert "Look whether the worker runs and the mail server takes mail." in told


def test_a_probe_that_is_not_sent_any_more_is_missed(notice):
    """I13: the clock of the worker stands."""
    ProbeFactory(sent_at=NOW, returned_at=NOW)
    assert not is_lost(NOW + SHOULD_FOLLOW_IN)
    assert is_lost(NOW + SHOULD_FOLLOW_IN + timedelta(seconds=1))
    with translation.override("en"):
        assert "No test request has been sent since" in alarm(NOW + HOUR * 48)


def test_an_alarm_ends_with_the_next_probe_that_comes_back(notice):
    ProbeFactory(sent_at=NOW - HOUR * 24, returned_at=None, fault="NotArrived form")
    probe(now=NOW)
    assert not is_lost(NOW)


def test_nothing_is_tested_before_anybody_can_ask_and_old_probes_go():
    assert probe(now=NOW) is None
    assert not is_lost(NOW)
    NoticeFactory(in_force=True)
    old = ProbeFactory(sent_at=NOW - KEPT - HOUR)
    probe(now=NOW)
    assert not Probe.objects.filter(pk=old.pk).exists()


def test_the_daily_clock_probes(settings):
    assert "probe_requests" in settings.DAILY_COMMANDS
