"""A new holder is told how to enter the web area."""

from __future__ import annotations

from datetime import datetime

from sorgente.customers.access.usecases.send_activation_code import send_activation_code
from sorgente.customers.core.requests import EXECUTED, NEW_HOLDER
from sorgente.customers.queries.requests import request_view


def welcome(*, number: str, at: datetime) -> bool:
    """Mail the activation code of a contract that a request began; tell whether one left. Again sends nothing.

    Without an e-mail address nothing leaves: the first bill carries a code.
    raises  MailDown
    """
    view = request_view(number, as_of=at.date())
    email = view.answers["email"]
    if view.line.kind not in NEW_HOLDER or view.line.state != EXECUTED or not email:
        return False
    return send_activation_code(
        account_number=view.account_number, reference=f"request:{number}", email=email,
        language=view.answers["language"], at=at,
    )  # fmt: skip
