"""Contract accounts with their holders, filtered as the desk asks."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet

from sorgente.customers.models import ContractAccount


def list_accounts(*, text: str = "", kind: str = "", method: str = "", channel: str = "") -> QuerySet[Any, Any]:
    """Return contract accounts with their holders, by name, as dictionaries.

    text  a piece of the name, or the beginning of the tax code or of the account's number
    """
    found = ContractAccount.objects.all()
    if text:
        found = found.filter(
            Q(holder__name__icontains=text) | Q(holder__tax_code__startswith=text.upper()) | Q(number__startswith=text)
        )
    if kind:
        found = found.filter(holder__kind=kind)
    if method:
        found = found.filter(payment_method=method)
    if channel:
        found = found.filter(channel=channel)
    return (
        found.annotate(
            name=F("holder__name"),
            kind=F("holder__kind"),
            tax_code=F("holder__tax_code"),
            municipality=F("billing_address__municipality"),
        )
        .order_by("name", "id")
        .values(
            "id",
            "number",
            "holder_id",
            "name",
            "kind",
            "tax_code",
            "municipality",
            "payment_method",
            "channel",
            "opened_on",
            "closed_on",
        )
    )
