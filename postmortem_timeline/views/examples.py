"""Patterns read as their first record does: `took <*>` becomes `took 512 ms`, what is private stays hidden."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from postmortem_timeline.redact import clean, redact
from postmortem_timeline.views.wording import short

MASK = "<*>"
FAULT = " | "  # what stands between a record's first line and the fault of its traceback
LONGEST, HALF = 240, 130  # characters of a summary, and of what is on a side of the bar
VALUE = 200  # characters that one mask may stand for
TAIL = 80  # characters of what follows a pattern that ends in a mask
LOGGER = re.compile(r" \([\w.$]+\)$")  # who logs it, behind the message
FEW = 3  # words: a message of no more says little
FIELDS = ("exception", "exc_info", "error", "err", "stack_trace", "stacktrace", "traceback", "cause")
COUNTED = re.compile(r" \((?:x[\d,]+|and [\d,]+ more lines?)\)$")


def with_examples(rows: Sequence[Mapping[str, Any]], quotes: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows, masks in their summaries filled in from the first record that they cite."""
    out = []
    for row in rows:
        record = next((str(quotes[c]["text"]) for c in row.get("citations") or () if c in quotes), "")
        out.append({**row, "summary": example(str(row.get("summary") or ""), record)})
    return out


def example(summary: str, record: str) -> str:
    """`summary`, its pattern (all that follows the first colon) as `record` has it; dots where it does not fit."""
    count = COUNTED.search(summary)
    head, colon, pattern = (summary[: count.start()] if count else summary).partition(": ")
    if colon and FAULT not in pattern and re.search(r"\berrors? in ", head):
        pattern = _with_fault(pattern, record)
    if MASK in summary:
        pattern = _filled(pattern, record) if colon else pattern
        head, pattern = head.replace(MASK, "…"), pattern.replace(MASK, "…")
    first, bar, fault = pattern.partition(FAULT)
    said = (
        short(head + colon + first, HALF) + FAULT + short(fault, HALF)
        if bar
        else short(head + colon + pattern, LONGEST)
    )
    return said + (count.group() if count else "")


def _filled(pattern: str, record: str) -> str:
    first, bar, fault = pattern.partition(FAULT)
    for text in _texts(record):
        lines = text.split("\n")
        found = _fit(first, " ".join(lines[0].split()))
        if found is not None:
            below = (
                next((f for line in reversed(lines[1:]) if (f := _fit(fault, " ".join(line.split())))), None)
                if bar
                else None
            )
            return redact(clean(found + (FAULT + (below or fault) if bar else "")))
    return pattern


def _with_fault(pattern: str, record: str) -> str:
    """A message that says little ("request failed") with the fault that its record holds in a field of its own."""
    start = record.find("{")
    if start < 0 or len(pattern.replace(MASK, "").split()) > FEW:
        return pattern
    try:
        value, _ = json.JSONDecoder().raw_decode(record[start:])
    except ValueError:
        return pattern
    found = next((t for t in _faults(value) if t.strip()), "")
    line = next((line.strip() for line in reversed(found.splitlines()) if line.strip()), "")
    return pattern + FAULT + redact(clean(line)) if line and line not in pattern else pattern


def _faults(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name in FIELDS:
            inner = value.get(name)
            yield from ([inner] if isinstance(inner, str) else _faults(inner))
        for name in ("message", "msg", "type"):
            if isinstance(value.get(name), str) and not any(
                key in value for key in ("level", "timestamp", "time", "ts")
            ):
                yield value[name]


def _texts(record: str) -> Iterator[str]:
    """The record, and the texts that are wrapped in it as JSON (which a CSV may have quoted)."""
    start = record.find("{")
    if start >= 0:
        for raw in (record[start:], record[start:].replace('""', '"')):
            try:
                value, _ = json.JSONDecoder().raw_decode(raw)
            except ValueError:
                continue
            yield from (text for leaf in _leaves(value) for text in _texts(leaf))
            break
    yield record


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)


def _fit(pattern: str, text: str) -> str | None:
    """The passage of `text` that `pattern` masks; found from its longest literal outwards, so that it is the tightest.

    text      [16:36:55] ERROR [fetch-0-1], Error for partition 34 to broker 1
    pattern                    [<*>], Error for partition <*> to broker <*>
    """
    literals = pattern.split(MASK)
    anchor = max(range(len(literals)), key=lambda place: len(literals[place]))
    if not literals[anchor].strip():
        return None
    start = text.find(literals[anchor])
    if start < 0:
        return None
    end = start + len(literals[anchor])
    for place in range(anchor + 1, len(literals)):
        following = _after(text, end, literals[place], last=place == len(literals) - 1)
        if following is None:
            return None
        end = following
    for place in range(anchor - 1, -1, -1):
        preceding = _before(text, start, literals[place])
        if preceding is None:
            return None
        start = preceding
    return text[start:end]


def _after(text: str, end: int, literal: str, *, last: bool) -> int | None:
    if last and not literal:
        text = LOGGER.sub("", text)
        rest = text[end:]
        return len(text) if len(rest) <= TAIL else end + len(rest.split(" ", 1)[0])
    at = text.find(literal, end)
    return at + len(literal) if 0 <= at - end <= VALUE else None


def _before(text: str, start: int, literal: str) -> int | None:
    if not literal:  # the pattern begins with a mask: one word
        return text.rfind(" ", 0, start) + 1
    at = text.rfind(literal, 0, start)
    return at if at >= 0 and start - at - len(literal) <= VALUE else None
