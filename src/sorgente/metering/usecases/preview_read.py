"""What would become of a read, before anybody sends it: nothing is stored."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
from django.db import transaction

from sorgente.metering.core.judgement import RULES
from sorgente.metering.usecases.load_reads import load_reads


@transaction.atomic
def preview_read(
    *, register_id: int, index_milli: int, read_on: date, received_at: datetime, kind: str = "self"
) -> str:
    """Return the rule that would hold, refuse or repeat the read; empty when it would be accepted.

    returns  a name of core.judgement.RULES
    source   rules/metering/read_acceptance.yaml
    """
    judged = load_reads(
        register_id=np.array([register_id]),
        read_on=np.array([read_on], dtype="datetime64[D]"),
        index_milli=np.array([index_milli]),
        kind=kind,
        received_at=received_at,
        dry_run=True,
    )
    return RULES[int(judged.rule[0])]
