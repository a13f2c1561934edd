"""The durations of a report: its marks subtracted, and what it states itself where the marks are only inferred."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postmortem_timeline.archive.reports.spans import Span
from postmortem_timeline.views import wording

FORMULAS = {
    "time_to_detect_seconds": "detected - impact_start",
    "time_to_acknowledge_seconds": "acknowledged - detected",
    "time_to_mitigate_seconds": "mitigated - impact_start",
    "time_to_resolve_seconds": "resolved - impact_start",
}
PAIRS = (
    ("detect", "impact_start", "detected"),
    ("acknowledge", "detected", "acknowledged"),
    ("mitigate", "impact_start", "mitigated"),
    ("resolve", "impact_start", "resolved"),
)
CLOSE = 60  # seconds: what is stated in minutes fits marks that are this near


def elapsed(
    source: str, life: Mapping[str, Any], spans: Mapping[str, Span]
) -> tuple[dict[str, float | None], dict[str, str], list[dict[str, Any]]]:
    """Seconds, formulas and findings. A stated duration stands in where a mark is inferred or missing."""
    seconds: dict[str, float | None] = {}
    formulas, findings = dict(FORMULAS), []
    for name, start, end in PAIRS:
        key, apart = f"time_to_{name}_seconds", between(life, start, end)
        span = _span(name, spans, apart)
        if span and apart is not None and abs(apart - span.seconds) > span.slack:
            message = f"time to {name} is stated as {wording.span(span.seconds)}, the marks are {wording.span(abs(apart))} apart"
            findings.append({"code": "duration", "message": message, "citations": [f"{source}:{span.line}"]})
        if span and _speaks(name, span, apart, life, start, end):
            apart = span.seconds
            formulas[key] += "; stated in the report"
        elif apart is not None and apart < 0 and not (_outright(life[start]) and _outright(life[end])):
            apart = None  # noticed before the beginning that the report gives: neither is the time that it took
        seconds[key] = apart
    return seconds, formulas, findings


def between(life: Mapping[str, Any], start: str, end: str) -> float | None:
    return wording.seconds_between(life[start]["at"], life[end]["at"])


def _span(name: str, spans: Mapping[str, Span], apart: float | None) -> Span | None:
    """The duration that is stated under that name; how long the outage took, where no row tells its end."""
    if name == "mitigate" and apart is None and not {"mitigate", "resolve", "repair"} & set(spans):
        return spans.get("duration")
    return spans.get(name)


def _speaks(name: str, span: Span, apart: float | None, life: Mapping[str, Any], start: str, end: str) -> bool:
    """Whether what is stated counts for more than the marks."""
    if apart is None:
        return not _from_notice(name, span, life)
    if abs(apart - span.seconds) <= CLOSE or (_outright(life[start]) and _outright(life[end])):
        return False
    return not _from_notice(name, span, life)


def _outright(mark: Mapping[str, Any]) -> bool:
    """A mark that the report states by its name, or in a row that is labelled; an interval in a sentence is less."""
    return bool(mark["at"]) and mark["basis"] == "stated" and not mark["reason"].startswith("the interval")


def _from_notice(name: str, span: Span, life: Mapping[str, Any]) -> bool:
    """Many teams count repair from the detection: theirs is another duration than ours then."""
    end = {"mitigate": "mitigated", "resolve": "resolved"}.get(name)
    if end is None or not life["detected"]["at"] or not life[end]["at"]:
        return False
    since = between(life, "detected", end)
    stated = _outright(life["detected"]) and _outright(life[end])
    return stated or (since is not None and abs(since - span.seconds) <= CLOSE and bool(life["impact_start"]["at"]))
