"""The words of signing, without a database: what a field is, who signs, how, and from where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Method(StrEnum):
    TABLET = "tablet"
    OTP = "otp"
    PAPER = "paper"


class SignatureKind(StrEnum):
    """Its legal weight: simple (freely weighed evidence) or advanced (written form, DPCM 22 February 2013)."""

    SIMPLE = "simple"
    ADVANCED = "advanced"


class FieldKind(StrEnum):
    CONTRACT = "contract"
    ONEROUS_CLAUSES = "onerous_clauses"
    DEBIT_MANDATE = "debit_mandate"
    PRIVACY = "privacy"
    CONSENT = "consent"
    ENROLMENT = "enrolment"
    DECLARATION = "declaration"


class FieldState(StrEnum):
    """A field is never signed from the start. `chosen` waits for the code of an envelope signed by OTP."""

    WAITING = "waiting"
    CHOSEN = "chosen"
    SIGNED = "signed"
    REFUSED = "refused"


class EnvelopeState(StrEnum):
    OPEN = "open"
    SHOWN = "shown"
    READ = "read"
    SIGNING = "signing"
    LOST = "lost"
    COMPLETED = "completed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def final(self) -> bool:
        return self in FINAL_STATES


FINAL_STATES = frozenset(
    {EnvelopeState.COMPLETED, EnvelopeState.REFUSED, EnvelopeState.CANCELLED, EnvelopeState.EXPIRED}
)


class InputKind(StrEnum):
    """What the field was signed with. Only a pen with a pressure sensor gives an advanced signature by hand."""

    PEN_PRESSURE = "pen_pressure"
    PEN = "pen"
    TOUCH = "touch"
    MOUSE = "mouse"
    CODE = "code"
    WET_INK = "wet_ink"


class Channel(StrEnum):
    """Where the one-time code goes: always the contact verified when the envelope was opened."""

    SMS = "sms"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, identified before the envelope is opened.

    identity          the identity document in words: "Carta d'identità CA12345AB, Comune di Valdoro, scade 2031-05-04"
    party_reference   `party:12`
    email, mobile     verified contacts; the code goes there and nowhere else
    """

    name: str
    tax_code: str
    party_reference: str
    identity: str
    email: str = ""
    mobile: str = ""
    language: str = "it"


@dataclass(frozen=True, slots=True)
class SignField:
    """A place to sign. `page` from 0; `box` (left, bottom, right, top) in PDF points from the bottom left."""

    key: str
    kind: FieldKind
    label: str
    required: bool
    page: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Source:
    """Where an act came from, for the evidence: address, browser, and the device's own random name (a cookie)."""

    ip: str = ""
    agent: str = ""
    device: str = ""

    def facts(self) -> Mapping[str, Any]:
        return {name: value for name in ("ip", "agent", "device") if (value := getattr(self, name)[:300])}
