"""All that the lifecycle marks are chosen from: the incident's scope, its records, alerts and pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pandas as pd

from postmortem_timeline.correlate.chat import said
from postmortem_timeline.correlate.echoes import echoes
from postmortem_timeline.correlate.links import links
from postmortem_timeline.correlate.marks import Mark, mark, nanoseconds
from postmortem_timeline.correlate.records import Record
from postmortem_timeline.correlate.relation import LEAD, MINUTE, SYMPTOMS, Scope, names_service, words
from postmortem_timeline.correlate.signals import Alert, Page, alerts, error_words, ours, pages, waking
from postmortem_timeline.correlate.times_said import times_said
from postmortem_timeline.correlate.told import told as records_of

HOUR = 60 * MINUTE
AFTERMATH = 24 * HOUR  # what is said or posted later than this speaks of another day
PLANNED = frozenset(("scheduled", "maintenance", "in_progress", "verifying", "completed", "under_maintenance"))

Windows: TypeAlias = "pd.DataFrame | Sequence[Mapping[str, Any]] | None"


@dataclass(frozen=True)
class Case:
    """One incident. `windows` have start and end in ns, in order; `signs` are early signals of the failing services."""

    scope: Scope
    windows: tuple[dict[str, Any], ...] = ()
    told: tuple[Record, ...] = ()
    alerts: tuple[Alert, ...] = ()
    pages: tuple[Page, ...] = ()
    cites: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # row -> citations of all who tell the same
    changes: tuple[Mapping[str, Any], ...] = ()
    signs: tuple[Mark, ...] = ()
    covered: bool = True

    def cited(self, record: Record) -> tuple[str, ...]:
        """The citations of a record and of its echoes, its own first."""
        return (record.citation, *self.cites.get(record.row, ()))

    def covers(self, record: Record) -> bool:
        """Whether the record's time lets it speak of this incident."""
        return self.scope.start - LEAD <= record.at <= self.scope.end + AFTERMATH

    def relevant(self, record: Record) -> bool:
        """Whether the record's words do: they name a failing service, or speak of failing at all."""
        about = words(f"{record.body} {record.service or ''}")
        return any(names_service(about, service) for service in self.scope.services) or bool(SYMPTOMS & set(about))

    def names(self, record: Record) -> bool:
        """Whether the record names a failing service, or quotes words of the error."""
        about = words(record.body)
        named = any(names_service(about, service) for service in self.scope.services)
        return named or len(self.scope.words & set(about)) >= 2

    def chat(self, *meanings: str, since: int | None = None) -> list[Record]:
        """What people said with one of these meanings, from `since` (the incident's start) on, until its aftermath."""
        low = self.scope.start - MINUTE if since is None else since
        spoken = (r for r in self.told if r.kind == "chat" and r.human and low <= r.at <= self.scope.end + AFTERMATH)
        return [record for record in spoken if set(meanings) & set(said(record.body).meanings)]

    def updates(self) -> list[Record]:
        """Our own status page's updates of this incident's time, planned maintenance left out.

        What a provider tells of itself (a cloud's health feed) is no update of ours.
        """
        shown = (r for r in self.told if r.kind == "status" and self.covers(r))
        own = (r for r in shown if not r.get("provider"))
        return [r for r in own if (r.action or "") not in PLANNED and r.get("maintenance") != "true"]

    def claim(self, record: Record, confidence: float, reason: str) -> Mark:
        """What a person claims; where it names a time with its zone ("back at 18:20 UTC"), at that time."""
        said_times = (time for time in times_said(record.body, record.at) if time.stated and time.word in CLAIMING)
        named = [time.at for time in said_times if self.scope.start - LEAD <= time.at <= record.at + 5 * MINUTE]
        reason = f"{reason}, with the time it names" if named else reason
        return mark(named[0] if named else record.at, confidence, "stated", reason, self.cited(record))


CLAIMING = (None, "at", "ago", "as of", "since", "by")


def build_case(
    windows: Windows, notables: pd.DataFrame, *, groups: pd.DataFrame | None, suspects: Sequence[str],
    failing: Sequence[str], errors: Sequence[str], episodes: pd.DataFrame | None,
    changes: Sequence[Mapping[str, Any]], covered: bool,
) -> Case | None:  # fmt: skip
    """Bound the incident and gather what belongs to it; None where nothing tells of an incident.

    Its bounds are the impact windows; without any, what woke somebody; without that, what people said.
    """
    spans, told, things = spans_of(windows), records_of(notables), links(notables)
    groups = echoes(notables) if groups is None else groups
    fired, paged = alerts(told, groups, things), pages(told, things)
    edge = _bounds(spans, fired, paged, told, covered)
    if edge is None:
        return None
    # A lesser suspect may be one by the very alert that is judged here; that would let every alert of the time in.
    services, opened = tuple(dict.fromkeys([*failing, *suspects[:1]])), bool(spans and spans[0].get("open_start"))
    scope = Scope(edge[0], edge[1], services, error_words(errors), opened)
    mine, kept = ours(fired, paged, scope, {r.citation: int(things[r.row]) for r in told})
    told_alike = zip(groups["rows"], groups["citations"], strict=True)
    cites = {int(row): tuple(cited) for rows, cited in told_alike for row in rows}
    signs = tuple(_signs(episodes, scope))
    return Case(scope, tuple(spans), tuple(told), tuple(mine), tuple(kept), cites, tuple(changes), signs, covered)


def _bounds(
    spans: Sequence[Mapping[str, Any]],
    fired: Sequence[Alert],
    paged: Sequence[Page],
    told: Sequence[Record],
    covered: bool,
) -> tuple[int, int] | None:
    if spans:
        return spans[0]["start"], max(span["end"] for span in spans)
    # Where requests are seen and none fails, an alert that woke nobody makes no incident.
    return waking(fired, paged, HOUR // 2, unpaged=not covered) or _talk(told)


def spans_of(windows: Windows) -> list[dict[str, Any]]:
    """Impact windows as dicts with start and end in ns, in order; `start_ns`, `end_ns` are understood too."""
    rows: Sequence[Mapping[Any, Any]] = ()
    if windows is not None:
        rows = windows.to_dict("records") if isinstance(windows, pd.DataFrame) else list(windows)
    spans: list[dict[str, Any]] = []
    for row in rows:
        start, end = row.get("start_ns", row.get("start")), row.get("end_ns", row.get("end"))
        spans.append({**{str(k): v for k, v in row.items()}, "start": nanoseconds(start), "end": nanoseconds(end)})
    return sorted(spans, key=lambda span: (span["start"], span["end"]))


def _talk(told: Sequence[Record]) -> tuple[int, int] | None:
    """From where people took something to where they spoke of its end; one without the other is no incident."""
    spoken = [(r.at, set(said(r.body).meanings)) for r in told if r.kind == "chat" and r.human]
    taken = [at for at, meanings in spoken if meanings & {"acknowledges", "declares"}]
    ended = [at for at, meanings in spoken if meanings & {"resolution", "mitigation"} and taken and at > taken[0]]
    return (taken[0], ended[-1]) if ended else None


def _signs(episodes: pd.DataFrame | None, scope: Scope) -> Iterator[Mark]:
    """First of the new warnings and errors of the failing services, from some minutes before the harm on."""
    if episodes is None or len(episodes) == 0 or "new" not in episodes:
        return
    bad = episodes["new"] & (episodes["severity"] >= 13) & episodes["start"].between(scope.start - LEAD, scope.end)
    for row in episodes[bad].sort_values(["start", "source", "line"], kind="stable").itertuples():
        about = words(f"{row.service or ''} {row.source}")
        if any(names_service(about, service) for service in scope.services):
            reason = f"first of a new pattern: {row.template}"
            yield mark(int(row.start), 0.6, "observed", reason, [f"{row.source}:{row.line}"])
