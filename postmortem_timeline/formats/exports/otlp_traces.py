"""OpenTelemetry spans: OTLP in JSON (collector's files, Tempo's answers; ids in hex or base64), and the SDKs' console exporter."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, placed, unparsed
from postmortem_timeline.formats.exports.spans import Span, row, told
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, Element, elements, key_paths
from postmortem_timeline.parsing.members import mapping, objects, text
from postmortem_timeline.parsing.moment import instant

NAME = "otlp_traces"
TITLE = "OpenTelemetry spans (OTLP JSON, Grafana Tempo, console exporter)"
GROUP = "trace"
KIND = "span"
URL = "https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding"
NAMES = ("*otlp*.json*", "*trace*.json*", "*spans*.json*")

ARRAYS = ("resourceSpans", "batches", "trace.resourceSpans", "trace.batches", "resource_spans")
SCOPES = ("scopeSpans", "instrumentationLibrarySpans", "scope_spans")
KINDS = ("", "internal", "server", "client", "producer", "consumer")
HEX = re.compile(r"(?:[0-9a-fA-F]{16}){1,2}")


def sniff(head: bytes, name: str) -> float:
    """Spans below a scope below a resource; or spans that hold their context and their resource."""
    keys = key_paths(head)
    for top in ARRAYS:
        for base in (f"{top}[].", f"[].{top}[]."):
            if any({f"{base}{scope}[].spans[].{key}" for key in ("name",)} <= keys for scope in SCOPES):
                return 0.99
    for base in ("", "[]."):
        if {base + "context.trace_id", base + "start_time", base + "kind", base + "attributes"} <= keys:
            return 0.98
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per span, and one per event within it."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    for element in elements(data, ARRAYS, context.note):
        item = mapping(element.value)
        if element.path == REST:
            continue
        if element.path in ARRAYS:
            yield from _of_resource(element, _tags(mapping(item.get("resource")).get("attributes")))
        elif element.path != BROKEN and "context" in item and "start_time" in item:
            yield from _rows(_of_console(item), item, element)
        else:
            yield unparsed(element)


def _of_resource(element: Element, resource: dict[str, Any]) -> Iterator[Event]:
    for name in SCOPES:
        for scope in element.within(name):
            for one in scope.within("spans"):
                item = mapping(one.value)
                yield from (
                    _rows(_of_otlp(item, resource), item, one) if item.get("name") is not None else [unparsed(one)]
                )


def _rows(span: Span, item: dict[str, Any], element: Element) -> Iterator[Event]:
    yield row(span) | placed(element)
    for event in objects(item.get("events")):
        stamp = event.get("timeUnixNano") or event.get("time_unix_nano") or event.get("timestamp")
        yield told(span, instant(stamp), text(stamp), text(event.get("name")), _tags(event.get("attributes"))) | placed(
            element
        )


def _of_otlp(item: dict[str, Any], resource: dict[str, Any]) -> Span:
    start, end = (item.get(camel) or item.get(snake) for camel, snake in (
        ("startTimeUnixNano", "start_time_unix_nano"), ("endTimeUnixNano", "end_time_unix_nano")))  # fmt: skip
    status = mapping(item.get("status"))
    failed = text(status.get("code")) in ("2", "STATUS_CODE_ERROR")
    begun, over = instant(start), instant(end)
    return Span(
        text(item.get("name")), _id(item.get("traceId") or item.get("trace_id")), _id(item.get("spanId") or item.get("span_id")),
        _id(item.get("parentSpanId") or item.get("parent_span_id")), text(resource.get("service.name")), _kind(item.get("kind")),
        begun, None if begun is None or over is None else max(over - begun, 0), text(end or start), _tags(item.get("attributes")),
        text(status.get("message")) if failed else None, resource,
    )  # fmt: skip


def _of_console(item: dict[str, Any]) -> Span:
    context, status = mapping(item.get("context")), mapping(item.get("status"))
    resource = _tags(mapping(item.get("resource")).get("attributes"))
    begun, over = instant(item.get("start_time")), instant(item.get("end_time"))
    return Span(
        text(item.get("name")), _id(context.get("trace_id")), _id(context.get("span_id")), _id(item.get("parent_id")),
        text(resource.get("service.name")), _kind(item.get("kind")), begun,
        None if begun is None or over is None else max(over - begun, 0),
        text(item.get("end_time") or item.get("start_time")), _tags(item.get("attributes")),
        text(status.get("description")) if status.get("status_code") == "ERROR" else None, resource,
    )  # fmt: skip


def _kind(value: Any) -> str:
    """A number, `SPAN_KIND_SERVER` or `SpanKind.SERVER`."""
    if isinstance(value, int):
        return KINDS[value] if 0 <= value < len(KINDS) else ""
    return re.sub(r"^(?:span_kind_|spankind\.)|^unspecified$", "", text(value).lower())


def _id(value: Any) -> str:
    """Sixteen or eight bytes in hex, as the specification says; in base64, as protobuf writes them."""
    said = text(value).removeprefix("0x")
    if not said or HEX.fullmatch(said):
        return said.lower()
    try:
        raw = base64.b64decode(said, validate=True)
    except (ValueError, binascii.Error):
        return said
    return raw.hex() if len(raw) in (8, 16) else said


def _tags(values: Any) -> dict[str, Any]:
    """Attributes, from a list of keys and typed values or from a plain object."""
    if isinstance(values, dict):
        return {str(key): value for key, value in values.items()}
    return {text(pair.get("key")): _value(pair.get("value")) for pair in objects(values)}


def _value(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "arrayValue" in value:
        return [_value(one) for one in objects(mapping(value["arrayValue"]).get("values"))]
    if "kvlistValue" in value:
        return _tags(mapping(value["kvlistValue"]).get("values"))
    return next(iter(value.values()), None)
