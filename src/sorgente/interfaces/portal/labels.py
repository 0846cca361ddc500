"""The customer's words for kinds, states and the rows of a bill; English comes from the catalogue."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

GROUPS: dict[str, dict[str, str]] = {
    "bill": {"open": _("Da pagare"), "overdue": _("Scaduta"), "paid": _("Pagata"), "credit": _("A tuo credito")},
    "bill_kind": {
        "actual": _("sulla lettura del contatore"),
        "estimated": _("su una stima"),
        "mixed": _("in parte su una stima"),
        "closing": _("di chiusura"),
        "correction": _("di rettifica"),
        "credit_note": _("nota di credito"),
        "one_off": _("di altre partite"),
    },
    "read": {
        "reader": _("letta da noi"),
        "radio": _("letta via radio"),
        "self": _("mandata da te"),
        "install": _("montaggio del contatore"),
        "remove": _("cambio del contatore"),
        "estimate": _("stimata"),
        "reconstructed": _("ricostruita"),
    },
    "channel": {
        "email": _("per e-mail"),
        "post": _("su carta, per posta"),
        "portal": _("qui nell'area clienti"),
        "pec": _("per PEC"),
    },
    "method": {
        "sdd": _("addebito sul conto in banca"),
        "pagopa": _("avviso da pagare"),
        "transfer": _("bonifico"),
    },
    "contact": {
        "email": _("E-mail"), "mobile": _("Cellulare"), "phone": _("Telefono di casa"), "pec": _("PEC"),
    },
    "purpose": {
        "service": _("Avvisi sul servizio"),
        "marketing": _("Offerte e novità"),
        "paperless": _("Bolletta digitale"),
    },
    "purpose_help": {
        "service": _("Interruzioni dell'acqua, letture, scadenze."),
        "marketing": _("Solo se lo vuoi tu. Non cambia nulla del servizio."),
    },
    "request": {
        "new": _("ricevuta"),
        "assigned": _("ci stiamo lavorando"),
        "waiting": _("aspetta te"),
        "answered": _("risposta"),
        "closed": _("chiusa"),
    },
    "change_kind": {
        "activation": _("Nuovo contratto"),
        "subentro": _("Riapertura della fornitura"),
        "takeover": _("Cambio di intestatario"),
        "takeover_by_death": _("Cambio di intestatario dopo un lutto"),
        "household": _("Chi vive qui"),
        "termination": _("Chiusura della fornitura"),
    },
    "change": {
        "draft": _("da completare"),
        "documents": _("servono documenti"),
        "to_sign": _("da firmare"),
        "signed": _("firmata"),
        "ready": _("la stiamo guardando"),
        "executed": _("fatta"),
        "cancelled": _("annullata"),
        "refused": _("non accolta"),
    },
    "place": {"desk": _("allo sportello"), "home": _("veniamo noi da te"), "phone": _("al telefono")},
    "appointment": {
        "booked": _("prenotato"),
        "arrived": _("sei arrivato"),
        "served": _("fatto"),
        "missed": _("mancato"),
        "cancelled": _("annullato"),
    },
    "topic": {
        "reading": _("Una nuova lettura"),
        "bill": _("Una nuova bolletta"),
        "due": _("Una bolletta che sta per scadere"),
        "leak": _("Acqua che corre troppo"),
        "appointment": _("Un appuntamento"),
        "request": _("Una tua richiesta"),
        "signing": _("Un documento da firmare"),
    },
    "way": {"push": _("Notifica"), "email": _("E-mail"), "sms": _("SMS")},
    "rights": {"see": _("può guardare"), "act": _("può guardare e agire")},
}  # fmt: skip

# What the tariff's contributions pay for; every other row is explained by billing, figure by figure.
COMPONENTS = {
    "Componente UI1": _("Contributo deciso da ARERA per le zone colpite dai terremoti."),
    "Componente UI2": _("Contributo deciso da ARERA per migliorare la qualità del servizio."),
    "Componente UI3": _("Contributo deciso da ARERA che paga il bonus acqua alle famiglie in difficoltà."),
    "Componente UI4": _("Contributo deciso da ARERA che aiuta a costruire le opere dell'acqua."),
}
SERVICES = {
    "Acquedotto": _("L'acqua che hai usato: prenderla, renderla buona da bere e portarla a casa tua."),
    "Fognatura": _("Portare via l'acqua usata."),
    "Depurazione": _("Ripulire l'acqua usata prima di restituirla all'ambiente."),
}
