from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml

from sorgente.interfaces.commands.main import main
from sorgente.ledger.core.chart import ChartMalformed, chart_file, read_chart
from sorgente.ledger.queries.journal import journal
from tests.ledger.builders import make_accounts
from tests.ledger.test_ledger import post

pytestmark = pytest.mark.django_db


def bean_check(text: str, folder: Path) -> str:
    file = folder / "books.beancount"
    file.write_text(text, encoding="utf-8")
    tool = Path(sys.executable).with_name("bean-check")
    return subprocess.run([tool, str(file)], capture_output=True, text=True, check=False).stderr


def test_bean_check_accepts_the_journal(tmp_path):
    first, second = make_accounts(2)
    post(first, "bill:1", 12_345)
    post(second, 'bill:"2"\\', 700, on=date(2026, 1, 20))
    post(first, "pay:1", -345, against="bank", on=date(2026, 2, 28))
    text = "".join(journal())
    assert bean_check(text, tmp_path) == ""
    assert "2026-03-01 balance Assets:Receivables  127.00 EUR" in text
    assert "2026-02-28" not in "".join(journal(through=date(2026, 2, 27))).replace("2026-02-28 balance", "")
    # The check bites: a cent more on one side is found.
    assert "bill:1" in bean_check(text.replace("123.45 EUR", "123.46 EUR", 1), tmp_path)


def test_an_empty_ledger_has_an_empty_journal():
    assert list(journal()) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[]", "no list `accounts`"),
        ("accounts: [{code: a}]", "account 1"),
        ("accounts: [{code: a, number: 1, kind: money, name: A}]", "kind is 'money'"),
        ("accounts: [{code: a, number: 1, kind: asset, name: A}, {code: a, number: 2, kind: asset, name: B}]", "twice"),
    ],
)
def test_a_malformed_chart_is_refused_with_its_row(tmp_path, content, says):
    file = tmp_path / "accounts.yaml"
    file.write_text(content)
    with pytest.raises(ChartMalformed, match=says):
        read_chart(file)


def test_the_chart_of_the_project_has_every_account_once():
    codes = [a.code for a in read_chart(chart_file())]
    assert len(codes) == len(set(codes)) == len(yaml.safe_load(chart_file().read_text())["accounts"])


@pytest.mark.django_db(transaction=True)
def test_the_command_writes_a_journal_of_one_moment(tmp_path, capsys):
    post(make_accounts()[0], "bill:1", 12_345)
    assert main(["journal", "export", "--file", str(tmp_path / "out.beancount")]) == 0
    assert bean_check((tmp_path / "out.beancount").read_text(), tmp_path) == ""
    assert main(["journal", "export", "--through", "2026-01-14"]) == 0
    assert capsys.readouterr().out == ""
