"""The bank of the demonstration: writes the statements a real one would send (camt.053.001.08)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lxml import etree

from sorgente.shared.money import euro_xml

_NS = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


@dataclass(frozen=True, slots=True)
class Line:
    """One booked movement; cents positive when money comes in."""

    cents: int
    booked_on: date
    family: str  # of the ISO bank transaction code: RCDT received transfer, IDDT issued direct debit
    sub_family: str
    reference: str  # the bank's own
    payer: str = ""
    payer_iban: str = ""
    end_to_end_id: str = ""
    mandate_id: str = ""
    batch_id: str = ""
    batch_count: int = 0
    return_reason: str = ""
    remittance: str = ""


def statement(*, number: int, iban: str, day: date, opening_cents: int, lines: Sequence[Line]) -> bytes:
    """Return the statement of one day; opening + lines = closing."""
    document = etree.fromstring(f'<Document xmlns="{_NS}"/>')
    message = _into(document, "BkToCstmrStmt")
    header = _into(message, "GrpHdr")
    _into(header, "MsgId", f"VALDORO-{day:%Y%m%d}-{number}")
    _into(header, "CreDtTm", f"{day}T20:00:00")
    stmt = _into(message, "Stmt")
    _into(stmt, "Id", f"{day:%Y}-{number:05d}")
    _into(stmt, "ElctrncSeqNb", str(number))
    _into(stmt, "CreDtTm", f"{day}T20:00:00")
    _into(_into(_into(stmt, "Acct"), "Id"), "IBAN", iban)
    _balance(stmt, "OPBD", opening_cents, day)
    _balance(stmt, "CLBD", opening_cents + sum(line.cents for line in lines), day)
    for position, line in enumerate(lines, 1):
        _entry(stmt, line, position)
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8")


def _into(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{_NS}}}{name}", attributes)
    element.text = text
    return element


def _amount(parent: etree._Element, cents: int) -> None:
    _into(parent, "Amt", euro_xml(abs(cents)), Ccy="EUR")
    _into(parent, "CdtDbtInd", "CRDT" if cents >= 0 else "DBIT")


def _balance(stmt: etree._Element, code: str, cents: int, day: date) -> None:
    balance = _into(stmt, "Bal")
    _into(_into(_into(balance, "Tp"), "CdOrPrtry"), "Cd", code)
    _amount(balance, cents)
    _into(_into(balance, "Dt"), "Dt", day.isoformat())


def _entry(stmt: etree._Element, line: Line, position: int) -> None:
    entry = _into(stmt, "Ntry")
    _into(entry, "NtryRef", str(position))
    _amount(entry, line.cents)
    _into(_into(entry, "Sts"), "Cd", "BOOK")
    _into(_into(entry, "BookgDt"), "Dt", line.booked_on.isoformat())
    _into(_into(entry, "ValDt"), "Dt", line.booked_on.isoformat())
    _into(entry, "AcctSvcrRef", line.reference)
    domain = _into(_into(entry, "BkTxCd"), "Domn")
    _into(domain, "Cd", "PMNT")
    family = _into(domain, "Fmly")
    _into(family, "Cd", line.family)
    _into(family, "SubFmlyCd", line.sub_family)
    details = _into(entry, "NtryDtls")
    if line.batch_id:
        batch = _into(details, "Btch")
        _into(batch, "PmtInfId", line.batch_id)
        _into(batch, "NbOfTxs", str(line.batch_count))
        _into(batch, "TtlAmt", euro_xml(abs(line.cents)), Ccy="EUR")
        _into(batch, "CdtDbtInd", "CRDT")
        return
    transaction = _into(details, "TxDtls")
    references = _into(transaction, "Refs")
    _into(references, "EndToEndId", line.end_to_end_id or "NOTPROVIDED")
    if line.mandate_id:
        _into(references, "MndtId", line.mandate_id)
    _amount(transaction, line.cents)
    if line.payer:
        parties = _into(transaction, "RltdPties")
        _into(_into(_into(parties, "Dbtr"), "Pty"), "Nm", line.payer)
        if line.payer_iban:
            _into(_into(_into(parties, "DbtrAcct"), "Id"), "IBAN", line.payer_iban)
    if line.remittance:
        _into(_into(transaction, "RmtInf"), "Ustrd", line.remittance)
    if line.return_reason:
        _into(_into(_into(transaction, "RtrInf"), "Rsn"), "Cd", line.return_reason)
