"""The metadata of a document as XML with the names of AgID's annex 5.

⚠ Names and order as the annex lists them; the official schema was not at hand to validate against.
"""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from sorgente.archive.core.metadata import Agent, DocumentMetadata

_FORMATIONS = {
    "a": "creazione tramite l'utilizzo di strumenti software",
    "b": "acquisizione per via telematica o su supporto informatico, o copia per immagine di un documento analogico",
    "c": "memorizzazione su supporto informatico delle informazioni risultanti da transazioni o moduli",
    "d": "generazione o raggruppamento di dati provenienti da una o più banche dati",
}
_ROLES = {
    "author": "Autore", "sender": "Mittente", "recipient": "Destinatario", "operator": "Operatore",
    "assignee": "Assegnatario", "other": "Altro",
}  # fmt: skip
_FOR_EVER = "9999"


def metadata_xml(made: DocumentMetadata, *, sha256: str, document_id: int) -> bytes:
    """Return the metadata of a document as an XML file; `sha256` is of its content."""
    root = etree.Element("DocumentoInformatico")
    _id_doc(etree.SubElement(root, "IdDoc"), sha256, str(document_id))
    _text(root, "ModalitaDiFormazione", _FORMATIONS[made.formation])
    _text(root, "TipologiaDocumentale", made.type)
    _registration(etree.SubElement(root, "DatiDiRegistrazione"), made)
    agents = etree.SubElement(root, "Soggetti")
    for agent in made.agents:
        _agent(etree.SubElement(agents, "Ruolo"), agent)
    key = etree.SubElement(root, "ChiaveDescrittiva")
    _text(key, "Oggetto", made.subject)
    for word in made.keywords:
        _text(key, "ParoleChiave", word)
    attached = etree.SubElement(root, "Allegati")
    _text(attached, "NumeroAllegati", str(len(made.attachments)))
    for one in made.attachments:
        index = etree.SubElement(attached, "IndiceAllegati")
        _id_doc(etree.SubElement(index, "IdDoc"), one.sha256, one.sha256[:16])
        _text(index, "Descrizione", one.description)
    classified = etree.SubElement(root, "Classificazione")
    _text(classified, "IndiceDiClassificazione", made.classification)
    _text(classified, "Descrizione", made.type)
    _text(root, "Riservato", _yes(made.reserved))
    form = etree.SubElement(root, "IdentificativoDelFormato")
    _text(form, "Formato", made.media_type)
    if made.software:
        _text(etree.SubElement(form, "ProdottoSoftware"), "NomeProdotto", made.software)
    check = etree.SubElement(root, "Verifica")
    _text(check, "FirmatoDigitalmente", _yes(made.verification.signature))
    _text(check, "SigillatoElettronicamente", _yes(made.verification.seal))
    _text(check, "MarcaturaTemporale", _yes(made.verification.timestamp))
    _text(check, "ConformitaCopieImmagineSuSupportoInformatico", _yes(made.verification.conforms))
    if made.aggregation:
        _text(etree.SubElement(root, "Agg"), "IdAggregazione", made.aggregation)
    if made.primary_sha256:
        _id_doc(
            etree.SubElement(root, "IdIdentificativoDocumentoPrimario"), made.primary_sha256, made.primary_sha256[:16]
        )
    _text(root, "NomeDelDocumento", made.file_name or made.subject)
    _text(root, "VersioneDelDocumento", str(made.version))
    if made.change is not None:
        change = etree.SubElement(root, "TracciatureModificheDocumento")
        _text(change, "TipoModifica", made.change.kind)
        _text(change, "SoggettoAutoreDellaModifica", made.change.by)
        _text(change, "DataModifica", _moment(made).date().isoformat())
        _text(change, "OraModifica", _moment(made).strftime("%H:%M:%S"))
        former = made.change.former_sha256
        _id_doc(etree.SubElement(change, "IdDocVersionePrecedente"), former, former[:16])
    _text(root, "TempoDiConservazione", str(made.retention_years or _FOR_EVER))
    if made.note or made.change is not None:
        reason = "" if made.change is None else made.change.reason
        _text(root, "Note", " ".join(part for part in (made.note, reason) if part))
    xml: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return xml


def _registration(parent: etree._Element, made: DocumentMetadata) -> None:
    _text(parent, "TipologiaDiFlusso", made.flow)
    kind = etree.SubElement(parent, "TipoRegistro")
    place = etree.SubElement(kind, "Repertorio_Registro" if made.register else "Nessuno")
    _text(place, "TipoRegistro", "Repertorio/Registro" if made.register else "Nessuno")
    _text(place, "DataRegistrazioneDocumento", _moment(made).date().isoformat())
    _text(place, "OraRegistrazioneDocumento", _moment(made).strftime("%H:%M:%S%z"))
    _text(place, "NumeroRegistrazioneDocumento", made.number)
    if made.register:
        _text(place, "CodiceRegistro", made.register)


def _agent(parent: etree._Element, agent: Agent) -> None:
    role = etree.SubElement(parent, _ROLES[agent.role])
    _text(role, "TipoRuolo", _ROLES[agent.role])
    who = etree.SubElement(role, agent.kind)
    _text(who, "Denominazione", agent.name)
    if agent.code:
        _text(who, "CodiceFiscale_PartitaIva", agent.code)
    if agent.unit:
        _text(who, "DenominazioneUfficio", agent.unit)
    if agent.address:
        _text(who, "IndirizziDigitaliDiRiferimento", agent.address)


def _id_doc(parent: etree._Element, sha256: str, identifier: str) -> None:
    print_of = etree.SubElement(parent, "ImprontaCrittograficaDelDocumento")
    _text(print_of, "Impronta", sha256)
    _text(print_of, "Algoritmo", "SHA-256")
    _text(parent, "Identificativo", identifier)


def _moment(made: DocumentMetadata) -> datetime:
    return datetime.fromisoformat(made.registered_at)


def _yes(is_so: bool) -> str:
    return "true" if is_so else "false"


def _text(parent: etree._Element, name: str, text: str) -> None:
    # Characters that XML cannot hold reach a title from file names outside.
    etree.SubElement(parent, name).text = "".join(c for c in text if c.isprintable() or c in "\t\n")
