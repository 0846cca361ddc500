"""Everything we keep about a party, for whoever it is about (GDPR articles 15 and 20)."""

from __future__ import annotations

import json
import tempfile
import zipfile
from dataclasses import asdict
from datetime import date, datetime
from typing import IO, Any

from sorgente.archive.queries.documents import DocumentFacts, documents_of
from sorgente.archive.usecases.read_document import read_document_for
from sorgente.billing.queries.bill_list import list_bills
from sorgente.customers.access.queries.delegates import delegates_of
from sorgente.customers.queries.overview import CustomerCard, customer_overview
from sorgente.interfaces.desk.customer_page import own_reads
from sorgente.ledger.queries.accounts import statement_of
from sorgente.messages.queries.messages import messages_of_account
from sorgente.metering.queries.point_meters import meters_at
from sorgente.payments.queries.mandate_list import mandates_of

_IN_MEMORY = 8_000_000
_EVERY_READ = 100_000


def data_of(party_id: int, *, as_of: date) -> dict[str, Any]:
    """Return what is kept, as plain values under Italian names a person understands."""
    card = customer_overview(party_id, as_of=as_of)
    points = [contract.point.id for account in card.accounts for contract in account.contracts]
    supplied = [(one.point.id, one.start, one.end) for account in card.accounts for one in account.contracts]
    meters = own_reads(meters_at(points, latest=_EVERY_READ), supplied)
    return {
        "estratti_il": as_of,
        "cliente": asdict(card),
        "contatori": [asdict(meter) for meter in meters],
        "bollette": [dict(row) for row in list_bills(as_of=as_of, holder_id=party_id)],
        "conti": {account.number: [asdict(one) for one in statement_of(account.id)] for account in card.accounts},
        "mandati": [asdict(one) for one in mandates_of([account.id for account in card.accounts])],
        "messaggi": [asdict(one) for account in card.accounts for one in messages_of_account(account.number)],
        "deleghe": [asdict(one) for account in card.accounts for one in delegates_of(account.number, as_of=as_of)],
        "documenti": [_plain(one) for one in documents_of_party(card, as_of=as_of)],
    }


def documents_of_party(card: CustomerCard, *, as_of: date) -> list[DocumentFacts]:
    """Return the documents about a party, its accounts, contracts and bills, each once, the latest first."""
    subjects = [f"party:{card.id}"]
    for account in card.accounts:
        subjects.append(f"account:{account.number}")
        subjects += [f"contract:{contract.number}" for contract in account.contracts]
    subjects += [f"bill:{row['number']}" for row in list_bills(as_of=as_of, holder_id=card.id)]
    return documents_of(*subjects)


def json_of(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=2, default=_said).encode()


def zip_of(party_id: int, *, as_of: date, reader: str, at: datetime) -> IO[bytes]:
    """Return a ZIP with the data and every document, at its beginning; it is on disk where it is large.

    reader  who takes it along, for the reading log of each document
    """
    card = customer_overview(party_id, as_of=as_of)
    # Closed by whoever sends it.
    target = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("dati.json", json_of(data_of(party_id, as_of=as_of)))
        for document in documents_of_party(card, as_of=as_of):
            made.writestr(
                f"documenti/{_file_name(document)}", read_document_for(sha256=document.sha256, reader=reader, at=at)
            )
    target.seek(0)
    return target


def _plain(document: DocumentFacts) -> dict[str, Any]:
    return {
        "titolo": document.title,
        "tipo": document.kind_label,
        "archiviato": document.stored_at,
        "sha256": document.sha256,
        "file": _file_name(document),
    }


_SUFFIXES = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "application/xml": ".xml"}


def _file_name(document: DocumentFacts) -> str:
    name = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in document.title).strip("-")[:80]
    return f"{document.stored_at:%Y-%m-%d}-{name}-{document.sha256[:8]}{_SUFFIXES.get(document.media_type, '')}"


def _said(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
