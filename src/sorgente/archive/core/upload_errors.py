"""Why a file from outside is not taken. Whoever shows the reason in Italian chooses the words by the code."""

from __future__ import annotations

from sorgente.shared.errors import SorgenteError


class UploadRefused(SorgenteError):
    """A file that is not taken; what is raised is always one of the kinds below."""

    code = "archive.upload.refused"


class UploadEmpty(UploadRefused):
    code = "archive.upload.empty"


class UploadTooLarge(UploadRefused):
    code = "archive.upload.too-large"


class UploadNotAccepted(UploadRefused):
    """Its content, not its name, is of a type that this place does not take."""

    code = "archive.upload.type"


class UploadEncrypted(UploadRefused):
    code = "archive.upload.encrypted"


class UploadBroken(UploadRefused):
    """It is cut off or damaged."""

    code = "archive.upload.broken"


class UploadExpands(UploadRefused):
    """It would fill memory or disk when opened: a decompression bomb."""

    code = "archive.upload.bomb"


class UploadActive(UploadRefused):
    """It would run a program when opened."""

    code = "archive.upload.active"


class UploadNested(UploadRefused):
    """An archive holds another archive."""

    code = "archive.upload.nested"
