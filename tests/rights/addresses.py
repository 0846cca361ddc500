"""Every address that is served, found by asking the URL resolver, and the table of what stands in its places.

A route with a place in it and no line in the table has no address: `test_every_address` fails until it gets one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.rights.two_customers import Person, Streets

SERVED = {"accounts/", "language/", "area/", "area/identita/", "firma/", "api/", "appuntamenti/", ""}
_PLACE = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")


@dataclass(frozen=True, slots=True)
class Route:
    name: str
    template: str
    view: Callable[..., Any]

    @property
    def places(self) -> list[str]:
        return [one or other for one, other in _PLACE.findall(self.template)]

    def address(self, streets: Streets, person: Person) -> str:
        """Return the address with the ids of a person; raises KeyError naming a place the table does not know."""
        known = {**streets.desk, **person.ids, "account": person.account, "party": person.party_id}
        known |= {f"altered_{key}": known[f"{key}_token"][:-1] for key in ("link", "appointment")}
        given = TABLE[self.name] if self.places else {}

        def filled(found: re.Match[str]) -> str:
            words = given[found[1] or found[2]]
            return words[1:] if words.startswith("=") else str(known[words])

        return "/" + _PLACE.sub(filled, self.template).replace("^", "").replace("$", "").replace("\\Z", "")


def routes() -> list[Route]:
    return list(_walk(get_resolver()))


def _walk(resolver: URLResolver, start: str = "", space: str = "") -> Iterator[Route]:
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield Route(f"{space}{one.name}", start + str(one.pattern), one.callback)
        else:
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from _walk(one, start + str(one.pattern), inner)


def _each(names: str, **places: str) -> dict[str, dict[str, str]]:
    return dict.fromkeys(names.split(), places)


# Route -> place -> key of the ids (two_customers.py), or "=" and the word itself.
TABLE: dict[str, dict[str, str]] = {
    # The desk
    **_each("desk:customer", party_id="party"),
    **_each("desk:statement desk:activation desk:mandate", number="account"),
    **_each("desk:meter_change", point_id="point"),
    **_each("desk:judge", read_id="read"),
    **_each("desk:replay desk:bill", number="bill"),
    **_each("desk:release", item_id="item"),
    **_each("desk:run", name="run"),
    **_each("desk:payment desk:match", payment_id="payment"),
    **_each("desk:document desk:document_about desk:document_metadata desk:document_hold", sha256="document"),
    **_each("desk:hold_lift", hold_id="hold"),
    **_each("desk:paper_batch desk:paper_sample desk:paper_attest desk:paper_propose", code="batch"),
    **_each("desk:paper_compare", code="batch", paper_id="paper"),
    **_each(
        "desk:disposal desk:disposal_approve desk:disposal_authorise desk:disposal_cancel desk:disposal_execute",
        code="disposal",
    ),
    **_each(
        "desk:request desk:request_find desk:request_switch desk:request_paper desk:request_sign desk:request_scan"
        " desk:request_act",
        number="request",
    ),
    **_each("desk:request_step", number="request", step="=documents"),
    **_each("desk:signing_pairing desk:signing_pairing_state desk:signing_tablet", pairing_id="pairing"),
    **_each(
        "desk:signing_envelope desk:signing_state desk:signing_send desk:signing_cancel desk:signing_another_way"
        " desk:signing_scan",
        envelope_id="envelope",
    ),
    **_each("desk:ticket_mail_done", mail_id="mail"),
    **_each(
        "desk:ticket desk:ticket_classify desk:ticket_assign desk:ticket_customer desk:ticket_reply desk:ticket_close",
        number="ticket",
    ),
    **_each("desk:ticket_read", number="ticket", proposal_id="proposal"),
    **_each("desk:quality_indemnity_paid", indemnity_id="indemnity"),
    **_each("desk:appointment", code="appointment"),
    **_each("desk:call_note", call_id="call"),
    # The web area
    **_each(
        "portal:account portal:bills portal:statement portal:water portal:self_reading portal:self_reading_done"
        " portal:requests portal:new_request portal:delivery portal:delegates portal:remove_delegate portal:household",
        number="account",
    ),
    **_each("portal:paper portal:bill", number="bill"),
    **_each("portal:request", number="ticket"),
    **_each("portal:change", number="request"),
    **_each("portal:choose portal:delete_data portal:contacts portal:consents portal:consent", party_id="party"),
    **_each("portal:own_data", party_id="party"),
    **_each("portal:download_data", party_id="party", shape="=json"),
    **_each("portal:drop_device", device_id="device"),
    **_each("portal:sign_paper", envelope_id="link_envelope"),
    **_each("portal:signed_copy", envelope_id="sealed_envelope"),
    **_each("portal:offline", language="=it"),
    **_each("portal:go", place="=bollette"),
    **_each("portal:reset", uid="=MQ", token="=abc-def"),
    **_each("portal:invitation", token="=nessuno"),
    **_each("openid_connect_login openid_connect_callback", provider_id="=identita"),
    # Booking: public, and by the link of one appointment, whose token is altered
    **_each("booking:places", service="=contratti"),
    **_each("booking:times", service="=contratti", place="=centro"),
    **_each("booking:who", service="=contratti", place="=centro", slot_id="slot"),
    **_each("booking:appointment booking:move booking:call_off booking:calendar", token="altered_appointment"),
    # Signing: the envelope of a tablet, which needs its cookie; the link, whose token is altered
    **_each(
        "signing:tablet_sheet signing:tablet_read signing:tablet_finish signing:tablet_copy signing:tablet_by_code",
        envelope_id="envelope",
    ),
    **_each("signing:tablet_page", envelope_id="envelope", number="=1"),
    **_each("signing:tablet_clause signing:tablet_sign signing:tablet_refuse", envelope_id="envelope", key="=contract"),
    **_each(
        "signing:link_sheet signing:link_read signing:link_finish signing:link_copy signing:link_send"
        " signing:link_confirm",
        token="altered_link",
    ),
    **_each("signing:link_page", token="altered_link", number="=1"),
    **_each("signing:link_clause signing:link_sign signing:link_refuse", token="altered_link", key="=contract"),
}
