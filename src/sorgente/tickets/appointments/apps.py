from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "sorgente.tickets.appointments"
    label = "appointments"
    verbose_name = "Appuntamenti"
