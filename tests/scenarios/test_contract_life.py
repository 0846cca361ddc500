"""The life of a supply told at the counter: somebody comes, grows a family, hands over; the next one leaves."""

from __future__ import annotations

from datetime import date

import pytest

from sorgente.billing.queries.deposits import deposit_of
from sorgente.customers.queries.changes import changes_of_party
from sorgente.customers.queries.requests import requests_of_party
from sorgente.journeys.contracts.steps import record_delivery, record_terms
from tests.journeys.contracts.office import Office

pytestmark = pytest.mark.django_db


def test_a_supply_from_its_first_to_its_last_day(db, settings, tmp_path):
    settings.ARCHIVE_DIR, settings.SDI_OUTBOX = tmp_path / "archive", tmp_path / "sdi"
    office = Office()

    # 2 March: Rossi asks for water at a new house; on the 5th it runs.
    office.on("2026-03-02").asks("activation", "Rossi").signs("consent_paperless")
    office.on("2026-03-05").reads(0, meter_serial="N77")
    office.executes("Rossi")
    office.on("2026-07-01").read("meter of Rossi", index_m3=50)
    first = office.bill("Rossi")
    assert (str(first.start), str(first.end), first.quantity_milli) == ("2026-03-05", "2026-07-01", 50_000)
    assert [row.label.partition(",")[0] for row in first.charges if row.service == "Altri corrispettivi"] != []
    asked = deposit_of(office.contract("Rossi").number)
    assert asked is not None
    assert [row.cents for row in first.charges if row.service == "Deposito cauzionale"] == [asked.rows[0].cents]
    office.on("2026-07-20").pays("Rossi")

    # In September Rossi tells that there have been five of them since May: the bill of July is made again.
    office.on("2026-09-07").opens("household", contract_number=office.contract("Rossi").number)
    record_terms(**office.by(), residents=5, from_on=date(2026, 5, 1))
    office.executes(bills_now=True)
    anew = office.bills_of("Rossi")[-1]
    assert anew.corrects == first.number
    assert anew.net_cents < first.net_cents  # more people, wider cheap bracket
    assert office.balance("Rossi") == anew.total_cents - first.total_cents

    # In October the house goes to Neri, on the read of the day; the last bill of Rossi carries the deposit back.
    office.on("2026-10-12").asks("takeover", "Neri", of="Rossi").reads(92).signs()
    office.executes("Neri", bills_now=True)
    (closing,) = (bill for bill in office.bills_of("Rossi") if bill.kind == "closing")
    assert (str(closing.start), str(closing.end)) == ("2026-07-01", "2026-10-12")
    held = deposit_of(office.contract("Rossi").number)
    assert held is not None
    assert (held.state, held.returned_cents) == ("returned", asked.rows[0].cents)

    # At the end of the year Neri leaves, too.
    office.on("2026-12-28").opens("termination", contract_number=office.contract("Neri").number)
    record_delivery(**office.by(), channel="post")
    office.on("2026-12-30").reads(110)
    office.executes(bills_now=True)
    assert str(office.contract("Neri").end) == "2026-12-30"

    # Every litre is on somebody's bill, once.
    standing = [bill for name in ("Rossi", "Neri") for bill in office.bills_of(name)]
    assert sum(bill.quantity_milli for bill in standing) == 110_000
    told = [line.kind for line in requests_of_party(office.people["Rossi"].party_id)]
    assert told == ["takeover", "household", "activation"]
    assert any(
        change.reason.startswith("Richiesta R2026-") for change in changes_of_party(office.people["Rossi"].party_id)
    )
    office.assert_books_balance()
    office.assert_nothing_left_to_bill("Rossi", "Neri")
