"""What page 2 of the bill prints: the charges row by row, VAT, the supply, contacts and texts, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sorgente.billing.adapters import bill_words as words
from sorgente.billing.core.document import UNIT_PIECE, BillDocument, ChargeKind, ChargeRow, MeterRead, Note
from sorgente.shared.money import divide_half_up

SERVICE_KINDS = (ChargeKind.FIXED, ChargeKind.VARIABLE, ChargeKind.PEREQUATION)
READS_ON_FRONT = 5


def all_reads(bill: BillDocument) -> list[dict[str, str]]:
    """Return every read, when page 1 has not shown them all or there is more than one meter."""
    if all(len(meter.reads) <= READS_ON_FRONT for meter in bill.meters) and len(bill.meters) < 2:
        return []
    return [read_row(meter.serial, read) for meter in bill.meters for read in meter.reads]


def supply(bill: BillDocument) -> list[list[Any]]:
    contract = bill.contract
    rows = [
        ["Tipo di utenza", contract.use_label],
        ["Componenti del nucleo", str(contract.residents) if contract.residents is not None else ""],
        ["Unità servite", str(contract.units) if contract.units > 1 else ""],
        ["Servizi attivi", ", ".join(contract.services)],
        ["Codice di fornitura", contract.point_code],
        ["Attiva dal", words.long_day(contract.started_on)],
        ["Deposito versato", words.euros(contract.deposit_cents) if contract.deposit_cents else ""],
        ["Contatore", ", ".join(meter.serial for meter in bill.meters)],
        ["Dove si trova", ", ".join(meter.location for meter in bill.meters if meter.location)],
        [
            "Bollette collegate",
            ", ".join(f"{old.number} del {words.short_day(old.issued_on)}" for old in bill.header.linked),
        ],
    ]
    return with_room(rows)


def one_period(bill: BillDocument) -> str:
    """Return the period when every row covers all of it, so that the table need not repeat it."""
    header = bill.header
    if any((row.start, row.end) != (header.start, header.end) for row in bill.rows if row.kind in SERVICE_KINDS):
        return ""
    return words.long_period(header.start, header.end)


def groups(bill: BillDocument) -> list[dict[str, Any]]:
    groups: dict[str, list[ChargeRow]] = {}
    for row in bill.rows:
        groups.setdefault(row.service, []).append(row)
    return [
        {
            "name": name,
            "sum": words.amount(sum(row.cents for row in rows)),
            "rows": [_charge(row) for row in rows],
        }
        for name, rows in groups.items()
    ]


def _charge(row: ChargeRow) -> list[Any]:
    label = row.label[:1].upper() + row.label[1:]
    detail = words.bracket(row)
    if row.yearly_price_e8 is not None:
        detail = f"{words.short_price(row.yearly_price_e8)} € l'anno"
    if row.is_estimated:
        detail = f"{detail}, stimato" if detail else "stimato"
    price = ""
    if row.quantity_milli is not None and row.unit_price_e8 is not None:
        price = (words.short_price if row.unit == UNIT_PIECE else words.price)(row.unit_price_e8)
    return [
        label,
        detail,
        words.short_period(row.start, row.end),
        words.quantity(row),
        price,
        words.rate(row.vat_rate_e2) if row.vat_rate_e2 else row.nature or "",
        words.amount(row.cents),
        words.room(label) + words.room(detail) + 1,
    ]


def vat_table(bill: BillDocument) -> list[list[Any]]:
    rows = []
    for group in bill.vat_groups:
        name = f"IVA {words.rate(group.vat_rate_e2)}" if group.vat_rate_e2 else f"{group.nature} {group.law}".strip()
        rows.append([name, words.amount(group.taxable_cents), words.amount(group.vat_cents), words.room(name)])
    return rows


def totals(bill: BillDocument) -> list[list[Any]]:
    header = bill.header
    rows = [("Imponibile", header.net_cents), ("IVA", header.vat_cents), ("Totale", header.total_cents)]
    if header.split_payment:
        rows.append(("IVA versata dall'ente (scissione dei pagamenti)", -header.vat_cents))
    if header.credit_cents:
        rows.append(("Tuo credito, usato per questa bolletta", -header.credit_cents))
    if header.split_payment or header.credit_cents:
        rows.append(("Da pagare", header.to_pay_cents - header.credit_cents))
    return [[name, words.amount(cents), words.room(name)] for name, cents in rows]


def water_cost(bill: BillDocument) -> list[list[str]]:
    """Return the mean cost of a m3 and of a litre, quotas and VAT in it (D.Lgs. 18/2023, article 18)."""
    volume = bill.consumption.billed_milli
    rows = [row for row in bill.rows if row.kind in SERVICE_KINDS]
    gross_e4 = sum(row.cents * (10_000 + row.vat_rate_e2) for row in rows)
    if volume <= 0 or gross_e4 <= 0:
        return []
    per_m3_e4 = divide_half_up(gross_e4 * 10, volume)  # cents x 1e4 / litres x 1e3 -> 1e-4 EUR a m3, VAT in it
    litre_e6 = divide_half_up(per_m3_e4, 10)
    return [
        ["L'acqua costa, al m³", f"{per_m3_e4 // 10_000},{per_m3_e4 % 10_000:04d}\u00a0€"],
        ["al litro", f"{litre_e6 // 1_000_000},{litre_e6 % 1_000_000:06d}\u00a0€"],
    ]


def bonus_note(bill: BillDocument) -> tuple[Note, ...]:
    """Return how much the social bonus takes off and for which days (TIB-03)."""
    bonus = bill.bonus
    if bonus is None:
        return ()
    days = words.long_period(bonus.start, bonus.end)
    return (
        Note(
            bonus.label, f"Riduce questa bolletta di {words.euros(-bonus.cents)} prima dell'IVA, per i giorni {days}."
        ),
    )


def contacts(bill: BillDocument) -> list[list[Any]]:
    issuer = bill.issuer
    rows = [
        ["Pronto intervento 24 ore", issuer.emergency_phone],
        ["Servizio clienti", f"{issuer.phone} ({issuer.phone_hours})" if issuer.phone_hours else issuer.phone],
        ["Sportello", issuer.desk],
        ["Area clienti e app", issuer.web],
        ["E-mail e PEC", " – ".join(part for part in (issuer.email, issuer.pec) if part)],
    ]
    return with_room(rows)


def activation(bill: BillDocument) -> dict[str, str] | None:
    """Return what the box of the web area prints; None where the holder has a login."""
    told = bill.activation
    if told is None:
        return None
    return {
        "page": told.page,
        "link": told.link,
        "account": told.account_number,
        "code": told.code,
        "until": words.long_day(told.until_on - timedelta(days=1)),
    }


def einvoice_note(einvoice_name: str | None) -> Note:
    where = f" È allegata a questo PDF ({einvoice_name})." if einvoice_name else ""
    return Note(
        "Fattura elettronica",
        "Questo documento è una copia di cortesia. La fattura elettronica è quella trasmessa al Sistema di "
        f"Interscambio: la trovi nella tua area riservata sul sito dell'Agenzia delle Entrate.{where}",
    )


def note(note: Note) -> dict[str, Any]:
    return {"title": note.title, "text": note.text, "room": words.room(note.title) + words.room(note.text) + 3}


def with_room(rows: list[list[str]]) -> list[list[Any]]:
    """Return the rows that have a value, each with the room it takes: the template reckons heights from it."""
    return [[*row, words.room(row[1])] for row in rows if row[1]]


def read_row(serial: str, read: MeterRead) -> dict[str, str]:
    return {
        "serial": serial,
        "day": words.short_day(read.day),
        "index": words.cubic_metres(read.index_milli),
        "kind": words.READ_WORDS[read.kind],
    }
