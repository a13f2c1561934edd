"""Events of Kubernetes as kubectl prints them for people; their ages count back from a time that the table does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished

NAME = "k8s_events_table"
TITLE = "kubectl get events and kubectl describe, as tables"
GROUP = "container"
KIND = "log"
URL = "https://kubernetes.io/docs/reference/kubectl/generated/kubectl_events/"
NAMES = ("*events*.txt", "*describe*.txt")

_AGE = r"(?:<unknown>|<invalid>|(?:\d+[ywdhms])+)"
_HEAD = re.compile(
    r"^(?:NAMESPACE +)?LAST SEEN +.*\bTYPE +.*MESSAGE|^ *Type +Reason +Age +From +.*Message", re.MULTILINE
)
_ROW = re.compile(
    rf"^(?:(?P<namespace>[a-z0-9-]+) +)?(?P<age>{_AGE})(?: \((?P<repeats>x\d+ over [^)]+)\))? +(?P<type>Normal|Warning) +"
    r"(?P<reason>\w+) +(?P<object>[a-z.]+/\S+) +(?P<message>.*)$"
)
_DESCRIBED = re.compile(
    rf"^ +(?P<type>Normal|Warning) +(?P<reason>\w+) +(?P<age>{_AGE})(?: \((?P<repeats>x\d+ over [^)]+)\))? +(?P<from>\S+) +"
    r"(?P<message>.*)$"
)
_OBJECT = re.compile(r"^(Name|Namespace|Node): +(\S+)")
_POD = re.compile(r"-[0-9a-f]{6,10}-[a-z0-9]{5}$")


def sniff(head: bytes, name: str) -> float:
    """The head of the table, and a row below it."""
    text = head.decode("utf-8", "replace")
    rows = any(_ROW.match(line) or _DESCRIBED.match(line) for line in text.splitlines())
    return 0.95 if rows and _HEAD.search(text) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event for each row of the table; of a description the object's name and node are kept."""
    return finished(_events(data.decode("utf-8-sig", "replace"), context))


def _events(text: str, context: Context) -> Iterator[Event]:
    start, said, ages = 0, dict[str, str](), False
    for number, line in enumerate(text.split("\n")):
        end = start + len(line)
        place = {"line": number + 1, "element": (start, end)}
        start = end + 1
        line = line.rstrip("\r")
        if named := _OBJECT.match(line):
            said[named[1]] = named[2]
        if row := _ROW.match(line) or _DESCRIBED.match(line):
            ages = True
            yield _event(row, said) | {"kind": KIND} | place
        elif line.strip() and not _HEAD.match(line):
            yield {"unparsed": True, "kind": KIND, "body": line[:200], **place}
    if ages:
        context.note("relative_times", "the events say how long ago they were, not when; export them as JSON for times")


def _event(row: re.Match[str], said: dict[str, str]) -> Event:
    part = row.groupdict()
    name = (part.get("object") or said.get("Name", "")).rpartition("/")[2]
    more = {
        "age": part["age"], "repeats": part["repeats"], "reason": part["reason"], "object": part.get("object") or name,
        "namespace": part.get("namespace") or said.get("Namespace"), "from": part.get("from"),
    }  # fmt: skip
    return {
        "severity_number": 13 if part["type"] == "Warning" else 9, "severity_text": part["type"],
        "service": _POD.sub("", name) or None, "host": said.get("Node", "").partition("/")[0] or None,
        "body": part["message"], "attributes": attributes(more),
    }  # fmt: skip
