"""The inbox and a ticket's page, as a clerk uses them without JavaScript."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model

from sorgente.customers.usecases.contact_points import add_contact_point
from sorgente.journeys.tickets import handle_incoming, register_ticket
from sorgente.tickets.models import Correction, ReadProposal, Ticket
from tests.tickets.conftest import ANNA, AT, mail_of

pytestmark = pytest.mark.django_db
COMPLAINT = (
    "Sono indignata: da tre mesi aspetto una risposta al mio reclamo e nessuno si degna di scrivermi. Il vostro "
    "personale allo sportello mi ha trattata in modo maleducato. Pretendo delle scuse scritte."
)


@pytest.fixture
def number(town, settings, tmp_path) -> str:
    settings.ARCHIVE_DIR = tmp_path / "archive"
    add_contact_point(party_id=town.party_id, kind="email", value=ANNA, given_at=AT)
    return handle_incoming(raw=bytes(mail_of(COMPLAINT, subject="Reclamo formale")), at=datetime.now(UTC)).ticket


def test_the_inbox_shows_what_waits_for_an_office(number, sign_in):
    desk = sign_in("complaints")
    page = desk.get("/tickets/?office=reclami").content.decode()
    assert "Reclamo formale" in page
    assert number in page
    assert "Nessuna segnalazione" in desk.get("/tickets/?office=protezione_dati").content.decode()
    assert number in b"".join(desk.get("/tickets/?export=csv").streaming_content).decode()


def test_the_page_has_the_customer_beside_the_message(number, town, sign_in):
    page = sign_in("complaints").get(f"/tickets/{number}/").content.decode()
    for words in ("maleducato", town.name, town.account, town.serial, "Termini di legge", "Buongiorno"):
        assert words in page, words


def test_one_key_corrects_and_the_clock_follows_the_type(number, sign_in):
    desk = sign_in("complaints")
    desk.post(f"/tickets/{number}/classify/", {"category": "guasto_emergenza"})
    desk.post(f"/tickets/{number}/classify/", {"regulated_type": "nessuno"})
    found = Ticket.objects.get(number=number)
    assert (found.category, found.office, found.due_on) == ("guasto_emergenza", "pronto_intervento", None)
    assert set(Correction.objects.values_list("field", "after")) >= {("category", "guasto_emergenza")}


def test_the_row_comes_back_alone_for_a_key_in_the_list(number, sign_in):
    desk = sign_in("complaints")
    given = {"category": "guasto_emergenza", "next": "/tickets/?office=reclami"}
    page = desk.post(f"/tickets/{number}/classify/", given, headers={"HX-Request": "true"}).content.decode()
    assert page.strip().startswith(f'<tr id="ticket-{number}"')
    assert 'name="next" value="/tickets/?office=reclami"' in page  # where its own forms lead back to
    page = desk.post(f"/tickets/{number}/assign/", {"me": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert "complaints" in page


def test_answer_note_and_close(number, sign_in):
    desk = sign_in("complaints")
    desk.post(f"/tickets/{number}/reply/", {"as": "note", "note": "Sentito il collega."})
    refused = desk.post(f"/tickets/{number}/close/")
    assert refused.status_code == 422
    assert "Answer first" in refused.content.decode()
    desk.post(f"/tickets/{number}/reply/", {"as": "answer", "body": "Ci scusiamo."})
    desk.post(f"/tickets/{number}/close/")
    found = Ticket.objects.get(number=number)
    assert (found.state, found.due_on) == ("closed", None)
    page = desk.get(f"/tickets/{number}/").content.decode()
    assert "Sentito il collega." in page
    assert "rispettato" in page


def test_a_reading_becomes_a_read_when_a_clerk_says_so(town, sign_in, settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path / "archive"
    from sorgente.customers.queries.overview import customer_overview
    from sorgente.metering.queries.point_meters import meters_at

    customer = customer_overview(town.party_id, as_of=AT.date())
    point = next(contract.point.id for account in customer.accounts for contract in account.contracts)
    latest = meters_at([point])[0].reads[0]
    opened = register_ticket(
        channel="web", subject="Autolettura", body=f"Il contatore segna {latest.index_milli // 1000 + 1}",
        at=datetime.now(UTC),
        party_id=town.party_id, account_number=town.account,
    ).ticket  # fmt: skip
    proposal = ReadProposal.objects.get(ticket__number=opened.number)
    desk = sign_in("desk")
    assert "Lettura nel messaggio" in desk.get(f"/tickets/{opened.number}/").content.decode()
    desk.post(f"/tickets/{opened.number}/reads/{proposal.pk}/", {"decision": "accept"})
    proposal.refresh_from_db()
    assert proposal.read_id is not None
    assert proposal.state in ("accepted", "held")


def test_a_reading_of_another_ticket_is_not_there(number, town, sign_in):
    assert sign_in("desk").post(f"/tickets/{number}/reads/999999/", {"decision": "accept"}).status_code == 404


def test_the_way_back_stays_on_this_site(number, sign_in):
    desk = sign_in("complaints")
    desk.post(f"/tickets/{number}/classify/", {"regulated_type": "nessuno"})
    answer = desk.post(f"/tickets/{number}/assign/", {"me": "1", "next": "https://altrove.example/"})
    assert answer["Location"] == f"/tickets/{number}/"
    assert desk.post(f"/tickets/{number}/assign/", {"me": "1", "next": "/tickets/?x=1"})["Location"] == "/tickets/?x=1"


def test_what_is_written_down_at_the_desk(town, sign_in):
    desk = sign_in("desk")
    assert town.account in desk.get(f"/tickets/new/?customer={town.party_id}").content.decode()
    answer = desk.post(
        "/tickets/new/",
        {
            "channel": "phone",
            "subject": "Bolletta",
            "body": "Vuole una copia della bolletta.",
            "party": str(town.party_id),
        },
    )
    page = desk.get(answer["Location"]).content.decode()
    assert "riconosciuto da un operatore" in page


def test_hostile_html_shows_nothing_of_its_own(town, sign_in, settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path / "archive"
    mail = mail_of("Testo semplice del messaggio di prova", subject="<script>alert(1)</script>")
    mail.add_alternative(
        '<p onclick="x()">Ciao<script>alert(2)</script><img src="https://spia.example/p.png">'
        '<a href="javascript:y()">q</a>'
        '<style>body{display:none}</style><form action="/x"><input></form></p>', subtype="html",
    )  # fmt: skip
    number = handle_incoming(raw=bytes(mail), at=AT).ticket
    page = sign_in("desk").get(f"/tickets/{number}/").content.decode()
    assert "alert(2)" not in page
    assert "spia.example" not in page
    assert "javascript:" not in page
    assert "display:none" not in page
    assert "onclick" not in page
    assert "<script>alert(1)" not in page


def test_users_exist_for_whom_the_list_of_staff_is(number, sign_in):
    desk = sign_in("complaints")
    get_user_model().objects.create_user("esterno")
    page = desk.get(f"/tickets/{number}/").content.decode()
    assert '<option value="complaints"' in page
    assert "esterno" not in page
