"""Requests about contracts as a clerk carries them through: few inputs, one screen after the other, the result told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.e2e.conftest import ROOT
from tests.journeys.contracts.office import scan, tax_code

pytestmark = pytest.mark.browser

AXE = ROOT / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ROME = ZoneInfo("Europe/Rome")
IBAN = "IT60X0542811101000000123456"
MOST_INPUTS = 25
LOOKED_AT: set[tuple[int, str]] = set()


class Clerk:
    """Fills in screens and counts every field and every choice."""

    def __init__(self, page, folder: Path) -> None:
        self.page, self.folder, self.inputs = page, folder, 0

    def fill(self, where: str, value: str) -> None:
        self.page.locator(where).fill(value)
        self.inputs += 1

    def types(self, where: str, value: str) -> None:
        """Fill in key by key, as the live search needs it."""
        self.page.locator(where).press_sequentially(value, delay=5)
        self.inputs += 1

    def choose(self, where: str, value: str) -> None:
        self.page.select_option(where, value)
        self.inputs += 1

    def click(self, where: str) -> None:
        """Click a choice; the button that leads to the next screen is `goes_on`."""
        self.page.locator(where).first.click()
        self.inputs += 1

    def upload(self, where: str) -> None:
        path = self.folder / "scan.png"
        path.write_bytes(scan(f"{self.page.url} {self.inputs}"))
        self.page.set_input_files(where, path)
        self.inputs += 1

    def goes_on(self) -> None:
        self.looks()
        with self.page.expect_navigation():
            self.page.locator(".screen-end .btn-primary").click()

    def looks(self) -> None:
        """The page holds no barrier and does not scroll sideways; a screen that was looked at is not again."""
        self.page.wait_for_load_state("networkidle")
        here = (self.page.viewport_size["width"], re.sub(r"R\d{4}-\d{6}", "", self.page.url))
        if "/steps/" in here[1] and here in LOOKED_AT:
            return
        LOOKED_AT.add(here)
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]] == []
        width = self.page.viewport_size["width"]
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width

    def signs_on_paper(self) -> None:
        self.looks()
        self.click("button[value=paper]")
        self.page.locator("#signed-scan").wait_for()
        self.looks()
        self.upload("#signed-scan")
        self.page.click("text=È firmato")

    def executes(self) -> None:
        self.page.locator("button[value=execute]").wait_for()
        self.looks()
        self.page.click("button[value=execute]")
        self.page.locator("h2", has_text="Fatto").wait_for(timeout=60_000)
        self.looks()


@pytest.fixture
def clerk(page, enter, tmp_path) -> Clerk:
    enter("desk")
    return Clerk(page, tmp_path)


@pytest.fixture
def refused(desk, _browser, tmp_path) -> Iterator[Clerk]:
    """A clerk whose answers are refused: a page with status 422 is what is expected, and the console notes it."""
    context = _browser.new_context(base_url=desk.address, viewport={"width": 1440, "height": 900}, locale="it-IT")
    page = context.new_page()
    page.goto("/accounts/login/")
    page.click("form[action$='/demo/desk/'] button")
    page.wait_for_url(f"{desk.address}/")
    yield Clerk(page, tmp_path)
    context.close()


def unique(base: str) -> str:
    """Return a surname nobody had in this run: each size of the browser brings its own customers."""
    unique.at = getattr(unique, "at", 0) + 1  # type: ignore[attr-defined]
    return base + "abcdefgh"[unique.at] + "oni"  # type: ignore[attr-defined]


def new_person(clerk: Clerk, surname: str) -> None:
    code = tax_code(surname)
    clerk.types("#seek-people", code)
    clerk.page.locator("#people .well").wait_for()
    assert "3 maggio 1980" in clerk.page.locator("#people").inner_text()
    assert clerk.page.input_value("#id_tax_code") == code
    clerk.fill("#id_surname", surname)
    clerk.fill("#id_first_name", "Anna")
    clerk.fill("#id_email", f"{surname.lower()}@posta.example")
    clerk.fill("#id_mobile", "3331234567")
    clerk.goes_on()


def identity(clerk: Clerk) -> None:
    clerk.fill("#id_identity_number", "CA12345AB")
    clerk.fill("#id_issuer", "Comune di Valdoro")
    clerk.fill("#id_identity_expires_on", f"{datetime.now(ROME).date().year + 5}-05-03")


def test_new_contract_of_a_new_person_takes_at_most_25_inputs(clerk, size):
    page, surname = clerk.page, unique("Mar")
    page.goto("/requests/")
    clerk.looks()
    page.click("text=Nuova pratica")
    clerk.looks()
    clerk.click("button[value=activation]")
    new_person(clerk, surname)
    clerk.fill("#id_street", "Via dei Mulini")
    clerk.fill("#id_house_number", str(sum(map(ord, surname))))
    clerk.choose("#id_place", page.locator("#id_place option", has_text="Valdoro").get_attribute("value"))
    clerk.fill("#id_cadastral_sheet", "12")
    clerk.fill("#id_cadastral_parcel", "345")
    clerk.goes_on()
    clerk.fill("#id_residents", "3")
    clerk.goes_on()
    assert "Con l'addebito diretto non c'è deposito" in page.locator("main").inner_text()
    clerk.fill("#id_iban", IBAN)
    clerk.goes_on()
    identity(clerk)
    clerk.fill("#id_meter_serial", f"NEW{surname.upper()}")
    clerk.fill("#id_index", "0")
    clerk.goes_on()
    assert page.locator(".checks li.missing").count() >= 1  # the signature
    clerk.signs_on_paper()
    clerk.executes()
    contract = page.locator("#contract-number").inner_text()
    assert clerk.inputs <= MOST_INPUTS, clerk.inputs
    assert "IBAN ····3456" in page.locator("main").inner_text()
    page.click(".done-facts + p a")
    page.locator("h1", has_text=surname).wait_for()
    assert contract in page.locator("main").inner_text()
    clerk.looks()


def test_wrong_answers_are_told_beside_their_field(refused, desk):
    clerk = refused
    page, surname = clerk.page, unique("Bel")
    page.goto("/requests/new/")
    clerk.click("button[value=subentro]")
    clerk.fill("#id_tax_code", tax_code("Rossi"))
    clerk.fill("#id_surname", surname)
    clerk.fill("#id_first_name", "Anna")
    clerk.fill("#id_email", "not an address")
    page.click(".screen-end .btn-primary")
    page.locator(".f-email .field-error").wait_for()
    clerk.looks()
    page.fill("#id_email", "")
    page.click(".screen-end .btn-primary")
    page.locator(".f-tax_code .field-error", has_text="non torna con il nome").wait_for()
    page.fill("#id_tax_code", tax_code(surname))
    page.fill("#id_mobile", "3331234567")
    clerk.goes_on()
    # A point that somebody has: the screen says so and offers the takeover with the same applicant.
    page.locator("#seek-points").press_sequentially(desk.known.point, delay=5)
    page.locator("#points .pick label").first.click()
    page.click(".screen-end .btn-primary")
    page.locator(".trouble", has_text="ci vuole una voltura").wait_for()
    clerk.looks()
    page.click("text=Continua come voltura")
    page.wait_for_url("**/steps/where/**")
    assert surname in page.locator(".crumbs").inner_text()
    assert page.locator("#points input:checked").get_attribute("value") == desk.known.point


def test_voltura_household_and_disdetta(clerk, desk, size):
    page = clerk.page
    name, point, index = resident(page, desk, nth=0 if size[0] > 1000 else 1)
    surname = unique("Ver")
    # Voltura: the point is found by its code, uses and address are those there are.
    page.goto("/requests/new/")
    clerk.click("button[value=takeover]")
    new_person(clerk, surname)
    clerk.types("#seek-points", point)
    page.locator("#points .pick", has_text=name).locator("label").click()
    clerk.goes_on()
    if page.locator("#id_residents").is_visible():
        clerk.fill("#id_residents", "2")
    if page.locator("input[name=occupied_before]").count():
        clerk.click("label[for=id_occupied_before_0]")
    clerk.goes_on()
    clerk.click("label[for=id_payment_method_1]")
    assert not page.locator("#id_iban").is_visible()
    clerk.goes_on()
    identity(clerk)
    clerk.fill("#id_index", str(index))
    clerk.goes_on()
    clerk.signs_on_paper()
    clerk.executes()
    contract = page.locator("#contract-number").inner_text()
    text = page.locator(".done-facts").inner_text()
    assert "Bolletta di chiusura" in text
    assert clerk.inputs <= MOST_INPUTS, clerk.inputs
    page.click(".done-facts + p a")

    # Household, from today: nothing is billed yet on the new contract, and the page says so.
    page.locator(".contract-acts button[value=household]").first.click()
    if not page.locator("#id_residents").is_visible():
        page.select_option("#id_use", page.locator("#id_use option[data-asks=residents]").get_attribute("value"))
    clerk.fill("#id_residents", "5")
    clerk.goes_on()
    assert "Nessuna bolletta da rifare" in page.locator(".next-step").inner_text()
    clerk.executes()
    page.click(".done-facts + p a")
    assert "5 residenti" in page.locator("main").inner_text()

    # Disdetta: begun at the counter, to be closed when the final read is there.
    page.locator(".contract-acts button[value=termination]").first.click()
    tomorrow = (datetime.now(ROME).date() + timedelta(days=1)).isoformat()
    clerk.fill("#id_desired_on", tomorrow)
    clerk.fill("#id_iban", IBAN)
    clerk.goes_on()
    assert "Lettura finale" in page.locator(".checks li.missing").inner_text()
    page.locator(".checks a", has_text="Lettura finale").click()
    assert page.input_value("#id_desired_on") == tomorrow
    assert contract


def test_disdetta_of_a_customer_we_know(clerk, desk, size):
    page = clerk.page
    name, _point, index = resident(page, desk, nth=2 if size[0] > 1000 else 3)
    page.locator(".contract-acts button[value=termination]").first.click()
    clerk.fill("#id_index", str(index))
    clerk.goes_on()
    clerk.executes()
    assert name in page.locator("h1").inner_text()
    assert "Bolletta di chiusura" in page.locator(".done-facts").inner_text()


def resident(page, desk, *, nth: int) -> tuple[str, str, int]:
    """Return name, point and latest index of one of the town's customers."""
    page.goto("/customers/")
    row = page.locator("table.rows tbody tr").nth(nth)
    name = row.locator("a").inner_text()
    row.locator("a").click()
    page.locator("h1", has_text=name).wait_for()
    text = page.locator("main").inner_text()
    point = re.search(r"\b11\d{14}\b", text)
    assert point is not None
    cells = page.locator("#meter table.rows tbody tr").first.locator("td").all_text_contents()
    read_on = datetime.strptime(cells[0], "%d/%m/%Y").date()  # noqa: DTZ007
    index, per_day = (float(cells[at].replace(".", "").replace(",", ".")) for at in (1, 3))
    return name, point[0], round(index + per_day * ((datetime.now(ROME).date() - read_on).days + 1))
