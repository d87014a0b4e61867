"""``ppp dashboard`` and ``ppp doctor``."""

import os
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from .console import note, print_json

MARKS = {True: "ok  ", False: "BAD "}


def dashboard(
    port: Annotated[int, typer.Option("--port", metavar="N", min=1, max=65535)] = 8501,
) -> None:
    """Open the dashboard on this machine and print its address."""
    from ..dashboard import APP, check_port, dashboard_command, prepare

    check_port(port)
    prepare(note)
    print(f"PPP opens on http://localhost:{port} (Ctrl-C stops it)", flush=True)
    command = dashboard_command(port)
    os.chdir(APP.parent)
    os.execv(command[0], command)


def doctor(json: Annotated[bool, typer.Option("--json", help="print JSON")] = False) -> None:
    """Check that everything PPP needs is here and whole."""
    from ..doctor import examine

    checks = examine()
    if json:
        print_json([asdict(check) for check in checks])
    else:
        for check in checks:
            print(f"{MARKS[check.ok]}{check.name}: {check.told}")
    if not all(check.ok for check in checks):
        sys.exit(1)
