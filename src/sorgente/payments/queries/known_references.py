"""Everything that the references of one statement may name, looked up at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from sorgente.billing.queries.bill_keys import BillKey, bills_by_sequence
from sorgente.payments.core.clues import Clues
from sorgente.payments.models import Collection, DebtPosition, Refund


@dataclass(frozen=True, slots=True)
class KnownReferences:
    """Collections by end-to-end id, by debit file and by mandate; bills by notice number and by their own; refunds."""

    by_end_to_end: dict[str, Collection]
    by_file: dict[str, list[Collection]]
    by_mandate: dict[str, list[Collection]]
    by_notice: dict[str, BillKey]
    by_bill: dict[tuple[int, str, int], BillKey]
    by_refund: dict[str, Refund] = field(default_factory=dict)


def known_references(clues: Iterable[Clues]) -> KnownReferences:
    """Return what the clues name and we know; what is not in the answer is unknown to us."""
    asked = list(clues)
    ids = {clue.end_to_end_id for clue in asked if clue.end_to_end_id}
    files = {clue.debit_file for clue in asked if clue.debit_file}
    mandates = {clue.mandate_id for clue in asked if clue.mandate_id and clue.is_return}
    known = KnownReferences({}, {file: [] for file in files}, {umr: [] for umr in mandates}, {}, {})
    collections = (
        Collection.objects.filter(
            Q(end_to_end_id__in=ids) | Q(file__message_id__in=files) | Q(mandate__umr__in=mandates)
        )
        .select_related("bill", "mandate", "file")
        .order_by("end_to_end_id")
    )
    for collection in collections:
        if collection.end_to_end_id in ids:
            known.by_end_to_end[collection.end_to_end_id] = collection
        if collection.file is not None and collection.file.message_id in files:
            known.by_file[collection.file.message_id].append(collection)
        if collection.mandate.umr in mandates:
            known.by_mandate[collection.mandate.umr].append(collection)
    for refund in Refund.objects.filter(end_to_end_id__in=ids):
        known.by_refund[refund.end_to_end_id] = refund
    notices = {notice for clue in asked for notice in clue.notices}
    for position in DebtPosition.objects.filter(notice_number__in=notices).select_related("bill"):
        bill = position.bill
        known.by_notice[position.notice_number] = BillKey(bill.pk, bill.number, bill.contract_account_id)
    known.by_bill.update(bills_by_sequence(bill for clue in asked for bill in (*clue.rf_bills, *clue.bills)))
    return known
