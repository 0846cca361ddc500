"""The visible ink: strokes on the pad, and the path that draws them in the box of a PDF page.

{"width": 600, "height": 200, "strokes": [[[x, y], [x, y], …], …]}     pixels of the pad, y downwards
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

from sorgente.archive.signing.core.chain import canonical
from sorgente.shared.errors import SorgenteError

_FEWEST_POINTS = 8
_MOST_POINTS = 20_000
_WIDEST_PAD = 10_000
_AGAIN = "Clear the pad and sign again."


class InkRefused(SorgenteError):
    code = "signing.ink.refused"


def checked_ink(ink: Mapping[str, Any] | None, *, field: str) -> dict[str, Any]:
    """Return the ink, whole pixels to a hundredth, nothing else in it; raises InkRefused."""

    def refuse(facts: str) -> InkRefused:
        return InkRefused(f"Signature {field}", facts, _AGAIN)

    if not isinstance(ink, Mapping):
        raise refuse("There is no ink.")
    width: Any = ink.get("width")
    height: Any = ink.get("height")
    if not _is_length(width) or not _is_length(height):
        raise refuse("The pad has no size.")
    strokes = ink.get("strokes")
    if not isinstance(strokes, Sequence) or isinstance(strokes, str):
        raise refuse("There are no strokes.")
    clean = [[_point(point, width, height, refuse) for point in _points(stroke, refuse)] for stroke in strokes]
    count = sum(len(stroke) for stroke in clean)
    if count < _FEWEST_POINTS:
        raise refuse(f"It has {count} points, fewer than {_FEWEST_POINTS}.")
    if count > _MOST_POINTS:
        raise refuse(f"It has {count} points, more than {_MOST_POINTS}.")
    return {"width": round(width, 2), "height": round(height, 2), "strokes": [stroke for stroke in clean if stroke]}


def ink_sha256(ink: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(ink)).hexdigest()


def ink_path(ink: Mapping[str, Any], box: Sequence[float]) -> bytes:
    """Return PDF path operators that draw the strokes inside the box, proportions kept, centred."""
    left, bottom, right, top = box
    scale = min((right - left) / ink["width"], (top - bottom) / ink["height"])
    x0 = (left + right - ink["width"] * scale) / 2
    y0 = (bottom + top + ink["height"] * scale) / 2
    lines = []
    for stroke in ink["strokes"]:
        points = [(x0 + x * scale, y0 - y * scale) for x, y in stroke]
        # A dot is a line of no length: round caps draw it.
        points = points if len(points) > 1 else points * 2
        lines.append(f"{points[0][0]:.2f} {points[0][1]:.2f} m")
        lines += [f"{x:.2f} {y:.2f} l" for x, y in points[1:]]
        lines.append("S")
    return "\n".join(lines).encode()


def tick_path(box: Sequence[float]) -> bytes:
    """Return PDF path operators of a tick: this field was accepted with a code."""
    left, bottom, _, top = box
    size = top - bottom
    points = [(0.15, 0.5), (0.4, 0.2), (0.9, 0.85)]
    at = [f"{left + x * size:.2f} {bottom + y * size:.2f}" for x, y in points]
    return f"{at[0]} m {at[1]} l {at[2]} l S".encode()


def cross_path(box: Sequence[float]) -> bytes:
    """Return PDF path operators of a line through the box: this field was refused."""
    left, bottom, right, top = box
    middle = (bottom + top) / 2
    return f"{left:.2f} {middle:.2f} m {right:.2f} {middle:.2f} l S".encode()


def _is_length(value: Any) -> bool:
    return _is_number(value) and 0 < value <= _WIDEST_PAD


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _points(stroke: Any, refuse: Any) -> Sequence[Any]:
    if not isinstance(stroke, Sequence) or isinstance(stroke, str):
        raise refuse("A stroke is not a list of points.")
    return stroke


def _point(point: Any, width: float, height: float, refuse: Any) -> list[float]:
    if not isinstance(point, Sequence) or len(point) < 2 or not all(_is_number(one) for one in point[:2]):
        raise refuse("A point is not two numbers.")
    x, y = point[:2]
    # A pen may leave the pad for a moment; what is outside is drawn on its edge.
    return [round(min(max(x, 0), width), 2), round(min(max(y, 0), height), 2)]
