"""A bill as values: for pages, papers, commands and tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sorgente.billing.core.one_offs import FIRST_CODE, NAMES
from sorgente.billing.models import Bill, BilledConsumption, BillRule, BillVat, Charge, OneOffRow
from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.model import KIND_LABELS, SERVICE_LABELS, Kind
from sorgente.tariffs.tables import RuleLine


class UnknownBill(SorgenteError):
    code = "billing.bill.unknown"


@dataclass(frozen=True, slots=True)
class ChargeValues:
    """One row; `takes_back` is the number of the earlier bill that charged it, empty on a row of its own."""

    position: int
    service: str  # Italian heading: "Acquedotto"
    kind: str  # Italian: "Quota variabile"
    label: str
    start: date
    end: date
    quantity_milli: int
    unit_price_e8: int
    cents: int
    vat_e4: int
    service_code: int
    kind_code: int
    bracket: int
    estimated: bool
    takes_back: str
    tariff: str
    rule_path: str
    cite: str
    nature: str = ""  # why there is no VAT


@dataclass(frozen=True, slots=True)
class VatValues:
    vat_e4: int
    base_cents: int
    vat_cents: int


@dataclass(frozen=True, slots=True)
class ConsumptionValues:
    """Days and water taken from a register."""

    register_id: int
    start: date
    end: date
    quantity_milli: int
    estimated: bool
    from_read_id: int | None
    to_read_id: int | None
    superseded_by: str


@dataclass(frozen=True, slots=True)
class BillValues:
    id: int
    number: str
    run: str
    contract_account_id: int
    contract_id: int
    kind: str
    document_type: str  # TD01, or TD04 when the bill gives money back
    issued_on: date
    due_on: date
    start: date
    end: date
    quantity_milli: int
    net_cents: int
    vat_cents: int
    total_cents: int
    to_pay_cents: int
    split_payment: bool
    credit_cents: int  # earlier credits it used: what is asked is to_pay_cents less these
    stamp_duty_cents: int
    corrects: str
    corrects_issued_on: date | None
    einvoice_id: int | None
    einvoice_name: str
    document_id: int | None
    transmitted_at: datetime | None
    delivered_at: datetime | None
    charges: tuple[ChargeValues, ...]
    vat_groups: tuple[VatValues, ...]
    consumptions: tuple[ConsumptionValues, ...]

    def rows(self, service: str) -> list[ChargeValues]:
        return [row for row in self.charges if row.service == service]


def document_type(total_cents: int) -> str:
    """Return the FatturaPA type: a bill that gives money back is a credit note."""
    return "TD04" if total_cents < 0 else "TD01"


def bill_values(number: str) -> BillValues:
    """Return one bill with its rows; raises UnknownBill."""
    found = bills_values(Bill.objects.filter(number=number).values_list("id", flat=True))
    if not found:
        raise UnknownBill(f"Bill {number}", "There is none.", "Check the number: it reads 2026/SII/0000123.")
    return found[0]


def bills_values(bill_ids: Iterable[int]) -> list[BillValues]:
    """Return bills with their rows, in the order of their ids: a few queries, however many bills."""
    bills = list(Bill.objects.filter(id__in=list(bill_ids)).select_related("run", "corrects").order_by("id"))
    ids = [bill.pk for bill in bills]
    charges: dict[int, list[ChargeValues]] = {}
    rows = list(Charge.objects.filter(bill__in=ids).order_by("bill_id", "position"))
    texts = {(row.bill_id, row.position): row.text for row in OneOffRow.objects.filter(bill__in=ids)}
    sundry = BillRule.objects.in_bulk({row.rule_id for row in rows if row.kind >= FIRST_CODE})
    lines = rule_lines({row.rule_id for row in rows if row.kind < FIRST_CODE})
    numbers = dict(
        Bill.objects.filter(id__in={row.reverses_id for row in rows if row.reverses_id}).values_list("id", "number")
    )
    for row in rows:
        takes_back = numbers[row.reverses_id] if row.reverses_id else ""
        if row.kind >= FIRST_CODE:
            made = _one_off(row, sundry[row.rule_id], texts.get((row.bill_id, row.position), ""), takes_back)
        else:
            made = _charge(row, lines[row.rule_id], takes_back)
        charges.setdefault(row.bill_id, []).append(made)
    groups: dict[int, list[VatValues]] = {}
    for group in BillVat.objects.filter(bill__in=ids).order_by("bill_id", "-vat_e4"):
        groups.setdefault(group.bill_id, []).append(VatValues(group.vat_e4, group.base_cents, group.vat_cents))
    taken: dict[int, list[ConsumptionValues]] = {}
    for one in (
        BilledConsumption.objects.filter(bill__in=ids).select_related("superseded_by").order_by("bill_id", "start")
    ):
        taken.setdefault(one.bill_id, []).append(
            ConsumptionValues(
                one.register_id, one.start, one.end, one.quantity_milli, one.estimated, one.from_read_id,
                one.to_read_id, one.superseded_by.number if one.superseded_by else "",
            )
        )  # fmt: skip
    return [
        BillValues(
            id=bill.pk,
            number=bill.number,
            run=bill.run.name if bill.run else "",
            contract_account_id=bill.contract_account_id,
            contract_id=bill.contract_id,
            kind=bill.kind,
            document_type=document_type(bill.total_cents),
            issued_on=bill.issued_on,
            due_on=bill.due_on,
            start=bill.start,
            end=bill.end,
            quantity_milli=bill.quantity_milli,
            net_cents=bill.net_cents,
            vat_cents=bill.vat_cents,
            total_cents=bill.total_cents,
            to_pay_cents=bill.to_pay_cents,
            split_payment=bill.split_payment,
            credit_cents=bill.credit_cents,
            stamp_duty_cents=bill.stamp_duty_cents,
            corrects=bill.corrects.number if bill.corrects else "",
            corrects_issued_on=bill.corrects.issued_on if bill.corrects else None,
            einvoice_id=bill.einvoice_id,
            einvoice_name=bill.einvoice_name,
            document_id=bill.document_id,
            transmitted_at=bill.transmitted_at,
            delivered_at=bill.delivered_at,
            charges=tuple(charges.get(bill.pk, ())),
            vat_groups=tuple(groups.get(bill.pk, ())),
            consumptions=tuple(taken.get(bill.pk, ())),
        )
        for bill in bills
    ]


def rule_lines(rule_ids: Iterable[int]) -> dict[int, RuleLine]:
    """Return BillRule id -> the priced line, which knows its Italian label."""
    return {
        rule.pk: RuleLine(
            rule.tariff, rule.service, rule.service_code, Kind(rule.kind), tuple(rule.brackets), rule.path, rule.cite,
            rule.start,
        )
        for rule in BillRule.objects.filter(id__in=set(rule_ids))
    }  # fmt: skip


def _charge(row: Charge, line: RuleLine, takes_back: str) -> ChargeValues:
    return ChargeValues(
        position=row.position,
        service=SERVICE_LABELS[row.service],
        kind=KIND_LABELS[row.kind],
        label=line.label(row.kind, row.bracket),
        start=row.start,
        end=row.end,
        quantity_milli=row.quantity_milli,
        unit_price_e8=row.unit_price_e8,
        cents=row.cents,
        vat_e4=row.vat_e4,
        service_code=row.service,
        kind_code=row.kind,
        bracket=row.bracket,
        estimated=row.estimated,
        takes_back=takes_back,
        tariff=line.tariff,
        rule_path=line.path,
        cite=line.cite,
    )


def _one_off(row: Charge, rule: BillRule, text: str, takes_back: str) -> ChargeValues:
    return ChargeValues(
        position=row.position,
        service=rule.service,
        kind=NAMES[row.kind],
        label=text or rule.service,
        start=row.start,
        end=row.end,
        quantity_milli=row.quantity_milli,
        unit_price_e8=row.unit_price_e8,
        cents=row.cents,
        vat_e4=row.vat_e4,
        service_code=row.service,
        kind_code=row.kind,
        bracket=row.bracket,
        estimated=row.estimated,
        takes_back=takes_back,
        tariff="",
        rule_path=rule.path,
        cite=rule.cite,
        nature=rule.nature,
    )
