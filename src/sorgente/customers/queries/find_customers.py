"""Find customers by whatever a caller can say: name, tax code, point code, account, telephone, e-mail, address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Q

from sorgente.customers.models import ContactPoint, ContractAccount, Party, ServicePoint, SupplyContract

MOST = 20
_SHORTEST = 2
_SHORTEST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class CustomerHit:
    """One customer found. `why` names the key that matched: name, tax_code, point, account, phone, email, …"""

    party_id: int
    name: str
    tax_code: str
    why: str
    found: str  # the value that matched, as stored
    account: str = ""  # the latest contract account
    address: str = ""  # where the water of that account is delivered


def find_customers(text: str, *, most: int = MOST) -> list[CustomerHit]:
    """Return at most `most` customers, those found by a code before those found by name; each customer once."""
    wanted = " ".join(text.split())
    if len(wanted) < _SHORTEST:
        return []
    found: dict[int, CustomerHit] = {}
    for hits in (_by_codes(wanted, most), _by_contact(wanted, most), _by_name(wanted, most)):
        for hit in hits:
            found.setdefault(hit.party_id, hit)
        if len(found) >= most:
            break
    return _with_places(list(found.values())[:most])


def customers_at_points(points: dict[int, str], *, why: str) -> list[CustomerHit]:
    """Return who is supplied at the service points, the latest contract of each; the dictionary says what was found."""
    contracts = (
        SupplyContract.objects.filter(service_point_id__in=points)
        .select_related("contract_account__holder")
        .order_by("service_point_id", "-supplied")
        .distinct("service_point_id")
    )
    return _with_places([_hit(c.contract_account.holder, why, points[c.service_point_id]) for c in contracts])


def customers_of_accounts(accounts: dict[int, str], *, why: str) -> list[CustomerHit]:
    """Return the holders of contract accounts; the dictionary says what was found for each."""
    rows = ContractAccount.objects.filter(id__in=accounts).select_related("holder").order_by("id")
    return _with_places([_hit(account.holder, why, accounts[account.pk]) for account in rows])


def _by_codes(wanted: str, most: int) -> list[CustomerHit]:
    code = wanted.replace(" ", "").upper()
    if not re.search(r"\d", code):
        return []
    parties = Party.objects.filter(Q(tax_code__startswith=code) | Q(vat_number__startswith=code)).order_by("name")
    hits = [_hit(party, "tax_code", party.tax_code or party.vat_number) for party in parties[:most]]
    points = ServicePoint.objects.filter(code__startswith=code).order_by("code").values_list("id", "code")[:most]
    hits += customers_at_points(dict(points), why="point")
    accounts = ContractAccount.objects.filter(number__istartswith=code).select_related("holder").order_by("number")
    return hits + [_hit(account.holder, "account", account.number) for account in accounts[:most]]


def _by_contact(wanted: str, most: int) -> list[CustomerHit]:
    digits = re.sub(r"\D", "", wanted)
    if "@" in wanted:
        value = Q(value__startswith=wanted.lower())
    elif len(digits) >= _SHORTEST_DIGITS and not re.search(r"[^\d\s+()./-]", wanted):
        value = Q(kind__in=["mobile", "phone"], value__contains=digits.removeprefix("0039"))
    else:
        return []
    points = ContactPoint.objects.filter(value).select_related("party").order_by("value")[:most]
    return [_hit(point.party, "email" if "@" in point.value else "phone", point.value) for point in points]


def _by_name(wanted: str, most: int) -> list[CustomerHit]:
    words = Q()
    for word in wanted.split():
        words &= Q(name__icontains=word)
    return [_hit(party, "name", party.name) for party in Party.objects.filter(words).order_by("name")[:most]]


def _hit(party: Party, why: str, found: str) -> CustomerHit:
    return CustomerHit(party.pk, party.name, party.tax_code or party.vat_number, why, found)


def _with_places(hits: Iterable[CustomerHit]) -> list[CustomerHit]:
    """Add the latest account of each customer and where its water goes."""
    listed = list(hits)
    contracts = (
        SupplyContract.objects.filter(contract_account__holder_id__in=[hit.party_id for hit in listed])
        .select_related("contract_account", "service_point__address")
        .order_by("contract_account__holder_id", "-supplied")
        .distinct("contract_account__holder_id")
    )
    places = {c.contract_account.holder_id: c for c in contracts}
    return [
        replace(
            hit,
            account=places[hit.party_id].contract_account.number,
            address=str(places[hit.party_id].service_point.address),
        )
        if hit.party_id in places
        else hit
        for hit in listed
    ]
