"""Every value of every table as text, to look for a planted word: binary columns too, read as bytes would show."""

from __future__ import annotations

from django.db import connection

_TABLES = """
    SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
    JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
      AND (data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'bytea', 'ARRAY', 'tsvector'))
"""


def places_of(word: str) -> set[str]:
    """Return `table.column` of each column that holds a word, whatever the case of its letters."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        for schema, table, column, kind in cursor.fetchall():
            shown = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            cursor.execute(
                f'SELECT 1 FROM "{schema}"."{table}" WHERE strpos(lower({shown}), lower(%s)) > 0 LIMIT 1', [word]
            )
            if cursor.fetchone():
                found.add(f"{table}.{column}")
    return found
