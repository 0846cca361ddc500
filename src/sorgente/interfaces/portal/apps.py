from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "sorgente.interfaces.portal"
    label = "portal"
    verbose_name = "Area clienti"
