from __future__ import annotations

from datetime import date

from django.db import transaction

from sorgente.payments.models import Collection, Mandate
from sorgente.shared.errors import SorgenteError


class MandateEnded(SorgenteError):
    code = "payments.mandate.ended"


@transaction.atomic
def revoke_mandate(*, mandate_id: int, ended_on: date) -> int:
    """End a mandate; what was prepared under it and not yet sent is cancelled. Returns how many collections were.

    raises  MandateEnded
    """
    mandate = Mandate.objects.select_for_update().get(pk=mandate_id)
    if mandate.state in (Mandate.State.REVOKED, Mandate.State.EXPIRED):
        raise MandateEnded(
            f"Mandate {mandate.umr}",
            f"It is {mandate.get_state_display().lower()} since {mandate.ended_on}.",
            "Nothing is to be done.",
        )
    mandate.state = Mandate.State.REVOKED
    mandate.ended_on = ended_on
    mandate.save(update_fields=["state", "ended_on"])
    return Collection.objects.filter(mandate=mandate, state=Collection.State.PREPARED).update(
        state=Collection.State.CANCELLED
    )
