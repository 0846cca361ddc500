"""What a customer reads when something cannot be done: plain words, and what to do now."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from sorgente.customers.access.usecases.activate import PasswordTooWeak
from sorgente.shared.company import company
from sorgente.shared.errors import SorgenteError


class Told(NamedTuple):
    facts: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.facts} {self.next_step}".strip()


_WORDS = {
    "access.activation.refused": (
        _("I dati non corrispondono, oppure il codice è già stato usato o è scaduto."),
        _("Ricopiali dall'ultima bolletta o dal contratto. Se non funzionano, chiamaci: te ne mandiamo uno nuovo."),
    ),
    "access.activation.already-done": (
        _("L'area clienti è già attiva."),
        _("Entra con la tua e-mail. Se non ricordi la password puoi sceglierne una nuova."),
    ),
    "access.attempts.too-many": (
        _("Troppi tentativi."),
        _("Per la tua sicurezza aspetta qualche minuto e riprova."),
    ),
    "access.code.wrong": (_("Il codice non è giusto."), _("Ricopia le sei cifre dell'ultima e-mail.")),
    "access.code.over": (_("Questo codice non vale più."), _("Fattene mandare uno nuovo.")),
    "access.sign-in.refused": (
        _("E-mail e password non corrispondono."),
        _("Riprova, oppure scegli una nuova password."),
    ),
    "portal.sign-in.wrong-app-code": (
        _("Non è il codice che la app mostra adesso."),
        _("Aspetta il prossimo e riprova."),
    ),
    "access.mail.down": (_("In questo momento non riusciamo a mandare e-mail."), _("Riprova tra qualche minuto.")),
    "access.delegation.not-the-holder": (_("Solo l'intestatario decide chi può accedere."), ""),
    "access.delegation.invitation-over": (
        _("Questo invito non vale più."),
        _("Chiedi a chi ti ha invitato di mandartene un altro."),
    ),
    "access.delegation.already-there": (_("Questa persona segue già la fornitura."), ""),
    "access.delegation.ends-too-soon": (_("La data di fine è già passata."), _("Scegline una più lontana.")),
    "shared.email.invalid": (_("Questo indirizzo e-mail non è scritto bene."), _("Controllalo: nome@dominio.it")),
    "shared.pec.invalid": (_("Questo indirizzo PEC non è scritto bene."), _("Controllalo: nome@dominio.it")),
    "shared.phone.invalid": (_("Questo numero di telefono non è scritto bene."), _("Scrivilo con tutte le cifre.")),
    "metering.read.too-many-digits": (
        _("Hai scritto più cifre di quelle del contatore."),
        _("Ricopia solo i numeri neri, senza quelli rossi dopo la virgola."),
    ),
    "metering.read.in-the-future": (_("La data della lettura è nel futuro."), _("Correggila.")),
    "metering.register.not-installed": (
        _("A quella data il contatore non era ancora montato."),
        _("Correggi la data della lettura."),
    ),
    "appointments.slot.taken": (_("Quell'orario è appena stato preso."), _("Scegline un altro.")),
    "appointments.slot.not-offered": (_("Quell'orario non si può più prenotare."), _("Scegline un altro.")),
    "appointments.appointment.incomplete": (_("Mancano il nome, un contatto o l'indirizzo."), _("Aggiungili.")),
    "appointments.appointment.over": (_("Questo appuntamento non si può più cambiare."), _("Prenotane un altro.")),
    "customers.terms.nothing-changes": (_("È già così: contiamo già queste persone da quel giorno."), ""),
    "customers.terms.change-outside-contract": (
        _("Quel giorno la fornitura non era ancora tua."),
        _("Scegli un giorno più vicino."),
    ),
    "customers.request.day-out-of-range": (
        _("Quel giorno è troppo lontano."),
        _("Si può tornare indietro di cinque anni, o andare avanti di trenta giorni."),
    ),
    "customers.request.contract-asked-already": (
        _("C'è già una richiesta in corso per questa fornitura."),
        _("La trovi tra le richieste."),
    ),
    "customers.request.contract-ending": (_("Questa fornitura è chiusa."), ""),
    "messages.push.malformed": (
        _("Il browser non ha dato un indirizzo valido per le notifiche."),
        _("Disattivale e attivale di nuovo."),
    ),
    "archive.upload.empty": (_("Il file è vuoto."), _("Sceglilo di nuovo.")),
    "archive.upload.too-large": (_("Il file è troppo grande."), _("Scegline uno più piccolo.")),
    "archive.upload.type": (
        _("Questo tipo di file non va bene."),
        _("Manda una fotografia o un PDF."),
    ),
    "archive.upload.encrypted": (_("Il PDF è protetto da password."), _("Manda una copia senza password.")),
    "archive.upload.broken": (_("Il file è rovinato e non si apre."), _("Salvalo di nuovo e riprova.")),
    "archive.upload.bomb": (_("Il file è troppo grande una volta aperto."), _("Scegline uno più semplice.")),
    "archive.upload.nested": (_("Il file ne contiene altri dentro altri."), _("Manda i file uno per uno.")),
    "archive.upload.active": (_("Il file contiene parti che possono agire da sole."), _("Manda una copia semplice.")),
    "metering.read.below-earlier-one": (
        _("I numeri sono più bassi dell'ultima lettura."),
        _("Ricontrollali; se il contatore è stato cambiato, chiamaci."),
    ),
    "metering.register.unknown": (
        _("Non troviamo il contatore di questa fornitura."),
        _("Chiamaci: lo controlliamo insieme."),
    ),
    "archive.document.disposed": (
        _("Questo documento non c'è più: il tempo per cui va conservato è finito."),
        "",
    ),
    "archive.document.file-missing": (
        _("In questo momento non riusciamo ad aprire il documento."),
        _("Riprova più tardi. Se succede ancora, chiamaci al numero {phone}."),
    ),
    "appointments.appointment.unknown": (
        _("Questo appuntamento non c'è."),
        _("Controlla il collegamento nell'ultimo messaggio."),
    ),
    "customers.request.closed": (
        _("Questa richiesta è già chiusa."),
        _("Se serve, mandane un'altra."),
    ),
    "customers.request.checklist-incomplete": (
        _("Alla richiesta manca ancora qualcosa."),
        _("Completala e riprova."),
    ),
    "customers.consent.none": (
        _("Questo consenso non risulta dato."),
        "",
    ),
    "tickets.ticket.empty": (
        _("Il messaggio è vuoto."),
        _("Scrivi qualcosa e riprova."),
    ),
    "tickets.ticket.closed": (
        _("Questa richiesta è già chiusa."),
        _("Se serve, mandane un'altra."),
    ),
    "messages.choice.unknown": (
        _("Questa scelta non c'è più."),
        _("Ricarica la pagina."),
    ),
    "archive.upload.refused": (_("Il file non va bene."), _("Manda una fotografia o un PDF.")),
    "customers.account.channel-without-address": (
        _("Per ricevere le bollette così ci serve un indirizzo."),
        _("Aggiungilo e riprova."),
    ),
}
# The same words for another code: to a customer it is the same thing.
_WORDS["archive.document.damaged"] = _WORDS["archive.document.file-missing"]
_PASSWORD = {
    "password_too_short": _("È troppo corta: servono almeno 10 caratteri."),
    "password_too_similar": _("Somiglia troppo al tuo nome o alla tua e-mail."),
    "password_too_common": _("È una delle password più usate: scegline un'altra."),
    "password_entirely_numeric": _("Non può essere fatta di soli numeri."),
}
_ELSE = (_("Non è stato possibile."), _("Riprova. Se succede ancora, chiamaci al numero {phone}."))


def told(error: SorgenteError) -> Told:
    """Return the words for an error; what no customer can mend is told without its innards."""
    if isinstance(error, PasswordTooWeak):
        return Told(" ".join(gettext(_PASSWORD[rule]) for rule in error.rules if rule in _PASSWORD), "")
    facts, next_step = _WORDS.get(error.code, _ELSE)
    step = gettext(next_step) if next_step else ""
    return Told(gettext(facts), step.replace("{phone}", company().contacts.phone))
