"""How good the proposals are on labelled messages that were never trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sorgente.learning import metrics
from sorgente.tickets.core.corpus import Labelled
from sorgente.tickets.core.message import Classified
from sorgente.tickets.core.taxonomy import URGENT


def entity_scores(corpus: Sequence[Labelled], found: Sequence[Classified]) -> dict[str, tuple[float, float, float]]:
    """Return (precision, recall, F1) of exact spans by type, and of all under "all"."""
    right: Counter[str] = Counter()
    made: Counter[str] = Counter()
    due: Counter[str] = Counter()
    for labelled, proposal in zip(corpus, found, strict=True):
        expected = set(labelled.entities)
        for entity in proposal.entities:
            made[entity.type] += 1
            right[entity.type] += (entity.type, entity.where, entity.start, entity.end) in expected
        due.update(kind for kind, *_ in expected)
    totals = {"all": (right.total(), made.total(), due.total())}
    for kind in sorted({*made, *due}):
        totals[kind] = (right[kind], made[kind], due[kind])
    return {
        kind: (hit / max(given, 1), hit / max(asked, 1), 2 * hit / max(given + asked, 1))
        for kind, (hit, given, asked) in totals.items()
    }


def evaluate(corpus: Sequence[Labelled], found: Sequence[Classified]) -> dict[str, Any]:
    """Return the measures of issue and taxonomy as one flat JSON object."""
    truth = [labelled.category for labelled in corpus]
    answers = [proposal.category for proposal in found]
    right = [a == b for a, b in zip(truth, answers, strict=True)]
    top = [a in [name for name, _ in p.ranked[:3]] for a, p in zip(truth, found, strict=True)]
    regulated = [labelled.regulated_type for labelled in corpus], [proposal.regulated_type for proposal in found]
    priority = [labelled.priority for labelled in corpus], [proposal.priority for proposal in found]
    confidence = [proposal.confidence for proposal in found]
    return {
        "messages": len(corpus),
        "accuracy": metrics.accuracy(truth, answers),
        "macro_f1": metrics.macro_f1(truth, answers),
        "top3": sum(top) / max(len(top), 1),
        "coverage_at_95": metrics.coverage_at(0.95, confidence, right)[0],
        "calibration_error": metrics.calibration_error(confidence, right),
        "regulated_macro_f1": metrics.macro_f1(*regulated),
        "priority_macro_f1": metrics.macro_f1(*priority),
        "urgent_recall": metrics.recall_of(URGENT, *priority),
        "entity_f1": entity_scores(corpus, found)["all"][2],
    }
