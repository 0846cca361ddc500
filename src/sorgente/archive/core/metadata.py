"""The AgID minimum metadata of a document (annex 5), made when the document is formed: complete, or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypedDict

from sorgente.archive.core.classes import COMPANY, DocumentClass
from sorgente.shared.company import company
from sorgente.shared.errors import SorgenteError

FORMATIONS = ("a", "b", "c", "d")
FLOWS = ("E", "U", "I")  # in, out, internal
CHANGES = ("annullamento", "rettifica", "integrazione", "annotazione")
_FIRST_ROLES = ("author", "sender")
_ROLES = (*_FIRST_ROLES, "recipient", "operator", "assignee", "other")
_AGENT_KINDS = ("PF", "PG", "PA", "AS", "SW")
SOFTWARE = "Sorgente"


class MetadataIncomplete(SorgenteError):
    code = "archive.metadata.incomplete"


@dataclass(frozen=True, slots=True)
class Agent:
    """Who had a part. role: author, sender, recipient …; kind: PF person, PG company, PA public body, SW software."""

    role: str
    kind: str
    name: str
    code: str = ""  # tax code, VAT number or IPA code
    unit: str = ""
    address: str = ""  # digital domicile


@dataclass(frozen=True, slots=True)
class Attached:
    sha256: str
    description: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What closes the document; `conforms` only for copies of paper (formation b)."""

    signature: bool = False
    seal: bool = False
    timestamp: bool = False
    conforms: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """Why there is a new version: what kind of change, by whom, and the hash of the version before."""

    kind: str
    reason: str
    by: str
    former_sha256: str


class Formed(TypedDict, total=False):
    """What a caller may know about a document beyond its class; the rest comes from the document plan."""

    agents: Sequence[Agent]
    direction: str
    register_number: str  # of a register kept elsewhere: the number of a bill
    formation: str
    keywords: Sequence[str]
    attachments: Sequence[Attached]
    reserved: bool
    verification: Verification
    aggregation: str
    primary_sha256: str
    file_name: str
    note: str


@dataclass(frozen=True, slots=True)
class DocumentMetadata:
    """Annex 5 of one document, without its hash, size and media type, which the document itself holds.

    register         the register that numbers it, empty: none; `number` is then the number it bears by itself
    number           0-padded nowhere: "12/2026", "2026/SII/0000123", or the beginning of its hash
    retention_after  formation or relation_end
    retention_years  0: for ever
    """

    formation: str
    type: str
    flow: str
    register: str
    number: str
    registered_at: str
    subject: str
    keywords: tuple[str, ...]
    agents: tuple[Agent, ...]
    attachments: tuple[Attached, ...]
    classification: str
    reserved: bool
    media_type: str
    software: str
    verification: Verification
    aggregation: str
    primary_sha256: str
    file_name: str
    version: int
    change: Change | None
    retention: str
    retention_after: str
    retention_years: int
    note: str


def form_metadata(
    *, document_class: DocumentClass, title: str, media_type: str, sha256: str, formed_at: datetime, register: str = "",
    number: str = "", version: int = 1, change: Change | None = None, given: Formed | None = None,
) -> DocumentMetadata:  # fmt: skip
    """Return the metadata of a document being formed.

    number  in `register`; else the number that it bears by itself, else the beginning of its hash stands for one
    given   what the caller knows beyond the class
    raises  MetadataIncomplete naming everything that is missing or wrong
    """
    known: Formed = given or {}
    formation = known.get("formation", document_class.formation)
    made = DocumentMetadata(
        formation=formation,
        type=document_class.type,
        flow=known.get("direction", document_class.flow),
        register=register,
        number=number or known.get("register_number", "") or sha256[:16],
        registered_at=formed_at.isoformat(),
        subject=title.strip(),
        keywords=tuple(known.get("keywords", ())),
        agents=_agents(document_class, tuple(known.get("agents", ()))),
        attachments=tuple(known.get("attachments", ())),
        classification=document_class.index,
        reserved=known.get("reserved", document_class.reserved),
        media_type=media_type,
        software=SOFTWARE if formation in ("a", "d") else "",
        verification=known.get("verification", _UNSIGNED),
        aggregation=known.get("aggregation", ""),
        primary_sha256=known.get("primary_sha256", ""),
        file_name=known.get("file_name", ""),
        version=version,
        change=change,
        retention=document_class.retention.name,
        retention_after=document_class.retention.after,
        retention_years=document_class.retention.years,
        note=known.get("note", ""),
    )
    wrong = list(_wrong(made))
    if wrong:
        raise MetadataIncomplete(
            f"Document {title or sha256[:12]}",
            f"Its metadata cannot be completed: {'; '.join(wrong)}.",
            "Give what is missing when the document is stored: it cannot be added later.",
        )
    return made


def metadata_of(record: Mapping[str, Any]) -> DocumentMetadata | None:
    """Return the metadata kept with a document; None for one stored before metadata were made."""
    if not record:
        return None
    change = record["change"]
    return DocumentMetadata(
        **{
            **record,
            "keywords": tuple(record["keywords"]),
            "agents": tuple(Agent(**one) for one in record["agents"]),
            "attachments": tuple(Attached(**one) for one in record["attachments"]),
            "verification": Verification(**record["verification"]),
            "change": None if change is None else Change(**change),
        }
    )


_UNSIGNED = Verification()


@lru_cache(maxsize=64)
def _agent_of(document_class: DocumentClass) -> Agent:
    """Return who a document comes from when nobody is named: the author of ours, the sender of what came in."""
    role = "sender" if document_class.flow == "E" else "author"
    if document_class.agent == COMPANY:
        return Agent(role, "PG", company().name, company().tax_code)
    return Agent(role, "PF" if document_class.agent == "Cliente" else "PG", document_class.agent)


def _agents(document_class: DocumentClass, given: tuple[Agent, ...]) -> tuple[Agent, ...]:
    """Complete who had a part: what we write is ours even if only the recipient was named."""
    is_ours = document_class.agent == COMPANY and not any(agent.role in _FIRST_ROLES for agent in given)
    return (_agent_of(document_class), *given) if is_ours or not given else given


def _wrong(made: DocumentMetadata) -> Sequence[str]:
    wrong: list[str] = []
    if not made.subject:
        wrong.append("the subject is empty")
    if made.formation not in FORMATIONS:
        wrong.append(f"formation {made.formation!r} is none of {', '.join(FORMATIONS)}")
    if made.flow not in FLOWS:
        wrong.append(f"direction {made.flow!r} is none of {', '.join(FLOWS)}")
    if not any(agent.role in _FIRST_ROLES for agent in made.agents):
        wrong.append("there is neither author nor sender")
    for agent in made.agents:
        if agent.role not in _ROLES or agent.kind not in _AGENT_KINDS or not agent.name.strip():
            wrong.append(f"agent {agent.name!r} has role {agent.role!r} and kind {agent.kind!r}")
    if made.verification.conforms and made.formation != "b":
        wrong.append("only a copy (formation b) can be attested to conform")
    if (made.version > 1) != (made.change is not None):
        wrong.append(f"version {made.version} {'lacks its change' if made.change is None else 'cannot have a change'}")
    if made.change is not None and (made.change.kind not in CHANGES or not made.change.reason.strip()):
        wrong.append(f"change {made.change.kind!r} needs a kind ({', '.join(CHANGES)}) and a reason")
    return wrong
