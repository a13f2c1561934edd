"""Which changes can have an echo at all: those that share an id, or that another source tells of near them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from postmortem_timeline.correlate.likeness import STAGES
from postmortem_timeline.correlate.links import versions
from postmortem_timeline.correlate.records import Record
from postmortem_timeline.correlate.transitions import CHANGE, edges

HEARD = re.compile(r"[\w.-]*\w")


def lonely(told: Sequence[Record], things: np.ndarray) -> set[int]:
    """The rows of changes that stand alone: most of an audit log of a hundred thousand calls.

    Such a change has an id of its own that nothing shares, and no other source tells of its service or version within
    the time that the stages of one change may lie apart. Whatever is not so plain is left to be compared.
    """
    shared = Counter(things[[record.row for record in told]].tolist()) if told else Counter()
    plain = [r for r in told if r.kind == "change" and r.key and shared[int(things[r.row])] == 1]
    if not plain:
        return set()
    beside = _beside([record for record in told if CHANGE in edges(record)])
    return {record.row for record in plain} - beside


def _beside(changing: Sequence[Record]) -> set[int]:
    """Rows of what speaks of a service or version that another source speaks of within STAGES; `changing` is by time."""
    services = {record.service for record in changing if record.service}
    by_subject: dict[object, list[Record]] = defaultdict(list)
    for record in changing:
        about = {record.service} if record.service else services.intersection(HEARD.findall(record.body))
        for subject in (*about, *(("version", version) for version in versions(record))):
            by_subject[subject].append(record)
    found: set[int] = set()
    for told in by_subject.values():
        if len({record.source for record in told}) > 1:
            found |= _near(told) | _near(reversed(told))
    return found


def _near(told: Iterable[Record]) -> set[int]:
    """Rows of the records that one of another source has come before, not too far away."""
    last: dict[tuple[str, str | None], int] = {}
    found = set()
    for record in told:
        own = (record.source, record.format)
        if any(abs(record.at - at) <= STAGES for source, at in last.items() if source != own):
            found.add(record.row)
        last[own] = record.at
    return found
