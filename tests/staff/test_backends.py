import pytest
from django.contrib.auth.models import AnonymousUser

from staff.backends import RoleBackend
from staff.roles import Act, Role
from tests.factories import UserFactory


def test_a_permission_comes_from_the_role():
    """P35"""
    viewer = UserFactory.build(role=Role.VIEWER)

    assert viewer.has_perm("register.view_customer")
    assert not viewer.has_perm("register.change_customer")
    assert viewer.has_perms(["register.view_customer", "notices.view_notice"])
    assert not viewer.has_perms(["register.view_customer", "register.change_customer"])


def test_apps_without_a_permission_are_closed():
    accountant = UserFactory.build(role=Role.ACCOUNTING)

    assert accountant.has_module_perms("register")
    assert not accountant.has_module_perms("staff")


def test_a_superuser_takes_no_short_cut():
    """P35, P37"""
    superuser = UserFactory.build(role=Role.ADMINISTRATOR, is_superuser=True)

    assert not superuser.has_perm("register.view_customer")
    assert not superuser.has_perm("made.up")
    assert not superuser.has_module_perms("register")
    assert superuser.has_perm("staff.change_user")


@pytest.mark.parametrize("is_superuser", [False, True])
def test_a_closed_account_has_no_permission(is_superuser):
    gone = UserFactory.build(role=Role.HANDLER, is_superuser=is_superuser, is_active=False)

    assert not gone.has_perm("register.view_customer")
    assert not gone.has_module_perms("staff")
    assert not gone.may(Act.ENTER)


def test_what_holds_for_a_model_holds_for_its_rows():
    viewer = UserFactory.build(role=Role.VIEWER)

    assert viewer.has_perm("register.view_customer", obj=object())


def test_a_visitor_has_no_permission():
    assert RoleBackend().get_all_permissions(AnonymousUser()) == set()
