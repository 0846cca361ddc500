"""What every page of the desk is given: rights, navigation, the nonce of its policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sorgente.interfaces.desk.access import ROLE_LABELS, Right, may, rights_of, roles_of


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu: `pages` are the names of the pages under it."""

    route: str
    label: Any
    icon: str
    right: Right
    pages: frozenset[str]


def _entry(route: str, label: Any, icon: str, right: Right, *pages: str) -> Entry:
    return Entry(f"desk:{route}", label, icon, right, frozenset((route, *pages)))


# (word of the group, its lines); of a group with one line left for a role the line alone is shown.
_MENU: list[tuple[Any, list[Entry]]] = [
    (_("Cruscotto"), [_entry("home", _("Cruscotto"), "it-chart-line", Right.DASHBOARD)]),
    (
        _("Clienti"),
        [
            _entry("customers", _("Clienti"), "it-user", Right.CUSTOMERS, "customer", "search", "statement",
                   "mandate", "activation"),
            _entry("requests", _("Pratiche"), "it-note", Right.CONTRACTS, "request_new", "request", "request_step"),
            _entry("tickets", _("Segnalazioni"), "it-mail", Right.TICKETS, "ticket", "ticket_new", "ticket_mails"),
            _entry("appointments", _("Appuntamenti"), "it-calendar", Right.APPOINTMENTS, "appointment",
                   "book_appointment"),
            _entry("counter", _("Sportello"), "it-pa", Right.COUNTER),
            _entry("calls", _("Chiamate"), "it-telephone", Right.CALLS),
        ],
    ),
    (_("Misura"), [_entry("reads", _("Letture"), "it-wifi", Right.METERS, "meter_change")]),
    (
        _("Bollette"),
        [
            _entry("bills", _("Bollette"), "it-files", Right.BILLS, "bill"),
            _entry("runs", _("Emissioni"), "it-exchange-circle", Right.RUNS, "run", "parked"),
        ],
    ),
    (_("Incassi"), [_entry("payments", _("Incassi"), "it-card", Right.PAYMENTS, "payment")]),
    (
        _("Archivio"),
        [
            _entry("documents", _("Documenti"), "it-folder", Right.DOCUMENTS, "document_about"),
            _entry("signing", _("Firme"), "it-pencil", Right.SIGNING, "signing_pairing", "signing_envelope"),
            _entry("paper", _("Carta"), "it-copy", Right.PAPER, "paper_batch", "paper_batch_new"),
            _entry("disposals", _("Scarti"), "it-delete", Right.DISPOSAL, "disposal"),
        ],
    ),
    (
        _("Qualità"),
        [_entry("quality", _("Scadenze"), "it-clock", Right.QUALITY, "quality_indemnities", "quality_register",
                "quality_year")],
    ),
]  # fmt: skip


def desk(request: HttpRequest) -> dict[str, Any]:
    shared = {"csp_nonce": getattr(request, "csp_nonce", ""), "demo": settings.DEMO}
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return shared
    here = request.resolver_match.url_name if request.resolver_match else ""
    labels = [ROLE_LABELS[role] for role in sorted(roles_of(request))]
    return {**shared, "may": rights_of(request), "menu": menu_of(request, here or ""), "role_labels": labels}


def menu_of(request: HttpRequest, here: str) -> list[dict[str, Any]]:
    """Return the groups a role sees, each with its lines; the one of the page at hand is marked."""
    groups = []
    for label, entries in _MENU:
        lines = [
            {"address": reverse(one.route), "label": one.label, "icon": one.icon, "current": here in one.pages}
            for one in entries
            if may(request, one.right)
        ]
        if lines:
            current = any(line["current"] for line in lines)
            groups.append({"label": label, "lines": lines, "current": current, "icon": lines[0]["icon"]})
    return groups
