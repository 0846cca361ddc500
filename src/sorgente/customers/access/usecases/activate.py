"""Activation: a code from paper and the end of the tax code prove who it is; then a login is made."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from sorgente.customers.access.core import codes
from sorgente.customers.access.models import ActivationCode, Holding, PortalUser
from sorgente.customers.access.queries.accounts_of_user import Login, login_of_user
from sorgente.customers.access.usecases import limits
from sorgente.customers.models import ContractAccount, Party
from sorgente.shared import identifiers
from sorgente.shared.errors import SorgenteError

TAX_CODE_SIGNS = 4
_MOST_FAILURES = 20


class ActivationRefused(SorgenteError):
    code = "access.activation.refused"


class AlreadyActivated(SorgenteError):
    code = "access.activation.already-done"


class PasswordTooWeak(SorgenteError):
    """`rules` names what it breaks, as Django's validators do: password_too_short…"""

    code = "access.password.too-weak"
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proven:
    """Who somebody proved to be, until the login is made; `code_id` None: proven by SPID or CIE."""

    party_id: int
    evidence: str
    code_id: int | None = None


def prove_by_code(*, account_number: str, code: str, tax_code_end: str, address: str, at: datetime) -> Proven:
    """Return whose code this is.

    tax_code_end  the latest four signs of the holder's tax code, or of a company's VAT number
    address       network address, counted too
    raises        ActivationRefused without telling which of the three is wrong, AlreadyActivated, TooManyAttempts

    Wrong tries are counted: call it outside a transaction.
    """
    number = account_number.strip()
    for what, key in (("activate-account", number), ("activate-address", address)):
        limits.refuse_if_too_many(what=what, key=key, at=at)
    found = _right_code(number, codes.typed(code), tax_code_end, at)
    if found is None:
        for what, key in (("activate-account", number), ("activate-address", address)):
            limits.count(what=what, key=key, at=at)
        raise ActivationRefused(
            f"Contract account {number}",
            "Account, code and end of the tax code do not go together, or the code is used or too old.",
            "Copy the three from the latest bill or contract; or ask us for a new code.",
        )
    holder = found.contract_account.holder
    refuse_second_login(holder)
    return Proven(holder.pk, f"activation code of account {number}", found.pk)


def prove_by_identity(*, tax_code: str, provider: str) -> Proven | None:
    """Return the party with the tax code a provider of identities vouches for; None when we have nobody.

    raises  AlreadyActivated
    """
    party = Party.objects.filter(tax_code=tax_code).first()
    if party is None or not ContractAccount.objects.filter(holder=party).exists():
        return None
    refuse_second_login(party)
    return Proven(party.pk, f"identity vouched for by {provider}")


@transaction.atomic
def activate(
    *, proven: Proven, email: str, password: str | None, language: str = "it", user_id: int | None = None, at: datetime
) -> Login:
    """Make the login of whoever proved who they are, or let an existing one speak for the party too.

    email     an address that was verified with a code
    password  None where one enters with SPID or CIE only
    user_id   the Django user of a login that adds a party; email and password are then not looked at
    raises    ActivationRefused when the code was used meanwhile; AlreadyActivated; PasswordTooWeak; InvalidEmail
    """
    if proven.code_id is not None:
        code = ActivationCode.objects.select_for_update().filter(pk=proven.code_id, used_at=None, replaced_at=None)
        if not code.update(used_at=at):
            raise ActivationRefused("Activation code", "It was used meanwhile.", "Ask us for a new code.")
        # The codes of other papers end with it: one activation, not one for each bill in a drawer.
        ActivationCode.objects.filter(
            contract_account__holder_id=proven.party_id, used_at=None, replaced_at=None
        ).update(replaced_at=at)
    party = Party.objects.select_for_update(of=("self",)).get(pk=proven.party_id)
    login = PortalUser.objects.filter(user_id=user_id, blocked_at=None).first() if user_id is not None else None
    if login is None:
        refuse_second_login(party)
        login = new_login(email=email, password=password, name=party, language=language, at=at)
    Holding.objects.get_or_create(
        portal_user=login, party=party, ended_at=None, defaults={"since": at, "evidence": proven.evidence}
    )
    made = login_of_user(login.user_id)
    assert made is not None
    return made


def new_login(*, email: str, password: str | None, name: Any, language: str, at: datetime) -> PortalUser:
    """Make a login with a verified address. `name` has first_name and surname, or name.

    raises  InvalidEmail, AlreadyActivated when the address has a login, PasswordTooWeak
    """
    address = identifiers.email(email)
    if PortalUser.objects.filter(email=address).exists():
        raise AlreadyActivated(
            "This e-mail address", "It has a login already.", "Sign in with it; there you can add a contract."
        )
    # Nobody types the user name; it is made so that it meets no name of staff.
    user = get_user_model()(
        username=f"cliente-{secrets.token_hex(8)}",
        first_name=(getattr(name, "first_name", "") or getattr(name, "name", ""))[:150],
        last_name=getattr(name, "surname", "")[:150],
        email=address,
    )
    set_password(user, password)
    return PortalUser.objects.create(user=user, email=address, language=language, activated_at=at)


def set_password(user: Any, password: str | None) -> None:
    """Give a user a password that is not too easy to guess, and save; raises PasswordTooWeak."""
    if password is None:
        user.set_unusable_password()
    else:
        try:
            validate_password(password, user)
        except ValidationError as weak:
            refusal = PasswordTooWeak("Password", " ".join(weak.messages), "Choose a longer one.")
            refusal.rules = tuple(one.code or "" for one in weak.error_list)
            raise refusal from None
        user.set_password(password)
    user.save()


def refuse_second_login(party: Party) -> None:
    """Raise AlreadyActivated when somebody speaks for the person already; a company may have several logins."""
    if party.kind == Party.Kind.PERSON and Holding.objects.filter(party=party, ended_at=None).exists():
        raise AlreadyActivated(
            f"Customer {party.pk}",
            "The web area is active already.",
            "Sign in, or have a new password sent; if the e-mail address is lost, call us.",
        )


def _right_code(number: str, code: str, tax_code_end: str, at: datetime) -> ActivationCode | None:
    rows = list(
        ActivationCode.objects.filter(
            contract_account__number=number, used_at=None, replaced_at=None, expires_at__gt=at,
            failures__lt=_MOST_FAILURES,
        )
        .select_related("contract_account__holder")
        .order_by("-issued_at", "-pk")
    )  # fmt: skip
    given = codes.hash_of(code, purpose="activation", key=settings.SECRET_KEY)
    if not rows:
        return None
    holder = rows[0].contract_account.holder
    end = codes.typed(tax_code_end)
    fits_tax = len(end) == TAX_CODE_SIGNS and any(
        number.endswith(end) for number in (holder.tax_code, holder.vat_number) if number
    )
    fitting = [row for row in rows if codes.same(given, row.code_hash)]
    if fitting and fits_tax:
        return fitting[0]
    ActivationCode.objects.filter(pk__in=[row.pk for row in rows]).update(failures=F("failures") + 1)
    return None
