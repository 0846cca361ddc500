"""Direct debit files: valid against the official schemas, the same bytes for the same debits."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from sorgente.payments.adapters.pain008 import VERSIONS, write_pain008
from sorgente.payments.core.debits import Amendment, Creditor, Debit, DebitFile, DebitUnusable, group_debits
from sorgente.payments.core.sepa_text import is_sepa_reference, sepa_text
from sorgente.shared.errors import WrongUse
from tests.shared_files import shared

CREDITOR = Creditor(
    name="Acquedotto di Valdoro S.p.A. & figli",
    creditor_id="IT39ZZZ0000000488410010",
    iban="IT60X0542811101000000123456",
    bic="BLOPIT22",
    cuc="1234567X",
)


def debit(number: int = 1, **changes) -> Debit:
    values = {
        "end_to_end_id": f"2026-SII-{number:07d}-1",
        "cents": 8545,
        "due_on": date(2026, 4, 20),
        "umr": f"VALDORO{number}",
        "signed_on": date(2024, 2, 29),
        "debtor_name": "Niccolò D'Ambrosio",
        "debtor_iban": "IT60X0542811101000000123456",
        "debtor_tax_code": "RSSMRA80A01H501U",
        "remittance": "Bolletta 2026/SII/0000001 – fornitura 042",
    }
    return Debit(**(values | changes))


def written(*debits: Debit, version: str, creditor: Creditor = CREDITOR) -> bytes:
    batches = group_debits(message_id="DD20260420", debits=debits)
    file = DebitFile(
        message_id="DD20260420", made_at=datetime(2026, 4, 1, 8, 0, tzinfo=UTC), creditor=creditor, batches=batches
    )
    stream = io.BytesIO()
    write_pain008(file, stream, version=version)
    return stream.getvalue()


def schema_of(version: str) -> etree.XMLSchema:
    if version.startswith("pain"):
        package = Path(find_spec("sepaxml").submodule_search_locations[0])
        return etree.XMLSchema(file=package / "schemas" / f"{version}.xsd")
    name = {"cbi.00.01.00": "CBIBdySDDReq.00.01.00.xsd", "cbi-logmsg.00.01.00": "CBISDDReqLogMsg.00.01.00.xsd"}[version]
    return etree.XMLSchema(file=shared(f"reference/specs/sepa/cbi/{name}"))


AMENDED = [
    debit(2, amendment=Amendment(original_iban="IT28W8000000292100645211151")),
    debit(3, amendment=Amendment(new_bank=True), ultimate_debtor="Condominio Aurora"),
    debit(
        4,
        amendment=Amendment(
            original_umr="OLD4",
            original_creditor_id="IT59ZZZ0000096897870158",
            original_creditor_name="Acque Vecchie S.r.l.",
        ),
        debtor_bic="BCITITMM",
        sequence_type="FRST",
    ),
    debit(5, due_on=date(2026, 4, 27), debtor_tax_code="00488410010"),
    debit(6, scheme="B2B"),
]


@pytest.mark.parametrize("version", VERSIONS)
def test_valid_against_the_official_schema(version):
    schema = schema_of(version)
    tree = etree.fromstring(written(debit(), *AMENDED, version=version))
    assert schema.validate(tree), schema.error_log


@pytest.mark.parametrize("version", VERSIONS)
def test_totals_and_batches(version):
    tree = etree.fromstring(written(debit(), *AMENDED, version=version))
    assert tree.findtext(".//{*}GrpHdr/{*}NbOfTxs") == "6"
    assert tree.findtext(".//{*}GrpHdr/{*}CtrlSum") == "512.70"
    batches = [
        (
            batch.findtext("{*}ReqdColltnDt"),
            batch.findtext(".//{*}SeqTp"),
            batch.findtext(".//{*}LclInstrm/{*}Cd"),
            len(batch.findall("{*}DrctDbtTxInf")),
        )
        for batch in tree.iter("{*}PmtInf")
    ]
    assert batches == [
        ("2026-04-20", "FRST", "CORE", 1),
        ("2026-04-20", "RCUR", "B2B", 1),
        ("2026-04-20", "RCUR", "CORE", 3),
        ("2026-04-27", "RCUR", "CORE", 1),
    ]


def test_same_debits_same_bytes_whatever_their_order():
    assert written(debit(1), debit(2), version=VERSIONS[0]) == written(debit(2), debit(1), version=VERSIONS[0])


def test_one_namespace_declaration_is_enough():
    assert written(debit(1), debit(2), version="pain.008.001.08").count(b"xmlns=") == 1


def test_new_debtor_account_at_another_bank():
    older = etree.fromstring(written(debit(amendment=Amendment(new_bank=True)), version="pain.008.001.02"))
    newer = etree.fromstring(written(debit(amendment=Amendment(new_bank=True)), version="pain.008.001.08"))
    assert older.findtext(".//{*}OrgnlDbtrAgt/{*}FinInstnId/{*}Othr/{*}Id") == "SMNDA"
    assert newer.findtext(".//{*}OrgnlDbtrAcct/{*}Id/{*}Othr/{*}Id") == "SMNDA"


def test_names_and_texts_in_scheme_characters():
    tree = etree.fromstring(written(debit(), version="pain.008.001.02"))
    assert tree.findtext(".//{*}Dbtr/{*}Nm") == "Niccolo D'Ambrosio"
    assert tree.findtext(".//{*}Cdtr/{*}Nm") == "Acquedotto di Valdoro S.p.A. e figli"
    assert tree.findtext(".//{*}Ustrd") == "Bolletta 2026/SII/0000001 - fornitura 042"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cents": 0}, "0 cents is outside"),
        ({"cents": 100_000_000_000}, "is outside 1 to 99999999999"),
        ({"end_to_end_id": "bolletta//1"}, "end-to-end id has characters"),
        ({"umr": "é"}, "Mandate 'é' has characters"),
        ({"due_on": date(2024, 2, 28)}, "before the mandate was signed on 2024-02-29"),
    ],
)
def test_debits_that_banks_refuse_are_refused_here(change, words):
    with pytest.raises(DebitUnusable, match=words):
        written(debit(**change), version="pain.008.001.02")


def test_wrong_use_of_the_writer():
    with pytest.raises(WrongUse, match=r"pain\.008\.001\.99: It is not known\. Choose one of"):
        written(debit(), version="pain.008.001.99")
    with pytest.raises(WrongUse, match="It has no debits"):
        written(version="pain.008.001.02")
    plain = Creditor(name="A", creditor_id=CREDITOR.creditor_id, iban=CREDITOR.iban)
    with pytest.raises(WrongUse, match="need the CUC code"):
        written(debit(), version="cbi.00.01.00", creditor=plain)


def test_creditor_without_bic_and_cuc_is_valid_too():
    plain = Creditor(name="A", creditor_id=CREDITOR.creditor_id, iban=CREDITOR.iban)
    for version in ("pain.008.001.02", "pain.008.001.08"):
        schema = schema_of(version)
        assert schema.validate(etree.fromstring(written(debit(), version=version, creditor=plain))), schema.error_log


def test_real_requests_have_the_shape_of_ours():
    ours = etree.fromstring(written(debit(), version="cbi-logmsg.00.01.00"))
    real = etree.parse(shared("reference/samples/pain/cbi_SDDRequest.xml")).getroot()
    names = [[child.tag for child in tree.find("{*}PmtInf") if "Ultmt" not in child.tag] for tree in (ours, real)]
    assert ours.tag == real.tag
    assert set(names[1]) <= set(names[0])


@given(st.text(max_size=200), st.integers(1, 140))
def test_sepa_text_is_always_allowed_and_short(text, limit):
    plain = sepa_text(text, limit=limit)
    assert len(plain) <= limit
    assert sepa_text(plain, limit=limit) == plain
    assert all(letter.isascii() for letter in plain)


def test_references():
    assert is_sepa_reference("2026/SII/0000001-1")
    assert not any(map(is_sepa_reference, ["", "/a", "a/", "a//b", "a_b", "x" * 36, " a"]))
