"""Reads pagoPA receipts: `paSendRT` and `paSendRTV2` (bare or inside SOAP), and the JSON of GPD and biz events.

Nothing is corrected: a receipt that lacks an obligatory element, or whose transfers do not add up, is refused.
Source: paForNode.xsd (ctReceipt, ctReceiptV2), gpd_payments.json, biz_events.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from sorgente.payments.core.pagopa import Receipt, ReceiptTransfer
from sorgente.shared.errors import SorgenteError
from sorgente.shared.xml import local_name, parse_xml

_REQUESTS = ("paSendRTReq", "paSendRTV2Request")
_AMOUNT = re.compile(r"\d{1,9}(?:\.\d{1,2})?")


class NotAReceipt(SorgenteError):
    code = "payments.receipt.not-a-receipt"


class ReceiptUnreadable(SorgenteError):
    code = "payments.receipt.unreadable"


def read_receipts(data: bytes, file: str) -> list[Receipt]:
    """Return the receipts of a file: one of an XML message, one or more of a JSON document.

    raises  the errors of `parse_xml`, NotAReceipt, ReceiptUnreadable
    """
    head = data[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head[:1] in (b"{", b"["):
        return [_from_json(item, file) for item in _json_items(data, file)]
    return [_from_xml(parse_xml(data, file), file)]


def _from_xml(root: etree._Element, file: str) -> Receipt:
    request = next((node for node in root.iter("{*}*") if local_name(node) in _REQUESTS), None)
    if request is not None:
        for name in ("idPA", "idBrokerPA", "idStation"):
            if not (request.findtext(f"{{*}}{name}") or "").strip():
                raise _missing(file, name)
    element = root if local_name(root) == "receipt" else next(root.iter("{*}receipt"), None)
    if element is None:
        raise NotAReceipt(file, f"No receipt inside <{local_name(root)}>.", "Send a paSendRT or paSendRTV2 message.")
    transfers = [
        {local_name(child): (child.text or "").strip() for child in transfer}
        for transfer in element.iterfind("{*}transferList/{*}transfer")
    ]
    values: dict[str, Any] = {local_name(child): (child.text or "").strip() for child in element}
    debtor = element.find("{*}debtor")
    if debtor is not None:
        values["debtor"] = {
            "fullName": debtor.findtext("{*}fullName"),
            "entityUniqueIdentifierValue": debtor.findtext(".//{*}entityUniqueIdentifierValue"),
        }
    values["transferList"] = transfers
    return _receipt(values, file)


def _from_json(item: Mapping[str, Any], file: str) -> Receipt:
    if "receiptId" in item or "creditorReferenceId" in item:
        return _receipt(item, file)  # biz events: the same names as the XML
    if "nav" not in item and "iuv" not in item:
        raise NotAReceipt(
            file, "Neither a receipt nor a paid payment option.", "Send the receipt that pagoPA returned."
        )
    status = item.get("status")
    if status not in ("PO_PAID", "PO_PARTIALLY_REPORTED", "PO_REPORTED"):
        raise NotAReceipt(
            file, f"Payment option {item.get('iuv')} is {status}: nobody has paid it.", "Wait for its receipt."
        )
    transfers = [
        {
            "idTransfer": transfer.get("idTransfer"),
            "transferAmount": Decimal(_whole(transfer, "amount", file)).scaleb(-2),
            "fiscalCodePA": transfer.get("organizationFiscalCode"),
        }
        for transfer in item.get("transfer") or []
    ]
    return _receipt(
        {
            "receiptId": item.get("idReceipt"),
            "noticeNumber": item.get("nav"),
            "creditorReferenceId": item.get("iuv"),
            "fiscalCode": item.get("organizationFiscalCode"),
            "outcome": "OK",
            "paymentAmount": Decimal(_whole(item, "amount", file)).scaleb(-2),
            "paymentDateTime": item.get("paymentDate"),
            "PSPCompanyName": item.get("pspCompany"),
            "paymentMethod": item.get("paymentMethod"),
            "fee": Decimal(_whole(item, "fee", file)).scaleb(-2) if item.get("fee") is not None else None,
            "description": item.get("description"),
            "debtor": {"fullName": item.get("fullName"), "entityUniqueIdentifierValue": item.get("fiscalCode")},
            "transferList": transfers,
        },
        file,
    )


def _receipt(values: Mapping[str, Any], file: str) -> Receipt:
    debtor = values.get("debtor") or {}
    identifier = debtor.get("uniqueIdentifier") or {}
    transfers = tuple(
        ReceiptTransfer(
            index=int(str(transfer.get("idTransfer") or position)),
            creditor=str(transfer.get("fiscalCodePA") or ""),
            cents=_cents(transfer, "transferAmount", file),
        )
        for position, transfer in enumerate(values.get("transferList") or [], start=1)
    )
    cents = _cents(values, "paymentAmount", file)
    if transfers and sum(transfer.cents for transfer in transfers) != cents:
        raise ReceiptUnreadable(
            f"{file}, receipt {values.get('receiptId')}",
            f"Its transfers add up to {sum(transfer.cents for transfer in transfers)} cents, the payment is {cents}.",
            "Ask pagoPA for the receipt again.",
        )
    outcome = _required(values, "outcome", file).upper()
    if outcome not in ("OK", "KO"):
        raise ReceiptUnreadable(file, f"Outcome {outcome!r} is neither OK nor KO.", "Ask pagoPA for the receipt again.")
    stand_in = values.get("standIn", values.get("standin"))
    return Receipt(
        receipt_id=_required(values, "receiptId", file),
        creditor=_required(values, "fiscalCode", file),
        notice=_text(values, "noticeNumber"),
        iuv=_required(values, "creditorReferenceId", file),
        outcome=outcome,
        cents=cents,
        paid_at=_instant(_required(values, "paymentDateTime", file), file),
        applied_on=_day(values, "applicationDate", file),
        transferred_on=_day(values, "transferDate", file),
        psp=_text(values, "PSPCompanyName") or _text(values, "pspCompanyName"),
        method=_text(values, "paymentMethod"),
        fee_cents=_cents(values, "fee", file) if _text(values, "fee") is not None else None,
        debtor=_text(debtor, "fullName"),
        debtor_tax_code=_text(debtor, "entityUniqueIdentifierValue")
        or _text(identifier, "entityUniqueIdentifierValue"),
        description=_text(values, "description"),
        stand_in=str(stand_in).lower() in ("true", "1"),
        transfers=transfers,
    )


def _json_items(data: bytes, file: str) -> list[Mapping[str, Any]]:
    try:
        content = json.loads(data, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise NotAReceipt(file, f"Not JSON: {error}.", "Fetch it again from pagoPA.") from None
    if isinstance(content, dict):
        content = next(
            (content[key] for key in ("results", "receipts") if isinstance(content.get(key), list)), [content]
        )
    if not isinstance(content, list) or not content or not all(isinstance(item, dict) for item in content):
        raise NotAReceipt(file, "No receipt in it.", "Send the receipt that pagoPA returned.")
    return content


def _text(values: Mapping[str, Any], name: str) -> str | None:
    value = values.get(name)
    return None if value is None else str(value).strip() or None


def _required(values: Mapping[str, Any], name: str, file: str) -> str:
    value = _text(values, name)
    if value is None:
        raise _missing(file, name)
    return value


def _missing(file: str, name: str) -> ReceiptUnreadable:
    return ReceiptUnreadable(file, f"Its element {name} is missing.", "Ask pagoPA for the receipt again.")


def _cents(values: Mapping[str, Any], name: str, file: str) -> int:
    text = _required(values, name, file)
    if not _AMOUNT.fullmatch(text):
        raise ReceiptUnreadable(file, f"{name} {text!r} is not an amount such as 85.45.", "Ask for the receipt again.")
    return int(Decimal(text).scaleb(2))


def _whole(values: Mapping[str, Any], name: str, file: str) -> int:
    value = values.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ReceiptUnreadable(file, f"{name} {value!r} is not whole cents.", "Ask pagoPA for the receipt again.")
    return value


def _instant(text: str, file: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ReceiptUnreadable(file, f"{text!r} is not a date and time.", "Ask for the receipt again.") from None


def _day(values: Mapping[str, Any], name: str, file: str) -> date | None:
    text = _text(values, name)
    return None if text is None else _instant(text, file).date()
