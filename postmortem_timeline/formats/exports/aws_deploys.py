"""AWS CodeDeploy deployments, CodePipeline executions and CodeBuild builds, as the command line prints them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.runs import last_part, more_pages, run
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "aws_deploys"
TITLE = "AWS CodeDeploy, CodePipeline and CodeBuild"
GROUP = "change"
KIND = "change"
URL = "https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentInfo.html"
NAMES = ("*codedeploy*.json", "*codepipeline*.json", "*codebuild*.json", "*deployment*.json")

ARRAYS = ("deploymentsInfo", "pipelineExecutionSummaries", "actionExecutionDetails", "builds")


def sniff(head: bytes, name: str) -> float:
    """Each has an id of its own name."""
    if fits(
        head, "deploymentId", "createTime", under=("deploymentInfo.", "deploymentsInfo[].", "[].deploymentInfo.", "[].")
    ):
        return 0.98
    if fits(
        head,
        "pipelineExecutionId",
        "status",
        under=("pipelineExecutionSummaries[].", "actionExecutionDetails[].", "[]."),
    ):
        return 0.98
    return 0.98 if fits(head, "buildStatus", "projectName", "startTime", under=("builds[].", "[].")) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The start and the end of each."""
    return walk(data, context, ARRAYS, _rows, KIND, more_pages)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    one = mapping(item.get("deploymentInfo")) or item
    if "deploymentId" in one:
        yield from _deployment(one)
    elif "pipelineExecutionId" in one:
        yield from _pipeline(one)
    elif "buildStatus" in one:
        yield from _build(one)


def _deployment(one: dict[str, Any]) -> Iterator[Event]:
    undone = pick(one, "rollbackInfo.rollbackTriggeringDeploymentId")
    name, group = text(one.get("applicationName")), text(one.get("deploymentGroupName"))
    verb = "rollback" if undone or one.get("creator") == "codeDeployRollback" else "deploy"
    told = text(one.get("description"))
    more = {
        "id": one.get("deploymentId"),
        "state": one.get("status"),
        "environment": group,
        "creator": one.get("creator"),
        "commit": pick(one, "revision.gitHubLocation.commitId"),
        "config": one.get("deploymentConfigName"),
        "version": pick(one, "revision.s3Location.key", "revision.string.sha256"),
        "undoes": undone,
        "rolled_back_by": pick(one, "rollbackInfo.rollbackDeploymentId"),
    }
    yield from run(
        f"{verb} of {name} to {group}" + (f": {told}" if told else ""),
        one.get("status"),
        started=pick(one, "startTime", "createTime"),
        finished=one.get("completeTime"),
        why=text(pick(one, "errorInformation.message")),
        more=more,
        common={"service": name or None, "actor": one.get("creator"), "correlation_key": one.get("deploymentId")},
    )


def _pipeline(one: dict[str, Any]) -> Iterator[Event]:
    sources = objects(one.get("sourceRevisions"))
    revision = mapping(sources[0]) if sources else {}
    stage, action = text(one.get("stageName")), text(one.get("actionName"))
    name = text(pick(one, "pipelineName")) or "pipeline"
    where = f" / {stage} / {action}" if action else ""
    title = text(revision.get("revisionSummary")).split("\n")[0]
    running = text(one.get("status")) == "InProgress"
    undone = pick(one, "rollbackMetadata.rollbackTargetPipelineExecutionId")
    more = {
        "id": pick(one, "actionExecutionId", "pipelineExecutionId"),
        "state": one.get("status"),
        "commit": revision.get("revisionId"),
        "trigger": pick(one, "trigger.triggerType"),
        "rolled_back_to": undone,
        "url": revision.get("revisionUrl"),
        "type": one.get("executionType"),
    }
    yield from run(
        ("rollback of " if undone or one.get("executionType") == "ROLLBACK" else "")
        + name
        + where
        + (f": {title}" if title else ""),
        one.get("status"),
        started=one.get("startTime"),
        more=more,
        why=text(pick(one, "output.executionResult.errorDetails.message")),
        finished=None if running else one.get("lastUpdateTime"),
        common={
            "service": text(pick(one, "pipelineName")) or None,
            "actor": last_part(pick(one, "trigger.triggerDetail", "updatedBy")),
            "correlation_key": text(one.get("pipelineExecutionId")) or None,
        },
    )


def _build(one: dict[str, Any]) -> Iterator[Event]:
    failed = [text(p.get("phaseType")) for p in objects(one.get("phases")) if p.get("phaseStatus") == "FAILED"]
    more = {
        "id": one.get("id"),
        "commit": pick(one, "resolvedSourceVersion", "sourceVersion"),
        "state": one.get("buildStatus"),
        "initiator": one.get("initiator"),
        "failed_phases": failed,
        "url": pick(one, "logs.deepLink"),
    }
    state = "running" if one.get("buildStatus") == "IN_PROGRESS" else one.get("buildStatus")
    yield from run(
        f"build of {one.get('projectName')} #{one.get('buildNumber') or one.get('id')}",
        state,
        started=one.get("startTime"),
        finished=one.get("endTime"),
        why=f"at {', '.join(failed)}" if failed else "",
        more=more,
        common={
            "service": text(one.get("projectName")) or None,
            "actor": last_part(one.get("initiator")),
            "correlation_key": text(one.get("id")) or None,
        },
    )
