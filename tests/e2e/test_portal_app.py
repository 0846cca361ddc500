"""The area as an installed app: installable, readable without a network, told of a reading; and booking on the web."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.e2e.conftest import CHROMIUM, SWITCHES
from tests.e2e.test_portal import checked, enter_as, submit  # noqa: F401
from tests.messages.test_notifications import Listener

pytestmark = pytest.mark.browser

# Chromium without a push service of its own gives no subscription: this one leads to our listener.
MADE = """
(() => {
  const told = %s;
  const unsubscribe = async () => localStorage.removeItem("made");
  const made = { endpoint: told.endpoint, toJSON: () => told, unsubscribe };
  PushManager.prototype.subscribe = async () => { localStorage.setItem("made", "1"); return made; };
  PushManager.prototype.getSubscription = async () => (localStorage.getItem("made") ? made : null);
})();
"""
NEW_READ = """
from datetime import timedelta
from django.utils import timezone
from sorgente.journeys.notices import tell_readings
from sorgente.messages.usecases.deliver_messages import deliver_messages
from sorgente.metering.models import Installation, Read
now = timezone.now()
place = Installation.objects.filter(
    service_point__supply_contracts__contract_account__number="{account}", installed__upper_inf=True).first()
latest = place.register.reads.filter(state="accepted").order_by("-read_on").first()
Read.objects.create(register=place.register, read_on=timezone.localdate() + timedelta(days={ahead}),
    index_milli=latest.index_milli + 3000, running_milli=latest.running_milli + 3000, kind="radio", received_at=now)
print(tell_readings(since=now - timedelta(minutes=1), at=timezone.now()).queued, deliver_messages(as_of=now).sent)
"""
DIARY = """
from datetime import date, time, timedelta
from sorgente.tickets.appointments.usecases.set_up import define_hours, define_place, define_service, open_slots
define_place(code="centro", kind="desk", name="Sportello di Valdoro", address="Piazza Roma 1, Valdoro")
define_place(code="mare", kind="desk", name="Sportello di Marina", address="Via del Mare 8, Marina")
define_service(code="contratti", name="Contratti e volture", name_en="Contracts", bring="documento d'identità")
for place in ("centro", "mare"):
    define_hours(place=place, services=["contratti"], weekdays=[1, 2, 3, 4, 5], opens_at=time(9), closes_at=time(12),
                 slot_minutes=30, seats=2, from_on=date(2026, 1, 1))
open_slots(start=date.today() + timedelta(days=1), end=date.today() + timedelta(days=15))
"""


def ready(page) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")


def test_the_browser_finds_nothing_that_keeps_it_from_being_installed(desk, page, tmp_path):
    profile = page.context.browser.browser_type.launch_persistent_context(
        str(tmp_path), executable_path=CHROMIUM, args=SWITCHES, base_url=desk.address, locale="it-IT"
    )
    own = profile.new_page()
    enter_as(own, 0)
    ready(own)
    cdp = profile.new_cdp_session(own)
    assert cdp.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    told = cdp.send("Page.getAppManifest")
    assert told["errors"] == []
    assert json.loads(told["data"])["start_url"] == "/area/?app"
    assert own.goto("/area/?app").status == 200
    profile.close()


def test_what_was_seen_can_be_read_without_a_network_until_the_sign_out(page, size, checked):  # noqa: F811
    home = enter_as(page, 0)
    ready(page)
    kept = {home: "Home", f"{home}bollette/": "Bollette", f"{home}consumi/": "Consumi"}
    for path in kept:
        page.goto(path)
        page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    for path in [*kept, "/area/?app"]:
        page.goto(path)
        page.locator(".app-note >> text=Senza rete").wait_for()
    checked()
    page.goto("/area/profilo/")
    page.locator("text=Non c'è rete").wait_for()
    checked()
    page.context.set_offline(False)
    page.goto(home)
    assert page.locator(".app-note").count() == 0
    page.click("button.leave")
    page.wait_for_url("**/entra/")
    page.wait_for_function("caches.has('pages').then((there) => !there)")
    page.context.set_offline(True)
    page.goto(home)
    page.locator("text=Non c'è rete").wait_for()
    page.context.set_offline(False)


def test_a_reading_written_without_a_network_waits_for_a_yes(page, size, checked):  # noqa: F811
    form = None
    for place in range(3):
        home = enter_as(page, place)
        ready(page)
        page.goto(f"{home}autolettura/")
        if page.locator("#id_digits").count():
            form = f"{home}autolettura/"
            break
        page.click("button.leave")
    assert form is not None, "nobody of the demonstration reads by hand"
    before = int(re.search(r"lettura era (\d+)", page.locator("main").inner_text()).group(1))
    page.goto(form)  # seen while the worker was there
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.goto(form)
    page.locator(".app-note").wait_for()
    page.fill("#id_digits", f"{before + 1:05d}")
    submit(page)
    page.locator("text=Lettura tenuta da parte").wait_for()
    checked()
    page.context.set_offline(False)
    page.goto(home)
    page.click("text=Guardala e mandala")
    page.wait_for_url("**/autolettura/")
    page.locator("text=Avevi scritto").wait_for()
    assert page.input_value("#id_digits") == f"{before + 1:05d}"
    checked()
    page.click("text=Buttala")
    assert page.input_value("#id_digits") == ""
    page.goto(home)
    assert page.locator("text=Guardala e mandala").count() == 0


def test_a_reading_rings_on_the_telephone(page, desk, size, checked):  # noqa: F811
    listener = Listener()
    point = listener.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    subscription = {
        "endpoint": f"http://127.0.0.1:{listener.server.server_port}/push/{size[0]}",
        "keys": {"p256dh": _base64(point), "auth": _base64(listener.auth)},
    }
    page.context.grant_permissions(["notifications"], origin=desk.address)
    page.add_init_script(MADE % json.dumps(subscription))
    home = enter_as(page, 0)
    ready(page)
    page.goto("/area/avvisi/")
    checked()
    page.click("text=Attiva le notifiche su questo dispositivo")
    page.locator("text=Qui le notifiche sono attive").wait_for()
    page.click("text=Mandane una di prova")
    page.locator("text=arriva entro un minuto").wait_for()
    page.fill("input[name=quiet_from]", "09:00")
    page.fill("input[name=quiet_until]", "09:00")  # never silent: the test runs at any hour
    page.click("button:has-text('Salva')")
    page.locator("text=vale da adesso").wait_for()
    checked()
    account = home.rstrip("/").split("/")[-1]
    desk.manage("shell", "-v", "0", "-c", NEW_READ.format(account=account, ahead=0 if size[0] > 1000 else 1))
    told = next(one for one in listener.heard if one["tag"].startswith("read:"))
    assert told["title"] == "Nuova lettura del contatore"
    assert told["url"] == f"/area/conti/{account}/consumi/"
    assert "Gli avvisi funzionano" in {one["title"] for one in listener.heard}
    _deliver(page, desk.address, told)
    page.wait_for_function(
        "navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) => all.length > 0)"
    )
    shown = page.evaluate(
        "navigator.serviceWorker.ready.then((one) => one.getNotifications())"
        ".then(([one]) => ({title: one.title, body: one.body, tag: one.tag, url: one.data.url}))"
    )
    assert shown == {"title": told["title"], "body": told["body"], "tag": told["tag"], "url": told["url"]}
    page.click("text=Disattivale qui")
    page.locator("text=Attiva le notifiche su questo dispositivo").wait_for()
    listener.server.shutdown()


def test_anybody_books_moves_and_calls_off(page, desk, size, checked):  # noqa: F811
    desk.manage("shell", "-v", "0", "-c", DIARY)
    page.goto("/appuntamenti/")
    checked()
    page.click("text=Contratti e volture")
    checked()
    page.click("text=Sportello di Valdoro")
    checked()
    page.locator(".hour").first.click()
    submit(page)
    page.locator(".field-error").first.wait_for()
    checked()
    page.fill("#id_name", "Anna Bianchi")
    page.fill("#id_email", "anna@posta.example")
    submit(page)
    page.locator("h1:has-text('Ti aspettiamo')").wait_for()
    checked()
    link = page.url
    page.click("a.btn:has-text('Sposta')")
    checked()
    page.locator("button.hour").nth(1).click()
    page.locator("text=l'appuntamento è spostato").wait_for()
    assert page.url == link
    with page.expect_download() as download:
        page.click("text=Aggiungi al calendario")
    assert download.value.suggested_filename.endswith(".ics")
    assert b"BEGIN:VEVENT" in Path(download.value.path()).read_bytes()
    page.click("text=Annulla l'appuntamento")
    page.locator("h1:has-text('annullato')").wait_for()
    checked()


def test_a_customer_finds_appointments_papers_and_tells_who_lives_there(page, desk, size, checked):  # noqa: F811
    desk.manage("shell", "-v", "0", "-c", DIARY)
    home = enter_as(page, 1 if size[0] > 1000 else 0)
    page.goto("/appuntamenti/nuovo/contratti/mare/")
    page.locator(".hour").first.click()
    submit(page)  # name and contact are there already
    page.locator("h1:has-text('Ti aspettiamo')").wait_for()
    for path in ("/area/appuntamenti/", "/area/documenti/", f"{home}nucleo/"):
        page.goto(path)
        checked()
    page.fill("#id_residents", "9")
    page.check("#id_accepted")
    submit(page)
    page.wait_for_url("**/area/pratiche/**")
    checked()
    page.goto(f"{home}richieste/")
    assert "la stiamo guardando" in page.locator("main").inner_text()
    checked()
    page.goto(home)
    assert "Contratti e volture" in page.locator("main").inner_text()
    checked()


def _deliver(page, origin: str, told: dict) -> None:
    """Hand a push message to the worker as the browser does when one arrives."""
    cdp = page.context.new_cdp_session(page)
    known: list[dict] = []
    cdp.on("ServiceWorker.workerRegistrationUpdated", lambda event: known.extend(event["registrations"]))
    cdp.send("ServiceWorker.enable")
    for _ in range(100):  # until the browser has told of it
        if any(one["scopeURL"] == f"{origin}/area/" for one in known):
            break
        page.wait_for_timeout(100)
    registration = next(one for one in known if one["scopeURL"] == f"{origin}/area/")
    cdp.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": registration["registrationId"], "data": json.dumps(told)},
    )


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
