"""The people and places of the demonstration utility, drawn from a seed with the design's shares.

Pure: no database. `people_of(count, seed)` gives the same customers for the same seed, whatever runs around it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from sorgente.journeys.demo import names

# Shares of the reference customer (docs/demo.md): radio meters, direct debit, e-mail delivery.
RADIO_SHARE = 0.077
SDD_SHARE = 0.532
EMAIL_SHARE = 0.63
BONUS_SHARE = 0.04
# Supplies were taken over one street after the other, so that their bills do not fall on one day.
TAKE_OVER_DAYS = 150


@dataclass(frozen=True, slots=True)
class Use:
    """A use category of the demonstration tariff: its share and how much water it takes."""

    category: str
    share: float
    yearly_m3: tuple[int, int]
    diameter_mm: tuple[int, ...] = (15,)


USES = (
    Use("domestico_residente", 0.795, (25, 75)),  # per resident
    Use("domestico_non_residente", 0.090, (5, 60)),
    Use("condominio", 0.020, (45, 120), (20, 25, 40)),  # per unit
    Use("commerciale", 0.055, (60, 900), (15, 20)),
    Use("industriale", 0.008, (800, 9000), (25, 40, 50)),
    Use("agricolo", 0.014, (150, 2500), (20, 25)),
    Use("pubblico_non_disalimentabile", 0.005, (200, 3500), (25, 40)),
    Use("pubblico_disalimentabile", 0.005, (80, 900), (20, 25)),
    Use("altri_usi", 0.008, (20, 400)),
)


@dataclass(frozen=True, slots=True)
class Customer:
    """One contract account with its one service point, meter and habits."""

    index: int
    kind: str
    name: str
    first_name: str
    surname: str
    born_on: date | None
    tax_code: str
    vat_number: str
    sdi_code: str
    email: str
    mobile: str
    street: str
    house_number: str
    municipality: str
    istat_code: str
    postal_code: str
    province: str
    point_code: str
    channel: str
    payment_method: str
    iban: str
    use: str
    residents: int | None
    units: int
    services: int
    bonus: bool
    radio: bool
    serial: str
    manufacturer: str
    radio_id: str
    radio_key: str
    diameter_mm: int
    made_in_year: int
    first_index_m3: int
    yearly_litres: int
    supplied_since: date
    pays_late_days: int
    seldom_pays: bool


def people_of(count: int, seed: int, *, starts_on: date) -> Iterator[Customer]:
    """Yield `count` customers whose supplies began before `starts_on`."""
    rnd = random.Random(f"sorgente-{seed}")
    progressive = dict.fromkeys((name for name, *_ in names.MUNICIPALITIES), 0)
    places = [place[:4] for place in names.MUNICIPALITIES]
    weights = [place[4] for place in names.MUNICIPALITIES]
    taken: set[str] = set()
    # Radio and direct debit are dealt exactly, not drawn: the shares hold at any size.
    radio = _dealt(rnd, count, RADIO_SHARE)
    sdd = _dealt(rnd, count, SDD_SHARE)
    for index in range(count):
        use = rnd.choices(USES, [u.share for u in USES])[0]
        town, istat, postal_code, province = rnd.choices(places, weights)[0]
        progressive[town] += 1
        identity = _identity(rnd, use.category, town, taken)
        residents = rnd.choices((1, 2, 3, 4, 5, 6, None), (27, 28, 19, 17, 5, 1, 3))[0]
        residents = residents if use.category == "domestico_residente" else None
        units = rnd.choice((4, 6, 8, 8, 10, 12, 16, 24)) if use.category == "condominio" else 1
        heads = residents or 1 if use.category == "domestico_residente" else units
        email = f"{identity.mailbox}{index}@posta.example" if rnd.random() < EMAIL_SHARE else ""
        yield Customer(
            index=index,
            kind=identity.kind,
            name=identity.name,
            first_name=identity.first_name,
            surname=identity.surname,
            born_on=identity.born_on,
            tax_code=identity.tax_code,
            vat_number=identity.vat_number,
            sdi_code=identity.sdi_code,
            email=email,
            mobile=f"+3933{rnd.randrange(10**7, 10**8)}",
            street=rnd.choice(names.STREETS),
            house_number=str(rnd.randrange(1, 140)) + rnd.choice(("", "", "", "", "/A", "/B")),
            municipality=town,
            istat_code=istat,
            postal_code=postal_code,
            province=province,
            point_code=f"11{istat}{progressive[town]:08d}",
            channel="email" if email else "post",
            payment_method="sdd" if sdd[index] else "pagopa",
            iban=_iban(rnd) if sdd[index] else "",
            use=use.category,
            residents=residents,
            units=units,
            services=7 if rnd.random() < 0.93 else (3 if rnd.random() < 0.5 else 1),
            bonus=use.category == "domestico_residente" and rnd.random() < BONUS_SHARE,
            radio=radio[index],
            serial=f"{rnd.choice('ABFMVZ')}{20 + index % 5}{index:07d}",
            manufacturer="VLD" if not radio[index] else rnd.choice(("DME", "KAM", "BMT")),
            radio_id=f"{50_000_000 + index:08d}" if radio[index] else "",
            radio_key=rnd.randbytes(16).hex() if radio[index] else "",
            diameter_mm=rnd.choice(use.diameter_mm),
            made_in_year=rnd.randrange(2009, 2024),
            first_index_m3=rnd.randrange(0, 1800) if rnd.random() > 0.01 else rnd.randrange(99_900, 99_999),
            yearly_litres=max(1000, int(rnd.triangular(*use.yearly_m3) * heads * 1000)),
            supplied_since=starts_on - timedelta(days=rnd.randrange(0, TAKE_OVER_DAYS)),
            pays_late_days=rnd.choices((0, 3, 12, 40), (72, 14, 9, 5))[0],
            seldom_pays=rnd.random() < 0.03,
        )


@dataclass(frozen=True, slots=True)
class _Identity:
    kind: str
    name: str
    first_name: str = ""
    surname: str = ""
    born_on: date | None = None
    tax_code: str = ""
    vat_number: str = ""
    sdi_code: str = ""

    @property
    def mailbox(self) -> str:
        words = (self.first_name, self.surname) if self.surname else (self.name,)
        return ".".join("".join(c for c in word.lower() if c.isascii() and c.isalnum())[:14] for word in words)


def _identity(rnd: random.Random, use: str, town: str, taken: set[str]) -> _Identity:
    surname = rnd.choice(names.SURNAMES)
    if use == "condominio":
        return _Identity("company", f"Condominio {rnd.choice(names.STREETS)} {rnd.randrange(1, 90)}",
                         tax_code=_eleven_digits(rnd, taken, first="9"))  # fmt: skip
    if use.startswith("pubblico"):
        code = _eleven_digits(rnd, taken, first="8")
        return _Identity("public_body", f"{rnd.choice(names.PUBLIC_BODIES)} di {town}", tax_code=code,
                         sdi_code="".join(rnd.choices("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=6)))  # fmt: skip
    firm = {
        "commerciale": f"{rnd.choice(names.FIRMS)} {surname} S.n.c.",
        "industriale": f"{rnd.choice(names.INDUSTRIES)} {surname} S.r.l.",
        "agricolo": f"{rnd.choice(names.FARMS)} {surname}",
    }.get(use)
    if firm is not None:
        code = _eleven_digits(rnd, taken, first="0")
        sdi = "".join(rnd.choices("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=7)) if rnd.random() < 0.8 else ""
        return _Identity("company", firm, tax_code=code, vat_number=code, sdi_code=sdi)
    return _person(rnd, surname, taken)


def _person(rnd: random.Random, surname: str, taken: set[str]) -> _Identity:
    while True:
        female = rnd.random() < 0.5
        first_name = rnd.choice(names.FEMALE if female else names.MALE)
        born_on = date(1935, 1, 1) + timedelta(days=rnd.randrange(0, 25_000))
        code = _tax_code(surname, first_name, female, born_on, rnd.choice(names.BIRTHPLACES))
        if code not in taken:
            taken.add(code)
            return _Identity("person", f"{surname} {first_name}", first_name, surname, born_on, code)


@cache
def _letters(surname: str, first_name: str) -> str:
    from codicefiscale import codicefiscale

    return codicefiscale.encode_lastname(surname) + codicefiscale.encode_firstname(first_name)


def _tax_code(surname: str, first_name: str, female: bool, born_on: date, place: str) -> str:
    """Compose the code from the library's parts: its own `encode` parses dates, too slow for thousands."""
    from codicefiscale import codicefiscale

    birth = f"{born_on:%y}{'ABCDEHLMPRST'[born_on.month - 1]}{born_on.day + (40 if female else 0):02d}"
    code = _letters(surname, first_name) + birth + place
    return code + codicefiscale.encode_cin(code)


def _eleven_digits(rnd: random.Random, taken: set[str], *, first: str) -> str:
    """Return an unused company code: ten digits and the check digit of a VAT number."""
    from stdnum import luhn

    while True:
        digits = first + f"{rnd.randrange(0, 10**6):06d}042"
        code = digits + luhn.calc_check_digit(digits)
        if code not in taken:
            taken.add(code)
            return code


def _iban(rnd: random.Random) -> str:
    """Return an Italian IBAN with right check characters at one of the invented valley's bank codes."""
    from schwifty import IBAN

    bank = rnd.choice(("03069", "02008", "05387", "08549"))
    account = f"{rnd.randrange(0, 10**12):012d}"
    return str(
        IBAN.generate("IT", bank_code=bank, branch_code=f"{rnd.randrange(1000, 99999):05d}", account_code=account)
    )


def _dealt(rnd: random.Random, count: int, share: float) -> list[bool]:
    """Return `count` yes-or-no cards, exactly round(count x share) of them yes, shuffled."""
    cards = [position < round(count * share) for position in range(count)]
    rnd.shuffle(cards)
    return cards
