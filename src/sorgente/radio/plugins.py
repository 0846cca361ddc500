"""The place of the makers' own decoders: a registry by manufacturer, version and medium.

The standards leave room for what only the maker can explain: CI fields A0 to B7, the block after DIF 0F, VIF 7F. A
plug-in is asked after the standard part was read, and only for its own meters. It answers None when it is
not certain; a missing index costs a visit, a wrong one costs a customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sorgente.radio.answer import Address, Record


@dataclass(frozen=True, slots=True)
class MakerPart:
    """What a plug-in gets to see, decrypted.

    ci       the CI field of the application data
    body     the maker's bytes: everything after a CI of A0..B7, else the block after DIF 0F or 1F
    records  what the standard part said
    link     the link-layer address bytes as sent (maker, number, version, medium), b"" when wired
    """

    address: Address
    ci: int
    body: bytes
    records: tuple[Record, ...]
    link: bytes


@dataclass(frozen=True, slots=True)
class MakerAnswer:
    """What a plug-in found; totals it is not certain of stay None.

    Records and status words are added to the standard ones.
    """

    total_milli: int | None = None
    total_wh: int | None = None
    records: tuple[Record, ...] = ()
    status: tuple[str, ...] = ()
    address: Address | None = None


class MakerPlugin(Protocol):
    """A decoder of one maker's own format."""

    def decode(self, part: MakerPart) -> MakerAnswer | None:
        """Return what the part says, None when this is not the plug-in's format."""


class Plugins:
    """The registry. A plug-in for a version and medium goes before one for all of a maker's meters."""

    def __init__(self) -> None:
        self._plugins: dict[tuple[str, int | None, int | None], MakerPlugin] = {}

    def register(
        self, plugin: MakerPlugin, *, manufacturer: str, version: int | None = None, medium: int | None = None
    ) -> None:
        """Give a plug-in its place; None stands for every version or every medium."""
        place = (manufacturer, version, medium)
        if place in self._plugins:
            raise ValueError(f"There is a plug-in for {place} already.")
        self._plugins[place] = plugin

    def find(self, address: Address) -> MakerPlugin | None:
        """Return the plug-in for a meter, the most particular one."""
        if not self._plugins:
            return None
        name, version, medium = address.manufacturer, address.version, address.medium_code
        for place in ((name, version, medium), (name, version, None), (name, None, medium), (name, None, None)):
            plugin = self._plugins.get(place)
            if plugin is not None:
                return plugin
        return None
