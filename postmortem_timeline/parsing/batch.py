"""Columns of the events of one block: cut lazily, so that a digest pays only for what it counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from postmortem_timeline.parsing.addresses import may_have_port, without_port
from postmortem_timeline.parsing.hashing import hash_spans, hash_strings
from postmortem_timeline.parsing.text import Bools, Ints, Text, Words
from postmortem_timeline.parsing.views import views

QUARTER = 900_000_000_000
EXACT, ZONE_ASSUMED, YEAR_INFERRED, INHERITED, CLOCK_CORRECTED = range(5)


@dataclass(frozen=True)
class Spans:
    """A column of texts as places in a block; where `valid` is false the value is null."""

    text: Text
    start: Ints
    end: Ints
    valid: Bools | None = None

    def __len__(self) -> int:
        return len(self.start)

    def arrow(self) -> pa.Array:
        return views(self.text, self.start, self.end, self.valid).cast(pa.large_string())

    def hashes(self) -> Words:
        return hash_spans(self.text, self.start, self.end)


@dataclass(frozen=True)
class Coded:
    """A column of few distinct texts: a code into `values` for each row; -1 is null."""

    codes: npt.NDArray[np.int32]
    values: list[str]

    def __len__(self) -> int:
        return len(self.codes)

    def arrow(self) -> pa.Array:
        codes = pa.array(self.codes, mask=self.codes < 0) if (self.codes < 0).any() else pa.array(self.codes)
        return pa.DictionaryArray.from_arrays(codes, pa.array(self.values, pa.string()))


@dataclass(frozen=True)
class Numbers:
    """A column of numbers; where `valid` is false the value is null."""

    values: npt.NDArray[np.generic]
    valid: Bools | None = None

    def __len__(self) -> int:
        return len(self.values)

    def arrow(self) -> pa.Array:
        return pa.array(self.values, mask=None if self.valid is None else ~self.valid)


@dataclass(frozen=True)
class Strings:
    """A column of texts as an Arrow array."""

    array: pa.Array

    def __len__(self) -> int:
        return len(self.array)

    def arrow(self) -> pa.Array:
        return self.array

    def hashes(self) -> Words:
        return spans_of(self.array).hashes()


Column = Spans | Coded | Numbers | Strings


@dataclass
class Batch:
    """Events of one source and block that one format read.

    `rows` are the block's line rows on which the records start, `line` their physical line numbers from 1 (filled by
    the scan), `time_ns` UTC as the source says it (NAT where unknown), `quality` the place in `frame.TIME_QUALITIES`.
    """

    format: str
    kind: str
    rows: npt.NDArray[np.intp]
    time_ns: Ints
    quality: npt.NDArray[np.int8]
    thunks: dict[str, Callable[[], Column]] = field(default_factory=dict)
    done: dict[str, Column] = field(default_factory=dict)
    bare: bool = False  # whether the body is but the record itself, for want of a message
    hashed: dict[str, tuple[Words, Bools] | None] = field(default_factory=dict)
    line: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    ordinal: npt.NDArray[np.int32] | None = None
    tier: str | None = None
    extent: Ints | None = None  # how many rows each record takes, where a format joins rows itself
    inner_offset: Ints | None = None  # outer minus inner stamp in ns, where a wrapper's record holds a stamped one

    def __len__(self) -> int:
        return len(self.rows)

    def has(self, name: str) -> bool:
        return name in self.done or name in self.thunks

    def column(self, name: str) -> Column | None:
        """One event column; None where no record of the batch carries it."""
        if name not in self.done:
            if name not in self.thunks:
                return None
            column = self.thunks[name]()
            self.done[name] = without_ports(column) if name == "client" else column
        return self.done[name]

    def arrow(self, name: str) -> pa.Array | None:
        column = self.column(name)
        return None if column is None else column.arrow()

    def hashes(self, name: str) -> tuple[Words, Bools] | None:
        """A 64-bit hash of each value of a text column, and which are not null."""
        if name not in self.hashed:
            self.hashed[name] = self._hashes(name)
        return self.hashed[name]

    def _hashes(self, name: str) -> tuple[Words, Bools] | None:
        column = self.column(name)
        if column is None:
            return None
        if isinstance(column, Coded):
            table = np.append(hash_strings(column.values), np.uint64(0)) if column.values else np.zeros(1, np.uint64)
            return table[column.codes], column.codes >= 0
        assert isinstance(column, (Spans, Strings))
        spans = column if isinstance(column, Spans) else spans_of(column.array)
        valid = np.ones(len(spans), bool) if spans.valid is None else spans.valid
        return spans.hashes(), valid

    def coded(self, name: str) -> Coded | None:
        """A text column by distinct values."""
        column = self.column(name)
        if column is None or isinstance(column, Coded):
            return column
        if isinstance(column, Numbers):
            raise TypeError(f"{name} is a column of numbers")
        return encode(column.arrow())


def quarters_of(inner_offset: Ints) -> Ints:
    """Offsets between outer and inner stamps in quarter hours, which is what zones differ by; 0 where unknown."""
    known = inner_offset != np.iinfo(np.int64).min
    return np.rint(np.where(known, inner_offset, 0) / QUARTER).astype(np.int64)


def without_ports(column: Column) -> Column:
    """A column of addresses without the ports behind them; each distinct address is looked at once."""
    if isinstance(column, Spans) and not may_have_port(column.text, column.start, column.end):
        return column
    assert not isinstance(column, Numbers)
    coded = column if isinstance(column, Coded) else encode(column.arrow())
    cut = [without_port(value) for value in coded.values]
    if cut == coded.values:
        return column
    values = list(dict.fromkeys(cut))
    place = {value: code for code, value in enumerate(values)}
    return Coded(np.array([*(place[value] for value in cut), -1], np.int32)[coded.codes], values)


def encode(array: pa.Array) -> Coded:
    """Dictionary-encode an Arrow array of texts."""
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    codes = array.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    return Coded(codes, array.dictionary.to_pylist())


def constant(value: str, n: int) -> Coded:
    """The same text on every row."""
    return Coded(np.zeros(n, np.int32), [value])


def spans_from(values: Sequence[str]) -> Spans:
    """The spans of Python texts in a buffer of their own. (`pa.array` of a list would import pandas.)"""
    raw = [value.encode("utf-8", "replace") for value in values]
    length = np.fromiter((len(r) for r in raw), np.int64, len(raw))
    end = np.cumsum(length)
    return Spans(Text.of(b"".join(raw)), end - length, end)


def spans_of(array: pa.Array) -> Spans:
    """The spans of an Arrow string array in a padded copy of its own data."""
    if pa.types.is_dictionary(array.type):
        array = array.cast(pa.large_string())
    array = array.cast(pa.large_string()) if array.type != pa.large_string() else array
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    _, offsets_buffer, data = array.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int64)[array.offset : array.offset + len(array) + 1]
    raw = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    valid = None if array.null_count == 0 else array.is_valid().to_numpy(zero_copy_only=False)
    if not len(array):
        offsets = np.zeros(1, np.int64)
    base = int(offsets[0])
    return Spans(Text.of(raw[base : int(offsets[-1])]), offsets[:-1] - base, offsets[1:] - base, valid)
