"""What each number of a message is, learnt from labelled messages: the patterns propose, this decides.

A word right before a code names it; where none does, the whole sentence, the form of the code and what the patterns
say are weighed by a linear machine. What check digits prove, and places, stay with the patterns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sorgente.learning.head import Head
from sorgente.tickets.core.corpus import Labelled, author_of
from sorgente.tickets.core.entities.amounts import amount
from sorgente.tickets.core.entities.candidate import Candidate, weighed
from sorgente.tickets.core.entities.codes import phone_or_digits
from sorgente.tickets.core.entities.explained import code_of
from sorgente.tickets.core.entities.patterns import find_candidates
from sorgente.tickets.core.entities.readings import day, index
from sorgente.tickets.core.entities.signs import NOTHING, PROVED, Span, Surroundings, find_spans

_COST = 0.04
_SEED = 20260101
_SELDOM = 2  # a sign of fewer spans than this tells nothing that holds elsewhere
_ENOUGH = 1_000  # labelled spans; from fewer the patterns know more
_MOST = 400  # numbers in a text; a message with more is a table or an attack, and the patterns read it alone
# A word right before a number is believed also where the machine sees nothing.
_SURE = 66
_PROVED_RANK, _LEAST_RANK = 1_000_000, -1
_NORMALIZED: dict[str, Callable[[str], tuple[str, bool]]] = {
    "LETTURA": lambda text: (index(text), True),
    "DATA_LETTURA": lambda text: (day(text), True),
    "IMPORTO": lambda text: (amount(text), True),
    "TELEFONO": phone_or_digits,
}


class Chooser:
    """One label, or none, for each span of a text that may be an entity."""

    def __init__(self) -> None:
        self._head = Head(cost=_COST, seed=_SEED)
        self._columns: dict[str, int] = {}

    def fit(self, corpus: Sequence[Labelled], bare_reading_digits: Sequence[int | None]) -> None:
        """Learn from the messages of the corpus; a customer's own carry no marks and are passed over.

        Each span is learnt twice, once without what the patterns say: they know the corpus too well, and a machine
        that only repeated them would be of no use where they are silent.
        """
        signs: list[frozenset[str]] = []
        labels: list[str] = []
        for labelled, digits in zip(corpus, bare_reading_digits, strict=True):
            if not author_of(labelled):
                continue
            message = labelled.message
            whole = f"{message.subject}\n{message.body}"
            for where, text in (("subject", message.subject), ("body", message.body)):
                due = {(start, end): kind for kind, place, start, end in labelled.entities if place == where}
                allowed = digits if where == "body" else None
                candidates = find_candidates(text, bare_reading_digits=allowed)
                kept = weighed(candidates)
                surroundings = Surroundings(text, candidates, kept, whole=whole, expected=digits is not None)
                for span in find_spans(text, candidates, kept):
                    around, said = surroundings.signs(span)
                    kind = due.get((span.start, span.end), NOTHING)
                    signs += [around | said, around]
                    labels += [NOTHING if kind in PROVED else kind] * 2
        if len(labels) - labels.count(NOTHING) < 2 * _ENOUGH:
            self._columns = {}
            return
        spread = Counter(name for some in signs for name in some)
        names = sorted(name for name, times in spread.items() if times >= 2 * _SELDOM)
        self._columns = {name: column for column, name in enumerate(names)}
        self._head.fit(self._rows(signs), labels, folds=0)

    def choose(
        self, text: str, candidates: Sequence[Candidate], *, whole: str, readings_expected: bool
    ) -> list[Candidate]:
        """Return the entities of a text, none overlapping, in its order.

        candidates  what the patterns found in it, rivals included
        whole       subject and body
        """
        kept = weighed(candidates)
        spans = find_spans(text, candidates, kept) if self._columns else []
        if not 0 < len(spans) <= _MOST:
            return kept
        around = Surroundings(text, candidates, kept, whole=whole, expected=readings_expected)
        rows = self._rows([frozenset.union(*around.signs(span)) for span in spans])
        scores = np.asarray(rows @ self._head.coef.T + self._head.intercept)
        labels = self._head.labels
        nothing = labels.index(NOTHING)
        chosen = [replace(one, rank=_PROVED_RANK) for one in kept if one.type in PROVED]
        chosen += [replace(one, rank=_LEAST_RANK) for one in kept if one.rank >= _SURE]
        for span, score in zip(spans, scores, strict=True):
            possible = [n for n, kind in enumerate(labels) if kind in span.kinds]
            best = max(possible, key=lambda n: float(score[n]), default=nothing)
            if score[best] > score[nothing]:
                value = _entity(text, span, labels[best], int(1000 * (score[best] - score[nothing])))
                chosen += [value] if value.normalized else []
        return weighed(chosen)

    def _rows(self, signs: Iterable[frozenset[str]]) -> sparse.csr_matrix:
        columns: list[int] = []
        edges = [0]
        for some in signs:
            columns += sorted(self._columns[name] for name in some if name in self._columns)
            edges.append(len(columns))
        shape = (len(edges) - 1, len(self._columns))
        return sparse.csr_matrix((np.ones(len(columns)), np.array(columns, dtype=np.int32), edges), shape=shape)

    def to_state(self) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        """Return what a model file needs: a JSON object and named arrays."""
        state, arrays = self._head.to_state()
        return {"head": state, "signs": list(self._columns)}, arrays

    @classmethod
    def from_state(cls, state: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> Chooser:
        found = cls()
        found._head = Head.from_state(state["head"], arrays)
        found._columns = {name: column for column, name in enumerate(state["signs"])}
        return found


def _entity(text: str, span: Span, kind: str, rank: int) -> Candidate:
    """Return the span as an entity, its value normalised as the patterns of that kind do it."""
    said = next((one for one in span.opinions if one.type == kind), None)
    if said is not None:
        return replace(said, rank=rank)
    code = text[span.start : span.end]
    normalized, valid = _NORMALIZED[kind](code) if kind in _NORMALIZED else (code_of(code), True)
    return Candidate(kind, span.start, span.end, rank, normalized, valid)
