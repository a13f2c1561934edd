"""`pmt show`: a citation's record, in its context."""

from __future__ import annotations

import click

from postmortem_timeline.cli.options import FORMATS
from postmortem_timeline.cli.text import say


@click.command()
@click.argument("citation")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-C", "--context", type=click.IntRange(min=0), metavar="N", default=3, help="Lines around it (3).")
@FORMATS
def show(citation: str, paths: tuple[str, ...], context: int, formats: list[str] | None) -> None:
    """Print the record that CITATION (source:line) names, as it stands in PATH. Raw."""
    from postmortem_timeline import show

    found = show(citation, list(paths), context=context, formats=formats)
    say(citation)
    for place, text, is_target in found:
        number = place.rpartition(":")[2].partition("#")[0]
        for line in text.split("\n"):
            say(f"{'>' if is_target else ' '} {number:>6}  {line}".rstrip())
            number = ""
