"""Labels of classes as price lists print them ("6+", "<=3", "16-50", ">500") and meter sizes in inches."""

from __future__ import annotations

import re

from sorgente.tariffs.node import Node

# Nominal diameter in millimetres of pipe threads in inches (ISO 6708); 1 3/4" is off the series.
METER_MM: dict[str, int] = {
    '1/2"': 15,
    '3/4"': 20,
    '1"': 25,
    '1 1/4"': 32,
    '1 1/2"': 40,
    '1 3/4"': 45,
    '2"': 50,
    '2 1/2"': 65,
    '3"': 80,
    '4"': 100,
    '5"': 125,
    '6"': 150,
}

_NUMBER = r"(\d+)"
_BETWEEN = re.compile(rf"^{_NUMBER}\s*-\s*{_NUMBER}$")
_FROM = re.compile(rf"^{_NUMBER}\s*\+$")
_ABOVE = re.compile(rf"^>\s*{_NUMBER}$")
_UP_TO = re.compile(rf"^(?:<=|≤)\s*{_NUMBER}$")
_JUST = re.compile(rf"^{_NUMBER}$")


def class_ends(node: Node) -> tuple[int, int | None]:
    """Return the lowest and highest whole number of a class label, both included; None is open."""
    label = str(node.value).strip()
    if found := _BETWEEN.match(label):
        ends = int(found[1]), int(found[2])
        if ends[1] < ends[0]:
            raise node.refused(f"{label!r} ends before it starts.")
        return ends
    if found := _FROM.match(label):
        return int(found[1]), None
    if found := _ABOVE.match(label):
        return int(found[1]) + 1, None
    if found := _UP_TO.match(label):
        return 0, int(found[1])
    if found := _JUST.match(label):
        return int(found[1]), int(found[1])
    raise node.refused(f"{node.value!r} is not a class such as 3, 1-2, 6+, <=3 or >5.")


def ordered_classes(nodes: list[Node]) -> list[tuple[int, int | None]]:
    """Return the classes of a table, which must follow one another without gap or overlap."""
    ends = [class_ends(node) for node in nodes]
    for node, (_, highest), (lowest, _) in zip(nodes[1:], ends, ends[1:], strict=False):
        if highest is None or lowest not in (highest, highest + 1):
            raise node.refused(f"Class {node.value!r} does not follow the class before it.")
    return ends


def meter_mm(node: Node) -> int:
    """Return the nominal diameter of a meter size in inches."""
    size = METER_MM.get(str(node.value).strip())
    if size is None:
        raise node.refused(f"Meter size {node.value!r} is not one of {', '.join(METER_MM)}.")
    return size
