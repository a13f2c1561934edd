"""`pmt inspect`: what is in the exports, before anything is built."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from postmortem_timeline.cli.options import FORMATS, PATHS
from postmortem_timeline.cli.progress import progress_bar
from postmortem_timeline.cli.text import table, tell

HEAD = ("  format", "records", "unparsed", "span (UTC)", "zone")


@click.command()
@PATHS
@FORMATS
@click.option("--json", "as_json", is_flag=True, help="The ledger as JSON.")
def inspect(paths: tuple[str, ...], formats: list[str] | None, as_json: bool) -> None:
    """Say what is in PATH...: source, format, records, unparsed, span, zone, doubts."""
    from postmortem_timeline import inspect

    with progress_bar("reading") as progress:
        ledger = inspect(list(paths), formats=formats, progress=progress)
    if as_json:
        click.echo(ledger.to_json())
    else:
        tell("\n".join(_overview(json.loads(ledger.to_json()))))


def _overview(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Per source its path, a line of numbers, and its doubts; a path of any length leaves the numbers in line."""
    head, *numbers = table(HEAD, [_cells(row) for row in rows], give=0).splitlines()
    yield f"source\n{head}"
    for row, line in zip(rows, numbers, strict=True):
        yield f"{row['source']}\n{line}"
        yield from (f"  ! {note['message'] if isinstance(note, dict) else note}" for note in row["notes"])


def _cells(row: dict[str, Any]) -> tuple[object, ...]:
    span = _span(row["first"], row["last"]) if row["first"] and row["last"] else ""
    return (f"  {row['format'] or '-'}", row["records"], row["unparsed"], span, row.get("zone"))


def _span(first: str, last: str) -> str:
    """`2025-07-15 17:00..18:40`: of the end only what differs."""
    start, end = (moment[:16].replace("T", " ") for moment in (first, last))
    shared = 11 if start[:10] == end[:10] else 5 if start[:4] == end[:4] else 0
    return f"{start}..{end[shared:]}"
