"""What is said of a source beside its tables: counts, spans and names, folded field by field."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

MOST_CLIENTS = 1000
TWO = 2  # names kept of a kind: one stands for the source, two say that there are several


@dataclass(frozen=True)
class Stats:
    """Sums, minima, maxima and unions only, so that merging does not depend on order or cut."""

    formats: tuple[tuple[str, str, str, int], ...] = ()  # format, kind, tier ("" for none), records
    hosts: tuple[str, ...] = ()  # the two lowest
    services: tuple[str, ...] = ()
    records: int = 0
    requests: int = 0
    with_user: int = 0
    private_clients: int = 0
    naive: int = 0
    stamped: int = 0
    precision_ns: int = 1_000_000_000
    first_ns: int = -1
    last_ns: int = -1
    clients: tuple[int, ...] = ()  # the lowest hashes of client addresses
    offsets: tuple[tuple[int, int], ...] = ()  # outer minus inner stamp in quarter hours where not 0, how often

    @property
    def zone(self) -> str:
        """`stated`, or `assumed` where most stamps carry none."""
        return "assumed" if self.naive * 2 > self.records else "stated"

    @property
    def kind(self) -> str:
        """`request` where there is one, else the kind of most records."""
        return "request" if self.requests else self._main()[1]

    @property
    def format(self) -> str:
        """The format of most records of the main kind."""
        return self._main()[0]

    @property
    def tier(self) -> str | None:
        """The tier of most records that have one, those of the main kind first."""
        tiers = [(kind == self.kind, n, tier) for _, kind, tier, n in self.formats if tier]
        return min(tiers, key=lambda t: (not t[0], -t[1], t[2]))[2] if tiers else None

    @property
    def host(self) -> str | None:
        return self.hosts[0] if len(self.hosts) == 1 else None

    @property
    def service(self) -> str | None:
        return self.services[0] if len(self.services) == 1 else None

    def _main(self) -> tuple[str, str, str, int]:
        mine = [row for row in self.formats if not self.requests or row[1] == "request"]
        return min(mine or self.formats or (("", "log", "", 0),), key=lambda row: (-row[3], row))

    def merged(self, other: Stats) -> Stats:
        """The stats of both parts of one source."""
        first = [s.first_ns for s in (self, other) if s.stamped]
        last = [s.last_ns for s in (self, other) if s.stamped]
        formats: Counter[tuple[str, str, str]] = Counter()
        offsets: Counter[int] = Counter()
        for part in (self, other):
            for *key, n in part.formats:
                formats[tuple(key)] += n  # type: ignore[index]
            for offset, n in part.offsets:
                offsets[offset] += n
        return Stats(
            tuple((*key, n) for key, n in sorted(formats.items())),
            tuple(sorted({*self.hosts, *other.hosts})[:TWO]), tuple(sorted({*self.services, *other.services})[:TWO]),
            self.records + other.records, self.requests + other.requests, self.with_user + other.with_user,
            self.private_clients + other.private_clients, self.naive + other.naive, self.stamped + other.stamped,
            min(self.precision_ns, other.precision_ns), min(first, default=-1), max(last, default=-1),
            tuple(sorted({*self.clients, *other.clients})[:MOST_CLIENTS]), tuple(sorted(offsets.items())),
        )  # fmt: skip


def inner_offset_s(stats: Stats) -> float | None:
    """Seconds from the stamps inside wrapped records to the wrapper's, where nine in ten of them agree; None elsewhere."""
    offsets = sorted(stats.offsets, key=lambda item: (-item[1], item[0]))
    wrapped = sum(n for chain, _, _, n in stats.formats if ">" in chain)
    return float(offsets[0][0] * 900) if offsets and offsets[0][1] >= 0.9 * wrapped else None
