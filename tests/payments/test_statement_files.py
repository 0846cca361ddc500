"""Bank statements of every kind become the same entries; what cannot be read says what is wrong."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest

from sorgente.payments.adapters import statement_files
from sorgente.payments.adapters.statement_files import read_statement_file
from sorgente.payments.core.statement import BOOKED
from tests.payments.statement_texts import ACCOUNT, MT940, camt, detail, entry, rh, rh_detail, rh_movement
from tests.shared_files import shared

BOMB = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><Document>&b;</Document>'


def entries_of(data: bytes, file: str = "s.xml"):
    found = read_statement_file(data, file)
    assert found.refusals == []
    return [line for statement in found.statements for line in statement.entries]


def refusal_of(data: bytes, file: str = "s.xml") -> str:
    found = read_statement_file(data, file)
    assert found.statements == []
    ((_, error),) = found.refusals
    return str(error)


@pytest.mark.parametrize(
    "version", ["052.001.01", "052.001.08", "053.001.02", "053.001.04", "053.001.08", "054.001.08"]
)
def test_camt_of_every_version(version):
    return_details = detail(
        end_to_end_id="B-1-1",
        remittance="Insoluto|bolletta 7",
        more="<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf>",
    )
    data = camt(
        entry("12.34") + entry("50", "DBIT", details=return_details, more="<RvslInd>true</RvslInd>"), version=version
    )
    first, second = entries_of(data)
    assert (first.cents, first.account, first.booked_on, first.value_on) == (
        1234, ACCOUNT, date(2026, 3, 2), date(2026, 3, 3),
    )  # fmt: skip
    assert (second.cents, second.end_to_end_id, second.return_reason, second.reversal) == (-5000, "B-1-1", "AM04", True)
    assert (first.reversal, second.remittance, second.bank_reference) == (False, "Insoluto bolletta 7", "REF1")


def test_camt_without_namespace_and_in_the_italian_envelope():
    plain = camt(entry("1.00")).replace(b' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"', b"")
    envelope = (
        b'<X:CBIBdyBkToCstmrStmtReq xmlns:X="urn:CBI:xsd:CBIBdyBkToCstmrStmtReq.00.01.02">'
        + plain[38:]
        + (plain[38:] + b"</X:CBIBdyBkToCstmrStmtReq>")
    )
    assert [line.cents for line in entries_of(plain)] == [100]
    assert [line.cents for line in entries_of(envelope)] == [100, 100]


def test_batch_is_one_line_per_detail_and_charges_apart():
    details = detail(end_to_end_id="A", amount="10.00") + detail(
        end_to_end_id="B", amount="5.00", more="<Chrgs><Amt Ccy='EUR'>0.50</Amt></Chrgs>"
    )
    assert [(line.cents, line.end_to_end_id) for line in entries_of(camt(entry("15.00", details=details)))] == [
        (1000, "A"), (500, "B"),
    ]  # fmt: skip
    assert [line.cents for line in entries_of(camt(entry("14.50", details=details)))] == [1000, 500, -50]


def test_batch_that_does_not_say_its_parts_stays_whole():
    details = detail(end_to_end_id="A", remittance="bolletta 1") + detail(end_to_end_id="B", remittance="bolletta 2")
    (line,) = entries_of(camt(entry("15.00", details=details)))
    assert (line.cents, line.end_to_end_id, line.remittance) == (1500, None, "bolletta 1 bolletta 2")


def test_netted_charges_keep_the_original_amount():
    details = detail(
        end_to_end_id="B-1-1",
        more="<AmtDtls><InstdAmt><Amt Ccy='EUR'>50.00</Amt></InstdAmt></AmtDtls>"
        "<Chrgs><Amt Ccy='EUR'>3.00</Amt></Chrgs>",
    )
    (line,) = entries_of(camt(entry("53.00", "DBIT", details=details)))
    assert (line.cents, line.instructed_cents, line.charges_cents) == (-5300, 5000, 300)


def test_only_booked_entries_count_for_the_balance():
    pending = entry("9.00", status="<Sts><Cd>PDNG</Cd></Sts>")
    found = read_statement_file(camt(entry("1.00") + pending, opening="5.00", closing="6.00"), "s.xml")
    (statement,) = found.statements
    assert [line.status for line in statement.entries] == [BOOKED, "PDNG"]
    assert statement.warnings == ()


def test_balance_that_does_not_add_up_is_a_warning_with_the_figures():
    found = read_statement_file(camt(entry("1.00"), opening="5.00", closing="6.01"), "s.xml")
    (warning,) = found.statements[0].warnings
    assert warning == "statement S1: opening 5.00 + entries 1.00 is 6.00, closing balance says 6.01"


def test_two_equal_transfers_stay_two():
    assert len(entries_of(camt(entry("4.50") * 2))) == 2


def test_a_statement_without_entries_is_no_error():
    assert entries_of(camt("")) == []


def test_latin_1_labelled_utf_8_is_read():
    data = camt(entry("1.00", details=detail(remittance="Società"))).decode().encode("latin-1")
    assert entries_of(data)[0].remittance == "Società"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (camt(entry("12..34")), "statement S1, entry 1: The amount '12..34' is not a decimal number"),
        (camt(entry("1.00", "CREDIT")), "CdtDbtInd is 'CREDIT', neither CRDT nor DBIT"),
        (camt(entry("1.00").replace("2026-03-02", "2026-02-30")), "BookgDt '2026-02-30' is not a date"),
        (b"<Document><BkToCstmrStmt/></Document>", "No Stmt, Rpt or Ntfctn inside <Document>"),
        (camt(entry("1.00"))[:-40], "Not well-formed XML at line 1"),
        (BOMB, "declares a document type"),
        (b"", "The file is empty"),
        (b"ciao", "Neither camt XML, nor CBI RH, nor MT940"),
    ],
)
def test_unreadable_file_says_what_and_what_next(data, words):
    message = refusal_of(data)
    assert message.startswith("s.xml")
    assert words in message
    assert message.rstrip(".").split(". ")[-1]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"<Dt><Dt>2026-03-02</Dt></Dt></Bal>", b"</Bal>", "balance OPBD: It has no date"),
        (b">5.00<", b">5.0000000000001<", "balance OPBD: The amount '5.0000000000001' is not"),
    ],
)
def test_a_spoilt_balance_is_a_defect_and_the_entries_stand(old, new, words):
    found = read_statement_file(camt(entry("1.00"), opening="5.00", closing="6.00").replace(old, new, 1), "s.xml")
    (statement,) = found.statements
    assert [line.cents for line in statement.entries] == [100]
    assert words in str(statement.defect)


def test_one_bad_statement_does_not_stop_the_others():
    good, bad = camt(entry("1.00")), camt(entry("x"))
    data = good.replace(b"</Stmt>", b"</Stmt>" + bad[bad.index(b"<Stmt>") : bad.index(b"</BkTo")])
    found = read_statement_file(data, "s.xml")
    assert [len(found.statements), len(found.refusals)] == [1, 1]


def test_rh():
    text = rh(
        rh_movement(1, "C000000000012,34"),
        rh_detail(1, "YYY", f"{'02032026'}{'RSSMRA80A01H501U':16}{'MARIO ROSSI':40}"),
        rh_detail(1, "YY2", f"{'':50}{ACCOUNT}"),
        rh_detail(1, "ID1", f"{'MSG':35}E2E-1"),
        rh_detail(1, "RI1", "bolletta 2026".rjust(104)),
        rh_detail(1, "RI2", "/000123"),
        rh_movement(2, "D000000000002,34", reason="16", text="Commissioni"),
        closing="C000000000110,00",
    )
    found = read_statement_file(text.encode(), "rh.txt")
    (statement,) = found.statements
    first, second = statement.entries
    assert statement.warnings == ()
    assert (first.account, first.cents, first.booked_on, first.value_on) == (
        ACCOUNT, 1234, date(2026, 3, 2), date(2026, 3, 3),
    )  # fmt: skip
    assert (first.end_to_end_id, first.remittance) == ("E2E-1", "bolletta 2026/000123")
    assert (first.counterparty, first.counterparty_iban) == ("MARIO ROSSI", ACCOUNT)
    assert (second.cents, second.remittance, second.bank_code) == (-234, "Commissioni", "16")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            rh(rh_movement(1, "C000000000012.34"), closing="C000000000110,00"),
            "rh.txt line 3: 'C000000000012.34' is not",
        ),
        (rh(closing="C000000000100,00", records=9), "Record EF announces 9 records, 4 are there"),
        (rh(closing="C000000000100,00")[:366], "ends before its record EF"),
        (rh(closing="C000000000100,00")[:244], "ends before its record 64"),
        (rh(" 99".ljust(120), closing="C000000000100,00"), "rh.txt line 3: '99' is not a record"),
        (rh(closing="C000000000100,00").replace(" 61", " 62", 1), "record 62 stands outside a statement"),
    ],
)
def test_broken_rh_names_the_line(text, words):
    assert words in str(refusal_of(text.encode(), "rh.txt")).replace("Record 62", "record 62")


def test_mt940():
    found = read_statement_file(MT940.encode(), "m.sta")
    (statement,) = found.statements
    first, second, third = statement.entries
    assert statement.warnings == ()
    assert (first.cents, first.value_on, first.booked_on) == (-600, date(2026, 2, 28), date(2026, 3, 1))
    assert (first.end_to_end_id, first.mandate_id, first.remittance) == ("BILL-1", "M-7", "Bolletta 12")
    assert (second.cents, second.reversal, second.return_reason, second.bank_reference) == (-1000, True, "AM04", "B77")
    assert (third.cents, third.bank_reference) == (500, None)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [(":61:2603", ":61:xx03", "Cannot read the movement"), (":62F:C", ":62F:X", "Cannot read the balance")],
)
def test_broken_mt940_names_the_line(old, new, words):
    assert words in refusal_of(MT940.replace(old, new, 1).encode(), "m.sta")


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


def test_zip_of_several_kinds():
    data = zipped(a__xml=camt(entry("1.00")), b__sta=MT940.encode(), c__txt=b"ciao", d__zip=zipped(x__xml=b"<a/>"))
    found = read_statement_file(data, "e.zip")
    assert [statement.file for statement in found.statements] == ["e.zip/a.xml", "e.zip/b.sta"]
    assert [name for name, _ in found.refusals] == ["e.zip/c.txt", "e.zip/d.zip"]


def test_zip_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(statement_files, "ZIP_BYTES", 1_000_000)
    assert "unpacks to more than 1,000,000 bytes" in refusal_of(zipped(a__xml=b" " * 2_000_000), "e.zip")


def test_damaged_and_empty_zip():
    assert "cannot be opened" in refusal_of(zipped(a__xml=b"x" * 999)[:60], "e.zip")
    assert "archive is empty" in refusal_of(zipped(), "e.zip")


@pytest.mark.parametrize("pattern", ["*.xml", "*.txt", "mt940/*.sta"])
def test_real_files_are_all_answered(pattern):
    for path in sorted(shared("reference/samples/camt").glob(pattern)):
        found = read_statement_file(path.read_bytes(), path.name)
        must_fail = any(word in path.name for word in ("wrong", "garbled", "parse-invalid", "parse-none"))
        assert bool(found.refusals) is must_fail, (path.name, found.refusals)


def test_the_real_rh_file_adds_up():
    found = read_statement_file(
        shared("reference/samples/camt/cbi_RH_rendicontazione_anonymised.txt").read_bytes(), "rh.txt"
    )
    assert [len(statement.entries) for statement in found.statements] == [10, 45]
    assert [statement.warnings for statement in found.statements] == [(), ()]
