"""What somebody asks about a supply: to have it, take it over, change it or end it, with its papers and its answer."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from sorgente.customers.models.history import with_history
from sorgente.customers.models.supply import Address, ContractAccount, Party, ServicePoint, SupplyContract


class RequestYear(models.Model):
    """The latest number given to a request of a year. A request that is undone leaves a hole: nobody minds."""

    year = models.SmallIntegerField(primary_key=True)
    latest = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.year}: {self.latest}"


@with_history
class ContractRequest(models.Model):
    """One request about one supply. Columns are filled step by step; what is empty has not been asked or told yet.

    While it is a draft it makes nobody a customer: party, account, point and contract come to be as it is carried out.
    """

    class Kind(models.TextChoices):
        ACTIVATION = "activation", "Nuova attivazione"
        SUBENTRO = "subentro", "Subentro"
        TAKEOVER = "takeover", "Voltura"
        TAKEOVER_BY_DEATH = "takeover_by_death", "Voltura per decesso"
        HOUSEHOLD = "household", "Variazione del nucleo"
        TERMINATION = "termination", "Disdetta"

    class State(models.TextChoices):
        DRAFT = "draft", "In compilazione"
        DOCUMENTS = "documents", "Documenti da raccogliere"
        TO_SIGN = "to_sign", "Da firmare"
        SIGNED = "signed", "Firmata"
        READY = "ready", "Pronta"
        EXECUTED = "executed", "Eseguita"
        CANCELLED = "cancelled", "Annullata"
        REFUSED = "refused", "Rifiutata"

    class Channel(models.TextChoices):
        DESK = "desk", "Sportello"
        PHONE = "phone", "Telefono"
        WEB = "web", "Area clienti"
        EMAIL = "email", "E-mail"
        PEC = "pec", "PEC"
        LETTER = "letter", "Lettera"

    class Title(models.TextChoices):
        """DL 47/2014 art. 5: ownership, lawful possession or detention."""

        OWNERSHIP = "ownership", "Proprietà"
        USUFRUCT = "usufruct", "Usufrutto o uso"
        LEASE = "lease", "Locazione"
        LOAN = "loan", "Comodato"
        INHERITANCE = "inheritance", "Eredità"
        ADMINISTRATION = "administration", "Amministrazione del condominio"
        DEROGATION = "derogation", "Deroga del sindaco"

    class Relation(models.TextChoices):
        """What the applicant was to a holder who died (RQSII art. 16)."""

        HEIR = "heir", "Erede"
        COHABITANT = "cohabitant", "Residente nella stessa casa"

    number = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.DESK)
    opened_by = models.CharField(max_length=80, help_text="login of who took it, or `web` for the customer alone")

    # ------------------------------------------------------------------ when
    received_at = models.DateTimeField()
    desired_on = models.DateField(null=True, help_text="the day asked for: first day of the new state of things")
    complete_at = models.DateTimeField(null=True, help_text="nothing is missing since: legal clocks count from here")
    signed_at = models.DateTimeField(null=True)
    effective_on = models.DateField(null=True, help_text="the day it was carried out from")
    executed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True, help_text="cancelled or refused")
    outcome_reason = models.CharField(max_length=300, blank=True, help_text="why it was cancelled or refused")

    # ------------------------------------------------------------------ what came of it, or what it is about
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="requests")
    account = models.ForeignKey(ContractAccount, models.PROTECT, null=True, related_name="requests")
    point = models.ForeignKey(ServicePoint, models.PROTECT, null=True, related_name="requests")
    contract = models.ForeignKey(
        SupplyContract, models.PROTECT, null=True, related_name="requests", help_text="made, changed or ended by it"
    )
    leaving_contract = models.ForeignKey(
        SupplyContract, models.PROTECT, null=True, related_name="leaving_requests", help_text="of who hands over"
    )

    # ------------------------------------------------------------------ who asks
    applicant_kind = models.CharField(max_length=12, choices=Party.Kind, blank=True)
    name = models.CharField(max_length=200, blank=True)
    first_name = models.CharField(max_length=80, blank=True)
    surname = models.CharField(max_length=80, blank=True)
    born_on = models.DateField(null=True)
    tax_code = models.CharField(max_length=16, blank=True)
    vat_number = models.CharField(max_length=11, blank=True)
    sdi_code = models.CharField(max_length=7, blank=True)
    pec = models.CharField(max_length=254, blank=True)
    email = models.CharField(max_length=254, blank=True)
    mobile = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=2, default="it")
    name_proven_by = models.CharField(max_length=120, blank=True, help_text="document seen when the code does not fit")
    relation = models.CharField(max_length=12, choices=Relation, blank=True)
    occupied_before = models.BooleanField(null=True, help_text="lived or worked there before, in any capacity (CON-03)")

    # ------------------------------------------------------------------ where
    supply_address = models.ForeignKey(Address, models.PROTECT, null=True, related_name="+")
    access = models.CharField(max_length=20, choices=ServicePoint.Access, default=ServicePoint.Access.ACCESSIBLE)
    cadastral_municipality = models.CharField(max_length=4, blank=True, help_text="code of the land registry: G157")
    cadastral_sheet = models.CharField(max_length=10, blank=True)
    cadastral_parcel = models.CharField(max_length=10, blank=True)
    cadastral_unit = models.CharField(max_length=10, blank=True)
    cadastral_missing = models.CharField(max_length=120, blank=True, help_text="why there are none")

    # ------------------------------------------------------------------ by which right
    title_type = models.CharField(max_length=16, choices=Title, blank=True)
    title_declared = models.BooleanField(default=False, help_text="declared on the paper that is signed, no copy")
    derogation_protocol = models.CharField(max_length=60, blank=True, help_text="number of the mayor's act")

    # ------------------------------------------------------------------ under which terms
    tariff = models.CharField(max_length=60, blank=True)
    category = models.CharField(max_length=60, blank=True)
    residents = models.SmallIntegerField(null=True)
    units = models.SmallIntegerField(null=True)
    other_units = models.SmallIntegerField(default=0)
    services = models.SmallIntegerField(default=7)

    # ------------------------------------------------------------------ what the meter shows
    meter_serial = models.CharField(max_length=30, blank=True)
    meter_digits = models.SmallIntegerField(default=5)
    meter_diameter_mm = models.SmallIntegerField(default=15)
    read_on = models.DateField(null=True)
    read_milli = models.BigIntegerField(null=True)
    read_kind = models.CharField(max_length=10, blank=True, help_text="reader or self")
    other_read_milli = models.BigIntegerField(null=True, help_text="what the leaving customer says the meter shows")
    read_confirmed_by = models.CharField(max_length=80, blank=True, help_text="who looked again at a doubtful read")
    removes_meter = models.BooleanField(default=False, help_text="a supply that ends: the meter goes, else it is shut")
    read_due_on = models.DateField(null=True, help_text="we go and read by this day: the two reads differ (CON-03)")

    # ------------------------------------------------------------------ where bills go, how they are paid
    bill_channel = models.CharField(max_length=10, choices=ContractAccount.Channel, blank=True)
    billing_address = models.ForeignKey(Address, models.PROTECT, null=True, related_name="+")
    payment_method = models.CharField(max_length=10, choices=ContractAccount.PaymentMethod, blank=True)
    iban = models.BinaryField(null=True, help_text="encrypted at rest")
    iban_tail = models.CharField(max_length=4, blank=True)
    iban_holder = models.CharField(max_length=70, blank=True)
    iban_holder_tax_code = models.CharField(max_length=16, blank=True)

    # ------------------------------------------------------------------ debts found, and what was decided about them
    point_arrears_cents = models.BigIntegerField(default=0, help_text="overdue of who leaves the point")
    own_arrears_cents = models.BigIntegerField(default=0, help_text="overdue of the applicant on other accounts")
    arrears_waived_by = models.CharField(max_length=80, blank=True)
    arrears_waived_why = models.CharField(max_length=200, blank=True)

    # ------------------------------------------------------------------ papers and signature
    contract_number = models.CharField(max_length=20, blank=True, help_text="given when the paper was made")
    account_number = models.CharField(max_length=20, blank=True)
    paper = models.ForeignKey("archive.Document", models.PROTECT, null=True, related_name="+", help_text="to be signed")
    envelope_id = models.BigIntegerField(null=True)
    signed_document = models.ForeignKey("archive.Document", models.PROTECT, null=True, related_name="+")
    signed_fields = models.CharField(max_length=200, blank=True, help_text="keys of what was signed, with blanks")
    bills = models.CharField(max_length=300, blank=True, help_text="numbers of the bills it brought, with blanks")
    signed_by = models.CharField(max_length=10, blank=True, help_text="tablet, otp, paper, or web")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            # CON-02: without identity and title a contract is null, so none comes to be.
            models.CheckConstraint(
                name="request_executed_from_a_day",
                condition=~Q(state="executed") | Q(executed_at__isnull=False, effective_on__isnull=False),
            ),
            models.CheckConstraint(
                name="request_new_holder_has_title",
                condition=~Q(state="executed")
                | Q(kind__in=["household", "termination"])
                | (~Q(title_type="") & (~Q(tax_code="") | ~Q(vat_number=""))),
            ),
            models.CheckConstraint(
                name="request_closed_with_reason",
                condition=~Q(state__in=["cancelled", "refused"]) | (Q(closed_at__isnull=False) & ~Q(outcome_reason="")),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-received_at"], name="request_state"),
            models.Index(fields=["-received_at"], name="request_received"),
            models.Index(fields=["tax_code"], name="request_tax_code", condition=~Q(tax_code="")),
            models.Index(fields=["read_due_on"], name="request_read_due", condition=Q(read_due_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number


@with_history
class RequestDocument(models.Model):
    """A paper brought to a request: scanned, or only seen (identity: its number, issuer and days)."""

    class Kind(models.TextChoices):
        IDENTITY = "identity", "Documento di identità"
        TAX_CARD = "tax_card", "Tessera sanitaria o codice fiscale"
        TITLE = "title", "Titolo sull'immobile"
        TITLE_DECLARATION = "title_declaration", "Dichiarazione sostitutiva sul titolo"
        DEBT_DECLARATION = "debt_declaration", "Dichiarazione di estraneità al debito"
        DEATH = "death", "Certificato o dichiarazione di morte"
        HEIR = "heir", "Dichiarazione di erede"
        HOUSEHOLD = "household", "Dichiarazione sul nucleo"
        DEROGATION = "derogation", "Deroga del sindaco"
        METER_PHOTO = "meter_photo", "Foto del contatore"
        PROXY = "proxy", "Delega"
        REQUEST = "request", "Richiesta scritta"
        OTHER = "other", "Altro"

    request = models.ForeignKey(ContractRequest, models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=20, choices=Kind)
    document = models.ForeignKey("archive.Document", models.PROTECT, null=True, related_name="+")
    number = models.CharField(max_length=40, blank=True)
    issuer = models.CharField(max_length=120, blank=True)
    issued_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    added_by = models.CharField(max_length=80)
    added_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, help_text="brought by mistake: it stays, and counts no more")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="request_document_is_something", condition=Q(document__isnull=False) | ~Q(number="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.kind}"
