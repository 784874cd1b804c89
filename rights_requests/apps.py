from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class RightsRequestsConfig(AppConfig):
    name = "rights_requests"
    verbose_name = _("Requests")

    def ready(self) -> None:
        # the worker must know how a letter is delivered, how a probe comes back, how retention is
        # carried out, how an erasure goes on and how what rested is used again; and drift is looked
        # for
        import rights_requests.correcting
        import rights_requests.drift
        import rights_requests.letters
        import rights_requests.lifting
        import rights_requests.probing
        import rights_requests.retaining
        import rights_requests.waiting  # noqa: F401
        from rights_requests.report.places import check_report  # models are ready here

        checks.register(check_report, checks.Tags.models)
