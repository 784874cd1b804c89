from django.contrib import admin

from audit.admin import RememberedAdmin
from rights_requests.models import Deputy


@admin.register(Deputy)
class DeputyAdmin(RememberedAdmin):
    """Who stands in for the contact person, and when (P03)."""

    list_display = ("name", "email", "first_on", "last_on")
    fields = ("name", "email", "first_on", "last_on", "reason")
