"""`sorgente manage …`: Django's own commands (migrate, makemigrations, shell, check --deploy)."""

from __future__ import annotations

import argparse

from sorgente.interfaces.commands.django_setup import start_django


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs=argparse.REMAINDER, help="the management command and its options")


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["sorgente manage", *arguments.words])
    return 0
