"""The digest as the frames that correlation reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from postmortem_timeline.digest.digest import JOINS, TRACED, Digest
from postmortem_timeline.digest.levels import COUNTS
from postmortem_timeline.digest.stats import inner_offset_s
from postmortem_timeline.digest.table import fold
from postmortem_timeline.digest.users import Users
from postmortem_timeline.formats.registry import stamp_of
from postmortem_timeline.frame import EVENT_SCHEMA, to_pandas

if TYPE_CHECKING:
    import pandas as pd

KEYS = {
    "source",
    "service",
    "route",
    "second",
    "minute",
    "bucket",
    "endpoint",
    "template",
    "status",
    "severity",
    "what",
    "key",
    "t_ns",
}


@dataclass(frozen=True)
class Evidence:
    """Plain frames, sorted by their text keys, times as each source says them; see the module `digest.digest` for how they fold.

    sources    source format kind tier host service records requests with_user clients private_clients first_ns last_ns
               zone precision_ns nested_offset_s stamp
    counts     source service route second status severity count duration_us timed
    failures   source service endpoint minute status count first_ns line last_ns last_line      (status >= 400)
    endpoints  source service endpoint bucket count failed duration_us
    patterns   source service severity template bucket count first_ns last_ns line last_line
    joins      source service route what key status t_ns duration_us
    traced     source service key template t_ns line    (log records with a trace id; a sample of whole traces where many)
    notables   the event frame's rows of alerts, pages, chat, changes, status, tickets and notes
    metrics    the event frame's rows of metric samples
    """

    sources: pd.DataFrame
    counts: pd.DataFrame
    failures: pd.DataFrame
    endpoints: pd.DataFrame
    patterns: pd.DataFrame
    joins: pd.DataFrame
    notables: pd.DataFrame
    metrics: pd.DataFrame
    users: Users
    width: int = 1  # seconds of a bucket of counts
    traced: pd.DataFrame | None = None


def evidence(digest: Digest, users: Users) -> Evidence:
    """All frames of a digest."""
    from postmortem_timeline.digest.merging import merge_templates

    counts = _frame(digest, "counts")
    moment = counts.pop("moment").to_numpy()
    counts["second"], counts["status"] = moment >> 15, ((moment >> 5) & 0x3FF).astype(np.int16)
    counts["severity"] = (moment & 0x1F).astype(np.int8)
    failures = _frame(digest, "failures", "endpoint")
    endpoints = _frame(digest, "endpoints", "endpoint")
    patterns = _frame(digest, "patterns", "template")
    joins = _frame(replace(digest, tables={"joins": fold(digest.tables["joins"], JOINS)}), "joins")
    joins["what"] = np.where(joins["what"].to_numpy() == 0, "user", "trace")
    joins["key"] = joins["key"].to_numpy().view(np.uint64)
    merged = merge_templates(sorted(set(patterns["template"])))
    patterns = _merged_templates(patterns, merged)
    return Evidence(
        _sources(digest),
        _sorted(
            counts[["source", "service", "route", "second", "status", "severity", "count", "duration_us", "timed"]]
        ),
        with_none(_sorted(failures.drop(columns="route"))),
        with_none(_sorted(endpoints.drop(columns="route"))),
        with_none(_sorted(patterns.drop(columns="route"))),
        with_none(_sorted(joins.drop(columns="count"))),
        _events(digest.notables),
        _events(digest.metrics),
        users,
        max((COUNTS[level] for level in digest.count_levels.values()), default=1),
        _traced(digest, merged),
    )


def _frame(digest: Digest, name: str, text: str = "") -> pd.DataFrame:
    """A table with its numbers replaced by the texts that they stand for, as categories in the order of their names."""
    import pandas as pd

    table = dict(digest.tables[name])
    stream = table.pop("stream")
    head = {
        column: _category([s[i] for s in digest.streams], stream)
        for i, column in enumerate(("source", "service", "route"))
    }
    if text:
        head[text] = _category(digest.texts, table.pop("text"))
    return pd.DataFrame({**head, **table})


def _category(values: Sequence[str | None], numbers: np.ndarray) -> pd.Categorical:
    """Rows by the number of their value; categories are the values that are there, whatever else the digest knows."""
    import pandas as pd

    there = np.flatnonzero(np.bincount(numbers, minlength=len(values))) if len(numbers) else np.zeros(0, np.intp)
    distinct = sorted({v for n in there.tolist() if (v := values[n]) is not None})
    place = {v: j for j, v in enumerate(distinct)}
    codes = np.full(len(values), -1, np.int32)
    codes[there] = [-1 if (v := values[n]) is None else place[v] for n in there.tolist()]
    return pd.Categorical.from_codes(codes[numbers], categories=pd.Index(distinct, dtype=object))


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows in an order that does not depend on how the digest was merged."""
    keys = [c for c in frame.columns if c in KEYS]
    codes = [frame[key].cat.codes if frame[key].dtype == "category" else frame[key] for key in keys]
    order = np.lexsort([c.to_numpy() for c in codes[::-1]]) if len(frame) else np.zeros(0, np.intp)
    return frame.iloc[order].reset_index(drop=True)


def with_none(frame: pd.DataFrame) -> pd.DataFrame:
    """Text columns as plain objects, null as None: stages test for null in one way."""
    texts = {
        c: frame[c].astype(object).where(frame[c].notna(), None)
        for c in frame.columns
        if frame[c].dtype.kind not in "iufbM"
    }
    return frame.assign(**texts)


def _traced(digest: Digest, merged: dict[str, str]) -> pd.DataFrame:
    """The records of traces, under the names that their templates bear in `patterns` (cut ones bear none there)."""
    import pandas as pd

    table = fold(digest.tables["traced"], TRACED)
    frame = _frame(replace(digest, tables={"traced": table}), "traced", "template")
    names = frame["template"].cat.categories
    told = pd.Categorical([merged.get(str(name), str(name)) for name in names])
    frame["template"] = pd.Categorical.from_codes(
        told.codes[frame["template"].cat.codes] if len(frame) else [], told.categories
    )
    frame["key"] = frame["key"].to_numpy().view(np.uint64)
    return with_none(frame.drop(columns=["route", "count"]))


def _merged_templates(patterns: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Near-equal shapes joined, over the whole input, so that it does not depend on the blocks."""
    import pandas as pd

    if patterns.empty:
        return patterns
    patterns = patterns.assign(template=pd.Categorical(patterns["template"].map(names)))
    keys = ["source", "service", "route", "template", "severity", "bucket"]
    folded = patterns.groupby(keys, dropna=False, sort=True, observed=True).agg(
        count=("count", "sum"),
        first_ns=("first_ns", "min"),
        line=("line", "min"),
        last_ns=("last_ns", "max"),
        last_line=("last_line", "max"),
    )
    return folded.reset_index()


def _sources(digest: Digest) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for name in sorted(digest.stats):
        s = digest.stats[name]
        rows.append(
            {
                "source": name,
                "format": s.format,
                "kind": s.kind,
                "tier": s.tier,
                "host": s.host,
                "service": s.service,
                "records": s.records,
                "requests": s.requests,
                "with_user": s.with_user,
                "clients": len(s.clients),
                "private_clients": s.private_clients,
                "first_ns": s.first_ns,
                "last_ns": s.last_ns,
                "zone": s.zone,
                "precision_ns": s.precision_ns,
                "nested_offset_s": inner_offset_s(s),
                "stamp": stamp_of(s.format),
            }
        )
    columns = [
        "source",
        "format",
        "kind",
        "tier",
        "host",
        "service",
        "records",
        "requests",
        "with_user",
        "clients",
        "private_clients",
        "first_ns",
        "last_ns",
        "zone",
        "precision_ns",
        "nested_offset_s",
        "stamp",
    ]
    frame = with_none(pd.DataFrame(rows, columns=columns))
    return frame.assign(nested_offset_s=frame["nested_offset_s"].astype("float64"))


def _events(tables: list[pa.Table]) -> pd.DataFrame:
    table = pa.concat_tables([EVENT_SCHEMA.empty_table(), *tables]).combine_chunks()
    frame = with_none(to_pandas(table.unify_dictionaries()))
    return frame.sort_values(["timestamp", "source", "line", "ordinal"], kind="stable").reset_index(drop=True)
