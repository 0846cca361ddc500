"""A customer with a meter, and mails to write."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from sorgente.customers.usecases.contact_points import add_contact_point
from tests.town import Town

AT = datetime(2026, 4, 20, 9, 30, tzinfo=UTC)
ANNA = "anna.bianchi@posta.example"


@pytest.fixture(autouse=True)
def _folders(settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path / "archive"
    settings.EMAIL_FILE_PATH = str(tmp_path / "outbox")
    settings.EMAIL_BACKEND = "sorgente.messages.adapters.outbox_backend.EmailBackend"


@pytest.fixture
def town(db) -> Town:
    """Bianchi lives in Valdoro with meter A17, read twice; writes from ANNA."""
    made = Town()
    made.on("2026-01-01").move_in("Bianchi", people=2, meter="A17", index_m3=100)
    made.on("2026-04-01").read("A17", index_m3=118)
    add_contact_point(party_id=made.people["Bianchi"].party_id, kind="email", value=ANNA, given_at=AT)
    return made


def mail_of(
    body: str = "Buongiorno, vi comunico la lettura del contatore: 121. Grazie.",
    *,
    sender: str = f"Anna Bianchi <{ANNA}>",
    subject: str = "Autolettura",
    to: str = "clienti@valdoro.example",
    mail_id: str = "<a1@posta.example>",
    **headers: str,
) -> EmailMessage:
    """A mail as a customer's program writes it; further headers with _ for -."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = "Mon, 20 Apr 2026 11:29:00 +0200"
    if mail_id:
        mail["Message-ID"] = mail_id
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    return mail
