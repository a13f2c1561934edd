"""The joint choice of start, detection and mitigation: the likeliest rows that agree with the durations stated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from postmortem_timeline.archive.reports.meaning import CERTAIN, Told
from postmortem_timeline.archive.reports.spans import Span
from postmortem_timeline.archive.reports.stated import Stated
from postmortem_timeline.archive.reports.windows import Window

SURE = 3.0  # a stated mark outweighs any words
NEAR = 0.25  # rows whose weights differ by less speak of the same: the earlier one counts
RANK = 0.08
LEAST = {"impact_start": 0.35, "detected": 0.25, "mitigated": 0.4}


@dataclass(frozen=True)
class Candidate:
    at: datetime
    score: float
    basis: str
    reason: str
    line: int
    told: Told | None = None
    window: Window | None = None


def starts(
    rows: Sequence[Told], known: Mapping[str, Stated], windows: Sequence[Window], blamed: Sequence[Told]
) -> list[Candidate]:
    """When harm may have begun."""
    found = _stated("impact_start", known) + [
        Candidate(w.start, 1.6 - 0.1 * place, "stated", "the interval that the report states", w.line, window=w)
        for place, w in enumerate(windows)
    ]
    notice = next((one for one in rows if one.weight("noticed") >= 0.7 and not one.planned), None)
    for one in rows:
        weight = one.weight("harm")
        if weight >= CERTAIN:
            found.append(_of(one, CERTAIN, "stated", "the row is labelled as the beginning of harm"))
        elif weight >= 0.4 and not (one.relapse and _trouble_before(rows, one)):
            late = 0.3 if notice and one.at > notice.at and one is not notice else 0.0
            found.append(
                _of(one, weight - late - _rank(rows, one, "harm"), "inferred", "the first row that tells of harm")
            )
        elif one in blamed:
            found.append(
                _of(one, 0.75, "inferred", "the change that the report blames; no row before it tells of harm")
            )
    if notice:
        found.append(_of(notice, 0.5, "inferred", "at or before: no row tells of harm before it was noticed"))
    return found


def detections(rows: Sequence[Told], known: Mapping[str, Stated]) -> list[Candidate]:
    """When it may have been noticed."""
    found = _stated("detected", known)
    for one in rows:
        weight = one.weight("noticed")
        if weight >= CERTAIN:
            found.append(_of(one, CERTAIN, "stated", "the row is labelled as the detection"))
        elif weight >= 0.4 and not one.planned:
            who = "monitoring" if one.machine else "somebody"
            found.append(
                _of(one, weight - _rank(rows, one, "noticed"), "inferred", f"the first row in which {who} notices")
            )
        elif max(one.weight("taken"), one.weight("declared"), one.weight("looks")) >= 0.5 and not one.planned:
            weight = 0.4 * max(one.weight("taken"), one.weight("declared"), one.weight("looks"))
            found.append(
                _of(one, weight, "inferred", "the first row in which somebody responds; nobody notices before")
            )
    return found


def ends(rows: Sequence[Told], known: Mapping[str, Stated], windows: Sequence[Window]) -> list[Candidate]:
    """When harm may have ended."""
    found = _stated("mitigated", known)
    found += [
        Candidate(w.end, 1.6 - 0.1 * place, "stated", "the interval that the report states", w.line, window=w)
        for place, w in enumerate(windows)
    ]
    if "resolved" in known:
        found.append(
            Candidate(
                known["resolved"].at,
                0.58,
                "inferred",
                "no row tells of an earlier end than the one stated",
                known["resolved"].line,
            )
        )
    for place, one in enumerate(rows):
        weight = one.weight("over")
        if weight >= CERTAIN:
            found.append(_of(one, CERTAIN, "stated", "the row is labelled as the mitigation"))
            continue
        weight = max(weight, 0.6 * one.weight("resolved"))
        if weight >= 0.4:
            back = 0.4 if any(after.relapse or after.weight("harm") >= 0.8 for after in rows[place + 1 :]) else 0.0
            found.append(
                _of(
                    one,
                    weight - back - _rank(rows, one, "over"),
                    "inferred",
                    "the first row that tells that harm is over",
                )
            )
    return found


def choose(
    begins: Sequence[Candidate], notices: Sequence[Candidate], overs: Sequence[Candidate], spans: Mapping[str, Span]
) -> tuple[Candidate | None, Candidate | None, Candidate | None]:
    """The likeliest three; order is kept as far as the words allow, and stated durations speak for what fits them."""
    empty: list[Candidate | None] = [None]
    return max(
        product(empty + _top(begins), empty + _top(notices), empty + _top(overs)),
        key=lambda trio: (
            round(_worth(trio[0], trio[1], trio[2], spans), 6),
            *(-(one.line if one else 0) for one in trio),
        ),
    )


def _top(candidates: Sequence[Candidate], most: int = 14) -> list[Candidate | None]:
    return list(sorted(candidates, key=lambda one: (-one.score, one.at, one.line))[:most])


def _worth(start: Candidate | None, seen: Candidate | None, over: Candidate | None, spans: Mapping[str, Span]) -> float:
    worth = sum(
        one.score - LEAST[name]
        for name, one in (("impact_start", start), ("detected", seen), ("mitigated", over))
        if one
    )
    if start and seen:
        worth += _fits(start, seen, spans.get("detect"), 1.5)
        apart = (seen.at - start.at).total_seconds()
        worth -= 0.4 if apart < 0 else 0.15 if apart > 14 * 86400 else 0.0
    if start and over:
        worth += max(
            _fits(start, over, spans.get(name), bonus)
            for name, bonus in (("mitigate", 1.5), ("duration", 0.8), ("resolve", 0.4))
        )
        worth -= 1.5 if over.at < start.at else 0.0
        worth -= _split(start, over)
    if seen and over:
        worth += max(_fits(seen, over, spans.get(name), 0.5) for name in ("mitigate", "repair", "duration", "resolve"))
        worth -= 0.5 if over.at < seen.at else 0.0  # what heals by itself may be noticed afterwards
    return worth


def _split(start: Candidate, over: Candidate) -> float:
    """An interval that is stated speaks for its two ends together; one end of it says little of another beginning."""
    torn = sum(
        one.window is not None and abs((at - other.at).total_seconds()) > 60
        for one, other, at in ((start, over, start.window and start.window.end), (over, start, over.window and over.window.start)) if at
    )  # fmt: skip
    return 0.9 * torn


def _fits(one: Candidate, other: Candidate, span: Span | None, bonus: float) -> float:
    if span is None:
        return 0.0
    off = abs((other.at - one.at).total_seconds() - span.seconds)
    return bonus if off <= 60 else bonus * 0.6 if off <= span.slack else 0.0


def _stated(name: str, known: Mapping[str, Stated]) -> list[Candidate]:
    one = known.get(name)
    return [Candidate(one.at, SURE, "stated", f"stated as “{one.key}”", one.line)] if one else []


def _of(one: Told, score: float, basis: str, reason: str) -> Candidate:
    return Candidate(one.at, score, basis, reason, one.row.line, one)


def _trouble_before(rows: Sequence[Told], one: Told) -> bool:
    """Trouble returns only where there was some: "a new hub fails" of a first row is no relapse."""
    return any(max(other.weight("harm"), other.weight("noticed")) >= 0.5 for other in rows if other.at < one.at)


def _rank(rows: Sequence[Told], one: Told, name: str) -> float:
    """What earlier rows that say the same as strongly take from a row."""
    weight = one.weight(name)
    before = [other for other in rows if other.at < one.at and other.weight(name) >= max(weight - NEAR, 0.4)]
    return min(RANK * len(before) + (0.12 if before else 0.0), 0.6)
