"""The bytes no signature covers: the place of the signature itself. They must be exactly what the signature is.

A PDF signature leaves out its own /Contents, and inside it a CMS has parts that nobody signs. Each of them is compared
with what it has to be, so that a changed byte is found there too.
"""

from __future__ import annotations

from typing import Any

from asn1crypto import cms
from pyhanko.sign.validation import EmbeddedPdfSignature


def loose_ends(signature: EmbeddedPdfSignature, content: bytes) -> list[str]:
    """Return what does not fit in the place of a signature; raises ValueError where it is no DER."""
    start, length, after, _ = (int(one) for one in signature.byte_range)
    place = content[start + length : after]
    der = bytes(signature.pkcs7_content)  # with the zeros that fill its place
    blank = (len(place) - 2) // 2 - len(der)
    exact = (der + bytes(blank)).hex().encode()
    problems = []
    if blank < 0 or place not in (b"<" + exact + b">", b"<" + exact.upper() + b">"):
        problems.append("The place of its signature holds other bytes.")
    info = cms.ContentInfo.load(der)
    written = info.dump(force=True)
    if written != der[: len(written)] or any(der[len(written) :]):
        problems.append("Its signature is not written in the one exact way.")
    problems += [problem for data in _all_signed_data(info) for problem in _unsigned_parts(data)]
    return problems


def _all_signed_data(info: cms.ContentInfo) -> list[cms.SignedData]:
    data = info["content"]
    found = [data]
    for signer in data["signer_infos"]:
        for attribute in signer["unsigned_attrs"] or ():
            if attribute["type"].native != "signature_time_stamp_token":
                raise ValueError(f"an unsigned attribute {attribute['type'].native}")
            found += [one["content"] for one in attribute["values"]]
    return found


def _unsigned_parts(data: cms.SignedData) -> list[str]:
    """Compare what nobody signs in a SignedData with what is signed."""
    signer: Any = data["signer_infos"][0]
    problems = []
    if len(data["signer_infos"]) != 1:
        problems.append("It has more than one signer.")
    digest = signer["digest_algorithm"]["algorithm"].native
    if [one["algorithm"].native for one in data["digest_algorithms"]] != [digest]:
        problems.append("Its list of digests was changed.")
    plain = data["encap_content_info"]["content_type"].native == "data"
    if data["version"].native != ("v1" if plain else "v3") or signer["version"].native != "v1":
        problems.append("Its version was changed.")
    # Names are compared without regard to case elsewhere; here they must be the very bytes of the certificate.
    names = [(one.chosen.issuer.dump(), one.chosen.serial_number) for one in data["certificates"]]
    sid = signer["sid"].chosen
    if (
        signer["sid"].name != "issuer_and_serial_number"
        or (sid["issuer"].dump(), sid["serial_number"].native) not in names
    ):
        problems.append("The name of its signer was changed.")
    return problems
