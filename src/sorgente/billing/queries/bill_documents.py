"""Stored bills as documents: everything their papers say, for a thousand bills with the queries of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from sorgente.billing.core.document import (
    Activation,
    BillDocument,
    BillKind,
    ChargeKind,
    Consumption,
    DocumentType,
    Header,
    LinkedBill,
    Note,
    Payment,
    PaymentMethod,
    UnpaidBill,
)
from sorgente.billing.core.explanation import BillFacts, explanation
from sorgente.billing.core.issuer import issuer_of
from sorgente.billing.core.one_offs import FIRST_CODE, NAMES, treatments
from sorgente.billing.core.paper_rules import PaperRules, paper_rules
from sorgente.billing.core.payment_details import PaymentDetails
from sorgente.billing.core.printed_rows import printed_rows, terms_on
from sorgente.billing.models import Bill
from sorgente.billing.queries.bill_parts import BillParts, bill_parts
from sorgente.billing.queries.bill_people import contract_of, contract_rows, customer_of
from sorgente.billing.queries.bill_use import Use, uses_of
from sorgente.billing.queries.deposits import deposits_billed
from sorgente.customers.access.queries.codes_to_print import codes_to_print
from sorgente.ledger.queries.unsettled import unsettled_of_accounts
from sorgente.shared.company import company
from sorgente.shared.errors import SorgenteError
from sorgente.shared.money import divide_half_up
from sorgente.tariffs.rules import rules

_KINDS = {
    Bill.Kind.ACTUAL: BillKind.BALANCE,
    Bill.Kind.ESTIMATED: BillKind.ADVANCE,
    Bill.Kind.MIXED: BillKind.MIXED,
    Bill.Kind.CLOSING: BillKind.CLOSING,
    Bill.Kind.CORRECTION: BillKind.CORRECTION,
    Bill.Kind.CREDIT_NOTE: BillKind.CREDIT_NOTE,
    Bill.Kind.ONE_OFF: BillKind.SUNDRY,
}
_ONE_DAY = timedelta(days=1)


class PaymentNotPrepared(SorgenteError):
    """A bill must say how it is paid, so its debit or its notice comes before its papers."""

    code = "billing.papers.payment-not-prepared"


@dataclass(frozen=True, slots=True)
class BillDocuments:
    """Bill id -> document, and bill id -> why there is none; each bill asked for that exists is in exactly one."""

    ready: dict[int, BillDocument]
    refused: dict[int, SorgenteError]


def bill_documents(bill_ids: Sequence[int], *, payments: Mapping[int, PaymentDetails]) -> BillDocuments:
    """Return the documents of bills.

    bill_ids  at most some thousands: everything about them is held in memory
    payments  bill id -> what was prepared to collect it; a bill without needs none when nothing is to be paid or
              the customer pays by bank transfer
    refuses   PaymentNotPrepared
    """
    parts = bill_parts(bill_ids)
    contracts = contract_rows(bill.facts["contract_id"] for bill in parts)
    deposits = deposits_billed(contracts)
    uses = uses_of(parts, contracts)
    unpaid = _unpaid(parts)
    activations = _activations(parts, contracts)
    laws: dict[date, PaperRules] = {}
    found = BillDocuments({}, {})
    for bill in parts:
        facts = bill.facts
        issued_on = facts["issued_on"]
        law = laws.get(issued_on) or laws.setdefault(issued_on, paper_rules(rules(), bill_on=issued_on))
        contract = contracts[facts["contract_id"]]
        try:
            payment = _payment(facts, contract, payments.get(facts["id"]))
        except PaymentNotPrepared as error:
            found.refused[facts["id"]] = error
            continue
        found.ready[facts["id"]] = _document(
            bill,
            contract,
            payment,
            uses[facts["id"]],
            unpaid[facts["contract_account_id"]],
            law,
            deposits.get(facts["contract_id"]),
            activations.get(facts["id"]),
        )
    return found


def _document(
    bill: BillParts, contract: dict[str, Any], payment: Payment, use: Use, unpaid: list[UnpaidBill], law: PaperRules,
    deposit_cents: int | None, activation: Activation | None,
) -> BillDocument:  # fmt: skip
    facts = bill.facts
    header = _header(bill)
    days = (header.end - header.start).days
    daily = divide_half_up(facts["quantity_milli"], days)
    attempts = law.reading_attempts(use.yearly_milli)
    usual = use.year_before_daily_milli
    if usual is None and use.yearly_milli is not None:
        usual = divide_half_up(use.yearly_milli, 365)
    rows = printed_rows(bill.charges, bill.prices, bill.terms)
    is_abnormal = header.kind is not BillKind.ADVANCE and law.is_abnormal(daily, usual)
    before = bill.earlier[-1] if bill.earlier else None
    right, slips = _instalments(bill, law)
    return BillDocument(
        issuer=issuer_of(company()),
        customer=customer_of(contract),
        contract=replace(
            contract_of(
                contract,
                terms_on(bill.terms, header.end - _ONE_DAY),
                bill.prices,
                is_large=attempts > law.attempt_steps[0][1],
            ),
            deposit_cents=deposit_cents,
        ),
        header=header,
        rows=rows,
        vat_groups=bill.vat,
        payment=payment,
        consumption=Consumption(
            billed_milli=facts["quantity_milli"],
            daily_mean_milli=daily,
            yearly_milli=use.yearly_milli,
            history=use.history,
            year_before_daily_mean_milli=use.year_before_daily_milli,
            reading_attempts=attempts,
            is_anomalous=is_abnormal,
        ),
        meters=use.meters,
        unpaid=tuple(old for old in unpaid if old.number != header.number and old.due_on < header.issued_on),
        explanation=explanation(
            BillFacts(
                kind=header.kind,
                start=header.start,
                end=header.end,
                daily_milli=daily,
                to_pay_cents=header.to_pay_cents,
                taken_back_cents=sum(row.cents for row in rows if row.kind is ChargeKind.BILLED_BEFORE),
                latest_read_on=use.latest_read_on,
                new_prices_on=_new_prices(bill, before.bill.end if before else None),
                is_abnormal=is_abnormal,
                corrects=facts["corrects_number"] or "",
                before=before.bill if before else None,
            )
        ),
        notes=_notes(bill),
        instalment_right=right,
        instalment_slips=slips,
        instalment_until=header.due_on + timedelta(days=law.ask_within_days) if right and header.due_on else None,
        previous_total_cents=before.bill.to_pay_cents if before else None,
        activation=activation,
    )


def activation_reference(number: str) -> str:
    """Return what the activation code of a bill is derived from and known by."""
    return f"bill:{number}"


def _activations(bills: Sequence[BillParts], contracts: Mapping[int, dict[str, Any]]) -> dict[int, Activation]:
    """Return bill id -> how its holder activates the web area, for those who have no login."""
    found: dict[int, Activation] = {}
    for day in {bill.facts["issued_on"] for bill in bills}:
        of = {activation_reference(bill.facts["number"]): bill for bill in bills if bill.facts["issued_on"] == day}
        accounts = {key: contracts[bill.facts["contract_id"]]["account_number"] for key, bill in of.items()}
        for key, one in codes_to_print(accounts, on=day).items():
            found[of[key].facts["id"]] = Activation(one.page, one.link, one.account_number, one.code, one.until_on)
    return found


def _notes(bill: BillParts) -> tuple[Note, ...]:
    """Return the statements that the kinds of its one-off rows prescribe, each once."""
    kinds = dict.fromkeys(row.kind for row in bill.charges if row.kind >= FIRST_CODE and row.reverses is None)
    if not kinds:
        return ()
    known = treatments(rules(), on=bill.facts["issued_on"])
    said = [known[NAMES[kind]] for kind in kinds]
    return tuple(Note(one.heading, one.statement) for one in said if one.statement)


def _header(bill: BillParts) -> Header:
    facts = bill.facts
    kind = _KINDS[facts["kind"]]
    is_credit = kind is BillKind.CREDIT_NOTE or facts["total_cents"] < 0
    linked: tuple[LinkedBill, ...] = ()
    if facts["corrects_number"]:
        linked = (LinkedBill(facts["corrects_number"], facts["corrects_issued_on"]),)
    return Header(
        number=facts["number"],
        kind=kind,
        document_type=DocumentType.CREDIT_NOTE if is_credit else DocumentType.INVOICE,
        issued_on=facts["issued_on"],
        due_on=facts["due_on"] if asked_cents(facts) > 0 else None,
        start=facts["start"],
        end=facts["end"],
        net_cents=facts["net_cents"],
        vat_cents=facts["vat_cents"],
        total_cents=facts["total_cents"],
        to_pay_cents=facts["to_pay_cents"],
        linked=linked,
        split_payment=facts["split_payment"],
        credit_cents=facts["credit_cents"],
        stamp_duty_cents=facts["stamp_duty_cents"],
    )


def asked_cents(facts: dict[str, Any]) -> int:
    """Return what is asked for a bill: to pay, less the credits it used; negative where it gives money back."""
    return int(facts["to_pay_cents"] - facts["credit_cents"])


def _payment(facts: dict[str, Any], contract: dict[str, Any], prepared: PaymentDetails | None) -> Payment:
    if asked_cents(facts) <= 0:
        return Payment(PaymentMethod.NONE, asked_cents(facts), None)
    if prepared is not None:
        return Payment(
            method=prepared.method,
            amount_cents=prepared.cents,
            due_on=prepared.due_on or facts["due_on"],
            mandate_id=prepared.umr,
            masked_iban=prepared.masked_iban,
            notice_number=prepared.notice_number,
            qr_text=prepared.qr_text,
            reference=prepared.reference,
            payer_habit=prepared.payer_habit,
        )
    if contract["payment_method"] == "transfer":
        reference = f"Bolletta {facts['number']}"
        return Payment(PaymentMethod.TRANSFER, asked_cents(facts), facts["due_on"], reference=reference)
    raise PaymentNotPrepared(
        f"Bill {facts['number']}",
        "It has neither a direct debit nor a payment notice.",
        "Prepare its collection, or open its pagoPA position; then render again.",
    )


def _instalments(bill: BillParts, law: PaperRules) -> tuple[bool, bool]:
    """Return (right to instalments, slips enclosed) of BIL-07: the bill against the mean of the months before."""
    since = _months_before(bill.facts["issued_on"], law.mean_months)
    earlier = [one.total_cents for one in bill.earlier if one.issued_on >= since]
    cents = bill.facts["total_cents"]
    if bill.facts["to_pay_cents"] <= 0:
        return False, False
    return (
        law.exceeds_mean(cents, earlier, law.instalment_percent),
        law.exceeds_mean(cents, earlier, law.slips_percent),
    )


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for latest in range(day.day, 27, -1):
        try:
            return date(year, month + 1, latest)
        except ValueError:
            continue
    return date(year, month + 1, day.day)


def _new_prices(bill: BillParts, before_end: date | None) -> date | None:
    """Return the first day of a price that the bill before could not have had."""
    if before_end is None:
        return None
    days = [one.rule.version for one in bill.charges if one.reverses is None and one.rule.version >= before_end]
    return max(days, default=None)


def _unpaid(bills: Sequence[BillParts]) -> dict[int, list[UnpaidBill]]:
    """Return contract account -> its bills with something still open, the earliest due first."""
    accounts = np.unique(np.array([bill.facts["contract_account_id"] for bill in bills], dtype=np.int64))
    items = unsettled_of_accounts(accounts).to_pylist()
    rows = Bill.objects.filter(number__in={item["reference"] for item in items}).values_list("number", "issued_on")
    issued = dict(rows)
    found: dict[int, list[UnpaidBill]] = defaultdict(list)
    for item in items:
        number = item["reference"]
        if number in issued:
            found[item["contract_account_id"]].append(
                UnpaidBill(number, issued[number], item["due_on"], item["open_cents"])
            )
    return found
