"""Notice numbers of pagoPA, and the texts of the codes printed on a notice.

    3 | segregation 01 | base 2026000000123 | check digits 32     ->  301202600000012332
        `---------- IUV, 17 digits ----------------------------'

Check digits: the first 16 digits modulo 93, two digits. Source: SANP, "numero avviso", aux digit 3; QR code and
Data Matrix: guide to the analogue payment notice.
"""

from __future__ import annotations

from sorgente.payments.core.sepa_text import sepa_text
from sorgente.shared.errors import WrongUse

LARGEST_BASE = 9_999_999_999_999  # 13 digits
# National services hold these segregation codes: nobody else may issue under them.
RESERVED_SEGREGATIONS = frozenset({"47", *(str(code) for code in range(81, 100))})


def notice_number(*, base: int, segregation: str) -> str:
    """Return the 18 digits of a notice; raises WrongUse when base or segregation do not fit.

    base         0 to 9999999999999, never used twice under a segregation code
    segregation  two digits given to the creditor institution
    """
    if not 0 <= base <= LARGEST_BASE:
        raise WrongUse(f"Notice base {base}", "It needs more than 13 digits.", f"Give 0 to {LARGEST_BASE}.")
    if len(segregation) != 2 or not segregation.isascii() or not segregation.isdigit():
        raise WrongUse(f"Segregation code {segregation!r}", "It is not two digits.", "Give the code PagoPA assigned.")
    head = f"3{segregation}{base:013d}"
    return f"{head}{int(head) % 93:02d}"


def has_right_check(notice: str) -> bool:
    """Tell whether 18 digits carry the check digits that we would give; not every official sample does."""
    return (
        len(notice) == 18
        and notice.isascii()
        and notice.isdigit()
        and notice[0] in "023"
        and int(notice[:16]) % 93 == int(notice[16:])
    )


def iuv_of(notice: str) -> str:
    """Return the payment reference inside a notice number: 17 digits, 15 under the old aux digit 0."""
    return notice[3:] if notice[0] == "0" else notice[1:]


def notice_of(iuv: str) -> str | None:
    """Return the notice number of an IUV under aux digit 3, None where the IUV is none of these."""
    return f"3{iuv}" if len(iuv) == 17 and iuv.isdigit() else None


def printed(notice: str) -> str:
    """Return the number in groups of four, as it stands on paper."""
    return " ".join(notice[at : at + 4] for at in range(0, len(notice), 4))


def qr_text(*, notice: str, creditor_tax_code: str, cents: int) -> str:
    """Return what the QR code of the notice says."""
    return f"PAGOPA|002|{notice}|{creditor_tax_code}|{cents}"


def data_matrix_text(
    *,
    notice: str,
    postal_account: str,
    cents: int,
    creditor_tax_code: str,
    debtor_tax_code: str,
    debtor_name: str,
    reason: str,
) -> str:
    """Return the 256 characters of the Poste Data Matrix; only creditors with a postal account print one."""
    return (
        f"codfase=NBPA;18{notice}12{postal_account.zfill(12)}10{cents:010d}3896"
        f"1P1{creditor_tax_code:<11}{debtor_tax_code:<16}"
        f"{sepa_text(debtor_name, limit=40).upper():<40}{sepa_text(reason, limit=110).upper():<110}{'':12}A"
    )
