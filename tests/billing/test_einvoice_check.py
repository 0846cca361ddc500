"""The e-invoice check: every control answers to what it is for, envelopes open, bombs do not go off."""

from __future__ import annotations

import base64
import json
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

from sorgente.billing.adapters import einvoice_schema
from sorgente.billing.adapters.einvoice import einvoice_xml
from sorgente.billing.adapters.einvoice_check import check_einvoice
from sorgente.billing.adapters.einvoice_envelope import invoice_inside
from sorgente.billing.core.specimen import specimen_bill
from sorgente.interfaces.commands.main import main
from tests.shared_files import shared

CASES = Path(__file__).parents[2] / "cases" / "einvoice" / "controls.yaml"
VALID = einvoice_xml(specimen_bill(1, kind="direct_debit"), progressive="00001")


def codes(data: bytes, **more: Any) -> set[str]:
    return {problem.code for problem in check_einvoice(data, **more)}


def at(root: etree._Element, path: str) -> etree._Element:
    long = path.replace("head/", "FatturaElettronicaHeader/", 1).replace("body/", "FatturaElettronicaBody/", 1)
    found = root.find(long)
    assert found is not None, path
    return found


def element(name: str, content: Any) -> etree._Element:
    made = etree.Element(name)
    if isinstance(content, dict):
        made.extend(element(inner, value) for inner, value in content.items())
    else:
        made.text = content
    return made


def spoiled(case: dict[str, Any]) -> bytes:
    root = etree.fromstring(einvoice_xml(specimen_bill(1, kind=case.get("kind", "direct_debit")), progressive="00001"))
    for path, value in case.get("set", {}).items():
        at(root, path).text = value
    for path, change in case.get("shift", {}).items():
        node = at(root, path)
        node.text = str(Decimal(node.text or "0") + Decimal(change))
    for path in case.get("drop", []):
        node = at(root, path)
        parent = node.getparent()
        assert parent is not None
        parent.remove(node)
    if "add" in case:
        (name, content), *_ = [(key, value) for key, value in case["add"].items() if key != "after"]
        at(root, case["add"]["after"]).addnext(element(name, content))
    if "swap" in case:
        first, second = (at(root, path) for path in case["swap"])
        second.addprevious(first)
    return etree.tostring(root)


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case["case"]) for case in yaml.safe_load(CASES.read_text(encoding="utf-8"))]
)
def test_control(case: dict[str, Any]) -> None:
    assert case["code"] in codes(spoiled(case))


def test_a_cent_of_tax_is_within_sdi_tolerance() -> None:
    changed = spoiled({"shift": {"body/DatiBeniServizi/DatiRiepilogo/Imposta": "0.01"}})
    assert "00421" not in codes(changed)


def test_document_dated_after_its_reception() -> None:
    issued = specimen_bill(1, kind="direct_debit").header.issued_on
    assert codes(VALID, received_on=issued) == set()
    assert codes(VALID, received_on=issued - timedelta(days=1)) == {"00403"}


def test_the_same_number_twice_in_a_lot() -> None:
    root = etree.fromstring(VALID)
    body = root.find("FatturaElettronicaBody")
    assert body is not None
    root.append(deepcopy(body))
    assert codes(etree.tostring(root)) == {"00409"}


def test_more_than_fifty_schema_errors_are_cut() -> None:
    bill = specimen_bill(1, kind="direct_debit")
    root = etree.fromstring(einvoice_xml(replace(bill, rows=bill.rows * 6), progressive="00001"))
    for line in root.iterfind(".//DettaglioLinee/AliquotaIVA"):
        line.text = "10"
    found = check_einvoice(etree.tostring(root))
    assert len(found) == 51
    assert found[-1].code == "00201"


def der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 0x80 else bytes([0x82]) + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


def signed(content: bytes, *, in_pieces: bool = False) -> bytes:
    """A CMS envelope as a signing program makes it, without certificates: enough to hold an invoice."""
    data_oid, signed_oid = bytes.fromhex("06092a864886f70d010701"), bytes.fromhex("06092a864886f70d010702")
    octets = der(0x04, content)
    if in_pieces:
        octets = b"\x24\x80" + der(0x04, content[:100]) + der(0x04, content[100:]) + b"\0\0"
    inner = der(0x30, data_oid + der(0xA0, octets))
    return der(0x30, signed_oid + der(0xA0, der(0x30, der(0x02, b"\x01") + der(0x31, b"") + inner)))


@pytest.mark.parametrize("in_pieces", [False, True])
def test_signed_envelopes_are_opened(in_pieces: bool) -> None:
    envelope = signed(VALID, in_pieces=in_pieces)
    assert invoice_inside(envelope, subject="a.p7m") == VALID
    assert codes(envelope) == set()
    assert codes(base64.b64encode(envelope)) == set()
    assert codes(base64.encodebytes(envelope).replace(b"\n", b"\r\n")) == set()
    armoured = b"-----BEGIN PKCS7-----\n" + base64.encodebytes(envelope) + b"-----END PKCS7-----\n"
    assert codes(armoured) == set()


@pytest.mark.parametrize("keep", [3, 20, 60, 500])
def test_a_cut_envelope_is_said_to_be_broken(keep: int) -> None:
    assert codes(signed(VALID)[:keep]) == {"00102"}


BOMB = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>"""


@pytest.mark.parametrize(
    "data", [b"", b"   ", b"not xml", b"<a>", VALID[:800], BOMB, OUTSIDE, b"\x30\x80\x00", b"<a/>"]
)
def test_what_is_no_invoice_is_refused_and_never_crashes(data: bytes) -> None:
    found = check_einvoice(data, subject="file.xml")
    assert found
    assert {problem.code for problem in found} <= {"00200", "00102"}
    assert not any("root:" in problem.message for problem in found)


def test_a_missing_schema_package_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(einvoice_schema, "_PACKAGE", "no_such_package_here")
    einvoice_schema.schema.cache_clear()
    with pytest.raises(einvoice_schema.SchemaNotInstalled) as caught:
        einvoice_schema.schema()
    assert "pip install" in caught.value.next_step


def test_the_schema_fetches_nothing_from_outside() -> None:
    einvoice_schema.schema.cache_clear()
    assert einvoice_schema.schema().validate(etree.fromstring(VALID))


def test_command_answers_one_line_a_file_in_order(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    good, bad, gone = tmp_path / "good.xml", tmp_path / "bad.xml", tmp_path / "gone.xml"
    good.write_bytes(VALID)
    bad.write_bytes(VALID[:700])
    assert main(["einvoice", "check", str(good)]) == 0
    assert main(["einvoice", "check", str(good), str(bad), str(gone), str(good)]) == 1
    answers = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert [Path(answer["file"]).name for answer in answers] == [
        "good.xml",
        "good.xml",
        "bad.xml",
        "gone.xml",
        "good.xml",
    ]
    assert [answer["valid"] for answer in answers] == [True, True, False, False, True]
    assert answers[2]["errors"][0]["code"] == "00200"
    assert "line" in answers[2]["errors"][0]["message"]
    assert answers[3]["errors"][0]["code"] == "file"


def test_command_can_be_told_the_day_of_reception(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    path = tmp_path / "good.xml"
    path.write_bytes(VALID)
    assert main(["einvoice", "check", "--received-on", str(date(2020, 1, 1)), str(path)]) == 1
    assert b'"00403"' in capfdbinary.readouterr().out


REFUSED = {
    "a38_dati_trasporto.xml", "a38_test.txt.p7m", "a38_unicode.xml", "fenet_IT01234567890_FPA02.xml",
    "fenet_IT01234567890_FPR02.xml", "fenet_IT02182030391_31_tampered.Base64.xml.p7m",
    "fenet_IT02182030391_31_tampered.xml.p7m", "fenet_IT02182030391_32.windows-1252.xml",
    "fenet_IT02182030391_32.xml", "gobl_acube_test.xml", "gobl_invoice-windows1252.xml",
    "testsdi_missing_CedentePrestatore.xml",
}  # fmt: skip
# Valid for the schema, yet a control fires: a private code in a public invoice, 27.00 where the lines sum to 25.00.
CONTROLS_FIRE = {"gobl_invoice-b2g.xml": {"00427"}, "testsdi_IT01234567890_FPR03.xml": {"00422"}}


def test_real_files_of_the_samples() -> None:
    folder = shared("reference/samples/fatturapa")
    seen = 0
    for path in sorted(folder.iterdir()):
        if path.suffix not in (".xml", ".p7m"):
            continue
        found = codes(path.read_bytes(), subject=path.name)
        if path.name in REFUSED:
            assert found & {"00200", "00102"}, path.name
        else:
            assert found == CONTROLS_FIRE.get(path.name, set()), path.name
        seen += 1
    assert seen > 30
