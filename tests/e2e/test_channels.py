"""Diary, counter, telephone, paper and service quality in a real browser, at both sizes, with axe on every page."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sorgente.interfaces.api.signed_requests import sign
from tests.archive.upload_files import pdf, zipped
from tests.e2e.conftest import ROOT, SWITCHBOARD_SECRET
from tests.journeys.contracts.office import scan

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

AXE = ROOT / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ROME = ZoneInfo("Europe/Rome")
DIARY = """
from datetime import time, timedelta
from django.utils import timezone
from sorgente.tickets.appointments.usecases.set_up import define_hours, define_place, define_service, open_slots
today = timezone.localdate()
define_place(code="centro", kind="desk", name="Sportello di Valdoro", address="Piazza Roma 1")
define_service(code="contratti", name="Contratti", name_en="Contracts")
define_hours(place="centro", services=["contratti"], weekdays=range(1, 8), opens_at=time(0), closes_at=time(23, 59),
             slot_minutes=60, seats=9, from_on=today)
open_slots(start=today, end=today + timedelta(days=10))
"""
CLOCK = """
from datetime import timedelta
from django.utils import timezone
from sorgente.quality.usecases.start_clock import start_clock
start_clock(standard="S12", reference="request:R2026-900001", channel="desk",
            started_at=timezone.now() - timedelta(days=20), text="Voltura, Rossi Anna")
"""


@pytest.fixture
def checked(page):
    """Return a function that finds no barrier and no sideways scrolling on the page as it is."""

    def check() -> None:
        page.wait_for_load_state("load")
        page.evaluate(AXE.read_text())
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        assert [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found["violations"]] == [], (
            page.url
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url

    return check


@pytest.fixture(scope="module")
def diary(desk) -> None:
    desk.manage("shell", "-v", "0", "-c", DIARY)


@pytest.fixture(scope="module")
def late(desk) -> None:
    desk.manage("shell", "-v", "0", "-c", CLOCK)


def test_the_day_of_the_diary(page, enter, diary, size, checked):
    name = f"Rossi Anna {size[0]}"
    enter("desk")
    page.goto("/appointments/?place=centro")
    checked()
    page.click(".page-head .btn-primary")
    page.select_option("#f-service", "contratti")
    page.locator("label.time").first.wait_for()
    checked()
    page.locator("details:nth-of-type(2) summary, details summary").last.click()
    page.locator("label.time:visible").last.click()
    page.fill("#b-name", name)
    page.fill("#b-email", "anna@posta.example")
    page.click("form.form-stack .btn-primary")
    page.locator("h1", has_text=name).wait_for()
    checked()
    page.click(".crumbs a")
    page.locator("table.rows a", has_text=name).wait_for()
    checked()
    page.click(f"text={name}")
    page.click("button[value=cancel]")
    page.locator(".tag", has_text="annullat").wait_for()


def test_a_morning_at_the_counter_with_its_waits(page, enter, diary, size, checked):
    enter("desk")
    page.goto("/counter/?place=centro")
    checked()
    waiting = int(page.locator(".tile-figure").first.inner_text())
    page.select_option("#d-service", "contratti")
    page.click("button[value=draw]")
    page.locator(".tile-figure").first.filter(has_text=str(waiting + 1)).wait_for()
    assert "min" in page.locator(".tile-figure").nth(1).inner_text()
    checked()
    page.fill("#q-desk", "3")
    page.click("button[value=call]")
    page.locator("text=sportello 3").first.wait_for()
    checked()
    page.locator("button[value=served]").first.click()
    page.locator("text=Nessuno in questo momento.").wait_for()


def test_a_ringing_call_opens_by_itself_on_the_customer(page, desk, enter, size, checked):
    enter("call_centre")
    page.goto("/calls/")
    checked()
    reference = f"pbx-{size[0]}"
    _tell(desk, {"reference": reference, "caller": desk.known.phone, "line": "acqua"})
    page.locator(".call-live", has_text=desk.known.name).wait_for()
    checked()
    page.locator(".call-live a", has_text=desk.known.name).first.click()
    page.locator("h1", has_text=desk.known.name).wait_for()
    checked()
    ended = datetime.now(ROME) + timedelta(seconds=1)
    _tell(desk, {"reference": reference, "caller": desk.known.phone, "ended_at": ended.isoformat()})
    page.goto("/calls/")
    note = page.locator("input[name=note]").first
    note.fill("chiede la bolletta")
    note.press("Enter")
    page.locator("text=chiede la bolletta").first.wait_for()
    checked()


def _tell(desk, told: dict[str, str]) -> None:
    body, at = json.dumps(told).encode(), str(int(time.time()))
    request = urllib.request.Request(
        f"{desk.address}/api/calls/", body,
        {"Content-Type": "application/json", "X-Sorgente-Time": at,
         "X-Sorgente-Signature": sign(body, sent_at=at, secret=SWITCHBOARD_SECRET)},
    )  # fmt: skip
    urllib.request.urlopen(request, timeout=10).close()


def test_paper_from_batch_to_minutes_with_two_approvals(page, enter, size, checked, tmp_path):
    code = f"CONTRATTI-{size[0]}"
    enter("archive")
    page.goto("/paper/")
    checked()
    page.click(".page-head .btn-primary")
    checked()
    for field, value in (
        ("#b-code", code), ("#b-title", "Contratti 1998"), ("#b-purpose", "Sostituire la carta"),
        ("#b-place", "Valdoro"), ("#b-operator", "Luca"), ("#b-scanner", "X1"), ("#b-resolution", "300 dpi"),
        ("#b-began", "2026-02-20T08:00"), ("#b-ended", "2026-02-20T12:00"),
    ):  # fmt: skip
        page.fill(field, value)
    files, index = tmp_path / "lotto.zip", tmp_path / "indice.csv"
    pages = size[0] % 7 + 1  # other bytes for each size: the same scan is one document
    files.write_bytes(zipped({"a.pdf": pdf(pages), "b.pdf": pdf(pages + 1)}))
    index.write_text(
        f"file;tipo;soggetto;pagine;scatola\na.pdf;contract;C1;{pages};S1\nb.pdf;contract;C2;{pages + 1};S1\n"
    )
    page.set_input_files("#b-files", files)
    page.set_input_files("#b-index", index)
    page.click("form .btn-primary")
    page.locator("h1", has_text=code).wait_for()
    page.click("text=Estrai il campione")
    page.locator("button[value=good]").first.wait_for()
    checked()
    while page.locator("button[value=good]").count():
        with page.expect_navigation():
            page.locator("button[value=good]").first.click()
    page.click("text=Attesta la conformità")
    page.fill("#p-reason", "Copie attestate conformi")
    checked()
    page.click("text=Proponi lo scarto della carta")
    page.locator("text=serve un collega").wait_for()
    checked()
    address = page.url
    for role in ("dpo", "admin"):
        _other_user(page, enter, role)
        page.goto(address)
        page.click("text=Approva")
        page.locator("dt", has_text="Approvato").first.wait_for()
        checked()
    page.fill("#a-number", "SAB-7")
    page.fill("#a-on", "2026-03-02")
    page.click("text=Registra l'autorizzazione")
    page.fill("#x-place", "Valdoro")
    page.fill("#x-method", "triturazione")
    checked()
    page.click("text=Esegui e chiudi il verbale")
    page.locator(".actions a", has_text="Verbale").wait_for()
    checked()
    for place in ("/paper/", "/disposals/"):
        page.goto(place)
        checked()
    assert code in page.locator("main").inner_text() or "Scarti" in page.locator("h1").inner_text()


def _other_user(page, enter, role: str) -> None:
    page.context.clear_cookies()
    enter(role)


def test_what_the_standards_ask_today(page, enter, late, size, checked):
    enter("complaints")
    page.goto("/quality/")
    page.locator("main", has_text="Rossi Anna").wait_for()
    checked()
    for place in ("/quality/?window=late", "/quality/indemnities/", "/quality/register/", "/quality/year/"):
        page.goto(place)
        checked()


def test_a_paper_signed_by_hand_is_taken_on_the_signing_page(page, desk, enter, size, checked, tmp_path):
    made = _envelope(desk)
    enter("desk")
    page.goto(f"/signing/{made['envelope']}/")
    page.click("main details summary")
    checked()
    page.click("text=Firma su carta")
    page.locator("#signed-scan").wait_for()
    checked()
    assert page.locator("input[name=signed_fields]:checked").count() >= 1
    picture = tmp_path / "firmato.png"
    picture.write_bytes(scan(f"{made['envelope']}"))
    page.fill("#signed-hand", "Anna Bianchi, delegata")
    page.set_input_files("#signed-scan", picture)
    page.click("text=È firmato")
    page.locator("text=Firmato su carta: la scansione è in archivio.").wait_for()
    checked()


def _envelope(desk) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.e2e.signing_case", "contract", "demo-desk"]
    made = subprocess.run(command, env=desk.environment, cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(made.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize("role", ["desk", "complaints", "archive", "admin"])
def test_every_page_of_the_menu_holds_no_barrier(page, enter, role, size, checked):
    enter(role)
    menu = page.locator(".tabs a, .menu a")
    addresses = {menu.nth(at).get_attribute("href") for at in range(menu.count())}
    for address in sorted(one for one in addresses if one and one.startswith("/") and "logout" not in one):
        page.goto(address)
        checked()


def test_the_pages_of_one_customer_hold_no_barrier(page, desk, enter, size, checked):
    enter("admin")
    for address in (
        f"/customers/{desk.known.party_id}/", f"/statements/{desk.known.account}/", f"/bills/{desk.known.bill}/",
        f"/accounts/{desk.known.account}/mandate/", "/requests/new/", "/search/?q=Ros", "/tickets/new/",
        f"/appointments/book/?party={desk.known.party_id}", "/paper/new/", "/documents/?q=bolletta",
    ):  # fmt: skip
        page.goto(address)
        checked()
    first = page.locator("table.rows a, .lines a").first
    if Path(str(first.get_attribute("href"))).name == "about":
        first.click()
        checked()
