"""The signature of a request: on a tablet, by a code, or with ink on paper that is scanned."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from sorgente.archive.core.uploads import PAPERS, inspect_upload
from sorgente.archive.signing.core.values import EnvelopeState, FieldKind, FieldState, Method, SignatureKind, Signer
from sorgente.archive.signing.queries.envelopes import EnvelopeView, envelope, latest_of_paper
from sorgente.archive.signing.usecases.end_envelope import cancel_envelope
from sorgente.archive.usecases.store_document import store_document
from sorgente.customers.queries.requests import RequestView, request_view
from sorgente.customers.usecases.request_outcome import cancel_request
from sorgente.customers.usecases.request_papers import NothingToSign, open_signature, record_signature, take_back_paper
from sorgente.journeys.contracts.papers import identity_words, paper_to_sign
from sorgente.journeys.contracts.steps import followed
from sorgente.journeys.signing import finish_signing, is_enrolled, start_signing
from sorgente.shared.errors import SorgenteError

ENDS = {
    EnvelopeState.REFUSED: "il cliente non ha voluto firmare",
    EnvelopeState.EXPIRED: "il tempo per firmare è finito",
    EnvelopeState.CANCELLED: "annullata",
}


class SignaturesMissing(SorgenteError):
    code = "journeys.contracts.signatures-missing"


@transaction.atomic
def start_signature(*, number: str, method: str, author: str, at: datetime) -> EnvelopeView:
    """Put the paper of a request before its signer; an envelope that is under way is returned as it is.

    method  tablet or otp (the link leaves by e-mail, the code goes to the contacts told)
    raises  NothingToSign, and what start_signing raises (SignerNotIdentified: no identity document, no contact)
    """
    view = request_view(number, as_of=at.date())
    paper_id = _paper_of(view)
    if view.envelope_id is not None:
        there = latest_of_paper(view.envelope_id)
        if not there.state.final and there.method == method:
            return there
        if not there.state.final:
            cancel_envelope(envelope_id=there.id, reason="signed in another way", by=author, at=at)
    paper = paper_to_sign(paper_id)
    reference = f"party:{view.line.party_id}"
    adheres = any(one.kind is FieldKind.ENROLMENT for one in paper.fields)
    opened = start_signing(
        paper=paper,
        signer=Signer(
            name=view.line.name,
            tax_code=view.answers["tax_code"] or view.answers["vat_number"],
            party_reference=reference,
            identity=identity_words(view) or "identificato come intestatario del contratto",
            email=view.answers["email"],
            mobile=view.answers["mobile"],
            language=view.answers["language"],
        ),
        method=Method(method),
        subjects=_subjects(view),
        opened_by=author,
        at=at,
        signature_kind=SignatureKind.ADVANCED if adheres or is_enrolled(reference) else SignatureKind.SIMPLE,
    )
    open_signature(number=number, envelope_id=opened.id, author=author, at=at)
    return opened


@transaction.atomic
def finish_signature(*, number: str, author: str, at: datetime) -> RequestView:
    """Take what became of the envelope: seal and take the signed paper, or go back when it was refused or ran out.

    An envelope still under way changes nothing. Done again, neither does a finished one.
    raises  NothingToSign when no envelope was ever opened, and what finish_signing raises
    """
    view = request_view(number, as_of=at.date())
    if view.envelope_id is None:
        raise NothingToSign(f"Request {number}", "No signature was opened.", "Start it on a tablet or by code.")
    there = latest_of_paper(view.envelope_id)
    if view.line.state == "to_sign" and (there.ready or there.state is EnvelopeState.COMPLETED):
        sealed_id = finish_signing(envelope_id=there.id, at=at)
        signed = [one.key for one in envelope(there.id).fields if one.state is FieldState.SIGNED]
        record_signature(
            number=number, document_id=sealed_id, fields=signed, signed_by=there.method.value, author=author, at=at
        )
    elif view.line.state == "to_sign" and there.state.final:
        take_back_paper(number=number, author=author, at=at, reason=f"firma non conclusa: {ENDS[there.state]}")
    return followed(number, at=at)


def is_over(there: EnvelopeView) -> bool:
    """Tell whether a signer is done: signed with every choice made, or with the code that closes; refused; run out.

    A tablet on which a free consent is still to be chosen is not: the paper must not be sealed under the pen.
    """
    return there.state.final or (there.ready and (there.method is Method.OTP or there.next_field is None))


@transaction.atomic
def sign_on_paper(
    *,
    number: str,
    content: bytes,
    filename: str,
    signed_fields: Collection[str],
    author: str,
    at: datetime,
    hand: str = "",
) -> RequestView:
    """Take a paper signed with ink, scanned: the clerk says which fields bear a signature, and whose hand it was.

    raises  NothingToSign, SignaturesMissing (names the fields the contract cannot do without), UploadRefused
    """
    view = request_view(number, as_of=at.date())
    paper = paper_to_sign(_paper_of(view))
    unsigned = [one.label for one in paper.fields if one.required and one.key not in signed_fields]
    if unsigned:
        raise SignaturesMissing(
            f"Request {number}",
            f"Not signed: {'; '.join(unsigned)}.",
            "Have the paper signed there too, and scan it again.",
        )
    upload = inspect_upload(content=content, filename=filename, accept=PAPERS)
    _end_envelope(view, reason="signed on paper", by=author, at=at)
    document = store_document(
        content=content, title=f"{paper.title} (firmato su carta)", kind=paper.kind, media_type=upload.media_type,
        subject=_subjects(view), stored_at=at,
        metadata={"signed_on_paper": {"hand": hand.strip() or view.line.name, "taken_by": author}},
    )  # fmt: skip
    known = {one.key for one in paper.fields}
    record_signature(
        number=number, document_id=document.pk, fields=[key for key in signed_fields if key in known],
        signed_by="paper", author=author, at=at,
    )  # fmt: skip
    return followed(number, at=at)


@transaction.atomic
def cancel(*, number: str, author: str, at: datetime, reason: str) -> RequestView:
    """Close a request the customer gave up, with its envelope; raises RequestClosed, ReasonMissing."""
    view = request_view(number, as_of=at.date())
    _end_envelope(view, reason=reason, by=author, at=at)
    cancel_request(number=number, author=author, at=at, reason=reason)
    return followed(number, at=at)


def _end_envelope(view: RequestView, *, reason: str, by: str, at: datetime) -> None:
    there = None if view.envelope_id is None else latest_of_paper(view.envelope_id)
    if there is not None and not there.state.final:
        cancel_envelope(envelope_id=there.id, reason=reason, by=by, at=at)


def _paper_of(view: RequestView) -> int:
    if view.line.state != "to_sign" or view.paper_document_id is None:
        raise NothingToSign(
            f"Request {view.line.number}", f"It is {view.line.state}: no paper waits for a signature.",
            "Prepare the papers first.",
        )  # fmt: skip
    return view.paper_document_id


def _subjects(view: RequestView) -> list[str]:
    return [f"request:{view.line.number}", f"party:{view.line.party_id}", f"contract:{view.contract_number}"]
