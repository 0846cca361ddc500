"""`sorgente serve`: the embedded database if none is named, the web and one worker for queued jobs."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from sorgente.interfaces.commands.django_setup import start_django


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--no-worker", action="store_true", help="serve pages only; start workers elsewhere")


def run(arguments: argparse.Namespace) -> int:
    # Links in messages lead to this server unless the settings name the address people use.
    os.environ.setdefault("SORGENTE_SITE", f"http://{arguments.host}:{arguments.port}")
    start_django()
    import uvicorn
    from django.core.management import call_command

    from sorgente.tickets.adapters.classifier import model_in_use

    call_command("migrate", verbosity=0)
    # Learnt here if it is not there yet: nobody who writes to us waits for it.
    model_in_use()
    worker = None
    if not arguments.no_worker:
        worker = subprocess.Popen(
            [sys.executable, "-m", "sorgente.interfaces.commands.main", "manage", "procrastinate", "worker"]
        )
    print(f"Sorgente: http://{arguments.host}:{arguments.port}/  (Ctrl+C stops it)", flush=True)
    try:
        uvicorn.run(
            "sorgente.config.asgi:application",
            host=arguments.host,
            port=arguments.port,
            log_level="warning",
            log_config=None,  # ours, which leaves persons out
            server_header=False,
        )
    finally:
        if worker is not None:
            worker.terminate()
            worker.wait(timeout=20)
    return 0
