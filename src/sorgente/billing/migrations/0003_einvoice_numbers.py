"""The unique part of e-invoice file names: a sequence, because a name is never used twice, whatever happened to it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_guard")]

    operations = [
        migrations.RunSQL(
            # Five digits in base 36 (FatturaPA file names): 36^5 - 1 is the latest.
            "CREATE SEQUENCE billing_einvoice_number AS bigint MINVALUE 1 MAXVALUE 60466175",
            "DROP SEQUENCE billing_einvoice_number",
        ),
    ]
