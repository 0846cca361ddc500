"""A form with a key of its own: sent twice with the same words in it, it makes one thing."""

from __future__ import annotations

import hashlib
import json

from django.http import HttpRequest

FIELD = "once"
_NOT_CONTENT = ("csrfmiddlewaretoken",)


def sent_key(request: HttpRequest) -> str:
    """Return what names this form with all that was written into it; empty where the page had no key.

    Words and files belong to it: a page kept on the telephone may be filled in again, and then it says something else.
    """
    if not request.POST.get(FIELD):
        return ""
    words = {name: request.POST.getlist(name) for name in sorted(request.POST) if name not in _NOT_CONTENT}
    files = []
    for name in sorted(request.FILES):
        for one in request.FILES.getlist(name):
            one.seek(0)
            files.append([name, hashlib.sha256(one.read()).hexdigest()])
            one.seek(0)
    content = json.dumps([request.user.pk, request.path, words, files])
    return hashlib.sha256(content.encode()).hexdigest()
