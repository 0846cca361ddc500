"""What the staff of the demonstration decide: reads that were held, bills that were parked.

They know the truth of the meters, as somebody who went to look does. The latest weeks are left for whoever opens the
demonstration.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from sorgente.billing.queries.run_list import parked_items
from sorgente.billing.usecases.release_item import release_item
from sorgente.journeys.demo.founding import Founded
from sorgente.journeys.demo.water import Meters
from sorgente.metering.queries.read_list import list_reads
from sorgente.metering.usecases.held_reads import discard_read, release_read
from sorgente.shared.errors import SorgenteError

_NAME = "demo-billing"


class Staff:
    def __init__(self, founded: Founded, meters: Meters) -> None:
        self._meters = meters
        self._position = {int(register): place for place, register in enumerate(founded.registers)}

    def judge_reads(self, day: date) -> None:
        """Go and look: what the meter really showed is released, the rest is set aside."""
        at = datetime.combine(day, time(11), tzinfo=UTC)
        for read in list_reads(state="held", end=day).order_by("read_on", "id"):
            if read["register_id"] not in self._position:
                continue  # a meter put in place since: nobody knows it better
            position, index = self._position[read["register_id"]], read["index_milli"]
            shown = int(self._meters.shown_milli([position], read["read_on"])[0])
            turned = int(self._meters.running_milli([position], read["read_on"])[0]) >= 10**8
            try:
                with transaction.atomic():
                    if abs(shown - index // 1000 * 1000) <= 1000:
                        release_read(
                            read_id=read["id"],
                            released_by=_NAME,
                            released_at=at,
                            reason="Sopralluogo: l'indice è giusto.",
                            rollover=turned and index < 10**8 // 2 and "below" in read["reason"],
                        )
                    else:
                        discard_read(
                            read_id=read["id"],
                            discarded_by=_NAME,
                            discarded_at=at,
                            reason="Sopralluogo: una cifra era sbagliata.",
                        )
            except SorgenteError:
                continue  # another read of the day, or a later one, already tells; it waits for a person

    def confirm_reads(self, positions: Sequence[int], day: date) -> None:
        """Release the held reads of a day at some meters: the reader's photograph shows them."""
        wanted = set(positions)
        for read in list_reads(state="held", start=day, end=day + timedelta(days=1)) if wanted else ():
            if self._position.get(read["register_id"]) not in wanted:
                continue
            with transaction.atomic(), suppress(SorgenteError):  # a slip of the reader waits for a person
                release_read(
                    read_id=read["id"],
                    released_by=_NAME,
                    released_at=datetime.combine(day, time(20), tzinfo=UTC),
                    reason="Fotografia del letturista: l'indice è giusto, probabile perdita.",
                )

    def judge_parked(self, run: str, day: date) -> int:
        """Release what the gate held in a run: the reads were checked. Returns how many."""
        at = datetime.combine(day, time(11), tzinfo=UTC)
        released = 0
        for item in parked_items(run=run):
            with transaction.atomic():
                release_item(
                    item_id=item["id"],
                    released_by=_NAME,
                    released_at=at,
                    reason="Lettura verificata con fotografia: il cliente è stato avvisato della perdita.",
                )
            released += 1
        return released
