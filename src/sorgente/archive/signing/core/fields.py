"""One place on a paper where the customer signs or chooses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FieldKind(StrEnum):
    """What a field binds the customer to; onerous clauses, mandate and each consent are signed by themselves."""

    CONTRACT = "contract"
    ONEROUS_CLAUSES = "onerous_clauses"
    DEBIT_MANDATE = "debit_mandate"
    PRIVACY = "privacy"
    CONSENT = "consent"
    ENROLMENT = "enrolment"
    DECLARATION = "declaration"


@dataclass(frozen=True, slots=True)
class SignField:
    """A field of a document to be signed.

    key       its name in the document, [a-z0-9_], unique there
    label     what the customer agrees to, in plain words
    required  without it the document is not complete; a consent never is
    page      from 1
    box       left, bottom, right, top in PDF points (1/72 inch) from the page's bottom left corner
    """

    key: str
    kind: FieldKind
    label: str
    required: bool
    page: int
    box: tuple[float, float, float, float]
