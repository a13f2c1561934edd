"""The engines by name: what a format's `engine` key means."""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_timeline.formats.model import Format
from postmortem_timeline.parsing import delimited, generic, jsonl, layouts, logfmt
from postmortem_timeline.parsing.batch import Batch
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.text import Bools, Lines

ENGINES = {"dissect": layouts, "jsonl": jsonl, "logfmt": logfmt, "delimited": delimited, "generic": generic}
GENERIC = Format(
    generic.NAME, "", "any text with times in it", "generic", "log", "generic", continues=("indented", "traceback"),
)  # fmt: skip


def claims(fmt: Format, lines: Lines, context: SourceContext) -> Bools:
    """Which lines start a record of the format."""
    return ENGINES[fmt.engine].claims(fmt, lines, context)


def parse(fmt: Format, lines: Lines, context: SourceContext) -> Iterator[Batch]:
    """The batches of the lines that are records of the format."""
    return ENGINES[fmt.engine].parse(fmt, lines, context)
