"""Nothing is decided about anybody without a named person (art. 22; P47, C03)."""

import ast
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.reasons import because
from rights_requests.models import OFFERED, Demand, RightsRequest
from tests.factories import NoticeFactory, UserFactory
from tests.rights_requests.at_the_desk import ask

ROOT = Path(__file__).parents[2]
#: The columns that say that a right was decided.
DECIDED = {"granted_at", "refused_at"}
APPS = ("audit", "config", "notices", "register", "rights_requests", "staff")


def functions():
    """Each function of the program, with its file."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef):
                    yield path.relative_to(ROOT), node


def assigned_in(function):
    """The names of attributes that a function sets, with what is set if it is a plain name."""
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            several = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
            pairs = (
                zip(target.elts, node.value.elts, strict=True)
                if several
                else [(target, node.value)]
            )
            for one, value in pairs:
                if isinstance(one, ast.Attribute):
                    yield one.attr, getattr(value, "id", None)


def test_whatever_decides_names_who_decides():
    """P47, C03: each function that grants or refuses sets the person in the same breath, whom its
    caller must name."""
    deciding = {}
    for path, function in functions():
        found = dict(assigned_in(function))
        if DECIDED & found.keys():
            demanded = {one.arg for one in function.args.kwonlyargs}
            with_default = {
                one.arg
                for one, default in zip(
                    function.args.kwonlyargs, function.args.kw_defaults, strict=True
                )
                if default is not None
            }
            deciding[f"{path}::{function.name}"] = (
                found.get("decided_by") in demanded - with_default
            )
    assert deciding
    assert [name for name, names_somebody in deciding.items() if not names_somebody] == []


def test_no_table_is_decided_in_by_one_statement():
    """P47: no update writes a decision past the door."""
    written = [
        f"{path}::{function.name}"
        for path, function in functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in ("update", "bulk_update", "create", "bulk_create")
        if DECIDED & {one.arg for one in node.keywords}
    ]
    assert written == []


#: What decides, however it is called: by its own name, or as a part of its module.
DECIDES = {"certify", "decide"} | {
    f"{before}{name}"
    for before, names in {
        "decisions.": ("grant", "refuse", "extend", "certify"),
        "weighing.": ("weigh",),
        "": ("weigh", "extend"),
    }.items()
    for name in names
}


def deciders():
    """The acts of deciding, by where they are called."""
    for path, function in functions():
        for node in ast.walk(function):
            # an import decides too, about the rows of its file
            is_of_requests = path.parts[0] == "rights_requests"
            if isinstance(node, ast.Call) and ast.unparse(node.func) in DECIDES and is_of_requests:
                yield path, node


def test_nobody_takes_an_act_of_deciding_under_another_name():
    """P47: what decides is called as part of its module, so that the test below finds it."""
    taken = [
        (str(path.relative_to(ROOT)), one.name)
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        and node.module in ("rights_requests.decisions", "rights_requests.weighing")
        for one in node.names
        if one.name in ("grant", "refuse", "weigh", "extend", "certify")
    ]
    assert sorted(taken) == [
        ("rights_requests/correcting.py", "certify"),
        ("rights_requests/weighing.py", "certify"),
    ]


def test_only_a_signed_in_person_sets_a_decision_off():
    """P47, C03: no command, task, import or public page calls what decides, and who decides is the
    person of the page's request or was named by whoever called."""
    by = {}
    for path, call in deciders():
        who = {one.arg: ast.unparse(one.value) for one in call.keywords}.get("by")
        by.setdefault(str(path), set()).add(who)
    assert by == {
        "rights_requests/admin/decisions.py": {"request.user"},
        "rights_requests/admin/objections.py": {"request.user"},
        "rights_requests/admin/items.py": {"request.user"},
        # within an act, from the one who decides
        "rights_requests/correcting.py": {"by"},
        "rights_requests/decisions.py": {"by"},
        "rights_requests/weighing.py": {"by"},
    }


@pytest.mark.django_db
@pytest.mark.parametrize("right", [one for one in OFFERED if one != "prohibition"])
@pytest.mark.parametrize("decided", sorted(DECIDED))
def test_the_database_takes_no_decision_of_nobody(right, decided):
    """P47: whatever writes it, past every door of the program."""
    NoticeFactory(in_force=True, contact_email="vastuu@koepaja.example")
    demand = ask(right).demands.get()
    with because("Test"):
        setattr(demand, decided, timezone.now())
        with pytest.raises(IntegrityError), transaction.atomic():
            demand.save()
        demand.decided_by = UserFactory()
        demand.save()
    assert getattr(Demand.objects.get(), decided)


@pytest.mark.django_db
def test_no_request_is_closed_as_refused_for_what_it_lacks(client):
    """P47, I03: unsigned, unproven, asked twice: it waits for somebody."""
    NoticeFactory(in_force=True, contact_email="vastuu@koepaja.example")
    for _time in range(2):
        ask("access", "erasure", name="", email="nobody@koe.example")
    assert not Demand.objects.exclude(decided_by=None).exists()
    assert Demand.objects.undecided().count() == 4
    assert RightsRequest.objects.open().count() == 2
