"""XML from outside: read when sound, refused by name, line and next step when not."""

from __future__ import annotations

import pytest

from sorgente.shared.xml import (
    XmlEmpty,
    XmlMalformed,
    XmlTooLarge,
    XmlWithDocumentType,
    local_name,
    parse_xml,
)

BOMB = (
    '<?xml version="1.0"?><!-- bill --><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "]><lolz>&lol9;</lolz>"
)
EXTERNAL = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r a="1">&x;</r>'


def test_elements_only_and_local_names():
    root = parse_xml(
        b'<?xml version="1.0"?><a:doc xmlns:a="urn:x"><!-- c --><?pi x?><a:one>1<!-- c -->2</a:one></a:doc>', "f.xml"
    )
    assert [local_name(node) for node in root.iter()] == ["doc", "one"]
    assert root[0].text == "12"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("text", [BOMB, EXTERNAL], ids=["billion-laughs", "external-entity"])
def test_document_types_are_refused_in_every_encoding(text, encoding):
    with pytest.raises(XmlWithDocumentType, match=r"invoice\.xml: .*DTD.*Ask the sender"):
        parse_xml(text.encode(encoding), "invoice.xml")


def test_a_document_type_named_in_the_text_is_only_text():
    assert parse_xml(b"<r><![CDATA[<!DOCTYPE x>]]></r>", "f.xml").text == "<!DOCTYPE x>"


def test_truncated_file_names_the_line():
    with pytest.raises(XmlMalformed) as caught:
        parse_xml(b"<Document>\n <Stmt>\n  <Id>1</Id>\n", "camt.xml")
    assert str(caught.value).startswith("camt.xml: Not well-formed XML at line 4")
    assert "fetch it again" in caught.value.next_step


@pytest.mark.parametrize("data", [b"", b" \r\n", b"\0\0"])
def test_empty_file(data):
    with pytest.raises(XmlEmpty, match="empty"):
        parse_xml(data, "camt.xml")


def test_too_large():
    with pytest.raises(XmlTooLarge, match="11 bytes; at most 10"):
        parse_xml(b"<r>abcd</r>", "camt.xml", limit_bytes=10)


def test_wrong_encoding_is_refused_or_read_as_told():
    data = '<?xml version="1.0" encoding="UTF-8"?><Nm>Società Idrica</Nm>'.encode("latin-1")
    with pytest.raises(XmlMalformed, match="line 1"):
        parse_xml(data, "camt.xml")
    assert parse_xml(data, "camt.xml", fallback_encoding="cp1252").text == "Società Idrica"


def test_garbage_is_not_xml():
    with pytest.raises(XmlMalformed):
        parse_xml(b"\x00\x01\x02not xml", "x.bin", fallback_encoding="cp1252")
