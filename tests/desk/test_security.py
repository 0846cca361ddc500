"""The policy of the pages, and that no template needs it weakened."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

import sorgente.interfaces.desk

DESK = Path(sorgente.interfaces.desk.__file__).parent
TEMPLATES = sorted((DESK / "templates").rglob("*.html"))


def _directives(answer) -> dict[str, str]:
    policy = answer["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in policy.split(";"))


@pytest.mark.django_db
def test_pages_allow_nothing_inline_and_nothing_foreign():
    policy = _directives(Client().get("/accounts/login/"))
    assert policy["default-src"] == "'none'"
    assert re.fullmatch(r"'self' 'nonce-[\w-]{20,}'", policy["script-src"])
    assert "unsafe" not in str(policy)
    assert "http" not in str(policy)
    assert policy["frame-ancestors"] == "'self'"


@pytest.mark.django_db
def test_the_nonce_is_new_each_time_and_is_on_the_scripts():
    nonces = set()
    for _ in range(2):
        answer = Client().get("/accounts/login/")
        nonce = _directives(answer)["script-src"].split("nonce-")[1].rstrip("'")
        page = answer.content.decode()
        assert page.count("<script") == page.count(f'nonce="{nonce}"') > 0
        nonces.add(nonce)
    assert len(nonces) == 2


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_code_or_style(template):
    text = template.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\son[a-z]+=", text)
    assert not re.search(r"\sstyle=", text)
    assert "<style" not in text
    assert "|safe" not in text


@pytest.mark.django_db
def test_a_pdf_opens_in_the_page_and_nowhere_else(town, sign_in):
    from sorgente.archive.queries.documents import documents_of

    paper = documents_of("bill:2025/SII/0000001")[0]
    answer = sign_in("desk").get(f"/documents/{paper.sha256}/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.content[:5] == b"%PDF-"


@pytest.mark.django_db
def test_a_damaged_document_never_leaves(town, sign_in, settings):
    from sorgente.archive.queries.documents import documents_of

    paper = documents_of("bill:2025/SII/0000001")[0]
    file = next(path for path in Path(settings.ARCHIVE_DIR).rglob(paper.sha256))
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    answer = sign_in("desk").get(f"/documents/{paper.sha256}/")
    assert answer.status_code == 422
    assert "archive.document.damaged" in answer.content.decode()


@pytest.mark.django_db
def test_forms_without_a_token_are_refused():
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/accounts/login/", {"login": "a", "password": "b"})
    assert answer.status_code == 403
    assert "La pagina è scaduta" in answer.content.decode()
