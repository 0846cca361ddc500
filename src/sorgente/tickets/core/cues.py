# ruff: noqa: E501  (a pattern or word list is read as one line)
"""Signs in the wording that tell a question from a grievance, and what is pressing; source: taxonomy §2 and §3."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from sorgente.tickets.core.message import Entity, Message

LARGE_AMOUNT = Decimal(1000)  # taxonomy §3: a disputed or claimed amount that makes a message pressing

NO_WATER = re.compile(
    r"senz[a'’]?\s?acqua|senza l'acqua|priv[aoi] (?:di |d')acqua|manca(?:ndo|nza)?(?: da \w+)?(?: di| dell'|\s?l'?)\s?acqua|acqua manca|non (?:c'è|ce|esce|arriva|abbiamo|ho)(?: più)?(?: una goccia d'| l')?\s?acqua"
    r"|acqua (?:è )?(?:assente|sparita|staccata)|niente acqua|rubinett\w+ (?:a secco|asciutt\w+|vuot\w+)|(?:ancora|tutti) a secco|assenza (?:totale |completa )?(?:di |della )?(?:fornitura|acqua|erogazione|servizio)"
    r"|no water|(?:hanno|avete) (?:chiuso|staccato|tolto|sospeso|tagliato)\b.{0,25}\bacqua|acqua (?:ci |mi )?(?:hanno|avete) (?:chius|staccat|tolt|tagliat)\w+|un filo d'acqua|filino"
    r"|(?:è )?sparit[ao] la pressione|pressione (?:è )?sparita|(?:siamo|rimast[ioae]|sono) (?:da \w+ )?(?:all'asciutto|a secco)|piombato|sigillat[oa] (?:oggi|ieri|stamattina)",
    re.I,
)
FLOODING = re.compile(
    r"allag|sta(?:nno)? entrando|entra (?:nei|nelle|nel|nella|in)\b|zampill|getto (?:alto|d'acqua)|esplos|scoppiat|fiume d'acqua|come un fiume|fontana in mezzo|quadr[oi] elettric|prese? (?:di corrente|elettric)"
    r"|liquam|fogna (?:che )?(?:esce|trabocca|risale|scoppiat)|rigurgit|acqu[ae] (?:nera|nere|reflue|di fogna)|traboc|torna su|venendo giù|frana|voragine|cedimento",
    re.I,
)
ILLNESS = re.compile(
    r"vomit|diarre|dissenteria|crampi|intossic|malor|mal di pancia|gastroenterit|nausea|ricoverat|pronto soccorso|febbre|legionella|stat[oi]? male|sta(?:nno)? male|dolori (?:di|allo) (?:pancia|stomaco)|salmonell|epatite",
    re.I,
)
VULNERABLE = re.compile(
    r"disabil|invalid|neonat|dialisi|allettat|ossigeno|ventilator|respirator|malat[oi] (?:oncolog|grav|terminal)|non autosufficient|incinta|gravidanza|\b(?:8|9)\d anni\b|handicap|\b104\b|bambin[oi] piccol|bimb[oi] (?:di|piccol)|casa di (?:riposo|cura)|\brsa\b|ospedal|terapia|anzian[ao] sol",
    re.I,
)
CUT_SOON = re.compile(
    r"(?:oggi|domani|dopodomani|domattina|stamattina|stamane|tra (?:due|tre|2|3|un) giorn\w+|entro (?:24|48|72) ore|lunedì|martedì|mercoledì|giovedì|venerdì)\b.{0,60}(?:chiud|stacc|sospend|distacc|limit|sigill|piomb|tagli)\w*"
    r"|(?:chiud|stacc|sospend|distacc|limit|sigill|piomb|tagli)\w*.{0,40}\b(?:oggi|domani|dopodomani|domattina|tra (?:due|tre|2|3|un) giorn\w+|entro (?:24|48|72) ore)",
    re.I,
)
CUT_NOW = re.compile(
    r"\b(?:riapri(?:te|re)|riattiva(?:te|re)|ripristin\w+|togli(?:ere|ete)|sblocca(?:te|re))\b|riduttore|limitatore|ridotto la (?:portata|pressione)|distacco|(?:utenza|fornitura) (?:è (?:stata )?)?(?:sospesa|staccata|chiusa|limitata)|slaccio",
    re.I,
)
LAWYER = re.compile(
    r"\bavv(?:\.|ocat\w+)|studio legale|\blegale\b(?! rappresentante)|vie legali|diffid|adiconsum|codacons|federconsumatori|altroconsumo|adoc\b|movimento (?:consumatori|difesa)|associazion\w+ (?:de[i]\s)?consumator|unione nazionale consumatori|giudice|tribunal|denunci|querel"
    r"|arera|autorità (?:di|per)|all'autorità|conciliazion|conciliator|mediazione|garante|difensore civico|procura\b|carabinier|polizia|\basl\b|\bnas\b|sentenza|decreto ingiuntivo|atto di (?:citazione|precetto)|messa in mora|consumatori\b",
    re.I,
)
AGAIN = re.compile(
    r"\b(?:second[oa]|terz[oa]|quart[oa]|quint[oa]|sest[oa]|ennesim[oa]|[2-9][ªa°º])\s+(?:\w+\s+)?(?:volta|sollecit\w+|e-?mail|mail|richiest\w+|segnalazion\w+|reclam\w+|pec|comunicazion\w+|lettera|diffida|messaggio|tentativo|contatto|telefonata|raccomandata|invio|istanza|disdetta)"
    r"|già (?:scritto|segnalat\w|chiest\w|inviat\w|reclamat\w|telefonat\w|contattat\w|mandat\w|sollecitat\w)|nessun[oa]? (?:mi |ci )?(?:ha |è )?(?:mai )?(?:rispost\w+|riscontr\w+|risponde|richiamat\w+|si è fatto)|senza (?:alcun[a ]? ?|nessun[a ]? ?|mai (?:avere|ricevere) )?(?:risposta|riscontro|esito)"
    r"|non (?:mi |ci )?(?:avete|ho|hanno|abbiamo|ha)(?: ancora)?(?: mai)? (?:ricevuto |avuto |dato )?(?:rispost\w+|riscontro|alcuna risposta|nessuna risposta)|(?:due|tre|quattro|cinque|sei|varie|più|molte|tante|diverse) (?:volte|solleciti|e-?mail|mail|telefonate|pec|segnalazioni|reclami|richieste)|silenzio"
    r"|ancora (?:nessun|niente|nulla)|risollecit|ho scritto (?:a|il|in)\b|solleciti?\b.{0,30}senza",
    re.I,
)
QUESTION = re.compile(r"\?")
ASKS_HOW = re.compile(
    r"\b(?:vorrei (?:sapere|un'informazione|informazioni|capire|chiedere se)|volevo (?:sapere|chiedere)|mi (?:dite|potete dire|sapete dire|spiegate)|quanto (?:costa|viene|si paga|tempo)|come (?:si fa|faccio|funziona|posso|si calcola)|è (?:possibile|vero|obbligatorio|normale)|si può|posso|devo|serve|spetta|ho diritto"
    r"|cosa (?:significa|vuol dire|sono|devo|serve)|che (?:differenza|documenti|cos'è)|quali (?:sono|documenti)|ogni quanto|entro quando|dove (?:trovo|vedo|posso)|perché)\b",
    re.I,
)
GRIEVANCE = re.compile(
    r"vergogn|scandal|inaccettabil|assurd|indecen|indegn|pretend|esig|stuf[oai]|stanc[oa] |basta\b|schif|incompeten|disservizi|reclam[oi]|protest|lament|non è (?:possibile|giusto|corretto|serio|normale|ammissibile)|presa in giro|pres[oa] in giro|abus|illegittim|ingiust|scuse|indennizz|risarci|danni\b|ritardo"
    r"|ancora (?:non|aspett|nessun)|sono (?:passat\w|settiman|mesi)|mai (?:arrivat|ricevut|vist|venut|present)|da (?:mesi|settimane|anni)|quanto ancora|com'è possibile|vi pare|maleducat|sgarbat|promess|contest",
    re.I,
)
CORRECTS = re.compile(
    r"rettific|corregg|correzion|ricalcol|storn|annull\w+ (?:la )?(?:fattur|bollett)|rif(?:are|ate|accia|ar)\b|rived(?:ere|ete|iate)|revision|nota (?:di )?(?:credito|variazione)|ricontroll|prescri|non (?:accetto|riconosco|dovut|pago|intendo pagare|corrispond)|errat|sbagliat|togliete|toglier|eliminare|contest\w+ (?:la )?(?:fattura|bolletta|lettura)|verificate|riaccredit|conguagli",
    re.I,
)
BILL = re.compile(r"bollett|fattur|conguagli|addebit|lettur", re.I)
REMEDY = re.compile(
    r"\b(?:chiedo|vi chiedo|chiediamo|si chiede|richiedo|vorrei|desidero|vi prego|invio|allego|allegat\w+|comunico|trasmett\w+|confermo|ecco)\b",
    re.I,
)
RIGHTS = re.compile(
    r"\bgdpr\b|679/2016|art(?:\.|icolo)?\s*(?:1[5-9]|2[0-2])\b|dati personali|privacy|consenso|cancella\w+ (?:de)?i? ?(?:miei )?dati|data breach|violazione",
    re.I,
)
TAKEOVER = re.compile(
    r"non (?:sono|ero) stat[oa] io|accesso (?:sospetto|non autorizzato|anomalo)|hacker|hackerat|rubat|entrat\w nel mio (?:account|profilo)|cambiat[oa] (?:la )?(?:password|email|iban)|furto d'identit|bloccate (?:tutto|il mio|l'accesso)",
    re.I,
)
RUNNING_LEAK = re.compile(
    r"gira (?:da solo|anche|sempre|di notte|di nuovo|comunque)|continua a (?:girare|perdere)|perde ancora|perdita in corso|non (?:si trova|abbiamo ancora riparato|ancora riparat)|non (?:so|sappiamo) dove|prato (?:\w+ )?bagnato|sospett\w+ (?:una )?perdita|credo (?:di avere|tubo)|ricerca perdit",
    re.I,
)
COLOURED = re.compile(
    r"marron|giall|nera|rossa|rossiccia|rossastr|torbid|sporc[ao]|scura|ruggin|color\w+|non (?:è )?potabil|fango|terra",
    re.I,
)
BROKEN_ROAD = re.compile(
    r"chiusino|tombino|coperchio|caditoia|botola|asfalto (?:si è )?(?:abbassat|cedut|sprofond)|sprofond|buca|pericolo|voragine|ghiaccio",
    re.I,
)
INSTITUTION = re.compile(
    r"scuol|asilo|ospedal|casa di (?:cura|riposo)|\brsa\b|clinica|mensa|albergo|hotel|ristorante|pizzeria|lavanderia|panificio|stabilimento|azienda|attività ferma|produzione",
    re.I,
)
FORMAL_NOTICE = re.compile(
    r"(?:costituzione|messa) in mora|preavviso (?:di )?(?:distacco|limitazione|sospensione|chiusura)|termine di \d+ giorni|ingiunzione|iscrizione a ruolo|raccomandata",
    re.I,
)
MACHINE = re.compile(
    r"risposta automatica|out of (?:the )?office|fuori (?:ufficio|sede)|undeliver|delivery (?:status|failed|failure)|mail delivery|mailer-daemon|ricevuta di (?:accettazione|avvenuta consegna)|avviso di mancata consegna|automatic reply|autoreply",
    re.I,
)

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("no_water", NO_WATER),
    ("flooding", FLOODING),
    ("illness", ILLNESS),
    ("vulnerable", VULNERABLE),
    ("cut_soon", CUT_SOON),
    ("cut_now", CUT_NOW),
    ("lawyer", LAWYER),
    ("again", AGAIN),
    ("question", QUESTION),
    ("asks_how", ASKS_HOW),
    ("grievance", GRIEVANCE),
    ("corrects", CORRECTS),
    ("bill", BILL),
    ("remedy", REMEDY),
    ("rights", RIGHTS),
    ("takeover", TAKEOVER),
    ("running_leak", RUNNING_LEAK),
    ("coloured", COLOURED),
    ("broken_road", BROKEN_ROAD),
    ("institution", INSTITUTION),
    ("formal_notice", FORMAL_NOTICE),
    ("machine", MACHINE),
)
_MORE = ("pec", "large_amount", "shouting", "long", "only_questions", "question_and_grievance")
NAMES: tuple[str, ...] = (*(name for name, _ in _PATTERNS), *_MORE)


def has_large_amount(entities: Sequence[Entity]) -> bool:
    """Return whether the sender's own words name a sum of LARGE_AMOUNT or more."""
    sums = [Decimal(entity.normalized) for entity in entities if entity.type == "IMPORTO" and not entity.in_quote]
    return any(value >= LARGE_AMOUNT for value in sums)


def signs(text: str, *, message: Message, entities: Sequence[Entity]) -> npt.NDArray[np.float64]:
    """Return one 0 or 1 for each of NAMES; `text` is the sender's own, subject first."""
    found = {name: bool(pattern.search(text)) for name, pattern in _PATTERNS}
    letters = [c for c in text if c.isalpha()]
    found["pec"] = message.channel == "pec"
    found["large_amount"] = has_large_amount(entities)
    found["shouting"] = sum(c.isupper() for c in letters) > 0.4 * len(letters) or "!!" in text
    found["long"] = len(text) > 600
    sentences = [part for part in re.split(r"(?<=[.!?])\s+", text) if len(part) > 12]
    found["only_questions"] = bool(sentences) and sum("?" in part for part in sentences) * 2 >= len(sentences)
    found["question_and_grievance"] = found["question"] and found["grievance"]
    return np.array([float(found[name]) for name in NAMES])
