"""A real IMAP server on loopback, in a process of its own: pymap with its dictionary of mails."""

from __future__ import annotations

import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sorgente.tickets.adapters.imap import Address

USER, PASSWORD = "clienti", "segreta"
_READY_WITHIN_SECONDS = 30


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def imap_server(port: int | None = None) -> Iterator[Address]:
    port = port or free_port()
    words = ["--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict"]
    words += ["--demo-user", USER, "--demo-password", PASSWORD]
    server = subprocess.Popen(
        [str(Path(sys.executable).parent / "pymap"), *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port, server)
        yield Address("127.0.0.1", port, USER, PASSWORD, tls=False)
    finally:
        server.terminate()
        server.wait(timeout=10)


def _wait(port: int, server: subprocess.Popen) -> None:
    until = time.monotonic() + _READY_WITHIN_SECONDS
    while time.monotonic() < until:
        assert server.poll() is None, "the IMAP server ended at once"
        try:
            imaplib.IMAP4("127.0.0.1", port, timeout=2).logout()
        except (OSError, imaplib.IMAP4.error):
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the IMAP server did not answer")


@contextmanager
def signed_in(address: Address) -> Iterator[imaplib.IMAP4]:
    connection = imaplib.IMAP4(address.host, address.port, timeout=10)
    connection.login(address.user, address.password)
    try:
        yield connection
    finally:
        connection.logout()


def put(address: Address, *mails: bytes) -> None:
    with signed_in(address) as connection:
        for mail in mails:
            status, says = connection.append("INBOX", "", None, mail)
            assert status == "OK", says


def count(address: Address, folder: str) -> int:
    with signed_in(address) as connection:
        status, data = connection.select(f'"{folder}"', readonly=True)
        return int(data[0]) if status == "OK" else 0
