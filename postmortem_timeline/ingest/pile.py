"""Event tables piled up block by block, in little more memory than their texts: nulls and constants are not kept."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.frame import EVENT_SCHEMA
from postmortem_timeline.memory import give_back

GROUP = 16 << 20  # bytes; small arrays of many blocks leave holes in memory, so they are joined from time to time


class Pile:
    """Adds up tables of `EVENT_SCHEMA`; `table` gives them as one."""

    def __init__(self) -> None:
        self.rows = 0
        self._settled: dict[str, list[pa.Array | _Same]] = {name: [] for name in EVENT_SCHEMA.names}
        self._fresh: list[dict[str, pa.Array | _Same]] = []
        self._weight = 0

    def add(self, table: pa.Table) -> None:
        """Take in a table, which is not to be used elsewhere afterwards."""
        if not len(table):
            return
        lean = {name: _lean(table[name].combine_chunks()) for name in EVENT_SCHEMA.names}
        self.rows += len(table)
        self._fresh.append(lean)
        self._weight += sum(column.nbytes for column in lean.values())
        if self._weight >= GROUP:
            self._settle()

    def _settle(self) -> None:
        for name, settled in self._settled.items():
            run: list[pa.Array] = []
            for column in [lean.pop(name) for lean in self._fresh]:
                if isinstance(column, _Same):
                    _flush(run, settled)
                    settled.append(column)
                else:
                    run.append(column)
            _flush(run, settled)
        self._fresh, self._weight = [], 0
        give_back()

    def table(self) -> pa.Table:
        """All rows in the order in which they came; the pile is empty then."""
        self._settle()
        zeros = pa.array(_zeros(self.rows), pa.int32())
        nulls: dict[pa.DataType, pa.Array] = {}
        columns = []
        for field in EVENT_SCHEMA:
            chunks = [
                c.array(field.type, zeros, nulls, self.rows) if isinstance(c, _Same) else c
                for c in _joined(self._settled.pop(field.name))
            ]
            columns.append(pa.chunked_array(chunks, field.type))
        self.__init__()  # type: ignore[misc]
        return pa.Table.from_arrays(columns, schema=EVENT_SCHEMA)


class _Same:
    """A stretch of rows that all hold one word, or null."""

    nbytes = 0

    def __init__(self, word: str | None, n: int) -> None:
        self.word, self.n = word, n

    def array(self, want: pa.DataType, zeros: pa.Array, nulls: dict[pa.DataType, pa.Array], most: int) -> pa.Array:
        """The rows as an array; those of all columns share their buffers."""
        if self.word is not None:
            return pa.DictionaryArray.from_arrays(zeros.slice(0, self.n), pa.array([self.word], pa.string()))
        plain = want.index_type if pa.types.is_dictionary(want) else want
        if plain not in nulls:
            nulls[plain] = pa.nulls(most, plain)
        part = nulls[plain].slice(0, self.n)
        return pa.DictionaryArray.from_arrays(part, pa.array([], pa.string())) if pa.types.is_dictionary(want) else part


def _zeros(n: int):  # type: ignore[no-untyped-def]
    import numpy as np

    return np.zeros(n, np.int32)


def _lean(array: pa.Array) -> pa.Array | _Same:
    if array.null_count == len(array):
        return _Same(None, len(array))
    if pa.types.is_dictionary(array.type) and not array.null_count:
        ends = pc.min_max(array.indices).as_py()
        if ends["min"] == ends["max"]:
            return _Same(array.dictionary[ends["min"]].as_py(), len(array))
    return array


def _flush(run: list[pa.Array], settled: list[pa.Array | _Same]) -> None:
    """Join a run of arrays into one of its own memory."""
    if run:
        settled.append(pa.concat_arrays(run, memory_pool=pa.system_memory_pool()) if len(run) > 1 else run[0])
        run.clear()


def _joined(columns: list[pa.Array | _Same]) -> list[pa.Array | _Same]:
    """Neighbouring stretches of one word as one."""
    out: list[pa.Array | _Same] = []
    for column in columns:
        last = out[-1] if out else None
        if isinstance(column, _Same) and isinstance(last, _Same) and last.word == column.word:
            out[-1] = _Same(last.word, last.n + column.n)
        else:
            out.append(column)
    return out
