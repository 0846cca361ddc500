"""Signing at a distance: the code is bound to document and contact, lives for minutes, is used once."""

from __future__ import annotations

import re

import pytest

from sorgente.archive.queries.documents import document_of
from sorgente.archive.signing.core.values import Channel, EnvelopeState, FieldState, Method, SignatureKind, Source
from sorgente.archive.signing.models import EnvelopeEvent, SigningCode
from sorgente.archive.signing.queries.contacts import contacts_of
from sorgente.archive.signing.queries.envelopes import envelope
from sorgente.archive.signing.queries.events import events
from sorgente.archive.signing.usecases.complete_envelope import NotAllSigned, complete_envelope
from sorgente.archive.signing.usecases.read_envelope import record_opened
from sorgente.archive.signing.usecases.reopen_envelope import reopen_envelope
from sorgente.archive.signing.usecases.sign_field import refuse_field, sign_field
from sorgente.archive.signing.usecases.signing_codes import (
    CodeOutcome,
    CodesLocked,
    ContactMissing,
    NothingToSign,
    TooManyCodes,
    confirm_otp,
    record_delivery,
    send_otp,
)
from sorgente.shared.errors import SorgenteError
from tests.signing.counter import ANNA, AT, later, opened, read_by

pytestmark = pytest.mark.django_db
HOME = Source(ip="198.51.100.7", agent="Firefox", device="d1")


def chosen(**changes) -> int:
    given = opened(method=Method.OTP, **changes)
    read_by(given.id)
    for key in ("contract", "clauses"):
        assert sign_field(envelope_id=given.id, key=key, at=AT) is FieldState.CHOSEN
    return given.id


def code_in(message) -> str:
    return re.search(r"\b\d{6}\b", message.body).group()


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_from_the_link_to_the_sealed_contract():
    envelope_id = chosen()
    assert record_opened(envelope_id=envelope_id, at=AT, source=HOME)
    message = send_otp(envelope_id=envelope_id, channel=Channel.SMS, at=AT)
    record_delivery(envelope_id=envelope_id, key=message.key, what="code", at=AT, receipt="gw-7 delivered")
    assert (message.recipient, message.masked_recipient) == ("+393390420420", "•••• 420")
    assert message.expires_at == later(minutes=10)
    code = code_in(message)
    assert message.body == (
        f'Valdoro Acque S.p.A.: {code} è il codice per firmare "Contratto di fornitura" (120,00 €). Vale 10 minuti. '
        "Non darlo a nessuno, nemmeno a noi."
    )
    answer = confirm_otp(envelope_id=envelope_id, code=f" {code[:3]} {code[3:]}", at=later(minutes=9), source=HOME)
    assert answer.accepted
    sealed = complete_envelope(envelope_id=envelope_id, at=later(minutes=9))
    view = envelope(envelope_id)
    assert view.state is EnvelopeState.COMPLETED
    assert [one.signature_kind for one in view.fields] == [SignatureKind.ADVANCED, SignatureKind.ADVANCED, None]
    assert document_of(sealed).metadata["signed"]["method"] == "otp"
    record_delivery(envelope_id=envelope_id, key="copy:1", what="copy", at=later(minutes=10), receipt="250 ok")
    assert [one.kind for one in events(envelope_id)][-1] == "copy_delivered"


def test_the_code_is_nowhere_but_in_the_message():
    envelope_id = chosen()
    message = send_otp(envelope_id=envelope_id, channel=Channel.SMS, at=AT)
    code = code_in(message)
    assert code not in message.redacted_body
    kept = [str(vars(one)) for one in (*SigningCode.objects.all(), *EnvelopeEvent.objects.all())]
    # Six digits may stand in a hash by chance; as a word they may not.
    assert not any(re.search(rf"\b{code}\b", text) for text in kept)
    assert "+393390420420" not in str(list(EnvelopeEvent.objects.values_list("facts", flat=True)))


def test_the_english_message_and_the_mail():
    envelope_id = chosen(language="en")
    message = send_otp(envelope_id=envelope_id, channel=Channel.EMAIL, at=AT)
    assert message.subject == "Valdoro Acque S.p.A.: your code to sign"
    assert 'is your code to sign "Contratto di fornitura" (120,00 €)' in message.body
    assert (message.recipient, message.masked_recipient) == ("anna.bianchi@example.org", "a•••@example.org")


def test_a_code_replayed_is_refused():
    envelope_id = chosen()
    code = code_in(send_otp(envelope_id=envelope_id, channel=Channel.SMS, at=AT))
    assert confirm_otp(envelope_id=envelope_id, code=code, at=AT, source=HOME).accepted
    assert confirm_otp(envelope_id=envelope_id, code=code, at=AT, source=HOME).outcome is CodeOutcome.USED
    assert [one.kind for one in events(envelope_id)][-1] == "code_used"
    complete_envelope(envelope_id=envelope_id, at=AT)
    with pytest.raises(SorgenteError, match="It is completed"):
        confirm_otp(envelope_id=envelope_id, code=code, at=AT, source=HOME)


def test_a_code_of_one_envelope_is_wrong_on_another():
    first, second = chosen(), chosen()
    code = code_in(send_otp(envelope_id=first, channel=Channel.SMS, at=AT))
    theirs = code_in(send_otp(envelope_id=second, channel=Channel.SMS, at=AT))
    if code != theirs:  # a chance in a million
        assert confirm_otp(envelope_id=second, code=code, at=AT, source=HOME).outcome is CodeOutcome.WRONG
    hashes = SigningCode.objects.values_list("code_hmac", flat=True)
    assert len(set(hashes)) == 2


def test_the_sixth_attempt_is_locked_even_with_the_right_code():
    envelope_id = chosen()
    code = code_in(send_otp(envelope_id=envelope_id, channel=Channel.SMS, at=AT))
    answers = [confirm_otp(envelope_id=envelope_id, code=other_than(code), at=AT, source=HOME) for _ in range(5)]
    assert [(one.outcome.value, one.attempts_left) for one in answers] == [("wrong", left) for left in (4, 3, 2, 1, 0)]
    for _ in range(2):
        assert confirm_otp(envelope_id=envelope_id, code=code, at=AT, source=HOME).outcome is CodeOutcome.LOCKED
    assert [one.kind for one in events(envelope_id)].count("code_locked") == 1
    assert envelope(envelope_id).code_locked
    with pytest.raises(CodesLocked):
        send_otp(envelope_id=envelope_id, channel=Channel.SMS, at=AT)
    with pytest.raises(NotAllSigned):
        complete_envelope(envelope_id=envelope_id, at=AT)


def test_a_new_code_does_not_give_new_attempts():
    envelope_id = chosen()
    code = ""
    for _ in range(2):
        code = code_in(send_otp(envelope_id=envelope_id, channel=Channel.SMS, at=AT))
        for _ in range(2):
            confirm_otp(envelope_id=envelope_id, code=other_than(code), at=AT, source=HOME)
    assert confirm_otp(envelope_id=envelope_id, code=other_than(code), at=AT, source=HOME).attempts_left == 0
    assert confirm_otp(envelope_id=envelope_id, code=code, at=AT, source=HOME).outcome is CodeOutcome.LOCKED


def test_a_code_lives_ten_minutes_and_the_next_one_replaces_it():
    envelope_id = chosen()
    early = code_in(send_otp(envelope_id=envelope_id, channel=Channel.SMS, at=AT))
    late = confirm_otp(envelope_id=envelope_id, code=early, at=later(minutes=10), source=HOME)
    assert late.outcome is CodeOutcome.EXPIRED
    fresh = code_in(send_otp(envelope_id=envelope_id, channel=Channel.EMAIL, at=later(minutes=11)))
    if early != fresh:
        again = confirm_otp(envelope_id=envelope_id, code=early, at=later(minutes=11), source=HOME)
        assert again.outcome is CodeOutcome.WRONG
    assert confirm_otp(envelope_id=envelope_id, code=fresh, at=later(minutes=12), source=HOME).accepted


def test_three_codes_and_no_more():
    envelope_id = chosen()
    keys = [send_otp(envelope_id=envelope_id, channel=Channel.SMS, at=AT).key for _ in range(3)]
    assert keys == [f"otp:{envelope_id}:{number}" for number in (1, 2, 3)]
    with pytest.raises(TooManyCodes, match="3 codes were sent"):
        send_otp(envelope_id=envelope_id, channel=Channel.SMS, at=AT)


def test_a_choice_after_the_code_needs_another_code():
    envelope_id = chosen()
    code = code_in(send_otp(envelope_id=envelope_id, channel=Channel.SMS, at=AT))
    sign_field(envelope_id=envelope_id, key="marketing", at=AT)
    assert confirm_otp(envelope_id=envelope_id, code=code, at=AT, source=HOME).outcome is CodeOutcome.NONE_SENT
    code = code_in(send_otp(envelope_id=envelope_id, channel=Channel.SMS, at=AT))
    refuse_field(envelope_id=envelope_id, key="marketing", at=AT)
    assert confirm_otp(envelope_id=envelope_id, code=code, at=AT, source=HOME).outcome is CodeOutcome.NONE_SENT


def test_no_code_before_everything_required_is_chosen():
    given = opened(method=Method.OTP)
    read_by(given.id)
    with pytest.raises(NothingToSign):
        send_otp(envelope_id=given.id, channel=Channel.SMS, at=AT)
    sign_field(envelope_id=given.id, key="contract", at=AT)
    with pytest.raises(NothingToSign):
        send_otp(envelope_id=given.id, channel=Channel.SMS, at=AT)
    none = confirm_otp(envelope_id=given.id, code="123456", at=AT, source=HOME)
    assert none.outcome is CodeOutcome.NONE_SENT


def test_a_code_goes_only_to_a_verified_contact():
    envelope_id = chosen(mobile="")
    with pytest.raises(ContactMissing, match="no verified contact for sms"):
        send_otp(envelope_id=envelope_id, channel=Channel.SMS, at=AT)
    assert send_otp(envelope_id=envelope_id, channel=Channel.EMAIL, at=AT).recipient == "anna.bianchi@example.org"


def test_a_forwarded_link_is_seen_and_still_needs_the_code():
    envelope_id = chosen()
    assert record_opened(envelope_id=envelope_id, at=AT, source=HOME)
    assert record_opened(envelope_id=envelope_id, at=AT, source=HOME)
    stranger = Source(ip="203.0.113.9", agent="Chrome", device="d2")
    for _ in range(2):
        assert not record_opened(envelope_id=envelope_id, at=AT, source=stranger)
    assert [one.kind for one in events(envelope_id)].count("link_opened") == 1
    assert [one.facts for one in events(envelope_id) if one.kind == "link_opened_elsewhere"] == [
        {"ip": "203.0.113.9", "agent": "Chrome", "device": "d2"}
    ]
    guess = confirm_otp(envelope_id=envelope_id, code="123456", at=AT, source=stranger)
    assert guess.outcome is CodeOutcome.NONE_SENT


def test_codes_are_for_signing_at_a_distance_only():
    given = opened()
    read_by(given.id)
    with pytest.raises(SorgenteError, match="No code is needed"):
        send_otp(envelope_id=given.id, channel=Channel.SMS, at=AT)
    with pytest.raises(SorgenteError, match="No code is needed"):
        confirm_otp(envelope_id=given.id, code="123456", at=AT, source=HOME)


def test_the_same_paper_signed_another_way():
    given = opened()
    read_by(given.id)
    again = reopen_envelope(envelope_id=given.id, method=Method.OTP, reason="without biometrics", by="rita", at=AT)
    old, new = envelope(given.id), envelope(again.id)
    assert (old.state, old.end_reason) == (EnvelopeState.CANCELLED, "without biometrics")
    assert (new.state, new.method, new.document_id) == (EnvelopeState.OPEN, Method.OTP, old.document_id)
    assert [one.key for one in new.fields] == [one.key for one in old.fields]
    assert again.token != given.token
    reached = contacts_of(again.id)
    assert (reached.name, reached.email, reached.mobile) == (ANNA.name, ANNA.email, ANNA.mobile)
    with pytest.raises(SorgenteError, match="There is none"):
        contacts_of(987654)
