"""The Italian word for each state and kind that a page shows; English comes from the catalogue.

Marked here so that the catalogue holds them: the tables keep their own labels, which the desk never imports.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

BILL_KINDS = {
    "actual": _("Conguaglio"),
    "estimated": _("Acconto"),
    "mixed": _("Misto"),
    "closing": _("Chiusura"),
    "correction": _("Rettifica"),
    "credit_note": _("Nota di credito"),
    "one_off": _("Altre partite"),
}
READ_KINDS = {
    "reader": _("Letturista"),
    "radio": _("Telelettura"),
    "self": _("Autolettura"),
    "install": _("Posa"),
    "remove": _("Rimozione"),
    "estimate": _("Stima"),
    "reconstructed": _("Ricostruzione"),
}
READ_STATES = {"accepted": _("Valida"), "held": _("Da verificare"), "discarded": _("Scartata")}
PAYMENT_KINDS = {
    "transfer": _("Bonifico"),
    "sdd": _("Addebito diretto"),
    "sdd_return": _("Insoluto"),
    "pagopa": _("pagoPA"),
    "pagopa_flow": _("Riversamento pagoPA"),
    "refund": _("Rimborso"),
    "other": _("Altro"),
}
REFUND_STATES = {
    "prepared": _("Da inviare"),
    "sent": _("Inviato"),
    "paid": _("Pagato"),
    "returned": _("Tornato indietro"),
}
REFUND_WAYS = {"transfer": _("Bonifico"), "postal": _("Assegno postale")}
MATCHES = {"matched": _("Abbinato"), "suspense": _("Da abbinare"), "ignored": _("Senza effetto")}
MATCHED_BY = {
    "end_to_end_id": _("identificativo dell'addebito"),
    "notice": _("numero avviso"),
    "rf": _("riferimento strutturato"),
    "bill_number": _("numero bolletta"),
    "hand": _("a mano"),
}
METHODS = {"sdd": _("Addebito diretto"), "pagopa": _("Avviso pagoPA"), "transfer": _("Bonifico")}
CHANNELS = {"email": _("E-mail"), "post": _("Posta"), "portal": _("Area clienti"), "pec": _("PEC")}
CONTACT_KINDS = {"email": _("E-mail"), "mobile": _("Cellulare"), "phone": _("Telefono"), "pec": _("PEC")}
PARTY_KINDS = {"person": _("Persona"), "company": _("Impresa"), "public_body": _("Ente pubblico")}
STEPS = {
    "select": _("Selezione"),
    "rate": _("Calcolo"),
    "gate": _("Controllo"),
    "issue": _("Emissione"),
    "render": _("Documenti"),
    "transmit": _("Trasmissione"),
    "deliver": _("Recapito"),
    "collect": _("Incasso"),
    "done": _("Conclusa"),
}
MESSAGE_STATES = {
    "queued": _("In coda"),
    "sent": _("Inviato"),
    "failed": _("Non recapitato"),
    "cancelled": _("Annullato"),
}
DOCUMENT_KINDS = {
    "bill": _("Bolletta"),
    "einvoice": _("Fattura elettronica"),
    "debit_file": _("Flusso di addebito diretto"),
    "statement": _("Estratto conto"),
    "receipt": _("Ricevuta pagoPA"),
    "flow": _("Flusso di rendicontazione"),
    "reader_file": _("File di lettura"),
    "rejects": _("Scarti di importazione"),
    "contract": _("Contratto"),
    "mandate": _("Mandato di addebito"),
    "identity": _("Documento di identità"),
    "title": _("Titolo sull'immobile"),
    "enrolment": _("Adesione alla firma avanzata"),
    "evidence": _("Prove di firma"),
    "letter": _("Comunicazione"),
    "mail": _("Messaggio ricevuto"),
    "attachment": _("Allegato"),
    "photo": _("Fotografia"),
    "scan": _("Copia per immagine"),
    "minutes": _("Verbale"),
    "other": _("Altro"),
}
FLOWS = {"E": _("In arrivo"), "U": _("In uscita"), "I": _("Interno")}
FORMATIONS = {
    "a": _("creato con un programma"),
    "b": _("ricevuto, o copia di carta"),
    "c": _("da una transazione o un modulo"),
    "d": _("composto da banche dati"),
}
AGENT_ROLES = {
    "author": _("Autore"),
    "sender": _("Mittente"),
    "recipient": _("Destinatario"),
    "operator": _("Operatore"),
    "assignee": _("Assegnatario"),
    "other": _("Altro"),
}
BATCH_STATES = {
    "imported": _("Importato"),
    "sampled": _("Campione da confrontare"),
    "checked": _("Campione conforme"),
    "refused": _("Respinto"),
    "attested": _("Attestato"),
}
PAPER_OUTCOMES = {"waiting": _("Da confrontare"), "good": _("Conforme"), "bad": _("Non conforme")}
DISPOSAL_STATES = {
    "proposed": _("Proposto"),
    "approved": _("Approvato"),
    "executed": _("Eseguito"),
    "cancelled": _("Annullato"),
}
MEDIA = {"paper": _("Carta"), "digital": _("Documenti digitali")}
MANDATE_STATES = {
    "active": _("Attivo"),
    "suspended": _("Sospeso"),
    "revoked": _("Revocato"),
    "expired": _("Scaduto"),
}
COLLECTION_STATES = {
    "prepared": _("Preparato"),
    "sent": _("Inviato"),
    "settled": _("Incassato"),
    "returned": _("Insoluto"),
    "cancelled": _("Annullato"),
}
POSITION_STATES = {"open": _("Da pagare"), "paid": _("Pagata"), "closed": _("Chiusa")}
REFERENCES = {
    "end_to_end_id": _("Identificativo end-to-end"),
    "mandate_id": _("Mandato"),
    "notice": _("Numero avviso"),
    "iuv": "IUV",
    "return_reason": _("Motivo dell'insoluto"),
    "bank_reference": _("Riferimento della banca"),
    "rf": _("Riferimento strutturato"),
    "receipt_id": _("Ricevuta"),
    "psp": "PSP",
}
# Choices of filters, marks and labels of other processes, where the catalogue's tool does not see them.
WORDS_OF_OTHERS = (
    _("Tutti"),
    _("Tutte"),
    _("Tutto"),
    _("Scadute"),
    _("Pagate"),
    _("Da pagare"),
    _("Letture effettive"),
    _("Lettura diretta"),
    _("Scadenza"),
    _("A credito"),
    _("Scaduta"),
    _("Pagata"),
    _("Pagata in parte"),
    _("Cessato"),
    _("Cessata"),
    _("Rimosso"),
    _("Bonus sociale"),
    _("Acquedotto"),
    _("Fognatura"),
    _("Depurazione"),
    _("Servizio idrico integrato"),
    _("Componenti perequative"),
    _("Quota fissa"),
    _("Quota variabile"),
    _("Quantità minima"),
    _("Accessibile"),
    _("Parzialmente accessibile"),
    _("Non accessibile"),
)
