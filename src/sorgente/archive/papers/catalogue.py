"""The templates there are: each a folder of versions, each version a drawing (.typ) and a description (.yaml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sorgente.shared.errors import SorgenteError

TEMPLATES = Path(__file__).parent / "templates"
_PARTS = "parts"


class PaperTemplateUnknown(SorgenteError):
    code = "papers.template.unknown"


class PaperTemplateNotInForce(SorgenteError):
    code = "papers.template.not-in-force"


class PaperTemplateWrong(SorgenteError):
    code = "papers.template.file-wrong"


@dataclass(frozen=True, slots=True)
class Template:
    """One version of one paper.

    starts_on  the first day it is used for new papers; it stays renderable for ever
    kind       a Document.Kind of the archive
    title      with {names} of values: "Contratto di fornitura n. {contract.number}"
    values     what must be given: name → type, `name?` optional, `name[]` a list, a mapping for a group
    figures    legal figures of the text: name → the text printed; their citations stand in the file
    drawing    the Typst file
    """

    name: str
    version: str
    starts_on: date
    kind: str
    title: str
    values: Mapping[str, Any]
    figures: Mapping[str, str]
    drawing: Path


def template_on(*, name: str, on: date, folder: Path = TEMPLATES) -> Template:
    """Return the version of a paper in force on a day; raises PaperTemplateUnknown, PaperTemplateNotInForce."""
    versions = template_versions(name=name, folder=folder)
    held = [one for one in versions if one.starts_on <= on]
    if not held:
        raise PaperTemplateNotInForce(
            f"Paper {name} on {on}",
            f"Its first version holds from {versions[0].starts_on}.",
            "Give a later day, or add a version that holds on this day.",
        )
    return held[-1]


@cache
def template_versions(*, name: str, folder: Path = TEMPLATES) -> tuple[Template, ...]:
    """Return every version of a paper, the earliest first; raises PaperTemplateUnknown, PaperTemplateWrong."""
    files = sorted((folder / name).glob("*.yaml")) if name.isidentifier() and name != _PARTS else []
    if not files:
        known = sorted(one.name for one in folder.iterdir() if one.is_dir() and one.name != _PARTS)
        raise PaperTemplateUnknown(f"Paper {name}", "There is no such template.", f"Choose among: {', '.join(known)}.")
    return tuple(sorted((_read(file, folder) for file in files), key=lambda one: one.starts_on))


def _read(file: Path, folder: Path) -> Template:
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        groups = yaml.safe_load((folder / _PARTS / data["groups"]).read_text(encoding="utf-8"))
        return Template(
            name=file.parent.name,
            version=file.stem,
            starts_on=_day(data["from"]),
            kind=data["kind"],
            title=data["title"],
            values=_with_groups(data["values"], groups["values"]),
            figures={name: figure["text"] for name, figure in {**groups["figures"], **data.get("figures", {})}.items()},
            drawing=_existing(file.with_suffix(".typ")),
        )
    except (OSError, KeyError, TypeError, AttributeError, ValueError, yaml.YAMLError) as problem:
        raise PaperTemplateWrong(
            str(file), f"It does not describe a paper: {problem!r}.", "Compare it with supply_contract/1.yaml."
        ) from problem


def _day(given: object) -> date:
    if not isinstance(given, date):
        raise ValueError(f"{given!r} is not a day")
    return given


def _existing(drawing: Path) -> Path:
    if not drawing.is_file():
        raise FileNotFoundError(f"{drawing.name} is missing")
    return drawing


def _with_groups(values: Mapping[str, Any], groups: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with each `$group` replaced by what the shared file says it holds."""
    full: dict[str, Any] = {}
    for name, kind in values.items():
        if isinstance(kind, str) and kind.startswith("$"):
            kind = groups[kind[1:]]
        full[name] = _with_groups(kind, groups) if isinstance(kind, Mapping) else kind
    return full
