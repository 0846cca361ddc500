"""The desk's search box: one line of text, the customers it may mean, in milliseconds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from sorgente.customers.constraints import FOLDED, PLAIN, NameWords

_SHORTEST = 2
_LEAST_DIGITS = 3
_LEAST_CODE = 6  # letters of a surname alone are looked for as a name, not as the start of a tax code
_SEPARATORS = re.compile(r"[\s./()+-]+")
_WORDS = re.compile(r"[^\W_]+")
_FOLD = str.maketrans(FOLDED, PLAIN)

# Each finds party ids in one way; %(code)s, %(phone)s, %(email)s are LIKE patterns. The order is the order of trust.
_BY = {
    "account": "SELECT holder_id FROM customers_contractaccount WHERE number LIKE %(code)s"
    " ORDER BY number LIMIT %(limit)s",
    "contract": "SELECT a.holder_id FROM customers_supplycontract c"
    " JOIN customers_contractaccount a ON a.id = c.contract_account_id WHERE c.number LIKE %(code)s"
    " ORDER BY c.number LIMIT %(limit)s",
    "point": "SELECT a.holder_id FROM customers_servicepoint p"
    " JOIN customers_supplycontract c ON c.service_point_id = p.id"
    " JOIN customers_contractaccount a ON a.id = c.contract_account_id WHERE p.code LIKE %(code)s"
    " ORDER BY p.code, c.supplied DESC LIMIT %(limit)s",
    "tax_code": "SELECT id FROM customers_party WHERE tax_code LIKE %(code)s LIMIT %(limit)s",
    "vat_number": "SELECT id FROM customers_party WHERE vat_number LIKE %(code)s AND vat_number <> '' LIMIT %(limit)s",
    "phone": "SELECT party_id FROM customers_contactpoint WHERE value LIKE %(phone)s LIMIT %(limit)s",
    "email": "SELECT party_id FROM customers_contactpoint WHERE value LIKE %(email)s LIMIT %(limit)s",
    "name": "SELECT id FROM customers_party WHERE {words} @@ to_tsquery('simple', %(words)s)"
    " ORDER BY name LIMIT %(limit)s",
}
# The expression of the index party_name_words, word for word.
_NAME_WORDS = NameWords.template % {"expressions": "name"}


@dataclass(frozen=True, slots=True)
class AccountFound:
    """A contract account of a customer found; `place` is where it is supplied, `active` on no particular day."""

    id: int
    number: str
    place: str
    active: bool


@dataclass(frozen=True, slots=True)
class CustomerFound:
    """A customer found; `found_by` says how: account, contract, point, tax_code, vat_number, phone, email or name."""

    party_id: int
    name: str
    kind: str
    tax_code: str
    vat_number: str
    found_by: str
    accounts: tuple[AccountFound, ...]


def find_customers(text: str, *, limit: int = 20) -> list[CustomerFound]:
    """Return at most `limit` customers whose name, code, number or contact the text begins, the surest first.

    text  words of a name in any order and without accents, or the beginning of a tax code, VAT number, account,
          contract or point number, e-mail or telephone; shorter than two characters finds nobody
    """
    ways, values = _questions(text.strip())
    if not ways:
        return []
    parts = [
        f"(SELECT *, {rank} AS rank FROM ({_BY[way].format(words=_NAME_WORDS)}) AS by_{way}(id))"
        for rank, way in enumerate(ways)
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), {**values, "limit": limit})
        found: dict[int, str] = {}
        for party_id, rank in sorted(cursor.fetchall(), key=lambda row: row[1]):
            found.setdefault(party_id, ways[rank])
    return customers_by_party(list(found)[:limit], found_by=found)


def _questions(text: str) -> tuple[list[str], dict[str, Any]]:
    compact = _SEPARATORS.sub("", text)
    if len(compact) < _SHORTEST:
        return [], {}
    values = {"code": _starting(compact.upper()), "email": _starting(text.lower())}
    digits = compact.removeprefix("00") if text.startswith("00") else compact
    if compact.isdigit():
        if len(compact) < _LEAST_DIGITS:
            return [], {}
        national = digits if text.startswith(("+", "00")) else f"39{digits}"
        return ["account", "contract", "point", "tax_code", "vat_number", "phone"], {
            **values,
            "phone": _starting(f"+{national}"),
        }
    ways = []
    one_word = " " not in text
    if any(c.isdigit() for c in compact) or (one_word and len(compact) >= _LEAST_CODE):
        ways += ["account", "contract", "point", "tax_code"]
    if one_word and len(text) > _SHORTEST:
        ways.append("email")
    words = _WORDS.findall(text.lower().translate(_FOLD))
    if "@" not in text and any(len(word) >= _SHORTEST for word in words):
        ways.append("name")
        values["words"] = " & ".join(f"{word}:*" for word in words)
    return ways, values


def _starting(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text) + "%"


def customers_by_party(party_ids: Sequence[int], *, found_by: dict[int, str] | None = None) -> list[CustomerFound]:
    """Return these customers with their accounts, in the order given; unknown ids are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, name, kind, tax_code, vat_number FROM customers_party WHERE id = ANY(%s)", [list(party_ids)]
        )
        parties = {row[0]: row for row in cursor.fetchall()}
        cursor.execute(
            "SELECT a.holder_id, a.id, a.number, coalesce(s.street || ' ' || s.house_number || ', ' || s.municipality,"
            " b.street || ' ' || b.house_number || ', ' || b.municipality), coalesce(upper_inf(c.supplied), false)"
            " FROM customers_contractaccount a JOIN customers_address b ON b.id = a.billing_address_id"
            " LEFT JOIN LATERAL (SELECT supplied, service_point_id FROM customers_supplycontract"
            "   WHERE contract_account_id = a.id ORDER BY upper_inf(supplied) DESC, supplied DESC LIMIT 1) c ON true"
            " LEFT JOIN customers_servicepoint p ON p.id = c.service_point_id"
            " LEFT JOIN customers_address s ON s.id = p.address_id"
            " WHERE a.holder_id = ANY(%s) ORDER BY a.number",
            [list(party_ids)],
        )
        accounts: dict[int, list[AccountFound]] = {}
        for holder, account_id, number, place, active in cursor.fetchall():
            accounts.setdefault(holder, []).append(AccountFound(account_id, number, place, active))
    ways = found_by or {}
    return [
        CustomerFound(
            party_id=party_id,
            name=name,
            kind=kind,
            tax_code=tax_code,
            vat_number=vat_number,
            found_by=ways.get(party_id, ""),
            accounts=tuple(accounts.get(party_id, ())),
        )
        for party_id, name, kind, tax_code, vat_number in (parties[one] for one in party_ids if one in parties)
    ]


def parties_of_accounts(account_ids: Iterable[int]) -> dict[int, int]:
    """Return contract account id -> party id of its holder."""
    return _pairs("SELECT id, holder_id FROM customers_contractaccount WHERE id = ANY(%s)", account_ids)


def parties_of_points(service_point_ids: Iterable[int]) -> dict[int, int]:
    """Return service point id -> party id of whoever is supplied there now, or was the latest."""
    return _pairs(
        "SELECT DISTINCT ON (c.service_point_id) c.service_point_id, a.holder_id FROM customers_supplycontract c"
        " JOIN customers_contractaccount a ON a.id = c.contract_account_id WHERE c.service_point_id = ANY(%s)"
        " ORDER BY c.service_point_id, c.supplied DESC",
        service_point_ids,
    )


def _pairs(sql: str, ids: Iterable[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(ids)])
        return dict(cursor.fetchall())
