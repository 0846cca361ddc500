"""The register of performances (RQSII art. 75-76), their suspensions, and the indemnities they gave right to."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from sorgente.quality.core.indemnity import Cause as Causes


class Performance(models.Model):
    """One service asked for, with its clock. Once ended it never changes: a correction is a new row."""

    class State(models.TextChoices):
        RUNNING = "running", "In corso"
        SUSPENDED = "suspended", "Sospesa"
        ENDED = "ended", "Conclusa"
        CANCELLED = "cancelled", "Annullata"

    class Cause(models.TextChoices):
        OPERATOR = Causes.OPERATOR.value, "Gestore"
        FORCE_MAJEURE = Causes.FORCE_MAJEURE.value, "Forza maggiore"
        THIRD_PARTY = Causes.THIRD_PARTY.value, "Cliente o terzi"

    standard = models.CharField(max_length=3, help_text="S01 … S31, G01 … G14")
    reference = models.CharField(max_length=80, help_text="request:12, ticket:7, bill:2026/SII/0000123 …")
    revision = models.SmallIntegerField(default=0)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="correction")
    account_number = models.CharField(max_length=20, blank=True)
    contract_number = models.CharField(max_length=20, blank=True)
    user_class = models.CharField(max_length=60, blank=True)
    service = models.CharField(max_length=20, blank=True, help_text="water, sewerage, purification; empty: all")
    channel = models.CharField(max_length=20, blank=True)
    text = models.CharField(max_length=200, blank=True)
    requested_at = models.DateTimeField(help_text="when the request came")
    started_at = models.DateTimeField(help_text="when the clock started: for most, when the request was complete")
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    level = models.IntegerField(help_text="of the standard on the day the clock started, in its unit")
    unit = models.CharField(max_length=20)
    level_amount = models.IntegerField(help_text="as elapsed is counted; a shorter promise is stricter")
    cite = models.CharField(max_length=200)
    due_on = models.DateField(null=True, help_text="latest good day; none while suspended")
    due_at = models.DateTimeField(null=True, help_text="first instant too late")
    elapsed = models.IntegerField(null=True, help_text="days, whole seconds or things, when it ended")
    within = models.BooleanField(null=True)
    cause = models.CharField(max_length=14, choices=Cause, default=Cause.OPERATOR)
    proof = models.CharField(max_length=300, blank=True, help_text="what proves the cause, as a document or a note")
    officer = models.CharField(max_length=150, blank=True)
    documents = models.JSONField(default=list, help_text="references of archived documents")
    band_end_at = models.DateTimeField(null=True, help_text="end of the appointment band; its start is started_at")
    cancel_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["standard", "reference", "revision"], name="performance_once"),
            models.CheckConstraint(
                name="performance_ended_is_measured",
                condition=~Q(state="ended") | Q(ended_at__isnull=False, elapsed__isnull=False, within__isnull=False),
            ),
            models.CheckConstraint(
                name="performance_ends_after_start",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="performance_cause_is_proven", condition=Q(cause="operator") | ~Q(proof="") | ~Q(state="ended")
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], name="performance_open", condition=Q(state__in=["running", "suspended"])),
            models.Index(fields=["reference"], name="performance_reference"),
            models.Index(fields=["account_number", "standard"], name="performance_account"),
            models.Index(fields=["started_at"], name="performance_started"),
            models.Index(fields=["ended_at"], name="performance_missed", condition=Q(within=False)),
        ]
        triggers = [
            pgtrigger.Protect(
                name="ended_performance_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["ended", "cancelled"]),
            ),
            pgtrigger.Protect(name="performance_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.standard} {self.reference}"


class Suspension(models.Model):
    """Time that does not count, with its cause: a permit of others, an act of the customer."""

    class Cause(models.TextChoices):
        PERMIT = "permit", "Attesa di permessi di terzi"
        CUSTOMER = "customer", "Attesa di un atto del cliente"
        ACCESS = "access", "Accesso non consentito"

    performance = models.ForeignKey(Performance, models.PROTECT, related_name="suspensions")
    start_at = models.DateTimeField()
    end_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=10, choices=Cause)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["performance"], name="suspension_one_open", condition=Q(end_at__isnull=True)
            ),
            models.CheckConstraint(
                name="suspension_ends_after_start", condition=Q(end_at__isnull=True) | Q(end_at__gte=F("start_at"))
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="suspension_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__end_at__isnull=False),
            ),
            pgtrigger.Protect(name="suspension_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.performance} {self.start_at}"


class IndemnityDue(models.Model):
    """One part of the indemnity of a performance: it grows until it is handed on, later growth is a new part."""

    class State(models.TextChoices):
        ACCRUED = "accrued", "Maturato"
        SUSPENDED = "suspended", "Sospeso per morosità"
        ON_BILL = "on_bill", "Nella prossima bolletta"
        DIRECT = "direct", "Da pagare direttamente"
        PAID = "paid", "Corrisposto"
        EXCLUDED = "excluded", "Non dovuto"

    class Excluded(models.TextChoices):
        FORCE_MAJEURE = "force_majeure", "Forza maggiore"
        THIRD_PARTY = "third_party", "Cliente o terzi"
        YEAR_CAP = "year_cap", "Già indennizzato nell'anno"
        CANCELLED = "cancelled", "Prestazione annullata"
        CORRECTED = "corrected", "Registrazione corretta"

    performance = models.ForeignKey(Performance, models.PROTECT, related_name="indemnities")
    part = models.SmallIntegerField(default=1)
    account_number = models.CharField(max_length=20, blank=True)
    cents = models.IntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.ACCRUED)
    excluded = models.CharField(max_length=14, choices=Excluded, blank=True)
    accrued_on = models.DateField()
    settle_by = models.DateField(help_text="latest payment day")
    one_off_reference = models.CharField(max_length=80, blank=True)
    bill_number = models.CharField(max_length=20, blank=True)
    payment_reference = models.CharField(max_length=80, blank=True)
    paid_on = models.DateField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["performance", "part"], name="indemnity_part_once"),
            models.CheckConstraint(name="indemnity_positive", condition=Q(cents__gt=0)),
            models.CheckConstraint(
                name="indemnity_paid_has_day", condition=~Q(state="paid") | Q(paid_on__isnull=False)
            ),
            models.CheckConstraint(name="indemnity_excluded_says_why", condition=Q(state="excluded") ^ Q(excluded="")),
        ]
        indexes = [
            models.Index(
                fields=["settle_by"],
                name="indemnity_open",
                condition=Q(state__in=["accrued", "suspended", "on_bill", "direct"]),
            ),
            models.Index(fields=["account_number", "accrued_on"], name="indemnity_account_year"),
        ]
        triggers = [pgtrigger.Protect(name="indemnity_stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.performance} {self.part}"


class IndemnityStep(models.Model):
    """What happened to an indemnity: raised as the delay grew, suspended, handed to a bill, paid, excluded."""

    indemnity = models.ForeignKey(IndemnityDue, models.PROTECT, related_name="steps")
    on = models.DateField()
    state = models.CharField(max_length=10, choices=IndemnityDue.State)
    cents = models.IntegerField()
    elapsed = models.IntegerField(null=True, help_text="of the performance on that day, when it raised the amount")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="indemnity_step_never_changes", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.indemnity} {self.on} {self.state}"


class Evaluation(models.Model):
    """A day up to which every open clock was looked at; the audit measures what is unpaid from the latest."""

    as_of = models.DateField(unique=True)
    evaluated_at = models.DateTimeField()
    looked_at = models.IntegerField()
    late = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.as_of}"
