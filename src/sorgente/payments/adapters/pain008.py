"""Writes direct debit files: pain.008.001.02, pain.008.001.08 and the Italian CBI request 00.01.00.

The three trees are one: what differs is the table `_SHAPES`. Written as a stream, so that 50,000 debits need no
tree of 50,000 in memory. Source: EPC Core guidelines for the customer-to-bank messages, CBI SDDReq 00.01.00.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from lxml import etree

from sorgente.payments.core.debits import Amendment, Creditor, Debit, DebitBatch, DebitFile, check_debit
from sorgente.payments.core.sepa_text import sepa_text
from sorgente.shared.errors import WrongUse
from sorgente.shared.money import euro_xml


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one format differs.

    wrappers   elements around the message, outermost first: (namespace, name)
    bic        name of the BIC element
    cbi        ABI and CUC in place of BIC and NOTPROVIDED; no totals per batch
    """

    wrappers: tuple[tuple[str, str], ...]
    bic: str
    cbi: bool = False

    @property
    def namespace(self) -> str:
        return self.wrappers[-1][0]


def _iso(version: str, bic: str) -> _Shape:
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{version}"
    return _Shape(((namespace, "Document"), (namespace, "CstmrDrctDbtInitn")), bic)


_CBI_BODY = "urn:CBI:xsd:CBIBdySDDReq.00.01.00"
_CBI_MESSAGE = "urn:CBI:xsd:CBISDDReqLogMsg.00.01.00"

# cbi.00.01.00 is the physical message with its envelope; some banks want the logical message alone.
_SHAPES: dict[str, _Shape] = {
    "pain.008.001.02": _iso("pain.008.001.02", "BIC"),
    "pain.008.001.08": _iso("pain.008.001.08", "BICFI"),
    "cbi.00.01.00": _Shape(
        (
            (_CBI_BODY, "CBIBdySDDReq"),
            (_CBI_BODY, "CBIEnvelSDDReqLogMsg"),
            (_CBI_BODY, "CBISDDReqLogMsg"),
            (_CBI_MESSAGE, ""),
        ),
        "BIC",
        cbi=True,
    ),
    "cbi-logmsg.00.01.00": _Shape(((_CBI_MESSAGE, "CBISDDReqLogMsg"),), "BIC", cbi=True),
}
VERSIONS = tuple(_SHAPES)


def write_pain008(file: DebitFile, stream: BinaryIO, *, version: str) -> None:
    """Write the file to a binary stream; the same file gives the same bytes.

    version  one of VERSIONS
    raises   WrongUse for an unknown version, a file without debits, a CBI file without CUC; DebitUnusable
    """
    shape = _SHAPES.get(version)
    if shape is None:
        raise WrongUse(f"Direct debit format {version}", "It is not known.", f"Choose one of {', '.join(VERSIONS)}.")
    if file.count == 0:
        raise WrongUse(f"Direct debit file {file.message_id}", "It has no debits.", "Choose a due date with debits.")
    if shape.cbi and not file.creditor.cuc:
        raise WrongUse(
            f"Direct debit file {file.message_id}", "The CBI formats need the CUC code.", "Set the creditor's CUC."
        )
    for batch in file.batches:
        for debit in batch.debits:
            check_debit(debit)
    writer = _Writer(shape, file)
    with etree.xmlfile(stream, encoding="UTF-8") as xml:
        xml.write_declaration()
        writer.wrap(xml, list(shape.wrappers))


class _Writer:
    def __init__(self, shape: _Shape, file: DebitFile) -> None:
        self.shape = shape
        self.file = file

    def wrap(self, xml: etree._IncrementalFileWriter, wrappers: list[tuple[str, str]]) -> None:
        if not wrappers or not wrappers[0][1]:
            self._message(xml)
            return
        namespace, name = wrappers[0]
        outermost = len(wrappers) == len(self.shape.wrappers)
        with xml.element(f"{{{namespace}}}{name}", nsmap={None: namespace} if outermost else None):
            if name == "CBIBdySDDReq":
                head = etree.Element("PhyMsgInf")
                self._add(head, "PhyMsgTpCd", "INC-SDDC-01")
                self._add(head, "NbOfLogMsg", "1")
                xml.write(head)
            self.wrap(xml, wrappers[1:])

    def _message(self, xml: etree._IncrementalFileWriter) -> None:
        # Parts are built without namespace and written where theirs is the default one: declared once, not on each.
        namespace = self.shape.namespace
        nsmap = {None: namespace} if self.shape.wrappers[0][0] != namespace else None
        with xml.element(f"{{{namespace}}}GrpHdr", nsmap=nsmap):
            for element in self._group_header():
                xml.write(element)
        for batch in self.file.batches:
            with xml.element(f"{{{namespace}}}PmtInf", nsmap=nsmap):
                for element in self._batch_head(batch):
                    xml.write(element)
                for number, debit in enumerate(batch.debits, start=1):
                    xml.write(self._debit(debit, number))

    def _group_header(self) -> etree._Element:
        file, creditor = self.file, self.file.creditor
        head = etree.Element("GrpHdr")
        self._add(head, "MsgId", file.message_id)
        self._add(head, "CreDtTm", file.made_at.isoformat(timespec="seconds"))
        self._add(head, "NbOfTxs", str(file.count))
        self._add(head, "CtrlSum", euro_xml(file.cents))
        party = self._add(head, "InitgPty")
        self._add(party, "Nm", sepa_text(creditor.name, limit=70))
        if creditor.cuc:
            other = self._path(party, "Id/OrgId/Othr")
            self._add(other, "Id", creditor.cuc)
            self._add(other, "Issr", "CBI")
        return head

    def _batch_head(self, batch: DebitBatch) -> Iterable[etree._Element]:
        holder, creditor = etree.Element("PmtInf"), self.file.creditor
        self._add(holder, "PmtInfId", batch.batch_id)
        self._add(holder, "PmtMtd", "DD")
        self._add(holder, "BtchBookg", "true")
        if not self.shape.cbi:
            self._add(holder, "NbOfTxs", str(len(batch.debits)))
            self._add(holder, "CtrlSum", euro_xml(batch.cents))
        kind = self._add(holder, "PmtTpInf")
        self._path(kind, "SvcLvl/Cd").text = "SEPA"
        self._path(kind, "LclInstrm/Cd").text = batch.scheme
        self._add(kind, "SeqTp", batch.sequence_type)
        self._add(holder, "ReqdColltnDt", batch.due_on.isoformat())
        self._path(holder, "Cdtr/Nm").text = sepa_text(creditor.name, limit=70)
        self._path(holder, "CdtrAcct/Id/IBAN").text = creditor.iban
        self._agent(self._path(holder, "CdtrAgt/FinInstnId"), creditor)
        self._add(holder, "ChrgBr", "SLEV")
        self._scheme_id(self._add(holder, "CdtrSchmeId"), creditor.creditor_id)
        return list(holder)

    def _debit(self, debit: Debit, number: int) -> etree._Element:
        element = etree.Element("DrctDbtTxInf")
        ids = self._add(element, "PmtId")
        self._add(ids, "InstrId", str(number))
        self._add(ids, "EndToEndId", debit.end_to_end_id)
        self._add(element, "InstdAmt", euro_xml(debit.cents)).set("Ccy", "EUR")
        mandate = self._path(element, "DrctDbtTx/MndtRltdInf")
        self._add(mandate, "MndtId", debit.umr)
        self._add(mandate, "DtOfSgntr", debit.signed_on.isoformat())
        self._add(mandate, "AmdmntInd", "true" if debit.amendment else "false")
        if debit.amendment:
            self._amendment(self._add(mandate, "AmdmntInfDtls"), debit.amendment)
        if debit.debtor_bic:
            self._path(element, "DbtrAgt/FinInstnId/" + self.shape.bic).text = debit.debtor_bic
        elif not self.shape.cbi:
            self._path(element, "DbtrAgt/FinInstnId/Othr/Id").text = "NOTPROVIDED"
        debtor = self._add(element, "Dbtr")
        self._add(debtor, "Nm", sepa_text(debit.debtor_name, limit=70))
        if self.shape.cbi and debit.debtor_tax_code:
            holder = "OrgId" if debit.debtor_tax_code.isdigit() else "PrvtId"
            self._path(debtor, f"Id/{holder}/Othr/Id").text = debit.debtor_tax_code
        self._path(element, "DbtrAcct/Id/IBAN").text = debit.debtor_iban
        if debit.ultimate_debtor:
            self._path(element, "UltmtDbtr/Nm").text = sepa_text(debit.ultimate_debtor, limit=70)
        if debit.remittance:
            self._path(element, "RmtInf/Ustrd").text = sepa_text(debit.remittance, limit=140)
        return element

    def _amendment(self, holder: etree._Element, amendment: Amendment) -> None:
        if amendment.original_umr:
            self._add(holder, "OrgnlMndtId", amendment.original_umr)
        if amendment.original_creditor_id or amendment.original_creditor_name:
            scheme = self._add(holder, "OrgnlCdtrSchmeId")
            if amendment.original_creditor_name:
                self._add(scheme, "Nm", sepa_text(amendment.original_creditor_name, limit=70))
            if amendment.original_creditor_id:
                self._scheme_id(scheme, amendment.original_creditor_id)
        if amendment.original_iban:
            self._path(holder, "OrgnlDbtrAcct/Id/IBAN").text = amendment.original_iban
        elif amendment.new_bank:
            # "Same mandate, new debtor account": the 2009 message puts it at the bank, the 2019 one at the account.
            moved = "OrgnlDbtrAcct/Id" if self.shape.bic == "BICFI" else "OrgnlDbtrAgt/FinInstnId"
            self._path(holder, f"{moved}/Othr/Id").text = "SMNDA"

    def _agent(self, holder: etree._Element, creditor: Creditor) -> None:
        if self.shape.cbi:
            self._path(holder, "ClrSysMmbId/MmbId").text = creditor.abi
        elif creditor.bic:
            self._add(holder, self.shape.bic, creditor.bic)
        else:
            self._path(holder, "Othr/Id").text = "NOTPROVIDED"

    def _scheme_id(self, holder: etree._Element, creditor_id: str) -> None:
        other = self._path(holder, "Id/PrvtId/Othr")
        self._add(other, "Id", creditor_id)
        if not self.shape.cbi:
            self._path(other, "SchmeNm/Prtry").text = "SEPA"

    def _add(self, parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
        element = etree.SubElement(parent, name)
        element.text = text
        return element

    def _path(self, parent: etree._Element, path: str) -> etree._Element:
        for name in path.split("/"):
            parent = self._add(parent, name)
        return parent
