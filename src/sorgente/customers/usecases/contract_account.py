"""Contract accounts: who owes, where bills go, how they are paid."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from django.db import connection, transaction

from sorgente.customers.core.values import AddressValues
from sorgente.customers.models import Address, ContractAccount, Party, SupplyContract
from sorgente.customers.usecases.contact_points import UnknownParty
from sorgente.shared import identifiers
from sorgente.shared.errors import SorgenteError


class ChannelWithoutAddress(SorgenteError):
    code = "customers.account.channel-without-address"


class UnknownAccount(SorgenteError):
    code = "customers.account.unknown"


class AccountStillSupplied(SorgenteError):
    code = "customers.account.still-supplied"


@transaction.atomic
def open_contract_account(
    *,
    holder_id: int,
    billing_address: AddressValues,
    channel: str,
    payment_method: str,
    opened_on: date,
    email: str = "",
    number: str = "",
) -> ContractAccount:
    """Open an account for a party; an empty number is the next of the sequence.

    raises  UnknownParty, InvalidEmail, ChannelWithoutAddress
    """
    holder = Party.objects.filter(pk=holder_id).first()
    if holder is None:
        raise UnknownParty(f"Party {holder_id}", "There is no such party.", "Register it first.")
    return ContractAccount.objects.create(
        number=number or next_number("account"),
        holder=holder,
        billing_address=Address.objects.create(**asdict(billing_address)),
        channel=ContractAccount.Channel(channel),
        email=_email_for(channel, email, holder),
        payment_method=ContractAccount.PaymentMethod(payment_method),
        opened_on=opened_on,
    )


@transaction.atomic
def change_delivery(
    *,
    account_id: int,
    channel: str | None = None,
    email: str | None = None,
    address: AddressValues | None = None,
    addressee: str | None = None,
) -> ContractAccount:
    """Change where the bills of an account go, and whom they name; what is None stays.

    raises  as open_contract_account
    """
    account = locked_account(account_id)
    account.channel = account.channel if channel is None else ContractAccount.Channel(channel)
    account.email = _email_for(account.channel, account.email if email is None else email, account.holder)
    account.addressee = account.addressee if addressee is None else addressee
    if address is not None:
        account.billing_address = Address.objects.create(**asdict(address))
    account.save()
    return account


@transaction.atomic
def change_payment_method(*, account_id: int, method: str) -> ContractAccount:
    """Record how the account pays from now on; the mandate itself is kept by payments."""
    account = locked_account(account_id)
    account.payment_method = ContractAccount.PaymentMethod(method)
    account.save()
    return account


@transaction.atomic
def close_contract_account(*, account_id: int, closed_on: date) -> ContractAccount:
    """Close an account that supplies nothing on that day or later; raises AccountStillSupplied."""
    account = locked_account(account_id)
    running = SupplyContract.objects.filter(contract_account=account, supplied__contains=closed_on).first()
    if running is not None:
        raise AccountStillSupplied(
            f"Contract account {account.number}",
            f"Contract {running.number} still supplies {running.service_point.code} on {closed_on}.",
            "End that contract first.",
        )
    account.closed_on = closed_on
    account.save()
    return account


def locked_account(account_id: int) -> ContractAccount:
    """Return the account locked for change; raises UnknownAccount."""
    account = ContractAccount.objects.select_for_update(of=("self",)).filter(pk=account_id).first()
    if account is None:
        raise UnknownAccount(f"Contract account {account_id}", "There is no such account.", "Open it first.")
    return account


def next_number(what: str) -> str:
    """Return the next number of an `account` or a `contract`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass)", [f"customers_{what}_number"])
        return str(cursor.fetchone()[0])


def _email_for(channel: str, email: str, holder: Party) -> str:
    found = identifiers.email(email) if email else ""
    missing = {
        ContractAccount.Channel.EMAIL: ("an e-mail address", found),
        ContractAccount.Channel.PEC: ("a PEC address", holder.pec),
    }.get(ContractAccount.Channel(channel))
    if missing is not None and not missing[1]:
        raise ChannelWithoutAddress(
            f"Contract account of {holder.name}",
            f"Bills are to go by {channel}, but there is no such address.",
            f"Add {missing[0]}, or choose post.",
        )
    return found
