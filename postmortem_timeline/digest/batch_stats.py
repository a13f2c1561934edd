"""What is said of a source beside its counts: kinds, names, users, addresses, precision, nested stamps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from postmortem_timeline.digest.batch_rows import SECOND, is_request
from postmortem_timeline.digest.digest import Digest
from postmortem_timeline.digest.stats import MOST_CLIENTS, TWO, Stats
from postmortem_timeline.parsing.batch import ZONE_ASSUMED, Batch, Coded, Spans, Strings, quarters_of, spans_of
from postmortem_timeline.parsing.text import Bools, Ints, first_word
from postmortem_timeline.parsing.timestamps import NAT


def add_stats(out: Digest, source: str, batch: Batch) -> None:
    times = batch.time_ns[batch.time_ns != NAT]
    request = is_request(batch)
    user, client = batch.hashes("user") if request.any() else None, batch.hashes("client") if request.any() else None
    service, host = batch.coded("service"), batch.coded("host")
    offsets: tuple[tuple[int, int], ...] = ()
    if batch.inner_offset is not None:
        quarters = quarters_of(batch.inner_offset)
        values, counts = np.unique(quarters[quarters != 0], return_counts=True)
        offsets = tuple(zip(values.tolist(), counts.tolist(), strict=False))
    asked = int(request.sum())
    kinds = [
        (batch.format, "request", batch.tier or "", asked),
        (batch.format, batch.kind, batch.tier or "", len(batch) - asked),
    ]
    stats = Stats(
        tuple(kind for kind in kinds if kind[3]),
        _names(host),
        _names(service),
        len(batch),
        asked,
        int((user[1] & request).sum()) if user else 0,
        _private(batch, request),
        int((batch.quality == ZONE_ASSUMED).sum() + (batch.quality == 2).sum()),
        len(times),
        _precision(times),
        int(times.min()) if len(times) else -1,
        int(times.max()) if len(times) else -1,
        _lowest_distinct(client[0][client[1] & request]) if client else (),
        offsets,
    )
    out.stats[source] = out.stats[source].merged(stats) if source in out.stats else stats


def _lowest_distinct(hashes: npt.NDArray[np.uint64]) -> tuple[int, ...]:
    """The lowest MOST_CLIENTS distinct hashes; few rows are sorted for it where there are many."""
    if len(hashes) > 8 * MOST_CLIENTS:
        few = hashes[hashes < np.uint64(int(2**64 * 4 * MOST_CLIENTS / len(hashes)))]
        lowest = np.unique(few)
        if len(lowest) >= MOST_CLIENTS:
            return tuple(lowest[:MOST_CLIENTS].tolist())
    return tuple(np.unique(hashes)[:MOST_CLIENTS].tolist())


def _precision(times: Ints) -> int:
    """The finest unit that any stamp uses, of seconds, milliseconds and less."""
    if (times[:64] % 1_000_000).any():
        return 1000
    if not (times // SECOND * SECOND != times).any():
        return SECOND
    return 1000 if (times % 1_000_000).any() else 1_000_000


def _names(column: Coded | None) -> tuple[str, ...]:
    """The two lowest names that rows really bear."""
    if column is None:
        return ()
    there = np.bincount(column.codes[column.codes >= 0], minlength=len(column.values))
    return tuple(sorted({value for value, n in zip(column.values, there.tolist(), strict=True) if n})[:TWO])


def _private(batch: Batch, request: Bools) -> int:
    """How many requests came from a loopback or private address."""
    column = batch.column("client")
    if not isinstance(column, (Spans, Strings)):
        return 0
    spans = column if isinstance(column, Spans) else spans_of(column.array)
    word = first_word(spans.text, spans.start, spans.end)
    private = np.zeros(len(word), bool)
    for prefix in (b"10.", b"127.", b"192.168.", b"::1", b"fd", b"fe80", *(b"172.%d." % n for n in range(16, 32))):
        mask = np.uint64((1 << (8 * len(prefix))) - 1)
        private |= (word & mask) == np.uint64(int.from_bytes(prefix, "little"))
    return int((private & request).sum())
