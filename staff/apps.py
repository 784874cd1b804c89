from django.apps import AppConfig

# the module and not the class: a class named here would become the config of "staff"
from django.contrib.admin import apps as admin_apps
from django.core import checks
from django.utils.translation import gettext_lazy as _

from staff.checks import check_base_url, check_keys, check_mail, check_second_factor


class StaffConfig(AppConfig):
    name = "staff"
    verbose_name = _("Staff")

    def ready(self) -> None:
        checks.register(check_base_url, checks.Tags.security, deploy=True)
        checks.register(check_keys, checks.Tags.security, deploy=True)
        checks.register(check_mail, checks.Tags.security, deploy=True)
        checks.register(check_second_factor, checks.Tags.security)


class StaffAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "staff.admin_site.SelosteAdminSite"
