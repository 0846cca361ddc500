"""What every answer carries: a policy without inline code, no frames of others, no address told to others."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.rights.addresses import routes

pytestmark = pytest.mark.django_db

ROUTES = [one for one in routes() if one.name != "sorgente-api:api-root"]  # the root of the API is no page


@pytest.mark.parametrize("house", ["desk", "portal", "booking", "signing", "sorgente-api", "accounts"])
def test_every_answer_has_its_headers(house, streets, callers):
    for route in ROUTES:
        if (route.name.partition(":")[0] if ":" in route.name else "accounts") != house:
            continue
        address = route.address(streets, streets.victim)
        admin = callers.roles["admin"]  # type: ignore[index]
        for client in (Client(), admin if house in ("desk", "accounts") else callers.victim):
            answer = client.get(address)
            told = {name.lower(): value for name, value in answer.headers.items()}
            policy = told["content-security-policy"]
            assert "unsafe" not in policy, route.name
            assert "frame-ancestors 'self'" in policy, route.name
            assert "http:" not in policy, route.name
            assert "*" not in policy, route.name
            if not told["content-type"].startswith("application/pdf"):
                assert "default-src 'none'" in policy, route.name
                assert "form-action 'self'" in policy, route.name
            assert told["x-content-type-options"] == "nosniff", route.name
            assert told["x-frame-options"] in ("SAMEORIGIN", "DENY"), route.name
            assert told["referrer-policy"] in ("same-origin", "no-referrer"), route.name
            assert told["cross-origin-opener-policy"] == "same-origin", route.name
            for name, cookie in answer.cookies.items():
                if not cookie.value:
                    continue  # one that is taken back
                assert cookie["samesite"] in ("Lax", "Strict"), (route.name, name)
                # The page's own script reads the token of its forms, and nothing else.
                assert cookie["httponly"] or name in ("csrftoken", "django_language"), (route.name, name)


@pytest.mark.parametrize("address", ["/area/entra/", "/accounts/login/", "/appuntamenti/", "/firma/tablet/"])
def test_pages_hold_no_inline_code(address):
    import re

    text = Client().get(address).content.decode()
    assert not re.search(r"<[^>]+\son[a-z]+=", text), "an inline handler"
    assert not re.search(r"<[^>]+\sstyle=", text), "an inline style"
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag or "nonce=" in tag or "application/json" in tag, tag
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text), "something of another site is fetched"
