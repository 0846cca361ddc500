"""The commands of the pure part: exact answers, exit codes, no Django, quick to start."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from sorgente.interfaces.commands.main import main
from tests.payments.pagopa_texts import CREDITOR, NOTICE, flow_xml, receipt_xml
from tests.payments.statement_texts import ACCOUNT, camt, detail, entry


def lines(capfd) -> list[dict]:
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_statement_parse(tmp_path, capfd):
    good, bad = tmp_path / "a.xml", tmp_path / "b.xml"
    good.write_bytes(camt(entry("85.45", details=detail(end_to_end_id="E1", remittance="bolletta 1"))))
    bad.write_bytes(b"<a/>")
    assert main(["statement", "parse", str(bad), str(good), str(tmp_path / "none.xml")]) == 1
    first, second, third = lines(capfd)
    assert first["code"] == "payments.statement.not-a-statement"
    assert second == {
        "file": str(good),
        "account": ACCOUNT,
        "booked_on": "2026-03-02",
        "value_on": "2026-03-03",
        "cents": 8545,
        "end_to_end_id": "E1",
        "mandate_id": None,
        "return_reason": None,
        "remittance": "bolletta 1",
        "bank_reference": "REF1",
        "reversal": False,
    }
    assert "No such file" in third["error"]
    assert main(["statement", "parse", str(good)]) == 0


def test_balances_that_do_not_add_up_are_said_on_standard_error(tmp_path, capfd):
    file = tmp_path / "a.xml"
    file.write_bytes(camt(entry("1.00"), opening="1.00", closing="9.00"))
    assert main(["statement", "parse", str(file)]) == 0
    assert "closing balance says 9.00" in capfd.readouterr().err


def test_notice(capfd):
    command = ["pagopa", "notice", "--base", "2026000000123"]
    assert main([*command, "--creditor", CREDITOR, "--cents", "8545"]) == 0
    assert main(command) == 0
    full, plain = lines(capfd)
    assert full == {
        "notice": NOTICE,
        "iuv": NOTICE[1:],
        "printed": "3012 0260 0000 0123 32",
        "qr": f"PAGOPA|002|{NOTICE}|{CREDITOR}|8545",
    }
    assert plain["qr_lacks"] == ["creditor", "cents"]


@pytest.mark.parametrize("wrong", [["--segregation", "x"], ["--creditor", "123"], ["--cents", "0"]])
def test_notice_put_wrongly(wrong, capfd):
    assert main(["pagopa", "notice", "--base", "1", *wrong]) == 2
    assert capfd.readouterr().err.startswith("sorgente: ")


def test_receipts_and_flows(tmp_path, capfd):
    receipt, flow = tmp_path / "rt.xml", tmp_path / "fdr.xml"
    receipt.write_bytes(receipt_xml())
    flow.write_bytes(flow_xml(("IUV1", "2.50", "0"), count=2))
    assert main(["pagopa", "receipts", str(receipt), str(flow)]) == 1
    assert main(["pagopa", "flows", str(flow)]) == 0
    paid, refused, reported = lines(capfd)
    assert list(paid)[:6] == ["file", "receipt_id", "notice", "iuv", "cents", "paid_at"]
    assert (paid["cents"], paid["paid_at"]) == (8545, "2026-03-28T23:59:59")
    assert refused["code"] == "payments.receipt.not-a-receipt"
    assert reported["lines"] == [{"iuv": "IUV1", "iur": "IUR1", "index": 1, "cents": 250, "outcome": 0}]
    assert reported["warnings"] == ["announces 2 payments, holds 1"]


@pytest.mark.parametrize("name", ["statement_parse", "pagopa_notice", "pagopa_receipts", "pagopa_flows"])
def test_parsers_never_load_django(name):
    code = f"import sys, sorgente.interfaces.commands.{name}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
