"""IBAN and the creditor identifier of direct debits."""

from __future__ import annotations

from sorgente.shared.errors import SorgenteError
from sorgente.shared.identifiers.tax import InvalidTaxCode, tax_code

_CREDITOR_LENGTH = 23
_NATIONAL_LENGTH = 16
_ASK = "Ask the customer for the IBAN as their bank prints it."


class IbanMalformed(SorgenteError):
    code = "shared.iban.malformed"


class IbanCheckDigits(SorgenteError):
    code = "shared.iban.check-digits"


class IbanNationalCheck(SorgenteError):
    code = "shared.iban.national-check"


class InvalidCreditorId(SorgenteError):
    code = "shared.creditor-id.invalid"


def iban(text: str) -> str:
    """Return an IBAN in capitals without blanks; the Italian CIN is checked as well.

    raises  IbanMalformed, IbanCheckDigits, IbanNationalCheck
    source  schwifty, from the SWIFT registry
    """
    from schwifty import IBAN
    from schwifty import exceptions as known

    shown = " ".join(text.split()).upper()
    compact = shown.replace(" ", "")
    try:
        IBAN(compact)
    except known.InvalidChecksumDigits:
        raise IbanCheckDigits(
            f"IBAN {_masked(compact)}", "The two check digits after the country do not fit the rest.", _ASK
        ) from None
    except known.InvalidLength:
        expected = " (an Italian one has 27)" if compact.startswith("IT") else ""
        raise IbanMalformed(f"IBAN {_masked(compact)}", f"It has {len(compact)} characters{expected}.", _ASK) from None
    except known.SchwiftyException:
        raise IbanMalformed(
            f"IBAN {_masked(compact)}".strip(),
            "It is not two letters, two digits and an account of that country.",
            _ASK,
        ) from None
    try:
        IBAN(compact, validate_bban=True)
    except known.SchwiftyException:
        raise IbanNationalCheck(
            f"IBAN {_masked(compact)}", "The bank's own check character (CIN) does not fit the account.", _ASK
        ) from None
    return compact


def _masked(compact: str) -> str:
    # Errors are logged and shown: the country and the tail are enough to find the right one on the table.
    return compact if len(compact) < 12 else f"{compact[:4]}…{compact[-4:]}"


def creditor_id(text: str) -> str:
    """Return an Italian creditor identifier: IT, check digits, business code, tax code padded to 16.

    raises  InvalidCreditorId
    source  reference sepa.md §2; python-stdnum, stdnum.eu.at_02
    """
    from stdnum.eu import at_02
    from stdnum.exceptions import ValidationError

    found: str = at_02.compact(text)
    try:
        at_02.validate(found)
    except ValidationError:
        raise _wrong_creditor(found, "The check digits do not fit.") from None
    if not found.startswith("IT") or len(found) != _CREDITOR_LENGTH:
        raise _wrong_creditor(found, f"An Italian one begins with IT and has {_CREDITOR_LENGTH} characters.")
    national = found[7:]
    try:
        tax_code(national[5:] if national.startswith("00000") else national)
    except InvalidTaxCode:
        raise _wrong_creditor(found, f"Its end, {national}, is no tax code.") from None
    return found


def _wrong_creditor(found: str, facts: str) -> InvalidCreditorId:
    return InvalidCreditorId(
        f"Creditor identifier {found}".strip(),
        facts,
        "Copy it from the contract with the bank, or make it from the tax code.",
    )


def make_creditor_id(text: str, *, business_code: str = "ZZZ") -> str:
    """Return the creditor identifier of a tax code or VAT number; raises InvalidTaxCode, InvalidCreditorId."""
    from stdnum.eu import at_02

    national = tax_code(text).zfill(_NATIONAL_LENGTH)
    business = business_code.upper()
    if len(business) != 3 or not (business.isascii() and business.isalnum()):
        raise _wrong_creditor(business_code, "The business code is three letters or digits.")
    check: str = at_02.calc_check_digits(f"IT00{business}{national}")
    return f"IT{check}{business}{national}"
