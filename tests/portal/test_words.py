"""Every Italian text of the web area has its English, and every error a customer meets has plain words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override

import sorgente.interfaces.portal
from sorgente.archive.core import upload_errors
from sorgente.customers.access.usecases import activate, delegation, email_code, limits, sign_in
from sorgente.interfaces.portal import labels, words
from sorgente.shared.errors import SorgenteError

PORTAL = Path(sorgente.interfaces.portal.__file__).parent
PLACES = [PORTAL / "locale", PORTAL.parent / "desk/locale"]


def _texts() -> set[str]:
    found: set[str] = set()
    for template in (PORTAL / "templates/portal").rglob("*.html"):
        text = template.read_text()
        found |= {double or single for double, single in re.findall(r"{% trans (?:\"([^\"]+)\"|'([^']+)')", text)}
        for block in re.findall(r"{% blocktrans[^%]*%}(.*?){% endblocktrans %}", text):
            found |= {re.sub(r"{{ (\w+) }}", r"%(\1)s", part) for part in block.split("{% plural %}")}
    for module in PORTAL.rglob("*.py"):
        if "signing" not in module.parts:
            found |= set(re.findall(r"\b(?:_|gettext_lazy)\(\s*\"([^\"]+)\"\s*,?\s*\)", module.read_text()))
    return found


def test_every_text_has_its_english():
    catalogues = [(place / "en/LC_MESSAGES/django.po").read_text() for place in PLACES]
    known = {text for one in catalogues for text in re.findall(r'^msgid(?:_plural)? "(.*)"$', one, re.MULTILINE)}
    known = {text.replace('\\"', '"') for text in known}
    assert _texts() - known == set()
    assert not re.findall(r'^msgstr(?:\[\d\])? ""$', catalogues[0].split("\n\n", 1)[1], re.MULTILINE)


def test_every_refusal_of_access_and_uploads_has_plain_words():
    modules = (activate, delegation, email_code, limits, sign_in)
    kinds = {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, SorgenteError) and kind.code.startswith("access.")
    }
    kinds |= set(upload_errors.UploadRefused.__subclasses__())
    generic = words.told(SorgenteError("x", "y", "z"))
    assert len(kinds) > 10
    for kind in kinds - {activate.PasswordTooWeak}:
        assert words.told(kind("x", "y", "z")) != generic, kind.code


def test_what_no_customer_can_mend_is_told_without_its_innards():
    told = words.told(SorgenteError("Register 7", "lock timeout", "call the database administrator"))
    assert "lock" not in str(told)
    assert "800 042 042" in str(told)


def test_a_service_and_a_contribution_say_what_they_pay_for():
    assert "portarla a casa tua" in labels.SERVICES["Acquedotto"]
    assert "terremoti" in labels.COMPONENTS["Componente UI1"]


@pytest.mark.django_db
def test_the_switch_changes_the_language_of_the_page_and_of_the_login(enter):
    from sorgente.customers.access.models import PortalUser

    client = Client()
    assert "Entra" in client.get("/area/entra/").content.decode()
    answer = client.post("/area/lingua/", {"language": "en", "next": "/area/entra/"})
    assert answer.url == "/area/entra/"
    page = client.get("/area/entra/").content.decode()
    assert '<html lang="en">' in page
    assert "Your water, from here" in page
    guest = enter(0)
    guest.client.post("/area/lingua/", {"language": "en"})
    assert PortalUser.objects.get().language == "en"
    guest.client.post("/area/lingua/", {"language": "xx"})
    assert PortalUser.objects.get().language == "en"


def test_english_figures_stand_in_english_sentences():
    with override("en"):
        assert words.told(limits.TooManyAttempts("", "", "")).facts == "Too many attempts."
