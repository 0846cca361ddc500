"""The bytes of mails as mail programs write them: plain, with HTML, with files, quoting, certified, and odd ones.

Pure: the same words give the same bytes.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.header import Header
from email.utils import format_datetime, formataddr

OURS = "clienti@valdoro.example"
_PEC = "posta-certificata@pec.casa.example"

File = tuple[str, str, bytes]  # name, media type, content


def mail(
    *,
    sender: str,
    name: str,
    subject: str,
    text: str,
    at: datetime,
    mail_id: str,
    as_html: bool = False,
    files: Sequence[File] = (),
    headers: Sequence[tuple[str, str]] = (),
) -> bytes:
    """Return one mail; with HTML it carries both forms, as programs send them."""
    top = [
        ("From", formataddr((str(Header(name, "utf-8").encode()) if not name.isascii() else name, sender))),
        ("To", OURS),
        ("Subject", Header(subject, "utf-8").encode() if not subject.isascii() else subject),
        ("Date", format_datetime(at)),
        ("Message-ID", f"<{mail_id}@casa.example>"),
        ("MIME-Version", "1.0"),
        *headers,
    ]
    body = _part("text/plain; charset=utf-8", text.encode())
    if as_html:
        page = "".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n") if line.strip())
        shown = f'<html><body style="font-family:Calibri">{page}</body></html>'
        body = _several("alternative", mail_id, [body, _part("text/html; charset=utf-8", shown.encode())])
    if files:
        kept = [_part(f'{kind}; name="{name}"', content, filename=name) for name, kind, content in files]
        body = _several("mixed", mail_id, [body, *kept])
    return "".join(f"{key}: {value}\r\n" for key, value in top).encode() + body


def quoting(text: str, quoted: str, at: datetime) -> str:
    """Return an answer above what it answers, as mail programs quote it."""
    marked = "\n".join(f"> {line}" for line in quoted.splitlines())
    return f"{text}\n\nIl giorno {at:%d/%m/%Y} alle ore {at:%H:%M} Valdoro Acque <{OURS}> ha scritto:\n{marked}\n"


def certified(inner: bytes, *, sender: str, subject: str, at: datetime, mail_id: str) -> bytes:
    """Return the transport envelope of a certified mail around a mail."""
    certificate = (
        '<?xml version="1.0" encoding="UTF-8"?><postacert tipo="posta-certificata" errore="nessuno"><intestazione>'
        f'<mittente>{sender}</mittente><destinatari tipo="certificato">{OURS}</destinatari>'
        f"<oggetto>{html.escape(subject)}</oggetto></intestazione><dati><gestore-emittente>PEC Valle S.p.A."
        f"</gestore-emittente><identificativo>{mail_id}.pec.casa.example</identificativo></dati></postacert>"
    )
    mark = f"=_pec_{mail_id}"
    told = f'Il giorno {at:%d/%m/%Y} il messaggio "{subject}" è stato inviato da {sender} indirizzato a {OURS}.'
    parts = [
        _part("text/plain; charset=utf-8", told.encode()),
        _part("application/xml", certificate.encode(), filename="daticert.xml", shown="inline"),
        b'Content-Type: message/rfc822\r\nContent-Disposition: inline; filename="postacert.eml"\r\n\r\n' + inner,
    ]
    top = (
        f'From: "Per conto di: {sender}" <{_PEC}>\r\nReply-To: {sender}\r\nTo: {OURS}\r\n'
        f"Subject: {Header(f'POSTA CERTIFICATA: {subject}', 'utf-8').encode()}\r\nDate: {format_datetime(at)}\r\n"
        f"Message-ID: <opec.{mail_id}@pec.casa.example>\r\nX-Trasporto: posta-certificata\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/mixed; boundary="{mark}"\r\n\r\n'
    )
    return top.encode() + _joined(mark, parts)


def odd_mails(at: datetime) -> list[bytes]:
    """Return what else a mailbox gets: phishing (twice the same), an absence note, an advertisement, broken MIME."""
    phishing = mail(
        sender="assistenza@poste-sicurezza.example", name="Assistenza Clienti", at=at, mail_id="odd-1", as_html=True,
        subject="ULTIMO AVVISO: il tuo conto sarà sospeso",
        text="Gentile cliente, abbiamo rilevato un accesso anomalo.\nConferma subito password e numero della carta: "
        "http://poste-sicurezza.example/verifica\nIn mancanza il conto sarà bloccato entro 24 ore.",
    )  # fmt: skip
    absence = mail(
        sender="studio.carloni@posta.example", name="Studio Carloni", at=at + timedelta(minutes=7), mail_id="odd-2",
        subject="Risposta automatica: La tua bolletta", headers=[("Auto-Submitted", "auto-replied")],
        text="Lo studio è chiuso fino a lunedì. Per urgenze chiamare il numero in segreteria.",
    )  # fmt: skip
    advertisement = mail(
        sender="offerte@luceegas-risparmio.example", name="Risparmio Luce e Gas", at=at + timedelta(hours=1),
        mail_id="odd-3", subject="Solo per oggi: pannelli solari a metà prezzo!!!", as_html=True,
        headers=[("List-Unsubscribe", "<mailto:via@luceegas-risparmio.example>"), ("Precedence", "bulk")],
        text="Installa oggi i pannelli solari e dimezza la bolletta. La visita del consulente è gratuita.",
    )  # fmt: skip
    broken = (
        b"From: vecchio.programma@posta.example\r\nTo: " + OURS.encode() + b"\r\nSubject: =?utf-8?B?cmljaGllc3Rh\r\n"
        b'Message-ID: <odd-4@casa.example>\r\nContent-Type: multipart/mixed; boundary="manca"\r\n\r\n'
        b"Buongiorno, mi dite per favore gli orari dello sportello di Castel Sorgente? Grazie, Ivo\r\n"
        b"--altro\r\nContent-Type: text/plain; charset=sconosciuto\r\n\r\n\xe8 chiuso il sabato?\r\n"
    )
    return [phishing, absence, advertisement, broken, phishing]


def _part(media_type: str, content: bytes, *, filename: str = "", shown: str = "attachment") -> bytes:
    head = f"Content-Type: {media_type}\r\nContent-Transfer-Encoding: base64\r\n"
    if filename:
        head += f'Content-Disposition: {shown}; filename="{filename}"\r\n'
    return head.encode() + b"\r\n" + base64.encodebytes(content).replace(b"\n", b"\r\n")


def _several(kind: str, mail_id: str, parts: Sequence[bytes]) -> bytes:
    mark = f"=_{kind}_{mail_id}"
    return f'Content-Type: multipart/{kind}; boundary="{mark}"\r\n\r\n'.encode() + _joined(mark, parts)


def _joined(mark: str, parts: Sequence[bytes]) -> bytes:
    return b"".join(b"--%s\r\n%s\r\n" % (mark.encode(), part) for part in parts) + b"--%s--\r\n" % mark.encode()
