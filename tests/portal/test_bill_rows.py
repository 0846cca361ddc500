"""The rows of a bill beside their words: every row its own, in the language of the page."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from sorgente.billing.models import BillInputs
from sorgente.billing.queries.bill_file import bill_file
from sorgente.interfaces.portal.bill_rows import explained_groups
from tests.billing.test_one_offs import add, supplied
from tests.town import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db):
    """A town whose bills were rated, beside the painted one of the other pages."""
    return Town()


@pytest.fixture
def bill(town):
    supplied(town)
    add(town, "Bianchi", -3_000, kind="indemnity", text="voltura")
    return bill_file(town.on("2026-04-20").bill("Bianchi", through="2026-04-01").number)


def test_every_row_has_its_own_words(bill):
    for group in explained_groups(bill, language="it"):
        assert group.acts
        for one in group.rows:
            assert one.says.cents == one.row.cents
            label = f"Fascia {one.row.bracket}" if one.row.bracket else one.row.label
            assert one.says.label in (label, one.row.bracket, label.capitalize())
            assert one.says.sentence


def test_what_was_paid_before_has_one_sentence(town):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=146)
    town.on("2026-04-20").bill("Bianchi", through="2026-04-01")
    town.on("2026-07-20").read("A17", index_m3=190)
    groups = explained_groups(bill_file(town.on("2026-07-20").bill("Bianchi").number), language="it")
    back = [one for one in groups if one.group.takes_back]
    assert ["non paghi due volte" in one.sentence for one in back] == [True]
    assert all(one.says is None for group in back for one in group.rows)
    assert all(one.says and not group.sentence for group in groups if group not in back for one in group.rows)


def test_the_days_are_told_where_a_row_has_its_own(town):
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100, yearly_m3=146)
    town.on("2026-02-15").change("Bianchi", residents=5)
    town.on("2026-04-01").read("A17", index_m3=136)
    groups = explained_groups(bill_file(town.on("2026-04-20").bill("Bianchi").number), language="it")
    assert any(one.has_days for group in groups for one in group.rows)
    assert not any(one.has_days for group in groups for one in group.rows if not one.row.unit)


@pytest.mark.parametrize(
    ("language", "words"),
    [("it", ("È il prezzo dei primi", "giorni ×", "indennizzo", "Prezzi decisi da", "terremoti")),
     ("en", ("The price of the first", "days ×", "compensation", "Prices set by", "earthquakes"))],
)  # fmt: skip
def test_the_page_says_it_in_its_language(bill, language, words):
    with override(language):
        context = {"bill": bill, "tone": "open", "open_cents": bill.to_pay_cents, "paid": []}
        context["groups"] = explained_groups(bill, language=language)
        page = render_to_string("portal/bills/bill.html", context)
    for one in words:
        assert one in page


def test_inputs_that_do_not_open_leave_the_amounts(bill, monkeypatch, caplog):
    def broken(number: str, *, language: str) -> list[object]:
        raise ValueError("torn")

    monkeypatch.setattr("sorgente.interfaces.portal.bill_rows.bill_explanation", broken)
    groups = explained_groups(bill, language="it")
    assert sum(one.group.cents for one in groups) == bill.net_cents
    assert all(one.says is None for group in groups for one in group.rows)
    assert bill.number in caplog.text
    assert BillInputs.objects.exists()
