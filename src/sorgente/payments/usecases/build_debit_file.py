from __future__ import annotations

import io
from datetime import date, datetime

from django.conf import settings
from django.db import connection, transaction

from sorgente.archive.usecases.store_document import store_document
from sorgente.ledger.queries.accounts import open_items
from sorgente.payments.adapters.pain008 import write_pain008
from sorgente.payments.core import debits as core
from sorgente.payments.models import Collection, DebitFile, Mandate
from sorgente.shared.errors import SorgenteError
from sorgente.shared.secrets import decrypt


class NothingToDebit(SorgenteError):
    code = "payments.debit-file.nothing-to-debit"


class DueDatePassed(SorgenteError):
    code = "payments.debit-file.due-date-passed"


@transaction.atomic
def build_debit_file(*, due_on: date, creditor: core.Creditor, version: str, made_at: datetime) -> DebitFile:
    """Write the direct debit file of a due date into the archive and mark its collections as sent.

    Asked again, it returns the file already made: a collection goes into one file, once. Collections prepared after
    that make a second file of their own. What was paid meanwhile is not debited, what was paid in part is debited
    for the rest.
    raises  NothingToDebit, DueDatePassed, DebitUnusable
    """
    _one_at_a_time(due_on)
    prepared = list(
        Collection.objects.select_for_update(of=("self",))
        .filter(due_on=due_on, state=Collection.State.PREPARED)
        .select_related("mandate", "bill")
        .order_by("end_to_end_id")
    )
    debits, sent = _still_owed(prepared)
    earlier = DebitFile.objects.filter(due_on=due_on).order_by("id")
    if not sent:
        existing = earlier.last()
        if existing is None:
            raise NothingToDebit(
                f"Direct debits due on {due_on}",
                "No prepared collection is still to be paid.",
                "Check the due date, and whether the billing run has reached its collection.",
            )
        return existing
    if made_at.date() >= due_on:
        raise DueDatePassed(
            f"Direct debits due on {due_on}",
            f"The file would be made on {made_at.date()}; banks want it at least one day before.",
            "Agree a new due date with the customers, or let them pay by notice.",
        )
    message_id = f"SDD{due_on:%Y%m%d}-{earlier.count() + 1:02d}"
    message = core.DebitFile(
        message_id=message_id,
        made_at=made_at,
        creditor=creditor,
        batches=core.group_debits(message_id=message_id, debits=debits),
    )
    content = io.BytesIO()
    write_pain008(message, content, version=version)
    document = store_document(
        content=content.getvalue(),
        kind="debit_file",
        title=f"{message_id}.xml",
        media_type="application/xml",
        subject=f"debit_file:{message_id}",
        stored_at=made_at,
    )
    file = DebitFile.objects.create(
        message_id=message_id,
        due_on=due_on,
        version=version,
        debits=message.count,
        cents=message.cents,
        document_id=document.pk,
        made_at=made_at,
    )
    for collection in sent:
        collection.state, collection.file = Collection.State.SENT, file
    Collection.objects.bulk_update(sent, ["state", "file", "cents"], batch_size=2000)
    Mandate.objects.filter(pk__in=[collection.mandate_id for collection in sent]).update(latest_presented_on=due_on)
    return file


def _still_owed(prepared: list[Collection]) -> tuple[list[core.Debit], list[Collection]]:
    """Return the debits of what is still to be paid, and their collections; the others are cancelled."""
    owed: dict[str, int] = {}
    for item in open_items(references={collection.bill.number for collection in prepared}, receivables_only=True):
        owed[item.reference] = owed.get(item.reference, 0) + item.open_cents
    debits, sent, paid = [], [], []
    for collection in prepared:
        collection.cents = min(collection.cents, owed.get(collection.bill.number, 0))
        if collection.cents <= 0 or collection.mandate.state != Mandate.State.ACTIVE:
            paid.append(collection.pk)
            continue
        debits.append(_debit(collection))
        sent.append(collection)
    Collection.objects.filter(pk__in=paid).update(state=Collection.State.CANCELLED)
    return debits, sent


def _debit(collection: Collection) -> core.Debit:
    mandate = collection.mandate
    return core.Debit(
        end_to_end_id=collection.end_to_end_id,
        cents=collection.cents,
        due_on=collection.due_on,
        umr=mandate.umr,
        signed_on=mandate.signed_on,
        debtor_name=mandate.holder_name,
        debtor_iban=decrypt(mandate.iban, key=settings.FIELD_KEY),
        debtor_tax_code=mandate.holder_tax_code,
        remittance=f"Bolletta {collection.bill.number}",
    )


def _one_at_a_time(due_on: date) -> None:
    """Let a second process that makes the file of the same day wait for the first to end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('payments.debit_file'), %s)", [due_on.toordinal()])
