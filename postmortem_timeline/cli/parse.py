"""`pmt parse`: the event frame as a file; raw, nothing redacted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from postmortem_timeline.cli.faults import Refused
from postmortem_timeline.cli.options import FORMATS, PATHS
from postmortem_timeline.cli.progress import progress_bar

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".parquet", ".jsonl", ".csv")


@click.command()
@PATHS
@click.option("-o", "--output", required=True, metavar="FILE", help="A .parquet, .jsonl or .csv file to write.")
@click.option("--annotations", metavar="FILE", help="An incident.toml with zones and clocks.")
@FORMATS
def parse(paths: tuple[str, ...], output: str, annotations: str | None, formats: list[str] | None) -> None:
    """Write the events of PATH... as one frame. Raw: names and secrets are in it."""
    from postmortem_timeline import read

    if Path(output).suffix not in SUFFIXES:
        raise Refused(f"{output}: the name must end with {', '.join(SUFFIXES)}")
    with progress_bar("reading") as progress:
        events = read(list(paths), annotations=annotations, formats=formats, progress=progress)
    write(events, output)
    click.echo(f"{len(events)} events written to {output}")


def write(events: pd.DataFrame, output: str) -> None:
    """The frame in the form that the file's name asks for; times are RFC 3339 in text."""
    if output.endswith(".parquet"):
        return events.to_parquet(output, index=False)
    timed = events.assign(timestamp=events["timestamp"].dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    if output.endswith(".csv"):
        return timed.to_csv(output, index=False)
    timed.to_json(output, orient="records", lines=True, force_ascii=False)
