from django.urls import path

from rights_requests import views

app_name = "requests"
urlpatterns = [
    path("", views.choose, name="choose"),
    path("form/", views.form, name="form"),
    path("form/paper/", views.paper, name="paper"),
    path("without-email/", views.without_email, name="without_email"),
    path("sent/<str:signed>/", views.sent, name="sent"),
    path("proven/", views.proven, name="proven"),
    # as rights_requests.models.letters.address_of writes them
    path("proof/<str:token>/", views.proof, name="proof"),
    path("status/<str:token>/", views.status, name="status"),
    path("read/<str:token>/", views.letter, name="letter"),
    path("report/<str:token>/", views.report, name="report"),
    path("transfer/<str:token>/", views.transfer, name="transfer"),
]
