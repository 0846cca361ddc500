"""How many there are."""

from __future__ import annotations

from sorgente.customers.models import ContractAccount


def account_count() -> int:
    """Return how many contract accounts there are."""
    return ContractAccount.objects.count()
