"""Which kind of bank statement a file is, told by its content, and the zip archives that hold several.

read_statement_file(data, "estratto.zip")  ->  StatementFile(statements, refusals)
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from sorgente.payments.adapters.camt import read_camt
from sorgente.payments.adapters.cbi_rh import read_rh
from sorgente.payments.adapters.mt940 import read_mt940
from sorgente.payments.core.statement import StatementFile
from sorgente.shared.errors import SorgenteError

ZIP_MEMBERS = 2_000
ZIP_BYTES = 512 * 1024 * 1024  # of all members together, unpacked
_RH = re.compile(r"\A(?: RH| 61)[0-9]", re.ASCII)
_MT940 = re.compile(r"^:20:", re.MULTILINE)


class StatementKindUnknown(SorgenteError):
    code = "payments.statement.kind-unknown"


class ZipUnsafe(SorgenteError):
    code = "payments.statement.zip-unsafe"


def read_statement_file(data: bytes, file: str) -> StatementFile:
    """Return the statements of one file, or of every file in a zip; what cannot be read is among the refusals."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _read_zip(data, file)
    try:
        return _read_one(data, file)
    except SorgenteError as error:
        return StatementFile(refusals=[(file, error)])


def _read_one(data: bytes, file: str) -> StatementFile:
    head = data[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(b"<"):
        return read_camt(data, file)
    text = _decoded(data)
    if _RH.match(text.lstrip("\r\n")):
        return read_rh(text.lstrip("\r\n"), file)
    if _MT940.search(text):
        return read_mt940(text, file)
    raise StatementKindUnknown(
        file,
        "Neither camt XML, nor CBI RH, nor MT940." if data.strip() else "The file is empty.",
        "Ask the bank for the statement as camt.053 or as CBI rendicontazione (RH).",
    )


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _read_zip(data: bytes, file: str) -> StatementFile:
    found = StatementFile()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > ZIP_MEMBERS:
                raise ZipUnsafe(file, f"{len(members)} files inside; at most {ZIP_MEMBERS}.", "Send several archives.")
            left = ZIP_BYTES
            for member in sorted(members, key=lambda member: member.filename):
                name = f"{file}/{member.filename}"
                content = _member(archive, member, name, left)
                left -= len(content)
                part = StatementFile(refusals=[(name, _nested(name))])
                if not content.startswith(b"PK\x03\x04"):
                    part = read_statement_file(content, name)
                found.statements += part.statements
                found.refusals += part.refusals
    except ZipUnsafe as error:
        return StatementFile(refusals=[(file, error)])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        return StatementFile(refusals=[(file, _damaged(file, error))])
    if not found.statements and not found.refusals:
        found.refusals.append((file, ZipUnsafe(file, "The archive is empty.", "Fetch it again from the bank.")))
    return found


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, left: int) -> bytes:
    # The size in the directory may lie: read one byte more than is allowed and see whether it is there.
    with archive.open(member) as stream:
        content = stream.read(left + 1)
    if len(content) > left:
        raise ZipUnsafe(
            name,
            f"The archive unpacks to more than {ZIP_BYTES:,} bytes.",
            "Send smaller archives; nothing of this one was read.",
        )
    return content


def _nested(name: str) -> ZipUnsafe:
    return ZipUnsafe(name, "An archive inside the archive.", "Unpack it and send its files.")


def _damaged(file: str, error: Exception) -> ZipUnsafe:
    return ZipUnsafe(
        file, f"The archive cannot be opened ({error}).", "Fetch it again, without password, as a plain zip."
    )
