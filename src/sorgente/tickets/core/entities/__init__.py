"""Codes, amounts, readings and places in a message: patterns propose, check digits prove, a learnt machine decides."""

from sorgente.tickets.core.entities.chooser import Chooser
from sorgente.tickets.core.entities.find import find_entities, mask

__all__ = ["Chooser", "find_entities", "mask"]
