"""What a clerk at the counter does with a request, one call a step, and what the customer does before the clerk."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sorgente.archive.signing.core.values import Channel, InputKind, Source
from sorgente.archive.signing.queries.envelopes import EnvelopeView, envelope
from sorgente.archive.signing.usecases.read_envelope import record_read_to_end, record_shown
from sorgente.archive.signing.usecases.sign_field import refuse_field, sign_field
from sorgente.archive.signing.usecases.signing_codes import confirm_otp
from sorgente.archive.signing.usecases.tablets import (
    assign_envelope_to_tablet,
    offer_pairing,
    pair_tablet,
    unpair_tablet,
)
from sorgente.customers.queries.requests import RequestView, request_view
from sorgente.journeys.contracts.execute import execute
from sorgente.journeys.contracts.papers import paper_to_sign, prepare_papers
from sorgente.journeys.contracts.sign import finish_signature, sign_on_paper, start_signature
from sorgente.journeys.contracts.steps import (
    attach_file,
    open_contract_request,
    record_applicant,
    record_delivery,
    record_point,
    record_read,
    record_terms,
    record_title,
)
from sorgente.journeys.demo.founding import TARIFF
from sorgente.journeys.demo.handwriting import ink, sealed_biometrics, strokes_of
from sorgente.journeys.demo.newcomers import address_of
from sorgente.journeys.demo.pictures import identity_card, letter
from sorgente.journeys.demo.population import Customer
from sorgente.journeys.signing import send_code

CLERK = "demo-desk"
_HOME = Source(ip="198.51.100.24", agent="Mozilla/5.0 (Android 15; Mobile) Firefox/145.0", device="telefono-di-casa")
_TABLET = "Tablet del banco 1"


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=UTC)


@dataclass(slots=True)
class Request:
    """One request in a clerk's hands; `day` is today."""

    number: str
    day: date

    @classmethod
    def opened(cls, kind: str, *, day: date, channel: str = "desk", contract_number: str = "") -> Request:
        made = open_contract_request(
            kind=kind, author=CLERK, at=moment(day, 8, 40), channel=channel, contract_number=contract_number
        )
        return cls(made.line.number, day)

    def on(self, day: date) -> Request:
        self.day = day
        return self

    def by(self, hour: int = 9, minute: int = 0) -> dict[str, Any]:
        return {"number": self.number, "author": CLERK, "at": moment(self.day, hour, minute)}

    @property
    def view(self) -> RequestView:
        return request_view(self.number, as_of=self.day)

    # ------------------------------------------------------------------ what is asked

    def applicant(self, one: Customer, *, relation: str = "") -> Request:
        record_applicant(
            **self.by(8, 45), first_name=one.first_name, surname=one.surname, born_on=one.born_on,
            tax_code=one.tax_code, email=one.email, mobile=one.mobile, relation=relation,
        )  # fmt: skip
        return self

    def point(self, code: str = "", *, at: Customer | None = None, desired_on: date) -> Request:
        """A point that is there, by its code; or one to be made where somebody lives."""
        where = {"point_code": code} if at is None else {"address": address_of(at)}
        record_point(
            **self.by(8, 48), desired_on=desired_on, cadastral_sheet="12", cadastral_parcel="347", cadastral_unit="3",
            **where,
        )  # fmt: skip
        return self

    def title(self, kind: str = "ownership", *, occupied_before: bool | None = False) -> Request:
        record_title(**self.by(8, 50), title_type=kind, declared=True, occupied_before=occupied_before)
        return self

    def identity(self, one: Customer) -> Request:
        card = identity_card(one, on=self.day)
        attach_file(
            **self.by(8, 52), kind="identity", content=card.content, filename=card.filename, paper_number=card.number,
            issuer=card.issuer, issued_on=card.issued_on, expires_on=card.expires_on,
        )  # fmt: skip
        return self

    def paper(self, kind: str, title: str, lines: Iterable[str], *, number: str = "", signed_by: str = "") -> Request:
        content = letter(title, [*lines, "", f"Valdoro, {self.day:%d/%m/%Y}"], signed_by=signed_by)
        attach_file(**self.by(8, 54), kind=kind, content=content, filename=f"{kind}.jpg", paper_number=number)
        return self

    def terms(self, one: Customer) -> Request:
        record_terms(
            **self.by(8, 55), tariff=TARIFF, category="domestico_residente", residents=one.residents,
            services=one.services,
        )  # fmt: skip
        return self

    def delivery(self, one: Customer) -> Request:
        by_debit: dict[str, Any] = (
            {"iban": one.iban, "iban_holder": one.name, "iban_holder_tax_code": one.tax_code}
            if one.payment_method == "sdd"
            else {}
        )
        record_delivery(
            **self.by(8, 57), channel="email", address=address_of(one), email=one.email,
            payment_method=one.payment_method, **by_debit,
        )  # fmt: skip
        return self

    def reads(self, index_milli: int, *, serial: str = "", confirmed: bool = True) -> Request:
        record_read(**self.by(9), read_on=self.day, index_milli=index_milli, meter_serial=serial, confirmed=confirmed)
        return self

    # ------------------------------------------------------------------ how it is signed

    def prepared(self, method: str) -> Request:
        prepare_papers(**self.by(9, 5), method=method)
        return self

    def opened_to_sign(self, method: str) -> EnvelopeView:
        return start_signature(**self.by(9, 6), method=method)

    def signed_on_tablet(self, one: Customer, *, wants: Iterable[str] = ()) -> Request:
        """Sign every required field and those wanted, with a pen that has pressure; refuse the rest."""
        there = self.prepared("tablet").opened_to_sign("tablet")
        offer = offer_pairing(clerk=CLERK, at=moment(self.day, 9, 6))
        tablet = pair_tablet(code=offer.code, at=moment(self.day, 9, 6), device=_TABLET)
        assign_envelope_to_tablet(envelope_id=there.id, pairing_id=tablet.pairing_id, at=moment(self.day, 9, 7))
        record_shown(envelope_id=there.id, at=moment(self.day, 9, 7))
        record_read_to_end(envelope_id=there.id, at=moment(self.day, 9, 10))
        strokes = strokes_of(f"{one.first_name} {one.surname}")
        for minute, field in enumerate(envelope(there.id).fields, 11):
            at = moment(self.day, 9, min(minute, 30))
            if not (field.required or field.key in wants):
                refuse_field(envelope_id=there.id, key=field.key, at=at)
                continue
            sign_field(
                envelope_id=there.id, key=field.key, at=at, ink=ink(strokes), input_kind=InputKind.PEN_PRESSURE,
                biometrics=sealed_biometrics(strokes, associated_data=field.associated_data),
            )  # fmt: skip
        finish_signature(**self.by(9, 31))
        unpair_tablet(pairing_id=tablet.pairing_id, at=moment(self.day, 9, 40))
        return self

    def signed_by_code(self, *, wants: Iterable[str] = ()) -> Request:
        """Sign at home: the link of the e-mail, read to the end, the six digits that come by e-mail."""
        there = self.prepared("otp").opened_to_sign("otp")
        record_shown(envelope_id=there.id, at=moment(self.day, 17), source=_HOME)
        record_read_to_end(envelope_id=there.id, at=moment(self.day, 17, 6), source=_HOME)
        for field in envelope(there.id).fields:
            act = sign_field if field.required or field.key in wants else refuse_field
            act(envelope_id=there.id, key=field.key, at=moment(self.day, 17, 8), source=_HOME)
        sent = send_code(envelope_id=there.id, channel=Channel.EMAIL, at=moment(self.day, 17, 10))
        typed = re.search(r"\b\d{6}\b", sent.body)
        assert typed is not None, "the message carries the code"
        confirm_otp(envelope_id=there.id, code=typed.group(), at=moment(self.day, 17, 11), source=_HOME)
        finish_signature(**self.by(17, 12))
        return self

    def signed_on_paper(self, one: Customer, *, wants: Iterable[str] = ()) -> Request:
        """Sign with ink: the paper comes back as a scan."""
        self.prepared("paper")
        document_id = self.view.paper_document_id
        assert document_id is not None, "a prepared paper is in the archive"
        paper = paper_to_sign(document_id)
        asked = [field.key for field in paper.fields if field.required or field.key in wants]
        name = f"{one.first_name} {one.surname}"
        told = [paper.title, "", *(f"[x] {field.label}" for field in paper.fields if field.key in asked)]
        scan = letter(f"Pratica {self.number}", told, signed_by=name)
        sign_on_paper(**self.by(9, 20), content=scan, filename=f"{self.number}.jpg", signed_fields=asked)
        return self

    def executed(self) -> RequestView:
        return execute(**self.by(11), bills_now=True)
