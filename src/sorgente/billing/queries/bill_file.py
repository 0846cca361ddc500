"""One bill as the desk shows it: its rows with the rule under each, VAT, the water and the reads it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sorgente.billing.core.one_offs import FIRST_CODE
from sorgente.billing.models import Bill, BilledConsumption, BillRule, Charge
from sorgente.tariffs.model import KIND_LABELS, SERVICE_LABELS, Kind, Service

_BY_DAY = {Kind.FIXED, Kind.CAPACITY}


@dataclass(frozen=True, slots=True)
class FileRow:
    position: int
    service: str  # Italian, as its heading
    label: str  # Italian, without the service
    bracket: str
    start: date
    end: date
    quantity_milli: int
    unit: str  # m3, or day where a quota is charged by time; empty on a row that is an amount alone
    unit_price_e8: int
    cents: int
    vat_e4: int
    cite: str
    is_estimated: bool
    takes_back: str  # number of the earlier bill that charged this
    nature: str = ""  # why there is no VAT


@dataclass(frozen=True, slots=True)
class RowGroup:
    """The rows of one service, or all that take back what one earlier bill charged, and their sum."""

    service: str  # empty where the group takes back
    takes_back: str
    rows: list[FileRow]
    cents: int


@dataclass(frozen=True, slots=True)
class FileVat:
    vat_e4: int
    base_cents: int
    vat_cents: int


@dataclass(frozen=True, slots=True)
class FileStretch:
    """Water of one register over some days; a read is empty where the stretch is an estimate."""

    serial: str
    start: date
    end: date
    quantity_milli: int
    is_estimated: bool
    from_index_milli: int | None
    from_kind: str
    to_index_milli: int | None
    to_kind: str
    superseded_by: str


@dataclass(frozen=True, slots=True)
class BillFile:
    id: int
    number: str
    kind: str
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
    credit_cents: int  # earlier credits set against it
    stamp_duty_cents: int
    run: str
    corrects: str
    corrected_by: list[str]
    holder: str
    holder_id: int
    account: str
    contract: str
    point: str
    address: str
    document: str  # SHA-256 of the PDF, empty until it is drawn
    einvoice: str
    einvoice_name: str
    transmitted_at: datetime | None
    delivered_at: datetime | None
    groups: list[RowGroup]
    vat: list[FileVat]
    stretches: list[FileStretch]


def bill_file(number: str) -> BillFile | None:
    """Return the bill with everything under it, or None when there is no such number."""
    bill = (
        Bill.objects.filter(number=number)
        .select_related(
            "run",
            "corrects",
            "contract_account__holder",
            "contract__service_point__address",
            "document",
            "einvoice",
        )
        .first()
    )
    if bill is None:
        return None
    return BillFile(
        id=bill.pk,
        number=bill.number,
        kind=bill.kind,
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
        run=bill.run.name if bill.run else "",
        corrects=bill.corrects.number if bill.corrects else "",
        corrected_by=list(bill.corrections.order_by("id").values_list("number", flat=True)),
        holder=bill.contract_account.holder.name,
        holder_id=bill.contract_account.holder_id,
        account=bill.contract_account.number,
        contract=bill.contract.number,
        point=bill.contract.service_point.code,
        address=str(bill.contract.service_point.address),
        document=bill.document.sha256 if bill.document else "",
        einvoice=bill.einvoice.sha256 if bill.einvoice else "",
        einvoice_name=bill.einvoice_name,
        transmitted_at=bill.transmitted_at,
        delivered_at=bill.delivered_at,
        groups=_groups(bill),
        vat=[FileVat(group.vat_e4, group.base_cents, group.vat_cents) for group in bill.vat_groups.order_by("-vat_e4")],
        stretches=_stretches(bill),
    )


def _groups(bill: Bill) -> list[RowGroup]:
    """Return the rows in the order of the bill's first row of each service; what is taken back comes last."""
    groups: dict[tuple[str, str], list[FileRow]] = {}
    texts = dict(bill.one_off_rows.values_list("position", "text"))
    for charge in bill.charges.select_related("rule", "reverses").order_by("position"):
        row = _row(charge, texts.get(charge.position, ""))
        groups.setdefault(("" if row.takes_back else row.service, row.takes_back), []).append(row)
    return [
        RowGroup(service, takes_back, rows, sum(row.cents for row in rows))
        for (service, takes_back), rows in groups.items()
    ]


def _row(charge: Charge, text: str) -> FileRow:
    rule = charge.rule
    names = rule.brackets
    bracket = names[charge.bracket] if 0 <= charge.bracket < len(names) else ""
    if charge.kind >= FIRST_CODE:
        return FileRow(
            position=charge.position,
            service=rule.service,
            label=text or rule.service,
            bracket="",
            start=charge.start,
            end=charge.end,
            quantity_milli=0,
            unit="",
            unit_price_e8=0,
            cents=charge.cents,
            vat_e4=charge.vat_e4,
            cite=rule.cite,
            is_estimated=False,
            takes_back=charge.reverses.number if charge.reverses else "",
            nature=rule.nature,
        )
    kind = Kind(charge.kind)
    return FileRow(
        position=charge.position,
        service=_service(rule),
        label=f"Componente {rule.service}" if kind == Kind.PEREQUATION else KIND_LABELS[kind],
        bracket="" if bracket == "all" else bracket,
        start=charge.start,
        end=charge.end,
        quantity_milli=charge.quantity_milli,
        unit="day" if kind in _BY_DAY else "m3",
        unit_price_e8=charge.unit_price_e8,
        cents=charge.cents,
        vat_e4=charge.vat_e4,
        cite=rule.cite,
        is_estimated=charge.estimated,
        takes_back=charge.reverses.number if charge.reverses else "",
    )


def _service(rule: BillRule) -> str:
    if rule.kind == Kind.PEREQUATION:
        return "Componenti perequative"
    if rule.service_code == Service.OTHER:
        return str(rule.service).capitalize()
    return SERVICE_LABELS[rule.service_code]


def _stretches(bill: Bill) -> list[FileStretch]:
    rows = (
        BilledConsumption.objects.filter(bill=bill)
        .select_related("register__device", "from_read", "to_read", "superseded_by")
        .order_by("start", "id")
    )
    return [
        FileStretch(
            serial=row.register.device.serial,
            start=row.start,
            end=row.end,
            quantity_milli=row.quantity_milli,
            is_estimated=row.estimated,
            from_index_milli=row.from_read.index_milli if row.from_read else None,
            from_kind=row.from_read.kind if row.from_read else "",
            to_index_milli=row.to_read.index_milli if row.to_read else None,
            to_kind=row.to_read.kind if row.to_read else "",
            superseded_by=row.superseded_by.number if row.superseded_by else "",
        )
        for row in rows
    ]
