from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "sorgente.interfaces.desk"
    label = "desk"
    verbose_name = "Sportello"
