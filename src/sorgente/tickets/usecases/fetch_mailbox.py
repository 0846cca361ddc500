"""Visit a mailbox: each new mail is taken in and put away, one transaction a mail."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from sorgente.archive.core.uploads import upload_limits
from sorgente.shared.errors import SorgenteError
from sorgente.tickets.adapters.imap import Address, MailboxDown, MailboxRefused, OpenMailbox, opened
from sorgente.tickets.models import Mailbox
from sorgente.tickets.usecases.receive_mail import KEPT_OF_TOO_LARGE, Received, park_too_large, park_unreadable

DONE_FOLDER = "Sorgente"
_log = logging.getLogger(__name__)

# raw, at, mailbox -> what became of it
Receive = Callable[..., Received]


@dataclass(slots=True)
class Visit:
    """What one visit did: outcomes counted, and why it ended early (empty when it did not)."""

    outcomes: dict[str, int] = field(default_factory=dict)
    problem: str = ""

    @property
    def mails(self) -> int:
        return sum(self.outcomes.values())


def fetch_mailbox(
    *, address: Address, at: datetime, receive: Receive, done_folder: str = DONE_FOLDER, limit: int | None = None
) -> Visit:
    """Take in what is new in a mailbox, the oldest first.

    receive      takes one mail in (raw, at, mailbox): the journey that also starts clocks, or receive_mail
    done_folder  where taken mails are moved; empty leaves them in place, marked read
    limit        how many at most
    raises       MailboxDown, MailboxRefused, after writing them down; mails taken in before stay taken in

    Not inside a transaction. A mail is put away only after its transaction is committed: a connection that drops
    between the two brings it again at the next visit, where it is known. Mails over the limit stay where they are.
    """
    row, _new = Mailbox.objects.get_or_create(name=address.name)
    visit = Visit()
    try:
        with opened(address) as box:
            _take_all(box, row, visit, at=at, receive=receive, done_folder=done_folder, limit=limit)
    except (MailboxDown, MailboxRefused) as problem:
        visit.problem = str(problem)
        _written_down(row, at, visit.problem)
        raise
    _written_down(row, at, "")
    return visit


def _take_all(
    box: OpenMailbox, row: Mailbox, visit: Visit, *, at: datetime, receive: Receive, done_folder: str, limit: int | None
) -> None:
    validity = box.select()
    if validity != row.uid_validity:
        # The server numbers anew: all is looked at again, and what was taken in before is recognised.
        row.uid_validity, row.latest_uid = validity, 0
    for uid in box.uids_after(row.latest_uid)[:limit]:
        size = box.size(uid)
        if size > int(upload_limits()["max_mail_bytes"]):
            beginning = box.fetch(uid, first_bytes=KEPT_OF_TOO_LARGE)[:KEPT_OF_TOO_LARGE]
            got = park_too_large(beginning=beginning, size=size, at=at, mailbox=row.name)
        else:
            raw = box.fetch(uid)
            if not raw:
                continue  # somebody took it away between the list and now
            got = _received(receive, raw, at, row.name)
            box.put_away(uid, done_folder)
        visit.outcomes[got.outcome] = visit.outcomes.get(got.outcome, 0) + 1
        row.latest_uid = uid
        row.save(update_fields=["uid_validity", "latest_uid"])


def _received(receive: Receive, raw: bytes, at: datetime, mailbox: str) -> Received:
    """Take one mail in, or park it with the reason: one that cannot be taken in must not hold up those behind it."""
    try:
        with transaction.atomic():
            return receive(raw=raw, at=at, mailbox=mailbox)
    except SorgenteError as problem:
        reason = str(problem)
    except Exception:
        _log.exception("a mail of %s could not be taken in", mailbox)
        reason = "errore interno: vedi il registro del server"
    return park_unreadable(raw=raw, reason=reason, at=at, mailbox=mailbox)


def _written_down(row: Mailbox, at: datetime, problem: str) -> None:
    row.checked_at, row.problem = at, problem
    row.failures = row.failures + 1 if problem else 0
    row.save()
