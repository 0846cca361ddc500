"""What every page of the desk is given: rights, navigation, the nonce of its policy."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sorgente.interfaces.desk.access import ROLE_LABELS, Right, may, rights_of, roles_of

_ARCHIVE = {"documents", "document_about", "paper", "paper_batch", "paper_batch_new", "disposals", "disposal"}
# route, its own word in the menu, icon, right, names of the pages under it
_MENU = [
    ("desk:home", _("Cruscotto"), "it-chart-line", Right.DASHBOARD, {"home"}),
    ("desk:customers", _("Clienti"), "it-user", Right.CUSTOMERS, {"customers", "customer", "search"}),
    ("desk:tickets", _("Segnalazioni"), "it-mail", Right.TICKETS, {"tickets", "ticket", "ticket_new", "ticket_mails"}),
    ("desk:reads", _("Letture"), "it-wifi", Right.METERS, {"reads"}),
    ("desk:bills", _("Bollette"), "it-files", Right.BILLS, {"bills", "bill"}),
    ("desk:runs", _("Emissioni"), "it-exchange-circle", Right.RUNS, {"runs", "run"}),
    ("desk:payments", _("Incassi"), "it-card", Right.PAYMENTS, {"payments", "payment"}),
    ("desk:signing", _("Firme"), "it-pencil", Right.SIGNING, {"signing", "signing_pairing", "signing_envelope"}),
    (
        "desk:quality",
        _("Scadenze"),
        "it-clock",
        Right.QUALITY,
        {"quality", "quality_indemnities", "quality_register", "quality_year"},
    ),
    ("desk:appointments", _("Appuntamenti"), "it-calendar", Right.APPOINTMENTS, {"appointments", "appointment"}),
    ("desk:counter", _("Sportello"), "it-clock", Right.COUNTER, {"counter"}),
    ("desk:calls", _("Chiamate"), "it-telephone", Right.CALLS, {"calls"}),
    ("desk:documents", _("Archivio"), "it-folder", Right.DOCUMENTS, _ARCHIVE),
]


def desk(request: HttpRequest) -> dict[str, Any]:
    shared = {"csp_nonce": getattr(request, "csp_nonce", ""), "demo": settings.DEMO}
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return shared
    here = request.resolver_match.url_name if request.resolver_match else ""
    menu = [
        {"address": reverse(route), "label": label, "icon": icon, "current": here in pages}
        for route, label, icon, right, pages in _MENU
        if may(request, right)
    ]
    labels = [ROLE_LABELS[role] for role in sorted(roles_of(request))]
    return {**shared, "may": rights_of(request), "menu": menu, "role_labels": labels}
