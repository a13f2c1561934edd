"""One entry for each change, however many systems tell it: a commit, its deployment, a line of the deploy script."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.bearing import FULL, Bearing, bearing
from postmortem_timeline.correlate.leaves import leaves
from postmortem_timeline.correlate.links import COMMIT, VERSION, links, versions
from postmortem_timeline.correlate.mentions import AFTER_S, BEFORE_S, DEPLOYS, RARE
from postmortem_timeline.correlate.records import Record
from postmortem_timeline.correlate.relation import names_service, words
from postmortem_timeline.correlate.told import told as records_of
from postmortem_timeline.correlate.undoing import undoes
from postmortem_timeline.correlate.unions import Unions
from postmortem_timeline.frame import cite

NS = 1_000_000_000
TOGETHER = 3600 * NS  # the same version named within an hour is the same rollout; later it is a rollout again
COMMITS = ("sha", "commit", "revision")  # the first that is there counts
SUBJECT = re.compile(r"^(?:revert \")?(?:feat|fix|chore|perf|refactor)?\(?([a-z][\w-]*)\)?!?: ", re.IGNORECASE)


@dataclass(frozen=True)
class Change:
    """A change as all its tellers together tell it."""

    at: int
    service: str | None
    summary: str
    text: str
    undoes: bool
    commits: frozenset[str]  # its own, as seven digits
    undone: frozenset[str]  # those that it says it takes back
    citations: tuple[str, ...]
    bearing: Bearing = FULL  # how much it can do to production at all


def told_changes(notables: pd.DataFrame, patterns: pd.DataFrame | None, known: Sequence[str] = ()) -> list[Change]:
    """The changes of the evidence, by time.

    in:  notables, patterns as in Evidence, clocks applied; known: names that changes may say in words
    """
    told = [record for record in records_of(notables) if record.kind == "change"]
    tellers = [_Teller.of(record) for record in told]
    number = links(notables)
    sets = Unions(len(told))
    last: dict[object, int] = {}
    for place, record in enumerate(told):
        for token in _tokens(tellers[place], int(number[record.row])):
            before = last.get(token)
            if before is not None and (isinstance(token, int) or record.at - told[before].at <= TOGETHER):
                sets.join(before, place)
            last[token] = place
    groups: dict[int, list[_Teller]] = {}
    for place, teller in enumerate(tellers):
        groups.setdefault(sets.root(place), []).append(teller)
    lines = _deploy_lines(patterns)
    return sorted((_change(group, lines, known) for group in groups.values()), key=lambda c: (c.at, c.citations))


class _Teller(NamedTuple):
    """A record with what is read out of it, once."""

    record: Record
    undoes: bool
    commits: frozenset[str]
    versions: tuple[str, ...]
    rolled_out: bool

    @classmethod
    def of(cls, record: Record) -> _Teller:
        back = undoes(record)
        return cls(record, back, own_commits(record, back), tuple(sorted(versions(record))), _rolled_out(record))


def _tokens(teller: _Teller, number: int) -> list[object]:
    """What one change is told by: its link; and, at about the same time, its commit or its version."""
    named = [("version", version, teller.undoes) for version in teller.versions]
    return [number, *sorted(teller.commits), *named]


def own_commits(record: Record, undoes: bool) -> frozenset[str]:
    """The commits that a change is made of, as seven digits; a revert names those that it takes back besides."""
    said = leaves(record, COMMITS)
    named = [value for value in (record.key, next((said[name] for name in COMMITS if name in said), None)) if value]
    if not undoes:
        named += COMMIT.findall(record.body)
    return frozenset(value[:7].lower() for value in named if COMMIT.fullmatch(value.lower()))


def _change(tellers: list[_Teller], lines: list[tuple[int, str]], known: Sequence[str]) -> Change:
    tellers = sorted(tellers, key=lambda t: (not t.rolled_out, t.record.at, t.record.source, t.record.line, t.record.ordinal))
    group = [teller.record for teller in tellers]
    at = _at(tellers)
    own = frozenset().union(*(teller.commits for teller in tellers))
    texts = list(dict.fromkeys(record.body for record in group))
    low = bisect_left(lines, at - BEFORE_S * NS, key=itemgetter(0))
    beside = [citation for _, citation in lines[low : bisect_right(lines, at + AFTER_S * NS, key=itemgetter(0))]]
    files = [record.attributes[path] for record in group for path in _files(tuple(record.attributes))]
    takes_back = any(teller.undoes for teller in tellers)
    named = {commit[:7].lower() for text in texts for commit in COMMIT.findall(text)} if takes_back else set()
    return Change(
        at=at,
        service=_service(group, known),
        summary=_summary(tellers),
        text="\n".join(texts + files),
        undoes=takes_back,
        commits=own,
        undone=frozenset(named - own),
        citations=tuple(dict.fromkeys([record.citation for record in group] + beside)),
        bearing=max((bearing(record) for record in group), key=itemgetter(0)),
    )


@lru_cache(maxsize=1 << 12)
def _files(paths: tuple[str, ...]) -> tuple[str, ...]:
    """The paths of attributes that name files; the records of a source share a few shapes of paths."""
    return tuple(sorted(path for path in paths if "file" in path.lower()))


def _at(tellers: list[_Teller]) -> int:
    """A commit changes things when it is deployed; of several systems the last to begin tells it best."""
    first_of: dict[str, int] = {}
    for record in sorted((teller.record for teller in tellers), key=lambda r: r.at):
        first_of.setdefault(record.source, record.at)
    outs = {teller.record.source for teller in tellers if teller.rolled_out}
    return max(first_of[source] for source in outs or first_of)


def _rolled_out(record: Record) -> bool:
    """A deployment, as against a commit that only became part of the history."""
    return record.action is not None and "git_log" not in (record.format or "") and record.action != "committed"


def _service(group: list[Record], known: Sequence[str]) -> str | None:
    """What was changed: as the record says, as its version is named, as a commit's subject begins, or in its words."""
    for record in group:
        if record.service:
            return record.service
    for record in group:
        subject = SUBJECT.match(record.body)
        version = VERSION.search(record.body)
        named = version.group() if version else ""
        guesses = [re.sub(r"[-@:/ ]v?\d.*$", "", named)] + ([subject.group(1)] if subject else [])
        for guess in guesses:
            if guess and (guess in known or subject):
                return guess
    said = words(" ".join(record.body for record in group))
    return next((name for name in sorted(known) if names_service(said, name)), None)


def _summary(tellers: list[_Teller]) -> str:
    """The deployment's words, with the version, and the commit's subject where it says more."""
    group = [teller.record for teller in tellers]
    lines = [record.body.strip().splitlines()[0].strip() for record in group if record.body.strip()]
    summary = lines[0] if lines else "change"
    if len(tellers) == 1:
        return summary
    said = set(words(summary))
    for line in lines[1:]:
        if said <= set(words(line)):  # the same and more
            summary = line
            break
        if len(said & set(words(line))) < 0.6 * len(said) and len(summary) < 60:
            summary = f"{summary}: {line}"
            break
    missing = [] if tellers[0].versions else [version for teller in tellers for version in teller.versions]
    return summary if not missing or missing[0] in summary.lower() else f"{summary} ({missing[0]})"


def _deploy_lines(patterns: pd.DataFrame | None) -> list[tuple[int, str]]:
    """Times and citations of rare log lines about deployments, whose versions are masked."""
    if patterns is None or patterns.empty:
        return []
    rare = patterns[patterns.groupby(["source", "template"], observed=True)["count"].transform("sum") <= RARE]
    service = rare.service.astype(object).where(rare.service.notna(), "")
    speaks = [bool(DEPLOYS.search(f"{text} {name}")) for text, name in zip(rare.template, service, strict=True)]
    lines = rare[np.array(speaks, dtype=bool)].sort_values(["first_ns", "source", "line"], kind="stable")
    return [(int(r.first_ns), cite(r.source, int(r.line))) for r in lines.itertuples()]
