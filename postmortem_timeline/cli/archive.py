"""`pmt archive`: the memory of past incidents."""

from __future__ import annotations

from pathlib import Path

import click

from postmortem_timeline.cli.faults import CHECK_FAILED
from postmortem_timeline.cli.options import ARCHIVE, KEPT
from postmortem_timeline.cli.text import say, table, tell


@click.group()
def archive() -> None:
    """Keep past incidents, and see what they have in common and add up to."""


@archive.command()
@click.argument("directory", metavar="DIR")
@ARCHIVE
def add(directory: str, archive: str) -> None:
    """Keep the incident that `pmt build` wrote into DIR."""
    from postmortem_timeline import Archive

    say(f"Kept as {Archive(archive).add(directory)}")


@archive.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE.md...")
@ARCHIVE
def import_(files: tuple[str, ...], archive: str) -> None:
    """Keep postmortems that people wrote in Markdown, files or folders of them."""
    from postmortem_timeline import Archive

    names = Archive(archive).import_markdown(files)
    say("\n".join(f"Kept as {name}" for name in names))


@archive.command("list")
@KEPT
def list_(archive: str) -> None:
    """List the incidents, the earliest first."""
    from postmortem_timeline import Archive
    from postmortem_timeline.archive.listing import HEAD, rows

    say(table(HEAD, rows(Archive(archive).incidents()), give=6))


@archive.command()
@click.argument("name", metavar="INCIDENT")
@KEPT
def show(name: str, archive: str) -> None:
    """Print the postmortem of one; the beginning of its name will do."""
    from postmortem_timeline import Archive

    say(Archive(archive).postmortem(name))


@archive.command()
@click.option("--as-of", metavar="DAY", help="Count actions due before this day as overdue.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--html", "page", metavar="FILE", help="Write a page instead.")
@KEPT
def trends(as_of: str | None, as_json: bool, page: str | None, archive: str) -> None:
    """Show counts, downtime, times to each mark with their spread, repeats and open actions."""
    from postmortem_timeline import Archive

    found = Archive(archive).trends(as_of=as_of)
    if page:
        Path(page).write_text(found.to_html(), encoding="utf-8")
    say(f"Written to {page}" if page else (found.to_json() if as_json else found.to_text()).rstrip())


@archive.command()
@KEPT
@click.pass_context
def check(ctx: click.Context, archive: str) -> None:
    """List what is wrong in the archive; exit status 1 if anything is."""
    from postmortem_timeline import Archive

    findings = Archive(archive).check()
    tell("\n".join(f"{name}: {finding}" for name, finding in findings) or "Nothing is wrong.")
    ctx.exit(CHECK_FAILED if findings else 0)
