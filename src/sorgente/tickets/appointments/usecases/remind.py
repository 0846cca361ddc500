"""Tell people about their appointment: when it is booked, moved or cancelled, and the day before."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from sorgente.messages.usecases.queue_message import queue_message
from sorgente.tickets.appointments.links import token_of
from sorgente.tickets.appointments.models import Appointment


def confirm(*, code: str, at: datetime) -> None:
    """Queue the message that says what is booked now, or that it is cancelled; the same state is told once."""
    held = _wide(code)
    with translation.override(held.language):
        if held.state == Appointment.State.CANCELLED:
            _send(held, "cancelled", _("Appuntamento annullato"), _("Il suo appuntamento è annullato."), at)
        else:
            key = f"booked-{held.times_moved}"
            _send(held, key, _("Appuntamento confermato"), _("Il suo appuntamento è confermato."), at)


def remind(*, as_of: datetime, hours: int) -> int:
    """Queue a reminder of every booked appointment that begins within so many hours; returns how many.

    An appointment is reminded once, and again when it was moved after its reminder.
    """
    soon = Appointment.objects.filter(
        state=Appointment.State.BOOKED,
        reminded_at__isnull=True,
        seat__slot__starts_at__gt=as_of,
        seat__slot__starts_at__lte=as_of + timedelta(hours=hours),
        booked_at__lte=as_of - timedelta(hours=1),
    ).values_list("code", flat=True)
    reminded = 0
    for code in soon:
        with transaction.atomic():
            held = Appointment.objects.select_for_update(of=("self",)).get(code=code)
            if held.reminded_at is not None:
                continue
            held.reminded_at = as_of
            held.save()
            held = _wide(code)
            with translation.override(held.language):
                key = f"reminder-{held.times_moved}"
                _send(held, key, _("Promemoria appuntamento"), _("Le ricordiamo il suo appuntamento."), as_of)
            reminded += 1
    return reminded


def _wide(code: str) -> Appointment:
    return Appointment.objects.select_related("seat__slot__place", "service").get(code=code)


def _send(held: Appointment, step: str, subject: str, opening: str, at: datetime) -> None:
    if not held.email:
        return
    slot = held.seat.slot
    starts = localtime(slot.starts_at)
    where = f"{slot.place.name}, {held.address or slot.place.address}".rstrip(", ")
    service = held.service.name_en if translation.get_language() == "en" else held.service.name
    when = _("%(day)s alle %(hour)s") % {"day": f"{starts:%d/%m/%Y}", "hour": f"{starts:%H:%M}"}
    lines = [opening, "", service, when, where, _("Codice: %(code)s") % {"code": held.code}]
    if held.state != Appointment.State.CANCELLED:
        if held.service.bring:
            lines += ["", _("Porti con sé: %(what)s") % {"what": held.service.bring}]
        address = f"{settings.SITE_ADDRESS}/appuntamenti/{token_of(held.code)}/"
        lines += ["", _("Per spostarlo o annullarlo: %(address)s") % {"address": address}]
    queue_message(
        key=f"appointment:{held.code}:{step}", channel="email", recipient=held.email, subject_line=subject,
        body="\n".join(lines), about=f"appointment:{held.code}", queued_at=at,
        contract_account_number=held.account_number,
    )  # fmt: skip
