"""`pmt build`: exports to timeline, incident and documents."""

from __future__ import annotations

from typing import Any

import click

from postmortem_timeline.cli.options import OUTPUT, PATHS, PROFILE, REDACT, incident_options
from postmortem_timeline.cli.progress import progress_bar
from postmortem_timeline.cli.text import say, tell


@click.command()
@PATHS
@OUTPUT
@incident_options
@PROFILE
@REDACT
def build(
    paths: tuple[str, ...], output: str, annotations: str | None, redact: bool, profile: str | None, **options: Any
) -> None:
    """Write the timeline and the postmortem of PATH... into a folder.

    PATH is a file, a folder, an archive, or - for standard input.
    """
    from postmortem_timeline import build_timeline
    from postmortem_timeline.annotations import find

    known = annotations or find(output)
    with progress_bar("reading") as progress:
        timeline = build_timeline(list(paths), annotations=known, progress=progress, **options)
    timeline.save(output, redact=redact)
    say(timeline.headline())
    if profile:
        say(timeline.as_counted_by(profile))
    tell(f"Written to {output}: report.html, postmortem.md, incident.json, timeline.csv and .parquet, evidence.parquet")
