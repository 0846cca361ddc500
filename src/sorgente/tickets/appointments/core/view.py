"""An appointment as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """An appointment as pages show it; `address` is where it takes place."""

    code: str
    token: str
    state: str
    state_label: str
    service: str
    service_name: str
    service_name_en: str
    bring: str
    place: str
    place_kind: str
    place_name: str
    address: str
    slot_id: int
    starts_at: datetime
    ends_at: datetime
    name: str
    email: str
    mobile: str
    party_id: int | None
    account_number: str
    note: str
    arrived_at: datetime | None
    ended_at: datetime | None

    @property
    def can_change(self) -> bool:
        return self.state == "booked"
