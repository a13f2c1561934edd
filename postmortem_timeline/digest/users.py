"""Who was active and who was failed inside given windows, exactly: from a spill of a few bytes a request."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from postmortem_timeline.digest.requests import SPILLED
from postmortem_timeline.digest.shift import NONE, Shift

MS = 1_000_000
HELD = 16 << 20  # bytes kept in memory before a scratch file takes the rest
LARGE = 0.3  # share of the requests from one address that no person sends
IDS_COVER = 0.9  # share of requests that must carry a user id for users to be counted by it

Failed = Callable[[npt.NDArray[np.int64]], npt.NDArray[np.bool_]]


@dataclass
class _Part:
    source: str
    first_ms: int
    last_ms: int
    count: int
    offset: int = -1  # in the scratch file
    rows: np.ndarray | None = None


@dataclass
class Users:
    """The spilled identities of all requests; it answers for any windows without reading the evidence again."""

    parts: list[_Part] = field(default_factory=list)
    held: int = 0
    _file: Any = None

    def add(self, source: str, rows: np.ndarray) -> None:
        """Keep the rows (dtype `SPILLED`) of one block of a source."""
        if not len(rows):
            return
        part = _Part(source, int(rows["ms"].min()), int(rows["ms"].max()), len(rows))
        if self.held + rows.nbytes <= HELD:
            part.rows = rows
            self.held += rows.nbytes
        else:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="pmt-users-")  # noqa: SIM115  it lives as long as we do
            part.offset = self._file.seek(0, 2)
            self._file.write(rows.tobytes())
        self.parts.append(part)

    def _rows(self, part: _Part) -> np.ndarray:
        if part.rows is not None:
            return part.rows
        self._file.seek(part.offset)
        return np.frombuffer(self._file.read(part.count * SPILLED.itemsize), SPILLED)

    def inside(self, windows: list[tuple[int, int]], offsets: dict[str, Shift], sources: list[str]) -> np.ndarray:
        """The requests of `sources` inside the windows (true ns, half-open); `offsets` are what clocks are off by."""
        wanted = set(sources)
        found = [np.zeros(0, SPILLED)]
        for part in self.parts:
            if part.source not in wanted:
                continue
            shift = offsets.get(part.source, NONE)
            spans = [(shift.stamped(a) // MS, shift.stamped(b) // MS) for a, b in windows]
            if not any(a <= part.last_ms and b >= part.first_ms for a, b in spans):
                continue
            rows = self._rows(part)
            keep = np.zeros(len(rows), bool)
            for a, b in spans:
                keep |= (rows["ms"] >= a) & (rows["ms"] < b)
            found.append(rows[keep])
        return np.concatenate(found)

    def failing_times(
        self, spans: list[tuple[int, int]], offsets: dict[str, Shift], sources: list[str], failed: Failed
    ) -> np.ndarray:
        """Sorted true ns (to the millisecond) of the failing requests of `sources` inside half-open spans."""
        times = [np.zeros(0, np.int64)]
        for source in sources:
            rows = self.inside(spans, offsets, [source])
            bad = rows["ms"][failed(rows["status"].astype(np.int64))] * MS
            times.append((bad - offsets.get(source, NONE).of_stamped(bad)) // MS * MS)
        return np.unique(np.concatenate(times))

    def count(
        self,
        windows: list[tuple[int, int]],
        offsets: dict[str, Shift],
        sources: list[str],
        failed: Failed,
        private: bool = False,
    ) -> dict[str, Any]:
        """Distinct users active and affected inside the windows; one kind of identity for both numbers.

        Returns active, affected (None where no identity serves), requests, failed, identity ("user", "client" or None),
        ids_share (of requests that carry a user id) and exact. `private` says that addresses are those of machines.
        """
        rows = self.inside(windows, offsets, sources)
        bad = failed(rows["status"].astype(np.int64))
        result: dict[str, Any] = {
            "requests": len(rows),
            "failed": int(bad.sum()),
            "exact": True,
            "identity": None,
            "active": None,
            "affected": None,
        }
        result["ids_share"] = float((rows["user"] != 0).mean()) if len(rows) else 0.0
        identity = identity_of(rows)
        if identity is None:
            return result
        keys = rows[identity]
        if identity == "client" and (reason := _no_people(keys, private)):
            return {**result, "reason": reason}
        result["identity"] = identity
        result["active"] = len(np.unique(keys[keys != 0]))
        result["affected"] = len(np.unique(keys[bad & (keys != 0)]))
        return result


def _no_people(clients: np.ndarray, private: bool) -> str | None:
    """Why addresses do not stand for people here; None where they may."""
    if private:
        return "the requests carry no user ids, and their addresses are private: machines of the system itself"
    counts = np.unique(clients[clients != 0], return_counts=True)[1]
    if len(counts) and counts.max() > LARGE * len(clients):
        return f"the requests carry no user ids, and one address sends {counts.max() / len(clients):.0%} of them: a proxy or a machine"
    return None


def identity_of(rows: np.ndarray) -> str | None:
    """What users are told apart by: the user id where it covers the requests, else the address where that does.

    Where neither does, a part of the requests with ids is better than nothing; `ids_share` says how large it is.
    """
    for name in ("user", "client"):
        if len(rows) and (rows[name] != 0).mean() >= IDS_COVER:
            return name
    return "user" if (rows["user"] != 0).any() else None
