"""Bills: the list, one bill explained, its paper, and the statement of account."""

from __future__ import annotations

from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_sameorigin

from sorgente.archive.queries.documents import find_document
from sorgente.archive.usecases.read_document import read_document_for
from sorgente.billing.queries.bill_file import bill_file
from sorgente.customers.queries.overview import account_overview
from sorgente.interfaces.portal.account_page import bill_rows, tone_of
from sorgente.interfaces.portal.app.shell import keep_offline
from sorgente.interfaces.portal.bill_rows import explained_groups
from sorgente.interfaces.portal.guard import customer, own_account, own_bill, reader_of
from sorgente.ledger.queries.accounts import settlements_of, statement_of
from sorgente.payments.queries.bill_payment import payment_of
from sorgente.payments.queries.mandate_list import mandates_of
from sorgente.payments.queries.payment_details import payment_details


@customer
def bills(request: HttpRequest, number: str) -> HttpResponse:
    access = own_account(request, number)
    as_of = localdate()
    rows = bill_rows(access, as_of=as_of)
    card = account_overview(access.account_id, as_of=as_of)
    context = {
        "access": access,
        "rows": rows,
        "open_cents": sum(row["open_cents"] for row in rows if row["tone"] in ("open", "overdue")),
        "card": card,
        "mandate": next((one for one in mandates_of([access.account_id]) if one.state == "active"), None),
    }
    return keep_offline(request, render(request, "portal/bills/bills.html", context))


@customer
def bill(request: HttpRequest, number: str) -> HttpResponse:
    row = own_bill(request, number)
    as_of = localdate()
    found = bill_file(number)
    if found is None:
        raise Http404(number)
    paying = payment_of(number)
    details = payment_details([found.id]).get(found.id)
    tone = tone_of(row, as_of)
    groups = explained_groups(found, language=get_language() or "it")
    context: dict[str, Any] = {
        "bill": found,
        "tone": tone,
        "open_cents": row["open_cents"],
        "days": (found.due_on - as_of).days,
        "debit": next((one for one in paying.debits if one.state in ("prepared", "sent", "settled")), None),
        "returned": next((one for one in paying.debits if one.state == "returned"), None),
        "position": paying.position,
        "paid": [one for one in settlements_of(number) if one.receivable == number and one.cents > 0],
        "details": details,
        "qr": _qr(details.qr_text) if details is not None and details.qr_text and tone in ("open", "overdue") else "",
        "days_of_bill": (found.end - found.start).days,
        "groups": groups,
        "note": next((one.says.note for group in groups for one in group.rows if one.says and one.says.note), ""),
    }
    return render(request, "portal/bills/bill.html", context)


@customer
@xframe_options_sameorigin
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """Send the PDF of a bill, read again and compared with its hash."""
    own_bill(request, number)
    found = bill_file(number)
    document = find_document(found.document) if found is not None and found.document else None
    if document is None:
        raise Http404(number)
    content = read_document_for(sha256=document.sha256, reader=reader_of(request), at=timezone.now())
    answer = HttpResponse(content, content_type=document.media_type)
    way = "attachment" if "scarica" in request.GET else "inline"
    answer["Content-Disposition"] = f'{way}; filename="bolletta-{number.replace("/", "-")}.pdf"'
    answer["Cache-Control"] = "private, max-age=300"
    return answer


@customer
def statement(request: HttpRequest, number: str) -> HttpResponse:
    access = own_account(request, number)
    lines = statement_of(access.account_id)
    context = {
        "access": access,
        "lines": lines[::-1],
        "balance_cents": lines[-1].balance_cents if lines else 0,
        "as_of": localdate(),
    }
    return render(request, "portal/bills/statement.html", context)


def _qr(text: str) -> str:
    """Return the QR code as inline SVG; error correction M, as the guide to the notice asks."""
    return segno.make(text, error="m", micro=False).svg_inline(
        scale=4, border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
