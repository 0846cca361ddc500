"""The commands that move money: what they print, what they leave behind, how they end."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.apps import apps
from lxml import etree

from sorgente.interfaces.commands.main import main
from sorgente.messages.queries.messages import messages_about
from sorgente.payments.models import Mandate, Payment
from sorgente.payments.usecases.open_positions import open_positions
from sorgente.payments.usecases.prepare_collections import prepare_collections
from sorgente.shared.company import company
from tests.payments.builders import ISSUED_ON, NOW, make_bills
from tests.payments.pagopa_texts import CREDITOR, receipt_xml
from tests.payments.statement_texts import camt, detail, entry
from tests.payments.test_import_statement import batch_credit, number_of, returned, sent_collections
from tests.payments.test_positions_and_collections import sign_all

pytestmark = pytest.mark.django_db
FAR = date(2199, 3, 29)  # the commands read the clock, so the due date must never come


@pytest.fixture(autouse=True)
def _archive(tmp_path, settings):
    settings.ARCHIVE_DIR = tmp_path / "archive"


def lines(capfd) -> list[dict]:
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_statement_import(tmp_path, capfd):
    number = make_bills([8545])["bill_number"][0].as_py()
    good, bad = tmp_path / "a.xml", tmp_path / "b.xml"
    good.write_bytes(camt(entry("85.45", details=detail(remittance=number)) + entry("1.00")))
    bad.write_bytes(camt(entry("1.00"), opening="1.00", closing="9.00"))
    assert main(["statement", "import", str(bad), str(good)]) == 1
    assert main(["statement", "import", str(good)]) == 0
    refused, first, again = lines(capfd)
    assert refused["code"] == "payments.statement.set-aside"
    assert first == {"file": str(good), "repeated": False, "entries": 2, "new": 2, "matched": 1, "suspense": 1}
    assert (again["repeated"], again["new"]) == (True, 0)


def test_statement_import_tells_who_has_a_debit_back(tmp_path, capfd):
    bills, file = sent_collections(5000)
    for name, content in (("a.xml", batch_credit("50.00", file)), ("b.xml", returned("50.00", "2026-SII-0000001-1"))):
        (tmp_path / name).write_bytes(camt(content))

    assert main(["statement", "import", str(tmp_path / "a.xml"), str(tmp_path / "b.xml")]) == 0

    assert capfd.readouterr().err == "1 bills whose debit failed got a notice.\n"
    (message,) = messages_about(f"bill:{number_of(bills)}")
    assert (message.key, message.state) == (f"bill:{number_of(bills)}:debit-failed", "sent")


def test_statement_import_names_whom_it_could_not_tell(tmp_path, capfd):
    bills, file = sent_collections(5000)
    apps.get_model("customers", "ContractAccount").objects.update(channel="email")  # and no address
    (tmp_path / "a.xml").write_bytes(camt(batch_credit("50.00", file)))
    (tmp_path / "b.xml").write_bytes(camt(returned("50.00", "2026-SII-0000001-1")))

    assert main(["statement", "import", str(tmp_path / "a.xml"), str(tmp_path / "b.xml")]) == 1

    told = capfd.readouterr().err.splitlines()
    assert told[0] == "1 bills whose debit failed got a notice."
    assert told[1].startswith(f"bill:{number_of(bills)}: ")
    assert messages_about(f"bill:{number_of(bills)}") == []


def test_pagopa_import(tmp_path, capfd):
    bills = make_bills([8545])
    notice = open_positions(bills=bills, segregation="01", opened_at=NOW)["notice_number"][0].as_py()
    ours = receipt_xml(noticeNumber=notice, creditorReferenceId=notice[1:])
    file, bad = tmp_path / "rt.xml", tmp_path / "bad.xml"
    file.write_bytes(ours.replace(CREDITOR.encode(), company().tax_code.encode()))
    bad.write_bytes(b"<a/>")
    assert main(["pagopa", "import", str(file), str(bad)]) == 1
    assert main(["pagopa", "import", str(file)]) == 0
    assert main(["pagopa", "import", str(tmp_path / "none.xml")]) == 2
    first, refused, again = lines(capfd)
    assert (first["matched"], first["settled_cents"], first["refused"]) == (1, 8545, 1)
    assert refused["code"] == "payments.receipt.not-a-receipt"
    assert (again["new"], again["repeated"]) == (0, 1)
    assert Payment.objects.count() == 1


def test_debits_export(tmp_path, capfd):
    bills = make_bills([8545], due_on=FAR)
    sign_all(bills)
    assert main(["debits", "export", "--due", FAR.isoformat(), "--out", str(tmp_path)]) == 1
    assert "[payments.debit-file.nothing-to-debit]" in capfd.readouterr().err
    # A mandate signed in our days has lapsed by then, unless it was used.
    sign_far(bills)
    prepared = prepare_collections(bills=bills, prenotified_on=ISSUED_ON)
    assert (prepared.prepared, prepared.refusals) == (1, [])
    for version in ([], ["--version", "cbi.00.01.00"]):
        assert main(["debits", "export", "--due", FAR.isoformat(), "--out", str(tmp_path), *version]) == 0
    first, again = lines(capfd)
    assert first == again
    assert (first["message_id"], first["debits"], first["cents"]) == ("SDD21990329-01", 1, 8545)
    tree = etree.parse(tmp_path / "SDD21990329-01.xml")
    assert tree.findtext(".//{*}CdtrSchmeId/{*}Id/{*}PrvtId/{*}Othr/{*}Id") == company().creditor_id


def sign_far(bills) -> None:
    Mandate.objects.filter(contract_account_id=bills["contract_account_id"][0].as_py()).update(
        latest_presented_on=date(2199, 1, 2)
    )
