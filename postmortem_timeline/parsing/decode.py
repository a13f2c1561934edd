"""From the bytes of a field to its meaning: whole numbers, decimals, durations, endpoints."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from postmortem_timeline.parsing.batch import Coded, Numbers, Spans
from postmortem_timeline.parsing.hashing import hash_spans
from postmortem_timeline.parsing.text import Ints, Text, Words, find_byte, short_integers
from postmortem_timeline.parsing.views import views

UNIT_MS = {"s": 1000.0, "ms": 1.0, "us": 1e-3, "µs": 1e-3, "ns": 1e-6, "m": 60_000.0, "h": 3_600_000.0}
PER_MS = {"us": 1000.0, "µs": 1000.0, "ns": 1e6}  # what is smaller is divided: 12512 us is 12.512 ms, not 12.511999
NUMBER = re.compile(r"^[0-9]+$")
HEX = re.compile(r"^(?=.*[0-9])[0-9a-f-]{8,}$", re.IGNORECASE)
# A version segment ("v1", "v2.1") names an interface, not a thing.
VERSION = re.compile(r"^v[0-9]+(\.[0-9]+)*$", re.IGNORECASE)
EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,4}$")


def integers(spans: Spans) -> Numbers:
    """Whole numbers; null where a span holds anything but digits."""
    length = spans.end - spans.start
    ok = (length > 0) & (length <= 18)
    if spans.valid is not None:
        ok &= spans.valid
    if not len(length) or int(length.max()) <= 8:
        value, digits = short_integers(spans.text, spans.start, length)
        return Numbers(value, ok & digits)
    value = np.zeros(len(spans), np.int64)
    for k in range(int(length[ok].max()) if ok.any() else 0):
        here = k < length
        digit = spans.text.buf[np.minimum(spans.start + k, spans.text.size)].astype(np.int64) - 48
        ok &= ~here | ((digit >= 0) & (digit <= 9))
        value = np.where(here, value * 10 + digit, value)
    return Numbers(value, ok)


def decimals(spans: Spans) -> Numbers:
    """Decimal numbers as float64; null where a span is no plain decimal (nginx joins several by `, `: the last counts)."""
    length = np.minimum(spans.end - spans.start, 24)
    value, scale = np.zeros(len(spans), np.int64), np.ones(len(spans), np.int64)
    dotted = np.zeros(len(spans), bool)
    ok = length > 0
    for k in range(int(length.max()) if len(length) else 0):
        here = k < length
        byte = spans.text.buf[np.minimum(spans.start + k, spans.text.size)].astype(np.int64)
        dot = here & (byte == 46) & ~dotted
        digit = byte - 48
        good = (digit >= 0) & (digit <= 9)
        use = here & good & (value < 10**17)
        value = np.where(use, value * 10 + digit, value)
        scale = np.where(use & dotted, scale * 10, scale)
        ok &= ~here | good | dot
        dotted |= dot
    return Numbers(value / scale, ok if spans.valid is None else ok & spans.valid)


def in_ms(values, unit: str):  # type: ignore[no-untyped-def]
    """A number or an array of numbers of `unit` as milliseconds."""
    return values / PER_MS[unit] if unit in PER_MS else values * UNIT_MS[unit]


def mask_path(path: str) -> str:
    """The route of a path: the query dropped, segments that are ids masked as `<id>`."""
    path = path.split("?", 1)[0].split("#", 1)[0]
    if "://" in path[:12]:
        path = "/" + path.split("://", 1)[1].partition("/")[2]
    return "/".join(_segment(s) for s in path.split("/"))


def _segment(segment: str) -> str:
    if NUMBER.match(segment) or HEX.match(segment):
        return "<id>"
    if any(c.isdigit() for c in segment) and not VERSION.match(segment):
        digits = sum(c.isdigit() for c in segment)
        if digits >= 4 and not EXTENSION.search(segment) and len(segment) >= 6:
            return "<id>"
    return segment


PREFIX = re.compile(r"(?i)apis?|rest|v\d{1,2}(?:\.\d+)?")  # segments that stand before what a path is about


def route(endpoint: str) -> str | None:
    """The first path segment that names something: what a gateway routes by. A file at the root has none."""
    path = endpoint.partition(" ")[2] or endpoint
    parts = path.lstrip("/").split("/", 3)
    head = next((part for part in parts[:3] if not PREFIX.fullmatch(part)), parts[0])
    return head if head and "." not in head and "<" not in head and head != "*" else None


def endpoints(spans: Spans) -> Coded:
    """`GET /items/42?x=1 HTTP/1.1` -> `GET /items/<id>`; what is no request line is null."""
    return _by_meaning(spans, _endpoint)


def paths(spans: Spans) -> Coded:
    """`/items/42?x=1` -> `/items/<id>`."""
    return _by_meaning(spans, _path)


def _endpoint(raw: str) -> str | None:
    method, _, rest = raw.partition(" ")
    path = rest.partition(" ")[0]
    if (
        len(method) > 16
        or not method.isalpha()
        or not (path.startswith("/") or "://" in path or path == "*" or method == "CONNECT")
    ):
        return None
    return f"{method.upper()} {mask_path(path)}"


def _path(raw: str) -> str | None:
    return mask_path(raw) or None


def _by_meaning(spans: Spans, meaning: Callable[[str], str | None]) -> Coded:
    """Decode each distinct span once; where nearly all are distinct, one of each set that differs in digits alone.

    A query has no part in the meaning: where the spans are many, what stands before it is told apart.
    """
    text, start = spans.text, spans.start
    ok = spans.end > start if spans.valid is None else spans.valid & (spans.end > start)
    end = np.where(ok, spans.end, start)
    few = max(FEW, len(start) // 4)
    coded = views(text, start, end, binary=True).dictionary_encode()
    if len(coded.dictionary) > few:
        query = find_byte(text, start, end, 63)
        end = np.where(query < 0, end, query)
        coded = views(text, start, end, binary=True).dictionary_encode()
    back = np.frombuffer(coded.indices.buffers()[1], np.int32, len(start))
    if len(coded.dictionary) <= few:
        meanings = _recalled(coded.dictionary.to_pylist(), meaning)
    else:
        first = _first_rows(back, len(coded.dictionary))
        meanings = _by_shape(text, start[first], end[first], meaning)
    values = sorted({m for m in meanings if m is not None})
    place = {m: i for i, m in enumerate(values)}
    table = np.array([place[m] if m is not None else -1 for m in meanings] or [-1], np.int32)
    codes = table[back] if len(back) else np.zeros(0, np.int32)
    codes[~ok] = -1
    return Coded(codes, values)


def _by_shape(text: Text, start: Ints, end: Ints, meaning: Callable[[str], str | None]) -> list[str | None]:
    """The meanings of spans by their shapes; where digits are left in one (`/v1/`), by each span itself."""
    back, first = factorize(hash_spans(text, start, end, digits_alike=True))
    known = _recalled([text.slice(a, b) for a, b in zip(start[first].tolist(), end[first].tolist(), strict=True)], meaning)
    found = [known[i] for i in back.tolist()]
    for i, value in enumerate(found):
        if value is not None and any(map(str.isdigit, value)):
            found[i] = meaning(text.slice(int(start[i]), int(end[i])).decode("utf-8", "replace"))
    return found


def factorize(keys: Words) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For each key the number of its value, and for each number the first row that has it."""
    import pyarrow as pa

    plain = np.ascontiguousarray(keys)  # from its buffer: `pa.array` of an ndarray would import pandas
    coded = pa.Array.from_buffers(
        pa.from_numpy_dtype(plain.dtype), len(plain), [None, pa.py_buffer(plain)]
    ).dictionary_encode()
    back = np.frombuffer(coded.indices.buffers()[1], np.int32)[: len(plain)].astype(np.int64)
    return back, _first_rows(back, len(coded.dictionary))


def _first_rows(back: npt.NDArray[np.integer[Any]], distinct: int) -> Ints:
    """The first row of each of the numbers below `distinct`."""
    first = np.zeros(distinct, np.int64)
    first[back[::-1]] = np.arange(len(back))[::-1]  # of several writes to one place the last stays
    return first


def _recalled(raw: list[bytes], meaning: Callable[[str], str | None]) -> list[str | None]:
    """The meanings of texts, remembered: a log has few shapes and millions of lines."""
    known = _MEANINGS.setdefault(meaning.__name__, {})
    if len(known) > MOST_REMEMBERED:  # a new one: another thread may be reading the old
        known = _MEANINGS[meaning.__name__] = {}
    for text in raw:
        if text not in known:
            known[text] = meaning(text.decode("utf-8", "replace")) if text else None
    return [known[text] for text in raw]


_MEANINGS: dict[str, dict[bytes, str | None]] = {}
FEW = 4096
MOST_REMEMBERED = 200_000
