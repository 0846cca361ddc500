"""The inbox with a keyboard, in a real browser: what a clerk does a hundred times a day."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.e2e.conftest import ROOT
from tests.tickets.conftest import mail_of

pytestmark = pytest.mark.browser
COMPLAINT = (
    "Da tre mesi aspetto una risposta al mio reclamo, il personale allo sportello è stato maleducato. Pretendo scuse."
)


@pytest.fixture(scope="module")
def numbers(desk, tmp_path_factory) -> list[str]:
    """Three mails taken in by the command."""
    folder = tmp_path_factory.mktemp("mails")
    texts = [
        ("Reclamo", COMPLAINT),
        ("Voltura", "Vorrei intestare a me il contratto dell'acqua della casa che ho comprato."),
        ("Copia bolletta", "Mi mandate una copia dell'ultima bolletta? L'ho persa."),
    ]
    files = []
    for n, (subject, body) in enumerate(texts):
        file = folder / f"{n}.eml"
        file.write_bytes(bytes(mail_of(body, subject=subject, mail_id=f"<e{n}@posta.example>")))
        files.append(str(file))
    command = [sys.executable, "-m", "sorgente.interfaces.commands.main", "tickets", "import", *files]
    done = subprocess.run(command, env=desk.environment, cwd=ROOT, check=True, capture_output=True, text=True)
    return [json.loads(line)["ticket"] for line in done.stdout.splitlines()]


def test_correct_take_and_answer_with_the_keyboard(page, enter, numbers):
    enter("complaints")
    page.goto("/tickets/")
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.closest('tr').id")
    page.keyboard.press("c")
    page.keyboard.press("2")
    page.wait_for_selector(f"#{first} td.wide-only .sure.by-hand")
    page.keyboard.press("e")
    page.wait_for_selector(f"#{first} td:last-child:not(:has(form))")
    page.keyboard.press("k")
    page.keyboard.press("r")
    page.wait_for_url("**/#reply")
    page.wait_for_function("document.activeElement.id === 'reply-text'")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.is_visible(".keys dl")
    page.click("text=Invia la risposta")
    page.wait_for_selector("text=Risposta in partenza")


def test_the_pages_fit_both_screens(page, enter, numbers, size):
    enter("complaints")
    for address in ("/tickets/", f"/tickets/{numbers[1]}/", "/tickets/new/", "/tickets/mails/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], address
