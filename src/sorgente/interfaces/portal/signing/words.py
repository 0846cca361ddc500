"""What a signer reads when something cannot be done, in plain words."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from sorgente.archive.signing.core.values import EnvelopeState
from sorgente.archive.signing.queries.envelopes import EnvelopeView
from sorgente.shared.company import company
from sorgente.shared.errors import SorgenteError


class Told(NamedTuple):
    """A title, what happened, what to do; the status of the answer."""

    title: str
    facts: str
    next_step: str
    status: int


_CALL = _("Se ti serve aiuto chiamaci al numero {phone}.")
_WORDS: dict[str, tuple[str, str, str, int]] = {
    "signing.tablet.unknown": (
        _("Questo tablet non è collegato"),
        _("Il collegamento con lo sportello è finito, oppure il documento non è su questo tablet."),
        _("Chiedi all'addetto di collegarlo di nuovo."),
        410,
    ),
    "signing.tablet.pairing-refused": (
        _("Il codice non va bene"),
        _("È sbagliato, è già stato usato oppure è scaduto: vale pochi minuti."),
        _("Fatti mostrare un codice nuovo e riprova."),
        422,
    ),
    "signing.envelope.unknown": (
        _("Qui non c'è niente da firmare"),
        _("Questo indirizzo non è giusto oppure non è più valido."),
        _("Apri il collegamento dell'ultima e-mail che ti abbiamo mandato."),
        404,
    ),
    "signing.envelope.expired": (
        _("Il tempo per firmare è finito"),
        _("Questo collegamento non vale più. Non è stato firmato nulla."),
        _("Chiedici di mandartene uno nuovo."),
        410,
    ),
    "signing.envelope.ended": (
        _("Questo documento non si firma più"),
        _("La firma è già conclusa o è stata annullata."),
        _("Ricarica la pagina per vedere com'è finita."),
        410,
    ),
    "signing.envelope.lost": (
        _("La firma continua su un altro tablet"),
        _("Quello che hai già firmato è salvo. Il documento non è stato chiuso."),
        _("Chiedi all'addetto di mandarlo su un altro tablet."),
        410,
    ),
    "signing.envelope.not-read-yet": (
        _("Prima leggi il documento"),
        _("Si firma solo dopo aver letto fino in fondo."),
        _("Torna al documento e scorrilo tutto."),
        422,
    ),
    "signing.field.decided": (_("Fatto"), _("Hai già deciso su questo punto."), _("Vai al punto successivo."), 422),
    "signing.field.enrolment-first": (
        _("Prima l'adesione"),
        _("Si firma per prima l'adesione alla firma elettronica."),
        _("Ricarica la pagina."),
        422,
    ),
    "signing.envelope.enrolment-revoked": (
        _("Hai revocato la firma elettronica"),
        _("Senza l'adesione questo documento si firma su carta."),
        _CALL,
        422,
    ),
    "signing.ink.refused": (
        _("La firma è troppo breve"),
        _("Non abbiamo rilevato abbastanza tratto."),
        _("Cancella e firma di nuovo, per esteso."),
        422,
    ),
    "signing.biometrics.refused": (
        _("La firma non è arrivata intera"),
        _("I dati cifrati non corrispondono a questo documento."),
        _("Ricarica la pagina e firma di nuovo."),
        422,
    ),
    "signing.code.locked": (
        _("Troppi codici sbagliati"),
        _("Per la tua sicurezza questo documento non si può più firmare con il codice."),
        _("Chiamaci al numero {phone}: te ne mandiamo uno nuovo."),
        423,
    ),
    "access.attempts.too-many": (
        _("Troppi codici sbagliati"),
        _("Per un quarto d'ora da qui non si collega nessun tablet."),
        _("Riprova tra qualche minuto."),
        422,
    ),
    "signing.code.too-many-sent": (
        _("Ti abbiamo già mandato troppi codici"),
        _("Per la tua sicurezza non ne mandiamo altri per questo documento."),
        _("Chiamaci al numero {phone}: ne apriamo uno nuovo."),
        423,
    ),
    "signing.code.contact-missing": (
        _("Manca il recapito"),
        _("Non abbiamo un recapito verificato per questo canale."),
        _("Scegline un altro."),
        422,
    ),
    "signing.code.nothing-to-sign": (
        _("Manca ancora qualcosa"),
        _("Non hai ancora deciso su tutti i punti necessari."),
        _("Torna ai punti da firmare."),
        422,
    ),
    "signing.envelope.not-all-signed": (
        _("Manca ancora qualcosa"),
        _("Non hai ancora deciso su tutti i punti necessari."),
        _("Torna ai punti da firmare."),
        422,
    ),
    "signing.envelope.signer-not-identified": (
        _("Non possiamo mandarti il codice"),
        _("Non abbiamo né un'e-mail né un cellulare verificati."),
        _("Chiedi all'addetto di firmare su carta."),
        422,
    ),
    "journeys.signing.code-not-sent": (
        _("Il codice non è partito"),
        _("In questo momento non riusciamo a mandarlo."),
        _("Riprova tra qualche minuto, o scegli l'altro canale."),
        503,
    ),
    "signing.seal.failed": (
        _("Non siamo riusciti a chiudere il documento"),
        _("Le tue firme sono salve."),
        _("Riprova tra qualche minuto."),
        503,
    ),
}
_ELSE = (_("Non è stato possibile"), _("Qualcosa non ha funzionato. Nulla è stato salvato a metà."), _CALL, 422)
_ENDS = {
    EnvelopeState.CANCELLED: (_("La firma è stata annullata"), _("Non è stato firmato nulla.")),
    EnvelopeState.REFUSED: (_("Non hai firmato"), _("Hai scelto di non firmare: il documento non vale.")),
    EnvelopeState.EXPIRED: (_("Il tempo per firmare è finito"), _("Non è stato firmato nulla.")),
    EnvelopeState.LOST: (
        _("La firma continua su un altro tablet"),
        _("Quello che hai già firmato è salvo. Il documento non è stato chiuso."),
    ),
}


def told(error: SorgenteError) -> Told:
    """Return the words for an error; what no signer can mend is told without its innards."""
    title, facts, next_step, status = _WORDS.get(error.code, _ELSE)
    phone = company().contacts.phone
    return Told(gettext(title), gettext(facts), gettext(next_step).replace("{phone}", phone), status)


def end_of(envelope: EnvelopeView) -> Told | None:
    """Return what to say of an envelope that cannot be signed (any more) and has no sealed document."""
    if envelope.state not in _ENDS:
        return None
    title, facts = _ENDS[envelope.state]
    call = gettext(_CALL).replace("{phone}", company().contacts.phone)
    return Told(gettext(title), gettext(facts), call, 410)
