"""Runs of build and deploy systems: what ran where, by whom, from when to when, and how it ended."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, timed

# What the products call a state, as what became of the change; other words stay as they are.
OUTCOMES = {
    "succeeded": (
        "success successful succeeded passed pass fixed completed complete done ok finished deployed ready healthy active"
        " applied published current positive partiallysucceeded partially_succeeded neutral available"
    ),
    "failed": (
        "failure failed error errored failing broken timedout timed_out timeout infrastructure_fail startup_failure"
        " unstable degraded fault failed_deploy action_required terminal stopped_with_failures expired"
    ),
    "cancelled": "cancelled canceled aborted stopped abort killed discarded superseded_by_newer_run stopping rejected",
    "started": "running started in_progress inprogress building pending_approval executing deploying progressing ongoing",
    "queued": (
        "queued pending waiting created scheduled on_hold not_run notstarted not_started blocked enqueued new"
        " initializing queuing waiting_for_resource preparing"
    ),
    "skipped": "skipped ignored skipping not_built notexecuted not_executed",
    "rolled_back": "rolled_back rolledback rollback",
    "superseded": "inactive superseded",
}
ACTIONS = {word: action for action, words in OUTCOMES.items() for word in words.split()}
FINAL = ("succeeded", "failed", "cancelled", "skipped", "rolled_back", "superseded")
SEVERITIES = {"failed": 17, "cancelled": 13}
BACK = re.compile(r"\b(?:roll(?:ed|ing|s)?[ _-]?back|revert(?:s|ed|ing)?|rollout undo)\b", re.IGNORECASE)


def action_of(state: Any) -> str | None:
    """What became of a change, from a product's own word for it."""
    word = re.sub(r"(?<=[a-z])(?=[A-Z])|[ -]+", "_", str(state or "").strip()).lower()
    return ACTIONS.get(word) or ACTIONS.get(word.replace("_", "")) or word or None


def goes_back(text: str) -> bool:
    """Whether a text says that something is taken back."""
    return bool(BACK.search(text))


def run(
    what: str,
    state: Any,
    *,
    started: Any = None,
    finished: Any = None,
    took_ms: float | None = None,
    why: str = "",
    common: Event | None = None,
    more: Mapping[str, Any] | None = None,
) -> Iterator[Event]:
    """Its start, and its end once it has one: `finished`, or the start and how long it took.

    A run that is neither started nor over gives what it is now, without a time of its own.
    """
    became = action_of(state)
    back = goes_back(what)
    begin, end = timed(started), timed(finished)
    since = begin.get("timestamp")
    if since is not None and end.get("timestamp") is None and became in FINAL and took_ms is not None and took_ms >= 0:
        end = begin | {"timestamp": since + round(took_ms * 1_000_000)}
    until = end.get("timestamp")
    if since is not None and until is not None and took_ms is None and until >= since:
        took_ms = (until - since) / 1_000_000
    shared = (common or {}) | {"attributes": attributes({**(more or {}), "rollback": back or None})}
    if since is not None:
        idle = became if became in ("queued", "skipped") and until is None else None
        yield begin | shared | {"action": idle or ("rolled_back" if back else "started"), "body": what}
    if (until is not None and became not in ("started", "queued")) or since is None:
        told = ": ".join(part for part in (what, str(state or "").replace("_", " "), why) if part)
        last = {"action": became, "body": told, "severity_number": SEVERITIES.get(became or "")}
        yield end | shared | last | {"duration_ms": took_ms if until is not None else None}


def more_pages(rest: dict[str, Any], context: Context) -> None:
    """Leave a doubt where an answer says that there is more of it."""
    for name in MORE:
        if rest.get(name) not in (None, False, "", "null"):
            context.note("more_pages", f'the export is one page of several ("{name}")')
            return


MORE = ("nextToken", "NextToken", "next_page_token", "nextPageToken", "next_page", "next", "hasMore", "has_more")


def last_part(value: Any) -> str | None:
    """`auth` of `shop/auth`, of `https://git.shop.example/shop/auth.git`, of `auth`."""
    return re.split(r"[/:]", str(value or "").rstrip("/").removesuffix(".git"))[-1] or None


def first_line(value: Any) -> str:
    """The first line of a text that has several."""
    return str(value or "").strip().split("\n")[0].strip()
