"""What a reader should know before believing a number: assumed zones, unknown files, unread lines, gaps."""

from __future__ import annotations

from typing import Any

from postmortem_timeline.correlate import Story
from postmortem_timeline.ingest.ledger import Entry
from postmortem_timeline.times import rfc3339

MANY_UNPARSED = 0.01


def doubts(story: Story, entries: list[Entry]) -> list[dict[str, Any]]:
    """The findings of a run, the gravest kinds first."""
    found: list[dict[str, Any]] = []
    for entry in entries:
        found += [finding(code, message) for code, message in entry.doubts]
        found += _unread(entry)
    found += _zones(story)
    found += _order(story)
    for row in story.outages.not_covered.to_dict("records"):
        span = f"{rfc3339(int(row['start_ns']))} to {rfc3339(int(row['end_ns']))}"
        found.append(
            finding("not_covered", f"no source has records from {span}: a gap in the exports, not counted as an outage")
        )
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
    return found


def opened(story: Story) -> bool:
    """Whether the exports begin inside the first outage."""
    windows = story.outages.windows
    return bool(len(windows)) and bool(windows["open_start"].iloc[0])


def _noticed_before(story: Story) -> str:
    noticed, start = story.marks["detected"]["at"], story.marks["impact_start"]["at"]
    if noticed is None or start is None or noticed >= start:
        return ""
    return f"; it was noticed at {rfc3339(int(noticed))}, before the exports begin, so the time to detect is not known"


def finding(code: str, message: str, citations: list[str] | None = None) -> dict[str, Any]:
    return {"code": code, "message": message, "citations": citations or []}


def _unread(entry: Entry) -> list[dict[str, Any]]:
    if not entry.format and not entry.lines:
        return (
            [finding("not_read", f"{entry.source}: {entry.notes[0]}")]
            if entry.notes and "empty" not in entry.notes[0]
            else []
        )
    if entry.unparsed and (entry.unparsed > MANY_UNPARSED * entry.lines or entry.unparsed >= 100):
        share = entry.unparsed / max(entry.lines, 1)
        example = f"; the first begins {entry.unparsed_example!r}" if entry.unparsed_example else ""
        return [
            finding(
                "unparsed",
                f"{entry.source}: {entry.unparsed:,} of {entry.lines:,} lines ({share:.1%}) could not be read{example}",
            )
        ]
    return []


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
