"""A form that acts once, and is unused while its act failed."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.utils import timezone

from audit.models import DailyRun, UsedForm
from audit.once import SentBefore, new_token, once
from tests.factories import UsedFormFactory

pytestmark = pytest.mark.django_db


def act(token, made=None):
    with once(token) as used:
        DailyRun.objects.create(command=str(DailyRun.objects.count()), ran_on="2026-03-04")
        used.made = made


def act_twice(token):
    with once(token):
        for _time in range(2):
            DailyRun.objects.create(command="x", ran_on="2026-03-04")


def test_the_second_is_told_what_the_first_made():
    token = new_token()
    act(token, made=7)
    with pytest.raises(SentBefore) as before:
        act(token)
    assert before.value.made == 7
    act(new_token())
    assert DailyRun.objects.count() == 2
    assert not UsedForm.objects.filter(digest__contains=token).exists()


def test_an_act_that_fails_leaves_the_form_unused():
    token = new_token()
    with pytest.raises(IntegrityError):
        act_twice(token)
    assert not DailyRun.objects.exists()
    act(token)
    assert DailyRun.objects.count() == 1


def test_without_a_token_each_is_an_act():
    act("")
    act("")
    assert DailyRun.objects.count() == 2


def test_used_forms_are_forgotten_after_a_month():
    now = timezone.now()
    UsedFormFactory(used_at=now - timedelta(days=31))
    kept = UsedFormFactory(used_at=now - timedelta(days=29))
    call_command("forget_tasks")
    assert list(UsedForm.objects.all()) == [kept]
