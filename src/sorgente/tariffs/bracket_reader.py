"""Read the brackets of a volumetric charge: how they are filled, scaled, chosen and rounded.

edges   0 ---- 55 ---- 90 ---- open        a bracket's `to` is the next one's `from`
widths  |128.80|123.30|123.20| open        litres per day
"""

from __future__ import annotations

import re
from dataclasses import replace

from sorgente.tariffs.classes import ordered_classes
from sorgente.tariffs.model import Bracket, Count, Fill, Rounding, Selector, Variant
from sorgente.tariffs.node import Node

VOLUME_UNITS = {
    "EUR/m3": "m3",
    "EUR/Smc": "Smc",
    "EUR/kWh": "kWh",
    "EUR/MWh": "MWh",
    "EUR/litre": "litre",
    "EUR/kg": "kg",
}
_PERIODS = {"year": 1, "half-year": 2, "quarter": 4, "month": 12}
_SCALES = {
    "contract": Count.CONTRACT,
    "delivery_point": Count.CONTRACT,
    "person": Count.PERSON,
    "unit": Count.UNIT,
    "dwelling_unit": Count.UNIT,
    "non_domestic_unit": Count.UNIT,
}
_CASCADE = {"dwelling_unit": Count.UNIT, "non_domestic_unit": Count.OTHER_UNIT, "person": Count.PERSON}
_WIDTHS_TO_WHOLE_M3 = "each width x days / 1000 rounded to a whole m3"
_BRACKET = {
    "name",
    "from",
    "to",
    "price",
    "price_vat_incl",
    "width_l_per_day",
    "per",
    "per_capita",
    "charged_even_if_unused",
}

Read = tuple[Fill, Selector, tuple[Variant, ...], Rounding]


def read_bracket_variants(node: Node, rounding: Rounding) -> Read:
    """Return fill, selector, variants and rounding of a volumetric charge; raises TariffRefused."""
    unit = node.get("unit").text()
    if unit not in VOLUME_UNITS:
        raise node.get("unit").refused(
            f"A charge in {unit} is not rated: a period carries one quantity of the service."
        )
    if node.has("table") or node.has("per"):
        raise node.refused("A volumetric charge by table or by count is not rated.")
    if node.has("bracket_rounding"):
        if node.get("bracket_rounding").value != _WIDTHS_TO_WHOLE_M3:
            raise node.get("bracket_rounding").refused(
                f"The rounding {node.get('bracket_rounding').value!r} is not known."
            )
        rounding = replace(rounding, edge_step_milli=1000, on_widths=True)
    if node.has("price"):
        return Fill.PRO_DIE, *_minimum(node), rounding
    if node.has("minimum_charged"):
        raise node.get("minimum_charged").refused("A minimum goes with one price, not with brackets.")
    fill = _fill(node)
    if node.has("household_tables"):
        return fill, Selector.PERSONS, _household_tables(node, rounding), rounding
    if not node.has("brackets"):
        raise node.get("brackets").refused("There are no brackets: the price is not known.")
    cascade = str(node.get("bracket_scale").value).startswith("cascade")
    if fill == Fill.PER_DAY or cascade:
        rounding = replace(rounding, on_widths=True)
    if cascade:
        brackets = _cascade(node)
    elif fill == Fill.PER_DAY:
        brackets = _daily_widths(node)
    else:
        brackets = _edges(node, node.get("brackets"), rounding.on_widths)
    if node.has("alt_bracket_definition"):
        return fill, Selector.COMMITMENT, _by_commitment(node, brackets), rounding
    return fill, Selector.NONE, (Variant(0, None, brackets=brackets),), rounding


def _fill(node: Node) -> Fill:
    if not node.has("bracket_mode"):
        return Fill.PRO_DIE
    mode = node.get("bracket_mode").text()
    if mode == "annual_prorata_die":
        return Fill.PRO_DIE
    if mode.startswith("calendar_year_cumulative"):
        return Fill.CALENDAR_YEAR
    if mode == "daily_width_x_days":
        return Fill.PER_DAY
    if mode == "slab":
        return Fill.SLAB
    raise node.get("bracket_mode").refused(f"The bracket mode {mode!r} is not known.")


def sign(node: Node) -> int:
    """Return 1, or -1 where the charge is declared as a deduction."""
    stated = node.get("sign").value
    if stated not in (None, 1, -1):
        raise node.get("sign").refused("A sign is 1 or -1.")
    return -1 if stated == -1 else 1


def _minimum(node: Node) -> tuple[Selector, tuple[Variant, ...]]:
    """One price for every unit, with or without a yearly quantity that is charged anyway."""
    bracket = (Bracket("all", None, sign(node) * node.get("price").price_e8(), Count.CONTRACT),)
    if node.has("brackets"):
        raise node.get("price").refused("A price beside brackets: it is not clear which of them counts.")
    if not node.has("minimum_charged"):
        return Selector.NONE, (Variant(0, None, brackets=bracket),)
    minimum = node.get("minimum_charged")
    volume = VOLUME_UNITS[node.get("unit").text()]
    if minimum.get("unit").value != f"{volume}/year":
        raise minimum.get("unit").refused(f"The minimum is in {minimum.get('unit').value!r}, not in {volume}/year.")
    if not minimum.has("table"):
        return Selector.NONE, (Variant(0, None, 0, bracket, minimum.get("minimum").micro()),)
    rows = list(minimum.get("table").items())
    ends = ordered_classes([row.get("persons") for row in rows])
    return Selector.PERSONS, tuple(
        Variant(lowest, highest, 0, bracket, row.get("minimum").micro())
        for row, (lowest, highest) in zip(rows, ends, strict=True)
    )


def _household_tables(node: Node, rounding: Rounding) -> tuple[Variant, ...]:
    if node.get("bracket_scale").value != "household_class_table":
        raise node.get("bracket_scale").refused("Household tables need the scale 'household_class_table'.")
    tables = list(node.get("household_tables").items())
    ends = ordered_classes([table.get("persons") for table in tables])
    return tuple(
        Variant(lowest, highest, brackets=_edges(node, table.get("brackets"), rounding.on_widths, Count.CONTRACT))
        for table, (lowest, highest) in zip(tables, ends, strict=True)
    )


def _by_commitment(node: Node, printed: tuple[Bracket, ...]) -> tuple[Variant, ...]:
    """Printed edges where the contract has no commitment, multiples of the commitment where it has one."""
    words = node.get("alt_bracket_definition").text()
    multiples = re.findall(r"\d+(?:\.\d+)?", words)
    if "multiples of the contractual commitment" not in words or len(multiples) != len(printed) - 1:
        raise node.get("alt_bracket_definition").refused(f"The definition {words!r} is not understood.")
    sizes = [Node(text, node.file, node.path).micro() for text in multiples]
    scaled = tuple(
        replace(bracket, size_micro=size, count=Count.COMMITMENT)
        for bracket, size in zip(printed, [*sizes, None], strict=True)
    )
    return Variant(0, 0, brackets=printed), Variant(1, None, brackets=scaled)


def _scale(node: Node) -> Count:
    if node.has("bracket_unit_override"):
        if "multiples of the contractual commitment" not in node.get("bracket_unit_override").text():
            raise node.get("bracket_unit_override").refused(
                f"The unit {node.get('bracket_unit_override').value!r} is not known."
            )
        return Count.COMMITMENT
    scale = node.get("bracket_scale").value
    if scale not in _SCALES:
        raise node.get("bracket_scale").refused(f"The bracket scale {scale!r} is not known.")
    return _SCALES[scale]


def _per_year(node: Node) -> int:
    """Return how many of the edges' periods make a year."""
    volume = VOLUME_UNITS[node.get("unit").text()]
    unit = str(node.get("bracket_unit").value)
    measure, _, period = unit.partition("/")
    if measure != volume or period not in _PERIODS:
        raise node.get("bracket_unit").refused(f"Edges in {unit!r} do not go with a price in {node.get('unit').value}.")
    return _PERIODS[period]


def _edges(node: Node, rows: Node, widths: bool, scale: Count | None = None) -> tuple[Bracket, ...]:
    brackets = []
    nodes = list(rows.items())
    if not nodes:
        raise rows.refused("There is no bracket.")
    open_ended = len(nodes) == 1 and not nodes[0].has("to")
    per_year = 1 if open_ended else _per_year(node)
    if not open_ended and not node.has("bracket_mode"):
        raise node.get("bracket_mode").refused("It is not stated how the brackets are filled.")
    count = scale if scale is not None else Count.CONTRACT if open_ended else _scale(node)
    reached = 0
    for number, row in enumerate(nodes):
        _bracket_keys(row)
        if row.has("per"):
            raise row.get("per").refused("A bracket with a scale of its own is rated in a cascade only.")
        if row.get("from").micro() != reached:
            raise row.get("from").refused(
                f"The bracket starts at {row.get('from').value}, not where the one before it ends."
            )
        if not row.has("to") and number != len(nodes) - 1:
            raise row.get("to").refused("Only the highest bracket may be open.")
        upper = row.get("to").micro() if row.has("to") else None
        if upper is not None and upper <= reached:
            raise row.get("to").refused("The bracket ends before it starts.")
        size = None if upper is None else (upper - reached if widths else upper) * per_year
        brackets.append(_bracket(node, row, size, Count.PERSON if row.get("per_capita").flag() else count))
        reached = upper or 0
    return tuple(brackets)


def _cascade(node: Node) -> tuple[Bracket, ...]:
    per_year = _per_year(node)
    reached: dict[Count, int] = {}
    brackets = []
    for row in node.get("brackets").items():
        _bracket_keys(row)
        count = _CASCADE.get(str(row.get("per").value))
        if count is None:
            raise row.get("per").refused(f"{row.get('per').value!r} is not one of {', '.join(_CASCADE)}.")
        if row.get("from").micro() != reached.get(count, 0):
            raise row.get("from").refused("The bracket does not start where the one before it ends.")
        upper = row.get("to").micro() if row.has("to") else None
        brackets.append(
            _bracket(node, row, None if upper is None else (upper - reached.get(count, 0)) * per_year, count)
        )
        reached[count] = upper or 0
    return tuple(brackets)


def _daily_widths(node: Node) -> tuple[Bracket, ...]:
    if not str(node.get("bracket_unit").value).startswith("litre/day") or node.get("unit").value != "EUR/m3":
        raise node.get("bracket_unit").refused("Daily widths are in litre/day with prices in EUR/m3.")
    count = _scale(node)
    brackets = []
    rows = list(node.get("brackets").items())
    for number, row in enumerate(rows):
        _bracket_keys(row)
        last = number == len(rows) - 1
        if last == row.has("width_l_per_day"):
            raise row.get("width_l_per_day").refused("Every bracket but the highest has a width.")
        width = None if last else row.get("width_l_per_day").scaled(1000, "a width")
        brackets.append(_bracket(node, row, width, count))
    return tuple(brackets)


def _bracket_keys(row: Node) -> None:
    for key in row.mapping():
        if key not in _BRACKET and "note" not in key:
            raise Node(row.value, row.file, f"{row.path}.{key}").refused(f"The rule {key!r} is not known.")


def _bracket(node: Node, row: Node, size: int | None, count: Count) -> Bracket:
    unused = row.get("charged_even_if_unused").flag()
    if unused and size is None:
        raise row.get("charged_even_if_unused").refused("An open bracket cannot be charged in full.")
    name = row.get("name").text() if row.has("name") else ""
    return Bracket(name, size, sign(node) * row.get("price").price_e8(), count, unused)
