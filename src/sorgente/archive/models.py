"""The electronic archive: every document once, named by its own hash."""

from __future__ import annotations

import pgtrigger
from django.db import models


class Document(models.Model):
    """One document. Its bytes lie in the archive folder under their SHA-256; neither they nor this row change."""

    class Kind(models.TextChoices):
        BILL = "bill", "Bolletta"
        EINVOICE = "einvoice", "Fattura elettronica"
        DEBIT_FILE = "debit_file", "Flusso di addebito diretto"
        STATEMENT = "statement", "Estratto conto"
        RECEIPT = "receipt", "Ricevuta pagoPA"
        FLOW = "flow", "Flusso di rendicontazione"
        READER_FILE = "reader_file", "File di lettura"
        REJECTS = "rejects", "Scarti di importazione"
        CONTRACT = "contract", "Contratto"
        MANDATE = "mandate", "Mandato di addebito"
        IDENTITY = "identity", "Documento di identità"
        TITLE = "title", "Titolo sull'immobile"
        ENROLMENT = "enrolment", "Adesione alla firma avanzata"
        EVIDENCE = "evidence", "Prove di firma"
        LETTER = "letter", "Comunicazione"
        MAIL = "mail", "Messaggio ricevuto"
        ATTACHMENT = "attachment", "Allegato"
        PHOTO = "photo", "Fotografia"
        SCAN = "scan", "Copia per immagine"
        MINUTES = "minutes", "Verbale"
        OTHER = "other", "Altro"

    sha256 = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField(help_text="bytes")
    metadata = models.JSONField(default=dict)
    stored_at = models.DateTimeField()

    # Set by store_document: the archive had these bytes before.
    already_stored = False

    class Meta:
        constraints = [models.CheckConstraint(name="document_has_bytes", condition=models.Q(size__gt=0))]
        triggers = [
            pgtrigger.Protect(name="document_never_changes", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title


class DocumentSubject(models.Model):
    """What a document is about, named as its own process names it: `bill:2026/SII/0000123`."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="subjects")
    subject = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "document"], name="document_subject_once")]

    def __str__(self) -> str:
        return self.subject
