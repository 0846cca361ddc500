"""The area as an app: what a telephone asks of it, what may be kept and for whom."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from sorgente.interfaces.portal.app import shell

pytestmark = pytest.mark.django_db


def manifest(**more) -> dict:
    answer = Client().get("/area/manifest.webmanifest", **more)
    assert answer["Content-Type"] == "application/manifest+json"
    return json.loads(answer.content)


def test_the_manifest_names_the_app_and_stays_in_the_area():
    told = manifest()
    assert told["name"] == "Valdoro Acque S.p.A., area clienti"
    assert len(told["short_name"]) <= 12
    assert (told["scope"], told["start_url"], told["display"]) == ("/area/", "/area/?app", "standalone")
    assert [one["url"] for one in told["shortcuts"]] == ["/area/vai/autolettura/", "/area/vai/bollette/"]
    english = manifest(headers={"accept-language": "en"})
    assert (english["lang"], english["name"]) == ("en", "Valdoro Acque S.p.A., customer area")


def test_every_icon_has_the_size_it_says():
    icons = manifest()["icons"]
    assert {(one["sizes"], one["purpose"]) for one in icons} == {
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"),
    }  # fmt: skip
    for one in icons:
        with Image.open(finders.find(one["src"].removeprefix("/static/"))) as picture:
            assert "x".join(map(str, picture.size)) == one["sizes"]
            assert picture.format == "PNG"


def test_a_maskable_icon_fills_its_square():
    with Image.open(finders.find("portal/icons/maskable-512.png")) as picture:
        assert {picture.getpixel(corner)[3] for corner in ((0, 0), (511, 0), (0, 511), (511, 511))} == {255}


def test_the_worker_lists_files_that_are_there_and_is_never_kept_itself():
    answer = Client().get("/area/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-store" in answer["Cache-Control"] or "no-cache" in answer["Cache-Control"]
    told = json.loads(answer.content.decode().split("\n", 1)[0].removeprefix("const APP = ").rstrip(";"))
    assert told["version"] == shell.version()
    for address in told["files"]:
        assert finders.find(address.removeprefix("/static/")), address
    for address in told["offline"].values():
        assert Client().get(address).status_code == 200, address


def test_another_byte_is_another_version(monkeypatch):
    before = shell.version()
    shell.version.cache_clear()
    monkeypatch.setattr(shell, "source", lambda name: name.encode())
    assert shell.version() != before
    shell.version.cache_clear()


def test_the_policy_lets_the_worker_run():
    assert "worker-src 'self'" in Client().get("/area/entra/")["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["/area/sw.js", "/area/manifest.webmanifest", "/area/senza-rete/it/"])
def test_what_the_app_keeps_throws_no_session_away(address):
    # Asked for with the cookie of a moment ago, while its owner enters.
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "a session that has just become another"
    assert settings.SESSION_COOKIE_NAME not in client.get(address).cookies


def test_a_page_for_no_network_knows_nobody(town, enter):
    guest = enter(0)
    told = guest.client.get("/area/senza-rete/en/").content.decode()
    assert "There is no network" in told
    assert guest.account not in Client().get("/area/senza-rete/it/").content.decode()
    assert Client().get("/area/senza-rete/de/").status_code == 404


def test_only_four_pages_may_be_kept_each_for_its_own_login(town, enter):
    first, second = enter(0), enter(1)
    kept = {
        path: first.client.get(path).headers.get("X-Kept-For")
        for path in (
            f"/area/conti/{first.account}/", f"/area/conti/{first.account}/bollette/",
            f"/area/conti/{first.account}/consumi/", "/area/profilo/", f"/area/bollette/{town.bill}/",
            f"/area/bollette/{town.bill}/pdf/", "/area/entra/", f"/area/conti/{second.account}/",
        )
    }  # fmt: skip
    named = [one for one in kept.values() if one]
    assert len(named) == 3
    assert set(named) == {kept[f"/area/conti/{first.account}/"]}
    assert str(first.user_id) not in named[0]
    assert second.client.get(f"/area/conti/{second.account}/")["X-Kept-For"] != named[0]


def test_a_shortcut_leads_to_the_account_looked_at_the_latest(town, enter):
    guest = enter(0)
    assert guest.client.get("/area/vai/bollette/").url == f"/area/conti/{guest.account}/bollette/"
    assert guest.client.get("/area/vai/autolettura/").url == f"/area/conti/{guest.account}/autolettura/"
    assert guest.client.get("/area/vai/altrove/").status_code == 404
