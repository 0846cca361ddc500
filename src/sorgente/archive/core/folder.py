"""The archive folder: each content once, in a file named by its SHA-256, complete or absent.

<ARCHIVE_DIR>/ab/cd/abcd…          the content
<ARCHIVE_DIR>/.incoming/…          being written; what a crash leaves here is nobody's document
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import sys
import uuid
from collections.abc import Iterable
from pathlib import Path

from sorgente.shared.errors import SorgenteError

_RESTORE = "Restore the file from the backup; its name is its SHA-256."


class DocumentFileMissing(SorgenteError):
    code = "archive.document.file-missing"


class DocumentDamaged(SorgenteError):
    code = "archive.document.damaged"


def sha256_of(content: bytes) -> str:
    """Return the name of a content in the archive, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def path_of(root: Path, sha256: str) -> Path:
    """Return where the content of that hash lies."""
    return root / sha256[:2] / sha256[2:4] / sha256


def write(root: Path, contents: Iterable[tuple[str, bytes]]) -> int:
    """Put contents, named by their hashes, safely on disk; return how many files were written.

    Nothing is on its place before it is whole, and everything is on the disk when this returns. A file that is there
    already is compared, and written again when it was damaged.
    """
    incoming = root / ".incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    moves: list[tuple[Path, Path]] = []
    try:
        for name, content in contents:
            place = path_of(root, name)
            if _holds(place, content):
                continue
            waiting = incoming / uuid.uuid4().hex
            moves.append((waiting, place))
            with waiting.open("xb") as file:
                file.write(content)
        if moves:
            # One flush for the whole batch: a flush per file costs thousands of bills a minute.
            _flush(root)
            for waiting, place in moves:
                place.parent.mkdir(parents=True, exist_ok=True)
                waiting.replace(place)
            _flush(root)
    except BaseException:
        for waiting, _ in moves:
            waiting.unlink(missing_ok=True)
        raise
    return len(moves)


def read(root: Path, sha256: str) -> bytes:
    """Return the content of that hash; raises DocumentFileMissing, DocumentDamaged."""
    try:
        content = path_of(root, sha256).read_bytes()
    except FileNotFoundError:
        raise DocumentFileMissing(
            f"Document {sha256[:12]}", f"Its file {path_of(root, sha256)} is not there.", _RESTORE
        ) from None
    found = sha256_of(content)
    if found != sha256:
        raise DocumentDamaged(
            f"Document {sha256[:12]}", f"Its file holds other bytes, with the hash {found[:12]}.", _RESTORE
        )
    return content


def _holds(place: Path, content: bytes) -> bool:
    try:
        return place.stat().st_size == len(content) and place.read_bytes() == content
    except FileNotFoundError:
        return False


def _flush(root: Path) -> None:
    """Wait until everything written to the file system of the folder is on the disk."""
    if not sys.platform.startswith("linux"):
        os.sync()
        return
    descriptor = os.open(root, os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(descriptor) != 0:
            raise OSError(ctypes.get_errno(), f"syncfs of {root} failed.")
    finally:
        os.close(descriptor)
