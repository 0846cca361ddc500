"""Read one charge of a neutral tariff; what cannot be priced becomes a charge that carries its refusal."""

from __future__ import annotations

import re

from sorgente.tariffs.bracket_reader import read_bracket_variants, sign
from sorgente.tariffs.classes import meter_mm, ordered_classes
from sorgente.tariffs.model import SERVICE_CODES, Charge, Clock, Count, Form, Kind, Rounding, Selector, Variant
from sorgente.tariffs.node import Node, TariffRefused

_KINDS = {
    "fixed": Kind.FIXED,
    "volumetric": Kind.VOLUME,
    "energy": Kind.ENERGY,
    "capacity": Kind.CAPACITY,
    "tax": Kind.TAX,
}
_CHARGE = {
    "service", "kind", "unit", "per", "proration", "price", "table", "brackets", "bracket_unit", "bracket_mode",
    "bracket_scale", "bracket_rounding", "bracket_unit_override", "alt_bracket_definition", "household_tables",
    "minimum_charged", "sign", "base", "rounding", "cite",
}  # fmt: skip
# Keys that inform a reader and change no amount.
_INFORMS = re.compile(
    r"(^|_)(notes?|label|it|en|de|source|published|printed|incl|ref|url|text|missing|read|area|name|code|id|comment|"
    r"remarks?|description|quality|check|completeness|approved|inferred|act)(_|$)"
)
# Keys of a whole tariff or use category that may carry a rule; there, unlike in a charge, most others inform.
_MAY_RULE = re.compile(
    r"minimum|maximum|cap$|discount|levy|levies|reduction|rebate|excise|formula|household|persons|bracket|price|"
    r"surcharge|rounding|proration|rule"
)
_FIXED_UNITS = {
    "EUR/year": (Clock.YEAR_DAYS, None),
    "EUR/day": (Clock.DAYS, None),
    "EUR/month": (Clock.MONTHS, None),
    "EUR/POD/month": (Clock.MONTHS, Count.CONTRACT),
    "EUR/POD/year": (Clock.YEAR_DAYS, Count.CONTRACT),
    "EUR/kW/month": (Clock.MONTHS, Count.COMMITMENT),
    "EUR/kW/year": (Clock.YEAR_DAYS, Count.COMMITMENT),
    "EUR/m2/year": (Clock.YEAR_DAYS, Count.COMMITMENT),
    "EUR/year/item": (Clock.YEAR_DAYS, Count.UNIT),
}
_PRORATIONS = {
    "days/365": {Clock.YEAR_DAYS: Clock.YEAR_DAYS},
    "days": {Clock.DAYS: Clock.DAYS},
    "months/12": {Clock.YEAR_DAYS: Clock.YEAR_MONTHS},
    "months": {Clock.MONTHS: Clock.MONTHS},
}
_PER = {
    "contract": (Count.CONTRACT, Selector.NONE),
    "delivery_point": (Count.CONTRACT, Selector.NONE),
    "unit": (Count.UNIT, Selector.NONE),
    "dwelling_unit": (Count.UNIT, Selector.NONE),
    "non_domestic_unit": (Count.UNIT, Selector.NONE),
    "item": (Count.UNIT, Selector.NONE),
    "person": (Count.PERSON, Selector.NONE),
    "meter_size": (Count.CONTRACT, Selector.METER_MM),
    "household class": (Count.CONTRACT, Selector.PERSONS),
    "m2 x household class": (Count.COMMITMENT, Selector.PERSONS),
    "installed power class (slab: the whole class fee, not graduated)": (Count.CONTRACT, Selector.COMMITMENT),
}


def known_keys(node: Node, keys: set[str], *, lenient: bool = False) -> None:
    """Raise TariffRefused when the object has a key that may carry a rule and is not among `keys`."""
    for key in node.mapping():
        if key not in keys and not _INFORMS.search(key) and (not lenient or _MAY_RULE.search(key)):
            raise Node(node.value, node.file, f"{node.path}.{key}").refused(f"The rule {key!r} is not known.")


def read_charge(node: Node, rounding: Rounding) -> Charge:
    """Return the charge; one that cannot be priced carries its refusal instead of prices."""
    service = node.get("service").text()
    kind = _KINDS.get(node.get("kind").text())
    needs = int(SERVICE_CODES[service]) if service in SERVICE_CODES else 0
    try:
        if kind is None:
            raise node.get("kind").refused(f"A charge of kind {node.get('kind').value!r} is not rated.")
        known_keys(node, _CHARGE)
        rounding = read_rounding(node.get("rounding"), rounding)
        if kind in (Kind.FIXED, Kind.CAPACITY):
            return _fixed(node, service, kind, needs, rounding)
        fill, selector, variants, rounding = read_bracket_variants(node, rounding)
        return Charge(
            node.path, service, kind, Form.BRACKETS, fill=fill, selector=selector, variants=variants,
            rounding=rounding, needs=needs,
        )  # fmt: skip
    except TariffRefused as refusal:
        return Charge(node.path, service, kind or Kind.FIXED, needs=needs, refusal=refusal.line)


def _fixed(node: Node, service: str, kind: Kind, needs: int, rounding: Rounding) -> Charge:
    unit = node.get("unit").text()
    if unit not in _FIXED_UNITS:
        raise node.get("unit").refused(f"A fixed charge in {unit} is not rated.")
    clock, count = _FIXED_UNITS[unit]
    selector = Selector.NONE
    if node.has("per"):
        per = node.get("per").text()
        if per not in _PER:
            raise node.get("per").refused(f"A fixed charge per {per!r} is not rated.")
        stated, selector = _PER[per]
        if count is not None and stated != count:
            raise node.get("per").refused(f"The unit {unit} does not go with a charge per {per!r}.")
        count = stated
    if count is None and clock in (Clock.DAYS, Clock.MONTHS):
        count = Count.CONTRACT
    if count is None:
        raise node.get("per").refused("It is not stated what the yearly price is for (contract, unit, person ...).")
    if node.has("base") and (count != Count.COMMITMENT or "contracted power" not in node.get("base").text()):
        raise node.get("base").refused(f"The base {node.get('base').value!r} is not known.")
    if node.has("proration"):
        proration = node.get("proration").text()
        if clock not in _PRORATIONS.get(proration, {}):
            raise node.get("proration").refused(f"The proration {proration!r} does not go with {unit}.")
        clock = _PRORATIONS[proration][clock]
    return Charge(
        node.path, service, kind, Form.FIXED, count=count, clock=clock, selector=selector,
        variants=_prices(node, selector), rounding=rounding, needs=needs,
    )  # fmt: skip


def _prices(node: Node, selector: Selector) -> tuple[Variant, ...]:
    if selector == Selector.NONE:
        if node.has("table"):
            raise node.get("table").refused("A table of prices, and nothing that chooses a line of it.")
        return (Variant(0, None, sign(node) * node.get("price").price_e8()),)
    if not node.has("table"):
        raise node.get("table").refused("There is no table of prices by class.")
    rows = list(node.get("table").items())
    if selector == Selector.METER_MM:
        sizes = [(meter_mm(size), row) for row in rows for size in row.get("meter").items()]
        return tuple(
            Variant(size, size, sign(node) * row.get("price").price_e8())
            for size, row in sorted(sizes, key=lambda pair: pair[0])
        )
    key = "persons" if selector == Selector.PERSONS else "kW"
    ends = ordered_classes([row.get(key) for row in rows])
    variants = []
    for number, (row, (lowest, highest)) in enumerate(zip(rows, ends, strict=True)):
        price = sign(node) * row.get("price").price_e8()
        if selector == Selector.COMMITMENT:  # inclusive labels 0-15, 16-50: a power of 15.5 belongs to the second
            below = ends[number - 1][1] if number else None
            lowest = max(1, lowest * 1000) if below is None else below * 1000 + 1
            highest = None if highest is None else highest * 1000
        variants.append(Variant(lowest, highest, price))
    return tuple(variants)


def read_rounding(node: Node, base: Rounding) -> Rounding:
    """Return the rounding declared as `{edges: {step, mode, on}, rows: {mode}, year}`, else what `base` says."""
    if node.value is None:
        return base
    known_keys(node, {"edges", "rows", "year"})
    step, up, widths, row_up, calendar = (
        base.edge_step_milli, base.edge_up, base.on_widths, base.row_up, base.calendar_years,
    )  # fmt: skip
    if node.has("edges"):
        edges = node.get("edges")
        known_keys(edges, {"step", "mode", "on"})
        if edges.has("step"):
            step = edges.get("step").scaled(1000, "a rounding step")
            if step <= 0:
                raise edges.get("step").refused("A rounding step is above zero.")
        up = _one_of(edges.get("mode"), {None: up, "half_up": False, "up": True})
        widths = _one_of(edges.get("on"), {None: widths, "edges": False, "widths": True})
    if node.has("rows"):
        known_keys(node.get("rows"), {"mode"})
        row_up = _one_of(node.get("rows").get("mode"), {None: row_up, "half_up": False, "up": True})
    calendar = _one_of(node.get("year"), {None: calendar, "365": False, "calendar": True})
    return Rounding(step, up, widths, row_up, calendar)


def _one_of(node: Node, answers: dict[str | None, bool]) -> bool:
    if node.value not in answers:
        raise node.refused(f"{node.value!r} is not one of {', '.join(str(key) for key in answers if key)}.")
    return answers[node.value]
