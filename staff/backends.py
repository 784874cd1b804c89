from typing import TYPE_CHECKING, Any

from allauth.account.auth_backends import AuthenticationBackend

from staff.roles import permissions_of

if TYPE_CHECKING:
    from staff.models import User


class RoleBackend(AuthenticationBackend):
    """Signs in as allauth does and answers every permission from the table of roles.

    Superusers take no short cut: they set up and see no customer (P35, P37).
    """

    def get_all_permissions(self, user_obj: "User", obj: Any = None) -> set[str]:
        if user_obj.is_anonymous or obj is not None:
            return set()
        return set(permissions_of(user_obj))

    def get_user_permissions(self, user_obj: "User", obj: Any = None) -> set[str]:
        return self.get_all_permissions(user_obj, obj)

    def get_group_permissions(self, user_obj: "User", obj: Any = None) -> set[str]:
        return set()

    def has_perm(self, user_obj: "User", perm: str, obj: Any = None) -> bool:
        # the table knows no single rows: what holds for a model holds for its rows
        return perm in self.get_all_permissions(user_obj)

    def has_module_perms(self, user_obj: "User", app_label: str) -> bool:
        return any(perm.startswith(f"{app_label}.") for perm in self.get_all_permissions(user_obj))
