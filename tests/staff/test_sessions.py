"""A session in the database tells nothing and opens nothing without the cookie."""

import base64
import zlib
from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.reasons import because
from register.erasure import erase
from staff.roles import Role
from tests.factories import CustomerFactory, NoticeFactory
from tests.register.test_erasure import everything_stored
from tests.rights_requests.at_the_desk import staff

pytestmark = pytest.mark.django_db
CUSTOMERS = reverse("admin:register_customer_changelist")


def store_of(client):
    return import_module(settings.SESSION_ENGINE).SessionStore(
        client.cookies[settings.SESSION_COOKIE_NAME].value
    )


def decoded(text):
    """What a reader of the table makes of `text`: packed or not."""
    part = text.rpartition(":")[0].split(":")[0] or text
    raw = base64.urlsafe_b64decode(part.lstrip(".") + "=" * (-len(part.lstrip(".")) % 4))
    return zlib.decompress(raw) if part.startswith(".") else raw


def test_no_session_names_somebody_who_was_searched_for_and_erased():
    """E07, P67: the words of a search, and the messages about her."""
    NoticeFactory(in_force=True)
    aino = CustomerFactory(given_name="Sessioplantti", family_name="Istuntola")
    desk = staff(Role.HANDLER)
    page = desk.post(CUSTOMERS, {"q": "Sessioplantti Istuntola"}, follow=True)
    assert "Istuntola" in page.text
    kept = store_of(desk)
    assert list(kept["searches"].values()) == ["Sessioplantti Istuntola"]
    with because("Test"):
        erase(aino, request_number="2026-1", now=timezone.now())
    for row in Session.objects.all():
        assert "searches" not in row.get_decoded()
        assert b"Istuntola" not in decoded(row.session_data)
    assert "istuntola" not in everything_stored()


def test_a_copy_of_the_table_lets_nobody_in():
    desk = staff(Role.HANDLER)
    assert desk.get(reverse("admin:index")).status_code == 200
    stolen = Client()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = Session.objects.get().session_key
    assert stolen.get(reverse("admin:index")).status_code == 302


def test_a_session_is_kept_changed_renewed_and_ended():
    store = import_module(settings.SESSION_ENGINE).SessionStore
    mine = store()
    mine["word"] = "kissa"
    mine.save()
    first = mine.session_key
    again = store(first)
    assert again["word"] == "kissa"
    again["word"] = "koira"
    again.save()
    assert store.exists(store(), first)
    again.cycle_key()
    assert (store(first).get("word"), store(again.session_key)["word"]) == (None, "koira")
    assert Session.objects.count() == 1
    again.flush()
    assert not Session.objects.exists()


@pytest.mark.parametrize("fault", ["other words", "old"])
def test_what_does_not_open_is_an_empty_session(fault):
    store = import_module(settings.SESSION_ENGINE).SessionStore
    mine = store()
    mine["word"] = "kissa"
    mine.save()
    if fault == "old":
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    else:
        Session.objects.update(session_data="kissa")
    assert store(mine.session_key).get("word") is None
