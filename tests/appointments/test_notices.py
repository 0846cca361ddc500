"""A customer is told of an appointment as they chose; anybody else at the address they gave."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from sorgente.customers.access.models import AccountAccess, PortalUser
from sorgente.customers.access.usecases.activate import Proven, activate, new_login
from sorgente.customers.models import ContractAccount
from sorgente.messages.models import Message
from sorgente.messages.usecases.choices import register_push, set_choice, set_quiet_hours
from sorgente.tickets.appointments.queries.diary import free_slots
from sorgente.tickets.appointments.usecases.book import book, cancel
from sorgente.tickets.appointments.usecases.remind import confirm, remind
from sorgente.tickets.appointments.usecases.set_up import define_hours, define_place, define_service, open_slots
from tests.billing.render_builders import customer, village

NOW = datetime(2026, 4, 20, 8, tzinfo=UTC)  # ten in the morning in Italy, a Monday
PASSWORD = "una bella giornata"


@pytest.fixture
def home(db) -> ContractAccount:
    define_place(code="centro", kind="desk", name="Sportello di Valdoro", address="Piazza Roma 1, Valdoro")
    define_service(code="contratti", name="Contratti", name_en="Contracts", bring="documento d'identità")
    define_hours(
        place="centro", services=["contratti"], weekdays=[1, 2, 3, 4, 5], opens_at=time(9), closes_at=time(12),
        slot_minutes=30, seats=2, from_on=date(2026, 1, 1),
    )  # fmt: skip
    open_slots(start=date(2026, 4, 20), end=date(2026, 4, 27))
    (loaded,) = village(customer(1)).customers
    return ContractAccount.objects.get(pk=loaded.account_id)


def booked(home: ContractAccount | None, **more) -> str:
    (slot, *_) = free_slots(service="contratti", place="centro", start=NOW + timedelta(days=1), end=NOW + timedelta(7))
    whose = {"party_id": home.holder_id, "account_number": home.number} if home else {}
    told = {"name": "Maria Rossi", "email": "maria@posta.example", "mobile": "3331234567"}
    return book(slot_id=slot.slot_id, service="contratti", at=NOW, **{**whose, **told, **more}).code


def listens(user_id: int, *, party_id: int | None = None) -> str:
    return str(
        register_push(
            party_id=party_id, user_id=user_id, endpoint=f"https://push.example/{user_id}", p256dh="p", auth="a",
            device="Telefono", at=NOW,
        )
    )  # fmt: skip


def delegate(home: ContractAccount, rights: str) -> int:
    holder = PortalUser.objects.first()
    if holder is None:
        activate(proven=Proven(home.holder_id, "test"), email="maria@posta.example", password=PASSWORD, at=NOW)
        holder = PortalUser.objects.get()
    name = type("Name", (), {"name": rights})()
    login = new_login(email=f"{rights}@posta.example", password=PASSWORD, name=name, language="it", at=NOW)
    AccountAccess.objects.create(
        portal_user=login, contract_account=home, rights=rights, granted_by=holder, granted_at=NOW, from_on=NOW.date()
    )
    return login.user_id


def told() -> list[tuple[str, str, str]]:
    return [(one.channel, one.recipient, one.subject_line) for one in Message.objects.order_by("id")]


def test_confirmed_and_reminded_by_email_and_on_the_telephone(home):
    phone = listens(3, party_id=home.holder_id)
    code = booked(home)
    confirm(code=code, at=NOW)
    confirm(code=code, at=NOW)
    assert told() == [
        ("email", "maria@posta.example", "Appuntamento confermato"), ("push", phone, "Appuntamento confermato"),
    ]  # fmt: skip
    mail, push = Message.objects.order_by("id")
    assert "Porti con sé: documento d'identità" in mail.body
    assert push.body == "Contratti, 21/04/2026 alle 10:00, Sportello di Valdoro, Piazza Roma 1, Valdoro"
    assert push.link.startswith("/appuntamenti/")
    assert push.link in mail.body
    assert remind(as_of=NOW + timedelta(hours=2), hours=24) == 1
    assert [one[::2] for one in told()[2:]] == [
        ("email", "Promemoria appuntamento"), ("push", "Promemoria appuntamento"),
    ]  # fmt: skip
    cancel(code=code, at=NOW + timedelta(hours=3))
    confirm(code=code, at=NOW + timedelta(hours=3))
    assert [one[2] for one in told()[4:]] == ["Appuntamento annullato"] * 2


def test_choices_are_honoured(home):
    listens(3, party_id=home.holder_id)
    for channel, wanted in (("push", False), ("email", False), ("sms", True)):
        set_choice(party_id=home.holder_id, topic="appointment", channel=channel, wanted=wanted, at=NOW)
    confirm(code=booked(home), at=NOW)
    assert told() == [("sms", "+393331234567", "Appuntamento confermato")]


def test_quiet_hours_keep_the_telephone_silent_and_let_the_mail_go(home):
    listens(3, party_id=home.holder_id)
    set_quiet_hours(party_id=home.holder_id, begins_at=time(9), ends_at=time(11, 30))
    confirm(code=booked(home), at=NOW)
    assert {one.channel: one.not_before for one in Message.objects.all()} == {
        "email": None, "push": datetime(2026, 4, 20, 9, 30, tzinfo=UTC),
    }  # fmt: skip


def test_a_delegate_who_may_act_is_told_and_who_may_only_look_is_not(home):
    acts, looks = listens(delegate(home, "act")), listens(delegate(home, "see"))
    confirm(code=booked(home), at=NOW)
    assert [one[1] for one in told() if one[0] == "push"] == [acts]
    assert looks not in {one[1] for one in told()}
    assert Message.objects.get(channel="push").body.startswith(f"{home.holder.name}: Contratti")


def test_who_is_no_customer_is_told_at_the_address_they_gave(home):
    listens(3, party_id=home.holder_id)
    confirm(code=booked(None), at=NOW)
    assert told() == [("email", "maria@posta.example", "Appuntamento confermato")]
