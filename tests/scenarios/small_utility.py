"""A utility of a few customers for scenarios on files: what it knows arrives as a file, what it says leaves as one.

utility = SmallUtility(tariff="valdoro", category="domestico_residente")
utility.on("2025-01-01").found(meters)
utility.on("2025-04-01").hear(telegrams)
utility.on("2025-04-03").bill()
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from codicefiscale import codicefiscale
from django.conf import settings
from django.db import connection, transaction
from lxml import etree
from schwifty import IBAN

from sorgente.archive.queries.documents import read_document
from sorgente.customers.core.values import AddressValues, LoadedCustomer, NewCustomer, Terms
from sorgente.customers.usecases.load_customers import load_customers
from sorgente.interfaces.commands.audit import all_problems
from sorgente.journeys.bill_cycle import Cycle, run_bill_cycle
from sorgente.journeys.demo.bank import Line, statement
from sorgente.journeys.demo.pagopa_node import receipt
from sorgente.ledger.queries.books import receivables, trial_balance
from sorgente.ledger.usecases.load_chart import load_chart
from sorgente.metering.usecases.devices import NewMeter
from sorgente.metering.usecases.import_meter_keys import import_meter_keys
from sorgente.metering.usecases.import_reader_file import FileImport, import_reader_file
from sorgente.metering.usecases.import_telegrams import TelegramImport, import_telegrams
from sorgente.metering.usecases.load_meters import PlacedMeter, load_meters
from sorgente.payments.adapters.our_account import creditor_of
from sorgente.payments.queries.asked import Asked, asked_of_run, due_days_prepared
from sorgente.payments.usecases.build_debit_file import build_debit_file
from sorgente.payments.usecases.import_receipts import import_receipts
from sorgente.payments.usecases.import_statement import StatementImported, import_statement
from sorgente.payments.usecases.load_mandates import NewMandate, load_mandates
from sorgente.payments.usecases.settle_receipts import ReceiptsSettled
from sorgente.shared.company import company
from sorgente.shared.money import cents_from_euro

ADDRESS = AddressValues("Via della Fonte", "7", "60901", "Valdoro", "AN", "042901")
PROFILE = "valdoro_csv"


@dataclass(frozen=True, slots=True)
class Metered:
    """A customer by what the meter is: read by radio when it has an address, else by a person.

    first_milli  index on the day of the contract
    key          32 hex digits, empty when the meter sends in clear
    pays_by      sdd or pagopa
    """

    name: str
    serial: str
    first_milli: int
    pays_by: str
    manufacturer: str = ""
    radio_id: str = ""
    key: str = ""


class SmallUtility:
    def __init__(self, *, tariff: str, category: str, services: int = 7) -> None:
        self.today = date(2025, 1, 1)
        self._terms = Terms(tariff, category, residents=3, services=services)
        self.customers: list[Metered] = []
        self.loaded: list[LoadedCustomer] = []
        self.cycle: Cycle | None = None
        self._statements = 0

    # ------------------------------------------------------------------ time

    def on(self, day: str) -> SmallUtility:
        self.today = date.fromisoformat(day)
        return self

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(9), tzinfo=UTC)

    # ------------------------------------------------------------------ customers and measures

    def found(self, customers: Sequence[Metered]) -> None:
        """Sign everyone up today: contract, meter with its key, first read, mandate."""
        load_chart()
        self.customers = list(customers)
        with transaction.atomic():
            self.loaded = load_customers([self._new(one, at) for at, one in enumerate(customers)], loaded_at=self.now)
            load_meters(
                [
                    PlacedMeter(_meter(one), there.service_point_id, self.today, one.first_milli)
                    for one, there in zip(customers, self.loaded, strict=True)
                ],
                recorded_at=self.now,
            )
            load_mandates(
                [self._mandate(at) for at, one in enumerate(customers) if one.pays_by == "sdd"],
                creditor_id=company().creditor_id,
            )
        keys = "".join(f"{one.serial};{one.key}\n" for one in customers if one.key)
        if keys:
            stored = import_meter_keys(content=f"serial;key\n{keys}".encode(), file_name="chiavi.csv")
            assert (stored.stored, stored.problems) == (keys.count("\n"), [])

    def _new(self, one: Metered, at: int) -> NewCustomer:
        return NewCustomer(
            kind="person",
            name=f"{one.name} Anna",
            first_name="Anna",
            surname=one.name,
            tax_code=codicefiscale.encode(
                lastname=one.name, firstname="Anna", gender="F", birthdate=f"{at + 1:02d}/05/1975", birthplace="Osimo"
            ),
            billing_address=ADDRESS,
            supply_address=ADDRESS,
            point_code=f"11042901{at + 1:08d}",
            terms=self._terms,
            supplied_from=self.today,
            channel="email",
            payment_method=one.pays_by,
            email=f"{one.name.lower()}@posta.example",
            contacts={"email": f"{one.name.lower()}@posta.example"},
            consents={"email": "paperless"},
        )

    def _mandate(self, at: int) -> NewMandate:
        there, one = self.loaded[at], self.customers[at]
        return NewMandate(
            contract_account_id=there.account_id,
            account_number=there.account_number,
            iban=str(IBAN.generate("IT", bank_code="03069", branch_code="02600", account_code=f"{at + 1:012d}")),
            holder_name=f"{one.name} Anna",
            holder_tax_code=self._new(one, at).tax_code,
            signed_on=self.today,
        )

    def hear(self, telegrams: Iterable[str]) -> TelegramImport:
        """Import what the car heard today."""
        return import_telegrams(lines=telegrams, received_at=self.now)

    def read_by_hand(self, indices_m3: dict[str, int]) -> FileImport:
        """Import the file of a reader who saw these indices today."""
        lines = [f"{serial};{self.today:%d/%m/%Y};{index};L" for serial, index in indices_m3.items()]
        content = "\r\n".join(["MATRICOLA;DATA_LETTURA;LETTURA;ESITO", *lines]).encode()
        return self.load_reader_file(content)

    def load_reader_file(self, content: bytes, name: str = "giro.csv") -> FileImport:
        return import_reader_file(content=content, file_name=name, profile_name=PROFILE, received_at=self.now)

    # ------------------------------------------------------------------ bills

    def bill(self, *, through: str | None = None) -> Cycle:
        """Run the whole bill cycle of today for everybody."""
        self.cycle = run_bill_cycle(
            name=f"bills of {self.today}",
            bill_on=self.today,
            read_through=self.today if through is None else date.fromisoformat(through),
            at=self.now,
            contract_ids=[there.contract_id for there in self.loaded],
            workers=1,
        )
        return self.cycle

    def sdi_files(self) -> list[Path]:
        return sorted(Path(settings.SDI_OUTBOX).glob("*.xml"))

    # ------------------------------------------------------------------ money

    @property
    def notices(self) -> list[Asked]:
        assert self.cycle is not None
        return asked_of_run(self.cycle.run_id)

    def debit_file(self) -> bytes:
        """Make the direct debit file of the due day and return it as the bank gets it."""
        (due_on,) = due_days_prepared(through=date.max)
        file = build_debit_file(
            due_on=due_on, creditor=creditor_of(company()), version=company().debit_version, made_at=self.now
        )
        return read_document(file.document.sha256)

    def receive(self, receipts: Sequence[tuple[str, bytes]]) -> ReceiptsSettled:
        return import_receipts(files=receipts, creditor=company().tax_code, imported_at=self.now)

    def receipt_of(self, asked: Asked) -> tuple[str, bytes]:
        """Return the receipt the node pushes when somebody pays a notice today."""
        ours, holder = company(), self._holder(asked.contract_account_id)
        content = receipt(
            receipt_id=f"rt-{asked.notice_number}",
            notice_number=asked.notice_number,
            creditor_tax_code=ours.tax_code,
            company_name=ours.name,
            station=ours.station,
            iban=ours.bank.iban,
            category=ours.category,
            cents=asked.cents,
            debtor_name=f"{holder.name} Anna",
            debtor_tax_code="SPRNNA75E41G157K",
            subject=f"Bolletta {asked.bill_number}",
            paid_at=self.now,
        )
        return f"rt-{asked.notice_number}.xml", content

    def _holder(self, account_id: int) -> Metered:
        accounts = [there.account_id for there in self.loaded]
        return self.customers[accounts.index(account_id)]

    def statement_of(self, lines: Sequence[Line]) -> bytes:
        """Return today's statement of our bank."""
        self._statements += 1
        return statement(
            number=self._statements, iban=company().bank.iban, day=self.today, opening_cents=1_000_00, lines=lines
        )

    def import_statement(self, content: bytes) -> StatementImported:
        return import_statement(data=content, file=f"estratto_{self.today}.xml", imported_at=self.now)

    # ------------------------------------------------------------------ what every story ends with

    def assert_books_balance(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        rows = trial_balance(on=date.max)
        assert sum(row.debit_cents for row in rows) == sum(row.credit_cents for row in rows)

    def assert_audit_is_clean(self) -> None:
        assert [str(problem) for problem in all_problems(self.now)] == []

    def assert_everything_is_settled(self) -> None:
        open_items = receivables(as_of=self.today)
        assert (open_items.open_cents, open_items.credits_cents) == (0, 0)
        balances = {row.code: row.balance_cents for row in trial_balance(on=date.max)}
        assert {code: balances[code] for code in ("receivables", "suspense", "pagopa-clearing", "sdd-clearing")} == {
            "receivables": 0, "suspense": 0, "pagopa-clearing": 0, "sdd-clearing": 0,
        }  # fmt: skip

    def assert_nothing_left_to_bill(self) -> None:
        before = everything_kept()
        again = run_bill_cycle(
            name=f"once more on {self.today}",
            bill_on=self.today,
            read_through=self.today if self.cycle is None else _billed_through(self.cycle),
            at=self.now,
            contract_ids=[there.contract_id for there in self.loaded],
            workers=1,
        )
        assert again.issued == 0
        after = everything_kept()
        assert {table: after[table] for table in MONEY_TABLES} == {table: before[table] for table in MONEY_TABLES}


MONEY_TABLES = ("billing_bill", "billing_charge", "ledger_transaction", "ledger_entry", "payments_payment")


def _billed_through(cycle: Cycle) -> date:
    with connection.cursor() as cursor:
        cursor.execute("SELECT read_through FROM billing_billingrun WHERE id = %s", [cycle.run_id])
        (day,) = cursor.fetchone()
    return day  # type: ignore[no-any-return]


def everything_kept() -> dict[str, int]:
    """Return table -> rows of everything the processes keep: to show that nothing was lost, added or half-written."""
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(
                ("archive_", "billing_", "customers_", "ledger_", "messages_", "metering_", "payments_")
            ):
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                counts[table] = cursor.fetchone()[0]
    return counts


def _meter(one: Metered) -> NewMeter:
    return NewMeter(serial=one.serial, manufacturer=one.manufacturer, radio_id=one.radio_id, diameter_mm=15)


def bank_credits(debit_file: bytes, day: date) -> list[Line]:
    """Return what the bank books on the due day for our debit file: one credit for each batch."""
    lines = []
    for batch in etree.fromstring(debit_file).iter("{*}PmtInf"):
        amounts = [cents_from_euro(amount.text or "") for amount in batch.iter("{*}InstdAmt")]
        name = batch.findtext("{*}PmtInfId") or ""
        lines.append(Line(sum(amounts), day, "IDDT", "ESDD", f"SDD{name}", batch_id=name, batch_count=len(amounts)))
    return lines


def debits_of(debit_file: bytes) -> list[dict[str, Any]]:
    """Return end-to-end id, mandate and cents of every debit in a file."""
    return [
        {
            "end_to_end_id": debit.findtext("{*}PmtId/{*}EndToEndId"),
            "mandate_id": debit.findtext(".//{*}MndtId"),
            "cents": cents_from_euro(debit.findtext("{*}InstdAmt") or ""),
        }
        for debit in etree.fromstring(debit_file).iter("{*}DrctDbtTxInf")
    ]
