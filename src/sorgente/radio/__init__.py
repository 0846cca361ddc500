"""Decoding of wireless and wired M-Bus telegrams: pure, exact, without a database."""

from sorgente.radio.answer import Address, Decoded, Outcome, Record
from sorgente.radio.decoder import Decoder
from sorgente.radio.formats import FormatStore, MemoryFormats
from sorgente.radio.hexes import NotHex, clean_hex
from sorgente.radio.plugins import MakerAnswer, MakerPart, MakerPlugin, Plugins

__all__ = [
    "Address",
    "Decoded",
    "Decoder",
    "FormatStore",
    "MakerAnswer",
    "MakerPart",
    "MakerPlugin",
    "MemoryFormats",
    "NotHex",
    "Outcome",
    "Plugins",
    "Record",
    "clean_hex",
]
