"""The signature of a request: by pen on a tablet, by a code at a distance, with ink on paper."""

from __future__ import annotations

import re

import pytest
from django.core import mail

from sorgente.archive.queries.documents import document_of, documents_of
from sorgente.archive.signing.core.values import Channel, Method, Source
from sorgente.archive.signing.queries.enrolments import active_enrolment_of
from sorgente.archive.signing.queries.envelopes import envelope
from sorgente.archive.signing.queries.events import events
from sorgente.archive.signing.usecases.complete_envelope import NotAllSigned
from sorgente.archive.signing.usecases.end_envelope import expire_envelopes
from sorgente.archive.signing.usecases.sign_field import refuse_field, sign_field
from sorgente.archive.signing.usecases.signing_codes import confirm_otp
from sorgente.customers.usecases.request_papers import NothingToSign
from sorgente.interfaces.desk.requests.summary import summary_of
from sorgente.journeys.contracts.papers import paper_to_sign, prepare_papers
from sorgente.journeys.contracts.pick_up import pick_up_signatures
from sorgente.journeys.contracts.sign import (
    SignaturesMissing,
    cancel,
    finish_signature,
    sign_on_paper,
    start_signature,
)
from sorgente.journeys.signing import finish_on_paper, send_code, sign_another_way
from sorgente.quality.queries.clocks import clocks_of
from sorgente.shared.errors import SorgenteError
from tests.journeys.contracts.office import IBAN, scan
from tests.signing.counter import read_by, sign

pytestmark = pytest.mark.django_db
HOME = Source(ip="198.51.100.7", agent="Firefox", device="d1")


@pytest.fixture
def asked(office):
    return office.on("2026-11-23").asks("activation", "Rossi", payment_method="sdd", iban=IBAN)


def test_on_a_tablet_the_contract_brings_the_adhesion(asked):
    prepare_papers(**asked.by(), method="tablet")
    there = start_signature(**asked.by(), method="tablet")
    assert start_signature(**asked.by(), method="tablet").id == there.id
    assert finish_signature(**asked.by()).line.state == "to_sign"  # nobody has signed yet
    read_by(there.id, at=asked.now)
    for field in envelope(there.id).fields:
        if field.required or field.key == "consent_paperless":
            sign(there.id, field.key, at=asked.now)
        else:
            refuse_field(envelope_id=there.id, key=field.key, at=asked.now)
    view = finish_signature(**asked.by())

    assert view.line.state == "ready"
    assert {"contract", "onerous_clauses", "privacy", "debit_mandate", "title_declaration", "enrolment"} <= set(
        view.signed_fields
    )
    assert "consent_paperless" in view.signed_fields
    assert "consent_marketing" not in view.signed_fields
    assert active_enrolment_of(f"party:{view.line.party_id}") is not None
    assert finish_signature(**asked.by()) == view
    asked.reads(0, meter_serial="N77")
    done = asked.executes("Rossi")
    assert view.signed_document_id in {one.id for one in documents_of(f"mandate:{done.account_number}-1")}


def test_by_a_code_at_a_distance(asked):
    prepare_papers(**asked.by(), method="otp")
    there = start_signature(**asked.by(), method="otp")
    read_by(there.id, at=asked.now)
    for field in envelope(there.id).fields:
        if field.required:
            sign_field(envelope_id=there.id, key=field.key, at=asked.now)
    send_code(envelope_id=there.id, channel=Channel.EMAIL, at=asked.now)
    code = re.search(r"\b\d{6}\b", mail.outbox[-1].body)
    assert code is not None
    confirm_otp(envelope_id=there.id, code=code.group(), at=asked.now, source=HOME)
    view = finish_signature(**asked.by())
    assert view.line.state == "ready"
    assert view.answers["signed_by"] == "otp"


def test_with_ink_every_required_field_bears_a_signature(asked):
    with pytest.raises(NothingToSign, match="Prepare the papers first"):
        start_signature(**asked.by(), method="tablet")
    prepared = prepare_papers(**asked.by(), method="paper")
    keys = [one.key for one in paper_to_sign(prepared.paper_document_id).fields]
    assert "enrolment" not in keys
    with pytest.raises(SignaturesMissing, match="mandato SEPA"):
        sign_on_paper(
            **asked.by(), content=scan(), filename="a.png",
            signed_fields=[key for key in keys if key != "debit_mandate"],
        )  # fmt: skip
    view = sign_on_paper(**asked.by(), content=scan(), filename="a.png", signed_fields=[*keys, "of another paper"])
    assert set(view.signed_fields) == set(keys)
    assert document_of(view.signed_document_id).title.endswith("(firmato su carta)")


def test_a_refused_paper_goes_back_to_its_documents(asked):
    prepare_papers(**asked.by(), method="tablet")
    there = start_signature(**asked.by(), method="tablet")
    read_by(there.id, at=asked.now)
    refuse_field(envelope_id=there.id, key="contract", at=asked.now)
    view = finish_signature(**asked.by())
    assert (view.line.state, view.paper_document_id, view.envelope_id) == ("documents", None, None)
    with pytest.raises(NothingToSign, match="No signature was opened"):
        finish_signature(**asked.by())


def test_a_cancelled_request_takes_envelope_and_clock_along(asked):
    prepare_papers(**asked.by(), method="tablet")
    there = start_signature(**asked.by(), method="tablet")
    view = cancel(**asked.by(), reason="Ci ha ripensato")
    assert (view.line.state, view.outcome_reason) == ("cancelled", "Ci ha ripensato")
    assert envelope(there.id).state == "cancelled"
    assert clocks_of(f"request:{asked.number}", as_of=asked.today) == []


def test_the_clock_of_a_complete_request_is_called_off_with_it(asked):
    asked.signs()
    cancel(**asked.by(), reason="Ci ha ripensato")
    (clock,) = clocks_of(f"request:{asked.number}", as_of=asked.today)
    assert clock.state == "cancelled"


# ---------------------------------------------------------------------- without a clerk


def signed_by_code(envelope_id: int, office) -> None:
    read_by(envelope_id, at=office.now)
    for field in envelope(envelope_id).fields:
        if field.required:
            sign_field(envelope_id=envelope_id, key=field.key, at=office.now)
    send_code(envelope_id=envelope_id, channel=Channel.EMAIL, at=office.now)
    code = re.search(r"\b\d{6}\b", mail.outbox[-1].body)
    assert code is not None
    confirm_otp(envelope_id=envelope_id, code=code.group(), at=office.now, source=HOME)


def test_signed_from_home_moves_on_by_itself(asked):
    # Nov 23            Nov 24                Nov 25
    #   |-- link sent ----|-- nothing yet ------|-- signed: the job takes it, once
    prepare_papers(**asked.by(), method="otp")
    there = start_signature(**asked.by(), method="otp")
    asked.on("2026-11-24")
    nothing = pick_up_signatures(at=asked.now)
    assert (nothing.signed, nothing.taken_back, nothing.refusals) == ([], [], [])
    asked.on("2026-11-25")
    signed_by_code(there.id, asked)
    assert pick_up_signatures(at=asked.now).signed == [asked.number]
    assert (asked.view.line.state, asked.view.answers["signed_by"]) == ("ready", "otp")
    assert pick_up_signatures(at=asked.now).signed == []


def test_refused_and_run_out_go_back_with_the_reason_and_stop_nobody(office):
    refused = office.on("2026-11-23").asks("activation", "Rossi").number
    prepare_papers(**office.by(), method="tablet")
    there = start_signature(**office.by(), method="tablet")
    read_by(there.id, at=office.now)
    refuse_field(envelope_id=there.id, key="contract", at=office.now)
    forgotten = office.asks("activation", "Verdi").number
    prepare_papers(**office.by(), method="otp")
    start_signature(**office.by(), method="otp")
    assert pick_up_signatures(at=office.now).taken_back == [refused]
    office.on("2027-01-20")
    assert expire_envelopes(at=office.now) == 1
    assert pick_up_signatures(at=office.now).taken_back == [forgotten]
    assert (office.view.line.state, office.view.envelope_id) == ("documents", None)
    assert summary_of(office.view, at=office.now)["unsigned"] == "il tempo per firmare è finito"
    office.signs()
    assert "unsigned" not in summary_of(office.view, at=office.now)


def test_a_bad_one_is_told_and_the_others_are_taken(office, monkeypatch):
    from sorgente.journeys.contracts import pick_up

    numbers = []
    for name in ("Rossi", "Verdi"):
        numbers.append(office.on("2026-11-23").asks("activation", name).number)
        prepare_papers(**office.by(), method="otp")
        signed_by_code(start_signature(**office.by(), method="otp").id, office)
    real = pick_up.finish_signature

    def broken(*, number: str, **given):
        if number == numbers[0]:
            raise SorgenteError(f"Request {number}", "The seal did not answer.", "It is tried again.")
        return real(number=number, **given)

    monkeypatch.setattr(pick_up, "finish_signature", broken)
    found = pick_up_signatures(at=office.now)
    assert found.signed == [numbers[1]]
    assert [(number, error.facts) for number, error in found.refusals] == [(numbers[0], "The seal did not answer.")]
    monkeypatch.undo()
    assert pick_up_signatures(at=office.now).signed == [numbers[0]]


def test_nothing_is_sealed_under_the_pen(asked):
    prepare_papers(**asked.by(), method="tablet")
    there = start_signature(**asked.by(), method="tablet")
    read_by(there.id, at=asked.now)
    for field in envelope(there.id).fields:
        if field.required:
            sign(there.id, field.key, at=asked.now)
    assert pick_up_signatures(at=asked.now).signed == []
    for field in envelope(there.id).fields:
        if not field.required:
            refuse_field(envelope_id=there.id, key=field.key, at=asked.now)
    assert pick_up_signatures(at=asked.now).signed == [asked.number]


def test_another_way_chosen_on_the_signing_page_is_followed(asked):
    prepare_papers(**asked.by(), method="otp")
    there = start_signature(**asked.by(), method="otp")
    paper = sign_another_way(envelope_id=there.id, method=Method.PAPER, reason="no e-mail", by="rita", at=asked.now)
    assert pick_up_signatures(at=asked.now).taken_back == []
    assert "enrolment" in {one.key for one in envelope(there.id).fields}
    keys = [one.key for one in envelope(paper.id).fields if one.required]
    assert "enrolment" not in keys
    words = {"envelope_id": paper.id, "content": scan("by hand"), "filename": "a.png", "hand": "Rossi Anna (delegata)",
             "by": "rita", "at": asked.now}  # fmt: skip
    with pytest.raises(NotAllSigned):
        finish_on_paper(**words, signed=keys[1:])
    document_id = finish_on_paper(**words, signed=keys)
    facts = {event.kind: event.facts for event in events(paper.id)}
    assert facts["signed_on_paper"]["hand"] == "Rossi Anna (delegata)"
    assert pick_up_signatures(at=asked.now).signed == [asked.number]
    assert (asked.view.signed_document_id, asked.view.answers["signed_by"]) == (document_id, "paper")


def test_a_new_paper_ends_the_link_that_was_out(asked):
    prepare_papers(**asked.by(), method="otp")
    there = start_signature(**asked.by(), method="otp")
    asked.signs()
    assert (envelope(there.id).state, asked.view.line.state) == ("cancelled", "ready")
