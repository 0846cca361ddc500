"""One telegram in, one answer out.

    link layer ── ELL ── AFL ── transport header ── decryption ── records ── totals
       │            │       │          │                 │
    malformed   wrong_key  wrong_key  unsupported     wrong_key

A decoder learns the formats of compact frames and joins fragments, so it belongs to one stream of telegrams and to
one thread.
"""

from __future__ import annotations

from datetime import datetime

from sorgente.radio import fixed, security
from sorgente.radio.answer import Decoded, Outcome, Record
from sorgente.radio.crc import crc16
from sorgente.radio.formats import FormatStore, MemoryFormats, full_body, shipped_formats, split_headers
from sorgente.radio.fragments import Fragments
from sorgente.radio.layers import BARE, LONG, SHORT, BadLayer, read_afl, read_ell, read_header
from sorgente.radio.link import BadFrame, ForeignFrame, Frame, read_frame
from sorgente.radio.opening import open_body, open_link
from sorgente.radio.plugins import MakerPart, Plugins
from sorgente.radio.records import Reading, read_records
from sorgente.radio.telegram import FindKey, Stop, Telegram
from sorgente.radio.totals import fixed_headline, headline
from sorgente.radio.words import APPLICATION_ERRORS, STATUS_WORDS, medium_word, read_address

_MOST_FORMATS_NOTED = 10_000
_RECORDS, _COMPACT, _FORMAT = frozenset({0x72, 0x7A, 0x78}), frozenset({0x79, 0x7B}), frozenset({0x69, 0x6A, 0x6B})
_KNOWN = LONG | SHORT | BARE
_MAKER = range(0xA0, 0xB8)


class Decoder:
    """Decodes telegrams of wireless and wired M-Bus meters.

    formats  where formats of compact frames are kept; in memory when none is given
    plugins  decoders of makers' own formats; none by default
    """

    def __init__(self, formats: FormatStore | None = None, plugins: Plugins | None = None) -> None:
        self._formats: FormatStore = MemoryFormats() if formats is None else formats
        self._plugins = Plugins() if plugins is None else plugins
        self._keys = security.KeyRing()
        self._noted: set[bytes] = set()
        self._fragments = Fragments()

    def decode(self, telegram: bytes, key: bytes | None) -> Decoded:
        """Return the answer to one telegram. Never raises, whatever the bytes are.

        telegram  a radio frame with or without checksums, or a wired frame
        key       the meter's AES-128 key, None when it has none
        """
        return self.decode_finding(telegram, lambda _: key)

    def decode_finding(self, telegram: bytes, find_key: FindKey) -> Decoded:
        """Like `decode`, for many meters: `find_key` is asked for the key of the meter inside, when one is needed."""
        try:
            frame = read_frame(telegram)
        except BadFrame as error:
            return Decoded("malformed", message=f"{error} Receive the telegram again.")
        except ForeignFrame as error:
            return Decoded("unsupported", message=f"{error} Nothing to do.")
        answer = self._answer(frame, find_key)
        if answer.outcome != "decoded" and frame.counted and frame.secondary:
            # One bare frame in 65,536 ends like a checksum of format B.
            plain = read_frame(telegram, take_b=False)
            if not plain.counted:
                second = self._answer(plain, find_key)
                if second.outcome == "decoded":
                    return second
        return answer

    def _answer(self, frame: Frame, find_key: FindKey) -> Decoded:
        telegram = Telegram(frame, find_key)
        try:
            return self._layers(telegram, frame.payload)
        except Stop as stop:
            return _reply(telegram, stop.outcome, stop.message)
        except BadLayer as error:
            return _reply(telegram, "malformed", f"{error} Receive the telegram again.")

    # ------------------------------------------------------------------ layers

    def _layers(self, telegram: Telegram, payload: bytes) -> Decoded:
        for _ in range(4):
            if not payload:
                raise Stop("malformed", "The telegram ends before its data. Receive it again.")
            ci = payload[0]
            if not telegram.frame.secondary:
                break  # wired frames have neither
            if 0x8C <= ci <= 0x8F and telegram.ell is None:
                payload = open_link(telegram, read_ell(payload), self._keys)
            elif ci == 0x90 and telegram.afl is None:
                payload = self._fragments.join(telegram, read_afl(payload))
            else:
                break
        if ci in _KNOWN:
            return self._transport(telegram, payload)
        if ci in _MAKER:
            return self._maker_only(telegram, ci, payload[1:])
        if ci == 0x70:
            code = payload[1] if len(payload) > 1 else 0
            word = APPLICATION_ERRORS.get(code, f"error {code}")
            return _reply(telegram, "decoded", f"The meter answers with an error: {word}. Ask it again.")
        if ci == 0x73 and not telegram.frame.secondary:
            return _fixed(telegram, payload[1:])
        raise Stop("unsupported", f"CI field {ci:02X} is not meter data of EN 13757. Ask for a plug-in.")

    def _transport(self, telegram: Telegram, payload: bytes) -> Decoded:
        ci = payload[0]
        header = read_header(payload)
        if header.address:
            raw = header.address
            telegram.address = read_address(raw[4:6], raw[:4], raw[6], raw[7])
        if ci not in BARE:
            telegram.access, telegram.status = header.access, header.status
        if telegram.address is None:
            telegram.address = read_address(b"\0\0", b"\0\0\0\0", 0, 0)
        body = header.body
        if telegram.afl is not None and telegram.afl.mac and header.mode != 7:
            raise Stop("malformed", "The telegram has a MAC and no header of mode 7 to go with it. Receive it again.")
        if header.mode and ci not in BARE:
            body = open_body(telegram, header, self._keys)
        if ci in _RECORDS:
            return self._records(telegram, ci, body, learn=True)
        if ci in _COMPACT:
            return self._compact(telegram, ci, body)
        if ci in _FORMAT:
            return self._format(telegram, body)
        return _reply(telegram, "decoded", "The telegram carries a header and no data.")

    # ------------------------------------------------------------------ content

    def _records(self, telegram: Telegram, ci: int, body: bytes, *, learn: bool = False) -> Decoded:
        reading = read_records(body)
        if reading.headers and learn and not telegram.notes and reading.headers not in self._noted:
            self._learn(reading.headers)
        return self._complete(telegram, ci, reading)

    def _complete(self, telegram: Telegram, ci: int, reading: Reading) -> Decoded:
        records, message = reading.records, ""
        litres = watt_hours = None
        status = STATUS_WORDS[telegram.status]
        if ci == 0x78 and reading.identity is not None:
            telegram.address = reading.identity
        if reading.problem:
            message = f"{reading.problem} {len(records)} records before it were read."
            if not records or not telegram.frame.secondary:
                raise Stop("malformed", f"{reading.problem} Ask the meter again.")
        # A body that stops making sense was perhaps never made of records: it gives no total, unless bytes of the
        # frame are known to be missing, which explains the stop.
        if reading.candidates and (not reading.problem or (reading.cut and telegram.shortened)):
            litres, watt_hours = headline(reading.candidates)
        if reading.maker:
            address = telegram.address
            assert address is not None
            plugin = self._plugins.find(address)
            found = None
            if plugin is not None:
                found = plugin.decode(MakerPart(address, ci, reading.maker, records, telegram.frame.secondary))
            if found is not None:
                records += found.records
                status += found.status
                litres = found.total_milli if litres is None else litres
                watt_hours = found.total_wh if watt_hours is None else watt_hours
        if not message and litres is None and watt_hours is None:
            message = "No standard record holds the meter's total."
            if reading.maker:
                message += " It may be in the maker's own block: ask for a plug-in."
        if reading.more:
            message = f"{message} Another telegram completes this one.".lstrip()
        return _reply(telegram, "decoded", message, litres, watt_hours, records, reading.read_at, status)

    def _learn(self, headers: bytes) -> None:
        if len(self._noted) >= _MOST_FORMATS_NOTED:
            self._noted.clear()
        self._noted.add(headers)
        signature = crc16(headers)
        if split_headers(headers) is not None and self._formats.get(signature) != headers:
            self._formats.put(signature, headers)

    def _compact(self, telegram: Telegram, ci: int, body: bytes) -> Decoded:
        if len(body) < 4:
            raise Stop("malformed", "The compact telegram ends before its data. Receive it again.")
        signature, checksum = body[0] | body[1] << 8, body[2] | body[3] << 8
        seen = False
        for headers in (self._formats.get(signature), shipped_formats().get(signature)):
            if headers is None:
                continue
            seen = True
            whole = full_body(headers, body[4:])
            if whole is not None and crc16(whole) == checksum:
                return self._records(telegram, ci, whole)
        if seen:
            raise Stop("malformed", "The compact telegram does not fit its checksum. Receive it again.")
        raise Stop(
            "unsupported",
            f"Compact telegram of format {signature:04X}, not met so far. Receive a full one of this model first.",
        )

    def _format(self, telegram: Telegram, body: bytes) -> Decoded:
        """Learn from a format frame, which brings the headers alone: length, signature, headers."""
        signature = int.from_bytes(body[1:3], "little")
        # Makers count the length with and without its own byte; the signature tells which end is right.
        ends = (body[0] + 1, body[0], len(body)) if len(body) > 3 else ()
        headers = next((body[3:end] for end in ends if crc16(body[3:end]) == signature), b"")
        if not headers or split_headers(headers) is None:
            raise Stop("malformed", "The format telegram does not fit its signature. Receive it again.")
        self._learn(headers)
        return _reply(
            telegram, "decoded", f"Format {signature:04X} learnt; compact telegrams of this model can be read."
        )

    def _maker_only(self, telegram: Telegram, ci: int, body: bytes) -> Decoded:
        address = telegram.address
        plugin = None if address is None else self._plugins.find(address)
        if plugin is not None and address is not None:
            found = plugin.decode(MakerPart(address, ci, body, (), telegram.frame.secondary))
            if found is not None:
                telegram.address = found.address or address
                return _reply(
                    telegram, "decoded", "", found.total_milli, found.total_wh, found.records, None, found.status
                )  # fmt: skip
        raise Stop("unsupported", f"CI field {ci:02X} is the maker's own format. Ask for a plug-in of this maker.")


def _fixed(telegram: Telegram, body: bytes) -> Decoded:
    if len(body) != fixed.SIZE:
        raise Stop("malformed", f"A fixed body has {fixed.SIZE} bytes and this one {len(body)}. Ask the meter again.")
    found = fixed.read_fixed(body)
    telegram.address = read_address(b"\0\0", found.number, 0, found.medium)
    telegram.access, telegram.status = found.access, found.status
    litres, watt_hours = fixed_headline(found.records)
    return _reply(telegram, "decoded", "Fixed data of an old wired meter.", litres, watt_hours, found.records)


def _reply(
    telegram: Telegram,
    outcome: Outcome,
    message: str,
    total_milli: int | None = None,
    total_wh: int | None = None,
    records: tuple[Record, ...] = (),
    read_at: datetime | None = None,
    status: tuple[str, ...] | None = None,
) -> Decoded:
    address = telegram.address
    return Decoded(
        outcome,
        "" if address is None else address.meter_id,
        "" if address is None else address.manufacturer,
        0 if address is None else address.version,
        "" if address is None else medium_word(address.medium_code),
        telegram.access,
        total_milli,
        total_wh,
        STATUS_WORDS[telegram.status] if status is None else status,
        records,
        read_at,
        telegram.security,
        message + telegram.notes if message or telegram.notes else "Decoded.",
        "" if address is None else address.key,
    )
