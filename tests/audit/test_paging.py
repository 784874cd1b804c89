from datetime import date

import pytest
from django.db import models
from django.db.models import Q
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from audit import paging
from audit.paging import EstimatingPaginator, Keys, Ranked, rounded, span_of, tally
from audit.templatetags.by_row import labelled
from register.models import Customer, Order
from tests.factories import CustomerFactory, NoticeFactory, OrderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice():
    return NoticeFactory(in_force=True)


def keys_of(paginator, number):
    return [row.pk for row in paginator.page(number)]


def all_keys(paginator):
    return [key for number in paginator.page_range for key in keys_of(paginator, number)]


@pytest.fixture
def few_are_counted(monkeypatch):
    """Lists of more than five rows count as long."""
    monkeypatch.setattr(paging, "MOST_COUNTED", 5)
    # no other test's rows are remembered
    monkeypatch.setattr(paging, "_counted", {})


def newest_first():
    return Customer.objects.order_by("-pk")


def test_few_rows_are_counted(notice, few_are_counted):
    for _one in range(5):
        CustomerFactory()
    paginator = EstimatingPaginator(newest_first(), 2)
    assert (paginator.is_estimate, paginator.count, paginator.num_pages) == (False, 5, 3)
    assert all_keys(paginator) == [row.pk for row in newest_first()]


def test_of_one_more_the_list_says_about(notice, few_are_counted):
    for _one in range(6):
        CustomerFactory()
    paginator = EstimatingPaginator(newest_first(), 2)
    assert (paginator.is_estimate, paginator.shown_count) == (True, "6")


def test_a_long_list_shows_each_row_once_although_keys_are_missing(
    notice, few_are_counted, monkeypatch
):
    monkeypatch.setattr(paging, "SAMPLE_OF_ALL", 10)
    rows = [CustomerFactory(language="sv" if number % 3 else "fi") for number in range(40)]
    swedish = newest_first().filter(language="sv")
    paginator = EstimatingPaginator(swedish, 4)
    assert all_keys(paginator) == [row.pk for row in reversed(rows) if row.language == "sv"]
    everybody = EstimatingPaginator(newest_first(), 4)
    assert [len(keys_of(everybody, number)) for number in everybody.page_range] == [4] * 10


def test_a_deep_page_of_a_list_by_keys_skips_no_rows(
    notice, few_are_counted, django_assert_num_queries
):
    for _one in range(20):
        CustomerFactory()
    paginator = EstimatingPaginator(newest_first(), 2)
    assert paginator.count == 20
    with django_assert_num_queries(1) as asked:
        paginator.page(9)
    assert "OFFSET" not in asked.captured_queries[0]["sql"]


def test_another_order_is_walked_from_the_nearer_end(
    notice, few_are_counted, django_assert_num_queries
):
    for _one in range(12):
        OrderFactory()
    by_number = Order.objects.order_by("-number", "-pk")
    paginator = EstimatingPaginator(by_number, 2)
    assert all_keys(paginator) == [row.pk for row in by_number]
    with django_assert_num_queries(2) as asked:
        list(paginator.page(6))
    assert "OFFSET" not in asked.captured_queries[0]["sql"]


def orders_by_day():
    return Order.objects.unerased().order_by("-ordered_on", "-pk")


@pytest.fixture
def forty_orders(notice, few_are_counted, monkeypatch):
    """Of nine days, entered in no order."""
    monkeypatch.setattr(paging, "SAMPLE_OF_ALL", 40)
    customer = CustomerFactory()
    for number in range(40):
        OrderFactory(customer=customer, ordered_on=date(2026, 4, 1 + number * 7 % 9))


def test_a_deep_page_of_a_list_by_day_skips_rows_of_its_day_alone(
    forty_orders, django_assert_num_queries
):
    paginator = EstimatingPaginator(orders_by_day(), 2)
    assert all_keys(paginator) == [row.pk for row in orders_by_day()]
    with django_assert_num_queries(2) as asked:
        list(paginator.page(11))
    # twenty rows stand before it, eighteen of them on later days
    assert asked.captured_queries[0]["sql"].endswith("LIMIT 2 OFFSET 2")


def test_the_days_are_counted_again_when_a_row_has_come(forty_orders):
    assert len(all_keys(EstimatingPaginator(orders_by_day(), 2))) == 40
    OrderFactory(ordered_on=date(2026, 4, 3))
    paginator = EstimatingPaginator(orders_by_day(), 2)
    assert all_keys(paginator) == [row.pk for row in orders_by_day()]


def test_what_was_erased_or_moved_since_loses_no_row(forty_orders):
    """Days that were counted before: a row may then stand on two pages, and none on none."""
    all_keys(EstimatingPaginator(orders_by_day(), 2))
    erased = [row.pk for row in orders_by_day()[7:31:6]]
    models.QuerySet(Order).filter(pk__in=erased).update(ordered_on=None)
    shown = all_keys(EstimatingPaginator(orders_by_day(), 2))
    assert set(shown) == {row.pk for row in orders_by_day()}


def test_a_list_by_day_that_shows_little_of_its_table_is_skipped_through(forty_orders):
    some = [row.pk for row in orders_by_day()][::3]
    few = orders_by_day().filter(pk__in=some)
    assert all_keys(EstimatingPaginator(few, 2)) == some


def test_keys_of_a_query_are_read_page_by_page_too(notice, django_assert_num_queries):
    keys = [CustomerFactory().pk for _one in range(6)]
    found = Customer.objects.filter(pk__in=keys[1:]).order_by("pk").values_list("pk", flat=True)
    paginator = EstimatingPaginator(Ranked(Customer.objects.all(), Keys(found)), 2)
    with django_assert_num_queries(1):
        assert (paginator.count, paginator.num_pages, paginator.is_estimate) == (5, 3, False)
    with django_assert_num_queries(2):
        assert keys_of(paginator, 3) == keys[5:]
    assert paginator.span == (keys[0], keys[5])


def test_ranked_rows_are_read_page_by_page_in_their_order(notice, django_assert_num_queries):
    keys = [CustomerFactory().pk for _one in range(6)]
    order = [keys[3], keys[0], keys[5], keys[1]]
    with django_assert_num_queries(0):
        paginator = EstimatingPaginator(Ranked(Customer.objects.all(), order, 3), 2)
        assert (paginator.count, paginator.there_are_more) == (3, True)
    with django_assert_num_queries(1):
        assert keys_of(paginator, 1) == order[:2]
    assert keys_of(paginator, 2) == order[2:3]
    assert not EstimatingPaginator(Ranked(Customer.objects.all(), order, 4), 2).there_are_more


def test_a_small_table_is_tallied_exactly_and_a_large_one_is_judged(notice, monkeypatch):
    assert span_of(Customer) is None
    first, *_middle, last = [
        CustomerFactory(language="sv" if number % 2 else "fi") for number in range(40)
    ]
    span = span_of(Customer)
    assert span == (first.pk, last.pk)
    choices = {"sv": Q(language="sv"), "en": Q(language="en")}
    assert tally(Customer.objects.all(), choices, span) == (False, [20, 0])
    monkeypatch.setattr(paging, "SAMPLE", 20)
    assert tally(Customer.objects.all(), choices, span) == (False, [20, 0])
    monkeypatch.setattr(paging, "MOST_COUNTED", 39)
    is_judged, (swedish, english) = tally(Customer.objects.all(), choices, span)
    assert (is_judged, english) == (True, 0)
    assert 8 <= swedish <= 32


@pytest.mark.parametrize(
    ("count", "told"),
    [(7, "7"), (99, "99"), (101, "100"), (98_432, "98,000"), (1_049_999, "1,000,000")],
)
def test_about_is_said_in_two_figures(count, told):
    with override("en"):
        assert rounded(count) == told
    with override("fi"):
        assert rounded(count) == told.replace(",", "\xa0")


def test_narrow_pages_name_the_column_of_each_cell():
    """What the admin has made of a row keeps its tags, and no heading is taken for one."""
    cells = ['<th class="a">A</th>', '<td class="b">&lt;b&gt;</td>', "plain"]
    cells = [mark_safe(cell) for cell in cells] + ["<td>not vouched for</td>"]  # noqa: S308
    headers = [{"text": text} for text in ("name", 'say "<i>"', "third", "fourth")]
    assert list(labelled(cells, headers)) == [
        '<th class="a">A</th>',
        '<td data-heading="Say &quot;&lt;i&gt;&quot;" class="b">&lt;b&gt;</td>',
        "plain",
        "<td>not vouched for</td>",
    ]
    assert not isinstance(list(labelled(cells, headers))[3], SafeString)
