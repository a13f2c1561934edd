"""`pmt report`: the documents again, without parsing again."""

from __future__ import annotations

import click


@click.command()
@click.argument("directory", metavar="DIR")
def report(directory: str) -> None:
    """Write the documents of DIR again after an edit of its incident.toml."""
    from postmortem_timeline import report

    report(directory)
    click.echo(f"Written to {directory}: report.html, postmortem.md")
