"""A place in a tariff file: a value with its JSON path, so that every refusal can say where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sorgente.shared.errors import SorgenteError


class TariffRefused(SorgenteError):
    """The tariff file, or one line of it, cannot be used; the message names file, JSON path and reason."""

    code = "tariffs.neutral.refused"

    def __init__(
        self, file: str, path: str, reason: str, next_step: str = "Correct the file and load it again."
    ) -> None:
        super().__init__(f"{file} {path}", reason, next_step)
        self.file = file
        self.path = path
        self.reason = reason

    @property
    def line(self) -> str:
        """File, path and reason without the next step, to stand inside another message."""
        return f"{self.subject}: {self.facts}"


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value, the file it came from and its path (`$.use_categories[0].code`)."""

    value: Any
    file: str
    path: str = "$"

    def refused(self, reason: str) -> TariffRefused:
        return TariffRefused(self.file, self.path, reason)

    def has(self, key: str) -> bool:
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def get(self, key: str) -> Node:
        """Return what stands under the key, a node of None where there is nothing."""
        return Node(self.mapping().get(key), self.file, f"{self.path}.{key}")

    def mapping(self) -> dict[str, Any]:
        if not isinstance(self.value, dict):
            raise self.refused(f"{_shown(self.value)} is not an object.")
        return self.value

    def items(self) -> Iterator[Node]:
        if not isinstance(self.value, list):
            raise self.refused(f"{_shown(self.value)} is not a list.")
        for number, value in enumerate(self.value):
            yield Node(value, self.file, f"{self.path}[{number}]")

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.refused(f"{_shown(self.value)} is not a text.")
        return self.value

    def flag(self) -> bool:
        if self.value is None:
            return False
        if not isinstance(self.value, bool):
            raise self.refused(f"{_shown(self.value)} is neither true nor false.")
        return self.value

    def whole(self) -> int:
        """Return a whole number >= 0."""
        value = self.scaled(1, "a whole number")
        if value < 0:
            raise self.refused(f"{value} is below zero.")
        return value

    def day(self) -> date:
        try:
            return date.fromisoformat(self.text())
        except ValueError:
            raise self.refused(f"{_shown(self.value)} is not a day written as 2026-01-31.") from None

    def scaled(self, scale: int, what: str) -> int:
        """Return the decimal number times the scale, which must leave no rest; a float is refused."""
        if self.value is None:
            raise self.refused(f"There is no {what.removeprefix('a ')}.")
        if isinstance(self.value, (bool, float)) or not isinstance(self.value, (str, int)):
            raise self.refused(f'{_shown(self.value)} is not {what}; write decimals as text, for example "1.25".')
        try:
            number = Decimal(str(self.value))
        except InvalidOperation:
            raise self.refused(f"{_shown(self.value)} is not {what}.") from None
        if not number.is_finite() or abs(number) >= Decimal(10) ** 9:
            raise self.refused(f"{_shown(self.value)} is out of range for {what}.")
        whole = number * scale
        if whole != int(whole):
            raise self.refused(f"{self.value} has more decimals than {what} can carry ({len(str(scale)) - 1}).")
        return int(whole)

    def price_e8(self) -> int:
        return self.scaled(100_000_000, "a price")

    def micro(self) -> int:
        size = self.scaled(1_000_000, "a quantity")
        if size < 0:
            raise self.refused(f"{self.value} is below zero.")
        return size


def _shown(value: Any) -> str:
    text = repr(value)
    return "Nothing" if value is None else text if len(text) <= 60 else f"{text[:57]}..."
