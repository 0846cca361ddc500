"""Reads pagoPA reporting flows (FdR): XML `FlussoRiversamento`, bare or base64 inside SOAP, and the REST JSON.

Totals that the lines do not give are warnings here; an import refuses them. Outcome codes 4 and 8 are read although
the published schema 1.0.4 still knows only 0, 3 and 9.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from sorgente.payments.core.pagopa import OUTCOMES, Flow, FlowLine, flow_warnings
from sorgente.shared.errors import SorgenteError
from sorgente.shared.xml import local_name, parse_xml

_AMOUNT = re.compile(r"-?\d{1,15}(?:\.\d{1,2})?")
_LINES = ("payments", "data")
_PACKED = ("xmlRendicontazione", "flussoRendicontazione")


class NotAFlow(SorgenteError):
    code = "payments.flow.not-a-flow"


class FlowUnreadable(SorgenteError):
    code = "payments.flow.unreadable"


def read_flow(data: bytes, file: str) -> Flow:
    """Return the flow of one file; raises the errors of `parse_xml`, NotAFlow, FlowUnreadable."""
    head = data[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head[:1] in (b"{", b"["):
        return _from_json(data, file)
    return _from_xml(parse_xml(data, file), file)


def _from_xml(root: etree._Element, file: str) -> Flow:
    if local_name(root) != "FlussoRiversamento":
        found = next(root.iter("{*}FlussoRiversamento"), None)
        root = found if found is not None else _unpacked(root, file)
    lines = tuple(_xml_line(element, file) for element in root.iterfind("{*}datiSingoliPagamenti"))
    total = _cents(_xml(root, "importoTotalePagamenti", file), "importoTotalePagamenti", file)
    count = _whole(_xml(root, "numeroTotalePagamenti", file), "numeroTotalePagamenti", file)
    return Flow(
        flow_id=_xml(root, "identificativoFlusso", file),
        revision=None,
        made_at=_instant(_xml(root, "dataOraFlusso", file), "dataOraFlusso", file),
        psp=_xml(root, "istitutoMittente/identificativoUnivocoMittente/codiceIdentificativoUnivoco", file),
        creditor=_xml(root, "istitutoRicevente/identificativoUnivocoRicevente/codiceIdentificativoUnivoco", file),
        regulation=_xml(root, "identificativoUnivocoRegolamento", file),
        regulated_on=_instant(_xml(root, "dataRegolamento", file), "dataRegolamento", file).date(),
        total_cents=total,
        count=count,
        lines=lines,
        warnings=flow_warnings(total_cents=total, count=count, lines=lines),
    )


def _unpacked(root: etree._Element, file: str) -> etree._Element:
    for element in root.iter("{*}*"):
        if local_name(element) in _PACKED and element.text and element.text.strip():
            try:
                content = base64.b64decode("".join(element.text.split()), validate=True)
            except binascii.Error:
                raise FlowUnreadable(
                    file, f"{local_name(element)} is not base64.", "Fetch the flow again from pagoPA."
                ) from None
            inner = parse_xml(content, f"{file}, {local_name(element)}")
            if local_name(inner) == "FlussoRiversamento":
                return inner
    raise NotAFlow(
        file, f"No FlussoRiversamento inside <{local_name(root)}>.", "Send the reporting flow that pagoPA returned."
    )


def _xml_line(element: etree._Element, file: str) -> FlowLine:
    index = element.findtext("{*}indiceDatiSingoloPagamento")
    code = _xml(element, "codiceEsitoSingoloPagamento", file)
    if not code.isdigit() or int(code) not in OUTCOMES.values():
        raise FlowUnreadable(
            file, f"Outcome {code!r} is none of {sorted(OUTCOMES.values())}.", "Ask pagoPA what it means."
        )
    return FlowLine(
        iuv=_xml(element, "identificativoUnivocoVersamento", file),
        iur=_xml(element, "identificativoUnivocoRiscossione", file),
        index=_whole(index, "indiceDatiSingoloPagamento", file) if index else 1,
        cents=_cents(_xml(element, "singoloImportoPagato", file), "singoloImportoPagato", file),
        outcome=int(code),
        paid_on=_instant(_xml(element, "dataEsitoSingoloPagamento", file), "dataEsitoSingoloPagamento", file).date(),
    )


def _from_json(data: bytes, file: str) -> Flow:
    try:
        content = json.loads(data, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise NotAFlow(file, f"Not JSON: {error}.", "Fetch it again from pagoPA.") from None
    rows = next(
        (content[key] for key in _LINES if isinstance(content, dict) and isinstance(content.get(key), list)), None
    )
    if not isinstance(content, dict) or ("fdr" not in content and rows is None):
        raise NotAFlow(file, "Neither a flow nor a page of its payments.", "Send what pagoPA's FdR service returned.")
    lines = tuple(_json_line(row, file) for row in rows or [])
    _refuse_twice([row.get("index") for row in rows or []], file)
    header = "fdr" in content
    total = _cents(content.get("sumPayments"), "sumPayments", file) if header else sum(line.cents for line in lines)
    count = _whole(content.get("totPayments"), "totPayments", file) if header else len(lines)
    sender, receiver = content.get("sender") or {}, content.get("receiver") or {}
    regulated = content.get("regulationDate")
    return Flow(
        flow_id=str(content["fdr"]) if header else None,
        revision=_whole(content["revision"], "revision", file) if content.get("revision") is not None else None,
        made_at=_instant(content.get("fdrDate"), "fdrDate", file) if header else None,
        psp=sender.get("pspId"),
        creditor=receiver.get("organizationId"),
        regulation=content.get("regulation"),
        regulated_on=_instant(regulated, "regulationDate", file).date() if regulated else None,
        total_cents=total,
        count=count,
        lines=lines,
        # The header is served apart from its pages: without lines there is nothing to compare.
        warnings=flow_warnings(total_cents=total, count=count, lines=lines) if header and rows is not None else (),
    )


def _json_line(row: Any, file: str) -> FlowLine:
    if not isinstance(row, Mapping):
        raise FlowUnreadable(file, f"{row!r} is not a payment.", "Fetch the page again from pagoPA.")
    status = str(row.get("payStatus"))
    if status not in OUTCOMES:
        raise FlowUnreadable(file, f"payStatus {status!r} is none of {', '.join(OUTCOMES)}.", "Ask pagoPA about it.")
    for name in ("iuv", "iur"):
        if not row.get(name):
            raise _missing(file, name)
    return FlowLine(
        iuv=str(row["iuv"]),
        iur=str(row["iur"]),
        index=_whole(row.get("idTransfer", row.get("index")), "idTransfer", file),
        cents=_cents(row.get("pay"), "pay", file),
        outcome=OUTCOMES[status],
        paid_on=_instant(row.get("payDate"), "payDate", file).date(),
    )


def _refuse_twice(indexes: list[Any], file: str) -> None:
    seen: set[Any] = set()
    for index in indexes:
        if index is not None and index in seen:
            raise FlowUnreadable(file, f"Index {index} stands twice.", "Fetch the page again from pagoPA.")
        seen.add(index)


def _xml(element: etree._Element, path: str, file: str) -> str:
    text = (element.findtext("{*}" + path.replace("/", "/{*}")) or "").strip()
    if not text:
        raise _missing(file, path.rpartition("/")[2])
    return text


def _missing(file: str, name: str) -> FlowUnreadable:
    return FlowUnreadable(file, f"Its element {name} is missing.", "Fetch the flow again from pagoPA.")


def _cents(value: Any, name: str, file: str) -> int:
    text = str(value).strip()
    if not _AMOUNT.fullmatch(text):
        raise FlowUnreadable(file, f"{name} {text!r} is not an amount such as 85.45.", "Fetch the flow again.")
    return int(Decimal(text).scaleb(2))


def _whole(value: Any, name: str, file: str) -> int:
    text = str(value).strip()
    if not (text.isascii() and text.isdigit()):
        raise FlowUnreadable(file, f"{name} {text!r} is not a whole number.", "Fetch the flow again from pagoPA.")
    return int(text)


def _instant(value: Any, name: str, file: str) -> datetime:
    text = str(value).strip()
    # Days of the XML may carry an offset (2026-01-15+01:00): the day is what counts.
    text = re.sub(r"^(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})$", r"\1", text)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise FlowUnreadable(file, f"{name} {text!r} is not a date.", "Fetch the flow again from pagoPA.") from None
