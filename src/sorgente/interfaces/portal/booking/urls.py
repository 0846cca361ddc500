from django.urls import URLPattern, path

from sorgente.interfaces.portal.booking import held, new

app_name = "booking"
urlpatterns: list[URLPattern] = [
    path("", new.services, name="services"),
    path("nuovo/<slug:service>/", new.places, name="places"),
    path("nuovo/<slug:service>/<slug:place>/", new.times, name="times"),
    path("nuovo/<slug:service>/<slug:place>/<int:slot_id>/", new.who, name="who"),
    path("<str:token>/", held.appointment_page, name="appointment"),
    path("<str:token>/sposta/", held.move, name="move"),
    path("<str:token>/annulla/", held.call_off, name="call_off"),
    path("<str:token>/appuntamento.ics", held.calendar, name="calendar"),
]
