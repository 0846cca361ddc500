from django.urls import include, path

from sorgente.interfaces.api.api import api

handler403 = "sorgente.interfaces.portal.errors.refused"
handler404 = "sorgente.interfaces.portal.errors.not_found"

urlpatterns = [
    path("accounts/", include("sorgente.interfaces.desk.urls_accounts")),
    path("language/", include("django.conf.urls.i18n")),
    path("area/identita/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("area/", include("sorgente.interfaces.portal.urls")),
    path("appuntamenti/", include("sorgente.interfaces.portal.booking.urls")),
    path("firma/", include("sorgente.interfaces.portal.signing.urls")),
    path("api/", api.urls),
    path("", include("sorgente.interfaces.desk.urls")),
]
