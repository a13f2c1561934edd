"""The level of a message that no format reads, by a word that cannot mean anything else: `ERROR`, `[warn]`, `level=info`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.parsing.batch import Batch, Column, Numbers, encode
from postmortem_timeline.parsing.layouts import severities

REACH = 120  # characters of a message in which its level is looked for
_WORDS = "TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|CRIT|CRITICAL|FATAL|SEVERE|EMERG|ALERT|PANIC"
PATTERNS = (
    rf"""(?:^|[\s\[|(<"':])(?P<level>{_WORDS})(?:[\s\]|):>"',]|$)""",
    rf"(?i)(?:^\s*|\[)(?P<level>{_WORDS})(?:\]|: )",
    rf"""(?i)\b(?:log_?)?(?:level|severity|lvl)["']?\s?[=:]\s?["']?(?P<level>{_WORDS})\b""",
)


def worded(batch: Batch, column: str) -> Batch:
    """The batch, the severity taken from the words of `column` where its records carry none."""
    told = _getter(batch, "severity_text")
    if not batch.has(column) or (told is None and batch.has("severity_number")):
        return batch
    number = _getter(batch, "severity_number")
    for name in ("severity_text", "severity_number"):
        batch.done.pop(name, None)
    batch.thunks["severity_text"] = lambda: _levels(batch, column, told)
    batch.thunks["severity_number"] = lambda: _numbers(batch, number)
    return batch


def _getter(batch: Batch, name: str) -> Callable[[], Column] | None:
    """What gives a column now, whatever is put in its place later."""
    done = batch.done.get(name)
    return (lambda: done) if done is not None else batch.thunks.get(name)


def _numbers(batch: Batch, before: Callable[[], Column] | None) -> Numbers:
    found = severities(batch.column("severity_text"), {})
    old = before() if before else None
    return Numbers(np.where(old.values == 0, found.values, old.values)) if isinstance(old, Numbers) else found


def _levels(batch: Batch, column: str, told: Callable[[], Column] | None) -> Column:
    before = told().arrow().cast(pa.string()) if told else None
    if before is not None and not before.null_count:
        return encode(before)
    said = batch.arrow(column)
    assert said is not None
    heads = pc.utf8_slice_codeunits(said.cast(pa.large_string()), 0, REACH)
    found = [_level(heads, pattern) for pattern in PATTERNS]
    return encode(pc.coalesce(*([before] if before is not None else []), *found))


def _level(heads: pa.Array, pattern: str) -> pa.Array:
    found = pc.extract_regex(heads, pattern=pattern)
    return pc.if_else(found.is_valid(), found.field("level").cast(pa.string()), pa.scalar(None, pa.string()))
