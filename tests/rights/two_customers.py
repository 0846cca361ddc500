"""The small town with two customers of it who have one of everything, so that every id of an address is a real one.

The victim (place 0) carries planted words in every field a person can have; the stranger (place 1) asks for them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from tests.desk.small_town import build

PASSWORD = "una bella giornata"
ENDPOINT = "https://push.posta.example/send/zenobia-piantata-endpoint"
NONE = 999_999_999
AT = datetime(2026, 3, 20, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Planted:
    """Words that must reach nobody but their owner (and whoever has the right at the desk)."""

    name: str = "Zenobia Piantatelli"
    tax_code: str = "PNTZNB80A41H501Q"
    email: str = "zenobia.piantata@posta.example"
    mobile: str = "+393399917755"
    iban: str = "IT60X0542811101000000123456"
    street: str = "Vicolo delle Parole Piantate"
    body: str = "il rubinetto piantato gocciola da martedì"
    note: str = "suonare al campanello piantato"

    def all(self) -> tuple[str, ...]:
        return self.name, self.tax_code, self.email, self.mobile, self.iban, self.street, self.body, self.note


PLANTED = Planted()


@dataclass(frozen=True, slots=True)
class Person:
    """A customer with a login and the ids of everything they have."""

    user_id: int
    party_id: int
    account: str
    ids: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Streets:
    victim: Person
    stranger: Person
    onlooker_id: int  # Django user of a delegate of the victim who may only look
    desk: dict[str, Any]  # ids of what the desk alone has


@transaction.atomic
def build_two() -> Streets:
    build(today=date(2026, 3, 20))
    _plant()
    _diary()
    victim, stranger = _person(0), _person(1)
    return Streets(victim, stranger, _onlooker(victim), _desk(victim))


def _plant() -> None:
    from sorgente.customers.models import ContractAccount, Party
    from sorgente.customers.usecases.contact_points import add_contact_point
    from sorgente.payments.models import Collection, Mandate
    from sorgente.payments.usecases.register_mandate import register_mandate
    from sorgente.shared.company import company

    account = ContractAccount.objects.order_by("id").select_related("holder", "billing_address").first()
    first, surname = PLANTED.name.split()
    Party.objects.filter(pk=account.holder_id).update(
        name=PLANTED.name, first_name=first, surname=surname, tax_code=PLANTED.tax_code, kind="person", vat_number="",
        born_on=date(1980, 1, 1),
    )  # fmt: skip
    address = account.billing_address
    address.street = PLANTED.street
    address.save()
    ContractAccount.objects.filter(pk=account.pk).update(email=PLANTED.email, channel="email")
    for kind, value in (("mobile", PLANTED.mobile), ("email", PLANTED.email)):
        add_contact_point(party_id=account.holder_id, kind=kind, value=value, given_at=AT)
    Collection.objects.filter(mandate__contract_account=account).delete()
    Mandate.objects.filter(contract_account=account).delete()
    register_mandate(
        contract_account_id=account.pk, iban=PLANTED.iban, holder_name=PLANTED.name, holder_tax_code=PLANTED.tax_code,
        signed_on=date(2025, 1, 1), creditor_id=company().creditor_id,
    )  # fmt: skip


def _diary() -> None:
    from sorgente.tickets.appointments.usecases.set_up import define_hours, define_place, define_service, open_slots

    today = timezone.localdate()
    define_place(code="centro", kind="desk", name="Sportello di Valdoro", address="Piazza Roma 1, Valdoro")
    define_service(code="contratti", name="Contratti", name_en="Contracts", bring="documento d'identità")
    define_hours(
        place="centro", services=["contratti"], weekdays=[1, 2, 3, 4, 5, 6], opens_at=time(9), closes_at=time(12),
        slot_minutes=30, seats=2, from_on=today,
    )  # fmt: skip
    open_slots(start=today + timedelta(days=1), end=today + timedelta(days=9))


def _person(place: int) -> Person:
    from sorgente.billing.models import Bill
    from sorgente.customers.access.usecases.activate import Proven, activate
    from sorgente.customers.access.usecases.delegation import invite_delegate
    from sorgente.customers.models import ContactPoint, ContractAccount, SupplyContract
    from sorgente.customers.usecases.contract_requests import open_request
    from sorgente.journeys.tickets import register_ticket
    from sorgente.messages.usecases.choices import register_push
    from sorgente.tickets.appointments.queries.diary import free_slots
    from sorgente.tickets.appointments.usecases.book import book
    from sorgente.tickets.core.values import Attachment
    from tests.archive.upload_files import pdf

    is_victim, now = place == 0, timezone.now()
    account = ContractAccount.objects.order_by("id").select_related("holder")[place]
    email = PLANTED.email if is_victim else "altra@posta.example"
    login = activate(proven=Proven(account.holder_id, "test"), email=email, password=PASSWORD, at=AT)
    ticket = register_ticket(
        channel="web", subject="Domanda", body=f"Buongiorno, {PLANTED.body if is_victim else 'tutto bene'}.", at=AT,
        party_id=account.holder_id, account_number=account.number, sender=email, sender_name=account.holder.name,
        attachments=[Attachment("foto.pdf", pdf(place + 1))],
    ).ticket  # fmt: skip
    slot = free_slots(
        service="contratti", place="centro", start=now, end=now + timedelta(days=8)
    )[place]  # fmt: skip
    booked = book(
        slot_id=slot.slot_id, service="contratti", name=account.holder.name, email=email, mobile="", at=now,
        party_id=account.holder_id, account_number=account.number, note=PLANTED.note if is_victim else "",
    )  # fmt: skip
    contract = SupplyContract.objects.get(contract_account=account)
    request = open_request(
        kind="termination", opened_by="sportello", at=AT, contract_number=contract.number
    )  # fmt: skip
    invitation = invite_delegate(
        user_id=login.user_id, account_number=account.number, email=f"invito{place}@posta.example", rights="see",
        until_on=None, link="https://x.example/area/invito/{token}/", at=now,
    )  # fmt: skip
    device = register_push(
        party_id=account.holder_id, user_id=login.user_id, endpoint=ENDPOINT if is_victim else f"{ENDPOINT}-2",
        p256dh="BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
        auth="tBHItJI5svbpez7KI4CCXg", device="Firefox", at=now,
    )  # fmt: skip
    return Person(
        login.user_id,
        account.holder_id,
        account.number,
        {
            "bill": Bill.objects.filter(contract_account=account).order_by("id").first().number,
            "ticket": ticket.number,
            "appointment": booked.code,
            "appointment_token": booked.token,
            "request": request.number,
            "invitation": invitation,
            "invitation_token": _token_of_mail("/area/invito/"),
            "device": device,
            "contact": ContactPoint.objects.filter(party_id=account.holder_id).order_by("id").first().pk,
            "contract": contract.number,
            "point": contract.service_point_id,
            "name": account.holder.name,
            "slot": slot.slot_id,
            **_envelope(place, account, email),
        },
    )


def _token_of_mail(start: str) -> str:
    from django.core import mail

    for message in reversed(mail.outbox):
        if start in message.body:
            return message.body.partition(start)[2].partition("/")[0]
    raise AssertionError(f"no mail holds a link with {start}")


def _envelope(place: int, account: Any, email: str) -> dict[str, Any]:
    """A paper to be signed at a distance, and another one on a tablet."""
    from sorgente.archive.signing.core.values import Method
    from tests.signing.counter import ANNA, CONTRACT, contract_pdf, opened, read_by

    who = {
        "name": account.holder.name, "tax_code": account.holder.tax_code, "email": email,
        "party_reference": f"party:{account.holder_id}", "mobile": PLANTED.mobile if place == 0 else "",
    }  # fmt: skip
    signer, now = replace(ANNA, **who), timezone.now()
    remote = opened(method=Method.OTP, fields=(CONTRACT,), signer=signer, at=now, content=None)
    tablet = opened(method=Method.TABLET, fields=(CONTRACT,), signer=signer, at=now, enrolled=False)
    read_by(tablet.id, at=now)
    return {
        "envelope": tablet.id,
        "link_envelope": remote.id,
        "link_token": remote.token,
        "sealed_envelope": _sealed(opened(
            method=Method.OTP, fields=(CONTRACT,), signer=signer, at=now, content=contract_pdf(f"Contratto {place}")
        ).id),
    }  # fmt: skip


def _sealed(envelope_id: int) -> int:
    from sorgente.archive.signing.core.values import Channel, Source
    from sorgente.archive.signing.usecases.complete_envelope import complete_envelope
    from sorgente.archive.signing.usecases.sign_field import sign_field
    from sorgente.archive.signing.usecases.signing_codes import confirm_otp, send_otp
    from tests.signing.counter import read_by

    now = timezone.now()
    read_by(envelope_id, at=now)
    sign_field(envelope_id=envelope_id, key="contract", at=now)
    sent = send_otp(envelope_id=envelope_id, channel=Channel.EMAIL, at=now)
    code = re.search(r"\b\d{6}\b", sent.body)
    assert code is not None
    assert confirm_otp(envelope_id=envelope_id, code=code.group(), at=now, source=Source()).accepted
    complete_envelope(envelope_id=envelope_id, at=now)
    return envelope_id


def _onlooker(victim: Person) -> int:
    from sorgente.customers.access.usecases.delegation import accept_invitation, invite_delegate

    now = timezone.now()
    invite_delegate(
        user_id=victim.user_id, account_number=victim.account, email="vede@posta.example", rights="see", until_on=None,
        link="https://x.example/area/invito/{token}/", at=now - timedelta(hours=1),
    )  # fmt: skip
    token = _token_of_mail("/area/invito/")
    return accept_invitation(token=token, at=now, password=PASSWORD, first_name="Vera", surname="Vede")


def _desk(victim: Person) -> dict[str, Any]:
    from sorgente.archive.queries.documents import documents_of
    from sorgente.archive.signing.usecases.tablets import offer_pairing
    from sorgente.archive.usecases.holds import place_hold
    from sorgente.billing.models import BillingRun, RunItem
    from sorgente.metering.models import Read
    from sorgente.payments.models import Payment
    from sorgente.tickets.appointments.usecases.calls import receive_call
    from sorgente.tickets.models import IncomingMail

    document = documents_of(f"ticket:{victim.ids['ticket']}")[0]
    mail = IncomingMail.objects.create(
        fingerprint="f" * 64, mail_id="<a@b>", mailbox="test", sender=PLANTED.email, subject="rotta",
        outcome="unreadable", reason="MIME", times=1, received_at=AT,
    )  # fmt: skip
    return {
        "document": document.sha256,
        "hold": place_hold(reason="lite", by="anna", at=AT, document_id=document.id).pk,
        "call": receive_call(reference="c-1", at=timezone.now(), caller=PLANTED.mobile),
        "mail": mail.pk,
        "read": Read.objects.filter(state="held").values_list("pk", flat=True).first(),
        "payment": Payment.objects.filter(match="suspense").values_list("pk", flat=True).first(),
        "run": BillingRun.objects.order_by("-id").first().name,
        "pairing": offer_pairing(clerk="desk", at=timezone.now()).pairing_id,
        **_paper(),
        # Of these there is none: their pages answer 404 to whoever has the right.
        "proposal": NONE,
        "indemnity": NONE,
        "item": RunItem.objects.values_list("pk", flat=True).first(),
    }


def _paper() -> dict[str, Any]:
    """A batch of one scanned paper, attested, and the proposal to destroy it."""
    from sorgente.archive.models import ScanPaper
    from sorgente.archive.usecases.disposals import propose_disposal
    from sorgente.archive.usecases.scans import import_scans
    from tests.archive.test_paper import RECORD, files, index

    import_scans(code="L-1", record=RECORD, files=files(), index=index().encode(), by="anna", at=AT)
    paper = ScanPaper.objects.filter(document__isnull=False).first()
    old = _old_document()
    disposal = propose_disposal(medium="digital", document_ids=[old], reason="scaduto", by="anna", at=AT)
    return {"batch": "L-1", "paper": paper.pk, "disposal": disposal.code}


def _old_document() -> int:
    from sorgente.archive.usecases.store_document import store_document

    kept = store_document(
        content=b"vecchia", title="Vecchia lettera", kind="letter", media_type="text/plain", subject=(),
        stored_at=datetime(2010, 5, 1, tzinfo=UTC),
    )  # fmt: skip
    return kept.pk
