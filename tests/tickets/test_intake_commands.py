"""The commands of the mailbox and of mails kept as files."""

from __future__ import annotations

import json

import pytest

from sorgente.interfaces.commands import tickets_fetch, tickets_import, tickets_retrain
from sorgente.interfaces.commands.benches import tickets as bench
from sorgente.interfaces.commands.main import _Parser
from sorgente.shared.errors import WrongUse
from sorgente.tickets.core.mail import parse_mail
from tests.tickets.conftest import mail_of


def asked(command, *words: str):
    parser = _Parser(prog="sorgente")
    command.register(parser)
    return parser.parse_args(list(words))


@pytest.mark.django_db
def test_files_are_taken_in_one_answer_each(town, tmp_path, capsys):
    good = tmp_path / "a.eml"
    good.write_bytes(bytes(mail_of()))
    words = [str(good), str(good), str(tmp_path / "away.eml")]
    assert tickets_import.run(asked(tickets_import, *words)) == 1
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one.get("outcome") for one in answers] == ["ticket", "duplicate", None]
    assert answers[0]["ticket"] == answers[1]["ticket"]
    assert "No such file" in answers[2]["error"]


def test_a_mailbox_has_to_be_named(settings):
    settings.IMAP_URL = ""
    with pytest.raises(WrongUse, match="SORGENTE_IMAP_URL: It is not set"):
        tickets_fetch.run(asked(tickets_fetch))


def test_the_frozen_set_has_to_be_there(tmp_path):
    with pytest.raises(WrongUse, match="no such file"):
        tickets_retrain.run(asked(tickets_retrain, "--frozen", str(tmp_path / "none.jsonl")))


def test_the_bench_measures_mails_of_many_kinds():
    read = [parse_mail(raw) for raw in bench.mails(60)]
    assert all(one.text for one in read)
    assert len({one.text for one in read}) == 60
