"""Rewrites the expected events of a format file's samples; all else in it stays byte for byte."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

HEAD = "[[samples]]"
QUOTES = re.compile(r'"""|\'\'\'')
KEY = re.compile(r"^(text|events)\s*=")
# Three quotes would end the string around the events; the others TOML refuses or nobody sees.
HIDDEN = {"'''": r"''\u0027", "\x7f": r"\u007f", "\ufeff": r"\ufeff", "\u2028": r"\u2028", "\u2029": r"\u2029"}


def rewrite(file: str, expected: Sequence[Sequence[dict[str, Any]]]) -> str:
    """The text of a format file with the events of each sample written anew, one a line, behind the sample's text."""
    head, *samples = _cut(file)
    if len(samples) != len(expected):
        raise ValueError(f"the file has {len(samples)} samples, events came for {len(expected)}")
    return head + "".join(_sample(sample, events) for sample, events in zip(samples, expected, strict=True))


def line(event: dict[str, Any]) -> str:
    """One event as it stands in a file."""
    text = json.dumps(event, ensure_ascii=False)
    for character, escaped in HIDDEN.items():
        text = text.replace(character, escaped)
    return text


def _sample(chunk: str, events: Sequence[dict[str, Any]]) -> str:
    """A sample with its new events."""
    out, inside = [], ""
    for key, row in _keyed(chunk):
        if key == "events":
            continue
        if inside == "text" != key:
            out.append(_block(events))
        out.append(row)
        inside = key
    return "".join(out) + (_block(events) if inside == "text" else "")


def _block(events: Sequence[dict[str, Any]]) -> str:
    return "events = '''\n" + "".join(f"{line(event)}\n" for event in events) + "'''\n"


def _cut(file: str) -> list[str]:
    """What stands above the samples, then each sample with its own line."""
    parts = [""]
    for key, row in _keyed(file):
        if not key and row.rstrip() == HEAD:
            parts.append("")
        parts[-1] += row
    return parts


def _keyed(text: str) -> Iterator[tuple[str, str]]:
    """Each line, with `text` or `events` where it is a part of that value, and `string` where of another long one."""
    key, mark = "", ""
    for row in re.findall(r"[^\n]*\n|[^\n]+", text):
        if not mark:
            found = KEY.match(row)
            key = found.group(1) if found else ""
        elif not key:
            key = "string"
        yield key, row
        for quotes in QUOTES.findall(row):
            mark = quotes if not mark else "" if quotes == mark else mark
