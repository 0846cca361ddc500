"""A draft answer to a ticket, its facts read from our own data; a person sends it, or does not."""

from __future__ import annotations

from datetime import date

from sorgente.billing.queries.bill_list import list_bills
from sorgente.customers.queries.identify import parties_with_address
from sorgente.customers.queries.overview import AccountCard, CustomerCard, customer_overview
from sorgente.ledger.queries.accounts import open_items
from sorgente.metering.queries.point_meters import meters_at
from sorgente.shared.company import company
from sorgente.tickets.adapters.replies import FACTS, template_of
from sorgente.tickets.core.drafts import Draft, write_draft
from sorgente.tickets.core.match import CLERK, SIGNED_IN
from sorgente.tickets.core.values import TicketFacts
from sorgente.tickets.core.words import day_words, euro_words, units_words
from sorgente.tickets.models import ReadProposal


def draft_reply(ticket: TicketFacts, *, as_of: date, signed_by: str) -> Draft:
    """Return a draft for a ticket; what is the customer's own is used only when the address is the customer's.

    signed_by  the name under the answer
    """
    facts = _common(ticket)
    customer = None if ticket.party_id is None else customer_overview(ticket.party_id, as_of=as_of)
    if customer is not None and goes_to_the_customer(ticket):
        facts |= _personal(ticket, customer, as_of)
    name = facts.get("name") or ticket.sender_name
    greeting = f"Buongiorno {name}," if name else "Buongiorno,"
    closing = f"Un cordiale saluto\n{signed_by}\n{company().name}\n{company().contacts.phone}"
    return write_draft(template_of(ticket.category), facts=facts, labels=FACTS, greeting=greeting, closing=closing)


def goes_to_the_customer(ticket: TicketFacts) -> bool:
    """Return whether an answer reaches the customer for certain: signed in, or an address of their own.

    A code in the text proves nothing: whoever holds a bill of a neighbour can copy it. A clerk's word counts only
    together with an address that is the customer's.
    """
    if ticket.party_id is None:
        return False
    if ticket.identified_by in (SIGNED_IN, CLERK) and not ticket.sender:
        return True
    return ticket.party_id in parties_with_address(ticket.sender) or ticket.identified_by == SIGNED_IN


def _common(ticket: TicketFacts) -> dict[str, str]:
    contacts = company().contacts
    found = {
        "phone": contacts.phone,
        "emergency_phone": contacts.emergency_phone,
        "desk": contacts.desk,
        "web": contacts.web,
        "self_reading": contacts.self_reading,
        "leak_url": contacts.leak_protection_url,
        "quality_url": contacts.water_quality_url,
        "complaints": contacts.complaints,
    }
    if ticket.due_on is not None:
        found["deadline"] = day_words(ticket.due_on)
    sent = ReadProposal.objects.filter(ticket_id=ticket.id).exclude(state=ReadProposal.State.REFUSED).first()
    if sent is not None:
        index, day = units_words(sent.index_milli), day_words(sent.read_on)
        found |= {"sent_read": index, "sent_read_on": day}
        if sent.state == ReadProposal.State.ACCEPTED:
            found |= {"taken_read": index, "taken_read_on": day}
    return found


def _personal(ticket: TicketFacts, customer: CustomerCard, as_of: date) -> dict[str, str]:
    accounts = [one for one in customer.accounts if ticket.account_number in ("", one.number)]
    name = f"{customer.first_name} {customer.surname}".strip() or customer.name
    found = {"name": name}
    if len(accounts) != 1:
        return found
    account = accounts[0]
    found |= {"account": account.number, "payment_method": account.payment_method_label.lower()}
    found |= _money(account, as_of) | _bill(account, as_of) | _meter(account)
    return found


def _money(account: AccountCard, as_of: date) -> dict[str, str]:
    items = open_items(contract_account_id=account.id)
    owed = [item for item in items if item.open_cents > 0]
    overdue = sum(item.open_cents for item in owed if item.due_on < as_of)
    credit = -sum(item.open_cents for item in items if item.open_cents < 0)
    due = min((item.due_on for item in owed if item.due_on >= as_of), default=None)
    found = {"balance": euro_words(sum(item.open_cents for item in items))}
    if overdue:
        found["overdue"] = euro_words(overdue)
    if credit:
        found["credit"] = euro_words(credit)
    if due is not None:
        found["next_due_on"] = day_words(due)
    return found


def _bill(account: AccountCard, as_of: date) -> dict[str, str]:
    bill = list_bills(as_of=as_of, account=account.number).first()
    if bill is None:
        return {}
    found = {"bill_number": bill["number"], "bill_total": euro_words(bill["total_cents"])}
    if bill["due_on"]:
        found["bill_due_on"] = day_words(bill["due_on"])
    if bill["start"] and bill["end"]:
        found["bill_period"] = f"dal {day_words(bill['start'])} al {day_words(bill['end'])}"
    return found


def _meter(account: AccountCard) -> dict[str, str]:
    contracts = [one for one in account.contracts if one.active]
    if len(contracts) != 1:
        return {}
    found = {"place": contracts[0].point.address}
    meters = [one for one in meters_at([contracts[0].point.id], latest=3) if one.removed_on is None]
    if len(meters) == 1:
        found["serial"] = meters[0].serial
        reads = [one for one in meters[0].reads if one.state == "accepted" and one.read_on >= contracts[0].start]
        if reads:
            found |= {"latest_read": units_words(reads[0].index_milli), "latest_read_on": day_words(reads[0].read_on)}
    return found
