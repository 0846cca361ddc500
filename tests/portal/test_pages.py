"""What the pages say and do: bills explained, readings judged, contacts and consents, one's own data."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate
from PIL import Image

from sorgente.archive.models import Document
from sorgente.archive.queries.documents import find_document
from sorgente.archive.queries.keeping import readings_of
from sorgente.billing.queries.bill_file import bill_file
from sorgente.billing.queries.bill_list import list_bills
from sorgente.customers.access.models import AccountAccess, Invitation
from sorgente.customers.access.usecases.activate import Proven, activate
from sorgente.customers.models import Consent, ContactPoint, ContractAccount
from sorgente.customers.queries.overview import customer_overview
from sorgente.interfaces.portal.own_data import documents_of_party
from sorgente.metering.models import AnnualConsumption, Installation, Read
from sorgente.payments.queries.bill_payment import payment_of
from sorgente.tickets.queries.inbox import tickets_of_account
from tests.portal.conftest import AT, PASSWORD, link_in_mail, signed_in


def page(guest, path: str, **more) -> str:
    answer = guest.client.get(path, **more)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.fixture
def guest(enter):
    return enter(0)


def test_home_says_the_next_thing(guest):
    told = page(guest, f"/area/conti/{guest.account}/")
    assert "La prossima cosa da fare" in told or "Non c'è nulla da fare" in told


def test_a_bill_is_explained_and_its_paper_opens(guest, town):
    told = page(guest, f"/area/bollette/{town.bill}/")
    assert "portarla a casa tua" in told
    assert "IVA" in told
    answer = guest.client.get(f"/area/bollette/{town.bill}/pdf/")
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"] == 'inline; filename="bolletta-2025-SII-0000001.pdf"'
    paper = find_document(bill_file(town.bill).document)
    assert [one.reader for one in readings_of(paper.id)] == ["ospite0@posta.example (area clienti)"]


def test_an_open_bill_shows_its_notice(guest, town):
    account = ContractAccount.objects.get(number=guest.account)
    assert account.payment_method == "pagopa"
    number = list_bills(as_of=localdate(), account=guest.account)[0]["number"]
    told = page(guest, f"/area/bollette/{number}/")
    position = payment_of(number).position
    assert position is not None
    assert position.notice_number in told
    assert "<svg" in told


def test_a_debited_bill_says_there_is_nothing_to_do(enter):
    place = list(ContractAccount.objects.order_by("id").values_list("payment_method", flat=True)).index("sdd")
    guest = enter(place)
    told = page(guest, f"/area/conti/{guest.account}/")
    assert "La bolletta si paga da sola" in told or "L'addebito è in corso" in told
    assert "IBAN ····" in page(guest, f"/area/conti/{guest.account}/bollette/")


@pytest.fixture
def meter(guest):
    """The meter of the guest, read by hand, with its latest read thirty days ago."""
    place = Installation.objects.select_related("register__device").get(
        service_point__supply_contracts__contract_account__number=guest.account
    )
    AnnualConsumption.objects.create(
        service_point=place.service_point, year=localdate().year, quantity_milli=110_000, basis="reads",
        computed_on=localdate(),
    )  # fmt: skip
    place.register.device.radio_id = ""
    place.register.device.save()
    reads = place.register.reads.filter(state="accepted").order_by("-read_on")
    latest = reads[0]
    Read.objects.create(
        register=place.register, read_on=localdate() - timedelta(days=30), index_milli=latest.index_milli + 9_400,
        running_milli=latest.running_milli + 9_400, kind="reader", received_at=latest.received_at,
    )  # fmt: skip
    return place.register


def latest_m3(meter) -> int:
    return meter.reads.filter(state="accepted").order_by("-read_on")[0].index_milli // 1000


def send(guest, digits, **more):
    given = {"digits": digits, "read_on": localdate().isoformat(), **more}
    return guest.client.post(f"/area/conti/{guest.account}/autolettura/", given)


def photo(name="foto.jpg") -> SimpleUploadedFile:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(picture, "JPEG")
    return SimpleUploadedFile(name, picture.getvalue(), "image/jpeg")


def test_a_reading_like_the_others_is_taken_at_once(guest, meter):
    before = latest_m3(meter)
    answer = send(guest, f"{before + 4:05d}", photo=photo())
    assert answer.status_code == 302
    read = meter.reads.get(read_on=localdate())
    assert (read.index_milli, read.kind, read.state) == ((before + 4) * 1000, "self", "accepted")
    assert Document.objects.get(pk=read.evidence_id).kind == "photo"
    assert "Grazie, è registrata" in page(guest, answer.url)


def test_a_reading_far_too_high_is_explained_and_asked_again(guest, meter):
    before = latest_m3(meter)
    asked = send(guest, before + 900, photo=photo())
    told = asked.content.decode()
    assert "Sembra troppo alta: sono 900 m³ in 30 giorni" in told.replace("\u00a0", " ")
    assert "La foto l'abbiamo già" in told
    assert not meter.reads.filter(read_on=localdate()).exists()
    answer = send(guest, before + 900, confirmed=str(before + 900))
    read = meter.reads.get(read_on=localdate())
    assert (read.state, read.evidence_id is not None) == ("held", True)
    assert "la controlliamo" in page(guest, answer.url)


def test_a_confirmation_holds_for_the_figure_confirmed_only(guest, meter):
    before = latest_m3(meter)
    send(guest, before + 900)
    assert "Sei sicuro?" in send(guest, before + 800, confirmed=str(before + 900)).content.decode()
    assert not meter.reads.filter(read_on=localdate()).exists()


def test_a_reading_below_the_latest_one_is_refused_with_both_figures(guest, meter):
    before = latest_m3(meter)
    told = send(guest, before - 1).content.decode()
    assert f"{before - 1} è meno di {before}" in told
    assert not meter.reads.filter(read_on=localdate()).exists()


def test_litres_that_the_customer_does_not_copy_are_no_step_back(guest, meter):
    before = latest_m3(meter)
    assert "meno di" not in send(guest, before).content.decode()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"digits": "12,5"}, "Scrivi solo numeri"),
        ({"digits": ""}, "id_digits"),
        ({"digits": "123456"}, "più cifre"),
        ({"digits": "00100", "read_on": "2020-01-01"}, "troppo indietro"),
        ({"digits": "00100", "photo": SimpleUploadedFile("foto.jpg", b"MZ\x90\x00programma")}, "non va bene"),
        ({"digits": "00100", "photo": SimpleUploadedFile("foto.jpg", b"\xff\xd8\xff\xe0rotto")}, "rovinato"),
    ],
)
def test_what_cannot_be_is_said_plainly(guest, meter, given, says):
    before = meter.reads.count()
    assert says in send(guest, **given).content.decode()
    assert meter.reads.count() == before


def test_tomorrows_reading_is_refused(guest, meter):
    told = send(guest, latest_m3(meter) + 4, read_on=(localdate() + timedelta(days=1)).isoformat()).content.decode()
    assert "nel futuro" in told


def test_a_radio_meter_asks_for_nothing(guest, meter):
    meter.device.radio_id = "12345678"
    meter.device.save()
    assert "si legge da solo" in page(guest, f"/area/conti/{guest.account}/autolettura/")
    send(guest, 1)
    assert not meter.reads.filter(read_on=localdate()).exists()


def test_contacts_are_added_and_bad_ones_refused(guest):
    path = f"/area/profilo/{guest.party_id}/contatti/"
    assert guest.client.post(path, {"kind": "mobile", "value": "333 444 55 66"}).status_code == 302
    assert ContactPoint.objects.filter(party_id=guest.party_id, value="+393334445566").exists()
    assert "non è scritto bene" in guest.client.post(path, {"kind": "email", "value": "x"}).content.decode()


def test_a_consent_is_given_and_withdrawn_and_both_days_stay(guest):
    path = f"/area/profilo/{guest.party_id}/consensi/scelta/"
    contact = ContactPoint.objects.filter(party_id=guest.party_id).first()
    given = {"contact": contact.pk, "purpose": "marketing"}
    guest.client.post(path, {**given, "given": "yes"})
    consent = Consent.objects.get(contact_point=contact, purpose="marketing")
    assert (consent.evidence, consent.withdrawn_at) == ("Area clienti", None)
    guest.client.post(path, {**given, "given": "no"})
    consent.refresh_from_db()
    assert consent.withdrawn_at is not None
    stranger = ContactPoint.objects.exclude(party_id=guest.party_id).first()
    assert guest.client.post(path, {**given, "contact": stranger.pk, "given": "yes"}).status_code == 404
    assert guest.client.post(path, {**given, "purpose": "everything", "given": "yes"}).status_code == 404


def test_bills_arrive_where_the_customer_says(guest):
    path = f"/area/conti/{guest.account}/recapito/"
    assert "ci serve un indirizzo" in guest.client.post(path, {"channel": "email", "email": ""}).content.decode()
    guest.client.post(path, {"channel": "email", "email": "nuova@posta.example"})
    account = ContractAccount.objects.get(number=guest.account)
    assert (account.channel, account.email) == ("email", "nuova@posta.example")


def test_a_delegate_comes_by_the_link_and_goes_when_taken_off(guest):
    path = f"/area/conti/{guest.account}/deleghe/"
    guest.client.post(path, {"email": "figlia@posta.example", "rights": "act"})
    assert "invito mandato" in page(guest, path)
    visitor = Client()
    link = link_in_mail()
    assert "ti chiede di seguire" in visitor.get(link).content.decode()
    visitor.post(link, {"first_name": "Eva", "surname": "Mazza", "password": PASSWORD})
    assert visitor.get(f"/area/conti/{guest.account}/").status_code == 200
    assert visitor.get(link).status_code == 410
    assert "Eva Mazza" in page(guest, path)
    guest.client.post(f"{path}togli/", {"access": AccountAccess.objects.get().pk})
    assert visitor.get(f"/area/conti/{guest.account}/").status_code == 404
    assert "Nessuna fornitura" in visitor.get("/area/").content.decode()


def test_an_invited_customer_accepts_with_the_login_they_have(guest, enter):
    other = enter(1)
    guest.client.post(f"/area/conti/{guest.account}/deleghe/", {"email": other.email, "rights": "see"})
    assert "Hai già un accesso" in Client().get(link_in_mail()).content.decode()
    assert other.client.post(link_in_mail()).url == f"/area/conti/{guest.account}/"
    told = page(other, "/area/", follow=True)
    assert "per conto di" in told
    assert Invitation.objects.get().ended_at is not None


def test_an_invitation_is_taken_back(guest):
    path = f"/area/conti/{guest.account}/deleghe/"
    guest.client.post(path, {"email": "figlia@posta.example", "rights": "see"})
    guest.client.post(f"{path}togli/", {"invitation": Invitation.objects.get().pk})
    assert Client().get(link_in_mail()).status_code == 410


def test_one_takes_ones_data_along(guest, town):
    data = json.loads(guest.client.get(f"/area/profilo/{guest.party_id}/dati/json/").content)
    assert data["cliente"]["tax_code"] == town.tax_code
    assert data["bollette"][-1]["number"] == town.bill
    assert data["contatori"][0]["reads"]
    assert all(row["holder"] == town.name for row in data["bollette"])
    answer = guest.client.get(f"/area/profilo/{guest.party_id}/dati/zip/")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as made:
        names = made.namelist()
        assert json.loads(made.read("dati.json"))["cliente"]["name"] == town.name
        assert any(name.endswith(".pdf") and made.read(name).startswith(b"%PDF") for name in names)
    assert guest.client.get(f"/area/profilo/{guest.party_id}/dati/exe/").status_code == 404
    # Each document that was taken along was read by somebody, and says so.
    papers = documents_of_party(customer_overview(guest.party_id, as_of=localdate()), as_of=localdate())
    assert papers
    assert all(readings_of(one.id)[0].reader == f"{guest.email} (area clienti)" for one in papers)


def test_a_request_becomes_a_ticket_with_its_file(guest):
    path = f"/area/conti/{guest.account}/richieste/nuova/"
    given = {"kind": "bill", "body": "La bolletta di marzo è doppia rispetto al solito, perché?", "papers": [photo()]}
    answer = guest.client.post(path, given)
    told = page(guest, answer.url)
    assert "La bolletta di marzo" in told
    assert "foto.jpg" in told
    assert "bolletta che non mi torna" in page(guest, f"/area/conti/{guest.account}/richieste/")


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00programma"])
def test_a_request_with_a_bad_file_is_not_sent(guest, content):
    path = f"/area/conti/{guest.account}/richieste/nuova/"
    upload = SimpleUploadedFile("foto.jpg", content)
    answer = guest.client.post(path, {"kind": "other", "body": "Ecco", "papers": [upload]})
    assert answer.status_code == 200
    assert tickets_of_account(guest.account) == []


def test_asking_for_deletion_opens_a_request(guest):
    answer = guest.client.post(f"/area/profilo/{guest.party_id}/cancella/")
    assert "Cancellazione dei dati personali" in page(guest, answer.url)


def test_a_refusal_of_a_usecase_is_a_page_in_plain_words(guest, enter):
    other = enter(1)
    session = guest.client.session
    session["portal_activation"] = {
        "proven": {"party_id": other.party_id, "evidence": "x", "code_id": 0}, "at": timezone.now().isoformat(),
    }  # fmt: skip
    session.save()
    answer = guest.client.post("/area/attiva/aggiungi/")
    assert answer.status_code == 422
    assert "I dati non corrispondono" in answer.content.decode()


def test_another_house_another_missing_page(guest, sign_in):
    assert "non è tuo" in guest.client.get("/area/conti/0/").content.decode()
    assert "Torna al cruscotto" in sign_in("admin").get("/nowhere/").content.decode()


def test_two_accounts_can_be_switched(enter):
    guest = enter(0)
    other = ContractAccount.objects.order_by("id")[3]
    activate(proven=Proven(other.holder_id, "t"), email="", password=None, user_id=guest.user_id, at=AT)
    client = signed_in(guest.user_id)
    assert other.number in client.get(f"/area/conti/{guest.account}/").content.decode()
    client.get(f"/area/conti/{other.number}/")
    assert client.get("/area/").url == f"/area/conti/{other.number}/"
    assert mail.outbox == []
