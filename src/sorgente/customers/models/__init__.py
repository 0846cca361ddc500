"""Tables of customers: who owes, where and under which terms (`supply`), and what they ask for (`requests`)."""

from sorgente.customers.models.history import with_history
from sorgente.customers.models.requests import ContractRequest, RequestDocument, RequestYear
from sorgente.customers.models.supply import (
    Address,
    Consent,
    ContactPoint,
    ContractAccount,
    Party,
    ServicePoint,
    SupplyContract,
    SupplyTerms,
)

__all__ = [
    "Address",
    "Consent",
    "ContactPoint",
    "ContractAccount",
    "ContractRequest",
    "Party",
    "RequestDocument",
    "RequestYear",
    "ServicePoint",
    "SupplyContract",
    "SupplyTerms",
    "with_history",
]
