"""The engines by name: what a format's `engine` key means."""

from __future__ import annotations

from collections.abc import Iterator

from postmortem_timeline.formats.model import Format
from postmortem_timeline.parsing import below, delimited, generic, jsonl, layouts, logfmt, ltsv, paragraphs, w3c, zoned
from postmortem_timeline.parsing.batch import Batch
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.text import Bools, Lines

ENGINES = {
    "dissect": layouts, "jsonl": jsonl, "logfmt": logfmt, "ltsv": ltsv, "delimited": delimited, "w3c": w3c,
    "paragraphs": paragraphs, "generic": generic,
}  # fmt: skip
GENERIC = Format(
    generic.NAME, "", "any text with times in it", "generic", "log", "generic", continues=("indented", "traceback"),
)  # fmt: skip


def claims(fmt: Format, lines: Lines, context: SourceContext) -> Bools:
    """Which lines start a record of the format."""
    return ENGINES[fmt.engine].claims(fmt, lines, context)


def parse(fmt: Format, lines: Lines, context: SourceContext) -> Iterator[Batch]:
    """The batches of the lines that are records of the format."""
    if fmt.below is not None or fmt.later is not None:
        return below.parse(fmt, lines, context)
    if fmt.zone_named:
        return zoned.parse(fmt, lines, context)
    return ENGINES[fmt.engine].parse(fmt, lines, context)
