"""Double-entry receivables. Append-only: the database itself refuses a change (migration 0002_guard).

Every entry on a contract account stands on the account `receivables` and has an open item: what a customer owes
is a positive item, what we owe a customer a negative one, and the balance is the sum of both.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q


class LedgerAccount(models.Model):
    """One row of the chart, kept in rules/ledger/accounts.yaml and loaded after every migration."""

    class Kind(models.TextChoices):
        ASSET = "asset", "Attività"
        LIABILITY = "liability", "Passività"
        INCOME = "income", "Ricavi"
        EXPENSE = "expense", "Costi"

    code = models.CharField(max_length=20, unique=True, help_text="what the program posts to; never changes")
    number = models.CharField(max_length=20, help_text="in the utility's own plan of accounts")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind)

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Transaction(models.Model):
    """What happened in one piece; its entries sum to zero."""

    # The same source twice is the same transaction: `bill:2026/SII/0000123`, `statement:<fingerprint>`.
    source = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20)
    booked_on = models.DateField()
    description = models.CharField(max_length=200)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [BrinIndex(fields=["booked_on"], name="transaction_day")]

    def __str__(self) -> str:
        return self.source


class Entry(models.Model):
    """A debit (positive cents) or a credit (negative) that never changes.

    Its foreign keys are kept by one check per statement instead of one per row: nothing they point at can be deleted.
    """

    pk = models.CompositePrimaryKey("transaction_id", "position")
    transaction = models.ForeignKey(
        Transaction, models.PROTECT, related_name="entries", db_index=False, db_constraint=False
    )
    position = models.SmallIntegerField()
    account = models.ForeignKey(
        LedgerAccount, models.PROTECT, related_name="entries", db_index=False, db_constraint=False
    )
    contract_account = models.ForeignKey(
        "customers.ContractAccount", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    cents = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(name="entry_not_zero", condition=~Q(cents=0))]
        indexes = [
            models.Index(
                fields=["contract_account"], name="entry_contract_account", condition=Q(contract_account__isnull=False)
            )
        ]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.transaction}: {self.cents}"


class OpenItem(models.Model):
    """A receivable (positive) or a credit (negative) of a contract account that can be settled."""

    transaction = models.ForeignKey(
        Transaction, models.PROTECT, related_name="open_items", db_index=False, db_constraint=False
    )
    position = models.SmallIntegerField(help_text="the entry of that transaction, checked once per statement")
    contract_account = models.ForeignKey(
        "customers.ContractAccount", models.PROTECT, related_name="open_items", db_constraint=False
    )
    reference = models.CharField(max_length=40, help_text="bill number, or the payment that made the credit")
    due_on = models.DateField()
    cents = models.BigIntegerField()
    settled_cents = models.BigIntegerField(default=0, help_text="kept by the allocations' trigger")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transaction", "position"], name="open_item_entry_once"),
            models.CheckConstraint(name="open_item_not_zero", condition=~Q(cents=0)),
            models.CheckConstraint(
                name="open_item_not_over_settled",
                condition=Q(cents__gt=0, settled_cents__gte=0, settled_cents__lte=F("cents"))
                | Q(cents__lt=0, settled_cents__lte=0, settled_cents__gte=F("cents")),
            ),
        ]
        indexes = [
            models.Index(fields=["reference"], name="open_item_reference"),
            models.Index(fields=["due_on"], name="open_item_open", condition=~Q(settled_cents=F("cents"))),
            # What may be set against the next bill: seldom any, so a mass posting hardly touches it.
            models.Index(
                fields=["contract_account"], name="open_item_credit", condition=Q(settled_cents__gt=F("cents"))
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Allocation(models.Model):
    """So many cents of a credit settle a receivable. Undone by a second, negative allocation."""

    receivable = models.ForeignKey(OpenItem, models.PROTECT, related_name="allocations_in")
    credit = models.ForeignKey(OpenItem, models.PROTECT, related_name="allocations_out")
    cents = models.BigIntegerField()
    allocated_on = models.DateField()
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="allocation_sign", condition=Q(cents__gt=0, undoes=None) | Q(cents__lt=0, undoes__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.receivable} <- {self.credit}: {self.cents}"
