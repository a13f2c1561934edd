"""Alerts of Alertmanager (API v1 and v2, amtool, webhooks), of Prometheus itself (alerts, rules), and of Grafana; silences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import (
    Event,
    attributes,
    finished,
    labelled,
    placed,
    severe,
    timed,
    unparsed,
)
from postmortem_timeline.parsing.fingerprint import fingerprint
from postmortem_timeline.parsing.jsondoc import BROKEN, DOCUMENT, REST, Element, elements, key_paths
from postmortem_timeline.parsing.members import mapping, objects, text
from postmortem_timeline.parsing.moment import SECOND, instant

NAME = "alertmanager"
TITLE = "Alertmanager, Prometheus and Grafana alerts, alerting rules, silences and webhooks"
GROUP = "alert"
KIND = "alert"
URL = "https://prometheus.io/docs/alerting/latest/configuration/#webhook_config"
NAMES = ("*alert*.json", "*alert*.jsonl", "amtool*.json")

ARRAYS = ("alerts", "data", "data.alerts", "data.groups")
OPERATORS = {(True, False): "=", (False, False): "!=", (True, True): "=~", (False, True): "!~"}
SUMMARIES = ("summary", "message", "title", "description")


def sniff(head: bytes, name: str) -> float:
    """Alerts have labels and a start."""
    keys = key_paths(head)
    for base in ("alerts[].", "[].", "data[].", "data.alerts[].", "[].alerts[].", ""):
        if base + "labels" in keys and base + "annotations" in keys:
            if base + "startsAt" in keys:
                return 0.99
            if {base + "activeAt", base + "state"} <= keys:
                return 0.97
    for base in ("[].", "data[]."):
        if {base + "matchers", base + "createdBy", base + "endsAt"} <= keys:
            return 0.98
    rules = {"data.groups[].rules[].name", "data.groups[].rules[].type", "data.groups[].rules[].health"}
    return 0.98 if rules <= keys else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """A "firing" event at each alert's start, a "resolved" one at its end if it has ended."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    for element in elements(data, ARRAYS, context.note):
        if element.path == REST:
            _note_truncated(element.value, context)
        elif element.path != BROKEN and "alerts" in mapping(element.value):  # payloads in an array of their own
            _note_truncated(element.value, context)
            for inner in element.within("alerts"):
                yield from _alert(inner)
        elif element.path == "data.groups":
            yield from _group(element)
        elif "matchers" in mapping(element.value):
            yield from _silence(mapping(element.value), element)
        else:
            yield from _alert(element)


def _group(element: Element) -> Iterator[Event]:
    """A group of rules; those without alerts, and rules that record, tell nothing but that their evaluation failed."""
    for rule in element.within("rules"):
        value = mapping(rule.value)
        waits = value.get("duration")
        for alert in rule.within("alerts"):
            yield from _delayed(_alert(alert), mapping(alert.value), waits if isinstance(waits, (int, float)) else 0)
        if value.get("health") == "err":
            more = {"rule": value.get("name"), "query": value.get("query"), "group": mapping(element.value).get("name")}
            yield placed(rule) | timed(value.get("lastEvaluation")) | {
                "kind": "log", "severity_number": 17, "severity_text": "err", "attributes": attributes(more),
                "body": f"rule {value.get('name')} failed: {text(value.get('lastError'))}",
            }  # fmt: skip


def _delayed(events: Iterator[Event], alert: dict[str, Any], seconds: float) -> Iterator[Event]:
    """`activeAt` is when the condition became true; where the rule says how long it waits, it fires so much later."""
    for event in events:
        if seconds > 0 and event.get("action") == "firing" and "activeAt" in alert and event.get("timestamp") is not None:
            yield event | {"action": "pending"}
            yield event | {"timestamp": event["timestamp"] + round(seconds * SECOND)}
        else:
            yield event


def _silence(silence: dict[str, Any], element: Element) -> Iterator[Event]:
    """Who kept which alerts from everybody, from when, and until when if that is over."""
    who = text(silence.get("createdBy")) or None
    wanted = [
        f'{one.get("name")}{OPERATORS[one.get("isEqual") is not False, bool(one.get("isRegex"))]}"{one.get("value")}"'
        for one in objects(silence.get("matchers"))
    ]  # fmt: skip
    labels = {
        text(one.get("name")): text(one.get("value"))
        for one in objects(silence.get("matchers"))
        if one.get("isEqual") is not False and not one.get("isRegex")
    }
    state = text(mapping(silence.get("status")).get("state"))
    more = {
        "agent_type": "user", "matchers": wanted, "state": state, "ends_at": silence.get("endsAt"),
        "updated_at": silence.get("updatedAt"), "alert_name": labels.get("alertname"),
    }  # fmt: skip
    said = text(silence.get("comment"))
    common = placed(element) | {
        "kind": KIND, "body": f"silence {{{', '.join(wanted)}}}" + (f": {said}" if said else ""),
        "correlation_key": text(silence.get("id")) or None, "attributes": attributes(more),
    } | labelled(labels)  # fmt: skip
    yield common | timed(silence.get("startsAt")) | {"action": "silenced", "actor": who}
    if state == "expired":
        yield common | timed(silence.get("endsAt")) | {"action": "unmuted"}


def _note_truncated(payload: dict[str, Any], context: Context) -> None:
    if isinstance(lost := payload.get("truncatedAlerts"), int) and lost > 0:
        context.note("truncated_alerts", f"a webhook left out {lost} alerts (truncatedAlerts)")


def _alert(element: Element) -> Iterator[Event]:
    alert = mapping(element.value)
    labels = mapping(alert.get("labels"))
    start = _start(alert)
    if element.path == BROKEN or not labels or not start:
        if element.path != DOCUMENT or alert:
            yield unparsed(element)
        return
    common = _common(alert, labels) | placed(element)
    yield common | timed(start) | {"action": _opening(alert)}
    if _ended(alert):
        yield common | timed(alert["endsAt"]) | {"action": "resolved"}


def _start(alert: dict[str, Any]) -> Any:
    return alert.get("startsAt") or alert.get("activeAt")


def _common(alert: dict[str, Any], labels: dict[str, Any]) -> Event:
    """The columns that an alert's start and end share; repeats of a webhook agree in key and start."""
    notes = mapping(alert.get("annotations"))
    name = text(labels.get("alertname")) or ", ".join(f"{key}={labels[key]}" for key in sorted(labels))
    summary = next((text(notes[key]) for key in SUMMARIES if notes.get(key)), "")
    state = mapping(alert.get("status"))
    more = {
        "labels": labels, "annotations": notes, "silenced_by": state.get("silencedBy"),
        "inhibited_by": state.get("inhibitedBy"), "muted_by": state.get("mutedBy"), "starts_at": _start(alert),
        "ends_at": alert["endsAt"] if instant(alert.get("endsAt")) else None, "updated_at": alert.get("updatedAt"),
        "receivers": [receiver.get("name") for receiver in objects(alert.get("receivers"))],
        "value": alert.get("value") or alert.get("values"), "url": alert.get("generatorURL"),
    }  # fmt: skip
    return {
        "kind": KIND, "body": f"{name}: {summary}" if summary else name, "attributes": attributes(more),
        "correlation_key": text(alert.get("fingerprint")) or fingerprint(labels),
    } | labelled(labels) | severe(labels.get("severity") or labels.get("priority"))  # fmt: skip


def _opening(alert: dict[str, Any]) -> str:
    """What the start of an alert was to people: firing, pending, or kept from them by a silence or an inhibition."""
    state = mapping(alert.get("status"))
    if state.get("silencedBy") or state.get("mutedBy"):
        return "silenced"
    if state.get("inhibitedBy"):
        return "inhibited"
    return "pending" if "pending" in (alert.get("state"), alert.get("status")) else "firing"


def _ended(alert: dict[str, Any]) -> bool:
    """Whether `endsAt` is an end.

    0001-01-01 is none. In a listing (its status is an object) it is, while the alert fires, the moment at which
    Alertmanager would give it up: later than `updatedAt`, and not to be told from an end where `updatedAt` is missing.
    """
    end, status = instant(alert.get("endsAt")), alert.get("status")
    if end is None or status == "firing":
        return False
    updated = instant(alert.get("updatedAt"))
    if updated is None:
        return not isinstance(status, dict)
    return status == "resolved" or end <= updated
