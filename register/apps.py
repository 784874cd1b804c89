from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegisterConfig(AppConfig):
    name = "register"
    verbose_name = _("Customer register")

    def ready(self) -> None:
        # the worker must know how an import is taken in, and how a list is made
        import register.importing.bringing
        import register.lists.making  # noqa: F401
