"""A model that leads to a person and is told nowhere stops the program (A10)."""

import pytest
from django.apps import apps
from django.core.checks import registry
from django.db import models
from django.test.utils import isolate_apps

from audit.models import Remembered
from register.models import Customer, Order
from rights_requests.models import Demand, Letter, RightsRequest
from rights_requests.report.places import (
    NOT_TOLD,
    OF_REQUEST,
    WITH_A_PLACE,
    check_report,
    leads_to_a_person,
)


def test_every_model_that_leads_to_a_person_has_its_place():
    """A10"""
    assert check_report() == []


def test_the_check_runs_with_all_others():
    """A10: "manage.py check", which every start of the server and the worker begins with."""
    assert check_report in registry.registry.get_checks()


@pytest.mark.parametrize("to", [Customer, Order, RightsRequest, Demand, Letter])
def test_a_new_model_without_a_place_stops_the_build(to):
    """A10: however long its way is."""
    with isolate_apps("rights_requests"):

        class Made(models.Model):  # noqa: DJ008
            of = models.ForeignKey(to, models.PROTECT)

            class Meta:
                app_label = "rights_requests"

        class Deeper(models.Model):  # noqa: DJ008
            made = models.OneToOneField(Made, models.PROTECT)

            class Meta:
                app_label = "rights_requests"

    every = [*apps.get_models(include_auto_created=True), Made, Deeper]
    found = check_report(models=every)
    assert [(one.obj, one.id, one.is_serious()) for one in found] == [
        (Made, "rights_requests.E001", True),
        (Deeper, "rights_requests.E001", True),
    ]


def test_a_table_that_joins_customers_to_something_is_found_too():
    """A10"""
    with isolate_apps("rights_requests"):

        class Tag(models.Model):  # noqa: DJ008
            on = models.ManyToManyField(Customer, related_name="+")

            class Meta:
                app_label = "rights_requests"

    through = Tag.on.through
    assert [one.obj for one in check_report(models=[Tag, through])] == [through]


def test_what_leads_to_nobody_needs_no_place():
    """A10"""
    with isolate_apps("rights_requests"):

        class Loop(models.Model):  # noqa: DJ008
            before = models.ForeignKey("self", models.PROTECT)

            class Meta:
                app_label = "rights_requests"

    assert check_report(models=[Loop]) == []
    assert not leads_to_a_person(Loop)


def test_the_tables_of_places_name_nothing_that_leads_nowhere():
    """A10: nothing stands there that the check would not ask for."""
    placed = {*OF_REQUEST, *WITH_A_PLACE, *NOT_TOLD}
    assert {model for model in placed if not leads_to_a_person(model)} == set()
    assert all(issubclass(model, Remembered) for model in OF_REQUEST)
    assert all(len(why) > 20 for why in NOT_TOLD.values())
