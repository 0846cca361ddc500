"""Every refusal a customer can meet is told in plain Italian, beside its English; never in the words of the code."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

import sorgente
import sorgente.interfaces.portal
from sorgente.archive.core.upload_errors import UploadRefused
from sorgente.interfaces.portal import words
from sorgente.interfaces.portal.booking.new import WhoForm
from sorgente.shared import identifiers
from sorgente.shared.errors import SorgenteError

PORTAL = Path(sorgente.interfaces.portal.__file__).parent
ENGLISH = re.compile(r"\b(the|is|are|was|not|try|again|please|wrong|call)\b", re.IGNORECASE)
FACTS = "It lacks a thing that only our staff can mend in table customers_party."

# What only a defect or an address typed by hand brings about: a page that is not found, or the number to call.
GENERIC = frozenset(
    """
    access.password.too-weak archive.document.empty archive.document.stored-meanwhile archive.document.unknown
    billing.bill.unknown customers.account.still-supplied customers.account.unknown customers.customer.unknown
    customers.party.unknown customers.request.unknown customers.request.use-not-offered signing.envelope.unknown
    tickets.ticket.not-found
    """.split()
)
# Of the identifiers, those that the pages ask for.
ASKED = ("shared.email.invalid", "shared.pec.invalid", "shared.phone.invalid")


def _modules_used() -> set[str]:
    """Return the use-cases, queries and core modules that the pages import, one step down: what raises there."""
    found: set[str] = set()
    for path in PORTAL.rglob("*.py"):
        if "signing" in path.parts or "management" in path.parts:
            continue  # signers have words of their own; a command speaks to staff
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sorgente."):
                found.add(str(node.module))
    return {name for name in found if ".usecases." in name or ".queries." in name or name.endswith(".uploads")}


def met() -> dict[str, type[SorgenteError]]:
    """Return code -> error of all that the modules used by the pages define or name."""
    found: dict[str, type[SorgenteError]] = {}
    for name in sorted(_modules_used()):
        for _, kind in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            if issubclass(kind, SorgenteError) and kind is not SorgenteError:
                found[kind.code] = kind
    for kind in UploadRefused.__subclasses__():
        found[kind.code] = kind
    for _, kind in inspect.getmembers(identifiers, inspect.isclass):
        if issubclass(kind, SorgenteError) and kind.code in ASKED:
            found[kind.code] = kind
    return found


def all_codes() -> set[str]:
    """Return the code of every error there is."""
    for one in pkgutil.walk_packages(sorgente.__path__, "sorgente."):
        if ".migrations" not in one.name and ".management" not in one.name and "wsgi" not in one.name:
            importlib.import_module(one.name)
    found: set[str] = set()
    waiting = list(SorgenteError.__subclasses__())
    while waiting:
        kind = waiting.pop()
        found.add(kind.code)
        waiting += kind.__subclasses__()
    return found


def test_the_walk_finds_what_it_should():
    assert {
        "access.activation.refused", "appointments.slot.taken", "metering.read.too-many-digits", *ASKED,
    } <= set(met())  # fmt: skip


def test_every_refusal_of_the_pages_has_words_of_its_own():
    generic = words.told(SorgenteError("x", "y", "z"))
    wordless = {code for code, kind in met().items() if words.told(kind("x", "y", "z")) == generic}
    assert wordless - GENERIC == set()


@pytest.mark.parametrize("language", ["it", "en"])
def test_no_refusal_shows_the_words_of_the_code(language):
    with override(language):
        for code, kind in met().items():
            said = str(words.told(kind("Party 12", FACTS, "Ask the administrator of the database.")))
            assert "Party 12" not in said, code
            assert "customers_party" not in said, code
            assert "administrator" not in said, code
            if language == "it":
                assert not ENGLISH.search(said), (code, said)


def test_words_are_kept_for_codes_that_exist():
    assert set(words._WORDS) <= all_codes()


def test_pages_and_forms_show_the_words_and_the_generic_page_too():
    error = SorgenteError("Register 7", FACTS, "Ask.")
    form = WhoForm({"name": "Anna", "email": "anna@posta.example"}, visits=False)
    with override("it"):
        form.refuse(error)
        page = render_to_string("portal/trouble.html", {"told": words.told(error)})
    assert "customers_party" not in str(form.errors)
    assert "chiamaci" in str(form.errors)
    assert "Non è stato possibile" in page
    assert "customers_party" not in page


def test_no_page_prints_an_error_as_it_is():
    for path in [*PORTAL.rglob("*.py"), *PORTAL.rglob("*.html")]:
        if "management" in path.parts or path.name == "words.py":
            continue
        text = path.read_text()
        assert not re.search(r"str\(error\)|error\.(facts|next_step|subject)|as_dict\(\)", text), path
