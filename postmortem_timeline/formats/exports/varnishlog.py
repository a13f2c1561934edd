"""What varnishlog writes: a block of tagged lines for each request of a client, each fetch from a backend, each session."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, timed
from postmortem_timeline.parsing.decode import mask_path
from postmortem_timeline.parsing.jsondoc import text_of

NAME = "varnishlog"
TITLE = "varnishlog (grouped by transaction or request)"
GROUP = "access"
KIND = "request"
URL = "https://varnish-cache.org/docs/trunk/reference/varnishlog.html"
NAMES = ("varnishlog*", "*varnish*.log*")

OPENS = re.compile(r"\*(?:\*{0,2}|[0-9]+\*)\s+<<\s+(?P<what>\w+)\s*>>\s+(?P<id>\d+)\s*$")
TAG = re.compile(r"-(?:-{0,2}|[0-9]+-)\s+(?P<tag>[A-Z]\w+)\s*(?P<value>.*?)\s*$")
STAMP = re.compile(r"(?P<what>\w+): (?P<at>\d+\.\d+) (?P<since>\d+\.\d+)")
BACKEND = re.compile(r"(?:backend |\d+ (?:boot\.)?)(?P<name>[\w.-]+)")
HANDLED = {"HIT": "hit", "MISS": "miss", "PASS": "pass", "PIPE": "pipe", "SYNTH": "synth"}

Tags = dict[str, list[str]]


def sniff(head: bytes, name: str) -> float:
    """A transaction opens, and says next where it comes from."""
    lines = [line for line in head.decode("utf-8-sig", "replace").split("\n")[:6] if line.strip()]
    opened = next((number for number, line in enumerate(lines[:-1]) if OPENS.match(line)), None)
    return 0.99 if opened is not None and TAG.match(lines[opened + 1]) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """A request for each of a client's; what was fetched for it, and sessions, are log records."""
    return finished(_events(text_of(data).split("\n")))


def _events(lines: list[str]) -> Iterator[Event]:
    starts = [number for number, line in enumerate(lines) if line[:1] == "*" and OPENS.match(line)]
    ends = [*starts, len(lines)]
    places = [0, *accumulate(len(line) + 1 for line in lines)]
    for number in range(ends[0]):
        if lines[number].strip():
            place = {"line": number + 1, "element": (places[number], places[number + 1] - 1)}
            yield {"unparsed": True, "body": lines[number][:200], **place}
    for start, end in zip(starts, ends[1:], strict=True):
        opened = OPENS.match(lines[start])
        assert opened is not None
        tags = _tags(lines[start + 1 : end])
        made = _request if opened["what"] == "Request" else _fetch if opened["what"] == "BeReq" else _session
        yield made(opened["id"], tags) | {"line": start + 1, "element": (places[start], places[end] - 1)}


def _tags(lines: list[str]) -> Tags:
    tags: Tags = {}
    for line in lines:
        if found := TAG.match(line):
            tags.setdefault(found["tag"], []).append(found["value"])
    return tags


def _request(number: str, tags: Tags) -> Event:
    """A client's request: as it came in, and as it was answered in the end."""
    method, url = _first(tags, "ReqMethod"), _first(tags, "ReqURL")
    status = _last(tags, "RespStatus")
    handled = next((HANDLED[call] for call in tags.get("VCL_call", ()) if call in HANDLED), None)
    more = {
        "handling": handled, "host": _header(tags, "ReqHeader", "host"), "agent": _header(tags, "ReqHeader", "user-agent"),
        "forwarded_for": _header(tags, "ReqHeader", "x-forwarded-for"), "reason": _last(tags, "RespReason"),
        "error": _last(tags, "VCL_Error") or _last(tags, "Error"),
    }  # fmt: skip
    return _when(tags, ("Resp", "PipeSess", "Process", "Start")) | {
        "kind": "request", "trace_id": number, "correlation_key": number, "body": " ".join(filter(None, (method, url))) or None,
        "endpoint": f"{method} {mask_path(url)}" if method and url else None,
        "status_code": int(status) if status and status.isdigit() and 100 <= int(status) <= 599 else None,
        "client": (_first(tags, "ReqStart") or "").partition(" ")[0] or None, "attributes": attributes(more),
    }  # fmt: skip


def _fetch(number: str, tags: Tags) -> Event:
    """What was asked of a backend: a log record, for the client's request is the one that counts."""
    method, url = _first(tags, "BereqMethod"), _first(tags, "BereqURL")
    fault, status = _last(tags, "FetchError"), _last(tags, "BerespStatus")
    said = fault or " ".join(filter(None, (status, _last(tags, "BerespReason"))))
    parent = (_first(tags, "Begin") or "").split()
    of = parent[1] if len(parent) > 1 else number
    backend = BACKEND.match(_last(tags, "BackendOpen") or fault or "")
    more = {"fetch": number, "status": status, "handling": parent[2] if len(parent) > 2 else None}
    return _when(tags, ("Error", "Beresp", "Start")) | {
        "kind": "log", "severity_number": 17 if fault else 9, "trace_id": of, "correlation_key": of,
        "service": backend["name"] if backend else None, "body": f"fetch {method} {url}: {said}",
        "endpoint": f"{method} {mask_path(url)}" if method and url else None, "attributes": attributes(more),
    }  # fmt: skip


def _session(number: str, tags: Tags) -> Event:
    opened = (_first(tags, "SessOpen") or "").split()
    closed = (_last(tags, "SessClose") or "").split()
    return timed(opened[5] if len(opened) > 5 else None) | {
        "kind": "log", "severity_number": 9, "client": opened[0] if opened else None, "correlation_key": number,
        "duration_ms": _ms(closed[1]) if len(closed) > 1 else None,
        "body": f"session closed: {closed[0]}" if closed else "session", "attributes": attributes({"session": number}),
    }  # fmt: skip


def _when(tags: Tags, order: tuple[str, ...]) -> Event:
    """The last moment of a transaction that its kind knows, and how long after the first it is."""
    stamps = {found["what"]: found for value in tags.get("Timestamp", ()) if (found := STAMP.match(value))}
    found = next((stamps[what] for what in order if what in stamps), None)
    return timed(found["at"]) | {"duration_ms": _ms(found["since"])} if found else {}


def _ms(seconds: str) -> float | None:
    try:
        return round(float(seconds) * 1000, 6)
    except ValueError:
        return None


def _first(tags: Tags, tag: str) -> str | None:
    return tags[tag][0] if tags.get(tag) else None


def _last(tags: Tags, tag: str) -> str | None:
    return tags[tag][-1] if tags.get(tag) else None


def _header(tags: Tags, tag: str, name: str) -> str | None:
    found = [value.partition(":")[2].strip() for value in tags.get(tag, ()) if value.lower().startswith(f"{name}:")]
    return found[0] if found else None
