from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "sorgente.customers.access"
    label = "access"
    verbose_name = "Accessi dei clienti"
