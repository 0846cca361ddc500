"""Messages to customers: each ends in a final state."""

from __future__ import annotations

from django.db import models


class Message(models.Model):
    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"
        PEC = "pec", "PEC"
        POST = "post", "Posta"
        PORTAL = "portal", "Area clienti"
        SMS = "sms", "SMS"
        PUSH = "push", "Notifica"

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
    link = models.CharField(max_length=200, blank=True, help_text="of a notification: the page it opens")
    not_before = models.DateTimeField(null=True, help_text="quiet hours: it leaves at the first round after this")
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


class Topic(models.TextChoices):
    """What a customer can choose to be told about, and how."""

    READING = "reading", "Nuova lettura"
    BILL = "bill", "Nuova bolletta"
    DUE = "due", "Scadenza in arrivo"
    LEAK = "leak", "Consumo anomalo o perdita"
    APPOINTMENT = "appointment", "Appuntamento"
    REQUEST = "request", "Richiesta o reclamo"
    SIGNING = "signing", "Documento da firmare"


class PushSubscription(models.Model):
    """A browser or an installed app that shows our notifications; the keys are the browser's own (RFC 8291)."""

    party_id = models.BigIntegerField(null=True, help_text="none: of a delegate who is no customer")
    user_id = models.BigIntegerField()
    endpoint = models.CharField(max_length=500, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.BinaryField(help_text="encrypted at rest")
    device = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["party_id"], name="push_party", condition=models.Q(gone_at__isnull=True)),
            models.Index(fields=["user_id"], name="push_user", condition=models.Q(gone_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.device} of user {self.user_id}"


class NotificationChoice(models.Model):
    """What a party wants to be told about on a channel, where it differs from rules/messages/topics.yaml."""

    party_id = models.BigIntegerField()
    topic = models.CharField(max_length=12, choices=Topic)
    channel = models.CharField(max_length=10, choices=Message.Channel)
    wanted = models.BooleanField()
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party_id", "topic", "channel"], name="choice_once")]

    def __str__(self) -> str:
        return f"{self.party_id} {self.topic} {self.channel}"


class QuietHours(models.Model):
    """When a party's telephone stays silent, in local time; may run over midnight. No row: those of the rules."""

    party_id = models.BigIntegerField(unique=True)
    begins_at = models.TimeField()
    ends_at = models.TimeField()

    def __str__(self) -> str:
        return f"{self.begins_at:%H:%M}-{self.ends_at:%H:%M}"
