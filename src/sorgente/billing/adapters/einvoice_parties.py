"""Who sends, sells and buys: the header of the e-invoice and every kind of recipient (fatturapa, section 2)."""

from __future__ import annotations

import re
from functools import lru_cache

from sorgente.billing.adapters.einvoice_text import ascii_only, ascii_xml, escaped, latin1, latin_xml
from sorgente.billing.core.document import Address, Customer, CustomerKind, Issuer
from sorgente.shared.errors import SorgenteError
from sorgente.shared.money import euro_xml

PRIVATE = "FPR12"
PUBLIC = "FPA12"
NO_CODE = "0000000"
FOREIGN = "XXXXXXX"
SAN_MARINO_OFFICE = "2R4GTO8"

_TAX_CODE = re.compile(r"[A-Z0-9]{11,16}")
_PUBLIC_CODE = re.compile(r"[A-Z0-9]{6}")
_PRIVATE_CODE = re.compile(r"[A-Z0-9]{7}")
_PROVINCE = re.compile(r"[A-Z]{2}")
_POSTCODE = re.compile(r"[0-9]{5}")


class BuyerWithoutTaxCode(SorgenteError):
    """SdI control 00417."""

    code = "billing.einvoice.buyer-without-tax-code"


class PublicOfficeWithoutCode(SorgenteError):
    """SdI control 00427."""

    code = "billing.einvoice.public-office-without-code"


class RecipientCodeMalformed(SorgenteError):
    """SdI controls 00311, 00427."""

    code = "billing.einvoice.recipient-code-malformed"


class AddressIncomplete(SorgenteError):
    code = "billing.einvoice.address-incomplete"


def _subject(customer: Customer) -> str:
    return f"Customer {customer.code} ({customer.full_name or 'without a name'})"


def invoice_format(customer: Customer) -> str:
    """Return FPA12 for public offices, FPR12 for everybody else."""
    return PUBLIC if customer.kind is CustomerKind.PUBLIC_BODY else PRIVATE


def recipient_code(customer: Customer) -> str:
    """Return CodiceDestinatario; raises PublicOfficeWithoutCode, RecipientCodeMalformed."""
    if customer.kind is CustomerKind.PUBLIC_BODY:
        if not customer.ipa_code:
            raise PublicOfficeWithoutCode(
                _subject(customer),
                "A public body without an IPA office code.",
                "Look it up on indicepa.gov.it and add it.",
            )
        if not _PUBLIC_CODE.fullmatch(customer.ipa_code):
            raise RecipientCodeMalformed(
                _subject(customer),
                f"IPA office code {customer.ipa_code!r} is not six capitals or digits.",
                "Correct it.",
            )
        return customer.ipa_code
    if customer.vat_country == "SM":
        return SAN_MARINO_OFFICE
    if customer.vat_country != "IT":
        return FOREIGN
    if not customer.sdi_code:
        return NO_CODE
    if not _PRIVATE_CODE.fullmatch(customer.sdi_code):
        raise RecipientCodeMalformed(
            _subject(customer), f"Recipient code {customer.sdi_code!r} is not seven capitals or digits.", "Correct it."
        )
    return customer.sdi_code


def transmission_xml(issuer: Issuer, customer: Customer, *, progressive: str) -> str:
    """Return DatiTrasmissione; the PEC goes only where there is no recipient code."""
    code = recipient_code(customer)
    pec = f"<PECDestinatario>{escaped(customer.pec)}</PECDestinatario>" if customer.pec and code == NO_CODE else ""
    return (
        f"<DatiTrasmissione><IdTrasmittente><IdPaese>IT</IdPaese><IdCodice>{sender_code(issuer)}</IdCodice>"
        f"</IdTrasmittente><ProgressivoInvio>{ascii_xml(progressive, 10)}</ProgressivoInvio>"
        f"<FormatoTrasmissione>{invoice_format(customer)}</FormatoTrasmissione>"
        f"<CodiceDestinatario>{code}</CodiceDestinatario>{pec}</DatiTrasmissione>"
    )


def sender_code(issuer: Issuer) -> str:
    """Return the tax id that sends to SdI and that names the files."""
    return issuer.sender_code or issuer.tax_code or issuer.vat_code


@lru_cache(maxsize=64)
def seller_xml(issuer: Issuer) -> str:
    """Return CedentePrestatore; it is the same on a whole run, hence remembered."""
    return (
        "<CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese>"
        f"<IdCodice>{ascii_xml(issuer.vat_code, 28)}</IdCodice></IdFiscaleIVA>"
        f"<CodiceFiscale>{issuer.tax_code or issuer.vat_code}</CodiceFiscale>"
        f"<Anagrafica><Denominazione>{latin_xml(issuer.name, 80)}</Denominazione></Anagrafica>"
        f"<RegimeFiscale>RF01</RegimeFiscale></DatiAnagrafici>"
        f"<Sede>{_address_xml(issuer.address, f'Issuer {issuer.name}')}</Sede>{_register_xml(issuer)}"
        f"{_contacts_xml(issuer)}</CedentePrestatore>"
    )


def buyer_xml(customer: Customer) -> str:
    """Return CessionarioCommittente; raises BuyerWithoutTaxCode, AddressIncomplete."""
    return (
        f"<CessionarioCommittente><DatiAnagrafici>{_buyer_ids(customer)}<Anagrafica>{_buyer_name(customer)}"
        f"</Anagrafica></DatiAnagrafici><Sede>{_address_xml(customer.address, _subject(customer))}</Sede>"
        "</CessionarioCommittente>"
    )


def _buyer_ids(customer: Customer) -> str:
    if customer.vat_country != "IT":
        # A foreign consumer has no VAT number: SdI takes any id, so ours serves.
        code = customer.vat_code or customer.tax_code or customer.code or "0000000"
        return (
            f"<IdFiscaleIVA><IdPaese>{customer.vat_country}</IdPaese>"
            f"<IdCodice>{ascii_xml(code, 28)}</IdCodice></IdFiscaleIVA>"
        )
    vat, tax = customer.vat_code, (customer.tax_code or customer.sdi_contract_code).upper()
    if not vat and not tax:
        raise BuyerWithoutTaxCode(
            _subject(customer),
            "Neither a tax code nor a VAT number.",
            "Ask the customer for the tax code; for a contract older than 2005 register its code with the tax agency.",
        )
    if tax and not _TAX_CODE.fullmatch(tax):
        raise BuyerWithoutTaxCode(
            _subject(customer), f"Tax code {tax!r} is not 11 to 16 capitals or digits.", "Correct the tax code."
        )
    ids = ""
    if vat:
        ids = f"<IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>{ascii_xml(vat, 28)}</IdCodice></IdFiscaleIVA>"
    return f"{ids}<CodiceFiscale>{tax}</CodiceFiscale>" if tax else ids


def _buyer_name(customer: Customer) -> str:
    if customer.kind is CustomerKind.PERSON and customer.first_name and customer.last_name:
        first, last = latin_xml(customer.first_name, 60), latin_xml(customer.last_name, 60)
        return f"<Nome>{first}</Nome><Cognome>{last}</Cognome>"
    return f"<Denominazione>{latin_xml(customer.full_name, 80) or 'Intestatario'}</Denominazione>"


def _address_xml(address: Address, subject: str) -> str:
    abroad = address.country != "IT"
    street, town = latin1(address.street, 60), latin1(address.town, 60)
    if not street or not town or (not abroad and not _POSTCODE.fullmatch(address.postcode)):
        raise AddressIncomplete(
            subject,
            f"The address '{address.street}, {address.postcode} {address.town}' lacks street, postcode or town.",
            "Complete the address of the contract holder.",
        )
    number = ascii_only(address.number, 8)
    number_xml = f"<NumeroCivico>{escaped(number)}</NumeroCivico>" if number else ""
    province = "" if abroad or not _PROVINCE.fullmatch(address.province) else address.province
    return (
        f"<Indirizzo>{escaped(street)}</Indirizzo>{number_xml}<CAP>{'00000' if abroad else address.postcode}</CAP>"
        f"<Comune>{escaped(town)}</Comune>"
        + (f"<Provincia>{province}</Provincia>" if province else "")
        + f"<Nazione>{address.country}</Nazione>"
    )


def _register_xml(issuer: Issuer) -> str:
    if not issuer.rea_office or not issuer.rea_number:
        return ""
    capital, sole = issuer.share_capital_cents, issuer.sole_shareholder
    return (
        f"<IscrizioneREA><Ufficio>{issuer.rea_office}</Ufficio>"
        f"<NumeroREA>{ascii_xml(issuer.rea_number, 20)}</NumeroREA>"
        + (f"<CapitaleSociale>{euro_xml(capital)}</CapitaleSociale>" if capital is not None else "")
        + (f"<SocioUnico>{'SU' if sole else 'SM'}</SocioUnico>" if sole is not None else "")
        + f"<StatoLiquidazione>{'LS' if issuer.in_liquidation else 'LN'}</StatoLiquidazione></IscrizioneREA>"
    )


def _contacts_xml(issuer: Issuer) -> str:
    phone = "".join(char for char in issuer.phone if char.isdigit())
    phone_xml = f"<Telefono>{phone}</Telefono>" if 5 <= len(phone) <= 12 else ""
    email_xml = f"<Email>{ascii_xml(issuer.email, 256)}</Email>" if "@" in issuer.email else ""
    return f"<Contatti>{phone_xml}{email_xml}</Contatti>" if phone_xml or email_xml else ""
