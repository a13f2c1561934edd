"""The records among the lines of a block: which format claims each line, and which lines are structure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from postmortem_timeline.ingest import engines
from postmortem_timeline.ingest.detect import Plan
from postmortem_timeline.parsing import delimited, w3c
from postmortem_timeline.parsing.batch import Batch
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.continuation import owners
from postmortem_timeline.parsing.delimited import joined_rows
from postmortem_timeline.parsing.text import Bools, Lines, has_literal

JOINING = ("delimited", "paragraphs")  # engines that join the lines of a record themselves
Claims = npt.NDArray[np.int32]  # for each line the number of the format that claims it, or -1


def records(lines: Lines, blank: Bools, plan: Plan, context: SourceContext) -> tuple[list[Batch], Claims]:
    """The batches of all formats of the plan, and for each line the number of the format that claimed it."""
    claimed = np.full(len(lines), -1, np.int32)
    inside = np.zeros(len(lines), bool)  # later lines of a record that a format joined itself
    batches: list[Batch] = []
    for number, fmt in enumerate(plan.formats):
        free = _free(lines, blank, plan, claimed, inside, number)
        for batch in engines.parse(fmt, lines.take(free), context) if len(free) else ():
            batch.rows = free[batch.rows]
            claimed[batch.rows] = number
            inside |= joined_rows(batch, len(lines))
            batches.append(batch)
    return batches, claimed


def claims(lines: Lines, blank: Bools, plan: Plan, context: SourceContext) -> Claims:
    """As `records`, without the batches."""
    claimed = np.full(len(lines), -1, np.int32)
    inside = np.zeros(len(lines), bool)
    for number, fmt in enumerate(plan.formats):
        free = _free(lines, blank, plan, claimed, inside, number)
        if not len(free):
            continue
        if fmt.engine in JOINING:
            for batch in engines.parse(fmt, lines.take(free), context):
                batch.rows = free[batch.rows]
                claimed[batch.rows] = number
                inside |= joined_rows(batch, len(lines))
        else:
            claimed[free[engines.claims(fmt, lines.take(free), context)]] = number
    return claimed


def _free(lines: Lines, blank: Bools, plan: Plan, claimed: Claims, inside: Bools, number: int) -> npt.NDArray[np.intp]:
    """The lines that format `number` of the plan may claim."""
    free = (claimed < 0) & ~inside
    if plan.formats[number].engine not in JOINING:  # a quoted cell may hold blank lines
        free &= ~blank
    if plan.formats[number] is engines.GENERIC and number:  # what continues a record is not a record of its own
        free &= owners(claimed, lines, blank, [f.continues for f in plan.formats[:number]]) < 0
    return np.flatnonzero(free)


def header_rows(lines: Lines, plan: Plan) -> npt.NDArray[np.intp]:
    """Lines that are structure, not records: a delimited file's header or directives, wherever they are repeated."""
    if not plan.header or not len(lines):
        return np.zeros(0, np.intp)
    if plan.header[0].startswith(w3c.FIELDS):
        return np.flatnonzero(w3c.marked(lines))
    name = plan.header[0].encode()
    alike = np.zeros(len(lines), bool)
    for head in (name, b'"' + name, b"\xef\xbb\xbf" + name):
        alike |= has_literal(lines.text, lines.start, lines.end, head)
    alike[0] = True
    rows = []
    for row in np.flatnonzero(alike).tolist():
        text = lines.text.slice(int(lines.start[row]), int(lines.end[row])).decode("utf-8", "replace")
        if delimited.header_of(text, plan.delimiter) == plan.header:
            rows.append(row)
    return np.array(rows, np.intp)
