"""Contract accounts with nothing behind them, for tests that only keep books."""

from __future__ import annotations

from datetime import date

from django.db import connection


def make_accounts(count: int = 1) -> list[int]:
    """Return the ids of new contract accounts of one new holder."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_party (kind, name, first_name, surname, tax_code, vat_number, sdi_code, pec,"
            " language, created_at)"
            " VALUES ('person', 'Bianchi Anna', 'Anna', 'Bianchi', '', '', '', '', 'it', now()) RETURNING id"
        )
        holder = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO customers_address (street, house_number, postal_code, municipality, province, istat_code,"
            " country) VALUES ('Via Prova', '1', '60027', 'Osimo', 'AN', '042034', 'IT') RETURNING id"
        )
        address = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO customers_contractaccount (number, holder_id, billing_address_id, channel, email,"
            " payment_method, opened_on) SELECT 'K' || %s || '-' || g, %s, %s, 'portal', '', 'pagopa', %s"
            " FROM generate_series(1, %s) g RETURNING id",
            [holder, holder, address, date(2024, 1, 1), count],
        )
        return [row[0] for row in cursor.fetchall()]
