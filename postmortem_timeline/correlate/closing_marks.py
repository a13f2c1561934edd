"""How it ended on paper, and its trigger: resolved, closed, changed, first_public_update."""

from __future__ import annotations

from collections.abc import Sequence

from postmortem_timeline.correlate.case import Case
from postmortem_timeline.correlate.harm_marks import last_alert
from postmortem_timeline.correlate.marks import Mark, choose, mark, nanoseconds
from postmortem_timeline.correlate.records import Record
from postmortem_timeline.correlate.relation import MINUTE, words

EARLY = 5 * MINUTE  # people call it resolved a little before the last straggler fails
LIKELY = 0.5  # a change that nothing speaks for scores less (DESIGN section 7)


def resolved(case: Case, over: Mark) -> Mark:
    """The pager's last resolve; else the commander's statement; else the status page; else the last alert's end."""
    entries = [entry for page in case.pages for entry in _final(page.of("resolved"), page.of("triggered"))]
    entries.sort(key=lambda entry: (not entry.human, -entry.at))
    found = [mark(e.at, 0.97 if e.human else 0.85, "stated", _who(e), case.cited(e)) for e in entries]
    leads = _commanders(case)
    since = over["at"] - EARLY if over["at"] is not None else None
    spoken = sorted(case.chat("resolution", since=since), key=lambda r: (not _is_one_of(r.actor, leads), r.at))
    found += [
        case.claim(r, 0.8 if _is_one_of(r.actor, leads) else 0.65, f"{r.actor} called it resolved") for r in spoken
    ]
    shown = [r for r in case.updates() if r.action == "resolved"]
    found += [mark(r.at, 0.7, "stated", "the status page says resolved", case.cited(r)) for r in shown]
    return choose([*found, *last_alert(case)], "nobody resolves it in the exports, and no alert of it ends")


def _final(ends: Sequence[Record], triggers: Sequence[Record]) -> list[Record]:
    """The last resolve of one pager incident, unless it was triggered again after it."""
    return [end for end in ends[-1:] if not any(trigger.at > end.at for trigger in triggers)]


def _who(entry: Record) -> str:
    return f"{entry.actor or 'somebody'} resolved the page" if entry.human else "the pager resolved it by itself"


def _commanders(case: Case) -> list[set[str]]:
    """Who took the incident, in chat or in the pager, by the words of their names."""
    took = [
        *case.chat("acknowledges", "declares"),
        *(e for page in case.pages for e in page.of("acknowledged") if e.human),
    ]
    return [set(words(record.actor)) for record in took if record.actor]


def _is_one_of(actor: str | None, people: Sequence[set[str]]) -> bool:
    """`noah.lind` in chat and `Noah Lind` in the pager are one."""
    return actor is not None and set(words(actor)) in people


def closed(case: Case) -> Mark:
    """The end of the paperwork: a ticket about it was closed."""
    tickets = [
        r for r in case.told if r.kind == "ticket" and r.action in ("closed", "done", "resolved") and case.covers(r)
    ]
    mine = [r for r in tickets if case.relevant(r) and r.at >= case.scope.start]
    found = [mark(r.at, 0.7, "stated", "the ticket was closed", case.cited(r)) for r in mine]
    return choose(found, "no ticket of it is closed in the exports")


def changed(case: Case) -> Mark:
    """The likeliest of the ranked changes, if anything speaks for it."""
    likely = [(nanoseconds(c.get("at")), c) for c in case.changes if float(c.get("score") or 0) >= LIKELY]
    found = [
        mark(at, float(c["score"]), "inferred", f"the likeliest change: {c.get('summary')}", c.get("citations") or ())
        for at, c in likely if at is not None
    ]  # fmt: skip
    return choose(found, "no change in the exports is likely to have caused it")


def first_public_update(case: Case) -> Mark:
    """The first update of the status page that is not of planned maintenance."""
    found = [mark(r.at, 0.95, "stated", "the first update of the status page", case.cited(r)) for r in case.updates()]
    return choose(found, "no status page update is in the exports")
