from __future__ import annotations

from pathlib import Path

import pytest
from schwifty import IBAN
from stdnum.eu import at_02
from stdnum.it import iva

from sorgente.shared.company import CompanyFileWrong, company, read_company


def test_the_demonstration_utility_has_codes_that_check():
    valdoro = company()

    assert iva.is_valid(valdoro.vat_code)
    assert at_02.is_valid(valdoro.creditor_id)
    assert len(valdoro.creditor_id) == 23
    assert str(IBAN(valdoro.bank.iban, validate_bban=True)) == valdoro.bank.iban


def test_a_file_that_lacks_a_key_is_refused_by_name(tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text(
        "name: Acque Nostre\naddress: {street: Via Roma, number: '1', postcode: '00100', town: Roma, province: RM}\n"
    )

    with pytest.raises(CompanyFileWrong) as refused:
        read_company(file)

    assert str(file) in str(refused.value)
    assert "contacts" in str(refused.value)
