from django.apps import AppConfig

# the module and not the class: a class named here would become the config of "staff"
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "staff"
    verbose_name = _("Staff")


class StaffAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "staff.admin_site.SelosteAdminSite"
