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
    record = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), help_text="AgID annex 5, made at formation"
    )
    version = models.PositiveSmallIntegerField(default=1, db_default=1)
    previous = models.OneToOneField("self", models.PROTECT, null=True, related_name="next")

    # Set by store_document: the archive had these bytes before.
    already_stored = False

    class Meta:
        constraints = [
            models.CheckConstraint(name="document_has_bytes", condition=models.Q(size__gt=0)),
            models.CheckConstraint(
                name="document_version_names_the_former",
                condition=models.Q(version=1, previous=None) | models.Q(version__gt=1, previous__isnull=False),
            ),
        ]
        # The latest of a kind are a page of the desk; sorting a million of them took 0.3 s.
        indexes = [models.Index("kind", models.F("id").desc(), name="document_kind_latest")]
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


class RegisterEntry(models.Model):
    """One number of a register. Per register and year they start at 1 and have no gap."""

    register = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    document = models.OneToOneField(Document, models.PROTECT, related_name="registered")
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "year", "number"], name="register_number_once")]
        triggers = [
            pgtrigger.Protect(name="register_never_changes", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.number}/{self.year}"


class SubjectEnd(models.Model):
    """The day on which what documents are about came to its end: a contract left, a mandate revoked."""

    subject = models.CharField(max_length=80, unique=True)
    ended_on = models.DateField()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.subject} {self.ended_on}"
