"""Documents stored before the search are found by their titles and subjects; a restart finds what is still missing."""

from django.db import migrations

FILL = """
INSERT INTO archive_documenttext (document_id, kind, stored_at, body, codes)
SELECT d.id, d.kind, d.stored_at, d.title, concat_ws(' ', d.title, regexp_replace(d.title, '\\W+', ' ', 'g'), s.codes)
FROM archive_document d
LEFT JOIN (SELECT document_id, string_agg(subject || ' ' || regexp_replace(subject, '\\W+', ' ', 'g'), ' ') AS codes
           FROM archive_documentsubject GROUP BY document_id) s ON s.document_id = d.id
ON CONFLICT (document_id) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("archive", "0004_kept_searched_and_paper")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
