"""What the app keeps on the telephone, and the version of it: a change in any byte is another version."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.utils.crypto import salted_hmac

# Everything a kept page asks for: without one of them it would look broken on the train.
FILES = (
    "desk/icon.svg",
    "desk/vendor/bootstrap-italia.min.css",
    "desk/vendor/sprites.svg",
    "desk/vendor/titillium-web-400.woff2",
    "desk/vendor/titillium-web-600.woff2",
    "desk/vendor/titillium-web-700.woff2",
    "desk/vendor/roboto-mono-400.woff2",
    "desk/vendor/chart.umd.min.js",
    "desk/charts.js",
    "portal/portal.css",
    "portal/app.css",
    "portal/portal.js",
    "portal/app.js",
    "portal/icons/icon-192.png",
    "portal/icons/badge-96.png",
)
WORKER = "portal/worker.js"
KEPT = "X-Kept-For"


def shell_addresses() -> list[str]:
    return [static(name) for name in FILES]


def source(name: str) -> bytes:
    """Return a static file's bytes; raises FileNotFoundError when the assets are not built."""
    found = finders.find(name)
    if found is None:
        raise FileNotFoundError(name)
    return Path(str(found)).read_bytes()


@cache
def version() -> str:
    """Return twelve digits that stand for the files and the pages for no network."""
    digest = hashlib.sha256()
    for name in (*FILES, WORKER):
        digest.update(hashlib.sha256(source(name)).digest())
    for page in sorted((Path(__file__).parents[1] / "templates/portal/app").glob("*.html")):
        digest.update(hashlib.sha256(page.read_bytes()).digest())
    return digest.hexdigest()[:12]


def keep_offline(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Say that the app may keep this page, and for whom: another login's pages are thrown away first.

    The name tells nothing of the login; it is the same on all its devices.
    """
    if response.status_code == 200 and request.method == "GET":
        response.headers[KEPT] = salted_hmac("portal.kept", str(request.user.pk)).hexdigest()[:16]
    return response
