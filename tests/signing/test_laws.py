"""Laws: whatever is done, in any order, nothing is completed that was not read and signed; nothing is rewritten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sorgente.archive.signing.adapters import seal as seal_adapter
from sorgente.archive.signing.core.values import Channel, EnvelopeState, FieldState, InputKind, Method, Source
from sorgente.archive.signing.models import EnrolmentConsent, Envelope, EnvelopeEvent
from sorgente.archive.signing.queries.audit import problems
from sorgente.archive.signing.queries.envelopes import envelope
from sorgente.archive.signing.queries.events import events
from sorgente.archive.signing.usecases import complete_envelope as completing
from sorgente.archive.signing.usecases.complete_envelope import complete_envelope
from sorgente.archive.signing.usecases.end_envelope import cancel_envelope, expire_envelopes
from sorgente.archive.signing.usecases.read_envelope import record_opened, record_read_to_end, record_shown
from sorgente.archive.signing.usecases.sign_field import refuse_field, sign_field
from sorgente.archive.signing.usecases.signing_codes import confirm_otp, send_otp
from sorgente.archive.signing.usecases.tablets import (
    assign_envelope_to_tablet,
    offer_pairing,
    pair_tablet,
    report_tablet_lost,
)
from sorgente.shared.errors import SorgenteError
from tests.signing.counter import AT, INK, later, opened, read_by, sign

pytestmark = pytest.mark.django_db
KEYS = ("contract", "clauses", "marketing")
ACTS = st.one_of(
    st.tuples(st.sampled_from(["open", "show", "read", "assign", "lose", "complete", "cancel", "expire", "send"])),
    st.tuples(st.sampled_from(["sign", "refuse"]), st.sampled_from(KEYS)),
    st.tuples(st.just("confirm"), st.booleans()),
)
# Reading and signing come often enough that some envelopes are completed.
STORIES = st.one_of(
    st.lists(ACTS, max_size=14),
    st.permutations(
        [("show",), ("read",), ("sign", "contract"), ("sign", "clauses"), ("send",), ("confirm", True), ("complete",)]
    ),
    st.lists(ACTS, max_size=3).map(
        lambda more: [
            ("show",),
            ("read",),
            ("sign", "contract"),
            *more,
            ("sign", "clauses"),
            ("send",),
            ("confirm", True),
            ("complete",),
        ]
    ),
)


class Story:
    """Acts of one envelope, each a few seconds after the other; what is refused is refused."""

    def __init__(self, method: Method) -> None:
        self.id = opened(method=method).id
        self.at = AT
        self.code = ""
        self.tablet = 0

    def act(self, word: str, *what) -> None:
        self.at += timedelta(seconds=7)
        try:
            with transaction.atomic():
                getattr(self, word)(*what)
        except SorgenteError:
            pass

    def open(self) -> None:
        record_opened(envelope_id=self.id, at=self.at, source=Source(device="d"))

    def show(self) -> None:
        record_shown(envelope_id=self.id, at=self.at)

    def read(self) -> None:
        record_read_to_end(envelope_id=self.id, at=self.at)

    def assign(self) -> None:
        offer = offer_pairing(clerk="rita", at=self.at)
        self.tablet = pair_tablet(code=offer.code, at=self.at).pairing_id
        assign_envelope_to_tablet(envelope_id=self.id, pairing_id=self.tablet, at=self.at)

    def lose(self) -> None:
        report_tablet_lost(pairing_id=self.tablet, at=self.at)

    def sign(self, key: str) -> None:
        sign_field(envelope_id=self.id, key=key, ink=INK, input_kind=InputKind.TOUCH, at=self.at)

    def refuse(self, key: str) -> None:
        refuse_field(envelope_id=self.id, key=key, at=self.at)

    def send(self) -> None:
        body = send_otp(envelope_id=self.id, channel=Channel.SMS, at=self.at).body
        self.code = body.split(": ")[1][:6]

    def confirm(self, right: bool) -> None:
        code = self.code if right else "no code"
        confirm_otp(envelope_id=self.id, code=code, at=self.at, source=Source())

    def complete(self) -> None:
        complete_envelope(envelope_id=self.id, at=self.at)

    def cancel(self) -> None:
        cancel_envelope(envelope_id=self.id, reason="x", by="rita", at=self.at)

    def expire(self) -> None:
        expire_envelopes(at=self.at)


@pytest.mark.parametrize("method", [Method.TABLET, Method.OTP])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(story=STORIES)
def test_nothing_is_completed_that_was_not_read_and_signed(monkeypatch, method, story):
    # The seal is tested elsewhere; here many stories are lived quickly.
    monkeypatch.setattr(completing, "seal_pdf", lambda content, **_: content + str(story).encode())
    assert seal_adapter.seal_pdf is not completing.seal_pdf
    sid = transaction.savepoint()
    try:
        told = Story(method)
        for act in story:
            told.act(*act)
        _check(told.id)
    finally:
        transaction.savepoint_rollback(sid)


def _check(envelope_id: int) -> None:
    view = envelope(envelope_id)
    chain = events(envelope_id)
    kinds = [one.kind for one in chain]
    assert list(problems()) == []
    signed_by = {"field_signed", "code_accepted"}
    if signed_by & set(kinds):
        assert kinds.index("read_to_end") < min(kinds.index(one) for one in signed_by & set(kinds))
    if view.state is EnvelopeState.COMPLETED:
        assert view.read_at is not None
        assert all(one.state is FieldState.SIGNED for one in view.fields if one.required)
        assert view.sealed_document_id
        assert kinds.count("sealed") == kinds.count("completed") == 1
    else:
        assert view.sealed_document_id is None
        assert "sealed" not in kinds
    if view.state.final:
        drawn = Envelope.objects.get(pk=envelope_id).fields.exclude(ink=None, biometrics=None)
        assert not drawn.exists()


def test_the_seven_acts_in_order_are_completed(monkeypatch):
    """The law above would hold of nothing if no story ever came to its end."""
    monkeypatch.setattr(completing, "seal_pdf", lambda content, **_: content + b"sealed")
    for method in (Method.TABLET, Method.OTP):
        told = Story(method)
        for act in [("show",), ("read",), ("sign", "contract"), ("sign", "clauses")]:
            told.act(*act)
        if method is Method.OTP:
            told.act("send")
            told.act("confirm", True)
        told.act("complete")
        assert envelope(told.id).state is EnvelopeState.COMPLETED


# ---------------------------------------------------------------------- the database refuses what code forgot


def refused(statement: str, *values) -> str:
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(caught.value)


def completed() -> int:
    made = opened()
    read_by(made.id)
    for key in ("contract", "clauses"):
        sign(made.id, key)
    complete_envelope(envelope_id=made.id, at=AT)
    return made.id


def test_events_envelopes_and_enrolments_are_not_rewritten():
    done = completed()
    refused("UPDATE signing_envelopeevent SET kind = 'x' WHERE envelope_id = %s", done)
    refused("DELETE FROM signing_envelopeevent WHERE envelope_id = %s", done)
    refused("DELETE FROM signing_envelope WHERE id = %s", done)
    refused("DELETE FROM signing_envelopefield WHERE envelope_id = %s", done)
    refused("UPDATE signing_envelope SET state = 'open' WHERE id = %s", done)
    refused("UPDATE signing_envelope SET signer_name = 'x' WHERE id = %s", done)
    refused("UPDATE signing_envelopefield SET state = 'waiting' WHERE envelope_id = %s AND key = 'contract'", done)
    refused("UPDATE signing_enrolmentconsent SET notice_version = 'x'")
    refused("DELETE FROM signing_enrolmentconsent")
    EnrolmentConsent.objects.update(revoked_at=AT)
    refused("UPDATE signing_enrolmentconsent SET revoked_at = NULL")


def test_the_database_completes_nothing_unsigned():
    made = opened()
    proofs = "read_at = now(), ended_at = now(), sealed_document_id = document_id, evidence_document_id = document_id"
    words = f"UPDATE signing_envelope SET state = 'completed', {proofs} WHERE id = %s"
    assert "required field that is not signed" in refused(words, made.id)
    read_by(made.id)
    sign(made.id, "contract")
    assert "required field that is not signed" in refused(words, made.id)
    sign(made.id, "clauses")
    sign(made.id, "marketing")
    bare = "UPDATE signing_envelope SET state = 'completed' WHERE id = %s"
    assert "envelope_completed_has_its_proofs" in refused(bare, made.id)


def test_a_chain_that_was_bent_in_the_database_is_found_by_the_audit():
    done = completed()
    assert list(problems()) == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    EnvelopeEvent.objects.filter(envelope=done, kind="read_to_end").update(at=later(minutes=-5))
    (found,) = problems()
    assert (found.invariant, found.facts) == ("A8", "Event 3 (read_to_end) was changed.")
    EnvelopeEvent.objects.filter(envelope=done).delete()
    (found,) = problems()
    assert found.facts == "It has no events."
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_a_clock_set_back_does_not_turn_the_chain_round():
    made = opened()
    record_shown(envelope_id=made.id, at=later(hours=-1))
    opening, shown = events(made.id)
    assert shown.at == opening.at
    assert shown.facts["clock"] == "2026-11-23T08:00:00.000000Z"
    assert list(problems()) == []
