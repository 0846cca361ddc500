"""The labels of incoming mail: stable codes, agreed with the desk. Definitions are in the README of this process."""

from __future__ import annotations

CATEGORIES: tuple[str, ...] = (
    "contratto_attivazione",
    "contratto_voltura",
    "contratto_subentro",
    "contratto_disdetta",
    "variazione_anagrafica",
    "variazione_nucleo_familiare",
    "variazione_pagamento_sdd",
    "autolettura",
    "lettura_contestazione",
    "bolletta_contestazione_importo",
    "bolletta_richiesta_copia",
    "bolletta_mancato_recapito",
    "rettifica_fatturazione",
    "rateizzazione",
    "pagamento_segnalazione",
    "rimborso",
    "morosita_sollecito",
    "sospensione_riattivazione",
    "prescrizione_eccezione",
    "perdita_occulta",
    "guasto_emergenza",
    "qualita_acqua",
    "preventivo_allacciamento",
    "verifica_contatore",
    "appuntamento",
    "bonus_idrico",
    "area_riservata_accesso",
    "reclamo_servizio",
    "privacy_gdpr",
    "altro_spam",
)

# The classes of the contractual-quality regulation (RQSII, ARERA 655/2015/R/idr).
CORRECTION = "richiesta_rettifica"
COMPLAINT = "reclamo_scritto"
INFORMATION = "richiesta_informazioni"
NOT_REGULATED = "nessuno"
REGULATED_TYPES: tuple[str, ...] = (CORRECTION, COMPLAINT, INFORMATION, NOT_REGULATED)

URGENT = "urgente"
HIGH = "alta"
NORMAL = "normale"
# From the least to the most pressing.
PRIORITIES: tuple[str, ...] = (NORMAL, HIGH, URGENT)

NOT_A_REQUEST = "altro_spam"
EMERGENCY = "guasto_emergenza"

ENTITY_TYPES: tuple[str, ...] = (
    "CODICE_CLIENTE",
    "CODICE_UTENZA",
    "POD",
    "PDR",
    "MATRICOLA_CONTATORE",
    "NUMERO_FATTURA",
    "LETTURA",
    "DATA_LETTURA",
    "IBAN",
    "CODICE_FISCALE",
    "PARTITA_IVA",
    "TELEFONO",
    "IMPORTO",
    "INDIRIZZO",
    "NUMERO_PRATICA",
)
