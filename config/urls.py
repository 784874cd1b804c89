from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from notices.views import choose_language
from register.admin.processing_record import (
    processing_record,
    processing_record_pdf,
    processing_record_xlsx,
)
from rights_requests.admin.phone_order import phone_order

handler500 = "audit.failures.server_error"

urlpatterns = [
    path("", choose_language, name="choose_language"),
    path("account/", include("staff.urls")),
    path("admin/mailbox/", include("demo.urls")),
    path("admin/phone-order/", admin.site.admin_view(phone_order), name="phone_order"),
    *(
        path(f"admin/processing-record/{rest}", admin.site.admin_view(view), name=view.__name__)
        for rest, view in (
            ("", processing_record),
            ("<str:language>/pdf/", processing_record_pdf),
            ("<str:language>/xlsx/", processing_record_xlsx),
        )
    ),
    path("admin/", admin.site.urls),
    *i18n_patterns(
        path("requests/", include("rights_requests.urls")),
        path("", include("notices.urls")),
    ),
]
