"""Errors are interface: the object, the facts, the next step, and a code that never changes."""

from __future__ import annotations

from typing import Any, ClassVar


class SorgenteError(Exception):
    """Something that the person at the desk, or the caller of a command, can mend.

    subject    the object the error is about, as its user knows it ("Meter A17", "points.csv line 12")
    facts      what was found, with the figures
    next_step  what to do now

    Each subclass sets `code`, `<process>.<object>.<problem>` in kebab case. Anything that is not a
    SorgenteError is a defect: it rises and is logged.
    """

    code: ClassVar[str] = "sorgente.error"

    def __init__(self, subject: str, facts: str, next_step: str) -> None:
        super().__init__(subject, facts, next_step)
        self.subject = subject
        self.facts = facts
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.subject}: {self.facts} {self.next_step}".strip()

    def as_dict(self) -> dict[str, Any]:
        """Return the error as the command line and the web pages show it."""
        return {"code": self.code, "subject": self.subject, "facts": self.facts, "next_step": self.next_step}


class WrongUse(SorgenteError):
    """The command or the call itself was put wrongly: exit code 2 at the command line."""

    code = "sorgente.wrong-use"
