"""`pmt report`: the documents again, without parsing again."""

from __future__ import annotations

from pathlib import Path

import click

from postmortem_timeline.cli.options import PROFILE, REDACT
from postmortem_timeline.cli.text import say, tell

KINDS = ["timesketch-csv", "timesketch-jsonl", "mermaid"]


@click.command()
@click.argument("directory", metavar="DIR")
@click.option("--export", "exports", multiple=True, type=click.Choice(KINDS),
              help="Also write timesketch.csv, timesketch.jsonl or timeline.mmd (repeatable).")  # fmt: skip
@PROFILE
@REDACT
def report(directory: str, exports: tuple[str, ...], redact: bool, profile: str | None) -> None:
    """Write the documents of DIR again after an edit of its incident.toml.

    What people wrote into postmortem.md stays. Where there is other text now for a part that they changed, the fresh
    document lies beside it as postmortem.generated.md.
    """
    from postmortem_timeline import Timeline, report

    report(directory, redact=redact, exports=exports)
    tell(f"Written to {directory}: report.html, postmortem.md")
    if (Path(directory) / "postmortem.generated.md").exists():
        tell("Parts of postmortem.md are yours and would read otherwise now: compare with postmortem.generated.md")
    if profile:
        say(Timeline.load(directory).as_counted_by(profile))
