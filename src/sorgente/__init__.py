"""Sorgente: from the meter to the money in the bank, and from the signature to the last euro recovered."""

__version__ = "0.1.0"
