# ruff: noqa: E501  (a pattern or word list is read as one line)
"""Sums of money: with a currency, with a word that says so, or by their use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from sorgente.tickets.core.entities.candidate import Candidate

_AMOUNT = r"\d{1,3}(?:[.' ]\d{3})+(?:,\d{1,2})?|\d{1,7}(?:[.,]\d{1,2})?"
_EURO = r"(?:€|euro?\b|eur\b|euri\b)"
_AMOUNT_AFTER = re.compile(rf"(?:€|\beuro?|\beur)\.?[ ]?(?P<code>{_AMOUNT})(?![\d]|[.,]\d)", re.I)
_AMOUNT_BEFORE = re.compile(rf"(?<![\w.,/\-])(?P<code>{_AMOUNT})(?:,-+)?[ ]?{_EURO}", re.I)
# "180 o 200 euro", "da 45,20 a 190 €": the first number is money as well.
_AMOUNT_PAIR = re.compile(
    rf"(?<![\w.,/\-])(?P<code>{_AMOUNT})[ ]?(?:o|e|a|/|-|contro|invece di)[ ]?(?:i[ ]|gli[ ])?(?:{_AMOUNT})[ ]?{_EURO}",
    re.I,
)
# Two decimals after a comma are money unless a unit says otherwise.
_AMOUNT_BARE = re.compile(
    r"(?<![\w.,/])(?<!\w-)(?P<code>\d{1,3}(?:\.\d{3})*,\d{2}|\d{4,},\d{2})(?![\d]|[.,]\d|[ ]?(?:mc|m3|m³|metri|litri|%|bar|kwh|mg|°|ore|cm|mm|km|g/|mq|smc|m\b))",
    re.I,
)
# "da 85 a 2.530,40", "905 e 233,23": the cents of the second make the first money too.
_AMOUNT_LIKE_THE_NEXT = re.compile(
    r"(?<![\w.,/\-])(?P<code>\d{2,4}|\d{1,2}\.\d{3})[ ](?:o|e|a|contro|invece di)[ ]\d{1,3}(?:\.\d{3})*,\d{2}(?![\d.,])(?![ ]?(?:mc|m3|m³|mg|°|bar|%))",
    re.I,
)
_AMOUNT_SAID = re.compile(
    rf"\b(?:importo|totale|somma|cifra|saldo|debito|bollett[ae]|conguaglio|arretrato)\s+(?:dovut[oa]\s+|complessiv[oa]\s+|totale\s+)?(?:(?:di|pari\s+a|è|:|da)\s+){{1,2}}(?P<code>{_AMOUNT})"
    r"(?![\d/]|[.,]\d|[ ]?(?:mc|m3|m³|metri|litri|%|rate|mesi|anni|bollett|fattur))",
    re.I,
)

# Sums that only their use gives away: what is paid, asked, given back; an instalment; a bill of so much.
_PLAIN = r"\d{2,4}|\d{1,2}\.\d{3}"
_STOPS = r"(?=\s*(?:$|[.,;:!?)](?!\d)|in\b|al\b|e\b|o\b|per\b|ma\b|invece\b|subito\b|oggi\b|della\b|dal\b|ogni\b|a[ ]bolletta))"
_AMOUNT_USED = re.compile(
    rf"(?:(?<![\d.,/\-])(?P<month>\d{{2,4}})[ ](?:al|il|ogni|a'?|ar)[ ]mese\b"
    rf"|\b(?:pagare|pago|paga|versare|versat[oi]|pagat[oi]|pagavo|dovrei|devo|addebitat[oi]|prelevat[oi]|bonificat[oi]|chiedete|chiede|chiedono|rimborsate|restituite|ridatemi|dividete|togliere|togliete|dare|darvene|fanno|spettano|corrispondere|pagherò|mancano|mancavano|costa|costava|offro|credito"
    rf"|rate\s+da|rata\s+(?:di|da))\s+(?:(?:i|gli|solo|tutti|circa|sempre|quasi)\s+)?(?P<paid>{_PLAIN}){_STOPS}"
    rf"|\b(?:credito|deposito|cauzione|acconto|bonifico|mora|penale|indennizzo|preventivo|importo)\s+(?:\w+\s+)?(?:di|da)\s+(?P<worth>{_PLAIN})(?![\d/]|[.,]\d|[ ](?:rate|mesi|giorni|gg|anni|mc\b))"
    rf"|\bimporto\s+(?:a\s+suo\s+credito\s+)?(?P<sum>{_PLAIN}){_STOPS}"
    rf"|(?<!in )\bbolletta\s+(?:\w+\s+)?(?:è\s+)?(?P<bill>\d{{2,3}})(?=\s*(?:$|[.;:!?)](?!\d)|,\s|per\b|e\b))"
    rf"|\bisee\s+(?:corrente\s+|ordinario\s+)?(?:(?:di|a|da|è|pari\s+a)\s+)?(?P<isee>\d{{1,2}}\.\d{{3}}|(?!(?:19|20)\d\d\b)\d{{4,5}})(?![\d/]|[.,]\d)"
    rf"|\b(?:i|quella\s+da)\s+(?P<those>\d{{2,4}})(?=[ ]?(?:[?!.]|$|della[ ]cauzione|di[ ]deposito|che[ ]))"
    rf"|(?<![\w.,/\-])(?P<share>\d{{2,4}})[ ](?:subito\b|di[ ](?:deposito|cauzione|acconto|mora)\b|trattabili\b|in[ ]contanti\b))",
    re.I,
)


def amount(text: str) -> str:
    """Return an amount as decimal text with two places, "" when it is none ("1.234,5" → "1234.50")."""
    plain = re.sub(r"[ ']", "", text)
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3})+", plain):
        plain = plain.replace(".", "")
    try:
        return f"{Decimal(plain):.2f}"
    except InvalidOperation:
        return ""


def find_amounts(text: str) -> Iterator[Candidate]:
    """Yield sums of money, the number alone."""
    for pattern, rank in (
        (_AMOUNT_AFTER, 80),
        (_AMOUNT_BEFORE, 80),
        (_AMOUNT_PAIR, 78),
        (_AMOUNT_SAID, 70),
        (_AMOUNT_BARE, 50),
        (_AMOUNT_LIKE_THE_NEXT, 49),
    ):
        for found in pattern.finditer(text):
            value = amount(found["code"])
            if (value and not re.fullmatch(r"(?:19|20)\d{2}", found["code"].strip())) or pattern in (
                _AMOUNT_AFTER,
                _AMOUNT_BEFORE,
            ):
                yield Candidate("IMPORTO", *found.span("code"), rank, value)
    for found in _AMOUNT_USED.finditer(text):
        use = str(found.lastgroup)
        yield Candidate("IMPORTO", *found.span(use), 67 if use == "isee" else 52, amount(found[use]))
