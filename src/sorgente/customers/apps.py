from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "sorgente.customers"
    label = "customers"
    verbose_name = "Clienti"
