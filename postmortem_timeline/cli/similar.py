"""`pmt similar`: has this happened before?"""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from postmortem_timeline.cli.options import KEPT
from postmortem_timeline.cli.text import tell


@click.command()
@click.argument("directory", metavar="DIR|FILE.md|INCIDENT")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@KEPT
def similar(directory: str, as_json: bool, archive: str) -> None:
    """Show past incidents that are like the one in DIR, why, what mended them and what is still open.

    A report in Markdown or an incident of the archive will do too.
    """
    from postmortem_timeline import Archive

    found = Archive(archive).similar(directory)
    if as_json:
        return click.echo(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
    blocks = [
        f"{one.score:.2f}  {one.name}\n  {one.sentence}" + (f"\n  Earlier fix: {one.fix}" if one.fix else "")
        for one in found
    ]
    tell("\n\n".join(blocks) or "Nothing like it is in the archive.")
