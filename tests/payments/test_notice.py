"""Notice numbers, the texts of their codes, and finding references in what banks and people write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sorgente.payments.core.notice import (
    LARGEST_BASE,
    data_matrix_text,
    has_right_check,
    iuv_of,
    notice_number,
    notice_of,
    printed,
    qr_text,
)
from sorgente.payments.core.references import (
    find_flow_id,
    find_references,
    rf_in,
    rf_reference,
    single_payment_reference,
)
from sorgente.shared.errors import WrongUse

digits = st.integers(0, LARGEST_BASE)


@pytest.mark.parametrize(
    ("base", "segregation", "notice"),
    [(2026000000123, "01", "301202600000012332"), (1, "47", "347000000000000124")],
)
def test_worked_examples(base, segregation, notice):
    assert notice_number(base=base, segregation=segregation) == notice
    assert iuv_of(notice) == notice[1:]
    assert notice_of(notice[1:]) == notice


@pytest.mark.parametrize(
    "notice",
    ["300715700000000032", "347164993070184562", "322201151398574181", "012202600000012304", "220260000000012324"],
)
def test_numbers_of_others_that_follow_the_rule(notice):
    assert has_right_check(notice)
    assert not has_right_check(notice[:-1] + str((int(notice[-1]) + 1) % 10))


@pytest.mark.parametrize(
    "notice", ["311111111112222222", "302000100000019421", "30120260000001233", "30120260000001233x"]
)
def test_numbers_without_the_right_check(notice):
    assert not has_right_check(notice)


def test_old_number_has_a_short_iuv_and_paper_groups_by_four():
    assert iuv_of("012202600000012304") == "202600000012304"
    assert notice_of("202600000012304") is None
    assert printed("301202600000012332") == "3012 0260 0000 0123 32"


@given(digits, st.integers(0, 99))
def test_every_number_checks_and_no_single_digit_error_passes(base, segregation):
    notice = notice_number(base=base, segregation=f"{segregation:02d}")
    assert has_right_check(notice)
    wrong = notice[:5] + str((int(notice[5]) + 1) % 10) + notice[6:]
    assert not has_right_check(wrong)


@pytest.mark.parametrize(
    ("base", "segregation"), [(-1, "01"), (LARGEST_BASE + 1, "01"), (1, "1"), (1, "a1"), (1, "٠١")]
)
def test_what_is_no_number_is_refused(base, segregation):
    with pytest.raises(WrongUse, match=r"Give (0 to|the code)"):
        notice_number(base=base, segregation=segregation)


def test_qr_text():
    text = qr_text(notice="301202600000012332", creditor_tax_code="01234567890", cents=8545)
    assert text == "PAGOPA|002|301202600000012332|01234567890|8545"


def test_data_matrix_has_its_fields_in_place():
    text = data_matrix_text(
        notice="300715700000000032",
        postal_account="16302093",
        cents=1,
        creditor_tax_code="00085240950",
        debtor_tax_code="BSCMTT83A12L719R",
        debtor_name="Matteo Boscò",
        reason="Bolletta n. 1",
    )
    assert text.startswith(
        "codfase=NBPA;18300715700000000032120000163020931000000000013896"
        + "1P100085240950BSCMTT83A12L719RMATTEO BOSCO "
    )
    assert (len(text), text[-1], text[15:33], text[66:77]) == (256, "A", "300715700000000032", "00085240950")


@pytest.mark.parametrize(("reference", "rf"), [("W9", "RF45W9"), ("2026000000123", "RF882026000000123")])
def test_rf_references(reference, rf):
    assert rf_reference(reference) == rf
    assert rf_in(rf.lower()) == rf
    assert rf_in("RF00" + reference) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pagamento avviso 301202600000012332 grazie", "301202600000012332"),
        ("AVVISO 3012 0260 0000 0123 32", "301202600000012332"),
        ("avviso n.3012.0260.0000.0123.32.", "301202600000012332"),
    ],
)
def test_notice_in_free_text(text, found):
    assert find_references(text).notices == (found,)


@pytest.mark.parametrize("text", ["1301202600000012332", "301202600000012333", "IT60X0542811101000000123456", ""])
def test_what_only_looks_like_a_notice(text):
    assert find_references(text).notices == ()


def test_bills_and_rf_in_free_text():
    found = find_references("saldo bollette 2026/SII/0000123 e 2026-sii-124, rif RF88 2026 0000 0012 3 cliente 45")
    assert found.bills == ((2026, "SII", 123), (2026, "SII", 124))
    assert found.creditor_references == ("RF882026000000123",)


@pytest.mark.parametrize(
    "text",
    [
        "/PUR/LGPE-RIVERSAMENTO/URI/2026-03-29PSPTEST-0000000001",
        "/PUR/LGPE-RIVERSAMENTO/TXT/0/URI/2026-03-29PSPTEST-0000000001",
        "RI3:PUR/LGPE-RIVERSAMENTO/TXT/3/URI/2026-03-29PSP TEST-0000000001/altro",
        "/pur/lgpe-riversamento/uri/2026-03-29psptest-0000000001",
    ],
)
def test_flow_id_of_a_pagopa_transfer(text):
    assert (find_flow_id(text) or "").upper() == "2026-03-29PSPTEST-0000000001"


def test_transfers_of_one_notice():
    assert single_payment_reference("/RFB/01202600000012332/85.45") == "01202600000012332"
    assert single_payment_reference("/RFS/RF45W9/") == "RF45W9"
    assert single_payment_reference("bonifico") is None
    assert find_flow_id("bonifico") is None
