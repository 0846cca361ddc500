"""Messages a second through the whole classifier: read as a mail, cut into parts, codes found, vectors made, sorted."""

from __future__ import annotations

from email.message import EmailMessage
from time import perf_counter

from sorgente.tickets.adapters.model_store import current_model
from sorgente.tickets.core.corpus import corpus_files, load_corpus
from sorgente.tickets.core.mail import parse_mail
from sorgente.tickets.core.message import Message

_BATCH = 64
_STEP = 1_009  # a prime: it goes through all categories from the first batch on, and comes back only after all
_UNIT = "messages/s"


def mails(count: int) -> list[bytes]:
    """Return messages of the corpus as mails on the wire, the same one again after all of them."""
    corpus = load_corpus(corpus_files())
    found = []
    for index in range(count):
        message = corpus[index * _STEP % len(corpus)].message
        mail = EmailMessage()
        mail["From"], mail["To"] = "a@posta.example", "clienti@valdoro.example"
        mail["Message-ID"] = f"<{index}@posta.example>"
        mail["Subject"] = " ".join(message.subject.split())
        mail.set_content(message.body)
        found.append(bytes(mail))
    return found


def measure(size: int) -> tuple[int, float, str]:
    """Sort `size` mails with the model in use; learning it, when it was not there, is not counted."""
    model = current_model()
    raw = mails(size)
    model.classify([Message(id="0", channel="email", subject="", body="La prima carica il programma dei vettori.")])
    started = perf_counter()
    done = 0
    for start in range(0, size, _BATCH):
        read = [parse_mail(one) for one in raw[start : start + _BATCH]]
        asked = [
            Message(id=str(n), channel="email", subject=one.subject, body=one.text, sender=one.sender)
            for n, one in enumerate(read)
        ]
        done += len(model.classify(asked))
    return done, perf_counter() - started, _UNIT
