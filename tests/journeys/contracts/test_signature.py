"""The signature of a request: by pen on a tablet, by a code at a distance, with ink on paper."""

from __future__ import annotations

import re

import pytest
from django.core import mail

from sorgente.archive.queries.documents import document_of, documents_of
from sorgente.archive.signing.core.values import Channel, Source
from sorgente.archive.signing.queries.enrolments import active_enrolment_of
from sorgente.archive.signing.queries.envelopes import envelope
from sorgente.archive.signing.usecases.sign_field import refuse_field, sign_field
from sorgente.archive.signing.usecases.signing_codes import confirm_otp
from sorgente.customers.usecases.request_papers import NothingToSign
from sorgente.journeys.contracts.papers import paper_to_sign, prepare_papers
from sorgente.journeys.contracts.sign import (
    SignaturesMissing,
    cancel,
    finish_signature,
    sign_on_paper,
    start_signature,
)
from sorgente.journeys.signing import send_code
from sorgente.quality.queries.clocks import clocks_of
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
