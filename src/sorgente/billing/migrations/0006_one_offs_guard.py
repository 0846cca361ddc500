"""The new columns of an issued bill are as fixed as the old ones, and so are the texts of its one-off rows."""

from django.db import migrations

FIXED = """
CREATE TRIGGER billing_bill_settled BEFORE UPDATE OF credit_cents, stamp_duty_cents ON billing_bill
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_oneoffrow_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_oneoffrow
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_oneoff_kept BEFORE DELETE OR TRUNCATE ON billing_oneoff
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_oneoff_fixed BEFORE UPDATE OF id, contract_id, kind, text, cents, reference, deposit_id
    ON billing_oneoff FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
"""
BACK = """
DROP TRIGGER billing_bill_settled ON billing_bill;
DROP TRIGGER billing_oneoffrow_fixed ON billing_oneoffrow;
DROP TRIGGER billing_oneoff_kept ON billing_oneoff;
DROP TRIGGER billing_oneoff_fixed ON billing_oneoff;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_one_offs_and_deposits")]

    operations = [migrations.RunSQL(FIXED, BACK)]
