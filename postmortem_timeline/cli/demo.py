"""`pmt demo`: an outage to try it on, built in."""

from __future__ import annotations

from pathlib import Path

import click

from postmortem_timeline.cli.progress import progress_bar
from postmortem_timeline.cli.text import say


@click.command()
@click.argument("directory", default="pmt-demo", metavar="[DIR]")
def demo(directory: str) -> None:
    """Write the bundled incident's exports into DIR (./pmt-demo) and build it."""
    from postmortem_timeline import build_timeline
    from postmortem_timeline.annotations import find
    from postmortem_timeline.demo import write_exports

    exports, output = Path(directory, "exports"), Path(directory, "out")
    write_exports(exports)
    with progress_bar("reading") as progress:
        timeline = build_timeline([str(exports)], annotations=find(output), progress=progress)
    timeline.save(output)
    say(timeline.headline())
    say(f"exports     {exports}\nreport      {output / 'report.html'}\npostmortem  {output / 'postmortem.md'}")
