"""Files from outside: what each really is, by its content, and whether it is safe to keep and to open.

The name says nothing: a program called lettera.pdf is refused, a JPEG called foto.pdf is stored as foto.jpg. Nothing is
unpacked or decoded before its header has said how large it becomes. Limits: rules/archive/uploads.yaml.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import puremagic
from lxml import etree
from PIL import Image, ImageFile
from pypdf import PdfReader

from sorgente.archive.core import zips
from sorgente.archive.core.upload_errors import (
    UploadActive,
    UploadBroken,
    UploadEmpty,
    UploadEncrypted,
    UploadExpands,
    UploadNotAccepted,
    UploadTooLarge,
)
from sorgente.tariffs.rules import rules

# What is wrong with a file from outside is said by our own errors; the reader's remarks would fill the log.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

PDF, JPEG, PNG, WEBP, HEIC = "application/pdf", "image/jpeg", "image/png", "image/webp", "image/heic"
ZIP, MAIL, XML, TEXT = "application/zip", "message/rfc822", "application/xml", "text/plain"

IMAGES = frozenset({JPEG, PNG, WEBP, HEIC})
PAPERS = IMAGES | {PDF}  # what a person photographs, scans or prints
EVERYTHING = PAPERS | {ZIP, MAIL, XML, TEXT}

_SUFFIXES = {
    PDF: (".pdf",), JPEG: (".jpg", ".jpeg"), PNG: (".png",), WEBP: (".webp",), HEIC: (".heic", ".heif"),
    ZIP: (".zip",), MAIL: (".eml",), XML: (".xml",), TEXT: (".txt", ".csv"),
}  # fmt: skip
_WORDS = {
    PDF: "PDF", JPEG: "JPEG", PNG: "PNG", WEBP: "WebP", HEIC: "HEIC", ZIP: "ZIP", MAIL: "e-mail (EML)", XML: "XML",
    TEXT: "text",
}  # fmt: skip
_FROM_MAGIC = {"image/heif": HEIC, "text/xml": XML}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}
_LONGEST_NAME = 120
_MAIL_HEADERS = {"from", "to", "subject", "date", "received", "message-id", "return-path", "mime-version", "x-ricevuta"}


@dataclass(frozen=True, slots=True)
class Upload:
    """What a file turned out to be; `filename` is safe to show and ends as its content asks."""

    media_type: str
    extension: str
    filename: str
    pages: int | None


def inspect_upload(
    *, content: bytes, filename: str, accept: frozenset[str] = EVERYTHING, max_bytes: int | None = None
) -> Upload:
    """Return what a file is, after looking into it.

    filename   as its sender called it: trusted for nothing but to be shown
    accept     media types this place takes: PAPERS, IMAGES, EVERYTHING, or any set of them
    max_bytes  else 10 MB, and 25 MB for a whole e-mail
    pages      of a PDF; 1 for a picture; None for the rest
    raises     UploadRefused, as one of its kinds (archive.upload.*)
    source     rules/archive/uploads.yaml
    """
    limits = upload_limits()
    name = _clean(filename)
    largest = max_bytes if max_bytes is not None else limits["max_mail_bytes" if MAIL in accept else "max_bytes"]
    if not content:
        raise UploadEmpty(f"File {name}", "It has no bytes.", "Choose the file again and send it once more.")
    _refuse_size(name, len(content), largest)
    media_type = _media_type(content)
    if media_type is None or media_type not in accept:
        found = "a kind of file we do not take" if media_type is None else f"a file of type {_WORDS[media_type]}"
        raise UploadNotAccepted(
            f"File {name}",
            f"Whatever its name, its content is {found}.",
            f"Send one of: {', '.join(_WORDS[one] for one in _SUFFIXES if one in accept)}.",
        )
    if max_bytes is None and media_type != MAIL:
        _refuse_size(name, len(content), limits["max_bytes"])
    pages = _LOOK_INTO[media_type](content, name, limits)
    suffixes = _SUFFIXES[media_type]
    stem, suffix = name, PurePosixPath(name).suffix.lower()
    if suffix not in suffixes:
        known = {one for group in _SUFFIXES.values() for one in group} | {".exe", ".bin", ".tmp"}
        stem = (name[: -len(suffix)] if suffix in known else name) + suffixes[0]
        suffix = suffixes[0]
    return Upload(media_type, suffix, stem, pages)


def upload_limits() -> Mapping[str, Any]:
    """Return the limits in force: technical ones, the same whatever the day the file speaks of."""
    limits: Mapping[str, Any] = rules().rule("archive.uploads").history()[-1].value
    return limits


def _refuse_size(name: str, size: int, largest: int) -> None:
    if size > largest:
        raise UploadTooLarge(
            f"File {name}",
            f"It is {_amount(size)}; at most {_amount(largest)} are taken.",
            "Send a smaller picture or fewer pages, or split it in two.",
        )


def _amount(size: int) -> str:
    for unit, name in ((1_000_000, "MB"), (1_000, "kB")):
        if size >= unit:
            return f"{size / unit:.1f}".removesuffix(".0") + f" {name}"
    return f"{size} bytes"


def _clean(filename: str) -> str:
    """Return the name without folders, control characters and what a page or a shell would read as code."""
    name = re.split(r"[/\\]", filename)[-1]
    name = re.sub(r"[\x00-\x1f\x7f<>:\"|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", name).strip(" .")
    if len(name) > _LONGEST_NAME:
        suffix = PurePosixPath(name).suffix[:10]
        name = name[: _LONGEST_NAME - len(suffix)] + suffix
    return name or "file"


def _media_type(content: bytes) -> str | None:
    """Return the type that the first bytes say, None when it is none of ours."""
    try:
        found = [(one.mime_type, one.extension) for one in puremagic.magic_string(content[:65_536])]
    except (puremagic.PureError, ValueError):
        found = []
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return HEIC
    if content[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return ZIP
    if _starts_as_mail(content):
        return MAIL
    mimes: list[str] = [_FROM_MAGIC.get(mime, mime) for mime, _ in found]
    for mime in mimes:
        if mime in EVERYTHING and mime not in (ZIP, MAIL, TEXT):
            return mime
    if any(mime in ("text/html", "image/svg+xml") for mime in mimes):
        return None
    text = _text_of(content)
    if text is None:
        return None
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<?xml"):
        return XML
    if re.match(r"<(!doctype|html|script|svg|body|head)\b", start, re.IGNORECASE):
        return None
    return XML if re.match(r"<[A-Za-z_][\w:.-]*[\s>/]", start) and start.rstrip().endswith(">") else TEXT


def _starts_as_mail(content: bytes) -> bool:
    """A message starts with headers: at least two that every mail has, before its first empty line."""
    head = re.split(rb"\r?\n\r?\n", content[:65_536], maxsplit=1)[0]
    names = [
        line.split(b":", 1)[0].decode("latin-1").lower()
        for line in re.split(rb"\r?\n", head)
        if line and line[:1] not in b" \t"
    ]
    if not all(re.fullmatch(r"[\x21-\x39\x3b-\x7e]+", name) for name in names[:-1]):
        return False
    return len(_MAIL_HEADERS.intersection(names)) >= 2


def _text_of(content: bytes) -> str | None:
    for encoding in ("utf-8", "cp1252"):
        try:
            text: str = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if re.search(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]", text) else text
    return None


def _pdf(content: bytes, name: str, limits: Mapping[str, Any]) -> int:
    broken = UploadBroken(f"File {name}", "The PDF is cut off or damaged.", "Save it again, or print it to a new PDF.")
    if b"%%EOF" not in content[-4096:]:
        raise broken
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise UploadEncrypted(
                f"File {name}",
                "The PDF is protected by a password or by restrictions.",
                "Save it without protection and send it again.",
            )
        pages = len(reader.pages)
        root = reader.root_object
        names = root.get("/Names")
        is_active = "/JavaScript" in (names.get_object() if names is not None else {}) or any(
            _runs(root.get(key)) for key in ("/OpenAction", "/AA")
        )
    except UploadEncrypted:
        raise
    except Exception:  # a reader of hostile bytes fails in many ways, and each of them means the same
        raise broken from None
    if is_active:
        raise UploadActive(
            f"File {name}",
            "The PDF runs a program when it is opened.",
            "Print it to a new PDF and send that one.",
        )
    if pages == 0:
        raise broken
    if pages > limits["max_pdf_pages"]:
        raise UploadTooLarge(
            f"File {name}",
            f"It has {pages} pages; at most {limits['max_pdf_pages']} are taken.",
            "Split it in parts and send them one by one.",
        )
    return pages


def _runs(action: Any) -> bool:
    action = action.get_object() if action is not None else None
    if not isinstance(action, dict):
        return False
    kind = action.get("/S")
    return kind in ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm") or any(
        _runs(inner) for key, inner in action.items() if key in ("/O", "/C", "/WC", "/WS", "/DS", "/WP", "/DP", "/Next")
    )


def _picture(content: bytes, name: str, limits: Mapping[str, Any]) -> int:
    broken = UploadBroken(f"File {name}", "The picture is cut off or damaged.", "Take the picture again and send it.")
    if ImageFile.LOAD_TRUNCATED_IMAGES:  # another library may have switched it on for the whole process
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP"))
    except Image.DecompressionBombError:
        raise _too_many_pixels(name, None, limits) from None
    except Exception:
        raise broken from None
    with picture:
        if picture.width * picture.height > limits["max_pixels"]:
            raise _too_many_pixels(name, picture.size, limits)
        try:
            picture.load()
        except Exception:
            raise broken from None
    return 1


def _too_many_pixels(name: str, size: tuple[int, int] | None, limits: Mapping[str, Any]) -> UploadExpands:
    is_now = "more pixels than any camera has" if size is None else f"{size[0]} x {size[1]} pixels"
    return UploadExpands(
        f"File {name}",
        f"The picture says it has {is_now}; at most {limits['max_pixels'] // 1_000_000} million are taken.",
        "Send the picture in a smaller size.",
    )


def _heic(content: bytes, name: str, limits: Mapping[str, Any]) -> int:
    """Check the boxes of an HEIC picture and its size; nothing here decodes it."""
    broken = UploadBroken(f"File {name}", "The picture is cut off or damaged.", "Take the picture again and send it.")
    at, kinds = 0, set()
    while at < len(content):
        size, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(content[at + 8 : at + 16], "big")
        size = len(content) - at if size == 0 else size
        if size < 8 or at + size > len(content):
            raise broken
        kinds.add(kind)
        at += size
    sides = [
        (int.from_bytes(found[1], "big"), int.from_bytes(found[2], "big"))
        for found in re.finditer(rb"ispe\x00{4}(.{4})(.{4})", content, re.DOTALL)
    ]
    if not {b"ftyp", b"meta"} <= kinds or not sides:
        raise broken
    largest = max(sides, key=lambda side: side[0] * side[1])
    if largest[0] * largest[1] > limits["max_pixels"]:
        raise _too_many_pixels(name, largest, limits)
    return 1


def _zip(content: bytes, name: str, limits: Mapping[str, Any]) -> None:
    zips.check(content, name, limits)


def _mail(content: bytes, name: str, limits: Mapping[str, Any]) -> None:
    """Nothing to unpack: who opens the message inspects each attachment as a file of its own."""


def _xml(content: bytes, name: str, limits: Mapping[str, Any]) -> None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = etree.fromstring(content, parser).getroottree()
    except etree.XMLSyntaxError:
        raise UploadBroken(f"File {name}", "The XML is not well formed.", "Export it again and send it.") from None
    root = etree.QName(tree.getroot()).localname.lower()
    about: Any = tree.docinfo
    if about.doctype or about.internalDTD is not None or root in ("html", "svg"):
        raise UploadActive(
            f"File {name}",
            "The XML defines entities or is a page that may run a program.",
            "Export it as plain data, without DOCTYPE.",
        )


def _text(content: bytes, name: str, limits: Mapping[str, Any]) -> None:
    """That it decodes as text is how it was recognised."""


_LOOK_INTO: dict[str, Callable[[bytes, str, Mapping[str, Any]], int | None]] = {
    PDF: _pdf, JPEG: _picture, PNG: _picture, WEBP: _picture, HEIC: _heic, ZIP: _zip, MAIL: _mail, XML: _xml,
    TEXT: _text,
}  # fmt: skip
