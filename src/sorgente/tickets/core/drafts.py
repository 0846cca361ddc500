"""A draft answer from a template: paragraphs whose facts are known, in order; the others are left out."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_FORMAT = string.Formatter()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; `without` names a fact that must be unknown for it to be used."""

    text: str
    without: str = ""

    @property
    def facts(self) -> frozenset[str]:
        return frozenset(name for _, name, _, _ in _FORMAT.parse(self.text) if name)


@dataclass(frozen=True, slots=True)
class Template:
    """The answer to one category; `file` is where its words stand."""

    category: str
    paragraphs: tuple[Paragraph, ...]
    file: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed answer for a person to read, change and send; `facts` are those it uses, named in Italian."""

    body: str
    facts: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]


def paragraphs_of(content: Sequence[Any]) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a template as written: a text, or {text, without}."""
    found = []
    for one in content:
        if isinstance(one, str):
            found.append(Paragraph(" ".join(one.split())))
        else:
            found.append(Paragraph(" ".join(one["text"].split()), one.get("without", "")))
    return tuple(found)


def write_draft(
    template: Template, *, facts: Mapping[str, str], labels: Mapping[str, str], greeting: str, closing: str
) -> Draft:
    """Fill a template with facts.

    facts   those known; a paragraph that names another is left out
    labels  fact -> its Italian name, for the list beside the draft
    """
    used: dict[str, str] = {}
    left_out: dict[str, None] = {}
    lines = []
    for paragraph in template.paragraphs:
        missing = sorted(paragraph.facts - facts.keys())
        if missing:
            left_out |= dict.fromkeys(labels.get(name, name) for name in missing)
        elif not paragraph.without or paragraph.without not in facts:
            lines.append(paragraph.text.format_map(facts))
            used |= {labels.get(name, name): facts[name] for name in sorted(paragraph.facts)}
    body = "\n\n".join([greeting, *lines, closing])
    return Draft(body, tuple(used.items()), tuple(left_out))
