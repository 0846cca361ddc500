"""The register of performances (RQSII art. 75-76) as rows: one performance each, its indemnities summed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, Sum, TextField, Value
from django.db.models.functions import Concat
from django.utils import timezone

from sorgente.quality.models import IndemnityDue, Performance, Suspension

_OPEN = (Performance.State.RUNNING, Performance.State.SUSPENDED)

# Column of the register -> its Italian heading, in the order of the reference (QUA-09).
COLUMNS = {
    "id": "Prestazione",
    "reference": "Richiesta",
    "revision": "Revisione",
    "channel": "Canale",
    "account_number": "Conto",
    "contract_number": "Contratto",
    "user_class": "Tipologia d'uso",
    "service": "Servizio",
    "requested_at": "Richiesta ricevuta",
    "started_at": "Inizio conteggio",
    "standard": "Indicatore",
    "level": "Standard",
    "unit": "Unità",
    "paused": "Sospensioni",
    "ended_at": "Fine",
    "elapsed": "Tempo impiegato",
    "within": "Nello standard",
    "cause": "Causa",
    "proof": "Prova",
    "indemnity_cents": "Indennizzo",
    "indemnity_state": "Stato indennizzo",
    "bill_number": "Bolletta",
    "payment_reference": "Pagamento",
    "paid_on": "Corrisposto il",
    "band_end_at": "Fine fascia",
    "officer": "Operatore",
    "documents": "Documenti",
    "state": "Stato",
    "cancel_reason": "Motivo dell'annullamento",
    "text": "Note",
    "cite": "Fonte",
    "corrected": "Corretta da altra riga",
}


def register(
    *,
    start: date | None = None,
    end: date | None = None,
    standard: str = "",
    outcome: str = "",
    text: str = "",
) -> QuerySet[Any, Any]:
    """Return the performances whose clock started in [start, end), the latest first, with every column of COLUMNS.

    standard  one indicator, "S12"
    outcome   "in", "out", "open", "cancelled"
    text      beginning of a reference or of an account number
    """
    found = Performance.objects.all()
    if start is not None:
        found = found.filter(started_at__gte=_midnight(start))
    if end is not None:
        found = found.filter(started_at__lt=_midnight(end))
    if standard:
        found = found.filter(standard=standard)
    if outcome:
        found = found.filter(_outcome(outcome))
    if text:
        found = found.filter(Q(reference__istartswith=text) | Q(account_number__istartswith=text))
    due = IndemnityDue.objects.filter(performance=OuterRef("pk")).order_by("performance")
    asked = due.exclude(state=IndemnityDue.State.EXCLUDED).values("performance")
    annotated = {
        "indemnity_cents": Subquery(asked.annotate(sum=Sum("cents")).values("sum"), output_field=IntegerField()),
        "indemnity_state": Subquery(due.order_by("-part").values("state")[:1]),
        "bill_number": Subquery(due.exclude(bill_number="").order_by("part").values("bill_number")[:1]),
        "payment_reference": Subquery(
            due.exclude(payment_reference="").order_by("part").values("payment_reference")[:1]
        ),
        "paid_on": Subquery(asked.annotate(day=Min("paid_on")).values("day")),
        "paused": _suspensions(),
        "corrected": Exists(Performance.objects.filter(corrects=OuterRef("pk"))),
    }
    plain = [name for name in COLUMNS if name not in annotated]
    return found.order_by("-started_at", "-id").values(*plain, **annotated)


def _suspensions() -> Subquery:
    """Return the suspensions of a performance as "from/to/cause" texts, in order."""
    told = Concat("start_at", Value("/"), "end_at", Value("/"), "cause", output_field=TextField())
    rows = Suspension.objects.filter(performance=OuterRef("pk")).order_by().values("performance")
    return Subquery(rows.annotate(all=ArrayAgg(told, order_by="start_at")).values("all"))


def _outcome(outcome: str) -> Q:
    if outcome == "open":
        return Q(state__in=_OPEN)
    if outcome == "cancelled":
        return Q(state=Performance.State.CANCELLED)
    return Q(state=Performance.State.ENDED, within=outcome == "in")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def year_of(field: str, year: int) -> Q:
    """Return the condition that an instant lies in a calendar year of the utility's clock."""
    return Q(**{f"{field}__gte": _midnight(date(year, 1, 1)), f"{field}__lt": _midnight(date(year + 1, 1, 1))})


def register_cells(row: Mapping[str, Any]) -> list[str]:
    """Return a row of the register as texts in the order of COLUMNS: local times, whole cents, yes or no as 1 or 0."""
    return [register_cell(row, name=name) for name in COLUMNS]


def register_cell(row: Mapping[str, Any], *, name: str) -> str:
    value = row[name]
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, list):
        return " ".join(str(one) for one in value)
    return str(value)
