"""Batches of wrappers become batches of what they wrap; what is left of them stays as it is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from postmortem_timeline.formats.model import Format
from postmortem_timeline.ingest.detect import Plan
from postmortem_timeline.ingest.records import Claims, records
from postmortem_timeline.ingest.unwrap import Wrapped, inner_lines, overlay, select
from postmortem_timeline.parsing.batch import Batch, Strings
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.continuation import owners
from postmortem_timeline.parsing.delimited import joined_rows
from postmortem_timeline.parsing.text import Bools, Ints, Lines
from postmortem_timeline.parsing.worded import worded


def wrapper_of(batch: Batch, plan: Plan) -> Format | None:
    """The format that read the batch, if its records may wrap others."""
    return next((f for f in plan.formats if f.name == batch.format and f.wraps), None)


def continued(plan: Plan) -> bool:
    """Whether any record of the plan, or of what its records wrap, may go on over several lines."""
    return any(f.continues for f in plan.formats) or any(continued(inner) for inner in plan.inner.values())


def unwrapped(batch: Batch, plan: Plan, context: SourceContext) -> tuple[list[Batch], Bools]:
    """The batch itself or the records that its records wrap, and which of its rows only continue others."""
    gone = np.zeros(len(batch), bool)
    wrapper = wrapper_of(batch, plan)
    if wrapper is None:
        return [batch], gone
    inner_plan = plan.inner.get(wrapper.name)
    wrapped = inner_lines(
        batch, wrapper, wrapper.name in plan.newlines, inner_plan is not None and continued(inner_plan)
    )
    if wrapped is None:
        return [batch], gone
    for rows_of_line in wrapped.joined.values():
        gone[rows_of_line[1:]] = True
    if inner_plan is None:
        return [worded(select(_with_joined(batch, wrapped, wrapper), np.flatnonzero(~gone)), wrapper.wraps or "body")], gone
    out: list[Batch] = []
    taken = gone.copy()
    for inner, rows in _inner_batches(wrapped, inner_plan, context, gone):
        place = inner.rows
        inner.rows = batch.rows[rows[place]]  # physical lines, which say how far two records are apart
        parts, continuing = unwrapped(inner, inner_plan, context)
        gone[rows[place[continuing]]] = True
        taken[rows[place]] = True
        order = np.argsort(batch.rows, kind="stable")
        for part in parts:
            chosen = order[np.searchsorted(batch.rows, part.rows, sorter=order)]
            out.append(overlay(select(batch, chosen), part, wrapper))
    taken |= gone
    if not taken.all():
        left = select(_with_joined(batch, wrapped, wrapper), np.flatnonzero(~taken))
        out.append(worded(left, wrapper.wraps or "body"))
    return out, gone


def _inner_batches(
    wrapped: Wrapped, plan: Plan, context: SourceContext, gone: Bools
) -> list[tuple[Batch, npt.NDArray[np.intp]]]:
    """The batches of the inner lines, each with the outer row of every inner line; `gone` gets those that continue."""
    lines = wrapped.lines
    blank = lines.blank()
    batches, claimed = records(lines, blank, plan, context)
    owner = inner_owners(claimed, wrapped, blank, plan)
    gone[wrapped.outer[owner >= 0]] = True
    for batch in batches:  # what a format has joined itself
        owner[joined_rows(batch, len(lines))] = -1
    _extend(batches, lines, owner, {fmt.name for fmt in plan.formats if fmt.below})
    return [(batch, wrapped.outer) for batch in batches]


def inner_owners(claimed: Claims, wrapped: Wrapped, blank: Bools, plan: Plan) -> Ints:
    """As `owners`, of inner lines; a blank one inside of a record belongs to it, as it is a record of the wrapper."""
    owner = owners(claimed, wrapped.lines, blank, [f.continues for f in plan.formats], wrapped.apart)
    n = len(owner)
    after = np.minimum.accumulate(np.where(blank, n, np.arange(n))[::-1])[::-1]  # the next line that is not blank
    return np.where(blank & (after < n), owner[np.minimum(after, n - 1)], owner) if n else owner


def _with_joined(batch: Batch, wrapped: Wrapped, wrapper: Format) -> Batch:
    """The batch with the texts of split lines joined in their first parts, and no newlines kept at their ends."""
    name = wrapper.wraps or "body"
    if wrapped.joined:
        texts = batch.arrow(name).to_pylist()  # type: ignore[union-attr]
        for first, parts in wrapped.joined.items():
            texts[first] = "".join(texts[p] or "" for p in parts)
        batch.done[name] = Strings(pa.array(texts, pa.large_string()))
    if wrapper.engine == "jsonl":
        said = batch.arrow(name).cast(pa.large_string())  # type: ignore[union-attr]
        batch.done[name] = Strings(pc.utf8_rtrim(said, characters="\r\n"))
    return batch


def _extend(batches: list[Batch], lines: Lines, owner: Ints, below: set[str]) -> None:
    """Let the body of each continued record take in the lines that continue it: they do not lie next to each other.

    The formats `below` have taken a body from the first of these lines already.
    """
    more: dict[int, list[str]] = {}
    for row in np.flatnonzero(owner >= 0).tolist():
        text = lines.text.slice(int(lines.start[row]), int(lines.end[row])).decode("utf-8", "replace")
        more.setdefault(int(owner[row]), []).append(text)
    for batch in batches:
        mine = [i for i, row in enumerate(batch.rows.tolist()) if row in more]
        if not mine or not batch.has("body"):
            continue
        texts = batch.arrow("body").to_pylist()  # type: ignore[union-attr]
        for i in mine:
            text, rest = texts[i] or "", more[int(batch.rows[i])]
            held = batch.format in below and text and rest[0].endswith(text)
            texts[i] = "\n".join([text, *(rest[1:] if held else rest)])
        batch.done["body"] = Strings(pa.array(texts, pa.large_string()))
