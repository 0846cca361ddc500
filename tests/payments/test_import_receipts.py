"""pagoPA receipts settle their bills once, however often they are pushed."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sorgente.ledger.queries.accounts import balance_of
from sorgente.payments.core.pagopa import Receipt
from sorgente.payments.core.receipt_columns import RECEIPTS, content_of, our_cents, paid_on
from sorgente.payments.core.settling import share_out
from sorgente.payments.models import DebtPosition, Payment
from sorgente.payments.usecases import settle_receipts as settling
from sorgente.payments.usecases.import_receipts import import_receipts
from sorgente.payments.usecases.open_positions import open_positions
from sorgente.payments.usecases.settle_receipts import settle_receipts
from tests.payments.builders import NOW, make_bills
from tests.payments.pagopa_texts import CREDITOR, receipt_xml
from tests.payments.test_import_statement import account_of, books, open_cents

LATER = datetime(2026, 4, 2, 20, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _archive(tmp_path, settings):
    settings.ARCHIVE_DIR = tmp_path / "archive"


def noticed(*cents: int):
    bills = make_bills(list(cents))
    return bills, open_positions(bills=bills, segregation="01", opened_at=NOW)["notice_number"].to_pylist()


def receipt(notice: str, amount: str, receipt_id: str = "R1", **changes) -> tuple[str, bytes]:
    values = {"receiptId": receipt_id, "noticeNumber": notice, "creditorReferenceId": notice[1:]}
    return f"{receipt_id}.xml", receipt_xml(**values, paymentAmount=amount, transfer=amount, **changes)


def push(*files: tuple[str, bytes]):
    return import_receipts(files=files, creditor=CREDITOR, imported_at=LATER)


@pytest.mark.django_db
def test_receipt_settles_its_bill_and_pays_the_position():
    bills, (notice, _) = noticed(8545, 100)
    done = push(receipt(notice, "85.45"))
    assert (done.new, done.matched, done.settled_cents, done.credit_cents, done.refusals) == (1, 1, 8545, 0, [])
    assert open_cents(bills) == [0, 100]
    assert books() == {"pagopa-clearing": 8545}
    payment = Payment.objects.get()
    assert (payment.kind, payment.matched_by, payment.bill.number) == (
        "pagopa",
        "notice",
        bills["bill_number"][0].as_py(),
    )
    assert (payment.payer, payment.document.kind) == ("Mario Rossi", "receipt")
    assert list(DebtPosition.objects.order_by("id").values_list("state", flat=True)) == ["paid", "open"]


@pytest.mark.django_db
def test_receipt_pushed_again_changes_nothing_and_a_changed_one_is_refused_by_field():
    _, (notice,) = noticed(8545)
    push(receipt(notice, "85.45"))
    assert push(receipt(notice, "85.45")).repeated == 1
    done = push(receipt(notice, "85.45", paymentMethod="bancomatPay"))
    ((receipt_id, error),) = done.refusals
    assert (receipt_id, error.code) == ("R1", "payments.receipt.changed")
    assert "with method 'creditCard', now with 'bancomatPay'" in str(error)
    assert (Payment.objects.count(), books()) == (1, {"pagopa-clearing": 8545})


@pytest.mark.django_db
def test_twice_in_one_push_counts_once():
    _, (notice,) = noticed(8545)
    done = push(receipt(notice, "85.45"), receipt(notice, "85.45"))
    assert (done.new, done.repeated) == (1, 1)


@pytest.mark.django_db
def test_bill_paid_twice_becomes_a_credit_of_the_customer():
    bills, (notice,) = noticed(8545)
    done = push(receipt(notice, "85.45", "R1"), receipt(notice, "85.45", "R2"))
    assert (done.matched, done.settled_cents, done.credit_cents) == (2, 8545, 8545)
    assert balance_of(account_of(bills)) == -8545
    third = push(receipt(notice, "85.45", "R3"))
    assert (third.settled_cents, third.credit_cents) == (0, 8545)


@pytest.mark.django_db
def test_unknown_notice_waits_in_suspense_and_bad_files_stop_nothing():
    _, (notice,) = noticed(8545)
    done = push(
        ("broken.xml", b"<a"),
        receipt("301999999999999999", "10.00", "R8"),
        receipt(notice, "85.45", "R1"),
        receipt(notice, "85.45", "R9", outcome="KO"),
        ("other.xml", receipt_xml(receiptId="R7").replace(CREDITOR.encode(), b"99999999990")),
    )
    assert (done.new, done.matched, done.suspense) == (2, 1, 1)
    assert [(name, error.code) for name, error in done.refusals] == [
        ("broken.xml", "shared.xml.malformed"),
        ("R9", "payments.receipt.without-payment"),
        ("R7", "payments.receipt.for-somebody-else"),
    ]
    assert books() == {"pagopa-clearing": 9545, "suspense": -1000}


def test_only_our_part_of_a_payment_is_ours():
    values = {"receipt_id": "R", "iuv": "1", "notice": None, "outcome": "OK", "paid_at": LATER}
    alone = Receipt(creditor=CREDITOR, cents=500, **values)
    assert our_cents(alone, creditor=CREDITOR) == 500
    assert content_of(alone) == content_of(Receipt(creditor=CREDITOR, cents=500, **values))
    assert paid_on(datetime(2026, 3, 28, 23, 30, tzinfo=UTC)).isoformat() == "2026-03-29"


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 50)), max_size=12),
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 50)), max_size=12),
)
def test_shares_never_exceed_either_side_and_leave_nothing_undone(credits, receivables):
    left = pl.DataFrame(
        {"key": [k for k, _ in credits], "credit_id": range(len(credits)), "cents": [c for _, c in credits]},
        schema={"key": pl.Int64, "credit_id": pl.Int64, "cents": pl.Int64},
    )
    right = pl.DataFrame(
        {
            "key": [k for k, _ in receivables],
            "receivable_id": range(len(receivables)),
            "open_cents": [c for _, c in receivables],
        },
        schema={"key": pl.Int64, "receivable_id": pl.Int64, "open_cents": pl.Int64},
    )
    shares = share_out(credits=left, receivables=right)
    assert shares.filter(pl.col("cents") <= 0).is_empty()
    for rows, name, amounts in (
        (credits, "credit_id", left["cents"]),
        (receivables, "receivable_id", right["open_cents"]),
    ):
        used = dict(shares.group_by(name).agg(pl.col("cents").sum()).iter_rows())
        assert all(used.get(place, 0) <= amounts[place] for place in range(len(rows)))
    for key in range(3):
        came, owed = (sum(c for k, c in rows if k == key) for rows in (credits, receivables))
        ids = [place for place, (k, _) in enumerate(credits) if k == key]
        assert shares.filter(pl.col("credit_id").is_in(ids))["cents"].sum() == min(came, owed)


def columns(notices: list[str], cents: np.ndarray, document_id: int) -> pa.Table:
    size = len(notices)
    return pa.table(
        {
            "receipt_id": [f"T{place:032d}" for place in range(size)],
            "notice": notices,
            "iuv": [notice[1:] for notice in notices],
            "cents": cents,
            "paid_on": np.full(size, np.datetime64("2026-03-20")),
            "payer": pa.repeat("Rossi Mario", size),
            "description": pa.repeat("", size),
            "content": pa.repeat("{}", size),
            "document_id": np.full(size, document_id),
        }
    ).cast(RECEIPTS)


@pytest.mark.django_db
def test_many_receipts_at_once_in_pieces(monkeypatch):
    size = 3_000
    monkeypatch.setattr(settling, "ROWS_AT_ONCE", 2_000)
    cents = np.arange(size) % 9_000 + 100
    bills = make_bills(cents, accounts=500)
    notices = open_positions(bills=bills, segregation="01", opened_at=NOW)["notice_number"].to_pylist()
    push(("first.xml", receipt_xml(receiptId="X", noticeNumber="")))
    document = Payment.objects.get().document_id
    order = np.random.default_rng(7).permutation(size)
    table = columns(notices, cents, document).take(pa.array(order))
    done = settle_receipts(receipts=table, creditor=CREDITOR, recorded_at=LATER)
    assert (done.new, done.matched, done.suspense, done.settled_cents) == (size, size, 0, int(cents.sum()))
    assert settle_receipts(receipts=table, creditor=CREDITOR, recorded_at=LATER).repeated == size
    assert not any(open_cents(bills.slice(0, 50)))
    assert DebtPosition.objects.exclude(state="paid").count() == 0
