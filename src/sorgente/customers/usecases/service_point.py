"""Service points: where water, gas, electricity or heat is delivered."""

from __future__ import annotations

from dataclasses import asdict

from django.db import IntegrityError, connection, transaction

from sorgente.customers.core.values import AddressValues
from sorgente.customers.models import Address, ServicePoint
from sorgente.shared.errors import SorgenteError
from sorgente.shared.identifiers import make_supply_code, supply_code


class PointAlreadyThere(SorgenteError):
    code = "customers.point.already-there"


class UnknownServicePoint(SorgenteError):
    code = "customers.point.unknown"


@transaction.atomic
def create_service_point(
    *,
    address: AddressValues,
    code: str = "",
    region: int | None = None,
    commodity: str = "water",
    access: str = "accessible",
    zone: str = "",
) -> ServicePoint:
    """Create a service point with its code, or with the next one of region and municipality when it is empty.

    region  ISTAT number of the region, needed only where the code is to be made
    raises  InvalidSupplyCode, PointAlreadyThere
    """
    made = supply_code(code) if code else _next_code(region or 0, address.istat_code)
    point = ServicePoint(
        code=made, commodity=ServicePoint.Commodity(commodity), access=ServicePoint.Access(access), zone=zone
    )
    try:
        with transaction.atomic():
            point.address = Address.objects.create(**asdict(address))
            point.save()
    except IntegrityError as problem:
        if "code" not in str(problem):
            raise
        known = ServicePoint.objects.select_related("address").get(code=made)
        raise PointAlreadyThere(
            f"Service point {made}", f"It is there already, at {known.address}.", "Use it, or check the code."
        ) from None
    return point


def _next_code(region: int, municipality: str) -> str:
    with connection.cursor() as cursor:
        # Two desks at once would take the same number: the municipality is locked until the transaction ends.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('customers_servicepoint'), %s)", [int(municipality)])
        cursor.execute(
            "SELECT coalesce(max(right(code, 8)::bigint), 0) + 1 FROM customers_servicepoint WHERE code LIKE %s",
            [f"{region:02d}{municipality}%"],
        )
        return make_supply_code(region=region, municipality=municipality, progressive=cursor.fetchone()[0])
