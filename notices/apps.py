from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = _("Privacy notice")

    def ready(self) -> None:
        import notices.drift  # noqa: F401 - what it looks for
        from notices.checks import check_declarations, check_vocabulary  # models are ready here

        checks.register(check_declarations, checks.Tags.models)
        checks.register(check_vocabulary, checks.Tags.models)
