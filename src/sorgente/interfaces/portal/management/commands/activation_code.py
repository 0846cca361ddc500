"""`sorgente manage activation_code NUMBER`: a new code for a customer who has lost the letter."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from sorgente.customers.access.usecases.issue_activation_code import issue_activation_code
from sorgente.shared.errors import SorgenteError


class Command(BaseCommand):
    help = "Print a new activation code of a contract account; earlier ones no longer hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="number of the contract account")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(issue_activation_code(account_number=options["number"], at=timezone.now()))
        except SorgenteError as error:
            raise CommandError(str(error)) from error
