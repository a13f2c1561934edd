"""Jobs of AWX and Ansible Tower, and executions of Rundeck."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event
from postmortem_timeline.formats.exports.runs import more_pages, run
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, text

NAME = "awx"
TITLE = "AWX and Ansible Tower jobs, Rundeck executions"
GROUP = "change"
KIND = "change"
URL = "https://docs.ansible.com/automation-controller/latest/html/controllerapi/api_ref.html"
NAMES = ("*awx*.json", "*tower*.json", "*rundeck*.json", "*executions*.json", "*jobs*.json")

ARRAYS = ("results", "executions")


def sniff(head: bytes, name: str) -> float:
    """Jobs have a playbook or a template and two times; Rundeck's executions a start in two notations."""
    for base in ("results[].", "[].", ""):
        if fits(head, "started", "finished", "status", "playbook", under=(base,)) or fits(
            head, "started", "finished", "friendly_name", under=(base,)
        ):
            return 0.97
        if fits(head, "started", "finished", "unified_job_template", under=(base,)):
            return 0.97
    for base in ("executions[].", "execution.", "[].execution.", "[].", ""):
        if fits(head, "date-started.unixtime", "status", under=(base,)):
            return 0.98
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The start and the end of each. What was passed to them (`extra_vars`) may hold secrets and is left out."""
    return walk(data, context, ARRAYS, _rows, KIND, more_pages)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    one = mapping(item.get("execution")) or item
    if "date-started" in one:
        yield from _rundeck(one, item)
    elif "started" in one and "finished" in one:
        yield from _job(one)


def _job(one: dict[str, Any]) -> Iterator[Event]:
    hosts = mapping(one.get("hosts"))
    broke = sorted(name for name, told in hosts.items() if mapping(told).get("failed") is True)
    more = {
        "id": one.get("id"),
        "state": one.get("status"),
        "playbook": one.get("playbook"),
        "limit": one.get("limit"),
        "environment": pick(one, "summary_fields.inventory.name", "inventory"),
        "commit": one.get("scm_revision"),
        "hosts": sorted(hosts),
        "failed_hosts": broke,
        "url": one.get("url"),
        "type": one.get("launch_type"),
    }
    limit = text(one.get("limit"))
    yield from run(
        f"job {one.get('name')}" + (f" on {limit}" if limit else ""),
        one.get("status"),
        started=one.get("started"),
        finished=one.get("finished"),
        more=more,
        why=text(one.get("job_explanation")) or (f"on {', '.join(broke)}" if broke else ""),
        common={
            "actor": pick(one, "summary_fields.created_by.username", "created_by"),
            "correlation_key": f"awx-{one.get('id')}",
        },
    )


def _rundeck(one: dict[str, Any], item: dict[str, Any]) -> Iterator[Event]:
    job = mapping(one.get("job"))
    name = "/".join(filter(None, (text(job.get("group")), text(job.get("name"))))) or text(one.get("description"))
    more = {
        "id": one.get("id"),
        "state": one.get("status"),
        "project": one.get("project"),
        "arguments": one.get("argstring"),
        "trigger": item.get("trigger"),
        "failed_hosts": one.get("failedNodes"),
        "url": pick(one, "permalink", "href"),
    }
    yield from run(
        f"job {name}",
        one.get("status"),
        started=pick(one, "date-started.unixtime", "date-started.date"),
        finished=pick(one, "date-ended.unixtime", "date-ended.date"),
        more=more,
        common={
            "service": text(one.get("project")) or None,
            "actor": text(one.get("user")) or None,
            "correlation_key": f"rundeck-{one.get('id')}",
        },
    )
