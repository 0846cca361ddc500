"""Register a person, a company or a public body."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from sorgente.customers.models import Party
from sorgente.shared import identifiers
from sorgente.shared.errors import SorgenteError


class PartyIncomplete(SorgenteError):
    code = "customers.party.incomplete"


class PartyAlreadyRegistered(SorgenteError):
    code = "customers.party.already-registered"


def register_party(
    *,
    kind: str,
    name: str = "",
    first_name: str = "",
    surname: str = "",
    born_on: date | None = None,
    tax_code: str = "",
    vat_number: str = "",
    sdi_code: str = "",
    pec: str = "",
    split_payment_from: date | None = None,
    language: str = "it",
    name_proven_by: str = "",
) -> Party:
    """Register a party after checking each identifier.

    kind            Party.Kind: a person needs surname, first name and tax code; the others a name and a tax code or
                    a VAT number
    name            as printed; a person's is made from surname and first name when empty
    name_proven_by  the document seen, when the tax code does not fit the name (two surnames, a changed name)
    raises          PartyIncomplete, PartyAlreadyRegistered, InvalidTaxCode, TaxCodeOfSomebodyElse, InvalidVatNumber,
                    InvalidSdiCode, InvalidPec
    """
    is_person = Party.Kind(kind) == Party.Kind.PERSON
    first_name, surname = " ".join(first_name.split()), " ".join(surname.split())
    shown = " ".join(name.split()) or f"{surname} {first_name}".strip()
    _refuse_incomplete(shown, is_person, first_name, surname, tax_code, vat_number)
    code = identifiers.tax_code(tax_code) if tax_code else ""
    if is_person and len(code) == 16 and not name_proven_by:
        identifiers.check_tax_code_fits(code, surname=surname, first_name=first_name, born_on=born_on)
    party = Party(
        kind=kind,
        name=shown,
        first_name=first_name,
        surname=surname,
        born_on=born_on,
        tax_code=code,
        vat_number=identifiers.vat_number(vat_number) if vat_number else "",
        sdi_code=identifiers.sdi_code(sdi_code, public_body=kind == Party.Kind.PUBLIC_BODY) if sdi_code else "",
        pec=identifiers.pec(pec) if pec else "",
        split_payment=None if split_payment_from is None else (split_payment_from, None),
        language=language,
    )
    try:
        with transaction.atomic():
            party.save()
    except IntegrityError as problem:
        if "party_tax_code_once" not in str(problem):
            raise
        known = Party.objects.get(tax_code=code)
        raise PartyAlreadyRegistered(
            f"Tax code {code}", f"{known.name} has it already.", f"Open that customer (number {known.pk})."
        ) from None
    return party


def _refuse_incomplete(
    shown: str, is_person: bool, first_name: str, surname: str, tax_code: str, vat_number: str
) -> None:
    if is_person:
        needed = {"surname": surname, "first name": first_name, "tax code": tax_code}
    else:
        needed = {"name": shown, "tax code or VAT number": tax_code or vat_number}
    missing = [what for what, value in needed.items() if not value.strip()]
    if missing:
        raise PartyIncomplete(
            f"Party {shown}".strip(),
            f"It has no {' and no '.join(missing)}.",
            "Ask for an identity document or a company extract.",
        )
