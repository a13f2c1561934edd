"""Series as tables: Grafana's panels, InfluxDB (annotated and plain), collectd, sysstat, Graphite."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, timed
from postmortem_timeline.formats.exports.series import described, number
from postmortem_timeline.formats.exports.table import header, rows
from postmortem_timeline.formats.exports.textual import lines
from postmortem_timeline.parsing.jsondoc import text_of

NAME = "metric_tables"
TITLE = "Metrics as CSV (Grafana panels, InfluxDB, collectd, sysstat's sadf, Graphite)"
GROUP = "metric"
KIND = "metric"
URL = "https://grafana.com/docs/grafana/latest/panels-visualizations/panel-inspector/"
NAMES = ("*.csv", "*-data-*.csv", "*sadf*.csv")

ANNOTATIONS = ("#group", "#datatype", "#default")
EPOCH = re.compile(r"epoch(,[a-z][\w-]*)+$")  # collectd
UNIT = re.compile(r"^(-?[\d,.]*\d(?:e[+-]?\d+)?)\s*([^\d\s].{0,20})?$", re.IGNORECASE)
SCALE = {"k": 1e3, "K": 1e3, "Mil": 1e6, "Bil": 1e9}


def sniff(head: bytes, name: str) -> float:
    """Annotations, `epoch,value`, a comment with a host name, or a first column that is Time beside series."""
    text = head.decode("utf-8-sig", "replace").lstrip("\r\n")
    first = text.partition("\n")[0].strip()
    if first.startswith(ANNOTATIONS) and "," in first:
        return 0.98
    if EPOCH.match(first) or first.startswith("# hostname;interval;timestamp;"):
        return 0.98
    if first.startswith("name,tags,time,"):
        return 0.97
    return 0.95 if _is_panel(text) else 0.0


def _is_panel(text: str) -> bool:
    """`"Time","auth","db"`: a table of a time and of numbers; quotes, or a `sep=` line, tell it from a table of records."""
    names, _, _ = header(text)
    if len(names) < 2 or names[0] not in ("Time", "Series") or "Time" not in names:
        return False
    quoted = text.lstrip()[:6].lower().startswith(('"time"', '"serie', "sep=")) or (
        names[0] == "Series" and names[-1] == "Value"
    )
    if not quoted or {"Line", "Message", "Severity", "message", "body"} & set(names):
        return False
    first = next(rows(text, normal=False), None)
    values = list(first.cells.items())[1:] if first else []
    return bool(values) and all(
        _value(v) is not None or v.strip().lower() in ("", "null", "nan", "undefined") or k in ("Series", "Time")
        for k, v in values
    )


def _value(cell: str) -> float | None:
    """A number, also with a unit behind it, as panels that format their values write it: `12.1%`, `1.5 K`."""
    plain = number(cell)
    if plain is not None:
        return plain
    found = UNIT.match(cell.strip())
    value = number(found[1].replace(",", "")) if found else None
    return None if found is None or value is None else value * SCALE.get((found[2] or "").strip(), 1.0)


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One sample per number; empty cells, null and NaN are no zeros, and no samples."""
    text = text_of(data)
    first = text.lstrip("\r\n").partition("\n")[0].strip()
    if first.startswith(ANNOTATIONS):
        events = _annotated(text)
    elif EPOCH.match(first):
        events = _collectd(text, context.source)
    elif first.startswith("# hostname;"):
        events = _sadf(text)
    elif first.startswith("name,tags,time,"):
        events = _influx(text)
    else:
        events = _panel(text)
    return finished(events)


def _panel(text: str) -> Iterator[Event]:
    """Wide: a column a series. Or long: `Series;Time;Value`. The time is in the dashboard's zone, which nobody names."""
    for row in rows(text, normal=False):
        long = row.cells.get("Series") if "Value" in row.cells else None
        stamp = row.cells.get("Time", "").strip()
        for name, cell in row.cells.items():
            value = _value(cell) if name not in ("Time", "Series") else None
            if value is not None:
                yield timed(stamp) | _named(long or name) | {"value": value} | row.place


LABELLED = re.compile(r"^([^{]*)\{(.*)\}$")
PAIR = re.compile(r'(\w+)="?([^",}]*)"?')


def _named(name: str) -> Event:
    """A series' name may be one of Prometheus: `up{job="auth"}`."""
    found = LABELLED.match(name.strip())
    return described(found[1].strip(), dict(PAIR.findall(found[2]))) if found else described(name.strip(), {})


def _annotated(text: str) -> Iterator[Event]:
    """Flux: tables below each other, each with rows of annotations, a header, and records of one value."""
    kinds: list[str] = []
    names: list[str] = []
    fresh = False
    for line in lines(text):
        cells = _split(line.text)
        if cells[0].startswith("#"):
            kinds = cells if cells[0] == "#datatype" else kinds
            fresh = True
        elif fresh or (len(cells) > 2 and cells[1:3] == ["result", "table"]):
            names, fresh = cells, False
        else:
            row = dict(zip(names, cells, strict=False))
            stamp = row.get("_time") or row.get("_stop") or ""
            known = {k: v for k, v in row.items() if k and not k.startswith("_") and k not in ("result", "table") and v}
            name = ".".join(filter(None, (row.get("_measurement", ""), row.get("_field", "value"))))
            value = number(row.get("_value"))
            if value is None and "_value" not in row:  # pivoted: fields are columns of doubles
                for key, kind in zip(names, kinds, strict=False):
                    if (
                        kind in ("double", "long", "unsignedLong")
                        and key != "table"
                        and number(row.get(key)) is not None
                    ):
                        labels = {k: v for k, v in known.items() if k != key and number(v) is None}
                        pivoted = f"{row.get('_measurement', '')}.{key}".lstrip(".")
                        yield timed(stamp) | described(pivoted, labels) | {"value": number(row[key])} | line.place
            elif value is not None:
                yield timed(stamp) | described(name, known) | {"value": value} | line.place


def _split(line: str) -> list[str]:
    import csv

    return next(csv.reader([line]), [""]) or [""]


def _influx(text: str) -> Iterator[Event]:
    """InfluxDB 1: statements below each other, each with its header."""
    names: list[str] = []
    for line in lines(text):
        cells = _split(line.text)
        if cells[:3] == ["name", "tags", "time"]:
            names = cells
            continue
        row = dict(zip(names, cells, strict=False))
        known = dict(pair.split("=", 1) for pair in row.get("tags", "").split(",") if "=" in pair)
        fields = {k: v for k, v in row.items() if k not in ("name", "tags", "time")}
        known |= {k: v for k, v in fields.items() if v and number(v) is None}
        for key, cell in fields.items():
            value = number(cell)
            if value is not None and row.get("time") not in ("0", ""):
                yield timed(row["time"]) | described(f"{row.get('name')}.{key}", known) | {"value": value} | line.place


def _collectd(text: str, source: str) -> Iterator[Event]:
    """One file a metric and day: `web-1/load/load-shortterm-2025-07-15`; it does not name itself."""
    parts = source.replace("!", "/").split("/")
    name = re.sub(r"-\d{4}-\d\d-\d\d(\.csv)?$", "", parts[-1])
    plugin = parts[-2] if len(parts) > 1 else ""
    host = parts[-3] if len(parts) > 2 else None
    for row in rows(text):
        for column, cell in row.cells.items():
            value = number(cell) if column != "epoch" else None
            if value is not None:
                full = f"{plugin}.{name}" if plugin and not name.startswith(plugin) else name
                full = full if column == "value" else f"{full}.{column}"
                yield timed(row.get("epoch")) | described(full, {}) | {"value": value, "host": host} | row.place


def _sadf(text: str) -> Iterator[Event]:
    """`sadf -d`: a header for each report, a row for each device and time."""
    names: list[str] = []
    for line in lines(text):
        cells = line.text.split(";")
        if line.text.startswith("#"):
            names = [cell.strip("# ") for cell in cells]
            continue
        row = dict(zip(names, cells, strict=False))
        if row.get("CPU") == "-1":
            row["CPU"] = "all"
        known = {
            k: v
            for k, v in row.items()
            if k not in ("hostname", "interval", "timestamp")
            and (number(v) is None or k in ("CPU", "DEV", "IFACE", "INTR"))
        }
        for key, cell in row.items():
            value = number(cell)
            if value is not None and key not in ("hostname", "interval", "timestamp") and key not in known:
                yield (
                    timed(row.get("timestamp", ""))
                    | described(key, known)
                    | {"value": value, "host": row.get("hostname") or None}
                    | line.place
                )
