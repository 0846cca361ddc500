"""Load thousands of mandates at once: a migration from another system, the demonstration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction

from sorgente.payments.core.sepa_text import sepa_text
from sorgente.payments.models import Mandate
from sorgente.shared import identifiers
from sorgente.shared.secrets import encrypt


@dataclass(frozen=True, slots=True)
class NewMandate:
    """A mandate as it was signed; its reference is made from the account's number."""

    contract_account_id: int
    account_number: str
    iban: str
    holder_name: str
    holder_tax_code: str
    signed_on: date


@transaction.atomic
def load_mandates(mandates: Sequence[NewMandate], *, creditor_id: str) -> int:
    """Write the first mandate of many contract accounts; return how many.

    raises  the errors of the identifiers, IntegrityError when an account has an active mandate: nothing is written then
    """
    creditor = identifiers.creditor_id(creditor_id)
    rows = []
    for one in mandates:
        account = identifiers.iban(one.iban)
        rows.append(
            Mandate(
                contract_account_id=one.contract_account_id,
                creditor_id=creditor,
                umr=f"{one.account_number}-1",
                iban=encrypt(account, key=settings.FIELD_KEY),
                iban_tail=account[-4:],
                holder_name=sepa_text(one.holder_name, limit=70),
                holder_tax_code=one.holder_tax_code,
                signed_on=one.signed_on,
            )
        )
    return len(Mandate.objects.bulk_create(rows, batch_size=1_000))
