"""`sorgente bench bill_pdf`: two-page PDF/A-3 bills drawn, in processes, each with its e-invoice attached."""

from __future__ import annotations

import os
import time

from sorgente.billing.adapters.bill_pdf import bill_fonts, drawing_pool, render_bill
from sorgente.billing.adapters.einvoice import einvoice_progressive, einvoice_xml
from sorgente.billing.core.specimen import specimen_bill

_CHUNK = 20


def measure(size: int) -> tuple[int, float, str]:
    """Draw `size` bills; returns how many, the seconds, the unit. Data, e-invoice and QR are inside the clock."""
    processes = len(os.sched_getaffinity(0))
    with drawing_pool(processes) as pool:
        list(pool.map(_draw, range(processes * 2)))  # fonts and templates are read once a process
        began = time.perf_counter()
        drawn = sum(pool.map(_draw, range(size), chunksize=_CHUNK))
        seconds = time.perf_counter() - began
    return drawn, seconds, "bills/s"


def _draw(number: int) -> int:
    bill = specimen_bill(number)
    einvoice = einvoice_xml(bill, progressive=einvoice_progressive(number))
    return int(render_bill(bill, einvoice=einvoice, fonts=bill_fonts()).startswith(b"%PDF"))
