"""AWS resources that change: CloudFormation stacks, Auto Scaling groups, Elastic Beanstalk environments, ECS services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, timed
from postmortem_timeline.formats.exports.runs import action_of, goes_back, last_part, more_pages, run
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import objects, text

NAME = "aws_events"
TITLE = "AWS CloudFormation, Auto Scaling, Elastic Beanstalk and ECS service events"
GROUP = "change"
KIND = "change"
URL = "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackEvent.html"
NAMES = ("*stack*events*.json", "*scaling*.json", "*beanstalk*.json", "*ecs*.json")

ARRAYS = ("StackEvents", "Activities", "Events", "services")
LEVELS = {"TRACE": 1, "DEBUG": 5, "INFO": 9, "WARN": 13, "ERROR": 17, "FATAL": 21}  # Elastic Beanstalk's scale


def sniff(head: bytes, name: str) -> float:
    """Each answers under a name of its own."""
    for base in ("", "[]."):
        if fits(head, "StackId", "ResourceStatus", under=(base, f"{base}StackEvents[].")):
            return 0.98
        if fits(head, "AutoScalingGroupName", "Cause", "StatusCode", under=(base, f"{base}Activities[].")):
            return 0.98
        if fits(head, "EventDate", "Message", "Severity", under=(base, f"{base}Events[].")):
            return 0.97
        if fits(head, "serviceName", "deployments[].taskDefinition", under=(base, f"{base}services[].")):
            return 0.98
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event a line of a stack's or an environment's life (they come newest first); a start and an end for the others."""
    return walk(data, context, ARRAYS, _rows, KIND, more_pages)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    if "ResourceStatus" in item:
        yield _stack(item)
    elif "StatusCode" in item:
        yield from _scaling(item)
    elif "EventDate" in item:
        yield _environment(item)
    elif "serviceName" in item:
        yield from _service(item)


def _stack(one: dict[str, Any]) -> Event:
    status, resource = text(one.get("ResourceStatus")), text(one.get("LogicalResourceId"))
    whole = one.get("ResourceType") == "AWS::CloudFormation::Stack" and resource == one.get("StackName")
    ended = status.endswith(("_COMPLETE", "_FAILED"))
    action = (
        "failed"
        if status.endswith("_FAILED")
        else "rolled_back"
        if "ROLLBACK" in status
        else "succeeded"
        if ended
        else "started"
    )
    what = f"stack {one.get('StackName')}" + ("" if whole else f": {resource} ({one.get('ResourceType')})")
    more = {
        "id": one.get("EventId"),
        "stack": one.get("StackName"),
        "resource": resource,
        "type": one.get("ResourceType"),
        "physical_id": one.get("PhysicalResourceId"),
        "state": status,
        "request": one.get("ClientRequestToken"),
    }
    return timed(one.get("Timestamp")) | {
        "action": action,
        "body": ": ".join(
            filter(None, (what, status.replace("_", " ").lower(), text(one.get("ResourceStatusReason"))))
        ),
        "severity_number": 17 if action == "failed" else 13 if action == "rolled_back" else 9,
        "severity_text": status,
        "service": text(one.get("StackName")) or None,
        "attributes": attributes(more),
        "correlation_key": text(pick(one, "ClientRequestToken", "StackId")) or None,
    }


def _scaling(one: dict[str, Any]) -> Iterator[Event]:
    group = text(one.get("AutoScalingGroupName"))
    more = {
        "id": one.get("ActivityId"),
        "state": one.get("StatusCode"),
        "group": group,
        "cause": one.get("Cause"),
        "details": one.get("Details"),
    }
    yield from run(
        f"{group}: {text(one.get('Description'))}",
        one.get("StatusCode"),
        started=one.get("StartTime"),
        finished=one.get("EndTime"),
        why=text(one.get("StatusMessage")),
        more=more,
        common={"service": group or None, "correlation_key": text(one.get("ActivityId")) or None},
    )


def _environment(one: dict[str, Any]) -> Event:
    level, message = text(one.get("Severity")), text(one.get("Message"))
    more = {
        "application": one.get("ApplicationName"),
        "environment": one.get("EnvironmentName"),
        "version": one.get("VersionLabel"),
        "request": one.get("RequestId"),
    }
    return timed(one.get("EventDate")) | {
        "body": message,
        "service": pick(one, "ApplicationName", "EnvironmentName"),
        "severity_text": level or None,
        "severity_number": LEVELS.get(level, 0),
        "action": "rolled_back" if goes_back(message) else None,
        "correlation_key": text(one.get("RequestId")) or None,
        "attributes": attributes(more),
    }


def _service(one: dict[str, Any]) -> Iterator[Event]:
    name, cluster = text(one.get("serviceName")), last_part(one.get("clusterArn"))
    for deployment in objects(one.get("deployments")):
        state = action_of(deployment.get("rolloutState"))
        version = last_part(deployment.get("taskDefinition"))
        task = text(deployment.get("taskDefinition")).rpartition("/")[2]
        yield from run(
            f"deployment of {name}: {task}",
            deployment.get("rolloutState") or deployment.get("status"),
            started=deployment.get("createdAt"),
            finished=deployment.get("updatedAt") if state != "started" else None,
            why=text(deployment.get("rolloutStateReason")),
            common={"service": name, "correlation_key": text(deployment.get("id")) or None},
            more={
                "id": deployment.get("id"),
                "version": version,
                "cluster": cluster,
                "desired": deployment.get("desiredCount"),
                "failed": deployment.get("failedTasks") or None,
                "state": deployment.get("rolloutState"),
            },
        )
    for event in objects(one.get("events")):
        said = text(event.get("message"))
        bad = "unable to" in said or "failed" in said or "unhealthy" in said
        yield timed(event.get("createdAt")) | {
            "kind": "log",
            "body": said,
            "service": name,
            "severity_number": 13 if bad else 9,
            "attributes": attributes({"id": event.get("id"), "cluster": cluster}),
        }
