"""Where bills of a request go, and how they are paid."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from sorgente.customers.core.requests import NEW_HOLDER, TERMINATION
from sorgente.customers.core.values import AddressValues
from sorgente.customers.models import Address, ContractAccount, ContractRequest
from sorgente.customers.usecases.contract_account import ChannelWithoutAddress, UnknownAccount
from sorgente.customers.usecases.contract_requests import check_day
from sorgente.customers.usecases.request_steps import editable, saved
from sorgente.shared import identifiers
from sorgente.shared.secrets import encrypt


@transaction.atomic
def record_delivery(
    *,
    number: str,
    author: str,
    at: datetime,
    channel: str,
    address: AddressValues | None = None,
    email: str = "",
    payment_method: str = "",
    iban: str = "",
    iban_holder: str = "",
    iban_holder_tax_code: str = "",
    account_number: str = "",
    desired_on: date | None = None,
    removes_meter: bool = False,
) -> ContractRequest:
    """Record where bills go and how they are paid.

    address         of bills and letters; left out: the supply's. On a termination: where the closing bill goes
    payment_method  pagopa, sdd (with iban; the holder of the bank account is the applicant unless named), transfer
    account_number  an account of the applicant that takes the new contract too
    desired_on      termination: the first day without supply; removes_meter: the meter goes, else it is shut
    raises          RequestClosed, AnswerSigned, AnswerNotAsked, ChannelWithoutAddress, UnknownAccount, DayOutOfRange,
                    InvalidEmail, the errors of the IBAN and of the tax code
    """
    request = editable(number, *NEW_HOLDER, TERMINATION)
    if request.kind == TERMINATION:
        if desired_on is not None:
            check_day(request, desired_on)
        request.desired_on = desired_on or request.desired_on or request.received_at.date()
        request.removes_meter = removes_meter
    request.bill_channel = ContractAccount.Channel(channel)
    if email:
        request.email = identifiers.email(email)
    _refuse_addressless(request)
    if address is not None:
        request.billing_address = Address.objects.create(**asdict(address))
    elif request.billing_address_id is None:
        request.billing_address = request.supply_address
    if payment_method and request.kind in NEW_HOLDER:
        request.account = _own_account(request, account_number) if account_number else None
        # An account that is there goes on paying as it does, under the mandate it has.
        method = request.account.payment_method if request.account is not None else payment_method
        request.payment_method = ContractAccount.PaymentMethod(method)
        _bank_account(request, iban, iban_holder, iban_holder_tax_code)
    return saved(request, author=author, reason="recapito e pagamento", at=at)


def _refuse_addressless(request: ContractRequest) -> None:
    lacking = {"email": not request.email, "pec": not request.pec}.get(request.bill_channel, False)
    if lacking:
        raise ChannelWithoutAddress(
            f"Request {request.number}",
            f"Bills are to go by {request.bill_channel}, but there is no such address.",
            "Add it, or choose post.",
        )


def _bank_account(request: ContractRequest, iban: str, holder: str, tax_code: str) -> None:
    if request.payment_method != ContractAccount.PaymentMethod.SDD or request.account is not None:
        request.iban, request.iban_tail, request.iban_holder, request.iban_holder_tax_code = None, "", "", ""
        return
    found = identifiers.iban(iban)
    request.iban, request.iban_tail = encrypt(found, key=settings.FIELD_KEY), found[-4:]
    request.iban_holder = " ".join(holder.split()) or request.name[:70]
    request.iban_holder_tax_code = (
        identifiers.tax_code(tax_code) if tax_code else request.tax_code or request.vat_number
    )


def _own_account(request: ContractRequest, account_number: str) -> ContractAccount:
    found = ContractAccount.objects.filter(number=account_number, holder=request.party_id, closed_on=None).first()
    if request.party_id is None or found is None:
        raise UnknownAccount(
            f"Contract account {account_number}",
            "It is not an open account of who asks.",
            "Choose one of the applicant's accounts, or leave it empty for a new one.",
        )
    return found
