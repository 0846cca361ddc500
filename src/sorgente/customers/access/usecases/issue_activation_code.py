"""Make the code that a bill or contract carries, with which its holder activates the web area."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from sorgente.customers.access.core import codes
from sorgente.customers.access.models import ActivationCode
from sorgente.customers.models import ContractAccount
from sorgente.customers.usecases.contract_account import UnknownAccount

VALID_FOR = timedelta(days=180)  # two bills of whoever is billed three times a year


@transaction.atomic
def issue_activation_code(*, account_number: str, at: datetime) -> str:
    """Return a new code, as paper shows it (ABCDE-FGHJK); an earlier one of the account no longer holds.

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
