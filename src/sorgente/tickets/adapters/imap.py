"""A mailbox over IMAP: new messages by UID, each fetched without marking it, then moved out of the way.

source  RFC 9051 (IMAP4rev2), RFC 6851 (MOVE); Python's imaplib does the talking
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from sorgente.shared.errors import SorgenteError, WrongUse

_TIMEOUT_SECONDS = 30
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"UID (\d+)")


class MailboxDown(SorgenteError):
    """The mailbox cannot be read now; what was taken in stays, the next visit goes on from there."""

    code = "tickets.mailbox.down"


class MailboxRefused(SorgenteError):
    """The server is there and says no: somebody must change the settings."""

    code = "tickets.mailbox.refused"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a mailbox is; `tls` from the first byte (imaps), else in the clear: for tests and the same machine."""

    host: str
    port: int
    user: str
    password: str
    folder: str = "INBOX"
    tls: bool = True

    @property
    def name(self) -> str:
        return f"{self.user}@{self.host}/{self.folder}"


def address_of(url: str) -> Address:
    """Return the address in imaps://user:password@host:port/folder; raises WrongUse."""
    parts = urlsplit(url)
    if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
        raise WrongUse(
            "SORGENTE_IMAP_URL", "It names no mailbox.", "Write imaps://user:password@host/folder; escape the password."
        )
    tls = parts.scheme == "imaps"
    return Address(
        host=parts.hostname,
        port=parts.port or (993 if tls else 143),
        user=unquote(parts.username),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        tls=tls,
    )


class OpenMailbox:
    """A selected folder."""

    def __init__(self, connection: imaplib.IMAP4, address: Address) -> None:
        self._connection = connection
        self._address = address

    def select(self) -> int:
        """Select the folder and return its UIDVALIDITY: when it changes, UIDs mean other messages."""
        self._asked("select", *self._connection.select(_quoted(self._address.folder)))
        data = self._connection.response("UIDVALIDITY")[1]
        return int(data[0]) if data and data[0] else 0

    def uids_after(self, uid: int) -> list[int]:
        """Return the UIDs of the messages that are there, above `uid`, ascending."""
        data = self._asked("search", *self._connection.uid("SEARCH", f"UID {uid + 1}:*"))
        # "7:*" also finds the latest message when its UID is below 7.
        return sorted(int(one) for one in (data[0] or b"").split() if int(one) > uid)

    def size(self, uid: int) -> int:
        """Return the bytes of a message; 0 when it is gone."""
        for one in self._asked("fetch", *self._connection.uid("FETCH", str(uid), "(RFC822.SIZE)")):
            found = _SIZE.search(one if isinstance(one, bytes) else one[0] if one else b"")
            if found:
                return int(found[1])
        return 0

    def fetch(self, uid: int, *, first_bytes: int | None = None) -> bytes:
        """Return a message whole, or how it begins; empty when it is gone. It stays unread."""
        part = "(BODY.PEEK[])" if first_bytes is None else f"(BODY.PEEK[]<0.{first_bytes}>)"
        data = self._asked("fetch", *self._connection.uid("FETCH", str(uid), part))
        for one in data:
            if isinstance(one, tuple) and (_UID.search(one[0]) or len(data) > 1):
                return bytes(one[1])
        return b""

    def put_away(self, uid: int, folder: str) -> None:
        """Mark a message read and move it to a folder, which is made when it is not there."""
        self._asked("store", *self._connection.uid("STORE", str(uid), "+FLAGS", r"(\Seen)"))
        if not folder:
            return
        if self._move(uid, folder) != "OK":
            self._connection.create(_quoted(folder))
            self._asked("move", self._move(uid, folder), [])

    def _move(self, uid: int, folder: str) -> str:
        if "MOVE" in self._connection.capabilities:
            return self._connection.uid("MOVE", str(uid), _quoted(folder))[0]
        status = self._connection.uid("COPY", str(uid), _quoted(folder))[0]
        if status == "OK":
            self._connection.uid("STORE", str(uid), "+FLAGS", r"(\Deleted)")
            self._connection.expunge()
        return status

    def _asked(self, what: str, status: str, data: list[Any]) -> list[Any]:
        if status != "OK":
            says = b" ".join(one for one in data if isinstance(one, bytes)).decode("utf-8", "replace")
            raise MailboxRefused(
                f"Mailbox {self._address.name}",
                f"It refused {what}: {says}.",
                "Check folder and rights, then fetch again.",
            )
        return data


@contextmanager
def opened(address: Address) -> Iterator[OpenMailbox]:
    """Sign in and give the mailbox; raises MailboxDown when the connection fails at any time, MailboxRefused."""
    connection: imaplib.IMAP4 | None = None
    try:
        if address.tls:
            connection = imaplib.IMAP4_SSL(
                address.host, address.port, ssl_context=ssl.create_default_context(), timeout=_TIMEOUT_SECONDS
            )
        else:
            connection = imaplib.IMAP4(address.host, address.port, timeout=_TIMEOUT_SECONDS)
        _sign_in(connection, address)
        yield OpenMailbox(connection, address)
    except (imaplib.IMAP4.abort, OSError, EOFError) as problem:
        raise _down(address, problem) from None
    except imaplib.IMAP4.error as problem:
        raise MailboxRefused(
            f"Mailbox {address.name}", f"The server says: {problem}.", "Check the settings, then fetch again."
        ) from None
    finally:
        if connection is not None:
            _leave(connection)


def _sign_in(connection: imaplib.IMAP4, address: Address) -> None:
    try:
        connection.login(address.user, address.password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        # The server's own words may repeat what was sent: they are not shown.
        raise MailboxRefused(
            f"Mailbox {address.name}", "User or password were refused.", "Correct SORGENTE_IMAP_URL."
        ) from None


def _leave(connection: imaplib.IMAP4) -> None:
    try:
        connection.logout()
    except (imaplib.IMAP4.error, OSError, EOFError):
        return  # it is gone already


def _down(address: Address, problem: Exception) -> MailboxDown:
    return MailboxDown(
        f"Mailbox {address.name}",
        f"It cannot be reached: {problem}.",
        "Nothing is lost: the next visit goes on from there.",
    )


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
