"""A new version of the notice: whom it is news to is told what has changed (13(3); V08, C04)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation

from audit.tasks import run_next
from notices.publishing import adopt
from notices.terms import ClauseKind, DataCategory, SourceKind
from rights_requests.informing import inform
from rights_requests.models import Letter
from tests.factories import (
    ClauseFactory,
    CollectionFactory,
    CustomerFactory,
    InformationDutyFactory,
    NoticeFactory,
    NoticeGivenFactory,
)
from tests.rights_requests.at_the_desk import staff

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 9, 9, 0, tzinfo=ZoneInfo("Europe/Helsinki"))
CHANGED = "Our privacy notice has changed"
FEWER = [one for one in DataCategory if one not in (DataCategory.WEBSITE, DataCategory.BILLING)]


@pytest.fixture(autouse=True)
def _english(time_machine):
    time_machine.move_to(NOW - timedelta(days=60), tick=False)
    with translation.override("en"):
        yield


def version(at, *, years=10, purposes=("orders",), recipients=("accounting",), **columns):
    draft = NoticeFactory(
        purposes=dict.fromkeys(purposes, "legitimate_interest"),
        recipients=list(recipients),
        **columns,
    )
    ClauseFactory(notice=draft, kind=ClauseKind.RETENTION, term="relationship_end", years=years)
    adopt(draft, now=at, reason="Test")
    return draft


@pytest.fixture
def first():
    return version(NOW - timedelta(days=90), declared=list(DataCategory))


def second(**columns):
    return version(NOW - timedelta(days=1), **{"declared": list(DataCategory)} | columns)


def person(name="aino", **columns):
    return CustomerFactory(email=f"{name}@koe.example", language="en", **columns)


def written_to(customer):
    inform([customer.pk], now=NOW)
    return Letter.objects.get(customer=customer)


def cover_of(letter):
    mail.outbox.clear()
    while run_next(NOW):
        pass
    return mail.outbox[0]


def test_the_letter_says_what_has_changed_in_short(first):
    """13(3), V08, C04: new purposes and recipients, other periods, data that are dropped."""
    aino = person()
    second(
        years=3,
        purposes=["orders", "statistics"],
        recipients=["accounting", "credit"],
        declared=FEWER,
    )
    letter = written_to(aino)
    assert letter.subject == CHANGED
    news = letter.body.partition("## What has changed\n\n")[2].partition("\n\n##")[0]
    assert news.splitlines() == [
        "- New purposes: statistics",
        "- New recipients: credit information companies",
        "- The register may no longer hold: web address; billing data",
        "- Retention period: before 10 years from the end of the customer relationship, "
        "now 3 years from the end of the customer relationship",
    ]
    assert "where they came from" not in letter.body
    assert letter.body.startswith("Hello")
    assert "We have changed our privacy notice. This letter tells you what" in letter.body


def test_the_mail_says_which_letter_waits(first):
    """V08, A06: without telling what it says of the person."""
    aino = person()
    second(purposes=["orders", "statistics"])
    cover = cover_of(written_to(aino))
    assert cover.subject == CHANGED
    said = "We have changed our privacy notice. The letter tells what has changed"
    assert said in cover.body
    assert "where they came from" not in cover.body
    assert "statistics" not in cover.body


def test_the_mail_tells_of_sources_only_where_the_letter_does(first):
    """T12: of who gave the data oneself the letter has no source to tell."""
    partner = CollectionFactory(source_kind=SourceKind.PARTNER, source_name="Messut Oy")
    for name, origin, is_told in (("aino", None, False), ("bea", partner, True)):
        some = person(name, **({"collection": origin} if origin else {}))
        letter = written_to(some)
        assert ("## Where your data came from" in letter.body) == is_told
        cover = cover_of(letter)
        assert ("where they came from" in cover.body) == is_told
        assert ("It tells what we do with your data." in cover.body) != is_told
        assert CHANGED not in (letter.subject, cover.subject)


def test_what_changed_is_told_since_the_version_that_each_knows(first):
    """V02, V08: who missed one is told of both."""
    aino, bea, carla = person(), person("bea"), person("carla")
    between = version(
        NOW - timedelta(days=40), purposes=["orders", "statistics"], declared=list(DataCategory)
    )
    NoticeGivenFactory(customer=aino, notice=first)
    NoticeGivenFactory(customer=bea, notice=between)
    second(purposes=["orders", "statistics", "development"])
    told = {one: written_to(one).body for one in (aino, bea, carla)}
    assert "New purposes: statistics; developing the business" in told[aino]
    assert "New purposes: statistics; developing the business" in told[carla]
    assert "New purposes: developing the business\n" in told[bea]


def test_nothing_is_news_to_whoever_is_new(first, time_machine):
    """T12: who came later, or is told of data from others for the first time, knows no other."""
    late = person("late")
    InformationDutyFactory(customer=late)
    second(purposes=["orders", "statistics"])
    time_machine.move_to(NOW, tick=False)
    for one in (late, person("new")):
        letter = written_to(one)
        assert "What has changed" not in letter.body
        assert letter.subject == "Your data in our register"


def test_words_alone_that_changed_are_told_too(first):
    """V08"""
    aino = person()
    second()
    assert "- Only the words have changed" in written_to(aino).body


def test_the_front_page_counts_who_must_be_told_of_a_new_version(first):
    """13(3), V08: as many as the list that it leads to; the first version is news to nobody."""
    listed = f"{reverse('admin:register_customer_telling')}?list=untold"
    aino, _bea = person(), person("bea")
    client = staff()
    assert listed not in client.get(reverse("admin:index")).text
    changed = second(purposes=["orders", "statistics"])
    told = f'people have not been given it yet. <a href="{listed}">Whom to tell</a>'
    assert f"<p>2 {told}</p>" in client.get(reverse("admin:index")).text
    page = client.get(listed).text
    assert page.count('name="customer"') == 2
    assert "what has changed in it. It goes by e-mail" in page
    assert "came from" not in page
    NoticeGivenFactory(customer=aino, notice=changed)
    assert "<p>1 person has not been given it yet." in client.get(reverse("admin:index")).text
    assert client.get(listed).text.count('name="customer"') == 1


def test_news_take_as_many_queries_for_many(first, django_assert_max_num_queries):
    some = [person(name) for name in "abcdef"]
    second(purposes=["orders", "statistics"])
    with django_assert_max_num_queries(200) as one:
        inform([some[0].pk], now=NOW)
    with django_assert_max_num_queries(200) as many:
        inform([each.pk for each in some[1:]], now=NOW)
    assert len(one) == len(many)
