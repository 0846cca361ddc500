"""ISO 20022 bank statements: camt.052, .053, .054 in every version, and the Italian CBI envelopes around them.

Read by local name, because banks mix versions, drop namespaces and change the order of elements; strict about
amounts and signs, because they are money. Source: reference of camt messages, ISO 20022 bank-to-customer cash
management; CBI STRN-MO-001 (`CBIBdyBkToCstmrStmtReq`, `CBIDlyStmtReqLogMsg`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

from lxml import etree

from sorgente.payments.core.statement import (
    BOOKED,
    Statement,
    StatementEntry,
    StatementFile,
    balance_warning,
    one_line,
    reference_or_none,
)
from sorgente.shared.errors import SorgenteError
from sorgente.shared.money import divide_half_up
from sorgente.shared.xml import local_name, parse_xml

_STATEMENTS = ("{*}Stmt", "{*}Rpt", "{*}Ntfctn")
_AMOUNT = re.compile(r"\+?(\d{1,18}(?:\.\d{0,5})?|\.\d{1,5})")  # ISO: 18 digits, 5 of them decimals
_OPENING = ("OPBD", "PRCD")


class NotAStatement(SorgenteError):
    code = "payments.statement.not-a-statement"


class StatementUnreadable(SorgenteError):
    code = "payments.statement.unreadable"


def read_camt(data: bytes, file: str) -> StatementFile:
    """Return every statement of the file; a statement that cannot be read is a refusal, the others stand.

    raises  the errors of `parse_xml`; NotAStatement when there is no statement inside
    """
    root = parse_xml(data, file, fallback_encoding="cp1252")
    found = StatementFile()
    statements = list(root.iter(*_STATEMENTS))
    if not statements:
        raise NotAStatement(
            file,
            f"No Stmt, Rpt or Ntfctn inside <{local_name(root)}>.",
            "Send a camt.052, camt.053 or camt.054 message with at least one statement.",
        )
    for element in statements:
        try:
            found.statements.append(_statement(element, file))
        except SorgenteError as error:
            found.refusals.append((file, error))
    return found


def _statement(element: etree._Element, file: str) -> Statement:
    statement_id = _text(element, "Id")
    label = f"statement {statement_id or 'without Id'}"
    account = _account(element)
    entries: list[StatementEntry] = []
    for position, entry in enumerate(element.iterfind("{*}Ntry"), start=1):
        entries += _entries(entry, account, subject=f"{file}, {label}, entry {position}")
    opening = closing = None
    defect: SorgenteError | None = None
    try:
        opening, closing = _balances(element, entries, subject=f"{file}, {label}")
    except SorgenteError as error:
        defect = error
    warnings = balance_warning(opening=opening, closing=closing, entries=entries, label=label)
    return Statement(
        file=file,
        statement_id=statement_id,
        account=account,
        entries=tuple(entries),
        opening=opening,
        closing=closing,
        intraday=local_name(element) == "Rpt",
        warnings=warnings,
        defect=defect,
    )


def _entries(entry: etree._Element, account: str | None, *, subject: str) -> list[StatementEntry]:
    amount, currency = _amount(entry.find("{*}Amt"), subject)
    whole = _signed(entry, amount, subject)
    details = entry.findall(".//{*}TxDtls")
    if len(details) <= 1:
        return [_entry(entry, details[0] if details else None, whole, currency, account, subject)]
    amounts = [_detail_amount(detail, entry, currency, subject) for detail in details]
    if None not in amounts:
        known = [cents for cents in amounts if cents is not None]
        lines = [
            _entry(entry, detail, cents, currency, account, subject)
            for detail, cents in zip(details, known, strict=True)
        ]
        rest = whole - sum(known)
        if rest == 0:
            return lines
        # Banks net their charges from the booked total: entry = details - charges. They are posted apart.
        if rest == -sum(line.charges_cents for line in lines):
            return [*lines, _entry(entry, None, rest, currency, account, subject)]
    # The details do not say how the total divides: the booking is one line, its texts are all there.
    return [_whole(entry, details, whole, currency, account, subject)]


def _entry(
    entry: etree._Element,
    detail: etree._Element | None,
    cents: int,
    currency: str,
    account: str | None,
    subject: str,
) -> StatementEntry:
    inner = entry if detail is None else detail
    ours = "Dbtr" if cents >= 0 else "Cdtr"
    original = inner.find("{*}AmtDtls/{*}InstdAmt/{*}Amt")
    references = _texts(inner, "RmtInf/Strd/CdtrRefInf/Ref") + _texts(inner, "RmtInf/Strd/CdtrRefInf/CdtrRef")
    return StatementEntry(
        account=account,
        booked_on=_date(entry, "BookgDt", subject),
        value_on=_date(entry, "ValDt", subject),
        cents=cents,
        currency=currency,
        status=_status(entry),
        end_to_end_id=reference_or_none(_text(inner, "Refs/EndToEndId")),
        mandate_id=reference_or_none(_text(inner, "Refs/MndtId")),
        return_reason=_text(inner, "RtrInf/Rsn/Cd")
        or _text(inner, "RtrInf/Rsn/Prtry")
        or _text(inner, "RtrInf/RtrRsn/Cd"),
        remittance=_remittance(inner, entry, references),
        creditor_reference=references[0] if references else None,
        bank_reference=_bank_reference(inner, entry),
        reversal=(_text(entry, "RvslInd") or "").lower() in ("true", "1"),
        batch_id=_text(inner, "Refs/PmtInfId") or _text(entry, "NtryDtls/Btch/PmtInfId"),
        counterparty=_text(inner, f"RltdPties/{ours}/Nm") or _text(inner, f"RltdPties/{ours}/Pty/Nm"),
        counterparty_iban=_text(inner, f"RltdPties/{ours}Acct/Id/IBAN"),
        instructed_cents=_cents_or_none(original, currency),
        charges_cents=_charges(inner, currency),
        bank_code=_bank_code(inner) or _bank_code(entry),
    )


def _whole(
    entry: etree._Element,
    details: list[etree._Element],
    cents: int,
    currency: str,
    account: str | None,
    subject: str,
) -> StatementEntry:
    plain = _entry(entry, None, cents, currency, account, subject)
    texts = [_remittance(detail, entry, []) for detail in details]
    joined = one_line(" ".join(dict.fromkeys(text for text in texts if text)))
    return replace(plain, remittance=joined or plain.remittance)


def _detail_amount(detail: etree._Element, entry: etree._Element, currency: str, subject: str) -> int | None:
    for path in ("{*}Amt", "{*}AmtDtls/{*}TxAmt/{*}Amt", "{*}AmtDtls/{*}InstdAmt/{*}Amt"):
        element = detail.find(path)
        if element is not None:
            amount, named = _amount(element, subject)
            if named != currency:
                return None
            holder = detail if detail.find("{*}CdtDbtInd") is not None else entry
            return _signed(holder, amount, subject)
    return None


def _balances(
    element: etree._Element, entries: list[StatementEntry], *, subject: str
) -> tuple[Decimal | None, Decimal | None]:
    opening = closing = None
    currencies = {entry.currency for entry in entries}
    for balance in element.iterfind("{*}Bal"):
        kind = _text(balance, "Tp/CdOrPrtry/Cd") or _text(balance, "Tp/Cd") or ""
        where = f"{subject}, balance {kind or 'without type'}"
        value, currency = _amount(balance.find("{*}Amt"), where)
        signed = value if _direction(balance, where) > 0 else -value
        if not _text(balance, "Dt/Dt") and not _text(balance, "Dt/DtTm") and not _text(balance, "Dt"):
            raise StatementUnreadable(where, "It has no date.", "Ask the bank for a corrected statement.")
        if currencies - {currency}:
            continue  # a statement in several currencies has no single sum
        if kind in _OPENING and opening is None:
            opening = signed
        elif kind == "CLBD":
            closing = signed
    return opening, closing


def _amount(element: etree._Element | None, subject: str) -> tuple[Decimal, str]:
    text = "" if element is None or element.text is None else element.text.strip()
    if element is None or not _AMOUNT.fullmatch(text):
        raise StatementUnreadable(
            subject,
            f"The amount {text!r} is not a decimal number of at most 5 decimals." if text else "It has no amount.",
            "Nothing of this statement was booked: ask the bank for a corrected one.",
        )
    return Decimal(text), str(element.get("Ccy") or "EUR")


def _direction(element: etree._Element, subject: str) -> int:
    sign = _text(element, "CdtDbtInd")
    if sign not in ("CRDT", "DBIT"):
        raise StatementUnreadable(
            subject, f"CdtDbtInd is {sign!r}, neither CRDT nor DBIT.", "Ask the bank for a corrected statement."
        )
    return 1 if sign == "CRDT" else -1


def _signed(element: etree._Element, amount: Decimal, subject: str) -> int:
    return _direction(element, subject) * _cents(amount)


def _cents(amount: Decimal) -> int:
    return divide_half_up(int(amount.scaleb(5)), 1000)


def _cents_or_none(element: etree._Element | None, currency: str) -> int | None:
    text = "" if element is None or element.text is None else element.text.strip()
    if element is None or not _AMOUNT.fullmatch(text) or (element.get("Ccy") or currency) != currency:
        return None
    return _cents(Decimal(text))


def _charges(element: etree._Element, currency: str) -> int:
    found = [*element.iterfind("{*}Chrgs/{*}Rcrd/{*}Amt"), *element.iterfind("{*}Chrgs/{*}Amt")]
    return sum(_cents_or_none(amount, currency) or 0 for amount in found)


def _date(entry: etree._Element, name: str, subject: str) -> date | None:
    text = _text(entry, f"{name}/Dt") or _text(entry, f"{name}/DtTm") or _text(entry, name)
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise StatementUnreadable(
            subject, f"{name} {text!r} is not a date.", "Ask the bank for a corrected statement."
        ) from None


def _status(entry: etree._Element) -> str:
    return _text(entry, "Sts/Cd") or _text(entry, "Sts") or BOOKED


def _remittance(inner: etree._Element, entry: etree._Element, references: list[str]) -> str | None:
    texts = _texts(inner, "RmtInf/Ustrd")
    texts += [reference for reference in references if not any(reference in text for text in texts)]
    if not texts:
        texts = _texts(inner, "RmtInf/Strd/AddtlRmtInf")
    if not texts:
        texts = [text for text in (_text(inner, "AddtlTxInf"), _text(entry, "AddtlNtryInf")) if text][:1]
    return one_line(" ".join(texts))


def _bank_reference(inner: etree._Element, entry: etree._Element) -> str | None:
    for element, path in ((inner, "Refs/AcctSvcrRef"), (entry, "AcctSvcrRef"), (entry, "NtryRef")):
        reference = reference_or_none(_text(element, path))
        if reference:
            return reference
    return None


def _bank_code(element: etree._Element) -> str | None:
    domain = [_text(element, f"BkTxCd/Domn/{path}") for path in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")]
    return "/".join(part for part in domain if part) or _text(element, "BkTxCd/Prtry/Cd")


def _account(element: etree._Element) -> str | None:
    for path in ("Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id", "Acct/Id/BBAN"):
        account = _text(element, path)
        if account:
            return account.replace(" ", "")
    return None


def _text(element: etree._Element, path: str) -> str | None:
    text = element.findtext("{*}" + path.replace("/", "/{*}"))
    return None if text is None else text.strip() or None


def _texts(element: etree._Element, path: str) -> list[str]:
    found = element.iterfind("{*}" + path.replace("/", "/{*}"))
    return [node.text.strip() for node in found if node.text and node.text.strip()]
