"""A small demonstration has something on every page of the customer's spine, and its books stand."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from sorgente.archive.queries.documents import find_document, read_document
from sorgente.archive.queries.paper import disposals, paper_count, scan_batches
from sorgente.archive.signing.core.values import EnvelopeState, InputKind, SignatureKind
from sorgente.archive.signing.queries.envelopes import envelopes
from sorgente.billing.queries.bill_list import list_bills
from sorgente.billing.queries.deposits import deposit_of
from sorgente.customers.access.models import AccountAccess, PortalUser
from sorgente.customers.queries.requests import request_view, requests_list
from sorgente.quality.queries.clocks import list_clocks
from sorgente.quality.queries.indemnities import list_indemnities
from sorgente.tickets.appointments.models import Appointment
from sorgente.tickets.appointments.queries.counter import calls_since, counter_of, waits_of
from sorgente.tickets.models import IncomingMail, ReadProposal, Ticket
from tests.lived.life import AS_OF, NOW


def requests_of(kind: str, state: str) -> list[Any]:
    return [request_view(line.number, as_of=AS_OF) for line in requests_list(kind=kind, state=state).lines]


def test_nothing_was_refused(summary):
    assert summary.refusals == []


def test_requests_of_every_kind_and_state(summary):
    found = Counter((line.kind, line.state) for line in requests_list(size=100).lines)
    assert found[("activation", "executed")] == 2
    assert found[("takeover", "executed")] == 1
    assert {("subentro", "executed"), ("takeover_by_death", "executed"), ("termination", "executed"),
            ("household", "executed"), ("takeover", "ready"), ("takeover", "refused"), ("activation", "cancelled"),
            ("takeover", "to_sign")} <= set(found)  # fmt: skip
    assert any(state in ("draft", "documents") for _, state in found)


def test_contracts_are_signed_with_a_pen_by_code_and_with_ink(summary):
    ways = {one.answers["signed_by"] for kind in ("activation", "takeover", "subentro")
            for one in requests_of(kind, "executed")}  # fmt: skip
    assert ways == {"tablet", "otp", "paper"}
    sealed = [one for one in envelopes(most=100) if one.state is EnvelopeState.COMPLETED]
    assert summary.signed == len(sealed) == 4
    by_pen = [field for one in sealed for field in one.fields if field.input_kind is InputKind.PEN_PRESSURE]
    assert by_pen
    assert {field.signature_kind for field in by_pen} == {SignatureKind.ADVANCED}
    assert any(not one.state.final for one in envelopes(most=100))


def test_whoever_leaves_gets_a_closing_bill_and_the_deposit_back(summary):
    (left,) = requests_of("termination", "executed")
    (bill,) = [one for one in list_bills(as_of=AS_OF) if one["number"] in left.bills]
    assert bill["kind"] == "closing"
    deposit = deposit_of(left.contract_number)
    assert deposit is not None
    assert deposit.state == "returned"
    assert deposit.returned_cents > 0


def test_a_household_told_late_was_billed_anew(summary):
    (told,) = requests_of("household", "executed")
    kinds = {one["kind"] for one in list_bills(as_of=AS_OF) if one["number"] in told.bills}
    assert not told.bills or "credit_note" in kinds


def test_clocks_run_and_indemnities_accrue(summary):
    assert "S12" in {row["standard"] for row in list_clocks(as_of=AS_OF, window="late")}
    assert {"S12", "S16"} <= {row["standard"] for row in list_indemnities()}
    assert summary.late_performances >= 1


def test_the_diary_the_queue_and_the_calls(summary):
    states = Counter(Appointment.objects.values_list("state", flat=True))
    assert states["served"] > 20
    assert states["missed"] > 0
    assert states["booked"] > 20
    queue = counter_of(place="valdoro", on=AS_OF, now=NOW)
    assert {"waiting", "called", "served"} == {one.state for one in queue}
    assert waits_of(start=AS_OF - timedelta(days=20), end=AS_OF, limit=timedelta(minutes=20)).served > 20
    calls = calls_since(NOW - timedelta(hours=12))
    assert len(calls) == 15
    assert (calls[0].answered_at, calls[0].ended_at) == (None, None)
    assert calls[0].caller


def test_the_mailbox_has_tickets_and_what_is_none(summary):
    assert IncomingMail.objects.count() > 60
    assert {"ticket", "automatic"} <= set(IncomingMail.objects.values_list("outcome", flat=True))
    assert IncomingMail.objects.filter(times=2).count() == 1
    assert Ticket.objects.filter(channel="pec").exists()
    assert Ticket.objects.filter(channel="web").exists()
    assert {"new", "answered", "closed"} <= set(Ticket.objects.values_list("state", flat=True))
    assert ReadProposal.objects.exists()
    assert Ticket.objects.latest("opened_at").opened_at <= NOW


def test_customers_use_the_web_area(summary):
    assert summary.portal_users == PortalUser.objects.count() > 5
    assert AccountAccess.objects.filter(revoked_at=None).count() == 2
    assert summary.to_try is not None
    assert len(summary.to_try[1]) == 11


def test_paper_came_in_and_some_of_it_is_gone(summary):
    assert {one.state for one in scan_batches()} == {"attested", "sampled"}
    count = paper_count()
    assert (count.total.papers_left, count.total.papers_gone) == (62, 18)
    gone, waiting = sorted(disposals(), key=lambda one: one.proposed_at)
    assert (gone.state, len(gone.approvals)) == ("executed", 2)
    assert (waiting.state, len(waiting.approvals)) == ("proposed", 1)
    minutes = find_document(gone.minutes_sha256)
    assert minutes is not None
    assert read_document(minutes.sha256)[:5] == b"%PDF-"
    # Twelve of the first batch and the second but the one under legal hold; the third is not attested.
    assert count.ready_to_go == 12 + 24 - 1
