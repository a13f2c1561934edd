"""Durations that a hand-written postmortem states, against the times that stand beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from postmortem_timeline.postmortem import prose, said_times
from postmortem_timeline.postmortem.findings import Finding

# A duration's name, and the milestones that it runs between: the ends and the starts that are usual, in that order.
DURATIONS = (
    (re.compile(r"(?i)time to (?:detect|detection)\b|\bttd\b|\bmttd\b"), ("detected",), ("started",)),
    (re.compile(r"(?i)time to (?:ack\w*)\b|\btta\b"), ("acknowledged",), ("detected", "started")),
    (re.compile(r"(?i)time to (?:repair|mitigat\w+|recover\w*|restor\w+|fix)\b|\bttm\b"),
     ("mitigated", "resolved"), ("detected", "started")),
    (re.compile(r"(?i)time to (?:resolve|resolution)\b|\bttr\b"), ("resolved",), ("detected", "started")),
    (re.compile(r"(?i)(?:total |outage |impact |incident )?(?:duration|downtime|length)\b"),
     ("mitigated", "resolved"), ("started", "detected")),
)  # fmt: skip

OFFICE = re.compile(r"(?i)(?:support|office|business|working) hours?")
RANGE = re.compile(
    r"(?i)\b(?:from |between )?(?P<a>(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)\s*(?:utc|gmt|z)?"
    r"\s*(?:-|–|—|to|until|till|and)\s*(?P<b>(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)\s*(?:utc|gmt|z)?"
    r"\s*(?:[,;]\s*)?(?:\(|for |lasting |lasted |a total of |duration:? |= ?)(?P<rest>[^)\n]{0,40})"
)
# A mean, or a sum over several stretches, is no difference of two milestones.
SUMMED = re.compile(r"(?i)\bmean\b|\b(?:union|sum) of\b|\bin total\b.*\bwindows\b|\bstretches\b|\bintermittent")
ROUNDING = 60.0


@dataclass(frozen=True)
class Moment:
    """A milestone as the document calls it."""

    label: str
    at: datetime

    @property
    def when(self) -> str:
        return f"{self.label} {self.at:%Y-%m-%d %H:%M}"


def check(text: str, marks: Mapping[str, Moment]) -> list[Finding]:
    """Durations with a name, and those beside a range of times."""
    return [*_durations(text, marks), *_ranges(text)]


def _durations(text: str, marks: Mapping[str, Moment]) -> list[Finding]:
    findings = []
    bases: dict[str, tuple[int, str]] = {}
    for number, line in prose.prose(text):
        bare = re.sub(r"[*_`|]", " ", line).strip(" -–•\t")
        for regex, ends, starts in DURATIONS:
            match = regex.match(bare)
            stated = said_times.duration(bare[match.end() :]) if match else None
            if match is None or stated is None or SUMMED.search(bare):
                continue
            verdict, base = _verdict(
                bare, bare[match.end() :], stated, _of(marks, ends), _of(marks, starts), list(marks.values())
            )
            if verdict:
                findings.append(
                    Finding(number, "duration", f"{match.group().strip()} {verdict}", "mend the duration or the times")
                )
            elif base and starts[0] == "detected" and ends[0] in ("mitigated", "resolved"):
                bases[match.group().strip().lower()] = (number, base)
            break
    return findings + _mixed(bases)


def _mixed(bases: Mapping[str, tuple[int, str]]) -> list[Finding]:
    """Two durations of one document that are both right, but start from different milestones."""
    if len({base for _, base in bases.values()}) < 2:
        return []
    said = "; ".join(f"{name} from {base}" for name, (_, base) in bases.items())
    line = max(number for number, _ in bases.values())
    return [
        Finding(
            line,
            "duration-basis",
            f"the durations start from different milestones: {said}",
            "say from which each counts",
        )
    ]


def _of(marks: Mapping[str, Moment], names: Iterable[str]) -> Moment | None:
    return next((marks[name] for name in names if name in marks), None)


def _verdict(
    line: str, rest: str, stated: float, end: Moment | None, start: Moment | None, marks: list[Moment]
) -> tuple[str, str]:
    """(what is wrong, or nothing; the label it counts from, if it is right)."""
    if end is None or start is None:
        return "", ""
    slack = max(ROUNDING, said_times.precision(rest) if said_times.precision(rest) < 3600 else ROUNDING)
    office = bool(OFFICE.search(line))
    hours = _hours(line)
    if not office:
        right = [
            mark
            for mark in (start, *marks)
            if mark.at <= end.at and abs((end.at - mark.at).total_seconds() - stated) <= slack
        ]
    else:
        right = [mark for mark in (start, *marks) if _close(mark.at, end.at, hours, stated, slack, line)]
    if right:
        return "", right[0].label
    wall = (end.at - start.at).total_seconds()
    counted = said_times.office_seconds(start.at, end.at, *hours) if office else wall
    kind = f"in office hours {hours[0]:%H:%M}-{hours[1]:%H:%M}" if office else ""
    truth = f"{_span(counted)} {kind}".strip()
    return f"is stated as {_span(stated)}, but {end.when} - {start.when} is {truth}", ""


def _close(start: datetime, end: datetime, hours: tuple[time, time], stated: float, slack: float, line: str) -> bool:
    weekdays = re.search(r"(?i)\bm(?:on)?\s*-\s*f(?:ri)?\b|weekdays", line) is not None
    tries = [said_times.office_seconds(start, end, *hours, weekends=False)]
    if not weekdays:
        tries.append(said_times.office_seconds(start, end, *hours, weekends=True))
    return any(abs(seconds - stated) <= slack for seconds in tries)


def _hours(line: str) -> tuple[time, time]:
    times = [said_times.clock(match.group()) for match in said_times.CLOCK.finditer(line.replace("-", " - "))]
    pair = [moment for moment in times if moment]
    return (pair[0], pair[1]) if len(pair) >= 2 else (time(9), time(17))


def _ranges(text: str) -> list[Finding]:
    """`17:42 to 18:27 UTC (45 minutes)`: the difference beside its duration."""
    findings = []
    for number, line in prose.prose(text):
        for match in RANGE.finditer(line):
            first, last = said_times.clock(match["a"]), said_times.clock(match["b"])
            stated = (
                said_times.duration(match["rest"]) if said_times.SPAN.match(match["rest"].lstrip("~ about")) else None
            )
            if not first or not last or stated is None:
                continue
            seconds = _seconds(last) - _seconds(first)
            seconds += 86400 if seconds < 0 else 0
            if abs(seconds - stated) % 86400 > max(ROUNDING, said_times.precision(match["rest"])):
                message = f"{match['a']} to {match['b']} is {_span(seconds)}, not {_span(stated)}"
                findings.append(Finding(number, "duration", message, "mend the duration or the times"))
    return findings


def _seconds(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def _span(seconds: float) -> str:
    whole = int(abs(seconds)) // 60
    sign = "-" if seconds < 0 else ""
    return f"{sign}{whole // 60}h {whole % 60:02d}m"
