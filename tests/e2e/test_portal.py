"""The web area as a customer uses it, on a telephone and at a desk, with axe on every page."""

from __future__ import annotations

import email
import re
from email import policy
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
PASSWORD = "una bella giornata"


@pytest.fixture
def checked(page):
    """Return a function that finds no accessibility fault and no sideways scrolling on the page as it is."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci")
    script = AXE.read_text()

    def check() -> None:
        page.wait_for_load_state("networkidle")
        page.evaluate(script)
        found = page.evaluate("axe.run(document)")["violations"]
        assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url

    return check


def enter_as(page, place: int) -> str:
    """Enter as one of the demonstration's customers; return the address of their home."""
    page.goto("/area/entra/")
    page.locator(".people button").nth(place).click()
    page.wait_for_url("**/area/conti/*/")
    return page.url


def submit(page) -> None:
    page.locator("main form button.btn-primary").first.click()


def test_from_the_letter_to_the_reading(page, desk, size, checked):
    """Activation, second factor, sign-in, home, bill, self-reading: the whole way of a new customer."""
    account = desk.known.account if size[0] > 1000 else str(int(desk.known.account) + 1)
    tax_code = desk.manage(
        "shell", "-v", "0", "-c",
        "from sorgente.customers.models import ContractAccount as A;"
        f"h = A.objects.get(number={account!r}).holder; print(h.tax_code or h.vat_number)",
    ).strip()  # fmt: skip
    page.goto("/area/entra/")
    checked()
    page.click("text=Attiva l'area clienti")
    checked()
    page.fill("#id_account", account)
    page.fill("#id_code", "AAAAAAAAAA")
    page.fill("#id_tax_code_end", tax_code[-4:])
    submit(page)
    page.locator(".trouble").wait_for()
    checked()
    page.fill("#id_code", desk.manage("activation_code", account).strip())
    submit(page)
    page.wait_for_url("**/attiva/email/")
    checked()
    email = f"cliente{account}@posta.example"
    page.fill("#id_email", email)
    submit(page)
    page.wait_for_url("**/attiva/codice/")
    checked()
    page.fill("#id_code", page.locator("#shown-code").inner_text())
    submit(page)
    page.wait_for_url("**/attiva/password/")
    checked()
    page.fill("#id_password", PASSWORD)
    submit(page)
    page.wait_for_url("**/accesso/secondo/")
    checked()
    page.click("text=Per e-mail")
    page.wait_for_url(f"**/conti/{account}/")
    checked()

    page.click("button.leave")
    page.wait_for_url("**/entra/")
    page.fill("#id_email", email)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/entra/codice/")
    checked()
    page.goto("/area/profilo/")  # nothing opens with one factor
    assert "/area/entra/" in page.url
    page.fill("#id_email", email)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/entra/codice/")
    page.fill("#id_code", page.locator("#shown-code").inner_text())
    page.keyboard.press("Enter")
    page.wait_for_url("**/area/profilo/")  # where they wanted to go

    nav = ".side" if size[0] > 1000 else ".bottom"
    page.click(f"{nav} >> text=Bollette")
    page.wait_for_url("**/bollette/")
    checked()
    page.locator(".bill-list a").first.click()
    page.wait_for_url("**/area/bollette/**")
    checked()
    page.locator("details.row-group summary").first.click()
    checked()

    page.click(f"{nav} >> text=Consumi")
    page.wait_for_url("**/consumi/")
    page.locator("canvas").wait_for()
    checked()
    page.click(".beside summary")
    checked()
    page.goto(f"/area/conti/{account}/autolettura/")
    checked()
    if page.locator("#id_digits").count() == 0:
        assert "si legge da solo" in page.locator("h1").inner_text()
        return
    shown = page.locator("main p", has_text="L'ultima lettura era").inner_text()
    before = int(re.search(r"lettura era (\d+)", shown).group(1))
    page.fill("#id_digits", str(max(before - 1, 0)))
    submit(page)
    page.locator("text=Così non può essere").wait_for()
    checked()
    page.fill("#id_digits", f"{before + 2:05d}")
    submit(page)
    page.locator("text=/Sei sicuro|registrata|controlliamo/").first.wait_for()
    if page.locator("text=Sei sicuro?").count():
        checked()
        submit(page)
    page.wait_for_url("**/autolettura/fatta/")
    assert f"{before + 2} m³" in page.locator("main").inner_text()
    checked()


def test_every_page_of_a_customer_is_accessible(page, size, checked):
    home = enter_as(page, 0)
    paths = ["estratto/", "richieste/", "richieste/nuova/", "recapito/", "deleghe/"]
    party = None
    for path in ["/area/profilo/", "/area/accesso/", "/area/accesso/app/", *[home + one for one in paths]]:
        page.goto(path)
        checked()
        if path == "/area/profilo/":
            party = [link.get_attribute("href") for link in page.locator(".go-list a").all()]
    assert party is not None
    for path in party:
        page.goto(path)
        checked()
    page.click("button[value=en]")
    page.wait_for_load_state("networkidle")
    assert page.locator("html").get_attribute("lang") == "en"
    page.goto(home)
    assert page.locator(".next-mark").inner_text() in ("The next thing to do", "You need do nothing", "All is well")
    checked()
    page.click("button[value=it]")


def test_a_request_is_sent_and_shows_when_it_is_answered(page, size, checked):
    home = enter_as(page, 1)
    page.goto(f"{home}richieste/nuova/")
    page.check("input[value=complaint]")
    page.fill("#id_body", "Reclamo: la bolletta di febbraio conta il doppio dell'acqua. Aspetto una risposta scritta.")
    submit(page)
    page.wait_for_url("**/area/richieste/*/")
    assert "Hai scritto" in page.locator("main").inner_text()
    assert "Ti rispondiamo" in page.locator("main").inner_text()
    checked()


def test_a_familiar_is_invited_and_sees_what_is_allowed(page, desk, size, checked):
    home = enter_as(page, 2)
    page.goto(f"{home}deleghe/")
    page.fill("#id_email", f"figlia{size[0]}@posta.example")
    page.click('button:has-text("Manda l\'invito")')
    page.locator("text=invito mandato").first.wait_for()
    checked()
    outbox = Path(desk.environment["SORGENTE_VAR"]) / "outbox/email"
    mails = sorted(outbox.rglob("*.eml"), key=lambda file: file.stat().st_mtime)
    text = email.message_from_bytes(mails[-1].read_bytes(), policy=policy.default).get_content()
    link = re.search(r"https?://\S+/area/invito/\S+/", text).group()
    page.click("button.leave")
    page.goto(link)
    checked()
    page.fill("#id_first_name", "Eva")
    page.fill("#id_surname", "Rossi")
    page.fill("#id_password", PASSWORD)
    submit(page)
    page.wait_for_url("**/area/conti/*/")
    assert "per conto di" in page.locator("main").inner_text()
    checked()
    assert page.locator("text=Manda la lettura").count() == 0


def test_the_switcher_changes_the_supply(page, desk, size, checked):
    home = enter_as(page, 0)
    own = home.rstrip("/").split("/")[-1]
    other = str(int(desk.known.account) + (9 if size[0] > 1000 else 10))
    tax = desk.manage(
        "shell", "-v", "0", "-c",
        "from sorgente.customers.models import ContractAccount as A;"
        f"h = A.objects.get(number={other!r}).holder; print(h.tax_code or h.vat_number)",
    ).strip()  # fmt: skip
    page.goto("/area/attiva/")
    page.fill("#id_account", other)
    page.fill("#id_code", desk.manage("activation_code", other).strip())
    page.fill("#id_tax_code_end", tax[-4:])
    submit(page)
    page.wait_for_url("**/area/conti/*/")
    page.click(".switcher summary")
    checked()
    page.locator(f".switcher-list a[href='/area/conti/{other}/']").click()
    page.wait_for_url(f"**/conti/{other}/")
    page.click(".switcher summary")
    page.locator(f".switcher-list a[href='/area/conti/{own}/']").click()
    page.wait_for_url(f"**/conti/{own}/")
