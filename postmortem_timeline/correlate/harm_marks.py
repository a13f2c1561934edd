"""When harm began and ended: onset, impact_start, mitigated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postmortem_timeline.correlate.case import Case
from postmortem_timeline.correlate.marks import Mark, choose, mark, unknown
from postmortem_timeline.correlate.times_said import times_said

BEGINNING = ("since", "from", "starting", "started", "began", "around", "about", "ago")


def impact_start(case: Case) -> Mark:
    """The start of the first impact window; never what anybody said, which only stands beside it."""
    if not case.windows:
        if not case.covered:
            return unknown("no request evidence, so when users were first failed is not known")
        return unknown("no request is seen to fail beyond the background")
    first = case.windows[0]
    cited = _citations(first, "first_citation")
    if first.get("open_start"):
        found = mark(
            first["start"], 0.3, "inferred", "at or before: requests fail from the first that the exports cover", cited
        )
    else:
        how = {"dark": "requests stopped coming", "slow": "the first request that took far too long"}
        reason = how.get(str(first.get("kind")), "the first failed request of the first impact window")
        found = mark(first["start"], _confidence(first), "observed", reason, cited)
    return choose([found, *_said_starts(case)], "")


def mitigated(case: Case) -> Mark:
    """The end of the last impact window; without request evidence the last alert's end, or what was said."""
    since = case.windows[0]["start"] if case.windows else case.scope.start
    claims = [case.claim(record, 0.5, "said to be over in chat") for record in case.chat("mitigation", since=since)]
    if not case.windows:
        return choose([*claims, *last_alert(case)], "no request evidence, and nobody says that it is over")
    last = max(case.windows, key=lambda window: window["end"])
    cited = _citations(last, "last_citation")
    if last.get("open_end"):
        found = mark(last["end"], 0.3, "inferred", "at or after: requests still fail when the exports end", cited)
    else:
        how = {"dark": "requests came again", "slow": "the last request that took far too long"}
        reason = how.get(str(last.get("kind")), "the last failed request of the last impact window")
        found = mark(last["end"], _confidence(last), "observed", reason, cited)
    return choose([found, *claims, *last_alert(case)], "")


def onset(case: Case, harm: Mark) -> Mark:
    """The first signal of a failing service, or the first failed request, whichever is earlier."""
    found = list(case.signs)
    if harm["at"] is not None:
        found.append(
            mark(harm["at"], 0.7, "observed", "no earlier signal than the first failed request", harm["citations"])
        )
    if not found:
        found = [
            mark(a.signal.start, 0.4, "observed", f"the alert {a.name} began to fire", a.citations) for a in case.alerts
        ]
    return choose(sorted(found, key=lambda candidate: candidate["at"]), "no signal of a failing service changes")


def last_alert(case: Case) -> list[Mark]:
    """The end of the incident's last alert, if all of them ended."""
    own = [alert for alert in case.alerts if alert.kind == "alert"]
    ends = [(alert.signal.end, place) for place, alert in enumerate(own) if alert.signal.end is not None]
    if not own or len(ends) < len(own):
        return []
    at, place = max(ends)
    return [mark(at, 0.6, "observed", f"the incident's last alert, {own[place].name}, resolved", own[place].closed)]


def _confidence(window: Mapping[str, Any]) -> float:
    stated = window.get("confidence")
    return float(stated) if isinstance(stated, (int, float)) and stated == stated else 0.9


def _citations(window: Mapping[str, Any], name: str) -> list[str]:
    if isinstance(window.get(name), str):
        return [window[name]]
    cited = window.get("citations")
    return list(cited) if isinstance(cited, (list, tuple)) else []


def _said_starts(case: Case) -> list[Mark]:
    """Starts that people name ("users report errors since 13:45"): runners-up only."""
    return [
        mark(time.at, 0.4 if time.stated else 0.25, "stated", f"said in chat: {time.word}", case.cited(record))
        for record in case.chat("report", "observation", "identifies")
        for time in times_said(record.body, record.at) if time.word in BEGINNING
    ]  # fmt: skip
