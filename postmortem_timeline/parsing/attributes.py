"""What else a record said, as one JSON object of texts, joined by Arrow for whole columns."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.parsing.batch import Spans, Strings

ESCAPED = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))


def join_attributes(fields: dict[str, Spans]) -> Strings:
    """One JSON object a row, from columns of texts; null fields are left out, a row without any is null."""
    parts = []
    for name, spans in fields.items():
        value = _escape(spans.arrow())
        piece = pc.binary_join_element_wise(_text(f', {json.dumps(name)}: "'), value, _text('"'), _text(""))
        parts.append(pc.fill_null(piece, ""))
    joined = pc.binary_join_element_wise(*parts, _text("")) if len(parts) > 1 else parts[0]
    empty = pc.equal(pc.binary_length(joined), 0)
    text = pc.binary_join_element_wise(_text("{"), pc.utf8_slice_codeunits(joined, 2), _text("}"), _text(""))
    return Strings(pc.if_else(empty, _text(None), text))


def _text(value: str | None) -> pa.Scalar:
    return pa.scalar(value, pa.large_string())


def _escape(array: pa.Array) -> pa.Array:
    for raw, escaped in ESCAPED:
        if pc.any(pc.match_substring(array, raw)).as_py():
            array = pc.replace_substring(array, raw, escaped)
    control = pc.match_substring_regex(array, r"[\x00-\x1f]")
    if pc.any(control).as_py():
        array = pc.replace_substring_regex(array, r"[\x00-\x1f]", " ")
    return array
