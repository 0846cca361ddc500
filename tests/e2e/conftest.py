"""A served desk with a small town behind it, and Chromium in front: both real, both apart from this process."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.desk.small_town import Known
from tests.learnt_model import lend_learnt_model

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
# The browser looks nothing up and updates nothing while it is tested.
SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
VENDOR = ROOT / "src/sorgente/interfaces/desk/static/desk/vendor/htmx.min.js"
SWITCHBOARD_SECRET = "what the switchboard and these tests know"
READY_WITHIN_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Desk:
    address: str
    known: Known
    clerk: str
    password: str
    environment: dict[str, str]

    def manage(self, *words: str) -> str:
        command = [sys.executable, "-m", "sorgente.interfaces.commands.main", "manage", *words]
        return subprocess.run(
            command, env=self.environment, cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout


@pytest.fixture(scope="session")
def desk(tmp_path_factory) -> Iterator[Desk]:
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    if not VENDOR.exists():
        pytest.skip("the front-end assets are not built: npm ci && npm run build")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    var = tmp_path_factory.mktemp("desk")
    # As `sorgente serve` does: no visitor waits for the classifier to be learnt.
    lend_learnt_model(var)
    environment = {
        **os.environ,
        "SORGENTE_VAR": str(var),
        "SORGENTE_DEMO": "1",
        "SORGENTE_SWITCHBOARD_SECRET": SWITCHBOARD_SECRET,
        "DJANGO_SETTINGS_MODULE": "sorgente.config.settings",
    }
    empty = Desk(f"http://localhost:{port}", None, "", "", environment)  # type: ignore[arg-type]
    empty.manage("migrate", "--verbosity", "0")
    made = subprocess.run(
        [sys.executable, "-m", "tests.desk.small_town"], env=environment, cwd=ROOT, check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    clerk, password = empty.manage("staff", "anna", "--role", "desk", "--role", "billing").split()
    server = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "sorgente.config.asgi:application", "--port", str(port), "--log-level",
         "warning"], env=environment, cwd=ROOT,
    )  # fmt: skip
    try:
        _wait_for(f"{empty.address}/accounts/login/", server)
        yield Desk(empty.address, Known(**json.loads(made.stdout)), clerk, password, environment)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(address: str, server: subprocess.Popen) -> None:
    until = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < until:
        assert server.poll() is None, "the server ended before it answered"
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"{address} did not answer within {READY_WITHIN_SECONDS} s")


@pytest.fixture(scope="package")
def _browser(desk):
    """Its event loop must end with these tests: beside a running one, Django's database refuses the others."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(params=[(1440, 900), (390, 844)], ids=["desk", "phone"])
def size(request) -> tuple[int, int]:
    return request.param


@pytest.fixture
def page(request, desk, _browser):
    """A fresh visitor. Whatever the test does, the console stays clean and no request fails."""
    width, height = request.getfixturevalue("size") if "size" in request.fixturenames else (1440, 900)
    context = _browser.new_context(
        base_url=desk.address, viewport={"width": width, "height": height}, locale="it-IT", accept_downloads=True
    )
    context.set_default_timeout(30_000)
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda told: trouble.append(told.text) if told.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("requestfailed", lambda failed: trouble.append(f"failed: {failed.url}") if _counts(failed) else None)
    page.on(
        "response", lambda answer: trouble.append(f"{answer.status}: {answer.url}") if answer.status >= 400 else None
    )
    yield page
    context.close()
    assert trouble == []


def _counts(failed) -> bool:
    # A page left before it is whole gives up its own requests, and a download ends as an aborted navigation.
    return "ERR_ABORTED" not in (failed.failure or "")


@pytest.fixture
def enter(page, desk):
    """Sign in as the demonstration's user of a role."""

    def as_role(role: str) -> None:
        page.goto("/accounts/login/")
        page.click(f"form[action$='/demo/{role}/'] button")
        page.wait_for_url(f"{desk.address}/")

    return as_role
