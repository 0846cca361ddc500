"""Italian tax codes, VAT numbers and e-invoice recipient codes."""

from __future__ import annotations

import re
from datetime import date

from sorgente.shared.errors import SorgenteError

_SDI_CODE = re.compile(r"[A-Z0-9]{6,7}")
# Where a digit clashed with somebody else's code, the tax office wrote a letter in its place (omocodia).
_OMOCODIA = str.maketrans("LMNPQRSTUV", "0123456789")


class InvalidTaxCode(SorgenteError):
    code = "shared.tax-code.invalid"


class TaxCodeOfSomebodyElse(SorgenteError):
    code = "shared.tax-code.of-somebody-else"


class InvalidVatNumber(SorgenteError):
    code = "shared.vat-number.invalid"


class InvalidSdiCode(SorgenteError):
    code = "shared.sdi-code.invalid"


def _why(problem: Exception) -> str:
    from stdnum import exceptions as known

    reasons: list[tuple[type[Exception], str]] = [
        (known.InvalidChecksum, "The check character does not fit."),
        (known.InvalidLength, "The length is wrong."),
        (known.InvalidComponent, "A part of it, the birth date or the tax office, cannot be."),
    ]
    return next((text for kind, text in reasons if isinstance(problem, kind)), "The characters are wrong.")


def tax_code(text: str) -> str:
    """Return a tax code in capitals without blanks: 16 characters of a person or 11 digits of a body.

    raises  InvalidTaxCode
    source  python-stdnum, stdnum.it.codicefiscale
    """
    from stdnum.exceptions import ValidationError
    from stdnum.it import codicefiscale

    try:
        found: str = codicefiscale.validate(text)
    except ValidationError as problem:
        raise InvalidTaxCode(
            f"Tax code {text.strip()}".strip(),
            _why(problem),
            "Copy the 16 characters from the health card, or the 11 digits of the company.",
        ) from None
    return found


def check_tax_code_fits(
    code: str, *, surname: str, first_name: str, born_on: date | None = None, female: bool | None = None
) -> None:
    """Refuse a person's tax code that tells another surname, first name, birth date or sex.

    code     normalised, 16 characters
    raises   TaxCodeOfSomebodyElse naming each part that differs; what is None is not compared
    source   python-codicefiscale
    """
    from codicefiscale import codicefiscale

    year, month, day = code[6:8].translate(_OMOCODIA), code[8], int(code[9:11].translate(_OMOCODIA))
    wrong = []
    if surname and codicefiscale.encode_lastname(surname) != code[0:3]:
        wrong.append(f"surname {surname} gives {codicefiscale.encode_lastname(surname)}, the code has {code[0:3]}")
    if first_name and codicefiscale.encode_firstname(first_name) != code[3:6]:
        given = codicefiscale.encode_firstname(first_name)
        wrong.append(f"first name {first_name} gives {given}, the code has {code[3:6]}")
    if born_on is not None:
        written = f"{year}{month}{day % 40:02d}"
        expected = codicefiscale.encode_birthdate(born_on.isoformat(), "M")
        if expected != written:
            wrong.append(f"birth date {born_on} gives {expected}, the code has {written}")
    if female is not None and (day > 40) != female:
        wrong.append(f"the code is a {'woman' if day > 40 else 'man'}'s")
    if wrong:
        facts = "; ".join(wrong)
        raise TaxCodeOfSomebodyElse(
            f"Tax code {code}",
            facts[0].upper() + facts[1:] + ".",
            "Check name and birth date against the document, then the code.",
        )


def vat_number(text: str) -> str:
    """Return the 11 digits of an Italian VAT number, without IT and blanks; raises InvalidVatNumber."""
    from stdnum.exceptions import ValidationError
    from stdnum.it import iva

    try:
        found: str = iva.validate(text)
    except ValidationError as problem:
        raise InvalidVatNumber(
            f"VAT number {text.strip()}".strip(), _why(problem), "Copy the 11 digits from an invoice of the company."
        ) from None
    return found


def sdi_code(text: str, *, public_body: bool) -> str:
    """Return an e-invoice recipient code in capitals: 6 characters of a public office, 7 of anybody else.

    raises  InvalidSdiCode
    source  technical specification of FatturaPA 1.9, CodiceDestinatario
    """
    found = text.strip().upper()
    length = 6 if public_body else 7
    if _SDI_CODE.fullmatch(found) is None or len(found) != length:
        whose = "a public office (IPA)" if public_body else "a company or person"
        raise InvalidSdiCode(
            f"Recipient code {found}".strip(),
            f"The code of {whose} has {length} letters or digits.",
            "Look it up in the IPA index." if public_body else "Use 0000000 with the PEC address when there is none.",
        )
    return found
