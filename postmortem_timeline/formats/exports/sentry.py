"""Sentry: issues and events of the API, and the webhooks of its plug-in, its alert rules and its integrations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import SEVERITY, Event, attributes
from postmortem_timeline.formats.exports.walk import fits, moment, pick, tags, walk
from postmortem_timeline.parsing.decode import mask_path
from postmortem_timeline.parsing.jsondoc import key_paths
from postmortem_timeline.parsing.members import mapping, objects, text, texts

NAME = "sentry"
TITLE = "Sentry issues, events and webhooks"
GROUP = "alert"
KIND = "alert"
URL = "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/"
NAMES = ("*sentry*.json*",)

LEVELS = SEVERITY | {"debug": 5, "sample": 9}
ISSUE_ACTIONS = {
    "created": "firing", "resolved": "resolved", "unresolved": "firing", "assigned": "assigned",
    "ignored": "silenced", "archived": "silenced",
}  # fmt: skip
METRIC = {"critical": "firing", "warning": "firing", "open": "firing", "resolved": "resolved"}


def sniff(head: bytes, name: str) -> float:
    """Issues have a short id and a first sight, events an id and a platform, webhooks what was done to which of them."""
    if fits(head, "shortId", "culprit", "firstSeen", under=("[].", "", "data.issue.", "[].data.issue.")):
        return 0.98
    if fits(head, "eventID", "dateCreated", under=("[].", "")) and b"platform" in head:
        return 0.97
    if fits(head, "event.event_id", "project") or fits(head, "data.event.event_id", "action"):
        return 0.97
    if fits(head, "event_id", "platform", "timestamp") and key_paths(head) & {
        "culprit",
        "sdk.name",
        "exception.values[].type",
        "[].culprit",
    }:
        return 0.95
    return 0.97 if fits(head, "data.metric_alert.date_started", "action") else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One record per error; of an issue its first and its last sight; of a metric alert what it turned to."""
    return walk(data, context, (), _of, KIND)


def _of(item: dict[str, Any]) -> Iterator[Event]:
    data = mapping(item.get("data"))
    if "metric_alert" in data:
        yield _metric(item, mapping(data["metric_alert"]), data)
    elif "issue" in data and "event" not in data:
        yield _hook(item, mapping(data["issue"]))
    elif "event" in data or "event" in item:
        outer = item if "event" in item else data
        yield _event(mapping(outer["event"]), outer | {"rule": data.get("triggered_rule")})
    elif "firstSeen" in item:
        yield from _issue(item)
    elif "eventID" in item or "event_id" in item:
        yield _event(item, item) | {"kind": "log", "action": None}  # an error as it was met; nobody was alerted


def _tags(event: dict[str, Any]) -> dict[str, str]:
    return (
        tags(event.get("tags"))
        if isinstance(event.get("tags"), list)
        else {str(k): text(v) for k, v in mapping(event.get("tags")).items()}
    )


def _event(event: dict[str, Any], outer: dict[str, Any]) -> Event:
    """One error. The user is who met it; `received` is when Sentry saw it, `timestamp` when it happened."""
    known, user = _tags(event), mapping(event.get("user"))
    request = mapping(event.get("request"))
    level = text(event.get("level") or outer.get("level") or known.get("level"))
    title = text(event.get("title") or outer.get("message") or pick(event, "logentry.formatted", "message"))
    culprit = text(event.get("culprit") or outer.get("culprit"))
    project = text(outer.get("project_slug") or outer.get("project") or event.get("project"))
    issue = text(event.get("issue_id") or event.get("groupID") or (outer.get("id") if "event" in outer else ""))
    more = {
        "event_id": event.get("event_id") or event.get("eventID"), "culprit": culprit, "tags": known,
        "environment": event.get("environment") or known.get("environment"), "release": _release(event, known),
        "rule": outer.get("rule") or texts(outer.get("triggering_rules")),
        "url": outer.get("url") if "event" in outer else event.get("web_url"), "platform": event.get("platform"),
    }  # fmt: skip
    address, method = text(request.get("url")), text(request.get("method"))
    path = mask_path(address) if address else None
    trace = pick(event, "contexts.trace.trace_id")
    return moment("firing", event.get("timestamp") or event.get("datetime") or event.get("dateCreated")) | {
        "body": f"{title} ({culprit})" if culprit else title, "correlation_key": issue or None,
        "severity_number": LEVELS.get(level, 0), "severity_text": level or None,
        "service": known.get("service") or ("" if project.isdigit() else project) or None,
        "host": text(event.get("server_name") or known.get("server_name")) or None,
        "user": text(user.get("id") or user.get("username") or user.get("email")) or None,
        "client": text(user.get("ip_address")) or None, "trace_id": text(trace) or None,
        "endpoint": f"{method} {path}" if path and method else path, "attributes": attributes(more),
    }  # fmt: skip


def _release(event: dict[str, Any], known: dict[str, str]) -> str:
    release = event.get("release")
    return text(mapping(release).get("version") or known.get("release") if not isinstance(release, str) else release)


def _issue_common(issue: dict[str, Any]) -> tuple[Event, dict[str, Any]]:
    level, culprit = text(issue.get("level")), text(issue.get("culprit"))
    project = mapping(issue.get("project"))
    title = text(issue.get("title"))
    more = {
        "short_id": issue.get("shortId"), "culprit": culprit, "status": issue.get("status"), "count": issue.get("count"),
        "users": issue.get("userCount"), "url": issue.get("permalink"), "type": issue.get("type"),
        "first_seen": issue.get("firstSeen"), "last_seen": issue.get("lastSeen"),
        "substatus": issue.get("substatus"),
    }  # fmt: skip
    return {
        "body": f"{title} ({culprit})" if culprit else title, "correlation_key": text(issue.get("id")) or None,
        "severity_number": LEVELS.get(level, 0), "severity_text": level or None,
        "service": text(project.get("slug") or project.get("name")) or None,
    }, more  # fmt: skip


def _issue(issue: dict[str, Any]) -> Iterator[Event]:
    common, more = _issue_common(issue)
    yield moment("firing", issue.get("firstSeen")) | common | {"attributes": attributes(more)}
    if issue.get("lastSeen") and issue.get("lastSeen") != issue.get("firstSeen"):
        yield moment("last_seen", issue["lastSeen"]) | common | {"attributes": attributes(more)}
    for done in objects(issue.get("activity")):
        who = mapping(done.get("user"))
        kind = text(done.get("type"))
        action = {"set_resolved": "resolved", "set_unresolved": "firing", "set_regression": "firing",
                  "assigned": "assigned", "note": "annotated", "set_ignored": "silenced"}.get(kind)  # fmt: skip
        if action:
            said = {"agent_type": "user" if who else None, "activity": kind, "note": pick(done, "data.text")}
            actor = who.get("name") or who.get("email")
            yield moment(action, done.get("dateCreated"), actor) | common | {"attributes": attributes(more | said)}


def _hook(item: dict[str, Any], issue: dict[str, Any]) -> Event:
    common, more = _issue_common(issue)
    actor, done = mapping(item.get("actor")), text(item.get("action"))
    person = actor.get("name") if actor.get("type") == "user" else None
    # When somebody resolved or assigned it is not said; the last error before is the nearest that is.
    stamp = issue.get("firstSeen") if done == "created" else issue.get("lastSeen")
    said = {"agent_type": actor.get("type"), "actor_name": actor.get("name")}
    return moment(ISSUE_ACTIONS.get(done, done), stamp, person) | common | {"attributes": attributes(more | said)}


def _metric(item: dict[str, Any], alert: dict[str, Any], data: dict[str, Any]) -> Event:
    rule, done = mapping(alert.get("alert_rule")), text(item.get("action"))
    stamp = alert.get("date_closed") if done == "resolved" else alert.get("date_started")
    more = {
        "alert_name": rule.get("name"), "url": data.get("web_url"), "detected_at": alert.get("date_detected"),
        "query": rule.get("query"), "projects": alert.get("projects"),
    }  # fmt: skip
    projects = alert.get("projects")
    return moment(METRIC.get(done, done), stamp) | {
        "body": ": ".join(filter(None, (text(data.get("description_title")), text(data.get("description_text"))))),
        "correlation_key": text(alert.get("id")) or None, "severity_number": LEVELS.get(done, 0),
        "severity_text": done or None, "attributes": attributes(more),
        "service": text(projects[0]) if isinstance(projects, list) and len(projects) == 1 else None,
    }  # fmt: skip
