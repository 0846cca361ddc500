"""Tell people about their appointment: when it is booked, moved or cancelled, and the day before.

A customer is told as they chose (telephone, e-mail, SMS; quiet hours), anybody else at the address they gave.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from sorgente.customers.access.queries.delegates import leaves
from sorgente.customers.queries.reached import reached
from sorgente.messages.usecases.notify import notify
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
    slot = held.seat.slot
    starts = localtime(slot.starts_at)
    where = f"{slot.place.name}, {held.address or slot.place.address}".rstrip(", ")
    service = held.service.name_en if translation.get_language() == "en" else held.service.name
    when = _("%(day)s alle %(hour)s") % {"day": f"{starts:%d/%m/%Y}", "hour": f"{starts:%H:%M}"}
    lines = [opening, "", service, when, where, _("Codice: %(code)s") % {"code": held.code}]
    page = f"/appuntamenti/{token_of(held.code)}/"
    if held.state != Appointment.State.CANCELLED:
        if held.service.bring:
            lines += ["", _("Porti con sé: %(what)s") % {"what": held.service.bring}]
        lines += ["", _("Per spostarlo o annullarlo: %(address)s") % {"address": f"{settings.SITE_ADDRESS}{page}"}]
    key, about, letter = f"appointment:{held.code}:{step}", f"appointment:{held.code}", "\n".join(lines)
    if held.party_id is None:
        # Nobody we know: no choices to honour, and the address they gave for this.
        if held.email:
            queue_message(
                key=f"{key}:email", channel="email", recipient=held.email, subject_line=subject, body=letter,
                about=about, queued_at=at, contract_account_number=held.account_number,
            )  # fmt: skip
        return
    notify(
        party_id=held.party_id, topic="appointment", title=subject, body=f"{service}, {when}, {where}", link=page,
        key=key, about=about, at=at, email=held.email, mobile=held.mobile, account_number=held.account_number,
        email_body=letter, delegates=_delegates(held, at), on_behalf_of=reached([held.party_id])[held.party_id].name,
    )  # fmt: skip


def _delegates(held: Appointment, at: datetime) -> list[int]:
    """Return who may act for the account: the link of an appointment lets them call it off."""
    if not held.account_number:
        return []
    return [one.user_id for one in leaves(on=at.date(), account_numbers=[held.account_number], to_act=True)]
