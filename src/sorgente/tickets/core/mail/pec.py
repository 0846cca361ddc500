"""Envelopes of certified mail (PEC): the message inside, and what the carrier certifies of it.

source  Regole tecniche PEC (DM 2 November 2005, annex): X-Trasporto, X-Ricevuta, postacert.eml, daticert.xml
"""

from __future__ import annotations

from email.message import Message
from typing import NamedTuple

from lxml import etree

from sorgente.tickets.core.mail.headers import header

TRANSPORT, RECEIPT, ANOMALY = "transport", "receipt", "anomaly"
_RECEIPTS = {
    "accettazione": "accettata",
    "avvenuta-consegna": "consegnata",
    "presa-in-carico": "presa in carico",
    "non-accettazione": "non accettata",
    "errore-consegna": "non consegnata",
    "preavviso-errore-consegna": "forse non consegnata",
    "rilevazione-virus": "fermata per un virus",
}
_LARGEST_DATICERT = 200_000


class Envelope(NamedTuple):
    """What an envelope is and holds.

    kind         transport (a certified message), anomaly (ordinary mail to a PEC box), receipt (about one of ours)
    inner        the message inside, when there is one
    certificate  what daticert.xml says: identifier, sender, subject, type
    says         of a receipt, in words
    failed       of a receipt: our message did not arrive
    """

    kind: str
    inner: Message | None
    certificate: dict[str, str]
    says: str
    failed: bool


def open_envelope(message: Message) -> Envelope | None:
    """Return what a PEC envelope holds; None when the mail is none."""
    receipt = header(message, "X-Ricevuta").lower()
    transport = header(message, "X-Trasporto").lower()
    if receipt:
        says = _RECEIPTS.get(receipt, receipt)
        failed = receipt in ("non-accettazione", "errore-consegna", "preavviso-errore-consegna", "rilevazione-virus")
        return Envelope(RECEIPT, None, _certificate(message), says, failed)
    if transport not in ("posta-certificata", "errore"):
        return None
    kind = TRANSPORT if transport == "posta-certificata" else ANOMALY
    return Envelope(kind, _postacert(message), _certificate(message), "", False)


def receipt_about(message: Message) -> str:
    """Return the Message-ID of our message that a receipt is about."""
    return header(message, "X-Riferimento-Message-ID")


def _postacert(message: Message) -> Message | None:
    inner: Message | None = None
    for part in message.walk():
        if part.get_content_type() != "message/rfc822" or not part.is_multipart():
            continue
        found = part.get_payload(0)
        if isinstance(found, Message):
            if (part.get_filename() or "").lower() == "postacert.eml":
                return found
            inner = inner or found
    return inner


def _certificate(message: Message) -> dict[str, str]:
    for part in message.walk():
        if (part.get_filename() or "").lower() != "daticert.xml":
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or len(content) > _LARGEST_DATICERT:
            return {}
        try:
            # No entities, no network: the file comes from outside.
            root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, recover=True))
        except (etree.XMLSyntaxError, ValueError):
            return {}
        if root is None:
            return {}
        found = {"tipo": str(root.get("tipo") or "")}
        for name in ("mittente", "oggetto", "identificativo", "msgid", "gestore-emittente"):
            node = root.find(f".//{name}")
            if node is not None and node.text:
                found[name] = node.text.strip()
        return found
    return {}
