"""Let the codes of papers that were drawn hold, thousands at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from sorgente.customers.access.core import codes
from sorgente.customers.access.models import ActivationCode
from sorgente.customers.access.queries.codes_to_print import PrintedCode
from sorgente.customers.models import ContractAccount

_ROME = ZoneInfo("Europe/Rome")


@transaction.atomic
def keep_printed_codes(printed: Sequence[PrintedCode], *, at: datetime) -> int:
    """Keep the hashes of codes that papers carry, from `codes_to_print`; return how many are new.

    Told again of the same paper, nothing changes. A code holds through the day before `until_on`. Call it in the
    transaction that stores the papers: then none carries a code that does not hold.
    """
    accounts = dict(
        ContractAccount.objects.filter(number__in={one.account_number for one in printed}).values_list("number", "pk")
    )
    known = set(
        ActivationCode.objects.filter(reference__in=[one.reference for one in printed]).values_list(
            "reference", flat=True
        )
    )
    rows = [
        ActivationCode(
            contract_account_id=accounts[one.account_number],
            code_hash=codes.hash_of(codes.typed(one.code), purpose="activation", key=settings.SECRET_KEY),
            reference=one.reference,
            issued_at=at,
            expires_at=datetime.combine(one.until_on, time(), tzinfo=_ROME),
        )
        for one in printed
        if one.reference not in known
    ]
    ActivationCode.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
