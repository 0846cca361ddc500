"""The bill as a value: everything its papers say, with no database behind it.

A `BillDocument` is filled once, when a bill is issued, and is enough to write the e-invoice and to draw
the PDF again, bit for bit, years later. Plain values only: text, whole numbers, dates.

    cents       euro cents            quantity_milli   thousandths of `unit` (litres where the unit is m3)
    price_e8    1e-8 EUR per unit     vat_rate_e2      hundredths of a percent: 10 % is 1000

Signs are the customer's debt: a charge is positive, a credit negative, on credit notes too (the e-invoice
writer turns a TD04 around, because SdI wants a credit note positive). Periods are half-open, [start, end).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

UNIT_CUBIC_METRE = "m3"
UNIT_DAY = "day"
UNIT_PIECE = "piece"


class BillKind(StrEnum):
    """What a bill rests on, in the words the regulation makes us print (RQSII, BIL-05)."""

    ADVANCE = "acconto"
    BALANCE = "conguaglio"
    MIXED = "misto"
    CLOSING = "chiusura"
    CORRECTION = "rettifica"
    CREDIT_NOTE = "nota di credito"
    SUNDRY = "altre partite"  # no water: deposits, indemnities, fees


class DocumentType(StrEnum):
    """FatturaPA TipoDocumento."""

    INVOICE = "TD01"
    CREDIT_NOTE = "TD04"


class CustomerKind(StrEnum):
    PERSON = "person"
    COMPANY = "company"
    ASSOCIATION = "association"  # condominium, club: an 11-digit tax code that is no VAT number
    PUBLIC_BODY = "public_body"


class ReadKind(StrEnum):
    """How an index is known (MIS-09)."""

    ACTUAL = "R"
    SELF = "A"
    ESTIMATED = "S"
    REBUILT = "C"


class ChargeKind(StrEnum):
    FIXED = "fixed"
    VARIABLE = "variable"
    PEREQUATION = "perequation"
    BONUS = "bonus"
    BILLED_BEFORE = "billed_before"  # what earlier advance bills already charged for these days, negative
    ROUNDING = "rounding"
    DEPOSIT = "deposit"
    INTEREST = "interest"
    INDEMNITY = "indemnity"
    FEE = "fee"
    STAMP = "stamp"


class PaymentMethod(StrEnum):
    SDD_CORE = "sdd_core"
    SDD_B2B = "sdd_b2b"
    PAGOPA = "pagopa"
    TRANSFER = "transfer"
    NONE = "none"  # nothing to pay: a credit or a bill of zero


@dataclass(frozen=True, slots=True)
class Address:
    street: str
    number: str
    postcode: str  # five digits; "00000" abroad
    town: str
    province: str  # two letters; empty abroad
    country: str = "IT"
    detail: str = ""  # staircase, flat, care of


@dataclass(frozen=True, slots=True)
class Issuer:
    """The utility, as it stands on the bill."""

    name: str
    vat_code: str  # 11 digits
    tax_code: str  # 11 digits; also the creditor code printed on a pagoPA notice
    address: Address
    rea_office: str = ""  # province of the business register, two letters
    rea_number: str = ""
    share_capital_cents: int | None = None
    sole_shareholder: bool | None = None
    in_liquidation: bool = False
    sender_code: str = ""  # IdTrasmittente: who sends to SdI; empty means the issuer's own tax code
    sdd_creditor_id: str = ""
    iban: str = ""
    cbill_code: str = ""  # five characters, printed beside the notice QR
    phone: str = ""
    phone_hours: str = ""
    emergency_phone: str = ""
    email: str = ""
    pec: str = ""
    web: str = ""
    desk: str = ""  # address and hours of the desk
    self_reading: str = ""  # channels for self-reading, one sentence
    complaints: str = ""  # where a complaint is sent; empty means PEC and seat
    water_quality_url: str = ""
    leak_protection_url: str = ""
    accent_colour: str = "#0066cc"
    monogram: str = ""  # at most three letters drawn as the logo; empty means the first letter


@dataclass(frozen=True, slots=True)
class Customer:
    """The holder of the contract: buyer on the e-invoice."""

    kind: CustomerKind
    code: str
    first_name: str = ""  # persons only
    last_name: str = ""
    name: str = ""  # company, association, public body
    tax_code: str = ""
    vat_country: str = "IT"
    vat_code: str = ""
    sdi_code: str = ""  # seven characters; six for a public office goes to `ipa_code`
    ipa_code: str = ""
    pec: str = ""
    sdi_contract_code: str = ""  # replaces an unknown tax code on contracts older than 2005, once registered
    address: Address = Address("", "", "00000", "", "")  # seat or residence, on the e-invoice
    mail_to: str = ""  # recipient's name when it is not the holder
    mail_address: Address | None = None  # where the paper goes; None means `address`
    cig: str = ""
    cup: str = ""

    @property
    def full_name(self) -> str:
        return self.name or f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Contract:
    """The supply the bill is about."""

    account_code: str
    contract_code: str
    point_code: str  # 16 digits, ARERA unique supply code (MIS-12)
    use_label: str  # Italian, as the tariff names it: "Uso domestico residente"
    supply_address: Address
    started_on: date
    services: tuple[str, ...] = ()  # Italian: "Acquedotto", "Fognatura", "Depurazione"
    residents: int | None = None
    units: int = 1
    deposit_cents: int | None = None
    signed_on: date | None = None
    is_large: bool = False  # the contract asks for six bills a year: three reading attempts instead of two


@dataclass(frozen=True, slots=True)
class MeterRead:
    day: date
    index_milli: int
    kind: ReadKind


@dataclass(frozen=True, slots=True)
class Meter:
    serial: str
    reads: tuple[MeterRead, ...]  # oldest first; the first and the latest enclose the billed consumption
    location: str = ""
    is_radio: bool = False


@dataclass(frozen=True, slots=True)
class HistoryBar:
    """Consumption of one stretch of days, one bar of the chart."""

    start: date
    end: date
    volume_milli: int
    kind: ReadKind


@dataclass(frozen=True, slots=True)
class Consumption:
    billed_milli: int
    daily_mean_milli: int  # litres a day over the billed period
    yearly_milli: int | None  # Ca
    history: tuple[HistoryBar, ...] = ()
    year_before_daily_mean_milli: int | None = None  # same days of the year before
    reading_attempts: int = 2  # due in a year (MIS-01)
    next_read_from: date | None = None
    next_read_to: date | None = None  # excluded
    is_anomalous: bool = False  # twice the usual or more: print the leak protections (MIS-13)


@dataclass(frozen=True, slots=True)
class LinkedBill:
    """The bill that this one corrects or credits."""

    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Header:
    number: str  # at most 20 characters, one digit at least
    kind: BillKind
    document_type: DocumentType
    issued_on: date
    due_on: date | None
    start: date
    end: date
    net_cents: int
    vat_cents: int
    total_cents: int  # net + VAT: the document's total
    to_pay_cents: int  # total less split VAT; 0 or less means nothing to pay
    linked: tuple[LinkedBill, ...] = ()
    split_payment: bool = False  # the public buyer pays the VAT to the State
    credit_cents: int = 0  # earlier credits set against it: what is asked is to_pay_cents less these
    stamp_duty_cents: int = 0  # 200 when amounts without VAT exceed 77.47 EUR; its recharge is a row of its own


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """One row of the bill, tied to one rule.

    `cents` is what is charged; `quantity_milli` x `unit_price_e8` explains it. A row that is no product (a
    deposit, interest) has no quantity. Fixed quotas are days x daily price; `fixed_row` builds them.
    """

    service: str  # Italian, the heading it stands under: "Acquedotto"
    kind: ChargeKind
    code: str  # component code of the utility: "ACQ-B1", "UI2"
    label: str  # Italian
    start: date
    end: date
    cents: int
    vat_rate_e2: int
    nature: str | None = None  # Natura, only and always where the rate is 0
    quantity_milli: int | None = None
    unit: str = UNIT_CUBIC_METRE
    unit_price_e8: int | None = None
    bracket_from_milli: int | None = None  # printed edges, in litres of the period
    bracket_to_milli: int | None = None
    yearly_price_e8: int | None = None  # of a fixed quota
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class VatGroup:
    vat_rate_e2: int
    nature: str | None
    taxable_cents: int
    vat_cents: int
    law: str = ""  # RiferimentoNormativo, needed with a nature


@dataclass(frozen=True, slots=True)
class Payment:
    method: PaymentMethod
    amount_cents: int
    due_on: date | None
    mandate_id: str = ""  # UMR
    masked_iban: str = ""  # "IT60 •••• •••• 3456"
    notice_number: str = ""  # 18 digits
    qr_text: str = ""  # "PAGOPA|002|..."
    reference: str = ""  # what a bank transfer must quote
    payer_habit: str = ""  # one optional sentence: "Grazie: hai sempre pagato entro la scadenza."


@dataclass(frozen=True, slots=True)
class UnpaidBill:
    number: str
    issued_on: date
    due_on: date
    open_cents: int


@dataclass(frozen=True, slots=True)
class Bonus:
    """Social bonus on this bill (TIB-03)."""

    cents: int  # negative: what it takes off, before VAT
    start: date
    end: date
    label: str = "Bonus sociale idrico"


@dataclass(frozen=True, slots=True)
class Note:
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Activation:
    """How a holder without a login activates the web area; nothing of it is in the e-invoice."""

    page: str  # as people type it: "www.valdoro.example/area/attiva"
    link: str
    account_number: str
    code: str  # "ABCDE-FGHJK"
    until_on: date  # excluded


@dataclass(frozen=True, slots=True)
class BillDocument:
    issuer: Issuer
    customer: Customer
    contract: Contract
    header: Header
    rows: tuple[ChargeRow, ...]
    vat_groups: tuple[VatGroup, ...]
    payment: Payment
    consumption: Consumption
    meters: tuple[Meter, ...] = ()
    unpaid: tuple[UnpaidBill, ...] = ()
    bonus: Bonus | None = None
    explanation: str = ""  # why the amount is what it is, beside the bill before; one or two sentences
    notes: tuple[Note, ...] = ()
    instalment_right: bool = False  # more than 180 % of the mean of twelve months (BIL-07)
    instalment_slips: bool = False  # more than 250 %
    instalment_until: date | None = None  # latest day to ask, included
    previous_total_cents: int | None = None  # the bill before, for the comparison
    activation: Activation | None = None  # None: the holder has a login already
