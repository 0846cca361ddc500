"""What came in and what went out, read again from the archive and compared with what was booked (A2, A5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from django.db import connection

from sorgente.archive.queries.documents import read_document
from sorgente.payments.adapters.pagopa_receipt import read_receipts
from sorgente.payments.adapters.statement_files import read_statement_file
from sorgente.payments.core.fingerprint import entry_fingerprints, receipt_fingerprint
from sorgente.payments.core.receipt_columns import our_cents
from sorgente.payments.core.statement import BOOKED
from sorgente.payments.models import Collection, DebitFile, Payment, StatementFile
from sorgente.shared.audit import Problem
from sorgente.shared.errors import SorgenteError
from sorgente.shared.money import cents_from_euro, euro
from sorgente.shared.xml import parse_xml

# A receipt stored by an import that was killed before it booked: its money is nowhere.
_RECEIPTS_WITHOUT_EFFECT = """
SELECT s.subject FROM archive_documentsubject s JOIN archive_document d ON d.id = s.document_id AND d.kind = 'receipt'
  LEFT JOIN (SELECT left('receipt:' || substr(fingerprint, position('/' IN fingerprint) + 1), 80) AS subject
               FROM payments_payment WHERE kind = 'pagopa') p ON p.subject = s.subject
 WHERE s.subject LIKE 'receipt:%' AND p.subject IS NULL ORDER BY s.id
"""


def problems() -> Iterator[Problem]:
    """Yield every offender of A2 and A5 that the archived debit files, statements and receipts show."""
    yield from _debit_files()
    yield from _statements()
    yield from _receipts()


def _debit_files() -> Iterator[Problem]:
    """A2: the file the bank got asks, debit by debit, what we say it asks."""
    for pk, message_id, sha256 in DebitFile.objects.order_by("id").values_list("id", "message_id", "document__sha256"):
        subject = f"Debit file {message_id}"
        try:
            root = parse_xml(read_document(sha256), subject)
        except SorgenteError as problem:
            yield Problem("A2", subject, f"It cannot be read again: {problem.facts}")
            continue
        asked = {
            debit.findtext("{*}PmtId/{*}EndToEndId"): cents_from_euro(debit.findtext("{*}InstdAmt") or "0")
            for debit in root.iter("{*}DrctDbtTxInf")
        }
        kept = dict(Collection.objects.filter(file_id=pk).values_list("end_to_end_id", "cents"))
        for debit in sorted({*asked, *kept} - {None}, key=str):
            if asked.get(debit) != kept.get(debit or ""):
                yield Problem(
                    "A2",
                    f"Debit {debit}",
                    f"The file asks {_money(asked.get(debit))}, the collection is {_money(kept.get(debit or ''))}.",
                )


def _statements() -> Iterator[Problem]:
    """A5: every entry of a statement is booked once, and nothing is booked that no statement says."""
    files = StatementFile.objects.order_by("id").values_list(
        "id", "entries", "new_entries", "document__sha256", "document__title"
    )
    for pk, entries, new, sha256, title in files:
        subject = f"Statement {title}"
        try:
            found = read_statement_file(read_document(sha256), title)
        except SorgenteError as problem:
            yield Problem("A5", subject, f"It cannot be read again: {problem.facts}")
            continue
        # Statements that an import sets aside are read too: their entries may repeat those of the others.
        said = [entry for statement in found.statements for entry in statement.entries if entry.status == BOOKED]
        said_cents = dict(zip(entry_fingerprints(said), (entry.cents for entry in said), strict=True))
        booked: dict[str, int] = defaultdict(int)
        for name, cents in Payment.objects.filter(statement_file_id=pk).values_list("fingerprint", "cents"):
            booked[name.partition("/")[0]] += cents  # a batch is one entry and a payment for each debit in it
        for name, cents in booked.items():
            if said_cents.get(name) != cents:
                yield Problem(
                    "A5",
                    f"Payment {name}",
                    f"Booked {euro(cents)}, statement {title} says {_money(said_cents.get(name))}.",
                )
        if not len(booked) == new <= entries <= len(said):
            yield Problem(
                "A5",
                subject,
                f"It says {len(said)} entries; {entries} were taken, {new} of them new, {len(booked)} are booked.",
            )


def _receipts() -> Iterator[Problem]:
    """A5: every payment by pagoPA is what its receipt says, and every receipt kept is booked."""
    rows = (
        Payment.objects.filter(kind=Payment.Kind.PAGOPA)
        .order_by("document_id", "id")
        .values_list("document__sha256", "document__title", "fingerprint", "cents")
    )
    for (sha256, title), group in groupby(rows.iterator(chunk_size=2_000), key=itemgetter(0, 1)):
        payments = list(group)
        try:
            receipts = read_receipts(read_document(sha256), title)
        except SorgenteError as problem:
            yield Problem("A5", f"Receipt {title}", f"It cannot be read again: {problem.facts}")
            continue
        for _, _, name, cents in payments:
            creditor = name.removeprefix("receipt:").partition("/")[0]
            stated = next(
                (
                    our_cents(receipt, creditor=creditor)
                    for receipt in receipts
                    if receipt_fingerprint(creditor=creditor, receipt_id=receipt.receipt_id) == name
                ),
                None,
            )
            if stated != cents:
                yield Problem("A5", f"Payment {name}", f"Booked {euro(cents)}, its receipt says {_money(stated)}.")
    with connection.cursor() as cursor:
        cursor.execute(_RECEIPTS_WITHOUT_EFFECT)
        for (subject,) in cursor:
            yield Problem(
                "A5", f"Receipt {subject.removeprefix('receipt:')}", "It lies in the archive and was never booked."
            )


def _money(cents: int | None) -> str:
    return "nothing" if cents is None else euro(cents)
