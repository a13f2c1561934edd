"""Lines of services that carry no trace, put into the trace that was most likely at work in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

SECOND = 1_000_000_000
WITHIN = 10 * SECOND  # a service may be silent for so long before it says what is wrong


def placed(
    told: pd.DataFrame, patterns: pd.DataFrame, services: Mapping[str, str], wanted: Callable[[str, int], bool]
) -> pd.DataFrame:
    """Records like those of flows() for the wanted lines that no trace holds, of services that traces know.

    The digest keeps the first and the last of ten seconds; what was between is given to traces of that time in turn.
    """
    names = told.attrs["names"]
    own = patterns["service"].astype(object)
    own = own.where(own.notna(), patterns["source"].astype(object).map(dict(services)))
    traced = set(zip(told["service"].to_numpy(), told["template"].to_numpy(), strict=True))
    number = {name: place for place, name in enumerate(names)}
    texts = {key: wanted(str(key[0]), int(key[1])) for key in set(zip(patterns["template"], patterns["severity"], strict=True))}
    rows = []
    by_service = {int(str(s)): one.sort_values("at_ns", kind="stable") for s, one in told.groupby("service", sort=True)}
    keep = [texts[key] for key in zip(patterns["template"], patterns["severity"], strict=True)]
    for row in patterns.assign(own=own)[np.array(keep, dtype=bool)].itertuples():
        service = number.get(str(row.own), -1)
        if service < 0 or (service, row.template) in traced:
            continue
        mine = by_service[service]
        at = mine["at_ns"].to_numpy()
        low, high = np.searchsorted(at, int(row.first_ns) - WITHIN), np.searchsorted(at, int(row.last_ns), side="right")
        near = mine.iloc[low:high]
        first = near[near["at_ns"] <= row.first_ns].tail(1)
        rest = pd.concat([near.tail(1), near.iloc[::-1]]).drop_duplicates("trace")
        chosen = pd.concat([first, rest]).drop_duplicates("trace").head(int(row.count))
        at_ns = np.maximum(chosen["at_ns"], row.first_ns)
        said = {"template": row.template, "source": row.source, "line": row.line}
        rows.append(chosen.assign(before=chosen["step"], at_ns=at_ns, **said))
    return pd.concat(rows) if rows else told.iloc[:0]
