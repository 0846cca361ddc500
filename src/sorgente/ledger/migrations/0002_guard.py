"""What the ledger's tables refuse by themselves: change, imbalance, late entries, allocations that do not fit."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The ledger is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', HINT = 'Add a transaction that reverses the wrong one.';
END $$;
CREATE TRIGGER ledger_transaction_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transaction
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_allocation_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_allocation
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_account_append_only BEFORE DELETE OR TRUNCATE ON ledger_ledgeraccount
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
-- An open item changes in one way only: the allocations' trigger, one level further in, moves settled_cents.
CREATE TRIGGER ledger_openitem_append_only BEFORE UPDATE ON ledger_openitem
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_openitem_no_delete BEFORE DELETE OR TRUNCATE ON ledger_openitem
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""
APPEND_ONLY_BACK = """
DROP TRIGGER ledger_transaction_append_only ON ledger_transaction;
DROP TRIGGER ledger_entry_append_only ON ledger_entry;
DROP TRIGGER ledger_allocation_append_only ON ledger_allocation;
DROP TRIGGER ledger_account_append_only ON ledger_ledgeraccount;
DROP TRIGGER ledger_openitem_append_only ON ledger_openitem;
DROP TRIGGER ledger_openitem_no_delete ON ledger_openitem;
DROP FUNCTION ledger_refuse_change();
"""

# One check per statement costs a hundredth of one per row. The planner is held to index look-ups because the
# size of `added` at the first call would otherwise decide the plan of all later ones.
ENTRIES = """
CREATE FUNCTION ledger_check_entries() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    bad bigint;
BEGIN
    -- Positions count from 1 and are unique, so entries without a first one are late: their transaction is complete.
    SELECT a.transaction_id INTO bad
      FROM (SELECT transaction_id, min(position) AS first FROM added GROUP BY transaction_id) a
     WHERE a.first <> 1 OR NOT EXISTS (SELECT FROM ledger_transaction t WHERE t.id = a.transaction_id)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Ledger transaction % is not there or is complete: no entry can be added.', bad
            USING ERRCODE = 'foreign_key_violation', HINT = 'Insert all entries of a transaction in one statement, positions from 1.';
    END IF;
    SELECT a.account_id INTO bad FROM (SELECT DISTINCT account_id FROM added) a
     WHERE NOT EXISTS (SELECT FROM ledger_ledgeraccount l WHERE l.id = a.account_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'There is no ledger account %.', bad USING ERRCODE = 'foreign_key_violation';
    END IF;
    SELECT a.contract_account_id INTO bad
      FROM (SELECT DISTINCT contract_account_id FROM added WHERE contract_account_id IS NOT NULL) a
     WHERE NOT EXISTS (SELECT FROM customers_contractaccount c WHERE c.id = a.contract_account_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'There is no contract account %.', bad USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_check AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_entries();

CREATE FUNCTION ledger_check_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lines bigint;
    rest numeric;
BEGIN
    SELECT count(*), coalesce(sum(cents), 0) INTO lines, rest FROM ledger_entry WHERE transaction_id = NEW.id;
    IF rest <> 0 OR lines < 2 THEN
        RAISE EXCEPTION 'Ledger transaction % (%) has % entries that sum to % cents.', NEW.id, NEW.source, lines, rest
            USING ERRCODE = 'check_violation', HINT = 'Debits and credits must be equal.';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_transaction_balances AFTER INSERT ON ledger_transaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_balance();
"""
ENTRIES_BACK = """
DROP TRIGGER ledger_entry_check ON ledger_entry;
DROP FUNCTION ledger_check_entries();
DROP TRIGGER ledger_transaction_balances ON ledger_transaction;
DROP FUNCTION ledger_check_balance();
"""

ALLOCATIONS = """
CREATE FUNCTION ledger_settle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bad bigint;
BEGIN
    SELECT a.id INTO bad FROM added a
      JOIN ledger_openitem r ON r.id = a.receivable_id JOIN ledger_openitem c ON c.id = a.credit_id
      LEFT JOIN ledger_allocation u ON u.id = a.undoes_id
     WHERE r.cents < 0 OR c.cents > 0 OR r.contract_account_id <> c.contract_account_id
        OR (u.id IS NOT NULL AND (u.receivable_id, u.credit_id, -u.cents) <> (a.receivable_id, a.credit_id, a.cents))
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Allocation % does not join a receivable and a credit of one contract account.', bad
            USING ERRCODE = 'check_violation';
    END IF;
    UPDATE ledger_openitem o SET settled_cents = o.settled_cents + s.cents
      FROM (SELECT id, sum(cents) AS cents FROM (
                SELECT receivable_id AS id, cents FROM added UNION ALL SELECT credit_id, -cents FROM added) moved
             GROUP BY id) s
     WHERE o.id = s.id;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_allocation_settles AFTER INSERT ON ledger_allocation
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_settle();
"""
ALLOCATIONS_BACK = """
DROP TRIGGER ledger_allocation_settles ON ledger_allocation;
DROP FUNCTION ledger_settle();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK),
        migrations.RunSQL(ENTRIES, ENTRIES_BACK),
        migrations.RunSQL(ALLOCATIONS, ALLOCATIONS_BACK),
    ]
