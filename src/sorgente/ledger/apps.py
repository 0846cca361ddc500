from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LedgerConfig(AppConfig):
    name = "sorgente.ledger"
    label = "ledger"
    verbose_name = "Contabilità"

    def ready(self) -> None:
        post_migrate.connect(_load_chart, sender=self)


def _load_chart(**_: Any) -> None:
    from sorgente.ledger.usecases.load_chart import load_chart

    load_chart()
