"""Six digits by e-mail: to prove an address, or as second factor."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from sorgente.customers.access.adapters import mail
from sorgente.customers.access.core import codes, letters
from sorgente.customers.access.models import EmailCode
from sorgente.customers.access.usecases import limits
from sorgente.shared import identifiers
from sorgente.shared.company import company
from sorgente.shared.errors import SorgenteError

VALID_FOR = timedelta(minutes=10)
_TRIES = 5


class WrongCode(SorgenteError):
    code = "access.code.wrong"


class CodeOver(SorgenteError):
    code = "access.code.over"


def send_email_code(*, purpose: str, email: str, language: str, address: str, at: datetime) -> tuple[int, str]:
    """Send a new code; return its id, which the session keeps, and the code, which only a demonstration shows.

    purpose  "address" or "sign_in"
    address  network address it was asked from, counted too
    raises   InvalidEmail, TooManyAttempts, MailDown
    """
    to = identifiers.email(email)
    for what, key in (("mail", to), ("mail-address", address)):
        limits.refuse_if_too_many(what=what, key=key, at=at)
        limits.count(what=what, key=key, at=at)
    code = codes.new_digits()
    row = EmailCode.objects.create(
        purpose=EmailCode.Purpose(purpose), email=to, code_hash="", sent_at=at, expires_at=at + VALID_FOR
    )
    row.code_hash = _hash(row.pk, code)
    row.save(update_fields=["code_hash"])
    minutes = str(int(VALID_FOR.total_seconds() // 60))
    subject, body = letters.written(letters.CODE, language=language, code=code, minutes=minutes, company=company().name)
    mail.send(to=to, subject=subject, body=body, at=at)
    return row.pk, code


def check_email_code(*, code_id: int, purpose: str, code: str, at: datetime) -> str:
    """Use a code up and return the address it proves.

    raises  WrongCode; CodeOver when it is used, too old, or was tried five times: then another one is to be sent

    Wrong tries are counted: call it outside a transaction.
    """
    # Counted before it is looked at: tries side by side cannot be more than those in a row.
    tried = EmailCode.objects.filter(
        pk=code_id, purpose=purpose, used_at=None, expires_at__gt=at, failures__lt=_TRIES
    ).update(failures=F("failures") + 1)
    if not tried:
        raise CodeOver("Code", "It is used, too old, or was tried too often.", "Have a new one sent.")
    row = EmailCode.objects.get(pk=code_id)
    if not codes.same(row.code_hash, _hash(row.pk, codes.typed(code))):
        raise WrongCode("Code", "It is not the one in the mail.", "Copy the six digits of the latest mail.")
    if not EmailCode.objects.filter(pk=code_id, used_at=None).update(used_at=at):
        raise CodeOver("Code", "It was used just now.", "Have a new one sent.")
    return str(row.email)


def clear_old_codes(*, as_of: datetime) -> int:
    """Delete the codes that are over since a day; return how many."""
    return EmailCode.objects.filter(expires_at__lt=as_of - timedelta(days=1)).delete()[0]


def _hash(code_id: int, code: str) -> str:
    return codes.hash_of(f"{code_id}:{code}", purpose="email-code", key=settings.SECRET_KEY)
