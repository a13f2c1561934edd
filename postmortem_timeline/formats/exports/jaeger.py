"""Jaeger: traces as its interface saves and its API answers, and spans as it keeps them in Elasticsearch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, placed, unparsed
from postmortem_timeline.formats.exports.spans import Span, first, row, told
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, Element, elements, key_paths
from postmortem_timeline.parsing.members import mapping, objects, text, texts
from postmortem_timeline.parsing.moment import instant

NAME = "jaeger"
TITLE = "Jaeger traces (UI, API, Elasticsearch)"
GROUP = "trace"
KIND = "span"
URL = "https://www.jaegertracing.io/docs/latest/architecture/apis/"
NAMES = ("*jaeger*.json", "trace*.json", "traces-*.json")

ARRAYS = ("data", "hits.hits")
NEEDS = ("traceID", "spanID", "operationName", "startTime", "duration")
FAILED = ("error.message", "error.object", "otel.status_description", "message")


def sniff(head: bytes, name: str) -> float:
    """Spans have an operation, and their ids end in capitals."""
    keys = key_paths(head)
    bases = ("data[].spans[].", "spans[].", "[].spans[].", "hits.hits[]._source.", "[]._source.", "_source.", "", "[].")
    return 0.98 if any(all(base + need in keys for need in NEEDS) for base in bases) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per span, and one per log within it."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    for element in elements(data, ARRAYS, context.note):
        item = mapping(element.value)
        if element.path == REST:
            continue
        source = mapping(item.get("_source")) or item
        if element.path == BROKEN or not ("spans" in item or "spanID" in source):
            yield unparsed(element)
        elif "spans" in item:
            for span in element.within("spans"):
                yield from _rows(mapping(span.value), mapping(item.get("processes")), span, context)
        else:
            yield from _rows(source, {}, element, context)


def _rows(item: dict[str, Any], processes: dict[str, Any], element: Element, context: Context) -> Iterator[Event]:
    if not item.get("operationName") and not item.get("spanID"):
        yield unparsed(element)
        return
    process = mapping(item.get("process")) or mapping(processes.get(text(item.get("processID"))))
    span = _span(item, process)
    for warning in texts(item.get("warnings")):
        if "clock skew" in warning:
            context.note("clock_adjusted", f"Jaeger on the clock of {span.service}: {warning}")
    yield row(span) | placed(element)
    for log in objects(item.get("logs")):
        tags = _tags(log.get("fields"))
        name = text(tags.pop("event", "")) or ", ".join(f"{k}={v}" for k, v in tags.items() if k != "message")
        kind = tags.pop("error.kind", None) or tags.pop("error.object", None)
        fields = {**tags, **({"exception.type": kind} if kind else {})}
        yield told(span, instant(log.get("timestamp")), text(log.get("timestamp")), name, fields) | placed(element)


def _span(item: dict[str, Any], process: dict[str, Any]) -> Span:
    tags = {**_tags(item.get("tags")), **{k.replace("@", "."): v for k, v in mapping(item.get("tag")).items()}}
    duration, references = item.get("duration"), objects(item.get("references"))
    above = next((r for r in references if text(r.get("refType")).replace("-", "_").upper() == "CHILD_OF"), {})
    error = tags.pop("error", None)  # a bool, or a text
    failed = str(error).lower() == "true" or tags.get("otel.status_code") == "ERROR"
    return Span(
        text(item.get("operationName")), text(item.get("traceID")), text(item.get("spanID")),
        text(above.get("spanID") or item.get("parentSpanID")), text(process.get("serviceName")), text(tags.pop("span.kind", "")),
        instant(item.get("startTime")), duration * 1000 if isinstance(duration, int) else None, text(item.get("startTime")), tags,
        first(tags, FAILED) if failed else str(error) if error and str(error).lower() != "false" else None,
        {**_tags(process.get("tags")), **{k.replace("@", "."): v for k, v in mapping(process.get("tag")).items()}},
    )  # fmt: skip


def _tags(values: Any) -> dict[str, Any]:
    return {text(pair.get("key")): pair.get("value") for pair in objects(values)}
