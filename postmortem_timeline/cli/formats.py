"""`pmt formats`: what is known, and how each format sees a file."""

from __future__ import annotations

from itertools import groupby

import click

from postmortem_timeline.cli.text import say, table, tell

NEAREST = 8  # of the formats that match nothing, those that came farthest


@click.group(invoke_without_command=True)
@click.pass_context
def formats(ctx: click.Context) -> None:
    """All known formats; `try FILE` shows how each sees it."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_formats)


@formats.command("list")
def list_formats() -> None:
    """All known formats by group: name, title, engine, samples."""
    from postmortem_timeline.formats.registry import all_formats

    rows: list[tuple[object, ...]] = []
    for group, members in groupby(all_formats(), key=lambda known: known.group):
        rows.append((group, None, None, None))
        rows += [(f"  {one.name}", one.title, one.engine, len(one.samples)) for one in members]
    say(table(("format", "product", "engine", "samples"), rows, give=1))


@formats.command("try")
@click.argument("file", metavar="FILE")
@click.option("--all", "every", is_flag=True, help="Also the formats that come nowhere near.")
def try_format(file: str, every: bool) -> None:
    """How each format sees FILE: confidence, share of records matched, and where it stopped."""
    from postmortem_timeline.ingest.trial import try_file

    known = try_file(file)
    fitting = sum(share > 0 for _, _, share, _ in known)
    found = known if every else known[: fitting + NEAREST]
    rows = [(name, f"{confidence:.2f}", f"{share:.0%}") for name, confidence, share, _ in found]
    head, *lines = table(("format", "confidence", "matched"), rows, give=0).splitlines()
    notes = (f"{line}\n    {note}" if note else line for line, (*_, note) in zip(lines, found, strict=True))
    tell("\n".join([head, *notes]))
    if len(found) < len(known):
        tell(f"{len(known) - len(found)} more formats match nothing and stop earlier; --all shows them")
