"""Give customers their indemnities: on the first useful bill, or directly before the time of the law is up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from sorgente.billing.queries.one_off_list import one_off
from sorgente.billing.usecases.one_offs import add_one_off, cancel_one_off
from sorgente.customers.queries.overview import UnknownCustomer, account_by_number, contracts_of_account
from sorgente.customers.queries.requests import holds_account_number
from sorgente.ledger.queries.accounts import open_items
from sorgente.quality.core.clock import latest_payment_on
from sorgente.quality.core.standards import standard
from sorgente.quality.models import IndemnityDue
from sorgente.quality.usecases.accrue import write
from sorgente.quality.usecases.clockwork import local
from sorgente.shared.errors import SorgenteError
from sorgente.tariffs.rules import rules

_State = IndemnityDue.State
_OPEN = (_State.ACCRUED, _State.SUSPENDED, _State.ON_BILL)


class NotForDirectPayment(SorgenteError):
    code = "quality.indemnity.not-direct"


@dataclass(slots=True)
class Settled:
    """How many indemnities took which way, and why some could not, by indemnity."""

    on_bill: int = 0
    paid: int = 0
    direct: int = 0
    suspended: int = 0
    waiting: int = 0
    refusals: dict[str, str] = field(default_factory=dict)


def settle_indemnities(*, as_of: date, at: datetime) -> Settled:
    """Hand each open indemnity on, as of a day; each ends in exactly one of the counts or among the refusals.

    On the next bill through a one-off row; paid once that bill is out. Directly, when the latest payment day comes
    near and no bill took it, or when no supply is left to bill. Suspended while the account has overdue items; its
    180 days then count from the day we see them paid. Doing it again changes nothing.
    """
    done = Settled()
    ids = IndemnityDue.objects.filter(state__in=_OPEN).order_by("settle_by", "id").values_list("id", flat=True)
    for pk in list(ids):
        try:
            with transaction.atomic():
                part = IndemnityDue.objects.select_for_update().select_related("performance").get(pk=pk)
                way = _settle(part, as_of, at)
        except SorgenteError as problem:
            done.refusals[f"indemnity {pk}"] = str(problem)
        else:
            setattr(done, way, getattr(done, way) + 1)
    return done


def record_direct_payment(*, indemnity_id: int, paid_on: date, payment_reference: str, at: datetime) -> IndemnityDue:
    """Record that an indemnity was paid by transfer or cheque; the same again changes nothing.

    raises  NotForDirectPayment when it is not waiting for that
    """
    part = IndemnityDue.objects.select_for_update().filter(pk=indemnity_id).first()
    if part is not None and (part.state, part.paid_on, part.payment_reference) == (
        _State.PAID, paid_on, payment_reference,
    ):  # fmt: skip
        return part
    if part is None or part.state != _State.DIRECT:
        raise NotForDirectPayment(
            f"Indemnity {indemnity_id}",
            "There is none." if part is None else f"It is {part.state}, not waiting for a direct payment.",
            "Pay those of the list of direct payments.",
        )
    part.state, part.paid_on, part.payment_reference = _State.PAID, paid_on, payment_reference
    write(part, on=paid_on, at=at)
    return part


def _settle(part: IndemnityDue, as_of: date, at: datetime) -> str:
    """Take one step with an indemnity and return the count it belongs to."""
    if part.state == _State.ON_BILL:
        return _follow(part, as_of, at)
    reserved = holds_account_number(part.account_number)
    if reserved and not _exists(part.account_number):
        # The request has only reserved the number: there is nobody to bill before it is carried out.
        if reserved == "open" and not _is_near(part, as_of):
            return "waiting"
        return _pay_directly(part, as_of, at, note="La richiesta non ha aperto un conto da fatturare")
    if _is_delinquent(part.account_number, as_of):
        if part.state != _State.SUSPENDED:
            part.state = _State.SUSPENDED
            write(part, on=as_of, at=at, note="Importi scaduti sul conto")
        return "suspended"
    if part.state == _State.SUSPENDED:
        part.state = _State.ACCRUED
        started_on = local(part.performance.started_at).date()
        days = rules().value("arera.quality.indemnity_payment_days", on=started_on)
        part.settle_by = latest_payment_on(started_on, days=days, arrears_paid_on=as_of)
        write(part, on=as_of, at=at, note="Importi scaduti pagati")
    contract = _contract_of(part, as_of)
    if not contract or _is_near(part, as_of):
        note = "Nessuna fornitura da fatturare" if not contract else "La prossima bolletta verrebbe troppo tardi"
        return _pay_directly(part, as_of, at, note=note)
    reference = f"indemnity:{part.performance_id}:{part.part}"
    if part.one_off_reference:  # it waited for a bill before and was taken back
        reference = f"{part.one_off_reference}+"
    performance = part.performance
    name = standard(performance.standard, on=local(performance.started_at).date()).name
    add_one_off(
        contract_number=contract,
        kind="indemnity",
        text=f"{name}, standard {performance.standard} ({performance.reference})",
        cents=-part.cents,
        from_on=as_of,
        reference=reference,
        at=at,
    )
    part.state, part.one_off_reference = _State.ON_BILL, reference
    write(part, on=as_of, at=at)
    return "on_bill"


def _follow(part: IndemnityDue, as_of: date, at: datetime) -> str:
    """See what became of a row handed to billing."""
    row = one_off(part.one_off_reference)
    if row is not None and row.state == "billed":
        part.state, part.bill_number, part.paid_on = _State.PAID, row.bill_number, row.billed_on
        write(part, on=as_of, at=at)
        return "paid"
    if row is None or row.state == "cancelled":
        part.state = _State.ACCRUED
        write(part, on=as_of, at=at, note="Riga annullata dalla fatturazione")
        return "waiting"
    if _is_near(part, as_of):
        cancel_one_off(reference=part.one_off_reference, reason="Pagamento diretto entro i termini", at=at)
        return _pay_directly(part, as_of, at, note="La prossima bolletta verrebbe troppo tardi")
    return "waiting"


def _pay_directly(part: IndemnityDue, as_of: date, at: datetime, *, note: str) -> str:
    part.state = _State.DIRECT
    write(part, on=as_of, at=at, note=note)
    return "direct"


def _is_near(part: IndemnityDue, as_of: date) -> bool:
    days = rules().value("company.quality.direct_payment_days", on=as_of)
    return as_of >= part.settle_by - timedelta(days=int(days))


def _exists(account_number: str) -> bool:
    try:
        account_by_number(account_number)
    except UnknownCustomer:
        return False
    return True


def _is_delinquent(account_number: str, as_of: date) -> bool:
    if not account_number:
        return False
    account = account_by_number(account_number)
    return bool(open_items(contract_account_id=account, due_before=as_of, receivables_only=True))


def _contract_of(part: IndemnityDue, as_of: date) -> str:
    """Return the contract whose next bill takes the indemnity: that of the performance, else one of its account.

    A supply that ended still has its closing bill to come, for as many days as the law gives for that.
    """
    if not part.account_number:
        return ""
    days = timedelta(days=int(rules().value("arera.billing.issue_time_days", on=as_of)))
    contracts = contracts_of_account(account_by_number(part.account_number), as_of=as_of)
    billed = [one.number for one in contracts if one.active or (one.end is not None and as_of < one.end + days)]
    own = part.performance.contract_number
    return own if own in billed else next(iter(billed), "")
