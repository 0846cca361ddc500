"""People who become customers during the demonstration: they sign at the counter, after the others were there.

Pure: drawn from the seed like the others, with codes and addresses that meet nobody's.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from sorgente.customers.core.values import AddressValues
from sorgente.journeys.demo.population import Customer, people_of

# Far from the indices of any population, so that mailboxes and serials meet nobody's.
_FIRST = 9_000_000
_DRAWN_FOR_EACH = 4  # people drawn for one that is a household and whose tax code is new


def newcomers_of(count: int, seed: int, *, known: Collection[str], starts_on: date) -> list[Customer]:
    """Return so many households, with an e-mail each, whose tax codes are not among the known ones."""
    drawn = people_of(count * _DRAWN_FOR_EACH + 20, seed + _FIRST, starts_on=starts_on)
    taken = set(known)
    found: list[Customer] = []
    for one in drawn:
        if one.kind != "person" or one.use != "domestico_residente" or not one.residents or one.tax_code in taken:
            continue
        taken.add(one.tax_code)
        number = _FIRST + len(found)
        mailbox = one.email.split("@")[0].rstrip("0123456789") if one.email else f"casa.{one.surname.lower()}"
        mailbox = "".join(letter for letter in mailbox if letter.isascii() and (letter.isalnum() or letter == "."))
        # Newcomers pay in time: what happens to late payers is told by the others.
        found.append(
            replace(
                one,
                index=number,
                email=f"{mailbox}{number % 1000}@casa.example",
                serial=f"N26{number % 10**7:07d}",
                pays_late_days=0,
                seldom_pays=False,
                channel="email",
            )
        )
        if len(found) == count:
            break
    return found


def address_of(one: Customer) -> AddressValues:
    """Return where somebody lives."""
    return AddressValues(
        street=one.street, house_number=one.house_number, postal_code=one.postal_code, municipality=one.municipality,
        province=one.province, istat_code=one.istat_code,
    )  # fmt: skip
