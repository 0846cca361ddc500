"""One-off rows: rows of a bill that no tariff makes, their kinds and the columns they become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from sorgente.billing.core.rows import Bools, Long, Rows, no_rows
from sorgente.shared.errors import SorgenteError
from sorgente.shared.money import price_e8_from_euro
from sorgente.tariffs.model import Service
from sorgente.tariffs.rules import Rules

DEPOSIT, DEPOSIT_RETURN, DEPOSIT_INTEREST = "deposit", "deposit_return", "deposit_interest"
INDEMNITY, STAMP_DUTY = "indemnity", "stamp_duty"

# Codes of `Charge.kind` above those of the tariffs (tariffs.model.Kind); they never change.
FIRST_CODE = 101
CODES: Mapping[str, int] = {
    DEPOSIT: 101, DEPOSIT_RETURN: 102, DEPOSIT_INTEREST: 103, INDEMNITY: 104, "fee": 105, "takeover_fee": 106,
    "works": 107, "interest": 108, STAMP_DUTY: 109, "credit": 110, "other": 111,
}  # fmt: skip
NAMES: Mapping[int, str] = {code: name for name, code in CODES.items()}

# The account of the ledger's chart each kind is posted to.
LEDGER: Mapping[int, str] = {
    101: "deposits", 102: "deposits", 103: "deposit-interest", 104: "indemnities", 105: "revenue-other",
    106: "revenue-other", 107: "revenue-other", 108: "default-interest", 109: "stamp-duty", 110: "revenue-other",
    111: "revenue-other",
}  # fmt: skip

# What must be owed to the customer, and what must be owed by them.
_CREDITS = {DEPOSIT_RETURN, DEPOSIT_INTEREST, INDEMNITY, "credit"}
_DEBITS = {DEPOSIT, "fee", "takeover_fee", "works", "interest", STAMP_DUTY}


class KindUnknown(SorgenteError):
    code = "billing.one-off.kind-unknown"


class AmountOfWrongSign(SorgenteError):
    code = "billing.one-off.amount-of-wrong-sign"


@dataclass(frozen=True, slots=True)
class Treatment:
    """How a kind stands on a bill: heading, VAT or the nature of its absence, words that go with it."""

    kind: str
    start: date  # first day of the rule that says so
    heading: str
    vat_e4: int
    nature: str
    law: str
    wording: str
    statement: str
    cite: str

    @property
    def code(self) -> int:
        return CODES[self.kind]

    def text(self, said: str) -> str:
        """Return the row as printed: the prescribed wording, then what was said."""
        return ": ".join(part for part in (self.wording, said) if part)


@dataclass(frozen=True, slots=True)
class StampDuty:
    """Stamp duty in force on a day of issue."""

    threshold_cents: int
    duty_cents: int
    recharged: str  # "owed", "always" or "never"


@dataclass(frozen=True, slots=True)
class Stamp:
    """The stamp duty of a day, and the rule and words of the row that recharges it."""

    duty: StampDuty
    rule: int  # id of the BillRule
    text: str


@dataclass(frozen=True, slots=True)
class OneOffRows:
    """(k,) each, sorted by bill: one-off rows that wait; `bill` is the place of their contract or bill."""

    bill: Long
    one_off_id: Long  # 0: the bill's own stamp duty
    kind: Long  # code
    day: Long
    cents: Long
    vat_e4: Long
    rule: Long  # id of the BillRule
    text: list[str]

    def take(self, keep: Bools | Long) -> OneOffRows:
        at = np.flatnonzero(keep) if keep.dtype == bool else keep
        columns: dict[str, Any] = {name: getattr(self, name) for name in OneOffRows.__slots__}
        words: list[str] = columns.pop("text")
        return OneOffRows(**{name: column[at] for name, column in columns.items()}, text=[words[i] for i in at])

    def placed(self, bill: Long) -> OneOffRows:
        """Return the rows with other places."""
        columns: dict[str, Any] = {name: getattr(self, name) for name in OneOffRows.__slots__}
        return OneOffRows(**(columns | {"bill": bill}))


def no_one_offs() -> OneOffRows:
    """Return one-off rows of nothing."""
    none = np.empty(0, dtype=np.int64)
    return OneOffRows(none, none, none, none, none, none, none, [])


def treatments(rules: Rules, *, on: date) -> dict[str, Treatment]:
    """Return kind -> treatment in force on a day of issue; raises NoValue, KindUnknown for a kind the code lacks."""
    entry = rules.entry("company.billing.one_offs", on=on)
    found = {}
    for kind, said in entry.value.items():
        check_kind(kind)
        found[kind] = Treatment(
            kind=kind,
            start=entry.start,
            heading=said["heading"],
            vat_e4=price_e8_from_euro(said["vat"], what="vat") // 10_000,
            nature=said.get("nature", ""),
            law=said.get("law", ""),
            wording=said.get("wording", ""),
            statement=said.get("statement", ""),
            cite=said["cite"],
        )
    return found


def stamp_duty(rules: Rules, *, on: date) -> StampDuty:
    """Return the stamp duty in force on a day of issue; raises NoValue."""
    said = rules.entry("vat.stamp_duty", on=on).fields
    recharged = str(rules.value("company.billing.stamp_duty_recharge", on=on))
    return StampDuty(int(said["threshold_cents"]), int(said["duty_cents"]), recharged)


def check_kind(kind: str) -> None:
    """Raise KindUnknown unless there is such a kind."""
    if kind not in CODES:
        raise KindUnknown(f"One-off row of kind {kind}", "There is no such kind.", f"Use one of {', '.join(CODES)}.")


def check_sign(kind: str, cents: int, *, subject: str) -> None:
    """Raise AmountOfWrongSign when what a customer owes is given as what they get, or it is nothing."""
    wrong = cents == 0 or (kind in _CREDITS and cents > 0) or (kind in _DEBITS and cents < 0)
    if wrong:
        way = "below" if kind in _CREDITS else "above"
        raise AmountOfWrongSign(subject, f"A {kind} of {cents} cents.", f"Give an amount {way} zero.")


def stamp_of(cents: Long, duty: StampDuty) -> tuple[Long, Long]:
    """Return (duty due on each document, what of it is recharged) from the sums without VAT.

    cents   (n,) int64: what each bill asks (or gives back, negative) without VAT, its stamp duty not among it
    source  rules/vat/stamp_duty.yaml: at the threshold none, one cent above the whole duty
    """
    due = np.where(np.abs(cents) > duty.threshold_cents, duty.duty_cents, 0)
    charged = {"always": np.ones(cents.size, dtype=bool), "owed": cents > 0, "never": np.zeros(cents.size, dtype=bool)}
    return due, np.where(charged[duty.recharged], due, 0)


def without_vat(rows: OneOffRows, bills: int) -> Long:
    """Return the sum of each bill's rows without VAT, stamp duty left out."""
    counted = (rows.vat_e4 == 0) & (rows.kind != CODES[STAMP_DUTY])
    sums = np.zeros(bills, dtype=np.int64)
    np.add.at(sums, rows.bill[counted], rows.cents[counted])
    return sums


def charges_of(rows: OneOffRows) -> Rows:
    """Return one-off rows as charges: one piece of the price of the amount, on its day."""
    if rows.bill.size == 0:
        return no_rows()
    size = rows.bill.size
    nothing = np.zeros(size, dtype=np.int64)
    return Rows(
        bill=rows.bill,
        service=np.full(size, int(Service.OTHER), dtype=np.int64),
        kind=rows.kind,
        bracket=np.full(size, -1, dtype=np.int64),
        start=rows.day,
        end=rows.day + 1,
        quantity_milli=nothing,
        unit_price_e8=nothing,
        cents=rows.cents,
        vat_e4=rows.vat_e4,
        rule=rows.rule,
        estimated=np.zeros(size, dtype=bool),
        reverses=nothing,
    )


def with_stamp_duty(rows: OneOffRows, stamp: Stamp, *, bills: int, day: int) -> tuple[OneOffRows, Long]:
    """Return the rows with the stamp duty that their bills recharge, and the duty due on each bill, (bills,)."""
    due, recharged = stamp_of(without_vat(rows, bills), stamp.duty)
    at = np.flatnonzero(recharged)
    if at.size == 0:
        return rows, due
    stamps = OneOffRows(
        bill=at,
        one_off_id=np.zeros(at.size, dtype=np.int64),
        kind=np.full(at.size, CODES[STAMP_DUTY], dtype=np.int64),
        day=np.full(at.size, day, dtype=np.int64),
        cents=recharged[at],
        vat_e4=np.zeros(at.size, dtype=np.int64),
        rule=np.full(at.size, stamp.rule, dtype=np.int64),
        text=[stamp.text] * at.size,
    )
    return joined([rows, stamps]), due


def joined(pieces: Sequence[OneOffRows]) -> OneOffRows:
    """Return several in one, sorted by bill, those of the first piece first."""
    columns: dict[str, Any] = {}
    for name in OneOffRows.__slots__:
        parts = [getattr(piece, name) for piece in pieces]
        columns[name] = [one for part in parts for one in part] if isinstance(parts[0], list) else np.concatenate(parts)
    both = OneOffRows(**columns)
    return both.take(np.argsort(both.bill, kind="stable"))


def one_offs_table(rows: OneOffRows, bill_id: Long, stamp: Stamp) -> pa.Table:
    """Return the rows that waited, by the id of their bill, and in the metadata the stamp duty of the day.

    The row of the stamp duty is left out: it follows from the others.
    """
    rows = rows.take(rows.one_off_id > 0)
    columns = {name: getattr(rows, name) for name in OneOffRows.__slots__ if name != "bill"}
    said = {
        "threshold_cents": str(stamp.duty.threshold_cents), "duty_cents": str(stamp.duty.duty_cents),
        "recharged": stamp.duty.recharged, "rule": str(stamp.rule), "text": stamp.text,
    }  # fmt: skip
    return pa.table({"bill_id": bill_id[rows.bill], **columns}).replace_schema_metadata(said)


def one_offs_of(table: pa.Table, ids: Long) -> tuple[OneOffRows, Stamp]:
    """Return the rows again, `bill` being the place in ids (ascending), and the stamp duty of their day."""
    said = {name.decode(): value.decode() for name, value in (table.schema.metadata or {}).items()}
    owner = table["bill_id"].to_numpy()
    keep = np.isin(owner, ids)
    columns: dict[str, Any] = {
        name: table[name].to_pylist() if name == "text" else table[name].to_numpy()
        for name in OneOffRows.__slots__
        if name != "bill"
    }
    rows = OneOffRows(bill=owner, **columns).take(keep)
    duty = StampDuty(int(said["threshold_cents"]), int(said["duty_cents"]), said["recharged"])
    return rows.placed(np.searchsorted(ids, rows.bill)), Stamp(duty, int(said["rule"]), said["text"])
