"""What a customer reads when a debit did not go through."""

from __future__ import annotations

from dataclasses import dataclass

from sorgente.payments.core.notice import printed
from sorgente.shared.money import euro


@dataclass(frozen=True, slots=True)
class DebitFailed:
    holder: str
    bill_number: str
    cents: int
    notice_number: str
    company: str
    phone: str
    web: str


def ask_again_text(failed: DebitFailed) -> tuple[str, str]:
    """Return subject line and body, Italian, plain text."""
    amount = euro(failed.cents)
    body = [
        f"Gentile {failed.holder},",
        "",
        f"l'addebito della bolletta {failed.bill_number} sul tuo conto non è riuscito: restano da pagare {amount}.",
        "",
        "Puoi pagare con pagoPA, in banca, in posta, dal tabaccaio o con un'app, usando il codice avviso",
        printed(failed.notice_number) + ".",
        "",
        "Se hai già pagato, non devi fare nulla. Se il conto è cambiato, chiamaci: registriamo il nuovo IBAN.",
        f"Telefono {failed.phone}, area clienti {failed.web}.",
        "",
        failed.company,
    ]
    return f"Bolletta {failed.bill_number}: l'addebito di {amount} non è riuscito", "\n".join(body)
