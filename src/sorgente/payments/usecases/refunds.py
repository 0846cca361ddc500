"""Pay back what we owe: decide who gets money, hand the lists over, know when the bank has paid."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from sorgente.archive.usecases.store_document import store_document
from sorgente.billing.queries.finished_accounts import finished_accounts
from sorgente.ledger.core.posting import CustomerLine, Line
from sorgente.ledger.queries.accounts import AccountCredit, accounts_in_credit
from sorgente.ledger.usecases.allocate import allocate_credits
from sorgente.ledger.usecases.post_transaction import post_transaction
from sorgente.payments.adapters.our_account import creditor_of
from sorgente.payments.adapters.pain001 import write_pain001
from sorgente.payments.core.refunds import PostalOrder, Transfer, TransferFile, postal_list
from sorgente.payments.core.sepa_text import sepa_text
from sorgente.payments.models import Mandate, Refund, RefundFile, RefundIban
from sorgente.shared import identifiers
from sorgente.shared.calendar import calendar
from sorgente.shared.company import company
from sorgente.shared.errors import SorgenteError
from sorgente.shared.secrets import decrypt, encrypt
from sorgente.tariffs.rules import rules

CLOSED, WAITING, ASKED = "closed", "waiting", "asked"
_WORDS = {CLOSED: "Rimborso del conto contrattuale", WAITING: "Rimborso di un credito", ASKED: "Rimborso di un credito"}

_HOLDERS = """
SELECT a.id, a.number, p.name, CASE WHEN p.tax_code = '' THEN p.vat_number ELSE p.tax_code END AS tax_code,
       trim(b.street || ' ' || b.house_number) AS street, b.postal_code, b.municipality, b.province
  FROM customers_contractaccount a JOIN customers_party p ON p.id = a.holder_id
  JOIN customers_address b ON b.id = a.billing_address_id WHERE {which} = ANY(%s)
"""


class UnknownContractAccount(SorgenteError):
    code = "payments.refund.unknown-account"


class NothingToRefund(SorgenteError):
    code = "payments.refund.nothing-to-send"


@transaction.atomic
def set_refund_iban(*, account_number: str, iban: str, holder_name: str, at: datetime) -> RefundIban:
    """Record where a customer wants refunds; raises UnknownContractAccount, the errors of the identifier."""
    account = _holders("a.number", [account_number]).get(account_number)
    if account is None:
        raise UnknownContractAccount(f"Contract account {account_number}", "There is none.", "Check the number.")
    given = identifiers.iban(iban)
    values = {
        "iban": encrypt(given, key=settings.FIELD_KEY),
        "iban_tail": given[-4:],
        "holder_name": sepa_text(holder_name, limit=70),
        "recorded_at": at,
    }
    return RefundIban.objects.update_or_create(contract_account_id=account["id"], defaults=values)[0]


@dataclass(slots=True)
class RefundsPrepared:
    """Refunds prepared now; an account that is left alone (its credit waits for a bill) is in neither."""

    refunds: list[Refund] = field(default_factory=list)
    refusals: list[tuple[str, SorgenteError]] = field(default_factory=list)  # (account number, why)

    @property
    def cents(self) -> int:
        return sum(one.cents for one in self.refunds)


def prepare_refunds(*, as_of: date, at: datetime, account_numbers: Iterable[str] | None = None) -> RefundsPrepared:
    """Turn what we owe into refunds: of accounts with nothing more to bill, and of credits no bill has used in time.

    account_numbers  these accounts whatever their state, and no others: an indemnity that cannot wait for a bill
    An account's debts are settled first. Prepared, the credit is gone from the account: asked again, nothing happens.
    """
    done = RefundsPrepared()
    named: set[int] | None = None
    if account_numbers is not None:
        known = _holders("a.number", list(account_numbers))
        named = {row["id"] for row in known.values()}
    credits = accounts_in_credit(named)
    if named is None:
        oldest = as_of - timedelta(days=int(rules().entry("company.billing.refund", on=as_of).fields["after_days"]))
        finished = finished_accounts([one.contract_account_id for one in credits], on=as_of)
    holders = _holders("a.id", [one.contract_account_id for one in credits])
    for credit in credits:
        if named is not None:
            reason = ASKED
        elif credit.contract_account_id in finished:
            reason = CLOSED
        elif credit.since <= oldest:
            reason = WAITING
        else:
            continue
        holder = holders[credit.contract_account_id]
        try:
            refund = _prepare(credit, holder, reason, as_of, at)
        except SorgenteError as problem:
            done.refusals.append((holder["number"], problem))
            continue
        if refund is not None:
            done.refunds.append(refund)
    return done


@transaction.atomic
def _prepare(credit: AccountCredit, holder: dict[str, Any], reason: str, as_of: date, at: datetime) -> Refund | None:
    account = credit.contract_account_id
    with connection.cursor() as cursor:  # two callers take turns; the second finds nothing left
        cursor.execute("SELECT 1 FROM customers_contractaccount WHERE id = %s FOR NO KEY UPDATE", [account])
    allocate_credits(contract_account_id=account, allocated_on=as_of)
    left = accounts_in_credit([account])
    if not left:
        return None
    cents = left[0].cents
    iban, name = _iban_of(account)
    number = f"{holder['number']}-{Refund.objects.filter(contract_account_id=account).count() + 1}"
    refund = Refund.objects.create(
        contract_account_id=account,
        cents=cents,
        way=Refund.Way.TRANSFER if iban else Refund.Way.POSTAL,
        iban=encrypt(iban, key=settings.FIELD_KEY) if iban else None,
        iban_tail=iban[-4:] if iban else "",
        holder_name=sepa_text(name or holder["name"], limit=70),
        reason=reason,
        prepared_on=as_of,
        end_to_end_id=f"RIMB-{number}",
    )
    posted = post_transaction(
        source=f"refund:{refund.end_to_end_id}",
        kind="refund",
        booked_on=as_of,
        recorded_at=at,
        description=f"Rimborso {holder['number']}",
        lines=[CustomerLine(account, cents, refund.end_to_end_id, as_of), Line("customer-credits", -cents)],
    )
    allocate_credits(contract_account_id=account, allocated_on=as_of)
    refund.transaction = posted
    refund.save(update_fields=["transaction"])
    return refund


def _iban_of(account: int) -> tuple[str, str]:
    """Return (IBAN, name) to pay to: what the customer asked for, else the account that is debited; else nothing."""
    asked = RefundIban.objects.filter(contract_account_id=account).first()
    if asked is not None:
        return decrypt(asked.iban, key=settings.FIELD_KEY), asked.holder_name
    mandate = Mandate.objects.filter(contract_account_id=account, state=Mandate.State.ACTIVE).first()
    if mandate is not None:
        return decrypt(mandate.iban, key=settings.FIELD_KEY), mandate.holder_name
    return "", ""


@transaction.atomic
def build_refund_file(*, way: str, made_at: datetime) -> RefundFile:
    """Write the list of the refunds prepared, pain.001 or postal orders, into the archive and mark them as sent.

    A refund goes into one file, once.
    raises  NothingToRefund, RefundUnusable
    """
    waiting = list(
        Refund.objects.select_for_update(of=("self",)).filter(state=Refund.State.PREPARED, way=way).order_by("id")
    )
    if not waiting:
        raise NothingToRefund(
            f"Refunds by {way}", "None is prepared.", "Prepare them, or look for the file made before."
        )
    kind = "RIM" if way == Refund.Way.TRANSFER else "POS"
    made = RefundFile.objects.filter(message_id__startswith=f"{kind}{made_at:%Y%m%d}-").count()
    message_id = f"{kind}{made_at:%Y%m%d}-{made + 1:02d}"
    is_transfer = way == Refund.Way.TRANSFER
    content = _transfers(waiting, message_id, made_at) if is_transfer else _postal_orders(waiting)
    document = store_document(
        content=content,
        kind="other",
        title=refund_file_name(message_id, way),
        media_type="application/xml" if is_transfer else "text/csv",
        subject=f"refund_file:{message_id}",
        stored_at=made_at,
    )
    file = RefundFile.objects.create(
        message_id=message_id, way=way, refunds=len(waiting), cents=sum(one.cents for one in waiting),
        document_id=document.pk, made_at=made_at,
    )  # fmt: skip
    Refund.objects.filter(pk__in=[one.pk for one in waiting]).update(state=Refund.State.SENT, file=file)
    return file


def refund_file_name(message_id: str, way: str) -> str:
    return f"{message_id}.{'xml' if way == Refund.Way.TRANSFER else 'csv'}"


def _transfers(waiting: list[Refund], message_id: str, made_at: datetime) -> bytes:
    stream = io.BytesIO()
    message = TransferFile(
        message_id=message_id,
        made_at=made_at,
        pay_on=calendar().target_day_on_or_after(made_at.date() + timedelta(days=1)),
        payer=creditor_of(company()),
        transfers=tuple(
            Transfer(
                end_to_end_id=one.end_to_end_id,
                cents=one.cents,
                name=one.holder_name,
                iban=decrypt(one.iban or b"", key=settings.FIELD_KEY),
                remittance=f"{_WORDS[one.reason]} {one.end_to_end_id}",
            )
            for one in waiting
        ),
    )
    write_pain001(message, stream)
    return stream.getvalue()


def _postal_orders(waiting: list[Refund]) -> bytes:
    holders = _holders("a.id", [one.contract_account_id for one in waiting])
    orders = []
    for one in waiting:
        holder = holders[one.contract_account_id]
        orders.append(
            PostalOrder(
                reference=one.end_to_end_id, name=one.holder_name, tax_code=holder["tax_code"],
                street=holder["street"], postal_code=holder["postal_code"], municipality=holder["municipality"],
                province=holder["province"], cents=one.cents, reason=_WORDS[one.reason],
            )
        )  # fmt: skip
    return postal_list(orders)


def _holders(which: str, keys: list[Any]) -> dict[Any, dict[str, Any]]:
    """Return id or number of contract accounts -> who holds them and where they live."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS.format(which=which), [keys])
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["id" if which == "a.id" else "number"]: row for row in rows}
