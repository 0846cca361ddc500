"""The region a municipality lies in, from its ISTAT code: what a supply code begins with."""

from __future__ import annotations

from sorgente.shared.errors import SorgenteError

# Number of the province (first three digits of the municipality) -> number of the region.
_RANGES: tuple[tuple[int, tuple[tuple[int, int], ...]], ...] = (
    (1, ((1, 6), (96, 96), (103, 103))),
    (2, ((7, 7),)),
    (3, ((12, 20), (97, 98), (108, 108))),
    (4, ((21, 22),)),
    (5, ((23, 29),)),
    (6, ((30, 32), (93, 93))),
    (7, ((8, 11),)),
    (8, ((33, 40), (99, 99))),
    (9, ((45, 53), (100, 100))),
    (10, ((54, 55),)),
    (11, ((41, 44), (109, 109))),
    (12, ((56, 60),)),
    (13, ((66, 69),)),
    (14, ((70, 70), (94, 94))),
    (15, ((61, 65),)),
    (16, ((71, 75), (110, 110))),
    (17, ((76, 77),)),
    (18, ((78, 80), (101, 102))),
    (19, ((81, 89),)),
    (20, ((90, 92), (95, 95), (104, 107), (111, 119))),
)


class MunicipalityUnknown(SorgenteError):
    code = "customers.municipality.unknown"


def region_of(istat_code: str) -> int:
    """Return the ISTAT number of the region of a municipality's six digits; raises MunicipalityUnknown.

    source  ISTAT, codes of the territorial units
    """
    if len(istat_code) == 6 and istat_code.isdigit():
        province = int(istat_code[:3])
        for region, ranges in _RANGES:
            if any(first <= province <= last for first, last in ranges):
                return region
    raise MunicipalityUnknown(
        f"Municipality {istat_code}", "It is no ISTAT code of an Italian municipality.", "Copy its six digits: 042002."
    )
