"""The services at fault, likeliest first: who fails, who falls silent, whom alerts and failing connections name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.blame import blame
from postmortem_timeline.correlate.error_words import CONNECTION
from postmortem_timeline.correlate.novelty import NS, new_lines
from postmortem_timeline.correlate.products import BYSTANDERS
from postmortem_timeline.correlate.records import Record
from postmortem_timeline.correlate.relation import names_service, same_service, words
from postmortem_timeline.correlate.shares import Share, failing_shares
from postmortem_timeline.correlate.testimony import Testimony
from postmortem_timeline.correlate.told import told as records_of
from postmortem_timeline.correlate.undoing import undoes
from postmortem_timeline.correlate.vantage import server_error

Windows = Sequence[tuple[int, int]]  # ns, true time


def suspects(
    evidence: Any,
    windows: Windows,
    failed: Callable[[np.ndarray], np.ndarray] = server_error,
) -> list[dict[str, Any]]:
    """Who is at fault; empty where nothing speaks against anybody.

    in:  Evidence with clocks applied (sources, counts, failures, patterns, notables); windows
    out: {name, score 0..1, reason, citations}, likeliest first
    """
    if not windows:
        return []
    shares = failing_shares(evidence.counts, evidence.failures, windows, failed)
    told = records_of(evidence.notables)
    own = {row.source: row.service for row in evidence.sources.itertuples() if isinstance(row.service, str)}
    new = new_lines(evidence.patterns, windows, own)
    known = _known(evidence, told, shares)
    found = [share.testimony() for share in shares]
    found += blame(new, known) + _alerts(told, windows, known) + _first(new, shares) + _undone(told, windows, known)
    return _judge(found)


def _known(evidence: Any, told: list[Record], shares: list[Share]) -> set[str]:
    """The names of services that the evidence knows, whoever says them."""
    names = {str(name) for frame in (evidence.counts, evidence.patterns) for name in frame.service.dropna().unique()}
    names |= {record.service for record in told if record.service and record.kind in ("alert", "change")}
    return {name for name in names | {share.name for share in shares} if name.lower() not in BYSTANDERS}


def _alerts(told: list[Record], windows: Windows, known: set[str]) -> list[Testimony]:
    """Alerts that began with the outage, against the service of their label or of their words."""
    first, last = windows[0][0] - 60 * NS, windows[-1][1]
    seen: set[str] = set()
    found: list[Testimony] = []
    for record in told:
        about = record.key or record.body
        if record.kind != "alert" or record.action in ("resolved", "pending") or about in seen:
            continue
        seen.add(about)  # a firing that is only told again is not a new one
        name = record.service or next((n for n in sorted(known) if names_service(words(record.body), n)), None)
        if name is None or not first <= record.at <= last:
            continue
        gone = bool(CONNECTION.search(record.body)) or "unreachable" in words(record.body)
        weight = (0.3 if record.severity >= 17 else 0.12) + (0.25 if gone else 0) + (0.0 if found else 0.1)
        place = "" if found else ", the first of this outage"
        reason = f'the alert "{record.body[:80]}" is about it{place}'
        found.append(Testimony(name, "unreachable" if gone else "alert", weight, reason, record.citation, record.at))
    return found


def _first(new: pd.DataFrame, shares: list[Share]) -> list[Testimony]:
    """Of those that fail, the one that said something new first."""
    for row in new[new.wrong].itertuples():
        if any(same_service(row.service, share.name) for share in shares):
            reason = f'it was the first to say something new: "{row.template[:80]}"'
            return [Testimony(row.service, "first", 0.1, reason, row.citation, row.first_ns)]
    return []


def _undone(told: list[Record], windows: Windows, known: set[str]) -> list[Testimony]:
    """A rollback during the outage, or just as it ends, of something of this service."""
    found = []
    for record in told:
        if record.kind == "change" and windows[0][0] < record.at <= windows[-1][1] + 120 * NS and undoes(record):
            said = words(record.body)
            name = record.service or next((n for n in sorted(known) if names_service(said, n)), None)
            if name:
                reason = f'what was undone is of it: "{record.body.splitlines()[0][:80]}"'
                found.append(Testimony(name, "undone", 0.12, reason, record.citation, record.at))
    return found


def _judge(found: list[Testimony]) -> list[dict[str, Any]]:
    """Noisy-or over the kinds of evidence against one service; a caller of one that is gone fails because of it."""
    of: dict[str, list[Testimony]] = {}
    for one in found:
        name = next((name for name in of if same_service(name, one.service)), one.service)
        of.setdefault(name, []).append(one)
    gone = [name for name, all_ in of.items() if {"ended", "unreachable"} <= {t.what for t in all_}]
    gone = gone or [name for name, all_ in of.items() if any(t.what == "unreachable" and t.weight > 0.5 for t in all_)]
    rows = []
    for name, all_ in of.items():
        best: dict[str, Testimony] = {}
        for one in all_:
            if one.what not in best or one.weight > best[one.what].weight:
                best[one.what] = one
        score = 1 - float(np.prod([1 - one.weight for one in best.values()]))
        told = sorted(best.values(), key=lambda t: (-t.weight, t.at))
        reason = "; ".join(one.reason for one in told)
        if gone and name not in gone:
            score *= 0.5
            reason += f"; but it fails because {gone[0]} is gone"
        citations = list(dict.fromkeys(one.citation for one in told if one.citation))
        first = min(one.at for one in all_)
        row = {"name": name, "score": round(score, 3), "reason": reason, "citations": citations}
        rows.append((-round(score, 3), first, name, row))
    return [row for *_, row in sorted(rows, key=lambda r: r[:3])]
