"""`sorgente tickets fetch`: take in what is new in the mailbox of SORGENTE_IMAP_URL."""

from __future__ import annotations

import argparse

import orjson

from sorgente.interfaces.commands.django_setup import start_django
from sorgente.shared.errors import WrongUse


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--limit", type=int, help="how many mails at most")
    parser.epilog = "SORGENTE_IMAP_URL=imaps://user:password@host/folder. Taken mails are moved to the folder Sorgente."


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from django.conf import settings
    from django.utils import timezone

    from sorgente.journeys.tickets import handle_incoming
    from sorgente.tickets.adapters.imap import address_of
    from sorgente.tickets.usecases.fetch_mailbox import fetch_mailbox

    if not settings.IMAP_URL:
        raise WrongUse("SORGENTE_IMAP_URL", "It is not set.", "Write imaps://user:password@host/folder.")
    address = address_of(settings.IMAP_URL)
    visit = fetch_mailbox(address=address, at=timezone.now(), receive=handle_incoming, limit=arguments.limit)
    print(orjson.dumps({"mailbox": address.name, "mails": visit.mails, "outcomes": visit.outcomes}).decode())
    return 0
