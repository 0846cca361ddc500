"""How a payment is recognised when it arrives again: in the same file, in an overlapping one, or pushed twice."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from sorgente.payments.core.statement import StatementEntry


def entry_fingerprints(entries: Iterable[StatementEntry]) -> list[str]:
    """Return one fingerprint per booked entry of a file, in order.

    No reference of a bank is reliable alone, so all that the entry says counts, and its place among the entries of
    the file that say exactly the same: two equal transfers of a day stay two, however often the file comes.
    """
    seen: Counter[str] = Counter()
    found = []
    for entry in entries:
        said = "|".join(
            str(part)
            for part in (
                entry.account, entry.booked_on, entry.value_on, entry.cents, entry.bank_reference,
                entry.end_to_end_id, entry.mandate_id, entry.batch_id, entry.remittance, entry.counterparty,
            )
        )  # fmt: skip
        seen[said] += 1
        digest = hashlib.sha256(f"{said}|{seen[said]}".encode()).hexdigest()
        found.append(f"statement:{digest[:40]}")
    return found


def receipt_fingerprint(*, creditor: str, receipt_id: str) -> str:
    """Return the key of a receipt: its id is unique per creditor institution."""
    return f"receipt:{creditor}/{receipt_id}"
