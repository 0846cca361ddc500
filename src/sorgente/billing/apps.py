from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "sorgente.billing"
    label = "billing"
    verbose_name = "Fatturazione"
