"""The money of the demonstration: who pays when, what the bank books, what the pagoPA node pushes."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from lxml import etree

from sorgente.archive.queries.documents import read_document
from sorgente.journeys.demo.bank import Line, statement
from sorgente.journeys.demo.pagopa_node import receipt
from sorgente.journeys.demo.payers import notice_payments, return_reason
from sorgente.journeys.demo.population import Customer
from sorgente.payments.adapters.our_account import creditor_of
from sorgente.payments.queries.asked import Asked, asked_of_bills, asked_of_run, due_days_prepared
from sorgente.payments.usecases.ask_again import ask_again
from sorgente.payments.usecases.build_debit_file import NothingToDebit, build_debit_file
from sorgente.payments.usecases.import_receipts import import_receipts
from sorgente.payments.usecases.import_statement import import_statement
from sorgente.shared.calendar import calendar
from sorgente.shared.company import company
from sorgente.shared.money import cents_from_euro

# A bank wants the file some days before the debit; ours leaves a week before.
FILE_LEAD_DAYS = 7
FORGETS_NUMBER = 0.02
_PSP = "VLDPSPITXXX"


@dataclass(slots=True)
class _Today:
    lines: list[Line] = field(default_factory=list)
    receipts: list[tuple[str, bytes]] = field(default_factory=list)


class Money:
    """Keeps what will be paid on which day, and brings it when the day comes."""

    def __init__(self, customers: Mapping[int, Customer], *, seed: int) -> None:
        self._customers = dict(customers)  # contract account id -> customer
        self._rnd = random.Random(f"money-{seed}")
        self._days: dict[date, _Today] = defaultdict(_Today)
        self._settled: dict[date, int] = defaultdict(int)  # pagoPA money the bank books on a day
        self._statements = 0
        self._balance_cents = 250_000_00
        self.refusals: list[str] = []  # customers who could not be told that a debit failed

    def meet(self, account_id: int, customer: Customer) -> None:
        """Get to know who pays for an account opened since."""
        self._customers[account_id] = customer

    def expect_bills(self, numbers: Iterable[str], *, issued_on: date) -> None:
        """Decide how bills will be paid that no run of the calendar made: closing bills, corrections."""
        for asked in asked_of_bills(numbers):
            self._expect_notice(asked, issued_on)

    def expect(self, run_id: int, *, issued_on: date) -> None:
        """Decide how the bills of a run will be paid: debits come with their file, notices when people pay."""
        for asked in asked_of_run(run_id):
            if asked.notice_number:
                self._expect_notice(asked, issued_on)

    def live(self, day: date) -> None:
        """Bring the day's money: files to the bank, receipts from the node, the statement in the evening."""
        self._send_debits(day)
        today = self._days.pop(day, _Today())
        settled = self._settled.pop(day, 0)
        if settled:
            flow = f"{day - timedelta(days=1)}{_PSP}-{day:%j}"
            line = Line(
                settled,
                day,
                "RCDT",
                "ESCT",
                f"FDR{day:%Y%m%d}",
                payer="Banca della Valle",
                remittance=f"/PUR/LGPE-RIVERSAMENTO/TXT/0/URI/{flow}",
            )
            today.lines.append(line)
        if today.receipts:
            import_receipts(files=today.receipts, creditor=company().tax_code, imported_at=_at(day, 18))
        if today.lines:
            self._statements += 1
            content = statement(
                number=self._statements,
                iban=company().bank.iban,
                day=day,
                opening_cents=self._balance_cents,
                lines=today.lines,
            )
            self._balance_cents += sum(line.cents for line in today.lines)
            import_statement(data=content, file=f"estratto_{day:%Y%m%d}.xml", imported_at=_at(day, 21))
            again = ask_again(asked_at=_at(day, 22))
            self.refusals += [f"{about}: {why}" for about, why in again.refusals]

    def _expect_notice(self, asked: Asked, issued_on: date) -> None:
        customer = self._customers[asked.contract_account_id]
        for intent in notice_payments(self._rnd, customer, asked.due_on):
            on = max(intent.on, issued_on + timedelta(days=1))
            if intent.road == "pagopa":
                self._days[on].receipts.append(self._receipt(asked, customer, on))
                self._settled[calendar().target_day_on_or_after(on + timedelta(days=1))] += asked.cents
            else:
                booked = calendar().target_day_on_or_after(on)
                self._days[booked].lines.append(
                    Line(
                        asked.cents,
                        booked,
                        "RCDT",
                        "ESCT",
                        f"TRN{self._rnd.randrange(10**12):012d}",
                        payer=customer.name,
                        remittance=self._remittance(customer, asked),
                    )
                )

    def _remittance(self, customer: Customer, asked: Asked) -> str:
        """Return what people write on a transfer: nearly always the number of the bill."""
        if self._rnd.random() < FORGETS_NUMBER:
            return f"pagamento acqua {customer.name}"
        return f"{customer.name} saldo bolletta n. {asked.bill_number}"

    def _receipt(self, asked: Asked, customer: Customer, on: date) -> tuple[str, bytes]:
        name = self._rnd.randbytes(16).hex()
        ours = company()
        content = receipt(
            receipt_id=name,
            notice_number=asked.notice_number,
            creditor_tax_code=ours.tax_code,
            company_name=ours.name,
            station=ours.station,
            iban=ours.bank.iban,
            category=ours.category,
            cents=asked.cents,
            debtor_name=customer.name,
            debtor_tax_code=customer.tax_code,
            subject=f"Bolletta {asked.bill_number}",
            paid_at=_at(on, self._rnd.randrange(7, 17)),
        )
        return f"{name}.xml", content

    def _send_debits(self, day: date) -> None:
        for due_on in due_days_prepared(through=day + timedelta(days=FILE_LEAD_DAYS)):
            try:
                file = build_debit_file(
                    due_on=due_on, creditor=creditor_of(company()), version=company().debit_version, made_at=_at(day, 9)
                )
            except NothingToDebit:
                continue
            self._bank_debits(read_document(file.document.sha256), max(due_on, day))

    def _bank_debits(self, content: bytes, due_on: date) -> None:
        """What the bank does with our file: one credit per batch on the day, some debits back a few days later."""
        for batch in etree.fromstring(content).iter("{*}PmtInf"):
            cents, count = 0, 0
            for debit in batch.iter("{*}DrctDbtTxInf"):
                amount = cents_from_euro(debit.findtext("{*}InstdAmt") or "0")
                cents, count = cents + amount, count + 1
                reason = return_reason(self._rnd)
                if reason is None:
                    continue
                back_on = calendar().target_day_on_or_after(due_on + timedelta(days=self._rnd.randrange(2, 6)))
                self._days[back_on].lines.append(
                    Line(
                        -amount,
                        back_on,
                        "IDDT",
                        "UPDD",
                        f"RTN{self._rnd.randrange(10**12):012d}",
                        end_to_end_id=debit.findtext("{*}PmtId/{*}EndToEndId") or "",
                        mandate_id=debit.findtext(".//{*}MndtId") or "",
                        return_reason=reason,
                    )
                )
            name = batch.findtext("{*}PmtInfId") or ""
            self._days[due_on].lines.append(
                Line(cents, due_on, "IDDT", "ESDD", f"SDD{name}", batch_id=name, batch_count=count)
            )


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=UTC)
