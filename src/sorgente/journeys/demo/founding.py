"""Day zero of the demonstration: customers, points, meters, mandates and the first measures go into the system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt
from django.db import transaction

from sorgente.customers.core.values import AddressValues, LoadedCustomer, NewCustomer, Terms
from sorgente.customers.usecases.load_customers import load_customers
from sorgente.journeys.demo.population import Customer
from sorgente.journeys.demo.water import Meters
from sorgente.metering.usecases.devices import NewMeter
from sorgente.metering.usecases.load_meters import PlacedMeter, load_meters
from sorgente.metering.usecases.load_reads import load_reads
from sorgente.payments.usecases.load_mandates import NewMandate, load_mandates
from sorgente.shared.company import company

TARIFF = "valdoro"
# Meters turned for more than a year before the supplies were taken over: Ca rests on measures from the first day.
LOOK_BACK_DAYS = 460
_IN_ONE_GO = 5_000


@dataclass(frozen=True, slots=True)
class Founded:
    """The utility as it stands in the database, position by position like the customers it was made from."""

    customers: Sequence[Customer]
    loaded: Sequence[LoadedCustomer]
    registers: npt.NDArray[np.int64]


@transaction.atomic
def found_utility(customers: Sequence[Customer], meters: Meters, *, at: datetime) -> Founded:
    """Load everything; `meters.starts_on` is the day the meters were installed."""
    loaded: list[LoadedCustomer] = []
    for start in range(0, len(customers), _IN_ONE_GO):
        part = customers[start : start + _IN_ONE_GO]
        loaded += load_customers([_customer(one) for one in part], loaded_at=at)
    placed = [
        PlacedMeter(
            _meter(one),
            there.service_point_id,
            meters.starts_on,
            one.first_index_m3 * 1000,
            bytes.fromhex(one.radio_key) if one.radio else None,
        )
        for one, there in zip(customers, loaded, strict=True)
    ]
    registers = np.array(load_meters(placed, recorded_at=at), dtype=np.int64)
    _take_over_reads(customers, registers, meters, at)
    load_mandates(
        [
            NewMandate(
                contract_account_id=there.account_id,
                account_number=there.account_number,
                iban=one.iban,
                holder_name=one.name,
                holder_tax_code=one.tax_code,
                signed_on=one.supplied_since - timedelta(days=10),
            )
            for one, there in zip(customers, loaded, strict=True)
            if one.payment_method == "sdd"
        ],
        creditor_id=company().creditor_id,
    )
    return Founded(customers, loaded, registers)


def _customer(one: Customer) -> NewCustomer:
    address = AddressValues(
        street=one.street,
        house_number=one.house_number,
        postal_code=one.postal_code,
        municipality=one.municipality,
        province=one.province,
        istat_code=one.istat_code,
    )
    contacts = {"mobile": one.mobile} | ({"email": one.email} if one.email else {})
    return NewCustomer(
        kind=one.kind,
        name=one.name,
        first_name=one.first_name,
        surname=one.surname,
        born_on=one.born_on,
        tax_code=one.tax_code,
        vat_number=one.vat_number,
        sdi_code=one.sdi_code,
        billing_address=address,
        supply_address=address,
        point_code=one.point_code,
        zone=one.municipality,
        terms=Terms(
            tariff=TARIFF,
            category=one.use,
            residents=one.residents,
            units=one.units,
            services=one.services,
            bonus=one.bonus,
        ),
        supplied_from=one.supplied_since,
        channel=one.channel,
        payment_method=one.payment_method,
        email=one.email,
        split_payment_from=date(2015, 1, 1) if one.kind == "public_body" else None,
        contacts=contacts,
        consents={"email": "paperless"} if one.email else {},
    )


def _meter(one: Customer) -> NewMeter:
    return NewMeter(
        serial=one.serial,
        manufacturer=one.manufacturer,
        model="Radio DN" if one.radio else "Getto multiplo DN",
        diameter_mm=one.diameter_mm,
        made_in_year=one.made_in_year,
        radio_id=one.radio_id,
    )


def _take_over_reads(
    customers: Sequence[Customer], registers: npt.NDArray[np.int64], meters: Meters, at: datetime
) -> None:
    """The read taken on the day each supply was taken over."""
    days = np.array([one.supplied_since for one in customers], dtype="datetime64[D]")
    index = np.array(
        [meters.shown_milli([position], one.supplied_since)[0] for position, one in enumerate(customers)],
        dtype=np.int64,
    )
    load_reads(register_id=registers, read_on=days, index_milli=index, kind="reader", received_at=at)
