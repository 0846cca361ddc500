"""Bank statements made for the tests: every name, account and amount is invented."""

from __future__ import annotations

ACCOUNT = "IT60X0542811101000000123456"


def camt(entries: str, *, opening: str | None = None, closing: str | None = None, version: str = "053.001.02") -> bytes:
    root, holder = {"052": ("BkToCstmrAcctRpt", "Rpt"), "053": ("BkToCstmrStmt", "Stmt")}.get(
        version[:3], ("BkToCstmrDbtCdtNtfctn", "Ntfctn")
    )
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>"
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>"
        for kind, amount in (("OPBD", opening), ("CLBD", closing))
        if amount is not None
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{version}">'
        f"<{root}><{holder}><Id>S1</Id><Acct><Id><IBAN>{ACCOUNT}</IBAN></Id></Acct>{balances}{entries}"
        f"</{holder}></{root}></Document>"
    ).encode()


def entry(
    amount: str, sign: str = "CRDT", *, details: str = "", status: str = "<Sts>BOOK</Sts>", more: str = ""
) -> str:
    return (
        f"<Ntry><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{more}{status}"
        "<BookgDt><Dt>2026-03-02</Dt></BookgDt><ValDt><DtTm>2026-03-03T10:00:00+01:00</DtTm></ValDt>"
        f"<AcctSvcrRef>REF1</AcctSvcrRef>{details and f'<NtryDtls>{details}</NtryDtls>'}</Ntry>"
    )


def detail(
    *, end_to_end_id: str = "NOTPROVIDED", amount: str | None = None, remittance: str = "", more: str = ""
) -> str:
    value = f"<AmtDtls><TxAmt><Amt Ccy='EUR'>{amount}</Amt></TxAmt></AmtDtls>" if amount else ""
    text = "".join(f"<Ustrd>{piece}</Ustrd>" for piece in remittance.split("|") if piece)
    return (
        f"<TxDtls><Refs><EndToEndId>{end_to_end_id}</EndToEndId></Refs>{value}"
        f"{text and f'<RmtInf>{text}</RmtInf>'}{more}</TxDtls>"
    )


def rh(*movements: str, opening: str = "C000000000100,00", closing: str, records: int | None = None) -> str:
    lines = [
        " RH0542812345020326SUPPORTO1",
        f" 610000001                  93001C/C EURO          X0542811101000000123456EUR020326{opening}IT60",
        *movements,
        f" 640000001EUR020326{closing}{closing}",
    ]
    count = len(lines) + 1 if records is None else records
    lines.append(" EF0542812345020326SUPPORTO1".ljust(45) + "0000001".ljust(37) + f"{count:07d}")
    return "\r\n".join(line.ljust(120) for line in lines) + "\r\n"


def rh_movement(number: int, sign_amount: str, *, reason: str = "48", text: str = "Bonifico SEPA") -> str:
    return (f" 620000001{number:03d}030326020326{sign_amount}{reason}".ljust(86) + text).ljust(120)


def rh_detail(number: int, flag: str, rest: str) -> str:
    return f" 630000001{number:03d}{flag}{rest}".ljust(120)


MT940 = """{1:F01BANKITMM0000000000}{4:
:20:STARTUMS
:25:12345678/1020304050
:28C:00001/001
:60F:C260228EUR1200,00
:61:2602300301DR6,00N024NONREF
:86:805?00ENTGELT?20EREF+BILL-1?21MREF+M-7?22SVWZ+Bolletta 12?30BANKITMM?31IT60X0542811101000000123456?32ROSSI
:61:2603020302RC10,00NRTINONREF//B77
:86:/EREF/BILL-2/RTRN/AM04/REMI/Insoluto bolletta 13
:61:260302C5,NTRFEREF
:62F:C260302EUR1189,00
-}
"""
