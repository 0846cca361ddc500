"""The pagoPA node of the demonstration: writes the receipts it would push to us (paSendRTV2)."""

from __future__ import annotations

from datetime import datetime, timedelta

from lxml import etree

from sorgente.shared.money import euro_xml

_PA = "http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd"


def receipt(
    *,
    receipt_id: str,
    notice_number: str,
    creditor_tax_code: str,
    company_name: str,
    station: str,
    iban: str,
    category: str,
    cents: int,
    debtor_name: str,
    debtor_tax_code: str,
    subject: str,
    paid_at: datetime,
) -> bytes:
    """Return one receipt as the node pushes it; body elements carry no namespace, as its schema wants."""
    root = etree.Element(f"{{{_PA}}}paSendRTV2Request", nsmap={"pafn": _PA})
    for name, text in (("idPA", creditor_tax_code), ("idBrokerPA", station[:11]), ("idStation", station)):
        etree.SubElement(root, name).text = text
    body = etree.SubElement(root, "receipt")

    def put(parent: etree._Element, **fields: str) -> None:
        for name, text in fields.items():
            etree.SubElement(parent, name).text = text

    put(
        body,
        receiptId=receipt_id,
        noticeNumber=notice_number,
        fiscalCode=creditor_tax_code,
        outcome="OK",
        creditorReferenceId=notice_number[1:],
        paymentAmount=euro_xml(cents),
        description=subject[:140],
        companyName=company_name,
    )
    debtor = etree.SubElement(body, "debtor")
    identifier = etree.SubElement(debtor, "uniqueIdentifier")
    put(
        identifier,
        entityUniqueIdentifierType="F" if len(debtor_tax_code) == 16 else "G",
        entityUniqueIdentifierValue=debtor_tax_code,
    )
    put(debtor, fullName=debtor_name[:70])
    transfer = etree.SubElement(etree.SubElement(body, "transferList"), "transfer")
    put(
        transfer,
        idTransfer="1",
        transferAmount=euro_xml(cents),
        fiscalCodePA=creditor_tax_code,
        companyName=company_name,
        IBAN=iban,
        remittanceInformation=subject[:140],
        transferCategory=category,
    )
    put(
        body,
        idPSP="VLDPSPITXXX",
        pspFiscalCode="99999999990",
        PSPCompanyName="Banca della Valle",
        idChannel="99999999990_01",
        channelDescription="app",
        paymentMethod="creditCard",
        fee="1.00",
        paymentDateTime=paid_at.replace(tzinfo=None, microsecond=0).isoformat(),
        applicationDate=paid_at.date().isoformat(),
        transferDate=(paid_at.date() + timedelta(days=1)).isoformat(),
        standIn="false",
    )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
