"""Tables that outgrow their limits coarsen by level: wider buckets, shorter texts, smaller samples.

Level and rows are those that the whole input asks for, whatever it was cut into: at any one level more records make more
rows, so no part can have gone further than the whole will, and merging takes the higher level before it goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

from postmortem_timeline.digest.table import Columns
from postmortem_timeline.parsing.text import Bools

ROUTELESS = 1  # the level of counts from which a source's routes are not told apart
COUNTS = (1, 1, 2, 5, 10, 30, 60, 600)  # seconds a bucket of counts, by level
MOST_COUNTS = 700_000  # rows of one source
MOST_ROUTES = 256  # of one source; more are no routes of a gateway but pages
MOST_JOINS = 40_000  # records in the sample
MOST_TRACED = 200_000  # records of traces kept one by one
MOST_TEXTS = 200_000  # distinct ones in a table


def segments(text: str, most: int) -> str:
    """An endpoint cut to its first segments: `GET /auth/login/now` to `GET /auth`."""
    method, slash, path = text.partition("/")
    return method + slash + "/".join(path.partition("?")[0].split("/")[:most])


def words(text: str, most: int) -> str:
    """A template cut to its first words."""
    parts = text.split(" ", most)
    return " ".join(parts[:most]) + " <*>" if len(parts) > most else text


Shorten = Callable[[str], str] | None
# table: the column of time, the most rows, and by level the bucket in seconds and what becomes of the text
CHAINS: dict[str, tuple[str, int, tuple[tuple[int, Shorten], ...]]] = {
    "failures": ("minute", 500_000, (
        (60, None), (600, None), (600, partial(segments, most=2)), (600, partial(segments, most=1)), (3600, partial(segments, most=1)),
    )),
    "endpoints": ("bucket", 1_000_000, (
        (600, None), (3600, None), (3600, partial(segments, most=2)), (3600, partial(segments, most=1)), (21600, partial(segments, most=1)),
    )),
    "patterns": ("bucket", 500_000, (
        (10, None), (60, None), (600, None), (600, partial(words, most=6)), (600, partial(words, most=1)), (21600, partial(words, most=1)),
    )),
}  # fmt: skip


def widened(table: Columns, column: str, width: int) -> Columns:
    """The table with a column of Unix seconds moved to the start of buckets."""
    return {**table, column: table[column] // width * width}


def most_sampled() -> dict[str, int]:
    """The tables that keep whole keys, and how many records of them."""
    return {"joins": MOST_JOINS, "traced": MOST_TRACED}


def in_sample(keys: npt.NDArray[np.uint64], level: int) -> Bools:
    """Which keys begin with `level` (1 or more) zero bits."""
    return keys < np.uint64(1 << (64 - level)) if level < 64 else keys == 0


def sampled(table: Columns, level: int) -> Columns:
    """The records whose key begins with `level` zero bits: the same sample in every source."""
    if not level:
        return table
    keep = in_sample(table["key"].view(np.uint64), level)
    return table if keep.all() else {name: column[keep] for name, column in table.items()}
