"""Tickets, the conversation each holds, what the model proposed and what people decided."""

from __future__ import annotations

from typing import TypeVar, cast

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

_M = TypeVar("_M", bound=models.Model)
_NEVER = pgtrigger.Update | pgtrigger.Delete


def with_history(model: type[_M]) -> type[_M]:
    """Keep every state of every row, with who changed it and why."""
    trackers = (pghistory.InsertEvent(level=pghistory.Statement), pghistory.UpdateEvent(level=pghistory.Statement))
    return cast("type[_M]", pghistory.track(*trackers)(model))


@with_history
class Ticket(models.Model):
    """One matter of one customer, from the first word to the last answer."""

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"
        PEC = "pec", "PEC"
        WEB = "web", "Area clienti"
        PHONE = "phone", "Telefono"
        DESK = "desk", "Sportello"
        LETTER = "letter", "Lettera"

    class State(models.TextChoices):
        NEW = "new", "Nuova"
        ASSIGNED = "assigned", "In lavorazione"
        WAITING = "waiting", "Aspetta il cliente"
        ANSWERED = "answered", "Risposta inviata"
        CLOSED = "closed", "Chiusa"

    number = models.CharField(max_length=20, unique=True)
    channel = models.CharField(max_length=10, choices=Channel)
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    subject = models.CharField(max_length=300)
    sender = models.CharField(max_length=254, blank=True, help_text="the address that answers go to")
    sender_name = models.CharField(max_length=200, blank=True)
    request_kind = models.CharField(max_length=40, blank=True, help_text="what a form was for, when it came by a form")
    # What holds now: the model's proposal until a person decides otherwise.
    category = models.CharField(max_length=40)
    regulated_type = models.CharField(max_length=30)
    priority = models.CharField(max_length=10)
    priority_rank = models.SmallIntegerField(help_text="0 is the most pressing: lists sort by it")
    office = models.CharField(max_length=20)
    prediction = models.ForeignKey("Prediction", models.PROTECT, null=True, related_name="+")
    confirmed = models.BooleanField(default=False, help_text="a person has seen category, type and priority")
    party = models.ForeignKey("customers.Party", models.PROTECT, null=True, related_name="+")
    # contact: the address is the customer's own; code: the text names a code of theirs; signed_in: the web area;
    # clerk: a person said so. Personal figures go out by themselves to none but the first and the third.
    identified_by = models.CharField(max_length=10, blank=True)
    account_number = models.CharField(max_length=20, blank=True)
    contract_number = models.CharField(max_length=20, blank=True)
    candidates = models.JSONField(default=list, help_text="party ids it may be from, when nobody is certain")
    assigned_to = models.CharField(max_length=150, blank=True, help_text="login")
    opened_at = models.DateTimeField(help_text="when it was received: the legal clock starts here")
    latest_at = models.DateTimeField(help_text="when the latest message came or went")
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # Told by the legal clock that runs on it (journeys): lists sort by it.
    due_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["office", "priority_rank", "due_on", "id"], name="ticket_inbox", condition=~Q(state="closed")
            ),
            models.Index(fields=["party"], name="ticket_party"),
            models.Index(fields=["account_number"], name="ticket_account", condition=~Q(account_number="")),
            models.Index(fields=["sender"], name="ticket_sender"),
        ]

    def __str__(self) -> str:
        return self.number


class TicketMessage(models.Model):
    """One message of the conversation, as it came or went; never changed."""

    class Direction(models.TextChoices):
        IN = "in", "Ricevuto"
        OUT = "out", "Inviato"
        NOTE = "note", "Nota interna"

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=4, choices=Direction)
    automatic = models.BooleanField(default=False, help_text="written by a machine: ours or theirs")
    document = models.ForeignKey("archive.Document", models.PROTECT, null=True, related_name="+")
    mail_id = models.CharField(max_length=998, blank=True, help_text="Message-ID of the header")
    in_reply_to = models.CharField(max_length=998, blank=True)
    references = models.TextField(blank=True)
    sender = models.CharField(max_length=254, blank=True)
    recipient = models.CharField(max_length=998, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True, help_text="the whole text, plain")
    parts = models.JSONField(default=list, help_text="[kind, start, end) of the body: new text, quote, signature…")
    html = models.TextField(blank=True, help_text="sanitised: no script, no picture from outside")
    outbox_key = models.CharField(max_length=120, blank=True, help_text="the message that carries it to the customer")
    author = models.CharField(max_length=150, blank=True, help_text="login, when a member of staff wrote it")
    at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="ticket_message_never_changes", operation=_NEVER)]
        indexes = [
            models.Index(fields=["ticket", "at"], name="ticket_message_order"),
            models.Index(fields=["mail_id"], name="ticket_message_mail", condition=~Q(mail_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.ticket} {self.direction} {self.at:%Y-%m-%d %H:%M}"


class TicketAttachment(models.Model):
    """A file that came with a message; one that could not be looked into stays inside the archived mail."""

    message = models.ForeignKey(TicketMessage, models.PROTECT, related_name="attachments")
    document = models.ForeignKey("archive.Document", models.PROTECT, null=True, related_name="+")
    filename = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField(help_text="bytes")
    problem = models.TextField(blank=True, help_text="why it was not opened")

    class Meta:
        triggers = [pgtrigger.Protect(name="ticket_attachment_never_changes", operation=_NEVER)]

    def __str__(self) -> str:
        return self.filename


class Prediction(models.Model):
    """What the model proposed for one message, with which model; kept as it was, never computed again."""

    message = models.OneToOneField(TicketMessage, models.PROTECT, related_name="prediction")
    model = models.CharField(max_length=80, help_text="name of the model file: code, corpus and encoder in one hash")
    threshold = models.FloatField(help_text="the confidence below which the model leaves it to a person")
    category = models.CharField(max_length=40)
    ranked = models.JSONField(help_text="[category, chance], likeliest first")
    secondary = models.JSONField(default=list)
    regulated_type = models.CharField(max_length=30)
    priority = models.CharField(max_length=10)
    confidence = models.FloatField()
    abstain = models.BooleanField()
    language = models.CharField(max_length=2)
    reasons = models.JSONField(default=list)
    entities = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="prediction_never_changes", operation=_NEVER)]

    def __str__(self) -> str:
        return f"{self.message} {self.category} {self.confidence:.2f}"


class Correction(models.Model):
    """What a person said a ticket is, instead of what was proposed, or in confirmation: the model learns from it."""

    class Field(models.TextChoices):
        CATEGORY = "category", "Categoria"
        REGULATED_TYPE = "regulated_type", "Tipo regolato"
        PRIORITY = "priority", "Priorità"

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=15, choices=Field)
    before = models.CharField(max_length=40)
    after = models.CharField(max_length=40)
    by = models.CharField(max_length=150, help_text="login")
    at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="correction_never_changes", operation=_NEVER)]

    def __str__(self) -> str:
        return f"{self.ticket}: {self.before} -> {self.after}"


@with_history
class ReadProposal(models.Model):
    """A meter reading found in a message: nothing until an operator accepts it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Da confermare"
        ACCEPTED = "accepted", "Registrata"
        HELD = "held", "Registrata, da verificare"
        REFUSED = "refused", "Scartata"

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="read_proposals")
    message = models.ForeignKey(TicketMessage, models.PROTECT, related_name="+")
    register = models.ForeignKey("metering.Register", models.PROTECT, related_name="+")
    serial = models.CharField(max_length=30)
    index_milli = models.BigIntegerField()
    read_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    read = models.ForeignKey("metering.Read", models.PROTECT, null=True, related_name="+")
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "register", "index_milli"], name="read_proposal_once")
        ]

    def __str__(self) -> str:
        return f"{self.serial} {self.index_milli} {self.read_on}"


class Mailbox(models.Model):
    """How far a mailbox has been read."""

    name = models.CharField(max_length=200, unique=True, help_text="user@host/folder")
    uid_validity = models.BigIntegerField(default=0)
    latest_uid = models.BigIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True, help_text="why the latest visit failed; empty when it did not")
    failures = models.IntegerField(default=0, help_text="visits in a row that failed")

    def __str__(self) -> str:
        return self.name


class IncomingMail(models.Model):
    """Each mail that came, once, and what became of it: nothing that arrives is lost, nothing counts twice."""

    class Outcome(models.TextChoices):
        TICKET = "ticket", "Nuova segnalazione"
        FOLLOW_UP = "follow_up", "Seguito di una segnalazione"
        AUTOMATIC = "automatic", "Risposta automatica"
        BOUNCE = "bounce", "Mancato recapito"
        RECEIPT = "receipt", "Ricevuta PEC"
        PARKED = "parked", "Da guardare a mano"

    fingerprint = models.CharField(max_length=64, unique=True, help_text="of what was written, not of its way here")
    mail_id = models.CharField(max_length=998, blank=True)
    mailbox = models.CharField(max_length=200, blank=True)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    reason = models.TextField(blank=True)
    document = models.ForeignKey("archive.Document", models.PROTECT, null=True, related_name="+")
    message = models.ForeignKey(TicketMessage, models.PROTECT, null=True, related_name="+")
    times = models.IntegerField(default=1, help_text="how often it arrived")
    received_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, help_text="when somebody dealt with a parked one")
    resolved_by = models.CharField(max_length=150, blank=True)

    class Meta:
        indexes = [models.Index(fields=["received_at"], name="mail_parked", condition=Q(outcome="parked"))]

    def __str__(self) -> str:
        return self.subject


class TrainedModel(models.Model):
    """One training of the classifier: what it learnt from, how good it was, whether it was taken."""

    key = models.CharField(max_length=80, help_text="name of the model file")
    corpus_messages = models.IntegerField()
    corrections = models.IntegerField()
    figures = models.JSONField()
    figures_before = models.JSONField(default=dict)
    promoted = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)
    trained_at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="trained_model_never_changes", operation=_NEVER)]

    def __str__(self) -> str:
        return self.key
