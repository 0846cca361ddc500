from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from sorgente.archive.usecases.store_document import store_document
from sorgente.payments.adapters.statement_files import read_statement_file
from sorgente.payments.core.fingerprint import entry_fingerprints
from sorgente.payments.core.statement import BOOKED, Statement, StatementEntry
from sorgente.payments.models import Payment, StatementFile
from sorgente.payments.usecases.settle_entries import settle_entries
from sorgente.shared.errors import SorgenteError


class StatementSetAside(SorgenteError):
    code = "payments.statement.set-aside"


@dataclass(slots=True)
class StatementImported:
    """Every statement of the file is either imported or among the refusals, by its file or member name.

    repeated  the very same file was imported before: nothing was done
    new       entries not seen in any earlier file; each is matched or in suspense
    """

    document_id: int
    repeated: bool = False
    entries: int = 0
    new: int = 0
    matched: int = 0
    suspense: int = 0
    refusals: list[tuple[str, SorgenteError]] = field(default_factory=list)


@transaction.atomic
def import_statement(*, data: bytes, file: str, imported_at: datetime) -> StatementImported:
    """Keep a bank statement in the archive, book its entries and match them to what they pay.

    The same file again changes nothing; an overlapping one adds only what is new.
    raises  why nothing in the file could be imported; nothing is stored then
    """
    found = read_statement_file(data, file)
    refusals = list(found.refusals)
    good: list[Statement] = []
    for statement in found.statements:
        refusal = _refusal(statement)
        if refusal is None:
            good.append(statement)
        else:
            refusals.append((statement.file, refusal))
    if not good:
        raise refusals[0][1]
    document = store_document(
        content=data,
        title=file.rpartition("/")[2][:200],
        kind="statement",
        media_type=_media_type(data),
        subject=sorted({f"bank_account:{statement.account}" for statement in good if statement.account}),
        stored_at=imported_at,
    )
    if StatementFile.objects.filter(document_id=document.pk).exists():
        return StatementImported(document.pk, repeated=True, refusals=refusals)
    entries = [entry for statement in good for entry in statement.entries if entry.status == BOOKED]
    new = _new_ones(entries)
    kept = StatementFile.objects.create(
        document_id=document.pk, imported_at=imported_at, entries=len(entries), new_entries=len(new)
    )
    payments = settle_entries(new, statement_file=kept, recorded_at=imported_at)
    waiting = sum(payment.match == Payment.Match.SUSPENSE for payment in payments)
    return StatementImported(
        document.pk,
        entries=len(entries),
        new=len(new),
        matched=len(payments) - waiting,
        suspense=waiting,
        refusals=refusals,
    )


def _new_ones(entries: list[StatementEntry]) -> list[tuple[str, StatementEntry]]:
    fingerprints = entry_fingerprints(entries)
    known = set(Payment.objects.filter(fingerprint__in=fingerprints).values_list("fingerprint", flat=True))
    return [(print_, entry) for print_, entry in zip(fingerprints, entries, strict=True) if print_ not in known]


def _refusal(statement: Statement) -> SorgenteError | None:
    subject = f"{statement.file}, statement {statement.statement_id or 'without Id'}"
    if statement.defect is not None:
        return statement.defect
    if statement.warnings:
        return StatementSetAside(
            subject, f"It does not add up: {statement.warnings[0]}.", "Ask the bank for a corrected statement."
        )
    if statement.intraday:
        return StatementSetAside(
            subject,
            "It is an intraday report: its movements come again with the statement of the day.",
            "Import the camt.053 of the day.",
        )
    booked = [entry for entry in statement.entries if entry.status == BOOKED]
    foreign = next((entry.currency for entry in booked if entry.currency != "EUR"), None)
    if foreign is not None:
        return StatementSetAside(subject, f"It is in {foreign}.", "Book accounts in other currencies by hand.")
    if any(entry.booked_on is None and entry.value_on is None for entry in booked):
        return StatementSetAside(subject, "An entry has no day.", "Ask the bank for a corrected statement.")
    return None


def _media_type(data: bytes) -> str:
    if data.startswith(b"PK"):
        return "application/zip"
    return "application/xml" if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") else "text/plain"
