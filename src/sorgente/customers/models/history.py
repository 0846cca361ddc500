"""Rows that keep every state they ever had, with author and reason."""

from __future__ import annotations

from typing import TypeVar, cast

import pghistory
from django.db import models

_M = TypeVar("_M", bound=models.Model)


def with_history(model: type[_M]) -> type[_M]:
    """Keep every state of every row of the model, with who changed it and why.

    One trigger a statement, not one a row: loading thousands of customers writes their history in one insert.
    """
    trackers = (pghistory.InsertEvent(level=pghistory.Statement), pghistory.UpdateEvent(level=pghistory.Statement))
    return cast("type[_M]", pghistory.track(*trackers)(model))
