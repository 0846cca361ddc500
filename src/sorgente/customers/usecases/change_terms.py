"""Change what decides the price of a supply from a day: residents, use, units, services, bonus."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Unpack

from django.db import transaction

from sorgente.customers.core.values import Terms, TermsChange
from sorgente.customers.usecases.supply_contract import locked_contract
from sorgente.customers.usecases.terms_rows import TERMS, current_rows, replace_rows
from sorgente.shared.errors import SorgenteError
from sorgente.shared.period import Period


class ChangeOutsideContract(SorgenteError):
    code = "customers.terms.change-outside-contract"


class NothingChanges(SorgenteError):
    code = "customers.terms.nothing-changes"


@transaction.atomic
def change_terms(
    *,
    contract_id: int,
    from_on: date,
    reason: str,
    recorded_at: datetime,
    until_on: date | None = None,
    **changes: Unpack[TermsChange],
) -> None:
    """Change the named terms on every day from `from_on` until `until_on` (excluded; None: to the end).

    The rest of the terms stays as it is on each day, also where it changes later. What held before is kept:
    terms_of_contracts(known_at=…) still answers as it did.

    raises  UnknownContract, ChangeOutsideContract, NothingChanges, TermsOutOfRange, EmptyPeriod

        before   |------ 2 residents ------|------ 2 residents, bonus ------…
        change            from_on ▼ 3 residents
        after    |-- 2 --|-- 3 ------------|------ 3 residents, bonus ------…
    """
    contract = locked_contract(contract_id)
    wanted = Period(from_on, until_on)
    supplied = Period(contract.supplied.lower, contract.supplied.upper)
    if from_on not in supplied or (until_on is not None and until_on - timedelta(days=1) not in supplied):
        end = "" if supplied.latest_day is None else f" to {supplied.latest_day}"
        raise ChangeOutsideContract(
            f"Contract {contract.number}",
            f"It supplies from {supplied.start}{end}; the change is from {from_on}"
            f"{'' if until_on is None else f' to {wanted.latest_day}'}.",
            "Choose days inside the contract.",
        )
    touched, pieces = [], []
    for row in current_rows(contract_id):
        held = {name: getattr(row, name) for name in TERMS}
        inside = Period(row.valid.lower, row.valid.upper).cut(wanted)
        if inside is None or held == {**held, **changes}:
            continue
        Terms(**{**held, **changes})  # refuses what cannot be
        touched.append(row)
        for piece in Period(row.valid.lower, row.valid.upper).split_at(
            [inside.start] if inside.end is None else [inside.start, inside.end]
        ):
            pieces.append((piece, row, {**changes, "reason": reason} if piece == inside else {}))
    if not touched:
        said = ", ".join(f"{name} {value}" for name, value in changes.items()) or "no change"
        raise NothingChanges(
            f"Contract {contract.number}",
            f"The terms from {from_on} are so already: {said}.",
            "Check the day and the values.",
        )
    replace_rows(touched, pieces, recorded_at)
