"""Make a code at the desk, for a holder who has lost what bill and contract said."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from sorgente.customers.access.core import codes
from sorgente.customers.access.models import ActivationCode
from sorgente.customers.access.queries.codes_to_print import VALID_DAYS
from sorgente.customers.models import ContractAccount
from sorgente.customers.usecases.contract_account import UnknownAccount

VALID_FOR = timedelta(days=VALID_DAYS)


@transaction.atomic
def issue_activation_code(*, account_number: str, at: datetime) -> str:
    """Return a new code, as paper shows it (ABCDE-FGHJK); no earlier one of the account holds.

    raises  UnknownAccount

    The code is told this once: only its hash is kept.
    """
    account = ContractAccount.objects.select_for_update(of=("self",)).filter(number=account_number).first()
    if account is None:
        raise UnknownAccount(f"Contract account {account_number}", "There is no such account.", "Open it first.")
    ActivationCode.objects.filter(contract_account=account, used_at=None, replaced_at=None).update(replaced_at=at)
    code = codes.new_activation_code()
    ActivationCode.objects.create(
        contract_account=account,
        code_hash=codes.hash_of(code, purpose="activation", key=settings.SECRET_KEY),
        issued_at=at,
        expires_at=at + VALID_FOR,
    )
    return codes.printed(code)
