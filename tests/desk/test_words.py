"""Every Italian text of the desk has its English, and the catalogue is built from source."""

from __future__ import annotations

import gettext
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override

import sorgente.interfaces.desk
from sorgente.interfaces.desk import figures, labels
from sorgente.interfaces.desk.templatetags.labels import word

DESK = Path(sorgente.interfaces.desk.__file__).parent
ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = DESK / "locale/en/LC_MESSAGES/django.po"


def _texts() -> set[str]:
    found: set[str] = set()
    for template in (DESK / "templates").rglob("*.html"):
        if template.name == "500.html":
            continue
        text = template.read_text()
        found |= {double or single for double, single in re.findall(r"{% trans (?:\"([^\"]+)\"|'([^']+)')", text)}
        found |= set(re.findall(r"_\(\"([^\"]+)\"\)", text))
        for block in re.findall(r"{% blocktrans[^%]*%}(.*?){% endblocktrans %}", text):
            parts = block.split("{% plural %}")
            found |= {re.sub(r"{{ (\w+) }}", r"%(\1)s", part) for part in parts}
    for module in DESK.rglob("*.py"):
        found |= set(re.findall(r"\b_\(\"([^\"]+)\"\)", module.read_text()))
    return found


def test_every_text_has_its_english():
    catalogue = CATALOGUE.read_text()
    known = set(re.findall(r'^msgid(?:_plural)? "(.*)"$', catalogue, re.MULTILINE))
    known = {text.replace('\\"', '"') for text in known}
    assert _texts() - known == set()
    assert not re.findall(r'^msgstr(?:\[\d\])? ""$', catalogue.split("\n\n", 1)[1], re.MULTILINE)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed: the catalogue's builder needs it")
def test_the_builder_writes_what_gettext_reads(tmp_path):
    source, target = tmp_path / "a.po", tmp_path / "a.mo"
    source.write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "perché"\nmsgstr "why"\n\nmsgctxt "verb"\nmsgid "perché"\nmsgstr "how come"\n\n'
        'msgid "una riga"\nmsgid_plural "%d righe"\nmsgstr[0] "a row"\nmsgstr[1] "%d rows"\n\n'
        '#, fuzzy\nmsgid "forse"\nmsgstr "never"\n\nmsgid "lungo "\n"assai"\nmsgstr "very "\n"long"\n'
    )
    script = (
        f"import {{ compileCatalogue as c }} from {str(ROOT / 'tools/compile_catalogue.mjs')!r};"
        "import { readFileSync as r, writeFileSync as w } from 'node:fs';"
        f"w({str(target)!r}, c(r({str(source)!r}, 'utf8'), 'a.po'));"
    )
    subprocess.run(["node", "--input-type=module", "-e", script], check=True)
    words = gettext.GNUTranslations(target.open("rb"))
    assert words.gettext("perché") == "why"
    assert words.pgettext("verb", "perché") == "how come"
    assert [words.ngettext("una riga", "%d righe", n) for n in (1, 2)] == ["a row", "%d rows"]
    assert words.gettext("forse") == "forse"
    assert words.gettext("lungo assai") == "very long"


@pytest.mark.django_db
def test_the_page_speaks_the_language_of_the_switch():
    client = Client()
    assert "Accedi allo sportello" in client.get("/accounts/login/").content.decode()
    client.post("/language/setlang/", {"language": "en", "next": "/accounts/login/"})
    page = client.get("/accounts/login/").content.decode()
    assert '<html lang="en">' in page
    assert "Sign in to the desk" in page


def test_labels_cover_every_state_of_the_tables():
    from sorgente.archive.models import Document
    from sorgente.billing.models import Bill, BillingRun
    from sorgente.messages.models import Message
    from sorgente.metering.models import Read
    from sorgente.payments.models import Collection, DebtPosition, Mandate, Payment

    pairs = [
        (Bill.Kind, labels.BILL_KINDS), (BillingRun.Step, labels.STEPS), (Message.State, labels.MESSAGE_STATES),
        (Read.Kind, labels.READ_KINDS), (Read.State, labels.READ_STATES), (Document.Kind, labels.DOCUMENT_KINDS),
        (Collection.State, labels.COLLECTION_STATES), (DebtPosition.State, labels.POSITION_STATES),
        (Mandate.State, labels.MANDATE_STATES), (Payment.Kind, labels.PAYMENT_KINDS),
        (Payment.Match, labels.MATCHES),
    ]  # fmt: skip
    for choices, words in pairs:
        assert {value: str(label) for value, label in choices.choices} == words


def test_figures_in_italian():
    with override("it"):
        assert figures.euro_text(-123_456_789) == "−1.234.567,89\u00a0€"
        assert figures.euro_short_text(123_456_789) == "1,23\u00a0mln\u00a0€"
        assert figures.euro_short_text(1_000_049) == "10,0\u00a0mila\u00a0€"
        assert figures.units_text(12_345_600) == "12.345,6"
        assert figures.units_text(-1_000, 3) == "−1,000"
        assert figures.price_text(68_421_000) == "0,684210"
        assert figures.price_text(12_345_678) == "0,12345678"
        assert figures.percent_text(77, 1000) == "7,7\u00a0%"
        assert figures.percent_text(2, 3) == "66,7\u00a0%"
        assert figures.percent_text(0, 0) == "–"
        assert figures.long_day_text(date(2026, 4, 1)) == "1° aprile 2026"
        assert figures.long_day_text(date(2026, 4, 11)) == "11 aprile 2026"


def test_figures_in_english():
    with override("en"):
        assert figures.euro_text(123_456) == "€1,234.56"
        assert figures.percent_text(1, 2) == "50.0%"
        assert word("bill_kind", "credit_note") == "Credit note"
