"""Runs, bills and their rows. An issued row is never edited: the database refuses it (migration 0002_guard)."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q


class RuleSnapshot(models.Model):
    """The tariffs and components a run was rated with, as text, so that a bill replays when the files have gone."""

    sha256 = models.CharField(max_length=64, unique=True)
    content = models.BinaryField(help_text="gzip of JSON: file name -> text")

    def __str__(self) -> str:
        return self.sha256[:12]


class BillRule(models.Model):
    """One priced line of a tariff, or one kind of one-off row: what its rows are called and who decided it."""

    tariff = models.CharField(max_length=60)
    path = models.CharField(max_length=120, help_text="place in the tariff file, or id of the component's rule")
    start = models.DateField(help_text="first day of the version; the book cuts a version where a component changes")
    service = models.CharField(max_length=40)
    service_code = models.SmallIntegerField()
    kind = models.SmallIntegerField()
    brackets = models.JSONField(default=list, help_text="names, in order")
    cite = models.CharField(max_length=300, blank=True)
    nature = models.CharField(max_length=4, blank=True, default="", help_text="why there is no VAT: FatturaPA Natura")
    law = models.CharField(max_length=100, blank=True, default="", help_text="RiferimentoNormativo of the nature")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tariff", "path", "start"], name="bill_rule_once")]

    def __str__(self) -> str:
        return f"{self.tariff} {self.path}"


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
    rules = models.ForeignKey(RuleSnapshot, models.PROTECT, related_name="+", db_index=False)
    keeps_short_periods = models.BooleanField(
        default=False, help_text="contracts named one by one: any new read counts"
    )
    bills_one_offs_only = models.BooleanField(default=False, db_default=False, help_text="no water: what waits besides")

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
        CARRIED = "carried", "Ripresa in una nuova emissione"

    run = models.ForeignKey(BillingRun, models.PROTECT, related_name="items", db_index=False)
    contract = models.ForeignKey("customers.SupplyContract", models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State, default=State.SELECTED)
    code = models.CharField(max_length=80, blank=True)
    reason = models.TextField(blank=True)
    next_step = models.TextField(blank=True)
    released_by = models.CharField(max_length=150, blank=True)
    released_at = models.DateTimeField(null=True)
    release_reason = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "contract"], name="run_item_once")]
        indexes = [
            models.Index(fields=["run", "id"], name="run_item_parked", condition=Q(state="parked")),
            models.Index(
                fields=["run", "id"], name="run_item_waiting", condition=Q(state__in=["selected", "released"])
            ),
            models.Index(fields=["contract"], name="run_item_unbilled", condition=Q(state__in=["parked", "released"])),
        ]

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


class BillInputs(models.Model):
    """What the bills of one batch were computed from, as columns; with the rules it replays them bit for bit."""

    run = models.ForeignKey(BillingRun, models.PROTECT, null=True, related_name="inputs")
    rules = models.ForeignKey(RuleSnapshot, models.PROTECT, related_name="+", db_index=False)
    version = models.CharField(max_length=60, help_text="of the code")
    stretches = models.BinaryField(help_text="Arrow: days, water, reads with their values, estimates with their Ca")
    conditions = models.BinaryField(help_text="Arrow: the terms of the contracts, tariff and category by name")
    taken_back = models.BinaryField(help_text="Arrow: which earlier bills each bill takes back")
    one_offs = models.BinaryField(default=b"", help_text="Arrow: the one-off rows, and the stamp duty there was")

    def __str__(self) -> str:
        return f"inputs {self.pk}"


class Bill(models.Model):
    """An issued bill. Foreign keys are checked once per statement, as nothing they point at can be deleted."""

    class Kind(models.TextChoices):
        ACTUAL = "actual", "Conguaglio"
        ESTIMATED = "estimated", "Acconto"
        MIXED = "mixed", "Misto"
        CLOSING = "closing", "Chiusura"
        CORRECTION = "correction", "Rettifica"
        CREDIT_NOTE = "credit_note", "Nota di credito"
        ONE_OFF = "one_off", "Altre partite"

    number = models.CharField(max_length=20, unique=True)
    series = models.ForeignKey(BillSeries, models.PROTECT, related_name="bills", db_index=False, db_constraint=False)
    sequence = models.BigIntegerField()
    run = models.ForeignKey(
        BillingRun, models.PROTECT, null=True, related_name="bills", db_index=False, db_constraint=False
    )
    contract_account = models.ForeignKey(
        "customers.ContractAccount", models.PROTECT, related_name="bills", db_constraint=False
    )
    contract = models.ForeignKey("customers.SupplyContract", models.PROTECT, related_name="bills", db_constraint=False)
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
    split_payment = models.BooleanField(default=False)
    # Both have a default in the database, so that the mass path names them only where they say something.
    credit_cents = models.BigIntegerField(
        default=0, db_default=0, help_text="earlier credits of the account used for this bill on the day of issue"
    )
    stamp_duty_cents = models.BigIntegerField(default=0, db_default=0, help_text="due on the document")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections", db_index=False)
    # Empty when nothing is to be posted: every amount of the bill is zero.
    transaction = models.ForeignKey(
        "ledger.Transaction", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    inputs = models.ForeignKey(BillInputs, models.PROTECT, related_name="bills", db_index=False, db_constraint=False)
    einvoice = models.ForeignKey("archive.Document", models.PROTECT, null=True, related_name="+", db_index=False)
    einvoice_name = models.CharField(max_length=40, blank=True)
    document = models.ForeignKey("archive.Document", models.PROTECT, null=True, related_name="+", db_index=False)
    transmitted_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "sequence"], name="bill_sequence_once"),
            models.CheckConstraint(name="bill_adds_up", condition=Q(total_cents=F("net_cents") + F("vat_cents"))),
            models.CheckConstraint(name="bill_has_a_day", condition=Q(end__gt=F("start"))),
            models.CheckConstraint(
                name="bill_credit_fits",
                condition=Q(credit_cents=0) | Q(credit_cents__gt=0, credit_cents__lte=F("to_pay_cents")),
            ),
        ]
        indexes = [
            BrinIndex(fields=["run", "issued_on"], name="bill_run_day", pages_per_range=32),
            models.Index(fields=["corrects"], name="bill_corrects", condition=Q(corrects__isnull=False)),
            models.Index(fields=["einvoice_name"], name="bill_einvoice_name", condition=~Q(einvoice_name="")),
        ]

    def __str__(self) -> str:
        return self.number


class Charge(models.Model):
    """One row of a bill, tied to one rule."""

    pk = models.CompositePrimaryKey("bill_id", "position")
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="charges", db_index=False, db_constraint=False)
    position = models.SmallIntegerField()
    service = models.SmallIntegerField()
    kind = models.SmallIntegerField()
    bracket = models.SmallIntegerField()
    start = models.DateField()
    end = models.DateField()
    quantity_milli = models.BigIntegerField()
    unit_price_e8 = models.BigIntegerField()
    cents = models.BigIntegerField()
    vat_e4 = models.IntegerField(help_text="1000 is 10 %")
    rule = models.ForeignKey(BillRule, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    estimated = models.BooleanField(help_text="rests on an estimate, so that a later bill may take it back")
    reverses = models.ForeignKey(
        Bill, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False,
        help_text="the earlier bill that charged this; the row takes it back",
    )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.bill} {self.position}"


class BillVat(models.Model):
    """VAT of a bill for one rate."""

    pk = models.CompositePrimaryKey("bill_id", "vat_e4")
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="vat_groups", db_index=False, db_constraint=False)
    vat_e4 = models.IntegerField(help_text="1000 is 10 %")
    base_cents = models.BigIntegerField()
    vat_cents = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.bill} VAT {self.vat_e4}"


class BilledConsumption(models.Model):
    """Which days and which water a bill took from a register: what keeps periods without gaps or overlaps.

    An estimated stretch (to_read empty) is superseded by the bill that rests on the next actual read;
    the superseding stretch starts at the earlier actual read. A credit note supersedes what it takes back.
    """

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="consumptions", db_constraint=False)
    contract = models.ForeignKey(
        "customers.SupplyContract", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    register = models.ForeignKey(
        "metering.Register", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    start = models.DateField()
    end = models.DateField()
    quantity_milli = models.BigIntegerField()
    from_read = models.ForeignKey(
        "metering.Read", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    to_read = models.ForeignKey(
        "metering.Read", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    estimated = models.BooleanField()
    superseded_by = models.ForeignKey(
        Bill, models.PROTECT, null=True, related_name="superseded", db_index=False, db_constraint=False
    )

    class Meta:
        constraints = [
            # Two bills of the same days would start on the same day: the second is refused, whoever runs it.
            models.UniqueConstraint(
                fields=["contract", "start"], name="billed_once", condition=Q(superseded_by__isnull=True)
            ),
        ]
        indexes = [
            models.Index(fields=["superseded_by"], name="billed_superseded", condition=Q(superseded_by__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.contract} {self.start} {self.end}"


class Deposit(models.Model):
    """The security deposit of a supply contract: what is asked, and what came of it.

    What was billed of it are its one-off rows; `carried` is what an earlier contract of the household brought along.
    """

    class State(models.TextChoices):
        REQUIRED = "required", "Richiesto"
        WAIVED = "waived", "Non dovuto"
        RETURNED = "returned", "Restituito"
        TRANSFERRED = "transferred", "Passato ad altro contratto"

    contract = models.ForeignKey("customers.SupplyContract", models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State)
    required_cents = models.BigIntegerField()
    reason = models.CharField(max_length=200, blank=True, help_text="why it is not due, or why it ended")
    asked_on = models.DateField()
    ended_on = models.DateField(null=True)
    carried = models.JSONField(default=list, help_text="[[cents, first day held], …] from the contract before")
    came_from = models.OneToOneField("self", models.PROTECT, null=True, related_name="went_to")
    returned_cents = models.BigIntegerField(default=0)
    interest_cents = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract"], name="deposit_one_alive", condition=Q(state="required")),
            models.CheckConstraint(name="deposit_not_negative", condition=Q(required_cents__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.contract} {self.required_cents}"


class OneOff(models.Model):
    """A row that no tariff makes, waiting for a bill of its contract: a deposit, an indemnity, a fee."""

    class State(models.TextChoices):
        PENDING = "pending", "Da fatturare"
        BILLED = "billed", "Fatturata"
        CANCELLED = "cancelled", "Annullata"

    contract = models.ForeignKey("customers.SupplyContract", models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, help_text="of rules/billing/one_offs.yaml")
    text = models.CharField(max_length=500, help_text="Italian, as printed")
    cents = models.BigIntegerField(help_text="positive: the customer owes; before VAT")
    from_on = models.DateField(help_text="bills issued on this day or later take it")
    reference = models.CharField(max_length=120, unique=True, help_text="who asked: the same again is the same row")
    document = models.ForeignKey("archive.Document", models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    bill = models.ForeignKey(Bill, models.PROTECT, null=True, related_name="one_offs")
    after = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_index=False,
        help_text="waits for a bill later than that of this one: instalments",
    )  # fmt: skip
    deposit = models.ForeignKey(Deposit, models.PROTECT, null=True, related_name="one_offs")
    recorded_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="one_off_not_zero", condition=~Q(cents=0)),
            models.CheckConstraint(
                name="one_off_billed",
                condition=Q(state="billed", bill__isnull=False) | Q(~Q(state="billed"), bill__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["contract"], name="one_off_contract"),
            models.Index(fields=["contract", "from_on"], name="one_off_pending", condition=Q(state="pending")),
        ]

    def __str__(self) -> str:
        return self.reference


class OneOffRow(models.Model):
    """What a row of a bill that no tariff made says; the row itself is a Charge of the same position."""

    pk = models.CompositePrimaryKey("bill_id", "position")
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="one_off_rows", db_index=False)
    position = models.SmallIntegerField()
    # Empty on the stamp duty, which the bill itself brings.
    one_off = models.ForeignKey(OneOff, models.PROTECT, null=True, related_name="rows")
    text = models.TextField()

    def __str__(self) -> str:
        return f"{self.bill} {self.position}"
