"""The secret a browser shares with us lies encrypted: added, filled, and the readable one removed."""

from django.conf import settings
from django.db import migrations, models

from sorgente.shared.secrets import decrypt, encrypt


def fill(apps, schema_editor):
    for row in apps.get_model("outbox", "PushSubscription").objects.iterator():
        row.sealed = encrypt(row.auth, key=settings.FIELD_KEY)
        row.save(update_fields=["sealed"])


def empty(apps, schema_editor):
    for row in apps.get_model("outbox", "PushSubscription").objects.iterator():
        row.auth = decrypt(row.sealed, key=settings.FIELD_KEY)
        row.save(update_fields=["auth"])


class Migration(migrations.Migration):
    dependencies = [("outbox", "0003_choices_and_notifications")]

    operations = [
        migrations.AddField("pushsubscription", "sealed", models.BinaryField(default=b"", help_text="encrypted at rest")),
        migrations.RunPython(fill, empty),
        migrations.AlterField("pushsubscription", "auth", models.CharField(max_length=40, default="")),
        migrations.RemoveField("pushsubscription", "auth"),
        migrations.RenameField("pushsubscription", "sealed", "auth"),
        migrations.AlterField("pushsubscription", "auth", models.BinaryField(help_text="encrypted at rest")),
    ]
