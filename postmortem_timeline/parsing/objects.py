"""Records as objects, whatever engine decoded them: which fit a format, and the columns that they fill."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from postmortem_timeline.parsing.batch import Batch, Strings
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.fields import build
from postmortem_timeline.parsing.rewording import reword
from postmortem_timeline.parsing.text import Bools

if TYPE_CHECKING:
    from postmortem_timeline.formats.model import Format

TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,), "number": (int, float), "str": (str,), "object": (dict,), "array": (list,), "bool": (bool,),
}  # fmt: skip
Decoded = tuple[npt.NDArray[np.intp], list[dict[str, Any]]]  # the rows that hold a record, and the records
_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode


class Objects:
    """Decoded records and what each path gives for them; a path is looked up once, and not at all where none can have it."""

    def __init__(self, objects: list[dict[str, Any]]) -> None:
        self.objects = objects
        self._keys = frozenset().union(*{tuple(one) for one in objects})
        self._found: dict[str, list[Any] | None] = {}
        self._inner: dict[str, Objects | None] = {}

    def __len__(self) -> int:
        return len(self.objects)

    def get(self, path: str) -> list[Any] | None:
        """The values of a path, one a record; None where no record has any."""
        if path not in self._found:
            values = self._values(path)
            self._found[path] = None if values is None or all(value is None for value in values) else values
        return self._found[path]

    def _values(self, path: str) -> list[Any] | None:
        if "+" in path:
            known = path in self._keys or any(self._may_have(part) for part in (path, *path.split("+")))
            return [joined(one, path) for one in self.objects] if known else None
        if not self._may_have(path):
            return None
        head, dot, below = path.partition(".")
        if not dot or (path in self._keys and head not in self._keys):
            return [one.get(path) for one in self.objects]
        inner = None if path in self._keys else self._below(head)
        return [lookup(one, path) for one in self.objects] if inner is None else inner.get(below)

    def _below(self, head: str) -> Objects | None:
        """The objects within the objects; None where lists are among them, of which a path may mean an item."""
        if head not in self._inner:
            values = self.get(head) or []
            plain = not any(isinstance(value, list) for value in values)
            self._inner[head] = Objects([v if isinstance(v, dict) else {} for v in values]) if plain else None
        return self._inner[head]

    def _may_have(self, path: str) -> bool:
        return path in self._keys or ("." in path and path.partition(".")[0] in self._keys)

    def of(self, keep: Bools) -> Objects:
        """Those that are to be kept."""
        return self if keep.all() else Objects([one for one, yes in zip(self.objects, keep.tolist(), strict=True) if yes])


class Cells(Objects):
    """Rows of a table as records: a cell that is empty is no value."""

    def __init__(self, names: tuple[str, ...], rows: Sequence[Sequence[str]]) -> None:
        self._names, self._rows = names, rows
        self._keys = frozenset(names)
        self._found: dict[str, list[Any] | None] = {}

    @cached_property
    def objects(self) -> list[dict[str, Any]]:  # type: ignore[override]
        return [{name: cell for name, cell in zip(self._names, row, strict=True) if cell} for row in self._rows]

    def __len__(self) -> int:
        return len(self._rows)

    def _values(self, path: str) -> list[Any] | None:
        if "+" in path:
            return super()._values(path)
        if path not in self._keys:
            return None
        place = self._names.index(path)
        return [row[place] or None for row in self._rows]


def fitting(fmt: Format, records: Objects) -> Bools:
    """Which records have the keys that the format requires, of the types that it says."""
    match = fmt.match
    fit = np.ones(len(records), bool)
    for group in [[key] for key in match.get("required", ())] + list(match.get("any", ())):
        columns = [values for key in group if (values := records.get(key)) is not None]
        if not columns:
            return np.zeros(len(records), bool)
        fit &= np.logical_or.reduce([_has(values) for values in columns])
    for key in match.get("absent", ()):
        if (values := records.get(key)) is not None:
            fit &= ~_has(values)
    for key, kind in match.get("types", {}).items():
        values = records.get(key)
        if values is not None:
            fit &= np.fromiter((value is None or _is(value, kind) for value in values), bool, len(values))
    return fit


def _has(values: list[Any]) -> Bools:
    if None not in values:
        return np.ones(len(values), bool)
    return np.fromiter((value is not None for value in values), bool, len(values))


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and (kind == "bool" or not isinstance(value, bool))


def claims(fmt: Format, n: int, decoded: Decoded) -> Bools:
    """Which of `n` lines hold a record that fits."""
    taken = np.zeros(n, bool)
    rows, found = decoded
    if len(rows):
        taken[rows[fitting(fmt, Objects(found))]] = True
    return taken


def batches(fmt: Format, decoded: Decoded, context: SourceContext) -> Iterator[Batch]:
    """One batch of the records that fit."""
    rows, records = decoded[0], Objects(decoded[1])
    keep = fitting(fmt, records) if len(rows) else np.zeros(0, bool)
    if keep.any():
        yield batch(fmt, rows[keep], records.of(keep), context)


def misfit(fmt: Format, record: dict[str, Any]) -> str | None:
    """Why a record does not fit, in words; None where it fits."""
    groups = [[key] for key in fmt.match.get("required", ())] + list(fmt.match.get("any", ()))
    for group in groups:
        if all(lookup(record, key) is None for key in group):
            return f"no {' or '.join(group[:4])}{' or ...' if len(group) > 4 else ''}"
    found = next((key for key in fmt.match.get("absent", ()) if lookup(record, key) is not None), None)
    if found:
        return f"there is {found}"
    return None if fitting(fmt, Objects([record])).all() else "a value of another type"


def lookup(record: dict[str, Any], path: str) -> Any:
    """A value by its key, else by a dotted path into nested objects and lists; a key may hold dots itself."""
    if path in record:
        return record[path]
    head, dot, rest = path.partition(".")
    if not dot:
        return None
    value: Any = record.get(head)
    while isinstance(value, list):
        if value and isinstance(value[0], dict) and "key" in value[0]:
            return _keyed(value, rest)
        place, _, rest = rest.partition(".")
        value = value[int(place)] if place.isdigit() and int(place) < len(value) else None
        if not rest:
            return value
    return lookup(value, rest) if isinstance(value, dict) else None


def _keyed(pairs: list[Any], key: str) -> Any:
    """A value among pairs of a key and a value, as OpenTelemetry writes attributes: {"key": .., "value": {"stringValue": ..}}."""
    value = next((pair.get("value") for pair in pairs if isinstance(pair, dict) and pair.get("key") == key), None)
    if isinstance(value, dict) and len(value) == 1:
        (value,) = value.values()
    return value


def joined(record: dict[str, Any], path: str) -> str | None:
    """`date+time`: what stands in both fields, a blank between; a key may hold a plus itself."""
    if (whole := lookup(record, path)) is not None:
        return str(whole)
    parts = [lookup(record, part) for part in path.split("+")]
    return " ".join(map(str, parts)) if all(part not in (None, "", "-") for part in parts) else None


def batch(fmt: Format, rows: npt.NDArray[np.intp], records: Objects, context: SourceContext) -> Batch:
    """A batch of the records that stand on `rows`."""
    out = build(fmt, rows, records.get, context)
    reword(out, fmt, records.get)
    out.thunks["attributes"] = lambda: Strings(pa.array(rest(fmt, records), pa.large_string()))
    return out


def rest(fmt: Format, records: Objects) -> list[str | None]:
    """What no event column took, as JSON objects: of alternative fields only the one that was taken is left out."""
    always: set[str] = set()
    sometimes: list[list[str | None]] = []
    for name, spec in fmt.columns.items():
        always.update(spec.method)
        if spec.decode == "last_letter":  # the rest of the code says what happened
            continue
        known = [field for field in spec.fields if records.get(field) is not None]
        if known and name != "status_code" and None not in (records.get(known[0]) or ()):
            always.add(known[0])
        elif known:
            sometimes.append(_taken(records, known, name))
        sometimes += [_joins(records, path, part) for path in known if "+" in path for part in path.split("+")]
    if not sometimes:
        return [_rest(record, always) for record in records.objects]
    return [_rest(record, always.union(used)) for record, *used in zip(records.objects, *sometimes, strict=True)]


def _rest(record: dict[str, Any], used: set[Any]) -> str | None:
    left = {key: value for key, value in record.items() if key not in used and value is not None}
    return _encode(left) if left else None


def _taken(records: Objects, known: list[str], name: str) -> list[str | None]:
    """For each record the first of the fields that it has; a status that is none leaves its field."""
    taken: list[str | None] = [None] * len(records)
    seen = [False] * len(records)
    for field in known:
        for i, value in enumerate(records.get(field) or ()):
            if value is not None and not seen[i]:
                seen[i] = True
                taken[i] = field if name != "status_code" or _is_status(value) else None
    return taken


def _joins(records: Objects, path: str, part: str) -> list[str | None]:
    return [part if value else None for value in records.get(path) or ()]


def _is_status(value: Any) -> bool:
    return str(value).isdigit() and 100 <= int(value) <= 599
