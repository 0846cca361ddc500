"""Messages to customers: each ends in a final state."""

from __future__ import annotations

from django.db import models


class Message(models.Model):
    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"
        PEC = "pec", "PEC"
        POST = "post", "Posta"
        PORTAL = "portal", "Area clienti"

    class State(models.TextChoices):
        QUEUED = "queued", "In coda"
        SENT = "sent", "Inviato"
        FAILED = "failed", "Non recapitato"
        CANCELLED = "cancelled", "Annullato"

    # The same key twice is the same message: nothing is sent again.
    key = models.CharField(max_length=120, unique=True)
    channel = models.CharField(max_length=10, choices=Channel)
    recipient = models.CharField(max_length=254)
    subject_line = models.CharField(max_length=200)
    body = models.TextField()
    about = models.CharField(max_length=80, help_text="what it is about: bill:2026/SII/0000123")
    contract_account_number = models.CharField(max_length=20, blank=True)
    document = models.ForeignKey("archive.Document", models.PROTECT, null=True)
    headers = models.JSONField(
        default=dict, help_text="of an e-mail: In-Reply-To, References, Reply-To, Auto-Submitted"
    )
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.SmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "id"], name="message_queue", condition=models.Q(state="queued")),
            models.Index(fields=["about"], name="message_about"),
            models.Index(fields=["contract_account_number"], name="message_account"),
        ]

    def __str__(self) -> str:
        return self.key
