"""What traces show beside slowness: a service that says new errors, or stops where its work usually goes on."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.breaks import Break, strongest
from postmortem_timeline.correlate.buckets import Buckets
from postmortem_timeline.correlate.error_words import wrong
from postmortem_timeline.correlate.flows import LEAVES, flows
from postmortem_timeline.correlate.untraced import placed
from postmortem_timeline.frame import cite

THROWN = re.compile(r"[a-z](?:Exception|Error)\b")
WORD = re.compile(r"[A-Za-z][\w.$-]*")
SECOND = 1_000_000_000
ENOUGH = 4.0  # nats beyond chance
FEWEST = 2  # traces that show it
KNOWN = 5  # traces outside that show how a step usually goes on
SELDOM = 0.2  # of them may do otherwise
RARE = 0.02  # how often a step is taken in another way, where nothing is known of it
NEW = 12.0  # nats more, at most, for what never was before: it is believed for itself, once it is beyond chance
DOUBT = 3.0  # nats that what never was before must have
LASTING = 30 * SECOND  # between the first and the last complaint, or it is one mishap
NEARLY = 0.33  # of its score must one have to explain another
BELIEVED = 0.25  # of what is explained


@dataclass(frozen=True)
class Oddity:
    """Something new in the traces of a service."""

    service: str
    what: str  # error or stop
    score: float  # nats beyond chance
    strength: float  # the same, before what else tells of it is counted
    start: int
    end: int
    hits: int
    of: int
    text: str
    citations: tuple[str, ...]
    traces: Mapping[int, int]  # trace -> place in it where it is seen

    def reason(self) -> str:
        """In words, with the numbers."""
        share = f"in {self.hits} of {self.of} traces, where it is rare otherwise"
        if self.what == "error":
            return f'it says something new: "{self.text[:80]}" {share}'
        return f'its work ends after "{self.text[:80]}" {share}'


def oddities(
    traced: pd.DataFrame | None, patterns: pd.DataFrame, services: Mapping[str, str],
    *, since: int | None = None, until: int | None = None,
) -> list[Oddity]:  # fmt: skip
    """New errors and missing steps by service, each as its traces show it; what an earlier one explains counts less.

    in:  traced, patterns as in Evidence, clocks applied; source -> service, where a record says none; bounds (ns)
    """
    told = flows(traced, services)
    clock = None if told.empty else Buckets.of(told["at_ns"].to_numpy(), since, until)
    if clock is None:
        return []
    names = told.attrs["names"]
    severities = patterns.groupby("template", observed=True)["severity"].max()
    bad = {text: _bad(text, int(severities.get(text, 0))) for text in told["template"].unique().tolist()}
    lines = told[told["template"].map(bad).to_numpy(dtype=bool)]
    lines = lines.assign(before=told.groupby(["trace", "service"])["step"].shift()[lines.index])
    loose = placed(told, patterns, services, _bad)
    lines = pd.concat([lines, loose]) if len(loose) else lines
    return _explained([*_said(clock, told, lines, names), *_left(clock, told, names)])


def _bad(text: str, severity: int) -> bool:
    """Whether a line speaks of something wrong; a thrown exception is one whatever the level."""
    return wrong(text, severity) or bool(THROWN.search(text))


def _said(clock: Buckets, told: pd.DataFrame, lines: pd.DataFrame, names: list[str]) -> Iterator[Oddity]:
    """Errors that a service begins to say: each line, and all of them together.

    A complaint that others make too is the everyday trouble of the whole: that it is this one's turn says little.
    """
    visits = told.drop_duplicates(["trace", "service"])
    lines = lines.assign(form=[_form(text, names) for text in lines["template"]], bucket=clock.number(lines["at_ns"].to_numpy(np.int64)))
    cells = len(names) * max(len(np.unique(clock.number(told["at_ns"].to_numpy(np.int64)))), 1)
    for number, said in lines.groupby("service", sort=True):
        service = int(str(number))
        mine = visits[visits["service"] == service]
        any_share = said["trace"].nunique() / max(len(mine), 1)
        best: Oddity | None = None
        each = [one for _, one in said.groupby("template", sort=True)]
        for one in [*each, *([said] if len(each) > 1 else [])]:
            seen = one.drop_duplicates("trace")
            usual = min(RARE + any_share * (1 - len(seen) / max(said["trace"].nunique(), 1)), 0.5)
            asked = [mine, *_after(mine, seen, told)]
            tried = [_strongest(clock, one, one["trace"].isin(seen["trace"]).to_numpy(), usual, len(each) * len(asked)) for one in asked]
            found = max((one for one in tried if one), key=lambda one: one.score, default=None)
            if found is None:
                continue
            inside = seen[seen["bucket"].between(found.begin, found.past - 1)]
            odd = _oddity("error", names[service], found, inside)
            others = lines[lines["form"].isin(inside["form"].unique())]
            others = others[~others["bucket"].between(found.begin, found.past - 1)]
            if len(others):
                elsewhere = len(others.drop_duplicates(["service", "bucket"]))
                if (others["service"] != service).any():
                    odd = replace(odd, score=min(odd.score, math.log(cells / elsewhere)))
            elif odd.end - odd.start >= LASTING:
                odd = replace(odd, score=_new(odd.score))
            if odd.score >= ENOUGH and (best is None or odd.score > best.score):
                best = odd
        if best:
            yield best


def _after(mine: pd.DataFrame, seen: pd.DataFrame, told: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The visits that come by the step after which it is mostly said: only they could say it."""
    before = seen["before"].dropna()
    if len(before):
        step = before.value_counts().sort_index(kind="stable").idxmax()
        by = mine[mine["trace"].isin(told.loc[told["step"] == step, "trace"])]
        if len(by) < len(mine):
            yield by


def _new(score: float) -> float:
    """What never was before, and is beyond chance now, is believed more than by its count."""
    return score + min(max(3 * (score - DOUBT), 0.0), NEW)


def _form(text: str, names: Sequence[str]) -> str:
    """What a line says, whomever it speaks of."""
    known = set(names)
    return " ".join(word for word in (found.rstrip(".-") for found in WORD.findall(text)) if word not in known)


def _left(clock: Buckets, told: pd.DataFrame, names: list[str]) -> Iterator[Oddity]:
    """Steps after which a service's work usually goes on, and now does not."""
    known = told[told["judged"]]
    frame = _once(known.assign(hit=known["goes"].to_numpy() == LEAVES))
    usual = float(frame["hit"].mean())
    shares = frame.groupby("step")["hit"].transform("mean")
    mixed = frame[shares.between(0, 1, inclusive="neither")]
    steps = mixed.groupby("service")["step"].nunique()
    for _, mine in mixed.groupby("step", sort=True):
        service = int(mine["service"].iloc[0])
        odd = _stopped(clock, mine, names[service], usual, int(steps[service]))
        if odd:
            yield odd


def _once(known: pd.DataFrame) -> pd.DataFrame:
    """Each step once a trace, or a loop would count as many findings; with a hit if one of them is."""
    frame = known.sort_values(["step", "trace", "hit", "place"], kind="stable").drop_duplicates(["step", "trace"], keep="last")
    return frame.sort_values(["at_ns", "trace", "place"], kind="stable").reset_index(drop=True)


def _stopped(clock: Buckets, mine: pd.DataFrame, name: str, usual: float, choices: int) -> Oddity | None:
    found = _strongest(clock, mine, mine["hit"].to_numpy(), usual, choices)
    if found is None or found.of_outside < KNOWN or found.hits_outside > SELDOM * found.of_outside:
        return None
    if not found.hits_outside:
        found = replace(found, score=_new(found.score))
    if found.score < ENOUGH:
        return None
    bucket = clock.number(mine["at_ns"].to_numpy(np.int64))
    return _oddity("stop", name, found, mine[mine["hit"].to_numpy() & (bucket >= found.begin) & (bucket < found.past)])


def _strongest(clock: Buckets, mine: pd.DataFrame, hit: np.ndarray, usual: float, choices: int) -> Break | None:
    if hit.sum() < FEWEST:
        return None
    found = strongest(clock, clock.number(mine["at_ns"].to_numpy(np.int64)), hit, usual)
    score = found.score - math.log(choices)
    return replace(found, score=score) if score > 0 and found.hits >= FEWEST else None


def _oddity(what: str, name: str, best: Break, shown: pd.DataFrame) -> Oddity:
    """in: the records that show it, one a trace"""
    shown = shown.sort_values(["at_ns", "trace", "line"], kind="stable")
    first = shown.iloc[0]
    cited = tuple(dict.fromkeys(cite(str(r.source), int(str(r.line))) for r in shown.head(3).itertuples()))
    traces = dict(zip(shown["trace"].tolist(), shown["place"].tolist(), strict=True))
    return Oddity(
        name, what, best.score, best.score, int(first["at_ns"]), int(shown["at_ns"].max()), best.hits, best.of,
        str(first["template"]), cited, traces,
    )  # fmt: skip


def _explained(found: list[Oddity]) -> list[Oddity]:
    """What fails in a trace after another service has failed in it counts less: it may be for that."""
    told = []
    for one in found:
        others = [o for o in found if o.service != one.service and o.strength >= NEARLY * one.strength]
        traces = {trace for trace, place in one.traces.items() for o in others if o.traces.get(trace, place) < place}
        free = 1 - len(traces) / max(len(one.traces), 1)
        told.append(replace(one, score=one.score * (BELIEVED + (1 - BELIEVED) * free)))
    return told
