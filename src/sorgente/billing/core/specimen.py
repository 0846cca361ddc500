"""Made-up bills, every kind of them: for proofs of the bill's layout, for benches and for tests.

Nobody here exists; the tariff is invented. The same number always gives the same bill.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

from sorgente.billing.core.document import (
    Activation,
    Address,
    BillDocument,
    BillKind,
    Bonus,
    ChargeKind,
    ChargeRow,
    Consumption,
    Contract,
    Customer,
    CustomerKind,
    DocumentType,
    Header,
    HistoryBar,
    Issuer,
    LinkedBill,
    Meter,
    MeterRead,
    Note,
    Payment,
    PaymentMethod,
    ReadKind,
    UnpaidBill,
)
from sorgente.billing.core.specimen_rows import CLEAN, SEWER, WATER, specimen_rows
from sorgente.billing.core.totals import vat_groups

KINDS = (
    "pagopa",
    "direct_debit",
    "condominium",
    "public_body",
    "credit_note",
    "closing",
    "zero",
    "foreign",
    "anomalous",
    "bonus",
)
LAWS = {
    "N1": "Escluso ex art. 15 DPR 633/1972",
    "N2.2": "Fuori campo IVA, artt. 2 e 3 DPR 633/1972",
}

ISSUER = Issuer(
    name="Acque di Valdoro S.p.A.",
    vat_code="01234567897",
    tax_code="01234567897",
    address=Address("Via delle Fonti", "12", "62019", "Recanati", "MC"),
    rea_office="MC",
    rea_number="123456",
    share_capital_cents=7_643_220_000,
    sole_shareholder=False,
    sdd_creditor_id="IT72ZZZ0000001234567897",
    iban="IT60X0542811101000000123456",
    cbill_code="AB1CD",
    phone="800 123 456",
    phone_hours="lunedì–venerdì 8:00–20:00, sabato 8:00–13:00, gratuito anche da cellulare",
    emergency_phone="800 654 321",
    email="clienti@acquedivaldoro.example",
    pec="acquedivaldoro@pec.example",
    web="www.acquedivaldoro.example",
    desk="Via delle Fonti 12, Recanati – lunedì–venerdì 8:30–13:00",
    self_reading="SMS al 320 000 0000, telefono, web-chat e area clienti, ogni giorno, 24 ore su 24",
    complaints="",
    water_quality_url="www.acquedivaldoro.example/qualita",
    leak_protection_url="www.acquedivaldoro.example/perdite",
    accent_colour="#0066cc",
    monogram="AV",
)

_NAMES = ("Giulia Ferretti", "Marco Bianchi", "Lucia Ottaviani", "Hervé D'Angelò", "Ana María Núñez", "Łukasz Żelazny")
_STREETS = ("Via Giacomo Leopardi", "Piazza della Libertà", "Contrada Santa Lucia", "Viale dell'Indipendenza")
_TOWNS = (("Recanati", "62019"), ("Loreto", "60025"), ("Osimo", "60027"), ("Potenza Picena", "62018"))


def specimen_bill(number: int, *, kind: str | None = None) -> BillDocument:
    """Return the made-up bill of that number; kinds take turns unless one is named."""
    kind = kind or KINDS[number % len(KINDS)]
    draw = random.Random(f"{kind}-{number}")
    start = date(2026, 1, 1) + timedelta(days=draw.randrange(0, 60))
    end = start + timedelta(days=draw.choice((59, 90, 121)))
    units = 24 if kind == "condominium" else 1
    litres = draw.randrange(9_000, 62_000) * units
    if kind == "anomalous":
        litres *= 6
    contract = _contract(draw, kind, units)
    rows = specimen_rows(start, end, litres, units, draw, kind)
    customer = _customer(draw, kind, contract)
    header, payment = _money(number, kind, rows, start, end)
    groups = vat_groups(rows, laws=LAWS)
    return BillDocument(
        issuer=ISSUER,
        customer=customer,
        contract=contract,
        header=header,
        rows=rows,
        vat_groups=groups,
        payment=payment,
        consumption=_consumption(draw, start, end, litres, kind),
        meters=(_meter(draw, start, end, litres, kind),),
        unpaid=_unpaid(kind),
        bonus=next((Bonus(row.cents, row.start, row.end) for row in rows if row.kind is ChargeKind.BONUS), None),
        explanation=_explanation(kind),
        notes=_notes(kind),
        instalment_right=kind == "anomalous",
        instalment_slips=False,
        instalment_until=header.due_on + timedelta(days=10) if header.due_on else None,
        activation=Activation(
            "www.acquedivaldoro.example/area/attiva",
            f"https://www.acquedivaldoro.example/area/attiva/?conto={contract.account_code}",
            contract.account_code,
            "ABCDE-FGHJ7",
            header.issued_on + timedelta(days=180),
        )
        if number % 2
        else None,
        previous_total_cents=max(
            0, header.to_pay_cents // (7 if kind == "anomalous" else 1) - draw.randrange(300, 900)
        ),
    )


def _contract(draw: random.Random, kind: str, units: int) -> Contract:
    town, postcode = draw.choice(_TOWNS)
    address = Address(draw.choice(_STREETS), str(draw.randrange(1, 180)), postcode, town, "MC")
    if kind == "condominium":
        address = replace(
            address, detail="Scala B, locale contatori al piano seminterrato, accesso dal cortile interno"
        )
    use = {
        "condominium": "Uso condominiale",
        "public_body": "Uso pubblico non disalimentabile",
        "foreign": "Uso domestico non residente",
    }.get(kind, "Uso domestico residente")
    return Contract(
        account_code=f"10{draw.randrange(10**6):06d}",
        contract_code=f"C{draw.randrange(10**8):08d}",
        point_code=f"11043044{draw.randrange(10**8):08d}",
        use_label=use,
        supply_address=address,
        started_on=date(2014, 5, 12),
        services=(WATER, SEWER, CLEAN),
        residents=draw.randrange(1, 6) if use == "Uso domestico residente" else None,
        units=units,
        deposit_cents=5_000,
        signed_on=date(2014, 5, 6),
        is_large=kind == "condominium",
    )


def _customer(draw: random.Random, kind: str, contract: Contract) -> Customer:
    home = replace(contract.supply_address, detail="")
    code = f"{draw.randrange(10**7):07d}"
    if kind == "condominium":
        return Customer(
            CustomerKind.ASSOCIATION,
            code,
            name="Condominio Residenza «Belvedere dell’Infinito» – Corpo B e autorimesse interrate",
            tax_code="91012345678",
            address=home,
            mail_to="Studio Amministrazioni Immobiliari Associate Mastrogiovanni & Della Robbia",
            mail_address=Address("Corso Giuseppe Garibaldi", "118/bis", "62100", "Macerata", "MC", detail="Interno 14"),
        )
    if kind == "public_body":
        return Customer(
            CustomerKind.PUBLIC_BODY,
            code,
            name="Comune di Monte San Vicino",
            tax_code="00123450432",
            vat_code="00123450432",
            ipa_code="UFAB12",
            address=home,
            cig="ZA12345678",
        )
    if kind == "foreign":
        return Customer(
            CustomerKind.PERSON,
            code,
            first_name="Jürgen",
            last_name="Müller-Weiß",
            vat_country="DE",
            address=Address("Goethestraße", "7", "00000", "München", "", country="DE"),
        )
    first, _, last = draw.choice(_NAMES).rpartition(" ")
    return Customer(
        CustomerKind.PERSON, code, first_name=first, last_name=last, tax_code="FRRGLI80A41E783L", address=home
    )


def _money(number: int, kind: str, rows: tuple[ChargeRow, ...], start: date, end: date) -> tuple[Header, Payment]:
    groups = vat_groups(rows, laws=LAWS)
    net, vat = sum(row.cents for row in rows), sum(group.vat_cents for group in groups)
    split = kind == "public_body"
    to_pay = net + vat - (vat if split else 0)
    is_credit = net + vat < 0
    issued = end + timedelta(days=20)
    due = issued + timedelta(days=21) if to_pay > 0 else None
    header = Header(
        number=f"2026/{number:07d}",
        kind=_bill_kind(kind),
        document_type=DocumentType.CREDIT_NOTE if is_credit else DocumentType.INVOICE,
        issued_on=issued,
        due_on=due,
        start=start,
        end=end,
        net_cents=net,
        vat_cents=vat,
        total_cents=net + vat,
        to_pay_cents=to_pay,
        linked=(LinkedBill("2025/0098112", date(2025, 11, 20)),) if kind == "credit_note" else (),
        split_payment=split,
        stamp_duty_cents=200 if any(row.kind is ChargeKind.STAMP for row in rows) else 0,
    )
    return header, _payment(number, kind, to_pay, due)


def _bill_kind(kind: str) -> BillKind:
    return {
        "pagopa": BillKind.MIXED,
        "direct_debit": BillKind.ADVANCE,
        "credit_note": BillKind.CREDIT_NOTE,
        "closing": BillKind.CLOSING,
    }.get(kind, BillKind.BALANCE)


def _payment(number: int, kind: str, to_pay: int, due: date | None) -> Payment:
    if to_pay <= 0:
        return Payment(PaymentMethod.NONE, to_pay, None)
    if kind in ("direct_debit", "condominium", "bonus"):
        method = PaymentMethod.SDD_B2B if kind == "condominium" else PaymentMethod.SDD_CORE
        return Payment(method, to_pay, due, mandate_id=f"SDD{number:012d}", masked_iban="IT60 •••• •••• 3456")
    if kind == "public_body":
        return Payment(PaymentMethod.TRANSFER, to_pay, due, reference=f"Bolletta 2026/{number:07d}")
    base = f"301{number:013d}"
    notice = f"{base}{int(base) % 93:02d}"
    return Payment(
        PaymentMethod.PAGOPA, to_pay, due, notice_number=notice,
        qr_text=f"PAGOPA|002|{notice}|{ISSUER.tax_code}|{to_pay}",
    )  # fmt: skip


def _meter(draw: random.Random, start: date, end: date, litres: int, kind: str) -> Meter:
    index = draw.randrange(200_000, 1_800_000)
    latest = ReadKind.ESTIMATED if kind == "direct_debit" else ReadKind.ACTUAL
    middle = MeterRead(start + (end - start) / 2, index + litres // 2, ReadKind.SELF)
    reads = (MeterRead(start, index, ReadKind.ACTUAL), middle, MeterRead(end, index + litres, latest))
    return Meter(
        f"17-MEC-{draw.randrange(10**6):06d}", reads, location="nicchia esterna sul confine", is_radio=kind == "pagopa"
    )


def _consumption(draw: random.Random, start: date, end: date, litres: int, kind: str) -> Consumption:
    days = (end - start).days
    usual = litres // 6 if kind == "anomalous" else litres
    bars: list[HistoryBar] = []
    at = end
    for back in range(13):
        first = at - timedelta(days=30)
        mean = litres if back * 30 < days else usual
        volume = mean * 30 // days * draw.randrange(80, 121) // 100
        how = ReadKind.ESTIMATED if kind == "direct_debit" and back < 2 else ReadKind.ACTUAL
        bars.append(HistoryBar(first, at, volume, ReadKind.SELF if back == 5 else how))
        at = first
    return Consumption(
        billed_milli=litres,
        daily_mean_milli=litres // days,
        yearly_milli=usual * 365 // days,
        history=tuple(reversed(bars)),
        year_before_daily_mean_milli=usual // days * draw.randrange(85, 116) // 100,
        reading_attempts=3 if kind == "condominium" else 2,
        next_read_from=end + timedelta(days=60),
        next_read_to=end + timedelta(days=75),
        is_anomalous=kind == "anomalous",
    )


def _unpaid(kind: str) -> tuple[UnpaidBill, ...]:
    if kind != "anomalous":
        return ()
    return (UnpaidBill("2025/0098112", date(2025, 11, 20), date(2025, 12, 11), 4_871),)


def _explanation(kind: str) -> str:
    return {
        "pagopa": "Paghi un po' più della bolletta precedente: il contatore ha misurato più acqua di quella stimata "
        "a novembre, e ora i conti tornano sulla lettura effettiva.",
        "direct_debit": "L'importo è in linea con la bolletta precedente. Il consumo è stimato: la prossima lettura "
        "lo corregge, a tuo favore o a tuo carico.",
        "condominium": "Ogni unità abitativa consuma in media quanto l'anno scorso; la nuova tariffa, in vigore dal "
        "1° gennaio, aggiunge il 2,1 %.",
        "credit_note": "Ti restituiamo la bolletta 2025/0098112, calcolata su una lettura sbagliata.",
        "closing": "È la bolletta di chiusura: comprende i consumi fino all'ultimo giorno e il deposito restituito.",
        "zero": "Avevi già pagato questi consumi con l'acconto: non devi nulla.",
        "anomalous": "Il consumo di questo periodo è molto più alto del solito: controlla l'impianto, potrebbe esserci "
        "una perdita.",
        "bonus": "Il bonus sociale idrico riduce questa bolletta.",
    }.get(kind, "")


def _notes(kind: str) -> tuple[Note, ...]:
    if kind != "closing":
        return ()
    return (Note("Fine della fornitura", "Il contratto termina con questa bolletta: non ne riceverai altre."),)
