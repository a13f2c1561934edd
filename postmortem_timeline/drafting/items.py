"""A line as items: words, marks, what stands in brackets or quotes, pairs of key and value, requests, and its time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from postmortem_timeline.drafting.stamps import Stamp

ITEM = re.compile(
    r"(?P<blank>\s+)"
    r"|(?P<request>(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (?:/|https?://)[^\s\"]*(?: HTTP/[0-9.]+)?)"
    r'|(?P<quoted>"(?:[^"\\]|\\.)*")'
    r"|(?P<square>\[(?:[^\[\]]|\[[^\[\]]*\])*\])"
    r"|(?P<angle><[^<>\s]*>)"
    r'|(?P<pair>[A-Za-z_][\w.-]*=(?:"[^"]*"|[^\s,;|\])}"]*))'
    r'|(?P<word>[^\s|;,\[\]"<>(){}]+)'
    r"|(?P<mark>.)",
    re.DOTALL,
)
OPENS = {"square": "[", "angle": "<", "quoted": '"'}
CLOSES = {"square": "]", "angle": ">", "quoted": '"'}


class Item(NamedTuple):
    """A part of a line: `kind` and `sign` are its shape, `value` is what may be another in the next line."""

    kind: str
    value: str
    sign: str = ""

    @property
    def shape(self) -> tuple[str, str]:
        return self.kind, self.sign


def items(line: str, stamp: Stamp) -> tuple[Item, ...]:
    """The items of a line whose time is known."""
    before, behind = line[: stamp.start], line[stamp.end :]
    return (*_items(before), Item("stamp", stamp.text), *_items(behind))


def _items(text: str) -> Iterator[Item]:
    at = 0
    while found := ITEM.match(text, at):
        at, kind, said = found.end(), str(found.lastgroup), found.group()
        if kind == "pair":
            key, _, value = said.partition("=")
            quotes = '"' if value[:1] == '"' else ""
            yield Item("pair", value.strip('"'), f"{key}={quotes}")
        elif kind in OPENS:
            yield Item(kind, said[1:-1])
        elif kind == "word" and said[-1] == ":":
            if said[:-1]:
                yield Item("word", said[:-1])
            yield Item("mark", ":", ":")
        else:
            yield Item(kind, said, said if kind == "mark" else "")
