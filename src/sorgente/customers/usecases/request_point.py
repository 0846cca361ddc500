"""Where a supply is asked, and from which day: the state of the point decides which request it is (CON-01)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from sorgente.customers.core.requests import ACTIVATION, HANDOVER, NEW_HOLDER, SUBENTRO
from sorgente.customers.core.values import AddressValues
from sorgente.customers.models import Address, ContractRequest, ServicePoint, SupplyContract
from sorgente.customers.usecases.contract_requests import check_day, refuse_second
from sorgente.customers.usecases.request_steps import editable, same_holder, saved
from sorgente.customers.usecases.service_point import UnknownServicePoint
from sorgente.shared.errors import SorgenteError


class PointActive(SorgenteError):
    code = "customers.request.point-active"


class PointClosed(SorgenteError):
    code = "customers.request.point-closed"


class PointNeverSupplied(SorgenteError):
    code = "customers.request.point-never-supplied"


class PointSuppliedBefore(SorgenteError):
    code = "customers.request.point-supplied-before"


@transaction.atomic
def record_point(
    *,
    number: str,
    author: str,
    at: datetime,
    desired_on: date,
    point_code: str = "",
    address: AddressValues | None = None,
    access: str = "accessible",
    cadastral_municipality: str = "",
    cadastral_sheet: str = "",
    cadastral_parcel: str = "",
    cadastral_unit: str = "",
    cadastral_missing: str = "",
) -> ContractRequest:
    """Record where, and from which day: a point there is (`point_code`), or the address of one to be made.

    raises  RequestClosed, AnswerSigned, AnswerNotAsked, DayOutOfRange, UnknownServicePoint, SameHolder,
            ContractAskedAlready; PointActive (names the contract in the way and offers the takeover), PointClosed
            (offers the subentro), PointNeverSupplied (offers the activation), PointSuppliedBefore
    """
    request = editable(number, *NEW_HOLDER)
    check_day(request, desired_on)
    request.desired_on = desired_on
    request.access = ServicePoint.Access(access)
    request.cadastral_municipality, request.cadastral_sheet = cadastral_municipality.upper().strip(), cadastral_sheet
    request.cadastral_parcel, request.cadastral_unit = cadastral_parcel, cadastral_unit
    request.cadastral_missing = cadastral_missing
    if point_code:
        point = ServicePoint.objects.filter(code="".join(point_code.split())).first()
        if point is None:
            raise UnknownServicePoint(
                f"Service point {point_code}", "There is no such point.", "Search by address or by the meter's serial."
            )
        refuse_second(what=f"Service point {point.code}", point_id=point.pk, but=number)
        request.leaving_contract = _leaving(request, point, desired_on)
        request.point, request.supply_address = point, point.address
    elif request.kind == ACTIVATION and address is not None:
        request.point, request.leaving_contract = None, None
        request.supply_address = Address.objects.create(**asdict(address))
    else:
        raise UnknownServicePoint(
            f"Request {number}", "Neither a service point nor a new address is given.", "Search the point by address."
        )
    return saved(request, author=author, reason="punto di fornitura", at=at)


def _leaving(request: ContractRequest, point: ServicePoint, day: date) -> SupplyContract | None:
    """Return the contract that hands over, None for a closed point; refuses a point in the wrong state (CON-01)."""
    contracts = SupplyContract.objects.select_related("contract_account__holder").filter(service_point=point)
    running = contracts.filter(supplied__endswith__isnull=True).first() or contracts.filter(
        supplied__endswith__gt=day
    ).first()  # fmt: skip
    before = contracts.order_by("-supplied").first()
    subject = f"Service point {point.code}"
    if request.kind in HANDOVER:
        if running is None:
            raise PointClosed(
                subject, "Nobody is supplied there: there is no contract to take over.", "Open a subentro."
            )
        if request.party_id is not None and running.contract_account.holder_id == request.party_id:
            raise same_holder(running.contract_account.holder, running)
        return running
    if running is not None:
        raise PointActive(
            subject,
            f"Contract {running.number} of {running.contract_account.holder.name} supplies it"
            f" since {running.supplied.lower}.",
            "Open a takeover (voltura), or wait until that contract has ended.",
        )
    if request.kind == SUBENTRO and before is None:
        raise PointNeverSupplied(subject, "It has never been supplied.", "Open an activation.")
    if request.kind == ACTIVATION and before is not None:
        raise PointSuppliedBefore(
            subject, f"Contract {before.number} supplied it until {before.supplied.upper}.", "Open a subentro."
        )
    return None
