# ruff: noqa: E501  (a pattern or word list is read as one line)
"""Codes whose own form gives them away: IBAN, tax code, VAT number, POD, PDR, telephone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from stdnum import luhn

from sorgente.shared.errors import SorgenteError
from sorgente.shared.identifiers import iban, phone, tax_code, vat_number
from sorgente.tickets.core.entities.candidate import Candidate

_GAP = r"[ \t.\-_/]?"
_IBAN = re.compile(
    rf"(?<![A-Z0-9])IT{_GAP}\d{{2}}{_GAP}[A-Z](?:{_GAP}\d){{10}}(?:{_GAP}[A-Z0-9]){{12}}(?![A-Z0-9])", re.I
)
# With the word IBAN before it, a wrong length or a foreign country is still the IBAN that was meant.
_IBAN_SAID = re.compile(
    r"\biban\b[^\n:0-9]{0,40}?:?[ \t]*(?<![A-Z])(?P<code>[A-Z]{2}[ \t.\-]?\d{2}(?:[ \t.\-]?[A-Z0-9]{1,4}){3,9})(?![A-Z0-9])",
    re.I,
)
_DIGIT = "[0-9LMNPQRSTUV]"
_TAX_CODE = re.compile(
    rf"(?<![A-Z0-9])[A-Z]{{3}}{_GAP}[A-Z]{{3}}{_GAP}{_DIGIT}{{2}}{_GAP}[A-EHLMPRST]{_GAP}{_DIGIT}{{2}}{_GAP}"
    rf"[A-Z]{_GAP}{_DIGIT}{{3}}{_GAP}[A-Z](?![A-Z0-9])",
    re.I,
)
# Said to be a tax code, 15 to 17 characters: a slip of the pen.
_TAX_CODE_SAID = re.compile(
    r"(?:\bc\.?\s?f\.?|cod(?:ice|\.)\s*fisc(?:ale|\.)?)\s*(?:n\.?|:|=|è)?\s*(?P<code>[A-Z]{6}[A-Z0-9]{8,11})\b", re.I
)
_ELEVEN = rf"(?<![A-Z0-9/\-])(?:IT{_GAP})?(?P<code>\d{{11}}|\d{{3}}[ .]\d{{3}}[ .]\d{{3}}[ .]\d{{2}}|\d{{5}}[ .]\d{{6}}|\d{{4}}[ .]\d{{4}}[ .]\d{{3}})(?![A-Z0-9/])"
_BODY_TAX_CODE = re.compile(
    rf"(?:\bc\.?\s?f\.?\b|cod(?:ice|\.)\s*fisc(?:ale|\.)?)(?![^\n]{{0,14}}iva)[^\n0-9]{{0,25}}?{_ELEVEN}", re.I
)
_VAT = re.compile(
    rf"(?:\bp(?:art(?:ita|\.)?)?\.?\s?(?:\.\s?)?iva\b|\bpiva\b|\bp\.\s?i\.)[^\n0-9]{{0,25}}?{_ELEVEN}", re.I
)
# Eleven digits that stand alone and satisfy the check digit are a VAT number more often than anything else; bodies
# that are no firms have a tax code of eleven digits instead.
_NO_FIRM = re.compile(
    r"\b(?:condomini\w*|cond\.|assemblea|associazion\w+|assoc\.|parrocchi\w+|suore|convento|diocesi|comune|comitato|comunità|ente|fondazione|a\.?s\.?d\.?|onlus|odv|circolo|istituto|scuola|asilo|caserma|rsa|struttura sanitaria|azienda sanitaria|residenza|amm\.|5x1000|pro loco)(?!\w)[^\n]{0,90}$",
    re.I,
)
_VAT_ALONE = re.compile(r"(?<![\w/\-.,])\d{11}(?![\w/]|[.,\-]\d)")
_POD = re.compile(rf"(?<![A-Z0-9])IT{_GAP}\d{{3}}{_GAP}E{_GAP}(?:\d{_GAP}){{7}}\d(?:{_GAP}[A-Z0-9])?(?![A-Z0-9])", re.I)
_PDR = re.compile(r"\bpdr\b[^\n0-9]{0,20}?(?P<code>\d(?:[ .\-]?\d){11,14})(?!\d)", re.I)
_MOBILE = re.compile(r"(?<![\w/\-+.])(?:(?:\(?\+|00)39\)?[ ./\-]?)?3\d{2}(?:[ ./\-]{0,3}\d){6,7}(?![\w/]|[.,\-]\d)")
_LANDLINE = re.compile(
    r"(?<![\w/\-+.])(?<![ ]\d[ ])(?!0\d[.\-]\d{2}[.\-](?:20)?\d{2}(?![.\- ]?\d))(?:(?:\(?\+|00)39\)?[ ./\-]?)?(?:0[1-9]\d{0,2}|\(0[1-9]\d{0,2}\))[ ]?[./\- ][ ]?\d(?:[ .\-]?\d){4,8}(?![\w/]|[.,\-]\d)"
)
_GREEN = re.compile(r"(?<![\w/\-+.])800(?:[ .\-]?\d){6}(?![\w/]|[.,\-]\d)")
# Told digit by digit to whoever answers the telephone.
_DICTATED = re.compile(r"(?<![\w/\-+.] )(?<![\w/\-+.])3(?:[ ]\d){8,9}(?![\w]|[ ]\d)")
_PHONE_SAID = re.compile(
    r"(?:\b(?:tel(?:efono|\.)?|cell(?:ulare|\.)?|fax|mob(?:ile|\.)?|recapito(?:\s+telefonico)?|numero\s+di\s+telefono|chiam\w+|telefon\w+"
    r"|whatsapp|phone)\b)[^\n0-9+(]{0,30}?(?<![A-Z][\-/])(?P<code>(?:(?:\(?\+|00)\d{2}\)?[ ./\-]?)?(?:\(0\d{1,3}\)[ ]?)?\d(?:[ ./\-]{0,3}\d){5,11})(?![\w]|[.,/\-]\d)",
    re.I,
)


def phone_begins(text: str, place: int) -> bool:
    """Return whether a telephone number, by its form, begins at a place of a text."""
    return bool(_MOBILE.match(text, place) or _LANDLINE.match(text, place))


def _compact(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", text).upper()


def _checked(check: Callable[[str], str], text: str) -> tuple[str, bool]:
    try:
        return check(text), True
    except SorgenteError:
        return text, False


def phone_or_digits(text: str) -> tuple[str, bool]:
    """Return a telephone number as it is compared, and whether it can be one."""
    try:
        return phone(text), True
    except SorgenteError:
        return "+" + re.sub(r"\D", "", text) if text.startswith("+") else re.sub(r"\D", "", text), False


def _vat(text: str) -> tuple[str, bool]:
    return _checked(vat_number, _compact(text).removeprefix("IT"))


def _span(found: re.Match[str]) -> tuple[int, int]:
    return found.span("code") if "code" in found.re.groupindex else found.span()


def find_codes(text: str) -> Iterator[Candidate]:
    """Yield what looks like a code of known form, wrong check digits included."""
    for pattern, kind, rank, check in (
        (_IBAN, "IBAN", 100, lambda code: _checked(iban, _compact(code))),
        (_POD, "POD", 99, lambda code: (_compact(code), True)),
        (_TAX_CODE, "CODICE_FISCALE", 98, lambda code: _checked(tax_code, _compact(code))),
        (_IBAN_SAID, "IBAN", 97, lambda code: _checked(iban, _compact(code))),
        (_TAX_CODE_SAID, "CODICE_FISCALE", 96, lambda code: _checked(tax_code, _compact(code))),
        (_PDR, "PDR", 96, lambda code: (_compact(code), len(_compact(code)) == 14)),
        (_VAT, "PARTITA_IVA", 95, _vat),
        (_BODY_TAX_CODE, "CODICE_FISCALE", 94, lambda code: _checked(tax_code, _compact(code))),
        (_VAT_ALONE, "PARTITA_IVA", 60, _vat),
        (_PHONE_SAID, "TELEFONO", 72, phone_or_digits),
        (_MOBILE, "TELEFONO", 68, phone_or_digits),
        (_DICTATED, "TELEFONO", 68, phone_or_digits),
        (_GREEN, "TELEFONO", 61, phone_or_digits),
        (_LANDLINE, "TELEFONO", 60, phone_or_digits),
    ):
        for found in pattern.finditer(text):
            start, end = _span(found)
            code = text[start:end]
            if kind == "IBAN" and len(_compact(code)) < 15:
                continue
            normalized, valid = check(code)
            if pattern is _VAT_ALONE:
                if not luhn.is_valid(code):
                    continue
                if _NO_FIRM.search(text[max(0, start - 120) : start]):
                    kind = "CODICE_FISCALE"
            yield Candidate(kind, start, end, rank, normalized, valid)
