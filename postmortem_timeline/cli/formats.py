"""`pmt formats`: what is known, how each format sees a file, and a first draft of one for a file that nobody knows."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import click

from postmortem_timeline.cli.faults import Refused
from postmortem_timeline.cli.options import FORMATS
from postmortem_timeline.cli.text import say, table, tell

NEAREST, NEXT = 8, 2  # of the formats that match nothing, those that came farthest; and where one matches all


@click.group(invoke_without_command=True)
@click.pass_context
def formats(ctx: click.Context) -> None:
    """All known formats; `try FILE` shows how each sees it, `new FILE` drafts one."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_formats)


@formats.command("list")
@FORMATS
def list_formats(formats: list[str] | None = None) -> None:
    """All known formats by group: name, product, how they are read, samples."""
    from postmortem_timeline.formats.own import own_formats
    from postmortem_timeline.formats.registry import READ_AS, all_formats, using

    rows: list[tuple[object, ...]] = []
    with using(own_formats(formats)):
        known = all_formats()
    for group, members in groupby(known, key=lambda one: one.group):
        rows.append((group, None, None, None))
        rows += [(f"  {one.name}", one.title, READ_AS[one.engine], len(one.samples)) for one in members]
    say(table(("format", "product", "read as", "samples"), rows, give=1))
    say(f"\n{len(known)} formats; `pmt formats show NAME` says more of one")


@formats.command("show")
@click.argument("name", metavar="NAME")
@FORMATS
def show_format(name: str, formats: list[str] | None) -> None:
    """What NAME reads: its product, layouts or fields, columns, and why each of its samples is there."""
    from postmortem_timeline.formats.described import described
    from postmortem_timeline.formats.own import own_formats
    from postmortem_timeline.formats.registry import using

    with using(own_formats(formats)):
        tell(described(name))


@formats.command("try")
@click.argument("file", metavar="FILE")
@click.option("--all", "every", is_flag=True, help="Also the formats that come nowhere near.")
@FORMATS
def try_format(file: str, every: bool, formats: list[str] | None) -> None:
    """How each format sees FILE: confidence, share of records matched, and where it stopped."""
    from postmortem_timeline.formats.own import own_formats
    from postmortem_timeline.formats.registry import using
    from postmortem_timeline.ingest.trial import try_file

    with using(own_formats(formats, file)):
        trial = try_file(file, None if every else NEAREST)
    found = trial.rows
    surplus = NEAREST - NEXT if not every and found[0][1] == 1.0 else 0
    found = found[: len(found) - surplus]
    rows = [(name, f"{confidence:.2f}", f"{share:.0%}") for name, confidence, share, _ in found]
    head, *lines = table(("format", "confidence", "matched"), rows, give=0).splitlines()
    notes = (f"{line}\n    {note}" if note else line for line, (*_, note) in zip(lines, found, strict=True))
    tell("\n".join([head, *notes]))
    if trial.more:
        tell(f"{trial.more + surplus} more formats match nothing and stop earlier; --all shows them")


@formats.command("new")
@click.argument("file", metavar="FILE")
@click.option("-o", "--output", metavar="MY.toml", help="Where to write it; by default it is printed.")
def new_format(file: str, output: str | None) -> None:
    """Draft a format of your own from FILE, with samples of it: to be read, corrected and used with --formats."""
    from postmortem_timeline.drafting import draft

    if output and Path(output).exists():
        raise Refused(f"{output} is there already; give another name")
    drafted = draft(file, Path(output).stem if output else None)
    if not output:
        say(drafted.text)
        return
    Path(output).write_text(drafted.text, encoding="utf-8")
    tell(f"{output}: {drafted.said}\nIts samples are lines of {file}: put others in place of names and secrets.")
