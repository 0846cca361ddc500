"""Paper that was scanned: how each batch was done, what was compared by eye, and whether the paper is still there."""

from __future__ import annotations

from django.db import models

from sorgente.archive.models.documents import Document
from sorgente.archive.models.keeping import Disposal


class ScanBatch(models.Model):
    """One delivery of scans, recorded as process certification asks (esign: who, where, when, with what)."""

    class State(models.TextChoices):
        IMPORTED = "imported", "Importato"
        SAMPLED = "sampled", "Campione estratto"
        CHECKED = "checked", "Campione confrontato"
        REFUSED = "refused", "Respinto"
        ATTESTED = "attested", "Attestato"

    code = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.IMPORTED)
    record = models.JSONField(help_text="purpose, place, operator, supplier, device, software, resolution, anomalies …")
    scan_began_at = models.DateTimeField()
    scan_ended_at = models.DateTimeField()
    imported_at = models.DateTimeField()
    imported_by = models.CharField(max_length=150)
    sample_seed = models.BigIntegerField(null=True)
    sample_size = models.PositiveIntegerField(null=True)
    attestation = models.ForeignKey(Document, models.PROTECT, null=True, related_name="attestation_of")
    attested_by = models.CharField(max_length=150, blank=True)
    attested_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="scan_batch_ends_after_it_begins",
                condition=models.Q(scan_ended_at__gte=models.F("scan_began_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ScanPaper(models.Model):
    """One paper: its copy in the archive, the box it lies in, and what the eye found."""

    class Outcome(models.TextChoices):
        NOT_DRAWN = "", "Non nel campione"
        WAITING = "waiting", "Da confrontare"
        GOOD = "good", "Conforme"
        BAD = "bad", "Non conforme"

    batch = models.ForeignKey(ScanBatch, models.PROTECT, related_name="papers")
    line = models.PositiveIntegerField()
    file = models.CharField(max_length=200)
    document = models.ForeignKey(Document, models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=20, choices=Document.Kind)
    pages = models.PositiveIntegerField()
    box = models.CharField(max_length=40)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.NOT_DRAWN, blank=True)
    outcome_note = models.CharField(max_length=300, blank=True)
    outcome_by = models.CharField(max_length=150, blank=True)
    outcome_at = models.DateTimeField(null=True)
    destroyed_by = models.ForeignKey(Disposal, models.PROTECT, null=True, related_name="papers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "file"], name="scan_paper_once")]
        indexes = [models.Index(fields=["box"], name="scan_paper_box")]

    def __str__(self) -> str:
        return self.file


class ScanReject(models.Model):
    """A line of the index that was not taken, with its reason."""

    batch = models.ForeignKey(ScanBatch, models.PROTECT, related_name="rejects")
    line = models.PositiveIntegerField()
    text = models.CharField(max_length=500)
    reason = models.CharField(max_length=500)
    solved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="scan_reject_once")]

    def __str__(self) -> str:
        return self.reason
