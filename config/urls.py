from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from notices.views import choose_language
from rights_requests.admin.phone_order import phone_order

handler500 = "audit.failures.server_error"

urlpatterns = [
    path("", choose_language, name="choose_language"),
    path("account/", include("staff.urls")),
    path("admin/mailbox/", include("demo.urls")),
    path("admin/phone-order/", admin.site.admin_view(phone_order), name="phone_order"),
    path("admin/", admin.site.urls),
    *i18n_patterns(
        path("requests/", include("rights_requests.urls")),
        path("", include("notices.urls")),
    ),
]
