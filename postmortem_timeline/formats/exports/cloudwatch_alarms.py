"""CloudWatch alarms: their history, their states, and what they send to SNS and EventBridge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes
from postmortem_timeline.formats.exports.walk import fits, inner, moment, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "cloudwatch_alarms"
TITLE = "AWS CloudWatch alarms: history, states, SNS messages, EventBridge events"
GROUP = "alert"
KIND = "alert"
URL = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html"
NAMES = ("*alarm*.json*", "*cloudwatch*.json*")

ARRAYS = ("AlarmHistoryItems", "MetricAlarms", "CompositeAlarms", "Records")
STATES = {"ALARM": "firing", "OK": "resolved", "INSUFFICIENT_DATA": "no_data"}
# Dimensions that name a service, and those that name a machine.
SERVICES = ("ServiceName", "FunctionName", "TargetGroup", "LoadBalancer", "ApiName", "DBInstanceIdentifier",
            "DBClusterIdentifier", "CacheClusterId", "QueueName", "TableName", "ClusterName")  # fmt: skip
HOSTS = ("InstanceId", "host", "Host", "PodName", "InstanceName")


def sniff(head: bytes, name: str) -> float:
    """Histories have items of a type, alarms a state, messages an old and a new one."""
    if fits(head, "Timestamp", "AlarmName", "HistoryItemType", under=("AlarmHistoryItems[].", "[].")):
        return 0.99
    if fits(head, "AlarmName", "StateValue", under=("MetricAlarms[].", "CompositeAlarms[].", "[].")):
        return 0.98
    if fits(head, "AlarmName", "NewStateValue", "StateChangeTime", under=("", "[].", "Message.", "[].Message.")):
        return 0.99
    if fits(head, "detail-type", "detail.alarmName", "detail.state"):
        return 0.99
    sns = fits(head, "Message", "TopicArn", under=("", "[].", "Records[].Sns."))
    return 0.98 if sns and b'\\"NewStateValue\\"' in head and b'\\"AlarmName\\"' in head else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per change of state; of actions and changes of an alarm's settings, what they were."""
    return walk(data, context, ARRAYS, _of, KIND, _paged)


def _paged(rest: dict[str, Any], context: Context) -> None:
    if rest.get("NextToken"):
        context.note("more_pages", "the export is one page of several (NextToken)")


def _of(item: dict[str, Any]) -> Iterator[Event]:
    message = inner(item.get("Message")) or inner(mapping(item.get("Sns")).get("Message"))
    if message:
        yield from _of(message)
    elif "HistoryItemType" in item:
        yield _history(item)
    elif "NewStateValue" in item:
        yield _message(item)
    elif "detail" in item and "alarmName" in mapping(item["detail"]):
        yield _event(item, mapping(item["detail"]))
    elif "StateValue" in item and "AlarmName" in item:
        yield _state(item)


def _row(name: str, new: Any, old: Any, why: Any, stamp: Any, trigger: dict[str, Any], more: dict[str, Any]) -> Event:
    state = text(new)
    dimensions = _dimensions(trigger.get("Dimensions") or trigger.get("dimensions"))
    said = f"{name}: {old} -> {state}: {text(why)}" if old else f"{name}: {state}: {text(why)}"
    return moment(STATES.get(state, state.lower() or None), stamp) | {
        "body": said.rstrip(": "), "correlation_key": more.get("arn") or name or None, "severity_text": state or None,
        "severity_number": {"ALARM": 17, "INSUFFICIENT_DATA": 13, "OK": 9}.get(state, 0),
        "service": next((_short(dimensions[one]) for one in SERVICES if one in dimensions), None),
        "host": next((dimensions[one] for one in HOSTS if one in dimensions), None),
        "attributes": attributes({
            "alert_name": name, "old_state": old, "dimensions": dimensions, **more,
            "metric": trigger.get("MetricName") or trigger.get("metric_name"),
            "namespace": trigger.get("Namespace"), "threshold": trigger.get("Threshold"),
        }),
    }  # fmt: skip


def _short(name: str) -> str:
    """The name within `targetgroup/auth/0123456789abcdef` and `app/shop/0123456789abcdef`."""
    parts = name.split("/")
    return parts[1] if len(parts) == 3 and parts[0] in ("targetgroup", "app", "net", "gwy") else name


def _dimensions(found: Any) -> dict[str, str]:
    """Written as a list of names and values, in either case, or as one object."""
    if isinstance(found, dict):
        return {str(key): text(value) for key, value in found.items()}
    pairs = ((one.get("name") or one.get("Name"), one.get("value") or one.get("Value")) for one in objects(found))
    return {str(key): text(value) for key, value in pairs}


def _history(item: dict[str, Any]) -> Event:
    """`HistoryData` is JSON in a text; where its data begins may be earlier evidence than the change itself."""
    data = inner(item.get("HistoryData"))
    name, kind = text(item.get("AlarmName")), text(item.get("HistoryItemType"))
    new, old = mapping(data.get("newState")), mapping(data.get("oldState"))
    evaluated = inner(new.get("stateReasonData"))
    more = {
        "arn": item.get("AlarmArn"), "item": kind, "summary": item.get("HistorySummary"),
        "alarm_type": item.get("AlarmType"), "data_from": evaluated.get("startDate"),
        "period_seconds": evaluated.get("period"), "recent": evaluated.get("recentDatapoints"),
    }  # fmt: skip
    if kind != "StateUpdate":
        done = {"Action": "notified", "ConfigurationUpdate": "configured"}.get(kind, kind.lower())
        said = f"{name}: {text(item.get('HistorySummary'))}"
        return moment(done, item.get("Timestamp")) | {
            "body": said, "correlation_key": name or None, "attributes": attributes({"alert_name": name, **more}),
        }  # fmt: skip
    if not new:  # the data may be left out, the summary then says "... from OK to ALARM"
        words = text(item.get("HistorySummary")).split()
        new = {"stateValue": words[-1] if words else ""}
    why = new.get("stateReason") or item.get("HistorySummary")
    return _row(name, new.get("stateValue"), old.get("stateValue"), why, item.get("Timestamp"), {}, more) | {
        "correlation_key": name or None
    }


def _message(item: dict[str, Any]) -> Event:
    trigger = mapping(item.get("Trigger"))
    more = {
        "region": item.get("Region"), "account": item.get("AWSAccountId"),
        "description": item.get("AlarmDescription"), "alarm_arn": item.get("AlarmArn"),
    }  # fmt: skip
    return _row(text(item.get("AlarmName")), item.get("NewStateValue"), item.get("OldStateValue"),
                item.get("NewStateReason"), item.get("StateChangeTime"), trigger, more)  # fmt: skip


def _event(item: dict[str, Any], detail: dict[str, Any]) -> Event:
    state, before = mapping(detail.get("state")), mapping(detail.get("previousState"))
    metrics = objects(mapping(detail.get("configuration")).get("metrics"))
    metric = next((mapping(pick(one, "metricStat.metric")) for one in metrics if "metricStat" in one), {})
    trigger = {
        "Dimensions": metric.get("dimensions"), "MetricName": metric.get("name"),
        "Namespace": metric.get("namespace"),
    }  # fmt: skip
    evaluated = inner(state.get("reasonData"))
    more = {
        "region": item.get("region"), "account": item.get("account"), "id": item.get("id"),
        "alarm_arn": next(iter(item.get("resources") or []), None) if isinstance(item.get("resources"), list) else None,
        "description": mapping(detail.get("configuration")).get("description"),
        "data_from": evaluated.get("startDate"), "muted_by": mapping(detail.get("muteDetail")).get("mutedBy"),
    }  # fmt: skip
    stamp = state.get("timestamp") or item.get("time")
    return _row(text(detail.get("alarmName")), state.get("value"), before.get("value"), state.get("reason"), stamp,
                trigger, more)  # fmt: skip


def _state(item: dict[str, Any]) -> Event:
    """An alarm as it stands: since when it is in its state (an update of the reason does not move that)."""
    stamp = item.get("StateTransitionedTimestamp") or item.get("StateUpdatedTimestamp")
    more = {
        "alarm_arn": item.get("AlarmArn"), "description": item.get("AlarmDescription"),
        "state_updated": item.get("StateUpdatedTimestamp"),
        "data_from": inner(item.get("StateReasonData")).get("startDate"),
    }  # fmt: skip
    return _row(text(item.get("AlarmName")), item.get("StateValue"), None, item.get("StateReason"), stamp, item, more)
