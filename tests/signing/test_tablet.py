"""Signing on a tablet: reading first, each field its own act, nothing half-done when the tablet is gone."""

from __future__ import annotations

import pytest

from sorgente.archive.queries.documents import document_of, documents_of, read_document
from sorgente.archive.signing.core.values import EnvelopeState, FieldState, InputKind, Method, SignatureKind
from sorgente.archive.signing.models import Envelope, EnvelopeField
from sorgente.archive.signing.queries.audit import problems
from sorgente.archive.signing.queries.enrolments import active_enrolment_of, enrolments_of
from sorgente.archive.signing.queries.envelopes import (
    UnknownEnvelope,
    envelope,
    envelope_by_token,
    envelopes,
    envelopes_of_subject,
    next_envelope_for_tablet,
    tablet_envelope,
)
from sorgente.archive.signing.queries.events import events
from sorgente.archive.signing.queries.tablets import TabletUnknown, pairing, tablet, tablets_of
from sorgente.archive.signing.usecases.complete_envelope import NotAllSigned, complete_envelope, complete_on_paper
from sorgente.archive.signing.usecases.end_envelope import cancel_envelope, expire_envelopes
from sorgente.archive.signing.usecases.enrolment import EnrolmentUnknown, revoke_enrolment
from sorgente.archive.signing.usecases.open_envelope import FieldsWrong, NotEnrolled, SignerNotIdentified
from sorgente.archive.signing.usecases.read_envelope import NotShownYet, record_read_to_end, record_shown
from sorgente.archive.signing.usecases.sign_field import (
    EnrolmentFirst,
    EnrolmentRevoked,
    FieldDecided,
    NotReadYet,
    refuse_field,
    sign_field,
)
from sorgente.archive.signing.usecases.tablets import (
    PairingRefused,
    assign_envelope_to_tablet,
    offer_pairing,
    pair_tablet,
    report_tablet_lost,
    tablet_seen,
    unpair_tablet,
)
from sorgente.shared.errors import SorgenteError
from tests.signing.counter import (
    ADHESION,
    ANNA,
    AT,
    CONTRACT,
    FIELDS,
    INK,
    MARKETING,
    contract_pdf,
    later,
    opened,
    read_by,
    sign,
    stored,
)

pytestmark = pytest.mark.django_db


def a_tablet(clerk: str = "rita", at=AT):
    return pair_tablet(code=offer_pairing(clerk=clerk, at=at).code, at=at, device="Tablet 3")


def states(envelope_id: int) -> dict[str, str]:
    return {one.key: one.state.value for one in envelope(envelope_id).fields}


def nothing_drawn_is_left(envelope_id: int) -> bool:
    return not EnvelopeField.objects.filter(envelope=envelope_id).exclude(ink=None, biometrics=None).exists()


def test_from_the_first_page_to_the_sealed_contract():
    given = opened()
    device = a_tablet()
    assign_envelope_to_tablet(envelope_id=given.id, pairing_id=device.pairing_id, at=AT)
    shown = next_envelope_for_tablet(device.device_token, at=AT)
    assert (shown.id, shown.state, shown.next_field.key) == (given.id, EnvelopeState.OPEN, "contract")
    assert [one.state for one in shown.fields] == [FieldState.WAITING] * 3

    assert record_shown(envelope_id=given.id, at=later(seconds=5)) is EnvelopeState.SHOWN
    assert record_read_to_end(envelope_id=given.id, at=later(minutes=2)) is EnvelopeState.READ
    for key in ("contract", "clauses"):
        assert sign(given.id, key, at=later(minutes=3)) is FieldState.SIGNED
    assert refuse_field(envelope_id=given.id, key="marketing", at=later(minutes=3)) is EnvelopeState.SIGNING
    assert envelope(given.id).ready
    sealed = complete_envelope(envelope_id=given.id, at=later(minutes=4))

    view = envelope(given.id)
    assert (view.state, view.sealed_document_id) == (EnvelopeState.COMPLETED, sealed)
    assert [one.signature_kind for one in view.fields] == [SignatureKind.ADVANCED, SignatureKind.ADVANCED, None]
    document = document_of(sealed)
    assert (document.kind, document.subjects) == ("contract", ("contract:12", f"envelope:{given.id}", "party:12"))
    assert document.metadata["signed"]["signature_kind"] == "advanced"
    assert read_document(document.sha256).startswith(contract_pdf())
    assert document_of(view.evidence_document_id).kind == "evidence"
    assert len(documents_of(f"envelope:{given.id}")) == 2
    assert nothing_drawn_is_left(given.id)
    assert [one.kind for one in events(given.id)] == [
        "opened", "assigned", "shown", "read_to_end", "field_signed", "field_signed", "field_refused", "closing",
        "sealed", "completed",
    ]  # fmt: skip
    assert next_envelope_for_tablet(device.device_token, at=later(minutes=5)) is None
    assert list(problems()) == []


def test_every_act_twice_is_the_act_once():
    given = opened()
    read_by(given.id)
    read_by(given.id, at=later(minutes=1))
    for key in ("contract", "clauses"):
        sign(given.id, key)
        sign(given.id, key, at=later(minutes=1))
    refuse_field(envelope_id=given.id, key="marketing", at=AT)
    refuse_field(envelope_id=given.id, key="marketing", at=later(minutes=1))
    before = len(events(given.id))
    first = complete_envelope(envelope_id=given.id, at=AT)
    assert complete_envelope(envelope_id=given.id, at=later(minutes=1)) == first
    assert [one.kind for one in events(given.id)][before:] == ["closing", "sealed", "completed"]
    assert len(documents_of(f"envelope:{given.id}")) == 2


def test_nothing_is_signed_before_it_was_read():
    given = opened()
    with pytest.raises(NotReadYet):
        sign(given.id, "contract")
    with pytest.raises(NotShownYet):
        record_read_to_end(envelope_id=given.id, at=AT)
    record_shown(envelope_id=given.id, at=AT)
    with pytest.raises(NotReadYet):
        sign(given.id, "contract")
    with pytest.raises(NotReadYet):
        refuse_field(envelope_id=given.id, key="marketing", at=AT)
    with pytest.raises(NotReadYet):
        complete_envelope(envelope_id=given.id, at=AT)
    assert set(states(given.id).values()) == {"waiting"}


def test_a_signed_field_keeps_its_ink_and_cannot_be_refused():
    given = opened()
    read_by(given.id)
    sign(given.id, "contract")
    other = {**INK, "strokes": [[[x, 20] for x in range(30)]]}
    with pytest.raises(FieldDecided, match="is signed already"):
        sign(given.id, "contract", ink=other)
    with pytest.raises(FieldDecided):
        refuse_field(envelope_id=given.id, key="contract", at=AT)
    refuse_field(envelope_id=given.id, key="marketing", at=AT)
    with pytest.raises(FieldDecided, match="is refused already"):
        sign(given.id, "marketing")


def test_a_required_field_refused_ends_everything_and_leaves_nothing():
    given = opened()
    read_by(given.id)
    sign(given.id, "contract")
    assert refuse_field(envelope_id=given.id, key="clauses", at=AT) is EnvelopeState.REFUSED
    assert nothing_drawn_is_left(given.id)
    with pytest.raises(SorgenteError, match="It is refused"):
        complete_envelope(envelope_id=given.id, at=AT)
    assert documents_of(f"envelope:{given.id}") == []


def test_a_consent_nobody_decided_is_not_given():
    given = opened()
    read_by(given.id)
    sign(given.id, "contract")
    with pytest.raises(NotAllSigned, match="clauses"):
        complete_envelope(envelope_id=given.id, at=AT)
    assert states(given.id)["marketing"] == "waiting"
    sign(given.id, "clauses")
    complete_envelope(envelope_id=given.id, at=AT)
    assert states(given.id)["marketing"] == "refused"
    assert "field_not_given" in [one.kind for one in events(given.id)]


@pytest.mark.parametrize("input_kind", [InputKind.PEN, InputKind.TOUCH, InputKind.MOUSE])
def test_without_pressure_the_signature_is_simple_and_says_so(input_kind):
    given = opened()
    read_by(given.id)
    sign(given.id, "contract", input_kind=input_kind)
    sign(given.id, "clauses")
    sealed = complete_envelope(envelope_id=given.id, at=AT)
    field = envelope(given.id).fields[0]
    assert (field.input_kind, field.signature_kind) == (input_kind, SignatureKind.SIMPLE)
    assert document_of(sealed).metadata["signed"]["signature_kind"] == "simple"


def test_a_pen_whose_biometrics_did_not_come_signs_simply():
    given = opened()
    read_by(given.id)
    sign(given.id, "contract", biometrics=None)
    assert envelope(given.id).fields[0].signature_kind is SignatureKind.SIMPLE


# ---------------------------------------------------------------------- a tablet between two fields


def test_a_tablet_lost_between_two_fields_goes_on_elsewhere_after_reading_again():
    given, first = opened(), a_tablet()
    assign_envelope_to_tablet(envelope_id=given.id, pairing_id=first.pairing_id, at=AT)
    read_by(given.id)
    sign(given.id, "contract")
    assert report_tablet_lost(pairing_id=first.pairing_id, at=later(minutes=1)) == 1
    assert report_tablet_lost(pairing_id=first.pairing_id, at=later(minutes=1)) == 0
    with pytest.raises(TabletUnknown):
        next_envelope_for_tablet(first.device_token, at=later(minutes=1))
    with pytest.raises(SorgenteError, match="Its tablet was lost before the end"):
        sign(given.id, "clauses")
    assert documents_of(f"envelope:{given.id}") == []

    second = a_tablet(at=later(minutes=2))
    assign_envelope_to_tablet(envelope_id=given.id, pairing_id=second.pairing_id, at=later(minutes=2))
    assert states(given.id) == {"contract": "signed", "clauses": "waiting", "marketing": "waiting"}
    with pytest.raises(NotReadYet):
        sign(given.id, "clauses", at=later(minutes=3))
    read_by(given.id, at=later(minutes=4))
    sign(given.id, "clauses", at=later(minutes=5))
    assert complete_envelope(envelope_id=given.id, at=later(minutes=6))
    assert list(problems()) == []


def test_a_tablet_lost_after_the_latest_field_needs_only_the_reading():
    given, first = opened(), a_tablet()
    assign_envelope_to_tablet(envelope_id=given.id, pairing_id=first.pairing_id, at=AT)
    read_by(given.id)
    for key in ("contract", "clauses", "marketing"):
        sign(given.id, key)
    unpair_tablet(pairing_id=first.pairing_id, at=AT)
    second = a_tablet()
    assign_envelope_to_tablet(envelope_id=given.id, pairing_id=second.pairing_id, at=AT)
    read_by(given.id)
    assert complete_envelope(envelope_id=given.id, at=AT)


def test_cancelled_after_the_loss_leaves_no_data():
    given, device = opened(), a_tablet()
    assign_envelope_to_tablet(envelope_id=given.id, pairing_id=device.pairing_id, at=AT)
    read_by(given.id)
    sign(given.id, "contract")
    report_tablet_lost(pairing_id=device.pairing_id, at=AT)
    for _ in range(2):
        state = cancel_envelope(envelope_id=given.id, reason="tablet lost", by="rita", at=AT)
        assert state is EnvelopeState.CANCELLED
    assert nothing_drawn_is_left(given.id)
    assert documents_of(f"envelope:{given.id}") == []
    assert [one.kind for one in events(given.id)][-2:] == ["tablet_lost", "cancelled"]


def test_what_is_completed_is_not_cancelled():
    given = opened()
    read_by(given.id)
    for key in ("contract", "clauses"):
        sign(given.id, key)
    complete_envelope(envelope_id=given.id, at=AT)
    with pytest.raises(SorgenteError, match="It is completed"):
        cancel_envelope(envelope_id=given.id, reason="x", by="rita", at=AT)


def test_moved_to_another_tablet_it_is_read_there():
    given, first, second = opened(), a_tablet(), a_tablet()
    for _ in range(2):
        assign_envelope_to_tablet(envelope_id=given.id, pairing_id=first.pairing_id, at=AT)
    assert [one.kind for one in events(given.id)] == ["opened", "assigned"]
    read_by(given.id)
    assign_envelope_to_tablet(envelope_id=given.id, pairing_id=second.pairing_id, at=AT)
    assert envelope(given.id).read_at is None
    assert tablet_envelope(second.device_token, given.id, at=AT).id == given.id
    with pytest.raises(UnknownEnvelope):
        tablet_envelope(first.device_token, given.id, at=AT)


# ---------------------------------------------------------------------- pairing


def test_a_pairing_code_is_good_once_and_for_minutes():
    offer = offer_pairing(clerk="rita", at=AT)
    assert pairing(offer.pairing_id).paired_at is None
    paired = pair_tablet(code=offer.code, at=later(minutes=4))
    assert tablet(paired.device_token, at=later(minutes=4)).clerk == "rita"
    assert [one.pairing_id for one in tablets_of("rita", at=later(minutes=4))] == [paired.pairing_id]
    assert tablets_of("ugo", at=later(minutes=4)) == []
    with pytest.raises(PairingRefused):
        pair_tablet(code=offer.code, at=later(minutes=4))
    late = offer_pairing(clerk="rita", at=AT)
    with pytest.raises(PairingRefused):
        pair_tablet(code=late.code, at=later(minutes=5))
    with pytest.raises(PairingRefused):
        pair_tablet(code="made up", at=AT)
    with pytest.raises(TabletUnknown):
        pairing(987654)


def test_a_tablet_must_be_paired_again_after_a_shift():
    device = a_tablet()
    assert tablet_seen(device_token=device.device_token, at=later(hours=11)) == device.pairing_id
    assert tablet(device.device_token, at=later(hours=11)).seen_at == later(hours=11)
    with pytest.raises(TabletUnknown):
        tablet_seen(device_token=device.device_token, at=later(hours=12))
    with pytest.raises(TabletUnknown):
        assign_envelope_to_tablet(envelope_id=opened().id, pairing_id=device.pairing_id, at=later(hours=12))


def test_only_hashes_of_tokens_are_kept():
    given, device = opened(), a_tablet()
    assert envelope_by_token(given.token).id == given.id
    assert len(given.token) >= 43
    row = Envelope.objects.get(pk=given.id)
    assert given.token not in str(vars(row))
    assert device.device_token not in str(vars(row.__class__.objects.get(pk=given.id)))
    with pytest.raises(UnknownEnvelope):
        envelope_by_token(given.token[:-1])


# ---------------------------------------------------------------------- adhesion


def test_without_adhesion_no_advanced_signature():
    with pytest.raises(NotEnrolled, match="Anna Bianchi has not adhered"):
        opened(enrolled=False)
    assert opened(enrolled=False, kind=SignatureKind.SIMPLE).state is EnvelopeState.OPEN
    assert opened(enrolled=False, method=Method.PAPER).state is EnvelopeState.OPEN


def test_the_adhesion_is_signed_first_and_takes_effect_with_the_seal():
    given = opened(enrolled=False, fields=(*FIELDS, ADHESION))
    assert envelope(given.id).fields[0].key == "adhesion"
    read_by(given.id)
    with pytest.raises(EnrolmentFirst):
        sign(given.id, "contract")
    for key in ("adhesion", "contract", "clauses"):
        sign(given.id, key)
    assert active_enrolment_of("party:12") is None
    sealed = complete_envelope(envelope_id=given.id, at=later(minutes=1))
    active = active_enrolment_of("party:12")
    assert (active.document_id, active.channel, active.notice_version) == (sealed, "tablet", "FEA-2020-1")
    assert active.identity_document == ANNA.identity


def test_a_revoked_adhesion_stops_the_next_signature():
    given = opened()
    read_by(given.id)
    sign(given.id, "contract")
    revoke_enrolment(party_reference="party:12", at=AT, through="portal")
    with pytest.raises(EnrolmentRevoked):
        sign(given.id, "clauses")
    with pytest.raises(EnrolmentUnknown):
        revoke_enrolment(party_reference="party:12", at=AT, through="portal")
    with pytest.raises(NotEnrolled):
        opened(enrolled=False)
    (gone,) = enrolments_of("party:12")
    assert (gone.revoked_at, gone.revoked_through) == (AT, "portal")
    assert opened().state is EnvelopeState.OPEN  # adhered again


# ---------------------------------------------------------------------- paper, time, wrong papers


def test_on_paper_without_any_device():
    given = opened(method=Method.PAPER, enrolled=False)
    with pytest.raises(SorgenteError, match="It is signed on paper"):
        sign(given.id, "contract")
    with pytest.raises(SorgenteError, match="It is signed on paper"):
        complete_envelope(envelope_id=given.id, at=AT)
    scan = stored(b"%PDF scan of the signed paper", title="Scansione", kind="scan")
    words = {"envelope_id": given.id, "scan_document_id": scan.pk, "by": "rita", "at": AT}
    with pytest.raises(NotAllSigned, match="clauses"):
        complete_on_paper(signed=["contract"], **words)
    assert complete_on_paper(signed=["contract", "clauses"], **words) == scan.pk
    assert complete_on_paper(signed=["contract", "clauses"], **words) == scan.pk
    assert states(given.id) == {"contract": "signed", "clauses": "signed", "marketing": "refused"}
    with pytest.raises(SorgenteError, match="It is signed by tablet"):
        complete_on_paper(**{**words, "envelope_id": opened().id}, signed=["contract", "clauses"])


def test_time_ends_an_envelope():
    given, other = opened(), opened(at=later(hours=2))
    read_by(given.id)
    sign(given.id, "contract")
    with pytest.raises(SorgenteError, match="It could be signed until 2026-11-24 09:00"):
        sign(given.id, "clauses", at=later(hours=24))
    assert expire_envelopes(at=later(hours=25)) == 1
    assert expire_envelopes(at=later(hours=25)) == 0
    assert envelope(given.id).state is EnvelopeState.EXPIRED
    assert envelope(other.id).state is EnvelopeState.OPEN
    assert nothing_drawn_is_left(given.id)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ((MARKETING,), "No field must be signed"),
        ((CONTRACT, CONTRACT), "'contract' is there 2 times"),
        ((CONTRACT.__class__("a", CONTRACT.kind, "A", True, 2, CONTRACT.box),), "page 3 of 2"),
        ((CONTRACT.__class__("a", CONTRACT.kind, "A", True, 0, (60, 120, 900, 170)),), "not on its page"),
        ((CONTRACT.__class__("a", CONTRACT.kind, "A", True, 0, (260, 120, 60, 170)),), "not on its page"),
        ((CONTRACT, ADHESION.__class__("b", ADHESION.kind, "B", False, 0, ADHESION.box)), "is optional"),
        ((CONTRACT, MARKETING.__class__("m", MARKETING.kind, "M", True, 0, MARKETING.box)), "a consent is free"),
    ],
)
def test_papers_that_cannot_be_signed(fields, says):
    with pytest.raises(FieldsWrong, match=says):
        opened(fields=fields)


def test_a_signer_is_identified_first():
    with pytest.raises(SignerNotIdentified, match="identity"):
        opened(identity=" ")
    with pytest.raises(SignerNotIdentified, match="email or mobile"):
        opened(method=Method.OTP, email="", mobile="")


def test_lists_for_clerk_and_contract():
    first, second = opened(), opened()
    cancel_envelope(envelope_id=second.id, reason="x", by="rita", at=AT)
    assert [one.id for one in envelopes(opened_by="rita")] == [second.id, first.id]
    assert [one.id for one in envelopes(under_way=True)] == [first.id]
    assert envelopes(opened_by="ugo") == []
    assert [one.id for one in envelopes_of_subject("contract:12")] == [second.id, first.id]
    view = envelope(first.id)
    assert (view.email, view.mobile) == ("a•••@example.org", "•••• 420")


@pytest.mark.parametrize(
    ("ink", "says"),
    [
        (None, "There is no ink"),
        ({"width": 0, "height": 10, "strokes": []}, "no size"),
        ({"width": float("nan"), "height": 10, "strokes": []}, "no size"),
        ({"width": 10, "height": 10}, "no strokes"),
        ({"width": 10, "height": 10, "strokes": [7]}, "not a list of points"),
        ({"width": 10, "height": 10, "strokes": [[[1]]]}, "not two numbers"),
        ({"width": 10, "height": 10, "strokes": [[[1, True]]]}, "not two numbers"),
        ({"width": 10, "height": 10, "strokes": [[[1, 2]] * 7]}, "7 points, fewer than 8"),
        ({"width": 10, "height": 10, "strokes": [[[1, 2]] * 20_001]}, "20001 points, more"),
    ],
)
def test_ink_that_is_no_signature(ink, says):
    given = opened()
    read_by(given.id)
    with pytest.raises(SorgenteError, match=says):
        sign_field(envelope_id=given.id, key="contract", ink=ink, input_kind=InputKind.PEN, at=AT)
    assert states(given.id)["contract"] == "waiting"


def test_an_unknown_field_and_an_unknown_envelope_are_said():
    given = opened()
    read_by(given.id)
    with pytest.raises(SorgenteError, match="no field 'nope'"):
        sign_field(envelope_id=given.id, key="nope", ink=INK, input_kind=InputKind.PEN, at=AT)
    with pytest.raises(UnknownEnvelope):
        record_shown(envelope_id=987654, at=AT)
    with pytest.raises(UnknownEnvelope):
        envelope(987654)


def test_a_document_that_is_no_pdf():
    with pytest.raises(SorgenteError, match="cannot be read as a PDF"):
        opened(content=b"hello")
