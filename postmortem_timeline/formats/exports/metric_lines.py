"""Metrics as lines: Prometheus' exposition and OpenMetrics, InfluxDB's line protocol, Graphite's and OpenTSDB's plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, timed
from postmortem_timeline.formats.exports.series import described, number
from postmortem_timeline.formats.exports.textual import Row, lines
from postmortem_timeline.parsing.jsondoc import text_of

NAME = "metric_lines"
TITLE = "Prometheus exposition and OpenMetrics, InfluxDB line protocol, Graphite and OpenTSDB plain text"
GROUP = "metric"
KIND = "metric"
URL = "https://prometheus.io/docs/instrumenting/exposition_formats/"
NAMES = ("*metrics*.txt", "*.prom", "*.line", "*.lp", "*graphite*.txt")

PROMETHEUS = re.compile(
    r"([A-Za-z_:][\w:]*)(?:\{((?:[^}\"]|\"(?:[^\"\\]|\\.)*\")*)\})?[ \t]+"
    r"([-+]?(?:[\d.]+(?:e[-+]?\d+)?|inf|nan))(?:[ \t]+(-?\d+(?:\.\d+)?))?(?:[ \t]*#.*)?$",
    re.IGNORECASE,
)
LABEL = re.compile(r'([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"')
INFLUX = re.compile(
    r"((?:[^,\s\\]|\\.)+)((?:,(?:[^,=\s\\]|\\.)+=(?:[^,=\s\\]|\\.)+)*) ((?:[^\s\"\\]|\\.|\"(?:[^\"\\]|\\.)*\")+)(?: (-?\d+))?$"
)
PART = re.compile(r'((?:[^,=\\]|\\.)+)=("(?:[^"\\]|\\.)*"|(?:[^,\\]|\\.)+)(?:,|$)')
GRAPHITE = re.compile(
    r"([\w-]+(?:\.[\w%:*/-]+)+(?:;[\w.-]+=[^;\s]+)*) (-?[\d.]+(?:e[-+]?\d+)?) (\d{10})$", re.IGNORECASE
)
OPENTSDB = re.compile(
    r"put ([\w./-]+) (\d{10}(?:\d{3})?) (-?[\d.]+(?:e[-+]?\d+)?)((?: [\w./-]+=[\w./:-]+)+)$", re.IGNORECASE
)
ESCAPED = re.compile(r"\\(.)")


def sniff(head: bytes, name: str) -> float:
    """Most of the first lines are of one of the shapes; an exposition needs its comments or labels to be sure."""
    text = head.decode("utf-8-sig", "replace")
    if text.lstrip()[:1] in "{[<":
        return 0.0
    rows = [line.strip() for line in text.splitlines()[:60] if line.strip()]
    rows = rows[:-1] if len(text) > 60_000 and len(rows) > 1 else rows
    if not rows:
        return 0.0
    notes = sum(row.startswith(("# TYPE ", "# HELP ", "# EOF", "# UNIT ")) for row in rows)
    plain = [row for row in rows if not row.startswith("#")]
    if not plain:
        return 0.95 if notes else 0.0
    for shape, sure in ((OPENTSDB, 0.98), (GRAPHITE, 0.95)):
        if all(shape.match(row) for row in plain):
            return sure
    if all(PROMETHEUS.match(row) for row in plain):
        return 0.98 if notes else 0.93 if any("{" in row for row in plain) else 0.0
    influx = [INFLUX.match(row) for row in plain]
    typed = all(
        found and all(_is_field(part[2]) for part in PART.finditer(found[3])) and PART.match(found[3])
        for found in influx
    )
    stamped = all(found and found[4] and len(found[4]) >= 10 for found in influx)
    return 0.95 if typed and stamped else 0.0


def _is_field(value: str) -> bool:
    return bool(re.match(r'(?:-?[\d.]+(?:e[-+]?\d+)?[iu]?|"(?:[^"\\]|\\.)*"|t|f|true|false)$', value, re.IGNORECASE))


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One sample per number. An exposition is a snapshot, mostly without a time."""
    return finished(_events(text_of(data)))


def _events(text: str) -> Iterator[Event]:
    for line in lines(text):
        if line.text.startswith("#"):
            continue
        told = next((list(read(line)) for shape, read in READERS if shape.match(line.text.strip())), None)
        if told is None:
            yield {"unparsed": True, "kind": "log", "body": line.text[:200]} | line.place
        else:
            yield from (event | line.place for event in told)


def _prometheus(line: Row) -> Iterator[Event]:
    """Milliseconds in Prometheus' own format, seconds with a fraction in OpenMetrics."""
    found = PROMETHEUS.match(line.text.strip())
    assert found
    known = {
        key: ESCAPED.sub(lambda m: "\n" if m[1] == "n" else m[1], value) for key, value in LABEL.findall(found[2] or "")
    }
    value = number(found[3])
    if value is not None:
        yield timed(found[4]) | described(found[1], known) | {"value": value}


def _influx(line: Row) -> Iterator[Event]:
    """A point of several fields; words and truths are no samples. The time's precision is told by its magnitude."""
    found = INFLUX.match(line.text.strip())
    assert found
    tags = {_plain(part[1]): _plain(part[2]) for part in PART.finditer(found[2].lstrip(","))}
    for part in PART.finditer(found[3]):
        value = number(part[2].rstrip("iu")) if part[2][:1] not in '"tfTF' else None
        if value is not None:
            yield timed(found[4]) | described(f"{_plain(found[1])}.{_plain(part[1])}", tags) | {"value": value}


def _plain(text: str) -> str:
    return ESCAPED.sub(r"\1", text)


def _graphite(line: Row) -> Iterator[Event]:
    found = GRAPHITE.match(line.text.strip())
    assert found
    name, *tags = found[1].split(";")
    yield timed(found[3]) | described(name, dict(tag.split("=", 1) for tag in tags)) | {"value": number(found[2])}


def _opentsdb(line: Row) -> Iterator[Event]:
    found = OPENTSDB.match(line.text.strip())
    assert found
    tags = dict(tag.split("=", 1) for tag in found[4].split())
    yield timed(found[2]) | described(found[1], tags) | {"value": number(found[3])}


READERS: tuple[tuple[re.Pattern[str], Callable[[Row], Iterator[Event]]], ...] = (
    (OPENTSDB, _opentsdb), (GRAPHITE, _graphite), (PROMETHEUS, _prometheus), (INFLUX, _influx),
)  # fmt: skip
