"""Zipkin: spans of version 2, alone or by trace, and of version 1 with its annotations cs, cr, sr and ss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, placed, unparsed
from postmortem_timeline.formats.exports.spans import Span, row, told
from postmortem_timeline.formats.exports.walk import inner
from postmortem_timeline.parsing.jsondoc import BROKEN, Element, elements, key_paths
from postmortem_timeline.parsing.members import mapping, objects, text
from postmortem_timeline.parsing.moment import instant

NAME = "zipkin"
TITLE = "Zipkin spans (v2, v1)"
GROUP = "trace"
KIND = "span"
URL = "https://zipkin.io/zipkin-api/"
NAMES = ("*zipkin*.json", "*trace*.json")

MARKS = {"server": ("sr", "ss"), "client": ("cs", "cr")}
NOT_ERRORS = ("", "false", "none")


def sniff(head: bytes, name: str) -> float:
    """A span has ids and a name, and says where it was or, once, in its annotations."""
    keys = key_paths(head)
    for base in ("[].", "[][].", "", "spans[]."):
        if {base + "traceId", base + "id"} <= keys and not keys & {base + "spanId"}:
            if {base + "localEndpoint.serviceName", base + "timestamp"} <= keys:
                return 0.98
            if {base + "annotations[].endpoint.serviceName", base + "annotations[].value"} <= keys:
                return 0.98
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per span and side of it, and one per annotation."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    for element in elements(data, ("spans",), context.note):
        within = element.within("") if isinstance(element.value, list) else (element,)
        for one in within:
            yield from _rows(mapping(one.value), one) if one.path != BROKEN else [unparsed(one)]


def _rows(item: dict[str, Any], element: Element) -> Iterator[Event]:
    if not item.get("traceId") or not item.get("id"):
        yield unparsed(element)
        return
    spans = (
        _of_v1(item)
        if "binaryAnnotations" in item or any("endpoint" in a for a in objects(item.get("annotations")))
        else [_of_v2(item)]
    )
    for span in spans:
        yield row(span) | placed(element)
    core = {mark for marks in MARKS.values() for mark in marks}
    for note in objects(item.get("annotations")):
        if text(note.get("value")) not in core:
            yield _note(spans[0], note) | placed(element)


def _note(span: Span, note: dict[str, Any]) -> Event:
    """An annotation; OpenTelemetry puts an event's name and attributes into it, as JSON."""
    said, value = inner(note.get("value")), text(note.get("value"))
    name, tags = next(iter(said.items()), (value, {}))
    return told(span, instant(note.get("timestamp")), text(note.get("timestamp")), text(name), mapping(tags))


def _of_v2(item: dict[str, Any]) -> Span:
    tags = mapping(item.get("tags"))
    here = mapping(item.get("localEndpoint"))
    return _span(item, text(item.get("kind")).lower(), text(here.get("serviceName")), tags, item.get("timestamp"),
    item.get("duration"),
                 {"host.name": tags.get("host.name"), "ip": here.get("ipv4")})  # fmt: skip


def _of_v1(item: dict[str, Any]) -> list[Span]:
    """Client and server share a span, each by its own clock."""
    tags = {text(pair.get("key")): pair.get("value") for pair in objects(item.get("binaryAnnotations"))}
    told_at = {text(a.get("value")): a for a in objects(item.get("annotations"))}
    service = next((text(mapping(a.get("endpoint")).get("serviceName")) for a in [*told_at.values(),
    *objects(item.get("binaryAnnotations"))]
                    if mapping(a.get("endpoint")).get("serviceName")), "")  # fmt: skip
    found = []
    for kind, (begin, end) in MARKS.items():
        if begin in told_at or end in told_at:
            start, over = (told_at.get(mark, {}).get("timestamp") for mark in (begin, end))
            spent = over - start if isinstance(start, int) and isinstance(over, int) else item.get("duration")
            where = mapping((told_at.get(begin) or told_at[end]).get("endpoint"))
            found.append(
                _span(
                    item,
                    kind,
                    text(where.get("serviceName")),
                    tags,
                    start or item.get("timestamp"),
                    spent,
                    {"ip": where.get("ipv4")},
                )
            )
    return found or [_span(item, "", service, tags, item.get("timestamp"), item.get("duration"), {})]


def _span(
    item: dict[str, Any], kind: str, service: str, tags: dict[str, Any], start: Any, spent: Any, resource: dict[str, Any]
) -> Span:  # fmt: skip
    error = tags.get("error")
    said = text(error) if text(error).lower() not in (*NOT_ERRORS, "true") else ""
    failed = text(error).lower() not in NOT_ERRORS
    return Span(
        text(item.get("name")), text(item.get("traceId")), text(item.get("id")), text(item.get("parentId")), service, kind,
        instant(start), spent * 1000 if isinstance(spent, int) else None, text(start),
        {k: v for k, v in tags.items() if k not in ("error", "service.name", "host.name")}, said if failed else None, resource,
    )  # fmt: skip
