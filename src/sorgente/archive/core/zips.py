"""ZIP files from outside: looked into before a byte is unpacked, and unpacked no further than they said."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from sorgente.archive.core.upload_errors import UploadBroken, UploadEncrypted, UploadExpands, UploadNested

_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_ENCRYPTED = 0x1
_PIECE = 1 << 20


def check(content: bytes, name: str, limits: Mapping[str, Any]) -> None:
    """Unpack a ZIP into nothing, within the limits.

    raises  UploadBroken, UploadEncrypted, UploadExpands, UploadNested
    """
    for _ in entries(content, name, limits):
        pass


def entries(content: bytes, name: str, limits: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield (path, bytes) of each file in a ZIP; folders are left out. Raises as `check` does."""
    broken = UploadBroken(f"File {name}", "The ZIP is cut off or damaged.", "Make it again and send it.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise broken from None
    with archive:
        files = [one for one in archive.infolist() if not one.is_dir()]
        _refuse_by_directory(files, len(content), name, limits)
        for one in files:
            try:
                with archive.open(one) as stream:
                    # Never more comes out than the directory declared: zipfile stops there and compares the sum.
                    data = b"".join(iter(lambda stream=stream: stream.read(_PIECE), b""))  # type: ignore[misc]
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
                raise broken from None
            if data.startswith(_ARCHIVES):
                raise UploadNested(
                    f"File {name}", f"Its entry {one.filename} is an archive itself.", "Unpack it and send the files."
                )
            yield one.filename, data


def _refuse_by_directory(files: list[zipfile.ZipInfo], size: int, name: str, limits: Mapping[str, Any]) -> None:
    if len(files) > limits["max_zip_entries"]:
        raise UploadExpands(
            f"File {name}",
            f"The ZIP holds {len(files)} files; at most {limits['max_zip_entries']} are taken.",
            "Split it in parts and send them one by one.",
        )
    total = sum(one.file_size for one in files)
    ratio = limits["max_zip_ratio"]
    worst = max(files, key=lambda one: one.file_size / max(1, one.compress_size), default=None)
    too_dense = worst is not None and worst.file_size > ratio * max(1, worst.compress_size) and total > _PIECE
    if total > limits["max_zip_total_bytes"] or (total > _PIECE and total > ratio * size) or too_dense:
        raise UploadExpands(
            f"File {name}",
            f"Unpacked, the ZIP would grow from {size:,} to {total:,} bytes.",
            "Send the files by themselves.",
        )
    if any(one.flag_bits & _ENCRYPTED for one in files):
        raise UploadEncrypted(f"File {name}", "The ZIP is protected by a password.", "Make it without password.")
