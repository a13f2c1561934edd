"""Columns from records that are already cut into named fields: JSON lines, logfmt, CSV."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from postmortem_timeline.parsing import grpc, severity
from postmortem_timeline.parsing.batch import Batch, Coded, Column, Numbers, Strings, constant, encode
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.decode import in_ms, mask_path
from postmortem_timeline.parsing.instants import decode as decode_times

if TYPE_CHECKING:
    from postmortem_timeline.formats.model import ColumnSpec, Format

Getter = Callable[[str], "list[Any] | None"]
DURATION = re.compile(r"^\s*([0-9.]+(?:e-?[0-9]+)?)\s*(ns|us|µs|μs|ms|s|m|h)?\s*$")
POD = re.compile(
    r"^([a-z][a-z0-9-]*?)-[0-9a-f]{6,10}-[a-z0-9]{5}$"
)  # a pod is an instance; its deployment is the service
REQUEST_LINE = re.compile(r"^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (/\S*)")
# A trace's resource name (Google), or the header that carries it (W3C traceparent): the id is what others write too.
TRACE = re.compile(r"^(?:projects/[^/]+/traces/|[0-9a-f]{2}-)([0-9a-f]{32})(?:-[0-9a-f]{16}-[0-9a-f]{2})?$")
TEXTS = {str, type(None)}
WORDS = ("service", "host", "actor", "action", "severity_text")


def build(fmt: Format, rows: npt.NDArray[np.intp], get: Getter, context: SourceContext) -> Batch:
    """A batch of records whose fields `get` gives by (dotted) name, a list of values or None where no record has it."""
    n = len(rows)
    spec = fmt.columns.get("timestamp")
    stamps = first_of(get, spec.fields, n) if spec else [None] * n
    time_ns, quality = decode_times(stamps, spec.times if spec else (), context, fmt.zone)
    out = Batch(fmt.name, fmt.kind, rows, time_ns, quality, tier=fmt.tier)
    out.thunks["stamp"] = lambda: Strings(
        pa.array([None if s is None else s if isinstance(s, str) else json.dumps(s) for s in stamps])
    )
    for name, column in fmt.columns.items():
        if name != "timestamp":
            out.thunks[name] = _thunk(fmt, name, column, get, n)
    if "severity_text" in out.thunks and "severity_number" not in out.thunks:
        out.thunks["severity_number"] = lambda: _severity(fmt, fmt.columns["severity_text"], get, n)
    if fmt.kind == "log" and "status_code" in out.thunks:
        out.thunks["kind"] = lambda: kind_by_status(out, fmt.kind, n)
    return out


def first_of(get: Getter, names: tuple[str, ...], n: int, null: tuple[str, ...] = ()) -> list[Any]:
    """For each record the first of the alternative fields that it carries, and that says more than `null`."""
    result: list[Any] | None = None
    for name in names:
        values = get(name)
        if values is None:
            continue
        if null and len(names) > 1:
            values = [None if value in null else value for value in values]
        if result is None:
            result = list(values)
        else:
            result = [new if old is None else old for old, new in zip(result, values, strict=True)]
        if None not in result:
            break
    return result if result is not None else [None] * n


def text_of(value: Any) -> str | None:
    """A field's value as text: nothing for null and blanks, JSON for what is nested."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _thunk(fmt: Format, name: str, spec: ColumnSpec, get: Getter, n: int) -> Callable[[], Column]:
    if spec.value is not None and not spec.fields and name not in ("severity_number", "status_code"):
        return lambda: constant(str(spec.value), n)
    if name == "severity_number":
        return lambda: _severity(fmt, spec, get, n)
    if name == "status_code":
        return lambda: _status(_said(_answers(get), spec, n))
    if name in ("duration_ms", "value"):
        return lambda: (
            _durations(get, spec, n) if name == "duration_ms" else _decimal(first_of(get, spec.fields, n), None)
        )
    if name == "endpoint":
        return lambda: _endpoint(first_of(get, spec.fields, n), first_of(get, spec.method, n), spec.decode)
    return lambda: _text(name, _said(get, spec, n), spec.null)


def _said(get: Getter, spec: ColumnSpec, n: int) -> list[Any]:
    """What the records say in the column's fields; where they say nothing, the column's value."""
    values = first_of(get, spec.fields, n, spec.null)
    return values if spec.value is None else [spec.value if value is None else value for value in values]


def _text(name: str, values: list[Any], null: tuple[str, ...]) -> Column:
    plain = TEXTS.issuperset(map(type, values))
    texts = [v or None for v in values] if plain else [text_of(v) for v in values]
    if null:
        texts = [None if t in null else t for t in texts]
    if name == "trace_id":
        texts = [TRACE.sub(r"\1", t) if t and ("-" in t or "/" in t) else t for t in texts]
    if name == "service":
        names = {t: POD.sub(r"\1", t) if t and "-" in t else t for t in set(texts)}
        texts = [names[t] for t in texts]
    array = pa.array(texts, pa.large_string())
    return encode(array) if name in WORDS else Strings(array)


def _severity(fmt: Format, spec: ColumnSpec, get: Getter, n: int) -> Numbers:
    values = _said(get, spec, n)
    known: dict[Any, int] = {}
    for value in values:
        key = value if isinstance(value, (str, int, float)) else None
        if key not in known:
            known[key] = severity.number(None if key is None else str(key), fmt.scale)
    return Numbers(np.array([known[v if isinstance(v, (str, int, float)) else None] for v in values], np.int8))


def _answers(get: Getter) -> Getter:
    """A field that says by its name that it holds a code of gRPC gives the status that stands for it."""

    def answer(name: str) -> list[Any] | None:
        values = get(name)
        return values if values is None or "grpc" not in name else [v if v is None else grpc.status_of(v) for v in values]

    return answer


def _status(values: list[Any]) -> Numbers:
    numbers = np.array([_int(v) for v in values], np.int64)
    ok = (numbers >= 100) & (numbers <= 599)
    return Numbers(np.where(ok, numbers, 0).astype(np.int16), ok)


def _int(value: Any) -> int:
    if isinstance(value, bool) or value is None:
        return -1
    if isinstance(value, (int, float)):
        return int(value) if -(2**31) < value < 2**31 else -1
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 9 else -1


def _durations(get: Getter, spec: ColumnSpec, n: int) -> Numbers:
    """Milliseconds of the first of the fields that each record carries, each in its own unit."""
    out, valid = np.full(n, np.nan), np.zeros(n, bool)
    for field in spec.fields:
        values = get(field)
        if values is not None:
            found = _decimal(values, spec.unit(field))
            use = ~valid & found.valid
            out[use], valid = found.values[use], valid | use
        if valid.all():
            break
    return Numbers(out, valid)


def _decimal(values: list[Any], unit: str | None) -> Numbers:
    out = np.full(len(values), np.nan)
    for i, value in enumerate(values):
        try:
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                out[i] = value if unit is None else in_ms(value, unit)
            elif isinstance(value, str) and (match := DURATION.match(value)):
                said = (match.group(2) or unit or "ms").replace("μ", "µ")
                out[i] = in_ms(float(match.group(1)), said)
        except (OverflowError, ValueError):  # more than a number holds, or "1.2.3"
            continue
    return Numbers(out, np.isfinite(out))


def _endpoint(targets: list[Any], methods: list[Any], decode: str | None) -> Coded:
    meaning: dict[tuple[Any, Any], str | None] = {}
    keys = [
        (t if isinstance(t, str) else None, m if isinstance(m, str) else None)
        for t, m in zip(targets, methods, strict=True)
    ]
    for target, method in keys:
        if (target, method) not in meaning:
            meaning[target, method] = _one_endpoint(target, method, decode)
    values = sorted({m for m in meaning.values() if m is not None})
    place = {v: i for i, v in enumerate(values)}
    return Coded(np.array([place.get(meaning[k] or "", -1) for k in keys], np.int32), values)


def _one_endpoint(target: str | None, method: str | None, decode: str | None) -> str | None:
    if not target:
        return None
    line = REQUEST_LINE.match(target)
    if line:
        return f"{line.group(1)} {mask_path(line.group(2))}"
    if decode == "http_request" or " " in target or not (target.startswith("/") or "://" in target):
        return None
    return f"{method.upper()} {mask_path(target)}" if method else mask_path(target)


def kind_by_status(out: Batch, kind: str, n: int) -> Coded:
    """A record with a status, and with a duration or an endpoint, speaks of a request."""
    status, duration, endpoint = out.column("status_code"), out.column("duration_ms"), out.column("endpoint")
    assert isinstance(status, Numbers)
    whole = np.zeros(n, bool)
    if isinstance(duration, Numbers) and duration.valid is not None:
        whole |= duration.valid
    if isinstance(endpoint, Coded):
        whole |= endpoint.codes >= 0
    valid = np.ones(n, bool) if status.valid is None else status.valid
    return Coded((valid & whole).astype(np.int32), [kind, "request"])
