"""A ticket's life: forms and calls, clocks, decisions, readings, drafts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sorgente.journeys.tickets import (
    AnswerStillDue,
    answer_ticket,
    clocks_of_ticket,
    finish_ticket,
    open_clocks,
    reclassify,
    recognise_customer,
    register_ticket,
)
from sorgente.messages.queries.messages import messages_about
from sorgente.metering.models import Read
from sorgente.metering.usecases.accept_read import ReadBelowEarlierOne
from sorgente.tickets.adapters import offices, replies
from sorgente.tickets.adapters.offices import OfficesWrong, office_of
from sorgente.tickets.adapters.replies import FACTS, ReplyTemplateWrong, template_of
from sorgente.tickets.core.taxonomy import CATEGORIES
from sorgente.tickets.core.threads import answer_address, answer_subject, number_by_address
from sorgente.tickets.models import Correction, ReadProposal, Ticket
from sorgente.tickets.queries.inbox import inbox, tickets_of_account, tickets_of_party, waiting_by_office
from sorgente.tickets.queries.tickets import NoSuchTicket, conversation, read_proposals_of, ticket
from sorgente.tickets.usecases.correct_ticket import UnknownLabel, correct_category
from sorgente.tickets.usecases.draft_reply import draft_reply
from sorgente.tickets.usecases.handle_ticket import (
    UnknownOffice,
    UnknownSender,
    add_note,
    assign_ticket,
    close_ticket,
    reopen_ticket,
    set_customer,
)
from sorgente.tickets.usecases.one_ticket import TicketClosed, UnknownTicket
from sorgente.tickets.usecases.open_ticket import Attachment, EmptyTicket, open_ticket
from sorgente.tickets.usecases.read_proposals import (
    ProposalAlreadyDecided,
    UnknownProposal,
    accept_read_proposal,
    refuse_read_proposal,
)
from sorgente.tickets.usecases.reply import EmptyReply, NoAddress, reply_to_ticket
from tests.tickets.conftest import ANNA, AT

pytestmark = pytest.mark.django_db
COMPLAINT = (
    "Sono indignata: da tre mesi aspetto una risposta al mio reclamo e nessuno si degna di scrivermi. Il vostro "
    "personale allo sportello mi ha trattata in modo maleducato. Pretendo delle scuse scritte."
)


def complain(town, **changes):
    given = {"channel": "web", "subject": "Reclamo", "body": COMPLAINT, "at": AT, "sender": ANNA,
             "party_id": town.people["Bianchi"].party_id}  # fmt: skip
    registered = register_ticket(**{**given, **changes})
    if registered.ticket.regulated_type != "reclamo_scritto":
        reclassify(number=registered.ticket.number, regulated_type="reclamo_scritto", by="test", at=AT)
    return ticket(registered.ticket.number)


# ------------------------------------------------------------------ opening


def test_a_form_opens_a_ticket_with_its_term_and_its_receipt(town):
    found = complain(town)
    assert (found.channel, found.identified_by, found.regulated_type) == ("web", "signed_in", "reclamo_scritto")
    assert found.account_number
    # 20 April 2026 and thirty working days: 25 April falls on a Saturday, 1 May and 2 June are holidays.
    assert found.due_on == date(2026, 6, 3)
    (receipt,) = messages_about(f"ticket:{found.number}")
    assert found.number in receipt.body
    assert "entro il 3 giugno 2026" in receipt.body
    assert "conferma automatica" in receipt.body


def test_a_call_has_no_written_term(town):
    opened = register_ticket(channel="phone", subject="Reclamo", body=COMPLAINT, at=AT, author="anna")
    assert (opened.due_on, opened.acknowledged) == (None, False)


def test_files_of_a_form_are_kept(town):
    opened = open_ticket(
        channel="web", subject="Foto", body="In allegato", at=AT, party_id=town.people["Bianchi"].party_id,
        attachments=[Attachment("nota.txt", b"La lettura\n")],
    )  # fmt: skip
    (message,) = conversation(opened.number)
    assert message.attachments[0].sha256


def test_nothing_said_is_refused(db):
    with pytest.raises(EmptyTicket):
        open_ticket(channel="web", subject=" ", body="\n", at=AT)


def test_lists(town):
    found = complain(town)
    assert [one.number for one in tickets_of_party(found.party_id)] == [found.number]
    assert [one.number for one in tickets_of_account(found.account_number)] == [found.number]
    assert waiting_by_office()[found.office] == 1
    assert inbox(office=found.office, text="bianchi").get()["due_on"] == found.due_on
    assert not inbox(due_before=found.due_on).exists()
    assert inbox(due_before=found.due_on + timedelta(days=1)).exists()
    with pytest.raises(NoSuchTicket):
        ticket("T1999-000001")


# ------------------------------------------------------------------ clocks


def test_an_answer_stops_the_clock_and_a_question_does_not(town):
    found = complain(town)
    answer_ticket(number=found.number, body="Quando è successo?", author="anna", at=AT, waits_for_customer=True)
    assert [one.state for one in clocks_of_ticket(found.number)] == ["running"]
    assert ticket(found.number).state == "waiting"
    later = AT + timedelta(days=3)
    answered = answer_ticket(number=found.number, body="Ci scusiamo.", author="anna", at=later)
    assert (answered.state, answered.due_on, answered.answered_at) == ("answered", None, later)
    (clock,) = clocks_of_ticket(found.number)
    assert (clock.standard, clock.state, clock.within) == ("S25", "ended", True)


def test_another_type_moves_the_clock_and_both_stay_in_the_register(town):
    found = complain(town)
    now = reclassify(number=found.number, regulated_type="richiesta_informazioni", by="anna", at=AT + timedelta(days=2))
    assert [(one.standard, one.state) for one in clocks_of_ticket(found.number)] == [
        ("S25", "cancelled"), ("S26", "running"),
    ]  # fmt: skip
    assert clocks_of_ticket(found.number)[1].started_at == AT, "the term counts from when it was received"
    back = reclassify(number=found.number, regulated_type="reclamo_scritto", by="anna", at=AT + timedelta(days=3))
    assert [one.standard for one in open_clocks(found.number)] == ["S25"]
    assert (now.due_on < back.due_on, back.due_on) == (True, found.due_on)


def test_a_correction_has_two_terms_and_money_its_own_end(town):
    found = complain(town)
    reclassify(number=found.number, regulated_type="richiesta_rettifica", by="anna", at=AT)
    assert {one.standard for one in open_clocks(found.number)} == {"G07", "S27"}
    answer_ticket(number=found.number, body="Ha ragione: accreditiamo.", author="anna", at=AT)
    assert [one.standard for one in open_clocks(found.number)] == ["S27"]
    answer_ticket(number=found.number, body="Accreditati.", author="anna", at=AT, correction="credited")
    assert open_clocks(found.number) == []


def test_a_correction_not_due_is_called_off(town):
    found = complain(town)
    reclassify(number=found.number, regulated_type="richiesta_rettifica", by="anna", at=AT)
    answer_ticket(number=found.number, body="La bolletta è giusta.", author="anna", at=AT, correction="not_due")
    assert {one.standard: one.state for one in clocks_of_ticket(found.number)} == {
        "S25": "cancelled", "G07": "ended", "S27": "cancelled",
    }  # fmt: skip


def test_who_it_is_from_goes_to_the_clock_too(town):
    found = complain(town, channel="email", sender="nipote@posta.example", party_id=None)
    assert found.party_id is None
    known = recognise_customer(number=found.number, party_id=town.people["Bianchi"].party_id, by="anna", at=AT)
    (clock,) = open_clocks(found.number)
    assert clock.account_number == known.account_number != ""
    assert known.due_on == found.due_on


def test_closing_while_an_answer_is_due_needs_a_reason(town):
    found = complain(town)
    with pytest.raises(AnswerStillDue, match="S25"):
        finish_ticket(number=found.number, by="anna", at=AT)
    closed = finish_ticket(number=found.number, by="anna", at=AT, reason="doppione di un altro reclamo")
    assert (closed.state, closed.due_on) == ("closed", None)
    assert conversation(found.number)[-1].text == "Chiusa: doppione di un altro reclamo"


# ------------------------------------------------------------------ people


def test_corrections_are_kept_and_unknown_labels_refused(town):
    found = complain(town)
    changed = correct_category(number=found.number, category="guasto_emergenza", by="anna", at=AT)
    assert (changed.office, changed.confirmed) == ("pronto_intervento", True)
    assert Correction.objects.filter(field="category", after="guasto_emergenza", by="anna").count() == 1
    with pytest.raises(UnknownLabel):
        correct_category(number=found.number, category="pizza", by="anna", at=AT)


def test_hands(town):
    found = complain(town)
    assert assign_ticket(number=found.number, to="anna", by="anna", at=AT).state == "assigned"
    moved = assign_ticket(number=found.number, to="anna", by="anna", at=AT, office="credito")
    assert (moved.office, moved.assigned_to) == ("credito", "")
    with pytest.raises(UnknownOffice):
        assign_ticket(number=found.number, to="", by="anna", at=AT, office="cucina")
    add_note(number=found.number, text="Sentito il collega", by="anna", at=AT)
    close_ticket(number=found.number, by="anna", at=AT)
    with pytest.raises(TicketClosed):
        assign_ticket(number=found.number, to="bruno", by="anna", at=AT)
    with pytest.raises(TicketClosed):
        reply_to_ticket(number=found.number, body="Ecco", author="anna", at=AT)
    assert reopen_ticket(number=found.number, by="anna", at=AT).state == "new"
    with pytest.raises(UnknownTicket):
        close_ticket(number="T1999-000001", by="anna", at=AT)
    with pytest.raises(UnknownSender):
        set_customer(number=found.number, party_id=999_999, by="anna", at=AT)
    with pytest.raises(UnknownSender, match="not one of"):
        set_customer(number=found.number, party_id=found.party_id, by="anna", at=AT, account_number="X")


def test_every_state_of_a_ticket_stays_on_record(town):
    found = complain(town)
    assign_ticket(number=found.number, to="anna", by="anna", at=AT)
    tracked = Ticket._meta.get_field("events").related_model
    states = list(tracked.objects.filter(number=found.number).order_by("pgh_id").values_list("state", flat=True))
    assert (states[0], states[-1]) == ("new", "assigned")


def test_an_answer_needs_words_and_somewhere_to_go(town):
    found = register_ticket(channel="phone", subject="Info", body="Chiede gli orari", at=AT).ticket
    with pytest.raises(NoAddress):
        reply_to_ticket(number=found.number, body="Alle nove.", author="anna", at=AT)
    with pytest.raises(EmptyReply):
        reply_to_ticket(number=found.number, body=" \n", author="anna", at=AT)


def test_addresses_and_subjects_of_answers():
    address = answer_address("clienti@valdoro.example", "T2026-000123", secret="s")
    assert number_by_address((address,), secret="s") == "T2026-000123"
    assert number_by_address((address.upper(),), secret="s") == "T2026-000123"
    assert number_by_address((address,), secret="another") == ""
    assert answer_subject("Re: R: Lettura [T2026-000123]", "T2026-000123") == "Re: Lettura [T2026-000123]"
    assert len(answer_subject("x" * 400, "T2026-000123")) <= 200


# ------------------------------------------------------------------ readings


def send_reading(town, index: int):
    given = {"channel": "web", "subject": "Autolettura", "body": f"La lettura del contatore è {index}, letta oggi.",
             "at": AT, "party_id": town.people["Bianchi"].party_id}  # fmt: skip
    number = register_ticket(**given).ticket.number
    return number, ReadProposal.objects.get(ticket__number=number)


def test_a_reading_waits_for_a_person(town):
    number, proposal = send_reading(town, 121)
    assert (proposal.serial, proposal.index_milli, proposal.read_on) == ("A17", 121_000, AT.date())
    assert not Read.objects.filter(read_on=AT.date()).exists()
    (shown,) = read_proposals_of(number, at=AT)
    assert (shown.verdict, shown.state) == ("accepted", "proposed")
    taken = accept_read_proposal(proposal_id=proposal.pk, by="anna", at=AT)
    assert (taken.state, Read.objects.get(read_on=AT.date()).kind) == ("accepted", "self")
    with pytest.raises(ProposalAlreadyDecided):
        refuse_read_proposal(proposal_id=proposal.pk, by="anna", at=AT)
    assert "registrato 121 m³" in draft_reply(ticket(number), as_of=AT.date(), signed_by="Anna").body


def test_a_reading_below_the_earlier_one_stays_proposed(town):
    number, proposal = send_reading(town, 110)
    (shown,) = read_proposals_of(number, at=AT)
    assert shown.verdict != "accepted"
    with pytest.raises(ReadBelowEarlierOne):
        accept_read_proposal(proposal_id=proposal.pk, by="anna", at=AT)
    taken = accept_read_proposal(proposal_id=proposal.pk, by="anna", at=AT, index_milli=122_000)
    assert taken.state == "accepted"
    with pytest.raises(UnknownProposal):
        accept_read_proposal(proposal_id=999_999, by="anna", at=AT)


# ------------------------------------------------------------------ rules


def test_every_category_has_an_office_and_an_answer():
    assert all(office_of(category, on=date(2026, 4, 20)) for category in CATEGORIES)
    assert all(template_of(category).paragraphs for category in CATEGORIES)


def test_answers_say_thou_and_never_promise_what_is_not_known(town):
    found = complain(town)
    for category in CATEGORIES:
        correct_category(number=found.number, category=category, by="anna", at=AT)
        draft = draft_reply(ticket(found.number), as_of=AT.date(), signed_by="Anna Verdi")
        assert "{" not in draft.body, category
        assert draft.body.startswith("Buongiorno "), category
        assert {name for name, _ in draft.facts} <= set(FACTS.values())


def test_rule_files_that_do_not_hold_together_are_refused(tmp_path, monkeypatch):
    (tmp_path / "tickets/replies").mkdir(parents=True)
    (tmp_path / "tickets/replies/a.yaml").write_text("replies: {autolettura: ['Ecco {password}']}\n")
    monkeypatch.setattr(replies, "rules_dir", lambda: tmp_path)
    with pytest.raises(ReplyTemplateWrong, match="password is not known"):
        template_of("autolettura")
    (tmp_path / "tickets/replies/a.yaml").write_text("replies: {autolettura: [Ecco]}\n")
    with pytest.raises(ReplyTemplateWrong, match="has no answer"):
        template_of("autolettura")
    (tmp_path / "tickets/offices.yaml").write_text(
        "id: x\nsays: x\napplies_by: event_day\nvalues:\n"
        "  - {from: 2020-01-01, table: {contratti: [pizza]}, cite: {act: x}}\n"
    )
    monkeypatch.setattr(offices, "rules_dir", lambda: tmp_path)
    with pytest.raises(OfficesWrong, match="pizza"):
        office_of("autolettura", on=date(2026, 4, 20))
