"""Receipts and flows made for the tests: every code, name and amount is invented."""

from __future__ import annotations

import json

CREDITOR = "01234567890"
NOTICE = "301202600000012332"


def receipt_xml(*, version: int = 2, soap: bool = True, **changes: str) -> bytes:
    values = {
        "receiptId": "c110729d258c4ab1b765fe902aae41d6",
        "noticeNumber": NOTICE,
        "fiscalCode": CREDITOR,
        "outcome": "OK",
        "creditorReferenceId": NOTICE[1:],
        "paymentAmount": "85.45",
        "description": "Bolletta 2026/SII/0000001",
        "transfer": "85.45",
        "paymentDateTime": "2026-03-28T23:59:59",
        "applicationDate": "2026-03-29",
        "transferDate": "2026-03-30",
        "PSPCompanyName": "Banca di Prova",
        "paymentMethod": "creditCard",
        "fee": "1.50",
        "standIn": "false",
    } | changes
    transfer = (
        f"<transferList><transfer><idTransfer>1</idTransfer><transferAmount>{values.pop('transfer')}</transferAmount>"
        f"<fiscalCodePA>{CREDITOR}</fiscalCodePA></transfer></transferList>"
    )
    debtor = (
        "<debtor><uniqueIdentifier><entityUniqueIdentifierType>F</entityUniqueIdentifierType>"
        "<entityUniqueIdentifierValue>RSSMRA80A01H501U</entityUniqueIdentifierValue></uniqueIdentifier>"
        "<fullName>Mario Rossi</fullName></debtor>"
    )
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in values.items() if value)
    name = "paSendRTV2Request" if version == 2 else "paSendRTReq"
    request = (
        f'<p:{name} xmlns:p="http://pagopa-api.pagopa.gov.it/pa/paForNode.xsd"><idPA>{CREDITOR}</idPA>'
        f"<idBrokerPA>{CREDITOR}</idBrokerPA><idStation>{CREDITOR}_01</idStation>"
        f"<receipt>{fields}{debtor}{transfer}</receipt></p:{name}>"
    )
    if not soap:
        return request.encode()
    envelope = "http://schemas.xmlsoap.org/soap/envelope/"
    return f'<s:Envelope xmlns:s="{envelope}"><s:Body>{request}</s:Body></s:Envelope>'.encode()


def flow_xml(*lines: tuple[str, str, str], count: int | None = None, total: str | None = None) -> bytes:
    """Return a flow; each line is (iuv, amount, outcome)."""
    body = "".join(
        f"<p:datiSingoliPagamenti><p:identificativoUnivocoVersamento>{iuv}</p:identificativoUnivocoVersamento>"
        f"<p:identificativoUnivocoRiscossione>IUR{number}</p:identificativoUnivocoRiscossione>"
        "<p:indiceDatiSingoloPagamento>1</p:indiceDatiSingoloPagamento>"
        f"<p:singoloImportoPagato>{amount}</p:singoloImportoPagato>"
        f"<p:codiceEsitoSingoloPagamento>{outcome}</p:codiceEsitoSingoloPagamento>"
        "<p:dataEsitoSingoloPagamento>2026-03-28+01:00</p:dataEsitoSingoloPagamento></p:datiSingoliPagamenti>"
        for number, (iuv, amount, outcome) in enumerate(lines, start=1)
    )
    added = sum(round(float(amount) * 100) for _, amount, _ in lines) / 100
    return (
        '<p:FlussoRiversamento xmlns:p="http://www.digitpa.gov.it/schemas/2011/Pagamenti/">'
        "<p:versioneOggetto>1.0</p:versioneOggetto>"
        "<p:identificativoFlusso>2026-03-29PSPTEST-0000000001</p:identificativoFlusso>"
        "<p:dataOraFlusso>2026-03-30T08:30:00</p:dataOraFlusso>"
        "<p:identificativoUnivocoRegolamento>TRN123</p:identificativoUnivocoRegolamento>"
        "<p:dataRegolamento>2026-03-29</p:dataRegolamento>"
        "<p:istitutoMittente><p:identificativoUnivocoMittente><p:codiceIdentificativoUnivoco>PSPTEST"
        "</p:codiceIdentificativoUnivoco></p:identificativoUnivocoMittente></p:istitutoMittente>"
        "<p:istitutoRicevente><p:identificativoUnivocoRicevente><p:codiceIdentificativoUnivoco>"
        f"{CREDITOR}</p:codiceIdentificativoUnivoco></p:identificativoUnivocoRicevente></p:istitutoRicevente>"
        f"<p:numeroTotalePagamenti>{len(lines) if count is None else count}</p:numeroTotalePagamenti>"
        f"<p:importoTotalePagamenti>{total or f'{added:.2f}'}</p:importoTotalePagamenti>{body}</p:FlussoRiversamento>"
    ).encode()


def flow_json(*payments: dict, **header: object) -> bytes:
    return json.dumps({**header, "data": list(payments)}).encode()


def flow_payment(index: int, status: str, amount: float) -> dict:
    return {
        "index": index,
        "iuv": f"IUV{index}",
        "iur": f"IUR{index}",
        "idTransfer": 1,
        "pay": amount,
        "payStatus": status,
        "payDate": "2026-03-28T12:00:30.900000Z",
    }
