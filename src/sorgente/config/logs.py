"""What may stand in a log: where and what happened, never whom it is about nor what somebody typed.

Logs are read by more people, and kept in more places, than the database. So the formatter of every handler leaves out
query strings, the secret part of links, addresses and numbers of persons, and what exceptions say of their values.
"""

from __future__ import annotations

import logging
import re
import traceback
from types import TracebackType
from typing import Any

from django.db import Error as DatabaseError
from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

from sorgente.shared.errors import SorgenteError

# What these say is about our code; any other exception may quote the value it met.
_ABOUT_CODE = (TypeError, AttributeError, NameError, ImportError, NotImplementedError, AssertionError)
_HIDDEN = "…"
_SECRETS = (
    # The address of a page with what was searched, typed or proven by it.
    (re.compile(r"(/[\w\-./%~]*)\?[^\s\"']+"), rf"\1?{_HIDDEN}"),
    # Links that open something by themselves: a paper to sign, an appointment, an invitation, a new password.
    (re.compile(r"(/firma/)(?!tablet/|come-funziona/)[^/\s\"'?]+"), rf"\1{_HIDDEN}"),
    (re.compile(r"(/appuntamenti/)(?!nuovo/)[^/\s\"'?]+"), rf"\1{_HIDDEN}"),
    (re.compile(r"(/area/invito/)[^/\s\"'?]+"), rf"\1{_HIDDEN}"),
    (re.compile(r"(/area/password/)[^/\s\"'?]+/[^/\s\"'?]+"), rf"\1{_HIDDEN}"),
    # user:password@ of a database, a mailbox, a gateway.
    (re.compile(r"(://)[^/\s@\"']+@"), rf"\1{_HIDDEN}@"),
    # E-mail, IBAN, tax code, Italian telephone.
    (re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+"), _HIDDEN),
    (re.compile(r"\b[A-Z]{2}\d{2} ?(?:[A-Z0-9]{4} ?){3,7}[A-Z0-9]{0,4}\b"), _HIDDEN),
    (re.compile(r"(?i)\b[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]\b"), _HIDDEN),
    (re.compile(r"\+39[ \d]{6,13}"), _HIDDEN),
)  # fmt: skip


def without_persons(text: str) -> str:
    """Return a line of a log without query strings, secrets of links, and identifiers of persons."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


class PrivateFormatter(logging.Formatter):
    """Format a record and its exception without personal data; the frames of the traceback stay whole."""

    def format(self, record: logging.LogRecord) -> str:
        # Another handler may have kept the full text of the exception in the record.
        record.exc_text = None
        text = without_persons(super().format(record))
        record.exc_text = None
        return text

    def formatException(  # noqa: N802 - the name is logging's own
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        lines = []
        problem, seen = ei[1], set[int]()
        while problem is not None and id(problem) not in seen:
            seen.add(id(problem))
            frames = "".join(traceback.format_tb(problem.__traceback__)).rstrip()
            lines.append(f"{frames}\n{_said(problem)}".lstrip("\n"))
            problem = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
        return "\nbecause of\n".join(lines)


def _said(problem: BaseException) -> str:
    """Return the kind of an exception with as much of its words as cannot quote anybody's data."""
    name = f"{type(problem).__module__}.{type(problem).__qualname__}".removeprefix("builtins.")
    if isinstance(problem, SorgenteError):
        return f"{name}: {problem.code}"
    if isinstance(problem, DatabaseError):
        told = getattr(problem.__cause__, "diag", None)
        facts = [getattr(told, part, None) for part in ("sqlstate", "table_name", "constraint_name")]
        return f"{name}: {' '.join(fact for fact in facts if fact)}"
    return f"{name}: {problem}" if isinstance(problem, _ABOUT_CODE) else name


class NothingTypedFilter(SafeExceptionReporterFilter):
    """Reports of errors carry neither what was sent nor the values of variables, wherever they are sent."""

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return {} if request is None else dict.fromkeys(request.POST, self.cleansed_substitute)

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> Any:
        return []

    def get_safe_cookies(self, request: HttpRequest) -> dict[str, Any]:
        return dict.fromkeys(request.COOKIES, self.cleansed_substitute)

    def get_safe_request_meta(self, request: HttpRequest) -> dict[str, Any]:
        meta: dict[str, Any] = super().get_safe_request_meta(request)
        return {key: without_persons(value) if isinstance(value, str) else value for key, value in meta.items()
                if key not in ("HTTP_COOKIE", "QUERY_STRING")}  # fmt: skip
