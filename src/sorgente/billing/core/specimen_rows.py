"""The charge rows of made-up bills: an invented tariff with brackets, quotas, perequation and the rarer items."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

from sorgente.billing.core.document import UNIT_PIECE, ChargeKind, ChargeRow
from sorgente.billing.core.totals import fixed_row
from sorgente.shared.money import PRICE_SCALE, charge_cents, divide_half_up, price_e8_from_euro

WATER, SEWER, CLEAN = "Acquedotto", "Fognatura", "Depurazione"
_OTHER = "Altre partite"


def specimen_rows(
    start: date, end: date, litres: int, units: int, draw: random.Random, kind: str
) -> tuple[ChargeRow, ...]:
    rows: list[ChargeRow] = []
    estimated = kind == "direct_debit"

    def volume(service: str, code: str, label: str, quantity: int, price: str, **more: object) -> None:
        price_e8 = price_e8_from_euro(price)
        row = ChargeRow(
            service, ChargeKind.VARIABLE, code, label, start, end, charge_cents(quantity, price_e8), 1000,
            quantity_milli=quantity, unit_price_e8=price_e8, is_estimated=estimated,
        )  # fmt: skip
        rows.append(replace(row, **more))  # type: ignore[arg-type]

    def fixed(service: str, code: str, yearly: str) -> None:
        price_e8 = price_e8_from_euro(yearly)
        cents = divide_half_up(price_e8 * units * (end - start).days, 365 * 1_000_000)
        rows.append(
            fixed_row(
                service=service,
                code=code,
                label="quota fissa",
                start=start,
                end=end,
                yearly_price_e8=price_e8,
                units=units,
                cents=cents,
                vat_rate_e2=1000,
            )
        )

    days = (end - start).days
    edges = [divide_half_up(edge * units * days, 365) for edge in (55_000, 91_000, 146_000, 201_000)]
    prices = (("ACQ-AG", "fascia agevolata", "0.684210"), ("ACQ-BA", "fascia base", "1.368420"),
              ("ACQ-E1", "I eccedenza", "2.052630"), ("ACQ-E2", "II eccedenza", "2.736840"),
              ("ACQ-E3", "III eccedenza", "3.421050"))  # fmt: skip
    fixed(WATER, "ACQ-QF", "27.454000")
    low = 0
    for (code, label, price), high in zip(prices, [*edges, None], strict=True):
        top = litres if high is None else min(high, litres)
        if top > low:
            volume(
                WATER, code, label, top - low, price, bracket_from_milli=low,
                bracket_to_milli=high, kind=ChargeKind.VARIABLE,
            )  # fmt: skip
            low = top
    for service, code, quota, price in (
        (SEWER, "FOG", "4.916000", "0.301250"),
        (CLEAN, "DEP", "9.402000", "0.654000"),
    ):
        fixed(service, f"{code}-QF", quota)
        volume(service, f"{code}-QV", "quota variabile", litres, price)
    for code, price in (("UI1", "0.018000"), ("UI2", "0.027000"), ("UI3", "0.053700")):
        volume("Componenti perequative", code, f"componente {code}", litres, price, kind=ChargeKind.PEREQUATION)
    rows.extend(_extra_rows(start, end, kind, draw))
    if kind in ("credit_note", "zero"):
        return _turned(rows, keep=kind == "zero")
    return tuple(rows)


def _extra_rows(start: date, end: date, kind: str, draw: random.Random) -> list[ChargeRow]:
    def amount(what: ChargeKind, code: str, label: str, cents: int, rate: int, nature: str | None) -> ChargeRow:
        return ChargeRow(_OTHER, what, code, label, start, end, cents, rate, nature)

    extra: list[ChargeRow] = []
    if kind in ("pagopa", "anomalous"):
        extra.append(
            ChargeRow(
                "Già fatturato",
                ChargeKind.BILLED_BEFORE,
                "ACC",
                "acconto bolletta 2025/0098112",
                start,
                end,
                -draw.randrange(800, 1_900),
                1000,
            )
        )
    if kind == "bonus":
        extra.append(
            replace(
                amount(ChargeKind.BONUS, "BSI", "bonus sociale idrico", -1_120, 1000, None), service="Bonus sociale"
            )
        )
    if kind == "closing":
        extra += [
            amount(ChargeKind.DEPOSIT, "DEP-REST", "restituzione del deposito cauzionale", -14_800, 0, "N2.2"),
            amount(ChargeKind.INTEREST, "MORA", "interessi di mora, 30 giorni al 5,65 %", 56, 0, "N1"),
            replace(
                amount(ChargeKind.FEE, "CHIUS", "chiusura del punto di consegna", 3_000, 2200, None),
                quantity_milli=1000, unit=UNIT_PIECE, unit_price_e8=30 * PRICE_SCALE,
            ),
        ]  # fmt: skip
    if kind == "foreign":
        extra += [
            amount(ChargeKind.DEPOSIT, "DEP", "deposito cauzionale", 9_000, 0, "N2.2"),
            amount(ChargeKind.STAMP, "BOLLO", "imposta di bollo", 200, 0, "N1"),
        ]
    return extra


def _turned(rows: list[ChargeRow], *, keep: bool) -> tuple[ChargeRow, ...]:
    back = [
        replace(
            row,
            cents=-row.cents,
            quantity_milli=-row.quantity_milli if row.quantity_milli is not None else None,
            kind=ChargeKind.BILLED_BEFORE if keep else row.kind,
            service="Già fatturato" if keep else row.service,
            label=f"{row.service}, {row.label}" if keep else row.label,
            bracket_from_milli=None if keep else row.bracket_from_milli,
            bracket_to_milli=None if keep else row.bracket_to_milli,
        )
        for row in rows
    ]
    return tuple([*rows, *back] if keep else back)
