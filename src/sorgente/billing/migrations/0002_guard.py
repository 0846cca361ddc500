"""What billing's tables refuse by themselves: change of an issued bill, late rows, rows that point nowhere."""

from django.db import migrations

IMMUTABLE = """
CREATE FUNCTION billing_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'An issued bill is never edited: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', HINT = 'Correct it with a credit note and a new bill.';
END $$;
CREATE TRIGGER billing_bill_fixed BEFORE UPDATE OF id, number, series_id, sequence, run_id, contract_account_id,
    contract_id, kind, issued_on, due_on, start, "end", quantity_milli, net_cents, vat_cents, total_cents,
    to_pay_cents, split_payment, corrects_id, transaction_id, inputs_id ON billing_bill
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_bill_kept BEFORE DELETE OR TRUNCATE ON billing_bill
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_charge_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_charge
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_billvat_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_billvat
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_billinputs_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_billinputs
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_rulesnapshot_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_rulesnapshot
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_billedconsumption_fixed BEFORE UPDATE OF id, bill_id, contract_id, register_id, start, "end",
    quantity_milli, from_read_id, to_read_id, estimated ON billing_billedconsumption
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_billedconsumption_kept BEFORE DELETE OR TRUNCATE ON billing_billedconsumption
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
"""
IMMUTABLE_BACK = """
DROP TRIGGER billing_bill_fixed ON billing_bill;
DROP TRIGGER billing_bill_kept ON billing_bill;
DROP TRIGGER billing_charge_fixed ON billing_charge;
DROP TRIGGER billing_billvat_fixed ON billing_billvat;
DROP TRIGGER billing_billinputs_fixed ON billing_billinputs;
DROP TRIGGER billing_rulesnapshot_fixed ON billing_rulesnapshot;
DROP TRIGGER billing_billedconsumption_fixed ON billing_billedconsumption;
DROP TRIGGER billing_billedconsumption_kept ON billing_billedconsumption;
DROP FUNCTION billing_refuse_change();
"""


def _exists(column: str, table: str) -> str:
    """A check that every value of a column of `added` is an id of a table."""
    return f"""
    SELECT a.id INTO bad FROM (SELECT DISTINCT {column} AS id FROM added WHERE {column} IS NOT NULL) a
     WHERE NOT EXISTS (SELECT FROM {table} t WHERE t.id = a.id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% points at {column} %, which is not in {table}.', TG_TABLE_NAME, bad
            USING ERRCODE = 'foreign_key_violation';
    END IF;"""


def _check(table: str, columns: dict[str, str], more: str = "") -> tuple[str, str]:
    # The planner is held to index look-ups: the size of `added` at the first call would decide all later plans.
    checks = "".join(_exists(column, other) for column, other in columns.items())
    return (
        f"""
CREATE FUNCTION {table}_check() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    bad bigint;
BEGIN{checks}{more}
    RETURN NULL;
END $$;
CREATE TRIGGER {table}_points AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION {table}_check();
""",
        f"DROP TRIGGER {table}_points ON {table}; DROP FUNCTION {table}_check();",
    )


BILL = _check(
    "billing_bill",
    {
        "series_id": "billing_billseries",
        "run_id": "billing_billingrun",
        "contract_id": "customers_supplycontract",
        "transaction_id": "ledger_transaction",
        "inputs_id": "billing_billinputs",
    },
    """
    SELECT a.id INTO bad FROM added a JOIN customers_supplycontract c ON c.id = a.contract_id
     WHERE c.contract_account_id <> a.contract_account_id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Bill % does not go to the account of its contract.', bad
            USING ERRCODE = 'foreign_key_violation';
    END IF;""",
)
CHARGE = _check(
    "billing_charge",
    {"bill_id": "billing_bill", "rule_id": "billing_billrule", "reverses_id": "billing_bill"},
    """
    -- Positions count from 1 and are unique, so rows without a first one are late: their bill is complete.
    SELECT a.bill_id INTO bad FROM (SELECT bill_id, min(position) AS first FROM added GROUP BY bill_id) a
     WHERE a.first <> 1 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Bill % is complete: no row can be added.', bad USING ERRCODE = 'restrict_violation';
    END IF;""",
)
VAT = _check("billing_billvat", {"bill_id": "billing_bill"})
CONSUMPTION = _check(
    "billing_billedconsumption",
    {
        "bill_id": "billing_bill",
        "contract_id": "customers_supplycontract",
        "register_id": "metering_register",
        "from_read_id": "metering_read",
        "to_read_id": "metering_read",
    },
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("ledger", "0002_guard"), ("metering", "0001_initial")]

    operations = [
        migrations.RunSQL(IMMUTABLE, IMMUTABLE_BACK),
        *(migrations.RunSQL(*pair) for pair in (BILL, CHARGE, VAT, CONSUMPTION)),
    ]
