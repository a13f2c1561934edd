"""What a field may be: by the words of its name, and by a value of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from postmortem_timeline.parsing import severity

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_DATE = re.compile(
    r"^\[?(?:(?:19|20)[0-9]{2}[-/.](?:0?[1-9]|1[0-2])[-/.][0-9]{1,2}[T ,]+[0-9]{1,2}:[0-9]{2}"
    r"|[0-9]{1,2}[-/. ](?:[0-9]{1,2}|[A-Za-z]{3})[-/. ](?:19|20)[0-9]{2}[ :,T]+[0-9]{1,2}:[0-9]{2}"
    r"|(?:[A-Z][a-z]{2,8},? )?[A-Z][a-z]{2,8} [ 0-9]?[0-9],?(?: (?:19|20)[0-9]{2})?[ ,@]+[0-9]{1,2}:[0-9]{2}"
    r"|(?:19|20)[0-9]{6}T[0-9]{6})"
)
_EPOCH = re.compile(r"^1[0-9]{9}(?:[0-9]{3}|[0-9]{6}|[0-9]{9})?(?:\.[0-9]+)?$")
_HEX = re.compile(
    r"^(?:[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|1-[0-9a-f]{8}-[0-9a-f]{24})$", re.I
)
_LATER = {"end", "ended", "finished", "expires", "expiry", "expiration", "updated", "modified", "ingested", "ingestion",
          "received", "indexed", "due", "closed", "resolved", "deleted", "last"}  # fmt: skip
LONGEST_STAMP = 40  # what goes on behind a date is a message
# Words of urgency that people and products use beside those of loggers.
URGENCY = {
    "low": 9,
    "normal": 9,
    "ok": 9,
    "minor": 13,
    "medium": 13,
    "moderate": 13,
    "high": 17,
    "major": 17,
    "failed": 17,
}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
Rank = Callable[[str], "int | None"]


@lru_cache(maxsize=4096)
def words(path: str) -> tuple[str, ...]:
    """The words of a field's name, small: `http.statusCode` is http, status, code."""
    return tuple(word.lower() for word in _WORDS.findall(path))


def time_rank(path: str) -> int | None:
    """Names of times, the best first; a field of any name may hold one that is written as a date."""
    said = words(path.rpartition(".")[2])
    if not said:
        return None
    later = 20 if _LATER & set(said) else 0
    if said in (("timestamp",), ("time",), ("ts",), ("datetime",), ("t",), ("event", "time"), ("time", "generated")):
        return 0
    if set(said) & {"timestamp", "time", "datetime", "ts", "when", "date", "epoch", "stamp"}:
        return 1 + later
    return (
        2 if said[-1] in ("at", "on") or set(said) & {"created", "start", "started", "first", "occurred"} else 4
    ) + later


def is_time(value: Any, path: str) -> bool:
    """A date with a clock; an epoch only where the name speaks of time."""
    if isinstance(value, bool) or len(str(value)) > LONGEST_STAMP:
        return False
    if isinstance(value, str) and not value.isdigit():
        return bool(_DATE.match(value)) or (bool(_EPOCH.match(value)) and (time_rank(path) or 0) % 20 < 4)
    return bool(_EPOCH.match(str(value))) and (time_rank(path) or 0) % 20 < 4


def _named(names: str) -> Rank:
    """The rank of a path by its last words: `user.id` is met by "user id", `trace_id` by "trace id"."""
    wanted = [tuple(name.split()) for name in names.split(", ")]

    def rank(path: str) -> int | None:
        said = words(path)
        for place, name in enumerate(wanted):
            if said[-len(name) :] == name:
                return place
        return None

    return rank


def _is_level(value: Any, path: str) -> bool:
    return (isinstance(value, str) and severity.number(value, URGENCY) > 0) or (
        isinstance(value, int) and 0 <= value <= 60
    )


def _is_status(value: Any, path: str) -> bool:
    return not isinstance(value, bool) and str(value).isdigit() and 100 <= int(str(value)[:9]) <= 599


def _is_address(value: Any, path: str) -> bool:
    try:
        return bool(ip_address(str(value)))
    except ValueError:
        return False


def _is_number(value: Any, path: str) -> bool:
    return not isinstance(value, bool) and bool(
        re.match(r"^-?[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)? ?(?:ns|us|µs|ms|s|m)?$", str(value))
    )


def _is_path(value: Any, path: str) -> bool:
    return isinstance(value, str) and bool(re.match(r"^(?:[A-Z]+ )?(?:/|https?://)\S*", value))


def _is_id(value: Any, path: str) -> bool:
    return isinstance(value, str) and (bool(_HEX.match(value)) or "id" in words(path))


def _is_word(value: Any, path: str) -> bool:
    return not isinstance(value, bool) and 0 < len(str(value)) <= 128 and "\n" not in str(value)


def _is_text(value: Any, path: str) -> bool:
    return isinstance(value, str)


method_rank: Rank = _named("method, verb, http method, request method")


def is_method(value: Any, path: str) -> bool:
    return isinstance(value, str) and value.upper() in METHODS


def unit_of(path: str) -> str:
    """The unit that a duration's name ends in; milliseconds where it says none."""
    last = words(path)[-1]
    if last in ("s", "sec", "secs", "seconds", "second"):
        return "s"
    return (
        "us" if last in ("us", "micros", "microseconds") else "ns" if last in ("ns", "nanos", "nanoseconds") else "ms"
    )


# Column, names of fields (the best first), and what their values must be; the first columns choose first.
COLUMNS: tuple[tuple[str, Rank, Callable[[Any, str], bool]], ...] = (
    (
        "severity_text",
        _named("level, severity, loglevel, log level, lvl, severity text, level name, priority, prio"),
        _is_level,
    ),
    (
        "status_code",
        _named("status code, http status, response code, response status, sc status, status, code"),
        _is_status,
    ),
    (
        "duration_ms",
        _named(
            "duration ms, duration, latency ms, latency, elapsed ms, elapsed, response time ms, response time, took, took ms, "
            "time taken, duration seconds, latency seconds, elapsed seconds, duration s, latency s, elapsed s, duration us, "
            "duration ns, request time"
        ),
        _is_number,
    ),
    ("endpoint", _named("path, uri, url, endpoint, route, request uri, request path, request url, request"), _is_path),
    ("trace_id", _named("trace id, trace, request id, correlation id, req id, operation id, x request id"), _is_id),
    (
        "client",
        _named(
            "client ip, remote addr, remote ip, client address, source ip, source ip address, ip address, src ip, "
            "caller ip address, client ip address, client, remote, ip addr, ip"
        ),
        _is_address,
    ),
    (
        "user",
        _named("user id, userid, customer id, account id, member id, uid, session id, user name, username, user"),
        _is_word,
    ),
    (
        "service",
        _named(
            "service name, service, app name, app, application, component, container name, role name, program, module"
        ),
        _is_word,
    ),
    (
        "host",
        _named(
            "host name, hostname, host, pod name, pod, node name, node, instance, instance id, server, machine, computer"
        ),
        _is_word,
    ),
    (
        "body",
        _named(
            "message, msg, text, log, line, body, raw, description, summary, details, detail, content, event, title, error, "
            "reason, name, event name, operation name, operation, action"
        ),
        _is_text,
    ),
)
