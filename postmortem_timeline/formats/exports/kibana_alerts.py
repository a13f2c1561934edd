"""Elastic: alerts of Kibana's rules as its indices hold them, and the history of Watcher."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import SEVERITY, Event
from postmortem_timeline.formats.exports.walk import fits, life, moment, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "kibana_alerts"
TITLE = "Kibana alerts (alerts as data) and Watcher history"
GROUP = "alert"
KIND = "alert"
URL = "https://www.elastic.co/guide/en/kibana/current/alerting-getting-started.html"
NAMES = ("*kibana*alert*.json*", "*watcher*.json*")


def sniff(head: bytes, name: str) -> float:
    """Alerts have a rule's name below `kibana.alert`; a watch's record its id and what triggered it."""
    for under in ("hits.hits[]._source.", "[]._source.", "_source.", "[].", "", "data[]."):
        if fits(head, "kibana.alert.rule.name", "kibana.alert.status", under=(under,)):
            return 0.995
        if fits(head, "watch_id", "trigger_event.triggered_time", "state", under=(under,)):
            return 0.99
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """When each alert began, was acknowledged and recovered; of a watch when its condition was met."""
    return walk(data, context, ("hits.hits", "data"), _of, KIND)


def _of(item: dict[str, Any]) -> Iterator[Event]:
    source = mapping(item.get("_source")) or item
    if "watch_id" in source:
        yield from _watch(source)
    elif _get(source, "kibana.alert.rule.name"):
        yield from _alert(source)


def _get(source: dict[str, Any], path: str) -> Any:
    """A member by its flat name, or nested, or by a mixture of both."""
    if path in source:
        value = source[path]
        return value[0] if isinstance(value, list) and len(value) == 1 else value
    for place, letter in enumerate(path):
        if letter == "." and isinstance(source.get(path[:place]), dict):
            return _get(source[path[:place]], path[place + 1 :])
    return None


def _alert(source: dict[str, Any]) -> Iterator[Event]:
    def get(name: str) -> Any:
        return _get(source, "kibana.alert." + name)

    rule, level = text(get("rule.name")), text(get("severity"))
    reason = text(get("reason"))
    more = {
        "alert_name": rule, "status": get("status"), "workflow": get("workflow_status"), "instance": get("instance.id"),
        "category": get("rule.category"), "action_group": get("action_group"), "flapping": get("flapping") or None,
        "maintenance": get("maintenance_window_ids"), "rule_uuid": get("rule.uuid"), "url": get("url"),
        "value": get("evaluation.value"), "threshold": get("evaluation.threshold"),
    }  # fmt: skip
    if not level and text(get("action_group")).endswith(("warning",)):
        level = "warning"
    common = {
        "body": f"{rule}: {reason}" if reason else rule, "correlation_key": text(get("uuid") or get("instance.id")) or None,
        "severity_number": SEVERITY.get(level.lower(), 0), "severity_text": level or None,
        "service": text(_get(source, "service.name")) or None,
        "host": text(_get(source, "host.name") or _get(source, "host.hostname")) or None,
    }  # fmt: skip
    ended = get("end") if text(get("status")) != "active" else None
    quiet = get("workflow_status_updated_at") if get("workflow_status") in ("acknowledged", "closed") else None
    yield from life([
        moment("firing", get("start") or get("original_time") or _get(source, "@timestamp")),
        moment("acknowledged" if get("workflow_status") == "acknowledged" else "closed", quiet),
        moment("resolved", ended),
    ], common, more)  # fmt: skip


def _watch(source: dict[str, Any]) -> Iterator[Event]:
    met = pick(source, "result.condition.met")
    actions = objects(pick(source, "result.actions"))
    failed = [one for one in actions if one.get("status") in ("failure", "simulated_failure")]
    state = text(source.get("state"))
    more = {
        "alert_name": source["watch_id"], "state": state, "met": met, "id": source.get("_id"),
        "actions": {text(one.get("id")): one.get("status") for one in actions}, "reason": pick(failed[0], "reason") if failed else None,
    }  # fmt: skip
    common: Event = {"body": f"{source['watch_id']}: {state}", "correlation_key": text(source["watch_id"])}
    action = (
        "firing"
        if met is True
        else "acknowledged"
        if state == "acknowledged"
        else "throttled"
        if state == "throttled"
        else None
    )
    took = pick(source, "result.execution_duration")
    row = common | ({"duration_ms": float(took)} if isinstance(took, (int, float)) else {})
    yield from life([moment(action, pick(source, "trigger_event.triggered_time", "result.execution_time"))], row, more)
