"""A tariff as values: what `neutral-tariff/1` says, read and checked, with every figure whole.

Prices are hundred-millionths of a euro (`_e8`), bracket edges and minima millionths of the unit (`_micro`):
published edges have up to four decimals, and an edge is multiplied by persons and days before it is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum


class Service(IntEnum):
    """Code of a service in columns; the three water services are also the bits of a contract's mask."""

    ACQUEDOTTO = 1
    FOGNATURA = 2
    DEPURAZIONE = 4
    SII = 7
    OTHER = 8


class Kind(IntEnum):
    """What a charge row is."""

    FIXED = 1
    VOLUME = 2
    PEREQUATION = 3
    MINIMUM = 4
    ENERGY = 5
    CAPACITY = 6
    TAX = 7


SERVICE_LABELS: dict[int, str] = {
    Service.ACQUEDOTTO: "Acquedotto",
    Service.FOGNATURA: "Fognatura",
    Service.DEPURAZIONE: "Depurazione",
    Service.SII: "Servizio idrico integrato",
    Service.OTHER: "Altro servizio",
}
KIND_LABELS: dict[int, str] = {
    Kind.FIXED: "Quota fissa",
    Kind.VOLUME: "Quota variabile",
    Kind.PEREQUATION: "Componente perequativa",
    Kind.MINIMUM: "Quantità minima",
    Kind.ENERGY: "Quota energia",
    Kind.CAPACITY: "Quota potenza",
    Kind.TAX: "Imposta",
}
SERVICE_CODES: dict[str, Service] = {
    "acquedotto": Service.ACQUEDOTTO,
    "fognatura": Service.FOGNATURA,
    "depurazione": Service.DEPURAZIONE,
    "sii": Service.SII,
}
ALL_SERVICES = 7


class Form(IntEnum):
    """How the amount of a charge comes about."""

    FIXED = 0  # price x count x time
    BRACKETS = 1  # quantity through brackets
    COMPONENT = 2  # quantity x price x number of billed services


class Count(IntEnum):
    """What a price or an edge is multiplied by."""

    CONTRACT = 0
    UNIT = 1
    PERSON = 2
    OTHER_UNIT = 3  # non-domestic units of a mixed use
    COMMITMENT = 4  # thousandths of m3/year, kW or m2: the contract's size in the tariff's own base


class Clock(IntEnum):
    """How a price by time is shared over a period."""

    YEAR_DAYS = 0  # price per year, days over the year's length
    DAYS = 1  # price per day
    YEAR_MONTHS = 2  # price per year, whole months over twelve
    MONTHS = 3  # price per month, whole months


class Fill(IntEnum):
    """How brackets are filled."""

    PRO_DIE = 0  # annual edges scaled to the days
    CALENDAR_YEAR = 1  # the running total since 1 January
    PER_DAY = 2  # edges per day x days
    SLAB = 3  # the whole quantity at the price of the bracket it falls in


class Selector(IntEnum):
    """What chooses among the variants of a charge."""

    NONE = 0
    PERSONS = 1
    METER_MM = 2
    COMMITMENT = 3


@dataclass(frozen=True, slots=True)
class Bracket:
    """One bracket: `size_micro` is its upper edge, or its width where the charge rounds widths; None is open."""

    name: str
    size_micro: int | None
    price_e8: int
    count: Count
    charged_unused: bool = False


@dataclass(frozen=True, slots=True)
class Variant:
    """The price or the brackets for selector values in [lowest, highest]; highest None is open."""

    lowest: int
    highest: int | None
    price_e8: int = 0
    brackets: tuple[Bracket, ...] = ()
    minimum_micro: int = 0  # quantity a year charged anyway


@dataclass(frozen=True, slots=True)
class Rounding:
    """Where and how figures are rounded: tariff data. Steps are thousandths of the unit."""

    edge_step_milli: int = 1
    edge_up: bool = False  # up instead of half-up
    on_widths: bool = False  # widths are rounded and then added up, instead of edges
    row_up: bool = False  # rows go up to the cent instead of half-up
    calendar_years: bool = False  # a leap year has 366 days; else every year has 365


@dataclass(frozen=True, slots=True)
class Charge:
    """One priced line of a use category. A `refusal` says why it cannot be priced; all else is then empty."""

    path: str
    service: str
    kind: Kind
    form: Form = Form.BRACKETS
    count: Count = Count.CONTRACT
    clock: Clock = Clock.YEAR_DAYS
    fill: Fill = Fill.PRO_DIE
    selector: Selector = Selector.NONE
    variants: tuple[Variant, ...] = ()
    rounding: Rounding = Rounding()
    needs: int = 0  # service bits of which one must be billed; 0 is always
    bonus_exempt: bool = False
    refusal: str | None = None
    cite: str = ""

    @property
    def service_code(self) -> Service:
        return SERVICE_CODES.get(self.service, Service.OTHER)


@dataclass(frozen=True, slots=True)
class Household:
    """How many persons count: a floor, a cap, and what is taken when the number is not known (0 = refuse)."""

    floor: int = 0
    cap: int = 0
    default: int = 0
    known_up_to: int = 0  # larger households are refused: their edges are not published


@dataclass(frozen=True, slots=True)
class Category:
    code: str
    label: str
    charges: tuple[Charge, ...]
    household: Household
    ticsi: str = ""
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """A pass-through per unit and billed service, or per user, valid on [start, end)."""

    code: str
    start: date | None
    end: date | None
    price_e8: int
    services: int  # bits; 0 on a component per user and year
    per_user_year: bool = False
    bonus_exempt: bool = False
    refusal: str | None = None
    path: str = ""
    cite: str = ""


@dataclass(frozen=True, slots=True)
class NeutralTariff:
    """One dated version of a tariff: valid on [start, end), known since `published` (None = always)."""

    family: str
    id: str
    file: str
    group: str
    operator: str
    start: date
    end: date | None
    published: date | None
    vat_e4: int | None
    vat_refusal: str | None
    categories: tuple[Category, ...]
    components: tuple[Component, ...]
    national_components: bool
    cite: str
