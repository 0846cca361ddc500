"""The desk as a person uses it, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import pyotp
import pytest

pytestmark = pytest.mark.browser

ROLES = ["desk", "call_centre", "reader", "billing", "credit", "complaints", "archive", "dpo", "admin"]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_enters_with_one_click(page, enter, role):
    enter(role)
    assert page.locator("h1").inner_text() == "Cruscotto"
    page.wait_for_load_state("networkidle")
    menu = page.locator(".tabs a")
    for address in [menu.nth(at).get_attribute("href") for at in range(menu.count())]:
        page.goto(address)
        assert page.locator(".tabs a[aria-current=page]").count() == 1


def test_first_sign_in_sets_up_the_second_factor_and_a_wrong_code_is_refused(page, desk):
    page.goto("/accounts/login/")
    page.fill("#id_login", desk.clerk)
    page.fill("#id_password", desk.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/second-factor/activate/")
    page.goto("/bills/")  # nothing opens before the second factor is there
    assert "/accounts/second-factor/activate/" in page.url
    secret = page.locator("#totp-secret").inner_text()
    page.fill("#id_code", pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    page.wait_for_url(f"{desk.address}/")
    page.click(".menu summary")
    page.click("text=Esci")
    page.wait_for_url("**/accounts/login/")
    page.fill("#id_login", desk.clerk)
    page.fill("#id_password", desk.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/second-factor/")
    wrong = f"{(int(pyotp.TOTP(secret).now()) + 7) % 1_000_000:06d}"
    page.fill("#id_code", wrong)
    page.keyboard.press("Enter")
    page.locator("[role=alert]").wait_for()
    assert page.url.endswith("/second-factor/")


def test_search_finds_live_by_each_key(page, enter, desk):
    enter("billing")
    for key in ("name", "tax_code", "phone", "account", "point", "serial", "bill"):
        page.goto("/runs/parked/")
        page.keyboard.press("/")
        page.keyboard.type(getattr(desk.known, key))
        page.locator("#finder-panel [role=option]").first.wait_for()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/customers/{desk.known.party_id}/")
        assert page.locator("h1").inner_text() == desk.known.name, key


def test_keyboard_alone_goes_from_the_search_to_the_bill_and_back(page, enter, desk):
    enter("desk")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "finder"
    page.keyboard.type("via", delay=20)  # finds nobody
    page.locator(".finder-note").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#finder-panel").is_hidden()
    page.keyboard.press("Control+A")
    page.keyboard.type(desk.known.name.split()[0])
    page.locator("#finder-panel [role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert page.locator("#finder-panel [aria-selected=true]").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/*/")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.hasAttribute('data-row')")
    page.keyboard.press("ArrowDown")
    number = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/bills/{number}/")
    assert number in page.locator("h1").inner_text()
    page.go_back()
    page.wait_for_url("**/customers/*/")


def test_skip_link_is_the_first_stop(page, enter):
    enter("desk")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Vai al contenuto"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_customer_page_draws_consumption_and_shows_every_part(page, enter, desk, size):
    enter("desk")
    page.goto(f"/customers/{desk.known.party_id}/")
    page.wait_for_load_state("networkidle")
    for heading in ("Consumi", "Bollette", "Pagamenti", "Contatti", "Messaggi", "Documenti"):
        assert page.get_by_role("heading", name=heading).first.is_visible(), heading
    _wait_for_ink(page, 0)
    assert _fits(page)


def test_bill_page_shows_rows_and_the_pdf_and_gives_both_files(page, enter, desk):
    enter("billing")
    page.goto(f"/bills/{desk.known.bill}/")
    assert "IVA" in page.locator("table.rows").first.inner_text()
    frame = page.locator("iframe.paper").get_attribute("src").split("#")[0]
    paper = page.request.get(frame)
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.body()[:5] == b"%PDF-"
    for label, beginning in (("PDF", b"%PDF-"), ("Fattura elettronica", b"<")):
        with page.expect_download() as given:
            page.get_by_role("link", name=label, exact=True).click()
        assert Path(given.value.path()).read_bytes().startswith(beginning)


def test_cockpit_moves_by_itself_until_the_run_is_done(page, enter, desk):
    name = "2025-03-03"
    change = "from sorgente.billing.models import BillingRun as R; R.objects.filter(name='{}').update({})"
    desk.manage("shell", "-v", "0", "-c", change.format(name, "rendered=3, ended_at=None, step='render'"))
    enter("billing")
    page.goto(f"/runs/{name}/")
    assert page.locator("[aria-current=step]").inner_text().startswith("Documenti")
    before = int(page.locator("progress").get_attribute("value"))
    desk.manage("shell", "-v", "0", "-c", change.format(name, "rendered=12"))
    page.locator("progress.whole").wait_for()
    assert int(page.locator("progress").get_attribute("value")) == 100 > before
    assert page.locator("[hx-trigger]#progress").count() == 0


def test_parked_bill_is_released_on_the_spot(page, enter):
    enter("billing")
    page.goto("/runs/parked/")
    page.fill("tr input[name=reason]", "letta di nuovo")
    page.get_by_role("button", name="Rilascia").first.click()
    page.locator("text=Rilasciata").wait_for()


def test_waiting_payment_finds_its_bill(page, enter):
    enter("credit")
    page.goto("/payments/?match=suspense")
    page.locator("tr[data-open] a[data-row]").first.click()
    page.get_by_role("button", name="Abbina", exact=True).first.click()
    page.locator(".page-head .tag-success").wait_for()
    assert page.locator("text=a mano").is_visible()


def test_dashboard_draws_its_charts_and_a_figure_opens_its_rows(page, enter, size):
    enter("admin")
    page.wait_for_load_state("networkidle")
    for at in range(page.locator("canvas").count()):
        _wait_for_ink(page, at)
    assert _fits(page)
    page.get_by_role("link", name=re.compile("Addebito diretto")).click()
    page.wait_for_url("**/payments/?kind=sdd*")
    assert page.locator("tr[data-open]").count() > 0


def test_filters_stay_in_the_address_and_the_list_exports(page, enter):
    enter("billing")
    page.goto("/bills/")
    page.select_option("#f-state", "overdue")
    page.wait_for_url("**/bills/?state=overdue")
    assert page.locator("#f-state").input_value() == "overdue"
    with page.expect_download() as given:
        page.get_by_role("link", name="Esporta CSV").click()
    lines = Path(given.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == page.locator("tr[data-open]").count() + 1


def test_language_switch_stays_on_the_page(page, enter, desk):
    enter("desk")
    page.goto(f"/customers/{desk.known.party_id}/")
    page.click(".languages button[lang=en]")
    page.wait_for_url(f"**/customers/{desk.known.party_id}/")
    assert page.get_by_role("heading", name="Consumption").is_visible()
    assert page.evaluate("document.documentElement.lang") == "en"
    page.click(".languages button[lang=it]")
    assert page.get_by_role("heading", name="Consumi").is_visible()


def test_no_page_is_wider_than_its_screen_and_everything_has_a_name(page, enter, size):
    enter("admin")
    for address in ("/search/?q=ma", "/customers/", "/reads/", "/bills/", "/runs/", "/runs/2025-03-03/",
                    "/runs/parked/", "/payments/", "/documents/"):  # fmt: skip
        page.goto(address)
        assert _fits(page), address
        assert page.locator("h1").count() == 1
        unnamed = page.evaluate(
            "[...document.querySelectorAll('button, a, input:not([type=hidden]), select, canvas, iframe')].filter(e =>"
            " !(e.textContent.trim() || e.getAttribute('aria-label') || e.title || e.placeholder || e.labels?.length)"
            ").map(e => e.outerHTML)"
        )
        assert unnamed == [], address


def _fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def _wait_for_ink(page, at: int) -> None:
    page.wait_for_function(
        """at => {
          const canvas = document.querySelectorAll("canvas")[at];
          return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some(byte => byte);
        }""",
        arg=at,
    )
