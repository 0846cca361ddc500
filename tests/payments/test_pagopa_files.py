"""Receipts and reporting flows of pagoPA, in each of the shapes they arrive in."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime

import pytest

from sorgente.payments.adapters.pagopa_flow import read_flow
from sorgente.payments.adapters.pagopa_receipt import read_receipts
from sorgente.shared.errors import SorgenteError
from tests.payments.pagopa_texts import CREDITOR, NOTICE, flow_json, flow_payment, flow_xml, receipt_xml
from tests.shared_files import shared


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("soap", [True, False])
def test_receipt_in_xml(version, soap):
    (receipt,) = read_receipts(receipt_xml(version=version, soap=soap), "rt.xml")
    assert (receipt.receipt_id, receipt.creditor) == ("c110729d258c4ab1b765fe902aae41d6", CREDITOR)
    assert (receipt.notice, receipt.iuv, receipt.cents, receipt.fee_cents) == (NOTICE, NOTICE[1:], 8545, 150)
    assert receipt.paid_at == datetime(2026, 3, 28, 23, 59, 59)  # noqa: DTZ001 - pagoPA writes local time
    assert (receipt.applied_on, receipt.transferred_on) == (date(2026, 3, 29), date(2026, 3, 30))
    assert (receipt.debtor, receipt.debtor_tax_code) == ("Mario Rossi", "RSSMRA80A01H501U")
    assert [transfer.cents for transfer in receipt.transfers] == [8545]


@pytest.mark.parametrize(
    ("name", "value", "stand_in"), [("standIn", "true", True), ("standin", "1", True), ("standIn", "", False)]
)
def test_both_spellings_of_stand_in(name, value, stand_in):
    (receipt,) = read_receipts(receipt_xml(**({"standIn": ""} | {name: value})), "rt.xml")
    assert receipt.stand_in is stand_in


def test_receipt_in_json_of_both_services():
    gpd = {"nav": NOTICE, "iuv": NOTICE[1:], "organizationFiscalCode": CREDITOR, "amount": 8545, "status": "PO_PAID"}
    gpd |= {"idReceipt": "R1", "paymentDate": "2026-03-28T22:00:00Z", "fee": 0, "transfer": []}
    biz = {"receiptId": "R2", "noticeNumber": NOTICE, "creditorReferenceId": NOTICE[1:], "fiscalCode": CREDITOR}
    biz |= {"outcome": "OK", "paymentAmount": 85.45, "paymentDateTime": "2026-03-28T23:59:59", "fee": 1.5}
    receipts = read_receipts(json.dumps({"results": [gpd, biz]}).encode(), "rt.json")
    assert [(receipt.receipt_id, receipt.cents, receipt.fee_cents) for receipt in receipts] == [
        ("R1", 8545, 0), ("R2", 8545, 150),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (receipt_xml(receiptId=""), "element receiptId is missing"),
        (receipt_xml().replace(b"idStation>", b"idSt>"), "element idStation is missing"),
        (receipt_xml(paymentAmount="85,45"), "paymentAmount '85,45' is not an amount"),
        (receipt_xml(transfer="85.44"), "transfers add up to 8544 cents, the payment is 8545"),
        (receipt_xml(outcome="BOH"), "neither OK nor KO"),
        (receipt_xml(paymentDateTime="ieri"), "'ieri' is not a date and time"),
        (receipt_xml()[:-30], "Not well-formed XML"),
        (b"<a/>", "No receipt inside <a>"),
        (b"{", "Not JSON"),
        (b"[]", "No receipt in it"),
        (b'{"iuv": "1", "status": "PO_UNPAID"}', "is PO_UNPAID: nobody has paid it"),
        (b'{"iuv": "1", "status": "PO_PAID", "amount": "1"}', "amount '1' is not whole cents"),
        (b'{"a": 1}', "Neither a receipt nor a paid"),
    ],
)
def test_receipts_that_cannot_be_trusted(data, words):
    with pytest.raises(SorgenteError, match=words) as caught:
        read_receipts(data, "rt")
    assert caught.value.subject.startswith("rt")


def test_flow_in_xml_with_every_outcome():
    data = flow_xml(*((f"IUV{code}", "-1.00" if code == "3" else "2.50", code) for code in "03489"))
    flow = read_flow(data, "fdr.xml")
    assert (flow.flow_id, flow.revision, flow.total_cents, flow.count) == ("2026-03-29PSPTEST-0000000001", None, 900, 5)
    assert [(line.iuv, line.cents, line.outcome) for line in flow.lines] == [
        ("IUV0", 250, 0), ("IUV3", -100, 3), ("IUV4", 250, 4), ("IUV8", 250, 8), ("IUV9", 250, 9),
    ]  # fmt: skip
    assert (flow.warnings, flow.creditor, flow.regulation) == ((), CREDITOR, "TRN123")
    assert flow.lines[0].paid_on == date(2026, 3, 28)


def test_flow_packed_in_soap():
    packed = base64.encodebytes(flow_xml(("IUV1", "2.50", "0"))).decode()
    data = f"<Envelope><Body><r><xmlRendicontazione>{packed}</xmlRendicontazione></r></Body></Envelope>".encode()
    assert read_flow(data, "fdr.xml").total_cents == 250
    with pytest.raises(SorgenteError, match="xmlRendicontazione is not base64"):
        read_flow(data.replace(b"</xmlR", b"*</xmlR"), "fdr.xml")


def test_flow_whose_totals_disagree_warns():
    flow = read_flow(flow_xml(("IUV1", "2.50", "0"), count=2, total="3.00"), "fdr.xml")
    assert flow.warnings == ("announces 2 payments, holds 1", "announces 300 cents, its payments add up to 250")


def test_flow_in_json():
    header = {"fdr": "F1", "revision": 2, "fdrDate": "2026-03-30T08:30:00Z", "totPayments": 2, "sumPayments": 0.03}
    header |= {"sender": {"pspId": "PSPTEST"}, "receiver": {"organizationId": CREDITOR}, "regulationDate": "2026-03-29"}
    flow = read_flow(
        flow_json(flow_payment(1, "EXECUTED", 0.01), flow_payment(2, "STAND_IN_NO_RPT", 0.02), **header), "fdr.json"
    )
    assert (flow.flow_id, flow.revision, flow.psp, flow.warnings) == ("F1", 2, "PSPTEST", ())
    assert [(line.cents, line.outcome) for line in flow.lines] == [(1, 0), (2, 8)]
    head_only = read_flow(json.dumps(header).encode(), "fdr.json")
    assert (head_only.total_cents, head_only.count, head_only.lines, head_only.warnings) == (3, 2, (), ())


def test_page_of_payments_without_header():
    flow = read_flow(flow_json(flow_payment(7, "REVOKED", -0.01)), "fdr.json")
    assert (flow.flow_id, flow.total_cents, flow.count) == (None, -1, 1)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (flow_xml(("I", "2.50", "7")), r"Outcome '7' is none of \[0, 3, 4, 8, 9\]"),
        (flow_xml(("I", "2.50", "0"), total="x"), "importoTotalePagamenti 'x' is not an amount"),
        (flow_xml(("", "2.50", "0")), "identificativoUnivocoVersamento is missing"),
        (flow_json(flow_payment(1, "EXECUTED", 1), flow_payment(1, "EXECUTED", 1)), "Index 1 stands twice"),
        (flow_json(flow_payment(1, "BOH", 1)), "payStatus 'BOH' is none of"),
        (flow_json(flow_payment(1, "EXECUTED", 1) | {"iur": ""}), "element iur is missing"),
        (flow_json(fdr="F", fdrDate="%s", totPayments=0, sumPayments=0), "fdrDate '%s' is not a date"),
        (b'{"test": 1}', "Neither a flow nor a page"),
        (b"{", "Not JSON"),
        (b"<a/>", "No FlussoRiversamento inside <a>"),
    ],
)
def test_flows_that_cannot_be_trusted(data, words):
    with pytest.raises(SorgenteError, match=words) as caught:
        read_flow(data, "fdr")
    assert caught.value.subject.startswith("fdr")


def test_real_flows_and_receipts():
    folder = shared("reference/samples/pagopa")
    flows = [read_flow(path.read_bytes(), path.name) for path in sorted(folder.glob("fdr_*.xml"))]
    assert len(flows) >= 10
    assert all(flow.flow_id and flow.lines for flow in flows)
    (receipt,) = read_receipts((folder / "soap_paSendRT_version_2_1_request.xml").read_bytes(), "rt.xml")
    assert (receipt.cents, [transfer.cents for transfer in receipt.transfers]) == (3000, [2000, 1000])
    with pytest.raises(SorgenteError, match="idPA is missing"):
        read_receipts((folder / "rt_RECEIPT_INVALID.xml").read_bytes(), "rt.xml")
