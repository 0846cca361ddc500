"""Put a paper before a signer in the database of the environment: `python -m tests.e2e.signing_case KIND CLERK`.

KIND is contract (all fields and the adhesion, on a tablet), closing (one field, on a tablet, party enrolled before) or
remote (one field, with a code). Writes one JSON line: {"envelope": id, "token": token of the link or ""}.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def open_case(kind: str, clerk: str, reference: str = "") -> dict[str, Any]:
    from django.db import transaction
    from django.utils import timezone

    from sorgente.archive.papers import render_paper
    from sorgente.archive.signing.core.values import Method, Signer
    from sorgente.archive.signing.usecases.enrolment import record_enrolment
    from sorgente.archive.usecases.store_document import store_document
    from sorgente.journeys.signing import enrolment_values, is_enrolled, start_signing
    from sorgente.messages.models import Message
    from tests.papers.specimens import PARTY, SPECIMENS

    now = timezone.now()
    name = "supply_contract" if kind == "contract" else "termination"
    values = dict(SPECIMENS[name][1])
    reference = reference or ("party:901" if kind == "contract" else "party:902")
    with transaction.atomic():
        if kind == "contract":
            values["enrolment"] = enrolment_values(on=now.date())
        elif not is_enrolled(reference):
            adhesion = store_document(
                content=b"%PDF-1.7 adhesion of an earlier day", title="Adesione", kind="enrolment",
                media_type="application/pdf", subject=reference, stored_at=now,
            )  # fmt: skip
            record_enrolment(
                party_reference=reference, declared_at=now, identity_document=PARTY["identity"],
                channel=Method.TABLET, document_id=adhesion.pk,
            )  # fmt: skip
        # The same paper is one document; each case gets a request of its own.
        values["contract"] = {**values["contract"], "request": f"R2026-{now.microsecond:06d}"}
        view = start_signing(
            paper=render_paper(template=name, values=values, on=now.date()),
            signer=Signer(
                name=PARTY["name"], tax_code=PARTY["tax_code"], party_reference=reference, identity=PARTY["identity"],
                email=PARTY["email"], mobile="",
            ),
            method=Method.OTP if kind == "remote" else Method.TABLET,
            subjects=[reference, "contract:C2026-000912"],
            opened_by=clerk,
            at=now,
        )  # fmt: skip
    link = Message.objects.filter(key=f"envelope:{view.id}:link").values_list("body", flat=True).first() or ""
    return {"envelope": view.id, "token": link.partition("/firma/")[2].partition("/")[0]}


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(open_case(*sys.argv[1:3])))
