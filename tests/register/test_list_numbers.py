"""Numbers of customers and orders: nobody can be recognised in them, nor by reckoning (P08)."""

import csv
import io
from datetime import date
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as some

from audit.reasons import because
from register.erasure import erase
from register.lists.counting import HIDDEN, tables
from register.lists.hiding import FEWEST, TOTAL, hidden
from staff.roles import Role
from tests.factories import (
    CustomerFactory,
    NoticeFactory,
    OrderFactory,
    OrganisationFactory,
    RestrictionFactory,
    UserFactory,
)
from tests.register.test_lists import NOW
from tests.sign_in import sign_in

NUMBERS = reverse("admin:register_customerlist_numbers")


# --- what is hidden


def with_totals(rows):
    values = {(r, c): number for r, row in enumerate(rows) for c, number in enumerate(row)}
    for r, row in enumerate(rows):
        values[r, TOTAL] = sum(row)
    for c, column in enumerate(zip(*rows, strict=True)):
        values[TOTAL, c] = sum(column)
    values[TOTAL, TOTAL] = sum(map(sum, rows))
    return values


def reckoned(values, not_shown):
    """The hidden cells that follow from those that are shown and from the sums, and no others:
    those whose number is the same in every solution (elimination by Gauss)."""
    unknown = sorted(not_shown, key=str)
    rows = {row for row, _column in values}
    columns = {column for _row, column in values}
    lines = [[(row, column) for column in columns] for row in rows]
    lines += [[(row, column) for row in rows] for column in columns]
    matrix = [
        [
            Fraction(-1 if TOTAL in ((cell[1],) if at < len(rows) else (cell[0],)) else 1)
            if cell in line
            else Fraction(0)
            for cell in unknown
        ]
        for at, line in enumerate(lines)
    ]
    settled, place = [], 0
    for column in range(len(unknown)):
        pivot = next((r for r in range(place, len(matrix)) if matrix[r][column]), None)
        if pivot is None:
            continue
        matrix[place], matrix[pivot] = matrix[pivot], matrix[place]
        head = matrix[place][column]
        matrix[place] = [value / head for value in matrix[place]]
        for r, row in enumerate(matrix):
            if r != place and row[column]:
                by = row[column]
                matrix[r] = [a - by * b for a, b in zip(row, matrix[place], strict=True)]
        settled.append((place, column))
        place += 1
    return {
        unknown[column] for row, column in settled if sum(1 for value in matrix[row] if value) == 1
    }


def small_of(values):
    return {cell for cell, value in values.items() if value < FEWEST}


def test_the_reckoning_of_the_test_finds_what_is_badly_hidden():
    """Else the tests below would show nothing."""
    values = with_totals([[3, 20], [30, 40]])
    assert reckoned(values, {(0, 0)}) == {(0, 0)}
    assert reckoned(values, {(0, 0), (0, 1)}) == {(0, 0), (0, 1)}
    assert reckoned(values, {(0, 0), (0, 1), (1, 0), (1, 1)}) == set()


def test_few_are_hidden_and_as_little_else_as_can_be():
    values = with_totals([[3, 20, 90], [30, 40, 80], [70, 60, 50]])
    assert hidden(values, small_of(values)) == {(0, 0), (0, 1), (1, 0), (1, 1)}
    plenty = with_totals([[5, 20], [30, 40]])
    assert hidden(plenty, small_of(plenty)) == set()


@given(
    some.integers(1, 4).flatmap(
        lambda width: some.lists(
            some.lists(some.integers(0, 12), min_size=width, max_size=width),
            min_size=1,
            max_size=5,
        )
    )
)
def test_no_small_number_follows_from_what_is_shown(rows):
    """P08: of tables of every shape; and the number of all is shown wherever it may be."""
    values = with_totals(rows)
    small = small_of(values)
    found = hidden(values, small)
    assert small <= found
    assert small & reckoned(values, found) == set()
    assert ((TOTAL, TOTAL) in found) == (values[TOTAL, TOTAL] < FEWEST)


def could_be(values, not_shown, cell, by):
    """Whether `cell` can be `by` more, others one more or one less, where nothing is less than
    nought and all sums hold: by trying all."""
    cells = [cell, *sorted(not_shown - {cell}, key=str)]
    lines = [{one for one in values if one[0] == row} for row in {one[0] for one in values}]
    columns = [{one for one in values if one[1] == at} for at in {one[1] for one in values}]
    sums = [(line, 1) for line in lines] + [(line, 0) for line in columns]

    def holds(changed, line, side):
        total = sum(
            by * (-1 if one[side] == TOTAL else 1) for one, by in changed.items() if one in line
        )
        return total == 0

    def tried(changed, left):
        if not left:
            return all(holds(changed, *one) for one in sums)
        for step in (by,) if left[0] == cell else (0, 1, -1):
            if values[left[0]] + step < 0:
                continue
            now = {**changed, left[0]: step}
            over = [one for one in sums if left[0] in one[0] and not one[0] & {*left[1:]}]
            if all(holds(now, *one) for one in over) and tried(now, left[1:]):
                return True
        return False

    return tried({}, cells)


@settings(max_examples=60, deadline=None)
@given(
    some.integers(1, 3).flatmap(
        lambda width: some.lists(
            some.lists(some.sampled_from([0, 0, 1, 4, 7]), min_size=width, max_size=width),
            min_size=1,
            max_size=3,
        )
    )
)
def test_that_there_are_none_follows_from_nothing_either(rows):
    """P08: no number is less than nought, and yet a hidden one can be more, or less if any."""
    values = with_totals(rows)
    small = small_of(values)
    found = hidden(values, small)
    for cell in small:
        assert could_be(values, found, cell, 1), cell
        assert not values[cell] or could_be(values, found, cell, -1), cell


@given(some.lists(some.integers(0, 12), min_size=1, max_size=6))
def test_in_a_single_sum_two_are_hidden_or_none(numbers):
    values = {(at, TOTAL): number for at, number in enumerate(numbers)}
    values[TOTAL, TOTAL] = sum(numbers)
    every = values | {(row, "aside"): number for (row, _total), number in values.items()}
    aside = {(row, "aside") for row, _total in values}
    small = small_of(values)
    found = hidden(every, small, aside)
    assert small <= found <= values.keys()
    assert len(found) != 1
    assert ((TOTAL, TOTAL) in found) == (sum(numbers) < FEWEST)


# --- what is counted


@pytest.fixture
def notice():
    return NoticeFactory(
        in_force=True, purposes={"orders": "contract", "statistics": "legitimate_interest"}
    )


def told(table):
    return dict(table.rows)


@pytest.mark.django_db
def test_customers_are_counted_by_town_and_language_and_few_towns_stand_together(notice):
    for number in range(12):
        CustomerFactory(city="Oulu" if number % 2 else " oulu ", language="fi")
    for _number in range(8):
        OrganisationFactory(city="Oulu", language="sv")
    for _number in range(6):
        CustomerFactory(city="Turku")
    for _number in range(2):
        CustomerFactory(city="Utö")
        OrganisationFactory(city="Kökar")
    CustomerFactory()
    with because("Made for a test"):
        erase(CustomerFactory(city="Oulu"), request_number="2026-1", now=NOW)
    towns, languages, _orders = tables(notice)
    assert list(towns.headings) == ["Henkilöt", "Organisaatiot", "Yhteensä"]
    assert told(towns) == {
        "oulu": [HIDDEN, HIDDEN, "20"],
        "Turku": [HIDDEN, HIDDEN, "6"],
        "Muut paikkakunnat ja ilman paikkakuntaa": [HIDDEN, HIDDEN, "5"],
        "Yhteensä": ["21", "10", "31"],
    }
    assert "Utö" not in towns.as_csv()
    assert told(languages) == {
        **{"Suomi": ["23"], "Svenska": [HIDDEN], "English": [HIDDEN], "Yhteensä": ["31"]},
    }


@pytest.mark.django_db
@pytest.mark.parametrize("category", ["postal_address", "orders", "organisation"])
def test_who_has_counted_data_at_rest_is_in_no_table(notice, category):
    """S03, S08: and all tables have one total, so that nothing follows from two of them."""
    for _number in range(6):
        OrderFactory(customer__city="Oulu")
    aino = OrderFactory(customer__city="Oulu").customer
    RestrictionFactory(customer=aino, categories=[category])
    RestrictionFactory(customer=OrderFactory().customer, categories=["website"])
    towns, languages, orders = tables(notice)
    assert [told(one)["Yhteensä"][-1] for one in (towns, languages, orders)] == ["7"] * 3


@pytest.mark.django_db
def test_orders_are_hidden_by_how_many_people_made_them(notice):
    often = CustomerFactory()
    for _number in range(30):
        OrderFactory(customer=often, ordered_on=date(2025, 1, 9))
    for month in (2, 3):
        for _number in range(6):
            OrderFactory(ordered_on=date(2025, month, 9))
            OrderFactory(ordered_on=date(2026, month, 9))
    orders = told(tables(notice)[-1])
    assert orders["2025"][:3] == [HIDDEN, HIDDEN, "6"]
    assert orders["2025"][-1] == "42"
    assert orders["2026"][2] == "6"
    assert orders["2026"][-1] == "12"
    assert orders["Yhteensä"][-1] == "54"


@pytest.mark.django_db
def test_nothing_is_counted_under_a_notice_without_statistics(client):
    """P05"""
    notice = NoticeFactory(in_force=True, purposes={"orders": "contract"})
    CustomerFactory()
    assert tables(notice) == []
    sign_in(client, UserFactory(role=Role.DATA_PROTECTION_CONTACT, language="en", signed=True))
    assert "does not name statistics as a purpose" in client.get(NUMBERS).text
    assert client.get(NUMBERS, {"csv": "towns"}).status_code == 404


@pytest.mark.django_db
def test_a_table_comes_as_a_file_in_which_no_town_is_a_formula(client, notice):
    for _number in range(6):
        CustomerFactory(city="=1+1")
    sign_in(client, UserFactory(role=Role.DATA_PROTECTION_CONTACT, language="en", signed=True))
    page = client.get(NUMBERS)
    assert "Customers by town" in page.text
    file = client.get(NUMBERS, {"csv": "towns"})
    assert file["Content-Disposition"] == 'attachment; filename="towns.csv"'
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert rows[0] == ["", "Persons", "Organisations", "All"]
    assert rows[1][0] == "'=1+1"


@pytest.mark.django_db
def test_the_numbers_take_as_many_queries_for_many(notice):
    tables(notice)
    found = []
    for number in (2, 20):
        for one in range(number):
            OrderFactory(customer__city=f"Kylä {one}")
        with CaptureQueriesContext(connection) as queries:
            tables(notice)
        found.append(len(queries))
    assert found[0] == found[1]
