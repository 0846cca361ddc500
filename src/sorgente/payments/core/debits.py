"""What a direct debit file says, before any format: debits, grouped into batches, in a file of one creditor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sorgente.payments.core.sepa_text import is_sepa_reference
from sorgente.shared.errors import SorgenteError

LARGEST_CENTS = 99_999_999_999  # 999999999.99 EUR, the scheme's limit


class DebitUnusable(SorgenteError):
    code = "payments.debit.unusable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Creditor:
    """Who collects.

    creditor_id  AT-02, 23 characters for Italy
    iban         the account credited
    bic          of its bank; None where the scheme does without
    cuc          the initiating party's CBI code, 8 characters; needed in the CBI formats only
    """

    name: str
    creditor_id: str
    iban: str
    bic: str | None = None
    cuc: str | None = None

    @property
    def abi(self) -> str:
        """The five digits of the bank inside an Italian IBAN (IT kk C AAAAA ...)."""
        return self.iban[5:10]


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What of the mandate changed since the latest debit presented; None where nothing did.

    original_iban          earlier account at the same bank
    new_bank               earlier account at another bank: "same mandate, new debtor account"
    """

    original_umr: str | None = None
    original_creditor_id: str | None = None
    original_creditor_name: str | None = None
    original_iban: str | None = None
    new_bank: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Debit:
    """One collection. `end_to_end_id` is new at every attempt and comes back in every return."""

    end_to_end_id: str
    cents: int
    due_on: date
    umr: str
    signed_on: date
    debtor_name: str
    debtor_iban: str
    debtor_bic: str | None = None
    debtor_tax_code: str | None = None
    ultimate_debtor: str | None = None
    remittance: str = ""
    sequence_type: str = "RCUR"
    scheme: str = "CORE"
    amendment: Amendment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DebitBatch:
    """One PmtInf: one due date, sequence type and scheme."""

    batch_id: str
    due_on: date
    sequence_type: str
    scheme: str
    debits: tuple[Debit, ...]

    @property
    def cents(self) -> int:
        return sum(debit.cents for debit in self.debits)


@dataclass(frozen=True, slots=True, kw_only=True)
class DebitFile:
    """One message to the bank. `made_at` carries its own offset from UTC, or none."""

    message_id: str
    made_at: datetime
    creditor: Creditor
    batches: tuple[DebitBatch, ...]

    @property
    def count(self) -> int:
        return sum(len(batch.debits) for batch in self.batches)

    @property
    def cents(self) -> int:
        return sum(batch.cents for batch in self.batches)


def group_debits(*, message_id: str, debits: Iterable[Debit]) -> tuple[DebitBatch, ...]:
    """Return one batch per (due date, sequence type, scheme), debits in the order of their end-to-end id.

    message_id  at most 31 characters; batches are named after it, `-001`, `-002` ...
    """

    def key(debit: Debit) -> tuple[date, str, str]:
        return (debit.due_on, debit.sequence_type, debit.scheme)

    ordered = sorted(debits, key=lambda debit: (*key(debit), debit.end_to_end_id))
    return tuple(
        DebitBatch(
            batch_id=f"{message_id}-{number:03d}",
            due_on=due_on,
            sequence_type=sequence_type,
            scheme=scheme,
            debits=tuple(group),
        )
        for number, ((due_on, sequence_type, scheme), group) in enumerate(groupby(ordered, key), start=1)
    )


def check_debit(debit: Debit) -> None:
    """Raise DebitUnusable when the scheme would refuse the debit."""
    problem = ""
    if not 0 < debit.cents <= LARGEST_CENTS:
        problem = f"{debit.cents} cents is outside 1 to {LARGEST_CENTS}."
    elif not is_sepa_reference(debit.end_to_end_id):
        problem = "Its end-to-end id has characters or a length that banks refuse."
    elif not is_sepa_reference(debit.umr):
        problem = f"Mandate {debit.umr!r} has characters or a length that banks refuse."
    elif debit.due_on < debit.signed_on:
        problem = f"Due on {debit.due_on}, before the mandate was signed on {debit.signed_on}."
    if problem:
        raise DebitUnusable(f"Debit {debit.end_to_end_id}", problem, "Leave it out, mend it and make the file again.")
