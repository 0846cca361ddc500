"""Seal a PDF for the company: ink drawn, files attached, one PAdES seal with a time stamp, nothing changed after.

The original bytes stay as they are in front (incremental update): the sealed file starts with the very document that
was shown, so that anybody can compare its hash. Strokes are drawn as paths and files are attached by hand, because
PDF/A-3 asks for version 1.7, for associated files in the catalogue and for no font that is not embedded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.embed import EmbeddedFileObject, EmbeddedFileParams
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.api import CAdESSignedAttrSpec
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation.dss import async_add_validation_info
from pyhanko_certvalidator.errors import PathError

from sorgente.archive.signing.adapters.seal_keys import seal_signer, time_stamper, validation_context
from sorgente.shared.company import company
from sorgente.shared.errors import SorgenteError

_INK = b"0.04 0.09 0.42 RG 1.1 w 1 J 1 j"  # dark blue, round ends
_TRY_AGAIN = "Nothing was changed; try again, and check seal and time-stamp settings if it stays so."


class SealFailed(SorgenteError):
    code = "signing.seal.failed"


@dataclass(frozen=True, slots=True)
class Drawing:
    """Path operators to draw on a page, from 0, in its user space."""

    page: int
    path: bytes


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the sealed PDF. `relationship` as PDF/A-3 knows it: Data, Supplement, Source…"""

    name: str
    content: bytes
    media_type: str
    description: str
    relationship: str = "Supplement"


@dataclass(frozen=True, slots=True)
class SealSettings:
    """How one document is sealed; `level` B-B, B-T or B-LT."""

    reason: str
    level: str = "B-T"
    drawings: Sequence[Drawing] = field(default_factory=tuple)
    attachments: Sequence[Attachment] = field(default_factory=tuple)


def seal_pdf(
    content: bytes,
    *,
    reason: str,
    at: datetime,
    level: str = "B-T",
    drawings: Sequence[Drawing] = (),
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """Return the PDF sealed by the company so that nothing may be changed after (DocMDP 1).

    level   B-B signature alone · B-T with time stamp · B-LT with revocation data inside too
    raises  SealFailed: unreadable PDF, wrong key or password, time-stamp authority that does not answer
    """
    how = SealSettings(reason, level, drawings, attachments)
    try:
        return asyncio.run(_seal(content, how, at))
    except (PdfError, SigningError, TimestampRequestError, PathError, OSError, ValueError) as problem:
        raise SealFailed("Seal", f"The document could not be sealed: {problem}.", _TRY_AGAIN) from problem


def add_validation_data(content: bytes) -> bytes:
    """Return a B-T document raised to B-LT: certificates and revocation lists inside; raises SealFailed."""

    async def add() -> bytes:
        reader = PdfFileReader(BytesIO(content))
        out = BytesIO()
        for signature in reader.embedded_regular_signatures:
            await async_add_validation_info(signature, validation_context(), output=out)
            return out.getvalue()
        raise SigningError("it has no signature")

    try:
        return asyncio.run(add())
    except (PdfError, SigningError, PathError, OSError, ValueError) as problem:
        raise SealFailed("Seal", f"Validation data could not be added: {problem}.", _TRY_AGAIN) from problem


async def _seal(content: bytes, how: SealSettings, at: datetime) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(content))
    _draw(writer, how.drawings)
    for one in how.attachments:
        _attach(writer, one, at)
    stamped, lasting = how.level in ("B-T", "B-LT"), how.level == "B-LT"
    number = len(writer.prev.embedded_signatures) + 1
    signer = PdfSigner(
        PdfSignatureMetadata(
            field_name=f"Sigillo{number}",
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            reason=how.reason,
            name=company().name,
            location=company().address.town,
            # Only the first signature of a file may certify it.
            certify=number == 1,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            embed_validation_info=lasting,
            validation_context=validation_context() if lasting else None,
            cades_signed_attr_spec=CAdESSignedAttrSpec(),
        ),
        signer=seal_signer(),
        timestamper=time_stamper(at) if stamped else None,
    )
    session = signer.init_signing_session(writer)
    session.system_time = at  # the instant is the caller's, not this machine's clock
    info = await session.perform_presign_validation(writer)
    reserved = await session.estimate_signature_container_size(info)
    prepared = session.prepare_tbs_document(validation_info=info, bytes_reserved=reserved)
    output = BytesIO()
    digest, _ = prepared.digest_tbs_document(output=output)
    sealed = await prepared.perform_signature(
        document_digest=digest.document_digest,
        pdf_cms_signed_attrs=PdfCMSSignedAttributes(
            signing_time=at, cades_signed_attrs=signer.signature_meta.cades_signed_attr_spec
        ),
    )
    await sealed.post_signature_processing(output)
    return output.getvalue()


def _draw(writer: IncrementalPdfFileWriter, drawings: Sequence[Drawing]) -> None:
    """Add the strokes behind the page's own content streams, each page's graphics state kept apart.

    They are marked as artifacts: the tagged text of the page stays complete and in order.
    """
    pages: dict[int, list[bytes]] = {}
    for one in drawings:
        pages.setdefault(one.page, []).append(one.path)
    for page, paths in sorted(pages.items()):
        before = generic.StreamObject(stream_data=b"q\n")
        ink = b"\nQ\n/Artifact BMC q " + _INK + b"\n" + b"\n".join(paths) + b"\nQ EMC\n"
        after = generic.StreamObject(stream_data=ink)
        after.compress()
        writer.add_stream_to_page(page, writer.add_object(before), prepend=True)
        writer.add_stream_to_page(page, writer.add_object(after))


def _attach(writer: IncrementalPdfFileWriter, one: Attachment, at: datetime) -> None:
    stream = EmbeddedFileObject.from_file_data(
        writer, one.content, params=EmbeddedFileParams(modification_date=at), mime_type=one.media_type
    )
    file = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Filespec"),
            pdf_name("/F"): pdf_string(one.name),
            pdf_name("/UF"): pdf_string(one.name),
            pdf_name("/Desc"): generic.TextStringObject(one.description),
            pdf_name("/AFRelationship"): pdf_name(f"/{one.relationship}"),
            pdf_name("/EF"): generic.DictionaryObject(
                {pdf_name("/F"): stream.ef_stream_ref, pdf_name("/UF"): stream.ef_stream_ref}
            ),
        }
    )
    reference = writer.add_object(file)
    _add_name(writer, one.name, reference)
    if "/AF" not in writer.root:
        writer.root[pdf_name("/AF")] = writer.add_object(generic.ArrayObject())
        writer.update_root()
    files = writer.root["/AF"]
    files.append(reference)
    writer.update_container(files)


def _add_name(writer: IncrementalPdfFileWriter, name: str, reference: generic.IndirectObject) -> None:
    """Put a file into the name tree of attachments, rewritten flat and in order of names."""
    if "/Names" not in writer.root:
        writer.root[pdf_name("/Names")] = writer.add_object(generic.DictionaryObject())
        writer.update_root()
    names = writer.root["/Names"]
    known = _names_in(names["/EmbeddedFiles"]) if "/EmbeddedFiles" in names else {}
    known[name] = reference
    flat = generic.ArrayObject()
    for key, value in sorted(known.items()):
        flat.append(pdf_string(key))
        flat.append(value)
    names[pdf_name("/EmbeddedFiles")] = writer.add_object(generic.DictionaryObject({pdf_name("/Names"): flat}))
    writer.update_container(names)


def _names_in(tree: Mapping[str, Any]) -> dict[str, generic.PdfObject]:
    found: dict[str, generic.PdfObject] = {}
    if "/Names" in tree:
        leaf = tree["/Names"]
        for position in range(0, len(leaf), 2):
            found[str(leaf[position])] = leaf.raw_get(position + 1)
    if "/Kids" in tree:
        for kid in tree["/Kids"]:
            found.update(_names_in(kid))
    return found
