"""The words around a bill and the figures behind them: explanation, message, chart, rights. No database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sorgente.billing.core.delivery_text import Announced, delivery_text
from sorgente.billing.core.document import BillKind, ChargeKind, HistoryBar, LinkedBill, PaymentMethod, ReadKind
from sorgente.billing.core.explanation import BillFacts, EarlierBill, explanation
from sorgente.billing.core.paper_rules import paper_rules
from sorgente.billing.core.price_list import PriceList, Terms
from sorgente.billing.core.printed_rows import PrintedRule, StoredCharge, printed_rows, terms_on
from sorgente.billing.core.snapshot import read_rule_texts
from sorgente.billing.core.use_history import SeenIndex, bars_between_reads, chart_bars, daily_mean
from sorgente.shared.paths import rules_dir
from sorgente.tariffs.rules import rules

ISSUED = date(2026, 4, 1)
LAW = paper_rules(rules(), bill_on=ISSUED)

FACTS = BillFacts(
    kind=BillKind.BALANCE,
    start=date(2026, 1, 1),
    end=date(2026, 4, 1),
    daily_milli=300,
    to_pay_cents=9_000,
    taken_back_cents=0,
    latest_read_on=date(2026, 4, 1),
    new_prices_on=None,
    is_abnormal=False,
    corrects="",
    before=EarlierBill(date(2025, 10, 1), date(2026, 1, 1), 27_600, 8_800),
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"before": None}, "È la prima bolletta di questa fornitura."),
        ({}, "Consumo al giorno e periodo sono in linea con la bolletta precedente."),
        ({"daily_milli": 330}, "Hai usato al giorno il 10 % di acqua in più rispetto alla bolletta precedente."),
        ({"daily_milli": 329}, "Hai usato al giorno il 10 % di acqua in più rispetto alla bolletta precedente."),
        ({"daily_milli": 328}, "Consumo al giorno e periodo sono in linea con la bolletta precedente."),
        ({"daily_milli": 150}, "Hai usato al giorno il 50 % di acqua in meno rispetto alla bolletta precedente."),
        ({"end": date(2026, 5, 1)}, "Il periodo è più lungo: 120 giorni invece di 92."),
        ({"end": date(2026, 3, 1)}, "Il periodo è più corto: 59 giorni invece di 92."),
        ({"new_prices_on": date(2026, 1, 1)}, "Dal 1° gennaio 2026 vale la nuova tariffa."),
        (
            {"taken_back_cents": -4_000},
            "Ora i conti tornano sulla lettura effettiva: togliamo per intero gli acconti che ti avevamo chiesto.",
        ),
        (
            {"kind": BillKind.ADVANCE, "latest_read_on": date(2025, 11, 4)},
            "Il consumo è stimato: la prossima lettura lo corregge. L'ultima lettura effettiva è del 4 novembre 2025.",
        ),
        (
            {"is_abnormal": True},
            "Il consumo di questo periodo è molto più alto del solito: controlla l'impianto, potrebbe esserci una "
            "perdita.",
        ),
        (
            {"kind": BillKind.CLOSING, "before": None},
            "È la bolletta di chiusura: comprende i consumi fino all'ultimo giorno di fornitura.",
        ),
        (
            {"kind": BillKind.CREDIT_NOTE, "corrects": "2026/SII/0000007"},
            "Ti restituiamo la bolletta 2026/SII/0000007.",
        ),
        (
            {"kind": BillKind.CORRECTION, "corrects": "2026/SII/0000007"},
            "Sostituisce la bolletta 2026/SII/0000007, che era sbagliata.",
        ),
    ],
)
def test_why_the_amount_is_what_it_is(changes, expected):
    assert explanation(replace(FACTS, **changes)) == expected


ANNOUNCED = Announced(
    number="2026/SII/0000123",
    holder="Rossi Maria",
    supply_address="Via della Fonte 7, 60901 Valdoro AN",
    start=date(2026, 1, 1),
    end=date(2026, 4, 1),
    quantity_milli=27_500,
    to_pay_cents=123_456,
    due_on=date(2026, 4, 27),
    method=PaymentMethod.PAGOPA,
    notice_number="301000000000000548",
    masked_iban="",
    company="Valdoro Acque S.p.A.",
    phone="800 042 042",
    web="www.valdoro.example",
    iban="IT14D0306937301000000042042",
)


@pytest.mark.parametrize(
    ("changes", "subject", "how"),
    [
        (
            {},
            "Bolletta dell'acqua 2026/SII/0000123: 1.234,56 €, da pagare entro il 27 aprile 2026",
            "Entro il: 27 aprile 2026\nCome: con pagoPA, numero avviso 3010 0000 0000 0005 48.",
        ),
        (
            {"method": PaymentMethod.SDD_CORE, "masked_iban": "IT•• •••• •••• 3456"},
            "Bolletta dell'acqua 2026/SII/0000123: 1.234,56 €, addebito il 27 aprile 2026",
            "Lo addebitiamo il 27 aprile 2026 sul tuo conto IT•• •••• •••• 3456: non devi fare nulla.",
        ),
        (
            {"method": PaymentMethod.TRANSFER},
            "Bolletta dell'acqua 2026/SII/0000123: 1.234,56 €, da pagare entro il 27 aprile 2026",
            "IBAN IT14D0306937301000000042042, causale «Bolletta 2026/SII/0000123».",
        ),
        (
            {"to_pay_cents": 0},
            "Bolletta dell'acqua 2026/SII/0000123: non devi pagare nulla",
            "Non devi pagare nulla.",
        ),
        (
            {"to_pay_cents": -1_500},
            "Bolletta dell'acqua 2026/SII/0000123: 15,00 € a tuo credito",
            "Hai un credito di 15,00 €: te lo restituiamo noi, non devi fare nulla.",
        ),
    ],
)
def test_the_message_says_how_much_by_when_and_how(changes, subject, how):
    line, body = delivery_text(replace(ANNOUNCED, **changes))
    assert line == subject
    assert how in body
    assert "dal 1° gennaio 2026 al 31 marzo 2026: 27,5 m³ di acqua" in body


@pytest.mark.parametrize(("cents", "right"), [(18_000, False), (18_001, True)])
def test_instalments_from_one_cent_above_180_percent_of_the_mean(cents, right):
    assert LAW.exceeds_mean(cents, [8_000, 12_000], LAW.instalment_percent) is right
    assert not LAW.exceeds_mean(cents, [], LAW.instalment_percent)


@pytest.mark.parametrize(("daily", "warns"), [(599, False), (600, True)])
def test_twice_the_usual_warns(daily, warns):
    assert LAW.is_abnormal(daily, 300) is warns
    assert not LAW.is_abnormal(daily, None)
    assert not LAW.is_abnormal(daily, 0)


@pytest.mark.parametrize(("yearly", "attempts"), [(None, 2), (3_000_000, 2), (3_000_001, 3)])
def test_three_reading_attempts_above_3000_cubic_metres(yearly, attempts):
    assert LAW.reading_attempts(yearly) == attempts


def seen(day, litres, *, register=1, installed=date(2024, 1, 1), kind=ReadKind.ACTUAL):
    return SeenIndex(register, installed, day, litres, kind)


def test_a_new_meter_starts_a_new_bar():
    change = date(2026, 2, 10)
    bars = bars_between_reads(
        [
            seen(date(2026, 1, 1), 100_000),
            seen(change, 118_000),
            seen(change, 0, register=2, installed=change),
            seen(date(2026, 4, 1), 18_000, register=2, installed=change),
        ]
    )
    assert [(bar.start, bar.end, bar.volume_milli) for bar in bars] == [
        (date(2026, 1, 1), change, 18_000),
        (change, date(2026, 4, 1), 18_000),
    ]


def test_reads_a_few_days_apart_share_a_bar_of_the_chart_and_old_ones_are_left_out():
    days = [
        date(2024, 5, 1),
        date(2024, 11, 1),
        date(2025, 3, 1),
        date(2025, 3, 11),
        date(2025, 9, 1),
        date(2026, 4, 1),
    ]
    bars = bars_between_reads([seen(day, 1000 * place) for place, day in enumerate(days)])
    shown = chart_bars(bars, end=date(2026, 4, 1))
    assert [(bar.start, bar.end, bar.volume_milli) for bar in shown] == [
        (date(2024, 11, 1), date(2025, 3, 11), 2_000),
        (date(2025, 3, 11), date(2025, 9, 1), 1_000),
        (date(2025, 9, 1), date(2026, 4, 1), 1_000),
    ]


def test_the_same_days_of_the_year_before_are_known_only_when_every_day_is():
    bars = [HistoryBar(date(2025, 1, 1), date(2025, 4, 1), 90_000, ReadKind.ACTUAL)]
    assert daily_mean(bars, start=date(2025, 1, 11), end=date(2025, 2, 10)) == 1_000
    assert daily_mean(bars, start=date(2025, 1, 11), end=date(2025, 4, 2)) is None


@given(st.lists(st.integers(1, 200), min_size=2, max_size=20), st.integers(0, 10**6))
def test_bars_neither_lose_nor_make_water(gaps, litres):
    day, running, reads = date(2000, 1, 1), 0, []
    for gap in gaps:
        reads.append(seen(day, running))
        day, running = date.fromordinal(day.toordinal() + gap), running + litres
    bars = bars_between_reads(reads)
    assert sum(bar.volume_milli for bar in bars) == reads[-1].running_milli
    end = date(1999, 1, 1)  # nothing is too old
    assert sum(bar.volume_milli for bar in chart_bars(bars, end=end)) == reads[-1].running_milli


TERMS = Terms(date(2025, 1, 1), None, "valdoro", "condominio", 0, 6, 0, 7, False, 0, 0)


@pytest.fixture(scope="module")
def prices():
    return PriceList(read_rule_texts(rules_dir()), known_on=ISSUED)


def stored(**different) -> StoredCharge:
    charge = StoredCharge(
        kind=2, bracket=1, start=date(2026, 1, 1), end=date(2026, 4, 1), quantity_milli=1_000,
        unit_price_e8=129_409_200, cents=129, vat_e4=1_000, estimated=False, reverses=None,
        rule=PrintedRule("valdoro-2026", "nowhere", date(2026, 1, 1), "acquedotto", 1, ("agevolata", "base")),
    )  # fmt: skip
    return replace(charge, **different)


def test_a_row_whose_rule_is_no_longer_in_the_book_is_printed_without_edges(prices):
    [row] = printed_rows([stored()], prices, [TERMS])
    assert (row.service, row.label, row.code, row.bracket_to_milli) == ("Acquedotto", "fascia base", "ACQ-QV2", None)


def test_what_earlier_bills_charged_is_one_row_for_each_bill_and_rate(prices):
    first, second = LinkedBill("2026/SII/0000001", ISSUED), LinkedBill("2026/SII/0000002", ISSUED)
    rows = printed_rows(
        [
            stored(cents=-100, reverses=first),
            stored(cents=-50, reverses=first, start=date(2025, 12, 1)),
            stored(cents=-7, reverses=first, vat_e4=2_200),
            stored(cents=-3, reverses=second),
        ],
        prices,
        [TERMS],
    )
    assert [(row.kind, row.label[-7:], row.vat_rate_e2, row.cents, row.start) for row in rows] == [
        (ChargeKind.BILLED_BEFORE, "0000001", 1_000, -150, date(2025, 12, 1)),
        (ChargeKind.BILLED_BEFORE, "0000001", 2_200, -7, date(2026, 1, 1)),
        (ChargeKind.BILLED_BEFORE, "0000002", 1_000, -3, date(2026, 1, 1)),
    ]


def test_the_terms_of_a_day(prices):
    later = replace(TERMS, start=date(2026, 2, 1), units=8)
    assert [terms_on([TERMS, later], day).units for day in (date(2026, 1, 31), date(2026, 2, 1), date(2024, 1, 1))] == [
        6,
        8,
        6,
    ]
    assert prices.use_label(TERMS) == "Uso condominiale"
