"""The utility as the creditor of direct debits, from its company file."""

from __future__ import annotations

from sorgente.payments.core.debits import Creditor
from sorgente.shared.company import Company


def creditor_of(company: Company) -> Creditor:
    """Return who collects: name as registered at the bank, creditor identifier, account, BIC and CUC."""
    bank = company.bank
    return Creditor(
        name=bank.account_holder, creditor_id=company.creditor_id, iban=bank.iban, bic=bank.bic, cuc=bank.cuc
    )
