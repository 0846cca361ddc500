"""The one-time code of a signature at a distance: sent to the verified contact, bound to the document, used once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from sorgente.archive.signing.adapters.code_text import code_text
from sorgente.archive.signing.adapters.ending import void_codes
from sorgente.archive.signing.adapters.journal import add_event
from sorgente.archive.signing.adapters.under_way import WrongMethod, locked, name_of, under_way
from sorgente.archive.signing.core.figures import code_figures
from sorgente.archive.signing.core.secrets import masked_email, masked_mobile, new_code
from sorgente.archive.signing.core.values import Channel, FieldState, Method, Source
from sorgente.archive.signing.models import Envelope, SigningCode
from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.rules import rules

__all__ = ["Channel", "CodeAnswer", "CodeMessage", "CodeOutcome", "confirm_otp", "record_delivery", "send_otp"]


class NothingToSign(SorgenteError):
    code = "signing.code.nothing-to-sign"


class ContactMissing(SorgenteError):
    code = "signing.code.contact-missing"


class TooManyCodes(SorgenteError):
    code = "signing.code.too-many-sent"


class CodesLocked(SorgenteError):
    code = "signing.code.locked"


@dataclass(frozen=True, slots=True)
class CodeMessage:
    """What the caller sends, at once, and then forgets: `body` holds the code. Keep `redacted_body` in its place.

    key  one message, for the queue: `otp:<envelope>:<number>`
    """

    key: str
    channel: Channel
    recipient: str
    masked_recipient: str
    subject: str
    body: str
    redacted_body: str
    expires_at: datetime


class CodeOutcome(StrEnum):
    ACCEPTED = "accepted"
    WRONG = "wrong"
    EXPIRED = "expired"
    USED = "used"
    NONE_SENT = "none_sent"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class CodeAnswer:
    """What became of a code the signer typed. `accepted` once; a replay is `used`."""

    outcome: CodeOutcome
    attempts_left: int

    @property
    def accepted(self) -> bool:
        return self.outcome is CodeOutcome.ACCEPTED


@transaction.atomic
def send_otp(*, envelope_id: int, channel: Channel, at: datetime) -> CodeMessage:
    """Make a code for the fields chosen so far and return the message to send; earlier codes are void.

    raises  NothingToSign, ContactMissing, TooManyCodes, CodesLocked, WrongMethod,
            UnknownEnvelope, EnvelopeEnded, EnvelopeExpired, EnvelopeLost
    source  rules/signing/codes.yaml
    """
    envelope = under_way(envelope_id, at=at)
    figures = code_figures(rules(), on=at.date())
    if envelope.method != Method.OTP:
        raise WrongMethod(name_of(envelope), f"It is signed by {envelope.method}.", "No code is needed.")
    if envelope.code_locked_at is not None:
        raise CodesLocked(
            name_of(envelope), f"{figures.attempts} wrong codes were typed.", "Cancel it and open a new one."
        )
    undecided = envelope.fields.filter(required=True, state=FieldState.WAITING.value)
    chosen = list(envelope.fields.filter(state=FieldState.CHOSEN.value).values_list("key", flat=True))
    if not chosen or undecided.exists():
        raise NothingToSign(
            name_of(envelope), "Not every required field is chosen.", "Read the document and choose what to sign."
        )
    channel = Channel(channel)
    recipient = envelope.mobile if channel is Channel.SMS else envelope.email
    if not recipient:
        raise ContactMissing(
            name_of(envelope), f"The signer has no verified contact for {channel.value}.", "Use the other channel."
        )
    sent = SigningCode.objects.filter(envelope=envelope).count()
    if sent >= figures.sends:
        raise TooManyCodes(name_of(envelope), f"{sent} codes were sent.", "Cancel it and open a new one.")
    void_codes(envelope, at=at)
    code = new_code(figures.digits)
    made = SigningCode.objects.create(
        envelope=envelope,
        channel=channel.value,
        code_hmac=_hmac(envelope, code),
        sent_at=at,
        expires_at=at + figures.life,
    )
    masked = masked_mobile(recipient) if channel is Channel.SMS else masked_email(recipient)
    subject, body = code_text(
        code=code, title=envelope.title, amount_cents=envelope.amount_cents, life=figures.life, lang=envelope.language
    )
    add_event(
        envelope,
        "code_sent",
        at=at,
        facts={
            "number": sent + 1,
            "channel": channel.value,
            "recipient": masked,
            "code_hmac": made.code_hmac,
            "digits": figures.digits,
            "expires_at": made.expires_at.isoformat(),
            "fields": chosen,
        },
    )
    key = f"otp:{envelope.pk}:{sent + 1}"
    redacted = body.replace(code, "•" * figures.digits)
    return CodeMessage(key, channel, recipient, masked, subject, body, redacted, made.expires_at)


@transaction.atomic
def confirm_otp(*, envelope_id: int, code: str, at: datetime, source: Source) -> CodeAnswer:
    """Try a code; the right one signs every chosen field.

    Wrong, expired, used and locked are answers, not errors: a caller that undoes its work must not undo the count.
    raises  WrongMethod, UnknownEnvelope, EnvelopeEnded, EnvelopeExpired, EnvelopeLost
    """
    envelope = under_way(envelope_id, at=at)
    if envelope.method != Method.OTP:
        raise WrongMethod(name_of(envelope), f"It is signed by {envelope.method}.", "No code is needed.")
    attempts = code_figures(rules(), on=at.date()).attempts
    if envelope.wrong_codes >= attempts:
        if envelope.code_locked_at is None:
            envelope.code_locked_at = at
            envelope.save()
            void_codes(envelope, at=at)
            add_event(envelope, "code_locked", at=at, facts=source.facts())
        return CodeAnswer(CodeOutcome.LOCKED, 0)
    typed = _hmac(envelope, "".join(code.split()))
    latest = SigningCode.objects.filter(envelope=envelope, void_at=None).order_by("-sent_at", "-pk").first()
    outcome = _outcome(latest, typed, at)
    if outcome is CodeOutcome.WRONG:
        envelope.wrong_codes += 1
        envelope.save()
    left = attempts - envelope.wrong_codes
    if latest is None or outcome is not CodeOutcome.ACCEPTED:
        add_event(envelope, f"code_{outcome.value}", at=at, facts={"attempts_left": left, **source.facts()})
        return CodeAnswer(outcome, left)
    latest.used_at = at
    latest.save()
    chosen = envelope.fields.filter(state=FieldState.CHOSEN.value)
    signed = list(chosen.values_list("key", flat=True))
    chosen.update(state=FieldState.SIGNED.value, signature_kind=envelope.signature_kind, decided_at=at)
    add_event(
        envelope,
        "code_accepted",
        at=at,
        facts={"channel": latest.channel, "code_hmac": latest.code_hmac, "fields": signed, **source.facts()},
    )
    return CodeAnswer(CodeOutcome.ACCEPTED, left)


@transaction.atomic
def record_delivery(*, envelope_id: int, key: str, what: str, at: datetime, receipt: str) -> None:
    """Record what the gateway said of a link or code that was sent: its message id and delivery receipt.

    key   the message's key in the queue
    what  link, code or copy; the copy goes out when the envelope is completed
    raises  UnknownEnvelope
    """
    envelope = locked(envelope_id)
    add_event(envelope, f"{what}_delivered", at=at, facts={"message": key, "receipt": receipt[:300]})


def _outcome(latest: SigningCode | None, typed: str, at: datetime) -> CodeOutcome:
    if latest is None:
        return CodeOutcome.NONE_SENT
    if latest.used_at is not None:
        return CodeOutcome.USED
    if not constant_time_compare(latest.code_hmac, typed):
        return CodeOutcome.WRONG
    return CodeOutcome.EXPIRED if latest.expires_at <= at else CodeOutcome.ACCEPTED


def _hmac(envelope: Envelope, code: str) -> str:
    """Return the keyed hash of a code; it is of no use for another envelope or another document."""
    value = f"{envelope.pk}|{envelope.document_sha256}|{code}"
    return salted_hmac("sorgente.archive.signing.code", value, algorithm="sha256").hexdigest()
