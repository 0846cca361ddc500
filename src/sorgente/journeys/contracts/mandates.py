"""A mandate on an account that is there: registered or revoked, and the account pays accordingly."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from sorgente.archive.usecases.end_subject import end_subject
from sorgente.customers.queries.overview import account_by_number
from sorgente.customers.usecases.contract_account import change_payment_method
from sorgente.payments.queries.mandate_list import active_mandate_id, mandates_of
from sorgente.payments.usecases.register_mandate import register_mandate
from sorgente.payments.usecases.revoke_mandate import revoke_mandate
from sorgente.shared.company import company


@transaction.atomic
def take_mandate(*, account_number: str, iban: str, holder_name: str, holder_tax_code: str, signed_on: date) -> str:
    """Register a mandate signed on a day and debit the account from now on; returns its reference.

    raises  what register_mandate raises: MandateAlreadyActive, the errors of the identifiers
    """
    account_id = account_by_number(account_number)
    made = register_mandate(
        contract_account_id=account_id, iban=iban, holder_name=holder_name, holder_tax_code=holder_tax_code,
        signed_on=signed_on, creditor_id=company().creditor_id,
    )  # fmt: skip
    change_payment_method(account_id=account_id, method="sdd")
    return str(made.umr)


@transaction.atomic
def end_mandate(*, account_number: str, on: date, at: datetime) -> None:
    """Revoke the active mandate, if there is one, and ask by notice from now on; its paper is kept for its years."""
    account_id = account_by_number(account_number)
    active = active_mandate_id(account_id)
    if active is not None:
        ended = next(one.umr for one in mandates_of([account_id]) if one.state == "active")
        revoke_mandate(mandate_id=active, ended_on=on)
        end_subject(subject=f"mandate:{ended}", ended_on=on, at=at)
    change_payment_method(account_id=account_id, method="pagopa")
