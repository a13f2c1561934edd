"""Durations that a report states: time to detect, to mitigate, to resolve, and how long it lasted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from postmortem_timeline.archive.reports.facts import Fact
from postmortem_timeline.archive.reports.layout import SUMS_UP, Line, plain
from postmortem_timeline.correlate.durations_said import COUNTS
from postmortem_timeline.postmortem import said_times

NOTE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
TO = r"(?:mean )?time[- ](?:to|until|before)[- ]"
SPANS = (
    (
        "detect",
        rf"{TO}(?:detect\w*|notice|discover\w*|alert|awareness)|\bm?ttd\b|detection (?:time|delay|"
        rf"lag|gap)|tid til (?:opdagelse|detektion)",
    ),
    ("acknowledge", rf"{TO}(?:ack\w*|respon\w+|engage\w*)|\bm?tta\b|(?:response|acknowledgement) time"),
    ("repair", rf"{TO}(?:repair\w*|fix)"),
    (
        "mitigate",
        rf"{TO}(?:(?:full )?recover\w*|mitigat\w+|restor\w+|contain\w*|remediat\w+)|\bttm\b|\bmttm\b|"
        rf"(?:mitigation|recovery|restoration) time|tid til (?:genopretning|afhjælpning)",
    ),
    ("resolve", rf"{TO}(?:(?:full|fully )?\s?resol\w+)|\bm?ttr\b|resolution time"),
    ("duration", r"(?:.*\b)?(?:duration|downtime|length|varighed|nedetid)(?:\b.*)?"),
)
LASTED = re.compile(  # of a sentence that sums up
    r"(?i)\b(?:last(?:ed|ing|s)|(?:down|unavailable|unusable|offline|unreachable|degraded|inaccessible|out|"
    r"fixed in|resolved in|caused)(?: for)?)"
    r"\s+(?P<rough>(?:for )?(?:about|around|approximately|approx\.?|roughly|nearly|almost|over|some|~|just (?:over|under))?\s*)"
    r"(?P<span>\d[\w .,]{0,24}?(?:hours?|hrs?|h|minutes?|mins?|m)\b(?:\s*(?:and )?\d+\s*(?:minutes?|mins?|m)\b)?)"
)
DURATIONS = tuple((name, re.compile(rf"(?i)^\W*(?:{pattern})\W*(?:\b.{{0,30}})?$")) for name, pattern in SPANS)
TARGET = re.compile(r"(?i)\btarget|\bgoal|\bslo\b|\bmean\b|\baverage\b|estimated|^\W*<|^\W*\{\{|\bprevious")
MEAN = re.compile(r"(?i)\bmean(?= time to)")  # one report has one time to detect, whatever it is called
COLONS = re.compile(
    r"^\W*(?P<h>\d{1,3}):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?\s*(?:\(?(?P<form>hh?:mm(?::ss)?|h|hours|hrs|min\w*)\)?)?\W*$",
    re.I,
)
WORDED = re.compile(
    rf"(?i)\b(?P<count>half an|an?|{'|'.join(COUNTS)})(?: and a (?P<half>half))?[ -](?P<unit>minutes?|hours?|days?|seconds?)\b"
)


@dataclass(frozen=True)
class Span:
    seconds: float
    line: int
    slack: float  # what its last unit leaves open


def durations(found: Sequence[Fact]) -> dict[str, Span]:
    """The durations that facts state: detect, acknowledge, repair, mitigate, resolve, duration."""
    known: dict[str, Span] = {}
    for fact in found:
        name = span_name(fact.key)
        if not name or name in known or TARGET.search(MEAN.sub("", fact.key)) or TARGET.search(fact.value[:60]):
            continue
        seconds = span(fact.value)
        if seconds is not None:
            known[name] = Span(
                seconds,
                fact.line,
                max(60.0, min(said_times.precision(fact.value), 3600.0) / (1 if "m" in fact.value else 2)),
            )
    return known


def said_duration(lines: Sequence[Line]) -> Span | None:
    """How long a summary says that it lasted: "lasting 1 hour and 48 minutes", "unusable for about 1h50m"."""
    for line in lines:
        if line.table or line.fenced or line.heading or not (SUMS_UP.search(line.under) or len(line.above) <= 1):
            continue
        said = LASTED.search(plain(line.text))
        seconds = span(said["span"]) if said else None
        if said and seconds:
            rough = 0.1 * seconds if re.search(r"\w|~", said["rough"].replace("for", "")) else 0.0
            return Span(seconds, line.number, max(60.0, rough))
    return None


def span_name(key: str) -> str | None:
    """The duration that a key names: detect, mitigate, ... or the incident's whole `duration`."""
    bare = NOTE.sub("", key).strip(" :-")
    return next((name for name, regex in DURATIONS if regex.match(bare)), None)


def span(text: str) -> float | None:
    """`1 h 35 min`, `00:45:00`, `half an hour`, `about an hour and a half` in seconds."""
    colons = COLONS.match(text)
    if colons:
        hours, minutes = int(colons["h"]), int(colons["m"])
        if colons["s"] is None and (colons["form"] or "").lower().startswith("min"):
            return float(hours * 60 + minutes)
        return float(hours * 3600 + minutes * 60 + int(colons["s"] or 0))
    worded, figures = WORDED.search(text), said_times.SPAN.search(text)
    if figures and not (worded and worded.start() < figures.start()):
        return said_times.duration(text)
    if not worded:
        return None
    count = {"half an": 0.5, "a": 1.0, "an": 1.0}.get(worded["count"].lower()) or float(COUNTS[worded["count"].lower()])
    unit = {"s": 1, "m": 60, "h": 3600, "d": 86400}[worded["unit"][0].lower()]
    return (count + (0.5 if worded["half"] else 0.0)) * unit
