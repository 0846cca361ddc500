"""Every file of cases/messages: what a person reads when something is refused, word by word.

A case either calls the function that refuses, or, where that needs a database or a file, builds the error:

    - case: An IBAN with a wrong check digit
      call: sorgente.shared.identifiers.iban          # given: its arguments
      given: {text: IT00X0542811101000000123456}              # {utf8: text} stands for the bytes of a file
      expect: {error: IbanCheckDigits, code: shared.iban.check-digits, text: "IBAN IT00…3456: …"}

    - case: A reading below the earlier one
      error: sorgente.metering.usecases.accept_read.ReadBelowEarlierOne   # given: the arguments of the class
      given: {subject: Meter A17, facts: …, next_step: …}
      expect: {code: metering.read.below-earlier-one, text: "Meter A17: …"}
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from sorgente.shared.errors import SorgenteError

ROOT = Path(__file__).resolve().parents[1]
CODE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+){1,3}")


def _cases() -> Iterator[Any]:
    for file in sorted((ROOT / "cases/messages").glob("*.yaml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            yield pytest.param(case, id=f"{file.stem}: {case['case']}")


def _named(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def _argument(value: Any) -> Any:
    """Return an argument as the function takes it: `{utf8: text}` stands for the bytes of a file."""
    return value["utf8"].encode() if isinstance(value, dict) and value.keys() == {"utf8"} else value


@pytest.mark.parametrize("case", list(_cases()))
def test_the_message_says_exactly_this(case):
    expect = case["expect"]
    if "call" in case:
        with pytest.raises(SorgenteError) as caught:
            _named(case["call"])(**{name: _argument(value) for name, value in case["given"].items()})
        error = caught.value
        assert type(error).__name__ == expect["error"]
    else:
        error = _named(case["error"])(**case["given"])
        assert isinstance(error, SorgenteError)
    assert error.code == expect["code"]
    assert str(error) == expect["text"]
    assert error.as_dict()["next_step"], "an error says what to do next"


def _coded_classes() -> dict[str, list[tuple[str, str]]]:
    """Return code -> [(class, file)] of every class in the source that carries a code of its own."""
    found: dict[str, list[tuple[str, str]]] = {}
    for file in sorted((ROOT / "src/sorgente").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ClassDef):
                continue
            for line in node.body:
                targets = line.targets if isinstance(line, ast.Assign) else []
                if any(isinstance(t, ast.Name) and t.id == "code" for t in targets) and isinstance(
                    line.value, ast.Constant
                ):
                    found.setdefault(str(line.value.value), []).append((node.name, str(file.relative_to(ROOT))))
    return found


def test_a_code_belongs_to_one_error_and_is_well_formed():
    classes = _coded_classes()
    assert {code: places for code, places in classes.items() if len(places) > 1} == {}
    assert [code for code in classes if CODE.fullmatch(code) is None] == []


# Processes whose errors are not all seen yet; the list only gets shorter.
_OWED = {"billing", "journeys"}


def test_every_error_is_seen_by_a_test():
    texts = [
        file.read_text(encoding="utf-8")
        for folder, kind in (("tests", "*.py"), ("cases", "*.yaml"))
        for file in (ROOT / folder).rglob(kind)
        if file != Path(__file__)
    ]
    tested = "\n".join(texts)
    unseen = [
        f"{name} [{code}] in {file}"
        for code, places in _coded_classes().items()
        for name, file in places
        if code not in tested
        and re.search(rf"\b{name}\b", tested) is None
        and Path(file).parts[2] not in _OWED  # src/sorgente/<process>/…
    ]
    assert unseen == []
