"""What customers are told by themselves, each once, in their language."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from sorgente.customers.access.models import AccountAccess
from sorgente.customers.access.usecases.activate import Proven, activate
from sorgente.customers.access.usecases.delegation import accept_invitation, invite_delegate
from sorgente.customers.queries.overview import account_overview
from sorgente.interfaces.workers.jobs import JOBS
from sorgente.journeys.notices import tell_bills, tell_due, tell_leaks, tell_readings
from sorgente.messages.queries.messages import messages_of_account
from sorgente.messages.usecases.choices import register_push, set_choice
from tests.town import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db, settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path / "archive"
    made = Town()
    made.on("2026-01-01").move_in("Bianchi", people=2, meter="A17", index_m3=100)
    made.on("2026-01-01").move_in("Verdi", people=2, meter="B18", index_m3=100)
    return made


def _listen(town: Town, name: str) -> None:
    register_push(
        party_id=town.people[name].party_id, user_id=1, endpoint=f"https://push.example/{name}", p256dh="k", auth="a",
        device="Telefono", at=datetime(2026, 1, 2, tzinfo=UTC),
    )  # fmt: skip


def _said(town: Town, name: str) -> list[tuple[str, str, str]]:
    number = account_overview(town.people[name].account_id, as_of=town.today).number
    return [(one.channel, one.subject_line, one.body) for one in messages_of_account(number) if one.channel != "portal"]


def _moment(day: str, hour: int = 12) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), tzinfo=UTC) + timedelta(hours=hour)


def test_each_reading_is_told_once_to_who_listens(town):
    _listen(town, "Bianchi")
    for meter in ("A17", "B18"):
        town.on("2026-03-01").read(meter, index_m3=118)
    told = tell_readings(since=_moment("2026-02-28"), at=_moment("2026-03-02"))
    again = tell_readings(since=_moment("2026-02-28"), at=_moment("2026-03-02", 14))
    assert (told.queued, again.queued, again.known) == (1, 0, 1)
    assert _said(town, "Bianchi") == [
        ("push", "Nuova lettura del contatore",
         "Il 1 marzo abbiamo letto il contatore: in media 305 litri al giorno."),
    ]  # fmt: skip
    assert _said(town, "Verdi") == []


def test_a_bill_and_its_due_day_are_told(town):
    _listen(town, "Bianchi")
    town.on("2026-03-01").read("A17", index_m3=118)
    bill = town.on("2026-03-10").bill("Bianchi")
    assert tell_bills(issued_from=date(2026, 3, 9), at=_moment("2026-03-10")).queued == 1
    assert tell_due(at=_moment(str(bill.due_on - timedelta(days=4)))).queued == 0
    assert tell_due(at=_moment(str(bill.due_on - timedelta(days=3)))).queued == 1
    titles = {title for _channel, title, _body in _said(town, "Bianchi")}
    assert {"È arrivata la bolletta", "Una bolletta sta per scadere"} <= titles


def test_who_chose_otherwise_is_left_in_peace(town):
    _listen(town, "Bianchi")
    at = _moment("2026-02-01")
    set_choice(party_id=town.people["Bianchi"].party_id, topic="reading", channel="push", wanted=False, at=at)
    town.on("2026-03-01").read("A17", index_m3=118)
    assert tell_readings(since=_moment("2026-02-28"), at=_moment("2026-03-02")).queued == 0


def test_nothing_is_told_of_water_that_runs_as_usual(town):
    town.on("2026-03-01").read("A17", index_m3=118)
    assert tell_leaks(since=_moment("2026-02-28"), at=_moment("2026-03-02")).queued == 0


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_timed_job_runs_twice_without_harm(job, town):
    now = _moment("2026-03-02")
    if job.name == "send messages":
        pytest.skip("commits as it goes: tests/messages")
    job.run(now)
    job.run(now + timedelta(minutes=1))


def _looks_after(town: Town, name: str, *, rights: str = "see") -> int:
    """Let somebody who is no customer look after an account, with a telephone of their own; return the user."""
    holder = town.people[name].party_id
    at = datetime(2026, 1, 2, tzinfo=UTC)
    mine = activate(proven=Proven(holder, "test"), email="rossi@posta.example", password="una bella giornata", at=at)
    number = account_overview(town.people[name].account_id, as_of=town.today).number
    invite_delegate(
        user_id=mine.user_id, account_number=number, email="figlia@posta.example", rights=rights, until_on=None,
        link="https://x.example/{token}", at=at,
    )  # fmt: skip
    token = mail.outbox[-1].body.partition("https://x.example/")[2].split()[0]
    user_id = accept_invitation(token=token, password="una bella giornata", at=at)
    register_push(
        party_id=None, user_id=user_id, endpoint="https://push.example/figlia", p256dh="k", auth="a", device="Tablet",
        at=at,
    )  # fmt: skip
    return user_id


def test_a_delegate_is_told_though_the_holder_listens_nowhere(town):
    _looks_after(town, "Bianchi")
    for meter in ("A17", "B18"):
        town.on("2026-03-01").read(meter, index_m3=118)
    assert tell_readings(since=_moment("2026-02-28"), at=_moment("2026-03-02")).queued == 1
    ((channel, _title, body),) = _said(town, "Bianchi")
    assert channel == "push"
    assert "Bianchi" in body
    assert "305 litri al giorno" in body
    bill = town.on("2026-03-10").bill("Bianchi")
    assert tell_bills(issued_from=date(2026, 3, 9), at=_moment("2026-03-10")).queued == 1
    assert tell_due(at=_moment(str(bill.due_on - timedelta(days=3)))).queued == 1
    assert {channel for channel, *_ in _said(town, "Bianchi")} == {"push"}, "the holder is not written to for that"


def test_leave_taken_back_ends_the_notices(town):
    user_id = _looks_after(town, "Bianchi")
    AccountAccess.objects.filter(portal_user__user_id=user_id).update(revoked_at=_moment("2026-02-01"))
    town.on("2026-03-01").read("A17", index_m3=118)
    assert tell_readings(since=_moment("2026-02-28"), at=_moment("2026-03-02")).queued == 0
