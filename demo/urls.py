from django.contrib import admin
from django.urls import path

from demo.views import mail, mailbox

urlpatterns = [
    path("", admin.site.admin_view(mailbox), name="mailbox"),
    path("<slug:key>/", admin.site.admin_view(mail), name="mail"),
]
