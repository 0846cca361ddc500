"""What the signer reads in the mails of a signature, in Italian and English."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sorgente.shared.company import company

_ROME = ZoneInfo("Europe/Rome")

_LINK = {
    "it": (
        "Da firmare: {title}",
        """Gentile {name},

puoi leggere e firmare questo documento: {title}.

Apri questo indirizzo entro il {until}:
{link}

Lo leggi fino in fondo, scegli che cosa accetti e confermi con un codice che ti mandiamo. Non inoltrare questa e-mail.

Se non te lo aspettavi, chiamaci: {phone}.

{company}
""",
    ),
    "en": (
        "To sign: {title}",
        """Dear {name},

you can read and sign this document: {title}.

Open this address until {until}:
{link}

You read it to the end, choose what you accept, and confirm with a code that we send you. Do not forward this mail.

If you did not expect it, call us: {phone}.

{company}
""",
    ),
}
_COPY = {
    "it": (
        "La tua copia: {title}",
        """Gentile {name},

in allegato trovi la copia del documento che hai firmato: {title}.

È sigillata: ogni modifica fatta dopo si vede. Conservala; puoi chiederci un'altra copia quando vuoi, gratis.

{company}
{phone}
""",
    ),
    "en": (
        "Your copy: {title}",
        """Dear {name},

attached is your copy of the document you signed: {title}.

It is sealed: any change made to it later shows. Keep it; you can ask us for another copy, free of charge.

{company}
{phone}
""",
    ),
}


def link_words(*, title: str, name: str, link: str, until: datetime, language: str) -> tuple[str, str]:
    """Return subject and body of the mail with the link; other languages than it and en read English."""
    until_text = f"{until.astimezone(_ROME):%d/%m/%Y}"
    return _filled(_LINK, language, title=title, name=name, link=link, until=until_text)


def copy_words(*, title: str, name: str, language: str) -> tuple[str, str]:
    """Return subject and body of the mail that brings the sealed copy."""
    return _filled(_COPY, language, title=title, name=name)


def _filled(texts: dict[str, tuple[str, str]], language: str, **words: str) -> tuple[str, str]:
    subject, body = texts.get(language, texts["en"])
    us = company()
    facts = {**words, "company": us.name, "phone": us.contacts.phone}
    return subject.format(**facts), body.format(**facts)
