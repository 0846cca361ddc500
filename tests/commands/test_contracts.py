"""Every command as a new user meets it: what it answers, how it ends, and the one line when it is used wrongly.

The fields never change: other programs are written against them.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection

from sorgente.billing.adapters.einvoice import einvoice_xml
from sorgente.billing.core.specimen import specimen_bill
from sorgente.interfaces.commands.main import COMMANDS, main
from tests.command import sorgente
from tests.payments.pagopa_texts import flow_xml, receipt_xml
from tests.payments.statement_texts import camt, detail, entry


def answers(capfd: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def ends_with(words: list[str]) -> int:
    try:
        return main(words)
    except SystemExit as ended:  # argparse leaves by its own door
        return int(ended.code or 0)


# ---------------------------------------------------------------------- how commands are found and refused


def test_help_names_every_command(capfd):
    assert main(["--help"]) == 0
    text = capfd.readouterr().out
    assert [" ".join(words) for words in COMMANDS if f"  {' '.join(words)} " not in text] == []


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(words, capfd):
    assert ends_with([*words, "--help"]) == 0
    told = capfd.readouterr().out
    assert told.startswith(f"usage: sorgente {' '.join(words)}")
    assert COMMANDS[words][1] in " ".join(told.split())


WRONG_USE = [
    ("nope", "There is no such command. Try: sorgente --help"),
    ("radio", "There is no such command. Try: sorgente --help"),
    ("rate", "arguments are required: --tariff. Try: sorgente rate --help"),
    ("rules show --on 31/01/2026", "'31/01/2026' is not a day. Write it as 2026-01-31."),
    ("bills run --on soon", "'soon' is not a day: write it as 2026-01-31. Try: sorgente bills run --help"),
    ("bills run --on 2026-01-01 --workers 0", "0 is not positive. Give 1 or more."),
    ("debits export --due tomorrow --out x", "'tomorrow' is not a day: write it as 2026-01-31."),
    ("journal export --through x", "'x' is not a day: write it as 2026-01-31."),
    ("journal export --file /nowhere/books", "/nowhere/books: No such file or directory. Check the path."),
    ("demo --customers 0", "--customers: 0 is not positive. Give 1 or more."),
    ("demo --customers many", "'many' is not a whole number. Try: sorgente demo --help"),
    ("reads import /nowhere.csv --profile x", "/nowhere.csv: No such file or directory. Check the path."),
    ("telegrams import", "No file is named."),
    ("telegrams import /nowhere.txt", "/nowhere.txt: No such file or directory. Check the path."),
    ("statement parse", "arguments are required: FILE. Try: sorgente statement parse --help"),
    ("pagopa notice --base abc", "'abc' is not a whole number. Try: sorgente pagopa notice --help"),
    ("pagopa notice --base 99999999999999", "It needs more than 13 digits. Give 0 to 9999999999999."),
    ("pagopa import /nowhere.xml", "There is no such file. Check the path."),
    ("bill replay", "arguments are required: NUMBER. Try: sorgente bill replay --help"),
    ("audit --only A77", "There is no such invariant. Choose among A1, A2, A3, A4, A5, A6, A7, A8, A9."),
    ("bench nope", "There is no such bench. Choose one of: "),
    ("bench kernel --size 0", "Size 0 is not positive. Give --size 1 or more."),
]


@pytest.mark.parametrize(("line", "says"), WRONG_USE, ids=[line for line, _ in WRONG_USE])
def test_wrong_use_is_one_line_that_says_how_to_mend_it(line, says, capfd):
    assert ends_with(line.split()) == 2
    printed = capfd.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("sorgente: ")
    assert printed.err.count("\n") == 1
    assert says in printed.err


def test_no_command_at_all_shows_them_all(capfd):
    assert main([]) == 2
    assert "usage: sorgente COMMAND" in capfd.readouterr().out


# ---------------------------------------------------------------------- the pure core


def test_radio_decode():
    open_telegram = "2e446850313233340107" + "7a2a000000" + "0c1356341200" + "046d3b17ff23"
    telegram = f"{len(bytes.fromhex(open_telegram)) - 1:02x}{open_telegram[2:]}"
    told, _, _ = sorgente("radio", "decode", lines=[{"telegram_hex": telegram}, {"telegram_hex": "zz"}, {"other": 1}])
    good, not_hex, nothing = told
    assert set(good) >= {
        "outcome", "meter_id", "manufacturer", "medium", "total_m3", "status", "records", "message",
    }  # fmt: skip
    assert (good["outcome"], good["meter_id"], good["total_m3"]) == ("decoded", "34333231", "123.456")
    assert set(good["records"][0]) >= {"quantity", "unit", "value", "storage", "tariff", "function"}
    assert [one["outcome"] for one in (not_hex, nothing)] == ["malformed", "malformed"]
    assert all(one["message"] for one in (not_hex, nothing))


def test_rate(rules):
    question = {
        "id": "q1", "category": "domestico_residente", "from": "2026-01-01", "to": "2026-04-01", "quantity": "30.5",
        "persons": 3,
    }  # fmt: skip
    lines = [question, {"id": "q2", "category": "none"}, {"id": "q3"} | question | {"id": "q3", "quantity": "0"}]
    told, _, _ = sorgente("rate", "--tariff", str(rules / "tariffs/valdoro-2026.json"), lines=lines)
    first, refused, dry = told
    assert set(first) == {"id", "rows", "net_cents", "vat_cents", "total_cents"}
    assert set(first["rows"][0]) == {"service", "kind", "bracket", "quantity", "unit_price", "cents"}
    assert first["net_cents"] == sum(row["cents"] for row in first["rows"])
    assert first["total_cents"] == first["net_cents"] + first["vat_cents"]
    assert set(refused) == {"id", "error"}
    assert [one["id"] for one in told] == ["q1", "q2", "q3"]
    assert dry["total_cents"] < first["total_cents"]


@pytest.fixture
def rules() -> Any:
    from sorgente.shared.paths import rules_dir

    return rules_dir()


def test_rules_show(capfd):
    assert main(["rules", "show", "--on", "2026-01-31"]) == 0
    told = answers(capfd)
    assert [line for line in told if not {"id", "says", "from", "value", "cite", "verified"} <= set(line)] == []
    assert [line["id"] for line in told if not line["cite"]] == []
    assert main(["rules", "show", "--on", "1900-01-01"]) == 1


def test_statement_parse(tmp_path, capfd):
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(camt(entry("85.45", details=detail(end_to_end_id="E1", remittance="bolletta 1"))))
    bad.write_bytes(good.read_bytes()[:300])
    assert main(["statement", "parse", str(good), str(bad)]) == 1
    first, refused = answers(capfd)
    assert set(first) == {
        "file", "account", "booked_on", "value_on", "cents", "end_to_end_id", "mandate_id", "return_reason",
        "remittance", "bank_reference", "reversal",
    }  # fmt: skip
    assert (first["file"], first["cents"]) == (str(good), 8545)
    assert set(refused) >= {"file", "error"}
    assert main(["statement", "parse", str(good)]) == 0


def test_pagopa_notice(capfd):
    assert main(["pagopa", "notice", "--base", "123", "--creditor", "02731560427", "--cents", "8545"]) == 0
    (told,) = answers(capfd)
    assert set(told) >= {"notice", "iuv", "qr"}
    assert told["notice"] == "3" + told["iuv"]
    assert told["qr"] == f"PAGOPA|002|{told['notice']}|02731560427|8545"


def test_pagopa_receipts(tmp_path, capfd):
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(receipt_xml())
    bad.write_bytes(b"<a/>")
    assert main(["pagopa", "receipts", str(good), str(bad)]) == 1
    first, refused = answers(capfd)
    assert list(first)[:6] == ["file", "receipt_id", "notice", "iuv", "cents", "paid_at"]
    assert set(refused) >= {"file", "error"}


def test_pagopa_flows(tmp_path, capfd):
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(flow_xml(("17000000000000001", "85.45", "0")))
    bad.write_bytes(b"<a/>")
    assert main(["pagopa", "flows", str(good), str(bad)]) == 1
    first, refused = answers(capfd)
    assert set(first) >= {"file", "flow_id", "revision", "lines", "total_cents", "count"}
    assert set(first["lines"][0]) == {"iuv", "iur", "index", "cents", "outcome"}
    assert set(refused) >= {"file", "error"}


def test_einvoice_check(tmp_path, capfd):
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(einvoice_xml(specimen_bill(1, kind="direct_debit"), progressive="00001"))
    bad.write_bytes(good.read_bytes().replace(b"<DatiPagamento>", b"<DatiPagamento><Altro/>"))
    assert main(["einvoice", "check", str(good)]) == 0
    assert main(["einvoice", "check", str(good), str(bad)]) == 1
    told = answers(capfd)
    assert [set(line) for line in told] == [{"file", "valid", "errors"}] * 3
    assert [line["valid"] for line in told] == [True, True, False]
    assert set(told[2]["errors"][0]) == {"code", "message"}


def test_bench(capfd):
    assert main(["bench", "kernel", "--size", "1000"]) == 0
    (told,) = answers(capfd)
    assert set(told) == {"bench", "size", "seconds", "rate", "unit", "peak_mib", "cpus", "python", "commit"}
    assert (told["bench"], told["size"]) == ("kernel", 1000)


# ---------------------------------------------------------------------- with a database


@pytest.mark.django_db
def test_bill_replay_of_no_bill(capfd):
    assert main(["bill", "replay", "2026/SII/9999999"]) == 1
    (told,) = answers(capfd)
    assert set(told) == {"number", "error"}
    assert "There is none" in told["error"]


@pytest.mark.django_db
def test_debits_export_of_nothing(tmp_path, capfd):
    assert main(["debits", "export", "--due", "2026-01-31", "--out", str(tmp_path)]) == 1
    printed = capfd.readouterr()
    assert printed.err.startswith("sorgente: Direct debits due on 2026-01-31: No prepared collection")
    assert printed.err.rstrip().endswith("[payments.debit-file.nothing-to-debit]")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_audit(capfd):
    """The audit opens its own snapshot, so nothing may be open around it."""
    assert main(["audit"]) == 0
    clean = capfd.readouterr()
    assert clean.out == ""
    assert [line.split()[:2] for line in clean.err.splitlines()[:-1]] == [
        [name, "ok:"] for name in ("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9")
    ]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_append_only")
    try:
        assert main(["audit"]) == 1
        assert main(["audit", "--only", "A4"]) == 0
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_entry ENABLE TRIGGER ledger_entry_append_only")
    told = capfd.readouterr()
    assert told.out == ("A1 Table ledger_entry: Its guard ledger_entry_append_only is missing or switched off.\n")
