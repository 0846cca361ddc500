"""Whose message it is: by the address it came from and by the codes it names; nobody's when the two disagree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

CONTACT, CODE, SIGNED_IN, CLERK = "contact", "code", "signed_in", "clerk"
# Codes that belong to one customer; an IBAN or a telephone in a text is often somebody else's.
CODE_TYPES = frozenset(
    {"CODICE_CLIENTE", "CODICE_UTENZA", "POD", "PDR", "CODICE_FISCALE", "PARTITA_IVA", "MATRICOLA_CONTATORE",
     "NUMERO_FATTURA"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Owner:
    """One code of the message and whose it is."""

    code: str
    party_id: int
    account_number: str = ""
    contract_number: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """The customer of a message: certain, or none with the candidates. `by` is CONTACT or CODE."""

    party_id: int | None
    by: str
    account_number: str
    contract_number: str
    candidates: tuple[int, ...]


def match(*, by_address: frozenset[int], owners: Iterable[Owner]) -> Match:
    """Join what the address says with what the codes say.

    by_address  parties whose address it is
    owners      whose the codes in the sender's own words are

    One party in both, or one by codes with an address nobody has, or one by address without codes: certain. Whoever
    writes from one customer's address about another's contract (an administrator, a child, a swindler) is looked at.
    """
    found = list(owners)
    by_code = frozenset(owner.party_id for owner in found)
    both = by_address & by_code
    if len(both) == 1:
        party, by = next(iter(both)), CONTACT
    elif not by_address and len(by_code) == 1:
        party, by = next(iter(by_code)), CODE
    elif not by_code and len(by_address) == 1:
        party, by = next(iter(by_address)), CONTACT
    else:
        return Match(None, "", "", "", tuple(sorted(by_address | by_code))[:10])
    own = [owner for owner in found if owner.party_id == party]
    accounts = {owner.account_number for owner in own if owner.account_number}
    contracts = {owner.contract_number for owner in own if owner.contract_number}
    return Match(
        party,
        by,
        next(iter(accounts)) if len(accounts) == 1 else "",
        next(iter(contracts)) if len(contracts) == 1 else "",
        (),
    )
