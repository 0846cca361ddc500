"""Learn again, from the corpus and from what people corrected; the new model is taken only when it is not worse."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sorgente.learning.model_file import save_model
from sorgente.shared.errors import SorgenteError
from sorgente.tickets.adapters.classifier import encoder, model_in_use, promote
from sorgente.tickets.adapters.model_store import model_key, models_dir, train
from sorgente.tickets.core.corpus import Labelled, corpus_files, load_corpus
from sorgente.tickets.core.evaluation import evaluate
from sorgente.tickets.core.message import Message
from sorgente.tickets.core.triage import Triage
from sorgente.tickets.models import Correction, Ticket, TicketMessage, TrainedModel

# What a new model may lose and still be taken: a point is within the noise of a set of a few hundred messages.
MOST_LOST = 0.01
_MEASURES = ("accuracy", "macro_f1", "regulated_macro_f1", "urgent_recall")

Said = Callable[[str], None]


class NothingToLearn(SorgenteError):
    code = "tickets.retrain.nothing-to-learn"


@dataclass(frozen=True, slots=True)
class Retrained:
    """What a training gave: figures before and after on the frozen set, and whether the new model is in use."""

    key: str
    corrections: int
    before: dict[str, Any]
    after: dict[str, Any]
    promoted: bool
    reason: str


def retrain(*, frozen: Sequence[Labelled], at: datetime, on_step: Said | None = None) -> Retrained:
    """Train on corpus and corrections, measure on messages that nobody trained on, and take the model or leave it.

    frozen   the labelled messages it is measured on; those that are also corrections are not trained on
    on_step  told in words what happens: it takes a minute
    raises   NothingToLearn when nobody has corrected or confirmed anything since the corpus

    The files of both models stay; which one is in use is one line in the folder of models, written in one step.
    """
    say = on_step or (lambda text: None)
    using = encoder()
    learnt = corrected_messages(but={labelled.message.body for labelled in frozen})
    if not learnt:
        raise NothingToLearn(
            "Retraining", "Nobody has corrected or confirmed a ticket yet.", "Correct some, then train again."
        )
    file = _written(learnt)
    sources = [*corpus_files(), file]
    key = f"tickets-{model_key(sources, using.name)}"
    say(f"learning from {len(learnt)} corrected messages and the corpus")
    fresh: Triage = train(sources, using)
    say(f"measuring on {len(frozen)} messages")
    current = model_in_use()
    before, after = _measured(current.triage, frozen), _measured(fresh, frozen)
    lost = {name: before[name] - after[name] for name in _MEASURES}
    worse = [f"{name} {before[name]:.3f} → {after[name]:.3f}" for name in _MEASURES if lost[name] > MOST_LOST]
    save_model(models_dir() / f"{key}.npz", *fresh.to_state())
    if not worse:
        promote(key)
    reason = f"worse: {', '.join(worse)}" if worse else "not worse"
    TrainedModel.objects.create(
        key=key,
        corpus_messages=len(load_corpus(corpus_files())),
        corrections=len(learnt),
        figures=after,
        figures_before=before,
        promoted=not worse,
        reason=reason,
        trained_at=at,
    )
    return Retrained(key, len(learnt), before, after, not worse, reason)


def corrected_messages(*, but: Set[str] = frozenset()) -> list[Labelled]:
    """Return the first message of each ticket that a person has decided, with the labels that hold now.

    but  bodies left out: what a model is measured on is never learnt
    """
    decided = Ticket.objects.filter(corrections__field=Correction.Field.CATEGORY).distinct().order_by("id")
    found = []
    for ticket in decided:
        first = ticket.messages.filter(direction=TicketMessage.Direction.IN).order_by("at", "id").first()
        if first is None or first.body in but or not (first.body.strip() or first.subject.strip()):
            continue
        found.append(_labelled(ticket, first))
    return found


def _labelled(ticket: Ticket, message: TicketMessage) -> Labelled:
    return Labelled(
        message=Message(id=ticket.number, channel=ticket.channel, subject=message.subject, body=message.body),
        category=ticket.category,
        secondary=(),
        regulated_type=ticket.regulated_type,
        priority=ticket.priority,
        entities=(),
    )


def _written(learnt: Sequence[Labelled]) -> Path:
    """Write the corrections as a corpus file beside the models, named by its content."""
    lines = [
        json.dumps(
            {
                "id": one.message.id,
                "channel": one.message.channel,
                "subject": one.message.subject,
                "body": one.message.body,
                "category": one.category,
                "secondary": list(one.secondary),
                "regulated_type": one.regulated_type,
                "priority": one.priority,
                "entities": [],
            },
            ensure_ascii=False,
        )
        for one in learnt
    ]
    text = "\n".join(lines) + "\n"
    file = models_dir() / f"corrections-{hashlib.sha256(text.encode()).hexdigest()[:16]}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)  # customers' words
    return file


def _measured(model: Triage, frozen: Sequence[Labelled]) -> dict[str, Any]:
    figures = evaluate(frozen, model.classify([labelled.message for labelled in frozen]))
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in figures.items()}
