"""Tables of the archive: documents, the search over them, how long they are kept, and the paper they replace."""

from sorgente.archive.models.documents import Document, DocumentSubject, RegisterEntry, SubjectEnd
from sorgente.archive.models.keeping import (
    Disposal,
    DisposalApproval,
    DisposalItem,
    DocumentReading,
    Hold,
    SweepFinding,
    SweepRound,
    Tombstone,
)
from sorgente.archive.models.paper import ScanBatch, ScanPaper, ScanReject
from sorgente.archive.models.search import DocumentText

__all__ = [
    "Disposal",
    "DisposalApproval",
    "DisposalItem",
    "Document",
    "DocumentReading",
    "DocumentSubject",
    "DocumentText",
    "Hold",
    "RegisterEntry",
    "ScanBatch",
    "ScanPaper",
    "ScanReject",
    "SubjectEnd",
    "SweepFinding",
    "SweepRound",
    "Tombstone",
]
