from django.urls import URLPattern, path

from sorgente.interfaces.desk.views import archive, billing, customers, home, metering, payments, signing

app_name = "desk"
urlpatterns: list[URLPattern] = [
    path("", home.dashboard, name="home"),
    path("search/", customers.search, name="search"),
    path("customers/", customers.customers, name="customers"),
    path("customers/<int:party_id>/", customers.customer, name="customer"),
    path("statements/<str:number>/", customers.statement, name="statement"),
    path("reads/", metering.reads, name="reads"),
    path("reads/<int:read_id>/judge/", metering.judge, name="judge"),
    path("bills/", billing.bills, name="bills"),
    path("bills/<path:number>/replay/", billing.replay, name="replay"),
    path("bills/<path:number>/", billing.bill, name="bill"),
    path("runs/", billing.runs, name="runs"),
    path("runs/parked/", billing.parked, name="parked"),
    path("runs/parked/<int:item_id>/release/", billing.release, name="release"),
    path("runs/<str:name>/", billing.run, name="run"),
    path("payments/", payments.payments, name="payments"),
    path("payments/<int:payment_id>/", payments.payment, name="payment"),
    path("payments/<int:payment_id>/match/", payments.match, name="match"),
    path("documents/", archive.documents, name="documents"),
    path("documents/<str:sha256>/", archive.document, name="document"),
    path("signing/", signing.signing, name="signing"),
    path("signing/pair/", signing.signing_pair, name="signing_pair"),
    path("signing/tablets/<int:pairing_id>/", signing.signing_pairing, name="signing_pairing"),
    path("signing/tablets/<int:pairing_id>/state/", signing.signing_pairing_state, name="signing_pairing_state"),
    path("signing/tablets/<int:pairing_id>/end/", signing.signing_tablet, name="signing_tablet"),
    path("signing/<int:envelope_id>/", signing.signing_envelope, name="signing_envelope"),
    path("signing/<int:envelope_id>/state/", signing.signing_state, name="signing_state"),
    path("signing/<int:envelope_id>/send/", signing.signing_send, name="signing_send"),
    path("signing/<int:envelope_id>/cancel/", signing.signing_cancel, name="signing_cancel"),
    path("signing/<int:envelope_id>/another-way/", signing.signing_another_way, name="signing_another_way"),
]
