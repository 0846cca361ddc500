"""The document before its signer: read to the end, decide on each field, finish. A reload goes on where one was."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from sorgente.archive.queries.documents import document_of
from sorgente.archive.signing.adapters.biometric_key import biometric_key
from sorgente.archive.signing.core.values import EnvelopeState, FieldKind, FieldState, InputKind, Method, SignatureKind
from sorgente.archive.signing.queries.envelopes import EnvelopeView, FieldView
from sorgente.archive.signing.usecases.read_envelope import record_opened, record_read_to_end, record_shown
from sorgente.archive.signing.usecases.sign_field import refuse_field, sign_field
from sorgente.archive.usecases.read_document import read_document_for
from sorgente.interfaces.portal.signing import pictures, remote
from sorgente.interfaces.portal.signing.doors import Door, name_device, new_device_name, open_door
from sorgente.interfaces.portal.signing.words import end_of, told
from sorgente.journeys.signing import finish_signing, sign_another_way
from sorgente.shared.errors import SorgenteError

View = Callable[..., HttpResponseBase]


def through_door(view: View) -> View:
    """Give a view its door, and turn what a signer can understand into a page, or into words for the script."""

    @never_cache
    @wraps(view)
    def opened(
        request: HttpRequest, *args: Any, envelope_id: int | None = None, token: str | None = None, **kwargs: Any
    ) -> HttpResponseBase:
        new_device_name(request)
        try:
            door = open_door(request, envelope_id=envelope_id, token=token, at=timezone.now())
            if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
                translation.activate(door.envelope.language)  # the signer's own, until they choose another
            response = view(request, door, *args, **kwargs)
        except SorgenteError as error:
            response = trouble(request, error)
        name_device(request, response)
        response.headers["Referrer-Policy"] = "same-origin"  # the link's token never leaves for another site
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return opened


def trouble(request: HttpRequest, error: SorgenteError) -> HttpResponse:
    words = told(error)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"title": words.title, "facts": words.facts, "next": words.next_step}, status=words.status)
    return render(request, "signing/trouble.html", {"told": words}, status=words.status)


@require_GET
@through_door
def sheet(request: HttpRequest, door: Door) -> HttpResponse:
    """Show what is next: the document, the field to decide, the code, or the end."""
    envelope = door.envelope
    end = end_of(envelope)
    if end is not None:
        return render(request, "signing/trouble.html", {"told": end, "door": door}, status=end.status)
    if envelope.state is EnvelopeState.COMPLETED:
        return render(request, "signing/done.html", {"door": door, "envelope": envelope})
    now = timezone.now()
    if not door.is_tablet:
        record_opened(envelope_id=envelope.id, at=now, source=door.source)
    if envelope.read_at is None:
        record_shown(envelope_id=envelope.id, at=now, source=door.source)
        pages = pictures.pages_of(envelope.document_sha256)
        return render(request, "signing/read.html", {"door": door, "envelope": envelope, "pages": pages})
    field = envelope.next_field
    if field is not None:
        return render(request, "signing/field.html", _field_context(door, field))
    if envelope.method is Method.OTP:
        return remote.code_page(request, door)
    return render(request, "signing/finish.html", {"door": door, "envelope": envelope})


@require_GET
@through_door
def page(request: HttpRequest, door: Door, number: int) -> HttpResponse:
    if not 1 <= number <= len(pictures.pages_of(door.envelope.document_sha256)):
        raise Http404(str(number))
    return HttpResponse(pictures.page_picture(door.envelope.document_sha256, number), content_type="image/png")


@require_GET
@through_door
def clause(request: HttpRequest, door: Door, key: str) -> HttpResponse:
    """Send the part of the page around a field."""
    field = _field(door, key)
    picture = pictures.box_picture(door.envelope.document_sha256, field.page, field.box)
    return HttpResponse(picture, content_type="image/png")


@require_POST
@through_door
def read(request: HttpRequest, door: Door) -> HttpResponse:
    record_read_to_end(envelope_id=door.envelope.id, at=timezone.now(), source=door.source)
    return redirect(door.address())


@require_POST
@through_door
def sign(request: HttpRequest, door: Door, key: str) -> HttpResponse:
    """Sign one field: ink and encrypted biometrics on a tablet, a plain yes at a distance."""
    field = _field(door, key)
    ink, biometrics, input_kind = None, None, InputKind.CODE
    if door.envelope.method is Method.TABLET:
        act = _act(request)
        ink, biometrics = act.get("ink"), act.get("biometrics")
        given = act.get("input")
        input_kind = InputKind(given) if given in set(InputKind) else InputKind.TOUCH
    sign_field(
        envelope_id=door.envelope.id,
        key=field.key,
        ink=ink,
        biometrics=biometrics,
        input_kind=input_kind,
        at=timezone.now(),
        source=door.source,
    )
    return _on(request, door)


@require_POST
@through_door
def refuse(request: HttpRequest, door: Door, key: str) -> HttpResponse:
    refuse_field(envelope_id=door.envelope.id, key=_field(door, key).key, at=timezone.now(), source=door.source)
    return _on(request, door)


@require_POST
@through_door
def finish(request: HttpRequest, door: Door) -> HttpResponse:
    finish_signing(envelope_id=door.envelope.id, at=timezone.now())
    return redirect(door.address())


@require_POST
@through_door
def by_code(request: HttpRequest, door: Door) -> HttpResponse:
    """Sign the same document with a code instead: no pen, no biometrics, same conditions."""
    opened = sign_another_way(
        envelope_id=door.envelope.id,
        method=Method.OTP,
        reason="signed with a code instead, at the customer's wish",
        by=door.envelope.opened_by,
        at=timezone.now(),
    )
    return redirect(reverse("signing:link_sheet", args=[opened.token]))


@require_GET
@through_door
def copy(request: HttpRequest, door: Door) -> HttpResponse:
    """Send the sealed document to whoever signed it."""
    if door.envelope.sealed_document_id is None:
        raise Http404("not sealed")
    document = document_of(door.envelope.sealed_document_id)
    content = read_document_for(
        sha256=document.sha256, reader=f"{door.envelope.party_reference} (firma)", at=timezone.now()
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="documento-firmato.pdf"'
    return response


def _field_context(door: Door, field: FieldView) -> dict[str, Any]:
    envelope = door.envelope
    decided = sum(one.state is not FieldState.WAITING for one in envelope.fields)
    is_advanced = envelope.signature_kind is SignatureKind.ADVANCED
    context: dict[str, Any] = {
        "door": door,
        "envelope": envelope,
        "field": field,
        "number": decided + 1,
        "count": len(envelope.fields),
        "is_choice": field.kind is FieldKind.CONSENT,
        "text": pictures.box_text(envelope.document_sha256, field.page, field.box, _tops(envelope, field.page)),
        "picture": door.address("clause", field.key),
        "picture_size": pictures.box_picture_size(envelope.document_sha256, field.page, field.box),
        "sign": door.address("sign", field.key),
        "refuse": door.address("refuse", field.key),
        "can_use_code": bool(envelope.email or envelope.mobile),
    }
    if door.is_tablet:
        key = biometric_key()
        context["pad"] = {
            "advanced": is_advanced,
            "envelope": envelope.id,
            "spki": key.spki,
            "keyId": key.key_id,
            "aad": field.associated_data,
            "sign": context["sign"],
            "next": door.address(),
            "words": {
                "mouse": _("Con il mouse non si può firmare così: usa la penna, oppure firma con un codice."),
                "short": _("La firma è troppo breve: cancella e firma di nuovo, per esteso."),
                "turned": _("Lo schermo è cambiato: firma di nuovo."),
                "insecure": _("Qui la firma non si può cifrare: firma con un codice."),
                "offline": _("Non c'è collegamento. La firma è ancora qui: riprova."),
                "plain": _("Questo schermo non rileva la pressione: il tratto vale come firma semplice."),
            },
        }
    return context


def _tops(envelope: EnvelopeView, page: int) -> tuple[float, ...]:
    return tuple(one.box[3] for one in envelope.fields if one.page == page)


def _field(door: Door, key: str) -> FieldView:
    found = next((one for one in door.envelope.fields if one.key == key), None)
    if found is None:
        raise Http404(key)
    return found


def _act(request: HttpRequest) -> dict[str, Any]:
    """Return what the script sent; nothing when it is no JSON or too large: then the ink is refused."""
    try:
        act = json.loads(request.body)
    except (ValueError, RecursionError, RequestDataTooBig):
        return {}
    return act if isinstance(act, dict) else {}


def _on(request: HttpRequest, door: Door) -> HttpResponse:
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"next": door.address()})
    return redirect(door.address())
