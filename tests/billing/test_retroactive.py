"""A tariff approved late: the bill on the next read recomputes the days since the earlier one under it."""

from __future__ import annotations

import json
import shutil

import pytest

from sorgente.shared import paths
from tests.billing.test_timelines import stretches

pytestmark = pytest.mark.django_db


@pytest.fixture
def own_rules(monkeypatch, tmp_path):
    folder = tmp_path / "rules"
    shutil.copytree(paths.rules_dir(), folder)
    monkeypatch.setenv("SORGENTE_RULES", str(folder))
    return folder


def publish(folder, *, of, as_id, published_on, sewerage):
    """Add a version of the tariff with another price of sewerage, published on a day, from the same first day."""
    tariff = json.loads((folder / "tariffs" / f"{of}.json").read_text())
    tariff |= {"id": as_id, "published_on": published_on, "cite": f"EGA Valdoro ({as_id}, invented)"}
    for category in tariff["use_categories"]:
        for charge in category["charges"]:
            if charge["service"] == "fognatura" and charge["kind"] == "volumetric":
                charge["brackets"][0]["price"] = sewerage
    (folder / "tariffs" / f"{as_id}.json").write_text(json.dumps(tariff))


def sewerage(bill):
    return [row for row in bill.rows("Fognatura") if row.kind == "Quota variabile" and not row.takes_back]


def test_a_tariff_that_reaches_back_is_in_the_balance(town, own_rules):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=146)
    first = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    publish(own_rules, of="valdoro-2026", as_id="valdoro-2026-bis", published_on="2026-05-05", sewerage="0.500000")
    town.on("2026-07-01").read("A17", index_m3=172)
    second = town.on("2026-07-20").bill("Bianchi", through="2026-07-01")

    assert {row.tariff for row in sewerage(first)} == {"valdoro-2026"}
    assert {(row.tariff, row.unit_price_e8) for row in sewerage(second)} == {("valdoro-2026-bis", 50_000_000)}
    assert stretches(second) == [("2026-01-01", "2026-07-01", 72, False)]
    # What the old price charged is taken back at the old price.
    back = [row for row in second.rows("Fognatura") if row.takes_back and row.kind == "Quota variabile"]
    assert {(row.tariff, row.unit_price_e8) for row in back} == {("valdoro-2026", 32_708_300)}
    assert sum(row.cents for row in sewerage(second)) == 3_600
    town.assert_books_balance()


def test_what_is_published_after_the_bill_was_not_known_to_it(town, own_rules):
    publish(own_rules, of="valdoro-2026", as_id="valdoro-2026-bis", published_on="2026-05-05", sewerage="0.500000")
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100)
    town.on("2026-04-01").read("A17", index_m3=136)
    bill = town.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    assert {row.tariff for row in sewerage(bill)} == {"valdoro-2026"}
    town.assert_books_balance()
