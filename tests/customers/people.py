"""A few made people and places for the tests of customers."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sorgente.customers.core.values import AddressValues, NewCustomer, Terms
from sorgente.customers.usecases.contract_account import open_contract_account
from sorgente.customers.usecases.register_party import register_party
from sorgente.customers.usecases.service_point import create_service_point
from sorgente.customers.usecases.supply_contract import open_supply_contract

AT = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
START = date(2026, 1, 1)
TERMS = Terms(tariff="valdoro", category="domestico_residente", residents=2)


def address(number: str = "1") -> AddressValues:
    return AddressValues("Via Roma", number, "60901", "Valdoro", "AN", "042901")


def bianchi(**changes):
    words = {
        "kind": "person",
        "surname": "Bianchi",
        "first_name": "Anna",
        "born_on": date(1980, 5, 17),
        "tax_code": "BNCNNA80E57A271J",
        **changes,
    }
    return register_party(**words)


def firm(**changes):
    return register_party(
        **{"kind": "company", "name": "Conserve Niccolò D'Angelo S.r.l.", "vat_number": "00488410010", **changes}
    )


def account_of(party, **changes):
    words = {
        "holder_id": party.pk,
        "billing_address": address(),
        "channel": "post",
        "payment_method": "pagopa",
        "opened_on": START,
        **changes,
    }
    return open_contract_account(**words)


def point(progressive: int = 1):
    return create_service_point(address=address(str(progressive)), code=f"11042901{progressive:08d}")


def supply(account, service_point, **changes):
    words = {
        "contract_account_id": account.pk,
        "service_point_id": service_point.pk,
        "starts_on": START,
        "terms": TERMS,
        "recorded_at": AT,
        **changes,
    }
    return open_supply_contract(**words)


def new_customer(index: int, **changes) -> NewCustomer:
    words = {
        "kind": "person",
        "name": f"Rossi Mario {index}",
        "surname": "Rossi",
        "first_name": "Mario",
        "tax_code": f"{80_000_000_000 + index}",
        "billing_address": address(),
        "supply_address": address(str(index)),
        "point_code": f"11042901{index + 1:08d}",
        "terms": TERMS,
        "supplied_from": date(2020, 3, 1),
        "channel": "email",
        "email": f"mario{index}@posta.example",
        "payment_method": "sdd",
        "contacts": {"email": f"mario{index}@posta.example", "mobile": f"+39333{index:07d}"},
        "consents": {"email": "paperless"},
        **changes,
    }
    return NewCustomer(**words)
