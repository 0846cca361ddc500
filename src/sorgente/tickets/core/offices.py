"""The offices that answer: their codes, and their names on a page."""

from __future__ import annotations

OFFICE_WORDS = {
    "contratti": "Contratti",
    "fatturazione": "Letture e fatturazione",
    "credito": "Pagamenti e credito",
    "pronto_intervento": "Pronto intervento e qualità",
    "reclami": "Reclami",
    "protezione_dati": "Protezione dati",
    "assistenza": "Assistenza e smistamento",
}
