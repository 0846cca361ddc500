"""Leave to debit, positions to pay, and the money that came."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Mandate(models.Model):
    """Leave to debit a bank account (SEPA Core)."""

    class State(models.TextChoices):
        ACTIVE = "active", "Attivo"
        SUSPENDED = "suspended", "Sospeso"
        REVOKED = "revoked", "Revocato"
        EXPIRED = "expired", "Scaduto"

    contract_account = models.ForeignKey("customers.ContractAccount", models.PROTECT, related_name="mandates")
    creditor_id = models.CharField(max_length=35)
    umr = models.CharField(max_length=35, help_text="unique mandate reference")
    iban = models.BinaryField(help_text="encrypted at rest")
    iban_tail = models.CharField(max_length=4)
    holder_name = models.CharField(max_length=70)
    holder_tax_code = models.CharField(max_length=16)
    signed_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    ended_on = models.DateField(null=True)
    latest_presented_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["creditor_id", "umr"], name="mandate_reference_once"),
            models.UniqueConstraint(
                fields=["contract_account"], name="mandate_one_active_per_account", condition=Q(state="active")
            ),
        ]

    def __str__(self) -> str:
        return self.umr


class DebitFile(models.Model):
    """One pain.008 file handed to the bank."""

    message_id = models.CharField(max_length=35, unique=True)
    due_on = models.DateField()
    version = models.CharField(max_length=20)
    debits = models.IntegerField()
    cents = models.BigIntegerField()
    document = models.ForeignKey("archive.Document", models.PROTECT)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.message_id


class Collection(models.Model):
    """One debit asked for one bill; every attempt is a row of its own."""

    class State(models.TextChoices):
        PREPARED = "prepared", "Preparato"
        SENT = "sent", "Inviato"
        SETTLED = "settled", "Incassato"
        RETURNED = "returned", "Insoluto"
        CANCELLED = "cancelled", "Annullato"

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="collections")
    bill = models.ForeignKey("billing.Bill", models.PROTECT, related_name="collections")
    end_to_end_id = models.CharField(max_length=35, unique=True)
    due_on = models.DateField()
    prenotified_on = models.DateField()
    cents = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.PREPARED)
    file = models.ForeignKey(DebitFile, models.PROTECT, null=True, related_name="collections")
    return_reason = models.CharField(max_length=4, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bill"],
                name="collection_one_alive_per_bill",
                condition=Q(state__in=["prepared", "sent", "settled"]),
            ),
            models.CheckConstraint(name="collection_positive", condition=Q(cents__gt=0)),
        ]

    def __str__(self) -> str:
        return self.end_to_end_id


class NoticeSequence(models.Model):
    """The latest base number given under a segregation code; never reused."""

    segregation = models.CharField(max_length=2, unique=True)
    latest = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.segregation


class DebtPosition(models.Model):
    """A pagoPA position: what can be paid with a notice number."""

    class State(models.TextChoices):
        OPEN = "open", "Da pagare"
        PAID = "paid", "Pagata"
        CLOSED = "closed", "Chiusa"

    bill = models.OneToOneField("billing.Bill", models.PROTECT, related_name="position")
    notice_number = models.CharField(max_length=18, unique=True)
    iuv = models.CharField(max_length=17)
    cents = models.BigIntegerField()
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="position_positive", condition=Q(cents__gt=0))]

    def __str__(self) -> str:
        return self.notice_number


class StatementFile(models.Model):
    """A bank statement as it came; the same content is recognised and changes nothing."""

    document = models.OneToOneField("archive.Document", models.PROTECT)
    imported_at = models.DateTimeField()
    entries = models.IntegerField()
    new_entries = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.document}"


class Payment(models.Model):
    """Money that came or went back, whatever road it took: a statement entry or a pagoPA receipt."""

    class Kind(models.TextChoices):
        TRANSFER = "transfer", "Bonifico"
        SDD = "sdd", "Addebito diretto"
        SDD_RETURN = "sdd_return", "Insoluto"
        PAGOPA = "pagopa", "pagoPA"
        PAGOPA_FLOW = "pagopa_flow", "Riversamento pagoPA"
        REFUND = "refund", "Rimborso"
        OTHER = "other", "Altro"

    class Match(models.TextChoices):
        MATCHED = "matched", "Abbinato"
        SUSPENSE = "suspense", "Da abbinare"
        IGNORED = "ignored", "Senza effetto"

    # `receipt:<EC>/<receipt id>` or `statement:<hash of account, days, amount, reference, position among equals>`
    fingerprint = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    match = models.CharField(max_length=10, choices=Match)
    matched_by = models.CharField(max_length=20, blank=True, help_text="end_to_end_id, notice, rf, bill_number, hand")
    cents = models.BigIntegerField(help_text="positive: money in")
    paid_on = models.DateField(help_text="the day that frees the debtor")
    booked_on = models.DateField()
    payer = models.CharField(max_length=140, blank=True)
    remittance = models.TextField(blank=True)
    references = models.JSONField(default=dict, help_text="end_to_end_id, mandate_id, notice, iuv, return_reason …")
    contract_account = models.ForeignKey(
        "customers.ContractAccount", models.PROTECT, null=True, related_name="payments"
    )
    bill = models.ForeignKey("billing.Bill", models.PROTECT, null=True, related_name="payments")
    transaction = models.OneToOneField("ledger.Transaction", models.PROTECT, null=True)
    document = models.ForeignKey("archive.Document", models.PROTECT, related_name="+")
    statement_file = models.ForeignKey(StatementFile, models.PROTECT, null=True, related_name="payments")
    content = models.JSONField(default=dict, help_text="every field as it came, to refuse a changed repetition")

    class Meta:
        indexes = [models.Index(fields=["match", "id"], name="payment_suspense", condition=Q(match="suspense"))]

    def __str__(self) -> str:
        return self.fingerprint


class RefundIban(models.Model):
    """The bank account a customer wants refunds on, where it is not the one that is debited."""

    contract_account = models.OneToOneField("customers.ContractAccount", models.PROTECT, related_name="+")
    iban = models.BinaryField(help_text="encrypted at rest")
    iban_tail = models.CharField(max_length=4)
    holder_name = models.CharField(max_length=70)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.contract_account} …{self.iban_tail}"


class RefundFile(models.Model):
    """One list of refunds handed over: a pain.001 file to the bank, or a list of postal orders."""

    message_id = models.CharField(max_length=35, unique=True)
    way = models.CharField(max_length=10)
    refunds = models.IntegerField()
    cents = models.BigIntegerField()
    document = models.ForeignKey("archive.Document", models.PROTECT)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.message_id


class Refund(models.Model):
    """What we pay back to a contract account."""

    class State(models.TextChoices):
        PREPARED = "prepared", "Da inviare"
        SENT = "sent", "Inviato"
        PAID = "paid", "Pagato"
        RETURNED = "returned", "Tornato indietro"

    class Way(models.TextChoices):
        TRANSFER = "transfer", "Bonifico"
        POSTAL = "postal", "Assegno postale"

    contract_account = models.ForeignKey("customers.ContractAccount", models.PROTECT, related_name="refunds")
    cents = models.BigIntegerField()
    way = models.CharField(max_length=10, choices=Way)
    iban = models.BinaryField(null=True, help_text="encrypted at rest")
    iban_tail = models.CharField(max_length=4, blank=True)
    holder_name = models.CharField(max_length=70)
    reason = models.CharField(max_length=20, help_text="closed, waiting, asked")
    prepared_on = models.DateField()
    end_to_end_id = models.CharField(max_length=35, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.PREPARED)
    file = models.ForeignKey(RefundFile, models.PROTECT, null=True, related_name="contents")
    transaction = models.OneToOneField("ledger.Transaction", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="refund_positive", condition=Q(cents__gt=0)),
            models.CheckConstraint(
                name="refund_way", condition=Q(way="transfer", iban__isnull=False) | Q(way="postal", iban__isnull=True)
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="refund_waiting", condition=Q(state="prepared"))]

    def __str__(self) -> str:
        return self.end_to_end_id
