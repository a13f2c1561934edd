"""What exports of traces share: the row of a span. A server's span with the status of its answer is a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from postmortem_timeline.formats.exports.event import Event, attributes
from postmortem_timeline.parsing import grpc
from postmortem_timeline.parsing.decode import mask_path
from postmortem_timeline.parsing.members import text

# https://opentelemetry.io/docs/specs/semconv/ and what stood there before, then Zipkin's and Datadog's own names
STATUS = ("http.response.status_code", "http.status_code")
RPC_STATUS = ("rpc.grpc.status_code", "grpc.status_code", "rpc.response.status_code")
METHOD = ("http.request.method", "http.method", "http.request_method")
PATH = ("http.route", "url.path", "http.target", "http.path", "http.url", "url.full", "http.url_details.path")
USER = ("enduser.id", "user.id", "usr.id", "session.id")
CLIENT = ("client.address", "http.client_ip", "http.request.client_ip", "net.sock.peer.addr", "network.peer.address",
          "network.client.ip", "net.peer.ip", "peer.ipv4")  # fmt: skip
HOST = ("host.name", "k8s.pod.name", "hostname", "host", "container.id")
TAKEN = {*STATUS, *RPC_STATUS, *METHOD, *USER, *CLIENT[:4]}


class Span(NamedTuple):
    """A span, whatever wrote it."""

    name: str
    trace: str
    id: str
    parent: str
    service: str
    kind: str  # server, client, producer, consumer, internal, or not said
    start_ns: int | None
    duration_ns: int | None
    stamp: str  # as written
    tags: Mapping[str, Any]
    error: str | None = None  # what went wrong; empty where only that something did; None where nothing did
    resource: Mapping[str, Any] = {}


def row(span: Span) -> Event:
    """The row of a span, timed by its end: that is when a request is done."""
    status = status_of(span.tags)
    asked = span.kind == "server" and status is not None
    end = None if span.start_ns is None else span.start_ns + (span.duration_ns or 0)
    said = f"{span.name}: {span.error}" if span.error else span.name
    rest = {k: v for k, v in span.tags.items() if k not in TAKEN} if asked else dict(span.tags)
    more = {"span_id": span.id, "parent_id": span.parent, "span_kind": span.kind, "name": span.name if asked else None,
            **{k: v for k, v in rest.items() if "telemetry." not in k},
            **{k: v for k,
            v in span.resource.items() if k != "service.name" and k not in HOST[:1] and "telemetry." not in k}}  # fmt: skip
    return {
        "timestamp": end, "stamp": span.stamp, "kind": "request" if asked else "span", "service": span.service or None,
        "host": first(span.resource, HOST) or first(span.tags, HOST[:2]) or None, "body": said,
        "severity_number": None if span.error is None else 17, "status_code": status if asked else None,
        "duration_ms": None if span.duration_ns is None else span.duration_ns / 1e6,
        "endpoint": endpoint_of(span.tags, span.name) if asked else None, "user": first(span.tags, USER) or None,
        "client": first(span.tags, CLIENT) or None if asked else None, "trace_id": span.trace or None,
        "attributes": attributes(more),
    }  # fmt: skip


def told(span: Span, at_ns: int | None, stamp: str, name: str, tags: Mapping[str, Any]) -> Event:
    """The row of what happened within a span: an exception with its stack, or an event with what it says."""
    kind, message = text(tags.get("exception.type")), text(tags.get("exception.message") or tags.get("message"))
    stack = text(tags.get("exception.stacktrace") or tags.get("stack")).strip()
    failed = bool(kind or stack) or text(tags.get("level")).lower() == "error" or name in ("error", "exception")
    words = ": ".join(part for part in (kind or (name if name != "exception" else ""), message) if part)
    rest = {
        k: v
        for k, v in tags.items()
        if k not in ("exception.type", "exception.message", "exception.stacktrace", "stack", "message")
    }
    return {
        "timestamp": at_ns, "stamp": stamp, "kind": "log", "service": span.service or None, "trace_id": span.trace or None,
        "host": first(span.resource, HOST) or None, "severity_number": 17 if failed else 9,
        "body": f"{words}\n{stack}" if stack and stack != words else words or name,
        "attributes": attributes({"span_id": span.id, "span": span.name, "event": name, **rest}),
    }  # fmt: skip


def first(tags: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """The first of some tags that says something."""
    return next((str(tags[name]) for name in names if tags.get(name) not in (None, "", "-")), "")


def status_of(tags: Mapping[str, Any]) -> int | None:
    """The HTTP status of an answer, or that which stands for a gRPC code."""
    if (said := first(tags, STATUS)) and said.isdigit() and 100 <= int(said) <= 599:
        return int(said)
    return grpc.status_of(first(tags, RPC_STATUS))


def endpoint_of(tags: Mapping[str, Any], name: str) -> str | None:
    """Method and route; of a call by name its service and method."""
    method, path = first(tags, METHOD).upper(), first(tags, PATH)
    if path:
        return f"{method} {mask_path(path)}".strip()
    if called := "/".join(part for part in (first(tags, ("rpc.service",)), first(tags, ("rpc.method",))) if part):
        return f"/{called}"
    return f"/{name.lstrip('/')}" if "/" in name and " " not in name else name or None
