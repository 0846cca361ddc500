"""The place of makers' own decoders."""

from __future__ import annotations

import pytest

from sorgente.radio import Decoder, MakerAnswer, MakerPart, Plugins, Record
from sorgente.radio.encode import framed, plain
from tests.radio.vectors import LITRES, METER, RECORDS


class Litres:
    """Reads four bytes of litres, low byte first."""

    def __init__(self, word: str) -> None:
        self.word = word

    def decode(self, part: MakerPart) -> MakerAnswer | None:
        if len(part.body) != 4:
            return None
        litres = int.from_bytes(part.body, "little")
        return MakerAnswer(total_milli=litres, records=(Record("volume", "m3", None),), status=(self.word,))


def decoder(**place) -> Decoder:
    plugins = Plugins()
    plugins.register(Litres("found"), manufacturer="SRG", **place)
    return Decoder(plugins=plugins)


OWN_FIELD = framed(METER, b"\xa2" + (LITRES).to_bytes(4, "little"))
OWN_BLOCK = plain(METER, bytes.fromhex("02fd1700000f") + (LITRES).to_bytes(4, "little"))


@pytest.mark.parametrize("telegram", [OWN_FIELD, OWN_BLOCK])
@pytest.mark.parametrize("place", [{}, {"version": 0x1A}, {"medium": 7}, {"version": 0x1A, "medium": 7}])
def test_a_plugin_reads_its_own_meters(telegram, place):
    answer = decoder(**place).decode(telegram, None)
    assert (answer.outcome, answer.total_milli, answer.status) == ("decoded", LITRES, ("found",))


@pytest.mark.parametrize("place", [{"version": 0x1B}, {"medium": 6}])
def test_a_plugin_is_not_asked_about_others(place):
    assert decoder(**place).decode(OWN_FIELD, None).outcome == "unsupported"
    assert decoder(**place).decode(OWN_BLOCK, None).total_milli is None


def test_a_plugin_that_is_not_certain_gives_nothing():
    assert decoder().decode(framed(METER, b"\xa2\x01"), None).outcome == "unsupported"


def test_the_standard_total_goes_before_the_plugins():
    answer = decoder().decode(plain(METER, RECORDS + b"\x0f\x01\x00\x00\x00"), None)
    assert answer.total_milli == LITRES


def test_the_most_particular_plugin_is_asked():
    plugins = Plugins()
    plugins.register(Litres("all"), manufacturer="SRG")
    plugins.register(Litres("version"), manufacturer="SRG", version=0x1A)
    assert Decoder(plugins=plugins).decode(OWN_FIELD, None).status == ("version",)
    with pytest.raises(ValueError, match="already"):
        plugins.register(Litres("again"), manufacturer="SRG")


def test_without_a_plugin_the_makers_format_is_reported():
    answer = Decoder().decode(OWN_FIELD, None)
    assert (answer.outcome, answer.meter_id) == ("unsupported", "20260042")
    assert "plug-in" in Decoder().decode(OWN_BLOCK, None).message
