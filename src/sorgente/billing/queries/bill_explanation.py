"""A bill row by row, each with what it is: for the area of the customer and for who answers the telephone."""

from __future__ import annotations

from sorgente.billing.core.printed_rows import printed_rows, sources_of
from sorgente.billing.core.row_explanation import RowExplanation, explain_row
from sorgente.billing.models import Bill
from sorgente.billing.queries.bill_parts import bill_parts
from sorgente.billing.queries.bill_values import UnknownBill


def bill_explanation(number: str, *, language: str = "it") -> list[RowExplanation]:
    """Return the printed rows of a bill, in their order, each in plain words; raises UnknownBill.

    language  "it" or "en"

    What the bill charges comes first, row for row as it is stored; then one row for each earlier bill and rate that it
    takes back.
    """
    bill_id = Bill.objects.filter(number=number).values_list("pk", flat=True).first()
    if bill_id is None:
        raise UnknownBill(f"Bill {number}", "There is none.", "Check the number: it reads 2026/SII/0000123.")
    (bill,) = bill_parts([bill_id])
    rows = printed_rows(bill.charges, bill.prices, bill.terms)
    return [
        explain_row(row, cite=cite, language=language)
        for row, cite in zip(rows, sources_of(bill.charges, rows), strict=True)
    ]
