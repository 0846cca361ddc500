from django.urls import include, path

urlpatterns = [
    path("accounts/", include("sorgente.interfaces.desk.urls_accounts")),
    path("language/", include("django.conf.urls.i18n")),
    path("area/", include("sorgente.interfaces.portal.urls")),
    path("firma/", include("sorgente.interfaces.portal.signing.urls")),
    path("api/", include("sorgente.interfaces.api.urls")),
    path("", include("sorgente.interfaces.desk.urls")),
]
