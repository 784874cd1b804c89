from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("", views.in_force, name="in_force"),
    path("versions/", views.versions, name="versions"),
    path("versions/<int:number>/", views.version, name="version"),
]
