"""Who changed what about a customer, when and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from sorgente.customers.models import Consent, ContactPoint, ContractAccount, Party, SupplyContract, SupplyTerms


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one row of `what`: field -> (before, after), as text; of a new row all came after None."""

    at: datetime
    what: str
    row_id: int
    new: bool
    fields: dict[str, tuple[str | None, str | None]]
    author: str
    reason: str


def changes_of_party(party_id: int) -> list[Change]:
    """Return every change of a party and what hangs on it, the latest first."""
    contracts = SupplyContract.objects.filter(contract_account__holder_id=party_id)
    rows: list[tuple[str, type[Any], Q]] = [
        ("party", Party, Q(pk=party_id)),
        ("contact point", ContactPoint, Q(party_id=party_id)),
        ("consent", Consent, Q(contact_point__party_id=party_id)),
        ("contract account", ContractAccount, Q(holder_id=party_id)),
        ("supply contract", SupplyContract, Q(pk__in=contracts)),
        ("terms", SupplyTerms, Q(contract__in=contracts)),
    ]
    found = [change for what, model, which in rows for change in _changes(what, model, which)]
    # Changes of one transaction carry the same instant: among them the order of writing decides.
    order = sorted(range(len(found)), key=lambda place: (found[place].at, place), reverse=True)
    return [found[place] for place in order]


def _changes(what: str, model: type[Any], which: Q) -> Iterator[Change]:
    ids = list(model.objects.filter(which).values_list("pk", flat=True))
    tracked = model._meta.get_field("events").related_model
    before: dict[int, dict[str, Any]] = {}
    for event in tracked.objects.filter(pgh_obj_id__in=ids).select_related("pgh_context").order_by("pgh_id"):
        now = {
            field.attname: getattr(event, field.attname)
            for field in tracked._meta.concrete_fields
            if not field.name.startswith("pgh_") and field.attname not in ("id", "created_at")
        }
        was = before.get(event.pgh_obj_id)
        before[event.pgh_obj_id] = now
        context = event.pgh_context.metadata if event.pgh_context else {}
        yield Change(
            at=event.pgh_created_at,
            what=what,
            row_id=event.pgh_obj_id,
            new=was is None,
            fields={
                name: (_text(None if was is None else was[name]), _text(value))
                for name, value in now.items()
                if (was is None and value not in (None, "")) or (was is not None and was[name] != value)
            },
            author=str(context.get("author", context.get("user", ""))),
            reason=str(context.get("reason", "")),
        )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
