"""Requests about contracts at the desk: the screens, what is refused beside which field, and what each page shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

import sorgente
from sorgente.customers.core.births import birth_told
from sorgente.customers.queries.requests import request_view, requests_of_party
from sorgente.interfaces.desk.requests.words import TROUBLES
from tests.desk.conftest import TODAY
from tests.journeys.contracts.office import tax_code

pytestmark = pytest.mark.django_db
PERSON = {"surname": "Maroni", "first_name": "Anna", "mobile": "3331234567", "email": "anna@posta.example"}


def opened(client, kind: str, **given: object) -> str:
    """Open a request by its button; returns its number."""
    answer = client.post("/requests/new/", {"kind": kind, **given})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return re.search(r"R\d{4}-\d{6}", answer["Location"])[0]


def screen(client, number: str, step: str, **given: object):
    return client.post(f"/requests/{number}/steps/{step}/", given)


@pytest.fixture
def clerk(town, sign_in):
    return sign_in("desk")


def test_each_wish_opens_its_request_on_its_first_screen(clerk, town):
    for kind, first in (("activation", "who"), ("subentro", "who"), ("takeover", "who"), ("takeover_by_death", "who")):
        number = opened(clerk, kind)
        page = clerk.get(f"/requests/{number}/steps/{first}/").content.decode()
        assert "Chi chiede?" in page
        assert ('name="relation"' in page) == (kind == "takeover_by_death")


def test_known_customer_skips_the_first_screen(clerk, town):
    answer = clerk.post("/requests/new/", {"kind": "activation", "customer": town.party_id})
    assert answer["Location"].endswith("/steps/where/")
    (line, *_) = requests_of_party(town.party_id)
    assert line.name == town.name


def test_tax_code_tells_the_birth_and_is_checked_against_the_name(clerk, town):
    number = opened(clerk, "activation")
    found = clerk.get(f"/requests/{number}/find/", {"q": tax_code("Maroni")}).content.decode()
    assert "3 maggio 1980" in found
    assert f'value="{tax_code("Maroni")}"' in found
    wrong = screen(clerk, number, "who", tax_code=tax_code("Rossini"), **PERSON)
    assert wrong.status_code == 422
    assert "tax_code" in wrong.context["form"].errors
    assert screen(clerk, number, "who", tax_code=tax_code("Maroni"), **PERSON).status_code == 302
    view = request_view(number, as_of=TODAY)
    assert str(view.answers["born_on"]) == "1980-05-03"


def test_births_of_the_old_and_of_those_just_of_age():
    on = TODAY
    assert birth_told(tax_code("Maroni", born="21/03/2008"), on=on).born_on.year == 1908  # of age tomorrow: not yet
    assert birth_told(tax_code("Maroni", born="20/03/2008"), on=on).born_on.year == 2008
    assert birth_told(tax_code("Maroni"), on=on).place == "Osimo (AN)"
    assert birth_told(tax_code("Maroni"), on=on).female


def test_point_in_use_offers_the_takeover_and_takes_the_applicant_along(clerk, town):
    number = opened(clerk, "subentro")
    screen(clerk, number, "who", tax_code=tax_code("Maroni"), **PERSON)
    today = timezone.localdate().isoformat()
    refused = screen(clerk, number, "where", point=town.point, desired_on=today)
    assert refused.status_code == 422
    assert refused.context["instead"] == "takeover"
    answer = clerk.post(f"/requests/{number}/switch/", {"kind": "takeover", "point": town.point})
    other = re.search(r"R\d{4}-\d{6}", answer["Location"])[0]
    assert request_view(number, as_of=TODAY).line.state == "cancelled"
    assert request_view(other, as_of=TODAY).answers["surname"] == "Maroni"
    assert clerk.get(answer["Location"]).context["chosen"].point.code == town.point
    assert screen(clerk, other, "where", point=town.point, desired_on=today).status_code == 302
    # A third one about the same point names the one there is.
    third = opened(clerk, "takeover")
    again = screen(clerk, third, "where", point=town.point, desired_on=today)
    assert again.context["other"] == other
    assert f"/requests/{other}/" in again.content.decode()


def test_points_are_found_by_serial_and_those_that_fit_come_first(clerk, town):
    number = opened(clerk, "takeover")
    page = clerk.get(f"/requests/{number}/find/", {"q": town.serial, "what": "points"}).content.decode()
    assert town.point in page
    assert town.name in page
    assert town.serial in page


def test_the_page_lists_what_is_missing_with_its_article_and_screen(clerk, town):
    number = opened(clerk, "activation", customer=town.party_id)
    page = clerk.get(f"/requests/{number}/")
    text = page.content.decode()
    assert "DL 47/2014 art. 5" in text
    assert page.context["first_missing"] == "where"
    assert "Esegui" not in text
    refused = clerk.post(f"/requests/{number}/act/", {"act": "execute"})
    assert refused.status_code == 422
    assert "Manca ancora qualcosa" in refused.content.decode()


def test_list_filters_and_cancelled_ones_leave_it(clerk, town):
    number = opened(clerk, "activation", customer=town.party_id)
    assert number in clerk.get("/requests/").content.decode()
    assert number not in clerk.get("/requests/?kind=takeover").content.decode()
    without = clerk.post(f"/requests/{number}/act/", {"act": "cancel", "reason": " "})
    assert without.status_code == 422
    clerk.post(f"/requests/{number}/act/", {"act": "cancel", "reason": "Ha cambiato idea"})
    assert number not in clerk.get("/requests/").content.decode()
    assert number in clerk.get("/requests/?state=cancelled").content.decode()
    assert "Ha cambiato idea" in clerk.get(f"/requests/{number}/").content.decode()


def test_household_and_end_begin_from_the_contract(clerk, town):
    from sorgente.customers.queries.overview import customer_overview

    card = customer_overview(town.party_id, as_of=TODAY)
    contract = card.accounts[0].contracts[0].number
    assert contract in clerk.get(f"/requests/new/?kind=household&customer={town.party_id}").content.decode()
    number = opened(clerk, "termination", contract=contract, customer=town.party_id)
    again = clerk.post("/requests/new/", {"kind": "household", "contract": contract})
    assert again.context["other"] == number
    page = clerk.get(f"/requests/{number}/steps/leave/").content.decode()
    assert town.serial in page
    wrong = screen(clerk, number, "leave", desired_on="2029-01-01", channel="post")
    assert "desired_on" in wrong.context["form"].errors


def test_paper_is_added_refused_and_taken_away(clerk, town):
    from django.core.files.uploadedfile import SimpleUploadedFile

    number = opened(clerk, "activation", customer=town.party_id)
    clerk.post(f"/requests/{number}/paper/", {"kind": "proxy", "number": "12/2026"})
    (paper,) = request_view(number, as_of=TODAY).papers
    assert "12/2026" in clerk.get(f"/requests/{number}/").content.decode()
    clerk.post(f"/requests/{number}/paper/", {"withdraw": paper.id})
    assert request_view(number, as_of=TODAY).papers == ()
    program = SimpleUploadedFile("carta.pdf", b"MZ" + b"\0" * 200)
    for refused, because in (({"kind": "title", "scan": program}, "tipo di file"), ({"kind": "none"}, "Che cosa è:")):
        told = clerk.post(f"/requests/{number}/paper/", refused, follow=True)
        assert because in " ".join(map(str, told.context["messages"]))
        assert request_view(number, as_of=TODAY).papers == ()
        program.seek(0)
    wrong = screen(clerk, number, "papers", identity_number="CA1", issuer="Comune", scan=program)
    assert "scan" in wrong.context["form"].errors
    expired = screen(clerk, number, "papers", identity_number="CA1", issuer="Comune", identity_expires_on="2020-01-01")
    assert "identity_expires_on" in expired.context["form"].errors


def test_customer_page_joins_what_we_have_with_them(clerk, town):
    number = opened(clerk, "activation", customer=town.party_id)
    clerk.post("/tickets/new/", {"channel": "desk", "subject": "Perdita in strada", "body": "Esce acqua dal tombino.",
                                 "party": town.party_id, "account": town.account})  # fmt: skip
    text = clerk.get(f"/customers/{town.party_id}/").content.decode()
    for words in (number, "Nuova attivazione", "Perdita in strada", "Area clienti", "Non attiva", "Appuntamenti"):
        assert words in text, words


def test_activation_code_is_shown_once_and_only_by_post(clerk, town):
    assert clerk.get(f"/accounts/{town.account}/activation/").status_code == 302
    page = clerk.post(f"/accounts/{town.account}/activation/").content.decode()
    assert re.search(r'id="activation-code">[A-Z0-9]{5}-[A-Z0-9]{5}<', page)


def test_mandate_is_registered_and_revoked(clerk, town):
    address = f"/accounts/{town.account}/mandate/"
    page = clerk.get(address)
    if page.context["active"]:
        clerk.post(address, {"act": "revoke"})
    told = {"iban": "IT60X0542811101000000123457", "iban_holder": town.name, "iban_holder_tax_code": town.tax_code,
            "signed_on": TODAY.isoformat()}  # fmt: skip
    assert "iban" in clerk.post(address, told).context["form"].errors
    assert clerk.post(address, {**told, "iban": "IT60X0542811101000000123456"}).status_code == 302
    assert clerk.get(address).context["active"].iban_tail == "3456"
    assert "Addebito diretto" in clerk.get(f"/customers/{town.party_id}/").content.decode()


def test_every_trouble_named_here_is_one_the_code_raises():
    source = "".join(path.read_text() for path in Path(sorgente.__file__).parent.rglob("*.py"))
    known = set(re.findall(r'^    code = "([a-z.-]+)"', source, re.MULTILINE))
    assert set(TROUBLES) - known == set()


@pytest.mark.parametrize(("role", "groups"), [("admin", 7), ("reader", 3), ("dpo", 5)])
def test_menu_has_two_levels_and_marks_where_one_is(town, sign_in, role, groups):
    page = sign_in(role).get("/customers/")
    menu = page.context["menu"]
    assert len(menu) == groups
    here = [line for group in menu for line in group["lines"] if line["current"]]
    assert [line["address"] for line in here] == ["/customers/"]


def test_nothing_is_left_of_a_screen_that_fails_half_way(clerk, town):
    """Use is told right and title wrong: neither is kept."""
    number = opened(clerk, "activation", customer=town.party_id)
    with transaction.atomic():
        answer = screen(clerk, number, "use", use="valdoro|domestico_residente", residents=3, title_type="derogation")
    assert "derogation_protocol" in answer.context["form"].errors
    assert request_view(number, as_of=TODAY).answers["category"] == ""
