"""Decryption: each security mode turns a sealed body into a clear one, or names the key.

Half of all logs hold bodies that somebody has decrypted already while the header still declares encryption, so a
clear body (two fillers 2F, or a checksum that fits as it stands) is always taken for what it is.
"""

from __future__ import annotations

from sorgente.radio import security
from sorgente.radio.crc import crc16
from sorgente.radio.layers import Ell, Header
from sorgente.radio.records import read_records
from sorgente.radio.security import KeyRing
from sorgente.radio.telegram import Stop, Telegram

_FILLER = b"\x2f\x2f"
_MODES = {2: "DES", 3: "DES", 4: "AES with a fixed vector", 8: "AES-CTR", 9: "AES-GCM", 10: "AES-CCM", 13: "TLS"}


def open_link(telegram: Telegram, ell: Ell, keys: KeyRing) -> bytes:
    telegram.ell, telegram.access = ell, ell.access
    payload = ell.payload
    if not ell.session:
        return payload
    if crc16(payload) == ell.checksum:
        telegram.security = "clear" if ell.method else "none"
        return payload
    if ell.method == 0:
        raise Stop("malformed", "The checksum of the extended link layer is wrong. Receive the telegram again.")
    if ell.method != 1:
        raise Stop("unsupported", f"Encryption {ell.method} of the extended link layer is reserved.")
    key = keys.get(telegram.key())
    # The two checksum bytes are encrypted with the payload and come first.
    sealed = ell.checksum.to_bytes(2, "little") + payload
    start = telegram.frame.secondary + bytes((ell.control,)) + ell.session + b"\0\0\0"
    plain = key.counter(sealed, start)
    if crc16(plain[2:]) != plain[0] | plain[1] << 8:
        raise telegram.wrong_key()
    telegram.security = "ell"
    return plain[2:]


def open_body(telegram: Telegram, header: Header, keys: KeyRing) -> bytes:
    """Return the body in clear. Raises Stop."""
    body, mode = header.body, header.mode
    clear = body[:2] == _FILLER
    if mode == 5:
        return _mode5(telegram, header, keys, clear)
    if mode == 7:
        return _mode7(telegram, header, keys, clear)
    if clear or not body:
        telegram.security = "clear"
        return body
    if mode >= 16:
        # Reserved numbers stand on clear bodies of some makers and on secret ones of others. Only a body whose
        # every byte is a record with a known meaning is taken for a clear one.
        reading = read_records(body)
        if reading.problem or any(record.quantity == "unknown" for record in reading.records):
            raise Stop("unsupported", f"Encryption mode {mode} is the maker's own. Ask for a plug-in of this maker.")
        telegram.security = "clear"
        return body
    name = _MODES.get(mode)
    raise Stop("unsupported", f"Encryption mode {mode}{f' ({name})' if name else ''} is not read. Ask for a plug-in.")


def _mode5(telegram: Telegram, header: Header, keys: KeyRing, clear: bool) -> bytes:
    body = header.body
    size = header.blocks * security.BLOCK
    if not size:
        telegram.security = "clear"
        return body
    if size > len(body):
        size = len(body) & ~15
        if not clear:
            body = body[:size]
            telegram.shortened = True
            telegram.notes = " The last encrypted block is incomplete and was left out."
    key = telegram.key(needed=not clear)
    if key and size:
        raw = header.address
        meter = raw[4:6] + raw[:4] + raw[6:8] if raw else telegram.frame.secondary
        vector = meter + bytes((header.access,)) * 8
        if len(vector) == security.BLOCK:
            plain = keys.get(key).decrypt_cbc(body[:size], vector)
            if plain[:2] == _FILLER:
                telegram.security = "mode5"
                return plain + body[size:]
    if not clear:
        if not size:
            raise Stop("malformed", "The telegram ends inside its first encrypted block. Receive it again.")
        raise telegram.wrong_key()
    telegram.security = "clear"
    return body


def _mode7(telegram: Telegram, header: Header, keys: KeyRing, clear: bool) -> bytes:
    body, afl = header.body, telegram.afl
    size = header.blocks * security.BLOCK
    raw_key = telegram.key(needed=not clear)
    if raw_key and afl is not None and afl.counter and afl.mac:
        key = keys.get(raw_key)
        number = header.address[:4] if header.address else telegram.frame.secondary[2:6]
        message = afl.control + afl.counter + afl.length + header.raw + body
        if security.mac_fits(security.derived(key, 1, afl.counter, number), message, afl.mac):
            size = min(size, len(body)) & ~15
            opened = security.Key(security.derived(key, 0, afl.counter, number))
            plain = opened.decrypt_cbc(body[:size], bytes(security.BLOCK)) if size else b""
            if size and plain[:2] != _FILLER:
                raise Stop("malformed", "The telegram is authentic and its content is not readable. Tell the maker.")
            telegram.security = "mode7"
            return plain + body[size:]
    if clear:
        telegram.security = "clear"
        return body
    if afl is None or not afl.counter or not afl.mac:
        raise Stop("unsupported", "Encryption mode 7 without message counter and MAC cannot be checked.")
    if telegram.shortened:
        raise Stop("malformed", f"The MAC does not fit.{telegram.notes} Receive the telegram again.")
    raise telegram.wrong_key()
