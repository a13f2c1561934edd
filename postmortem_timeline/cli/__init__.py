"""The command line: it translates options into one public call and prints what comes back.

Nothing heavy is imported before a command runs.
"""

from __future__ import annotations

import click

from postmortem_timeline._version import __version__
from postmortem_timeline.cli.archive import archive
from postmortem_timeline.cli.build import build
from postmortem_timeline.cli.check import check
from postmortem_timeline.cli.demo import demo
from postmortem_timeline.cli.explain import explain
from postmortem_timeline.cli.faults import Program
from postmortem_timeline.cli.formats import formats
from postmortem_timeline.cli.inspect import inspect
from postmortem_timeline.cli.parse import parse
from postmortem_timeline.cli.report import report
from postmortem_timeline.cli.show import show
from postmortem_timeline.cli.similar import similar


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="pmt")
def main() -> None:
    """Turn the exports of an incident into a timeline, its impact and a postmortem.

    Exit status: 0 done, 1 a check failed, 2 bad usage or nothing readable, 3 our own fault.
    """


for command in (demo, inspect, parse, build, show, explain, report, check, archive, similar, formats):
    main.add_command(command)
