"""For whom a login may see or act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from sorgente.customers.access import models
from sorgente.customers.models import ContractAccount, Party, SupplyContract


@dataclass(frozen=True, slots=True)
class AccountAccess:
    """One contract account a login may open.

    role      "holder" (speaks for the party) or "delegate" (was given leave)
    rights    "act" or "see"; a holder always acts
    place     where it is supplied, else where its bills go
    until_on  first day a delegate has no leave any more; None: no end
    """

    account_id: int
    account_number: str
    party_id: int
    holder_name: str
    role: str
    rights: str
    place: str
    open: bool
    until_on: date | None = None

    @property
    def may_act(self) -> bool:
        return self.rights == models.AccountAccess.Rights.ACT


@dataclass(frozen=True, slots=True)
class Login:
    """A login of the web area as pages show it."""

    id: int
    user_id: int
    email: str
    second_factor: str
    language: str
    party_ids: tuple[int, ...]


def login_of_user(user_id: int) -> Login | None:
    """Return the login of a Django user; None for staff and for a login that is blocked."""
    found = models.PortalUser.objects.filter(user_id=user_id, blocked_at=None).first()
    return None if found is None else _login(found)


def login_by_email(email: str) -> Login | None:
    """Return the login with this e-mail address; None when nobody has it or it is blocked."""
    found = models.PortalUser.objects.filter(email=email.strip().lower(), blocked_at=None).first()
    return None if found is None else _login(found)


def login_of_party(party_id: int) -> Login | None:
    """Return the earliest login that speaks for a party; None when nobody activated it."""
    found = (
        models.Holding.objects.filter(party_id=party_id, ended_at=None, portal_user__blocked_at=None)
        .select_related("portal_user")
        .order_by("since")
        .first()
    )
    return None if found is None else _login(found.portal_user)


def login_by_tax_code(tax_code: str) -> Login | None:
    """Return the login that speaks for the person or company with this tax code."""
    party_id = Party.objects.filter(tax_code=tax_code).values_list("pk", flat=True).first()
    return None if party_id is None else login_of_party(party_id)


def users_of_party(party_id: int) -> tuple[int, ...]:
    """Return the Django users that speak for a party: whom a notification about it goes to."""
    rows = models.Holding.objects.filter(party_id=party_id, ended_at=None, portal_user__blocked_at=None)
    return tuple(rows.order_by("since").values_list("portal_user__user_id", flat=True))


def is_customer_user(user_id: int) -> bool:
    """Tell whether this Django user is a customer, blocked or not: staff are not."""
    return models.PortalUser.objects.filter(user_id=user_id).exists()


def accounts_of_user(user_id: int, *, as_of: date) -> tuple[AccountAccess, ...]:
    """Return what a login may open on a day: the accounts of its parties first, then those it was given leave for."""
    login = models.PortalUser.objects.filter(user_id=user_id, blocked_at=None).first()
    if login is None:
        return ()
    parties = set(login.holdings.filter(ended_at=None).values_list("party_id", flat=True))
    leaves = {
        row.contract_account_id: row
        for row in login.accesses.filter(Q(until_on=None) | Q(until_on__gt=as_of), revoked_at=None, from_on__lte=as_of)
    }
    accounts = list(
        ContractAccount.objects.filter(Q(holder_id__in=parties) | Q(pk__in=leaves))
        .select_related("holder", "billing_address")
        .order_by("number")
    )
    places = _places([account.pk for account in accounts])
    found = [_access(account, parties, leaves.get(account.pk), places) for account in accounts]
    # Their own homes first, and what still runs before what is closed.
    return tuple(sorted(found, key=lambda one: (one.role != "holder", not one.open)))


def _access(
    account: Any, parties: set[int], leave: models.AccountAccess | None, places: dict[int, str]
) -> AccountAccess:
    is_own = account.holder_id in parties
    assert is_own or leave is not None
    address = account.billing_address
    return AccountAccess(
        account_id=account.pk,
        account_number=account.number,
        party_id=account.holder_id,
        holder_name=account.holder.name,
        role="holder" if is_own else "delegate",
        rights=models.AccountAccess.Rights.ACT.value if is_own or leave is None else leave.rights,
        place=places.get(account.pk, _line(address)),
        open=account.closed_on is None,
        until_on=None if is_own or leave is None else leave.until_on,
    )


def _places(account_ids: Sequence[int]) -> dict[int, str]:
    rows = (
        SupplyContract.objects.filter(contract_account_id__in=account_ids)
        .select_related("service_point__address")
        .order_by("supplied", "id")
    )
    return {row.contract_account_id: _line(row.service_point.address) for row in rows}


def _line(address: Any) -> str:
    return f"{address.street} {address.house_number}".strip() + f", {address.municipality}"


def _login(row: models.PortalUser) -> Login:
    parties = row.holdings.filter(ended_at=None).order_by("since", "id").values_list("party_id", flat=True)
    return Login(row.pk, row.user_id, row.email, row.second_factor, row.language, tuple(parties))
