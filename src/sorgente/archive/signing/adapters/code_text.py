"""The words of a one-time code: they name company, document and amount, so that nobody gives it away for another."""

from __future__ import annotations

from datetime import timedelta

from sorgente.shared.company import company
from sorgente.shared.money import euro


def code_text(*, code: str, title: str, amount_cents: int | None, life: timedelta, lang: str) -> tuple[str, str]:
    """Return (subject, body); `lang` it or en. Plain letters only, for an SMS."""
    minutes = int(life.total_seconds() // 60)
    name = company().name
    amount = "" if amount_cents is None else f" ({euro(amount_cents)})"
    if lang == "en":
        return (
            f"{name}: your code to sign",
            f'{name}: {code} is your code to sign "{title}"{amount}. It is good for {minutes} minutes. '
            "Give it to nobody, not even to us.",
        )
    return (
        f"{name}: il codice per firmare",
        f'{name}: {code} è il codice per firmare "{title}"{amount}. Vale {minutes} minuti. '
        "Non darlo a nessuno, nemmeno a noi.",
    )
