"""What a Java machine leaves when it dies or is asked: hs_err files of HotSpot, thread dumps of jstack and kill -3."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, timed
from postmortem_timeline.parsing.jsondoc import text_of

NAME = "jvm_dump"
TITLE = "HotSpot hs_err file and thread dumps (jstack, kill -3)"
GROUP = "app"
KIND = "log"
URL = "https://docs.oracle.com/en/java/javase/17/troubleshoot/fatal-error-log.html"
NAMES = ("hs_err_pid*.log*", "*threaddump*", "*thread_dump*", "*jstack*")

FATAL = "# A fatal error has been detected by the Java Runtime Environment"
DUMP = "Full thread dump "
STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")
TIME = re.compile(r"[Tt]ime: \w{3} (?P<date>\w{3} +\d+ \d\d:\d\d:\d\d \d{4})(?: (?P<zone>[A-Z]{2,5}|[+-]\d{4}))?")
ZONE = re.compile(r"timezone: (\S+)$")
STATE = re.compile(r"\s+java\.lang\.Thread\.State: ([A-Z_]+)")
CAUSE = re.compile(r"#  (?!Problematic|http)(\S.*)")


def sniff(head: bytes, name: str) -> float:
    """The first lines of either, which no log writes."""
    lines = head.decode("utf-8-sig", "replace").lstrip().split("\n", 6)[:6]
    if any(line.startswith((FATAL, "# There is insufficient memory for the Java Runtime")) for line in lines):
        return 0.99 if lines[0].startswith("#") else 0.0
    dumped = len(lines) > 1 and (lines[0].startswith(DUMP) or (STAMP.match(lines[0].strip()) and lines[1].startswith(DUMP)))
    return 0.99 if dumped else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event for a crash, one for each dump: how many threads are in which state, and who waits for whom for ever."""
    lines = text_of(data).split("\n")
    places = [0, *accumulate(len(line) + 1 for line in lines)]
    return finished(_events(lines, places))


def _events(lines: list[str], places: list[int]) -> Iterator[Event]:
    dumps = [number for number, line in enumerate(lines) if line.startswith(DUMP)]
    starts = [number - 1 if number and STAMP.match(lines[number - 1].strip()) else number for number in dumps]
    first = starts[0] if starts else len(lines)
    if any(line.strip() for line in lines[:first]):
        said = next((number for number, line in enumerate(lines[:first]) if TIME.search(line)), 0)  # when it died
        yield _crash(lines[:first]) | {"line": said + 1, "element": (places[said], max(places[first] - 1, 0))}
    for start, end in zip(starts, [*starts, len(lines)][1:], strict=True):
        yield _dump(lines[start:end]) | {"line": start + 1, "element": (places[start], max(places[end] - 1, 0))}


def _crash(lines: list[str]) -> Event:
    found = next((match for line in lines if (match := TIME.search(line))), None)
    if found is None:
        return {"unparsed": True, "body": "\n".join(lines)[:200]}
    zone = found["zone"] or next((match[1] for line in lines if (match := ZONE.match(line))), None)
    causes = [match[1] for line in lines[:12] if (match := CAUSE.match(line))]
    frame = next((lines[i + 1].lstrip("# ") for i, line in enumerate(lines[:-1]) if line.startswith("# Problematic frame")), None)
    more = {"frame": frame, "command": next((line[14:] for line in lines if line.startswith("Command Line: ")), None)}
    return timed(f"{' '.join(found['date'].split())}{f' {zone}' if zone in ('UTC', 'GMT') else ''}") | {
        "kind": KIND, "severity_number": 21, "severity_text": "fatal", "attributes": attributes(more),
        "body": ": ".join(["the Java machine died", *causes[:1]]),
    }  # fmt: skip


def _dump(lines: list[str]) -> Event:
    stamp = lines[0].strip() if STAMP.match(lines[0].strip()) else None
    states = Counter(match[1] for line in lines if (match := STATE.match(line)))
    dead = next((number for number, line in enumerate(lines) if "Java-level deadlock" in line), None)
    waits = [line.strip() for line in lines[dead or 0 : (dead or 0) + 12] if dead is not None and line.strip(" =")]
    counted = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    body = f"thread dump: {counted}" + ("; " + " ".join(waits[:8]) if waits else "")
    return timed(stamp) | {
        "kind": KIND, "severity_number": 17 if waits else 9, "body": body,
        "attributes": attributes({"threads": sum(states.values()), "deadlock": bool(waits) or None}),
    }  # fmt: skip
