"""The marks of the incident's life: each by the record that means it, with its runners-up, or null with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from postmortem_timeline.correlate import closing_marks, harm_marks, notice_marks
from postmortem_timeline.correlate.case import Case, Windows, build_case
from postmortem_timeline.correlate.marks import MARKS, Mark, annotate, unknown

CALM = "no incident was found: no request fails beyond the background, and nobody was paged"
BLIND = "no incident was found: no request evidence, and nobody was paged"


def phases(
    windows: Windows, notables: pd.DataFrame, *, groups: pd.DataFrame | None = None, suspects: Sequence[str] = (),
    failing: Sequence[str] = (), errors: Sequence[str] = (), episodes: pd.DataFrame | None = None,
    changes: Sequence[Mapping[str, Any]] = (), covered: bool = True, annotations: Mapping[str, Any] | None = None,
) -> dict[str, Mark]:  # fmt: skip
    """Every mark: name -> {at (ns or None), confidence, basis, origin, reason, citations, alternatives}.

    in:  windows      frame or dicts: start, end (or start_ns, end_ns) and where known kind, open_start, open_end,
                      confidence, first_citation, last_citation
         notables     the event frame of alerts, pages, chat, changes, status, tickets; true times
         groups       what `echoes` made of the notables (made here if absent)
         suspects     names of suspected services, the likeliest first; failing: services whose requests fail
         errors       texts of the error, such as templates that are new in the failing services
         episodes     the frame of `novelty`, for the onset
         changes      ranked: at, score, summary, citations
         covered      whether there is request evidence at all (then "none fails" is a finding, not ignorance)
         annotations  its "marks": name -> time, or {at, reason}, laid over what was inferred
    `detected` also says `by`: monitoring, employee, customer, third_party or unknown.
    """
    case = build_case(
        windows, notables, groups=groups, suspects=suspects, failing=failing, errors=errors, episodes=episodes,
        changes=changes, covered=covered,
    )  # fmt: skip
    found = _nothing(CALM if covered else BLIND) if case is None else _marks(case)
    return annotate({name: found[name] for name in MARKS}, annotations)


def _marks(case: Case) -> dict[str, Mark]:
    harm, over = harm_marks.impact_start(case), harm_marks.mitigated(case)
    noticed = notice_marks.detected(case)
    return {
        "onset": harm_marks.onset(case, harm), "impact_start": harm, "detected": noticed,
        "alerted": notice_marks.alerted(case), "acknowledged": notice_marks.acknowledged(case, noticed),
        "declared": notice_marks.declared(case), "identified": notice_marks.identified(case), "mitigated": over,
        "resolved": closing_marks.resolved(case, over), "closed": closing_marks.closed(case),
        "changed": closing_marks.changed(case), "first_public_update": closing_marks.first_public_update(case),
    }  # fmt: skip


def _nothing(reason: str) -> dict[str, Mark]:
    found = {name: unknown(reason) for name in MARKS}
    found["detected"]["by"] = "unknown"
    return found
