"""Documents of the archive, filtered as the desk asks."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet

from sorgente.archive.models import Document

KINDS: list[tuple[str, str]] = [(kind.value, str(kind.label)) for kind in Document.Kind]


def list_documents(*, text: str = "", kind: str = "") -> QuerySet[Any, Any]:
    """Return documents, latest first, as dictionaries.

    text  a piece of the title, or the beginning of the SHA-256
    """
    found = Document.objects.all()
    if text:
        found = found.filter(title__icontains=text) | found.filter(sha256__startswith=text.lower())
    if kind:
        found = found.filter(kind=kind)
    return found.order_by("-id").values("id", "sha256", "kind", "title", "media_type", "size", "stored_at")


def documents_by_kind() -> dict[str, int]:
    """Return how many documents of each kind the archive holds."""
    rows = Document.objects.order_by().values_list("kind").annotate(documents=Count("id"))
    return dict(rows)
