"""Grow a small access log into one of any size, with moving times and users, background errors and a planted outage."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

LINE = re.compile(r'^\S+ \S+ \S+ \[[^]]+\] ("[^"]*") (\d{3}) (\S+ "[^"]*" "[^"]*")\s*$')
START = dt.datetime(2025, 7, 15, 3, 0, tzinfo=dt.UTC)
RATE = 70  # requests a second, in the mean
OUTAGE = (2437, 4412)  # seconds after START, both included; inside the first 100 MB
VISITORS = 12_000  # the window of users that are about; it moves on by one every second
FAILING = 5  # one user in so many is failed while the outage lasts


@dataclass
class Truth:
    """What was planted, counted from the lines that were written."""

    start: str = ""
    end: str = ""
    lines: int = 0
    requests_in_window: int = 0
    failed_in_window: int = 0
    users_in_window: int = 0
    users_failed: int = 0


def grow(seed: Path, output: Path, size: int) -> Truth:
    """Write about `size` bytes of log to `output` and the truth beside it; the same bytes each time."""
    shapes = [match.groups() for line in seed.read_text(errors="replace").splitlines() if (match := LINE.match(line))]
    truth, seen, failed, written = Truth(), set(), set(), 0
    with output.open("w", encoding="utf-8", newline="\n", buffering=1 << 22) as file:
        for second, user, fails, line in _lines(shapes):
            if OUTAGE[0] <= second <= OUTAGE[1]:
                truth.requests_in_window += 1
                truth.failed_in_window += fails
                seen.add(user)
                if fails:
                    failed.add(user)
                    truth.start, truth.end = truth.start or _iso(second), _iso(second)
            file.write(line)
            truth.lines += 1
            written += len(line)
            if written >= size:
                break
    truth.users_in_window, truth.users_failed = len(seen), len(failed)
    output.with_suffix(".truth.json").write_text(json.dumps(asdict(truth), indent=2) + "\n")
    return truth


def _lines(shapes: list[tuple[str, str, str]]) -> Iterator[tuple[int, int, bool, str]]:
    """Second, user, whether the outage failed it, and the line; without end."""
    number = second = 0
    while True:
        stamp = (START + dt.timedelta(seconds=second)).strftime("%d/%b/%Y:%H:%M:%S +0000")
        out = OUTAGE[0] <= second <= OUTAGE[1]
        for _ in range(_busy(second)):
            number += 1
            mixed = (number * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
            user = second + (mixed >> 40) % VISITORS
            request, status, rest = shapes[(mixed >> 20) % len(shapes)]
            fails = out and user % FAILING == 0
            status = "503" if fails else "500" if mixed % 997 == 0 else status
            address = f"{11 + user % 80}.{user >> 16 & 255}.{user >> 8 & 255}.{user & 255}"
            yield second, user, fails, f"{address} - u{user:07d} [{stamp}] {request} {status} {rest}\n"
        second += 1


def _busy(second: int) -> int:
    """A day's slow wave with a little unrest on it."""
    return round(RATE * (1 + 0.25 * math.sin(second / 13_751) + 0.1 * math.sin(second * 1.7)))


def _iso(second: int) -> str:
    return (START + dt.timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
