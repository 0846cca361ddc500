"""Writes credit transfer files, pain.001.001.09: what we pay back to customers.

Source: EPC SEPA Credit Transfer guidelines for the customer-to-bank messages. Each transfer is booked by itself
(BtchBookg false), so that the statement names it by its end-to-end id.
"""

from __future__ import annotations

from typing import Any, BinaryIO

from lxml import etree

from sorgente.payments.core.refunds import TransferFile, check_transfer
from sorgente.payments.core.sepa_text import sepa_text
from sorgente.shared.errors import WrongUse
from sorgente.shared.money import euro_xml

VERSION = "pain.001.001.09"
_NAMESPACE = f"urn:iso:std:iso:20022:tech:xsd:{VERSION}"


def write_pain001(file: TransferFile, stream: BinaryIO) -> None:
    """Write the file to a binary stream; the same file gives the same bytes.

    raises  WrongUse for a file without transfers; RefundUnusable
    """
    if not file.transfers:
        raise WrongUse(f"Refund file {file.message_id}", "It has no transfers.", "Prepare the refunds first.")
    for transfer in file.transfers:
        check_transfer(transfer)
    names: dict[Any, str] = {None: _NAMESPACE}  # None is the default namespace, which the stubs do not know
    root = etree.Element(f"{{{_NAMESPACE}}}Document", nsmap=names)
    message = _add(root, "CstmrCdtTrfInitn")
    head = _add(message, "GrpHdr")
    _add(head, "MsgId", file.message_id)
    _add(head, "CreDtTm", file.made_at.isoformat(timespec="seconds"))
    _add(head, "NbOfTxs", str(len(file.transfers)))
    _add(head, "CtrlSum", euro_xml(file.cents))
    party = _add(head, "InitgPty")
    _add(party, "Nm", sepa_text(file.payer.name, limit=70))
    if file.payer.cuc:
        other = _path(party, "Id/OrgId/Othr")
        _add(other, "Id", file.payer.cuc)
        _add(other, "Issr", "CBI")
    batch = _add(message, "PmtInf")
    _add(batch, "PmtInfId", f"{file.message_id}-001")
    _add(batch, "PmtMtd", "TRF")
    _add(batch, "BtchBookg", "false")
    _add(batch, "NbOfTxs", str(len(file.transfers)))
    _add(batch, "CtrlSum", euro_xml(file.cents))
    _path(batch, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _path(batch, "ReqdExctnDt/Dt", file.pay_on.isoformat())
    _path(batch, "Dbtr/Nm", sepa_text(file.payer.name, limit=70))
    _path(batch, "DbtrAcct/Id/IBAN", file.payer.iban)
    agent = _path(batch, "DbtrAgt/FinInstnId")
    if file.payer.bic:
        _add(agent, "BICFI", file.payer.bic)
    else:
        _path(agent, "Othr/Id", "NOTPROVIDED")
    _add(batch, "ChrgBr", "SLEV")
    for number, transfer in enumerate(file.transfers, start=1):
        one = _add(batch, "CdtTrfTxInf")
        ids = _add(one, "PmtId")
        _add(ids, "InstrId", str(number))
        _add(ids, "EndToEndId", transfer.end_to_end_id)
        _path(one, "Amt/InstdAmt", euro_xml(transfer.cents)).set("Ccy", "EUR")
        _path(one, "Cdtr/Nm", sepa_text(transfer.name, limit=70))
        _path(one, "CdtrAcct/Id/IBAN", transfer.iban)
        if transfer.remittance:
            _path(one, "RmtInf/Ustrd", sepa_text(transfer.remittance, limit=140))
    etree.ElementTree(root).write(stream, encoding="UTF-8", xml_declaration=True)


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{_NAMESPACE}}}{name}")
    element.text = text
    return element


def _path(parent: etree._Element, path: str, text: str | None = None) -> etree._Element:
    for name in path.split("/"):
        parent = _add(parent, name)
    parent.text = text
    return parent
