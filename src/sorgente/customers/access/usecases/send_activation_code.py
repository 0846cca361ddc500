"""Mail a new customer the code that activates the web area, when the contract begins."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from sorgente.customers.access.adapters import mail
from sorgente.customers.access.core import letters
from sorgente.customers.access.models import ActivationCode
from sorgente.customers.access.queries.codes_to_print import codes_to_print
from sorgente.customers.access.usecases.keep_printed_codes import keep_printed_codes
from sorgente.customers.models import ContractAccount
from sorgente.shared.company import company


@transaction.atomic
def send_activation_code(*, account_number: str, reference: str, email: str, language: str, at: datetime) -> bool:
    """Mail the code at once and tell whether one left: none where the holder has a login, or was told before.

    reference  what the code comes with, and is told once for: "request:R-2026-0001"
    raises     MailDown: then nothing is kept, and it can be tried again

    It does not pass through the queue of messages: nobody at the desk should read it there.
    """
    if ActivationCode.objects.filter(reference=reference).exists():
        return False
    told = codes_to_print({reference: account_number}, on=at.date()).get(reference)
    if told is None:
        return False
    keep_printed_codes([told], at=at)
    subject, body = letters.written(
        letters.WELCOME,
        language=language,
        holder=ContractAccount.objects.get(number=account_number).holder.name,
        until=f"{told.until_on - timedelta(days=1):%d/%m/%Y}",
        link=told.link,
        account=account_number,
        code=told.code,
        company=company().name,
    )
    mail.send(to=email, subject=subject, body=body, at=at)
    return True
