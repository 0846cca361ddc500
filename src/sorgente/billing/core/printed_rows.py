"""Charges as they are stored become rows as they are printed and sent: names, units, edges.

What earlier bills charged on estimates is taken back row by row in the tables; on paper it is one line for each
earlier bill and rate, which is what the customer paid or was asked to pay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sorgente.billing.core.document import (
    UNIT_CUBIC_METRE,
    UNIT_DAY,
    UNIT_PIECE,
    ChargeKind,
    ChargeRow,
    LinkedBill,
    VatGroup,
)
from sorgente.billing.core.one_offs import (
    DEPOSIT,
    DEPOSIT_INTEREST,
    DEPOSIT_RETURN,
    FIRST_CODE,
    INDEMNITY,
    NAMES,
    STAMP_DUTY,
)
from sorgente.billing.core.price_list import PriceList, Terms
from sorgente.shared.money import PRICE_SCALE
from sorgente.tariffs.model import KIND_LABELS, SERVICE_LABELS, Kind, Service

_KINDS = {
    Kind.FIXED: ChargeKind.FIXED,
    Kind.CAPACITY: ChargeKind.FIXED,
    Kind.PEREQUATION: ChargeKind.PEREQUATION,
    Kind.TAX: ChargeKind.FEE,
}
_ONE_OFF_KINDS = {
    DEPOSIT: ChargeKind.DEPOSIT,
    DEPOSIT_RETURN: ChargeKind.DEPOSIT,
    DEPOSIT_INTEREST: ChargeKind.INTEREST,
    "interest": ChargeKind.INTEREST,
    INDEMNITY: ChargeKind.INDEMNITY,
    STAMP_DUTY: ChargeKind.STAMP,
}
_CODES = {Service.ACQUEDOTTO: "ACQ", Service.FOGNATURA: "FOG", Service.DEPURAZIONE: "DEP", Service.SII: "SII"}
_KIND_CODES = {
    Kind.FIXED: "QF", Kind.VOLUME: "QV", Kind.MINIMUM: "QM", Kind.ENERGY: "QE", Kind.CAPACITY: "QP", Kind.TAX: "IMP",
}  # fmt: skip
_PEREQUATION = "Componenti perequative"
_BEFORE = "Già fatturato"


@dataclass(frozen=True, slots=True)
class PrintedRule:
    """The rule under a charge; `version` is the first day of the tariff's version."""

    tariff: str
    path: str
    version: date
    service: str
    service_code: int
    brackets: Sequence[str]
    nature: str = ""
    law: str = ""
    cite: str = ""


@dataclass(frozen=True, slots=True)
class StoredCharge:
    """One charge as it was computed; `reverses` is the earlier bill it takes back, `text` what a one-off row says."""

    rule: PrintedRule
    reverses: LinkedBill | None
    kind: int
    bracket: int
    start: date
    end: date
    quantity_milli: int
    unit_price_e8: int
    cents: int
    vat_e4: int
    estimated: bool
    text: str = ""


def printed_rows(charges: Sequence[StoredCharge], prices: PriceList, terms: Sequence[Terms]) -> tuple[ChargeRow, ...]:
    """Return the rows of a bill in the order they were charged, then what earlier bills charged already.

    terms  of the contract as they were rated, by start
    """
    rows = [_row(charge, prices, terms_on(terms, charge.start)) for charge in charges if charge.reverses is None]
    return (*rows, *_billed_before([charge for charge in charges if charge.reverses is not None]))


def sources_of(charges: Sequence[StoredCharge], rows: Sequence[ChargeRow]) -> list[str]:
    """Return who decided each printed row of `printed_rows(charges, …)`; empty on what earlier bills charged."""
    own = [charge.rule.cite for charge in charges if charge.reverses is None]
    return [*own, *[""] * (len(rows) - len(own))]


def terms_on(terms: Sequence[Terms], day: date) -> Terms:
    """Return the terms of a day; before the first ones, the first, after the latest, the latest."""
    found = terms[0]
    for one in terms:
        if one.start <= day:
            found = one
    return found


def _row(charge: StoredCharge, prices: PriceList, terms: Terms) -> ChargeRow:
    if charge.kind >= FIRST_CODE:
        return _one_off_row(charge)
    kind = Kind(charge.kind)
    explained = prices.explain(
        tariff=charge.rule.tariff, path=charge.rule.path, version=charge.rule.version, bracket=charge.bracket,
        start=charge.start, end=charge.end, terms=terms,
    )  # fmt: skip
    name = charge.rule.brackets[charge.bracket] if 0 <= charge.bracket < len(charge.rule.brackets) else ""
    has_name = name not in ("", "all")
    unit, yearly = UNIT_CUBIC_METRE, explained.yearly_price_e8
    if explained.by_day:
        unit = UNIT_DAY
        if charge.quantity_milli == 1000 and charge.unit_price_e8 == charge.cents * PRICE_SCALE // 100:
            unit, yearly = UNIT_PIECE, None  # too many days and units to multiply out: rating wrote one piece
    return ChargeRow(
        service=_service(kind, charge),
        kind=_KINDS.get(kind, ChargeKind.VARIABLE),
        code=_code(kind, charge),
        label=_label(kind, charge, name if has_name else ""),
        start=charge.start,
        end=charge.end,
        cents=charge.cents,
        vat_rate_e2=charge.vat_e4,  # ten-thousandths of one are hundredths of a percent
        quantity_milli=charge.quantity_milli,
        unit=unit,
        unit_price_e8=charge.unit_price_e8,
        bracket_from_milli=explained.lower_milli if has_name else None,
        bracket_to_milli=explained.upper_milli if has_name else None,
        yearly_price_e8=yearly,
        is_estimated=charge.estimated,
    )


def _one_off_row(charge: StoredCharge) -> ChargeRow:
    name = NAMES[charge.kind]
    return ChargeRow(
        service=charge.rule.service,
        kind=_ONE_OFF_KINDS.get(name, ChargeKind.FEE),
        code=name.upper(),
        label=charge.text,
        start=charge.start,
        end=charge.end,
        cents=charge.cents,
        vat_rate_e2=charge.vat_e4,
        nature=charge.rule.nature or None,
    )


def vat_groups_of(charges: Sequence[StoredCharge], by_rate: Sequence[VatGroup]) -> tuple[VatGroup, ...]:
    """Return the VAT groups of a bill with what bears none split by the reason why; by rate, then by nature."""
    natures: dict[tuple[str, str], int] = {}
    for charge in charges:
        if charge.vat_e4 == 0:
            key = (charge.rule.nature, charge.rule.law)
            natures[key] = natures.get(key, 0) + charge.cents
    without = [VatGroup(0, nature or None, cents, 0, law) for (nature, law), cents in sorted(natures.items())]
    return (*(group for group in by_rate if group.vat_rate_e2), *without)


def _service(kind: Kind, charge: StoredCharge) -> str:
    if kind == Kind.PEREQUATION:
        return _PEREQUATION
    if charge.rule.service_code == Service.OTHER:
        return charge.rule.service.capitalize()
    return SERVICE_LABELS[charge.rule.service_code]


def _label(kind: Kind, charge: StoredCharge, bracket: str) -> str:
    if kind == Kind.PEREQUATION:
        return f"componente {charge.rule.service}"
    if not bracket:
        return KIND_LABELS[kind].lower()
    # "fascia base", but "I eccedenza": the heading of the service already says what is charged.
    return f"fascia {bracket}" if bracket.islower() else bracket


def _code(kind: Kind, charge: StoredCharge) -> str:
    if kind == Kind.PEREQUATION:
        return charge.rule.service[:35]
    known = charge.rule.service_code != Service.OTHER
    service = _CODES[Service(charge.rule.service_code)] if known else charge.rule.service[:20].upper()
    code = f"{service}-{_KIND_CODES[kind]}"
    return f"{code}{charge.bracket + 1}" if charge.bracket >= 0 and len(charge.rule.brackets) > 1 else code


def _billed_before(charges: Sequence[StoredCharge]) -> list[ChargeRow]:
    groups: dict[tuple[str, int, str], list[StoredCharge]] = {}
    for charge in charges:
        assert charge.reverses is not None
        groups.setdefault((charge.reverses.number, charge.vat_e4, charge.rule.nature), []).append(charge)
    return [
        ChargeRow(
            service=_BEFORE,
            kind=ChargeKind.BILLED_BEFORE,
            code="ACCONTO",
            label=f"{'altre partite' if group[0].kind >= FIRST_CODE else 'acconto'} della bolletta {number}",
            start=min(charge.start for charge in group),
            end=max(charge.end for charge in group),
            cents=sum(charge.cents for charge in group),
            vat_rate_e2=vat,
            nature=nature or None,
        )
        for (number, vat, nature), group in groups.items()
    ]
