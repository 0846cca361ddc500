# ruff: noqa: E501  (a pattern or word list is read as one line)
"""What a code is the code of: the word before it says so, else its own letters, else where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sorgente.tickets.core.entities.candidate import Candidate
from sorgente.tickets.core.entities.codes import phone_begins
from sorgente.tickets.core.entities.shapes import Shape, find_shapes

CLIENT, SUPPLY, METER, BILL, CASE = (
    "CODICE_CLIENTE",
    "CODICE_UTENZA",
    "MATRICOLA_CONTATORE",
    "NUMERO_FATTURA",
    "NUMERO_PRATICA",
)
_NOTHING = "NOTHING"
# Ranks against amounts, telephones and readings (see codes.py): a word right before it beats a telephone's form.
_DIRECT, _NUMBERED, _NEAR, _FORM, _ALONE = 90, 70, 57, 54, 48

_CUE_WORDS = {
    # Numbers of other worlds: laws, land registers, badges, e-invoice addresses.
    _NOTHING: (
        r"legge|decreto|d\.?\s?lgs\.?|dpr|d\.p\.r\.|d\.?\s?m\.?|determinazione|sentenza|reg\.|ue|delibera(?:zione)?|art(?:t|icol[oi])?\.?|regolamento|cass(?:azione)?\.?|cig|cup|sdi|destinatario|univoco|isee|dsu"
        r"|foglio|particella|mappale|subalterno|operat(?:ore|rice)|numero\s+verde|interno|tessera|targa|ordinanza|modello|mod\.|norma|rea|iscritt[oa]|tel(?:efono|\.)?|cell(?:ulare|\.)?|fax|whatsapp|iban|civico|cap\.?|km|otp|pin|password"
    ),
    CLIENT: r"(?:cod(?:ice|\.)?|num(?:ero|\.)?|nr?\.?|id)\s*(?:del\s+|di\s+)?(?:client[ei]|utent[ei]|cli\.?|cl\.)|cod(?:ice|\.)?\s*(?:anagrafico|cl)|client[ei]|utent[ei]|cli\.|cl\.|anagrafica|titolare",
    SUPPLY: (
        r"(?:cod(?:ice|\.)?|num(?:ero|\.)?|nr?\.?)\s*(?:di\s+|del\s+|della\s+)?(?:utenza|contratto|fornitura|servizio|ut\.?|presa|impianto|punto)|utenz[ae]|contratt[oi]|contr\.?|fornitur[ae]|ut\.?|utz\.?|presa"
        r"|punto(?:\s+(?:di\s+)?(?:fornitura|prelievo|consegna|presa|acqua))?|punti|contract"
    ),
    METER: r"matricol[ae]|matr?\.?(?:\s+cont\.?)?|(?:num(?:ero|\.)?|n\.?)\s+(?:di\s+)?serie|seriale?|serial|s/n|contator[ei]|misurator[ei]|cont\.|n°\s?cont\.?|strumento|apparecchio|telelettore|(?:numero\s+)?(?:inciso|stampigliato|punzonato)|targhetta|etichetta",
    BILL: r"fattur[ae]|fatturazione|bollett[ae]|boll\.|ft\.?|fatt\.?|conguaglio|contabil[ei]|xml|ultim[aei]\s+(?:due|tre|quattro)|not[ae]\s+(?:di\s+)?(?:credito|variazione)|document[oi](?:\s+contabil[ei])?|doc\.|bollettino|fatturat[oaie]|duplicat[oi]|doppione",
    CASE: (
        r"(?:cod(?:ice|\.)?\s*)(?:pratica|prenotazione|richiesta|segnalazione|avviso(?:\s+pagopa)?)|pratic[ah]e?|prat\.|protocoll[oi]|protocollata|prot\.?|preventiv[oi]|prev\.|segnalazion[ei]|ticket|richiest[ae]|reclam[oi]|pian[oi]"
        r"|avvis[oi](?:\s+pagopa)?|caso|sollecit[oi]|diffid[ae]|sinistro|prenotazion[ei]|appuntamento|domanda|istanza|comunicazione|intervento|rateizzazione|riferimento|rif\.?|ric\.|dis\.|segn\.|aut\.|ordine|mandato\s+di\s+pagamento|rif\.?\s+mandato|liquidazione|sovraindebitamento|det(?:ermina|\.)|racc\.|verb\.|mav|mora|raccomandat[ae]|letter[ae]|not[ae]|voltur[ae]|subentro"
        r"|verbale|sopralluogo|offerta|odl|r\.?g\.?|l\.?g\.?|iuv|cro|trn|quietanza|cessazione|sgravio|posizione|pos\.|rimborso|conferma|disdetta|chiamata|accordo|allaccio|ricevuta|trib(?:unale|\.)|concordato"
    ),
}
CUE = re.compile(
    r"(?<![\w])(?:" + "|".join(f"(?P<{kind}>{words})" for kind, words in _CUE_WORDS.items()) + r")(?![\wÀ-ÿ])", re.I
)
_NUMBER = (
    r"(?:numer[oi]|num\.?|nn\.|nr\.?|n\.?\s?[°ºr]?\.?|nro\.?|#|no\.|cod(?:ice|\.)?|id\b|pos\.|vs\.?|ns\.?|prot\.?)"
)
_QUALITY = (
    r"(?:idric[oaie]|acqua|acquedotto|dell'acqua|elettronic[ao]|di\s+(?:conguaglio|chiusura|rientro|pagamento|acconto|rettifica)|insolut[ao]|scadut[ao]|nuov[oae]|vecchi[oae]|attiv[oae]|chius[oa]|contator[ei]|misurator[ei]|domestic[oa]|generale"
    r"|interessat[ei]|seguent[ei]|cantiere|rateale|interno|vostr[oa]|era|forse|in\s+corso|finisce\s+con)"
)
_DIRECT_GAP = re.compile(
    rf"(?:\s+{_QUALITY})*(?:[\s:=(#\"«“|\-–]|è(?:\s+(?:il|la))?\b|\n\s*\d{{1,2}}[.)]|{_NUMBER})*", re.I
)
_NUMBERED_GAP = re.compile(rf"(?:\s+[^\W\d]+[.']?|['’][^\W\d]+){{0,6}}[\s,(]*(?:\b{_NUMBER}|#)[\s:]*(?:è\s+)?", re.I)
_NEAR_GAP = re.compile(r"(?:[\s(:,\"«]*[^\W\d]+['’.]?){0,6}[\s(:,\"«]*", re.I)
# A stop ends the sentence; after a short word it is more easily an abbreviation ("n. 12", "matr. 12").
_SENTENCE_END = re.compile(r"[.!?;]\s+(?=[A-ZÀ-Ý])|\n\s*\n|[!?]\s|(?<=[a-zà-ù]{5})(?<!\bcontr)[.]\s+$")
# One more of the kind named before: "1187/26, 5520/26 e 9034/26", "(338-A e 338-B)", a line each.
_AND = re.compile(
    r"(?:[ ][a-zà-ù]{3,}){0,2}(?:[ ]del[ ]\d[\d/.]*)?(?:[ ]?(?:→|[:=(\-])?[ ]?(?:€[ ]?)?\d[\d.]*,\d{2}(?:[ ]?(?:€|euro))?\)?)?"
    r"\s*(?:[,;+/]|\n[\-•*]?|(?=\b[eo]d?\b|\bnon\b|\band\b))\s*(?:(?:e|ed|o|non|and)\b\s*)?"
    r"(?:(?:la|il|a|alla|della|per|in|l'altr[oa])\s)?(?:n(?:r|n)?\.?\s*)?(?:matr\.?\s*|con\s+)?",
    re.I,
)
# The next line of a list that a word heads.
_NEXT_LINE = re.compile(r"[^\n]{0,40}\n\s*(?:\d{1,2}[.)]|[\-•*])\s*")
_BILL_ARTICLE = re.compile(
    r"\b(?:la|della|alla|sulla|nella|dalla|le|delle|una)\s+(?:n(?:r|um)?\.?\s*|numero\s+)?$", re.I
)
_WHERE = re.compile(r"\b(?:in|nella|sulla|dalla|della|di)\s+$", re.I)
_BY_LETTERS = (
    (CLIENT, re.compile(r"CL[ \-]?\d[\d .\-]{3,}|C[ \-]?\d[\d .\-]{4,}|CLI[\-/ ]?\d{4,}", re.I)),
    (SUPPLY, re.compile(r"(?:U|UT|UTZ|UTE)[ \-/.]?\d[\d .\-]{4,}", re.I)),
    (BILL, re.compile(r"(?:FE|FT|FA|FATT|FPA|PA|BOL|ULT|NC|FV)[ \-/.]?\d[\d\-/ ]{2,}[A-Z]?|B[ \-/]?\d[\d\-/ ]{4,}")),
    (METER, re.compile(r"\d{2}[A-Z]{1,2}\d{5,8}")),
    (
        CASE,
        re.compile(
            r"[A-Z]{2,5}[ \-/]?(?:20)?2\d[\-/. ]\d{2,7}|[A-Z]{1,5}[ \-/]20\d{2}[\-/]\d{2,7}|[A-Z]{2,5}[\-/]\d{3,7}(?:[/\-]\d{2,4})?"
            r"|[A-Z]{3}[ ]?\d{5,8}|2\d-[A-Z]{2,3}-\d{3,6}"
        ),
    ),
)
# Standards and sizes carry letters and digits and are nobody's code.
_NO_LETTERS = frozenset(
    "DN PN UNI EN ISO IP PM PFAS COVID HDPE PE PVC DL DPR CV MIFID IT SDI ANSI CO CAP AA UE REG".split()
)
# European regulations, orders of the authority and pipe sizes are numbers of the world, not of a customer.
_WORLD = re.compile(r"\d+/(?:19|20)\d{2}/[A-Z](?:/\w+)?|DN[ ]?\d+(?:[\-/]DN[ ]?\d+)?|0+", re.I)
# What a court or a law is numbered by, whatever word comes after ("decreto R.G. 2210/2025").
_LAW = re.compile(r"\b(?:decreto|sentenza|legge|cassazione|ordinanza)\b", re.I)
_E_INVOICE = re.compile(r"\b(?:sdi|destinatario|univoco)\b", re.I)
_ANY_CODE = re.compile(r"\b(?:cod(?:ic[ei]|\.)?)[ :(]*(?:è[ ])?$", re.I)
_PHONE_FORM = re.compile(r"3\d{8,9}|0\d{8,10}")
_METER_TALK = re.compile(r"lettur|contator|matricol|misurator", re.I)
_METER_FORM = re.compile(r"IT\d{8}|\d{2}[ ][A-Z]{1,3}[ ]\d[\d ]{3,}|[ADEGHIKLMNSWXZ][ ]?\d{6,8}")
_SIGNED = re.compile(r"(?:^|[\n,.!?;:(]|\b[A-ZÀ-Ý][\w'’À-ÿ]+[ ])\s*$")
_NAME_BEFORE = re.compile(r"(?:[A-ZÀ-Ý][a-zà-ù'’]+[ ,\n]+)$")
_LINE_ENDS = re.compile(r"[ .]*(?:$|\n)|[.,]\s|\)")
# Words that only a number word ties to a small number ("nel verbale 3890" is what the meter showed).
_VAGUE = re.compile(
    r"verbale|comunicazione|letter|not[ae](?!\s)|avviso|conferma|punto|punti|ricevuta|intervento|caso|domanda|fatturat",
    re.I,
)
_RIGHT_BEFORE = re.compile(rf"[\s:]*(?:{_NUMBER})?[\s:]*", re.I)
_REACH = 75


def find_codes_explained(text: str) -> Iterator[Candidate]:
    """Yield the numbers of customers, supplies, meters, bills and cases."""
    last: tuple[str, int, int] | None = None
    for shape in find_shapes(text):
        if _WORLD.fullmatch(shape.text) or _is_e_invoice_address(text, shape):
            continue
        if shape.unlikely and not _called_a_code(text, shape, last):
            continue
        meant = _as_another(text, shape, last) or _by_cue(text, shape) or _by_itself(text, shape)
        if meant is None:
            continue
        last = (meant[0], meant[1], shape.end)
        if meant[0] != _NOTHING:
            yield Candidate(meant[0], shape.start, shape.end, meant[1], code_of(shape.text))


def _called_a_code(text: str, shape: Shape, last: tuple[str, int, int] | None) -> bool:
    """Return whether the word of a customer or supply stands right before what looks like a day or a quantity."""
    if last and last[0] in (CLIENT, SUPPLY) and text[last[2] : shape.start] in (" e ", ", "):
        return True
    cues = list(CUE.finditer(text, max(0, shape.start - 30), shape.start))
    return (
        bool(cues)
        and cues[-1].lastgroup in (CLIENT, SUPPLY)
        and bool(_RIGHT_BEFORE.fullmatch(text, cues[-1].end(), shape.start))
    )


def _is_e_invoice_address(text: str, shape: Shape) -> bool:
    return len(shape.text) in (6, 7) and bool(_E_INVOICE.search(text, max(0, shape.start - 35), shape.start))


def code_of(text: str) -> str:
    """Return a code as it is compared: capitals, without blanks and dots at the edges."""
    return re.sub(r"\s+", "", text).strip(".,;:-/").upper()


def _as_another(text: str, shape: Shape, last: tuple[str, int, int] | None) -> tuple[str, int] | None:
    """Return the kind of the code just before, where this one is its companion."""
    if last is None or shape.start - last[2] > 50:
        return None
    if not (_AND.fullmatch(text, last[2], shape.start) or _NEXT_LINE.fullmatch(text, last[2], shape.start)):
        return None
    if last[0] == _NOTHING or (shape.plain and shape.digits < 3) or phone_begins(text, shape.start):
        return None
    return last[0], last[1] - 1


def _by_cue(text: str, shape: Shape) -> tuple[str, int] | None:
    window = text[max(0, shape.start - _REACH) : shape.start]
    for end in _SENTENCE_END.finditer(window):
        window = " " * end.end() + window[end.end() :]
    cues = list(CUE.finditer(window))
    if _only_where_written(cues, window):
        cues.pop()
    if not cues:
        return None
    cue = cues[-1]
    kind, gap = str(cue.lastgroup), window[cue.end() :]
    rank = _rank(cue[0], gap, shape)
    if rank is None or (kind == METER and not _can_be_serial(cue[0], gap, shape)):
        return None
    if kind == BILL and shape.plain and shape.digits < 5 and _WHERE.search(window[: cue.start()]):
        return None  # "in bolletta 1840": what the bill says, not the bill
    if rank < _DIRECT and kind == CASE and _BILL_ARTICLE.search(gap):
        return BILL, _FORM
    if kind == CASE and _LAW.search(window):
        return _NOTHING, rank
    if rank < _DIRECT and _ANY_CODE.search(gap) and (kind == BILL or "," in gap):
        return CLIENT, rank
    if rank < _DIRECT and ((kind == _NOTHING and shape.letters) or _own_letters(shape) in (CLIENT, SUPPLY, BILL)):
        return None  # its own letters say more than a word from afar
    if rank < _DIRECT and kind in (CASE, _NOTHING) and _PHONE_FORM.fullmatch(re.sub(r"\D", "", shape.text)):
        return None
    return kind, rank


def _only_where_written(cues: list[re.Match[str]], window: str) -> bool:
    """Return whether the last cue tells the place only: "the serial in the bill 54037212"."""
    if len(cues) < 2 or cues[-1].lastgroup != BILL or cues[-2].lastgroup not in (METER, CLIENT, SUPPLY):
        return False
    return bool(_WHERE.search(window[: cues[-1].start()]))


def _rank(word: str, gap: str, shape: Shape) -> int | None:
    """Return how sure the word is, or None; a short number needs "n.", a letter or a stroke to be a code."""
    numbered = bool(re.search(_NUMBER, gap, re.I)) or word.endswith(".")
    if _DIRECT_GAP.fullmatch(gap):
        if not numbered and _VAGUE.match(word):
            return _NEAR if shape.digits >= 5 or not shape.plain else None
        return _DIRECT if shape.digits >= 4 or ((numbered or not shape.plain) and len(shape.text) >= 3) else None
    if shape.digits < 5 and not (shape.digits >= 3 and re.search(r"[A-Z]", shape.text)):
        return None
    if _NUMBERED_GAP.fullmatch(gap):
        return _NUMBERED
    return _NEAR if _NEAR_GAP.fullmatch(gap) else None


def _can_be_serial(word: str, gap: str, shape: Shape) -> bool:
    """Return whether it is a serial: after "contatore" a short plain number is what the meter shows."""
    return word.lower().startswith(("matr", "s", "n")) or not shape.plain or shape.digits >= 6 or "n" in gap


def _by_itself(text: str, shape: Shape) -> tuple[str, int] | None:
    before = text[max(0, shape.start - 40) : shape.start]
    coded = bool(_ANY_CODE.search(before)) and shape.digits >= (4 if shape.plain else 3)
    kind = _own_letters(shape)
    if kind == CASE and _BILL_ARTICLE.search(before):
        return BILL, _FORM
    if kind and not (coded and kind in (CASE, METER, BILL)):
        return kind, _FORM
    if coded:
        return CLIENT, _NUMBERED
    if _METER_FORM.fullmatch(shape.text) and _METER_TALK.search(text):
        return METER, _FORM
    if _BILL_ARTICLE.search(before) and shape.digits >= 5 and not shape.grouped:
        return BILL, _FORM
    if _SIGNED.search(before) and _LINE_ENDS.match(text, shape.end) and _signs(text, shape, before):
        return CLIENT, _ALONE
    return None


def _own_letters(shape: Shape) -> str | None:
    """Return the kind that a code's own letters and order tell."""
    if shape.letters in _NO_LETTERS:
        return None
    return next((kind for kind, form in _BY_LETTERS if form.fullmatch(shape.text)), None)


def _signs(text: str, shape: Shape, before: str) -> bool:
    """Return whether a number nobody explains is the one people sign with."""
    if not 5 <= shape.digits <= 10 or shape.doubtful:
        return False
    return shape.grouped or bool(_NAME_BEFORE.search(before))
