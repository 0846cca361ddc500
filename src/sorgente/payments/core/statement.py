"""What a bank statement says, whatever file it came in.

One `StatementEntry` is one booked detail: the transfers of a batch are several, a single booking is one.
The signed cents of a statement's entries add up to its bookings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sorgente.shared.errors import SorgenteError

BOOKED = "BOOK"
# What banks write where there is no reference.
_NO_REFERENCE = frozenset({"", "-", "NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOREF", "N/A"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementEntry:
    """One movement of money on our account.

    cents             signed: positive came in, negative went out; hundredths of `currency`
    status            BOOK, or PDNG and INFO, which never move the ledger
    reversal          the bank takes back an earlier booking; the sign of `cents` already says which way
    instructed_cents  amount of the original order where the bank netted its charges, unsigned
    bank_code         the bank's code for the kind of movement ("PMNT/IDDT/UPDD", "48//")
    """

    account: str | None
    booked_on: date | None
    value_on: date | None
    cents: int
    currency: str = "EUR"
    status: str = BOOKED
    end_to_end_id: str | None = None
    mandate_id: str | None = None
    return_reason: str | None = None
    remittance: str | None = None
    creditor_reference: str | None = None
    bank_reference: str | None = None
    reversal: bool = False
    batch_id: str | None = None
    counterparty: str | None = None
    counterparty_iban: str | None = None
    instructed_cents: int | None = None
    charges_cents: int = 0
    bank_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement, report or notification of one account.

    intraday  camt.052, MT942: said again by the statement of the day
    warnings  what does not add up; the entries stand, an import sets the statement aside
    defect    what of it could not be read at all (a balance), while the entries could
    """

    file: str
    statement_id: str | None
    account: str | None
    entries: tuple[StatementEntry, ...]
    opening: Decimal | None = None
    closing: Decimal | None = None
    intraday: bool = False
    warnings: tuple[str, ...] = ()
    defect: SorgenteError | None = None


@dataclass(slots=True)
class StatementFile:
    """Everything read from one file: each statement inside is either in `statements` or named in `refusals`."""

    statements: list[Statement] = field(default_factory=list)
    refusals: list[tuple[str, SorgenteError]] = field(default_factory=list)  # (file or member, why)


def balance_warning(
    *, opening: Decimal | None, closing: Decimal | None, entries: Iterable[StatementEntry], label: str
) -> tuple[str, ...]:
    """Return one sentence when opening balance + booked entries is not the closing balance, else nothing."""
    if opening is None or closing is None:
        return ()
    moved = Decimal(sum(entry.cents for entry in entries if entry.status == BOOKED)).scaleb(-2)
    if opening + moved == closing:
        return ()
    return (f"{label}: opening {opening} + entries {moved} is {opening + moved}, closing balance says {closing}",)


def reference_or_none(text: str | None) -> str | None:
    """Return a reference without outer blanks, None where the bank says that there is none."""
    cleaned = (text or "").strip()
    return None if cleaned.upper() in _NO_REFERENCE else cleaned


def one_line(text: str | None) -> str | None:
    """Return text with every run of blanks and line breaks as one blank, None when nothing is left."""
    return " ".join((text or "").split()) or None
