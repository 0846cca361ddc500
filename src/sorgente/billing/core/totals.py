"""The arithmetic of a bill: VAT on the sum of rows per rate, and a check that everything adds up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sorgente.billing.core.document import (
    UNIT_DAY,
    BillDocument,
    ChargeKind,
    ChargeRow,
    DocumentType,
    PaymentMethod,
    VatGroup,
)
from sorgente.shared.money import divide_half_up, euro

_RATE_ONE = 10_000  # vat_rate_e2 of 100 %


def vat_cents(taxable_cents: int, vat_rate_e2: int) -> int:
    """Return the VAT on a sum of rows, half-up to the cent, once per rate (SdI control 00421)."""
    return divide_half_up(taxable_cents * vat_rate_e2, _RATE_ONE)


def vat_groups(rows: Iterable[ChargeRow], *, laws: Mapping[str, str]) -> tuple[VatGroup, ...]:
    """Return one group per rate and nature, rates from high to low.

    laws   nature -> the article printed beside it, for example {"N1": "Art. 15 DPR 633/72"}
    """
    sums: dict[tuple[int, str | None], int] = {}
    for row in rows:
        key = (row.vat_rate_e2, row.nature)
        sums[key] = sums.get(key, 0) + row.cents
    ordered = sorted(sums.items(), key=lambda item: (-item[0][0], item[0][1] or ""))
    return tuple(
        VatGroup(rate, nature, taxable, vat_cents(taxable, rate), laws.get(nature or "", ""))
        for (rate, nature), taxable in ordered
    )


def fixed_row(
    *,
    service: str,
    code: str,
    label: str,
    start: date,
    end: date,
    yearly_price_e8: int,
    units: int,
    cents: int,
    vat_rate_e2: int,
    kind: ChargeKind = ChargeKind.FIXED,
) -> ChargeRow:
    """Return a fixed quota as days x daily price, which multiplies out as SdI asks.

    yearly_price_e8   for one unit; the year is 365 days, as the tariff arithmetic has it
    cents             what rating charged: it is kept, the daily price only explains it
    """
    return ChargeRow(
        service=service,
        kind=kind,
        code=code,
        label=label,
        start=start,
        end=end,
        cents=cents,
        vat_rate_e2=vat_rate_e2,
        quantity_milli=(end - start).days * units * 1000,
        unit=UNIT_DAY,
        unit_price_e8=divide_half_up(yearly_price_e8, 365),
        yearly_price_e8=yearly_price_e8,
    )


def document_gaps(bill: BillDocument) -> list[str]:
    """Return what does not add up, one sentence each; an empty list is a sound bill."""
    header, gaps = bill.header, []
    laws = {group.nature: group.law for group in bill.vat_groups if group.nature}
    wanted = vat_groups(bill.rows, laws=laws)
    if sorted(wanted, key=repr) != sorted(bill.vat_groups, key=repr):
        gaps.append("The VAT table is not the sum of the rows per rate.")
    net = sum(row.cents for row in bill.rows)
    vat = sum(group.vat_cents for group in bill.vat_groups)
    if header.net_cents != net:
        gaps.append(f"Net {euro(header.net_cents)} is not the sum of the rows, {euro(net)}.")
    if header.vat_cents != vat:
        gaps.append(f"VAT {euro(header.vat_cents)} is not the sum of the VAT table, {euro(vat)}.")
    if header.total_cents != net + vat:
        gaps.append(f"Total {euro(header.total_cents)} is not net plus VAT, {euro(net + vat)}.")
    asked = header.total_cents - (vat if header.split_payment else 0)
    if header.to_pay_cents != asked:
        gaps.append(f"To pay {euro(header.to_pay_cents)} should be {euro(asked)}.")
    rest = header.to_pay_cents - header.credit_cents
    if bill.payment.method is not PaymentMethod.NONE and bill.payment.amount_cents != rest:
        gaps.append(f"The payment asks {euro(bill.payment.amount_cents)}, the bill {euro(rest)}.")
    if header.document_type is DocumentType.CREDIT_NOTE and header.total_cents > 0:
        gaps.append("A credit note asks for money.")
    for number, row in enumerate(bill.rows, start=1):
        if (row.vat_rate_e2 == 0) != bool(row.nature):
            gaps.append(f"Row {number} ({row.label}) needs a nature exactly when its rate is 0.")
        if row.end <= row.start:
            gaps.append(f"Row {number} ({row.label}) has no day.")
    return gaps
