from django.apps import AppConfig


class MeteringConfig(AppConfig):
    name = "sorgente.metering"
    label = "metering"
    verbose_name = "Misura"
