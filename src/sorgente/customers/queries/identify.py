"""Who may have written: customers by an exact address or an exact code, for messages that come in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

_BY_ADDRESS = """
SELECT party_id FROM customers_contactpoint WHERE kind IN ('email', 'pec') AND value = %(address)s
UNION SELECT holder_id FROM customers_contractaccount WHERE email = %(address)s
UNION SELECT id FROM customers_party WHERE pec = %(address)s AND pec <> ''
"""
_BY_CODE = """
SELECT h.code, h.party_id, h.account, h.contract FROM (
  SELECT a.number AS code, a.holder_id AS party_id, a.number AS account, '' AS contract
    FROM customers_contractaccount a WHERE a.number = ANY(%(codes)s)
  UNION ALL SELECT c.number, a.holder_id, a.number, c.number
    FROM customers_supplycontract c JOIN customers_contractaccount a ON a.id = c.contract_account_id
   WHERE c.number = ANY(%(codes)s)
  UNION ALL (SELECT DISTINCT ON (p.code) p.code, a.holder_id, a.number, c.number
    FROM customers_servicepoint p JOIN customers_supplycontract c ON c.service_point_id = p.id
    JOIN customers_contractaccount a ON a.id = c.contract_account_id
   WHERE p.code = ANY(%(codes)s) ORDER BY p.code, c.supplied DESC)
  UNION ALL SELECT p.tax_code, p.id, '', '' FROM customers_party p
   WHERE p.tax_code = ANY(%(codes)s) AND p.tax_code <> ''
  UNION ALL SELECT p.vat_number, p.id, '', '' FROM customers_party p
   WHERE p.vat_number = ANY(%(codes)s) AND p.vat_number <> ''
) h
"""


@dataclass(frozen=True, slots=True)
class CodeOwner:
    """Whose a code is: `account_number` and `contract_number` where the code tells them, else empty."""

    code: str
    party_id: int
    account_number: str
    contract_number: str


def parties_with_address(address: str) -> frozenset[int]:
    """Return the parties whose e-mail or PEC this is, exactly."""
    if not address:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(_BY_ADDRESS, {"address": address.strip().lower()})
        return frozenset(row[0] for row in cursor.fetchall())


def owners_of_codes(codes: Iterable[str]) -> list[CodeOwner]:
    """Return who owns each account, contract, service point, tax code or VAT number among the codes, exactly."""
    asked = sorted({code.strip().upper() for code in codes if code.strip()})
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_BY_CODE, {"codes": asked})
        return [CodeOwner(*row) for row in cursor.fetchall()]


def parties_with_phone(number: str) -> tuple[int, ...]:
    """Return the parties who can be reached at a telephone number in its normal form (+39…), newest first."""
    if not number:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT party_id FROM customers_contactpoint WHERE kind IN ('mobile', 'phone') AND value = %s"
            " ORDER BY party_id DESC",
            [number],
        )
        return tuple(row[0] for row in cursor.fetchall())
