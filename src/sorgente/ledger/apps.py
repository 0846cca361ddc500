from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "sorgente.ledger"
    label = "ledger"
    verbose_name = "Contabilità"
