from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegisterConfig(AppConfig):
    name = "register"
    verbose_name = _("Customer register")

    def ready(self) -> None:
        # the worker must know how an import is taken in, how a list is made and how data are
        # emptied, and drift is looked for
        import register.drift
        import register.importing.bringing
        import register.lists.making
        import register.narrowing  # noqa: F401
