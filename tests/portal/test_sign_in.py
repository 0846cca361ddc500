"""Activation and sign-in as a browser does them, and the two houses kept apart."""

from __future__ import annotations

import pyotp
import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from sorgente.customers.access.models import PortalUser
from sorgente.customers.access.usecases.issue_activation_code import issue_activation_code
from tests.portal.conftest import AT, PASSWORD, code_in_mail, link_in_mail

NEW = "un'altra bella giornata"


@pytest.fixture(autouse=True)
def _no_code_used_before():
    cache.clear()


def start(client, town):
    code = issue_activation_code(account_number=town.account, at=timezone.now())
    return client.post("/area/attiva/", {"account": town.account, "code": code, "tax_code_end": town.tax_code[-4:]})


def activated(town, email="tommaso@posta.example"):
    client = Client(headers={"user-agent": "Mozilla/5.0 (Linux; Android 14) Chrome/130 Safari/537"})
    start(client, town)
    client.post("/area/attiva/email/", {"email": email})
    client.post("/area/attiva/codice/", {"code": code_in_mail()})
    client.post("/area/attiva/password/", {"password": PASSWORD})
    return client


def try_to_enter(email="tommaso@posta.example", password=PASSWORD, **more):
    client = Client()
    answer = client.post("/area/entra/", {"email": email, "password": password, **more})
    return client, answer


def test_activation_from_the_letter_to_the_home_page(town):
    client = Client()
    assert start(client, town).url == "/area/attiva/email/"
    assert client.post("/area/attiva/email/", {"email": "tommaso@posta.example"}).url == "/area/attiva/codice/"
    assert mail.outbox[-1].to == ["tommaso@posta.example"]
    assert client.post("/area/attiva/codice/", {"code": "12"}).status_code == 200
    assert client.post("/area/attiva/codice/", {"code": code_in_mail()}).url == "/area/attiva/password/"
    weak = client.post("/area/attiva/password/", {"password": "corta"}).content.decode()
    assert "È troppo corta" in weak
    assert client.post("/area/attiva/password/", {"password": PASSWORD}).url == "/area/accesso/secondo/"
    assert client.get("/area/").url == f"/area/conti/{town.account}/"
    assert town.name.split()[0] in client.get("/area/profilo/").content.decode()


def test_no_step_opens_before_the_one_in_front_of_it(town):
    for path in ("email", "codice", "password"):
        assert Client().get(f"/area/attiva/{path}/").url == "/area/attiva/"
    client = Client()
    start(client, town)
    assert client.get("/area/attiva/codice/").url == "/area/attiva/"
    assert client.get("/area/attiva/password/").url == "/area/attiva/"
    assert Client().get("/area/entra/codice/").url == "/area/entra/"


def test_a_wrong_letter_says_what_to_do(town):
    page = Client().post("/area/attiva/", {"account": town.account, "code": "AAAAAAAAAA", "tax_code_end": "0000"})
    assert "I dati non corrispondono" in page.content.decode()
    assert "chiamaci" in page.content.decode()


def test_sign_in_needs_password_and_code(town):
    activated(town)
    client, answer = try_to_enter(next="/area/profilo/")
    assert answer.url == "/area/entra/codice/"
    assert client.get("/area/profilo/").url.startswith("/area/entra/")  # half in is out
    wrong = client.post("/area/entra/codice/", {"code": "0"})
    assert "non è giusto" in wrong.content.decode()
    assert client.post("/area/entra/codice/", {"code": code_in_mail()}).url == "/area/profilo/"
    assert client.get("/area/profilo/").status_code == 200


def test_another_code_replaces_the_one_that_did_not_arrive(town):
    activated(town)
    client, _answer = try_to_enter()
    first = code_in_mail()
    client.post("/area/entra/altro-codice/")
    assert len(mail.outbox) == 3
    if first != code_in_mail():
        assert client.post("/area/entra/codice/", {"code": first}).status_code == 200
    assert client.post("/area/entra/codice/", {"code": code_in_mail()}).status_code == 302


def test_a_stranger_learns_nothing(town):
    activated(town)
    pages = [
        try_to_enter(email, password)[1].content.decode()
        for email, password in (("tommaso@posta.example", "sbagliata!"), ("nessuno@posta.example", "sbagliata!"))
    ]
    assert all("E-mail e password non corrispondono" in page for page in pages)
    for _turn in range(5):
        try_to_enter(password="sbagliata!")
    assert "Troppi tentativi" in try_to_enter()[1].content.decode()


def test_nobody_is_sent_to_another_site_after_the_sign_in(town):
    activated(town)
    for address in ("https://altrove.example/", "//altrove.example/", "/customers/"):
        client, _answer = try_to_enter(next=address)
        assert client.post("/area/entra/codice/", {"code": code_in_mail()}).url == "/area/"


def test_the_app_is_the_second_factor_once_it_has_shown_a_right_code(town):
    client = activated(town)
    client.get("/area/accesso/app/")
    secret = client.session["portal_totp"]
    assert client.post("/area/accesso/app/", {"code": "000000"}).status_code == 200
    assert client.post("/area/accesso/app/", {"code": pyotp.TOTP(secret).now()}).status_code == 302
    assert PortalUser.objects.get().second_factor == "totp"
    cache.clear()
    mail.outbox.clear()
    client, _answer = try_to_enter()
    assert mail.outbox == []
    assert client.post("/area/entra/codice/", {"code": "000000"}).status_code == 200
    assert client.post("/area/entra/codice/", {"code": pyotp.TOTP(secret).now()}).url == "/area/"
    client.post("/area/accesso/email/")
    assert PortalUser.objects.get().second_factor == "email"
    try_to_enter()
    assert len(mail.outbox) == 1


def test_guessing_the_app_stops(town):
    client = activated(town)
    client.get("/area/accesso/app/")
    secret = client.session["portal_totp"]
    client.post("/area/accesso/app/", {"code": pyotp.TOTP(secret).now()})
    cache.clear()
    client, _answer = try_to_enter()
    for _turn in range(5):
        client.post("/area/entra/codice/", {"code": "000000"})
    page = client.post("/area/entra/codice/", {"code": pyotp.TOTP(secret).now()})
    assert "Troppi tentativi" in page.content.decode()


def test_a_new_password_ends_every_session(town):
    inside = activated(town)
    stranger = Client()
    for email in ("tommaso@posta.example", "nessuno@posta.example"):
        page = stranger.post("/area/password/", {"email": email}).content.decode()
        assert "Guarda la tua e-mail" in page
    resets = [one for one in mail.outbox if "nuova password" in one.subject]
    assert [one.to for one in resets] == [["tommaso@posta.example"]]
    link = link_in_mail()
    assert "È troppo corta" in stranger.post(link, {"password": "corta"}).content.decode()
    assert "Password cambiata" in stranger.post(link, {"password": NEW}).content.decode()
    assert stranger.get(link).status_code == 410
    assert inside.get("/area/profilo/").status_code == 302
    assert try_to_enter()[1].status_code == 200
    assert try_to_enter(password=NEW)[1].status_code == 302
    assert stranger.get("/area/password/x/y/").status_code == 410


def test_the_password_changes_with_the_old_one_only(town):
    client = activated(town)
    page = client.post("/area/accesso/password/", {"current": "sbagliata", "password": NEW})
    assert page.status_code == 200
    assert client.post("/area/accesso/password/", {"current": PASSWORD, "password": NEW}).status_code == 302
    assert client.get("/area/profilo/").status_code == 200
    assert try_to_enter(password=NEW)[1].status_code == 302


def test_signed_out_elsewhere_from_the_list(town):
    first = activated(town)
    second, _answer = try_to_enter()
    second.post("/area/entra/codice/", {"code": code_in_mail()})
    page = first.get("/area/accesso/").content.decode()
    assert "Chrome · Android" in page
    first.post("/area/accesso/chiudi/")
    assert second.get("/area/profilo/").status_code == 302
    assert first.get("/area/profilo/").status_code == 200
    first.post("/area/esci/")
    assert first.get("/area/profilo/").status_code == 302


def test_an_address_with_a_login_gets_the_second_contract_after_its_own_sign_in(town):
    from sorgente.customers.models import ContractAccount

    activated(town)
    other = ContractAccount.objects.select_related("holder").filter(holder__kind="company").first()
    code = issue_activation_code(account_number=other.number, at=timezone.now())
    client = Client()
    end = (other.holder.tax_code or other.holder.vat_number)[-4:]
    client.post("/area/attiva/", {"account": other.number, "code": code, "tax_code_end": end})
    client.post("/area/attiva/email/", {"email": "tommaso@posta.example"})
    page = client.post("/area/attiva/codice/", {"code": code_in_mail()})
    assert "Hai già un accesso" in page.content.decode()
    client.post("/area/entra/", {"email": "tommaso@posta.example", "password": PASSWORD})
    client.post("/area/entra/codice/", {"code": code_in_mail()})
    assert "Aggiungila" in client.get("/area/", follow=True).content.decode()
    client.post("/area/attiva/aggiungi/")
    assert client.get(f"/area/conti/{other.number}/").status_code == 200


def test_a_customer_reaches_nothing_of_the_desk_and_staff_nothing_of_the_area(town, sign_in):
    client = activated(town)
    for path in ("/", "/customers/", "/bills/", f"/customers/{town.party_id}/", "/accounts/second-factor/activate/"):
        assert client.get(path).url == "/area/", path
    staff = sign_in("admin")
    answer = staff.get("/area/profilo/")
    assert answer.status_code == 403
    assert "dello sportello" in answer.content.decode()
    assert staff.get("/customers/").status_code == 200


def test_a_customer_who_comes_by_the_door_of_staff_is_put_out(town):
    activated(town)
    user = get_user_model().objects.get(portal_user__isnull=False)
    client = Client()
    client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    answer = client.get("/customers/")
    assert answer.url.startswith(("/area/entra/", "/accounts/login/"))
    assert client.get("/area/profilo/").url.startswith("/area/entra/")


def test_a_blocked_login_is_put_out_at_once(town):
    client = activated(town)
    PortalUser.objects.update(blocked_at=AT)
    assert client.get("/area/profilo/").url == "/area/entra/"


def test_the_demonstration_is_closed_elsewhere(town):
    assert Client().post(f"/area/demo/{town.party_id}/").status_code == 404
