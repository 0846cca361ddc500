"""AgID metadata are made when a document is formed, complete or refused; registers have no gap."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import ProgrammingError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from sorgente.archive.core import classes
from sorgente.archive.core.agid_xml import metadata_xml
from sorgente.archive.core.metadata import Agent, Attached, MetadataIncomplete, Verification
from sorgente.archive.models import Document, RegisterEntry
from sorgente.archive.queries.documents import document_of, versions_of
from sorgente.archive.usecases.store_document import NewDocument, store_document, store_documents
from sorgente.archive.usecases.store_version import NotTheLatestVersion, VersionUnchanged, store_new_version
from tests.archive.conftest import AT

pytestmark = pytest.mark.django_db
ANNA = Agent("sender", "PF", "Anna Bianchi", "BNCNNA80A41H501X")


def store(content: bytes = b"acqua", **changes):
    words = {"title": "Bolletta 1", "kind": "bill", "media_type": "application/pdf", "subject": "bill:1", **changes}
    return store_document(content=content, **{"stored_at": AT, **words})


def made(document: Document):
    return document_of(document.pk).formed


@pytest.mark.parametrize("kind", [kind.value for kind in Document.Kind])
def test_every_kind_has_its_class_and_its_retention(kind):
    known = classes.class_of(kind, date(2026, 11, 23))
    assert known.retention.years >= 0
    assert known.type
    record = made(store(kind=kind))
    assert (record.type, record.formation, record.flow) == (known.type, known.formation, known.flow)
    assert {agent.role for agent in record.agents} <= {"author", "sender"}


def test_a_bill_bears_its_own_number_and_the_company():
    record = made(store(register_number="2026/SII/0000001", keywords=("acqua",), file_name="bolletta.pdf"))
    assert (record.register, record.number) == ("", "2026/SII/0000001")
    assert record.agents == (Agent("author", "PG", "Valdoro Acque S.p.A.", "02731560427"),)
    assert (record.retention, record.retention_years, record.reserved) == ("fiscal", 10, False)
    assert record.registered_at == "2026-11-23T08:00:00+00:00"


def test_what_we_write_is_ours_when_only_its_recipient_is_named():
    record = made(store(agents=[Agent("recipient", "PF", "Anna Bianchi", ANNA.code)]))
    assert [(agent.role, agent.name) for agent in record.agents] == [
        ("author", "Valdoro Acque S.p.A."), ("recipient", "Anna Bianchi"),
    ]  # fmt: skip


def test_letters_are_numbered_without_gaps_a_year_each():
    papers = [NewDocument(f"{n}".encode(), f"Lettera {n}", "letter", "text/plain") for n in range(3)]
    first = store_documents(papers, stored_at=AT)
    again = store_documents([papers[1], NewDocument(b"9", "Lettera 9", "letter", "text/plain")], stored_at=AT)
    new_year = store(b"2027", kind="letter", stored_at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    assert [made(one).number for one in (*first, *again, new_year)] == [
        "1/2026", "2/2026", "3/2026", "2/2026", "4/2026", "1/2027",
    ]  # fmt: skip
    with transaction.atomic():
        store(b"taken back", kind="letter")
        transaction.set_rollback(True)
    assert made(store(b"kept", kind="mail", agents=[ANNA])).number == "5/2026"
    assert list(RegisterEntry.objects.filter(year=2026).order_by("number").values_list("number", flat=True)) == [
        1, 2, 3, 4, 5,
    ]  # fmt: skip


def test_a_number_never_changes():
    store(kind="letter")
    for statement in ("UPDATE archive_registerentry SET number = 9", "DELETE FROM archive_registerentry"):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": "  "}, "the subject is empty"),
        ({"direction": "X"}, "direction 'X' is none of E, U, I"),
        ({"formation": "z"}, "formation 'z' is none of"),
        ({"kind": "mail", "agents": [Agent("recipient", "PF", "Anna Bianchi")]}, "there is neither author nor sender"),
        ({"agents": [ANNA, Agent("chief", "PF", "X")]}, "agent 'X' has role 'chief'"),
        ({"agents": [Agent("sender", "PF", " ")]}, "agent ' '"),
        ({"verification": Verification(conforms=True)}, "only a copy"),
    ],
)
def test_what_is_incomplete_is_refused_and_nothing_is_stored(wrong, said, archive_dir):
    with pytest.raises(MetadataIncomplete, match=said):
        store(**wrong)
    assert not Document.objects.exists()
    assert not archive_dir.exists()


def test_a_new_version_names_the_former_and_why():
    first = store(b"v1", kind="contract", subject=["contract:7", "party:3"])
    second = store_new_version(
        former_id=first.pk, content=b"v2", change="rettifica", reason="Indirizzo errato", by="anna", stored_at=AT
    )
    assert [(one.version, one.id) for one in versions_of(first.pk)] == [(1, first.pk), (2, second.pk)]
    assert versions_of(second.pk) == versions_of(first.pk)
    assert versions_of(first.pk)[1].change.former_sha256 == first.sha256
    assert document_of(second.pk).subjects == ("contract:7", "party:3")
    with pytest.raises(NotTheLatestVersion, match="already followed by version 2"):
        store_new_version(former_id=first.pk, content=b"v3", change="rettifica", reason="x", by="anna", stored_at=AT)
    with pytest.raises(VersionUnchanged):
        store_new_version(former_id=second.pk, content=b"v1", change="rettifica", reason="x", by="anna", stored_at=AT)
    with pytest.raises(MetadataIncomplete, match="needs a kind"):
        store_new_version(former_id=second.pk, content=b"v3", change="edit", reason="", by="anna", stored_at=AT)


def test_the_xml_has_the_names_of_annex_5():
    former = store(
        b"v1", kind="mail", agents=[ANNA], attachments=[Attached("a" * 64, "foto.jpg")], keywords=("perdita",)
    )
    document = store_new_version(
        former_id=former.pk, content=b"v2", change="annotazione", reason="letto \x0c male", by="anna", stored_at=AT,
        agents=[ANNA], attachments=[Attached("a" * 64, "foto.jpg")], aggregation="ticket:1", primary_sha256="b" * 64,
    )  # fmt: skip
    root = etree.fromstring(metadata_xml(made(document), sha256=document.sha256, document_id=document.pk))
    found = {
        "IdDoc/ImprontaCrittograficaDelDocumento/Impronta": document.sha256,
        "IdDoc/ImprontaCrittograficaDelDocumento/Algoritmo": "SHA-256",
        "TipologiaDocumentale": "Messaggio ricevuto",
        "DatiDiRegistrazione/TipologiaDiFlusso": "E",
        "DatiDiRegistrazione/TipoRegistro/Repertorio_Registro/NumeroRegistrazioneDocumento": "2/2026",
        "DatiDiRegistrazione/TipoRegistro/Repertorio_Registro/CodiceRegistro": "protocollo",
        "Soggetti/Ruolo/Mittente/PF/CodiceFiscale_PartitaIva": ANNA.code,
        "Allegati/NumeroAllegati": "1",
        "Riservato": "false",
        "Verifica/FirmatoDigitalmente": "false",
        "Agg/IdAggregazione": "ticket:1",
        "VersioneDelDocumento": "2",
        "TracciatureModificheDocumento/TipoModifica": "annotazione",
        "TempoDiConservazione": "10",
        "Note": "letto  male",
    }
    assert {path: root.findtext(path) for path in found} == found


def test_when_a_document_may_go():
    ten_years = classes.Retention("x", 10, "formation", "")
    contract = classes.Retention("x", 10, "relation_end", "")
    formed = date(2016, 5, 3)
    assert classes.kept_until(ten_years, formed_on=formed, ended_on=None) == date(2027, 1, 1)
    assert classes.kept_until(contract, formed_on=formed, ended_on=None) is None
    assert classes.kept_until(contract, formed_on=formed, ended_on=date(2020, 2, 29)) == date(2030, 3, 1)
    assert classes.kept_until(contract, formed_on=formed, ended_on=date(2010, 1, 1)) == date(2026, 5, 3)
    assert classes.kept_until(classes.Retention("x", 0, "formation", ""), formed_on=formed, ended_on=None) is None
    with pytest.raises(classes.DocumentClassUnknown, match="Document kind poem"):
        classes.class_of("poem", formed)
    with pytest.raises(classes.DocumentClassUnknown, match="Retention class never"):
        classes.retention_of("never", formed)


@given(
    years=st.integers(0, 40),
    after=st.sampled_from(["formation", "relation_end"]),
    formed=st.dates(max_value=date(2100, 1, 1)),
)
def test_nothing_may_go_before_its_years_are_over(years, after, formed):
    day = classes.kept_until(classes.Retention("x", years, after, ""), formed_on=formed, ended_on=formed)
    if years == 0:
        assert day is None
    else:
        assert (day.year - formed.year, day) >= (years, formed)
