"""Constraints on periods, for the tables of any process that keeps history."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db.models import F, Func, Q, Value


def one_at_a_time(name: str, owner: str, period: str, *, condition: Q | None = None) -> ExclusionConstraint:
    """Return a constraint: the periods of one owner never overlap. Core GiST alone, no extension.

    condition  the rows it is about; None is all of them
    """
    owner_range = Func(F(owner), F(owner), Value("[]"), function="int8range")
    return ExclusionConstraint(
        name=name,
        expressions=[(owner_range, RangeOperators.OVERLAPS), (period, RangeOperators.OVERLAPS)],
        condition=condition,
    )


# Letters that search does not tell apart, and what it reads instead; an apostrophe parts two words.
FOLDED = "àáâäãèéêëìíîïòóôöõùúûüçñÀÁÂÄÃÈÉÊËÌÍÎÏÒÓÔÖÕÙÚÛÜÇÑ'’"
PLAIN = "aaaaaeeeeiiiiooooouuuucnaaaaaeeeeiiiiooooouuuucn  "


class NameWords(Func):
    """The words of a name as search compares them: lower case, no accents, apostrophes as blanks."""

    template = (
        "to_tsvector('simple'::regconfig, translate(lower(%(expressions)s), '"
        + FOLDED.replace("'", "''")
        + f"', '{PLAIN}'))"
    )
