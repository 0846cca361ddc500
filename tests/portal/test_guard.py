"""Every address of the web area, asked by those who must not: strangers, staff, other customers, delegates who look."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from sorgente.customers.access.usecases.delegation import accept_invitation, invite_delegate
from sorgente.customers.models import ContractAccount
from sorgente.customers.queries.overview import account_overview
from sorgente.customers.queries.requests import requests_of_party
from sorgente.interfaces.portal import urls
from sorgente.journeys.contracts.steps import open_contract_request
from sorgente.messages.usecases.choices import register_push
from tests.e2e.signing_case import open_case
from tests.portal.conftest import AT, PASSWORD, link_in_mail, signed_in

# For whoever is not signed in yet; everything else is guarded.
DOORS = {
    "sign_in", "sign_in_code", "send_again", "identity_failed", "sign_out", "language", "forgotten", "reset",
    "activate", "activate_email", "activate_code", "activate_password", "invitation",
    "manifest", "worker", "offline",
}  # fmt: skip
# Whose only effect is on the login itself: no id of another can be given.
WITHOUT_IDS = {
    "home", "profile", "security", "second_factor", "app", "by_email", "password", "end_session", "add_proven",
    "go", "notifications", "devices", "appointments", "papers",
}  # fmt: skip
OF_THE_PERSON = {
    "choose",
    "change",
    "sign_paper",
    "signed_copy",
    "contacts",
    "consents",
    "consent",
    "own_data",
    "download_data",
    "delete_data",
}
ACTS = {"self_reading", "new_request", "delivery", "delegates", "remove_delegate", "household"}


def guarded() -> list[str]:
    return [one.name for one in urls.urlpatterns if one.name not in DOORS and one.name != "demo_sign_in"]


def address(name: str, guest, bill: str, ticket: str = "T0") -> str:
    device = register_push(
        party_id=guest.party_id, user_id=guest.user_id, endpoint="https://push.example/abc", p256dh="x", auth="y",
        device="Telefono", at=AT,
    )  # fmt: skip
    values = {
        "number": guest.account,
        "party_id": guest.party_id,
        "shape": "json",
        "place": "bollette",
        "device_id": device,
    }
    if name in ("bill", "paper"):
        values["number"] = bill
    if name == "request":
        values["number"] = ticket
    if name == "change":
        values["number"] = a_change(guest)
    if name in ("sign_paper", "signed_copy"):
        values["envelope_id"] = open_case("remote", "anna", f"party:{guest.party_id}")["envelope"]
    pattern = next(one for one in urls.urlpatterns if one.name == name)
    return reverse(f"portal:{name}", kwargs={key: values[key] for key in pattern.pattern.converters})


def a_change(guest) -> str:
    """Return a request about the contract of the guest, the one there is or a new one."""
    known = requests_of_party(guest.party_id)
    if known:
        return known[0].number
    account = ContractAccount.objects.get(number=guest.account)
    contract = account_overview(account.pk, as_of=AT.date()).contracts[0]
    return open_contract_request(
        kind="household", author="web", at=AT, channel="web", contract_number=contract.number
    ).line.number


@pytest.fixture
def first(enter):
    return enter(0)


def asked(client: Client, path: str):
    return [client.get(path), client.post(path)]


@pytest.mark.django_db
def test_every_view_is_a_door_or_guarded():
    for one in urls.urlpatterns:
        is_guarded = getattr(one.callback, "is_for_customers", False)
        assert is_guarded == (one.name not in DOORS), one.name
    assert "portal" in get_resolver().namespace_dict


def test_a_stranger_signs_in_first(first, town):
    for name in guarded():
        for answer in asked(Client(), address(name, first, town.bill)):
            assert answer.status_code == 302, name
            assert answer.url.startswith("/area/entra/?next=%2Farea%2F"), name


def test_staff_are_refused(first, town, sign_in):
    client = sign_in("admin")
    for name in guarded():
        answers = asked(client, address(name, first, town.bill))
        assert {answer.status_code for answer in answers} == {403}, name


def test_another_customer_finds_nothing(first, enter, town):
    ticket, other = a_ticket(first), enter(1)
    for name in sorted(set(guarded()) - WITHOUT_IDS):
        answers = asked(other.client, address(name, first, town.bill, ticket))
        codes = [answer.status_code for answer in answers]
        assert set(codes) <= {404, 405}, name
        assert 404 in codes, name
        assert all(town.name not in answer.content.decode() for answer in answers), name


def test_the_customer_finds_everything(first, town):
    ticket = a_ticket(first)
    for name in sorted(set(guarded()) - {"signed_copy"}):  # nothing is signed yet
        answer = first.client.get(address(name, first, town.bill, ticket))
        assert answer.status_code in (200, 302, 405), name


def a_ticket(guest) -> str:
    from sorgente.journeys.tickets import register_ticket

    return register_ticket(
        channel="web", subject="Domanda", body="Quando passate a leggere?", at=AT, party_id=guest.party_id,
        account_number=guest.account, sender=guest.email,
    ).ticket.number  # fmt: skip


@pytest.fixture
def onlooker(first):
    """Somebody the first customer lets look, and nothing more."""
    now = timezone.now()
    invite_delegate(
        user_id=first.user_id, account_number=first.account, email="vede@posta.example", rights="see", until_on=None,
        link="https://x.example/area/invito/{token}/", at=now - timedelta(days=1),
    )  # fmt: skip
    token = link_in_mail().strip("/").split("/")[-1]
    return signed_in(accept_invitation(token=token, at=now, password=PASSWORD, first_name="Vera", surname="Vede"))


def test_a_delegate_who_may_look_does_nothing_and_sees_nothing_of_the_person(first, onlooker, town):
    for names, refusal in ((ACTS, 403), (OF_THE_PERSON, 404)):
        for name in sorted(names):
            codes = {answer.status_code for answer in asked(onlooker, address(name, first, town.bill))}
            assert codes <= {refusal, 405}, name
            assert refusal in codes, name
    for name in ("account", "bills", "bill", "paper", "statement", "water", "requests"):
        assert onlooker.get(address(name, first, town.bill)).status_code == 200, name
