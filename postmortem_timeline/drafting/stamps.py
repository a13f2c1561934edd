"""Finds the time of a line, wherever it stands and however it is written, and says it as a strptime pattern."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from postmortem_timeline.parsing.stamp_moves import ZONES

# How dates are written. %1 %2 %3 are numbers of which only all lines together tell which is the day, month or year.
DATES = tuple(
    (re.compile(rf"(?<![0-9A-Za-z]){shape}"), pattern)
    for shape, pattern in (
        (r"(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]", "%Y-%m-%d"),
        (r"(?:19|20)[0-9]{2}/[01][0-9]/[0-3][0-9]", "%Y/%m/%d"),
        (r"(?:19|20)[0-9]{2}\.[01][0-9]\.[0-3][0-9]", "%Y.%m.%d"),
        (r"(?:19|20)[0-9]{2}-[A-Z][a-z]{2}-[0-3][0-9]", "%Y-%b-%d"),
        (r"(?:19|20)[0-9]{2} [A-Z][a-z]{2} [ 0-3][0-9]", "%Y %b %e"),
        (r"[A-Z][a-z]{2}, [0-3][0-9] [A-Z][a-z]{2} [0-9]{4}", "%a, %d %b %Y"),
        (r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-3][0-9](?= )", "%a %b %e"),
        (r"[0-3][0-9]/[A-Z][a-z]{2}/[0-9]{4}", "%d/%b/%Y"),
        (r"[0-3][0-9]-[A-Z][a-z]{2}-[0-9]{4}", "%d-%b-%Y"),
        (r"[0-3][0-9] [A-Z][a-z]{2} [0-9]{4}", "%d %b %Y"),
        (r"[0-9] [A-Z][a-z]{2} [0-9]{4}", "%-d %b %Y"),
        (r"[A-Z][a-z]{2} [0-3][0-9], [0-9]{4}", "%b %d, %Y"),
        (r"[A-Z][a-z]{2} [0-9], [0-9]{4}", "%b %-d, %Y"),
        (r"[A-Z][a-z]{2} [ 0-3][0-9] [0-9]{4}", "%b %e %Y"),
        (r"[A-Z][a-z]{2} [ 0-3][0-9]", "%b %e"),
        (r"[A-Z][a-z]{2} [0-9](?![0-9])", "%b %-d"),
        (r"[0-9]{2}/[0-9]{2}/(?:19|20)[0-9]{2}", "%1/%2/%Y"),
        (r"[0-9]{2}\.[0-9]{2}\.(?:19|20)[0-9]{2}", "%1.%2.%Y"),
        (r"[0-9]{2}-[0-9]{2}-(?:19|20)[0-9]{2}", "%1-%2-%Y"),
        (r"[0-9]{1,2}/[0-9]{1,2}/(?:19|20)[0-9]{2}", "%-1/%-2/%Y"),
        (r"[0-9]{1,2}\.[0-9]{1,2}\.(?:19|20)[0-9]{2}", "%-1.%-2.%Y"),
        (r"[0-9]{2}/[0-9]{2}/[0-9]{2}(?![0-9])", "%1/%2/%3"),
        (r"[0-9]{2}-[0-9]{2}-[0-9]{2}(?![0-9])", "%1-%2-%3"),
        (r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}(?![0-9])", "%1.%2.%3"),
        (r"(?:19|20)[0-9]{2}[01][0-9][0-3][0-9](?=[T _-]?[0-9]{2})", "%Y%m%d"),
        (r"[0-9]{2}[01][0-9][0-3][0-9](?=[ T_-])", "%y%m%d"),
        (r"[0-9]{2}[./-][0-9]{2}(?= [0-9])", "%1{}%2"),
    )
)
JOIN = re.compile(r"T| at |, | - |[ :_-]| {2,}")
CLOCKS = tuple(
    (re.compile(shape), pattern)
    for shape, pattern in (
        (r"[01][0-9]:[0-5][0-9]:[0-5][0-9] [AaPp][Mm]\b", "%I:%M:%S %p"),
        (r"[0-9]:[0-5][0-9]:[0-5][0-9] [AaPp][Mm]\b", "%-I:%M:%S %p"),
        (r"[01][0-9]:[0-5][0-9] [AaPp][Mm]\b", "%I:%M %p"),
        (r"[0-2][0-9]:[0-5][0-9]:[0-6][0-9]", "%T"),
        (r"[0-9]:[0-5][0-9]:[0-6][0-9]", "%-H:%M:%S"),
        (r"[0-2][0-9][.][0-5][0-9][.][0-6][0-9](?![0-9])", "%H.%M.%S"),
        (r"[0-2][0-9]-[0-5][0-9]-[0-6][0-9](?![0-9])", "%H-%M-%S"),
        (r"[0-2][0-9][0-5][0-9][0-6][0-9](?![0-9])", "%H%M%S"),
        (r"[0-2][0-9]:[0-5][0-9](?![0-9:])", "%H:%M"),
    )
)
CLOCK_FIRST = re.compile(r"(?<![0-9:])[0-2][0-9]:[0-5][0-9]:[0-6][0-9](?P<fraction>[.,][0-9]{1,9})?(?P<join> |, | - )$")
GLUED = re.compile(r"[\w.-]\S")  # a time within the name of a file
FRACTION = re.compile(r"[.,][0-9]{1,9}(?![0-9])")
MILLIS = re.compile(r":[0-9]{3}(?![0-9])")
YEAR = re.compile(r" (?:19|20)[0-9]{2}(?![0-9])")
OFFSET = re.compile(r"( ?)(?:Z\b|[+-][0-9]{2}:?[0-9]{2}(?![0-9]))")
ZONE = re.compile(r"( ?)([A-Z]{3,4})\b")
EPOCH = re.compile(r"(?<![\w.:/-])1[0-9]{9}(?:\.[0-9]{1,9}|[0-9]{3}|[0-9]{6}|[0-9]{9})?(?![\w.:/-])")
BARE = re.compile(r"(?<![0-9:.-])[0-2][0-9]:[0-5][0-9]:[0-6][0-9](?:[.,][0-9]{1,9})?(?![0-9:])")
NUMBERS = re.compile(r"[0-9]+")
LOOSE = {"%d": "%-d", "%e": "%-d", "%m": "%-m", "%I": "%-I", "%H": "%-H", "%T": "%-H:%M:%S", "%1": "%-1", "%2": "%-2"}
FEW = 0.01  # of the stamps; what is written otherwise by fewer is left to people
MOST = 4


class Stamp(NamedTuple):
    """Where the time of a line stands, and how it is written."""

    start: int
    end: int
    pattern: str
    text: str


def find(line: str) -> Stamp | None:
    """The first time in a line that has a date; else an epoch, or a clock alone."""
    dated = [stamp for shape, pattern in DATES for stamp in _dated(line, shape, pattern)]
    if dated:
        return min(
            dated, key=lambda stamp: (bool(stamp.start and GLUED.match(line, stamp.start - 1)), stamp.start, -stamp.end)
        )
    for shape, pattern in ((EPOCH, "%s"), (BARE, "%T%.f")):
        if found := shape.search(line):
            return Stamp(found.start(), found.end(), pattern, found.group())
    return None


def _dated(line: str, shape: re.Pattern[str], pattern: str) -> Iterator[Stamp]:
    for date in shape.finditer(line):
        written = pattern.format(NUMBERS.sub("", date.group())) if "{}" in pattern else pattern
        if found := _clocked(line, date, written):
            yield found
        elif "{}" not in pattern and (time := CLOCK_FIRST.search(line[: date.start()])):
            said = "%T" + ("%.f" if time.group("fraction") else "") + time.group("join") + pattern
            yield Stamp(time.start(), date.end(), said, date.group())


def _clocked(line: str, date: re.Match[str], written: str) -> Stamp | None:
    """The time whose clock stands behind its date."""
    join = JOIN.match(line, date.end())
    at = join.end() if join else date.end()
    for clock, said in CLOCKS:
        time = clock.match(line, at)
        if time and (join or said == "%H%M%S"):
            end, behind = _behind(line, time.end(), written)
            whole = written + (join.group() if join else "") + said + behind
            return Stamp(date.start(), end, whole, line[date.start() : end])
    return None


def _behind(line: str, at: int, date: str) -> tuple[int, str]:
    """What goes on behind the seconds: a fraction, a zone, a year."""
    said = ""
    if found := FRACTION.match(line, at):
        at, said = found.end(), "%.f"
    elif found := MILLIS.match(line, at):
        at, said = found.end(), ":%f"
    if "%Y" not in date and "%y" not in date and "%3" not in date and (found := YEAR.match(line, at)):
        at, said = found.end(), f"{said} %Y"
    if found := OFFSET.match(line, at):
        return found.end(), f"{said}{found.group(1)}%z"
    if (found := ZONE.match(line, at)) and found.group(2) in ZONES:
        return found.end(), f"{said}{found.group(1)}%Z"
    return at, said


def patterns(stamps: Iterable[Stamp]) -> tuple[list[str], str]:
    """How the times are written, the most common way first, and what is doubtful in it."""
    stamps = list(stamps)
    written, doubt = Counter(stamp.pattern for stamp in stamps), ""
    if ambiguous := [stamp for stamp in stamps if "%1" in stamp.pattern or "%-1" in stamp.pattern]:
        order, sure = _order(ambiguous)
        written = Counter(_ordered(stamp.pattern, order) for stamp in stamps)
        doubt = "" if sure else f"every date reads otherwise too; taken for {'-'.join(order)}"
    for pattern in sorted(written):
        twin = pattern + "%.f" if pattern.endswith(("%T", "%S")) else pattern.replace("%T%z", "%T%.f%z")
        if twin != pattern and twin in written:
            written[twin] += written.pop(pattern)
    for strict, loose in LOOSE.items():
        for pattern in sorted(written):
            twin = pattern.replace(strict, loose)
            if twin != pattern and twin in written:
                written[twin] += written.pop(pattern)
    common = [pattern for pattern, n in sorted(written.items(), key=lambda item: (-item[1], item[0]))]
    return [pattern for pattern in common if written[pattern] >= FEW * len(stamps)][:MOST], doubt


def _ordered(pattern: str, order: Sequence[str]) -> str:
    for number, what in enumerate(order, 1):
        pattern = pattern.replace(f"%{number}", f"%{what[0]}").replace(f"%-{number}", f"%-{what[0]}")
    return pattern


def _order(stamps: list[Stamp]) -> tuple[tuple[str, ...], bool]:
    """Which number is what, and whether the numbers leave no doubt."""
    numbers = [tuple(int(n) for n in NUMBERS.findall(stamp.text)[:3]) for stamp in stamps]
    short = "%3" in stamps[0].pattern
    orders: list[tuple[str, ...]] = [("day", "month"), ("month", "day")]
    if short:
        orders = [("year", "month", "day"), ("month", "day", "year"), ("day", "month", "year")]
        if "." in stamps[0].pattern:
            orders.reverse()
    if not short and ("%p" in stamps[0].pattern or "%Y" not in stamps[0].pattern):
        orders.reverse()  # where hours have halves, and where no year is written, the month is mostly the first
    fit = [order for order in orders if all(_may(order, row) for row in numbers)] or orders[:1]
    return fit[0], len(fit) == 1


def _may(order: Sequence[str], row: Sequence[int]) -> bool:
    least = {"day": (1, 31), "month": (1, 12), "year": (10, 69)}
    return all(least[what][0] <= number <= least[what][1] for what, number in zip(order, row, strict=False))
