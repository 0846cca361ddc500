"""Codes, amounts, readings and places in a message: candidates by context, checked by their check digits."""

from sorgente.tickets.core.entities.find import find_entities, mask

__all__ = ["find_entities", "mask"]
