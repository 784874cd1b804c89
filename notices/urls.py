from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("", views.in_force, name="in_force"),
    path("clauses.json", views.clauses_in_force, name="clauses_in_force"),
    path("versions/", views.versions, name="versions"),
    path("versions/<int:number>/", views.version, name="version"),
    path("versions/<int:number>/changes/", views.changes, name="changes"),
    path("versions/<int:number>/clauses.json", views.clauses, name="clauses"),
]
