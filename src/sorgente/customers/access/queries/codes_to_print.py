"""The activation codes that papers about to be drawn carry: for holders who cannot enter the web area yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

from sorgente.customers.access.core import codes
from sorgente.customers.access.models import Holding
from sorgente.customers.models import ContractAccount

VALID_DAYS = 180  # two bills of whoever is billed three times a year


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """A code as paper shows it, and where it is typed.

    reference  the paper it is printed on: "bill:2026/SII/0000123"
    until_on   first day it no longer holds
    page       address of the page without scheme, as people type it
    link       address of the page with the account filled in; the code is not in it
    """

    reference: str
    account_number: str
    code: str
    until_on: date
    page: str
    link: str


def codes_to_print(papers: Mapping[str, str], *, on: date) -> dict[str, PrintedCode]:
    """Return reference -> code for the papers whose account has a holder without a login.

    papers  reference of the paper -> number of its contract account; one query, however many
    on      the day of the papers

    Nothing is kept: the same paper gives the same code. It holds once `keep_printed_codes` has been told of it.
    """
    rows = ContractAccount.objects.filter(number__in=set(papers.values()))
    with_login = Holding.objects.filter(ended_at=None).values("party_id")
    without = set(rows.exclude(holder_id__in=with_login).values_list("number", flat=True))
    return {reference: _printed(reference, number, on) for reference, number in papers.items() if number in without}


def _printed(reference: str, number: str, on: date) -> PrintedCode:
    code = codes.derived_activation_code(account_number=number, reference=reference, key=settings.SECRET_KEY)
    address = f"{settings.SITE_ADDRESS}/area/attiva/"
    return PrintedCode(
        reference=reference,
        account_number=number,
        code=codes.printed(code),
        until_on=on + timedelta(days=VALID_DAYS),
        page=address.partition("://")[2].rstrip("/"),
        link=f"{address}?conto={number}",
    )
