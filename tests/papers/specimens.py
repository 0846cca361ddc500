"""Whole values of every paper, as a clerk's case would give them; the people and places are invented."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

PARTY = {
    "name": "Giulia Bianchi",
    "tax_code": "BNCGLI85C52A271X",
    "born": "nata ad Ancona il 12 marzo 1985",
    "address": "Via dei Tigli 14, 60901 Valdoro (AN)",
    "email": "giulia.bianchi@posta.example",
    "phone": "+39 333 0000001",
    "identity": "carta d'identità CA01234AB rilasciata dal Ministero dell'Interno, valida fino al 12 marzo 2031",
}
COMPANY_PARTY = {
    "name": "Panificio Fratelli Rossi S.n.c. di Rossi Antonio e C.",
    "tax_code": "02000000426",
    "vat_number": "02000000426",
    "address": "Corso della Repubblica 118 bis, 60901 Valdoro (AN)",
    "pec": "panificiorossi@pec.example",
    "sdi_code": "M5UXCR1",
    "represented_by": {"name": "Antonio Rossi", "tax_code": "RSSNTN70A01A271F", "as": "legale rappresentante"},
}
POINT = {
    "code": "11042AN000123456",
    "address": "Via dei Tigli 14, interno 3, 60901 Valdoro (AN)",
    "meter": "VA-24-118820",
    "index_m3": 1482,
    "cadastral": "foglio 23, particella 418, subalterno 7",
}
USE = {"category": "domestico residente", "residents": 3, "units": 1, "services": "acquedotto, fognatura e depurazione"}
TITLE = {
    "type": "proprietà",
    "details": "atto di compravendita del 4 novembre 2026, notaio Carla Neri, rep. 4412",
    "document": "declared",
}
PRICES = [
    {"name": "Acquedotto, quota fissa", "amount": "32,40", "unit": "€ l'anno"},
    {"name": "Acquedotto, fascia agevolata fino a 55 m³ per 3 residenti", "amount": "0,612300", "unit": "€/m³"},
    {"name": "Acquedotto, fascia base", "amount": "1,284500", "unit": "€/m³"},
    {"name": "Acquedotto, eccedenza", "amount": "2,410000", "unit": "€/m³"},
    {"name": "Fognatura", "amount": "0,231400", "unit": "€/m³"},
    {"name": "Depurazione", "amount": "0,548900", "unit": "€/m³"},
    {"name": "Componenti perequative UI1-UI4", "amount": "0,044000", "unit": "€/m³"},
]
MANDATE = {
    "umr": "VA-2026-00012345",
    "iban": "IT60X0542811101000000123456",
    "holder": "Giulia Bianchi",
    "holder_tax_code": "BNCGLI85C52A271X",
}
ENROLMENT = {
    "notice_version": "2026-01",
    "insurance": "Assicurazioni del Piceno S.p.A., polizza RC-4471-2026, massimale 500.000,00 €",
    "key_keeper": "Studio notarile Neri, Ancona",
    "web_page": "www.valdoro.example/firma",
}
CONTRACT = {
    "number": "C2026-000912",
    "account": "CC-0058735",
    "request": "R2026-001204",
    "starts_on": date(2026, 12, 1),
    "bill_address": "Via dei Tigli 14, interno 3, 60901 Valdoro (AN)",
    "bill_channel": "e-mail a giulia.bianchi@posta.example",
    "bills_per_year": 4,
    "tariff_act": "deliberazione EGA Valdoro 12/2026, tariffa 2026",
}
SUPPLY = {
    "party": PARTY,
    "point": POINT,
    "use": USE,
    "title": TITLE,
    "prices": PRICES,
    "at_distance": False,
    "start_at_once": False,
}
_AT = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)

SPECIMENS: dict[str, tuple[str, dict[str, Any]]] = {
    "supply_contract": (
        "supply_contract",
        {
            **SUPPLY,
            "contract": {**CONTRACT, "reason": "activation"},
            "payment": "sdd",
            "mandate": MANDATE,
            "enrolment": ENROLMENT,
            "deposit_note": "Esonero per addebito diretto con consumi fino a 500 m³ l'anno.",
            "costs": [{"name": "Spese di attivazione", "cents": 3500}, {"name": "Imposta di bollo", "cents": 1600}],
        },
    ),
    "supply_contract_company_at_distance": (
        "supply_contract",
        {
            **SUPPLY,
            "contract": {**CONTRACT, "reason": "subentro"},
            "party": COMPANY_PARTY,
            "use": {"category": "artigianale", "units": 2, "other_units": 2, "services": "acquedotto e fognatura"},
            "title": {
                "type": "locazione", "details": "contratto del 1° marzo 2026, registrato ad Ancona",
                "document": "handed_over",
            },
            "payment": "pagopa",
            "deposit": {"total_cents": 18_450, "first_cents": 9225, "instalments": 2},
            "at_distance": True,
            "start_at_once": True,
        },
    ),
    "takeover": (
        "takeover",
        {
            **SUPPLY,
            "contract": CONTRACT,
            "because": "agreement",
            "leaving": {"name": "Marco Verdi", "tax_code": "VRDMRC60T02A271K", "contract": "C2011-003318"},
            "read_on": date(2026, 11, 23),
            "stranger_to_debt": True,
            "payment": "pagopa",
            "deposit": {"total_cents": 7500, "first_cents": 3750, "instalments": 2},
            "costs": [{"name": "Imposta di bollo", "cents": 1600}],
        },
    ),
    "takeover_after_death": (
        "takeover",
        {
            **SUPPLY,
            "contract": CONTRACT,
            "because": "death",
            "leaving": {"name": "Ada Bianchi", "contract": "C1998-000107", "died_on": date(2026, 10, 2)},
            "tie": "figlia ed erede, residente nell'immobile",
            "read_on": date(2026, 11, 20),
            "payment": "sdd",
            "mandate": MANDATE,
            "deposit_note": "Il deposito di 75,00 € già versato passa a questo contratto.",
        },
    ),
    "mandate": (
        "mandate",
        {"account": "CC-0058735", "party": PARTY, "mandate": MANDATE, "replaces": "il mandato VA-2019-00000877"},
    ),
    "enrolment": (
        "enrolment",
        {
            "party": PARTY,
            "enrolment": ENROLMENT,
        },
    ),
    "termination": (
        "termination",
        {
            "contract": {
                "number": "C2011-003318", "account": "CC-0011873", "request": "R2026-001311",
                "ends_on": date(2026, 12, 10),
            },
            "party": PARTY,
            "point": POINT,
            "read_on": date(2026, 11, 23),
            "bill_address": "Via Roma 8, 60100 Ancona (AN)",
            "bill_email": "giulia.bianchi@posta.example",
            "deposit_cents": 7500,
            "refund_iban": "IT60X0542811101000000123456",
            "access": "contatore accessibile dalla strada",
        },
    ),
    "household_declaration": (
        "household_declaration",
        {
            "contract": {"number": "C2011-003318", "account": "CC-0011873", "request": "R2026-001312"},
            "party": PARTY,
            "point": POINT,
            "before": {"category": "domestico residente", "residents": 3, "units": 1},
            "after": {"category": "domestico residente", "residents": 4, "units": 1, "from": date(2026, 6, 1)},
            "people": [
                {"name": "Giulia Bianchi", "born": "Ancona, 12 marzo 1985"},
                {"name": "Paolo Conti", "born": "Jesi, 3 luglio 1983"},
                {"name": "Anna Conti", "born": "Ancona, 9 gennaio 2015"},
                {"name": "Luca Conti", "born": "Ancona, 30 maggio 2026"},
            ],
            "recalculated": True,
        },
    ),
    "reply_letter": (
        "reply_letter",
        {
            "ticket": "T2026-004410",
            "subject": "Bolletta 2026/SII/0004711: consumo troppo alto",
            "kind": "complaint",
            "received_on": date(2026, 11, 9),
            "contract": "C2011-003318",
            "account": "CC-0011873",
            "recipient": {"name": "Giulia Bianchi", "address": "Via dei Tigli 14, 60901 Valdoro (AN)"},
            "opening": "grazie di averci scritto. Ci segnali che la bolletta di ottobre conta il doppio di un anno fa.",
            "decision": "Il reclamo è fondato: la lettura del 30 settembre era sbagliata e la bolletta va rettificata.",
            "findings": [
                "La lettura del 30 settembre (1.612) è maggiore di quella del nostro tecnico, il 16 novembre (1.482).",
                "Il contatore funziona: la prova del 16 novembre è regolare.",
            ],
            "done": [{"what": "Annulliamo la bolletta e la rifacciamo sulla lettura giusta", "by": date(2026, 12, 4)}],
            "credit_cents": 21_840,
            "person_in_charge": {
                "name": "Sara Gentili", "office": "Ufficio reclami", "phone": "800 042 042",
                "email": "reclami@valdoro.example",
            },
            "attachments": ["Verbale della lettura del 16 novembre 2026"],
        },
    ),
    "minutes": (
        "minutes",
        {
            "number": "2026/3",
            "batch": "L-2026-014",
            "proposed_by": "Elena Fabbri",
            "proposed_at": _AT,
            "approvals": [
                {"name": "Piero Galli", "office": "Archivio", "at": _AT},
                {"name": "Livia Serra", "office": "Protezione dati", "at": _AT},
            ],
            "authority": {
                "office": "Soprintendenza archivistica delle Marche", "protocol": "1187/2026", "on": date(2026, 10, 30),
            },
            "executed_at": _AT,
            "place": "magazzino di Via della Fonte 1, Valdoro",
            "method": "triturazione, livello P-4 (DIN 66399)",
            "present": ["Piero Galli", "Livia Serra"],
            "sheets": 2140,
            "boxes": 6,
            "documents": [
                {"title": f"Contratto C2009-{at:06d}", "sha256": f"{at:02x}" * 32, "class": "contratti"}
                for at in range(1, 61)
            ],
            "list_sha256": "ab" * 32,
        },
    ),
    "removal_minutes": (
        "removal_minutes",
        {
            "number": "2026/D1",
            "reason": "termine di conservazione scaduto",
            "proposed_by": "Elena Fabbri",
            "proposed_at": _AT,
            "approvals": [{"name": "Piero Galli", "office": "Archivio", "at": _AT}],
            "executed_at": _AT,
            "place": "archivio elettronico",
            "method": "cancellazione del contenuto",
            "present": ["Piero Galli"],
            "bytes": 1_204_551,
            "documents": [{"title": "Fotografia 12", "sha256": "0c" * 32, "class": "fotografie"}],
            "list_sha256": "ab" * 32,
        },
    ),
    "attestation": (
        "attestation",
        {
            "batch": "L-2026-014",
            "made_by": "Elena Fabbri",
            "office": "Archivio",
            "method": "process",
            "started_at": _AT,
            "ended_at": _AT,
            "place": "Via della Fonte 1, Valdoro",
            "scanner": "ScanStation 700, programma 4.2",
            "resolution": "300 punti per pollice, colori",
            "population": 400,
            "sampled": 50,
            "faults": 0,
            "remarks": "Due fogli doppi, passati di nuovo.",
            "copies": [{"name": f"C2009-{at:06d}.pdf", "pages": 4, "sha256": f"{at:02x}" * 32} for at in range(1, 31)],
        },
    ),
    "copy_cover": (
        "copy_cover",
        {
            "document": {
                "title": "Contratto di fornitura n. C2026-000912", "sha256": "cd" * 32, "pages": 8, "signed_at": _AT,
                "sealed_by": "Valdoro Acque S.p.A.",
            },
            "recipient": {"name": "Giulia Bianchi", "address": "Via dei Tigli 14, 60901 Valdoro (AN)"},
            "fields": [
                {"label": "Accetto il contratto di fornitura", "outcome": "firmato"},
                {"label": "Informazioni commerciali", "outcome": "no"},
            ],
            "verify_hint": "Apri il PDF con un programma che legge le firme: deve dire che non è cambiato.",
        },
    ),
}  # fmt: skip
