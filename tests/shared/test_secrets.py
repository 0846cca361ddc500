"""Fields encrypted at rest: they come back whole, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sorgente.shared.secrets import CannotDecrypt, KeyTooShort, decrypt, encrypt

KEY = "k" * 40
OLD = "o" * 40


@given(st.text())
def test_text_comes_back(text):
    token = encrypt(text, key=KEY)
    assert decrypt(memoryview(token), key=KEY) == text


def test_same_text_never_looks_the_same():
    assert encrypt("IT60", key=KEY) != encrypt("IT60", key=KEY)


def test_old_keys_still_decrypt():
    token = encrypt("IT60", key=OLD)
    assert decrypt(token, key=f"{KEY},{OLD}") == "IT60"
    with pytest.raises(CannotDecrypt, match=r"Encrypted field: .* Set SORGENTE_FIELD_KEY"):
        decrypt(token, key=KEY)


def test_changed_bytes_are_noticed():
    token = bytearray(encrypt("IT60", key=KEY))
    token[-5] ^= 1
    with pytest.raises(CannotDecrypt):
        decrypt(bytes(token), key=KEY)


@pytest.mark.parametrize("key", ["", "short", f"{KEY},short", ","])
def test_short_keys_are_refused(key):
    with pytest.raises(KeyTooShort, match="fewer than 32 characters"):
        encrypt("IT60", key=key)
