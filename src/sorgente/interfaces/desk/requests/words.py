"""What a clerk reads when a step of a request is refused: plain Italian, beside the field it is about."""

from __future__ import annotations

import re

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from sorgente.shared.errors import SorgenteError

# code -> (fields it may stand beside, the first that the form has; what to tell)
TROUBLES: dict[str, tuple[tuple[str, ...], str]] = {
    "shared.tax-code.invalid": (
        ("tax_code", "iban_holder_tax_code"),
        _("Il codice fiscale non torna: ricopialo dalla tessera sanitaria."),
    ),
    "shared.tax-code.of-somebody-else": (
        ("tax_code",),
        _("Il codice fiscale non torna con il nome. Ricontrolla; se è giusto, scrivi il documento che lo prova."),
    ),
    "shared.vat-number.invalid": (("vat_number",), _("La partita IVA non torna: sono 11 cifre.")),
    "shared.sdi-code.invalid": (("sdi_code",), _("Il codice destinatario ha 7 caratteri (6 per un ente pubblico).")),
    "shared.pec.invalid": (("pec",), _("Questo indirizzo PEC non è scritto bene.")),
    "shared.email.invalid": (("email",), _("Questo indirizzo e-mail non è scritto bene.")),
    "shared.phone.invalid": (("mobile",), _("Questo numero di telefono non è scritto bene.")),
    "shared.iban.check-digits": (("iban",), _("L'IBAN non torna: ricontrolla le cifre.")),
    "shared.iban.malformed": (
        ("iban",),
        _("L'IBAN è scritto male: per l'Italia sono 27 caratteri, IT e poi lettere e cifre."),
    ),
    "shared.iban.national-check": (
        ("iban",),
        _("L'IBAN non torna: la lettera dopo le prime quattro cifre non corrisponde."),
    ),
    "customers.party.incomplete": (
        ("surname", "name"),
        _("Mancano i dati di chi chiede: nome e codice fiscale o partita IVA."),
    ),
    "customers.request.same-holder": (("q",), _("È già l'intestatario di questa fornitura: non serve una voltura.")),
    "customers.request.point-active": (
        ("q",),
        _("Qui qualcuno è già servito: ci vuole una voltura, non un nuovo contratto."),
    ),
    "customers.request.point-closed": (
        ("q",),
        _("Qui nessuno è servito: il punto è chiuso, si riapre con un subentro."),
    ),
    "customers.request.point-never-supplied": (
        ("q",),
        _("Questo punto non è mai stato servito: ci vuole una nuova attivazione."),
    ),
    "customers.request.point-supplied-before": (
        ("q",),
        _("Questo punto è già stato servito in passato: si riapre con un subentro."),
    ),
    "customers.request.contract-asked-already": (
        ("q",),
        _("C'è già una pratica aperta su questa fornitura: continua quella, oppure annullala prima."),
    ),
    "customers.request.contract-ending": (("contract",), _("Questa fornitura è già finita.")),
    "customers.contract.unknown": (("contract",), _("Questo contratto non c'è.")),
    "customers.point.unknown": (
        ("q",),
        _("Scegli un punto tra quelli trovati, oppure scrivi l'indirizzo di quello nuovo."),
    ),
    "customers.municipality.unknown": (("place",), _("Questo comune non è tra quelli serviti.")),
    "customers.request.day-out-of-range": (
        ("desired_on", "from_on"),
        _("Questo giorno è troppo lontano: scegline uno più vicino a oggi."),
    ),
    "customers.request.household-not-told": (("residents",), _("Per questo uso serve il numero dei residenti.")),
    "customers.request.use-not-offered": (("use",), _("In questa data questo uso non è previsto.")),
    "customers.terms.out-of-range": (
        ("residents", "units"),
        _("Residenti da 0 a 999, almeno una unità, e non più unità non domestiche che unità."),
    ),
    "customers.terms.nothing-changes": ((), _("Non cambia nulla: le condizioni sono già queste.")),
    "customers.terms.change-outside-contract": (("from_on",), _("Quel giorno il contratto non c'era.")),
    "customers.request.derogation-without-protocol": (
        ("derogation_protocol",),
        _("Serve il numero di protocollo dell'atto del sindaco."),
    ),
    "customers.account.channel-without-address": (
        ("email", "channel"),
        _("Per questo canale serve un indirizzo: scrivilo, oppure scegli la posta."),
    ),
    "customers.account.unknown": (("account_number",), _("Non è un conto aperto di chi chiede.")),
    "customers.request.paper-incomplete": (
        ("identity_number",),
        _("Servono numero e chi l'ha rilasciato; di un altro documento, la copia o il numero."),
    ),
    "customers.request.paper-expired": (
        ("identity_expires_on", "expires_on"),
        _("Il documento è scaduto: chiedine uno valido."),
    ),
    "archive.upload.empty": (("scan",), _("Il file è vuoto: sceglilo di nuovo.")),
    "archive.upload.too-large": (("scan",), _("Il file è troppo grande.")),
    "archive.upload.type": (("scan",), _("Questo tipo di file non va bene: manda un PDF o una fotografia.")),
    "archive.upload.encrypted": (("scan",), _("Il PDF è protetto da password: serve una copia senza.")),
    "archive.upload.broken": (("scan",), _("Il file è rovinato e non si apre.")),
    "archive.upload.bomb": (("scan",), _("Il file, una volta aperto, è troppo grande.")),
    "archive.upload.active": (
        ("scan",),
        _("Il file contiene parti che possono agire da sole: serve una copia semplice."),
    ),
    "journeys.contracts.read-not-given": (
        ("index", "meter_serial"),
        _("Prima serve il punto, o la matricola del contatore."),
    ),
    "journeys.contracts.meter-missing": (
        ("meter_serial",),
        _("Qui non c'è un contatore: scrivi la matricola di quello da posare."),
    ),
    "journeys.contracts.read-doubtful": (
        ("index",),
        _("La lettura è lontana dal solito: riguarda il contatore, poi confermala."),
    ),
    "journeys.contracts.signatures-missing": (
        ("signed_fields",),
        _("Manca una firma che serve: falla mettere e rifai la scansione."),
    ),
    "metering.meter.already-installed": (
        ("meter_serial",),
        _("Questo contatore è già posato altrove: ricontrolla la matricola."),
    ),
    "metering.meter.differs": (
        ("meter_serial",),
        _("Il contatore con questa matricola ha altre cifre o un altro diametro."),
    ),
    "metering.meter.first-index-too-long": (("index",), _("Hai scritto più cifre di quelle del contatore.")),
    "metering.read.below-earlier-one": (("index",), _("La lettura è più bassa dell'ultima: ricontrolla il contatore.")),
    "metering.read.in-the-future": (("read_on",), _("Il giorno della lettura è nel futuro.")),
    "metering.read.too-many-digits": (("index",), _("Hai scritto più cifre di quelle del contatore.")),
    "metering.read.out-of-order": (("read_on",), _("C'è già una lettura successiva a questo giorno.")),
    "metering.read.day-already-read": (("read_on",), _("In questo giorno c'è già un'altra lettura.")),
    "metering.register.not-installed": (("read_on",), _("Quel giorno il contatore non era montato.")),
    "customers.request.answer-signed": (
        (),
        _("Il cliente ha già firmato: per cambiare qualcosa annulla la pratica e aprine un'altra."),
    ),
    "customers.request.closed": ((), _("La pratica è chiusa: aprine una nuova.")),
    "customers.request.checklist-incomplete": ((), _("Manca ancora qualcosa: guarda l'elenco.")),
    "customers.request.nothing-to-sign": ((), _("Prima va preparato il documento da firmare.")),
    "customers.request.reason-missing": (("reason",), _("Scrivi il motivo.")),
    "signing.envelope.not-all-signed": (
        ("signed_fields",),
        _("Manca una firma che serve: falla mettere e rifai la scansione."),
    ),
    "signing.envelope.ended": ((), _("Questa firma è già conclusa.")),
    "signing.envelope.expired": ((), _("Il tempo per firmare è finito: prepara di nuovo il documento.")),
    "signing.envelope.signer-not-identified": (
        (),
        _("Per firmare a distanza serve un documento di identità e un'e-mail o un cellulare."),
    ),
    "customers.contract.point-already-supplied": ((), _("Nel frattempo il punto è stato dato a un altro contratto.")),
    "customers.contract.ends-too-early": ((), _("La fornitura non può finire prima di essere cominciata.")),
    "billing.bill.correction-not-billable": (
        (),
        _("Le bollette non si possono rifare adesso: passa la pratica alla fatturazione."),
    ),
    "payments.mandate.already-active": (("iban",), _("C'è già un mandato attivo: va prima revocato.")),
    "payments.mandate.ended": ((), _("Il mandato era già finito.")),
    "payments.mandate.reference-used": (("iban",), _("Questo riferimento è di un altro mandato.")),
}
# What the point asks for instead, by the refusal: the clerk goes there in one click.
INSTEAD = {
    "customers.request.point-active": "takeover",
    "customers.request.point-closed": "subentro",
    "customers.request.point-never-supplied": "activation",
    "customers.request.point-supplied-before": "subentro",
}
_REQUEST = re.compile(r"R\d{4}-\d{6}")


def trouble_of(error: SorgenteError) -> str:
    """Return what went wrong in the clerk's words; an error nobody named here tells itself."""
    if error.code in TROUBLES:
        return gettext(TROUBLES[error.code][1])
    return str(error)


def field_of(error: SorgenteError, fields: object) -> str | None:
    """Return the field of a form the error belongs beside, None for the whole form."""
    names = TROUBLES.get(error.code, ((), ""))[0]
    return next((name for name in names if name in fields), None)  # type: ignore[operator]


def other_request(error: SorgenteError) -> str:
    """Return the number of the request that stands in the way, empty when none does."""
    found = _REQUEST.search(error.facts) if error.code == "customers.request.contract-asked-already" else None
    return found[0] if found else ""
