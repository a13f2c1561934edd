"""What a reader should know before believing a number: assumed zones, unknown files, unread lines, gaps."""

from __future__ import annotations

from typing import Any

from postmortem_timeline.correlate import Story
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.times import rfc3339
from postmortem_timeline.unread import beside, finding, named, partly

__all__ = ["doubts", "finding", "opened"]

NAMED = 5  # spans that one finding lists
APART = 300 * 86_400 * 1_000_000_000  # ns; a year that is wrong by one, or a clock that was never set


def doubts(story: Story, entries: list[Entry]) -> list[dict[str, Any]]:
    """The findings of a run, the gravest kinds first."""
    found: list[dict[str, Any]] = []
    for entry in entries:
        found += [finding(code, message) for code, message in entry.doubts]
    found += partly(entries)
    found += _zones(story)
    found += _years(story)
    found += _order(story)
    for row in story.outages.not_covered.to_dict("records"):
        span = f"{rfc3339(int(row['start_ns']))} to {rfc3339(int(row['end_ns']))}"
        found.append(
            finding("not_covered", f"no source has records from {span}: a gap in the exports, not counted as an outage")
        )
    found += _others(story)
    for row in story.outages.windows.to_dict("records"):
        if row["open_start"]:
            found.append(
                finding(
                    "open_start",
                    f"the exports begin inside an outage: it began at or before {rfc3339(int(row['start_ns']))}{_noticed_before(story)}",
                )
            )
        if row["open_end"]:
            found.append(
                finding(
                    "open_end",
                    f"the exports end inside an outage: it went on at or after {rfc3339(int(row['end_ns']))}",
                )
            )
    return found + beside(entries)


def _others(story: Story) -> list[dict[str, Any]]:
    """Outages that are taken as other incidents, or that `since` and `until` left out."""
    rows = story.others.to_dict("records")
    if not rows:
        return []
    spans = [f"{rfc3339(int(row['start_ns']))} to {rfc3339(int(row['end_ns']))}" for row in rows[:NAMED]]
    more = f" and {len(rows) - NAMED} more" if len(rows) > NAMED else ""
    how = "taken as another incident, which --since and --until choose"
    return [finding("other_outages", f"requests failed at other times too, {how}: {', '.join(spans)}{more}")]


def opened(story: Story) -> bool:
    """Whether the exports begin inside the first outage."""
    windows = story.outages.windows
    return bool(len(windows)) and bool(windows["open_start"].iloc[0])


def _noticed_before(story: Story) -> str:
    noticed, start = story.marks["detected"]["at"], story.marks["impact_start"]["at"]
    if noticed is None or start is None or noticed >= start:
        return ""
    return f"; it was noticed at {rfc3339(int(noticed))}, before the exports begin, so the time to detect is not known"


def _zones(story: Story) -> list[dict[str, Any]]:
    """Sources whose stamps carry no zone, and that nothing showed one for."""
    sources = story.evidence.sources
    assumed = set(sources[sources["zone"] == "assumed"]["source"])
    known = {row.source for row in story.clocks.itertuples() if row.applied or row.confidence >= 0.6}
    names = sorted(assumed - known)
    if not names:
        return []
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    how = 'if that is wrong, say so in incident.toml: [sources."NAME"] zone = "Europe/Berlin"'
    return [finding("zone_assumed", f"stamps without a zone were taken as UTC in {shown}; {how}")]


def _years(story: Story) -> list[dict[str, Any]]:
    """Logs that lie a year or more from the incident: old ones, or those of a clock that was wrong by as much."""
    begin = next((at for name in STARTS if (at := story.marks[name]["at"]) is not None), None)
    if begin is None:
        return []
    sources = story.evidence.sources
    logs = sources[sources["kind"].isin(["request", "log"]) & (sources["records"] > 0)]
    far = (logs["first_ns"] > begin + APART) | (logs["last_ns"] < begin - APART)
    names = sorted(logs[far & (logs["first_ns"] != -1)]["source"])
    if not names:
        return []
    why = "all records lie most of a year or more from the incident, and say nothing of it"
    how = 'if the clock was wrong, say so in incident.toml: [sources."NAME"] clock = "-8760h" (a year behind)'
    return [finding("far_apart", f"{named(names)}: {why}; {how}")]


STARTS = ("impact_start", "detected", "acknowledged", "resolved")
ORDER = (
    ("impact_start", "mitigated"),
    ("detected", "acknowledged"),
    ("acknowledged", "resolved"),
    ("mitigated", "resolved"),
)


def _order(story: Story) -> list[dict[str, Any]]:
    """Marks in an order that is worth a look; it is reported, never repaired."""
    found = []
    for first, then in ORDER:
        a, b = story.marks[first]["at"], story.marks[then]["at"]
        if a is not None and b is not None and a > b:
            found.append(finding("order", f"{then} ({rfc3339(b)}) lies before {first} ({rfc3339(a)})"))
    return found
