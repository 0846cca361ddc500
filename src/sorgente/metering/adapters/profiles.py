"""Profiles of reader files: the utility's own in the database, those that come with the project in rules/."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sorgente.metering.core.profile import Profile, read_profile
from sorgente.metering.models import ReaderProfile
from sorgente.shared.errors import SorgenteError
from sorgente.shared.paths import rules_dir
from sorgente.tariffs.rules import read_rule


class UnknownProfile(SorgenteError):
    code = "metering.profile.unknown"


def find_profile(name: str, *, on: date) -> tuple[Profile, Mapping[str, Any]]:
    """Return the profile of that name and its settings, the utility's own before a shipped one.

    raises  UnknownProfile, ProfileWrong
    """
    own = ReaderProfile.objects.filter(name=name).first()
    settings = own.settings if own is not None else _shipped(name, on)
    if settings is None:
        known = ", ".join(profile_names())
        raise UnknownProfile(f"Profile {name}", "There is none of this name.", f"Use one of {known}.")
    return read_profile(name, settings), settings


def profile_names() -> list[str]:
    """Return every profile that can be named."""
    shipped = {file.stem for file in (rules_dir() / "metering" / "profiles").glob("*.yaml")}
    return sorted(shipped | set(ReaderProfile.objects.values_list("name", flat=True)))


def _shipped(name: str, on: date) -> Mapping[str, Any] | None:
    file = rules_dir() / "metering" / "profiles" / f"{name}.yaml"
    if name not in {one.stem for one in file.parent.glob("*.yaml")}:
        return None
    rule = read_rule(file.read_text(encoding="utf-8"), file=f"metering/profiles/{file.name}")
    return None if rule is None else dict(rule.on(on).value)
