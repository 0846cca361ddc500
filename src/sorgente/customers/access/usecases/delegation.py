"""A holder lets somebody else look after an account, and takes the leave back."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from sorgente.customers.access.adapters import mail
from sorgente.customers.access.core import codes, letters
from sorgente.customers.access.models import AccountAccess, Invitation, PortalUser
from sorgente.customers.access.queries.accounts_of_user import AccountAccess as Own
from sorgente.customers.access.queries.accounts_of_user import accounts_of_user
from sorgente.customers.access.queries.delegates import invitation_by_token
from sorgente.customers.access.usecases import limits
from sorgente.customers.access.usecases.activate import new_login
from sorgente.shared import identifiers
from sorgente.shared.company import company
from sorgente.shared.errors import SorgenteError

VALID_FOR = timedelta(days=14)


class NotTheHolder(SorgenteError):
    code = "access.delegation.not-the-holder"


class InvitationOver(SorgenteError):
    code = "access.delegation.invitation-over"


class DelegateAlready(SorgenteError):
    code = "access.delegation.already-there"


class EndsTooSoon(SorgenteError):
    code = "access.delegation.ends-too-soon"


def invite_delegate(
    *, user_id: int, account_number: str, email: str, rights: str, until_on: date | None, link: str, at: datetime
) -> int:
    """Invite somebody by e-mail to look after an account; return the id of the invitation.

    rights    "see" or "act"
    until_on  first day without leave; None: no end
    link      address of the page that accepts, with `{token}` where the token goes
    raises    NotTheHolder, InvalidEmail, DelegateAlready, EndsTooSoon, TooManyAttempts, MailDown: then nothing is kept
    """
    to = identifiers.email(email)
    limits.refuse_if_too_many(what="invite", key=str(user_id), at=at)
    limits.count(what="invite", key=str(user_id), at=at)
    if until_on is not None and until_on <= at.date():
        raise EndsTooSoon("Invitation", f"It would end on {until_on}.", "Choose a later day, or no end.")
    account = _own(user_id, account_number, at.date())
    inviter = PortalUser.objects.get(user_id=user_id)
    already = AccountAccess.objects.filter(
        contract_account_id=account.account_id, portal_user__email=to, revoked_at=None
    ).exists()
    if already or to == inviter.email:
        raise DelegateAlready("Invitation", f"{to} looks after the account already.", "Nothing to do.")
    token = codes.new_token()
    with transaction.atomic():
        row = Invitation.objects.create(
            contract_account_id=account.account_id,
            invited_by=inviter,
            email=to,
            rights=AccountAccess.Rights(rights),
            until_on=until_on,
            token_hash=codes.hash_of(token, purpose="invitation", key=settings.SECRET_KEY),
            sent_at=at,
            expires_at=at + VALID_FOR,
        )
        subject, body = letters.written(
            letters.INVITATION,
            language=inviter.language,
            holder=account.holder_name,
            place=account.place,
            rights=letters.RIGHTS.get(inviter.language, letters.RIGHTS["it"])[rights],
            until=f"{row.expires_at:%d/%m/%Y}",
            link=link.format(token=token),
            company=company().name,
        )
        mail.send(to=to, subject=subject, body=body, at=at)
    return row.pk


@transaction.atomic
def accept_invitation(
    *, token: str, at: datetime, user_id: int | None = None, password: str | None = None, first_name: str = "",
    surname: str = "", language: str = "it",
) -> int:  # fmt: skip
    """Take up an invitation with a login that exists, or make one; return the Django user.

    user_id                        whoever is signed in; None makes a login for the address invited, which the token
                                   proves
    raises                         InvitationOver, DelegateAlready, AlreadyActivated, PasswordTooWeak
    """
    found = invitation_by_token(token, at=at)
    row = None if found is None else Invitation.objects.select_for_update().filter(pk=found.id, ended_at=None).first()
    if row is None:
        raise InvitationOver("Invitation", "It is used, taken back or too old.", "Ask for a new one.")
    if user_id is not None:
        login = PortalUser.objects.get(user_id=user_id, blocked_at=None)
    else:
        login = new_login(email=row.email, password=password, name=_Name(first_name, surname), language=language, at=at)
    if AccountAccess.objects.filter(
        portal_user=login, contract_account_id=row.contract_account_id, revoked_at=None
    ).exists():
        raise DelegateAlready("Invitation", "You look after the account already.", "Open it from your home page.")
    row.access = AccountAccess.objects.create(
        portal_user=login,
        contract_account_id=row.contract_account_id,
        rights=row.rights,
        granted_by=row.invited_by,
        granted_at=at,
        from_on=at.date(),
        until_on=row.until_on,
    )
    row.ended_at = at
    row.save(update_fields=["access", "ended_at"])
    return int(login.user_id)


@transaction.atomic
def revoke(*, user_id: int, account_number: str, access_id: int, at: datetime) -> None:
    """Take leave back at once: by the holder, or by the delegate who gives it up; raises NotTheHolder."""
    row = AccountAccess.objects.filter(
        pk=access_id, contract_account__number=account_number, revoked_at=None
    ).select_related("portal_user").first()  # fmt: skip
    if row is None or row.portal_user.user_id != user_id:
        _own(user_id, account_number, at.date())
    if row is not None:
        row.revoked_at = at
        row.save()


@transaction.atomic
def take_back_invitation(*, user_id: int, account_number: str, invitation_id: int, at: datetime) -> None:
    """End an invitation nobody accepted yet; raises NotTheHolder."""
    account = _own(user_id, account_number, at.date())
    Invitation.objects.filter(pk=invitation_id, contract_account_id=account.account_id, ended_at=None).update(
        ended_at=at
    )


class _Name:
    def __init__(self, first_name: str, surname: str) -> None:
        self.first_name, self.surname = " ".join(first_name.split()), " ".join(surname.split())


def _own(user_id: int, account_number: str, as_of: date) -> Own:
    for access in accounts_of_user(user_id, as_of=as_of):
        if access.account_number == account_number and access.role == "holder":
            return access
    raise NotTheHolder(
        f"Contract account {account_number}", "Only its holder decides who looks after it.", "Ask the holder."
    )
