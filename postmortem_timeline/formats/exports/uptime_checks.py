"""Checks from outside: Pingdom, UptimeRobot, updown.io, StatusCake, Uptime Kuma, Better Stack, Healthchecks.io, others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, timed
from postmortem_timeline.formats.exports.walk import fits, life, moment, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text
from postmortem_timeline.parsing.moment import SECOND, instant

NAME = "uptime_checks"
TITLE = "Uptime checks (Pingdom, UptimeRobot, updown.io, StatusCake, Uptime Kuma, Better Stack, Healthchecks.io, Checkly, Site24x7)"
GROUP = "alert"
KIND = "alert"
URL = "https://docs.pingdom.com/api/#tag/Summary.outage"
NAMES = ("*pingdom*.json*", "*uptime*.json*", "*statuscake*.json*", "*healthchecks*.json*", "*checkly*.json*")

ARRAYS = ("monitors", "heartbeats", "summary.states", "downtimes", "data", "flips", "checks")
STATES = {
    "down": "firing", "up": "resolved", "unconfirmed_down": "pending", "unknown": "no_data", "paused": "silenced",
    "0": "firing", "1": "resolved", "2": "pending", "3": "silenced", "failure": "firing", "success": "resolved",
    "alert_failure": "firing", "alert_recovery": "resolved", "alert_degraded": "firing", "alert_degraded_recovery": "resolved",
    "trouble": "firing", "critical": "firing", "check.down": "firing", "check.up": "resolved",
    "alert_degraded_failure": "firing", "alert_ssl": "firing", "grace": "pending",
}  # fmt: skip
SEVERITY = {"firing": 17, "pending": 13, "no_data": 13, "resolved": 9}


class Shape(NamedTuple):
    """One product's shape: the keys by which it is known, where they stand, and how it is read."""

    needs: tuple[str, ...]
    read: Callable[[dict[str, Any]], Iterator[Event]]
    under: tuple[str, ...] = ("", "[].")
    when: Callable[[dict[str, Any]], bool] = lambda item: True


def _row(name: str, state: Any, stamp: Any, said: Any, key: Any, url: Any, **more: Any) -> Event:
    word = text(state)
    action = STATES.get(word.lower(), word.lower() or None)
    time = stamp if isinstance(stamp, dict) else timed(stamp)
    return time | {
        "action": action, "body": ": ".join(filter(None, (name, text(said) or word))),
        "correlation_key": text(key) or name or None, "severity_number": SEVERITY.get(action or "", 0),
        "severity_text": word or None, "host": _host(text(url)),
        "attributes": attributes({"alert_name": name, "url": url, "state": state, **more}),
    }  # fmt: skip


def _host(url: str) -> str | None:
    return url.split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0] or None


def _pingdom(item: dict[str, Any]) -> Iterator[Event]:
    where = mapping(item.get("check_params"))
    yield _row(
        text(item.get("check_name")), item.get("current_state"), item.get("state_changed_timestamp"),
        item.get("long_description") or item.get("description"), item.get("check_id"),
        where.get("full_url") or where.get("hostname"), before=item.get("previous_state"),
        probe=pick(item, "first_probe.location"), importance=item.get("importance_level"),
    )  # fmt: skip


def _span(item: dict[str, Any]) -> Iterator[Event]:
    """A stretch in one state; of Pingdom's summary only those that are down say something."""
    state = text(item.get("status"))
    if state == "down":
        yield _row("outage", "down", item.get("timefrom"), "", "outage", "")
        yield _row("outage", "up", item.get("timeto"), "", "outage", "")
    else:
        yield moment(None, item.get("timefrom")) | {"body": f"outage: {state}", "kind": "note"}


def _robot_hook(item: dict[str, Any]) -> Iterator[Event]:
    """Unless the template asks for `alertDateTime` there is no time; a `*placeholder*` may have stayed as it was."""
    kept = {k: v for k, v in item.items() if not (isinstance(v, str) and v.startswith("*") and v.endswith("*"))}
    state = {"1": "down", "2": "up", "3": "ssl_expires"}.get(
        text(kept.get("alert_type")) or text(kept.get("alertType")), ""
    )
    stamp = kept.get("alert_datetime") or kept.get("alertDateTime") or kept.get("timestamp")
    name = text(kept.get("monitor_friendly_name") or kept.get("monitorFriendlyName"))
    url = kept.get("monitor_url") or kept.get("monitorURL")
    yield _row(
        name, state or kept.get("alert_type_friendly_name"), stamp, kept.get("alert_details") or kept.get("alertDetails"),
        kept.get("monitor_id") or kept.get("monitorID") or name, url, duration=kept.get("alert_friendly_duration"),
    )  # fmt: skip


def _robot(item: dict[str, Any]) -> Iterator[Event]:
    """The API's logs, newest first: 1 down, 2 up, 98 started, 99 paused."""
    name = text(item.get("friendly_name"))
    for log in objects(item.get("logs")):
        state = {"1": "down", "2": "up", "98": "started", "99": "paused"}.get(
            text(log.get("type")), text(log.get("type"))
        )
        why = mapping(log.get("reason"))
        yield _row(name, state, log.get("datetime"), why.get("detail"), item.get("id"), item.get("url"),
                   duration_seconds=log.get("duration"), code=why.get("code"))  # fmt: skip


def _updown(item: dict[str, Any]) -> Iterator[Event]:
    check, down = mapping(item.get("check")), mapping(item.get("downtime"))
    name, event = text(check.get("alias") or check.get("url")), text(item.get("event"))
    stamp = (
        item.get("time")
        or (down.get("ended_at") if event == "check.up" else down.get("started_at"))
        or check.get("last_check_at")
    )
    yield _row(name, event, stamp, item.get("description") or down.get("error"), check.get("token"), check.get("url"),
               started_at=down.get("started_at"), downtime=down.get("id"))  # fmt: skip


def _downtime(item: dict[str, Any]) -> Iterator[Event]:
    """A downtime of updown.io's API; it has no end while it lasts."""
    more = {"id": item.get("id"), "error": item.get("error"), "partial": item.get("partial")}
    common = {
        "body": text(item.get("error")) or "downtime",
        "correlation_key": text(item.get("id")) or None,
        "severity_number": 17,
    }
    yield from life([moment("firing", item.get("started_at")), moment("resolved", item.get("ended_at"))], common, more)


def _statuscake(item: dict[str, Any]) -> Iterator[Event]:
    """A period of the API; the current one has no end."""
    state = text(item.get("status"))
    yield _row("uptime test", state, item.get("created_at"), "", "uptime test", "", duration_ms=item.get("duration"))
    if state == "down" and item.get("ended_at"):
        yield _row("uptime test", "up", item["ended_at"], "", "uptime test", "")


def _kuma(item: dict[str, Any]) -> Iterator[Event]:
    """`time` is UTC without saying so; `localDateTime` is the server's own, in the zone that it names."""
    beat, monitor = mapping(item.get("heartbeat")), mapping(item.get("monitor"))
    when = instant(beat.get("time"))
    stamp = {"timestamp": when, "stamp": text(beat.get("time"))} if when else timed(beat.get("time"))
    yield _row(text(monitor.get("name")), beat.get("status"), stamp, beat.get("msg"), monitor.get("id") or beat.get("monitorID"),
               monitor.get("url") or monitor.get("hostname"), ping_ms=beat.get("ping"), timezone=beat.get("timezone"),
               tags=[one.get("name") for one in objects(monitor.get("tags"))])  # fmt: skip


def _better(item: dict[str, Any]) -> Iterator[Event]:
    """An incident of Better Stack (Better Uptime): who acknowledged and resolved it is a person, or how it was done."""
    inside = mapping(item.get("attributes"))
    name = text(inside.get("name") or inside.get("url"))
    more = {
        "id": item.get("id"), "url": inside.get("url"), "cause": inside.get("cause"), "status": inside.get("status"),
        "incident": name, "regions": inside.get("regions"), "monitor": pick(item, "relationships.monitor.data.id"),
    }  # fmt: skip
    common = {
        "kind": "page", "body": ": ".join(filter(None, (name, text(inside.get("cause"))))), "severity_number": 17,
        "correlation_key": text(item.get("id")) or None, "host": _host(text(inside.get("url"))),
    }  # fmt: skip
    yield from life([
        moment("triggered", inside.get("started_at")),
        moment("acknowledged", inside.get("acknowledged_at"), _person(inside.get("acknowledged_by"))),
        moment("resolved", inside.get("resolved_at"), _person(inside.get("resolved_by"))),
    ], common, more)  # fmt: skip


def _person(who: Any) -> str | None:
    return None if text(who).lower() in ("", "better uptime", "better stack", "automatic", "api") else text(who)


def _flip(item: dict[str, Any]) -> Iterator[Event]:
    """A flip of Healthchecks.io: from then on the check was up, or not. Of which check the file's name tells."""
    yield _row("check", "up" if item.get("up") else "down", item.get("timestamp"), "", "check", "")


def _health(item: dict[str, Any]) -> Iterator[Event]:
    """A check as it stands: one that is down went down when its next ping was overdue by more than the grace time."""
    heard, state = instant(item.get("last_ping")), text(item.get("status"))
    late = item.get("timeout"), item.get("grace")
    row = _row(text(item.get("name")), state, item.get("last_ping"), f"{state}, last ping {text(item.get('last_ping'))}",
               item.get("unique_key") or item.get("ping_url") or item.get("name"), "", tags=item.get("tags"),
               grace_seconds=item.get("grace"), timeout_seconds=item.get("timeout"), next_ping=item.get("next_ping"))  # fmt: skip
    if state != "down":
        yield row | {"action": None, "kind": "note"}
    elif heard is not None and all(isinstance(one, int) for one in late):
        yield row | {"timestamp": heard + sum(one for one in late if isinstance(one, int)) * SECOND}
    else:
        yield row


def _checkly(item: dict[str, Any]) -> Iterator[Event]:
    yield _row(text(item.get("check_name")), item.get("alert_type"), item.get("started_at"),
               item.get("check_error_message") or item.get("event"), item.get("check_id"), "", link=item.get("link"),
               location=item.get("run_location"), response_ms=item.get("response_time"))  # fmt: skip


def _site24x7(item: dict[str, Any]) -> Iterator[Event]:
    """The time is a text in the zone of the account, which is named behind it by an abbreviation."""
    stamp = item.get("INCIDENT_TIME_ISO") or item.get("INCIDENT_TIME")
    yield _row(text(item.get("MONITORNAME")), item.get("STATUS"), _local(stamp), item.get("INCIDENT_REASON"),
               item.get("MONITOR_ID") or item.get("MONITORNAME"), item.get("MONITORURL"), locations=item.get("FAILED_LOCATIONS"),
               monitor_type=item.get("MONITORTYPE"), incident_time=item.get("INCIDENT_TIME"))  # fmt: skip


ENGLISH = re.compile(r"([A-Z][a-z]+) (\d{1,2}), (\d{4}),? (\d{1,2}):(\d\d)(?::(\d\d))? ([AP]M)(?: ([A-Z]{2,5}))?$")


def _local(stamp: Any) -> Any:
    """`July 15, 2025 5:44 PM CEST` as a stamp that says the same."""
    found = ENGLISH.match(text(stamp))
    if not found:
        return stamp
    hour = int(found[4]) % 12 + 12 * (found[7] == "PM")
    when = instant(f"{found[2]} {found[1][:3]} {found[3]} {hour:02}:{found[5]}:{found[6] or '00'}")
    from postmortem_timeline.parsing.stamp_moves import zone_seconds

    offset = zone_seconds(found[8]) if found[8] else None
    row: Event = {"timestamp": when, "stamp": text(stamp)}
    if when is None or offset is None:
        return row | ({"time_quality": "zone_assumed"} if when is not None else {})
    return row | {"timestamp": when - offset * SECOND}


SHAPES = (
    Shape(("check_id", "current_state", "previous_state", "state_changed_timestamp"), _pingdom),
    Shape(("status", "timefrom", "timeto"), _span, ("summary.states[].", "states[].")),
    Shape(("monitor_friendly_name", "alert_type"), _robot_hook),
    Shape(("monitorFriendlyName", "alertType"), _robot_hook),
    Shape(("friendly_name", "logs"), _robot, ("monitors[].", "[].")),
    Shape(("event", "check.token", "check.url"), _updown),
    Shape(("started_at", "ended_at", "duration", "partial"), _downtime, ("[].", "")),
    Shape(("status", "created_at", "ended_at", "duration"), _statuscake, ("data[].",), lambda item: "attributes" not in item),
    Shape(("heartbeat.status", "heartbeat.time", "monitor.name"), _kuma),
    Shape(("attributes.started_at", "attributes.cause", "attributes.acknowledged_at"), _better, ("data[].", "data.")),
    Shape(("timestamp", "up"), _flip, ("[].", "flips[].")),
    Shape(("name", "last_ping", "grace", "n_pings"), _health, ("checks[].", "")),
    Shape(("check_id", "check_name", "alert_type", "started_at"), _checkly),
    Shape(("MONITORNAME", "STATUS", "INCIDENT_TIME"), _site24x7),
)  # fmt: skip
LOOSE = (_flip,)  # two keys are little: nothing else may stand beside them


def sniff(head: bytes, name: str) -> float:
    """Whether the head has the keys of one of the shapes."""
    for shape in SHAPES:
        if fits(head, *shape.needs, under=shape.under):
            return _loose(head) if shape.read in LOOSE else 0.97
    return 0.0


def _loose(head: bytes) -> float:
    start = head.lstrip()[:200].replace(b" ", b"").replace(b"\n", b"")
    return 0.92 if re.match(rb'(?:\{"flips":)?\[\{"timestamp":"[^"]+","up":[01]\}', start) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per change of a check's state."""
    return walk(data, context, ARRAYS, _of, KIND)


def _of(item: dict[str, Any]) -> Iterator[Event]:
    inside = mapping(item.get("data"))
    for shape in SHAPES:
        if all(pick(item, need) is not None or need in item for need in shape.needs[:3]) and shape.when(item):
            yield from shape.read(item)
            return
    if "attributes" in inside:
        yield from _better(inside)
