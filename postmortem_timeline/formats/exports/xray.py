"""AWS X-Ray: segments of `batch-get-traces`, each JSON in a text, or as documents of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, placed, unparsed
from postmortem_timeline.formats.exports.spans import Span, row
from postmortem_timeline.formats.exports.walk import inner, pick
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, elements, key_paths
from postmortem_timeline.parsing.members import mapping, objects, text
from postmortem_timeline.parsing.moment import instant

NAME = "xray"
TITLE = "AWS X-Ray traces and segment documents"
GROUP = "trace"
KIND = "span"
URL = "https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html"
NAMES = ("*xray*.json", "*traces*.json")

SEGMENT = {"trace_id", "id", "name", "start_time"}


def sniff(head: bytes, name: str) -> float:
    """Traces of segments that are texts; or segments, whose trace begins with its version."""
    keys = key_paths(head)
    if {"Traces[].Id", "Traces[].Segments[].Document"} <= keys:
        return 0.99
    return 0.97 if any({base + key for key in SEGMENT} <= keys for base in ("", "[].")) and b'"1-' in head else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per segment and subsegment."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    for element in elements(data, ("Traces",), context.note):
        item = mapping(element.value)
        if element.path == REST:
            if item.get("NextToken"):
                context.note("more_pages", 'the answer is one page of several ("NextToken")')
        elif element.path == "Traces":
            if item.get("LimitExceeded") is True:
                context.note("truncated", f"trace {item.get('Id')} has more segments than X-Ray keeps")
            for segment in element.within("Segments"):
                document = inner(mapping(segment.value).get("Document"))
                for span in _spans(document, document) if document else ():
                    yield row(span) | placed(segment)
                if not document:
                    yield unparsed(segment)
        elif element.path != BROKEN and set(item) >= SEGMENT:
            for span in _spans(item, item):
                yield row(span) | placed(element)
        else:
            yield unparsed(element)


def _spans(item: dict[str, Any], segment: dict[str, Any], above: str = "") -> Iterator[Span]:
    yield _span(item, segment, above)
    for below in objects(item.get("subsegments")):
        yield from _spans(below, segment, text(item.get("id")))


def _span(item: dict[str, Any], segment: dict[str, Any], above: str) -> Span:
    http = mapping(item.get("http"))
    request, whole = mapping(http.get("request")), item is segment
    begun, over = instant(item.get("start_time")), instant(item.get("end_time"))
    flags = [flag for flag in ("fault", "throttle", "error") if item.get(flag) is True]
    cause = next(
        (
            f"{text(e.get('type'))}: {text(e.get('message'))}"
            for e in objects(mapping(item.get("cause")).get("exceptions"))
        ),
        "",
    )
    tags = {
        "http.response.status_code": mapping(http.get("response")).get("status"), "http.request.method": request.get("method"),
        "http.url": request.get("url"), "client.address": request.get("client_ip"), "enduser.id": item.get("user"),
        "namespace": item.get("namespace"), "origin": item.get("origin"), "operation": pick(item, "aws.operation"),
        "sql": pick(item, "sql.sanitized_query"), "in_progress": item.get("in_progress"), "flags": flags,
        **{f"annotation.{key}": value for key, value in mapping(item.get("annotations")).items()},
    }  # fmt: skip
    host = pick(segment, "aws.ec2.instance_id", "aws.ecs.container", "aws.eks.pod")
    failed = "fault" in flags or ("error" in flags and "throttle" not in flags and not whole)
    return Span(
        text(item.get("name")), text(item.get("trace_id") or segment.get("trace_id")), text(item.get("id")),
        text(item.get("parent_id")) or above, text(segment.get("name")),
        "server" if whole and request else "client" if item.get("namespace") else "",
        begun, None if begun is None or over is None else max(over - begun, 0), text(item.get("start_time")), tags,
        cause if failed or cause else None, {"host.name": host} if host else {},
    )  # fmt: skip
