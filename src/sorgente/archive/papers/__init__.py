"""Papers to be signed or sent: versioned templates, plain values in, PDF/A and the places to sign out."""

from sorgente.archive.papers.catalogue import (
    PaperTemplateNotInForce,
    PaperTemplateUnknown,
    PaperTemplateWrong,
    Template,
    template_on,
    template_versions,
)
from sorgente.archive.papers.render import Paper, PaperNotDrawn, render_paper
from sorgente.archive.papers.values import PaperValueMissing, PaperValueUnknown, PaperValueWrong

__all__ = [
    "Paper",
    "PaperNotDrawn",
    "PaperTemplateNotInForce",
    "PaperTemplateUnknown",
    "PaperTemplateWrong",
    "PaperValueMissing",
    "PaperValueUnknown",
    "PaperValueWrong",
    "Template",
    "render_paper",
    "template_on",
    "template_versions",
]
