"""Alerts of Checkmk, LibreNMS, Netdata, Sensu, Splunk, Graylog, Honeycomb and AppDynamics: one shape each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, labelled
from postmortem_timeline.formats.exports.walk import fits, life, moment, pick, tags, walk
from postmortem_timeline.parsing.members import mapping, objects, text
from postmortem_timeline.parsing.moment import SECOND, instant
from postmortem_timeline.parsing.stamp_moves import zone_seconds

NAME = "monitor_hooks"
TITLE = "Checkmk, LibreNMS, Netdata, Sensu, Splunk, Graylog, Honeycomb and AppDynamics alerts"
GROUP = "alert"
KIND = "alert"
URL = "https://docs.checkmk.com/latest/en/notifications.html"
NAMES = (
    "*checkmk*.json*",
    "*librenms*.json*",
    "*netdata*.json*",
    "*sensu*.json*",
    "*splunk*alert*.json*",
    "*graylog*.json*",
)

LEVELS = {
    "critical": 21, "crit": 21, "down": 21, "unreachable": 17, "error": 17, "warning": 13, "warn": 13, "unknown": 13, "ok": 9,
    "up": 9, "clear": 9, "info": 9, "alert": 17, "removed": 9, "undefined": 0, "uninitialized": 0,
}  # fmt: skip
NOTIFIED = {
    "problem": "firing", "recovery": "resolved", "acknowledgement": "acknowledged", "downtimestart": "silenced",
    "downtimeend": "unmuted", "downtimecancelled": "unmuted", "flappingstart": "flapping", "flappingstop": "flapping_ended",
    "custom": "notified", "alerthandler": "notified",
}  # fmt: skip


class Shape(NamedTuple):
    """One product's shape: the keys by which it is known, where they stand, and how it is read."""

    needs: tuple[str, ...]
    read: Callable[[dict[str, Any]], Iterator[Event]]
    under: tuple[str, ...] = ("", "[].")


def _row(
    action: str | None, stamp: Event | Any, level: Any, body: str, key: Any, more: dict[str, Any], who: Any = None
) -> Event:
    word = text(level)
    step = (
        stamp | {"action": action, "actor": text(who) or None}
        if isinstance(stamp, dict)
        else moment(action, stamp, who)
    )
    return step | {
        "body": body, "correlation_key": text(key) or None, "severity_number": LEVELS.get(word.lower(), 0),
        "severity_text": word or None,
        "attributes": attributes(({"agent_type": "user"} if step.get("actor") else {}) | more),
    }  # fmt: skip


C_DATE = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\S+) (\d{4})$")


def _local(short: Any, long: Any) -> Event:
    """The short date is naive; the long one, as `date` writes it, may name the zone."""
    when, found = instant(short), C_DATE.match(text(long))
    zone = zone_seconds(found[4]) if found else None
    if found and zone is not None:
        naive = instant(f"{found[2]} {found[1]} {found[5]} {found[3]}")
        return {"timestamp": None if naive is None else naive - zone * SECOND, "stamp": text(long)}
    if when is None:
        return moment(None, short)
    return {"timestamp": when, "stamp": text(short), "time_quality": "zone_assumed"}


def _checkmk(item: dict[str, Any]) -> Iterator[Event]:
    """Its own webhook's fields, or the context of a notification as scripts get it: NOTIFICATIONTYPE, HOSTNAME."""
    low = {key.lower(): value for key, value in item.items()}

    def get(*names: str) -> str:
        return next((text(low[name]) for name in names if text(low.get(name))), "")

    host, service = get("host", "hostname"), get("service", "servicedesc")
    kind = get("notification_type", "notificationtype").lower().replace(" ", "").replace("_", "")
    kind = kind.partition("(")[0]
    level = get("severity", "status", "servicestate", "hoststate")
    if level in ("", "OK") and kind == "recovery":
        level = get("status", "servicestate", "hoststate")
    output = get("output", "serviceoutput", "hostoutput")
    stamp: Any = _local(get("short_date_time", "shortdatetime"), get("long_date_time", "longdatetime"))
    if get("microtime").isdigit():
        stamp = get("microtime")
    name = f"{host};{service}" if service else host
    more = {
        "alert_name": service or host, "event": get("event"), "summary": get("summary"), "site": get("site", "omd_site"),
        "contact": get("contact_name", "contactname"), "comment": get("comment", "notificationcomment"), "service": service,
    }  # fmt: skip
    who = get("ack_author", "notificationauthor") if kind == "acknowledgement" else None
    yield _row(NOTIFIED.get(kind, kind or None), stamp, level, f"{name}: {output}", name, more, who) | {
        "host": host or None
    }


def _librenms(item: dict[str, Any]) -> Iterator[Event]:
    action = {"0": "resolved", "1": "firing", "2": "acknowledged", "3": "firing", "4": "firing"}.get(
        text(item.get("state"))
    )
    name, host = text(item.get("name") or item.get("rule")), text(item.get("sysName") or item.get("hostname"))
    more = {
        "alert_name": name, "uid": item.get("uid"), "elapsed": item.get("elapsed"), "location": item.get("location"),
        "hostname": item.get("hostname"), "notes": item.get("alert_notes"), "message": item.get("msg"),
    }  # fmt: skip
    key = item.get("alert_id") or f"{host};{name}"
    yield _row(action, item.get("timestamp"), item.get("severity"), text(item.get("title")), key, more) | {
        "host": host or None
    }


def _netdata(item: dict[str, Any]) -> Iterator[Event]:
    """The agent's alarm log (`when` in seconds) and the cloud's webhook (`date`)."""
    state = text(item.get("status") or item.get("severity")).lower()
    action = {"clear": "resolved", "warning": "firing", "critical": "firing", "removed": "resolved"}.get(
        state, state or None
    )
    name = text(item.get("name") or item.get("alarm") or item.get("alert"))
    host, chart = text(item.get("hostname") or item.get("host") or item.get("node")), text(item.get("chart"))
    more = {
        "alert_name": name, "chart": chart, "old_status": item.get("old_status"), "value": item.get("value_string") or item.get("value"),
        "units": item.get("units"), "info": item.get("info"), "duration": item.get("duration"), "silenced": item.get("silenced"),
        "url": item.get("alert_url") or item.get("alarm_url"),
    }  # fmt: skip
    said = text(item.get("summary") or item.get("message") or item.get("info"))
    body = ": ".join(filter(None, (name, said)))
    yield _row(action, item.get("when") or item.get("date"), state, body, f"{host};{chart};{name}", more) | {
        "host": host or None
    }


SENSU = ("ok", "warning", "critical")


def _sensu(item: dict[str, Any]) -> Iterator[Event]:
    """Sensu Go, and Sensu Core 1 with a client and an action; only a change or a failing check tells anything."""
    check, client = mapping(item.get("check")), mapping(item.get("entity")) or mapping(item.get("client"))
    name = text(pick(check, "metadata.name", "name"))
    host = text(pick(client, "metadata.name", "name", "id"))
    status = check.get("status")
    level = SENSU[status] if isinstance(status, int) and 0 <= status < 3 else "unknown"
    action = "resolved" if level == "ok" or item.get("action") == "resolve" else "firing"
    if check.get("state") == "flapping" or item.get("action") == "flapping":
        action = "flapping"
    if check.get("silenced") or item.get("silenced") is True:
        action = "silenced"
    more = {
        "alert_name": name, "id": item.get("id"), "occurrences": check.get("occurrences") or item.get("occurrences"),
        "labels": mapping(pick(client, "metadata.labels")) | mapping(pick(check, "metadata.labels")),
        "state": check.get("state"), "issued": check.get("issued"), "last_ok": check.get("last_ok"),
        "namespace": pick(check, "metadata.namespace"),
    }  # fmt: skip
    stamp = check.get("executed") or item.get("timestamp") or check.get("issued")
    said = text(check.get("output")).strip()
    place = labelled(more["labels"])
    yield _row(action, stamp, level, f"{host}/{name}: {said}", f"{host}/{name}", more) | {
        "host": host,
        "service": place["service"],
    }


def _splunk(item: dict[str, Any]) -> Iterator[Event]:
    """The first row of what was found; `_time` is that row's, which is no later than the alert's own."""
    row, name = mapping(item.get("result")), text(item.get("search_name"))
    stamp = item.get("trigger_time") or row.get("_time") or row.get("_indextime")
    level = {"1": "info", "2": "info", "3": "warning", "4": "error", "5": "critical", "6": "critical"}.get(
        text(item.get("severity"))
    )
    level = level or text(row.get("severity") or row.get("level"))
    more = {
        "alert_name": name, "sid": item.get("sid"), "owner": item.get("owner"), "app": item.get("app"),
        "url": item.get("results_link"), "result": {k: v for k, v in row.items() if not k.startswith(("_", "date_"))},
    }  # fmt: skip
    said = text(row.get("_raw") or row.get("message"))
    yield _row("firing", stamp, level, ": ".join(filter(None, (name, said))), name, more) | {
        "host": text(row.get("host")) or None, "service": text(row.get("service") or row.get("app")) or None,
    }  # fmt: skip


def _graylog(item: dict[str, Any]) -> Iterator[Event]:
    event = mapping(item.get("event"))
    name = text(item.get("event_definition_title"))
    level = {"1": "info", "2": "warning", "3": "error", "4": "critical"}.get(text(event.get("priority")), "")
    more = {
        "alert_name": name, "id": event.get("id"), "fields": event.get("fields"), "labels": event.get("group_by_fields"),
        "backlog": [text(one.get("message")) for one in objects(item.get("backlog"))][:20], "from": event.get("timerange_start"),
        "processed_at": event.get("timestamp_processing"),
    }  # fmt: skip
    body = ": ".join(dict.fromkeys(filter(None, (name, text(event.get("message"))))))
    key = event.get("key") or item.get("event_definition_id")
    known = {str(k): text(v) for k, v in (mapping(event.get("fields")) | mapping(event.get("group_by_fields"))).items()}
    yield _row("firing", event.get("timestamp"), level, body, key, more) | {
        "host": text(event.get("source")) or None, "service": labelled(known)["service"],
    }  # fmt: skip


def _honeycomb(item: dict[str, Any]) -> Iterator[Event]:
    """Without a time: only who received it knows when."""
    action = {"TRIGGERED": "firing", "OK": "resolved"}.get(text(item.get("status")))
    more = {
        "alert_name": item.get("name"), "url": item.get("result_url"), "operator": item.get("operator"),
        "threshold": item.get("threshold"), "groups": item.get("result_groups"), "test": item.get("is_test"),
    }  # fmt: skip
    said = text(item.get("summary") or item.get("trigger_description"))
    yield _row(
        action, item.get("timestamp"), "", ": ".join(filter(None, (text(item.get("name")), said))), item.get("id"), more
    )


def _appdynamics(item: dict[str, Any]) -> Iterator[Event]:
    """A violation of a health rule; 0 is no end."""
    where = mapping(item.get("affectedEntityDefinition"))
    name = text(item.get("name"))
    more = {
        "alert_name": name, "status": item.get("incidentStatus"), "entity_type": where.get("entityType"),
        "detected_at": item.get("detectedTimeInMillis"), "url": item.get("deepLinkUrl"), "said": item.get("description"),
    }  # fmt: skip
    level = text(item.get("severity"))
    service = text(where.get("name"))
    common = {
        "body": f"{service}: {name}" if service else name, "correlation_key": text(item.get("id")) or None,
        "severity_number": LEVELS.get(level.lower(), 0), "severity_text": level or None, "service": service or None,
    }  # fmt: skip
    yield from life(
        [moment("firing", item.get("startTimeInMillis")), moment("resolved", item.get("endTimeInMillis"))], common, more
    )


def _appd_event(item: dict[str, Any]) -> Iterator[Event]:
    kind = text(item.get("type"))
    action = (
        "firing"
        if kind.startswith(("POLICY_OPEN", "POLICY_UPGRADED"))
        else "resolved"
        if kind.startswith(("POLICY_CLOSE", "POLICY_CANCEL"))
        else None
    )
    where = [text(one.get("name")) for one in objects(item.get("affectedEntities")) if one.get("name")]
    triggered = mapping(item.get("triggeredEntity"))
    more = {"alert_name": triggered.get("name"), "type": kind, "subtype": item.get("subType"), "entities": where,
            "url": item.get("deepLinkUrl"),
            "tags": tags(item.get("tags"))}  # fmt: skip
    row = _row(
        action,
        item.get("eventTime"),
        item.get("severity"),
        text(item.get("summary")),
        triggered.get("name") or item.get("id"),
        more,
    )
    deploy = kind in ("APPLICATION_DEPLOYMENT", "APP_SERVER_RESTART", "APPLICATION_CONFIG_CHANGE")
    yield row | {"service": where[0] if len(where) == 1 else None} | ({"kind": "change"} if deploy else {})


SHAPES = (
    Shape(("notification_type", "host", "short_date_time"), _checkmk),
    Shape(("NOTIFICATIONTYPE", "HOSTNAME", "SHORTDATETIME"), _checkmk),
    Shape(("alert_id", "sysName", "timestamp", "rule_id"), _librenms),
    Shape(("alarm_event_id", "when", "status", "chart"), _netdata, ("[].", "")),
    Shape(("alert_url", "chart", "severity", "date"), _netdata),
    Shape(("entity.metadata.name", "check.metadata.name", "check.status"), _sensu),
    Shape(("client.name", "check.name", "check.status"), _sensu),
    Shape(("search_name", "results_link", "sid"), _splunk),
    Shape(("event_definition_id", "event.timestamp", "event.priority"), _graylog),
    Shape(("trigger_url", "result_groups", "status"), _honeycomb),
    Shape(("startTimeInMillis", "incidentStatus", "severity"), _appdynamics, ("[].", "")),
    Shape(("eventTime", "subType", "affectedEntities"), _appd_event, ("[].", "")),
)  # fmt: skip


def sniff(head: bytes, name: str) -> float:
    """Whether the head has the keys of one of the shapes."""
    return 0.97 if any(fits(head, *shape.needs, under=shape.under) for shape in SHAPES) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per message; where there is an end, that too."""
    return walk(data, context, (), _of, KIND)


def _of(item: dict[str, Any]) -> Iterator[Event]:
    for shape in SHAPES:
        if all(need in item or pick(item, need) is not None for need in shape.needs):
            yield from shape.read(item)
            return
