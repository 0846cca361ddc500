"""A dozen customers with two years of everything a page can show, for tests of pages. Nobody here exists.

Rows are written straight into the tables: what is tested here is how they are found and shown; how they come about
is tested with each process. `python -m tests.desk.small_town` fills the database of the environment.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

STARTS_ON = date(2025, 1, 1)
PERIOD_DAYS = 61
PEOPLE = 12
PARKED_BECAUSE = "184,20 € contro una media di 41,10 €."


@dataclass(frozen=True, slots=True)
class Known:
    """What the tests ask for by name."""

    party_id: int
    name: str
    tax_code: str
    phone: str
    account: str
    point: str
    serial: str
    bill: str


@cache
def _paper() -> bytes:
    from sorgente.billing.adapters.bill_pdf import bill_fonts, render_bill
    from sorgente.billing.core.specimen import specimen_bill

    return render_bill(specimen_bill(3), einvoice=None, fonts=bill_fonts())


def _at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@transaction.atomic
def build(*, today: date) -> Known:
    """Fill an empty database; return the first customer, who has everything."""
    from sorgente.archive.usecases.store_document import store_document
    from sorgente.billing import models as billing
    from sorgente.journeys.demo.population import people_of
    from sorgente.ledger.usecases.load_chart import load_chart

    load_chart()
    rules = billing.RuleSnapshot.objects.create(sha256="0" * 64, content=b"x")
    prices = _rules(billing)
    statement = store_document(
        content=b"<Document/>", title="Estratto conto di prova", kind="statement", media_type="application/xml",
        subject="statement:1", stored_at=_at(today),
    )  # fmt: skip
    paper = store_document(
        content=_paper(), title="Bolletta di prova", kind="bill", media_type="application/pdf",
        subject="bill:2025/SII/0000001", stored_at=_at(today),
    )  # fmt: skip
    rnd = random.Random(7)
    homes = [_home(person, rnd, today) for person in people_of(PEOPLE, 1, starts_on=STARTS_ON)]
    numbers = dict.fromkeys(range(STARTS_ON.year, today.year + 1), 0)
    day = STARTS_ON + timedelta(days=PERIOD_DAYS)
    while day <= today:
        run = billing.BillingRun.objects.create(
            name=f"{day:%Y-%m-%d}", bill_on=day, due_on=day + timedelta(days=30), read_through=day, step="done",
            selected=PEOPLE, started_at=_at(day), ended_at=_at(day) + timedelta(seconds=4), version="0.1", rules=rules,
        )  # fmt: skip
        inputs = billing.BillInputs.objects.create(run=run, rules=rules, version="0.1", stretches=b"x", conditions=b"x")
        for place, home in enumerate(homes):
            if place == 5 and run.bill_on + timedelta(days=PERIOD_DAYS) > today:
                _park(billing, run, home)
                continue
            numbers[day.year] += 1
            _bill(run, inputs, home, f"{day.year}/SII/{numbers[day.year]:07d}", prices, paper, statement, today, place)
        run.rendered = run.transmitted = run.delivered = run.collected = run.issued
        run.save()
        day += timedelta(days=PERIOD_DAYS)
    first = homes[0]
    return Known(
        party_id=first.party.pk,
        name=first.person.name,
        tax_code=first.person.tax_code,
        phone=first.person.mobile,
        account=first.account.number,
        point=first.person.point_code,
        serial=first.person.serial,
        bill="2025/SII/0000001",
    )


@dataclass(slots=True)
class Home:
    person: object
    party: object
    account: object
    contract: object
    register: object
    mandate: object
    reads: list


def _home(person, rnd, today: date) -> Home:
    from sorgente.customers import models as customers
    from sorgente.metering import models as metering
    from sorgente.payments import models as payments

    party = customers.Party.objects.create(
        kind=person.kind, name=person.name, first_name=person.first_name, surname=person.surname,
        born_on=person.born_on, tax_code=person.tax_code, vat_number=person.vat_number,
    )  # fmt: skip
    customers.ContactPoint.objects.create(party=party, kind="mobile", value=person.mobile, preferred=True)
    address = customers.Address.objects.create(
        street=person.street, house_number=person.house_number, postal_code=person.postal_code,
        municipality=person.municipality, province=person.province, istat_code=person.istat_code,
    )  # fmt: skip
    account = customers.ContractAccount.objects.create(
        number=str(1_000_000 + person.index), holder=party, billing_address=address, channel=person.channel,
        email=person.email, payment_method=person.payment_method, opened_on=person.supplied_since,
    )  # fmt: skip
    point = customers.ServicePoint.objects.create(code=person.point_code, address=address)
    contract = customers.SupplyContract.objects.create(
        number=f"C{1_000_000 + person.index}", contract_account=account, service_point=point,
        supplied=DateRange(person.supplied_since, None),
    )  # fmt: skip
    customers.SupplyTerms.objects.create(
        contract=contract, valid=DateRange(person.supplied_since, None), tariff="valdoro", category=person.use,
        residents=person.residents, units=person.units, services=person.services, recorded_at=_at(STARTS_ON),
    )  # fmt: skip
    device = metering.Device.objects.create(serial=person.serial, radio_id=person.radio_id)
    register = metering.Register.objects.create(device=device)
    metering.Installation.objects.create(
        register=register, service_point=point, installed=DateRange(person.supplied_since, None)
    )
    mandate = None
    if person.payment_method == "sdd":
        mandate = payments.Mandate.objects.create(
            contract_account=account, creditor_id="IT66ZZZ00002731560427", umr=f"VA{account.number}", iban=b"x",
            iban_tail=person.iban[-4:], holder_name=person.name[:70], holder_tax_code=person.tax_code,
            signed_on=person.supplied_since,
        )  # fmt: skip
    index, reads, day = person.first_index_m3 * 1000, [], STARTS_ON
    while day <= today:
        is_held = person.index == 3 and day + timedelta(days=PERIOD_DAYS) > today
        reads.append(
            metering.Read.objects.create(
                register=register,
                read_on=day,
                index_milli=index,
                running_milli=index,
                kind="radio" if person.radio else rnd.choice(["reader", "reader", "self"]),
                state="held" if is_held else "accepted",
                reason="4,2 volte il solito" if is_held else "",
                received_at=_at(day),
            )
        )
        index += person.yearly_litres * PERIOD_DAYS // 365
        day += timedelta(days=PERIOD_DAYS)
    return Home(person, party, account, contract, register, mandate, reads)


def _rules(billing) -> dict:
    lines = {
        (1, 1): ("acquedotto", []),
        (1, 2): ("acquedotto", ["agevolata", "base", "eccedenza"]),
        (2, 2): ("fognatura", []),
        (7, 3): ("UI1", []),
    }
    return {
        (service, kind): billing.BillRule.objects.create(
            tariff="valdoro", path=f"{service}.{kind}", start=STARTS_ON, service=name, service_code=service, kind=kind,
            brackets=brackets, cite="EGA Valdoro 12/2026, articolo 3",
        )
        for (service, kind), (name, brackets) in lines.items()
    }  # fmt: skip


def _park(billing, run, home: Home) -> None:
    billing.RunItem.objects.create(
        run=run, contract=home.contract, state="parked", code="billing.bill.too-high", reason=PARKED_BECAUSE,
        next_step="Verifica la lettura con il cliente, poi rilascia.",
    )  # fmt: skip
    run.parked += 1


def _bill(run, inputs, home: Home, number: str, prices, paper, statement, today: date, place: int) -> None:
    from sorgente.billing import models as billing
    from sorgente.ledger.core.posting import CustomerLine, Line
    from sorgente.ledger.usecases.post_transaction import post_transaction
    from sorgente.messages.models import Message
    from sorgente.payments import models as payments
    from sorgente.shared.money import charge_cents, divide_half_up

    year, code, sequence = number.split("/")
    series, _new = billing.BillSeries.objects.get_or_create(code=code, year=int(year))
    series.latest, series.latest_issued_on = int(sequence), run.bill_on
    series.save()
    water = home.person.yearly_litres * PERIOD_DAYS // 365
    inside = min(water, 9_000)
    rows = [(1, 1, 0, PERIOD_DAYS * 1000, 11_370_000), (1, 2, 0, inside, 68_421_000)]
    rows += [(1, 2, 1, water - inside, 92_500_000)] if water > inside else []
    rows += [(2, 2, 0, water, 22_310_000), (7, 3, 0, water, 400_000)]
    net = sum(charge_cents(row[3], row[4]) for row in rows)
    vat = divide_half_up(net, 10)
    total = net + vat
    posted = post_transaction(
        source=f"bill:{number}", kind="bill", booked_on=run.bill_on, recorded_at=_at(run.bill_on),
        description=f"Bolletta {number}",
        lines=[
            CustomerLine(home.account.pk, total, number, run.due_on), Line("revenue-supply", -net), Line("vat", -vat),
        ],
    )  # fmt: skip
    is_estimated = place % 2 == 1
    bill = billing.Bill.objects.create(
        number=number, series=series, sequence=int(sequence), run=run, contract_account=home.account,
        contract=home.contract, kind="estimated" if is_estimated else "actual", issued_on=run.bill_on,
        due_on=run.due_on, start=run.bill_on - timedelta(days=PERIOD_DAYS), end=run.bill_on, quantity_milli=water,
        net_cents=net, vat_cents=vat, total_cents=total, to_pay_cents=total, transaction=posted, inputs=inputs,
        document=paper, einvoice=statement, einvoice_name="IT02731560427_00001.xml",
    )  # fmt: skip
    billing.Charge.objects.bulk_create(
        billing.Charge(
            bill=bill, position=at, service=service, kind=kind, bracket=bracket, start=bill.start, end=bill.end,
            quantity_milli=quantity, unit_price_e8=price, cents=charge_cents(quantity, price), vat_e4=1000,
            rule=prices[service, kind], estimated=is_estimated,
        )
        for at, (service, kind, bracket, quantity, price) in enumerate(rows, start=1)
    )  # fmt: skip
    billing.BillVat.objects.create(bill=bill, vat_e4=1000, base_cents=net, vat_cents=vat)
    billing.BilledConsumption.objects.create(
        bill=bill, contract=home.contract, register=home.register, start=bill.start, end=bill.end,
        quantity_milli=water, from_read=home.reads[0], to_read=None if is_estimated else home.reads[1],
        estimated=is_estimated,
    )  # fmt: skip
    run.issued += 1
    Message.objects.create(
        key=f"bill:{number}", channel=home.person.channel, recipient=home.person.email or str(home.account.number),
        subject_line=f"La tua bolletta {number}", body="", about=f"bill:{number}",
        contract_account_number=home.account.number, state="sent", queued_at=_at(run.bill_on),
        ended_at=_at(run.bill_on),
    )  # fmt: skip
    is_paid = run.due_on < today and place != 2
    if home.mandate is not None:
        payments.Collection.objects.create(
            mandate=home.mandate, bill=bill, end_to_end_id=f"E{number}", due_on=run.due_on,
            prenotified_on=run.bill_on, cents=total, state="settled" if is_paid else "sent",
        )  # fmt: skip
    else:
        payments.DebtPosition.objects.create(
            bill=bill, notice_number=f"3{year}{int(sequence):013d}", iuv=f"{year}{int(sequence):013d}", cents=total,
            due_on=run.due_on, state="paid" if is_paid else "open", opened_at=_at(run.bill_on),
        )  # fmt: skip
    if is_paid:
        _pay(bill, home, statement, is_lost=place == 4 and run.due_on + timedelta(days=2 * PERIOD_DAYS) > today)


def _pay(bill, home: Home, statement, *, is_lost: bool) -> None:
    """The customer pays on the due day; a lost payment waits in suspense."""
    from sorgente.ledger.core.posting import CustomerLine, Line
    from sorgente.ledger.models import OpenItem
    from sorgente.ledger.usecases.allocate import allocate
    from sorgente.ledger.usecases.post_transaction import post_transaction
    from sorgente.payments import models as payments

    total, day = bill.total_cents, bill.due_on
    other = Line("suspense", -total) if is_lost else CustomerLine(home.account.pk, -total, f"paid {bill.number}", day)
    posted = post_transaction(
        source=f"statement:{bill.number}", kind="payment", booked_on=day, recorded_at=_at(day),
        description=f"Pagamento {bill.number}", lines=[Line("bank", total), other],
    )  # fmt: skip
    kind = "transfer" if is_lost else "sdd" if home.mandate is not None else "pagopa"
    payments.Payment.objects.create(
        fingerprint=f"statement:{bill.number}", kind=kind, match="suspense" if is_lost else "matched",
        matched_by="" if is_lost else "end_to_end_id" if kind == "sdd" else "notice", cents=total, paid_on=day,
        booked_on=day, payer=home.person.name, remittance="acqua" if is_lost else f"Bolletta {bill.number}",
        references={} if is_lost else {"end_to_end_id": f"E{bill.number}"},
        contract_account=None if is_lost else home.account, bill=None if is_lost else bill, transaction=posted,
        document=statement,
    )  # fmt: skip
    if not is_lost:
        items = {item.cents > 0: item.pk for item in OpenItem.objects.filter(contract_account=home.account).filter(
            reference__in=[bill.number, f"paid {bill.number}"])}  # fmt: skip
        allocate(receivable_id=items[True], credit_id=items[False], cents=total, allocated_on=day)


if __name__ == "__main__":
    import json
    from dataclasses import asdict

    import django

    django.setup()
    from sorgente.interfaces.desk.demo import ensure_demo_users

    ensure_demo_users()
    print(json.dumps(asdict(build(today=datetime.now(UTC).date()))))
