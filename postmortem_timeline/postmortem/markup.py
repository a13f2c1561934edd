"""Text of any origin as GitHub-flavoured Markdown: escaped, in code spans, in tables, or as a blank for people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

BLANK = "_[to be filled: {}]_"

# What Markdown would take for its own; underscores inside words are left, GitHub's dialect ignores them there.
SPECIAL = re.compile(r"([\\`*\[|~]|(?<!\w)_|_(?!\w))")
UNMEASURED = re.compile(r"\\(\[not measured: [^\[\]()]*\])(?![(\[])")
SHOWN = 3


def blank(prompt: str) -> str:
    return BLANK.format(prompt)


def escape(text: str) -> str:
    """Text of any origin as Markdown that reads the same: no markup, no HTML, no cell breaks."""
    flat = re.sub(r"^>", "&gt;", " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;"))
    lead = " " if text[:1].isspace() else ""
    trail = " " if text[-1:].isspace() and flat else ""
    # A bare link would be made clickable; what a log says is not ours to link to.
    flat = re.sub(r"(?i)\b(https?|ftp)://", r"\1:&#47;&#47;", SPECIAL.sub(r"\\\1", flat))
    return lead + UNMEASURED.sub(r"\1", flat) + trail


def code(text: str) -> str:
    """A code span that holds any text, also in a table: the fence is longer than any run of backticks inside."""
    flat = " ".join(text.split()).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall(r"`+", flat)), default=0) + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(header)} |", f"|{'|'.join(' --- ' for _ in header)}|"]
    return "\n".join([*lines, *(f"| {' | '.join(cell or ' ' for cell in row)} |" for row in rows)])


def places(citations: Sequence[str], limit: int = SHOWN) -> str:
    more = f" +{len(citations) - limit}" if len(citations) > limit else ""
    return ", ".join(map(code, citations[:limit])) + more
