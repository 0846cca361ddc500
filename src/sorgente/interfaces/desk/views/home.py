"""The dashboard."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sorgente.interfaces.desk import dashboard as figures
from sorgente.interfaces.desk.access import Right, may, needs


@needs(Right.DASHBOARD)
def dashboard(request: HttpRequest) -> HttpResponse:
    as_of = localdate()
    found = figures.figures(as_of=as_of)
    reads, payments = reverse("desk:reads"), reverse("desk:payments")
    span = f"from={found['start']}&to={as_of}"
    roads = {share.kind: share for share in found["payments"]}
    road_parts = [
        (_("Telelettura"), found["meters"]["radio"], f"{reads}?kind=radio&{span}"),
        (_("Lettura diretta"), found["meters"]["direct"], f"{reads}?kind=direct&{span}"),
    ]
    pay_parts = [
        (_("Addebito diretto"), roads["sdd"].payments, f"{payments}?kind=sdd&match=matched&{span}"),
        (_("pagoPA, nel circuito"), roads["pagopa"].payments, f"{payments}?kind=pagopa&match=matched&{span}"),
        (_("pagoPA, fuori circuito"), roads["transfer"].payments, f"{payments}?kind=transfer&match=matched&{span}"),
    ]
    actual = sum(row.actual for row in found["bills"])
    estimated = sum(row.estimated for row in found["bills"])
    return render(
        request,
        "desk/home/dashboard.html",
        {
            "as_of": as_of,
            "found": found,
            "work": figures.work(),
            "deadlines": figures.deadlines(as_of=as_of) if may(request, Right.QUALITY) else None,
            "documents": figures.documents() if may(request, Right.DOCUMENTS) else 0,
            "billed_cents": sum(row.billed_cents for row in found["bills"]),
            "collected_cents": sum(found["collected"].values()),
            "actual": actual,
            "bills": actual + estimated,
            "reads": sum(row.radio + row.reader + row.self_read for row in found["reads"]),
            "road_parts": road_parts,
            "road_whole": sum(count for _label, count, _address in road_parts),
            "pay_parts": pay_parts,
            "pay_whole": sum(count for _label, count, _address in pay_parts),
            "road_chart": figures.shares(road_parts),
            "pay_chart": figures.shares(pay_parts),
            "read_chart": figures.read_chart(found),
            "basis_chart": figures.basis_chart(found),
            "money_chart": figures.money_chart(found),
        },
    )
