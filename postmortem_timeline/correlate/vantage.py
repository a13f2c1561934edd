"""Where requests are counted: the tier nearest to the user, so that one request logged by many tiers counts once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from postmortem_timeline.digest.health_checks import HEALTH

TIERS = ("edge", "proxy", "application")
MACHINES = 2  # this many client addresses at most: callers are machines (a proxy in front, a service beside)
CROWD = 10  # a source with this many times more clients stands in front of one that few private addresses call
POOLED = "(other)"


@dataclass(frozen=True)
class Vantage:
    """Which sources count requests, and of those that lie deeper only which services."""

    sources: tuple[str, ...] = ()
    partial: dict[str, tuple[str, ...]] = field(default_factory=dict)  # deeper source -> the services it adds
    by_route: tuple[str, ...] = ()  # sources whose routes, not their one service, tell services apart
    sentence: str | None = None  # for `impact.vantage`; None where nothing logs requests


def server_error(status: np.ndarray) -> np.ndarray:
    """The default of what counts as failed: 5xx, but not 501 (asking for what was never offered)."""
    return (status >= 500) & (status < 600) & (status != 501)


def failing(*statuses: int) -> Callable[[np.ndarray], np.ndarray]:
    """The default plus `statuses`: `failing(401, 429)`."""
    return lambda status: server_error(status) | np.isin(status, statuses)


def vantage(sources: pd.DataFrame, counts: pd.DataFrame) -> Vantage:
    """Decide which sources count requests.

    in:  Evidence.sources, Evidence.counts
    out: the nearest tier's sources, plus services that only deeper tiers with users cover
    """
    candidates = _candidates(sources, counts)
    if candidates.empty:
        return Vantage()
    nearest = candidates[candidates["rank"] == candidates["rank"].min()]
    by_route = _by_route(nearest, counts)
    partial = _uncovered(candidates[candidates["rank"] > nearest["rank"].iloc[0]], nearest["source"], by_route, counts)
    names = tuple(sorted(nearest["source"])) + tuple(sorted(partial))
    return Vantage(names, partial, by_route, _sentence(nearest, partial, len(candidates)))


def at_vantage(
    counts: pd.DataFrame,
    chosen: Vantage,
    failed: Callable[[np.ndarray], np.ndarray] = server_error,
    *,
    limit: int = 100,
) -> pd.DataFrame:
    """The requests that count, by source, service and second.

    in:  Evidence.counts with clocks applied
    out: key (service, or route where the vantage knows no service), source, second, n, failed, duration_us, timed;
         keys beyond the `limit` busiest and the `limit` most failing are pooled
    """
    rows = counts[(counts["status"] > 0) & counts["source"].isin(chosen.sources) & _by_people(counts)]
    service, route = _words(rows["service"]), _words(rows["route"])
    key = np.where(rows["source"].isin(chosen.by_route) & (route != ""), route, np.where(service != "", service, route))
    bad = failed(rows["status"].to_numpy()) if len(rows) else np.zeros(0, bool)
    out = pd.DataFrame(
        {"key": key, "source": rows["source"].astype(object).to_numpy(), "second": rows["second"].to_numpy(np.int64)}
    )
    out["n"] = rows["count"].to_numpy(np.int64)
    out["failed"] = np.where(bad, out["n"], 0)
    out["duration_us"], out["timed"] = rows["duration_us"].to_numpy(np.int64), rows["timed"].to_numpy(np.int64)
    if chosen.partial:
        wanted = {(source, key) for source, keys in chosen.partial.items() for key in keys}
        deep = out["source"].isin(list(chosen.partial))
        out = out[
            ~deep | pd.Series([pair in wanted for pair in zip(out["source"], out["key"], strict=True)], index=out.index)
        ]
    out["key"] = _pool(out, limit)
    return out.groupby(["key", "source", "second"], as_index=False, sort=True, observed=True).sum()


def _candidates(sources: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Sources that log users' requests, ranked: 0 is nearest to the user."""
    some = sources[sources["requests"] > 0].copy()
    some = some[~_internal(some)]
    some = some[~_only_failures(some, counts)]
    behind = _behind(some)
    tier = [_tier(row) for row in some.to_dict("records")]
    # what machines call lies behind what people call, whatever the product usually is
    some["rank"] = [len(TIERS) * hidden + TIERS.index(name) for name, hidden in zip(tier, behind, strict=True)]
    some["tier"] = tier
    return some


def _tier(row: dict[str, Any]) -> str:
    if row["tier"] in TIERS:
        return str(row["tier"])
    plain_access_log = not isinstance(row["service"], str) and row["clients"] > MACHINES
    return "edge" if plain_access_log else "application"


def _machine_called(some: pd.DataFrame) -> pd.Series:
    """Every request came from one or two loopback or private addresses."""
    return some["clients"].between(1, MACHINES) & (some["private_clients"] >= some["requests"])


def _internal(some: pd.DataFrame) -> pd.Series:
    """Machine callers without any user id, while other sources see users or a crowd: explains, never adds."""
    machine = _machine_called(some) & (some["with_user"] == 0)
    others = some[~machine]
    people = bool((others["with_user"] > 0).any() or (others["clients"] > MACHINES).any())
    return machine & people


def _behind(some: pd.DataFrame) -> list[bool]:
    """Whether few private addresses call a source while another one sees a crowd."""
    crowd = some["clients"].max() if len(some) else 0
    few = (some["clients"] <= MACHINES) | (
        (some["clients"] * CROWD <= crowd) & (some["private_clients"] >= some["requests"])
    )
    return [bool(x) for x in few & (crowd > MACHINES)]


def _only_failures(some: pd.DataFrame, counts: pd.DataFrame) -> pd.Series:
    """A log that keeps only what failed (haproxy's dontlog-normal) cannot be the measure of requests."""
    rows = counts[(counts["status"] > 0) & counts["source"].isin(some["source"])]
    total = rows.groupby("source", observed=True)["count"].sum()
    wrong = rows[rows["status"] >= 400].groupby("source", observed=True)["count"].sum()
    share = (wrong.reindex(total.index).fillna(0) / total).reindex(some["source"]).fillna(0)
    partial = pd.Series(share.to_numpy() > 0.95, index=some.index)
    return partial & bool((~partial).any())


def _by_route(nearest: pd.DataFrame, counts: pd.DataFrame) -> tuple[str, ...]:
    """Edge and proxy sources that name one service at most: their routes tell services apart."""
    front = nearest.loc[nearest["tier"] != "application", "source"]
    rows = counts[(counts["status"] > 0) & counts["source"].isin(front)]
    distinct = rows[rows["service"].notna()].groupby("source", observed=True)["service"].nunique()
    return tuple(sorted(name for name in front if distinct.get(name, 0) <= 1))


def _uncovered(
    deeper: pd.DataFrame, nearest: pd.Series, by_route: tuple[str, ...], counts: pd.DataFrame
) -> dict[str, tuple[str, ...]]:
    """Services of deeper sources with users that the nearest tier cannot have carried, nearest such tier first.

    Names need not match (route `api` may hold them all), so a service counts as covered as well while the nearest
    tier's routes that match no service have room for its requests.
    """
    if deeper.empty:
        return {}
    known = counts[counts["status"] > 0]
    near = known[known["source"].isin(nearest)]
    named = {_stem(name) for column in ("service", "route") for name in near[column].dropna().unique()}
    deep = known[known["source"].isin(deeper.loc[_sees_users(deeper), "source"]) & known["service"].notna()]
    sums = deep.groupby(["service", "source"], observed=True)["count"].sum().reset_index()
    every = {_stem(name) for name in known[~known["source"].isin(nearest)]["service"].dropna().unique()}
    carried = near.assign(route=_words(near["route"])).groupby("route")["count"].sum()
    room = carried[[_stem(route) not in every for route in carried.index]].sum()
    added: dict[str, list[str]] = {}
    rank = deeper.set_index("source")["rank"]
    sums = sums[np.array([_stem(name) not in named for name in sums["service"]], bool)]
    if sums["count"].sum() <= room:
        return {}
    for service, group in sums.groupby("service", observed=True):
        top = group[rank.loc[group["source"]].to_numpy() == rank.loc[group["source"]].min()]
        for source in top["source"]:
            added.setdefault(str(source), []).append(str(service))
    return {source: tuple(sorted(services)) for source, services in sorted(added.items())}


def _sees_users(deeper: pd.DataFrame) -> pd.Series:
    return (deeper["clients"] > MACHINES) | ((deeper["clients"] <= 0) & (deeper["with_user"] * 2 >= deeper["requests"]))


def _stem(name: object) -> str:
    """`Auth-Service`, `auth_svc` and `auth` are one name."""
    return re.sub(r"[-_.]?(service|svc|api|app|server|backend)$", "", str(name).casefold())


def _words(column: pd.Series) -> np.ndarray:
    text = column.astype(object)
    return text.where(text.notna(), "").to_numpy()


def _by_people(counts: pd.DataFrame) -> pd.Series:
    """Rows that are no health checks: those fail before users do, and go on failing when a host is taken out."""
    route = counts["route"]
    known = route.cat.categories if route.dtype == "category" else route
    return route != HEALTH if HEALTH in set(known) else pd.Series(True, index=counts.index)


def _pool(rows: pd.DataFrame, limit: int) -> pd.Series:
    sums = rows.groupby("key", sort=True)[["n", "failed"]].sum()
    if len(sums) <= limit:
        return rows["key"]
    keep = {
        name
        for column in ("n", "failed")
        for name in sums.sort_values(column, ascending=False, kind="stable").index[:limit]
    }
    return rows["key"].where(rows["key"].isin(keep), POOLED)


def _sentence(nearest: pd.DataFrame, partial: dict[str, tuple[str, ...]], candidates: int) -> str:
    names = sorted(str(name) for name in nearest["source"])
    shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    text = f"Requests are counted at the {nearest['tier'].iloc[0]} tier, the nearest to the user ({shown})"
    if partial:
        services = sorted({service for services in partial.values() for service in services})
        text += f"; {', '.join(services)}, which it does not cover, at a deeper tier"
    elif candidates > len(nearest):
        text += "; deeper tiers explain and do not add"
    return text + "."
