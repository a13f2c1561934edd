"""Lines in which a process tells of its own life: it starts, stops, elects a leader, loses a member."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.entries import Entry, listed
from postmortem_timeline.correlate.families import family
from postmortem_timeline.correlate.lifecycle_words import lifecycle_class, names_something
from postmortem_timeline.correlate.places import Places
from postmortem_timeline.frame import cite

SECOND = 1_000_000_000
TOGETHER = 60 * SECOND  # lines of one start or stop follow each other closely
AT_ONCE = 5 * SECOND  # a stop, and what is lost and elected by it
ROUTINE = 4  # what a log tells of in more moments than this is its everyday business
MOMENTS, LONGEST, SHORTEST = 100, 300 * SECOND, 10 * SECOND  # so many moments has a log, of at most and at least
CROWD = 60  # lines a moment: a program that tells of this many is not telling of itself

SAYS = {
    "stops": "stop in {who}: ", "loses": "loss seen by {who}: ", "elects": "election in {who}: ",
    "starts": "start in {who}: ",
}  # fmt: skip
REASONS = {"stops": "silence", "loses": "first_seen", "elects": "first_seen", "starts": "recovery"}
WEIGHTS = {"loses": 56.0, "stops": 54.0, "elects": 50.0, "starts": 46.0}


def lifecycle(patterns: pd.DataFrame, places: Places, start: int, end: int) -> list[Entry]:
    """One entry for each moment in which a log tells of starting, stopping, electing or losing, however many lines.

    in:  patterns as in Evidence, clocks applied; who is speaking; the interval (ns) of interest
    """
    told = _told(patterns, places)
    moments = [_Moment.of(rows) for _, rows in told.groupby(_numbers(told), sort=True)] if len(told) else []
    near = [moment for moment in moments if moment.telling and moment.start <= end and moment.end >= start]
    return [moment.entry() for moment in _folded(_folded(near, _of_one), _of_many)]


def _told(patterns: pd.DataFrame, places: Places) -> pd.DataFrame:
    """The lines of lifecycle that are rare in their log, with who speaks and what of."""
    quiet = patterns[(patterns["severity"] < 13) & ~patterns["severity"].between(1, 8)]
    classes = {t: lifecycle_class(t) for t in quiet["template"].astype(str).unique()}
    about = quiet["template"].astype(str).map(classes)
    told = quiet.assign(about=about)[about.notna()]
    if told.empty:
        return told
    who = [places.speaker(row.source, row.service) for row in told.itertuples()]
    log = [
        name + "\0" + family(str(source)).rpartition("/")[2] for name, source in zip(who, told["source"], strict=True)
    ]
    told = told.assign(who=who, log=log)
    key = [told["log"], told["template"].astype(str)]
    span = int(patterns["last_ns"].max() - patterns["first_ns"].min())
    moment = min(max(span // MOMENTS, SHORTEST), LONGEST)
    moments = (told["first_ns"] // moment).groupby(key).transform("nunique")
    often = told["count"].groupby(key).transform("sum") / moments
    return told[(moments <= ROUTINE) & (often <= CROWD)].sort_values(
        ["log", "about", "first_ns", "source", "line"], kind="stable"
    )


def _numbers(told: pd.DataFrame) -> np.ndarray:
    """The moment of each line, numbered: lines of one log and class no further apart than TOGETHER."""
    key = [told["log"], told["about"]]
    latest = told.groupby(key, sort=False)["last_ns"].cummax().groupby(key, sort=False).shift()
    opens = latest.isna() | (told["first_ns"] - latest.fillna(0) > TOGETHER)
    return opens.cumsum().to_numpy()


@dataclass(frozen=True)
class _Moment:
    about: str
    log: str
    who: tuple[str, ...]
    service: str | None
    start: int
    end: int
    line: int
    template: str
    kinds: int  # distinct lines
    count: int
    severity: int
    telling: bool
    cited: tuple[str, ...]

    @classmethod
    def of(cls, rows: pd.DataFrame) -> _Moment:
        first = rows.iloc[0]
        last = rows.sort_values(["last_ns", "source", "last_line"], kind="stable").iloc[-1]
        places = (cite(first["source"], int(first["line"])), cite(last["source"], int(last["last_line"])))
        return cls(
            str(first["about"]), family(str(first["source"])), (str(first["who"]),),
            first["service"] if isinstance(first["service"], str) else None,
            int(first["first_ns"]), int(rows["last_ns"].max()), int(first["line"]), str(first["template"]),
            int(rows["template"].nunique()), int(rows["count"].sum()), int(rows["severity"].max()),
            any(names_something(str(t)) for t in rows["template"].unique()), tuple(dict.fromkeys(places)),
        )  # fmt: skip

    def entry(self) -> Entry:
        """The first line tells it; how many more there are says how large it was."""
        rest = self.count - 1
        more = f" (and {rest:,} more line{'s' if rest > 1 else ''})" if rest > 0 else ""
        score = WEIGHTS[self.about] + min(3.0 * math.log2(self.kinds), 12.0)
        return Entry(
            self.start, self.end, "log", f"{SAYS[self.about].format(who=listed(self.who))}{self.template}{more}",
            REASONS[self.about], score, self.cited, self.severity, self.service, None, self.count, len(self.who),
        )  # fmt: skip


def _of_one(one: _Moment, other: _Moment) -> bool:
    """What one speaker tells at once is one, whatever its class."""
    return one.who == other.who and other.start - one.end <= AT_ONCE


def _of_many(one: _Moment, other: _Moment) -> bool:
    """The same line at nearly the same time on several hosts, or a whole machine that starts or stops, is one."""
    near = one.about == other.about and other.start - one.end <= TOGETHER
    return near and (one.template == other.template or (one.log == other.log and one.who != other.who))


def _folded(moments: list[_Moment], same: Callable[[_Moment, _Moment], bool]) -> list[_Moment]:
    found: list[_Moment] = []
    for moment in sorted(moments, key=lambda m: (m.start, m.log, m.line, m.about, m.who)):
        place = next((place for place in range(len(found) - 1, -1, -1) if same(found[place], moment)), None)
        if place is None:
            found.append(moment)
        else:
            found[place] = _joined(found[place], moment, same is _of_one)
    return found


def _joined(one: _Moment, other: _Moment, in_order: bool) -> _Moment:
    """Told by the first line; of several speakers by the one with the most to tell."""
    head = one if in_order or one.kinds >= other.kinds else other
    rest = other if head is one else one
    return replace(
        head, who=tuple(dict.fromkeys((*head.who, *rest.who))),
        start=min(one.start, other.start), end=max(one.end, other.end),
        kinds=head.kinds + rest.kinds if in_order else max(one.kinds, other.kinds), count=one.count + other.count,
        severity=max(one.severity, other.severity), service=one.service if one.service == other.service else None,
        cited=tuple(dict.fromkeys((*head.cited, *rest.cited))),
    )  # fmt: skip
