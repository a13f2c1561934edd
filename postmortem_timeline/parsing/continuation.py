"""What may continue a record: indented lines, and the shapes of tracebacks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.parsing.batch import Spans
from postmortem_timeline.parsing.text import Bools, Lines

# Lines of tracebacks that are not indented: of Python, Java, Go, Node, .NET, Ruby, PHP and Rust.
NAMED = (
    "Error|Exception|Warning|Fault|Failure|Interrupt|Exit|Throwable|Abort|Iteration|Timeout|Expired|Refused|Denied"
    "|NotFound"
)
TRACEBACK = (
    r"^(Traceback \(most recent|During handling of the above|The above exception was|Caused by:|Suppressed:|Wrapped by:"
    r"|\.\.\. [0-9]+ (more|common)|goroutine [0-9]+|panic: |fatal error: |created by |runtime\.|exit status |\[signal "
    r"|\[recovered\]|--- End of |Unhandled exception|Stack trace:|stack backtrace:|thread '.*' panicked at|called `(?:Result|Option)::"
    r"|PHP message: |PHP Stack trace:|PHP +[0-9]+\. "
    r"|[\w.-]*/[0-9]{1,3}(?:\.[0-9]{1,3}){3}:"  # Java's addresses, one a line: localhost/127.0.0.1:[...]
    r"|note: run with|Node\.js v[0-9]|#[0-9]+ |(?:node:|file:)?[\w./@-]*[./][\w/-]+:[0-9]+(?::|$)"
    r"|! ?(?:at |[\w.$]+(?:[:(]|$)|\.\.\. |$)"  # Dropwizard marks the lines of a stack trace
    r"|(?:Error|Exception|Uncaught [\w ]*(?:Error|Exception)): |Exception in thread "
    r"|[\w.$/*~@%-]+\([^\s]*.*\)(?: \+0x[0-9a-f]+)?$"
    rf"|(?:[A-Za-z_$][\w$]*[.:/]+)*[A-Za-z_$][\w$]*(?:{NAMED})\b(?:[:( \[]|$)"
    r"|(?:[A-Za-z_][\w$]*\.)+[A-Za-z_][\w$]*(?:: |$)|\^+$|\{$|[})\]]+;?$)"
)


def shapes(lines: Lines, kinds: tuple[str, ...]) -> Bools:
    """Which lines have a shape that may continue a record of a format that allows `kinds`."""
    if "any" in kinds:
        return np.ones(len(lines), bool)
    first = lines.text.buf[lines.start]
    indented = ((first == 32) | (first == 9)) & (lines.end > lines.start)
    ok = indented.copy() if kinds else np.zeros(len(lines), bool)
    if "traceback" in kinds:
        rest = np.flatnonzero(~indented)
        if len(rest):
            texts: pa.Array = Spans(
                lines.text, lines.start[rest], np.minimum(lines.end[rest], lines.start[rest] + 400)
            ).arrow()
            ok[rest] |= pc.match_substring_regex(texts.cast(pa.large_binary()), TRACEBACK).to_numpy(
                zero_copy_only=False
            )
    return ok


def owners(
    claimed: npt.NDArray[np.int32],
    lines: Lines,
    blank: Bools,
    allowed: list[tuple[str, ...]],
    apart: Bools | None = None,
) -> npt.NDArray[np.int64]:
    """For each line the row of the record that it continues, or -1.

    `claimed` holds for each line the number of the format that its record belongs to (-1: none); `allowed` what may
    continue the records of each; `apart` the lines that have nothing to do with the line before (another stream).
    A line that continues nothing ends the record for all that follow.
    """
    n = len(lines)
    rows = np.arange(n)
    last = np.maximum.accumulate(np.where(claimed >= 0, rows, -1)) if n else rows
    free = (claimed < 0) & ~blank & (last >= 0)
    fits = np.zeros(n, bool)
    for number, kinds in enumerate(allowed):
        if kinds:
            mine = np.flatnonzero(free & (claimed[np.maximum(last, 0)] == number))
            if len(mine):
                fits[mine] = shapes(lines.take(mine), kinds)
    ends = (claimed < 0) & ~blank & ~fits
    if apart is not None:
        ends |= apart & (claimed < 0)
        fits &= ~apart
    broken = np.maximum.accumulate(np.where(ends, rows, -1)) if n else rows
    return np.where(fits & (broken < last), last, -1)
