"""The one door through which XML from outside comes in: no entities, no DTD, no network, a size limit.

    parse_xml(data, "IT01234567890_FPR01.xml")  ->  root element, or a SorgenteError naming file, line and next step

The tree holds elements only: comments and processing instructions are left out.
"""

from __future__ import annotations

import re

from lxml import etree

from sorgente.shared.errors import SorgenteError

LIMIT_BYTES = 256 * 1024 * 1024

# What may stand before the root element, except a document type: it cannot be hidden behind anything else.
_PROLOG = re.compile(rb"(?:\s+|<\?(?:(?!\?>).)*\?>|<!--(?:(?!-->).)*-->)", re.DOTALL)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class XmlTooLarge(SorgenteError):
    code = "shared.xml.too-large"


class XmlEmpty(SorgenteError):
    code = "shared.xml.empty"


class XmlWithDocumentType(SorgenteError):
    code = "shared.xml.document-type"


class XmlMalformed(SorgenteError):
    code = "shared.xml.malformed"


def parse_xml(
    data: bytes, subject: str, *, limit_bytes: int = LIMIT_BYTES, fallback_encoding: str | None = None
) -> etree._Element:
    """Return the root element of an XML file that came from outside.

    data               the whole file as it arrived
    subject            what the sender calls it (file name, message id); errors begin with it
    limit_bytes        largest size accepted
    fallback_encoding  tried when the bytes are not in the encoding the file declares (banks send Latin-1
                       labelled UTF-8); None refuses such a file
    raises             XmlTooLarge, XmlEmpty, XmlWithDocumentType, XmlMalformed
    """
    if len(data) > limit_bytes:
        raise XmlTooLarge(
            subject,
            f"{len(data):,} bytes; at most {limit_bytes:,} are read.",
            "Ask the sender to split it, or check that this is the file you meant.",
        )
    if not data.strip(b"\0 \t\r\n"):
        raise XmlEmpty(subject, "The file is empty.", "Fetch it again from the sender.")
    _refuse_document_type(data, subject)
    try:
        root = etree.fromstring(data, _parser(None))
    except etree.XMLSyntaxError as error:
        if fallback_encoding is None or not _is_encoding_error(error):
            raise _malformed(error, subject) from None
        try:
            root = etree.fromstring(data, _parser(fallback_encoding))
        except etree.XMLSyntaxError as second:
            raise _malformed(second, subject) from None
    # An encoding that the look at the prolog could not read may still have carried a document type.
    if root.getroottree().docinfo.internalDTD is not None:
        raise _document_type(subject)
    return root


def local_name(element: etree._Element) -> str:
    """Return the element's name without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _parser(encoding: str | None) -> etree.XMLParser:
    # One parser per call: lxml parsers keep an error log and must not be shared between threads.
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _refuse_document_type(data: bytes, subject: str) -> None:
    # Without its zero bytes, UTF-16 and UTF-32 mark-up reads as ASCII: enough to see a document type.
    prolog = data[: 1 << 20]
    if b"\0" in prolog:
        prolog = prolog.replace(b"\0", b"")
    for bom in _BOMS:
        prolog = prolog.removeprefix(bom)
    at = 0
    while (skipped := _PROLOG.match(prolog, at)) is not None:
        at = skipped.end()
    if prolog[at : at + 9].upper() == b"<!DOCTYPE":
        raise _document_type(subject)


def _document_type(subject: str) -> XmlWithDocumentType:
    return XmlWithDocumentType(
        subject,
        "It declares a document type (DTD, entities): nothing of it was read.",
        "Ask the sender for the message without <!DOCTYPE; business messages never need one.",
    )


def _is_encoding_error(error: etree.XMLSyntaxError) -> bool:
    text = (error.msg or "").lower()
    return "encoding" in text or "not proper utf" in text or "invalid char" in text or "bytes:" in text


def _malformed(error: etree.XMLSyntaxError, subject: str) -> XmlMalformed:
    line, column = error.position
    reason = re.sub(r", line \d+, column \d+.*$", "", error.msg or "not XML").strip()
    return XmlMalformed(
        subject,
        f"Not well-formed XML at line {line}, column {column}: {reason}.",
        "The file is damaged or cut short: fetch it again from the sender.",
    )
