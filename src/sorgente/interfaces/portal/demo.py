"""Customers of the demonstration, who enter with one click.

Imported, and reachable, only where SORGENTE_DEMO is set: see urls.py. Their logins have no usable password.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sorgente.billing.queries.bill_list import list_bills
from sorgente.customers.access.queries.accounts_of_user import login_of_party
from sorgente.customers.access.usecases.activate import Proven, activate
from sorgente.customers.queries.account_list import list_accounts
from sorgente.interfaces.portal.entry import keep, wanted, way_on
from sorgente.interfaces.portal.security import enter


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    party_id: int
    name: str
    label: str


def demo_customers() -> list[DemoCustomer]:
    """Return a few customers, each with something else to see: an overdue bill, a debit, a notice, a company."""
    found: dict[int, DemoCustomer] = {}

    def take(row: dict[str, Any] | None, label: str) -> None:
        if row is not None and row["holder_id"] not in found:
            name = row.get("name") or row.get("holder", "")
            found[row["holder_id"]] = DemoCustomer(row["holder_id"], name, label)

    def first(**asked: str) -> dict[str, Any] | None:
        rows = list_accounts(**asked).filter(closed_on=None).order_by("id")
        return rows.exclude(holder_id__in=list(found)).first()

    overdue = list_bills(as_of=localdate(), state="overdue").filter(contract_account__holder__kind="person").first()
    take(overdue, _("ha una bolletta scaduta"))
    take(first(kind="person", method="pagopa"), _("paga con l'avviso"))
    take(first(kind="person", method="sdd"), _("ha l'addebito in banca"))
    take(first(kind="company"), _("è un'impresa"))
    return list(found.values())


@require_POST
def sign_in_as(request: HttpRequest, party_id: int) -> HttpResponse:
    """Enter as one of them, both factors given."""
    if not settings.DEMO or party_id not in {one.party_id for one in demo_customers()}:
        raise Http404
    at = timezone.now()
    login = login_of_party(party_id)
    if login is None:
        with transaction.atomic():
            login = activate(
                proven=Proven(party_id, "demonstration"), email=f"cliente{party_id}@demo.example", password=None, at=at
            )
    keep(request, "entry", {"next": wanted(request)})
    enter(request, login.user_id, at=at)
    return way_on(request)
