"""A handful of customers with meters, reads and issued bills, through the use-cases of each process."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time

import pyarrow as pa
from django.db import connection, transaction
from stdnum.it import codicefiscale

from sorgente.billing.models import Bill, BillingRun
from sorgente.billing.queries.to_collect import bills_to_collect
from sorgente.billing.usecases.advance_run import advance_run
from sorgente.billing.usecases.start_run import start_run
from sorgente.customers.core.values import AddressValues, LoadedCustomer, NewCustomer, Terms
from sorgente.customers.queries.for_billing import contracts_table
from sorgente.customers.usecases.load_customers import load_customers
from sorgente.metering.usecases.accept_read import accept_read
from sorgente.metering.usecases.devices import NewMeter, install_device
from sorgente.metering.usecases.held_reads import release_read
from sorgente.payments.usecases.open_positions import open_positions
from sorgente.payments.usecases.prepare_collections import prepare_collections
from sorgente.payments.usecases.register_mandate import register_mandate
from sorgente.shared.company import company

SUPPLIED_FROM = date(2024, 11, 4)
ADDRESS = AddressValues("Via della Fonte", "7", "60901", "Valdoro", "AN", "042901")
IBAN = "IT60X0542811101000000123456"


def at(day: date) -> datetime:
    return datetime.combine(day, time(9), tzinfo=UTC)


def customer(number: int, **different) -> NewCustomer:
    """Return a household of three that pays by pagoPA and reads its bills in the area."""
    base = f"RSSMRA{number % 80 + 10:02d}A01H5{number // 80:02d}"
    household = NewCustomer(
        kind="person",
        name=f"Rossi Maria {number}",
        first_name="Maria",
        surname="Rossi",
        tax_code=base + codicefiscale.calc_check_digit(base),
        billing_address=ADDRESS,
        supply_address=ADDRESS,
        point_code=f"11042901{number:08d}",
        terms=Terms("valdoro", "domestico_residente", residents=3),
        supplied_from=SUPPLIED_FROM,
        channel="portal",
        payment_method="pagopa",
    )
    return replace(household, **different)


@dataclass
class Village:
    """The customers, their registers, and the runs of their bills."""

    customers: list[LoadedCustomer]
    registers: list[int]
    runs: list[BillingRun] = field(default_factory=list)

    def read(self, day: date, m3: int, *, kind: str = "reader", only: int | None = None) -> None:
        """Read every meter (or one) at so many cubic metres, and one more for each next customer."""
        for place, register in enumerate(self.registers):
            if only in (None, place):
                done = accept_read(
                    register_id=register, index_milli=(m3 + place) * 1000, read_on=day, received_at=at(day), kind=kind
                )
                if done.state == "held":  # as a person would who has seen the photo
                    release_read(read_id=done.read_id, released_by="clerk", released_at=at(day), reason="seen")

    def bill(self, day: date, *, through: date | None = None, collects: bool = True) -> BillingRun:
        """Bill everybody; with `collects`, prepare debits under the mandates and notices for the others."""
        run = start_run(
            name=f"run {day}", bill_on=day, read_through=through or day, started_at=at(day),
            contract_ids=[one.contract_id for one in self.customers],
        )  # fmt: skip
        advance_run(run, at=at(day))
        self.runs.append(run)
        if collects:
            collect(run)
        return run


def collect(run: BillingRun) -> None:
    """Debit who has a mandate, open a position for the others, but for those who pay by bank transfer."""
    bills = bills_to_collect(run.pk)
    methods = {row["account_id"]: row["payment_method"] for row in contracts_table().to_pylist()}

    def paid_by(method: str) -> pa.Table:
        return bills.filter([methods[account] == method for account in bills["contract_account_id"].to_pylist()])

    assert prepare_collections(bills=paid_by("sdd"), prenotified_on=run.bill_on).refusals == []
    open_positions(bills=paid_by("pagopa"), segregation=company().segregation, opened_at=at(run.bill_on))


@transaction.atomic
def village(*customers: NewCustomer, first_m3: int = 100) -> Village:
    """Settle customers, each with a meter that shows `first_m3` on the first day of the supply."""
    loaded = load_customers(customers, loaded_at=at(SUPPLIED_FROM))
    registers = [
        install_device(
            meter=NewMeter(f"MT{one.service_point_id:06d}", radio_id=f"{one.service_point_id:08d}"),
            service_point_id=one.service_point_id, installed_on=given.supplied_from,
            index_milli=(first_m3 + place) * 1000, recorded_at=at(given.supplied_from),
        )
        for place, (one, given) in enumerate(zip(loaded, customers, strict=True))
    ]  # fmt: skip
    for one, given in zip(loaded, customers, strict=True):
        if given.payment_method == "sdd":
            register_mandate(
                contract_account_id=one.account_id, iban=IBAN, holder_name=given.name,
                holder_tax_code=given.tax_code, signed_on=given.supplied_from, creditor_id=company().creditor_id,
            )  # fmt: skip
    return Village(loaded, registers)


def bill_ids(run: BillingRun) -> list[int]:
    return list(Bill.objects.filter(run=run).order_by("id").values_list("pk", flat=True))


def yearly(place: Village, year: int, m3: int) -> None:
    """Set the Ca that estimates of a year rest on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO metering_annualconsumption (service_point_id, year, quantity_milli, basis, computed_on)"
            " SELECT id, %s, %s, 'reads', %s FROM unnest(%s::int8[]) AS id",
            [year, m3 * 1000, date(year - 1, 7, 31), [one.service_point_id for one in place.customers]],
        )
