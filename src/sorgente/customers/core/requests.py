"""The life of a contract request, as data: states, which may follow which, and what stands in the way of a step.

draft ──▶ documents ──▶ to_sign ──▶ signed ──▶ ready ──▶ executed
             ▲  └──────(no signature needed)─────▲
             └── to_sign, when an answer changes and the paper no longer says what was agreed
any state but executed ──▶ cancelled (the customer) | refused (we, with the reason)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sorgente.shared.errors import SorgenteError

DRAFT, DOCUMENTS, TO_SIGN, SIGNED, READY = "draft", "documents", "to_sign", "signed", "ready"
EXECUTED, CANCELLED, REFUSED = "executed", "cancelled", "refused"
OPEN_STATES = (DRAFT, DOCUMENTS, TO_SIGN, SIGNED, READY)

ACTIVATION, SUBENTRO, TAKEOVER = "activation", "subentro", "takeover"
TAKEOVER_BY_DEATH, HOUSEHOLD, TERMINATION = "takeover_by_death", "household", "termination"
NEW_HOLDER = frozenset({ACTIVATION, SUBENTRO, TAKEOVER, TAKEOVER_BY_DEATH})
HANDOVER = frozenset({TAKEOVER, TAKEOVER_BY_DEATH})
# A change of data and a notice to quit bind by themselves (a signature is welcome); a contract does not.
UNSIGNED = frozenset({HOUSEHOLD, TERMINATION})

_SIGNED_PATH: Mapping[str, tuple[str, ...]] = {
    DRAFT: (DOCUMENTS, CANCELLED, REFUSED),
    DOCUMENTS: (DRAFT, TO_SIGN, CANCELLED, REFUSED),
    TO_SIGN: (DOCUMENTS, SIGNED, CANCELLED, REFUSED),
    SIGNED: (READY, CANCELLED, REFUSED),
    READY: (SIGNED, EXECUTED, CANCELLED, REFUSED),
    EXECUTED: (),
    CANCELLED: (),
    REFUSED: (),
}
_FREE_PATH: Mapping[str, tuple[str, ...]] = {
    **_SIGNED_PATH,
    DOCUMENTS: (DRAFT, TO_SIGN, READY, CANCELLED, REFUSED),
    READY: (SIGNED, DOCUMENTS, TO_SIGN, EXECUTED, CANCELLED, REFUSED),
}
TRANSITIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys((ACTIVATION, SUBENTRO, TAKEOVER, TAKEOVER_BY_DEATH), _SIGNED_PATH),
    **dict.fromkeys((HOUSEHOLD, TERMINATION), _FREE_PATH),
}

STATE_WORDS = {
    DRAFT: "in compilazione",
    DOCUMENTS: "documenti da raccogliere",
    TO_SIGN: "da firmare",
    SIGNED: "firmata",
    READY: "pronta",
    EXECUTED: "eseguita",
    CANCELLED: "annullata",
    REFUSED: "rifiutata",
}


class UnknownRequest(SorgenteError):
    code = "customers.request.unknown"


class WrongTransition(SorgenteError):
    code = "customers.request.wrong-transition"


def check_transition(*, number: str, kind: str, state: str, to: str) -> None:
    """Refuse a step that a request of this kind cannot take from its state; raises WrongTransition."""
    allowed = TRANSITIONS[kind][state]
    if to not in allowed:
        following = ", ".join(allowed) or "nothing: it is closed"
        raise WrongTransition(
            f"Request {number}",
            f"It is {state}; {to} does not follow on that.",
            f"What may follow: {following}. Open a new request if this one is closed.",
        )


# ---------------------------------------------------------------------- checklist


@dataclass(frozen=True, slots=True)
class Facts:
    """What a request has, as the checklist asks it. `papers` are the kinds brought and still valid on the day."""

    kind: str
    applicant_kind: str = ""
    papers: frozenset[str] = frozenset()
    expired_papers: frozenset[str] = frozenset()
    has_applicant: bool = False
    has_tax_code: bool = False
    has_contact: bool = False
    has_einvoice_address: bool = False
    has_point: bool = False
    has_terms: bool = False
    has_residents_or_units: bool = False
    residents_asked: bool = False
    title_type: str = ""
    title_declared: bool = False
    debt_declared: bool = False
    has_derogation: bool = False
    has_cadastral: bool = False
    has_delivery: bool = False
    has_payment: bool = False
    pays_by_debit: bool = False
    has_iban: bool = False
    has_read: bool = False
    read_due: bool = False
    has_desired_day: bool = False
    relation: str = ""
    occupied_before: bool | None = None
    point_arrears_cents: int = 0
    own_arrears_cents: int = 0
    arrears_waived: bool = False
    mandate_signed: bool = False
    has_signature: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a checklist.

    state   done, missing, not_needed
    blocks  the state it stands before: to_sign, ready, executed, or "" when it only helps
    note    what was found, in Italian, where there is more to say
    """

    key: str
    label: str
    state: str
    blocks: str
    cite: str
    note: str = ""
    paper: str = ""


@dataclass(frozen=True, slots=True)
class ItemRule:
    """A line of rules/contracts/checklists.yaml."""

    key: str
    label: str
    blocks: str
    cite: str
    kinds: frozenset[str]
    paper: str = ""
    applicants: frozenset[str] = field(default_factory=frozenset)


_BLOCKED = ("", TO_SIGN, READY, EXECUTED)  # in the order of the life of a request


class ChecklistRefused(SorgenteError):
    code = "customers.request.checklist-refused"


def item_rules(table: Iterable[Mapping[str, Any]]) -> tuple[ItemRule, ...]:
    """Return the lines of a checklist table; raises ChecklistRefused naming the item nobody can check."""
    rules = []
    for one in table:
        if one["item"] not in _CHECKS or one["blocks"] not in _BLOCKED:
            raise ChecklistRefused(
                f"Checklist item {one['item']}",
                "There is no check of this name, or it blocks no known step.",
                f"Use {', '.join(sorted(_CHECKS))}, blocking to_sign, ready, executed or nothing.",
            )
        rules.append(
            ItemRule(
                key=one["item"],
                label=one["says"],
                blocks=one["blocks"],
                cite=one["cite"],
                kinds=frozenset(one["kinds"]),
                paper=one.get("paper", ""),
                applicants=frozenset(one.get("applicants", ())),
            )
        )
    return tuple(rules)


def checklist(facts: Facts, rules: Iterable[ItemRule]) -> tuple[Item, ...]:
    """Return every line for this kind of request, in the order of the rules, with how it stands."""
    found = []
    for rule in rules:
        if facts.kind not in rule.kinds or (rule.applicants and facts.applicant_kind not in rule.applicants):
            continue
        state, note = _CHECKS[rule.key](facts)
        found.append(Item(rule.key, rule.label, state, rule.blocks, rule.cite, note, rule.paper))
    return tuple(found)


def missing(items: Iterable[Item], before: str) -> list[Item]:
    """Return what is missing and stands before a state, or before one that comes earlier."""
    stands = _BLOCKED[: _BLOCKED.index(before) + 1]
    return [one for one in items if one.state == "missing" and one.blocks and one.blocks in stands]


def _yes(done: bool, note: str = "") -> tuple[str, str]:
    return ("done" if done else "missing"), note


def _paper(kind: str, facts: Facts) -> tuple[str, str]:
    if kind in facts.papers:
        return "done", ""
    return "missing", "scaduto" if kind in facts.expired_papers else ""


def _title(facts: Facts) -> tuple[str, str]:
    if facts.title_type == "derogation":
        return _yes(facts.has_derogation, "serve il numero di protocollo dell'atto del sindaco")
    brought = facts.title_declared or not facts.papers.isdisjoint({"title", "title_declaration"})
    return _yes(bool(facts.title_type) and brought, "" if brought else "serve una copia, o la dichiarazione firmata")


def _debt(facts: Facts) -> tuple[str, str]:
    if facts.point_arrears_cents <= 0 or facts.arrears_waived:
        return "not_needed", ""
    if facts.occupied_before is None:
        return "missing", "chiedere se occupava già l'immobile"
    if facts.occupied_before:
        return "missing", "occupava già l'immobile: prima va pagato l'arretrato, oppure la richiesta si rifiuta"
    declared = facts.debt_declared or "debt_declaration" in facts.papers
    return _yes(declared, "si dichiara estraneo al debito: non gli si può chiedere di pagarlo")


def _own_debt(facts: Facts) -> tuple[str, str]:
    if facts.own_arrears_cents <= 0 or facts.arrears_waived:
        return "not_needed", ""
    return "missing", "ha bollette scadute su altre forniture"


def _read(facts: Facts) -> tuple[str, str]:
    return ("missing", "letture diverse: passiamo noi a leggere") if facts.read_due else _yes(facts.has_read)


def _household(facts: Facts) -> tuple[str, str]:
    return _yes(facts.has_residents_or_units) if facts.residents_asked else ("not_needed", "")


def _mandate(facts: Facts) -> tuple[str, str]:
    if not facts.pays_by_debit:
        return "not_needed", ""
    if not facts.has_iban:
        return "missing", "manca l'IBAN"
    return _yes(facts.mandate_signed, "" if facts.mandate_signed else "si firma con il contratto")


def _iban(facts: Facts) -> tuple[str, str]:
    return _yes(facts.has_iban) if facts.pays_by_debit else ("not_needed", "")


def _heir(facts: Facts) -> tuple[str, str]:
    if facts.relation == "cohabitant":
        return "not_needed", ""
    return _paper("heir", facts)


_CHECKS: Mapping[str, Callable[[Facts], tuple[str, str]]] = {
    "applicant": lambda facts: _yes(facts.has_applicant),
    "tax_code": lambda facts: _yes(facts.has_tax_code),
    "identity": lambda facts: _paper("identity", facts),
    "contact": lambda facts: _yes(facts.has_contact),
    "einvoice_address": lambda facts: _yes(facts.has_einvoice_address),
    "point": lambda facts: _yes(facts.has_point),
    "meter": lambda facts: _yes(facts.has_read),
    "terms": lambda facts: _yes(facts.has_terms),
    "household": _household,
    "title": _title,
    "cadastral": lambda facts: _yes(facts.has_cadastral),
    "delivery": lambda facts: _yes(facts.has_delivery),
    "payment": lambda facts: _yes(facts.has_payment),
    "iban": _iban,
    "mandate": _mandate,
    "read": _read,
    "opening_read": _read,
    "closing_read": _read,
    "desired_day": lambda facts: _yes(facts.has_desired_day),
    "debt_declaration": _debt,
    "own_debt": _own_debt,
    "relation": lambda facts: _yes(bool(facts.relation)),
    "death": lambda facts: _paper("death", facts),
    "heir": _heir,
    "signature": lambda facts: _yes(facts.has_signature),
}


@dataclass(frozen=True, slots=True)
class DayRange:
    """The days that may be asked for; both included."""

    earliest: date
    latest: date

    def __contains__(self, day: date) -> bool:
        return self.earliest <= day <= self.latest
