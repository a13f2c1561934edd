"""Records that speak of one thing are joined by the ids they carry: incident, alert, deployment, commit, thread."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.leaves import leaves
from postmortem_timeline.correlate.records import Record
from postmortem_timeline.correlate.remembered import remembered
from postmortem_timeline.correlate.told import told
from postmortem_timeline.correlate.uncollected import uncollected
from postmortem_timeline.correlate.unions import Unions

BLANK = frozenset(
    ("", "-", "0", "null", "none", "nil", "n/a", "na", "unknown", "undefined", "default", "true", "false")
)

# Attribute leaves whose value identifies the thing a record is about, whatever the product calls it.
ID_NAMES = frozenset((
    "fingerprint", "incident_key", "dedup_key", "dedupkey", "alert_key", "alert_id", "alertid", "incident_id",
    "incident.id", "deployment_id", "deployment.id", "permalink", "html_url", "shortlink",
))  # fmt: skip
NUMBER_NAMES = frozenset(("incident_number", "incident.number", "tinyid"))
COMMIT_NAMES = frozenset(("sha", "commit", "commit_sha", "revision", "commit.id"))
TOLD_NAMES = ID_NAMES | NUMBER_NAMES | COMMIT_NAMES

NUMBER = re.compile(r"(?<![\w&])(?:\[?#|inc(?:ident)?[-_ #]+)(\d{2,9})\b", re.IGNORECASE)
COMMIT = re.compile(r"\b(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b")
VERSION = re.compile(r"\b[a-z][\w-]*?[-@:/ ]v?\d+(?:\.\d+){1,3}\b", re.IGNORECASE)


@remembered
@uncollected()
def links(notables: pd.DataFrame) -> np.ndarray:
    """Number the things that the rows of `notables` speak of: rows with one number share an id, directly or in a chain.

    Ids join: correlation keys, fingerprints and dedup keys, incident numbers (a chat channel named after one too),
    deployments, commits, threads. What a person merely mentions joins nothing, and a blank id is no id.

    in:  the event frame
    out: int64, one number a row: the position of the thing's first row (rows without time, and copies, have their own)
    """
    sets = Unions(len(notables))
    holder: dict[str, int] = {}
    for record in told(notables):
        for token in sorted(tokens(record) | _conversation(record)):
            sets.join(record.row, holder.setdefault(token, record.row))
    return np.array([sets.root(row) for row in range(len(notables))], dtype="int64")


def tokens(record: Record) -> set[str]:
    """The ids of the one thing that this record is about; empty for what a person says, who only mentions things."""
    if record.kind == "chat" and not record.bot:
        return set()
    said = {name: value for name, value in leaves(record, TOLD_NAMES).items() if _identifies(value)}
    found = {f"id:{value.lower()}" for name, value in said.items() if name in ID_NAMES}
    found |= {f"number:{value}" for name, value in said.items() if name in NUMBER_NAMES and value.isdigit()}
    if record.kind != "chat" and _identifies(record.key):
        found.add(f"id:{str(record.key).lower()}")
    if record.kind in ("page", "chat", "ticket", "status"):
        found |= {f"number:{number}" for number in NUMBER.findall(record.body)[:1]}
    return found | set(_change_tokens(record, [value for name, value in said.items() if name in COMMIT_NAMES]))


def _identifies(value: str | None) -> bool:
    return value is not None and value.lower() not in BLANK and not set(value) <= set("0-. ")


def _change_tokens(record: Record, commits: list[str]) -> Iterator[str]:
    if record.kind == "change":
        own = [value for value in commits if COMMIT.fullmatch(value.lower())]
        own += [key for key in [(record.key or "").lower()] if COMMIT.fullmatch(key)]
        yield from (f"commit:{value.lower()[:7]}" for value in own)
    elif record.kind == "chat":
        mentioned = {commit[:7] for commit in COMMIT.findall(record.body)}
        # A post that lists several commits is about none of them.
        if len(mentioned) == 1:
            yield f"commit:{mentioned.pop()}"


def versions(record: Record) -> set[str]:
    """What looks like a named version in a change or post (`checkout-2.9.0`), lowercased."""
    return {re.sub(r"[@:/ ]", "-", found).lower() for found in VERSION.findall(record.body)}


def _conversation(record: Record) -> set[str]:
    if record.kind != "chat":
        return set()
    channel = record.get("channel", "channel_name", "channel.name") or ""
    found = {f"number:{number}" for number in NUMBER.findall(channel)[:1]}
    # The same thread stamp in two channels is two threads; without a channel there is no telling.
    if record.key and channel:
        found.add(f"thread:{channel.lower()}/{record.key}")
    return found
