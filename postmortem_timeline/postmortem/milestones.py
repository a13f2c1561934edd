"""Milestones and durations that a hand-written postmortem states, tested against each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from postmortem_timeline.postmortem import prose, said_times
from postmortem_timeline.postmortem.findings import Finding

# How people head their milestones; the first that matches counts.
NAMES = (
    ("started", re.compile(r"(?i)\b(?:fault occurs|fault occurred|(?:impact|incident|outage|fault|problem) (?:starts?|started|began|begins)|start(?:ed)?(?: time)?|onset)\b")),
    ("detected", re.compile(r"(?i)\b(?:(?:first |fault )?detected|detection time|first (?:noticed|reported|alert)|team aware|noticed)\b")),
    ("declared", re.compile(r"(?i)\bincident declared\b(?! (?:as )?resolved)|^declared\b")),
    ("acknowledged", re.compile(r"(?i)\backnowledged\b")),
    ("mitigated", re.compile(r"(?i)\b(?:repaired|mitigated|restored|recovered|fixed|impact (?:ends?|ended))\b")),
    ("resolved", re.compile(r"(?i)\b(?:resolved|incident (?:ends?|ended|over)|end(?:ed)?(?: time)?)\b")),
    ("closed", re.compile(r"(?i)\bclosed\b")),
)  # fmt: skip

# A duration's name, and the milestones that it runs between: the ends and the starts that are usual, in that order.
DURATIONS = (
    (re.compile(r"(?i)time to (?:detect|detection)\b|\bttd\b|\bmttd\b"), ("detected",), ("started",)),
    (re.compile(r"(?i)time to (?:ack\w*)\b|\btta\b"), ("acknowledged",), ("detected", "started")),
    (re.compile(r"(?i)time to (?:repair|mitigat\w+|recover\w*|restor\w+|fix)\b|\bttm\b"), ("mitigated", "resolved"), ("detected", "started")),
    (re.compile(r"(?i)time to (?:resolve|resolution)\b|\bttr\b"), ("resolved",), ("detected", "started")),
    (re.compile(r"(?i)(?:total |outage |impact |incident )?(?:duration|downtime|length)\b"), ("mitigated", "resolved"), ("started", "detected")),
)  # fmt: skip

# Who comes before whom. Declared may come late and detected before harm; both are said, not mended.
ORDER = (("started", "mitigated"), ("detected", "acknowledged"), ("detected", "declared"), ("declared", "mitigated"),
         ("declared", "resolved"), ("detected", "mitigated"), ("mitigated", "resolved"), ("resolved", "closed"))  # fmt: skip

OFFICE = re.compile(r"(?i)(?:support|office|business|working) hours?")
RANGE = re.compile(
    r"(?i)\b(?:from |between )?(?P<a>(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)\s*(?:utc|gmt|z)?\s*(?:-|–|—|to|until|till|and)\s*"
    r"(?P<b>(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)\s*(?:utc|gmt|z)?\s*(?:[,;]\s*)?(?:\(|for |lasting |lasted |a total of |duration:? |= ?)(?P<rest>[^)\n]{0,40})"
)
ROUNDING = 60.0
FAR = timedelta(days=60)


@dataclass(frozen=True)
class Milestone:
    name: str
    label: str
    line: int
    stamp: said_times.Stamp

    @property
    def at(self) -> datetime:
        return self.stamp.at


def check(text: str, around: date | None) -> list[Finding]:
    """All that can be said of milestones and durations; `around` is the day that title or file name gives."""
    found = milestones(text)
    findings = [
        Finding(mark.line, "time-spelling", f"“{mark.stamp.text}” has {mark.stamp.odd}", "write YYYY-MM-DD HH:MM")
        for mark in found if mark.stamp.odd
    ]  # fmt: skip
    typos = typing_errors(found, around)
    sound = {mark.name: mark for mark in found if mark not in typos}
    findings += [Finding(mark.line, "date-far", message, "is the date a typing error?") for mark, message in typos.items()]
    findings += _order(sound)
    findings += _durations(text, sound, bool(typos))
    return findings + _ranges(text)


def milestones(text: str) -> list[Milestone]:
    """The key events: short labels with a full date and time, the first of each name."""
    found: dict[str, Milestone] = {}
    for number, line in prose.prose(text):
        bare = re.sub(r"[*_`|]", "", line).strip(" -–—•\t")
        stamp = said_times.stamp(bare)
        if not stamp or bare.startswith(stamp.text[:10]):
            continue  # a line that begins with its time is a row of a timeline, not a key event
        label = bare[: bare.find(stamp.text)].strip(" :-–—")
        name = next((name for name, regex in NAMES if regex.search(label)), None)
        if name and len(label.split()) <= 4 and name not in found:
            found[name] = Milestone(name, label, number, stamp)
    return list(found.values())


def typing_errors(found: list[Milestone], around: date | None) -> dict[Milestone, str]:
    """Milestones that lie far from the others where another year or month would lie near."""
    days = sorted([mark.at.date() for mark in found] + ([around] if around else []))
    if len(days) < 3:
        return {}
    middle = around or days[len(days) // 2]
    wrong = {}
    for mark in found:
        away = abs(mark.at.date() - middle)
        near = _near(mark.at.date(), middle)
        if away > FAR and near:
            wrong[mark] = f"{mark.label} {mark.stamp.text} is {away.days} days from the rest; {near} would fit"
    return wrong


def _near(wrong: date, middle: date) -> str:
    """The same day in the year or month of the others, if it lies near them."""
    for year, month in ((middle.year, wrong.month), (middle.year, middle.month), (wrong.year, middle.month)):
        try:
            other = wrong.replace(year=year, month=month)
        except ValueError:
            continue
        if abs(other - middle) <= FAR:
            return other.isoformat()
    return ""


def _order(marks: Mapping[str, Milestone]) -> list[Finding]:
    """One finding a line: the milestone that comes too early or too late."""
    findings: dict[int, Finding] = {}
    for first, second in ORDER:
        if first in marks and second in marks and marks[first].at > marks[second].at:
            early, late = marks[second], marks[first]
            declared = "declared" in (first, second)
            blamed = marks["declared"] if declared else late
            hint = "was it declared afterwards? say so" if declared else "one of the two times is wrong"
            message = f"{late.label} ({late.stamp.text}) is after {early.label} ({early.stamp.text})"
            findings.setdefault(blamed.line, Finding(blamed.line, "order", message, hint))
    return list(findings.values())


def _durations(text: str, marks: Mapping[str, Milestone], unsure: bool) -> list[Finding]:
    findings = []
    bases: dict[str, tuple[int, str]] = {}
    for number, line in prose.prose(text):
        bare = re.sub(r"[*_`|]", " ", line).strip(" -–•\t")
        for regex, ends, starts in DURATIONS:
            match = regex.match(bare)
            stated = said_times.duration(bare[match.end() :]) if match else None
            if match is None or stated is None or "mean " in bare.lower():
                continue
            verdict, base = _verdict(bare, bare[match.end() :], stated, _of(marks, ends), _of(marks, starts), list(marks.values()))
            if verdict and not (unsure and not base):
                findings.append(Finding(number, "duration", f"{match.group().strip()} {verdict}", "mend the duration or the times"))
            elif base:
                bases[match.group().strip().lower()] = (number, base)
            break
    return findings + _mixed(bases)


def _mixed(bases: Mapping[str, tuple[int, str]]) -> list[Finding]:
    """Two durations of one document that are both right, but start from different milestones."""
    if len({base for _, base in bases.values()}) < 2:
        return []
    said = "; ".join(f"{name} from {base}" for name, (_, base) in bases.items())
    line = max(number for number, _ in bases.values())
    return [Finding(line, "duration-basis", f"the durations start from different milestones: {said}", "say from which each counts")]


def _of(marks: Mapping[str, Milestone], names: Iterable[str]) -> Milestone | None:
    return next((marks[name] for name in names if name in marks), None)


def _verdict(
    line: str, rest: str, stated: float, end: Milestone | None, start: Milestone | None, marks: list[Milestone]
) -> tuple[str, str]:
    """(what is wrong, or nothing; the label it counts from, if it is right)."""
    if end is None or start is None:
        return "", ""
    slack = max(ROUNDING, said_times.precision(rest) if said_times.precision(rest) < 3600 else ROUNDING)
    office = bool(OFFICE.search(line))
    hours = _hours(line)
    if not office:
        right = [mark for mark in (start, *marks) if mark.at <= end.at and abs((end.at - mark.at).total_seconds() - stated) <= slack]
    else:
        right = [mark for mark in (start, *marks) if _close(mark.at, end.at, hours, stated, slack, line)]
    if right:
        return "", right[0].label
    wall = (end.at - start.at).total_seconds()
    counted = said_times.office_seconds(start.at, end.at, *hours) if office else wall
    kind = f"in office hours {hours[0]:%H:%M}-{hours[1]:%H:%M}" if office else ""
    truth = f"{_span(counted)} {kind}".strip()
    return f"is stated as {_span(stated)}, but {end.label} {end.stamp.text} - {start.label} {start.stamp.text} is {truth}", ""


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
            stated = said_times.duration(match["rest"]) if said_times.SPAN.match(match["rest"].lstrip("~ about")) else None
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
