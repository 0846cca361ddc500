"""Meters, what they showed, and how we know it."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q

from sorgente.customers.constraints import one_at_a_time


class Device(models.Model):
    """A thing that measures."""

    serial = models.CharField(max_length=30, unique=True)
    manufacturer = models.CharField(max_length=3, blank=True, help_text="three-letter code of EN 62056-21")
    model = models.CharField(max_length=60, blank=True)
    medium = models.CharField(max_length=20, default="water")
    diameter_mm = models.SmallIntegerField(default=15)
    made_in_year = models.SmallIntegerField(null=True)
    # Radio: the address in the telegram (8 digits) and its key, encrypted at rest, never logged.
    radio_id = models.CharField(max_length=8, blank=True)
    radio_key = models.BinaryField(null=True)

    class Meta:
        indexes = [models.Index(fields=["radio_id"], name="device_radio", condition=~Q(radio_id=""))]

    def __str__(self) -> str:
        return self.serial


class Register(models.Model):
    """One row of digits on a device."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="registers")
    name = models.CharField(max_length=20, default="total")
    digits = models.SmallIntegerField(default=5, help_text="whole units shown before it starts again from zero")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "name"], name="register_once")]

    def __str__(self) -> str:
        return f"{self.device} {self.name}"


class Installation(models.Model):
    """A register at a service point over a period."""

    register = models.ForeignKey(Register, models.PROTECT, related_name="installations")
    service_point = models.ForeignKey("customers.ServicePoint", models.PROTECT, related_name="installations")
    installed = DateRangeField()
    first_index_milli = models.BigIntegerField(default=0)
    final_index_milli = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            one_at_a_time("installation_one_place_per_register_and_day", "register", "installed"),
            one_at_a_time("installation_one_register_per_point_and_day", "service_point", "installed"),
            models.CheckConstraint(name="installation_has_a_day", condition=Q(installed__isempty=False)),
        ]

    def __str__(self) -> str:
        return f"{self.register} @ {self.service_point}"


class Read(models.Model):
    """The index seen on a register on a day. State changes add facts; nothing is deleted."""

    class Kind(models.TextChoices):  # the measure status of MIS-09, told by origin
        READER = "reader", "Letturista"
        RADIO = "radio", "Telelettura"
        SELF = "self", "Autolettura"
        INSTALL = "install", "Posa"
        REMOVE = "remove", "Rimozione"
        ESTIMATE = "estimate", "Stima"
        RECONSTRUCTED = "reconstructed", "Ricostruzione"

    class State(models.TextChoices):
        ACCEPTED = "accepted", "Valida"
        HELD = "held", "Da verificare"
        DISCARDED = "discarded", "Scartata"

    # The two indexes below lead with the register; Django's own would only slow the mass path.
    register = models.ForeignKey(Register, models.PROTECT, related_name="reads", db_index=False)
    read_on = models.DateField()
    index_milli = models.BigIntegerField(help_text="thousandths of the unit: litres for water")
    # The index as if the register never started again: index + turns x 10^digits x 1000.
    running_milli = models.BigIntegerField()
    kind = models.CharField(max_length=14, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.ACCEPTED)
    reason = models.CharField(max_length=200, blank=True, help_text="why it is held or discarded: rule and figures")
    received_at = models.DateTimeField()
    telegram = models.ForeignKey("Telegram", models.PROTECT, null=True, related_name="reads", db_index=False)
    evidence = models.ForeignKey("archive.Document", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register", "read_on"],
                name="read_one_accepted_per_register_and_day",
                condition=Q(state="accepted"),
            ),
            models.CheckConstraint(name="read_index_not_negative", condition=Q(index_milli__gte=0)),
        ]
        indexes = [
            models.Index(fields=["read_on"], name="read_held", condition=Q(state="held")),
            models.Index(fields=["register"], name="read_set_aside", condition=~Q(state="accepted")),
            models.Index(fields=["telegram"], name="read_telegram", condition=Q(telegram__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.read_on}"


class ReadChange(models.Model):
    """Who moved a read from one state to another, when and why (MIS-09). Append-only."""

    read = models.ForeignKey(Read, models.PROTECT, related_name="changes")
    from_state = models.CharField(max_length=10, choices=Read.State)
    to_state = models.CharField(max_length=10, choices=Read.State)
    reason = models.CharField(max_length=200)
    changed_by = models.CharField(max_length=80, help_text="login of the person, or the rule that decided")
    changed_at = models.DateTimeField()
    replaced_by = models.ForeignKey(Read, models.PROTECT, null=True, related_name="+", db_index=False)

    def __str__(self) -> str:
        return f"{self.read}: {self.from_state} -> {self.to_state}"


class Telegram(models.Model):
    """A radio telegram as it came through the air, kept as evidence."""

    class Outcome(models.TextChoices):
        READ = "read", "Lettura"
        DECODED = "decoded", "Decodificato"
        WRONG_KEY = "wrong_key", "Chiave errata"
        UNSUPPORTED = "unsupported", "Non supportato"
        MALFORMED = "malformed", "Malformato"
        UNKNOWN_METER = "unknown_meter", "Contatore sconosciuto"

    # A drive-by pass hears the same telegram many times.
    fingerprint = models.BinaryField(unique=True, help_text="SHA-256 of the bytes and the day heard, when it is told")
    raw = models.BinaryField()
    heard_at = models.DateTimeField()
    outcome = models.CharField(max_length=14, choices=Outcome)
    radio_id = models.CharField(max_length=8, blank=True)
    message = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.radio_id} {self.heard_at:%Y-%m-%d %H:%M}"


class RecordFormat(models.Model):
    """Record headers of a full frame, learnt so that a later compact frame can be read."""

    signature = models.CharField(max_length=4, unique=True)
    headers = models.BinaryField()
    learnt_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.signature


class ReaderProfile(models.Model):
    """How to read one maker's file, as data: separator, columns, dates, unit, decimal sign."""

    name = models.CharField(max_length=40, unique=True)
    settings = models.JSONField()

    def __str__(self) -> str:
        return self.name


class ReaderFile(models.Model):
    """One imported file; the same content is recognised and changes nothing."""

    document = models.OneToOneField("archive.Document", models.PROTECT)
    profile = models.ForeignKey(ReaderProfile, models.PROTECT)
    imported_at = models.DateTimeField()
    lines = models.IntegerField()
    accepted = models.IntegerField()
    held = models.IntegerField()
    repeated = models.IntegerField(help_text="reads that were there already, with the same index")
    without_read = models.IntegerField(help_text="visits that brought no read: absent, not accessible")
    rejected = models.IntegerField()
    rejects = models.ForeignKey("archive.Document", models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.document}"


class AnnualConsumption(models.Model):
    """Ca of a service point for the estimates of a year, computed by 31 July before it (TIMSII art. 10)."""

    service_point = models.ForeignKey("customers.ServicePoint", models.PROTECT, related_name="annual_consumptions")
    year = models.SmallIntegerField()
    quantity_milli = models.BigIntegerField()
    basis = models.CharField(max_length=10, choices=[("reads", "Letture"), ("class", "Classe d'uso")])
    earlier_on = models.DateField(null=True, help_text="days of the two measures it rests on; empty: class mean")
    later_on = models.DateField(null=True)
    computed_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service_point", "year"], name="annual_consumption_once")]

    def __str__(self) -> str:
        return f"{self.service_point} {self.year}"
