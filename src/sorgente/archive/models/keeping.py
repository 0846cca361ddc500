"""How long documents are kept, what forbids to let them go, how they go, and who looked at them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from sorgente.archive.models.documents import Document


def _append_only(name: str) -> list[pgtrigger.Trigger]:
    return [pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)]


class Hold(models.Model):
    """A legal hold: as long as it stands, nothing it covers is disposed of, digital or paper."""

    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="holds")
    subject = models.CharField(max_length=80, blank=True, help_text="party:12: every document about it")
    reason = models.CharField(max_length=300)
    placed_by = models.CharField(max_length=150)
    placed_at = models.DateTimeField()
    lifted_by = models.CharField(max_length=150, blank=True)
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="hold_covers_one_thing",
                condition=Q(document__isnull=False, subject="") | (Q(document=None) & ~Q(subject="")),
            ),
            models.CheckConstraint(
                name="hold_lifted_with_reason",
                condition=Q(lifted_at=None, lifted_by="", lift_reason="")
                | (Q(lifted_at__isnull=False) & ~Q(lifted_by="") & ~Q(lift_reason="")),
            ),
        ]
        indexes = [models.Index(fields=["subject"], condition=Q(lifted_at=None), name="hold_standing_on_subject")]
        triggers = [
            pgtrigger.Protect(name="hold_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="hold_lifted_once", operation=pgtrigger.Update, condition=pgtrigger.Q(old__lifted_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class DocumentReading(models.Model):
    """Somebody opened a document with personal data."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="readings")
    reader = models.CharField(max_length=150)
    read_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("document", models.F("read_at").desc(), name="reading_of_document")]
        triggers = _append_only("reading_never_changes")

    def __str__(self) -> str:
        return f"{self.reader} {self.read_at}"


class SweepRound(models.Model):
    """One round over every document there was when it began; `position` is the latest one compared with its hash."""

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_id = models.BigIntegerField()
    position = models.BigIntegerField(default=0)
    checked = models.BigIntegerField(default=0)
    broken = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d}: {self.checked}"


class SweepFinding(models.Model):
    """A document that a round found broken."""

    round = models.ForeignKey(SweepRound, models.PROTECT, related_name="findings")
    document = models.ForeignKey(Document, models.PROTECT, related_name="sweep_findings")
    problem = models.CharField(max_length=300)
    found_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "document"], name="sweep_finding_once")]
        triggers = _append_only("sweep_finding_never_changes")

    def __str__(self) -> str:
        return self.problem


class Disposal(models.Model):
    """A list of papers to destroy, or of documents to remove: proposed, approved by two, carried out, minuted."""

    class Medium(models.TextChoices):
        PAPER = "paper", "Carta"
        DIGITAL = "digital", "Documenti digitali"

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposto"
        APPROVED = "approved", "Approvato"
        EXECUTED = "executed", "Eseguito"
        CANCELLED = "cancelled", "Annullato"

    code = models.CharField(max_length=20, unique=True)
    medium = models.CharField(max_length=10, choices=Medium)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    reason = models.CharField(max_length=300)
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()
    authorisation_number = models.CharField(max_length=60, blank=True, help_text="of the archival superintendence")
    authorised_on = models.DateField(null=True)
    ended_by = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True)
    end_note = models.CharField(max_length=300, blank=True)
    minutes = models.ForeignKey(Document, models.PROTECT, null=True, related_name="minutes_of")

    class Meta:
        triggers = [
            pgtrigger.Protect(name="disposal_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="disposal_ended_for_good",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["executed", "cancelled"]),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class DisposalItem(models.Model):
    disposal = models.ForeignKey(Disposal, models.PROTECT, related_name="items")
    document = models.ForeignKey(Document, models.PROTECT, related_name="disposal_items")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["disposal", "document"], name="disposal_item_once")]
        triggers = _append_only("disposal_item_never_changes")

    def __str__(self) -> str:
        return f"{self.disposal_id}: {self.document_id}"


class DisposalApproval(models.Model):
    disposal = models.ForeignKey(Disposal, models.PROTECT, related_name="approvals")
    approved_by = models.CharField(max_length=150)
    approved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["disposal", "approved_by"], name="disposal_approved_once_each")]
        triggers = _append_only("disposal_approval_never_changes")

    def __str__(self) -> str:
        return self.approved_by


class Tombstone(models.Model):
    """The content of a document is gone by a disposal; row, metadata and hash stay."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="tombstones")
    disposal = models.ForeignKey(Disposal, models.PROTECT, related_name="tombstones")
    removed_at = models.DateTimeField()
    restored_at = models.DateTimeField(null=True, help_text="the same content was received again")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document"], condition=Q(restored_at=None), name="tombstone_standing_once"),
        ]
        triggers = [pgtrigger.Protect(name="tombstone_never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(self.document_id)
