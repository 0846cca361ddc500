"""`sorgente manage staff NAME --role desk`: make a member of staff, change the roles, or reset the sign-in."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand
from django.db import transaction

from sorgente.interfaces.desk.access import Role, ensure_roles


class Command(BaseCommand):
    help = "Make a member of staff, change the roles, or reset password and second factor."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", action="append", choices=[role.value for role in Role], default=[])
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--reset", action="store_true", help="give a new password and forget the second factor")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        ensure_roles()
        user, is_new = get_user_model().objects.get_or_create(
            username=options["username"],
            defaults={"first_name": options["first_name"], "last_name": options["last_name"]},
        )
        if options["role"]:
            user.groups.set(Group.objects.filter(name__in=options["role"]))
        if is_new or options["reset"]:
            password = secrets.token_urlsafe(12)
            user.set_password(password)
            user.save()
            Authenticator.objects.filter(user=user).delete()
            self.stdout.write(f"{user.username} {password}")
        roles = ", ".join(user.groups.order_by("name").values_list("name", flat=True)) or "no role"
        self.stderr.write(f"{user.username}: {roles}. The second factor is set up at the first sign-in.")
