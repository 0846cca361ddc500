"""Password, second factor, and the one click that exists on a demonstration only."""

from __future__ import annotations

import sys
import time
from importlib import reload

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import clear_url_caches

from sorgente.interfaces.desk import urls_accounts
from sorgente.interfaces.desk.access import Role

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_rate_limit_left_over():
    cache.clear()


@pytest.fixture
def clerk():
    user = get_user_model().objects.create_user("chiara", password="una parola lunga")
    TOTP.activate(user, SECRET)
    return user


def give_password(client: Client, password: str = "una parola lunga"):
    return client.post("/accounts/login/", {"login": "chiara", "password": password})


def code_of_now() -> str:
    """Return a code with some seconds left: one that runs out between two posts would tell nothing."""
    left = 30 - time.time() % 30
    if left < 8:
        time.sleep(left)
    return pyotp.TOTP(SECRET).now()


def test_password_and_code_open_the_desk(clerk):
    client = Client()
    assert give_password(client)["Location"] == "/accounts/second-factor/"
    assert client.get("/").status_code == 302  # the password alone opens nothing
    answer = client.post("/accounts/second-factor/", {"code": code_of_now()})
    assert answer["Location"] == "/"
    assert client.get("/").status_code == 403  # inside, without a role yet


def test_wrong_code_is_refused(clerk):
    client = Client()
    give_password(client)
    right = code_of_now()
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    answer = client.post("/accounts/second-factor/", {"code": wrong})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert client.get("/")["Location"].startswith("/accounts/login/")


def test_the_same_code_opens_once(clerk):
    code = code_of_now()
    for is_accepted in (True, False):
        client = Client()
        give_password(client)
        answer = client.post("/accounts/second-factor/", {"code": code})
        assert (answer.status_code == 302) is is_accepted


def test_wrong_password_is_refused(clerk):
    answer = give_password(Client(), "un'altra parola")
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()


def test_staff_without_a_second_factor_see_only_the_page_that_sets_it_up():
    get_user_model().objects.create_user("chiara", password="una parola lunga")
    client = Client()
    give_password(client)
    for address in ("/", "/customers/", "/bills/", "/accounts/password/"):
        assert client.get(address)["Location"] == "/accounts/second-factor/activate/", address
    page = client.get("/accounts/second-factor/activate/").content.decode()
    secret = page.split('id="totp-secret">')[1].split("<")[0]
    answer = client.post("/accounts/second-factor/activate/", {"code": pyotp.TOTP(secret).now()})
    assert answer.status_code == 302
    assert client.get("/").status_code == 403  # let in; no role yet


def test_the_secret_is_encrypted_at_rest(clerk):
    kept = Authenticator.objects.get(user=clerk).data["secret"]
    assert SECRET not in kept


def test_nobody_signs_up():
    for address in ("/accounts/signup/", "/accounts/email/", "/accounts/password/reset/"):
        assert Client().get(address).status_code == 404, address


def test_without_a_demonstration_the_one_click_does_not_exist(settings):
    assert settings.DEMO is False
    page = Client().get("/accounts/login/").content.decode()
    assert "demo" not in page.lower()
    for role in Role:
        assert Client().post(f"/accounts/demo/{role.value}/").status_code == 404
    assert not [pattern for pattern in urls_accounts.urlpatterns if "demo" in str(pattern.pattern)]


@pytest.fixture
def _demonstration(settings):
    def load():
        reload(urls_accounts)
        reload(sys.modules["sorgente.config.urls"])
        clear_url_caches()

    settings.DEMO = True
    load()
    yield
    settings.DEMO = False
    load()


@pytest.mark.usefixtures("_demonstration")
@pytest.mark.parametrize("role", list(Role))
def test_one_click_signs_in_with_that_role_alone(role):
    client = Client()
    assert client.post(f"/accounts/demo/{role.value}/", {"next": "https://elsewhere.example/"})["Location"] == "/"
    page = client.get("/")
    assert page.status_code == 200
    user = page.wsgi_request.user
    assert [group.name for group in user.groups.all()] == [role.value]
    assert Authenticator.objects.filter(user=user, type="totp").exists()
    assert not user.has_usable_password()


@pytest.mark.usefixtures("_demonstration")
def test_the_demonstration_knows_no_other_role_and_takes_no_get():
    assert Client().post("/accounts/demo/root/").status_code == 404
    assert Client().get("/accounts/demo/admin/").status_code == 405


def test_the_view_itself_refuses_outside_a_demonstration(rf, settings):
    from django.http import Http404

    from sorgente.interfaces.desk.demo import sign_in_as

    with pytest.raises(Http404):
        sign_in_as(rf.post("/"), "admin")


def test_staff_command_makes_a_user_and_resets_the_sign_in(capsys):
    call_command("staff", "anna", "--role", "desk", "--role", "complaints")
    name, password = capsys.readouterr().out.split()
    user = get_user_model().objects.get(username="anna")
    assert name == "anna"
    assert user.check_password(password)
    assert {group.name for group in user.groups.all()} == {"desk", "complaints"}
    TOTP.activate(user, SECRET)
    call_command("staff", "anna", "--role", "billing", "--reset")
    user.refresh_from_db()
    assert not user.check_password(password)
    assert not Authenticator.objects.filter(user=user).exists()
    assert {group.name for group in user.groups.all()} == {"billing"}
