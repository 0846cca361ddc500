"""How contract accounts pay and who their holders are, as columns."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import connection

from sorgente.shared.columns import read_arrow


def payers(account_ids: npt.NDArray[np.int64]) -> pa.Table:
    """Return contract_account_id, payment_method, holder_name, holder_tax_code, in the order asked."""
    return read_arrow(
        connection,
        "SELECT a.id AS contract_account_id, a.payment_method, p.name AS holder_name,"
        " CASE WHEN p.tax_code = '' THEN p.vat_number ELSE p.tax_code END AS holder_tax_code"
        " FROM unnest(%(ids)s::int8[]) WITH ORDINALITY AS asked (id, place)"
        " JOIN customers_contractaccount a ON a.id = asked.id JOIN customers_party p ON p.id = a.holder_id"
        " ORDER BY asked.place",
        {"ids": account_ids},
    )
