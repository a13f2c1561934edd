"""Grafana Faro: what a browser sends of an application: logs, exceptions, events, measurements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, placed, severe, timed, unparsed
from postmortem_timeline.formats.exports.series import described
from postmortem_timeline.formats.exports.walk import pick
from postmortem_timeline.parsing.jsondoc import BROKEN, elements, key_paths
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "faro"
TITLE = "Grafana Faro browser payloads"
GROUP = "app"
KIND = "log"
URL = "https://grafana.com/docs/grafana-cloud/monitor-applications/frontend-observability/"
NAMES = ("*faro*.json*",)

KINDS = ("logs", "exceptions", "events", "measurements")
LEVELS = {"trace": 1, "debug": 5, "info": 9, "log": 9, "warn": 13, "error": 17}


def sniff(head: bytes, name: str) -> float:
    """Signals of one session of one application."""
    keys = key_paths(head)
    for base in ("", "[]."):
        signals = {f"{base}{kind}[].timestamp" for kind in KINDS}
        if {base + "meta.app.name", base + "meta.session.id"} <= keys and keys & signals:
            return 0.98
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per signal; a measurement gives one per value."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    for element in elements(data, (), context.note):
        item = mapping(element.value)
        meta = mapping(item.get("meta"))
        if element.path == BROKEN or not meta:
            yield unparsed(element)
            continue
        for kind in KINDS:
            for one in element.within(kind):
                signal = mapping(one.value)
                yield from (_common(meta, signal) | row | placed(one) for row in _rows(kind, signal, meta))


def _common(meta: dict[str, Any], signal: dict[str, Any]) -> Event:
    return timed(signal.get("timestamp")) | {
        "kind": KIND, "service": text(pick(meta, "app.name")) or None, "trace_id": text(pick(signal, "trace.trace_id")) or None,
        "user": text(pick(meta, "user.id", "user.username", "session.id")) or None,
    }  # fmt: skip


def _rows(kind: str, signal: dict[str, Any], meta: dict[str, Any]) -> Iterator[Event]:
    more = {
        "span_id": pick(signal, "trace.span_id"), "session": pick(meta, "session.id"), "version": pick(meta, "app.version"),
        "environment": pick(meta, "app.environment"), "page": pick(meta, "page.url"), "view": pick(meta, "view.name"),
        "browser": " ".join(text(pick(meta, f"browser.{key}")) for key in ("name", "version")).strip(),
    }  # fmt: skip
    if kind == "measurements":
        for name, value in mapping(signal.get("values")).items():
            if isinstance(value, (int, float)):
                labels = {**more, "type": signal.get("type"), **mapping(signal.get("context"))}
                yield {k: v for k, v in described(name, labels).items() if v is not None} | {
                    "kind": "metric",
                    "value": float(value),
                }
    elif kind == "exceptions":
        frames = [
            f"    at {text(f.get('function')) or '?'} ({text(f.get('filename'))}:{f.get('lineno')}:{f.get('colno')})"
            for f in objects(mapping(signal.get("stacktrace")).get("frames"))
        ]
        body = "\n".join([f"{text(signal.get('type'))}: {text(signal.get('value'))}", *frames])
        yield {
            "body": body,
            "severity_number": 17,
            "attributes": attributes({**more, **mapping(signal.get("context"))}),
        }
    elif kind == "events":
        more |= {"domain": signal.get("domain"), **mapping(signal.get("attributes"))}
        yield {"body": text(signal.get("name")), "severity_number": 9, "attributes": attributes(more)}
    else:
        level = text(signal.get("level"))
        number = {"severity_number": LEVELS[level]} if level in LEVELS else {}
        yield (
            severe(level)
            | number
            | {
                "body": text(signal.get("message")),
                "attributes": attributes({**more, **mapping(signal.get("context"))}),
            }
        )
