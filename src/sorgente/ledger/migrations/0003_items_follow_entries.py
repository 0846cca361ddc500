"""An open item must say what its entry says: one check per statement in place of two foreign keys per row."""

import django.db.models.deletion
from django.db import migrations, models

CHECK = """
CREATE FUNCTION ledger_check_items() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    bad text;
BEGIN
    SELECT a.reference INTO bad FROM added a
     WHERE NOT EXISTS (SELECT FROM ledger_entry e
                        WHERE e.transaction_id = a.transaction_id AND e.position = a.position
                          AND e.contract_account_id = a.contract_account_id AND e.cents = a.cents)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Open item % is not what its entry says.', bad USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_openitem_check AFTER INSERT ON ledger_openitem
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_items();
"""
BACK = "DROP TRIGGER ledger_openitem_check ON ledger_openitem; DROP FUNCTION ledger_check_items();"


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial"), ("ledger", "0002_guard")]

    operations = [
        migrations.AlterField(
            model_name="openitem",
            name="contract_account",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="open_items",
                to="customers.contractaccount",
            ),
        ),
        migrations.AlterField(
            model_name="openitem",
            name="position",
            field=models.SmallIntegerField(help_text="the entry of that transaction, checked once per statement"),
        ),
        migrations.AlterField(
            model_name="openitem",
            name="transaction",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="open_items",
                to="ledger.transaction",
            ),
        ),
        migrations.RunSQL(CHECK, BACK),
    ]
