"""Would SdI take this e-invoice? Envelope, schema, then the controls that need no register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree

from sorgente.billing.adapters.einvoice_controls import control_problems
from sorgente.billing.adapters.einvoice_envelope import SignedEnvelopeBroken, invoice_inside
from sorgente.billing.adapters.einvoice_schema import schema
from sorgente.shared.errors import SorgenteError
from sorgente.shared.xml import local_name, parse_xml

_MOST_ERRORS = 50  # control 00201: above this SdI stops listing
_SIMPLIFIED_ROOT = "FatturaElettronicaSemplificata"


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why the file would be discarded, with SdI's own control code."""

    code: str
    message: str


def check_einvoice(data: bytes, *, subject: str = "E-invoice", received_on: date | None = None) -> list[Problem]:
    """Return what SdI would refuse; an empty list is a file that can be sent.

    data          XML or .p7m (DER or base64) as it lies on disk
    subject       file name, for messages
    received_on   the day SdI receives it: a later document date is refused (00403); None leaves that out
    """
    try:
        root = parse_xml(invoice_inside(data, subject=subject), subject)
    except SignedEnvelopeBroken as error:
        return [Problem("00102", str(error))]
    except SorgenteError as error:
        return [Problem("00200", str(error))]
    simplified = local_name(root) == _SIMPLIFIED_ROOT
    official = schema(simplified=simplified)
    if not official.validate(root):
        return _schema_problems(official)
    if simplified:
        return []
    return [Problem(code, message) for code, message in control_problems(root, received_on=received_on)]


def _schema_problems(official: etree.XMLSchema) -> list[Problem]:
    log: Any = official.error_log  # the stubs do not know that it can be walked
    entries = [entry for entry in log if entry.level >= etree.ErrorLevels.ERROR]
    found = [Problem("00200", f"Line {entry.line}: {entry.message}") for entry in entries[:_MOST_ERRORS]]
    if len(entries) > _MOST_ERRORS:
        found.append(Problem("00201", f"{len(entries)} schema errors; the first {_MOST_ERRORS} are listed."))
    return found
