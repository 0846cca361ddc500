"""Have a paper signed: keep it, put it before the signer, send link, code and copy.

    start_signing ──▶ tablet: the clerk sends it there        ──▶ finish_signing ──▶ sealed copy to the customer
                  └─▶ otp:    a link by e-mail, then send_code ──▶
                      paper:  printed and signed by hand       ──▶ finish_on_paper

What a field means for a contract is not known here: who opened the envelope looks at it when it is finished.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from email.utils import format_datetime, make_msgid
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from sorgente.archive.core.uploads import PAPERS, inspect_upload
from sorgente.archive.papers import Paper
from sorgente.archive.queries.documents import document_of
from sorgente.archive.signing.adapters.biometric_key import biometric_key
from sorgente.archive.signing.core.values import Channel, EnvelopeState, Method, SignatureKind, Signer
from sorgente.archive.signing.queries.contacts import contacts_of
from sorgente.archive.signing.queries.enrolments import active_enrolment_of
from sorgente.archive.signing.queries.envelopes import EnvelopeView, envelope
from sorgente.archive.signing.usecases.complete_envelope import complete_envelope, complete_on_paper
from sorgente.archive.signing.usecases.open_envelope import OpenedEnvelope, open_envelope
from sorgente.archive.signing.usecases.reopen_envelope import reopen_envelope
from sorgente.archive.signing.usecases.signing_codes import CodeMessage, record_delivery, send_otp
from sorgente.archive.usecases.store_document import store_document
from sorgente.journeys.signing_words import copy_words, link_words
from sorgente.messages.adapters.sms import send_sms
from sorgente.messages.adapters.trouble import ChannelDown, NotAccepted
from sorgente.messages.usecases.queue_message import queue_message
from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.rules import rules


class CodeNotSent(SorgenteError):
    code = "journeys.signing.code-not-sent"


@transaction.atomic
def start_signing(
    *,
    paper: Paper,
    signer: Signer,
    method: Method,
    subjects: Sequence[str],
    opened_by: str,
    at: datetime,
    signature_kind: SignatureKind = SignatureKind.ADVANCED,
    amount_cents: int | None = None,
) -> EnvelopeView:
    """Keep an unsigned paper and open its envelope; for OTP the link leaves by e-mail.

    subjects  what the sealed document will be about: `contract:…`, `party:12`
    raises    what open_envelope raises: FieldsWrong, SignerNotIdentified, NotEnrolled (then draw the paper with
              `enrolment_values`, or sign with signature_kind SIMPLE)
    """
    kept = store_document(
        content=paper.content,
        title=f"{paper.title} (da firmare)",
        kind=paper.kind,
        media_type="application/pdf",
        subject=list(subjects),
        stored_at=at,
        metadata={"template": paper.template, "template_version": paper.version},
    )
    opened = open_envelope(
        document_id=kept.pk,
        title=paper.title,
        signer=signer,
        fields=paper.fields,
        method=method,
        opened_by=opened_by,
        subjects=subjects,
        at=at,
        signature_kind=signature_kind,
        amount_cents=amount_cents,
    )
    if method is Method.OTP:
        _send_link(opened, at=at)
    return envelope(opened.id)


@transaction.atomic
def sign_another_way(*, envelope_id: int, method: Method, reason: str, by: str, at: datetime) -> OpenedEnvelope:
    """Have the same paper signed in another way, or by a new link; returns the new envelope and its token.

    raises  EnvelopeEnded when it was completed, SignerNotIdentified when OTP has no verified contact
    """
    opened = reopen_envelope(envelope_id=envelope_id, method=method, reason=reason, by=by, at=at)
    if method is Method.OTP:
        _send_link(opened, at=at)
    return opened


def send_code(*, envelope_id: int, channel: Channel, at: datetime) -> CodeMessage:
    """Make a one-time code and send it at once: in a queue it would be of no use, and somebody could read it there.

    raises  CodeNotSent, and what send_otp raises; a code that could not be sent is not counted
    """
    with transaction.atomic():
        made = send_otp(envelope_id=envelope_id, channel=channel, at=at)
        receipt = _send_now(made, at=at)
        record_delivery(envelope_id=envelope_id, key=made.key, what="code", at=at, receipt=receipt)
    return made


@transaction.atomic
def finish_signing(*, envelope_id: int, at: datetime) -> int:
    """Seal what was signed, send the customer a copy, and return the id of the sealed document; again changes nothing.

    raises  what complete_envelope raises: NotAllSigned, EnvelopeEnded, EnvelopeExpired, EnvelopeLost, SealFailed …
    """
    known = envelope(envelope_id)
    was_completed = known.state is EnvelopeState.COMPLETED
    sealed_id = complete_envelope(envelope_id=envelope_id, at=at)
    to = contacts_of(envelope_id)
    if not was_completed and to.email:
        subject_line, body = copy_words(title=known.title, name=to.name, language=to.language)
        queue_message(
            key=f"envelope:{envelope_id}:copy",
            channel="email",
            recipient=to.email,
            subject_line=subject_line,
            body=body,
            about=f"envelope:{envelope_id}",
            queued_at=at,
            document_id=sealed_id,
        )
    return sealed_id


@transaction.atomic
def finish_on_paper(
    *, envelope_id: int, content: bytes, filename: str, signed: Collection[str], hand: str, by: str, at: datetime
) -> int:
    """Take the scan of a paper signed by hand and close its envelope; returns the id of the scan.

    signed  keys of the fields that bear a signature, as the clerk compared them
    hand    who held the pen
    raises  UploadRefused, and what complete_on_paper raises: NotAllSigned, WrongMethod, EnvelopeEnded …
    """
    known = envelope(envelope_id)
    upload = inspect_upload(content=content, filename=filename, accept=PAPERS)
    scan = store_document(
        content=content,
        title=f"{known.title} (firmato su carta)",
        kind=document_of(known.document_id).kind,
        media_type=upload.media_type,
        subject=[*known.subjects, known.party_reference],
        stored_at=at,
    )
    return complete_on_paper(
        envelope_id=envelope_id, scan_document_id=scan.pk, signed=signed, by=by, at=at, hand=hand
    )  # fmt: skip


def is_enrolled(party_reference: str) -> bool:
    """Tell whether a party adhered to the advanced signature; if not, its first paper carries the adhesion."""
    return active_enrolment_of(party_reference) is not None


def enrolment_values(*, on: date) -> dict[str, str]:
    """Return the group `enrolment` that papers print: notice, insurance, who keeps the key, where it is explained."""
    figures = rules().value("signing.enrolment", on=on)
    holder = dict(part.split("=", 1) for part in biometric_key().holder.split(",") if "=" in part)
    return {
        "notice_version": figures["notice_version"],
        "insurance": figures["insurance_policy"],
        "key_keeper": holder.get("CN", biometric_key().holder),
        "web_page": f"{settings.SITE_ADDRESS.partition('://')[2]}/firma/come-funziona/",
    }


def _send_link(opened: OpenedEnvelope, *, at: datetime) -> None:
    known, to = envelope(opened.id), contacts_of(opened.id)
    if not to.email:
        return  # a signer with a telephone alone opens the link the clerk's screen shows
    subject_line, body = link_words(
        title=known.title,
        name=to.name,
        link=f"{settings.SITE_ADDRESS}/firma/{opened.token}/",
        until=opened.expires_at,
        language=to.language,
    )
    queue_message(
        key=f"envelope:{opened.id}:link",
        channel="email",
        recipient=to.email,
        subject_line=subject_line,
        body=body,
        about=f"envelope:{opened.id}",
        queued_at=at,
    )


def _send_now(made: CodeMessage, *, at: datetime) -> str:
    """Send a code and return its message id; raises CodeNotSent."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    name = make_msgid(domain=domain) if made.channel is Channel.EMAIL else made.key
    try:
        if made.channel is Channel.SMS:
            send_sms(made, as_of=at)
        else:
            headers = {"Date": format_datetime(at), "Message-ID": name}
            EmailMessage(made.subject, made.body, settings.DEFAULT_FROM_EMAIL, [made.recipient], headers=headers).send()
    except (OSError, SMTPException, ChannelDown, NotAccepted) as problem:
        raise CodeNotSent(
            f"Code to {made.masked_recipient}",
            f"It could not be sent: {type(problem).__name__}.",
            "Try again in a few minutes, or the other way.",
        ) from problem
    return name
