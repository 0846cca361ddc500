from django.apps import AppConfig


class SigningConfig(AppConfig):
    name = "sorgente.archive.signing"
    label = "signing"
    verbose_name = "Firma"

    def ready(self) -> None:
        from sorgente.archive.signing import checks  # noqa: F401
