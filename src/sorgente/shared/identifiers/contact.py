"""E-mail, PEC and telephone numbers, as they are written down and compared."""

from __future__ import annotations

import re

from sorgente.shared.errors import SorgenteError

_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{2,59}})")
_SDI_MAILBOX = re.compile(r"sdi\d*@pec\.fatturapa\.it")
_LONGEST = 254
_SEPARATORS = re.compile(r"[\s./()-]+")
_NUMBER = re.compile(r"\+[1-9]\d{5,14}")
# Italian numbers keep their leading zero; the shortest in use have 6 digits, the longest 11.
_ITALIAN = re.compile(r"\+39(?:0\d{5,10}|3\d{8,9}|[1458]\d{2,9})")


class InvalidEmail(SorgenteError):
    code = "shared.email.invalid"


class InvalidPec(SorgenteError):
    code = "shared.pec.invalid"


class InvalidPhone(SorgenteError):
    code = "shared.phone.invalid"


def _is_address(text: str) -> bool:
    return len(text) <= _LONGEST and _ADDRESS.fullmatch(text) is not None and len(text.split("@")[0]) <= 64


def email(text: str) -> str:
    """Return an e-mail address in lower case; only its form is checked; raises InvalidEmail."""
    found = text.strip().lower()
    if not _is_address(found):
        raise InvalidEmail(
            f"E-mail {text.strip()}".strip(),
            "It is not an address of the form name@domain.",
            "Ask for it letter by letter.",
        )
    return found


def pec(text: str) -> str:
    """Return a certified e-mail address in lower case; raises InvalidPec.

    A mailbox of the exchange system itself is refused, as the exchange does (error 00330).
    """
    found = text.strip().lower()
    if not _is_address(found):
        raise InvalidPec(
            f"PEC {text.strip()}".strip(),
            "It is not an address of the form name@domain.",
            "Look it up in the INI-PEC index.",
        )
    if _SDI_MAILBOX.fullmatch(found):
        raise InvalidPec(
            f"PEC {found}",
            "It is a mailbox of the e-invoice exchange, not of a customer.",
            "Look it up in the INI-PEC index.",
        )
    return found


def phone(text: str) -> str:
    """Return a telephone number as +39… or with its own country; raises InvalidPhone."""
    found = _SEPARATORS.sub("", text)
    if found.startswith("00"):
        found = f"+{found[2:]}"
    elif not found.startswith("+"):
        found = f"+39{found}"
    rule = _ITALIAN if found.startswith("+39") else _NUMBER
    if not found.isascii() or rule.fullmatch(found) is None:
        raise InvalidPhone(
            f"Telephone {text.strip()}".strip(),
            "It is not a number that can be dialled.",
            "Write the digits with the prefix, or + and the country code.",
        )
    return found
