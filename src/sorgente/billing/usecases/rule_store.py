"""Keep the rules a run is rated with, and find the rows of the table of rules that its charges point at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from sorgente.billing.core.snapshot import book_of, pack, read_rule_texts, unpack
from sorgente.billing.core.stretches import Long
from sorgente.billing.models import BillRule, RuleSnapshot
from sorgente.shared.paths import rules_dir
from sorgente.tariffs.book import TariffBook


@dataclass(frozen=True, slots=True)
class KeptBook:
    """A tariff book, and for each of its rules the id of the BillRule row."""

    book: TariffBook
    rule_ids: Long


def keep_rules() -> RuleSnapshot:
    """Return the snapshot of the rules folder as it is now, stored once per content."""
    sha256, content = pack(read_rule_texts(rules_dir()))
    return RuleSnapshot.objects.get_or_create(sha256=sha256, defaults={"content": content})[0]


def open_book(snapshot: RuleSnapshot, *, known_on: date) -> KeptBook:
    """Return the book of a snapshot as known on a day, with a BillRule row for each of its rules."""
    book = book_of(unpack(bytes(snapshot.content)), known_on=known_on)
    keys = [(line.tariff, line.path, line.start) for line in book.rules]
    wanted = dict(zip(keys, book.rules, strict=True))
    known = _known(set(wanted))
    missing = [key for key in wanted if key not in known]
    BillRule.objects.bulk_create(
        [
            BillRule(
                tariff=key[0], path=key[1], start=key[2], service=wanted[key].service,
                service_code=wanted[key].service_code, kind=int(wanted[key].kind), brackets=list(wanted[key].brackets),
                cite=wanted[key].cite[:300],
            )
            for key in missing
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    if missing:
        known = _known(set(wanted))
    return KeptBook(book, np.array([known[key] for key in keys], dtype=np.int64))


def _known(keys: set[tuple[str, str, date]]) -> dict[tuple[str, str, date], int]:
    rows = BillRule.objects.filter(tariff__in={key[0] for key in keys}).values_list("tariff", "path", "start", "id")
    return {(tariff, path, start): identity for tariff, path, start, identity in rows}
