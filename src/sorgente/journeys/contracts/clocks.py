"""The legal clock of a request: it runs while the request is complete and not carried out (RQSII art. 10-17)."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from sorgente.customers.queries.requests import RequestView
from sorgente.quality.queries.clocks import clocks_of
from sorgente.quality.usecases.start_clock import start_clock
from sorgente.quality.usecases.stop_clock import cancel_clock, stop_clock
from sorgente.quality.usecases.suspend_clock import resume_clock, suspend_clock

STANDARDS = {
    "activation": "S07",
    "subentro": "S08",
    "takeover": "S12",
    "takeover_by_death": "S12",
    "termination": "S11",
}
_ROME = ZoneInfo("Europe/Rome")


def reference_of(number: str) -> str:
    return f"request:{number}"


def keep_time(view: RequestView, *, at: datetime) -> None:
    """Let the clock of a request follow its state: start, wait for the customer, go on, end, or be called off."""
    standard = STANDARDS.get(view.line.kind)
    if standard is None:
        return
    reference = reference_of(view.line.number)
    state = next((one.state for one in clocks_of(reference, as_of=at.date()) if one.standard == standard), "")
    if view.line.state in ("cancelled", "refused"):
        if state in ("running", "suspended"):
            cancel_clock(standard=standard, reference=reference, reason=view.outcome_reason, at=at)
    elif view.line.state == "executed":
        if state in ("running", "suspended"):
            stop_clock(standard=standard, reference=reference, ended_at=at)
    elif view.complete_at is None:
        if state == "running":
            suspend_clock(
                standard=standard, reference=reference, at=at, cause="customer", note="La richiesta non è più completa"
            )
    elif state == "suspended":
        resume_clock(standard=standard, reference=reference, at=at)
    elif not state:
        start_clock(
            standard=standard,
            reference=reference,
            contract_account_number=view.account_number,
            contract_number=view.contract_number or view.leaving_contract_number,
            user_class=view.answers["category"],
            channel=view.channel,
            started_at=_start(view),
            requested_at=min(view.line.received_at, _start(view)),
            text=f"{view.line.kind_label}, {view.line.name}",
        )


def _start(view: RequestView) -> datetime:
    """Return when the clock starts: the request is complete, or a later day the customer chose to leave on."""
    complete = view.complete_at or view.line.received_at
    desired = view.line.desired_on
    if view.line.kind == "termination" and desired is not None:
        return max(complete, datetime.combine(desired, time(), tzinfo=_ROME))
    return complete
