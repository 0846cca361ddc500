"""The bills a request brings: the closing one of a supply that ended, and corrections, on their way to the customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from sorgente.billing.adapters.sdi_outbox import FolderTransport
from sorgente.billing.queries.standing_bills import bills_resting_on, closing_bills_of, ids_of_bills
from sorgente.billing.queries.to_collect import bills_to_collect_by_id
from sorgente.billing.usecases.deliver_bills import deliver_bills
from sorgente.billing.usecases.render_bills import render_bills
from sorgente.billing.usecases.transmit_bills import transmit_bills
from sorgente.customers.queries.for_billing import contract_id_of
from sorgente.journeys.bill_cycle import ask_for, run_bill_cycle
from sorgente.journeys.contracts.household import bill_anew
from sorgente.messages.usecases.deliver_messages import deliver_messages
from sorgente.payments.queries.payment_details import payment_details
from sorgente.shared.errors import SorgenteError


def close_supply(*, name: str, contract_number: str, ends_on: date, at: datetime) -> list[str]:
    """Bill a supply up to its end and send the bill; returns its number, or those of a correction.

    name  of the run, with the day: the same day again goes on where it stopped. A bill that is out is only sent, and
          one that the gate holds is parked like any other: once released, a later run takes it over.
    Days billed beyond the end, on an estimate, are first credited and billed anew.
    """
    contract_id = contract_id_of(contract_number)
    known = closing_bills_of(contract_id)
    if known:
        publish(known, at=at)
        return known
    with transaction.atomic():
        corrected = (
            bill_anew(contract_id, from_on=ends_on, at=at) if bills_resting_on(contract_id, from_on=ends_on) else ()
        )
    if corrected:
        publish(corrected, at=at)
    run_bill_cycle(
        name=f"{name} {at.date()}",
        bill_on=at.date(),
        read_through=ends_on,
        at=at,
        contract_ids=[contract_id],
        workers=1,
    )
    return [*corrected, *closing_bills_of(contract_id)]


def publish(numbers: Sequence[str], *, at: datetime) -> list[tuple[str, SorgenteError]]:
    """Ask for, draw, transmit and deliver bills that no run made; each step is done once. Returns the refusals."""
    refusals: list[tuple[str, SorgenteError]] = []
    ids = ids_of_bills(numbers)
    if not ids:
        return refusals
    ask_for(bills_to_collect_by_id(ids), bill_on=at.date(), at=at, refusals=refusals)
    for step in (
        render_bills(payments_of=payment_details, rendered_at=at, bill_ids=ids, workers=1),
        transmit_bills(transmitted_at=at, transport=FolderTransport(Path(settings.SDI_OUTBOX)), bill_ids=ids),
        deliver_bills(payments_of=payment_details, delivered_at=at, bill_ids=ids),
    ):
        refusals += step.refusals
    deliver_messages(as_of=at)
    return refusals
