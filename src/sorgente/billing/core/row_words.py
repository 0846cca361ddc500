"""The sentences that explain the rows of a bill, in Italian and in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sorgente.billing.core.document import ChargeKind
from sorgente.billing.core.one_offs import CODES


@dataclass(frozen=True, slots=True)
class RowWords:
    """What is said in one language. {days}, {low}, {high}, {price} … stand for figures of the row.

    what      by kind of row
    one_offs  by code of a one-off row
    """

    what: Mapping[ChargeKind, str]
    one_offs: Mapping[str, str]
    estimated: str
    by_tariff: str
    first: str
    between: str
    beyond: str
    by_cubic_metre: str
    per_m3: str
    per_day: str
    by_year: str
    days: str
    days_and_units: str
    piece: str


IT = RowWords(
    what={
        ChargeKind.FIXED: "La quota fissa copre i costi che ci sono anche quando non usi acqua: si paga a giorni.",
        ChargeKind.PEREQUATION: (
            "È un contributo nazionale deciso da ARERA, uguale per tutti: lo incassiamo e lo versiamo per intero."
        ),
        ChargeKind.BONUS: "È il bonus sociale idrico: toglie una parte della spesa a chi ne ha diritto.",
        ChargeKind.BILLED_BEFORE: (
            "Questi importi te li avevamo già chiesti: li togliamo per intero, così non paghi due volte gli stessi "
            "giorni."
        ),
        ChargeKind.STAMP: "Lo Stato la chiede sui documenti con più di 77,47 € senza IVA: la versiamo noi per te.",
    },
    one_offs={
        "DEPOSIT": "È una garanzia: ti torna con gli interessi legali quando chiudi il contratto. Non ci guadagniamo.",
        "DEPOSIT_RETURN": "Ti restituiamo il deposito che ci avevi versato come garanzia.",
        "DEPOSIT_INTEREST": "Sono gli interessi di legge maturati sul tuo deposito, dal giorno in cui l'hai pagato.",
        "INDEMNITY": (
            "Non abbiamo rispettato un tempo garantito: ti spetta un indennizzo, senza che tu lo debba chiedere."
        ),
        "INTEREST": "Sono interessi per un pagamento arrivato dopo la scadenza.",
        "TAKEOVER_FEE": "È il costo della pratica con cui il contratto è passato a tuo nome.",
        "FEE": "È il costo di una prestazione che hai chiesto.",
        "WORKS": "È il costo di un lavoro fatto per la tua fornitura.",
        "CREDIT": "È una somma a tuo favore.",
        "OTHER": "È una voce che non dipende dai consumi.",
    },
    estimated="Il consumo è stimato: lo correggiamo con la prossima lettura.",
    by_tariff="È una voce prevista dalla tariffa.",
    first="È il prezzo dei primi {high} m³ usati in {days} giorni.",
    between="È il prezzo dei m³ tra {low} e {high} usati in {days} giorni: chi usa di più paga di più.",
    beyond="È il prezzo dei m³ oltre {low} usati in {days} giorni: chi usa di più paga di più.",
    by_cubic_metre="Si paga per ogni metro cubo d'acqua che usi.",
    per_m3="{quantity} m³ × {price} € al m³ = {amount}",
    per_day="{quantity} × {price} € al giorno = {amount}",
    by_year="({price} € l'anno)",
    days="{days} giorni",
    days_and_units="{days} giorni × {units} unità",
    piece="dal {start} al {end}: {amount}",
)
EN = RowWords(
    what={
        ChargeKind.FIXED: "The fixed charge covers costs that are there even when you use no water: it is paid by day.",
        ChargeKind.PEREQUATION: (
            "A national contribution set by the regulator ARERA, the same for everybody: we collect it and pass all of "
            "it on."
        ),
        ChargeKind.BONUS: "The social water bonus: it takes part of the cost off for those entitled to it.",
        ChargeKind.BILLED_BEFORE: (
            "We had asked for these amounts before: we take them off in full, so that you do not pay for the same days "
            "twice."
        ),
        ChargeKind.STAMP: "The State asks for it on documents with more than €77.47 free of VAT: we pay it for you.",
    },
    one_offs={
        "DEPOSIT": "A security: you get it back with legal interest when the contract ends. We earn nothing on it.",
        "DEPOSIT_RETURN": "We give back the deposit you had paid as a security.",
        "DEPOSIT_INTEREST": "Legal interest on your deposit, from the day you paid it.",
        "INDEMNITY": "We missed a guaranteed time: you are owed a compensation, without having to ask.",
        "INTEREST": "Interest on a payment that came after its due date.",
        "TAKEOVER_FEE": "What it cost to bring the contract into your name.",
        "FEE": "What a service you asked for costs.",
        "WORKS": "What work done for your supply costs.",
        "CREDIT": "An amount in your favour.",
        "OTHER": "An item that does not depend on the water you use.",
    },
    estimated="The water is estimated: the next reading puts it right.",
    by_tariff="An item of the tariff.",
    first="The price of the first {high} m³ used in {days} days.",
    between="The price of the m³ between {low} and {high} used in {days} days: who uses more pays more.",
    beyond="The price of the m³ beyond {low} used in {days} days: who uses more pays more.",
    by_cubic_metre="Paid for each cubic metre of water you use.",
    per_m3="{quantity} m³ × €{price} per m³ = {amount}",
    per_day="{quantity} × €{price} a day = {amount}",
    by_year="(€{price} a year)",
    days="{days} days",
    days_and_units="{days} days × {units} units",
    piece="{start} to {end}: {amount}",
)
WORDS = {"it": IT, "en": EN}
assert all({name.upper() for name in CODES} - {"STAMP_DUTY"} == set(one.one_offs) for one in WORDS.values())
