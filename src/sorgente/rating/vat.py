"""VAT of a document's rates, in columns. A document's rows are summed per rate first: VAT is rounded once, here."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Long = npt.NDArray[np.int64]

RATE_ONE_E4 = 10_000  # 100 %; 1000 is 10 %


def vat_cents(base_cents: Long, rate_e4: Long) -> Long:
    """Return the VAT on each base, half a cent away from zero.

    base_cents  (n,) int64, the sum of a document's rows of one rate, net of VAT; negative on a credit
    rate_e4     (n,) int64, 1000 is 10 %
    source      rules/rounding/rows.yaml
    """
    exact = np.abs(base_cents) * rate_e4
    vat: Long = np.sign(base_cents) * ((2 * exact + RATE_ONE_E4) // (2 * RATE_ONE_E4))
    return vat
