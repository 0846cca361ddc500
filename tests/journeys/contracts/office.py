"""A counter where requests are told one after the other, over the small town of tests/town.py.

office.on("2026-04-20").requests("takeover", "Verdi", of="Bianchi").tells(index_m3=130).signs().executes()
"""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from codicefiscale import codicefiscale
from PIL import Image

from sorgente.customers.core.values import AddressValues
from sorgente.customers.queries.overview import account_by_number, account_overview
from sorgente.customers.queries.requests import RequestView, request_view
from sorgente.journeys.contracts.execute import execute
from sorgente.journeys.contracts.papers import paper_to_sign, prepare_papers
from sorgente.journeys.contracts.sign import sign_on_paper
from sorgente.journeys.contracts.steps import (
    attach_paper,
    open_contract_request,
    record_applicant,
    record_delivery,
    record_point,
    record_read,
    record_terms,
    record_title,
)
from sorgente.ledger.core.posting import CustomerLine, Line
from sorgente.ledger.usecases.allocate import allocate_credits
from sorgente.ledger.usecases.post_transaction import post_transaction
from sorgente.metering.queries.registers import register_at
from tests.town import ADDRESS, Resident, Town

IBAN = "IT60X0542811101000000123456"
CLERK = "sportello"
NEW_ADDRESS = AddressValues("Via dei Mulini", "12", "60901", "Valdoro", "AN", "042901")


def tax_code(surname: str, first_name: str = "Anna", born: str = "03/05/1980") -> str:
    return codicefiscale.encode(lastname=surname, firstname=first_name, gender="F", birthdate=born, birthplace="Osimo")


def scan(text: str = "") -> bytes:
    """Return a picture of a paper, different for each text."""
    picture = Image.new("RGB", (60, 80), "white")
    for at, letter in enumerate(text[:60]):
        picture.putpixel((at, 0), (ord(letter) % 256, 0, 0))
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()


class Office(Town):
    """The town with a counter; `number` is the request at hand."""

    number = ""

    @property
    def view(self) -> RequestView:
        return request_view(self.number, as_of=self.today)

    def by(self) -> dict[str, Any]:
        return {"number": self.number, "author": CLERK, "at": self.now}

    # ------------------------------------------------------------------ a request

    def opens(self, kind: str, **given: Any) -> Office:
        self.number = open_contract_request(kind=kind, author=CLERK, at=self.now, **given).line.number
        return self

    def applicant(self, surname: str, **given: Any) -> Office:
        told = {
            "surname": surname, "first_name": "Anna", "tax_code": tax_code(surname), "mobile": "3331234567",
            "email": f"{surname.lower()}@posta.example",
        }  # fmt: skip
        record_applicant(**self.by(), **{**told, **given})
        return self

    def point(self, of: str = "", *, on: str = "", **given: Any) -> Office:
        told: dict[str, Any] = {
            "desired_on": date.fromisoformat(on) if on else self.today,
            "cadastral_missing": "non accatastato",
        }
        if of:
            told["point_code"] = self.point_code(of)
        else:
            told["address"] = NEW_ADDRESS
        record_point(**self.by(), **{**told, **given})
        return self

    def title(self, **given: Any) -> Office:
        record_title(**self.by(), **{"title_type": "ownership", "declared": True, **given})
        return self

    def identity(self, **given: Any) -> Office:
        attach_paper(**self.by(), kind="identity", paper_number="CA12345AB", issuer="Comune di Valdoro", **given)
        return self

    def terms(self, **given: Any) -> Office:
        told = {"tariff": "valdoro", "category": "domestico_residente", "residents": 3}
        record_terms(**self.by(), **{**told, **given})
        return self

    def delivery(self, **given: Any) -> Office:
        told = {"channel": "email", "address": ADDRESS, "payment_method": "pagopa"}
        record_delivery(**self.by(), **{**told, **given})
        return self

    def reads(self, index_m3: int, **given: Any) -> Office:
        record_read(**self.by(), read_on=self.today, index_milli=index_m3 * 1000, **given)
        return self

    def asks(
        self, kind: str, surname: str, *, of: str = "", occupied_before: bool | None = False, **delivery: Any
    ) -> Office:
        """Open a request of a new holder with all that is asked before signing."""
        self.opens(kind).applicant(surname, **({"relation": "heir"} if kind == "takeover_by_death" else {}))
        self.point(of).title(occupied_before=occupied_before).identity().terms().delivery(**delivery)
        if kind == "takeover_by_death":
            for paper in ("death", "heir"):
                attach_paper(**self.by(), kind=paper, paper_number=f"{paper} 12/2026")
        return self

    def signs(self, *also: str) -> Office:
        """Prepare the paper and have everything that must be signed signed with ink, and `also`."""
        prepared = prepare_papers(**self.by(), method="paper")
        assert prepared.paper_document_id is not None
        fields = [one.key for one in paper_to_sign(prepared.paper_document_id).fields if one.required]
        sign_on_paper(**self.by(), content=scan(self.number), filename="firmato.png", signed_fields=[*fields, *also])
        return self

    def executes(self, name: str = "", *, bills_now: bool = False) -> RequestView:
        """Carry the request out, with its bills in the same breath when asked; `name` then stands for the holder."""
        done = execute(**self.by(), bills_now=bills_now)
        if name:
            self.settles(name, done)
        return done

    def settles(self, name: str, done: RequestView) -> None:
        account_id = account_by_number(done.account_number)
        (contract, *_) = account_overview(account_id, as_of=self.today).contracts
        assert done.line.party_id is not None
        self.people[name] = Resident(done.line.party_id, account_id, contract.id, contract.point.id)
        register_id = register_at(contract.point.id)
        if register_id is not None:
            self.meters[f"meter of {name}"] = register_id

    def pays(self, name: str) -> Office:
        """Pay today whatever the account owes."""
        account_id, cents = self.people[name].account_id, self.balance(name)
        post_transaction(
            source=f"test:{self.today}:{name}", kind="payment", booked_on=self.today, recorded_at=self.now,
            description="",
            lines=[Line("bank", cents), CustomerLine(account_id, -cents, f"payment {self.today}", self.today)],
        )  # fmt: skip
        allocate_credits(contract_account_id=account_id, allocated_on=self.today)
        return self

    # ------------------------------------------------------------------ what is there

    def contract(self, name: str) -> Any:
        person = self.people[name]
        found = account_overview(person.account_id, as_of=self.today).contracts
        return next(one for one in found if one.id == person.contract_id)

    def point_code(self, name: str) -> str:
        return self.contract(name).point.code
