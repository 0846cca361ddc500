"""Tablets: paired with a clerk by a code on the screen, given envelopes, lost, unpaired."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sorgente.archive.signing.adapters.journal import add_event
from sorgente.archive.signing.adapters.under_way import (
    EnvelopeExpired,
    EnvelopeLost,
    WrongMethod,
    locked,
    name_of,
    refuse_unless_under_way,
)
from sorgente.archive.signing.core.figures import pairing_life, shift_life
from sorgente.archive.signing.core.secrets import new_pairing_code, new_token, pairing_code_sha256, token_sha256
from sorgente.archive.signing.core.values import FINAL_STATES, EnvelopeState, Method
from sorgente.archive.signing.models import Envelope, TabletPairing
from sorgente.archive.signing.queries.tablets import TabletUnknown, paired_tablet
from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.rules import rules

__all__ = [
    "EnvelopeExpired", "PairedTablet", "PairingOffer", "PairingRefused", "TabletUnknown", "assign_envelope_to_tablet",
    "offer_pairing", "pair_tablet", "report_tablet_lost", "tablet_seen", "unpair_tablet",
]  # fmt: skip


class PairingRefused(SorgenteError):
    code = "signing.tablet.pairing-refused"


@dataclass(frozen=True, slots=True)
class PairingOffer:
    """What the clerk's screen shows, as a QR code and to be typed; told once."""

    pairing_id: int
    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PairedTablet:
    """What the tablet keeps (a cookie only its pages read); `device_token` is told once."""

    pairing_id: int
    device_token: str
    clerk: str
    expires_at: datetime


@transaction.atomic
def offer_pairing(*, clerk: str, at: datetime) -> PairingOffer:
    """Make a one-time code that pairs a tablet with this clerk, within minutes."""
    code = new_pairing_code()
    made = TabletPairing.objects.create(
        clerk=clerk,
        code_sha256=pairing_code_sha256(code),
        offered_at=at,
        code_expires_at=at + pairing_life(rules(), on=at.date()),
    )
    return PairingOffer(made.pk, code, made.code_expires_at)


@transaction.atomic
def pair_tablet(*, code: str, at: datetime, device: str = "") -> PairedTablet:
    """Pair the tablet that read the code; raises PairingRefused when the code is unknown, used or too old.

    device  its browser, for the clerk to recognise it
    """
    offer = TabletPairing.objects.select_for_update().filter(code_sha256=pairing_code_sha256(code)).first()
    usable = offer is not None and offer.paired_at is None and offer.unpaired_at is None
    if offer is None or not usable or offer.code_expires_at <= at:
        raise PairingRefused(
            "Tablet", "This code is unknown, was used already or is too old.", "Show a new QR code and scan it again."
        )
    token = new_token()
    offer.device_token_sha256 = token_sha256(token)
    offer.device = device[:300]
    offer.paired_at = offer.seen_at = at
    offer.expires_at = at + shift_life(rules(), on=at.date())
    offer.save()
    return PairedTablet(offer.pk, token, offer.clerk, offer.expires_at)


@transaction.atomic
def tablet_seen(*, device_token: str, at: datetime) -> int:
    """Record that a paired tablet asked for work; returns its pairing id; raises TabletUnknown."""
    tablet = paired_tablet(device_token, at=at)
    TabletPairing.objects.filter(pk=tablet.pk).update(seen_at=at)
    return tablet.pk


@transaction.atomic
def unpair_tablet(*, pairing_id: int, at: datetime) -> int:
    """End a pairing at the end of the work; envelopes under way on it become lost. Returns how many. Again: 0."""
    return _unpair(pairing_id, because="unpaired", at=at)


@transaction.atomic
def report_tablet_lost(*, pairing_id: int, at: datetime) -> int:
    """The tablet broke, ran out of power or is gone: unpair it at once; its envelopes wait for another tablet.

    What was signed stays signed, nothing is sealed; the customer reads again on the other tablet. Returns how many.
    """
    return _unpair(pairing_id, because="lost", at=at)


@transaction.atomic
def assign_envelope_to_tablet(*, envelope_id: int, pairing_id: int, at: datetime) -> EnvelopeState:
    """Send an envelope to a tablet; a lost one starts there again from the reading. Again changes nothing.

    raises  TabletUnknown, WrongMethod, UnknownEnvelope, EnvelopeEnded, EnvelopeExpired
    """
    envelope = locked(envelope_id)
    with suppress(EnvelopeLost):  # this is how it is found again
        refuse_unless_under_way(envelope, at=at)
    if envelope.method != Method.TABLET:
        raise WrongMethod(name_of(envelope), f"It is signed by {envelope.method}.", "It needs no tablet.")
    tablet = TabletPairing.objects.filter(
        pk=pairing_id, paired_at__isnull=False, unpaired_at=None, expires_at__gt=at
    ).first()
    if tablet is None:
        raise TabletUnknown(f"Tablet {pairing_id}", "It is not paired.", "Pair it again with a new QR code.")
    if envelope.tablet_id == tablet.pk and envelope.state != EnvelopeState.LOST:
        return EnvelopeState(envelope.state)
    if envelope.state != EnvelopeState.OPEN:
        _back_to_reading(envelope)
    envelope.tablet = tablet
    envelope.assigned_at = at
    envelope.save()
    add_event(envelope, "assigned", at=at, facts={"tablet": tablet.pk, "clerk": tablet.clerk, "device": tablet.device})
    return EnvelopeState(envelope.state)


def _back_to_reading(envelope: Envelope) -> None:
    """Another screen: whoever holds it reads the document there before signing on."""
    if envelope.state != EnvelopeState.LOST:
        envelope.state = EnvelopeState.LOST.value
        envelope.save()
    envelope.state = EnvelopeState.OPEN.value
    envelope.shown_at = envelope.read_at = None
    envelope.save()


def _unpair(pairing_id: int, *, because: str, at: datetime) -> int:
    tablet = TabletPairing.objects.select_for_update().filter(pk=pairing_id).first()
    if tablet is None:
        raise TabletUnknown(f"Tablet {pairing_id}", "It is not paired.", "Pair it again with a new QR code.")
    if tablet.unpaired_at is None:
        tablet.unpaired_at, tablet.unpaired_because = at, because
        tablet.save()
    under_way = Envelope.objects.select_for_update().filter(tablet=tablet).order_by("pk")
    lost = 0
    for envelope in under_way.exclude(state__in=[*FINAL_STATES, EnvelopeState.LOST]):
        envelope.state = EnvelopeState.LOST.value
        envelope.save()
        add_event(envelope, "tablet_lost", at=at, facts={"tablet": tablet.pk, "because": because})
        lost += 1
    return lost
