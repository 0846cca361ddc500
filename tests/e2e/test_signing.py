"""Signing as customer and clerk do it: a real tablet page beside a real desk page, and the link on a telephone."""

from __future__ import annotations

import email
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from email import policy
from pathlib import Path
from typing import Any

import pytest

from sorgente.archive.signing.opener import load_key, open_biometrics
from tests.e2e.conftest import ROOT

pytestmark = pytest.mark.browser

CLERK = "demo-desk"
AXE = ROOT / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Pointer events as a digitiser sends them; only a page can make those of a pen.
DRAW = """([kind, pressed]) => {
  const pad = document.getElementById("pad"), edge = pad.getBoundingClientRect();
  const send = (name, at) => pad.dispatchEvent(new PointerEvent(name, {
    pointerId: 7, pointerType: kind, isPrimary: true, bubbles: true, cancelable: true, button: 0,
    buttons: name === "pointerup" ? 0 : 1, clientX: edge.left + 40 + at * 2, tiltX: 25, tiltY: -12, twist: 4,
    clientY: edge.top + edge.height / 2 + Math.sin(at / 4) * 30,
    pressure: pressed ? 0.2 + 0.5 * Math.abs(Math.sin(at / 9)) : 0.5,
  }));
  send("pointerdown", 0);
  for (let at = 1; at < 120; at += 1) send("pointermove", at);
  send("pointerup", 120);
}"""


@pytest.fixture
def case(desk):
    """Open an envelope in the served database."""

    def opened(kind: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "tests.e2e.signing_case", kind, CLERK]
        made = subprocess.run(command, env=desk.environment, cwd=ROOT, check=True, capture_output=True, text=True)
        return json.loads(made.stdout.splitlines()[-1])

    return opened


@pytest.fixture
def visit(desk, _browser) -> Iterator[Any]:
    """Return a new browser of a size, without a session; its console must stay clean."""
    contexts, trouble = [], []

    def browser(width: int, height: int) -> Any:
        context = _browser.new_context(
            base_url=desk.address, viewport={"width": width, "height": height}, locale="it-IT", has_touch=True,
            accept_downloads=True,
        )  # fmt: skip
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda told: trouble.append(told.text) if told.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        return page

    yield browser
    for context in contexts:
        context.close()
    # Refusals are pages of their own: the browser notes their status.
    assert [one for one in trouble if "the server responded with a status of 4" not in one] == []


@pytest.fixture
def clerk(page, enter):
    enter("desk")
    return page


def is_accessible(page) -> None:
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]] == []


def pair(clerk, tablet) -> None:
    clerk.goto("/signing/")
    clerk.locator(".page-head button").click()
    code = clerk.locator("#pairing-code").inner_text()
    tablet.goto(f"/firma/tablet/?codice={code.lower()}")
    is_accessible(tablet)
    tablet.click("main button")
    tablet.wait_for_url("**/firma/tablet/")
    is_accessible(tablet)
    clerk.wait_for_url("**/signing/")


def send_to_tablet(clerk, tablet, envelope: int) -> None:
    clerk.goto(f"/signing/{envelope}/")
    clerk.locator("button", has_text="Manda al tablet").first.click()
    tablet.wait_for_url(f"**/firma/tablet/{envelope}/")


def read_to_end(page) -> None:
    page.wait_for_load_state("networkidle")
    assert page.is_disabled("#go-on")
    for at in range(page.locator("[data-page]").count()):
        page.evaluate("at => document.querySelectorAll('[data-page]')[at].scrollIntoView()", at)
        assert page.is_disabled("#go-on"), "only the end of the document opens the way"
        page.wait_for_timeout(650)
    page.evaluate("document.getElementById('end').scrollIntoView()")
    page.locator("#go-on:enabled").wait_for()
    is_accessible(page)
    page.click("#go-on")
    page.locator(".clause").wait_for()


def sign(tablet, *, kind: str = "pen", pressed: bool = True) -> None:
    tablet.locator("#signing").wait_for()
    tablet.evaluate(DRAW, [kind, pressed])
    with tablet.expect_navigation():
        tablet.click("#confirm")


def verdict(desk, file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sorgente.interfaces.commands.main", "document", "verify", str(file)]
    return subprocess.run(command, env=desk.environment, cwd=ROOT, capture_output=True, text=True, check=False)


def latest_mail(desk) -> Any:
    files = sorted(
        Path(desk.environment["SORGENTE_VAR"]).glob("outbox/email/*/*.eml"), key=lambda one: one.stat().st_mtime
    )
    return email.message_from_bytes(files[-1].read_bytes(), policy=policy.default)


def code_sent(desk) -> str:
    return re.search(r"\b\d{6}\b", latest_mail(desk).get_body().get_content())[0]  # type: ignore[index]


def test_contract_signed_on_a_tablet_verifies_at_b_t_and_a_flipped_byte_is_caught(desk, clerk, visit, case, tmp_path):
    envelope = case("contract")["envelope"]
    tablet = visit(1180, 820)
    pair(clerk, tablet)
    send_to_tablet(clerk, tablet, envelope)
    is_accessible(tablet)
    read_to_end(tablet)

    assert tablet.locator("h1").inner_text().startswith("Aderisco alla firma elettronica avanzata")
    is_accessible(tablet)
    tablet.click("#with-biometrics")
    tablet.locator("#signing").wait_for()
    is_accessible(tablet)
    answers = []
    while tablet.locator("#pad").count():
        label = tablet.locator("h1").inner_text()
        if tablet.locator("#say-yes").count():
            boxes = [tablet.locator("#choice .act").nth(at).bounding_box() for at in (0, 1)]
            assert boxes[0]["width"] == pytest.approx(boxes[1]["width"])
            styles = [tablet.locator("#choice .act").nth(at).evaluate("e => getComputedStyle(e).backgroundColor")
                      for at in (0, 1)]  # fmt: skip
            assert styles[0] == styles[1], "neither answer is offered more than the other"
            if "promozionali" not in label:
                answers.append((label, "no"))
                with tablet.expect_navigation():
                    tablet.locator("#choice form button").click()
                continue
            tablet.click("#say-yes")
        answers.append((label, "signed"))
        with tablet.expect_request("**/firma/") as sent:
            sign(tablet)
        act = sent.value.post_data_json
        assert act["input"] == "pen_pressure"
        assert set(act) == {"ink", "biometrics", "input"}
        assert set(act["ink"]) == {"width", "height", "strokes"}
        assert {len(point) for stroke in act["ink"]["strokes"] for point in stroke} == {2}  # where, never how hard
        assert act["biometrics"]["aad"].split("|")[2] == str(envelope)
        tablet.wait_for_load_state("networkidle")
    assert [answer for _, answer in answers].count("no") == 2
    assert len(answers) == 9
    is_accessible(tablet)
    with tablet.expect_navigation():
        tablet.locator("form[action$='/concludi/'] button").click()
    assert tablet.locator("h1").inner_text() == "Fatto, grazie"
    is_accessible(tablet)
    with tablet.expect_download() as download:
        tablet.click("text=Scarica la copia")
    file = tmp_path / "signed.pdf"
    download.value.save_as(file)

    clerk.locator("text=Apri il documento firmato").wait_for()  # the desk follows by itself
    said = verdict(desk, file)
    assert said.returncode == 0, said.stdout + said.stderr
    told = json.loads(said.stdout)
    assert [one["level"] for one in told["signatures"]] == ["B-T"]
    assert [one["input"] for one in told["evidence"]["signed"]] == ["pen_pressure"] * 7
    assert {one["signature_kind"] for one in told["evidence"]["signed"]} == {"advanced"}
    key = Path(desk.environment["SORGENTE_VAR"]) / "third-party/biometrics.key"
    opened = open_biometrics(file.read_bytes(), key=load_key(key.read_bytes()))
    assert len(opened) == 7
    for signature in opened:
        pressures = [point["p"] for point in signature.data["points"]]
        assert len(pressures) == 120
        assert max(pressures) - min(pressures) > 0.3
        assert {(point["tx"], point["ty"]) for point in signature.data["points"]} == {(25, -12)}
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 1
    file.write_bytes(content)
    assert verdict(desk, file).returncode == 1


def test_tablet_lost_between_two_fields_goes_on_where_it_was(clerk, visit, case):
    envelope = case("contract")["envelope"]
    first, second = visit(1180, 820), visit(1180, 820)
    pair(clerk, first)
    send_to_tablet(clerk, first, envelope)
    read_to_end(first)
    first.click("#with-biometrics")
    sign(first)
    first.reload()  # a reload alone loses nothing either
    assert "Punto 2 di 9" in first.locator("main").inner_text()
    clerk.goto("/signing/")
    clerk.locator("button", has_text="Guasto o smarrito").first.click()
    first.wait_for_url("**/firma/tablet/")  # the lost tablet shows the document no more
    first.goto(f"/firma/tablet/{envelope}/")
    assert first.locator("h1").inner_text() == "Questo tablet non è collegato"

    pair(clerk, second)
    send_to_tablet(clerk, second, envelope)
    read_to_end(second)
    assert "Punto 2 di 9" in second.locator("main").inner_text()


def test_input_without_pressure_is_recorded_as_such_and_a_mouse_is_refused(clerk, visit, case):
    envelope = case("closing")["envelope"]
    tablet = visit(1180, 820)
    pair(clerk, tablet)
    send_to_tablet(clerk, tablet, envelope)
    read_to_end(tablet)
    tablet.click("#with-biometrics")
    edge = tablet.locator("#pad").bounding_box()
    tablet.mouse.move(edge["x"] + 40, edge["y"] + 40)
    tablet.mouse.down()
    tablet.mouse.move(edge["x"] + 200, edge["y"] + 60, steps=20)
    tablet.mouse.up()
    assert "mouse" in tablet.locator("#told").inner_text()
    assert tablet.is_disabled("#confirm")
    tablet.evaluate(DRAW, ["pen", False])
    assert "non rileva la pressione" in tablet.locator("#told").inner_text()
    tablet.click("#clear")
    assert tablet.is_disabled("#confirm")
    sign(tablet, kind="pen", pressed=False)
    clerk.goto(f"/signing/{envelope}/")
    assert clerk.locator("td", has_text="penna senza pressione").count() == 1


@pytest.mark.slow
def test_finger_through_the_browser_s_own_touch_events(clerk, visit, case):
    envelope = case("closing")["envelope"]
    tablet = visit(1180, 820)
    pair(clerk, tablet)
    send_to_tablet(clerk, tablet, envelope)
    read_to_end(tablet)
    tablet.click("#with-biometrics")
    edge = tablet.locator("#pad").bounding_box()
    touch = tablet.context.new_cdp_session(tablet)
    for at in range(40):
        point = {"x": edge["x"] + 40 + at * 5, "y": edge["y"] + 80 + at % 7 * 4}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove" if at else "touchStart", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    with tablet.expect_navigation():
        tablet.click("#confirm")
    clerk.goto(f"/signing/{envelope}/")
    assert clerk.locator("td", has_text="dito").count() == 1


@pytest.mark.slow
def test_whoever_prefers_no_biometrics_signs_the_same_paper_with_a_code(desk, clerk, visit, case):
    envelope = case("closing")["envelope"]
    tablet = visit(1180, 820)
    pair(clerk, tablet)
    send_to_tablet(clerk, tablet, envelope)
    read_to_end(tablet)
    tablet.click("#without-biometrics")
    is_accessible(tablet)
    tablet.locator("form[action$='/con-codice/'] button").click()
    tablet.locator("#go-on").wait_for()
    read_to_end(tablet)
    tablet.locator("button", has_text="Accetto").click()
    tablet.locator("button", has_text="E-mail a").click()
    tablet.fill("#code", code_sent(desk))
    tablet.keyboard.press("Enter")
    tablet.locator("h1", has_text="Fatto").wait_for()


def test_code_at_a_distance_on_a_telephone(desk, visit, case, tmp_path):
    token = case("remote")["token"]
    phone = visit(390, 844)
    phone.goto(f"/firma/{token}/")
    assert "Giulia B." in phone.locator("main").inner_text()
    assert "BNCGLI85C52A271X" not in phone.locator(".lead").inner_text()
    is_accessible(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    read_to_end(phone)
    is_accessible(phone)
    phone.keyboard.press("Tab")  # by keyboard alone from here
    phone.locator("button", has_text="Accetto").press("Enter")
    phone.locator("button", has_text="E-mail a").press("Enter")
    phone.locator("#code").wait_for()
    is_accessible(phone)
    mail = latest_mail(desk)
    code = code_sent(desk)
    assert "Disdetta" in mail.get_body().get_content()  # it names the document it signs
    phone.fill("#code", f"{(int(code) + 1) % 1_000_000:06d}")
    phone.keyboard.press("Enter")
    phone.locator("[role=alert]").wait_for()
    assert "ancora 4 volte" in phone.locator("[role=alert]").inner_text()
    is_accessible(phone)
    phone.fill("#code", code)
    phone.keyboard.press("Enter")
    phone.locator("h1", has_text="Fatto").wait_for()
    is_accessible(phone)
    with phone.expect_download() as download:
        phone.click("text=Scarica la copia")
    file = tmp_path / "signed.pdf"
    download.value.save_as(file)
    said = verdict(desk, file)
    assert said.returncode == 0
    assert json.loads(said.stdout)["signatures"][0]["level"] == "B-T"


@pytest.mark.slow
def test_six_wrong_codes_lock_the_link(desk, visit, case):
    phone = visit(390, 844)
    phone.goto(f"/firma/{case('remote')['token']}/")
    read_to_end(phone)
    phone.locator("button", has_text="Accetto").click()
    phone.locator("button", has_text="E-mail a").click()
    right = code_sent(desk)
    for _ in range(6):
        phone.fill("#code", f"{(int(right) + 1) % 1_000_000:06d}")
        phone.keyboard.press("Enter")
        phone.locator("[role=alert]").wait_for()
        if not phone.locator("#code").count():
            break
        phone.wait_for_load_state()
    assert "bloccata" in phone.locator("[role=alert]").inner_text()
    assert phone.locator("#code").count() == 0
    is_accessible(phone)


@pytest.mark.slow
def test_refusing_a_required_point_ends_it(visit, case):
    phone = visit(390, 844)
    token = case("remote")["token"]
    phone.goto(f"/firma/{token}/")
    read_to_end(phone)
    phone.click("text=Non firmo")
    is_accessible(phone)
    phone.locator("button", has_text="Confermo, non firmo").click()
    phone.locator("h1", has_text="Non hai firmato").wait_for()
    phone.reload()
    assert phone.locator("h1").inner_text() == "Non hai firmato"
    is_accessible(phone)


def test_english_by_the_switch_and_unknown_links_in_plain_words(visit, case):
    phone = visit(390, 844)
    phone.goto("/firma/no-such-link/")
    assert phone.locator("h1").inner_text() == "Qui non c'è niente da firmare"
    is_accessible(phone)
    phone.goto(f"/firma/{case('remote')['token']}/")
    phone.click("text=English")
    phone.locator("text=I have read it, go on").wait_for()
    phone.goto("/firma/come-funziona/")
    assert phone.locator("h1").inner_text() == "How the electronic signature works"
    is_accessible(phone)


def test_what_the_clerk_cancels_leaves_the_tablet_within_seconds(clerk, visit, case):
    envelope = case("closing")["envelope"]
    tablet = visit(1180, 820)
    pair(clerk, tablet)
    send_to_tablet(clerk, tablet, envelope)
    clerk.goto(f"/signing/{envelope}/")
    clerk.click("text=Altri modi")
    clerk.click("text=Annulla la firma")
    tablet.locator("h1", has_text="La firma è stata annullata").wait_for()
