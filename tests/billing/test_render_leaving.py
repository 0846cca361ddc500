"""Bills leave: e-invoices to SdI, messages to customers, files to a folder. Each once."""

from __future__ import annotations

import json
from datetime import date

import pytest

from sorgente.archive.core.folder import path_of
from sorgente.archive.queries.documents import read_document
from sorgente.billing.adapters.sdi_outbox import EinvoiceNameTaken, FolderTransport, OutboxUnwritable
from sorgente.billing.models import Bill, RunItem
from sorgente.billing.usecases.deliver_bills import deliver_bills
from sorgente.billing.usecases.render_bills import render_bills
from sorgente.billing.usecases.transmit_bills import transmit_bills
from sorgente.interfaces.commands.main import main
from sorgente.messages.queries.messages import messages_about
from sorgente.payments.queries.payment_details import payment_details
from tests.billing.render_builders import at, customer, village

pytestmark = pytest.mark.django_db

NOVEMBER, ISSUED = date(2025, 11, 4), date(2025, 11, 20)
NOW = at(ISSUED)


@pytest.fixture(autouse=True)
def archive(settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path / "archive"


def rendered(*customers):
    place = village(*customers)
    place.read(NOVEMBER, 240)
    run = place.bill(ISSUED)
    assert render_bills(payments_of=payment_details, rendered_at=NOW, run=run).refusals == []
    return run


@pytest.fixture
def run():
    return rendered(customer(1), customer(2))


@pytest.fixture(autouse=True)
def outbox(settings, tmp_path):
    settings.SDI_OUTBOX = tmp_path / "sdi"
    return tmp_path / "sdi"


def transmit(run):
    return transmit_bills(transmitted_at=NOW, run=run)


def deliver(run):
    return deliver_bills(payments_of=payment_details, delivered_at=NOW, run=run)


def test_e_invoices_leave_once_under_their_names(run, outbox):
    assert transmit(run).done == 2
    for bill in Bill.objects.filter(run=run).select_related("einvoice"):
        assert (outbox / bill.einvoice_name).read_bytes() == read_document(bill.einvoice.sha256)
        assert bill.transmitted_at == NOW
    assert len(list(outbox.iterdir())) == 2
    assert transmit(run).done == 0
    run.refresh_from_db()
    assert run.transmitted == 2


def test_an_e_invoice_written_before_the_program_was_killed_is_sent_again_under_the_same_name(run, outbox):
    transmit(run)
    Bill.objects.filter(run=run).update(transmitted_at=None)
    assert transmit(run).done == 2
    assert len(list(outbox.iterdir())) == 2


def test_another_file_under_the_name_is_never_replaced_and_the_others_leave(run, outbox):
    outbox.mkdir()
    taken = Bill.objects.filter(run=run).earliest("id")
    (outbox / taken.einvoice_name).write_text("of somebody else")
    result = transmit(run)
    [(number, error)] = result.refusals
    assert (result.done, number, type(error)) == (1, taken.number, EinvoiceNameTaken)
    assert str(error).endswith("holds another one. Find out who wrote it; nothing was replaced.")
    assert (outbox / taken.einvoice_name).read_text() == "of somebody else"
    assert RunItem.objects.get(run=run, contract=taken.contract).code == "billing.transmission.name-taken"


def test_an_outbox_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutboxUnwritable, match=r"E-invoice a\.xml: .*Make room or give rights"):
        FolderTransport(tmp_path / "file" / "sdi").send(name="a.xml", content=b"<x/>")


def test_a_damaged_document_stays_behind(run, settings):
    bill = Bill.objects.filter(run=run).select_related("einvoice").latest("id")
    path_of(settings.ARCHIVE_DIR, bill.einvoice.sha256).write_bytes(b"damaged")
    result = transmit(run)
    assert (result.done, [number for number, _ in result.refusals]) == (1, [bill.number])


def test_each_customer_hears_on_the_chosen_channel_once():
    run = rendered(
        customer(1, channel="email", email="maria@posta.example"),
        customer(2, channel="post"),
        customer(3, channel="pec", pec="rossi@pec.example"),
        customer(4, payment_method="sdd"),
    )
    assert deliver(run).done == 4
    bills = list(Bill.objects.filter(run=run).order_by("id"))
    found = [messages_about(f"bill:{bill.number}") for bill in bills]
    assert [(one.channel, one.recipient) for [one] in found] == [
        ("email", "maria@posta.example"),
        ("post", "Rossi Maria 2, Via della Fonte 7, 60901 Valdoro AN"),
        ("pec", "rossi@pec.example"),
        ("portal", bills[3].contract_account.number),
    ]
    [by_email], [by_area] = found[0], found[3]
    assert by_email.document_id == bills[0].document_id
    assert "15 dicembre 2025" in by_email.body
    assert "numero avviso 3010" in by_email.body
    assert "Lo addebitiamo il 15 dicembre 2025 sul tuo conto IT•• •••• •••• 3456" in by_area.body
    assert deliver(run).done == 0
    Bill.objects.filter(run=run).update(delivered_at=None)
    assert deliver(run).done == 4  # recognised by its key: nothing is queued again
    assert [len(messages_about(f"bill:{bill.number}")) for bill in bills] == [1, 1, 1, 1]


def test_an_address_that_cannot_be_one_holds_one_bill_and_not_the_others():
    run = rendered(customer(1, channel="email", email="no address"), customer(2))
    result = deliver(run)
    assert (result.done, [error.code for _, error in result.refusals]) == (1, ["shared.email.invalid"])
    assert Bill.objects.get(run=run, delivered_at=None).number == result.refusals[0][0]


def export(*words, capsys):
    code = main(["bills", "export", *words])
    caught = capsys.readouterr()
    return code, [json.loads(line) for line in caught.out.splitlines()], caught.err


def test_export_writes_both_files_and_goes_on_where_it_stopped(run, tmp_path, capsys):
    folder = tmp_path / "out" / "deep"
    code, lines, err = export("--run", run.name, "--to", str(folder), capsys=capsys)
    assert (code, err) == (0, f"2 bollette in {folder}: 4 file scritti, 0 bollette con problemi\n")
    assert [line["number"] for line in lines] == ["2025/SII/0000001", "2025/SII/0000002"]
    assert sorted(name for line in lines for name in line["files"]) == sorted(path.name for path in folder.iterdir())
    pdf = folder / "bolletta-2025-SII-0000001.pdf"
    pdf.write_bytes(b"cut short")
    again, lines_again, err = export("--run", run.name, "--to", str(folder), capsys=capsys)
    assert (again, lines_again) == (0, lines)
    assert err == f"2 bollette in {folder}: 1 file scritti, 0 bollette con problemi\n"
    assert pdf.read_bytes().startswith(b"%PDF")


def test_export_of_named_bills_tells_those_without_papers(run, tmp_path, capsys):
    later = village(customer(7))
    later.read(NOVEMBER, 200)
    later.bill(date(2025, 11, 21))
    code, lines, err = export(
        "2025/SII/0000002", "--number", "2025/SII/0000003", "--to", str(tmp_path / "out"), capsys=capsys
    )
    assert code == 1
    assert [len(line["files"]) for line in lines] == [2, 0]
    assert lines[1]["error"] == "Bill 2025/SII/0000003: Its papers are not made yet. Run its billing again."
    assert "2 file scritti, 1 bollette con problemi" in err


def test_export_of_a_damaged_document_names_it_and_writes_the_others(run, tmp_path, settings, capsys):
    bill = Bill.objects.filter(run=run).select_related("document").earliest("id")
    path_of(settings.ARCHIVE_DIR, bill.document.sha256).write_bytes(b"damaged")
    code, lines, err = export("--run", run.name, "--to", str(tmp_path / "out"), capsys=capsys)
    assert (code, ["error" in line for line in lines]) == (1, [True, False])
    assert "3 file scritti, 1 bollette con problemi" in err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ((), 2, "It takes numbers or a run."),
        (("--run", "a", "--number", "b"), 2, "It takes numbers or a run."),
        (("--run", "none"), 1, "Run none: There is none."),
        (("2025/SII/9999999",), 1, "Bill 2025/SII/9999999: There is none."),
    ],
)
def test_export_of_what_is_not_there(words, code, message, tmp_path, capsys):
    given, _, err = export(*words, "--to", str(tmp_path / "out"), capsys=capsys)
    assert given == code
    assert message in err


def test_export_to_a_place_that_is_no_folder(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    code, _, err = export("--run", "a", "--to", str(tmp_path / "file"), capsys=capsys)
    assert code == 2
    assert "Name a folder that can be written." in err
