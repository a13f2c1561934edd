"""Events of nested exports: what all parsers do to the rows they give."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from postmortem_timeline.parsing.jsondoc import Element
from postmortem_timeline.parsing.moment import has_zone, instant

Event = dict[str, Any]

SHOWN = 200
SEVERITY = {
    "critical": 21, "fatal": 21, "emergency": 21, "disaster": 21, "page": 21, "error": 17, "high": 17, "major": 17,
    "warning": 13, "warn": 13, "minor": 13, "average": 13, "medium": 13, "info": 9, "information": 9, "low": 9,
    "none": 9,
}  # fmt: skip
# Which label names the service, the particular before the general: a scrape job may hold many applications.
SERVICE_LABELS = ("service", "service_name", "app", "application", "backend", "proxy", "job", "namespace")
HOST_LABELS = ("instance", "host", "hostname", "node", "pod")


def placed(element: Element) -> Event:
    """Where an event comes from: the line, and the element's span in the text, by which it is quoted (no column)."""
    return {"line": element.line, "element": element.span}


def timed(stamp: Any) -> Event:
    """The columns of a time: as written, in nanoseconds, and how well it is known."""
    if stamp is None or stamp == "":
        return {}
    when = instant(stamp)
    doubt = {} if when is None or has_zone(stamp) else {"time_quality": "zone_assumed"}
    return {"timestamp": when, "stamp": str(stamp), **doubt}


def attributes(values: Mapping[str, Any]) -> str | None:
    """One JSON object of what is there; empty values are left out."""
    kept = {key: value for key, value in values.items() if value is not None and value not in ("", [], {})}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else None


def labelled(labels: Mapping[str, Any]) -> Event:
    """Service and host of a label set; the port of an instance is left out."""
    host = next((str(labels[name]) for name in HOST_LABELS if labels.get(name)), None)
    if host and host.count(":") == 1 and host.rpartition(":")[2].isdigit():
        host = host.rpartition(":")[0]
    return {"service": next((str(labels[name]) for name in SERVICE_LABELS if labels.get(name)), None), "host": host}


def severe(word: Any) -> Event:
    """Severity columns of a product's word."""
    return {"severity_number": SEVERITY.get(str(word).lower(), 0), "severity_text": str(word)} if word else {}


def unparsed(element: Element) -> Event:
    """The event of an element that carries nothing we know."""
    return {
        "unparsed": True,
        **placed(element),
        "body": element.text[element.start : min(element.end, element.start + SHOWN)],
    }


def finished(events: Iterator[Event]) -> Iterator[Event]:
    """Give each event its ordinal on its line; drop nulls; mend halves of surrogate pairs, which JSON may escape."""
    used: dict[int, int] = {}
    for event in events:
        line = event["line"]
        event["ordinal"] = used[line] = used.get(line, -1) + 1
        yield {
            key: value if type(value) is not str or value.isascii() else value.encode("utf-8", "replace").decode()
            for key, value in event.items()
            if value is not None
        }
