"""Customers with issued bills, and the days that tests of payments turn on."""

from __future__ import annotations

from datetime import date, timedelta

from sorgente.interfaces.commands.benches.issued_bills import DUE_ON, ISSUED_ON, make_bills
from sorgente.interfaces.commands.benches.issued_bills import ISSUED_AT as NOW

__all__ = ["DUE_ON", "ISSUED_ON", "NOW", "days_before_due", "make_bills"]


def days_before_due(days: int) -> date:
    return DUE_ON - timedelta(days=days)
