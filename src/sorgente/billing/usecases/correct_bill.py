from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version as installed_version

import numpy as np
from django.db import transaction

from sorgente.billing.core.compute import Computed, reversed_rows, to_pay
from sorgente.billing.core.policy import due_day
from sorgente.billing.core.rows import totals
from sorgente.billing.core.stretches import no_stretches
from sorgente.billing.models import Bill, BilledConsumption, OneOff, RuleSnapshot
from sorgente.billing.queries.replay import stored_rows
from sorgente.billing.usecases.compute_batch import compute_batch
from sorgente.billing.usecases.issue_bills import Issue, issue_bills
from sorgente.billing.usecases.rule_store import KeptBook, keep_rules, open_book
from sorgente.customers.queries.for_billing import terms_of_contracts
from sorgente.ledger.queries.accounts import items_of
from sorgente.ledger.usecases.allocate import allocate
from sorgente.shared.company import company
from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.rules import rules
from sorgente.tariffs.tables import number_of


class BillNotCorrectable(SorgenteError):
    code = "billing.bill.not-correctable"


class CorrectionNotBillable(SorgenteError):
    code = "billing.bill.correction-not-billable"


@dataclass(frozen=True, slots=True)
class Correction:
    """Numbers of what went out: a credit note for each bill taken back, the latest first, and the new bill."""

    credit_notes: tuple[str, ...]
    bill: str


@transaction.atomic
def correct_bill(*, number: str, corrected_on: date, at: datetime) -> Correction:
    """Take back a wrong bill, and those that followed on it, and bill their days anew.

    Mend first what was wrong (the read, the terms). Each credit note settles the bill it takes back as far as that
    is unpaid; what was paid stays to the customer's credit.
    raises  BillNotCorrectable, CorrectionNotBillable (the reason a run would park it with), DatesGoBack
    """
    wrong = Bill.objects.select_for_update().select_related("contract").filter(number=number).first()
    if wrong is None or wrong.kind == Bill.Kind.CREDIT_NOTE or wrong.corrections.exists():
        raise BillNotCorrectable(
            f"Bill {number}",
            "There is none." if wrong is None else "It is a credit note, or was corrected before.",
            "Choose a bill that stands.",
        )
    following = (
        Bill.objects.select_for_update(of=("self",))
        .filter(contract=wrong.contract_id, id__gte=wrong.pk, corrections__isnull=True)
        .exclude(kind=Bill.Kind.CREDIT_NOTE)
        .order_by("-id")
    )
    # A bill without water stands by itself: nothing follows on it, and it follows on nothing.
    is_sundry = wrong.kind == Bill.Kind.ONE_OFF
    following = following.filter(pk=wrong.pk) if is_sundry else following.exclude(kind=Bill.Kind.ONE_OFF)
    snapshot = keep_rules()
    kept = open_book(snapshot, known_on=corrected_on)
    taken = list(following)
    notes = [_credit(bill, snapshot, kept, corrected_on, at) for bill in taken]
    end = corrected_on if is_sundry else taken[0].end
    fresh = _bill_anew(wrong, end, snapshot, kept, corrected_on, at)
    return Correction(tuple(note.number for note in notes), fresh.number)


def _issue(wrong: Bill, snapshot: RuleSnapshot, on: date, at: datetime, kind: str) -> Issue:
    return Issue(
        series=company().series,
        issued_on=on,
        due_on=due_day(rules(), bill_on=on),
        recorded_at=at,
        run_id=None,
        rules_id=snapshot.pk,
        version=installed_version("sorgente"),
        kind=kind,
        corrects=np.array([wrong.pk]),
    )


def _credit(bill: Bill, snapshot: RuleSnapshot, kept: KeptBook, on: date, at: datetime) -> Bill:
    ids = np.array([bill.pk])
    rows, place = stored_rows(ids)
    rows = reversed_rows(rows.with_columns(bill=place, reverses=np.full(place.size, bill.pk)))
    sums = totals(rows, 1)
    split = np.array([bill.split_payment])
    note = Computed(
        contract_id=np.array([bill.contract_id]),
        contract_account_id=np.array([bill.contract_account_id]),
        start=np.array([number_of(bill.start)]),
        end=np.array([number_of(bill.end)]),
        quantity_milli=np.array([-bill.quantity_milli]),
        kind=[Bill.Kind.CREDIT_NOTE.value],
        split_payment=split,
        recomputed=np.array([False]),
        stretches=no_stretches(),
        rows=rows,
        totals=sums,
        to_pay_cents=to_pay(sums, split),
        parked=[],
        nothing=np.empty(0, dtype=np.int64),
    )
    terms = terms_of_contracts([])  # a credit note rests on the rows it takes back, on no terms
    issue = _issue(bill, snapshot, on, at, Bill.Kind.CREDIT_NOTE)
    (note_id,) = issue_bills(note, issue=issue, rule_ids=kept.rule_ids, terms=terms)
    # What the bill took is given back; what it had superseded holds again.
    BilledConsumption.objects.filter(bill=bill).update(superseded_by=note_id)
    BilledConsumption.objects.filter(superseded_by=bill).update(superseded_by=None)
    # So do the rows that no tariff made: they wait for the new bill.
    OneOff.objects.filter(bill=bill).update(state=OneOff.State.PENDING, bill=None)
    made = Bill.objects.get(pk=note_id)
    _settle(bill.number, made.number, on)
    return made


def _settle(bill: str, note: str, on: date) -> None:
    """Set the credit note against what is unpaid of its bill."""
    items = [item for number in (bill, note) for item in items_of(number) if item.open_cents]
    owed = next((item for item in items if item.cents > 0), None)
    credit = next((item for item in items if item.cents < 0), None)
    if owed is not None and credit is not None:
        cents = min(owed.open_cents, -credit.open_cents)
        allocate(receivable_id=owed.id, credit_id=credit.id, cents=cents, allocated_on=on)


def _bill_anew(wrong: Bill, end: date, snapshot: RuleSnapshot, kept: KeptBook, on: date, at: datetime) -> Bill:
    batch = compute_batch(
        np.array([wrong.contract_id]),
        bill_on=on,
        read_through=end,
        kept=kept,
        released=np.array([True]),
        keeps_short_periods=True,
        keeps_short_estimates=True,
        one_offs_only=wrong.kind == Bill.Kind.ONE_OFF,
    )
    if batch.bills.parked or batch.bills.nothing.size:
        parked = batch.bills.parked
        raise CorrectionNotBillable(
            f"Contract {wrong.contract.number}",
            parked[0].reason if parked else f"There is nothing to bill up to {end}.",
            parked[0].next_step if parked else "Record the read that the new bill rests on.",
        )
    issue = _issue(wrong, snapshot, on, at, Bill.Kind.CORRECTION)
    (bill_id,) = issue_bills(batch.bills, issue=issue, rule_ids=kept.rule_ids, terms=batch.terms)
    return Bill.objects.get(pk=bill_id)
