"""What one statement entry says about what it is for, before anything is looked up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sorgente.payments.core.notice import has_right_check, notice_of
from sorgente.payments.core.references import find_references, rf_in, single_payment_reference
from sorgente.payments.core.statement import StatementEntry

# ISO bank transaction sub-families and CBI reasons; the sign of the entry is asked besides.
_RETURN_CODES = frozenset({"UPDD", "RRTN", "PRDD", "UPCT"})
_CBI_RETURNS = frozenset({"31"})
_FEE_CODES = frozenset({"CHRG", "COMM", "FEES"})
_CBI_FEES = frozenset({"16"})
_RF_BILL = re.compile(r"RF\d{2}(20\d{2})([A-Z]{2,8})(\d{1,9})")
_BATCH = re.compile(r"(SDD\d{8}-\d{2})-\d{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """References of an entry in the order in which they are tried.

    debit_file  message id of our direct debit file, when the entry is the credit of a whole batch of it
    notices     notice numbers, from the structured reference before the free text
    bills       (year, series, sequence), from an RF reference made of a bill number and from the free text
    """

    end_to_end_id: str | None
    mandate_id: str | None
    debit_file: str | None
    flow_id: str | None
    notices: tuple[str, ...]
    rf_bills: tuple[tuple[int, str, int], ...]
    bills: tuple[tuple[int, str, int], ...]
    is_return: bool
    is_fee: bool


def clues_of(entry: StatementEntry) -> Clues:
    """Return what an entry refers to."""
    text = " ".join(part for part in (entry.creditor_reference, entry.remittance, entry.end_to_end_id) if part)
    found = find_references(text)
    code = entry.bank_code or ""
    parts = set(re.split(r"[/+]", code))
    batch = _BATCH.fullmatch(entry.batch_id or "")
    return Clues(
        end_to_end_id=entry.end_to_end_id,
        mandate_id=entry.mandate_id,
        debit_file=batch[1] if batch else None,
        flow_id=found.flow_id,
        notices=_notices(entry.creditor_reference, text, found.notices),
        rf_bills=tuple(bill for reference in found.creditor_references if (bill := rf_bill(reference)) is not None),
        bills=found.bills,
        is_return=entry.cents < 0
        and bool(entry.return_reason or parts & _RETURN_CODES or (code[:2] in _CBI_RETURNS and len(code) <= 5)),
        is_fee=entry.cents < 0 and bool(parts & _FEE_CODES or (code[:2] in _CBI_FEES and len(code) <= 5)),
    )


def rf_bill(reference: str) -> tuple[int, str, int] | None:
    """Return the bill that our RF reference of it names (RFkk2026SII123), None for any other."""
    match = _RF_BILL.fullmatch(reference)
    return (int(match[1]), match[2], int(match[3])) if match else None


def _notices(reference: str | None, text: str, in_text: tuple[str, ...]) -> tuple[str, ...]:
    found = []
    if reference and has_right_check(reference):
        found.append(reference)
    single = single_payment_reference(text)
    rf = rf_in(single) if single else None
    for iuv in (single, rf[4:] if rf else None):
        notice = notice_of(iuv) if iuv else None
        if notice is not None:
            found.append(notice)
    return tuple(dict.fromkeys([*found, *in_text]))
