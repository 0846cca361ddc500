"""The 25 real price lists: each loads or is refused with file, path and reason; so does each of their lines."""

from __future__ import annotations

import json

import pytest

from sorgente.tariffs.book import TariffBook
from sorgente.tariffs.neutral import load_tariff
from sorgente.tariffs.node import TariffRefused
from tests.shared_files import shared

# file -> lines that cannot be priced: (category, path of the trouble)
UNPRICED = {
    "acea-ato2-2019": [("DOM_RES", "charges[0].price"), ("DOM_RES", "brackets[1].upper_edge")],
    "aqp-2018": [("DOM", "charges[4].brackets"), ("IND_AGR", "charges[2].applies")],
    "falzes-2024": [("DOM", "charges[0].rule")],
    "gas-network-2021": [("CIVILE", "charges[1].bracket_scale")],
    "td-domestic-2026q2": [("DOM", "charges[4].unit"), ("DOM", "charges[8].rule")],
    "tlrnet-canale-dh-2021q3": [("MONOMIA", "charges[1].unit"), ("MONOMIA", "charges[2].unit")],
    "ziano-2014": [("COMUN", "charges[1].unit")],
}
NO_VAT = {"gas-network-2021": "Several VAT rates", "tlrnet-canale-dh-2021q3": "The VAT rate is not stated"}


def test_every_file_loads_or_is_refused_by_name_path_and_reason():
    files = sorted(shared("reference/tariffs").glob("*.json"))
    assert len(files) >= 25
    loaded = 0
    for path in files:
        if path.stem == "tribiano-tari":
            with pytest.raises(
                TariffRefused, match=r"^tribiano-tari\.json \$\.valid_from: There is no first day of validity"
            ):
                load_tariff(path)
            continue
        tariff = load_tariff(path)
        loaded += 1
        TariffBook([tariff])
        assert tariff.id == path.stem
        unpriced = [
            (category.code, charge.refusal)
            for category in tariff.categories
            for charge in category.charges
            if charge.refusal
        ]
        expected = UNPRICED.get(path.stem, [])
        assert [code for code, _ in unpriced] == [code for code, _ in expected], path.stem
        for (_, reason), (_, place) in zip(unpriced, expected, strict=True):
            assert reason.startswith(f"{path.name} $.use_categories[")
            assert place in reason
        assert (tariff.vat_refusal or "").find(NO_VAT.get(path.stem, "")) >= 0
        assert bool(tariff.vat_refusal) == (path.stem in NO_VAT)
    assert loaded >= 24


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        ({"schema": "neutral-tariff/2"}, "$.schema", "not 'neutral-tariff/1'"),
        ({"currency": "CHF"}, "$.currency", "not 'EUR'"),
        ({"prices_include_vat": True}, "$.prices_include_vat", "VAT inside"),
        ({"valid_from": None}, "$.valid_from", "no first day"),
        ({"valid_from": "01/01/2024"}, "$.valid_from", "not a day"),
        ({"valid_to": "2023-12-31"}, "$.valid_to", "ends before it starts"),
        ({"use_categories": []}, "$.use_categories", "no use category"),
        ({"discount_for_friends": "0.5"}, "$.discount_for_friends", "not known"),
        ({"rounding": {"edges": {"step": "0"}}}, "$.rounding.edges.step", "above zero"),
        ({"rounding": {"rows": {"mode": "down"}}}, "$.rounding.rows.mode", "not one of half_up, up"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_whole(tmp_path, change, path, reason):
    tariff = {
        "schema": "neutral-tariff/1", "id": "t", "service_group": "water", "valid_from": "2024-01-01",
        "vat": {"rate": "0.10"}, "use_categories": [{"code": "DOM", "charges": [{"service": "sii", "kind": "fixed"}]}],
    }  # fmt: skip
    file = tmp_path / "t.json"
    file.write_text(json.dumps({**tariff, **change}))
    with pytest.raises(TariffRefused) as caught:
        load_tariff(file)
    assert caught.value.path == path
    assert reason in str(caught.value)
    assert str(caught.value).startswith(f"t.json {path}: ")


def test_text_that_is_not_json_and_bytes_that_are_no_text(tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text('{"schema": ')
    with pytest.raises(TariffRefused, match=r"broken\.json \$: It is not JSON"):
        load_tariff(broken)
    broken.write_bytes(b'{"operator": "Societ\xe0"}')
    with pytest.raises(TariffRefused, match=r"broken\.json \$: It cannot be read as UTF-8 text"):
        load_tariff(broken)
    broken.write_text("[" * 100_000)
    with pytest.raises(TariffRefused, match="It is not JSON"):
        load_tariff(broken)
    with pytest.raises(TariffRefused, match="Check name and encoding"):
        load_tariff(tmp_path / "absent.json")


def test_a_category_that_stands_twice(tmp_path):
    file = tmp_path / "t.json"
    category = {"code": "DOM", "charges": [{"service": "sii", "kind": "fixed"}]}
    file.write_text(
        json.dumps(
            {"schema": "neutral-tariff/1", "id": "t", "service_group": "water", "valid_from": "2024-01-01",
             "use_categories": [category, category]}
        )
    )  # fmt: skip
    with pytest.raises(TariffRefused, match="'DOM' stands there 2 times"):
        load_tariff(file)
