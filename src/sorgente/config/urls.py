from django.urls import include, path

urlpatterns = [
    path("", include("sorgente.interfaces.desk.urls")),
]
