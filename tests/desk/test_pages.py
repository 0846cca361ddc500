"""What the pages show and do, with a small town behind them."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest

from sorgente.interfaces.desk import views
from sorgente.interfaces.desk.listing import _cell, euro_cell
from sorgente.interfaces.desk.run_progress import progress_of
from tests.desk.conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _that_day(monkeypatch):
    for module in ("home", "customers", "billing"):
        __import__(f"sorgente.interfaces.desk.views.{module}")
        monkeypatch.setattr(getattr(views, module), "localdate", lambda: TODAY)
    from django.core.cache import cache

    cache.clear()


def page(client, address: str, status: int = 200, **headers) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


@pytest.mark.parametrize("key", ["name", "tax_code", "phone", "account", "point", "serial", "bill"])
def test_search_finds_by_every_key(town, sign_in, key):
    text = page(sign_in("desk"), "/search/?q=" + getattr(town, key).replace("+", "%2B").replace(" ", "+"))
    assert f'href="/customers/{town.party_id}/"' in text


def test_live_search_answers_with_the_rows_alone(town, sign_in):
    client = sign_in("desk")
    part = page(client, f"/search/?q={town.tax_code}", **{"HX-Request": "true"})
    assert part.count('role="option"') == 1
    assert "<html" not in part
    assert "Nessun cliente per" in page(client, "/search/?q=zzzzzz", **{"HX-Request": "true"})


def test_search_escapes_what_was_typed(town, sign_in):
    text = page(sign_in("desk"), "/search/?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in text


def test_a_meter_leads_straight_to_its_customer(town, sign_in):
    answer = sign_in("reader").get(f"/search/?q={town.serial}&go=1")
    assert answer["Location"] == f"/customers/{town.party_id}/"


def test_dashboard_shows_the_shares_and_links_each_to_its_rows(town, sign_in):
    text = page(sign_in("admin"), "/")
    for words in ("Come leggiamo i contatori", "Come pagano", "Fatturato, incassato, scaduto", "Letture al mese"):
        assert words in text
    for address in ("?kind=radio&amp;from=", "?kind=sdd&amp;match=matched&amp;from=", "?state=overdue"):
        assert address in text


def test_dashboard_of_the_archive_shows_the_archive(town, sign_in):
    text = page(sign_in("archive"), "/")
    assert "Documenti in archivio" in text
    assert "Fatturato" not in text


def test_customer_page_has_everything(town, sign_in):
    text = page(sign_in("desk"), f"/customers/{town.party_id}/")
    for words in (town.name, town.tax_code, town.account, town.point, town.serial, town.bill, "Saldo", "Messaggi"):
        assert words in text


def test_statement_ends_with_the_balance_and_exports(town, sign_in):
    client = sign_in("desk")
    assert "Saldo di oggi" in page(client, f"/statements/{town.account}/")
    rows = list(csv.DictReader(io.StringIO(page(client, f"/statements/{town.account}/?export=csv")[1:]), delimiter=";"))
    moved = sum(int(row["Importo €"].replace(",", "")) for row in rows)
    assert moved == int(rows[-1]["Saldo €"].replace(",", ""))


def test_bill_page_adds_up_and_shows_its_reads(town, sign_in):
    text = page(sign_in("desk"), f"/bills/{town.bill}/")
    for words in ("Quota variabile", "fascia agevolata", "Componente UI1", "IVA 10", town.serial, "<iframe"):
        assert words in text


@pytest.mark.parametrize(
    "address", ["/bills/2020/SII/0000009/", "/customers/987654321/", "/runs/none/", "/payments/987654321/",
                "/statements/none/", f"/documents/{'0' * 64}/"],
)  # fmt: skip
def test_what_is_not_there_is_a_404_that_helps(town, sign_in, address):
    text = page(sign_in("admin"), address, status=404)
    assert "Pagina non trovata" in text
    assert "data-finder" in text


@pytest.mark.parametrize(
    "address", ["/customers/", "/reads/", "/bills/", "/runs/", "/runs/parked/", "/payments/", "/documents/"]
)
def test_every_list_exports_what_it_shows(town, sign_in, address):
    client = sign_in("admin")
    text = page(client, address)
    assert "export=csv" in text
    exported = page(client, f"{address}?export=csv")
    assert exported.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(exported[1:]), delimiter=";"))
    assert len(rows) > 1
    assert all(len(row) == len(rows[0]) for row in rows)


@pytest.mark.parametrize(
    ("address", "inside", "outside"),
    [
        ("/bills/?state=overdue", "Scaduta", "Pagata<"),
        ("/bills/?state=paid", "Pagata<", "tag-danger"),
        ("/bills/?basis=estimated", "Acconto", '<td class="wide-only">Conguaglio'),
        ("/payments/?match=suspense", "Da abbinare", "tag-success"),
        ("/reads/?state=held", "4,2 volte il solito", "tag-success"),
        ("/customers/?method=sdd", "<td>Addebito diretto", "<td>Avviso pagoPA"),
    ],
)
def test_filters_in_the_address_keep_and_leave_out(town, sign_in, address, inside, outside):
    text = page(sign_in("admin"), address)
    assert inside in text
    assert outside not in text


def test_pages_of_a_list_neither_repeat_nor_lose_rows(town, sign_in):
    client = sign_in("admin")

    def numbers(address: str) -> list[str]:
        return re.findall(r'data-row href="/bills/([^"]+)/"', page(client, address))

    first, second = numbers("/bills/"), numbers("/bills/?page=2")
    assert len(first) == 50
    assert second
    assert not set(first) & set(second)
    assert "page=2" in page(client, "/bills/")
    assert numbers("/bills/?page=999") == second
    assert numbers("/bills/?page=x") == first


def test_an_export_never_carries_a_formula():
    assert _cell('=HYPERLINK("x")') == '\'=HYPERLINK("x")'
    assert _cell("+39 333") == "'+39 333"
    assert _cell("-12,50") == "-12,50"
    assert euro_cell(-5) == "-0,05"


def test_held_read_is_released_with_its_reason(town, sign_in):
    from sorgente.metering.models import Read

    held = Read.objects.get(state="held")
    client = sign_in("reader")
    part = client.post(
        f"/reads/{held.pk}/judge/", {"decision": "release", "reason": "confermata dal cliente"},
        headers={"HX-Request": "true"},
    )  # fmt: skip
    assert "Valida" in part.content.decode()
    held.refresh_from_db()
    assert held.state == "accepted"
    again = client.post(
        f"/reads/{held.pk}/judge/", {"decision": "release", "reason": "ancora"}, headers={"HX-Request": "true"}
    )
    assert again.status_code == 422
    assert "metering.read.not-held" in again.content.decode()


def test_waiting_payment_is_matched_with_the_bill_chosen(town, sign_in):
    from sorgente.payments.models import Payment

    waiting = Payment.objects.filter(match="suspense").earliest("id")
    client = sign_in("credit")
    text = page(client, f"/payments/{waiting.pk}/")
    number = waiting.fingerprint.removeprefix("statement:")
    assert f'value="{number}"' in text
    assert client.post(f"/payments/{waiting.pk}/match/", {"bill": number}).status_code == 302
    waiting.refresh_from_db()
    assert (waiting.match, waiting.matched_by) == ("matched", "hand")
    assert "Ancora aperto" in page(client, f"/bills/{number}/")


def test_matching_an_unknown_bill_says_so(town, sign_in):
    from sorgente.payments.models import Payment

    waiting = Payment.objects.filter(match="suspense").earliest("id")
    answer = sign_in("credit").post(f"/payments/{waiting.pk}/match/", {"bill": "2020/SII/0000001"})
    assert answer.status_code == 422
    assert "payments.payment.bill-unknown" in answer.content.decode()
    waiting.refresh_from_db()
    assert waiting.match == "suspense"


def test_cockpit_asks_again_only_while_the_run_goes_on(town, sign_in):
    from sorgente.billing.models import BillingRun

    client = sign_in("billing")
    run = BillingRun.objects.latest("id")
    assert "every 1s" not in page(client, f"/runs/{run.name}/")
    BillingRun.objects.filter(pk=run.pk).update(step="render", rendered=5, ended_at=None)
    part = page(client, f"/runs/{run.name}/", **{"HX-Request": "true"})
    assert "every 1s" in part
    assert "<html" not in part


def test_progress_counts_steps_and_says_how_long_still():
    start = datetime(2026, 3, 1, 8, tzinfo=UTC)
    run = {
        "stage": "render", "selected": 1000, "issued": 990, "parked": 10, "rendered": 495, "transmitted": 0,
        "delivered": 0, "collected": 0, "started_at": start, "ended_at": None,
    }  # fmt: skip
    progress = progress_of(run, {"issued": 990, "parked": 10}, collected=990, now=start + timedelta(seconds=90))
    assert [step.state for step in progress.steps] == ["past"] * 5 + ["now"] + ["ahead"] * 2
    assert progress.percent == 68
    assert progress.a_second == 11
    assert progress.left == timedelta(seconds=40)
    done = progress_of({**run, "stage": "done", "ended_at": start + timedelta(seconds=9)}, {}, collected=990, now=start)
    assert (done.percent, done.is_running, done.left, done.seconds) == (100, False, None, 9)


def test_the_number_of_questions_does_not_grow_with_the_rows(town, sign_in, django_assert_max_num_queries):
    client = sign_in("admin")
    for address, most in (("/bills/", 12), ("/payments/", 12), ("/reads/", 12), ("/customers/", 12),
                          (f"/customers/{town.party_id}/", 45), (f"/bills/{town.bill}/", 25)):  # fmt: skip
        with django_assert_max_num_queries(most):
            page(client, address)


def test_parked_bill_is_released_with_its_reason(town, sign_in):
    from sorgente.billing.models import RunItem

    item = RunItem.objects.get(state="parked")
    client = sign_in("billing")
    assert "184,20" in page(client, "/runs/parked/")
    answer = client.post(
        f"/runs/parked/{item.pk}/release/", {"reason": "letta di nuovo"}, headers={"HX-Request": "true"}
    )
    assert "Rilasciata" in answer.content.decode()
    item.refresh_from_db()
    assert item.state in ("released", "selected")
    assert (item.released_by, item.release_reason) == ("billing", "letta di nuovo")
    assert sign_in("credit").post(f"/runs/parked/{item.pk}/release/", {"reason": "altro"}).status_code == 403


@pytest.mark.parametrize(
    ("differences", "words"),
    [
        ((), "Coincide fino all'ultimo centesimo"),
        (("net_cents is 5, computed 6.",), "net_cents is 5, computed 6."),
    ],
)
def test_replay_says_whether_the_bill_is_the_same(town, sign_in, monkeypatch, differences, words):
    from sorgente.billing.queries.replay import Replay
    from sorgente.interfaces.desk.views import billing

    monkeypatch.setattr(billing, "replay_bill", lambda number: Replay(number, 5, differences))
    answer = sign_in("complaints").post(f"/bills/{town.bill}/replay/")
    assert words in answer.content.decode()
    assert sign_in("complaints").post("/bills/2020/SII/0000009/replay/").status_code == 404
