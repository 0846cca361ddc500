"""Tickets as other processes see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file given with a request: its name as the sender calls it, its bytes."""

    filename: str
    content: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketFacts:
    """One ticket as it stands now.

    due_on       the day the legal answer is due, as the clock on it says; None where no clock runs
    confirmed    a person has seen category, type and priority
    confidence   of the model in its first proposal, 0 to 1; None when a person classified it
    ranked       (category, chance), likeliest first
    """

    id: int
    number: str
    channel: str
    state: str
    subject: str
    sender: str
    sender_name: str
    request_kind: str
    category: str
    regulated_type: str
    priority: str
    office: str
    confirmed: bool
    party_id: int | None
    identified_by: str
    account_number: str
    contract_number: str
    candidates: Sequence[int]
    assigned_to: str
    opened_at: datetime
    latest_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    due_on: date | None
    confidence: float | None
    abstain: bool
    ranked: Sequence[tuple[str, float]]
    secondary: Sequence[str]
    reasons: Sequence[str]
    language: str
    model: str
