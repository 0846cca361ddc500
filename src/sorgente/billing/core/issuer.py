"""The utility as it stands on its bills."""

from __future__ import annotations

from functools import lru_cache

from sorgente.billing.core.document import Address, Issuer
from sorgente.shared.company import Company


@lru_cache(maxsize=4)
def issuer_of(company: Company) -> Issuer:
    seat, contacts = company.address, company.contacts
    return Issuer(
        name=company.name,
        vat_code=company.vat_code,
        tax_code=company.tax_code,
        address=Address(seat.street, seat.number, seat.postcode, seat.town, seat.province),
        rea_office=company.rea_office,
        rea_number=company.rea_number,
        share_capital_cents=company.share_capital_cents,
        sole_shareholder=company.sole_shareholder,
        sender_code=company.sender_code,
        sdd_creditor_id=company.creditor_id,
        iban=company.bank.iban,
        cbill_code=company.cbill_code,
        phone=contacts.phone,
        phone_hours=contacts.phone_hours,
        emergency_phone=contacts.emergency_phone,
        email=contacts.email,
        pec=contacts.pec,
        web=contacts.web,
        desk=contacts.desk,
        self_reading=contacts.self_reading,
        complaints=contacts.complaints,
        water_quality_url=contacts.water_quality_url,
        leak_protection_url=contacts.leak_protection_url,
        accent_colour=company.accent_colour,
        monogram=company.monogram,
    )
