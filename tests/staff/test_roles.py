from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from staff.roles import (
    ACTS,
    BOOKKEEPING,
    CUSTOMERS,
    DEPUTIES,
    DISCLOSURES,
    IMPORTS,
    INVOICES,
    LISTS,
    NARROWINGS,
    NOTICES,
    PLACES,
    REQUESTS,
    RETENTION,
    ROLES,
    STAFF,
    Act,
    Role,
    as_markdown,
    permissions_of,
)
from tests.factories import UserFactory


def permissions(models, *codes):
    return {
        f"{app}.{code}_{name}"
        for app, name in (model.split(".") for model in models)
        for code in codes
    }


SEEN = NOTICES + CUSTOMERS + DISCLOSURES + PLACES + RETENTION + INVOICES + BOOKKEEPING
VIEWER = permissions(SEEN, "view")
HANDLER = (
    VIEWER
    | permissions(CUSTOMERS + INVOICES, "add", "change")
    | permissions(REQUESTS, "view")
    | {"rights_requests.add_rightsrequest", "rights_requests.change_letter"}
    | permissions(SEEN + REQUESTS, "history")
)
SETTING_UP = permissions(STAFF, "view", "history") | {
    "staff.change_user",
    "staff.add_invitation",
    "staff.delete_invitation",
    "staff.add_undertakingtext",
    "staff.add_undertaking",
}
EXPECTED = {
    Role.VIEWER: VIEWER,
    Role.HANDLER: HANDLER,
    Role.DATA_PROTECTION_CONTACT: HANDLER
    | permissions(NOTICES, "add", "change", "delete")
    | permissions(BOOKKEEPING + PLACES, "add", "change")
    | permissions(NARROWINGS, "view", "add", "history")
    | permissions(IMPORTS + LISTS, "view", "add", "change")
    | permissions(DEPUTIES, "view", "add", "change", "history")
    | {
        "notices.publish_notice",
        "register.add_hold",
        "register.add_recipient",
        "register.change_recipient",
        "register.confirm_retentionrun",
        "register.export_customer",
        "register.view_consultation",
        "rights_requests.decide_rightsrequest",
    },
    Role.ACCOUNTING: permissions(NOTICES + BOOKKEEPING, "view")
    | permissions(INVOICES, "view", "add", "change"),
    Role.ADMINISTRATOR: permissions(NOTICES, "view") | SETTING_UP,
}


@pytest.mark.parametrize("role", Role)
def test_a_role_has_exactly_these_permissions(role):
    """P35"""
    assert permissions_of(UserFactory.build(role=role)) == EXPECTED[role]


@pytest.mark.parametrize("role", Role)
def test_a_superuser_sets_up_and_gets_nothing_else_from_it(role):
    """P35, P37"""
    superuser = UserFactory.build(role=role, is_superuser=True)

    assert permissions_of(superuser) == EXPECTED[role] | SETTING_UP


def test_a_person_without_a_role_may_do_nothing():
    """P35, Q03: whoever is invited gets no permission by default."""
    assert permissions_of(UserFactory.build(role="")) == set()


def test_a_superuser_without_a_role_sees_no_personal_data():
    """P35"""
    assert permissions_of(UserFactory.build(role="", is_superuser=True)) == SETTING_UP


def test_only_the_data_protection_contact_decides_publishes_exports_and_brings_in():
    special = {Act.DECIDE, Act.PUBLISH, Act.EXPORT, Act.BRING_IN}

    assert {role for role, acts in ROLES.items() if acts & special} == {
        Role.DATA_PROTECTION_CONTACT
    }


def test_every_role_and_every_act_has_its_line():
    assert set(ROLES) == set(Role)
    assert set(ACTS) == set(Act)


def test_every_permission_names_a_model_of_ours():
    named = {
        (code.split(".")[0], code.rpartition("_")[2]) for codes in ACTS.values() for code in codes
    }
    installed = {(m._meta.app_label, m._meta.model_name) for m in apps.get_models()}

    assert named - installed == set()


def test_the_page_about_permissions_is_made_from_the_tables():
    """If this fails: manage.py permissions > docs/permissions.md"""
    page = Path(settings.BASE_DIR, "docs/permissions.md").read_text(encoding="utf-8")

    assert page == as_markdown()
