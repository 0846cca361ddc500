"""The texts of the rules a run is rated with, kept whole: the same texts give the same book for ever."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from sorgente.tariffs.book import TariffBook
from sorgente.tariffs.components import components_of
from sorgente.tariffs.neutral import tariff_from_text
from sorgente.tariffs.rules import Rules, read_rule

_TARIFFS = "tariffs/*.json"
_COMPONENTS = "arera/perequation/*.yaml"


def read_rule_texts(folder: Path) -> dict[str, str]:
    """Return path -> text of every tariff and pass-through component under a rules folder."""
    files = [file for pattern in (_TARIFFS, _COMPONENTS) for file in sorted(folder.glob(pattern))]
    return {str(file.relative_to(folder)): file.read_text(encoding="utf-8") for file in files}


def pack(texts: Mapping[str, str]) -> tuple[str, bytes]:
    """Return (SHA-256 of the content, the content packed)."""
    content = json.dumps(dict(sorted(texts.items())), ensure_ascii=False).encode()
    return hashlib.sha256(content).hexdigest(), gzip.compress(content, mtime=0)


def unpack(packed: bytes) -> dict[str, str]:
    texts: dict[str, str] = json.loads(gzip.decompress(packed))
    return texts


def book_of(texts: Mapping[str, str], *, known_on: date) -> TariffBook:
    """Return the tariff book of the texts as known on a day; raises TariffRefused, RuleRefused, OverlappingVersions."""
    tariffs = [tariff_from_text(text, file=Path(name).name) for name, text in texts.items() if name.endswith(".json")]
    components = [read_rule(text, file=name) for name, text in texts.items() if name.endswith(".yaml")]
    national = components_of(Rules({rule.id: rule for rule in components if rule is not None}), known_on)
    return TariffBook(tariffs, national=national, known_on=known_on)
