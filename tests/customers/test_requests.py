"""A request step by step: what it takes, what it refuses, and how its state follows."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sorgente.customers.core.regions import MunicipalityUnknown, region_of
from sorgente.customers.core.requests import (
    EXECUTED,
    NEW_HOLDER,
    OPEN_STATES,
    TRANSITIONS,
    ChecklistRefused,
    Facts,
    UnknownRequest,
    WrongTransition,
    check_transition,
    checklist,
    item_rules,
    missing,
)
from sorgente.customers.models import ContractRequest, RequestDocument
from sorgente.customers.queries.points import find_points, masked
from sorgente.customers.queries.requests import request_view, requests_list, requests_of_party
from sorgente.customers.queries.uses import UseNotOffered, uses_on
from sorgente.customers.usecases.contract_account import ChannelWithoutAddress, UnknownAccount
from sorgente.customers.usecases.contract_requests import (
    ContractAskedAlready,
    ContractEnding,
    DayOutOfRange,
    RequestClosed,
    open_request,
)
from sorgente.customers.usecases.register_party import PartyIncomplete
from sorgente.customers.usecases.request_answers import (
    DerogationWithoutProtocol,
    record_applicant,
    record_terms,
    record_title,
)
from sorgente.customers.usecases.request_delivery import record_delivery
from sorgente.customers.usecases.request_outcome import cancel_request
from sorgente.customers.usecases.request_papers import (
    NothingToSign,
    PaperExpired,
    PaperIncomplete,
    UnknownPaper,
    attach_paper,
    put_to_sign,
    record_signature,
    withdraw_paper,
)
from sorgente.customers.usecases.request_point import (
    PointActive,
    PointClosed,
    PointNeverSupplied,
    PointSuppliedBefore,
    record_point,
)
from sorgente.customers.usecases.request_steps import AnswerNotAsked, AnswerSigned, SameHolder
from sorgente.customers.usecases.service_point import UnknownServicePoint, create_service_point
from sorgente.customers.usecases.supply_contract import UnknownContract
from sorgente.shared.identifiers import TaxCodeOfSomebodyElse
from sorgente.tariffs.rules import rules
from tests.town import ADDRESS, Town

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = AT.date()


def by(request):
    return {"number": request.number, "author": "sportello", "at": AT}


def opened(kind="activation", **given):
    return open_request(kind=kind, opened_by="sportello", at=AT, **given)


@pytest.fixture
def town(db):
    town = Town()
    town.on("2026-01-01").move_in("Bianchi", meter="A17", index_m3=100)
    return town.on(TODAY)


def code_of(town, name="Bianchi"):
    return find_points("Fonte", as_of=TODAY, shows_holder=True)[0].code if name == "Bianchi" else name


# ---------------------------------------------------------------------- states and checklist, without a database


def test_every_kind_and_state_says_what_may_follow():
    for kind, table in TRANSITIONS.items():
        assert set(table) == {state.value for state in ContractRequest.State}
        for state, following in table.items():
            assert set(following) <= set(table)
            assert ("cancelled" in following) == (state in OPEN_STATES), kind
        # Only what is ready is carried out, and only what is signed, or needs no signature, is ready.
        assert [state for state in table if EXECUTED in table[state]] == ["ready"]
        assert ("ready" in table["documents"]) == (kind not in NEW_HOLDER)


def test_a_step_that_does_not_follow():
    with pytest.raises(WrongTransition, match="signed does not follow on that") as caught:
        check_transition(number="R2026-000001", kind="takeover", state="draft", to="signed")
    assert "documents, cancelled, refused" in caught.value.next_step


@pytest.mark.parametrize("kind", sorted(NEW_HOLDER))
def test_no_contract_without_identity_tax_code_and_title(kind):
    """CON-02: DL 47/2014 art. 5 makes it null."""
    items = checklist(Facts(kind=kind), item_rules(rules().value("contracts.checklists", on=TODAY)))
    assert {"identity", "tax_code", "title"} <= {one.key for one in missing(items, "to_sign")}


def test_every_kind_of_paper_in_the_checklist_can_be_attached():
    papers = {one.paper for one in item_rules(rules().value("contracts.checklists", on=TODAY))} - {""}
    assert papers <= {kind.value for kind in RequestDocument.Kind}


def test_a_checklist_nobody_can_check():
    row = {"item": "horoscope", "says": "", "blocks": "ready", "cite": "", "kinds": ["takeover"]}
    with pytest.raises(ChecklistRefused, match="horoscope"):
        item_rules([row])


@pytest.mark.parametrize(
    ("istat", "region"), [("042901", 11), ("048017", 9), ("001272", 1), ("058091", 12), ("111107", 20)]
)
def test_the_region_of_a_municipality(istat, region):
    assert region_of(istat) == region


@pytest.mark.parametrize("wrong", ["", "42901", "999999", "04290A"])
def test_a_municipality_that_is_none(wrong):
    with pytest.raises(MunicipalityUnknown, match="six digits"):
        region_of(wrong)


# ---------------------------------------------------------------------- opening


@pytest.mark.django_db
def test_numbers_count_within_their_year():
    first, second = opened(), opened()
    later = open_request(kind="activation", opened_by="s", at=datetime(2027, 1, 2, tzinfo=UTC))
    assert [one.number for one in (first, second, later)] == ["R2026-000001", "R2026-000002", "R2027-000001"]


def test_a_request_about_a_contract_knows_its_holder(town):
    contract = ContractRequest._meta.get_field("contract").related_model.objects.get()
    request = opened("household", contract_number=contract.number)
    assert (request.name, request.category, request.residents) == ("Bianchi Anna", "domestico_residente", 3)
    with pytest.raises(ContractAskedAlready, match=request.number):
        opened("termination", contract_number=contract.number)
    with pytest.raises(UnknownContract):
        opened("termination", contract_number="1")
    town.move_out("Bianchi")
    cancel_request(**by(request), reason="sbaglio")
    with pytest.raises(ContractEnding, match="It ended on 2026-03-02"):
        opened("termination", contract_number=contract.number)


# ---------------------------------------------------------------------- who


@pytest.mark.django_db
def test_a_tax_code_of_somebody_else_is_refused():
    with pytest.raises(TaxCodeOfSomebodyElse):
        record_applicant(**by(opened()), surname="Verdi", first_name="Anna", tax_code="BNCNNA80E57A271J")
    with pytest.raises(PartyIncomplete, match="no first name and no tax code"):
        record_applicant(**by(opened()), surname="Verdi")


def test_a_tax_code_we_know_is_that_customer(town):
    known = town.people["Bianchi"].party_id
    code = ContractRequest._meta.get_field("party").related_model.objects.get(pk=known).tax_code
    request = record_applicant(**by(opened()), surname="Bianchi", first_name="Anna", tax_code=code, mobile="3331234567")
    assert (request.party_id, request.mobile) == (known, "+393331234567")
    assert [line.number for line in requests_of_party(known)] == [request.number]
    again = opened("takeover")
    record_applicant(**by(again), party_id=known)
    with pytest.raises(SameHolder, match="Bianchi Anna holds it already"):
        record_point(**by(again), desired_on=TODAY, point_code=code_of(town))


@pytest.mark.django_db
def test_a_draft_makes_nobody_a_customer():
    party = ContractRequest._meta.get_field("party").related_model
    record_applicant(**by(opened()), surname="Bianchi", first_name="Anna", tax_code="BNCNNA80E57A271J")
    assert not party.objects.exists()


# ---------------------------------------------------------------------- where


def test_the_point_decides_between_activation_subentro_and_voltura(town):
    """CON-01: activation on a new point, subentro on a closed one, voltura on an active one."""
    point = code_of(town)
    for kind in ("activation", "subentro"):
        with pytest.raises(PointActive, match=r"Contract \d+ of Bianchi Anna supplies it since 2026-01-01") as caught:
            record_point(**by(opened(kind)), desired_on=TODAY, point_code=point)
        assert "voltura" in caught.value.next_step
    takeover = record_point(**by(opened("takeover")), desired_on=TODAY, point_code=point)
    assert takeover.leaving_contract_id == town.people["Bianchi"].contract_id
    cancel_request(**by(takeover), reason="prova")
    town.move_out("Bianchi")
    with pytest.raises(PointClosed, match="Open a subentro"):
        record_point(**by(opened("takeover")), desired_on=TODAY, point_code=point)
    with pytest.raises(PointSuppliedBefore, match="until 2026-03-02"):
        record_point(**by(opened()), desired_on=TODAY, point_code=point)
    subentro = record_point(**by(opened("subentro")), desired_on=TODAY, point_code=point)
    assert subentro.point.code == point
    with pytest.raises(ContractAskedAlready, match=subentro.number):
        record_point(**by(opened("subentro")), desired_on=TODAY, point_code=point)


def test_a_point_nobody_was_ever_supplied_at(town):
    free = create_service_point(address=ADDRESS, region=11)
    with pytest.raises(PointNeverSupplied, match="Open an activation"):
        record_point(**by(opened("subentro")), desired_on=TODAY, point_code=free.code)
    assert record_point(**by(opened()), desired_on=TODAY, point_code=free.code).point == free


@pytest.mark.django_db
def test_a_day_too_far_and_a_point_that_is_none():
    with pytest.raises(DayOutOfRange, match="2026-08-01 is not between 2026-03-02 and 2026-05-31"):
        record_point(**by(opened()), desired_on=date(2026, 8, 1), address=ADDRESS)
    with pytest.raises(UnknownServicePoint):
        record_point(**by(opened()), desired_on=TODAY, point_code="1104290100000099")
    with pytest.raises(UnknownServicePoint, match="Neither"):
        record_point(**by(opened("takeover")), desired_on=TODAY, address=ADDRESS)


def test_points_are_found_and_holders_masked_for_who_may_not_see_them(town):
    (seen,) = find_points("via fonte valdoro", as_of=TODAY, shows_holder=True)
    (hidden,) = find_points(seen.code[:10], as_of=TODAY, shows_holder=False)
    assert (seen.state, seen.holder, hidden.holder, hidden.holder_id) == ("active", "Bianchi Anna", "B••• A•••", None)
    assert find_points("bianchi", as_of=TODAY, shows_holder=True) == [seen]
    assert find_points("bianchi", as_of=TODAY, shows_holder=False) == []
    assert find_points("a", as_of=TODAY, shows_holder=True) == []
    assert masked("") == ""


# ---------------------------------------------------------------------- by which right, terms, delivery


@pytest.mark.django_db
def test_a_derogation_needs_the_protocol_of_the_act():
    with pytest.raises(DerogationWithoutProtocol):
        record_title(**by(opened()), title_type="derogation")


@pytest.mark.django_db
def test_terms_that_are_not_offered_and_steps_a_kind_does_not_ask():
    assert {use.asks for use in uses_on(TODAY)} == {"residents", "units", ""}
    with pytest.raises(UseNotOffered, match="domestico_residente"):
        record_terms(**by(opened()), tariff="valdoro", category="piscina")
    with pytest.raises(AnswerNotAsked, match="termination"):
        record_terms(**by(opened("termination")), tariff="valdoro", category="altri_usi")


def test_delivery_needs_an_address_and_an_account_of_who_asks(town):
    with pytest.raises(ChannelWithoutAddress):
        record_delivery(**by(opened()), channel="email", address=ADDRESS, payment_method="pagopa")
    number = ContractRequest._meta.get_field("account").related_model.objects.get().number
    with pytest.raises(UnknownAccount, match="It is not an open account of who asks"):
        record_delivery(**by(opened()), channel="post", address=ADDRESS, payment_method="pagopa", account_number=number)


# ---------------------------------------------------------------------- papers


@pytest.mark.django_db
def test_papers_are_whole_valid_and_kept_when_withdrawn():
    request = opened()
    with pytest.raises(PaperIncomplete, match="number or its issuer"):
        attach_paper(**by(request), kind="identity", paper_number="CA1")
    with pytest.raises(PaperIncomplete, match="neither a copy nor a number"):
        attach_paper(**by(request), kind="title")
    with pytest.raises(PaperExpired, match="ran out on 2026-03-01"):
        attach_paper(**by(request), kind="identity", paper_number="CA1", issuer="Comune", expires_on=date(2026, 3, 1))
    for _ in range(2):
        attach_paper(**by(request), kind="identity", paper_number="ca1", issuer="Comune", expires_on=TODAY)
    (paper,) = request_view(request.number, as_of=TODAY).papers
    assert paper.number == "CA1"
    later = request_view(request.number, as_of=date(2026, 3, 3))
    assert {one.key: (one.state, one.note) for one in later.checklist}["identity"] == ("missing", "scaduto")
    withdraw_paper(**by(request), paper_id=paper.id)
    assert request_view(request.number, as_of=TODAY).papers == ()
    assert RequestDocument.objects.count() == 1
    with pytest.raises(UnknownPaper):
        withdraw_paper(**by(request), paper_id=paper.id)


@pytest.mark.django_db
def test_nothing_is_signed_before_there_is_a_paper():
    with pytest.raises(NothingToSign, match="It is draft"):
        record_signature(**by(opened()), document_id=1, fields=["contract"], signed_by="paper")


@pytest.mark.django_db
def test_what_was_signed_does_not_change(settings, tmp_path):
    settings.ARCHIVE_DIR = tmp_path
    from sorgente.archive.usecases.store_document import store_document

    request = opened()
    record_applicant(
        **by(request), surname="Bianchi", first_name="Anna", tax_code="BNCNNA80E57A271J", mobile="3331234567"
    )
    record_point(**by(request), desired_on=TODAY, address=ADDRESS)
    record_title(**by(request), title_type="ownership", declared=True)
    record_terms(**by(request), tariff="valdoro", category="domestico_residente", residents=2)
    attach_paper(**by(request), kind="identity", paper_number="CA1", issuer="Comune")
    request = record_delivery(**by(request), channel="post", payment_method="pagopa")
    assert request.state == "documents"
    party = ContractRequest._meta.get_field("party").related_model.objects.create(kind="person", name="Bianchi Anna")
    paper = store_document(
        content=b"paper", title="contratto", kind="contract", media_type="text/plain", subject="", stored_at=AT
    )
    put_to_sign(**by(request), document_id=paper.pk, party_id=party.pk)
    # An answer that changes takes the paper back.
    changed = record_terms(**by(request), tariff="valdoro", category="domestico_residente", residents=3)
    assert (changed.state, changed.paper_id) == ("documents", None)
    put_to_sign(**by(request), document_id=paper.pk, party_id=party.pk)
    signed = record_signature(**by(request), document_id=paper.pk, fields=["contract"], signed_by="paper")
    assert (signed.state, signed.complete_at) == ("ready", AT)
    with pytest.raises(AnswerSigned):
        record_terms(**by(request), tariff="valdoro", category="domestico_residente", residents=4)
    cancel_request(**by(request), reason="ci ripensa")
    with pytest.raises(RequestClosed, match="It is cancelled"):
        record_title(**by(request), title_type="lease")


# ---------------------------------------------------------------------- lists


@pytest.mark.django_db
def test_the_list_by_state_kind_and_words():
    first = opened()
    record_applicant(**by(first), surname="Bianchi", first_name="Anna", tax_code="BNCNNA80E57A271J")
    second = opened("termination")
    cancel_request(**by(second), reason="sbaglio")

    def found(**wanted):
        return [line.number for line in requests_list(**wanted).lines]

    assert found() == [second.number, first.number]
    assert found(state="open") == found(kind="activation") == found(text="bianchi anna") == [first.number]
    assert found(state="cancelled") == found(text=second.number[:12]) == [second.number]
    page = requests_list(size=1, page=2)
    assert (page.count, page.pages, [line.number for line in page.lines]) == (2, 2, [first.number])
    with pytest.raises(UnknownRequest):
        request_view("R1999-000001", as_of=TODAY)
    assert request_view(first.number, as_of=TODAY).line.next_step == "Completa i dati che mancano"
