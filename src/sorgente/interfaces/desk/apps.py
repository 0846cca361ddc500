from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DeskConfig(AppConfig):
    name = "sorgente.interfaces.desk"
    label = "desk"
    verbose_name = "Sportello"

    def ready(self) -> None:
        from sorgente.interfaces.desk.access import ensure_roles

        # After the migrations of whichever app comes last; the groups' own table is there by then.
        post_migrate.connect(ensure_roles, sender=self, dispatch_uid="desk.ensure_roles")
