"""What a list of refunds says, before any format."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime

from sorgente.payments.core.debits import LARGEST_CENTS, Creditor
from sorgente.payments.core.sepa_text import is_sepa_reference
from sorgente.shared.errors import SorgenteError
from sorgente.shared.money import euro_xml

_COLUMNS = ("riferimento", "beneficiario", "codice_fiscale", "indirizzo", "cap", "comune", "provincia", "importo",
            "causale")  # fmt: skip


class RefundUnusable(SorgenteError):
    code = "payments.refund.unusable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One credit transfer to a customer."""

    end_to_end_id: str
    cents: int
    name: str
    iban: str
    remittance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFile:
    """One pain.001 message: transfers of one day from one account of ours."""

    message_id: str
    made_at: datetime
    pay_on: date
    payer: Creditor
    transfers: tuple[Transfer, ...]

    @property
    def cents(self) -> int:
        return sum(one.cents for one in self.transfers)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalOrder:
    """One refund to a customer without a bank account."""

    reference: str
    name: str
    tax_code: str
    street: str
    postal_code: str
    municipality: str
    province: str
    cents: int
    reason: str


def check_transfer(transfer: Transfer) -> None:
    """Raise RefundUnusable when the scheme would refuse the transfer."""
    if not 0 < transfer.cents <= LARGEST_CENTS:
        problem = f"{transfer.cents} cents is outside 1 to {LARGEST_CENTS}."
    elif not is_sepa_reference(transfer.end_to_end_id):
        problem = "Its end-to-end id has characters or a length that banks refuse."
    elif not transfer.name.strip():
        problem = "It names nobody."
    else:
        return
    raise RefundUnusable(f"Refund {transfer.end_to_end_id}", problem, "Mend it, then make the file again.")


def postal_list(orders: list[PostalOrder]) -> bytes:
    """Return the list as the post's portal takes it: UTF-8, semicolons, one order a line, amounts with a point."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for one in orders:
        cells = (
            one.reference, one.name, one.tax_code, one.street, one.postal_code, one.municipality, one.province,
            euro_xml(one.cents), one.reason,
        )  # fmt: skip
        # A cell that a spreadsheet would take for a formula is text: a name may begin with anything.
        writer.writerow([f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell for cell in cells])
    return stream.getvalue().encode()
