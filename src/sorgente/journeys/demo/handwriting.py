"""How the demonstration's customers sign on a tablet: ink that looks like a name, biometrics sealed as a browser does.

The strokes follow from the name. The sealing does not: a key and an initial vector are new each time, as they must be.
"""

from __future__ import annotations

import base64
import json
import math
import os
import random
from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_der_public_key

from sorgente.archive.signing.adapters.biometric_key import biometric_key

WIDTH, HEIGHT = 600, 200
_POINTS_A_LETTER = 14
_MILLISECONDS = 7  # between two points of a pen that reports about 140 a second
_MARGIN = 30

Stroke = list[list[float]]


def strokes_of(name: str) -> list[Stroke]:
    """Return one stroke for each word: loops that lean to the right, high for letters that rise, low for tails."""
    rnd = random.Random(f"hand-{name}")
    words = name.split()[:3]
    step = (WIDTH - 2 * _MARGIN) / max(1, sum(len(word) for word in words) + len(words))
    lean, roundness = rnd.uniform(0.15, 0.4), rnd.uniform(0.75, 1.15)
    at, strokes = float(_MARGIN), []
    for word in words:
        stroke: Stroke = []
        for place, letter in enumerate(word):
            rise = 62 if place == 0 or letter in "bdfhklt" else rnd.uniform(20, 32)
            fall = 34 if letter in "fgjpqyz" else rnd.uniform(2, 10)
            for number in range(_POINTS_A_LETTER):
                turn = 2 * math.pi * number / _POINTS_A_LETTER
                up = math.sin(turn)
                y = 115 - up * (rise if up > 0 else fall) + rnd.uniform(-0.6, 0.6)
                x = at + step * (number / _POINTS_A_LETTER + 0.35 * roundness * (1 - math.cos(turn)) / 2)
                stroke.append([round(min(WIDTH - 5, x + lean * (115 - y) / 4), 1), round(y, 1)])
            at += step * rnd.uniform(0.9, 1.1)
        strokes.append(stroke)
        at += step * 0.8
    return strokes


def ink(strokes: Sequence[Stroke]) -> dict[str, Any]:
    """Return what the page sends as the visible signature."""
    return {"width": WIDTH, "height": HEIGHT, "strokes": [list(stroke) for stroke in strokes]}


def sealed_biometrics(strokes: Sequence[Stroke], *, associated_data: str) -> dict[str, Any]:
    """Return pressure, tilt and time of every point, readable by the third party only, bound to one field."""
    captured = {"v": 1, "input": "pen_pressure", "width": WIDTH, "height": HEIGHT, "points": _points(strokes)}
    key = biometric_key()
    public = load_der_public_key(base64.b64decode(key.spki))
    assert isinstance(public, RSAPublicKey)  # biometric_key() gives no other
    secret, start = os.urandom(32), os.urandom(12)
    wrapped = public.encrypt(secret, OAEP(mgf=MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None))
    hidden = AESGCM(secret).encrypt(start, json.dumps(captured).encode(), associated_data.encode())
    return {
        "v": 1,
        "alg": "A256GCM",
        "key_alg": "RSA-OAEP-256",
        "key_id": key.key_id,
        "wrapped_key": base64.b64encode(wrapped).decode(),
        "iv": base64.b64encode(start).decode(),
        "ciphertext": base64.b64encode(hidden).decode(),
        "aad": associated_data,
    }


def _points(strokes: Sequence[Stroke]) -> list[dict[str, float | int]]:
    points: list[dict[str, float | int]] = []
    clock = 0
    for number, stroke in enumerate(strokes):
        for place, (x, y) in enumerate(stroke):
            # Light where the pen comes down and leaves, firm where it draws downwards.
            edge = min(place, len(stroke) - 1 - place, 6) / 6
            down = 0.12 if place and y > stroke[place - 1][1] else 0.0
            pressure = round(min(1.0, 0.25 + 0.45 * edge + down), 3)
            points.append({"t": clock, "x": x, "y": y, "p": pressure, "tx": -22 + place % 5, "ty": 31, "s": number})
            clock += _MILLISECONDS
        clock += 180
    return points
