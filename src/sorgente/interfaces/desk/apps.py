from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.db.models.signals import post_migrate


class DeskConfig(AppConfig):
    name = "sorgente.interfaces.desk"
    label = "desk"
    verbose_name = "Sportello"

    def ready(self) -> None:
        from sorgente.interfaces.desk import checks  # noqa: F401

        # The signal is sent for apps with tables only, so the desk listens to the app that keeps the groups.
        sender = installed.get_app_config("auth")
        post_migrate.connect(_make_roles, sender=sender, dispatch_uid="desk.ensure_roles")


def _make_roles(apps: Any = None, **_signal: Any) -> None:
    from sorgente.interfaces.desk.access import ensure_roles

    # `flush` sends no apps; else, without the table, only some other app was migrated, before auth ever was.
    if apps is None or "group" in apps.all_models["auth"]:
        ensure_roles()
