"""Customers who use the web area: they activate it with a code from paper, choose, let others in, send readings."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from sorgente.archive.usecases.store_document import store_document
from sorgente.customers.access.usecases.activate import activate, prove_by_code
from sorgente.customers.access.usecases.delegation import InvitationOver, accept_invitation, invite_delegate
from sorgente.customers.access.usecases.email_code import check_email_code, send_email_code
from sorgente.customers.access.usecases.issue_activation_code import issue_activation_code
from sorgente.journeys.demo.people import Known, People, is_household
from sorgente.journeys.demo.pictures import meter_photo
from sorgente.journeys.demo.water import Meters
from sorgente.journeys.tickets import register_ticket
from sorgente.messages.usecases.choices import set_choice, set_quiet_hours
from sorgente.metering.queries.register_in_place import register_in_place
from sorgente.metering.usecases.accept_read import accept_read
from sorgente.tickets.appointments.core.diary import ROME
from sorgente.tickets.core.values import Attachment

ACTIVE, WITH_PASSWORD, DELEGATES, WAITING, READINGS = 25, 6, 2, 5, 8
PASSWORD = "Acqua-di-Valdoro-26"  # of a demonstration whose customers do not exist

# days before the end, kind, subject, text
_REQUESTS = (
    (19, "information", "Una domanda", "Buonasera, vorrei sapere ogni quanto passate a leggere il contatore e se posso "
     "mandare io i numeri quando sono in ferie. Grazie."),
    (15, "bill", "Una bolletta che non mi torna", "Nell'ultima bolletta vedo una quota fissa più alta di quella di "
     "prima. Potete spiegarmi da che cosa dipende?"),
    (11, "complaint", "Un reclamo", "Da due settimane la pressione in casa è bassissima la mattina presto, ho già "
     "telefonato tre volte e nessuno mi ha richiamato. Chiedo una risposta scritta."),
    (8, "change", "Un cambiamento: persone in casa, contratto, pagamento", "Da ottobre mia figlia studia fuori e non "
     "abita più con noi: siamo in tre. Che cosa devo mandare?"),
    (5, "bill", "Una bolletta che non mi torna", "La lettura scritta in bolletta non è quella che vedo sul contatore, "
     "allego la foto. Chiedo di correggere la bolletta."),
    (2, "other", "Altro", "Vorrei ricevere le bollette in formato grande perché mia madre vede poco. È possibile?"),
)  # fmt: skip


@dataclass(slots=True)
class WebArea:
    """Who uses the area, for the summary; `to_try` is an account, its code and the end of the tax code."""

    active: int = 0
    delegates: int = 0
    readings: int = 0
    requests: int = 0
    to_try: tuple[str, str, str] | None = None
    sign_in: str = ""
    users: list[tuple[Known, int]] = field(default_factory=list)


def open_web_area(people: People, meters: Meters, *, ends_on: date) -> WebArea:
    """Let customers use the area in the latest weeks, up to `ends_on` excluded."""
    done = WebArea()
    waiting = people.take(WAITING, is_household)
    for number, one in enumerate(people.take(ACTIVE, is_household)):
        at = datetime.combine(ends_on - timedelta(days=45 - number), time(19, 5), tzinfo=ROME)
        done.users.append((one, _activated(one, number, at)))
        _chosen(one, number, at)
    done.active = len(done.users)
    done.sign_in = done.users[0][0].who.email if done.users else ""
    for number, (one, user_id) in enumerate(done.users[:DELEGATES]):
        done.delegates += _lets_in(one, user_id, number, _evening(ends_on, 30 - number))
    for number, (one, _) in enumerate([pair for pair in done.users if not pair[0].who.radio][:READINGS]):
        done.readings += _reads(one, meters, ends_on - timedelta(days=1 + number % 4), with_photo=number % 2 == 0)
    for (days, kind, subject, body), (one, _) in zip(_REQUESTS, done.users[2:], strict=False):
        _asks(one, kind, subject, body, at=_evening(ends_on, days))
        done.requests += 1
    for one in waiting:
        code = issue_activation_code(account_number=one.ids.account_number, at=_evening(ends_on, 3))
        done.to_try = (one.ids.account_number, code, one.who.tax_code[-4:])
    return done


def _evening(ends_on: date, days: int) -> datetime:
    return datetime.combine(ends_on - timedelta(days=days), time(19, 40), tzinfo=ROME)


def _activated(one: Known, number: int, at: datetime) -> int:
    """Activate as the pages do: code and tax code, then the six digits that prove the address; return the user.

    Some choose a password, the others enter with SPID or CIE.
    """
    address = f"198.51.100.{number + 30}"
    code = issue_activation_code(account_number=one.ids.account_number, at=at - timedelta(days=12))
    proven = prove_by_code(
        account_number=one.ids.account_number, code=code, tax_code_end=one.who.tax_code[-4:], address=address, at=at
    )
    code_id, digits = send_email_code(purpose="address", email=one.who.email, language="it", address=address, at=at)
    email = check_email_code(code_id=code_id, purpose="address", code=digits, at=at + timedelta(minutes=1))
    password = PASSWORD if number < WITH_PASSWORD else None
    return activate(proven=proven, email=email, password=password, at=at + timedelta(minutes=2)).user_id


def _chosen(one: Known, number: int, at: datetime) -> None:
    """Choose as people do: most leave it, some want readings by e-mail, one wants a silent evening."""
    if number % 3 == 0:
        set_choice(party_id=one.ids.party_id, topic="reading", channel="email", wanted=True, at=at)
        set_choice(party_id=one.ids.party_id, topic="bill", channel="email", wanted=True, at=at)
    if number % 5 == 0:
        set_choice(party_id=one.ids.party_id, topic="leak", channel="sms", wanted=False, at=at)
        set_quiet_hours(party_id=one.ids.party_id, begins_at=time(20), ends_at=time(9))


def _lets_in(one: Known, user_id: int, number: int, at: datetime) -> bool:
    """Invite a relative, who accepts with the link of the mail; where mails go elsewhere the invitation waits."""
    guest = f"famiglia.{one.who.surname.lower().replace(chr(39), '')}{number}@casa.example"
    invite_delegate(
        user_id=user_id, account_number=one.ids.account_number, email=guest, rights=("act", "see")[number % 2],
        until_on=None, link=f"{settings.SITE_ADDRESS}/area/invito/{{token}}/", at=at,
    )  # fmt: skip
    token = _token_in_mail(guest, at.date())
    with suppress(InvitationOver):
        accept_invitation(
            token=token, at=at + timedelta(hours=2), password=PASSWORD, first_name="Paola", surname=one.who.surname
        )
        return True
    return False


def _token_in_mail(to: str, day: date) -> str:
    """Return the token of the link in the latest mail to an address, as its reader sees it; empty without a mail."""
    folder = Path(settings.EMAIL_FILE_PATH) / "email" / day.isoformat()
    for file in sorted(folder.glob("*.eml")):
        text = file.read_bytes().replace(b"=\n", b"").decode("utf-8", "replace")
        found = re.search(r"/area/invito/([\w-]+)/", text)
        if found is not None and f"To: {to}" in text:
            return found.group(1)
    return ""


@transaction.atomic
def _reads(one: Known, meters: Meters, day: date, *, with_photo: bool) -> bool:
    """Send a self-reading as the page does, with a photograph."""
    there = register_in_place(one.ids.service_point_id, on=day)
    if there is None or there.by_radio:
        return False
    at = datetime.combine(day, time(18, 20), tzinfo=ROME)
    index_milli = int(meters.shown_milli([one.place], day)[0])
    photo = None
    if with_photo:
        photo = store_document(
            content=meter_photo(there.serial, index_milli // 1000), title=f"Foto del contatore {there.serial}",
            kind="photo", media_type="image/jpeg", stored_at=at, metadata={"name": "contatore.jpg"},
            subject=[f"account:{one.ids.account_number}", f"point:{one.who.point_code}"],
        ).pk  # fmt: skip
    accept_read(
        register_id=there.register_id, index_milli=index_milli, read_on=day, received_at=at, kind="self",
        evidence_id=photo,
    )  # fmt: skip
    return True


def _asks(one: Known, kind: str, subject: str, body: str, *, at: datetime) -> None:
    files = [Attachment("contatore.jpg", meter_photo(one.who.serial, 412))] if "foto" in body else []
    register_ticket(
        channel="web", subject=subject, body=body, at=at, party_id=one.ids.party_id,
        account_number=one.ids.account_number, sender=one.who.email, sender_name=one.full_name, attachments=files,
        request_kind=kind,
    )  # fmt: skip
