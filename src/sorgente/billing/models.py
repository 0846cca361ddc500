"""Runs, bills and their rows. An issued row is never edited."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class BillingRun(models.Model):
    """One day's billing; its steps can be run again and go on from where they stopped."""

    class Step(models.TextChoices):
        SELECT = "select", "Selezione"
        RATE = "rate", "Calcolo"
        GATE = "gate", "Controllo"
        ISSUE = "issue", "Emissione"
        RENDER = "render", "Documenti"
        TRANSMIT = "transmit", "Trasmissione"
        DELIVER = "deliver", "Recapito"
        COLLECT = "collect", "Incasso"
        DONE = "done", "Conclusa"

    name = models.CharField(max_length=40, unique=True)
    bill_on = models.DateField()
    due_on = models.DateField()
    read_through = models.DateField(help_text="reads up to and including this day are billed")
    step = models.CharField(max_length=10, choices=Step, default=Step.SELECT)
    selected = models.IntegerField(default=0)
    issued = models.IntegerField(default=0)
    parked = models.IntegerField(default=0)
    rendered = models.IntegerField(default=0)
    transmitted = models.IntegerField(default=0)
    delivered = models.IntegerField(default=0)
    collected = models.IntegerField(default=0)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    version = models.CharField(max_length=60, help_text="version of the code and of the rules")

    def __str__(self) -> str:
        return self.name


class RunItem(models.Model):
    """One supply contract in a run: it ends as a bill or is parked with its reason."""

    class State(models.TextChoices):
        SELECTED = "selected", "Selezionata"
        ISSUED = "issued", "Emessa"
        PARKED = "parked", "Sospesa"
        RELEASED = "released", "Rilasciata"
        NOTHING = "nothing", "Niente da fatturare"

    run = models.ForeignKey(BillingRun, models.PROTECT, related_name="items")
    contract = models.ForeignKey("customers.SupplyContract", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.SELECTED)
    code = models.CharField(max_length=80, blank=True)
    reason = models.TextField(blank=True)
    next_step = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "contract"], name="run_item_once")]
        indexes = [models.Index(fields=["run", "id"], name="run_item_parked", condition=Q(state="parked"))]

    def __str__(self) -> str:
        return f"{self.run} {self.contract}"


class BillSeries(models.Model):
    """The latest number given in a series and year; the row is locked while numbers are taken."""

    code = models.CharField(max_length=8)
    year = models.SmallIntegerField()
    latest = models.BigIntegerField(default=0)
    latest_issued_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "year"], name="bill_series_once")]

    def __str__(self) -> str:
        return f"{self.year}/{self.code}"


class Bill(models.Model):
    class Kind(models.TextChoices):
        ACTUAL = "actual", "Conguaglio"
        ESTIMATED = "estimated", "Acconto"
        MIXED = "mixed", "Misto"
        CLOSING = "closing", "Chiusura"
        CORRECTION = "correction", "Rettifica"
        CREDIT_NOTE = "credit_note", "Nota di credito"

    number = models.CharField(max_length=20, unique=True)
    series = models.ForeignKey(BillSeries, models.PROTECT, related_name="bills")
    sequence = models.BigIntegerField()
    run = models.ForeignKey(BillingRun, models.PROTECT, null=True, related_name="bills")
    contract_account = models.ForeignKey("customers.ContractAccount", models.PROTECT, related_name="bills")
    contract = models.ForeignKey("customers.SupplyContract", models.PROTECT, related_name="bills")
    kind = models.CharField(max_length=12, choices=Kind)
    issued_on = models.DateField()
    due_on = models.DateField()
    start = models.DateField()
    end = models.DateField(help_text="half-open: the day after the latest billed")
    quantity_milli = models.BigIntegerField()
    net_cents = models.BigIntegerField()
    vat_cents = models.BigIntegerField()
    total_cents = models.BigIntegerField()
    to_pay_cents = models.BigIntegerField(help_text="total less VAT under split payment")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    transaction = models.OneToOneField("ledger.Transaction", models.PROTECT)
    inputs = models.JSONField(help_text="what the bill was computed from, to replay it")
    einvoice = models.ForeignKey("archive.Document", models.PROTECT, null=True, related_name="+")
    einvoice_name = models.CharField(max_length=40, blank=True)
    document = models.ForeignKey("archive.Document", models.PROTECT, null=True, related_name="+")
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "sequence"], name="bill_sequence_once"),
            models.CheckConstraint(name="bill_adds_up", condition=Q(total_cents=F("net_cents") + F("vat_cents"))),
            models.CheckConstraint(name="bill_has_a_day", condition=Q(end__gt=F("start"))),
        ]

    def __str__(self) -> str:
        return self.number


class Charge(models.Model):
    """One row of a bill, tied to one rule."""

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="charges")
    position = models.SmallIntegerField()
    service = models.SmallIntegerField()
    kind = models.SmallIntegerField()
    bracket = models.SmallIntegerField()
    start = models.DateField()
    end = models.DateField()
    quantity_milli = models.BigIntegerField()
    unit_price_e8 = models.BigIntegerField()
    cents = models.BigIntegerField()
    vat_code = models.SmallIntegerField()
    rule = models.IntegerField(help_text="row of the tariff book, see BillRule")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bill", "position"], name="charge_position_once")]

    def __str__(self) -> str:
        return f"{self.bill} {self.position}"


class BillVat(models.Model):
    """VAT of a bill for one rate."""

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="vat_groups")
    vat_code = models.SmallIntegerField()
    base_cents = models.BigIntegerField()
    vat_cents = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bill", "vat_code"], name="bill_vat_once")]

    def __str__(self) -> str:
        return f"{self.bill} VAT {self.vat_code}"


class BilledConsumption(models.Model):
    """Which days and which water a bill took from a register: what keeps periods without gaps or overlaps.

    An estimated stretch (to_read empty) is superseded by the bill that rests on the next actual read;
    the superseding stretch starts at the earlier actual read.
    """

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="consumptions")
    contract = models.ForeignKey("customers.SupplyContract", models.PROTECT, related_name="+")
    register = models.ForeignKey("metering.Register", models.PROTECT, related_name="+", db_index=False)
    start = models.DateField()
    end = models.DateField()
    quantity_milli = models.BigIntegerField()
    from_read = models.ForeignKey("metering.Read", models.PROTECT, null=True, related_name="+", db_index=False)
    to_read = models.ForeignKey("metering.Read", models.PROTECT, null=True, related_name="+", db_index=False)
    estimated = models.BooleanField()
    superseded_by = models.ForeignKey(Bill, models.PROTECT, null=True, related_name="superseded")

    class Meta:
        indexes = [models.Index(fields=["contract", "end"], name="billed_consumption_contract")]

    def __str__(self) -> str:
        return f"{self.contract} {self.start} {self.end}"
