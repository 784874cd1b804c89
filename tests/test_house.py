"""The house keeps its shape: who may import whom, what every model must have."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from simple_history.models import HistoricalChanges

from audit.models import Derived, Remembered, WrittenOnce
from notices.declarations import columns_of, personal_models
from notices.personal_data import PersonalData
from tests import factories

ROOT = Path(__file__).parents[1]
#: Each folder and what it may import of the house.
MAY_IMPORT = {
    "audit": set(),
    "notices": {"audit"},
    "register": {"audit", "notices"},
    "rights_requests": {"audit", "notices", "register"},
    "staff": {"audit"},
    "demo": {"audit", "notices", "register", "rights_requests", "staff"},
    "config": {"audit", "notices", "register", "rights_requests", "staff"},
}
OURS = ("audit", "notices", "register", "rights_requests", "staff", "demo")
DERIVED = {
    "audit.DailyRun",
    "audit.FileToRemove",
    "audit.Task",
    "audit.UsedForm",
    "register.ContactDigest",
    "register.CustomerList",
    "register.Import",
    "register.ImportLine",
    "register.ImportedContact",
    "register.ImportedRow",
    "register.InformationDuty",
    "register.Lifespan",
    "register.ListPart",
    "register.OrderFigure",
    "register.Turn",
    "register.Word",
    "rights_requests.Counter",
    "rights_requests.Probe",
    "rights_requests.ReportPart",
}
#: Rows that are their own history.
WRITTEN_ONCE = {"register.Consultation", "register.Disclosed"}
#: Libraries so slow or large to load that only the function which needs them imports them.
SLOW = {"django_countries", "holidays", "phonenumbers", "python_calamine", "typst"}


def modules(folder):
    return [path for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts]


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def our_models():
    return [
        model
        for name in OURS
        for model in apps.get_app_config(name).get_models()
        if not issubclass(model, HistoricalChanges)
    ]


def label(model):
    return model._meta.label


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_imports_point_one_way(folder):
    upward = {
        (str(path.relative_to(ROOT)), name)
        for path in modules(folder)
        for name in imported(ast.parse(path.read_text()))
        if name in MAY_IMPORT and name != folder and name not in MAY_IMPORT[folder]
    }
    assert upward == set()


def test_nothing_is_imported_inside_a_function_but_where_apps_must_be_ready():
    inside = {
        str(path.relative_to(ROOT))
        for folder in MAY_IMPORT
        for path in modules(folder)
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef) and function.name != "ready"
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom) and not set() < set(imported(node)) <= SLOW
    }
    assert inside == set()


def test_a_slow_library_is_imported_nowhere_but_inside_a_function():
    at_once = {
        str(path.relative_to(ROOT))
        for folder in MAY_IMPORT
        for path in modules(folder)
        for statement in ast.parse(path.read_text()).body
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef)
        and SLOW & set(imported(statement))
    }
    assert at_once == set()


def test_no_effect_hangs_on_a_signal():
    listening = {
        str(path.relative_to(ROOT))
        for folder in OURS
        for path in modules(folder)
        if "django.dispatch" in path.read_text() or ".signals import" in path.read_text()
    }
    assert listening == set()


@pytest.mark.parametrize("model", our_models(), ids=label)
def test_every_model_is_remembered_or_derived_or_never_changes(model):
    assert issubclass(model, Derived) == (label(model) in DERIVED)
    assert issubclass(model, WrittenOnce) == (label(model) in WRITTEN_ONCE)
    remembered = issubclass(model, Remembered) and hasattr(model, "history")
    assert [issubclass(model, Derived), issubclass(model, WrittenOnce), remembered].count(True) == 1


@pytest.mark.parametrize("model", our_models(), ids=label)
def test_every_model_says_what_it_is_in_one_sentence(model):
    sentence = (model.__doc__ or "").strip()
    assert sentence.endswith(".")
    assert "\n\n" not in sentence
    assert not sentence.startswith(f"{model.__name__}(")


@pytest.mark.parametrize("model", our_models(), ids=label)
def test_every_model_has_a_factory(model):
    made = {
        factory._meta.model
        for factory in vars(factories).values()
        if isinstance(factory, type) and hasattr(factory, "_meta")
    }
    assert model in made


@pytest.mark.parametrize("model", our_models(), ids=label)
def test_the_guarded_manager_is_the_base_manager_too(model):
    if issubclass(model, Remembered):
        assert type(model._base_manager) is type(model._default_manager)
        assert model._base_manager.name == "objects"


def test_foreign_keys_to_personal_data_are_protected():
    loose = {
        f"{label(model)}.{field.name}"
        for model in our_models()
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey)
        and issubclass(field.related_model, PersonalData)
        and field.remote_field.on_delete is not models.PROTECT
    }
    assert loose == set()


def test_every_foreign_key_to_a_customer_is_found_by_that_test():
    pointing = {
        f"{label(model)}.{field.name}"
        for model in our_models()
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey) and issubclass(field.related_model, PersonalData)
    }
    assert pointing == {
        "register.Attachment.customer",
        "register.Attachment.invoice",
        "register.Attachment.order",
        "register.BillingData.customer",
        "register.Consent.customer",
        "register.Consultation.customer",
        "register.ContactDigest.customer",
        "register.ContactRole.organisation",
        "register.ContactRole.person",
        "register.Disclosed.customer",
        "register.Hold.customer",
        "register.InformationDuty.customer",
        "register.Invoice.credits",
        "register.Invoice.customer",
        "register.Loan.paper",
        "register.Lifespan.customer",
        "register.NoticeGiven.customer",
        "register.Objection.customer",
        "register.Paper.customer",
        "register.Payment.invoice",
        "register.Order.customer",
        "register.Remark.customer",
        "register.OrderLine.order",
        "register.Restriction.customer",
        "register.Word.customer",
        "rights_requests.Letter.customer",
        "rights_requests.Notification.customer",
        "rights_requests.RightsRequest.customer",
    }


def test_every_column_of_personal_data_is_classified():
    """P17: each column maps to one category, or is said to be none."""
    assert {label(model): set(model.declaration) for model in personal_models()} == {
        label(model): set(columns_of(model)) for model in personal_models()
    }


@pytest.mark.parametrize("model", our_models(), ids=label)
def test_moments_end_in_at_and_days_in_on(model):
    wrong = {
        field.name
        for field in model._meta.fields
        if isinstance(field, models.DateField)
        and not field.name.endswith("_at" if isinstance(field, models.DateTimeField) else "_on")
    }
    assert wrong == set()


@pytest.mark.parametrize("model", our_models(), ids=label)
def test_no_table_of_history_shares_a_column_with_another(model):
    """A shared one is written to the wrong table by an update, as erasure does."""
    if issubclass(model, Remembered):
        history = model.history.model
        assert {field.name for field in history._meta.fields if field.model is not history} == set()


@pytest.mark.parametrize("model", our_models(), ids=label)
def test_history_rows_carry_the_columns_of_sealing_and_erasure(model):
    if issubclass(model, Remembered):
        columns = {field.name for field in model.history.model._meta.fields}
        assert columns >= {"salt", "commitment", "leaf", "seal", "erased_by"}
        assert model.history.model._meta.pk.get_internal_type() == "BigAutoField"
