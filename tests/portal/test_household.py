"""Telling who lives here, following it, and the papers to sign."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from sorgente.archive.queries.documents import document_of
from sorgente.archive.signing.core.values import EnvelopeState
from sorgente.archive.signing.queries.envelopes import envelope
from sorgente.customers.models import SupplyTerms
from sorgente.customers.queries.requests import request_view, requests_of_party
from tests.e2e.signing_case import open_case


@pytest.fixture
def guest(enter):
    """A customer whose contract counts three residents."""
    guest = enter(0)
    terms = SupplyTerms.objects.filter(contract__contract_account__number=guest.account, replaced_at=None)
    assert terms.update(residents=3) == 1
    return guest


def path(guest) -> str:
    return f"/area/conti/{guest.account}/nucleo/"


def declare(guest, **given):
    told = {"residents": 4, "from_on": (localdate() - timedelta(days=60)).isoformat(), "accepted": "on"} | given
    return guest.client.post(path(guest), {key: value for key, value in told.items() if value is not None})


def test_a_declaration_becomes_a_request_with_its_paper(guest):
    assert "3 persone" in guest.client.get(path(guest)).content.decode()
    answer = declare(guest)
    (line,) = requests_of_party(guest.party_id)
    view = request_view(line.number, as_of=localdate())
    assert (line.kind, line.state, view.channel, view.answers["residents"]) == ("household", "ready", "web", 4)
    (paper,) = view.papers
    declared = document_of(paper.document_id).metadata["declared"]
    assert declared["by"] == guest.email
    assert "DPR 445/2000" in declared["statement"]
    told = guest.client.get(answer.url).content.decode()
    assert "la stiamo guardando" in told
    assert line.number in guest.client.get(f"/area/conti/{guest.account}/richieste/").content.decode()
    assert "dichiarazione in corso" in guest.client.get(path(guest)).content.decode()
    declare(guest, residents=5)
    assert len(requests_of_party(guest.party_id)) == 1, "one at a time"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"accepted": None}, "Serve la tua dichiarazione"),
        ({"residents": ""}, "Qui manca qualcosa"),
        ({"residents": "0"}, "Almeno una persona"),
        ({"residents": "40"}, "Se siete più di venti"),
        ({"residents": "3"}, "È già così"),
        ({"from_on": "2019-01-01"}, "la fornitura non era ancora tua"),
        ({"from_on": (localdate() + timedelta(days=200)).isoformat()}, "troppo lontano"),
    ],
)
def test_what_cannot_be_declared_opens_nothing(guest, given, says):
    answer = declare(guest, **given)
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert requests_of_party(guest.party_id) == ()


def test_a_use_that_counts_nobody_asks_nothing(guest):
    SupplyTerms.objects.filter(contract__contract_account__number=guest.account).update(
        category="domestico_non_residente", residents=None
    )
    told = guest.client.get(path(guest)).content.decode()
    assert "id_residents" not in told
    declare(guest)
    assert requests_of_party(guest.party_id) == ()


def test_a_paper_that_waits_is_opened_by_a_fresh_link(guest, enter, settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path / "archive"
    waiting = open_case("remote", "anna", f"party:{guest.party_id}")["envelope"]
    assert "Leggi e firma" in guest.client.get("/area/documenti/").content.decode()
    assert enter(1).client.post(f"/area/documenti/{waiting}/firma/").status_code == 404
    answer = guest.client.post(f"/area/documenti/{waiting}/firma/")
    assert answer.url.startswith("/firma/")
    assert guest.client.get(answer.url).status_code == 200
    assert envelope(waiting).state is EnvelopeState.CANCELLED
    assert guest.client.post(f"/area/documenti/{waiting}/firma/").status_code == 404, "the old one is over"
    assert guest.client.get(f"/area/documenti/{waiting}/copia/").status_code == 404, "nothing was signed"
