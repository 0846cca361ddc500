"""What the decoder answers: one `Decoded` per telegram, whatever the bytes were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

Outcome = Literal["decoded", "wrong_key", "unsupported", "malformed"]
Value = Decimal | datetime | date | str | None


class Address(NamedTuple):
    """Who a telegram is about: the meter, not the radio adapter that carries it."""

    manufacturer: str  # three letters
    meter_id: str  # eight digits
    version: int
    medium_code: int

    @property
    def key(self) -> str:
        """Return the address as one text: manufacturer, number, version and medium."""
        return f"{self.manufacturer}-{self.meter_id}-{self.version:02x}-{self.medium_code:02x}"


class Record(NamedTuple):
    """One measured value with its meaning.

    value      exact decimal in `unit`, a day, a local instant of the meter's clock, a text, or None: no value
    storage    0 is now, higher numbers are earlier values
    function   instantaneous, maximum, minimum or error_state
    modifiers  what restricts the value further ("forward", "backward", "per_hour"); empty for the plain value
    """

    quantity: str
    unit: str
    value: Value
    storage: int = 0
    tariff: int = 0
    subunit: int = 0
    function: str = "instantaneous"
    modifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decoded:
    """The answer to one telegram.

    outcome      decoded, wrong_key (also when a key is needed and none is known), unsupported, malformed
    meter_id     eight digits of the meter, "" when the bytes do not even tell that
    total_milli  litres shown by the main volume register, None unless certain
    total_wh     watt-hours shown by the main energy register, None unless certain
    status       words of the status byte; empty means that all is well
    read_at      the meter's own clock, without time zone, None when it does not send it
    security     none, clear (declared encrypted, sent open), mode5, mode7, ell
    message      what was found and what to do next
    """

    outcome: Outcome
    meter_id: str = ""
    manufacturer: str = ""
    version: int = 0
    medium: str = ""
    access_number: int | None = None
    total_milli: int | None = None
    total_wh: int | None = None
    status: tuple[str, ...] = ()
    records: tuple[Record, ...] = ()
    read_at: datetime | None = None
    security: str = "none"
    message: str = ""
    address_key: str = ""
