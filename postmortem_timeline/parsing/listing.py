"""The records of a JSON document that holds a list of them, each as the line it would be in a file of JSON lines.

{"Records": [{..}, {..}]}                               lists = "Records"
[{..}, {..}]                                            lists = "" (also documents one after another)
{"logGroup": "x", "logEvents": [{..}]}                  lists = "[].logEvents", inherit logGroup
{"data": {"result": [{"stream": {..}, "values": [["1752594123", "text"]]}]}}
                                                        lists = "data.result[].values", inherit stream, two names
{"results": [[{"field": "@message", "value": "x"}]]}    lists = "results", pairs of field and value
{"tables": [{"columns": [{"name": "x"}], "rows": [[1]]}]}   lists = "tables[].rows", header = "columns"
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from postmortem_timeline.parsing.jsondoc import BROKEN, DOCUMENT, REST, Element, Note, elements
from postmortem_timeline.parsing.members import mapping, objects

DEEPEST = 3  # members above a list that is found without being told


class Record(NamedTuple):
    """One record of a document."""

    text: bytes  # on one line
    line: int  # physical line of its first character, from 1
    ordinal: int  # 0, or which further record of that line
    span: tuple[int, int]  # where it stands in the document's text


@dataclass(frozen=True)
class Listing:
    """Where the records lie, and how each becomes an object of its own."""

    lists: tuple[str, ...] = ("",)  # paths of arrays; `a[].b` is the array b of each item of the array a, and so on
    inherit: tuple[
        tuple[str, str], ...
    ] = ()  # members of what holds the array: the record's name for each, and its own
    names: tuple[str, ...] = ()  # what the cells of a record are called that is an array
    header: str = ""  # the member of the holder that says so
    pairs: tuple[str, ...] = ()  # the members of a cell that hold its name and its value

    def fits(self, keys: frozenset[str]) -> bool:
        """Whether a document with these keys (see `key_paths`) holds one of the lists, and what its records need."""
        return any(self._needs(path) <= keys for path in self.lists)

    def _needs(self, path: str) -> set[str]:
        path = path.removeprefix("[].")
        return {path, *(self.inherited(path))} | {f"{path}[][].{pair}" for pair in self.pairs} | self._heads(path)

    def _heads(self, path: str) -> set[str]:
        base, mark, _ = path.rpartition("[].")
        return {base + mark + self.header} if self.header else set()

    def inherited(self, path: str) -> Iterator[str]:
        """The paths of what the records inherit, of the outermost holder."""
        base, mark, _ = path.partition("[].")
        yield from (base + mark + member if mark else member for _, member in self.inherit[:1])

    def records(self, data: bytes, note: Note | None = None) -> Iterator[Record]:
        """Every record of the document `data`, in order; what is damaged is given as it stands."""
        inner = {path.partition("[].")[0] if path != "[]" else "": path.partition("[].")[2] for path in self.lists}
        last, ordinal = 0, 0
        for element in elements(data, [holder for holder in inner if holder], note):
            if element.path == REST:
                _doubt(element.value, note)
                continue
            path = "" if element.path == DOCUMENT else element.path
            for part, holder in _parts(element, inner.get(path, ""), {}):
                ordinal = ordinal + 1 if part.line == last else 0
                last = part.line
                yield Record(self._line(part, holder), part.line, ordinal, part.span)

    def _line(self, part: Element, holder: dict[str, Any]) -> bytes:
        shown = part.text[part.start : part.end]
        if part.path == BROKEN or isinstance(part.value, str):
            return (part.value if isinstance(part.value, str) else shown).replace("\n", " ").encode("utf-8", "replace")
        value = self._shaped(part.value, holder)
        if value is part.value and "\n" not in shown and "\r" not in shown:
            return shown.encode("utf-8", "replace")
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")

    def _shaped(self, value: Any, holder: dict[str, Any]) -> Any:
        if isinstance(value, list) and self.pairs:
            name, held = self.pairs
            value = {str(cell.get(name)): cell.get(held) for cell in objects(value)}
        elif isinstance(value, list) and (names := self.names or _names(holder.get(self.header))):
            value = dict(zip(names, value, strict=False))
        more = {mine: holder[its] for mine, its in self.inherit if its in holder}
        return {**more, **value} if more and isinstance(value, dict) else value


def lists_of(keys: frozenset[str]) -> Iterator[Listing]:
    """The lists of objects that a document with these keys holds outside of other lists, the outermost first."""
    found = {key.partition("[]")[0] for key in keys if "[]." in key}
    found = {path for path in found if path.count(".") < DEEPEST}
    yield from (Listing((path,)) for path in sorted(found, key=lambda path: (path.count("."), path)))


def _parts(element: Element, inner: str, above: dict[str, Any]) -> Iterator[tuple[Element, dict[str, Any]]]:
    """The items of the arrays inside an element, each with the members of all that holds it."""
    if not inner or element.path == BROKEN:
        yield element, above
        return
    array, _, deeper = inner.partition("[].")
    holder = {**above, **mapping(element.value)}
    for part in element.within(array):
        yield from _parts(part, deeper, holder)


def _names(header: Any) -> list[str]:
    """The names of columns, which are texts or objects that have one."""
    items = header if isinstance(header, list) else []
    return [str(item.get("name")) if isinstance(item, dict) else str(item) for item in items]


def _doubt(rest: dict[str, Any], note: Note | None) -> None:
    """What a document says beside its records: that it is one page of several."""
    places = (rest, mapping(rest.get("metadata")), mapping(mapping(rest.get("meta")).get("page")))
    for member in (
        "nextToken",
        "NextToken",
        "next_token",
        "continue",
        "after",
        "@odata.nextLink",
        "nextLink",
        "nextPageToken",
    ):
        if note and any(isinstance(place.get(member), str) and place[member] for place in places):
            note("more_pages", f'the export is one page of several (it says "{member}")')
            return
    for member in ("has_more", "hasMore", "more", "truncated", "timed_out", "is_partial"):
        if note and rest.get(member) is True:
            note("more_pages", f'the export is not complete (it says "{member}": true)')
            return
