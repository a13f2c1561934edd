"""Error trackers: webhooks of Rollbar, Raygun and Bugsnag."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes
from postmortem_timeline.formats.exports.walk import fits, moment, pick, walk
from postmortem_timeline.parsing.decode import mask_path
from postmortem_timeline.parsing.members import mapping, text

NAME = "error_trackers"
TITLE = "Rollbar, Raygun and Bugsnag webhooks"
GROUP = "alert"
KIND = "alert"
URL = "https://docs.rollbar.com/docs/webhooks"
NAMES = ("*rollbar*.json*", "*raygun*.json*", "*bugsnag*.json*")

LEVELS = {
    "debug": 5,
    "info": 9,
    "warning": 13,
    "error": 17,
    "critical": 21,
    "10": 5,
    "20": 9,
    "30": 13,
    "40": 17,
    "50": 21,
}
WORDS = {"10": "debug", "20": "info", "30": "warning", "40": "error", "50": "critical"}
ACTIONS = {
    "new_item": "firing", "occurrence": "firing", "reactivated_item": "firing", "reopened_item": "firing",
    "resolved_item": "resolved", "exp_repeat_item": "firing", "item_velocity": "firing",
    "NewErrorOccurred": "firing", "ErrorReoccurred": "firing", "OneMinuteFollowUp": "firing", "FiveMinuteFollowUp": "firing",
    "TenMinuteFollowUp": "firing", "ThirtyMinuteFollowUp": "firing", "HourlyFollowUp": "firing",
    "StatusChanged": "status_changed", "CommentAdded": "annotated", "AssignedToUser": "assigned",
    "firstException": "firing", "exception": "firing", "powerTen": "firing", "reopened": "firing",
    "errorEventFrequency": "firing", "projectSpiking": "firing", "frequentErrors": "firing",
}  # fmt: skip


def sniff(head: bytes, name: str) -> float:
    """Rollbar names its event, Raygun its type, Bugsnag the trigger."""
    if (
        fits(head, "event_name", "data.item.counter")
        or fits(head, "event_name", "data.deploy.revision")
        or fits(head, "event_name", "data.occurrence")
    ):
        return 0.98
    if fits(head, "eventType", "event", "error.firstOccurredOn") or fits(
        head, "eventType", "application.name", "error.url"
    ):
        return 0.98
    return (
        0.98
        if fits(head, "trigger.type", "error.exceptionClass", "project.name")
        or fits(head, "trigger.type", "release.version", "project.name")
        else 0.0
    )


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per webhook; deployments and releases are changes."""
    return walk(data, context, (), _of, KIND)


def _of(item: dict[str, Any]) -> Iterator[Event]:
    if "event_name" in item:
        yield _rollbar(text(item["event_name"]), mapping(item.get("data")))
    elif "trigger" in item:
        yield _bugsnag(item, mapping(item["trigger"]))
    elif "eventType" in item:
        yield _raygun(item, mapping(item.get("error")))


def _row(
    action: str | None, stamp: Any, level: Any, body: str, key: Any, more: dict[str, Any], who: Any = None
) -> Event:
    word = text(level)
    return moment(action, stamp, who) | {
        "body": body, "correlation_key": text(key) or None, "severity_number": LEVELS.get(word, 0),
        "severity_text": WORDS.get(word, word) or None, "attributes": attributes(({"agent_type": "user"} if who else {}) | more),
    }  # fmt: skip


def _rollbar(name: str, data: dict[str, Any]) -> Event:
    """Levels and statuses are numbers; the occurrence tells whom it hit, where, on which request."""
    if deploy := mapping(data.get("deploy")):
        more = {
            "environment": deploy.get("environment"),
            "revision": deploy.get("revision"),
            "comment": deploy.get("comment"),
        }
        who = deploy.get("username") or deploy.get("local_username")
        stamp = deploy.get("finish_time") or deploy.get("start_time")
        body = f"deployed {text(deploy.get('revision'))} to {text(deploy.get('environment'))}"
        return _row("succeeded", stamp, "", body, deploy.get("id"), more, who) | {"kind": "change"}
    item = mapping(data.get("item"))
    last = mapping(data.get("occurrence")) or mapping(item.get("last_occurrence"))
    first = name == "new_item"
    stamp = pick(last, "timestamp") or item.get("first_occurrence_timestamp" if first else "last_occurrence_timestamp")
    more = {
        "alert_name": item.get("title"), "environment": item.get("environment"), "counter": item.get("counter"), "event": name,
        "total": item.get("total_occurrences"), "framework": item.get("framework"), "url": data.get("url"),
        "resolved_in": item.get("resolved_in_version"),
    }  # fmt: skip
    address, method = text(pick(last, "request.url")), text(pick(last, "request.method"))
    path = mask_path(address) if address else None
    title = text(item.get("title")) or text(pick(last, "body.message.body", "body.trace.exception.message"))
    level, key = item.get("level") or last.get("level"), item.get("id") or item.get("counter")
    return _row(ACTIONS.get(name, name), stamp, level, title, key, more) | {
        "host": text(pick(last, "server.host")) or None, "user": text(pick(last, "person.id")) or None,
        "client": text(pick(last, "request.user_ip")) or None, "endpoint": f"{method} {path}" if path and method else path,
    }  # fmt: skip


def _raygun(item: dict[str, Any], error: dict[str, Any]) -> Event:
    kind, name = text(item.get("eventType")), text(pick(item, "application.name"))
    first = kind == "NewErrorOccurred"
    stamp = error.get("activityDate") or error.get("firstOccurredOn" if first else "lastOccurredOn")
    user = mapping(pick(error, "instance.affectedUser"))
    more = {
        "alert_name": error.get("message"), "event": kind, "url": error.get("url"), "users": error.get("usersAffected"),
        "total": error.get("totalOccurrences"), "first_seen": error.get("firstOccurredOn"), "status": error.get("status"),
        "comment": error.get("comment"),
    }  # fmt: skip
    said = text(error.get("message"))
    who = error.get("user") if kind in ("StatusChanged", "CommentAdded", "AssignedToUser") else None
    return _row(ACTIONS.get(kind, kind), stamp, "error", ": ".join(filter(None, (name, said))), error.get("url"), more, who) | {
        "service": name or None, "user": text(user.get("Identifier")) or None,
    }  # fmt: skip


def _bugsnag(item: dict[str, Any], trigger: dict[str, Any]) -> Event:
    error, kind = mapping(item.get("error")), text(trigger.get("type"))
    name = text(pick(item, "project.name"))
    if release := mapping(item.get("release")):
        more = {"version": release.get("version"), "stage": pick(release, "releaseStage.name", "releaseStage"),
                "revision": pick(release, "sourceControl.revision")}  # fmt: skip
        body = f"{name}: released {text(release.get('version'))}"
        return _row("succeeded", release.get("releaseTime"), "", body, release.get("id"), more, release.get("builderName")) | {
            "kind": "change", "service": name or None,
        }  # fmt: skip
    change = text(trigger.get("stateChange"))
    action = "resolved" if change in ("fixed", "resolved") else ACTIONS.get(kind, kind)
    who = pick(item, "user.name") if kind == "errorStateManualChange" else None
    more = {
        "alert_name": error.get("exceptionClass"), "event": kind, "context": error.get("context"), "url": error.get("url"),
        "first_seen": error.get("firstReceived"), "version": pick(error, "app.version"), "unhandled": error.get("unhandled"),
        "stage": pick(error, "app.releaseStage"), "state": change or error.get("status"),
    }  # fmt: skip
    said = ": ".join(filter(None, (text(error.get("exceptionClass")), text(error.get("message")))))
    return _row(action, error.get("receivedAt"), error.get("severity"), said, error.get("errorId") or error.get("id"), more, who) | {
        "service": name or None, "host": text(pick(error, "device.hostname")) or None,
        "user": text(pick(error, "user.id", "userId")) or None,
    }  # fmt: skip
