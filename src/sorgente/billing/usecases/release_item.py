from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from sorgente.billing.models import BillingRun, RunItem
from sorgente.shared.errors import SorgenteError

_GATE = "billing.gate."


class ItemNotParked(SorgenteError):
    code = "billing.item.not-parked"


class ReleaseReasonMissing(SorgenteError):
    code = "billing.item.reason-missing"


@transaction.atomic
def release_item(*, item_id: int, released_by: str, released_at: datetime, reason: str) -> RunItem:
    """Let the run take a parked contract again; the next `advance_run` bills it.

    What the gate held goes out as it is; what could not be billed is tried again, after it was mended.
    raises  ItemNotParked, ReleaseReasonMissing
    """
    item = RunItem.objects.select_for_update().select_related("contract", "run").get(pk=item_id)
    subject = f"Contract {item.contract.number} in run {item.run.name}"
    if item.state != RunItem.State.PARKED:
        raise ItemNotParked(subject, f"It is {item.state}.", "Only a parked one can be released.")
    if not reason.strip():
        raise ReleaseReasonMissing(subject, "No reason is given.", "Write what was checked.")
    item.state = RunItem.State.RELEASED if item.code.startswith(_GATE) else RunItem.State.SELECTED
    item.released_by, item.released_at, item.release_reason = released_by, released_at, reason
    item.save(update_fields=["state", "released_by", "released_at", "release_reason"])
    BillingRun.objects.filter(pk=item.run_id).update(parked=F("parked") - 1)
    return item
