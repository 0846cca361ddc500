"""What a transaction is made of, as values; no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sorgente.ledger.core.chart import RECEIVABLES
from sorgente.shared.errors import SorgenteError
from sorgente.shared.money import euro


class NotBalanced(SorgenteError):
    code = "ledger.transaction.not-balanced"


class LineMalformed(SorgenteError):
    code = "ledger.entry.malformed"


@dataclass(frozen=True, slots=True)
class Line:
    """One debit (positive cents) or credit (negative) on an account of the chart."""

    account: str
    cents: int


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A debit or credit on `receivables` of one contract account; it opens an item to be settled."""

    contract_account_id: int
    cents: int
    reference: str
    due_on: date

    @property
    def account(self) -> str:
        return RECEIVABLES


def check_lines(source: str, lines: Sequence[Line | CustomerLine]) -> None:
    """Raise unless the lines make a transaction: two at least, none zero, sum zero, customers named on receivables."""
    rest = sum(line.cents for line in lines)
    if rest or len(lines) < 2:
        raise NotBalanced(
            f"Transaction {source}",
            f"Its {len(lines)} entries sum to {euro(rest)}.",
            "Debits and credits must be equal, with two entries at least.",
        )
    for number, line in enumerate(lines, start=1):
        if line.cents == 0:
            raise LineMalformed(f"Transaction {source}, entry {number}", "It is zero.", "Leave it out.")
        if isinstance(line, Line) and line.account == RECEIVABLES:
            raise LineMalformed(
                f"Transaction {source}, entry {number}",
                "It stands on receivables without a contract account.",
                "Use a CustomerLine, which says who owes and opens the item.",
            )
