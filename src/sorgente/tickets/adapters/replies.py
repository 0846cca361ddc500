"""The answers of rules/tickets/replies: one template a category, checked when read."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from sorgente.shared.errors import SorgenteError
from sorgente.shared.paths import rules_dir
from sorgente.tickets.core.drafts import Template, paragraphs_of
from sorgente.tickets.core.taxonomy import CATEGORIES

# What a template may name, and what the list beside the draft calls it.
FACTS = {
    "name": "Intestatario",
    "account": "Conto contrattuale",
    "place": "Indirizzo di fornitura",
    "balance": "Saldo",
    "overdue": "Scaduto",
    "credit": "Credito",
    "next_due_on": "Prossima scadenza",
    "bill_number": "Ultima bolletta",
    "bill_total": "Importo dell'ultima bolletta",
    "bill_due_on": "Scadenza dell'ultima bolletta",
    "bill_period": "Periodo dell'ultima bolletta",
    "payment_method": "Modo di pagamento",
    "serial": "Contatore",
    "latest_read": "Ultima lettura",
    "latest_read_on": "Giorno dell'ultima lettura",
    "sent_read": "Lettura nel messaggio",
    "sent_read_on": "Giorno della lettura nel messaggio",
    "taken_read": "Lettura registrata",
    "taken_read_on": "Giorno della lettura registrata",
    "deadline": "Termine di risposta",
    "phone": "Telefono",
    "emergency_phone": "Pronto intervento",
    "desk": "Sportello",
    "web": "Area clienti",
    "self_reading": "Come mandare la lettura",
    "leak_url": "Pagina perdite",
    "quality_url": "Pagina qualità dell'acqua",
    "complaints": "Indirizzo reclami",
}


class ReplyTemplateWrong(SorgenteError):
    code = "tickets.reply-template.wrong"


def template_of(category: str) -> Template:
    """Return the template of a category; raises ReplyTemplateWrong."""
    return _templates(rules_dir() / "tickets" / "replies")[category]


@lru_cache(maxsize=2)
def _templates(folder: Path) -> dict[str, Template]:
    found: dict[str, Template] = {}
    for file in sorted(folder.glob("*.yaml")):
        content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        for category, paragraphs in content["replies"].items():
            template = Template(category, paragraphs_of(paragraphs), file.name)
            named = {name for one in template.paragraphs for name in {*one.facts, *filter(None, [one.without])}}
            if category not in CATEGORIES or not named <= FACTS.keys():
                wrong = ", ".join(sorted(named - FACTS.keys())) or category
                raise ReplyTemplateWrong(
                    f"{file.name} {category}",
                    f"{wrong} is not known.",
                    "Use a category of the taxonomy and known facts.",
                )
            found[category] = template
    missing = [category for category in CATEGORIES if category not in found]
    if missing:
        raise ReplyTemplateWrong(
            str(folder), f"{', '.join(missing)} has no answer.", "Write one paragraph at least for each category."
        )
    return found
