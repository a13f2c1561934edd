"""Evidence on a terminal: control characters made harmless, tables that fit the width."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from collections.abc import Sequence

import click

_NOT_IN_A_CELL = re.compile(r"[\s\x85]")


def say(text: str) -> None:
    """Print `text`, which may hold words of the evidence: nothing in it moves the cursor or colours the screen."""
    from postmortem_timeline.redact import clean

    click.echo(clean(text))


def tell(text: str) -> None:
    """As `say`, but what is wider than a terminal goes on at a blank on the next line; in a pipe lines stay whole."""
    say("\n".join(map(_wrapped, text.split("\n"))) if sys.stdout.isatty() else text)


def _wrapped(line: str) -> str:
    hang = " " * (len(line) - len(line.lstrip()) + 2)
    width = shutil.get_terminal_size((80, 24)).columns
    if len(line) <= width:
        return line
    return textwrap.fill(line, width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)


def table(head: Sequence[str], rows: Sequence[Sequence[object]], *, give: int) -> str:
    """Columns side by side, numbers to the right; column `give` gives way where the terminal is narrow."""
    cells = [[_NOT_IN_A_CELL.sub(" ", str("" if cell is None else cell)) for cell in row] for row in rows]
    widths = [max(len(line[i]) for line in [list(head), *cells]) for i in range(len(head))]
    spare = shutil.get_terminal_size((80, 24)).columns - sum(widths) - 2 * (len(widths) - 1)
    widths[give] = max(len(head[give]), 12, widths[give] + spare) if spare < 0 else widths[give]
    right = [bool(rows) and all(isinstance(row[i], int | float | None) for row in rows) for i in range(len(head))]
    return "\n".join(_line(line, widths, right) for line in [list(head), *cells])


def _line(line: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    short = (_shorten(cell, width) for cell, width in zip(line, widths, strict=True))
    fitted = zip(short, widths, right, strict=True)
    return "  ".join(cell.rjust(width) if to_right else cell.ljust(width) for cell, width, to_right in fitted).rstrip()


def _shorten(cell: str, width: int) -> str:
    """The beginning of a sentence is kept; of a path both ends, which say more than its middle."""
    if len(cell) <= width:
        return cell
    if " " in cell.strip():
        return cell[: width - 1].rstrip() + "…"
    tail = (width - 1) * 2 // 3
    return cell[: width - 1 - tail] + "…" + cell[len(cell) - tail :]
