from django.db import migrations


class Migration(migrations.Migration):
    """Numbers of accounts and contracts come from sequences: never twice, gaps possible."""

    dependencies = [("customers", "0002_terms_keep_what_was_known")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE customers_account_number START 100000001; CREATE SEQUENCE customers_contract_number START 700000001",
            "DROP SEQUENCE customers_account_number; DROP SEQUENCE customers_contract_number",
        )
    ]
