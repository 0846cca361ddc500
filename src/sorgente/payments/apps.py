from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "sorgente.payments"
    label = "payments"
    verbose_name = "Incassi"
