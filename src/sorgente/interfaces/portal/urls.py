from django.conf import settings
from django.urls import URLPattern, path

from sorgente.interfaces.portal.app import views as app
from sorgente.interfaces.portal.views import (
    activation,
    appointments,
    bills,
    delegates,
    entrance,
    home,
    household,
    notifications,
    own_data,
    papers,
    profile,
    requests,
    security,
    water,
)

app_name = "portal"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("conti/<str:number>/", home.account, name="account"),
    # The app
    path("manifest.webmanifest", app.manifest, name="manifest"),
    path("sw.js", app.worker, name="worker"),
    path("senza-rete/<str:language>/", app.offline, name="offline"),
    path("vai/<str:place>/", app.go, name="go"),
    # What one is told, and how
    path("avvisi/", notifications.notifications, name="notifications"),
    path("avvisi/<int:party_id>/", notifications.choose, name="choose"),
    path("avvisi/dispositivi/", notifications.devices, name="devices"),
    path("avvisi/dispositivi/<int:device_id>/togli/", notifications.drop_device, name="drop_device"),
    path("conti/<str:number>/nucleo/", household.household, name="household"),
    path("pratiche/<str:number>/", household.change, name="change"),
    path("documenti/", papers.papers, name="papers"),
    path("documenti/<int:envelope_id>/firma/", papers.sign, name="sign_paper"),
    path("documenti/<int:envelope_id>/copia/", papers.signed_copy, name="signed_copy"),
    path("appuntamenti/", appointments.appointments, name="appointments"),
    # The door
    path("entra/", entrance.sign_in, name="sign_in"),
    path("entra/codice/", entrance.sign_in_code, name="sign_in_code"),
    path("entra/altro-codice/", entrance.send_again, name="send_again"),
    path("entra/identita/", entrance.identity_failed, name="identity_failed"),
    path("esci/", entrance.sign_out, name="sign_out"),
    path("lingua/", entrance.language, name="language"),
    path("password/", entrance.forgotten, name="forgotten"),
    path("password/<str:uid>/<str:token>/", entrance.reset, name="reset"),
    path("attiva/", activation.start, name="activate"),
    path("attiva/email/", activation.email, name="activate_email"),
    path("attiva/codice/", activation.code, name="activate_code"),
    path("attiva/password/", activation.password, name="activate_password"),
    path("attiva/aggiungi/", activation.add_proven, name="add_proven"),
    path("invito/<str:token>/", activation.invitation, name="invitation"),
    # Bills
    path("conti/<str:number>/bollette/", bills.bills, name="bills"),
    path("conti/<str:number>/estratto/", bills.statement, name="statement"),
    path("bollette/<path:number>/pdf/", bills.paper, name="paper"),
    path("bollette/<path:number>/", bills.bill, name="bill"),
    # Water
    path("conti/<str:number>/consumi/", water.water, name="water"),
    path("conti/<str:number>/autolettura/", water.self_reading, name="self_reading"),
    path("conti/<str:number>/autolettura/fatta/", water.self_reading_done, name="self_reading_done"),
    # Requests
    path("conti/<str:number>/richieste/", requests.requests, name="requests"),
    path("conti/<str:number>/richieste/nuova/", requests.new_request, name="new_request"),
    path("richieste/<str:number>/", requests.one_request, name="request"),
    path("profilo/<int:party_id>/cancella/", requests.delete_data, name="delete_data"),
    # Profile
    path("profilo/", profile.profile, name="profile"),
    path("profilo/<int:party_id>/contatti/", profile.contacts, name="contacts"),
    path("profilo/<int:party_id>/consensi/", profile.consents, name="consents"),
    path("profilo/<int:party_id>/consensi/scelta/", profile.consent, name="consent"),
    path("profilo/<int:party_id>/dati/", own_data.own_data, name="own_data"),
    path("profilo/<int:party_id>/dati/<str:shape>/", own_data.download, name="download_data"),
    path("conti/<str:number>/recapito/", profile.delivery, name="delivery"),
    path("conti/<str:number>/deleghe/", delegates.delegates, name="delegates"),
    path("conti/<str:number>/deleghe/togli/", delegates.remove, name="remove_delegate"),
    path("accesso/", security.security, name="security"),
    path("accesso/secondo/", security.second_factor, name="second_factor"),
    path("accesso/app/", security.app, name="app"),
    path("accesso/email/", security.by_email, name="by_email"),
    path("accesso/password/", security.password, name="password"),
    path("accesso/chiudi/", security.end, name="end_session"),
]

if settings.DEMO:
    from sorgente.interfaces.portal.demo import sign_in_as

    urlpatterns.append(path("demo/<int:party_id>/", sign_in_as, name="demo_sign_in"))
