"""Who owes, where the water is delivered, and under which terms, with all their history."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from sorgente.customers.constraints import NameWords, one_at_a_time
from sorgente.customers.models.history import with_history


@with_history
class Party(models.Model):
    """A person, a company or a public body."""

    class Kind(models.TextChoices):
        PERSON = "person", "Persona"
        COMPANY = "company", "Impresa"
        PUBLIC_BODY = "public_body", "Ente pubblico"

    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=200, help_text="as printed: surname and first name, or the company's name")
    first_name = models.CharField(max_length=80, blank=True)
    surname = models.CharField(max_length=80, blank=True)
    born_on = models.DateField(null=True)
    tax_code = models.CharField(max_length=16, blank=True)
    vat_number = models.CharField(max_length=11, blank=True)
    sdi_code = models.CharField(max_length=7, blank=True, help_text="e-invoice recipient code")
    pec = models.CharField(max_length=254, blank=True)
    split_payment = DateRangeField(null=True, help_text="when VAT is paid by the public body itself")
    language = models.CharField(max_length=2, default="it")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tax_code"], name="party_tax_code_once", condition=~Q(tax_code="")),
        ]
        # Search finds by the beginning of a code; the pattern classes serve LIKE 'abc%' in any locale.
        indexes = [
            models.Index(
                fields=["vat_number"],
                opclasses=["varchar_pattern_ops"],
                name="party_vat_start",
                condition=~Q(vat_number=""),
            ),
            models.Index(fields=["tax_code"], opclasses=["varchar_pattern_ops"], name="party_tax_code_start"),
            GinIndex(NameWords("name"), name="party_name_words"),
        ]

    def __str__(self) -> str:
        return self.name


@with_history
class ContactPoint(models.Model):
    class Kind(models.TextChoices):
        EMAIL = "email", "E-mail"
        MOBILE = "mobile", "Cellulare"
        PHONE = "phone", "Telefono"
        PEC = "pec", "PEC"

    party = models.ForeignKey(Party, models.PROTECT, related_name="contact_points")
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=254, help_text="e-mail in lower case; telephone as +39…")
    preferred = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "kind", "value"], name="contact_point_once")]
        indexes = [models.Index(fields=["value"], opclasses=["varchar_pattern_ops"], name="contact_point_start")]

    def __str__(self) -> str:
        return self.value


@with_history
class Consent(models.Model):
    """Leave to use a contact point for a purpose; withdrawn, never deleted."""

    class Purpose(models.TextChoices):
        SERVICE = "service", "Avvisi di servizio"
        PAPERLESS = "paperless", "Bolletta digitale"
        MARKETING = "marketing", "Informazioni commerciali"
        SURVEYS = "surveys", "Sondaggi sulla qualità"

    contact_point = models.ForeignKey(ContactPoint, models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=12, choices=Purpose)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    evidence = models.CharField(max_length=200, help_text="how it was given: document, call, web page")

    def __str__(self) -> str:
        return f"{self.contact_point} · {self.purpose}"


class Address(models.Model):
    street = models.CharField(max_length=120)
    house_number = models.CharField(max_length=20, blank=True)
    postal_code = models.CharField(max_length=5)
    municipality = models.CharField(max_length=80)
    province = models.CharField(max_length=2)
    istat_code = models.CharField(max_length=6, help_text="ISTAT code of the municipality")
    country = models.CharField(max_length=2, default="IT")

    def __str__(self) -> str:
        return f"{self.street} {self.house_number}, {self.postal_code} {self.municipality} ({self.province})"


@with_history
class ContractAccount(models.Model):
    """Who owes; carries one balance."""

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"
        POST = "post", "Posta"
        PORTAL = "portal", "Area clienti"
        PEC = "pec", "PEC"

    class PaymentMethod(models.TextChoices):
        SDD = "sdd", "Addebito diretto"
        PAGOPA = "pagopa", "Avviso pagoPA"
        TRANSFER = "transfer", "Bonifico"

    number = models.CharField(max_length=20, unique=True)
    holder = models.ForeignKey(Party, models.PROTECT, related_name="contract_accounts")
    billing_address = models.ForeignKey(Address, models.PROTECT, related_name="+")
    addressee = models.CharField(
        max_length=240,
        db_default="",
        default="",
        blank=True,
        help_text="whom letters and bills name when it is not the holder: the heirs of",
    )
    channel = models.CharField(max_length=10, choices=Channel)
    email = models.CharField(max_length=254, blank=True, help_text="where bills go when the channel is e-mail")
    payment_method = models.CharField(max_length=10, choices=PaymentMethod)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)

    def __str__(self) -> str:
        return self.number


@with_history
class ServicePoint(models.Model):
    """Where the service is delivered."""

    class Commodity(models.TextChoices):
        WATER = "water", "Acqua"
        GAS = "gas", "Gas"
        ELECTRICITY = "electricity", "Energia elettrica"
        WASTE = "waste", "Rifiuti"
        HEAT = "heat", "Teleriscaldamento"

    class Access(models.TextChoices):
        ACCESSIBLE = "accessible", "Accessibile"
        PARTLY = "partly_accessible", "Parzialmente accessibile"
        NOT = "not_accessible", "Non accessibile"

    code = models.CharField(
        max_length=16, unique=True, help_text="ARERA supply code: region, municipality, progressive"
    )
    commodity = models.CharField(max_length=12, choices=Commodity, default=Commodity.WATER)
    address = models.ForeignKey(Address, models.PROTECT, related_name="+")
    access = models.CharField(max_length=20, choices=Access, default=Access.ACCESSIBLE)
    zone = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.code


@with_history
class SupplyContract(models.Model):
    """The supply of one service point on behalf of one contract account, over a period."""

    number = models.CharField(max_length=20, unique=True)
    contract_account = models.ForeignKey(ContractAccount, models.PROTECT, related_name="supply_contracts")
    service_point = models.ForeignKey(ServicePoint, models.PROTECT, related_name="supply_contracts")
    supplied = DateRangeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            one_at_a_time("supply_contract_one_per_service_point_and_day", "service_point", "supplied"),
            models.CheckConstraint(name="supply_contract_has_a_day", condition=Q(supplied__isempty=False)),
        ]

    def __str__(self) -> str:
        return self.number


@with_history
class SupplyTerms(models.Model):
    """What decides the price of a supply contract over a period.

    A row never changes: a change closes it with `replaced_at` and adds the rows that hold instead, so that both are
    known, what holds on a day and what was known to hold when a bill went out.
    """

    contract = models.ForeignKey(SupplyContract, models.PROTECT, related_name="terms")
    valid = DateRangeField()
    tariff = models.CharField(max_length=60, help_text="id of the tariff in rules/tariffs")
    category = models.CharField(max_length=60, help_text="use category of that tariff")
    residents = models.SmallIntegerField(null=True, help_text="people registered; empty: not declared")
    units = models.SmallIntegerField(default=1)
    other_units = models.SmallIntegerField(default=0, help_text="non-domestic units of a mixed use")
    services = models.SmallIntegerField(default=7, help_text="1 supply + 2 sewerage + 4 purification")
    bonus = models.BooleanField(default=False, help_text="holds the social water bonus")
    commitment_milli = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            one_at_a_time(
                "supply_terms_one_per_contract_and_day", "contract", "valid", condition=Q(replaced_at__isnull=True)
            ),
            models.CheckConstraint(name="supply_terms_have_a_day", condition=Q(valid__isempty=False)),
            models.CheckConstraint(name="supply_terms_units", condition=Q(units__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.contract} {self.valid}"
