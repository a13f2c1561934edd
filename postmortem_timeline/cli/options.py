"""Options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

PATHS = click.argument("paths", nargs=-1, required=True, metavar="PATH...")
OUTPUT = click.option("-o", "--output", required=True, metavar="DIR", help="Folder to write into.")
ANNOTATIONS = click.option("--annotations", metavar="FILE", help="What you know better; DIR/incident.toml by default.")
SINCE = click.option("--since", metavar="TIME", help="The incident begins here; a bare time is UTC.")
UNTIL = click.option("--until", metavar="TIME", help="The incident ends here; a bare time is UTC.")
SLO = click.option("--slo", metavar="SHARE", help="Availability goal, like 99.9%, for the error budget.")
FAILED = click.option(
    "--failed", multiple=True, metavar="STATUS", help="What counts as failed: 503, 5xx, 500-504 (repeatable).",
    callback=lambda _ctx, _option, given: list(given) or None,
)  # fmt: skip
THREADS = click.option("--threads", type=click.IntRange(min=1), metavar="N", help="Default: all cores.")


def incident_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What bounds and judges the incident, for `build`."""
    for option in (THREADS, FAILED, SLO, UNTIL, SINCE, ANNOTATIONS):
        command = option(command)
    return command
