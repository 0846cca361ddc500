from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import transaction

from sorgente.payments.core.sepa_text import is_sepa_reference, sepa_text
from sorgente.payments.models import Mandate
from sorgente.shared import identifiers
from sorgente.shared.errors import SorgenteError
from sorgente.shared.secrets import decrypt, encrypt


class MandateReferenceMalformed(SorgenteError):
    code = "payments.mandate.reference-malformed"


class MandateReferenceUsed(SorgenteError):
    code = "payments.mandate.reference-used"


class MandateAlreadyActive(SorgenteError):
    code = "payments.mandate.already-active"


@transaction.atomic
def register_mandate(
    *,
    contract_account_id: int,
    iban: str,
    holder_name: str,
    holder_tax_code: str,
    signed_on: date,
    creditor_id: str,
    umr: str | None = None,
) -> Mandate:
    """Record the leave to debit a bank account. The IBAN is kept encrypted, its last four characters readable.

    umr      unique mandate reference; left out, made from the account's number
    returns  the mandate; the same one again returns the one already there
    raises   the errors of the identifiers (IBAN, tax code, creditor identifier), MandateReferenceMalformed,
             MandateReferenceUsed, MandateAlreadyActive
    """
    values = {
        "contract_account_id": contract_account_id,
        "holder_name": sepa_text(holder_name, limit=70),
        "holder_tax_code": identifiers.tax_code(holder_tax_code),
        "signed_on": signed_on,
    }
    account = identifiers.iban(iban)
    creditor = identifiers.creditor_id(creditor_id)
    reference = "".join(umr.split()).upper() if umr is not None else _next_reference(contract_account_id)
    if not is_sepa_reference(reference):
        raise MandateReferenceMalformed(
            f"Mandate {reference}",
            "Banks refuse it: 1 to 35 letters, digits and / - ? : ( ) . , ' + are allowed.",
            "Give another reference.",
        )
    existing = Mandate.objects.filter(creditor_id=creditor, umr=reference).first()
    if existing is not None:
        _refuse_other_content(existing, values, account)
        return existing
    active = Mandate.objects.filter(contract_account_id=contract_account_id, state=Mandate.State.ACTIVE).first()
    if active is not None:
        raise MandateAlreadyActive(
            f"Contract account {active.contract_account.number}",
            f"Mandate {active.umr} on the account ending in {active.iban_tail} is active.",
            "Revoke it first.",
        )
    return Mandate.objects.create(
        **values,
        creditor_id=creditor,
        umr=reference,
        iban=encrypt(account, key=settings.FIELD_KEY),
        iban_tail=account[-4:],
    )


def _next_reference(contract_account_id: int) -> str:
    earlier = Mandate.objects.filter(contract_account_id=contract_account_id).count()
    number = Mandate(contract_account_id=contract_account_id).contract_account.number
    return f"{number}-{earlier + 1}"


def _refuse_other_content(existing: Mandate, values: dict[str, object], iban: str) -> None:
    there = {name: getattr(existing, name) for name in values}
    there["iban"] = decrypt(existing.iban, key=settings.FIELD_KEY)
    for name, given in {**values, "iban": iban}.items():
        if there[name] != given:
            shown = "" if name == "iban" else f": {there[name]}, now {given}"
            raise MandateReferenceUsed(
                f"Mandate {existing.umr}",
                f"It is already there with another {name}{shown}.",
                "Give the new mandate its own reference.",
            )
