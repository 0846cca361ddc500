from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
import polars as pl
from django.db import connection

from sorgente.billing.queries.bill_keys import BillKey
from sorgente.ledger.core.posting import CustomerLine, Line
from sorgente.ledger.queries.accounts import open_items
from sorgente.ledger.usecases.post_transaction import post_transaction
from sorgente.payments.core.clues import Clues, clues_of
from sorgente.payments.core.statement import StatementEntry
from sorgente.payments.models import Collection, DebtPosition, Payment, Refund, StatementFile
from sorgente.payments.queries.known_references import KnownReferences, known_references
from sorgente.payments.usecases.post_payments import post_payments
from sorgente.payments.usecases.return_collection import return_collection
from sorgente.payments.usecases.settle_bills import settle_bills
from sorgente.shared.id_blocks import take_ids


@dataclass(frozen=True, slots=True)
class _Settling:
    """What one entry is settled with."""

    fingerprint: str
    entry: StatementEntry
    clues: Clues
    known: KnownReferences
    file: StatementFile
    recorded_at: datetime

    @property
    def booked_on(self) -> date:
        day = self.entry.booked_on or self.entry.value_on
        if day is None:
            raise ValueError(f"{self.fingerprint} has no day.")
        return day


def settle_entries(
    entries: Sequence[tuple[str, StatementEntry]], *, statement_file: StatementFile, recorded_at: datetime
) -> list[Payment]:
    """Book new statement entries, each with its fingerprint, and match them; returns their payments.

    In this order: our own end-to-end id or batch, pagoPA flow, notice number, RF reference, bill number. What names
    nothing we know waits in suspense for a person; amounts alone never match.
    """
    clues = [clues_of(entry) for _, entry in entries]
    known = known_references(clues)
    payments: list[Payment] = []
    for (fingerprint, entry), clue in zip(entries, clues, strict=True):
        payments += _settle(_Settling(fingerprint, entry, clue, known, statement_file, recorded_at))
    return payments


def _settle(one: _Settling) -> list[Payment]:
    if one.entry.cents == 0:
        return [_record(one, Payment.Kind.OTHER, Payment.Match.IGNORED)]
    if one.entry.cents < 0:
        return [_settle_debit(one)]
    clues, known = one.clues, one.known
    refund = known.by_refund.get(clues.end_to_end_id or "")
    if refund is not None and refund.state == Refund.State.PAID and refund.cents == one.entry.cents:
        return [_refund_came_back(one, refund)]
    collection = known.by_end_to_end.get(clues.end_to_end_id or "")
    if collection is not None:
        return [_collected(one, collection)]
    if clues.debit_file and known.by_file.get(clues.debit_file):
        return _collected_batch(one, known.by_file[clues.debit_file])
    if clues.flow_id is not None:
        payment = _record(one, Payment.Kind.PAGOPA_FLOW, Payment.Match.MATCHED, by="flow", flow_id=clues.flow_id)
        return [_post(one, payment, [Line("bank", one.entry.cents), Line("pagopa-clearing", -one.entry.cents)])]
    for by, bills in (
        ("notice", [known.by_notice[n] for n in clues.notices if n in known.by_notice]),
        ("rf", [known.by_bill[key] for key in clues.rf_bills if key in known.by_bill]),
        ("bill_number", [known.by_bill[key] for key in clues.bills if key in known.by_bill]),
    ):
        shares = _shares(list(dict.fromkeys(bills)), one.entry.cents)
        if shares:
            return [_paid(one, by, shares)]
    return [_suspended(one, Payment.Kind.TRANSFER)]


def _settle_debit(one: _Settling) -> Payment:
    refund = one.known.by_refund.get(one.clues.end_to_end_id or "")
    if refund is not None and refund.state == Refund.State.SENT and refund.cents == -one.entry.cents:
        return _refunded(one, refund)
    collection = _returned(one)
    if collection is not None:
        payment = _record(
            one,
            Payment.Kind.SDD_RETURN,
            Payment.Match.MATCHED,
            by="end_to_end_id",
            bill=collection.bill_id,
            account=collection.bill.contract_account_id,
            return_reason=one.entry.return_reason,
        )
        transaction_id = return_collection(
            collection=collection,
            payment_id=payment.pk,
            fingerprint=one.fingerprint,
            cents=-one.entry.cents,
            reason=one.entry.return_reason or "",
            booked_on=one.booked_on,
            recorded_at=one.recorded_at,
        )
        payment.transaction_id = transaction_id
        payment.save(update_fields=["transaction"])
        return payment
    if one.clues.is_fee:
        payment = _record(one, Payment.Kind.OTHER, Payment.Match.MATCHED, by="bank_code")
        return _post(one, payment, [Line("bank", one.entry.cents), Line("bank-fees", -one.entry.cents)])
    return _suspended(one, Payment.Kind.SDD_RETURN if one.clues.is_return else Payment.Kind.OTHER)


def _refunded(one: _Settling, refund: Refund) -> Payment:
    """Book what the bank paid to a customer for us."""
    payment = _record(
        one, Payment.Kind.REFUND, Payment.Match.MATCHED, by="end_to_end_id", account=refund.contract_account_id
    )
    refund.state = Refund.State.PAID
    refund.save(update_fields=["state"])
    return _post(one, payment, [Line("bank", one.entry.cents), Line("customer-credits", -one.entry.cents)])


def _refund_came_back(one: _Settling, refund: Refund) -> Payment:
    """Book a refund that the customer's bank sent back: it is the customer's credit again."""
    payment = _record(
        one, Payment.Kind.REFUND, Payment.Match.MATCHED, by="end_to_end_id", account=refund.contract_account_id,
        return_reason=one.entry.return_reason,
    )  # fmt: skip
    refund.state = Refund.State.RETURNED
    refund.save(update_fields=["state"])
    cents = one.entry.cents
    back = CustomerLine(refund.contract_account_id, -cents, f"payment {payment.pk}", one.booked_on)
    return _post(one, payment, [Line("bank", cents), back])


def _returned(one: _Settling) -> Collection | None:
    """Return the collection that a debit gives back: by its end-to-end id, else the only one of mandate and amount."""
    alive = (Collection.State.SENT, Collection.State.SETTLED)
    named = one.known.by_end_to_end.get(one.clues.end_to_end_id or "")
    if named is not None:
        return named if named.state in alive and named.cents <= -one.entry.cents else None
    if not one.clues.is_return:
        return None
    amounts = {-one.entry.cents, one.entry.instructed_cents}
    candidates = [
        collection
        for collection in one.known.by_mandate.get(one.clues.mandate_id or "", [])
        if collection.state in alive and collection.cents in amounts
    ]
    return candidates[0] if len(candidates) == 1 else None


def _collected(one: _Settling, collection: Collection) -> Payment:
    if collection.state != Collection.State.SENT or collection.cents != one.entry.cents:
        return _suspended(one, Payment.Kind.SDD)
    (payment,) = _settle_collections(one, [collection])
    return payment


def _collected_batch(one: _Settling, collections: list[Collection]) -> list[Payment]:
    """Book the credit of a whole batch as one payment per collection, so that each customer's is there.

    Banks credit the batch in full, or less what was refused before the due date: only a sum that fits is taken.
    """
    sent = [collection for collection in collections if collection.state == Collection.State.SENT]
    expected = sum(collection.cents for collection in sent)
    # What came back before this credit was booked against sdd-clearing; a credit in full makes up for it here.
    early = sum(collection.cents for collection in _returned_early(collections))
    if one.entry.cents not in (expected, expected + early) or not collections:
        return [_suspended(one, Payment.Kind.SDD)]
    payments = _settle_collections(one, sent)
    if one.entry.cents != expected:
        rest = _record(one, Payment.Kind.OTHER, Payment.Match.MATCHED, by="batch", cents=early)
        payments.append(_post(one, rest, [Line("bank", early), Line("sdd-clearing", -early)]))
    return payments


def _returned_early(collections: list[Collection]) -> list[Collection]:
    returned = [collection for collection in collections if collection.state == Collection.State.RETURNED]
    credited = set(
        Payment.objects.filter(
            bill_id__in=[collection.bill_id for collection in returned], kind=Payment.Kind.SDD
        ).values_list("references__end_to_end_id", flat=True)
    )
    return [collection for collection in returned if collection.end_to_end_id not in credited]


def _settle_collections(one: _Settling, collections: list[Collection]) -> list[Payment]:
    """Book what customers paid by direct debit, one payment per collection, as columns."""
    single = len(collections) == 1 and one.clues.end_to_end_id is not None
    prints = [
        one.fingerprint if single else f"{one.fingerprint}/{number}" for number, _ in enumerate(collections, start=1)
    ]
    references = [
        {"end_to_end_id": c.end_to_end_id, "mandate_id": c.mandate.umr, "bank_reference": one.entry.bank_reference}
        for c in collections
    ]
    rows = {
        "fingerprint": prints,
        "cents": [c.cents for c in collections],
        "payer": [c.mandate.holder_name for c in collections],
        "references": [orjson.dumps(said).decode() for said in references],
        "bill_id": [c.bill_id for c in collections],
        "bill_number": [c.bill.number for c in collections],
        "contract_account_id": [c.bill.contract_account_id for c in collections],
    }
    post_payments(
        payments=pl.DataFrame(rows).with_columns(
            kind=pl.lit("sdd"),
            matched_by=pl.lit("end_to_end_id"),
            paid_on=pl.lit(one.booked_on),
            remittance=pl.lit(one.entry.remittance or ""),
            content=pl.lit("{}"),
            document_id=pl.lit(one.file.document_id),
            statement_file_id=pl.lit(one.file.pk),
        ),
        debit="bank",
        recorded_at=one.recorded_at,
        description="Addebito diretto",
    )
    for collection in collections:
        collection.state = Collection.State.SETTLED
    Collection.objects.filter(pk__in=[collection.pk for collection in collections]).update(
        state=Collection.State.SETTLED
    )
    DebtPosition.objects.filter(bill_id__in=[c.bill_id for c in collections], state=DebtPosition.State.OPEN).update(
        state=DebtPosition.State.CLOSED
    )
    return list(Payment.objects.filter(fingerprint__in=prints))


def _shares(bills: list[BillKey], cents: int) -> list[tuple[BillKey, int]]:
    """Return what of the amount goes to which bill; nothing when several bills do not add up to it."""
    if len(bills) <= 1:
        return [(bill, cents) for bill in bills]
    owed: dict[str, int] = {}
    for item in open_items(references=[bill.number for bill in bills], receivables_only=True):
        owed[item.reference] = owed.get(item.reference, 0) + item.open_cents
    shares = [(bill, owed.get(bill.number, 0)) for bill in bills]
    return shares if sum(share for _, share in shares) == cents and all(share for _, share in shares) else []


def _paid(one: _Settling, by: str, shares: list[tuple[BillKey, int]]) -> Payment:
    accounts = {bill.contract_account_id for bill, _ in shares}
    payment = _record(
        one,
        Payment.Kind.TRANSFER,
        Payment.Match.MATCHED,
        by=by,
        bill=shares[0][0].id if len(shares) == 1 else None,
        account=accounts.pop() if len(accounts) == 1 else None,
        bills=[bill.number for bill, _ in shares],
    )
    lines: list[Line | CustomerLine] = [Line("bank", one.entry.cents)]
    lines += [
        CustomerLine(bill.contract_account_id, -cents, f"payment {payment.pk}", one.booked_on) for bill, cents in shares
    ]
    _post(one, payment, lines)
    settle_bills(payment_id=payment.pk, bills=[bill.number for bill, _ in shares], settled_on=one.booked_on)
    return payment


def _suspended(one: _Settling, kind: str) -> Payment:
    payment = _record(one, kind, Payment.Match.SUSPENSE)
    return _post(one, payment, [Line("bank", one.entry.cents), Line("suspense", -one.entry.cents)])


def _record(
    one: _Settling,
    kind: str,
    match: str,
    *,
    by: str = "",
    bill: int | None = None,
    account: int | None = None,
    cents: int | None = None,
    **references: Any,
) -> Payment:
    entry = one.entry
    said = {
        "end_to_end_id": entry.end_to_end_id,
        "mandate_id": entry.mandate_id,
        "bank_reference": entry.bank_reference,
        "return_reason": entry.return_reason,
        "counterparty_iban": f"…{entry.counterparty_iban[-4:]}" if entry.counterparty_iban else None,
        **references,
    }
    with connection.cursor() as cursor:
        number = int(take_ids(cursor, "payments_payment", 1)[0])
    return Payment.objects.create(
        id=number,
        fingerprint=one.fingerprint,
        kind=kind,
        match=match,
        matched_by=by,
        cents=entry.cents if cents is None else cents,
        paid_on=one.booked_on,
        booked_on=one.booked_on,
        payer=(entry.counterparty or "")[:140],
        remittance=entry.remittance or "",
        references={name: value for name, value in said.items() if value},
        contract_account_id=account,
        bill_id=bill,
        document_id=one.file.document_id,
        statement_file=one.file,
    )


def _post(one: _Settling, payment: Payment, lines: Sequence[Line | CustomerLine]) -> Payment:
    posted = post_transaction(
        source=f"payment:{payment.fingerprint}",
        kind="payment",
        booked_on=one.booked_on,
        recorded_at=one.recorded_at,
        description=f"{payment.get_kind_display()} {payment.payer or payment.remittance}".strip(),
        lines=lines,
    )
    payment.transaction_id = posted.pk
    payment.save(update_fields=["transaction"])
    return payment
