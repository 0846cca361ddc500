"""Identifiers: known good ones, their normal form, and what the check characters catch."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sorgente.shared import identifiers as ids


@pytest.mark.parametrize(
    ("check", "written", "normal"),
    [
        (ids.tax_code, " rss mra 85t10 a562s ", "RSSMRA85T10A562S"),
        (ids.tax_code, "RSSMRA85T10A56NH", "RSSMRA85T10A56NH"),  # omocodia
        (ids.tax_code, "00743110157", "00743110157"),
        (ids.vat_number, "IT 00488410010", "00488410010"),
        (ids.iban, "it60 X054 2811 1010 0000 0123 456", "IT60X0542811101000000123456"),
        (ids.iban, "DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        (ids.creditor_id, "IT59ZZZ0000096897870158", "IT59ZZZ0000096897870158"),
        (ids.creditor_id, "it39 001 00000 00488410010", "IT390010000000488410010"),  # business code is not checked
        (ids.supply_code, "09 048017 00000123", "0904801700000123"),
        (ids.email, " Mario.Rossi@Posta.Example ", "mario.rossi@posta.example"),
        (ids.pec, "Studio@PEC.Valdoro.example", "studio@pec.valdoro.example"),
        (ids.phone, "071 123 4567", "+390711234567"),
        (ids.phone, "0039 333/1234567", "+393331234567"),
        (ids.phone, "+44 20 7946 0000", "+442079460000"),
        (ids.phone, "800-042.042", "+39800042042"),
    ],
)
def test_normal_form(check, written, normal):
    assert check(written) == normal
    assert check(normal) == normal


def test_made_identifiers():
    assert ids.make_supply_code(region=9, municipality="048017", progressive=123) == "0904801700000123"
    assert ids.make_creditor_id("00488410010") == "IT39ZZZ0000000488410010"
    assert ids.make_creditor_id("RSSMRA85T10A562S", business_code="001")[4:] == "001RSSMRA85T10A562S"
    assert ids.sdi_code(" usal8pv ", public_body=False) == "USAL8PV"
    assert ids.sdi_code("uf1abc", public_body=True) == "UF1ABC"


@given(
    st.integers(0, 9_999_999),
    st.integers(1, 100),
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=3, max_size=3),
)
def test_a_made_creditor_id_is_a_valid_one(company, office, business):
    from stdnum import luhn

    body = f"{max(company, 1):07d}{office:03d}"
    made = ids.make_creditor_id(body + luhn.calc_check_digit(body), business_code=business)
    assert ids.creditor_id(made) == made


def test_a_tax_code_fits_its_person_also_after_omocodia():
    person = {"surname": "Rossi", "first_name": "Mario", "born_on": date(1985, 12, 10), "female": False}
    ids.check_tax_code_fits("RSSMRA85T10A562S", **person)
    ids.check_tax_code_fits("RSSMRAURTMLA562P", **person)
    woman = {"surname": "D'Angelo", "first_name": "Nicoletta Rosa", "born_on": date(1970, 2, 28), "female": True}
    from codicefiscale import codicefiscale

    code = codicefiscale.encode("D'Angelo", "Nicoletta Rosa", "F", "28/02/1970", "Ancona")
    ids.check_tax_code_fits(code, **woman)
    with pytest.raises(ids.TaxCodeOfSomebodyElse, match="The code is a woman's"):
        ids.check_tax_code_fits(code, surname="D'Angelo", first_name="Nicoletta Rosa", female=False)
    with pytest.raises(ids.TaxCodeOfSomebodyElse, match="First name Ada gives DAA"):
        ids.check_tax_code_fits(code, surname="D'Angelo", first_name="Ada")


@pytest.mark.parametrize(
    "bad",
    ["", "@", "a@b", "a b@c.it", "a..b@c.it", ".a@c.it", "a@-c.it", "a@c.it\nBcc: x@y.it", "a@" + "c" * 260 + ".it"],
)
def test_what_is_no_address(bad):
    with pytest.raises(ids.InvalidEmail):
        ids.email(bad)
    with pytest.raises(ids.InvalidPec):
        ids.pec(bad)


@pytest.mark.parametrize(
    "bad", ["", "12", "+39", "+39 2 123456", "++39333", "０７１１２３４５６７", "+0 123456", "333 12345678901"]
)
def test_what_is_no_number(bad):
    with pytest.raises(ids.InvalidPhone):
        ids.phone(bad)


@given(st.text(max_size=40))
def test_no_text_breaks_a_check(text):
    from sorgente.shared.errors import SorgenteError

    for check in (
        ids.tax_code,
        ids.vat_number,
        ids.iban,
        ids.creditor_id,
        ids.supply_code,
        ids.email,
        ids.pec,
        ids.phone,
    ):
        try:
            normal = check(text)
        except SorgenteError:
            continue
        assert check(normal) == normal


@given(st.data())
def test_one_wrong_digit_of_an_iban_is_caught(data):
    good = "IT60X0542811101000000123456"
    place = data.draw(st.integers(5, 26))
    digit = data.draw(st.sampled_from("0123456789").filter(lambda d: d != good[place]))
    with pytest.raises((ids.IbanCheckDigits, ids.IbanNationalCheck)):
        ids.iban(good[:place] + digit + good[place + 1 :])


def test_the_libraries_wait_until_they_are_asked():
    code = (
        "import sys, sorgente.shared.identifiers, sorgente.shared.calendar\n"
        "print([m for m in ('stdnum', 'schwifty', 'codicefiscale', 'yaml', 'django', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
