from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from sorgente.ledger.core.posting import CustomerLine, Line, LineMalformed, NotBalanced
from sorgente.ledger.queries.accounts import balance_of, items_of, open_items, settlements_of, statement_of
from sorgente.ledger.queries.audit import problems
from sorgente.ledger.queries.books import receivables, trial_balance
from sorgente.ledger.usecases.allocate import (
    AllocationDoesNotFit,
    AllocationUndoneAlready,
    allocate,
    allocate_credits,
    undo_allocation,
)
from sorgente.ledger.usecases.post_columns import PostingColumns, account_ids, post_columns
from sorgente.ledger.usecases.post_transaction import AccountUnknown, SourceUsedDifferently, post_transaction
from sorgente.ledger.usecases.reverse_transaction import ItemsSettled, ReversedAlready, reverse_transaction
from tests.ledger.builders import make_accounts

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 2, 1, 9, tzinfo=UTC)


def post(account, source, cents, *, on=date(2026, 1, 15), due=date(2026, 2, 9), against="revenue-supply"):
    return post_transaction(
        source=source,
        kind="bill" if cents > 0 else "payment",
        booked_on=on,
        recorded_at=NOW,
        description=source,
        lines=[CustomerLine(account, cents, source, due), Line(against, -cents)],
    )


@pytest.fixture
def account():
    return make_accounts()[0]


def refused(sql, params=None, *, says):
    """The database itself refuses the statement at once."""
    with pytest.raises(DatabaseError, match=says), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


def test_a_bill_and_its_payment_settle_each_other(account):
    post(account, "bill:1", 12_345)
    post(account, "pay:1", -10_000, against="bank")
    made = allocate_credits(contract_account_id=account, allocated_on=date(2026, 2, 1))

    assert [a.cents for a in made] == [10_000]
    assert balance_of(account) == 2_345
    assert balance_of(account, on=date(2026, 1, 14)) == 0
    assert [(i.reference, i.open_cents) for i in open_items(contract_account_id=account)] == [("bill:1", 2_345)]
    assert [(s.receivable, s.credit, s.cents) for s in settlements_of("bill:1")] == [("bill:1", "pay:1", 10_000)]
    assert [line.balance_cents for line in statement_of(account)] == [12_345, 2_345]
    totals = receivables(as_of=date(2026, 2, 10))
    assert (totals.open_cents, totals.overdue_cents, totals.credits_cents) == (2_345, 2_345, 0)
    assert receivables(as_of=date(2026, 2, 9)).overdue_cents == 0
    assert list(problems()) == []


def test_an_allocation_is_undone_by_a_second_one(account):
    post(account, "bill:1", 500)
    post(account, "pay:1", -500, against="bank")
    bill, pay = items_of("bill:1")[0], items_of("pay:1")[0]
    made = allocate(receivable_id=bill.id, credit_id=pay.id, cents=500, allocated_on=date(2026, 2, 1))
    undo_allocation(allocation_id=made.pk, undone_on=date(2026, 2, 5))

    assert items_of("bill:1")[0].open_cents == 500
    assert items_of("pay:1")[0].open_cents == -500
    with pytest.raises(AllocationUndoneAlready, match="Allocate anew"):
        undo_allocation(allocation_id=made.pk, undone_on=date(2026, 2, 6))
    assert list(problems()) == []


def test_allocations_that_do_not_fit_are_refused(account):
    stranger = make_accounts()[0]
    post(account, "bill:1", 500)
    post(account, "pay:1", -300, against="bank")
    post(stranger, "pay:2", -300, against="bank")
    bill, pay, other = (items_of(name)[0].id for name in ("bill:1", "pay:1", "pay:2"))
    for cents in (0, -1, 301):
        with pytest.raises(AllocationDoesNotFit, match="3,00 € open on both"):
            allocate(receivable_id=bill, credit_id=pay, cents=cents, allocated_on=date(2026, 2, 1))
    for receivable, credit in ((pay, bill), (bill, other)):
        with pytest.raises(AllocationDoesNotFit, match="of one contract account"):
            allocate(receivable_id=receivable, credit_id=credit, cents=1, allocated_on=date(2026, 2, 1))
    row = "INSERT INTO ledger_allocation (receivable_id, credit_id, cents, allocated_on) VALUES (%s, %s, %s, now())"
    refused(row, [bill, other, 1], says="of one contract account")
    refused(row, [bill, pay, 301], says="open_item_not_over_settled")


def test_a_reversal_mirrors_and_settles(account):
    wrong = post(account, "bill:1", 500)
    mirror = reverse_transaction(
        transaction_id=wrong.pk, booked_on=date(2026, 2, 1), recorded_at=NOW, reason="wrong read"
    )
    assert balance_of(account) == 0
    assert open_items(contract_account_id=account) == []
    assert sorted(mirror.entries.values_list("cents", flat=True)) == [-500, 500]
    with pytest.raises(ReversedAlready):
        reverse_transaction(transaction_id=wrong.pk, booked_on=date(2026, 2, 1), recorded_at=NOW, reason="again")
    settled = post(account, "bill:2", 100)
    post(account, "pay:2", -100, against="bank")
    allocate_credits(contract_account_id=account, allocated_on=date(2026, 2, 1))
    with pytest.raises(ItemsSettled, match="Undo the allocations first"):
        reverse_transaction(transaction_id=settled.pk, booked_on=date(2026, 2, 1), recorded_at=NOW, reason="late")


def test_the_same_source_is_the_same_transaction(account):
    first = post(account, "bill:1", 500)
    assert post(account, "bill:1", 500) == first
    assert balance_of(account) == 500
    with pytest.raises(SourceUsedDifferently, match="another lines"):
        post(account, "bill:1", 501)
    with pytest.raises(SourceUsedDifferently, match="another booked_on"):
        post(account, "bill:1", 500, on=date(2026, 1, 16))


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ([Line("bank", 5), Line("vat", -4)], NotBalanced),
        ([], NotBalanced),
        ([Line("bank", 0), Line("vat", 0)], LineMalformed),
        ([Line("receivables", 5), Line("vat", -5)], LineMalformed),
        ([Line("banana", 5), Line("vat", -5)], AccountUnknown),
    ],
)
def test_wrong_lines_are_refused_and_leave_nothing(lines, error):
    with pytest.raises(error):
        post_transaction(
            source="x", kind="test", booked_on=date(2026, 1, 1), recorded_at=NOW, description="", lines=lines
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_transaction")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("table", ["ledger_transaction", "ledger_entry", "ledger_allocation"])
@pytest.mark.parametrize("act", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"])
def test_the_books_cannot_be_changed(account, table, act):
    post(account, "bill:1", 500)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    column = {"ledger_transaction": "kind"}.get(table, "cents")
    refused(act.format(table, column), says="append-only")


def test_an_open_item_changes_only_through_allocations(account):
    post(account, "bill:1", 500)
    refused("UPDATE ledger_openitem SET settled_cents = cents", says="append-only")
    refused("DELETE FROM ledger_openitem", says="append-only")


ROW = (
    "INSERT INTO ledger_transaction (source, kind, booked_on, description, recorded_at)"
    " VALUES ('x', 'x', now(), '', now())"
)


def test_an_open_item_says_what_its_entry_says(account):
    stranger, made = make_accounts()[0], post(account, "bill:1", 500)
    row = (
        "INSERT INTO ledger_openitem (transaction_id, position, contract_account_id, reference, due_on, cents,"
        " settled_cents) VALUES (%s, %s, %s, 'x', now(), %s, 0)"
    )
    for transaction_id, position, owner, cents in (
        (99999999, 1, account, 500),
        (made.pk, 2, account, 500),
        (made.pk, 2, account, -500),
        (made.pk, 1, stranger, 500),
        (made.pk, 1, account, 501),
    ):
        refused(row, [transaction_id, position, owner, cents], says="open_item_entry_once|not what its entry says")


def test_an_unbalanced_or_empty_transaction_cannot_be_committed():
    refused(f"{ROW}; SET CONSTRAINTS ALL IMMEDIATE", says="has 0 entries")
    refused(
        f"WITH made AS ({ROW} RETURNING id) INSERT INTO ledger_entry (transaction_id, position, account_id, cents)"
        f" SELECT id, 1, {account_ids()['bank']}, 5 FROM made; SET CONSTRAINTS ALL IMMEDIATE",
        says="1 entries that sum to 5 cents",
    )


def test_entries_cannot_come_late_or_point_nowhere(account):
    made = post(account, "bill:1", 500)
    row = "INSERT INTO ledger_entry (transaction_id, position, account_id, contract_account_id, cents) VALUES "
    bank = account_ids()["bank"]
    refused(row + f"({made.pk}, 3, {bank}, NULL, 5), ({made.pk}, 4, {bank}, NULL, -5)", says="is complete")
    refused(row + f"(99999999, 1, {bank}, NULL, 5)", says="is not there")
    refused(row + f"({made.pk}, 1, {bank}, NULL, 5)", says="duplicate key")
    late = f"WITH made AS ({ROW} RETURNING id) INSERT INTO ledger_entry" + row[len("INSERT INTO ledger_entry") : -7]
    refused(f"{late} SELECT id, 1, 9999, NULL, 5 FROM made", says="no ledger account 9999")
    refused(f"{late} SELECT id, 1, {bank}, 99999999, 5 FROM made", says="no contract account 99999999")


def columns(accounts, cents):
    """One bill per account: the amount against supply and VAT."""
    size = len(accounts)
    codes = account_ids()
    amounts = np.array(cents, dtype=np.int64)
    return PostingColumns(
        source=pa.array([f"bill:{i}" for i in range(size)]),
        reference=pa.array([str(i) for i in range(size)]),
        contract_account=np.array(accounts),
        due_on=np.full(size, np.datetime64("2026-02-10")),
        customer_cents=amounts,
        of=np.repeat(np.arange(size), 2),
        account=np.tile([codes["revenue-supply"], codes["vat"]], size),
        cents=np.column_stack([-amounts + 7, np.full(size, -7)]).ravel(),
    )


def test_columns_post_like_single_transactions():
    accounts = make_accounts(3)
    ids = post_columns(
        columns(accounts, [1_000, -500, 0]), kind="bill", booked_on=date(2026, 1, 1), recorded_at=NOW, description="b"
    )
    assert len(set(ids.tolist())) == 3
    assert [balance_of(a) for a in accounts] == [1_000, -500, 0]
    assert [i.cents for i in open_items()] == [1_000, -500]
    assert sum(row.balance_cents for row in trial_balance(on=date(2026, 1, 1))) == 0
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert list(problems()) == []


def test_unbalanced_columns_name_the_source_and_write_nothing():
    accounts = make_accounts(2)
    good = columns(accounts, [100, 200])
    bad = PostingColumns(
        good.source, good.reference, good.contract_account, good.due_on, np.array([100, 201]), good.of, good.account,
        good.cents,
    )  # fmt: skip
    with pytest.raises(NotBalanced, match="bill:1"):
        post_columns(bad, kind="bill", booked_on=date(2026, 1, 1), recorded_at=NOW, description="b")
    assert open_items() == []


@pytest.mark.parametrize(
    ("breaks", "says"),
    [
        ("UPDATE ledger_entry SET cents = cents + 1 WHERE position = 2", "sum to 0,01 €"),
        ("DELETE FROM ledger_transaction WHERE source = 'bill:1'", "not in the ledger"),
        ("UPDATE ledger_openitem SET cents = cents + 1", "its open item 5,01 €"),
        ("UPDATE ledger_openitem SET settled_cents = 1", "0,01 € settled"),
    ],
)
def test_the_audit_names_who_breaks_a1(account, breaks, says):
    post(account, "bill:1", 500)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        # As only a superuser with a purpose can: no trigger and no foreign key is asked.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(breaks)
        cursor.execute("SET LOCAL session_replication_role = origin")
    found = list(problems())
    assert found
    assert all(p.invariant == "A1" for p in found)
    assert any(says in str(p) for p in found), found


def test_the_audit_sees_a_guard_that_is_off(account):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_append_only")
    assert [p.subject for p in problems()] == ["Table ledger_entry"]


class Laws(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(
        bills=st.lists(st.integers(1, 10**9), min_size=1, max_size=4),
        payments=st.lists(st.integers(1, 10**9), max_size=4),
    )
    def test_money_is_conserved(self, bills, payments):
        account = make_accounts()[0]
        for number, cents in enumerate(bills):
            post(account, f"bill:{account}:{number}", cents)
        for number, cents in enumerate(payments):
            post(account, f"pay:{account}:{number}", -cents, against="bank")
        made = allocate_credits(contract_account_id=account, allocated_on=date(2026, 2, 1))

        assert sum(a.cents for a in made) == min(sum(bills), sum(payments))
        assert balance_of(account) == sum(bills) - sum(payments)
        assert sum(i.open_cents for i in open_items(contract_account_id=account)) == balance_of(account)
        assert len({i.cents > 0 for i in open_items(contract_account_id=account)}) <= 1
