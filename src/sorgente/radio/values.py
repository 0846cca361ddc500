"""Data bytes into exact values: integers, BCD, 32-bit reals, days and instants of EN 13757-3 annex A."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Context, Decimal

# Wide enough for 64-bit and 12-digit values times any scale, whatever context the caller has set.
EXACT = Context(prec=120)
_REAL_BITS = 23


def bcd(data: bytes) -> int | None:
    """Return a BCD number, lowest digits first; a leading F is minus; None for digits A-F ("no value")."""
    digits = data[::-1].hex()
    try:
        return int(digits)
    except ValueError:
        pass
    if digits[0] == "f":
        try:
            return -int(digits[1:])
        except ValueError:
            return None
    return None


def signed(data: bytes) -> int | None:
    """Return a little-endian two's complement number; None for the lowest one, which means "no value"."""
    number = int.from_bytes(data, "little", signed=True)
    if number < 0 and number == -1 << (8 * len(data) - 1):
        return None
    return number


def real32(data: bytes) -> Decimal | None:
    """Return an IEEE 754 single as the shortest decimal that reads back as the same one; None when not finite.

    Done in whole numbers: the value is mantissa x 2**power, and any decimal less than half a step away is it.
    """
    bits = int.from_bytes(data, "little")
    sign, power, mantissa = bits >> 31, bits >> _REAL_BITS & 0xFF, bits & 0x7FFFFF
    if power == 0xFF:
        return None
    if power:
        mantissa |= 1 << _REAL_BITS
    else:
        power = 1
    if not mantissa:
        return Decimal(0)
    shift = power - 150
    exact_context = Context(prec=200)
    step = exact_context.power(Decimal(2), shift)
    exact = exact_context.multiply(Decimal(mantissa), step)
    half = exact_context.divide(step, Decimal(2))
    for digits in range(1, 10):
        short = Context(prec=digits).plus(exact)
        if abs(exact_context.subtract(short, exact)) < half:
            exact = short
            break
    return -exact if sign else exact


def _year(low: int, high: int) -> int:
    return (low >> 5) | (high >> 4) << 3


def day(data: bytes) -> date | None:
    """Return a day of type G; None for FFFF, day 0 and days that no calendar has."""
    if len(data) != 2:
        return None
    low, high = data
    year = _year(low, high)
    try:
        return date(2000 + year if year < 81 else 1900 + year, high & 15, low & 31)
    except ValueError:
        return None


def instant(data: bytes) -> datetime | None:
    """Return a local instant of type F (4 bytes) or I (6 bytes); None when the meter marks it invalid."""
    if len(data) == 4:
        minute, hour, low, high = data
        second = 0
        if minute & 0x80:
            return None
        century = hour >> 5 & 3
    elif len(data) == 6:
        second, minute, hour, low, high, _week = data
        second &= 63
        if minute & 0x80:
            return None
        century = 0
    else:
        return None
    year = _year(low, high)
    year += 1900 + 100 * century if century else (2000 if year < 81 else 1900)
    try:
        return datetime(year, high & 15, low & 31, hour & 31, minute & 63, second)  # noqa: DTZ001 the meter's own clock
    except ValueError:
        return None


def clock(data: bytes) -> str | None:
    """Return a time of day of type J (3 bytes: second, minute, hour) as text."""
    second, minute, hour = data[0] & 63, data[1] & 63, data[2] & 31
    if data[1] & 0x80 or second > 59 or minute > 59 or hour > 23:
        return None
    return f"{hour:02d}:{minute:02d}:{second:02d}"


def text(data: bytes) -> str:
    """Return a text (last character first on the line, ISO 8859-1); hex digits when its bytes are no characters."""
    found = data[::-1].decode("latin-1").strip("\0 \t\r\n")
    return found if found.isprintable() else data.hex()
