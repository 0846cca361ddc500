"""Faults that go across processes: a clear answer, nothing half-done, nothing lost, and then it goes on.

Within one process each fault has its test beside the process:
    tax code that does not fit, point supplied already      customers/test_requests.py
    overlapping contracts (the database itself refuses)     customers/test_usecases.py
    two clerks at one point, a crash in the middle          journeys/contracts/test_safety.py
    tablet lost between two fields                          signing/test_tablet.py, e2e/test_signing.py
    OTP replayed, tried six times, a forwarded link         signing/test_codes.py
    push endpoint gone, push service down                   messages/test_notifications.py
    broken MIME, 40 MB, zip bomb and encrypted PDF by mail  tickets/test_receive_mail.py
    mailbox down, the same mail by two ways at once         tickets/test_mailbox.py
    bit flip in the archive                                 archive/test_keeping.py, archive/test_audit.py
    the same files typed into forms                         rights/test_uploads.py
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client

from sorgente.archive.core import folder
from sorgente.archive.queries.documents import documents_of
from sorgente.archive.signing.core.values import Channel, EnvelopeState, Method, SignatureKind, Signer, Source
from sorgente.archive.signing.queries.envelopes import envelope
from sorgente.archive.signing.usecases.read_envelope import record_read_to_end, record_shown
from sorgente.archive.signing.usecases.sign_field import sign_field
from sorgente.archive.signing.usecases.signing_codes import confirm_otp
from sorgente.archive.usecases.store_document import store_document
from sorgente.archive.usecases.sweep import sweep_integrity
from sorgente.customers.usecases.contract_requests import ContractAskedAlready
from sorgente.customers.usecases.request_point import PointActive
from sorgente.journeys import signing
from sorgente.messages.models import Message, PushSubscription
from sorgente.messages.usecases.choices import register_push, set_choice
from sorgente.messages.usecases.deliver_messages import deliver_messages
from sorgente.messages.usecases.notify import notify
from sorgente.shared.identifiers import TaxCodeOfSomebodyElse
from tests.journeys.contracts.office import Office, tax_code
from tests.scenarios.small_utility import everything_kept

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folders(folders: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []


def test_a_counter_full_of_mistakes_still_makes_one_contract():
    """Wrong person, wrong kind of request, a second clerk at the same point: each is told, and the rest stays told."""
    office = Office()
    office.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=146)
    office.on("2026-03-10").opens("activation")
    before = everything_kept()
    with pytest.raises(TaxCodeOfSomebodyElse) as caught:
        office.applicant("Verdi", tax_code=tax_code("Neri"))
    assert caught.value.next_step
    assert everything_kept() == before
    office.applicant("Verdi")
    with pytest.raises(PointActive, match="Bianchi") as supplied:
        office.point("Bianchi")
    assert "oltura" in supplied.value.next_step or "takeover" in supplied.value.next_step
    assert office.view.line.state == "draft"
    assert office.view.line.name == "Verdi Anna"

    first = office.asks("takeover", "Verdi", of="Bianchi").reads(130).signs().number
    office.opens("takeover").applicant("Rossi")
    with pytest.raises(ContractAskedAlready, match=first) as late:
        office.point("Bianchi")
    assert first in late.value.next_step
    office.number = first
    office.executes("Verdi")
    assert office.contract("Bianchi").end == date(2026, 3, 10)
    with pytest.raises(PointActive, match="Verdi"):
        office.opens("activation").applicant("Rossi").point("Verdi")


def _put_to_sign(at: Any) -> int:
    from tests.papers.specimens import SPECIMENS

    template, values = SPECIMENS["termination"]
    view = signing.start_signing(
        paper=signing_paper(template, values, at),
        signer=Signer(
            name="Giulia Bianchi", tax_code="BNCGLI85C52A271X", party_reference="party:12",
            identity="carta d'identità CA01234AB", email="giulia.bianchi@posta.example",
        ),
        method=Method.OTP, subjects=["contract:C2011-003318"], opened_by="anna", at=at,
        signature_kind=SignatureKind.SIMPLE,
    )  # fmt: skip
    record_shown(envelope_id=view.id, at=at)
    record_read_to_end(envelope_id=view.id, at=at)
    for field in envelope(view.id).fields:
        sign_field(envelope_id=view.id, key=field.key, at=at)
    return view.id


def signing_paper(template: str, values: Any, at: Any) -> Any:
    from sorgente.archive.papers import render_paper

    return render_paper(template=template, values=values, on=at.date())


def test_mail_is_down_when_the_code_should_leave(settings):
    """No code left, none counts; when mail is back the paper is signed, sealed once, and the copy waits its turn."""
    office = Office().on("2026-11-23")
    number = _put_to_sign(office.now)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    for _try in range(9):  # more often than codes may be sent
        with pytest.raises(signing.CodeNotSent) as caught:
            signing.send_code(envelope_id=number, channel=Channel.EMAIL, at=office.now)
    assert "giulia.bianchi@posta.example" not in str(caught.value)
    assert not envelope(number).state.final

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    signing.send_code(envelope_id=number, channel=Channel.EMAIL, at=office.now)
    code = re.search(r"\b\d{6}\b", mail.outbox[-1].body)
    assert code is not None
    assert confirm_otp(envelope_id=number, code=code.group(), at=office.now, source=Source()).accepted
    sealed = {signing.finish_signing(envelope_id=number, at=office.now) for _twice in range(2)}
    assert len(sealed) == 1
    assert envelope(number).state is EnvelopeState.COMPLETED
    assert Message.objects.filter(key=f"envelope:{number}:copy").count() == 1


def test_a_telephone_that_is_gone_loses_no_news(monkeypatch):
    """The push service says 410: that message fails with its reason, the e-mail of the same news arrives, and the next
    news does not go to the telephone any more."""
    from pywebpush import WebPushException

    from sorgente.messages.adapters import push

    office = Office().on("2026-04-20")

    class Gone:
        status_code = 410

    def refuses(*_given: Any, **_named: Any) -> None:
        raise WebPushException("gone", response=Gone())  # type: ignore[arg-type]

    monkeypatch.setattr(push, "webpush", refuses)
    register_push(
        party_id=12, user_id=1, endpoint="https://push.example/gone", p256dh="k", auth="a", device="Firefox",
        at=office.now,
    )  # fmt: skip
    for channel in ("push", "email"):
        set_choice(party_id=12, topic="bill", channel=channel, wanted=True, at=office.now)

    def tell(key: str) -> None:
        notify(
            party_id=12, topic="bill", title="Bolletta", body="Scade il 20 maggio.", link="/area/", key=key,
            about="bill:1", at=office.now, email="anna@posta.example",
        )  # fmt: skip

    tell("first")
    deliver_messages(as_of=office.now)
    states = dict(Message.objects.values_list("channel", "state"))
    assert states == {"push": "failed", "email": "sent"}
    assert Message.objects.get(channel="push").problem
    assert PushSubscription.objects.get().gone_at is not None
    tell("second")
    assert set(Message.objects.filter(key__startswith="second").values_list("channel", flat=True)) == {"email"}


def test_a_flipped_bit_is_never_handed_out():
    """The archive notices before the customer does: no damaged byte leaves, the sweep names it, storing again mends."""
    office = Office().on("2026-04-20")
    content = b"%PDF-1.7 contratto di Anna"
    kept = store_document(
        content=content, title="Contratto", kind="contract", media_type="application/pdf", subject="contract:1",
        stored_at=office.now,
    )  # fmt: skip
    from pathlib import Path

    place = folder.path_of(Path(django_settings.ARCHIVE_DIR), kept.sha256)
    damaged = bytearray(content)
    damaged[12] ^= 1
    place.chmod(0o600)
    place.write_bytes(damaged)

    outcome = sweep_integrity(as_of=office.now, budget=10)
    assert [one.title for one in outcome.broken] == ["Contratto"]
    answer = _clerk("desk").get(f"/documents/{kept.sha256}/?download=1")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert bytes(damaged) not in body
    again = store_document(
        content=content, title="Contratto", kind="contract", media_type="application/pdf", subject="contract:1",
        stored_at=office.now,
    )  # fmt: skip
    assert again.sha256 == kept.sha256
    assert len(documents_of("contract:1")) == 1
    assert place.read_bytes() == content


def _clerk(role: str) -> Client:
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group

    user = get_user_model().objects.create(username="sportello")
    user.groups.set(Group.objects.filter(name=role))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    return client
