"""Alerts and pages as spreadsheets: PagerDuty's and Opsgenie's reports, Zabbix' list of problems."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import SEVERITY, Event, finished, labelled
from postmortem_timeline.formats.exports.table import Row, header, plain, rows
from postmortem_timeline.formats.exports.walk import life, moment, tags
from postmortem_timeline.parsing.jsondoc import text_of
from postmortem_timeline.parsing.moment import SECOND, has_zone, instant

NAME = "alert_tables"
TITLE = "PagerDuty incidents, Opsgenie alerts and Zabbix problems as CSV"
GROUP = "alert"
KIND = "page"
URL = "https://support.pagerduty.com/main/docs/insights"
NAMES = ("*incidents*.csv", "*alerts*.csv", "*problems*.csv", "*pagerduty*.csv", "*opsgenie*.csv", "zbx_problems*.csv")

SHAPES: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset(("incident_number", "seconds_to_resolve")), "pagerduty"),
    (frozenset(("incident_number", "created_on", "resolved_on")), "pagerduty"),
    (frozenset(("tiny_id", "alias", "message", "status")), "opsgenie"),
    (frozenset(("severity", "time", "recovery_time", "problem")), "zabbix"),
)
OPSGENIE = {"P1": 21, "P2": 17, "P3": 13, "P4": 9, "P5": 5}
ZABBIX = {"not classified": 0, "information": 9, "warning": 13, "average": 15, "high": 17, "disaster": 21}
CLOCK = re.compile(r"^(.*?)(\d{1,2}):(\d\d)(?::(\d\d))?\s*([AaPp][Mm])(.*)$")
SLASHED = re.compile(r"^(\d{4})/(\d\d)/(\d\d)")


def sniff(head: bytes, name: str) -> float:
    """The header's names decide, in any order and spelling."""
    return 0.98 if _product(head.decode("utf-8-sig", "replace")) else 0.0


def _product(text: str) -> str:
    if text.lstrip()[:1] in "{[":
        return ""
    names = {plain(name) for name in header(text)[0]}
    return next((product for needs, product in SHAPES if needs <= names), "")


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """Every step that a row tells of: when it began, was acknowledged and ended."""
    return finished(_events(text_of(data)))


def _events(text: str) -> Iterator[Event]:
    read = READERS.get(_product(text))
    for row in rows(text) if read else ():
        told = list(read(row)) if read else []
        yield from [event | row.place for event in told] or [
            {"unparsed": True, "kind": "log", "body": text[row.start : row.end][:200]} | row.place
        ]


def _stamp(cell: str) -> str:
    """A cell's time in a shape that is known: twelve hours become twenty-four, slashes hyphens."""
    found = CLOCK.match(cell)
    if found:
        hour = int(found[2]) % 12 + 12 * (found[5].lower() == "pm")
        cell = f"{found[1]}{hour:02}:{found[3]}:{found[4] or '00'}{found[6]}"
    return SLASHED.sub(r"\1-\2-\3", cell.strip())


def _at(action: str, cell: str, actor: str = "") -> Event:
    """A step at a cell's time, the stamp as the cell has it."""
    step = moment(action, _stamp(cell), actor)
    return step | {"stamp": cell} if cell else step


def _after(action: str, cell: str, seconds: str, actor: str = "") -> Event:
    start = instant(_stamp(cell))
    try:
        took = float(seconds)
    except ValueError:
        return {}
    if start is None:
        return {}
    doubt = {} if has_zone(_stamp(cell)) else {"time_quality": "zone_assumed"}
    return {"timestamp": start + round(took * SECOND), "stamp": cell, "action": action, "actor": actor or None} | doubt


def _pagerduty(row: Row) -> Iterator[Event]:
    """Before 2021 `created_on` and `resolved_on`, since then `created_at` and `resolved_at`; both in the account's zone."""
    start, end = row.get("created_at", "created_on"), row.get("resolved_at", "resolved_on")
    number, title = row.get("incident_number"), row.get("description", "title")
    ackers = row.get("acknowledged_by_user_names", "acknowledged_user_names")
    automatic = row.get("auto_resolved").lower() in ("true", "t", "1", "yes")
    closer = "" if automatic else row.get("resolved_by_user_name")
    urgency = row.get("urgency").lower()
    more = {"incident": f"[#{number}] {title}", **{k: v for k, v in row.cells.items() if v and k in KEPT}}
    common: Event = {
        "kind": "page", "body": f"[#{number}] {title}", "correlation_key": row.get("id") or number,
        "service": row.get("service_name") or None, "severity_number": SEVERITY.get(urgency, 0), "severity_text": urgency or None,
    }  # fmt: skip
    steps = [_at("triggered", start)]
    steps.append(_after("acknowledged", start, row.get("seconds_to_first_ack"), ackers if "," not in ackers else ""))
    steps.append(
        _at("resolved", end, closer) if end else _after("resolved", start, row.get("seconds_to_resolve"), closer)
    )
    yield from life(steps, common, more)


KEPT = frozenset(
    (
        "urgency", "priority_name", "team_name", "escalation_policy_name", "escalation_count", "assignment_count",
        "acknowledge_count", "acknowledgement_count", "seconds_to_first_ack", "seconds_to_engage", "seconds_to_mobilize",
        "seconds_to_resolve", "engaged_seconds", "snoozed_seconds", "auto_resolved", "assigned_to_user_names",
        "assigned_user_names", "acknowledged_by_user_names", "acknowledged_user_names",
    )
)  # fmt: skip


def _opsgenie(row: Row) -> Iterator[Event]:
    """`CreatedAt` counts milliseconds, `CreatedAtDate` says the same in words; report times count milliseconds from it."""
    start, end = row.get("created_at", "created_at_date"), row.get("closed_at", "close_at")
    known = tags(row.get("tags").strip("[]"))
    level = row.get("priority")
    more = {
        "incident": row.get("message"), "alias": row.get("alias"), "tiny_id": row.get("tiny_id"), "status": row.get("status"),
        "owner": row.get("owner"), "teams": row.get("teams"), "count": row.get("count"), "source": row.get("source"),
        "snoozed": row.get("snoozed"), "acknowledged": row.get("acknowledged"),
    }  # fmt: skip
    common: Event = {
        "kind": "page", "body": row.get("message"), "correlation_key": row.get("alert_id", "id", "tiny_id"),
        "severity_number": OPSGENIE.get(level, 0), "severity_text": level or None,
    } | labelled(known)  # fmt: skip
    steps = [_at("triggered", start)]
    for names, action, who in (
        (("ack_time", "report_ack_time"), "acknowledged", row.get("acknowledged_by", "report_acknowledged_by")),
        (("close_time", "report_close_time"), "resolved", row.get("closed_by", "report_closed_by")),
    ):
        took = row.get(*names)
        if took.isdigit() and int(took) > 0:
            steps.append(_after(action, start, str(int(took) / 1000), who if "@" in who else ""))
    if end and len(steps) < 3:
        steps.append(_at("resolved", end))
    elif row.get("status").lower() == "closed" and not any(step.get("action") == "resolved" for step in steps):
        steps.append(_at("resolved", row.get("updated_at", "updated_at_date")))
    yield from life(steps, common, more)


def _zabbix(row: Row) -> Iterator[Event]:
    """In the zone of the user who exported it, in twelve hours or twenty-four by their language."""
    level, problem = row.get("severity"), row.get("problem")
    hosts = row.get("host", "hosts")
    known = {k.strip(): v.strip() for k, v in tags(row.get("tags")).items()}
    more = {
        "alert_name": problem, "status": row.get("status"), "duration": row.get("duration"), "tags": row.get("tags"),
        "acknowledged": row.get("ack", "update"), "actions": row.get("actions"),
    }  # fmt: skip
    common: Event = {
        "kind": "alert", "body": f"{hosts}: {problem}" if hosts else problem, "correlation_key": f"{hosts}: {problem}",
        "host": hosts or None, "severity_number": ZABBIX.get(level.lower(), 0), "severity_text": level or None,
        "service": labelled(known)["service"],
    }  # fmt: skip
    yield from life([_at("firing", row.get("time")), _at("resolved", row.get("recovery_time"))], common, more)


READERS: dict[str, Callable[[Row], Iterator[Event]]] = {
    "pagerduty": _pagerduty,
    "opsgenie": _opsgenie,
    "zabbix": _zabbix,
}
