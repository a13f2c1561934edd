"""A digest becomes an incident: correlated, measured, told, and its cited records fetched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from postmortem_timeline.annotations import Annotations
from postmortem_timeline.correlate import Options, Story, correlate
from postmortem_timeline.correlate.echoes import copies as native_copies
from postmortem_timeline.correlate.vantage import server_error
from postmortem_timeline.digest.evidence import evidence
from postmortem_timeline.digest.shift import Shift
from postmortem_timeline.digesting import Digested
from postmortem_timeline.doubts import finding
from postmortem_timeline.frame import EVENT_SCHEMA
from postmortem_timeline.impact import impact
from postmortem_timeline.impact.response import response_cost
from postmortem_timeline.ingest.gather import Paths
from postmortem_timeline.quoting import from_table, quotes
from postmortem_timeline.rows import rows_of
from postmortem_timeline.telling import tell
from postmortem_timeline.views.examples import with_examples
from postmortem_timeline.views.terminal import headline


@dataclass
class Built:
    """All that a build knows: `quotes` are the cited records, `shifts` what clocks were off by, per source."""

    incident: dict[str, Any]
    frame: pd.DataFrame
    windows: pd.DataFrame
    quotes: dict[str, dict[str, Any]]
    shifts: dict[str, Shift]


def build(
    digested: Digested, said: Annotations, *, since: int | None, until: int | None, slo: float | None,
    failed: Iterable[int] | None, paths: Paths | None,
) -> Built:  # fmt: skip
    """Correlate, sum and tell one digest."""
    fails = _among(frozenset(failed)) if failed else server_error
    found = evidence(digested.digest, digested.users)
    _count_native_copies(digested, found.notables)
    options = Options(
        since=since, until=until, failed=fails, clocks=_clocks(said), marks=said.stated_marks(), pinned=[p.citation for p in said.pinned],
        hidden=list(said.hidden), notes=[msgspec.structs.asdict(note) for note in said.notes],
    )  # fmt: skip
    story = correlate(found, options)
    measured = _impact(story, fails, slo, said)
    stated = {"title": said.title, "severity": said.severity, "options": _stated(failed, slo, since, until, said)}
    incident = tell(story, measured, digested.entries, stated)
    rows = rows_of(story.timeline)
    cited = all_citations(incident, rows)
    if paths is not None:
        told, incident["context"] = quotes(cited, paths, found.notables)
    else:
        told = from_table(cited, digested.events if digested.events is not None else EVENT_SCHEMA.empty_table())
    rows = with_examples(rows, told)
    incident["findings"] += [
        finding("annotation_idle", f'incident.toml speaks of the source "{name}", which is not among the exports')
        for name in said.idle(entry.source for entry in digested.entries)
    ]
    incident["summary"] = headline(incident, rows)
    frame = story.timeline.assign(summary=pd.Series([row["summary"] for row in rows], dtype="str"))
    frame = frame.assign(start=frame["start"].dt.floor("ms"), end=frame["end"].dt.floor("ms"))  # as the files say it
    return Built(incident, frame, story.outages.windows, dict(sorted(told.items())), story.shifts)


def _among(statuses: frozenset[int]):  # type: ignore[no-untyped-def]
    wanted = np.array(sorted(statuses))
    return lambda status: np.isin(status, wanted)


def _clocks(said: Annotations) -> dict[str, dict[str, float]]:
    """Stated clocks by source or glob; of stated zones, which were applied when the stamps were read, nothing is left."""
    found: dict[str, dict[str, float]] = {}
    for name, known in said.sources.items():
        told = {} if known.zone is None else {"zone_offset_seconds": 0.0}
        if known.clock is not None or known.drift is not None:
            told |= {"clock_offset_seconds": known.clock or 0.0, "drift_seconds_per_hour": known.drift or 0.0}
        found |= {name: told} if told else {}
    return found


def _stated(
    failed: Iterable[int] | None, slo: float | None, since: int | None, until: int | None, said: Annotations
) -> dict[str, Any]:
    from postmortem_timeline.times import rfc3339

    told = {key: value for key, value in said.plain().items() if key != "roles"}  # names stay out of the documents
    if "failed" not in told and failed:
        told["failed"] = sorted(failed)
    return {
        "failed": told.get("failed") or ["5xx, but not 501"], "slo": slo, "slo_period_days": said.slo_period_days,
        "since": None if since is None else rfc3339(since), "until": None if until is None else rfc3339(until),
        "annotations": {key: value for key, value in told.items() if key != "failed" or said.failed},
    }  # fmt: skip


def _impact(story: Story, fails: Any, slo: float | None, said: Annotations) -> dict[str, Any]:
    whole = [source for source in story.vantage.sources if source not in story.vantage.partial]
    seen = story.evidence.sources
    seen = seen[seen["source"].isin(whole)]
    private = bool(seen["private_clients"].sum() > 0.5 * seen["requests"].sum())
    count = partial(story.evidence.users.count, offsets=story.shifts, sources=whole, failed=fails, private=private)
    measured = impact(
        story.outages, story.requests, story.vantage, count, failures=story.evidence.failures, failed=fails, slo=slo,
        slo_period_days=said.slo_period_days, revenue_per_minute=said.revenue_per_minute,
        revenue_per_request=said.revenue_per_request, expected_users=said.expected_users,
        width=story.evidence.width, period_requests=said.slo_period_requests,
    )  # fmt: skip
    marks = story.marks
    begin = next((marks[m]["at"] for m in ("detected", "impact_start") if marks[m]["at"] is not None), None)
    measured["response"] = response_cost(story.evidence.notables, begin, marks["resolved"]["at"], said.responder_rate)
    return measured


def _count_native_copies(digested: Digested, notables: pd.DataFrame) -> None:
    """Records that two exports hold under one native id are copies too; the ledger counts them."""
    twins = native_copies(notables)
    by_name = {entry.source: entry for entry in digested.entries}
    for source, n in notables["source"][twins.notna()].value_counts().items():
        by_name[str(source)].copies += int(n)


def all_citations(incident: dict[str, Any], rows: list[dict[str, Any]]) -> list[str]:
    """Every citation that the incident and its timeline hold, sorted."""
    found: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                if key == "citations":
                    found.update(inner)
                elif key != "ledger":
                    walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(incident)
    walk(rows)
    return sorted(found)
