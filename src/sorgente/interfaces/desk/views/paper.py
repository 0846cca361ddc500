"""Paper left and paper gone: batches of scans, their samples and attestations, and the lists by which things go."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from sorgente.archive.core import zips
from sorgente.archive.core.uploads import ZIP, inspect_upload, upload_limits
from sorgente.archive.queries.document_list import KINDS
from sorgente.archive.queries.keeping import due_for_disposal
from sorgente.archive.queries.paper import (
    disposals,
    documents_of_disposal,
    paper_count,
    proposable_papers,
    scan_batch,
    scan_batches,
)
from sorgente.archive.usecases import disposals as acts
from sorgente.archive.usecases import scans
from sorgente.interfaces.desk.access import Right, needs
from sorgente.shared.errors import SorgenteError

_SEEDS = 1_000_000_000


def _name(request: HttpRequest) -> str:
    """Return the name that stands in attestations and minutes."""
    user = request.user
    return (user.get_full_name() if user.is_authenticated else "") or user.get_username()


@needs(Right.PAPER)
def paper(request: HttpRequest) -> HttpResponse:
    context = {"count": paper_count(), "batches": scan_batches()}
    return render(request, "desk/paper/paper.html", context)


@needs(Right.PAPER)
def batch_new(request: HttpRequest) -> HttpResponse:
    """The form of a new batch; a ZIP of scans and its index come in together."""
    if request.method != "POST":
        return render(request, "desk/paper/batch_new.html", {"kinds": KINDS})
    try:
        done = _import(request)
    except (SorgenteError, ValueError) as problem:
        context = {"kinds": KINDS, "problem": problem, "given": request.POST}
        return render(request, "desk/paper/batch_new.html", context, status=422)
    return redirect("desk:paper_batch", done.batch)


def _import(request: HttpRequest) -> scans.ScanImport:
    given = request.POST
    files = request.FILES.get("files")
    index = request.FILES.get("index")
    if not isinstance(files, UploadedFile) or not isinstance(index, UploadedFile):
        raise scans.ScanBatchNotReady("New batch", "The ZIP or the index is missing.", "Choose both files.")
    content = files.read()
    limits = upload_limits()
    name = str(files.name)
    inspect_upload(content=content, filename=name, accept=frozenset({ZIP}), max_bytes=limits["max_batch_bytes"])
    return scans.import_scans(
        code=given.get("code", "").strip(),
        record=scans.ScanRecord(
            title=given.get("title", "").strip(),
            purpose=given.get("purpose", "").strip(),
            place=given.get("place", "").strip(),
            operator=given.get("operator", "").strip(),
            scanner=given.get("scanner", "").strip(),
            resolution=given.get("resolution", "").strip(),
            began_at=_moment(given.get("began_at", "")),
            ended_at=_moment(given.get("ended_at", "")),
            supplier=given.get("supplier", "").strip(),
            contract=given.get("contract", "").strip(),
            anomalies=given.get("anomalies", "").strip(),
        ),
        files=dict(zips.entries(content, name, limits)),
        index=index.read(),
        by=request.user.get_username(),
        at=timezone.now(),
    )


def _moment(text: str) -> datetime:
    try:
        return timezone.make_aware(datetime.fromisoformat(text))
    except ValueError:
        raise scans.ScanBatchNotReady(
            "New batch", "Beginning or end of the scanning is missing.", "Give day and hour of both."
        ) from None


@needs(Right.PAPER)
def batch(request: HttpRequest, code: str) -> HttpResponse:
    found = scan_batch(code)
    if found is None:
        raise Http404
    return render(request, "desk/paper/batch.html", {"batch": found})


@needs(Right.PAPER)
@require_POST
def sample(request: HttpRequest, code: str) -> HttpResponse:
    scans.sample_batch(code=code, seed=secrets.randbelow(_SEEDS), at=timezone.now())
    return redirect("desk:paper_batch", code)


@needs(Right.PAPER)
@require_POST
def compare(request: HttpRequest, code: str, paper_id: int) -> HttpResponse:
    scans.record_comparison(
        paper_id=paper_id,
        is_good=request.POST.get("outcome") == "good",
        note=request.POST.get("note", ""),
        by=request.user.get_username(),
        at=timezone.now(),
    )
    return redirect("desk:paper_batch", code)


@needs(Right.PAPER)
@require_POST
def attest(request: HttpRequest, code: str) -> HttpResponse:
    scans.attest_batch(code=code, by=_name(request), office="Archivio", at=timezone.now())
    return redirect("desk:paper_batch", code)


@needs(Right.PAPER)
@require_POST
def paper_propose(request: HttpRequest, code: str) -> HttpResponse:
    """Propose the destruction of what may go of a batch."""
    made = acts.propose_disposal(
        medium="paper",
        document_ids=proposable_papers(batch=code),
        reason=request.POST.get("reason", ""),
        by=request.user.get_username(),
        at=timezone.now(),
    )
    return redirect("desk:disposal", made.code)


@needs(Right.DISPOSAL)
def disposal_list(request: HttpRequest) -> HttpResponse:
    """The lists there are, and the documents whose years are over."""
    kind = request.GET.get("kind", "")
    due = due_for_disposal(as_of=timezone.now(), kind=kind)
    return render(request, "desk/paper/disposals.html", {"lists": disposals(), "due": due, "kinds": KINDS})


@needs(Right.DISPOSAL)
def disposal(request: HttpRequest, code: str) -> HttpResponse:
    found = disposals(code)
    if not found:
        raise Http404
    mine = request.user.get_username()
    row = found[0]
    context = {
        "row": row,
        "documents": documents_of_disposal(code),
        "may_approve": mine != row.proposed_by and mine not in {name for name, _ in row.approvals},
    }
    return render(request, "desk/paper/disposal.html", context)


@needs(Right.DISPOSAL)
@require_POST
def disposal_propose(request: HttpRequest) -> HttpResponse:
    """Propose the removal of documents whose retention is over."""
    made = acts.propose_disposal(
        medium="digital",
        document_ids=[int(text) for text in request.POST.getlist("document") if text.isdecimal()],
        reason=request.POST.get("reason", ""),
        by=request.user.get_username(),
        at=timezone.now(),
    )
    return redirect("desk:disposal", made.code)


@needs(Right.DISPOSAL)
@require_POST
def disposal_approve(request: HttpRequest, code: str) -> HttpResponse:
    acts.approve_disposal(code=code, by=request.user.get_username(), at=timezone.now())
    return redirect("desk:disposal", code)


@needs(Right.DISPOSAL)
@require_POST
def disposal_authorise(request: HttpRequest, code: str) -> HttpResponse:
    try:
        authorised_on = date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        authorised_on = timezone.localdate()
    acts.authorise_disposal(code=code, number=request.POST.get("number", ""), authorised_on=authorised_on)
    return redirect("desk:disposal", code)


@needs(Right.DISPOSAL)
@require_POST
def disposal_cancel(request: HttpRequest, code: str) -> HttpResponse:
    acts.cancel_disposal(
        code=code, by=request.user.get_username(), reason=request.POST.get("reason", ""), at=timezone.now()
    )
    return redirect("desk:disposal", code)


@needs(Right.DISPOSAL)
@require_POST
def disposal_execute(request: HttpRequest, code: str) -> HttpResponse:
    """Carry an approved list out; whoever else was there is named in the minutes."""
    with transaction.atomic():
        acts.execute_disposal(
            code=code,
            by=_name(request),
            at=timezone.now(),
            place=request.POST.get("place", ""),
            method=request.POST.get("method", ""),
            present=[name.strip() for name in request.POST.get("present", "").split(",") if name.strip()],
        )
    return redirect("desk:disposal", code)
