from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "sorgente.archive"
    label = "archive"
    verbose_name = "Archivio"
