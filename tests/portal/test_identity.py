"""SPID and CIE through a real OpenID Connect provider on loopback."""

from __future__ import annotations

import re
import warnings
from urllib.parse import urlsplit

import pytest
import requests
from django.test import Client

from sorgente.customers.access.queries.accounts_of_user import login_of_party
from tests.portal.conftest import PASSWORD, code_in_mail

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    oidc = pytest.importorskip("oidc_provider_mock")

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def provider():
    """A provider that vouches for three people: a customer, somebody unknown, somebody without a tax code."""
    people = [
        oidc.User(sub="cliente", claims={"fiscalNumber": "TINIT-MZZTMS94D27H211D"}),
        oidc.User(sub="ignoto", claims={"fiscalNumber": "TINIT-RSSMRA80A01H501U"}),
        oidc.User(sub="cie", claims={"https://attributes.eid.gov.it/fiscal_number": "mzztms94d27h211d"}),
        oidc.User(sub="muto", claims={}),
        oidc.User(sub="storto", claims={"fiscalNumber": "TINIT-XXX"}),
    ]
    with oidc.run_server_in_thread(user_claims=people) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def identity(provider, settings, town):
    """Return a function that goes to the provider as somebody and comes back; town is behind."""
    assert town.tax_code == "MZZTMS94D27H211D"
    settings.OIDC = {**settings.OIDC, "server": provider}
    app = {
        "provider_id": "identita", "name": "SPID o CIE", "client_id": "sorgente", "secret": "segreto",
        "settings": {"server_url": provider, "scope": ["openid", "profile", "email"]},
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}

    def as_person(sub: str, client: Client | None = None):
        client = client or Client()
        asked = client.get("/area/identita/identita/login/")
        assert asked.url.startswith(provider), asked.url
        answer = requests.post(asked.url, data={"sub": sub}, allow_redirects=False, timeout=10)
        back = urlsplit(answer.headers["Location"])
        assert back.path == "/area/identita/identita/login/callback/"
        return client, client.get(f"{back.path}?{back.query}")

    return as_person


def test_the_sign_in_page_offers_it_where_it_is_set_up(identity):
    assert "Entra con SPID o CIE" in Client().get("/area/entra/").content.decode()


@pytest.mark.parametrize("sub", ["cliente", "cie"])
def test_a_customer_activates_once_and_enters_from_then_on(identity, town, sub):
    client, answer = identity(sub)
    assert answer.url == "/area/attiva/email/"  # no code from paper: the identity is proven
    client.post("/area/attiva/email/", {"email": "tommaso@posta.example"})
    client.post("/area/attiva/codice/", {"code": code_in_mail()})
    client.post("/area/attiva/password/", {"password": PASSWORD})
    assert login_of_party(town.party_id).email == "tommaso@posta.example"
    again, answer = identity(sub)
    assert answer.url == "/area/"
    assert again.get(f"/area/conti/{town.account}/").status_code == 200


def test_somebody_who_is_no_customer_is_told_so(identity):
    client, answer = identity("ignoto")
    assert re.search(r"RSSMRA80A01H501U", answer.content.decode())
    assert client.get("/area/profilo/").status_code == 302


@pytest.mark.parametrize("sub", ["muto", "storto"])
def test_without_a_tax_code_nobody_enters(identity, sub):
    client, answer = identity(sub)
    assert answer.url == "/area/entra/identita/"
    assert client.get("/area/profilo/").status_code == 302


def test_an_answer_nobody_asked_for_is_refused(identity):
    answer = Client().get("/area/identita/identita/login/callback/?code=x&state=y")
    assert answer.url == "/area/entra/identita/"
    assert "non è riuscito" in Client().get("/area/entra/identita/").content.decode()


def test_staff_do_not_become_customers(identity, sign_in):
    client = sign_in("admin")
    _client, answer = identity("cliente", client)
    assert client.get(answer.url).status_code == 403


def test_where_no_provider_is_set_up_there_is_no_door(db):
    assert Client().get("/area/identita/identita/login/").status_code == 404
    assert "SPID" not in Client().get("/area/entra/").content.decode()
