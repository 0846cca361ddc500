"""How a request stands against its checklist on a day."""

from __future__ import annotations

from datetime import date

from sorgente.customers.core.requests import NEW_HOLDER, Facts, Item, checklist, item_rules
from sorgente.customers.models import ContractRequest, Party
from sorgente.customers.queries.uses import uses_on
from sorgente.tariffs.rules import rules

# Keys of fields on the papers.
_MANDATE, _STRANGER = "debit_mandate", "stranger_to_debt"


def checklist_of(request: ContractRequest, *, on: date) -> tuple[Item, ...]:
    """Return the checklist of a request as the rules of the day say."""
    table = rules().value("contracts.checklists", on=on)
    return checklist(facts_of(request, on=on), item_rules(table))


def facts_of(request: ContractRequest, *, on: date) -> Facts:
    """Return what the checklist asks about a request; a paper that ran out before the day does not count."""
    asks = {(use.tariff, use.category): use.asks for use in uses_on(on)}.get((request.tariff, request.category), "")
    papers = list(request.papers.filter(withdrawn_at=None).values_list("kind", "expires_on"))
    valid = frozenset(kind for kind, expires in papers if expires is None or expires >= on)
    is_person = request.applicant_kind == Party.Kind.PERSON
    by_debit = request.payment_method == "sdd" and request.account_id is None
    signed = request.signed_fields.split()
    return Facts(
        kind=request.kind,
        applicant_kind=request.applicant_kind,
        papers=valid,
        expired_papers=frozenset(kind for kind, _ in papers) - valid,
        has_applicant=bool(request.name),
        has_tax_code=bool(request.tax_code or request.vat_number),
        has_contact=bool(request.email or request.mobile or request.pec),
        has_einvoice_address=is_person or bool(request.sdi_code or request.pec),
        has_point=request.point_id is not None or request.supply_address_id is not None,
        has_terms=bool(request.category),
        residents_asked=bool(asks),
        has_residents_or_units=(request.residents if asks == "residents" else request.units) is not None,
        title_type=request.title_type,
        title_declared=request.title_declared,
        debt_declared=_STRANGER in signed,
        has_derogation=bool(request.derogation_protocol),
        has_cadastral=bool((request.cadastral_sheet and request.cadastral_parcel) or request.cadastral_missing),
        has_delivery=bool(request.bill_channel) and request.billing_address_id is not None,
        has_payment=bool(request.payment_method),
        pays_by_debit=by_debit,
        has_iban=bool(request.iban),
        has_read=request.read_milli is not None,
        read_due=request.read_due_on is not None,
        has_desired_day=request.desired_on is not None,
        relation=request.relation,
        occupied_before=request.occupied_before,
        point_arrears_cents=request.point_arrears_cents,
        own_arrears_cents=request.own_arrears_cents,
        arrears_waived=bool(request.arrears_waived_by),
        mandate_signed=_MANDATE in signed,
        has_signature=request.signed_document_id is not None or request.kind not in NEW_HOLDER,
    )
