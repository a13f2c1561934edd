"""`pmt explain`: how a mark, a number, a row, a suspect or a change came about."""

from __future__ import annotations

import click

from postmortem_timeline.cli.text import tell


@click.command()
@click.argument("directory", metavar="DIR")
@click.argument("what", nargs=-1, required=True, metavar="WHAT")
def explain(directory: str, what: tuple[str, ...]) -> None:
    """Say how WHAT came about in the built folder DIR, from which records, what else was considered, how to override it.

    WHAT is a mark (impact_start), a duration (time_to_detect), a number (users.share, requests.failed, downtime), a row
    of the timeline (12), a citation (web-1/access.log:1042), a suspect (its name), or a change (change 1, or words of it).
    """
    from postmortem_timeline import Timeline

    tell(Timeline.load(directory).explain(" ".join(what)))
