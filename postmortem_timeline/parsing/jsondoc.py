r"""JSON documents walked element by element, each with the line on which it starts; damage ends nothing before it.

[{..}, {..}]              the items of the array
{"alerts": [{..}], ..}    the items of a named array ("alerts"), then the rest of the object
{..}\n{..}                the documents themselves, one a line or one after another
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Generator, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

DOCUMENT, REST, BROKEN = "$", "$rest", "$broken"  # paths of what is no item of an array
SHOWN = 200  # characters of a broken element that are kept

_DECODE = json.JSONDecoder(strict=False).raw_decode  # raw control characters in strings are common
_BLANK = re.compile(r"[ \t\r\n\ufeff]*")
_BETWEEN = re.compile(r"[\s,\x1e\ufeff]*")  # also the record separator of RFC 7464
_CLOSERS = re.compile(r"[\s,\x1e\ufeff\]}]*")  # what a damaged document leaves behind
_RESTART = re.compile(r"\n(?=[\[{])")  # where the next document starts: pretty printing indents all but the first brace
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?|[{}\[\]]')

Note = Callable[[str, str], None]


class Element(NamedTuple):
    """One element of a document."""

    value: Any
    line: int  # physical line of its first character, from 1
    ordinal: int  # 0, or which further element of that line
    path: str  # dotted path of the array it is an item of ("": a top-level one), or DOCUMENT, REST, BROKEN
    text: str  # what it lies in, from `start` to `end`
    start: int
    end: int
    base: int = 0  # where that text begins in the document

    @property
    def span(self) -> tuple[int, int]:
        """Where it stands in the document's text (decoded, without a byte order mark)."""
        return self.base + self.start, self.base + self.end

    def within(self, array: str) -> Iterator[Element]:
        """The items of an array inside this element, with lines of their own."""
        walker = _Walker(self.text[self.start : self.end], (array,), self.line, self.span[0])
        return (inner for inner in walker.walk() if inner.path == array)

    def entries(self, name: str) -> Iterator[tuple[str, Element]]:
        """The members of an object inside this element (`a.b` of `{"a": {"b": {"k": {..}}}}`), with lines of their own."""
        return _Walker(self.text[self.start : self.end], (), self.line, self.span[0]).entries(name)


def elements(data: bytes, arrays: Collection[str] = (), note: Note | None = None) -> Iterator[Element]:
    """Every element of `data`: items of top-level arrays and of the `arrays` named by dotted paths, else the documents.

    An object of which an array was walked ends with its other members as one REST element. Text that breaks off or
    is damaged gives what stands before and what follows on a new line, a BROKEN element, and one note of where.
    """
    walker = _Walker(text_of(data), tuple(arrays))
    yield from walker.walk()
    if walker.breaks and note:
        more = f" and at {walker.breaks - 1} further places" if walker.breaks > 1 else ""
        note("broken_json", f"the JSON breaks at {walker.first_break}{more}")


def text_of(data: bytes) -> str:
    """A document as text; places in it are those of `Element.span`."""
    return data.decode("utf-8-sig", "replace")


class _Walker:
    def __init__(self, text: str, arrays: tuple[str, ...], line: int = 1, base: int = 0) -> None:
        self.text, self.arrays, self.base = text, arrays, base
        self.above = {path[:k] for path in arrays for k, c in enumerate(path) if c == "."}
        self.marks = [f'"{path.partition(".")[0]}"' for path in arrays]
        self.at = 0  # all before it is read
        self.entered = False  # an array of the document was walked
        self.line, self.counted = line, 0
        self.last_line, self.ordinal = 0, 0
        self.breaks, self.first_break = 0, ""

    def walk(self) -> Iterator[Element]:
        while (start := self.skip(_CLOSERS if self.breaks else _BETWEEN)) < len(self.text):
            self.entered = False
            try:
                yield from self.document(start)
            except (ValueError, RecursionError):
                if not self.entered:  # nothing of the document was given yet: it is broken as a whole
                    self.at = start
                yield from self.broken()

    def document(self, start: int) -> Iterator[Element]:
        if self.text[start] == "[":
            yield from self.items("")
        elif self.text[start] == "{" and self.arrays and not self.is_plain_line(start):
            rest: dict[str, Any] = {}
            line = self.line_at(start)
            found = yield from self.members("", rest)
            ordinal = 0 if found else self.count(line)
            yield Element(rest, line, ordinal, REST if found else DOCUMENT, self.text, start, self.at, self.base)
        else:
            yield self.element(DOCUMENT)

    def is_plain_line(self, start: int) -> bool:
        """Whether the document is one line in which none of the arrays is named: it can be decoded whole."""
        end = self.text.find("\n", start)
        line = self.text[start : end if end >= 0 else len(self.text)]
        return line.rstrip().endswith("}") and not any(mark in line for mark in self.marks)

    def items(self, path: str) -> Iterator[Element]:
        self.at += 1
        self.entered = True
        while (mark := self.next()) != "]":
            if mark == ",":
                self.at += 1
            else:
                yield self.element(path)
        self.at += 1

    def members(self, prefix: str, rest: dict[str, Any]) -> Generator[Element, None, bool]:
        """Walk an object: arrays that are asked for give elements, all else goes to `rest`. Was there an array?"""
        self.at += 1
        found = False
        while (mark := self.next()) != "}":
            if mark == ",":
                self.at += 1
                continue
            name = str(self.decode())
            if self.next() != ":":
                raise ValueError("no colon")
            self.at += 1
            mark, path = self.next(), prefix + name
            if mark == "[" and path in self.arrays:
                yield from self.items(path)
                found = True
            elif mark == "{" and path in self.above:
                found |= yield from self.members(path + ".", rest.setdefault(name, {}))
            else:
                rest[name] = self.decode()
        self.at += 1
        return found

    def entries(self, path: str) -> Iterator[tuple[str, Element]]:
        name, _, rest = path.partition(".")
        for key in self.names():
            if key != name or self.next() != "{":
                self.decode()
            elif rest:
                yield from self.entries(rest)
            else:
                yield from ((inner, self.element(name)) for inner in self.names())

    def names(self) -> Iterator[str]:
        """The names of an object's members, the cursor left before the value of each, which the caller takes."""
        self.at += self.next() == "{"
        while (mark := self.next()) != "}":
            if mark == ",":
                self.at += 1
                continue
            name = str(self.decode())
            self.next()
            self.at += 1
            self.next()
            yield name
        self.at += 1

    def element(self, path: str) -> Element:
        start = self.at
        value = self.decode()
        line = self.line_at(start)
        return Element(value, line, self.count(line), path, self.text, start, self.at, self.base)

    def broken(self) -> Iterator[Element]:
        """What could not be read, up to where a document can start again."""
        start, line = self.at, self.line_at(self.at)
        if not self.breaks:
            offset = len(self.text[:start].encode("utf-8", "surrogatepass"))
            self.first_break = f"line {line} (byte {offset})"
        self.breaks += 1
        again = _RESTART.search(self.text, start + 1)
        self.at = again.end() if again else len(self.text)
        if rest := self.text[start : min(self.at, start + SHOWN)].strip():
            yield Element(rest, line, self.count(line), BROKEN, self.text, start, self.at, self.base)

    def decode(self) -> Any:
        value, self.at = _DECODE(self.text, self.at)
        return value

    def next(self) -> str:
        """The next character that is not blank."""
        self.skip(_BLANK)
        if self.at >= len(self.text):
            raise ValueError("the document ends inside a bracket")
        return self.text[self.at]

    def skip(self, blank: re.Pattern[str]) -> int:
        self.at = blank.match(self.text, self.at).end()  # type: ignore[union-attr]
        return self.at

    def line_at(self, place: int) -> int:
        if place >= self.counted:
            self.line += self.text.count("\n", self.counted, place)
            self.counted = place
            return self.line
        return self.line - self.text.count("\n", place, self.counted)

    def count(self, line: int) -> int:
        self.ordinal = self.ordinal + 1 if line == self.last_line else 0
        self.last_line = line
        return self.ordinal


@lru_cache(maxsize=4)
def key_paths(head: bytes) -> frozenset[str]:
    """Dotted paths of all keys in the beginning of a JSON text, which may stop anywhere: `alerts[].labels.job`.

    Empty for what does not begin like JSON. Keys of documents one after another fall together.
    """
    text = head.decode("utf-8-sig", "replace").lstrip()
    if not text.startswith(("{", "[")):
        return frozenset()
    found: set[str] = set()
    above: list[str] = []
    here = ""
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "{[":
            above.append(here)
            here += "[]" if mark == "[" else ""
        elif mark in "}]":
            here = above.pop() if above else ""
        elif token[2]:
            base = above[-1] if above else ""
            here = f"{base}.{token[1]}" if base else token[1]
            found.add(here)
    return frozenset(found)
