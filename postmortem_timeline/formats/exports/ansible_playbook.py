"""What `ansible-playbook` tells through its JSON callback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, placed, timed, unparsed
from postmortem_timeline.formats.exports.walk import fits, pick
from postmortem_timeline.parsing.jsondoc import REST, elements
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "ansible_playbook"
TITLE = "ansible-playbook, JSON callback"
GROUP = "change"
KIND = "change"
URL = "https://docs.ansible.com/ansible/latest/collections/ansible/posix/json_callback.html"
NAMES = ("*ansible*.json", "*playbook*.json")


def sniff(head: bytes, name: str) -> float:
    """Plays with tasks, and statistics."""
    if fits(head, "plays[].play.name", "plays[].tasks[].task.name", under=("",)):
        return 0.98
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The start and the end of each play, and what each host came to in each task."""
    return finished(_json(data, context))


def _row(stamp: str, action: str | None, body: str, host: str | None, level: int) -> Event:
    return timed(stamp) | {"kind": KIND, "action": action, "body": body, "host": host, "severity_number": level}


def _json(data: bytes, context: Context) -> Iterator[Event]:
    for element in elements(data, ("plays",), context.note):
        if element.path == REST:
            continue
        play = mapping(element.value)
        if "tasks" not in play:
            yield unparsed(element)
            continue
        name = text(pick(play, "play.name"))
        told = [_row(text(pick(play, "play.duration.start")), "started", f"play {name}", None, 9)]
        for task in objects(play.get("tasks")):
            told += _task(task)
        if ended := pick(play, "play.duration.end"):
            failed = any(event["action"] == "failed" for event in told)
            told.append(
                _row(text(ended), "failed" if failed else "succeeded", f"play {name}: end", None, 17 if failed else 9)
            )
        yield from [event | placed(element) for event in told]


def _task(task: dict[str, Any]) -> Iterator[Event]:
    for host, result in mapping(task.get("hosts")).items():
        one = mapping(result)
        failed = one.get("failed") is True or one.get("unreachable") is True
        action = (
            "failed"
            if failed
            else "changed"
            if one.get("changed") is True
            else "skipped"
            if one.get("skipped") is True
            else "ok"
        )
        said = text(pick(one, "msg", "stderr")) if failed else ""
        stamp = text(pick(one, "end") or pick(task, "task.duration.end"))
        row = _row(
            stamp,
            action,
            f"{text(pick(task, 'task.name'))}: {action}" + (f": {said}" if said else ""),
            host,
            17 if failed else 9,
        )
        more = attributes({"rc": one.get("rc"), "action": one.get("action"), "stderr": text(one.get("stderr"))[:500]})
        yield row | {"attributes": more} | ({} if action in ("failed", "changed") else {"kind": "log"})
