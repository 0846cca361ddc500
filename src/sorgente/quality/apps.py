from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "sorgente.quality"
    label = "quality"
    verbose_name = "Qualità"
