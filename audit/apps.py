from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = _("History")

    def ready(self) -> None:
        # the worker must know how a file is removed, and drift is looked for
        import audit.drift
        import audit.files  # noqa: F401
