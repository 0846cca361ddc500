"""Constraints on periods, for the tables of any process that keeps history."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db.models import F, Func, Value


def one_at_a_time(name: str, owner: str, period: str) -> ExclusionConstraint:
    """Return a constraint: the periods of one owner never overlap. Core GiST alone, no extension."""
    owner_range = Func(F(owner), F(owner), Value("[]"), function="int8range")
    return ExclusionConstraint(
        name=name, expressions=[(owner_range, RangeOperators.OVERLAPS), (period, RangeOperators.OVERLAPS)]
    )
