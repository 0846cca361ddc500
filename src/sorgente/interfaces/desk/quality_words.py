"""Words of the service standards at the desk, and where a reference leads."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

CLOCK_STATES = {
    "running": _("In corso"),
    "suspended": _("In attesa di altri"),
    "ended": _("Conclusa"),
    "cancelled": _("Annullata"),
}
CAUSES = {
    "operator": _("Gestore"),
    "force_majeure": _("Forza maggiore"),
    "third_party": _("Cliente o terzi"),
}
INDEMNITY_STATES = {
    "accrued": _("Maturato"),
    "suspended": _("Sospeso per morosità"),
    "on_bill": _("Nella prossima bolletta"),
    "direct": _("Da pagare direttamente"),
    "paid": _("Corrisposto"),
    "excluded": _("Non dovuto"),
}
EXCLUDED = {
    "force_majeure": _("Forza maggiore"),
    "third_party": _("Cliente o terzi"),
    "year_cap": _("Già indennizzato nell'anno"),
    "cancelled": _("Prestazione annullata"),
    "corrected": _("Registrazione corretta"),
}
SUSPENDED_FOR = {
    "permit": _("Attesa di permessi di terzi"),
    "customer": _("Attesa di un atto del cliente"),
    "access": _("Accesso non consentito"),
}
OUTCOMES = {
    "in": _("Nello standard"),
    "out": _("Fuori standard"),
    "open": _("In corso"),
    "cancelled": _("Annullata"),
}
GROUPS = {
    "clock_state": CLOCK_STATES,
    "cause": CAUSES,
    "indemnity_state": INDEMNITY_STATES,
    "excluded": EXCLUDED,
    "suspended_for": SUSPENDED_FOR,
    "outcome": OUTCOMES,
}
_KINDS = {
    "request": _("Pratica"),
    "ticket": _("Segnalazione"),
    "bill": _("Bolletta"),
    "appointment": _("Appuntamento"),
    "contract": _("Contratto"),
    "counter": _("Sportello"),
    "calls": _("Telefono"),
}
# Prefix of a reference -> the page that shows it.
_PAGES = {"request": "desk:request", "ticket": "desk:ticket", "bill": "desk:bill", "appointment": "desk:appointment"}


def reference_words(reference: str) -> str:
    """Return a reference as people say it: request:12 is "Pratica 12"."""
    kind, _colon, name = reference.partition(":")
    return f"{gettext(_KINDS[kind])} {name}" if kind in _KINDS and name else reference


def reference_address(reference: str) -> str:
    """Return the page of what a reference names; empty where it has none."""
    kind, _colon, name = reference.partition(":")
    if kind not in _PAGES or not name:
        return ""
    try:
        return reverse(_PAGES[kind], args=[name])
    except NoReverseMatch:
        return ""


def amount_words(amount: int | None, unit: str) -> str:
    """Return what elapsed, or a level, in the unit of its standard; times come as whole seconds."""
    if amount is None:
        return ""
    if unit in ("hours", "minutes", "seconds"):
        hours, rest = divmod(amount, 3600)
        minutes, seconds = divmod(rest, 60)
        parts = [(hours, "h"), (minutes, "min"), (seconds, "s")]
        return " ".join(f"{count} {name}" for count, name in parts if count) or "0 s"
    if unit == "working_days":
        return ngettext("%(n)s giorno lavorativo", "%(n)s giorni lavorativi", amount) % {"n": amount}
    if unit == "feriali_days":
        return ngettext("%(n)s giorno feriale", "%(n)s giorni feriali", amount) % {"n": amount}
    if unit == "calendar_days":
        return ngettext("%(n)s giorno", "%(n)s giorni", amount) % {"n": amount}
    if unit == "bills":
        return ngettext("%(n)s bolletta", "%(n)s bollette", amount) % {"n": amount}
    if unit == "attempts":
        return ngettext("%(n)s tentativo", "%(n)s tentativi", amount) % {"n": amount}
    return f"{amount} %"
