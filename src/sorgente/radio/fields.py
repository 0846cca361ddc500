"""One record header (DIF, DIFE, VIF, VIFE) compiled once into what the reading loop needs.

A fleet sends the same few hundred headers over and over, so each is worked out once and kept.
"""

from __future__ import annotations

from decimal import Decimal

from sorgente.radio import vif
from sorgente.radio.vif import Form, Meaning

MOST_EXTENSIONS = 10
FUNCTIONS = ("instantaneous", "maximum", "minimum", "error_state")

# Kinds of data, from the low four bits of the DIF.
NONE, BINARY, BCD, REAL, VARIABLE = range(5)
_KINDS: tuple[tuple[int, int], ...] = (
    (NONE, 0), (BINARY, 1), (BINARY, 2), (BINARY, 3), (BINARY, 4), (REAL, 4), (BINARY, 6), (BINARY, 8),
    (NONE, 0), (BCD, 1), (BCD, 2), (BCD, 3), (BCD, 4), (VARIABLE, 0), (BCD, 6),
)  # fmt: skip

VOLUME, ENERGY_KWH, ENERGY_MJ, CLOCK, IDENTITY = range(1, 6)


class BadHeader(Exception):
    """A record header that the standard does not allow. Internal: ends the reading of the records."""


class Field:
    """A compiled header.

    kind, size  how the data is written, and in how many bytes (variable length: 0)
    factor      what the whole number is multiplied with, None for one
    role        VOLUME, ENERGY_KWH, ENERGY_MJ, CLOCK or IDENTITY when the record speaks for the whole telegram, else 0
    rank        0 the plain value, 1 forward flow or base conditions
    """

    __slots__ = (
        "factor", "failed", "form", "function", "kind", "modifiers", "quantity", "rank", "role", "simple",
        "size", "storage", "subunit", "tariff", "unit",
    )  # fmt: skip

    def __init__(self, header: bytes, name: str = "") -> None:
        """Compile a header; `name` is the plain text of a VIF 7C. Raises BadHeader."""
        dif = header[0]
        self.kind, self.size = _KINDS[dif & 15]
        self.function = FUNCTIONS[dif >> 4 & 3]
        at = self._address(header)
        exponent = self._meaning(header, at, name)
        self.factor = None if exponent == 0 else Decimal(10**exponent) if exponent > 0 else Decimal(1).scaleb(exponent)
        self.simple = self.form == Form.NUMBER and not self.failed
        self._headline()

    def _address(self, header: bytes) -> int:
        """Read storage, tariff and subunit; return where the VIF stands."""
        storage, tariff, subunit = header[0] >> 6 & 1, 0, 0
        at = 1
        while header[at - 1] & 0x80:
            extension = header[at]
            storage |= (extension & 15) << (1 + 4 * (at - 1))
            tariff |= (extension >> 4 & 3) << (2 * (at - 1))
            subunit |= (extension >> 6 & 1) << (at - 1)
            at += 1
        if at - 1 > MOST_EXTENSIONS:
            raise BadHeader(f"The record has {at - 1} DIFE; {MOST_EXTENSIONS} are allowed.")
        self.storage, self.tariff, self.subunit = storage, tariff, subunit
        return at

    def _meaning(self, header: bytes, at: int, name: str) -> int:
        """Read the VIF and its extensions; return the power of ten of the value."""
        code = header[at]
        extensions = header[at + 1 :]
        maker = False
        meaning: Meaning
        if code in (0xFB, 0xFD) and extensions:
            meaning = (vif.FB if code == 0xFB else vif.FD)[extensions[0] & 0x7F]
            extensions = extensions[1:]
        elif code & 0x7F == 0x7C:
            meaning = Meaning(name or "unknown", "")
        elif code & 0x7F == 0x7F:
            meaning, maker = vif.MAKER, True
        elif code == 0xEF:
            meaning, extensions = vif.UNKNOWN, extensions[1:]
        else:
            meaning = vif.PRIMARY[code & 0x7F]
        if len(extensions) > MOST_EXTENSIONS:
            raise BadHeader(f"The record has {len(extensions)} VIFE; {MOST_EXTENSIONS} are allowed.")
        exponent, modifiers = meaning.exponent, []
        failed = False
        second_table = False
        for extension in extensions:
            low = extension & 0x7F
            if maker:
                modifiers.append(f"maker_{low:02x}")
            elif second_table:
                modifiers.append(f"extension_{low:02x}")
                second_table = False
            elif 0x70 <= low <= 0x77:
                exponent += low - 0x76
            elif low == 0x7D:
                exponent += 3
            elif low == 0x7F:
                maker = True
                modifiers.append("maker")
            elif low == 0x7C:
                second_table = True
            elif low < 0x20:
                if low:
                    failed = True
                    modifiers.append(vif.RECORD_ERRORS.get(low, f"record_error_{low:02x}"))
            else:
                modifiers.append(vif.vife_word(low))
        self.quantity, self.unit, self.form = meaning.quantity, meaning.unit, meaning.form
        self.modifiers = tuple(modifiers)
        self.failed = failed
        if self.form in (Form.DATE, Form.INSTANT) and any("per_" in word for word in modifiers):
            self.form = Form.NUMBER
        return exponent

    def _headline(self) -> None:
        self.role, self.rank = 0, 0
        if self.storage or self.tariff or self.subunit or self.function != "instantaneous" or self.failed:
            return
        if self.kind in (NONE, VARIABLE) or not vif.STILL_THE_INDEX.issuperset(self.modifiers):
            return
        if self.quantity == "volume" and self.unit == "m3":
            self.role = VOLUME
        elif self.quantity == "energy" and self.unit == "kWh":
            self.role = ENERGY_KWH
        elif self.quantity == "energy" and self.unit == "MJ":
            self.role = ENERGY_MJ
        elif self.quantity == "date_time" and not self.modifiers:
            self.role = CLOCK
        elif self.quantity == "enhanced_identification" and not self.modifiers:
            self.role = IDENTITY
        self.rank = 1 if self.modifiers else 0
