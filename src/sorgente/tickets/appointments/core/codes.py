"""Codes people read aloud: no letter that looks like a digit, and a check character."""

from __future__ import annotations

import secrets

from sorgente.shared.errors import SorgenteError

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 7


class UnknownAppointment(SorgenteError):
    code = "appointments.appointment.unknown"


class AppointmentOver(SorgenteError):
    code = "appointments.appointment.over"


def new_code() -> str:
    """Return a code of seven characters, the last a check of the others: one slip in writing is noticed."""
    body = "".join(secrets.choice(_LETTERS) for _ in range(LENGTH - 1))
    return body + check_character(body)


def check_character(body: str) -> str:
    """The weights are the places from two on: a wrong character and two swapped neighbours both change the sum."""
    return _LETTERS[sum(place * _LETTERS.index(letter) for place, letter in enumerate(body, 2)) % len(_LETTERS)]


def is_code(text: str) -> bool:
    return len(text) == LENGTH and all(letter in _LETTERS for letter in text) and check_character(text[:-1]) == text[-1]
