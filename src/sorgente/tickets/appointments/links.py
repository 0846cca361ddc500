"""The link that changes or cancels an appointment: signed, so that nothing needs to be stored."""

from __future__ import annotations

from django.core import signing

from sorgente.tickets.appointments.core.codes import UnknownAppointment

_SALT = "appointments.link"


def token_of(code: str) -> str:
    return signing.dumps(code, salt=_SALT)


def code_of(token: str) -> str:
    """Return the code of a link; raises UnknownAppointment when it was not made here or was altered."""
    try:
        return str(signing.loads(token, salt=_SALT))
    except signing.BadSignature:
        raise UnknownAppointment(
            "This link", "It was cut or altered.", "Open it again from the message, or book anew."
        ) from None
