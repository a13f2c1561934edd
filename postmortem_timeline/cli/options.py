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
ARCHIVE = click.option("--archive", default="incidents", metavar="DIR", help="The archive; ./incidents by default.")
KEPT = click.option(  # for verbs that read it: a name that is mistyped is no archive without incidents
    "--archive", default="incidents", metavar="DIR", help="The archive; ./incidents by default.",
    callback=lambda _ctx, _option, given: _archive(given),
)  # fmt: skip
THREADS = click.option("--threads", type=click.IntRange(min=1), metavar="N", help="Default: all cores.")
FORMATS = click.option(
    "--formats", multiple=True, metavar="FILE", help="A .toml of your own format, or a folder of them (repeatable).",
    callback=lambda _ctx, _option, given: list(given) or None,
)  # fmt: skip
PROFILE = click.option(
    "--metric-profile", "profile", metavar="TOOL", callback=lambda _ctx, _option, given: _profile(given),
    help="Also the durations as pagerduty, datadog, rootly, firehydrant, dora or morgue counts them.",
)  # fmt: skip
REDACT = click.option(
    "--no-redact", "redact", flag_value=False, default=True,
    help="Names, secrets and addresses stay as the exports have them: for your eyes only.",
)  # fmt: skip


def incident_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What bounds and judges the incident, for `build`."""
    for option in (THREADS, FORMATS, FAILED, SLO, UNTIL, SINCE, ANNOTATIONS):
        command = option(command)
    return command


def _archive(given: str) -> str:
    from os.path import isdir

    if not isdir(given):
        raise click.BadParameter(f"no archive is at {given}; `pmt archive add DIR` begins one")
    return given


def _profile(given: str | None) -> str | None:
    from postmortem_timeline.views.profiles import PROFILES

    if given is not None and given not in PROFILES:
        raise click.BadParameter(f"one of {', '.join(PROFILES)}, not {given}")
    return given
