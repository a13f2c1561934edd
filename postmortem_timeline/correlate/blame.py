"""Whom the new lines blame: who could not be reached, and whose process ended just before."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from postmortem_timeline.correlate.products import BYSTANDERS, products
from postmortem_timeline.correlate.relation import names_service, same_service, words
from postmortem_timeline.correlate.testimony import Testimony

NAMED = re.compile(
    r"\b(?:backend|upstream|cluster|proxy)[ :=]+[\"'`]?([a-z][a-z0-9]*(?:[-_.][a-z0-9]+)*)", re.IGNORECASE
)
NO_NAMES = (
    "has is was are at to no not in on for with and or the a an of failed closed timed refused unreachable reset error "
    "down connect server servers response host hosts connection prematurely sent request name from unavailable lost "
    "returned did could cannot"
)
ENDS = re.compile(r"shut|stop|terminat|exit|kill|crash|panic|oom|out of memory", re.IGNORECASE)


def blame(new: pd.DataFrame, known: Iterable[str]) -> list[Testimony]:
    """What new lines say against whom.

    in:  new_lines(); the names of all services that the evidence knows
    out: testimonies: named by who could not connect; ended or started at the very start
    """
    names = sorted(set(known), key=lambda name: (-len(name), name))
    found = list(_ended(new)) + list(_named(new[new.connection], names))
    return found + _unnamed(new, found)


def _ended(new: pd.DataFrame) -> Iterable[Testimony]:
    """Services whose own log has a process's end or an error of its life at the start."""
    for row in new[new.lifecycle].itertuples():
        if isinstance(row.service, str) and row.service.lower() not in BYSTANDERS:
            ends = bool(ENDS.search(row.template)) or row.severity >= 21
            what, weight = ("ended", 0.4) if ends else ("started", 0.1)
            reason = f'its own log says at the start: "{row.template[:80]}"'
            yield Testimony(row.service, what, weight, reason, row.citation, row.first_ns)


def _named(refused: pd.DataFrame, names: list[str]) -> Iterable[Testimony]:
    """Services that others could not reach."""
    for row in refused.itertuples():
        own = row.service if isinstance(row.service, str) else None
        said = words(row.template)
        accused = [name for name in names if names_service(said, name)] or [
            next((name for name in names if product in products(name)), product) for product in products(row.template)
        ]
        accused = accused or [
            name.lower() for name in NAMED.findall(row.template) if name.lower() not in NO_NAMES.split()
        ]
        for name in accused[:2]:
            if not same_service(name, own) and name.lower() not in BYSTANDERS:
                reason = f'{own or row.source} says of it: "{row.template[:80]}"'
                yield Testimony(name, "unreachable", 0.35, reason, row.citation, row.first_ns)


def _unnamed(new: pd.DataFrame, found: list[Testimony]) -> list[Testimony]:
    """Connections fail to somebody whom no line names, while one process ended: it is the one."""
    if not new.connection.any() or any(t.what == "unreachable" for t in found):
        return []
    ended = list(dict.fromkeys(t.service for t in found if t.what == "ended"))
    if len(ended) != 1:
        return []
    row = next(new[new.connection].itertuples())
    reason = f'others say when it had ended: "{row.template[:80]}"'
    return [Testimony(ended[0], "unreachable", 0.35, reason, row.citation, row.first_ns)]
