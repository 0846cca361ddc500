"""The figures of a chart as a table, for whoever reads better than looks."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.formats import number_format

from sorgente.interfaces.desk.figures import euro_text

register = template.Library()


@register.filter
def chart_rows(chart: dict[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return (label, [(figure, address of its rows)]) for each label of the chart."""
    return [
        (label, [(_text(series["values"][at], chart["unit"]), series["links"][at]) for series in chart["series"]])
        for at, label in enumerate(chart["labels"])
    ]


def _text(value: float, unit: str) -> str:
    return euro_text(round(value * 100)) if unit == "euro" else number_format(value, force_grouping=True)
