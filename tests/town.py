"""A small town whose days a test tells one after the other, through the use-cases a clerk would use.

    town.on("2026-01-01").move_in("Bianchi", people=2, meter="A17", index_m3=100)
    town.on("2026-04-01").read("A17", index_m3=136)
    bill = town.on("2026-04-20").bill("Bianchi")
    assert bill.rows("Acquedotto") == [...]

Each act happens on the day set last. Names stand for parties, their accounts, contracts and service points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from codicefiscale import codicefiscale
from django.db import connection, transaction

from sorgente.billing.queries.audit import problems as billing_problems
from sorgente.billing.queries.bill_list import list_bills
from sorgente.billing.queries.bill_values import BillValues, bill_values
from sorgente.billing.queries.run_list import parked_items
from sorgente.billing.usecases.advance_run import advance_run
from sorgente.billing.usecases.release_item import release_item
from sorgente.billing.usecases.start_run import ALL, DUE, start_run
from sorgente.customers.core.values import AddressValues, Terms
from sorgente.customers.usecases.change_terms import change_terms
from sorgente.customers.usecases.contract_account import open_contract_account
from sorgente.customers.usecases.register_party import register_party
from sorgente.customers.usecases.service_point import create_service_point
from sorgente.customers.usecases.supply_contract import end_supply_contract, open_supply_contract
from sorgente.ledger.queries.accounts import balance_of
from sorgente.ledger.queries.audit import problems as ledger_problems
from sorgente.metering.usecases.accept_read import accept_read
from sorgente.metering.usecases.devices import NewMeter, install_device, remove_device, replace_device

ADDRESS = AddressValues("Via della Fonte", "7", "60901", "Valdoro", "AN", "042901")


@dataclass(frozen=True, slots=True)
class Resident:
    party_id: int
    account_id: int
    contract_id: int
    point_id: int


class Town:
    def __init__(self) -> None:
        self.today = date(2026, 1, 1)
        self.people: dict[str, Resident] = {}
        self.meters: dict[str, int] = {}
        self._runs = 0

    # ------------------------------------------------------------------ time

    def on(self, day: str | date) -> Town:
        self.today = date.fromisoformat(day) if isinstance(day, str) else day
        return self

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(9), tzinfo=UTC)

    # ------------------------------------------------------------------ acts

    def move_in(
        self,
        name: str,
        /,
        *,
        meter: str,
        index_m3: int,
        people: int | None = 3,
        category: str = "domestico_residente",
        yearly_m3: int | None = None,
        payment_method: str = "pagopa",
        at: str | None = None,
        installs: bool = True,
        units: int = 1,
        services: int = 7,
        **party: Any,
    ) -> Town:
        """Open party, account, point and contract today and set a meter; `at` takes the point of somebody else."""
        given = {"kind": "person", "surname": name, "first_name": "Anna"} | party
        if given["kind"] == "person" and "tax_code" not in given:
            born = f"{1 + len(self.people) % 28:02d}/05/1975"
            given["tax_code"] = codicefiscale.encode(
                lastname=name, firstname=given["first_name"], gender="F", birthdate=born, birthplace="Osimo"
            )
        holder = register_party(**given)
        account = open_contract_account(
            holder_id=holder.pk, billing_address=ADDRESS, channel="portal", payment_method=payment_method,
            opened_on=self.today,
        )  # fmt: skip
        point_id = create_service_point(address=ADDRESS, region=11).pk if at is None else self.people[at].point_id
        contract = open_supply_contract(
            contract_account_id=account.pk,
            service_point_id=point_id,
            starts_on=self.today,
            terms=Terms("valdoro", category, residents=people, units=units, services=services),
            recorded_at=self.now,
        )
        self.people[name] = Resident(holder.pk, account.pk, contract.pk, point_id)
        if installs:
            self.meters[meter] = install_device(
                meter=NewMeter(meter), service_point_id=point_id, installed_on=self.today,
                index_milli=index_m3 * 1000, recorded_at=self.now,
            )  # fmt: skip
        if yearly_m3 is not None:
            self.yearly(name, yearly_m3)
        return self

    def yearly(self, name: str, m3: int, *, year: int | None = None) -> Town:
        """Set the Ca of a point for a year."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO metering_annualconsumption (service_point_id, year, quantity_milli, basis, computed_on)"
                " VALUES (%s, %s, %s, 'reads', %s)",
                [self.people[name].point_id, year or self.today.year, m3 * 1000, self.today],
            )
        return self

    def read(self, meter: str, *, index_m3: int, kind: str = "reader", rollover: bool = False) -> Town:
        done = accept_read(
            register_id=self.meters[meter], index_milli=index_m3 * 1000, read_on=self.today, received_at=self.now,
            kind=kind, rollover=rollover,
        )  # fmt: skip
        if done.state == "held":
            # What a person at the desk would do with a read that is right after all.
            from sorgente.metering.usecases.held_reads import release_read

            release_read(
                read_id=done.read_id, released_by="clerk", released_at=self.now, reason="seen", rollover=rollover
            )
        return self

    def replace_meter(self, meter: str, *, index_m3: int, by: str, starts_at_m3: int = 0) -> Town:
        self.meters[by] = replace_device(
            old_serial=meter, new_meter=NewMeter(by), replaced_on=self.today, final_index_milli=index_m3 * 1000,
            first_index_milli=starts_at_m3 * 1000, recorded_at=self.now,
        )  # fmt: skip
        return self

    def remove_meter(self, meter: str, *, index_m3: int) -> Town:
        remove_device(serial=meter, removed_on=self.today, index_milli=index_m3 * 1000, recorded_at=self.now)
        return self

    def move_out(self, name: str) -> Town:
        end_supply_contract(
            contract_id=self.people[name].contract_id, ends_on=self.today, reason="disdetta", recorded_at=self.now
        )
        return self

    def change(self, name: str, **changes: Any) -> Town:
        change_terms(
            contract_id=self.people[name].contract_id,
            from_on=self.today,
            reason="test",
            recorded_at=self.now,
            **changes,
        )
        return self

    # ------------------------------------------------------------------ billing

    def run_bills(
        self,
        *names: str,
        through: str | date | None = None,
        select: str = ALL,
        run: str | None = None,
        batch: int = 5_000,
    ) -> Town:
        """Bill these people (none: everyone by `select`) with reads through a day (today unless said)."""
        self._runs += 1
        started = start_run(
            name=run or f"run {self._runs}",
            bill_on=self.today,
            read_through=self.today if through is None else date.fromisoformat(str(through)),
            started_at=self.now,
            select=select,
            contract_ids=[self.people[name].contract_id for name in names] if names else None,
        )
        advance_run(started, at=self.now, batch=batch)
        return self

    def run_due(self, *, through: str | date | None = None) -> Town:
        return self.run_bills(through=through, select=DUE)

    def bill(self, name: str, *, through: str | date | None = None) -> BillValues:
        """Bill one person today and return the bill; fails when there is none."""
        before = {bill.number for bill in self.bills_of(name)}
        self.run_bills(name, through=through)
        fresh = [bill for bill in self.bills_of(name) if bill.number not in before]
        assert len(fresh) == 1, [dict(item) for item in parked_items()] or "nothing to bill"
        return fresh[0]

    def bills_of(self, name: str) -> list[BillValues]:
        """Return the bills of a person in the order of their numbers."""
        found = list_bills(as_of=self.today, holder_id=self.people[name].party_id)
        return [bill_values(number) for number in sorted(line["number"] for line in found)]

    def parked(self) -> list[dict[str, Any]]:
        return list(parked_items())

    def release(self, item_id: int) -> Town:
        """Release a parked item and let its run go on."""
        item = release_item(item_id=item_id, released_by="clerk", released_at=self.now, reason="checked the photo")
        advance_run(item.run, at=self.now)
        return self

    def balance(self, name: str) -> int:
        return balance_of(self.people[name].account_id)

    # ------------------------------------------------------------------ what every story ends with

    def assert_books_balance(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert [str(problem) for problem in self._problems()] == []

    def _problems(self) -> Iterator[Any]:
        yield from ledger_problems()
        yield from billing_problems()

    def assert_nothing_left_to_bill(self, *names: str, through: str | date | None = None) -> None:
        """A second run over the same days makes no bill."""
        chosen = names or tuple(self.people)
        before = {name: len(self.bills_of(name)) for name in chosen}
        self.run_bills(*chosen, through=through)
        assert {name: len(self.bills_of(name)) for name in chosen} == before
