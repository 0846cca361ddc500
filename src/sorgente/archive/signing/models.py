"""Tables of signing: envelopes, their fields and events, codes, tablets, enrolments."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sorgente.archive.signing.core.values import (
    FINAL_STATES,
    Channel,
    EnvelopeState,
    FieldKind,
    FieldState,
    InputKind,
    Method,
    SignatureKind,
)


def _choices(words: type) -> list[tuple[str, str]]:
    return [(one.value, one.value) for one in words]  # type: ignore[attr-defined]


_S = EnvelopeState
_UNDER_WAY = (_S.OPEN, _S.SHOWN, _S.READ, _S.SIGNING)
# LOST goes back to OPEN: the customer reads again on the other tablet before signing on.
_MOVES: list[tuple[str, str]] = [
    (_S.OPEN, _S.SHOWN), (_S.SHOWN, _S.READ), (_S.READ, _S.SIGNING), (_S.SIGNING, _S.COMPLETED), (_S.LOST, _S.OPEN),
    (_S.OPEN, _S.COMPLETED),  # on paper only, see the constraint
    *((state, _S.LOST) for state in _UNDER_WAY),
    *((state, end) for state in (*_UNDER_WAY, _S.LOST) for end in sorted(FINAL_STATES - {_S.COMPLETED})),
]  # fmt: skip


class TabletPairing(models.Model):
    """A tablet that works for one clerk until it is unpaired or its shift ends."""

    clerk = models.CharField(max_length=150)
    code_sha256 = models.CharField(max_length=64, unique=True)
    code_expires_at = models.DateTimeField()
    offered_at = models.DateTimeField()
    device_token_sha256 = models.CharField(max_length=64, unique=True, null=True)
    device = models.CharField(max_length=300, blank=True)
    paired_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    unpaired_at = models.DateTimeField(null=True)
    unpaired_because = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return f"{self.clerk} {self.device}"


class Envelope(models.Model):
    """One document for one signer to sign. Signer and document never change; a final state is final."""

    document = models.ForeignKey("archive.Document", models.PROTECT, related_name="+")
    document_sha256 = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    amount_cents = models.BigIntegerField(null=True)
    subjects = ArrayField(models.CharField(max_length=80))
    method = models.CharField(max_length=10, choices=_choices(Method))
    signature_kind = models.CharField(max_length=10, choices=_choices(SignatureKind))
    signer_name = models.CharField(max_length=200)
    signer_tax_code = models.CharField(max_length=16, blank=True)
    party_reference = models.CharField(max_length=80)
    identity = models.CharField(max_length=300)
    email = models.CharField(max_length=254, blank=True)
    mobile = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=5)
    state = models.CharField(max_length=10, choices=_choices(EnvelopeState), default=EnvelopeState.OPEN.value)
    token_sha256 = models.CharField(max_length=64, unique=True)
    opened_by = models.CharField(max_length=150)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tablet = models.ForeignKey(TabletPairing, models.PROTECT, null=True, related_name="envelopes")
    assigned_at = models.DateTimeField(null=True)
    shown_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    code_locked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)
    sealed_document = models.ForeignKey("archive.Document", models.PROTECT, null=True, related_name="+")
    evidence_document = models.ForeignKey("archive.Document", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="envelope_expires_later", condition=Q(expires_at__gt=F("opened_at"))),
            models.CheckConstraint(
                name="envelope_completed_has_its_proofs",
                condition=~Q(state="completed")
                | Q(
                    read_at__isnull=False,
                    ended_at__isnull=False,
                    sealed_document__isnull=False,
                    evidence_document__isnull=False,
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["tablet", "state"]),
            models.Index(fields=["expires_at"], name="envelope_under_way", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["party_reference"]),
        ]
        triggers = [
            pgtrigger.Protect(name="envelope_stays", operation=pgtrigger.Delete),
            pgtrigger.FSM(name="envelope_moves_forward", field="state", transitions=_MOVES),
            pgtrigger.ReadOnly(
                name="envelope_keeps_its_document",
                fields=["document", "document_sha256", "title", "amount_cents", "method", "signature_kind",
                        "signer_name", "signer_tax_code", "party_reference", "identity", "email", "mobile",
                        "token_sha256", "opened_by", "opened_at"],
            ),
            pgtrigger.Trigger(
                name="envelope_completed_is_signed",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__state="completed") & ~pgtrigger.Q(old__state="completed"),
                func="""
                    IF EXISTS (SELECT 1 FROM signing_envelopefield AS field WHERE field.envelope_id = NEW.id AND (
                        field.state IN ('waiting', 'chosen') OR (field.required AND field.state <> 'signed')))
                    THEN RAISE EXCEPTION 'Envelope % has a required field that is not signed.', NEW.id; END IF;
                    IF OLD.state = 'open' AND NEW.method <> 'paper'
                    THEN RAISE EXCEPTION 'Envelope % was not read.', NEW.id; END IF;
                    RETURN NEW;
                """,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title} ({self.signer_name})"


class EnvelopeField(models.Model):
    """A place to sign, with its own act. Ink and encrypted biometrics stay only until the document is sealed."""

    envelope = models.ForeignKey(Envelope, models.CASCADE, related_name="fields")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, choices=_choices(FieldKind))
    label = models.CharField(max_length=300)
    required = models.BooleanField()
    page = models.PositiveIntegerField()
    box = ArrayField(models.FloatField(), size=4)
    state = models.CharField(max_length=10, choices=_choices(FieldState), default=FieldState.WAITING.value)
    decided_at = models.DateTimeField(null=True)
    input_kind = models.CharField(max_length=20, choices=_choices(InputKind), blank=True)
    signature_kind = models.CharField(max_length=10, choices=_choices(SignatureKind), blank=True)
    ink = models.JSONField(null=True)
    ink_sha256 = models.CharField(max_length=64, blank=True)
    biometrics = models.JSONField(null=True)
    biometrics_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["envelope", "key"], name="envelope_field_once")]
        triggers = [
            pgtrigger.Protect(name="envelope_field_stays", operation=pgtrigger.Delete),
            pgtrigger.FSM(
                name="envelope_field_decided_once",
                field="state",
                transitions=[("waiting", "chosen"), ("waiting", "signed"), ("waiting", "refused"),
                             ("chosen", "signed"), ("chosen", "refused"), ("chosen", "waiting")],
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.key} {self.state}"


class EnvelopeEvent(models.Model):
    """What happened to an envelope, in a chain: each event carries the hash of the one before."""

    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    facts = models.JSONField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["sequence"]
        constraints = [models.UniqueConstraint(fields=["envelope", "sequence"], name="envelope_event_once")]
        triggers = [
            pgtrigger.Protect(name="envelope_event_never_changes", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}"


class SigningCode(models.Model):
    """A one-time code that was sent. Only its keyed hash, bound to envelope and document, is kept."""

    envelope = models.ForeignKey(Envelope, models.CASCADE, related_name="codes")
    channel = models.CharField(max_length=10, choices=_choices(Channel))
    code_hmac = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    void_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.channel} {self.sent_at}"


class EnrolmentConsent(models.Model):
    """A customer's signed adhesion to the advanced signature (DPCM 22 February 2013, art. 57), until revoked."""

    party_reference = models.CharField(max_length=80)
    declared_at = models.DateTimeField()
    notice_version = models.CharField(max_length=40)
    identity_document = models.CharField(max_length=300)
    insurance_policy = models.CharField(max_length=200)
    channel = models.CharField(max_length=10, choices=_choices(Method))
    document = models.ForeignKey("archive.Document", models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_through = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party_reference"], name="enrolment_one_active", condition=Q(revoked_at__isnull=True)
            )
        ]
        triggers = [
            pgtrigger.Protect(name="enrolment_stays", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="enrolment_only_revoked", exclude=["revoked_at", "revoked_through"]),
            pgtrigger.Protect(
                name="enrolment_revoked_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__revoked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_reference} {self.declared_at:%Y-%m-%d}"
