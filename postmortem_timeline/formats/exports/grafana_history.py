"""Grafana: annotations, the state history of alert rules, alerts of its webhooks before version 9, Grafana OnCall."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, labelled, placed, severe, timed, unparsed
from postmortem_timeline.formats.exports.event import finished as numbered
from postmortem_timeline.formats.exports.walk import fits, inner, listed, moment, tags
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, Element, elements
from postmortem_timeline.parsing.members import mapping, text, texts

NAME = "grafana_history"
TITLE = "Grafana annotations, alert state history and legacy alert webhooks"
GROUP = "alert"
KIND = "alert"
URL = "https://grafana.com/docs/grafana/latest/developers/http_api/annotations/"
NAMES = ("*grafana*.json*", "*annotations*.json")

STATES = {
    "alerting": "firing", "error": "firing", "pending": "pending", "ok": "resolved", "normal": "resolved",
    "nodata": "no_data", "no_data": "no_data", "paused": "silenced", "recovering": "recovering",
}  # fmt: skip
LEVELS = {"firing": 17, "pending": 13, "no_data": 13, "resolved": 9}
LEAVES = re.compile(r"^([\w]+)(?:\s*\((.+)\))?$")  # `Normal (MissingSeries)`
CHANGES = frozenset(("deploy", "deployment", "release", "rollback", "config", "change", "feature-flag", "migration"))


def sniff(head: bytes, name: str) -> float:
    """Annotations have states and a time in milliseconds; a history's frame has fields and values; webhooks a rule."""
    if fits(head, "time", "newState", "prevState", under=("[].",)):
        return 0.98
    if (
        fits(head, "schema.fields", "data.values", under=("", "[].", "results.A.frames[]."))
        and b"previous" in head
        and b"current" in head
    ):
        return 0.97
    if fits(head, "stream", "values", under=("data.result[].",)) and b'"state-history"' in head:
        return 0.995  # the history as Loki holds it
    if fits(head, "schemaVersion", "previous", "current", "ruleUID"):
        return 0.97
    return (
        0.97
        if fits(head, "ruleId", "ruleName", "state", "evalMatches")
        or fits(head, "ruleId", "ruleName", "ruleUrl", "state")
        else 0.0
    )


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per annotation (a region has an end too) and per change of an alert's state."""
    return numbered(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    for element in elements(data, ("data.result",), context.note):
        if element.path == REST:
            continue
        item = mapping(element.value)
        rows = [] if element.path == BROKEN else list(_of(item, element))
        yield from [{"kind": KIND} | row | placed(element) for row in rows] or [unparsed(element)]


def _of(item: dict[str, Any], element: Element) -> Iterator[Event]:
    if "schema" in item and "data" in item:
        yield from _frame(item)
    elif "stream" in item:
        for pair in listed(item.get("values")):
            if isinstance(pair, list) and len(pair) >= 2:
                yield _change(pair[0], inner(pair[1]), mapping(item["stream"]))
    elif "newState" in item or ("time" in item and "tags" in item):
        yield from _annotation(item)
    elif "previous" in item and "current" in item:
        yield _change(None, item, {})
    elif "ruleName" in item:
        yield _legacy(item)


def _state(said: str) -> tuple[str | None, str | None]:
    """What a state is to people, and the reason that may stand in brackets behind it."""
    found = LEAVES.match(said.strip())
    word, why = (found[1], found[2]) if found else (said, None)
    return STATES.get(word.lower(), word.lower() or None), why


def _annotation(item: dict[str, Any]) -> Iterator[Event]:
    new, words = text(item.get("newState")), texts(item.get("tags"))
    action, why = _state(new)
    who = text(item.get("login") or item.get("userName") or item.get("email"))
    alert = bool(new) or bool(item.get("alertId"))
    low = {word.lower() for word in words} | {word.lower().partition(":")[0] for word in words}
    kind = "alert" if alert else "change" if low & CHANGES else "note"
    known = tags(words) | _braced(text(item.get("text")))
    more = {
        "id": item.get("id"), "alert_id": item.get("alertId"), "alert_name": item.get("alertName") or known.get("alertname"),
        "dashboard": item.get("dashboardUID") or item.get("dashboardId"), "panel": item.get("panelId"),
        "tags": words, "prev_state": item.get("prevState"), "reason": why, "data": item.get("data"), "labels": known,
        "agent_type": "user" if who and not alert else None,
    }  # fmt: skip
    body = text(item.get("text")) or text(item.get("alertName"))
    common = {
        "kind": kind, "body": body, "attributes": attributes(more), "actor": None if alert else who or None,
        "correlation_key": text(known.get("alertname") or item.get("alertId") or item.get("id") or "") or None,
    } | labelled(known)  # fmt: skip
    level = {"severity_number": LEVELS.get(action or "", 0), "severity_text": new} if alert else {}
    yield timed(item.get("time")) | common | level | {"action": action if alert else None}
    end = item.get("timeEnd")
    if end and end != item.get("time") and not alert:
        yield timed(end) | common | {"action": "ended"}


BRACED = re.compile(r"\{([^{}]*=[^{}]*)\}")


def _braced(said: str) -> dict[str, str]:
    """Labels as an alert's annotation repeats them: `High errors {alertname=High errors, service=auth} - Alerting`."""
    found = BRACED.search(said)
    pairs = (pair.partition("=") for pair in found[1].split(",")) if found else ()
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs if value}


def _frame(item: dict[str, Any]) -> Iterator[Event]:
    """Columns, not rows: times, lines (JSON, or JSON in a text) and labels by place."""
    columns = mapping(item.get("data")).get("values")
    fields = mapping(item.get("schema")).get("fields")
    if not isinstance(columns, list) or not isinstance(fields, list):
        return
    named = {text(mapping(field).get("name")).lower(): column for field, column in zip(fields, columns, strict=False)}
    times, lines = named.get("time"), named.get("line")
    outer = named.get("labels")
    if not isinstance(times, list) or not isinstance(lines, list):
        return
    for place, (when, line) in enumerate(zip(times, lines, strict=False)):
        more = inner(outer[place]) if isinstance(outer, list) and place < len(outer) else {}
        yield _change(when, inner(line), more)


def _change(when: Any, line: dict[str, Any], outer: dict[str, Any]) -> Event:
    labels = {k: text(v) for k, v in mapping(line.get("labels")).items()}
    new, old = text(line.get("current")), text(line.get("previous"))
    action, why = _state(new)
    rule = text(line.get("ruleTitle") or labels.get("alertname") or outer.get("group"))
    more = {
        "alert_name": rule, "rule_uid": line.get("ruleUID"), "prev_state": old, "reason": why, "labels": labels,
        "values": line.get("values"), "condition": line.get("condition"), "error": line.get("error"),
        "folder": outer.get("folderUID"), "dashboard": line.get("dashboardUID"),
    }  # fmt: skip
    stamp = when if when is not None else line.get("timestamp") or line.get("time")
    level = severe(labels.get("severity") or labels.get("priority"))
    return timed(stamp) | {
        "action": action, "body": f"{rule}: {old} -> {new}",
        "correlation_key": text(line.get("fingerprint") or line.get("ruleUID") or rule) or None,
        "attributes": attributes(more),
    } | labelled(labels) | (level or {"severity_number": LEVELS.get(action or "", 0), "severity_text": new})  # fmt: skip


def _legacy(item: dict[str, Any]) -> Event:
    """The webhook up to version 8 carries no time at all: only who received it knows when."""
    action, _ = _state(text(item.get("state")))
    known = {k: text(v) for k, v in mapping(item.get("tags")).items()}
    more = {
        "alert_name": item.get("ruleName"), "rule_id": item.get("ruleId"), "url": item.get("ruleUrl"), "labels": known,
        "matches": item.get("evalMatches"), "dashboard": item.get("dashboardId"), "panel": item.get("panelId"),
    }  # fmt: skip
    said = text(item.get("message"))
    return moment(action, None) | {
        "body": ": ".join(filter(None, (text(item.get("ruleName")), said))), "attributes": attributes(more),
        "correlation_key": text(item.get("ruleName")) or None, "severity_number": LEVELS.get(action or "", 0),
        "severity_text": text(item.get("state")) or None,
    } | labelled(known)  # fmt: skip
