"""Production is refused while it has the demonstration's secrets, and every setting is written down."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.test import override_settings

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src/sorgente"
SAFE = {
    "DEMO": False,
    "DEBUG": False,
    "HTTPS": True,
    "SITE_ADDRESS": "https://clienti.valdoro.example",
    "ALLOWED_HOSTS": ["clienti.valdoro.example"],
    "SWITCHBOARD_SECRET": "s" * 40,
    "SMS_GATEWAY": "https://sms.example/send",
    "SMS_GATEWAY_TOKEN": "t" * 20,
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "SECRETS_MADE_HERE": [],
    "OIDC": {"server": "", "secret": "", "client": "", "name": "", "scope": []},
}


def found() -> set[str]:
    """Return the ids of what the deployment check finds of ours."""
    messages = run_checks(include_deployment_checks=True, tags=["security"])
    return {one.id for one in messages if one.id and one.id.startswith("sorgente.")}


def test_a_safe_production_passes():
    with override_settings(**SAFE):
        assert found() == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"DEMO": True}, "sorgente.E001"),
        ({"HTTPS": False}, "sorgente.E002"),
        ({"SITE_ADDRESS": "http://localhost:8000"}, "sorgente.E003"),
        ({"SITE_ADDRESS": "http://clienti.valdoro.example"}, "sorgente.E003"),
        ({"SWITCHBOARD_SECRET": "short"}, "sorgente.E004"),
        ({"SMS_GATEWAY": "http://sms.example"}, "sorgente.E005"),
        ({"SMS_GATEWAY_TOKEN": ""}, "sorgente.E005"),
        ({"EMAIL_BACKEND": "sorgente.messages.adapters.outbox_backend.EmailBackend"}, "sorgente.E006"),
        ({"OIDC": {"server": "http://id.example", "secret": "x"}}, "sorgente.E007"),
        ({"OIDC": {"server": "https://id.example", "secret": ""}}, "sorgente.E007"),
        ({"SECRETS_MADE_HERE": ["SORGENTE_FIELD_KEY"]}, "sorgente.E008"),
        ({"ALLOWED_HOSTS": ["*"]}, "sorgente.E009"),
    ],
)
def test_each_unsafe_setting_is_named(change, code):
    with override_settings(**{**SAFE, **change}):
        assert found() == {code}


def test_no_switchboard_and_no_sms_are_allowed():
    """Empty means switched off: nothing is accepted, SMS become files and are warned of."""
    with override_settings(**{**SAFE, "SWITCHBOARD_SECRET": "", "SMS_GATEWAY": ""}):
        messages = run_checks(include_deployment_checks=True, tags=["security"])
    assert "sorgente.W001" in {one.id for one in messages}
    assert not {"sorgente.E004", "sorgente.E005"} & {one.id for one in messages}


def test_every_setting_of_the_environment_is_in_the_operations_page():
    text = (ROOT / "docs/operations.md").read_text()
    section = text.partition("## Settings")[2].partition("\n## ")[0]
    written = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", section))
    asked: set[str] = set()
    for source in SOURCES.rglob("*.py"):
        asked |= set(
            re.findall(r"[\"'(](SORGENTE_[A-Z0-9_]*[A-Z0-9]|DATABASE_URL|EMAIL_URL)[\"')]", source.read_text())
        )
    assert asked - written == set(), "not written down"
    assert written - asked == set(), "no longer read"
