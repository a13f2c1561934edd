"""Faults that no request shows, planted in calm traces: a service throws, or returns early, in a share of its traces.

A calm export is made of calm stretches of several hours, one after the other; the faults are drawn from fixed seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.culprits import culprits

SECOND = 1_000_000_000
MILLISECOND = 1_000_000
BEGIN = 1_700_000_000 * SECOND
PIECES = 4
SHARES = (0.3, 1.0)
ENOUGH = 8  # traces of a service after the fault's begin
HURT = 3  # of them with the fault
USUAL = 0.8  # of a step's traces go on after it, where the fault is put
EVEN = 0.5  # a suspect below this is a hint

# What a service says as it fails: severity, text; whether the record carries its trace.
WORDS = (
    (17, "could not compute the total of order <*>", True),
    (0, "java.lang.IllegalStateException: stock was <*>", True),
    (17, "Unhandled exception while handling <*>: NullPointerException", False),
    (9, "request ended with com.example.PriceMissingException", True),
    (13, "giving up on <*>: failed to read configuration", True),
)

Judge = Callable[[pd.DataFrame, pd.DataFrame], list[Any]]  # traces, patterns -> who is suspected


@dataclass(frozen=True)
class Planted:
    """One export with what was done to it; no service where it is calm."""

    kind: str
    share: float
    service: str | None
    at: int
    traced: pd.DataFrame
    loose: tuple[tuple[int, str, str, int], ...] = ()  # lines outside of traces: time, service, text, severity


def exports(stretches: list[pd.DataFrame], seed: int) -> pd.DataFrame:
    """Some calm stretches, ten minutes of silence after the first one, as one export with its own trace ids."""
    r, at, parts = np.random.default_rng(seed), BEGIN, []
    for number, place in enumerate(r.choice(len(stretches), PIECES, replace=False)):
        one = stretches[place]
        low, high = int(one["t_ns"].min()), int(one["t_ns"].max())
        key = one["key"] ^ np.uint64(number)
        parts.append(one.assign(t_ns=one["t_ns"] - low + at, source=f"part{number}.log", key=key))
        at += high - low + (600 * SECOND if number == 0 else SECOND // 2)
    return pd.concat(parts).sort_values(["key", "t_ns", "source", "line"], kind="stable").reset_index(drop=True)


def plant(told: pd.DataFrame, kind: str, share: float, seed: int) -> Planted | None:
    """The export with one fault; None where the draw leaves nothing to see.

    kind: exception (says it, and returns), caught (says it, and goes on), return (says nothing, and returns)
    """
    r = np.random.default_rng(seed)
    begin = int(told.loc[told["source"] == "part1.log", "t_ns"].min())
    at = begin + int(r.integers(15, 50)) * SECOND
    traces = [list(group.itertuples(index=False)) for _, group in told.groupby("key", sort=True)]
    steps = told[told["t_ns"] >= at].groupby(["service", "template"])["key"].nunique()
    services = told[told["t_ns"] >= at].groupby("service")["key"].nunique()
    names = sorted(services[services >= ENOUGH].index)
    service = names[r.integers(len(names))]
    usual = steps[service]
    goes_on = _goes_on(traces, service)
    step = sorted(text for text in usual[usual >= max(ENOUGH / 2, usual.max() / 3)].index if goes_on[text] >= USUAL)
    if not step:
        return None
    fault = _Fault(kind, service, step[r.integers(len(step))], at, *WORDS[r.integers(len(WORDS))], bool(r.integers(2)))
    rows: list[Any] = []
    hurt = 0
    for trace in traces:
        place = next((i for i, one in enumerate(trace) if fault.meets(one)), None)
        if place is None or r.random() >= share:
            rows += trace
            continue
        after = fault.trace(trace, place)
        hurt += len(after) != len(trace) or kind != "return"
        rows += after
    if hurt < HURT:
        return None
    frame = pd.DataFrame(rows, columns=told.columns).astype({"key": "uint64", "t_ns": "int64"})
    return Planted(kind, share, service, at, frame[~frame["template"].str.startswith("\0")].reset_index(drop=True), _loose(frame, fault))


def _goes_on(traces: list[list[Any]], service: str) -> dict[str, float]:
    """After each step of the service, how often its own work or its callees' follows."""
    seen: dict[str, list[bool]] = {}
    for trace in traces:
        for place, one in enumerate(trace):
            if one.service == service:
                seen.setdefault(one.template, []).append(_back(trace, place) > place + 1)
    return {text: sum(each) / len(each) for text, each in seen.items()}


@dataclass(frozen=True)
class _Fault:
    kind: str
    service: str
    step: str
    at: int
    severity: int
    text: str
    traced: bool
    echoed: bool  # the caller complains too

    def meets(self, one: Any) -> bool:
        return bool(one.service == self.service and one.template == self.step and one.t_ns >= self.at)

    def trace(self, trace: list[Any], place: int) -> list[Any]:
        """The trace as the fault leaves it: what the service would still have done, and asked for, is missing."""
        here = trace[place]
        back = place + 1 if self.kind == "caught" else _back(trace, place)
        gap = (trace[back].t_ns - here.t_ns - 2 * MILLISECOND) if place + 1 < back < len(trace) else 0
        said = []
        if self.kind != "return":
            text = self.text if self.traced else "\0" + self.text
            said.append(here._replace(template=text, t_ns=here.t_ns + MILLISECOND // 2, line=here.line + 100_000))
        if self.kind == "exception" and self.echoed and back < len(trace):
            at = trace[back].t_ns - gap - MILLISECOND // 2
            said.append(trace[back]._replace(template="call failed: <*>", t_ns=at, line=here.line + 200_000))
        return [*trace[: place + 1], *said, *(one._replace(t_ns=one.t_ns - gap) for one in trace[back:])]


def _back(trace: list[Any], place: int) -> int:
    """Where the trace comes back to who called the service; its end where nobody did."""
    stack: list[str] = []
    for one in trace[: place + 1]:
        if one.service in stack:
            del stack[stack.index(one.service) + 1 :]
        else:
            stack.append(one.service)
    waiting = stack[:-1]
    return next((i for i in range(place + 1, len(trace)) if trace[i].service in waiting), len(trace))


def _loose(frame: pd.DataFrame, fault: _Fault) -> tuple[tuple[int, str, str, int], ...]:
    lines = frame[frame["template"].str.startswith("\0")]
    return tuple((int(one.t_ns), str(one.service), str(one.template)[1:], fault.severity) for one in lines.itertuples())


def noisy(told: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The same with a service that always complains in a fifth of its traces."""
    r = np.random.default_rng(seed)
    seen = told.groupby("service")["key"].nunique()
    names = sorted(seen[seen >= 3 * ENOUGH].index)
    mine = told[told["service"] == names[r.integers(len(names))]].drop_duplicates("key")
    more = mine[r.random(len(mine)) < 0.2]
    more = more.assign(template="ERROR cache miss for <*>, failed over", t_ns=more["t_ns"] + 1000, line=more["line"] + 300_000)
    return pd.concat([told, more]).sort_values(["key", "t_ns", "source", "line"], kind="stable").reset_index(drop=True)


def patterns(planted: Planted, severities: dict[str, int]) -> pd.DataFrame:
    """What the digest would say of all lines, in buckets of ten seconds."""
    known = severities | {text: severity for severity, text, _ in WORDS}
    lines = planted.traced[["source", "service", "template", "t_ns", "line"]]
    lines = lines.assign(severity=[known.get(text, 17) for text in lines["template"]])
    loose = pd.DataFrame(
        [("loose.log", service, text, at, 1 + n, severity) for n, (at, service, text, severity) in enumerate(planted.loose)],
        columns=lines.columns,
    ).astype({"t_ns": "int64", "line": "int64", "severity": "int64"})
    lines = pd.concat([lines, loose]).assign(bucket=lambda t: t["t_ns"] // SECOND // 10 * 10)
    lines = lines.sort_values(["t_ns", "source", "line"], kind="stable")
    key = ["source", "service", "severity", "template", "bucket"]
    found = lines.groupby(key, sort=True, as_index=False).agg(
        count=("line", "size"), first_ns=("t_ns", "first"), last_ns=("t_ns", "last"), line=("line", "first"), last_line=("line", "last")
    )
    return found


def planted(stretches: list[pd.DataFrame], each: int, calm: int) -> Iterator[Planted]:
    """Every kind of fault and share so many times, every other one beside a noisy service; and calm exports."""
    for number, kind in enumerate(("exception", "caught", "return")):
        for share in SHARES:
            found, seed = 0, 10_000 * number + int(share * 1000)
            while found < each:
                seed += 1
                told = exports(stretches, seed)
                one = plant(noisy(told, seed) if seed % 2 else told, kind, share, seed)
                if one is not None:
                    found += 1
                    yield one
    for seed in range(90_000, 90_000 + calm):
        told = exports(stretches, seed)
        yield Planted("calm", 0.0, None, 0, noisy(told, seed) if seed % 2 else told)


def judged(cases: Iterator[Planted], severities: dict[str, int], judge: Judge) -> pd.DataFrame:
    """A row for each: kind, share, service, place among the suspects, who is first, with what score, how far the onset is off."""
    rows = []
    for one in cases:
        found = judge(one.traced, patterns(one, severities))
        names = [culprit.service for culprit in found]
        off = (found[0].onset()["at"] - one.at) / SECOND if found and one.service else None
        score = float(str(found[0].suspect()["score"])) if found else 0.0
        place = names.index(one.service) + 1 if one.service in names else None
        rows.append((one.kind, one.share, one.service, place, names[0] if names else None, score, off))
    return pd.DataFrame(rows, columns=["kind", "share", "service", "place", "first", "score", "onset s"])


def numbers(stretches: list[pd.DataFrame], severities: dict[str, int], each: int = 4, calm: int = 10) -> tuple[dict[str, float], list[str]]:
    """The numbers of the summary, and a note on each kind and share of fault."""
    rows = judged(planted(stretches, each, calm), severities, lambda traced, said: culprits(traced, said, {}))
    faults, quiet = rows[rows["service"].notna()], rows[rows["service"].isna()]
    right = faults["place"] == 1
    sure, whole = faults["score"] >= EVEN, faults["share"] == 1
    found = {
        "planted_all_first": round(float(right[whole].mean()), 4),
        "planted_some_first": round(float(right[~whole].mean()), 4),
        "planted_calm_suspected": round(float((quiet["score"] >= EVEN).mean()), 4),
        "planted_sure_right": round(float(right[sure].mean()), 4) if sure.any() else 1.0,
        "planted_onset_median_s": round(float(faults.loc[right, "onset s"].abs().median()), 1),
    }
    notes = [
        f"Planted ({kind}, in {share:.0%} of the traces): {int((one['place'] == 1).sum())} of {len(one)} first, "
        f"{int((one['place'] <= 3).sum())} among the first three."
        for (kind, share), one in faults.groupby(["kind", "share"])
    ]
    return found, notes
