"""Datadog APM: spans of the search API, of a trace as the interface shows it, and as tracers send them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, placed, unparsed
from postmortem_timeline.formats.exports.spans import Span, row
from postmortem_timeline.formats.exports.walk import pick
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, Element, elements, key_paths
from postmortem_timeline.parsing.members import mapping, text
from postmortem_timeline.parsing.moment import instant

NAME = "datadog_spans"
TITLE = "Datadog APM spans and traces"
GROUP = "trace"
KIND = "span"
URL = "https://docs.datadoghq.com/api/latest/spans/"
NAMES = ("*datadog*.json", "*trace*.json", "*spans*.json")

SENT = {"trace_id", "span_id", "start", "duration", "resource", "service"}
FOUND = {"trace_id", "span_id", "start_timestamp", "resource_name"}


def sniff(head: bytes, name: str) -> float:
    """Spans have a resource; those that a search found have it among their attributes."""
    keys = key_paths(head)
    if {"data[].attributes." + key for key in FOUND} <= keys:
        return 0.98
    if any({base + key for key in SENT} <= keys for base in ("[][].", "[].", "")):
        return 0.97
    below = [key for key in keys if key.startswith("trace.spans.") and key.endswith(".resource")]
    return 0.97 if below and "trace.root_id" in keys else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per span. Ids are decimal, as Datadog's logs write them."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    for element in elements(data, ("data",), context.note):
        item = mapping(element.value)
        if element.path == REST:
            if pick(item, "meta.page.after", "links.next"):
                context.note("more_pages", 'the answer is one page of several ("meta.page.after")')
        elif isinstance(element.value, list):
            for one in element.within(""):
                yield _row(one)
        elif element.path != BROKEN and mapping(item.get("trace")).get("spans"):
            yield from (_row(one) for _, one in element.entries("trace.spans"))
        else:
            yield _row(element)


def _row(element: Element) -> Event:
    item = mapping(element.value)
    found = mapping(item.get("attributes"))
    if element.path != BROKEN and found.get("start_timestamp"):
        return row(_found(found)) | placed(element)
    if element.path != BROKEN and item.get("span_id") and item.get("start"):
        return row(_sent(item)) | placed(element)
    return unparsed(element)


def _sent(item: dict[str, Any]) -> Span:
    """As a tracer sends it, in nanoseconds; the interface's copy is in seconds."""
    meta, start, spent = mapping(item.get("meta")), item.get("start"), item.get("duration")
    seconds = isinstance(start, float)
    failed = str(item.get("error", 0)) not in ("0", "False", "None")
    return Span(
        text(item.get("resource") or item.get("name")), text(item.get("trace_id")), text(item.get("span_id")),
        text(item.get("parent_id")) if str(item.get("parent_id")) != "0" else "", text(item.get("service")),
        _kind(text(meta.get("span.kind")), text(item.get("type"))), instant(start),
        round(spent * (1_000_000_000 if seconds else 1)) if isinstance(spent, (int, float)) else None, text(start),
        {"operation": item.get("name"), **meta}, text(meta.get("error.message") or meta.get("error.msg")) if failed else None,
        {"host.name": meta.get("_dd.hostname") or item.get("host")},
    )  # fmt: skip


def _found(found: dict[str, Any]) -> Span:
    custom = mapping(found.get("custom"))
    begun, over = instant(found.get("start_timestamp")), instant(found.get("end_timestamp"))
    tags = {
        "http.status_code": pick(custom, "http.status_code"), "http.method": pick(custom, "http.method"),
        "http.route": pick(custom, "http.route", "http.url_details.path", "http.path_group"),
        "http.url": pick(custom, "http.url"),
        "usr.id": pick(custom, "usr.id", "user.id"), "client.address": pick(custom, "network.client.ip", "http.client_ip"),
        "operation": found.get("operation_name"), "env": found.get("env"), "version": pick(custom, "version"),
    }  # fmt: skip
    failed = found.get("status") == "error"
    return Span(
        text(found.get("resource_name")), text(found.get("trace_id")), text(found.get("span_id")),
        text(found.get("parent_id")) if str(found.get("parent_id")) != "0" else "",
        text(found.get("service")), _kind(text(pick(custom, "span.kind")), text(found.get("type"))), begun,
        None if begun is None or over is None else max(over - begun, 0), text(found.get("start_timestamp")), tags,
        text(pick(custom, "error.message")) if failed else None, {"host.name": found.get("host")},
    )  # fmt: skip


def _kind(said: str, kind: str) -> str:
    """Older tracers say `web` of what serves, `http` of what calls."""
    return said.lower() or {"web": "server", "http": "client", "db": "client", "sql": "client", "cache": "client"}.get(
        kind, ""
    )
