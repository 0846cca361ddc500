"""Who looks after an account besides its holder, and who is invited to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Q

from sorgente.customers.access.core.codes import hash_of
from sorgente.customers.access.models import AccountAccess, Invitation


@dataclass(frozen=True, slots=True)
class Delegate:
    id: int
    name: str
    email: str
    rights: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that is open."""

    id: int
    account_number: str
    holder_name: str
    email: str
    rights: str
    until_on: date | None
    expires_at: datetime


def delegates_of(account_number: str, *, as_of: date) -> list[Delegate]:
    """Return who has leave for an account on a day, the earliest first."""
    rows = (
        AccountAccess.objects.filter(Q(until_on=None) | Q(until_on__gt=as_of), revoked_at=None)
        .filter(contract_account__number=account_number)
        .select_related("portal_user__user")
        .order_by("granted_at", "id")
    )
    return [
        Delegate(
            row.pk, row.portal_user.user.get_full_name(), row.portal_user.email, row.rights, row.from_on, row.until_on
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Leave:
    """A user who may see or act for an account of somebody else."""

    user_id: int
    account_number: str
    holder_id: int
    holder_name: str


def leaves(
    *, on: date, account_numbers: Collection[str] | None = None, user_ids: Collection[int] | None = None,
    to_act: bool = False,
) -> list[Leave]:  # fmt: skip
    """Return who looks after whose accounts on a day, of these accounts or by these users: one of the two.

    to_act  only those who may act, not merely look
    """
    rows = AccountAccess.objects.filter(
        Q(until_on=None) | Q(until_on__gt=on), revoked_at=None, from_on__lte=on, portal_user__blocked_at=None
    )
    if account_numbers is not None:
        rows = rows.filter(contract_account__number__in=account_numbers)
    if user_ids is not None:
        rows = rows.filter(portal_user__user_id__in=user_ids)
    if to_act:
        rows = rows.filter(rights=AccountAccess.Rights.ACT)
    names = "portal_user__user_id", "contract_account__number", "contract_account__holder_id"
    return [Leave(*row) for row in rows.order_by("id").values_list(*names, "contract_account__holder__name").distinct()]


def invitations_of(account_number: str, *, at: datetime) -> list[Invited]:
    """Return the invitations nobody took up yet, the latest first."""
    rows = Invitation.objects.filter(contract_account__number=account_number, ended_at=None, expires_at__gt=at)
    return [_invited(row) for row in rows.select_related("contract_account__holder").order_by("-sent_at")]


def invitation_by_token(token: str, *, at: datetime) -> Invited | None:
    """Return the open invitation a link leads to."""
    row = (
        Invitation.objects.filter(
            token_hash=hash_of(token, purpose="invitation", key=settings.SECRET_KEY), ended_at=None, expires_at__gt=at
        )
        .select_related("contract_account__holder")
        .first()
    )
    return None if row is None else _invited(row)


def _invited(row: Invitation) -> Invited:
    account = row.contract_account
    return Invited(row.pk, account.number, account.holder.name, row.email, row.rights, row.until_on, row.expires_at)
