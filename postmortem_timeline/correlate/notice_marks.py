"""When it was noticed, taken and understood: detected, alerted, acknowledged, declared, identified."""

from __future__ import annotations

from postmortem_timeline.correlate.case import Case
from postmortem_timeline.correlate.chat import said
from postmortem_timeline.correlate.marks import Mark, choose, mark
from postmortem_timeline.correlate.records import Record
from postmortem_timeline.correlate.relation import MINUTE, words
from postmortem_timeline.correlate.signals import Alert

CUSTOMERS = frozenset(
    (
        "customer", "customers", "user", "users", "client", "clients", "support", "merchant", "merchants", "shopper",
        "shoppers", "visitor", "visitors", "tenant", "tenants", "member", "members",
    )
)  # fmt: skip
OTHERS = frozenset(["partner", "partners", "vendor", "vendors", "provider", "supplier", "suppliers"])


def detected(case: Case) -> Mark:
    """The earlier of the first start of a firing alert of this incident and the first report by people; and by whom.

    A page or a bot's post stands in only where it comes before every alert whose own record is there.
    """
    fired = [alert for alert in case.alerts if alert.kind == "alert"]
    fired += [a for a in case.alerts if a.kind != "alert" and not any(b.signal.start <= a.signal.start for b in fired)]
    found = [(_alarm(alert), "employee" if alert.by_human else "monitoring") for alert in fired]
    found += [(_report(case, record), reporter(record)) for record in _reports(case)]
    if not found:
        talk = case.chat("observation", "acknowledges", "identifies", "declares", "looks")
        why = "the first that anybody says about it; no alert and no report is in the exports"
        found = [(mark(r.at, 0.35, "inferred", why, case.cited(r)), "employee") for r in talk]
    found.sort(key=lambda pair: (pair[0]["at"], -pair[0]["confidence"]))
    best = choose(
        [candidate for candidate, _ in found], "no alert of the incident and no report by people in the exports"
    )
    return {**best, "by": found[0][1] if found else "unknown"}


def _alarm(alert: Alert) -> Mark:
    why = ", ".join(alert.why)
    if alert.kind == "alert":
        return mark(alert.signal.start, 0.95, "stated", f"the alert {alert.name} began to fire: {why}", alert.citations)
    sure, told = (0.75, "the pager was triggered") if alert.kind == "page" else (0.6, "a bot posted that it fires")
    return mark(alert.signal.start, sure, "inferred", f"{alert.name}: {told} ({why})", alert.citations)


def _report(case: Case, record: Record) -> Mark:
    where = "a ticket" if record.kind == "ticket" else "chat"
    return mark(record.at, 0.75, "stated", f"reported by people in {where}", case.cited(record))


def _reports(case: Case) -> list[Record]:
    """What people report of the harm: in chat what users cannot do, or the failing service's errors; tickets on it."""
    opened = (r for r in case.told if r.kind == "ticket" and r.action in (None, "opened", "created", "new"))
    tickets = [r for r in opened if case.scope.start - MINUTE <= r.at <= case.scope.end and case.relevant(r)]
    return case.chat("report") + [r for r in case.chat("observation") if case.names(r)] + tickets


def reporter(record: Record) -> str:
    """Who a report came from: customer, third_party or employee."""
    about = set(words(record.body))
    if about & CUSTOMERS:
        return "customer"
    if about & OTHERS:
        return "third_party"
    return "customer" if record.kind == "ticket" else "employee"


def alerted(case: Case) -> Mark:
    """When the alarm reached somebody: the pager's notification, else its trigger, else a bot's post in chat."""
    tiers: list[list[tuple[Record, float, str]]] = [
        [(entry, 0.95, "the pager notified somebody") for page in case.pages for entry in page.of("notified")],
        [(entry, 0.7, "the pager was triggered; its notifications are not in the exports")
         for page in case.pages for entry in page.of("triggered")],
        [(r, 0.6, "a bot posted the alert in chat") for a in case.alerts for r in case.told
         if r.kind == "chat" and r.citation in a.citations],
    ]  # fmt: skip
    found = next((tier for tier in tiers if tier), [])
    found.sort(key=lambda candidate: candidate[0].at)
    marks = [mark(record.at, sure, "stated", reason, case.cited(record)) for record, sure, reason in found]
    return choose(marks, "no notification of anybody is in the exports")


def acknowledged(case: Case, noticed: Mark) -> Mark:
    """The pager's acknowledgement by a person; else who takes it in chat, in so many words; else who says to look."""
    entries = sorted((e for page in case.pages for e in page.of("acknowledged")), key=lambda e: (not e.human, e.at))
    entries += [r for r in case.told if r.kind == "alert" and r.action == "acknowledged" and case.covers(r)]
    clicked = [
        mark(e.at, 0.97 if e.human else 0.6, "stated", f"{e.actor or 'somebody'} acknowledged it", case.cited(e))
        for e in entries
    ]  # fmt: skip
    since = noticed["at"]
    taken = [
        mark(r.at, 0.8, "stated", f"{r.actor} took it in chat", case.cited(r))
        for r in case.chat("acknowledges", since=since)
    ]
    looks = [r for r in case.chat("looks", "declares", since=since) if r.citation not in noticed["citations"]]
    weak = [mark(r.at, 0.5, "inferred", f"{r.actor} said to look into it", case.cited(r)) for r in looks]
    return choose([*clicked, *taken, *weak], "nobody acknowledges a page or takes the incident in the exports")


def declared(case: Case) -> Mark:
    """The incident tool's declaration, or a person's, whichever is first."""
    tools = [r for r in case.told if case.covers(r) and (r.action == "declared" or (r.kind == "chat" and r.bot))]
    tools = [r for r in tools if r.action == "declared" or "declares" in said(r.body).meanings]
    found = [mark(r.at, 0.9, "stated", "the incident tool declared it", case.cited(r)) for r in tools]
    found += [case.claim(record, 0.8, "declared in chat") for record in case.chat("declares")]
    return choose(sorted(found, key=lambda candidate: candidate["at"]), "nobody declares an incident in the exports")


def identified(case: Case) -> Mark:
    """Where the cause is named: in chat, else on the status page; else (inferred) where it was decided what to do."""
    found = [case.claim(record, 0.6, "the cause is named in chat") for record in case.chat("identifies")]
    shown = [r for r in case.updates() if r.action == "identified"]
    found += [mark(r.at, 0.8, "stated", "the status page says identified", case.cited(r)) for r in shown]
    decided = case.chat("decision")[:1]
    found += [mark(r.at, 0.4, "inferred", "it was decided what to do about it", case.cited(r)) for r in decided]
    return choose(found, "nobody names the cause in the exports")
