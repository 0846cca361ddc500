"""What the mails of the web area say, in Italian and in English."""

from __future__ import annotations

CODE = {
    "it": (
        "{code} è il tuo codice per l'area clienti",
        "Il tuo codice è {code}\n\nVale {minutes} minuti e una volta sola. Non dirlo a nessuno: noi non te lo"
        " chiederemo mai.\n\nSe non stai entrando nell'area clienti, non fare nulla: senza il codice nessuno può"
        " entrare.\n\n{company}\n",
    ),
    "en": (
        "{code} is your customer area code",
        "Your code is {code}\n\nIt works for {minutes} minutes and only once. Tell nobody: we will never ask you for"
        " it.\n\nIf you are not signing in, do nothing: nobody can enter without the code.\n\n{company}\n",
    ),
}
WELCOME = {
    "it": (
        "La tua area clienti: il codice per attivarla",
        "Gentile {holder},\n\nla tua fornitura è attiva. Bollette, consumi, autolettura e richieste sono nella tua area"
        " clienti, anche come app sul telefono. Per attivarla apri questa pagina entro il {until}:\n{link}\n\n"
        "Codice cliente: {account}\nCodice di attivazione: {code}\n"
        "Ti chiediamo anche le ultime quattro lettere o cifre del tuo codice fiscale (o della partita IVA).\n\n"
        "Il codice vale una volta sola. Non dirlo a nessuno.\n\n{company}\n",
    ),
    "en": (
        "Your customer area: the code that activates it",
        "Dear {holder},\n\nyour supply is active. Bills, water use, meter readings and requests are in your customer"
        " area, as an app on your phone too. To activate it, open this page by {until}:\n{link}\n\n"
        "Customer code: {account}\nActivation code: {code}\n"
        "We also ask for the last four letters or digits of your tax code (or VAT number).\n\n"
        "The code works only once. Tell nobody.\n\n{company}\n",
    ),
}
INVITATION = {
    "it": (
        "{holder} ti invita a seguire una fornitura",
        "{holder} ti invita a seguire la fornitura di {place}.\n\nPotrai {rights}. Per accettare apri questa pagina"
        " entro il {until}:\n{link}\n\nSe non conosci {holder}, ignora questa e-mail.\n\n{company}\n",
    ),
    "en": (
        "{holder} invites you to look after a supply",
        "{holder} invites you to look after the supply at {place}.\n\nYou will be able to {rights}. To accept, open"
        " this page by {until}:\n{link}\n\nIf you do not know {holder}, ignore this e-mail.\n\n{company}\n",
    ),
}
RIGHTS = {
    "it": {"see": "vedere bollette e consumi", "act": "vedere bollette e consumi, inviare letture e richieste"},
    "en": {"see": "see bills and consumption", "act": "see bills and consumption, send readings and requests"},
}
RESET = {
    "it": (
        "Scegli una nuova password",
        "Hai chiesto una nuova password per l'area clienti. Sceglila qui entro {hours} ore:\n{link}\n\nSe non l'hai"
        " chiesta tu, non fare nulla: la password resta quella di prima.\n\n{company}\n",
    ),
    "en": (
        "Choose a new password",
        "You asked for a new password for the customer area. Choose it here within {hours} hours:\n{link}\n\nIf it was"
        " not you, do nothing: your password stays as it is.\n\n{company}\n",
    ),
}


def written(letter: dict[str, tuple[str, str]], *, language: str, **facts: str) -> tuple[str, str]:
    """Return (subject, body) of a letter in a language; Italian where there is no other."""
    subject, body = letter.get(language, letter["it"])
    return subject.format(**facts), body.format(**facts)
