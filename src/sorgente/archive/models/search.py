"""What can be searched: the words of each document, apart from the document itself, so that it can be made again."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models

from sorgente.archive.models.documents import Document


def _vector() -> models.Expression:
    # Italian for sentences, as they are for names and codes, which no stemmer may touch.
    return SearchVector("body", config="italian") + SearchVector("body", "codes", config="simple")


class DocumentText(models.Model):
    """The words of a document. `kind` and `stored_at` stand here again: filters must not visit a second table."""

    document = models.OneToOneField(Document, models.CASCADE, primary_key=True, related_name="text")
    kind = models.CharField(max_length=20)
    stored_at = models.DateTimeField()
    body = models.TextField(help_text="title, names and what the document says; shown with the words found marked")
    codes = models.TextField(help_text="numbers, codes and subjects; searched and never shown")
    words = models.GeneratedField(expression=_vector(), output_field=SearchVectorField(), db_persist=True)

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="document_text_words"),
            models.Index("kind", models.F("document").desc(), name="document_text_kind_latest"),
            models.Index(fields=["stored_at"], name="document_text_stored"),
        ]

    def __str__(self) -> str:
        return self.body[:60]
