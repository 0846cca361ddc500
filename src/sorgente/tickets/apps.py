from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "sorgente.tickets"
    label = "tickets"
    verbose_name = "Segnalazioni"
