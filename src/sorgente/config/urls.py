from django.urls import include, path

urlpatterns = [
    path("accounts/", include("sorgente.interfaces.desk.urls_accounts")),
    path("language/", include("django.conf.urls.i18n")),
    path("", include("sorgente.interfaces.desk.urls")),
]
