"""How many users were failed, of how many."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pandas as pd

from postmortem_timeline.correlate.edges import SECOND, nearest_seconds, whole_seconds
from postmortem_timeline.correlate.outages import Outages
from postmortem_timeline.impact.requests import Dark, Load, before

Counter = Callable[[list[tuple[int, int]]], dict[str, Any]]
IDENTITY = {"user": "distinct user ids", "client": "distinct client addresses"}


def users(
    found: Outages,
    seen: Load,
    requests: pd.DataFrame,
    count: Counter | None,
    *,
    width: int = 1,
    expected: int | None = None,
) -> dict[str, Any]:
    """Distinct users with a failed request over distinct users with any request, inside the union of the windows.

    In a silence nobody has a request: the users of the stretch of equal length just before stand for those of the
    silence, and all of them were failed if all services were silent.
    """
    if found.windows.empty:
        return _nobody(requests, count, width)
    if count is None:
        return _row(None, None, 0.0, "the requests carry nobody's id", None)
    kinds = set(found.windows["kind"])
    if kinds == {"slow"}:
        return _row(None, None, 0.0, "users of slow requests are not told apart, those of failed ones are", None)
    darkness = {(d.start, d.end) for d in seen.dark}
    windows = [(int(a), int(b)) for a, b in zip(found.windows["start_ns"], found.windows["end_ns"], strict=True)]
    seen_in = [w for w in windows if w not in darkness]
    lit = nearest_seconds(seen_in, width)
    here = _lit(count, lit, whole_seconds(seen_in, width)) if lit else None
    said = here or count([before(found, (d.start, d.end)) for d in seen.dark])
    if said.get("identity") is None:
        return _row(
            None, None, 0.0, said.get("reason") or "the requests carry neither user ids nor telling addresses", None
        )
    basis = (
        f"{IDENTITY.get(said['identity'], said['identity'])} with a failed request / with any request in the windows"
    )
    if "slow" in kinds:
        basis += "; who met slow requests alone is not among them"
    exact = bool(said.get("exact", True))
    active, affected = (int(here["active"]), int(here["affected"])) if here else (0, 0)
    if seen.dark:
        active, affected, sure = _with_dark(found, seen.dark, lit, here, count)
        exact &= sure
        basis += "; for the silence, those of the stretch of equal length just before" + (
            "" if sure else " (estimated)"
        )
    if expected is not None:
        return _row(max(expected, affected), affected, seen.by_background, f"{basis}; active users as stated", exact)
    return _row(active, affected, seen.by_background, basis, exact)


def _nobody(requests: pd.DataFrame, count: Counter | None, width: int) -> dict[str, Any]:
    """Without a window nobody was failed; of all users of the evidence, where they can be told."""
    none = "no window in which users were failed"
    seen: dict[str, Any] = count([_span(requests, width)]) if count and len(requests) else {}
    if seen.get("identity") is None:
        return _row(0, 0, 0.0, none, True)
    basis = f"{none}; {IDENTITY.get(seen['identity'], seen['identity'])} of all of the evidence"
    return _row(int(seen["active"]), 0, 0.0, basis, bool(seen.get("exact", True)))


def _span(requests: pd.DataFrame, width: int) -> tuple[int, int]:
    return int(requests["second"].min()) * SECOND, (int(requests["second"].max()) + width) * SECOND


def _lit(count: Counter, nearest: list[tuple[int, int]], whole: list[tuple[int, int]]) -> dict[str, Any]:
    """Users of the windows' seconds; whoever failed in an edge second counts, whoever was only near it does not."""
    every = count(whole)
    if nearest == whole or every.get("identity") is None:
        return every
    return {**every, "active": max(int(count(nearest)["active"]), int(every["affected"]))}


def _with_dark(
    found: Outages, dark: tuple[Dark, ...], lit: list[tuple[int, int]], here: dict[str, Any] | None, count: Counter
) -> tuple[int, int, bool]:
    """Active and affected users of windows with silences, and whether the numbers are counts or estimates."""
    stretches = [before(found, (d.start, d.end)) for d in dark]
    usual = count(stretches)
    whole = all(not d.services or d.share >= 1.0 for d in dark)
    # one of `r` requests of a user goes to a silent service with the services' share: none does with exp(-r share)
    each = usual["requests"] / max(usual["active"], 1)
    share = max(d.share for d in dark)
    hit = usual["active"] if whole else round(usual["active"] * (1 - math.exp(-each * share)))
    if here is None:
        return int(usual["active"]), int(hit), whole
    active = int(count(sorted([*lit, *stretches]))["active"])
    # of the users failed in the light, as many were not there before as of all users in the light
    fresh = (active - usual["active"]) / max(here["active"], 1)
    return active, min(active, round(hit + here["affected"] * fresh)), False


def _row(active: int | None, affected: int | None, background: float, basis: str, exact: bool | None) -> dict[str, Any]:
    """`affected_excess` leaves out users that the background failed: each of its failures meets a user by chance."""
    if active is None or affected is None:
        return {"active": None, "affected": None, "affected_excess": None, "share": None, "basis": basis, "exact": None}
    spared = 1 - affected / active if active else 0.0
    excess = max(0, round(affected - background * spared))
    share = round(affected / active, 6) if active else 0.0
    return {
        "active": active,
        "affected": affected,
        "affected_excess": excess,
        "share": share,
        "basis": basis,
        "exact": exact,
    }


def wilson(part: int, whole: int, z: float = 1.959964) -> tuple[float, float]:
    """The 95% interval of a share seen in a sample (E. B. Wilson, JASA 22 (1927) 209)."""
    if whole <= 0:
        return 0.0, 1.0
    p, zz = part / whole, z * z
    middle, half = p + zz / (2 * whole), z * math.sqrt(p * (1 - p) / whole + zz / (4 * whole * whole))
    return max(0.0, (middle - half) / (1 + zz / whole)), min(1.0, (middle + half) / (1 + zz / whole))
