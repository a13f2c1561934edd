"""Zabbix: events and problems of the API, its real-time export of problems, and the payloads of its media types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes
from postmortem_timeline.formats.exports.walk import fits, life, moment, tags, walk
from postmortem_timeline.parsing.jsondoc import elements
from postmortem_timeline.parsing.members import mapping, objects, text, texts
from postmortem_timeline.parsing.moment import instant

NAME = "zabbix"
TITLE = "Zabbix events, problems, problem export and media type payloads"
GROUP = "alert"
KIND = "alert"
URL = "https://www.zabbix.com/documentation/current/en/manual/api/reference/event/object"
NAMES = ("*zabbix*.json*", "problems-history*.ndjson", "problems-*.ndjson")

# Not classified, information, warning, average, high, disaster.
SEVERITY = (0, 9, 13, 15, 17, 21)
WORDS = {"not classified": 0, "information": 9, "warning": 13, "average": 15, "high": 17, "disaster": 21}
NAMED = ("not classified", "information", "warning", "average", "high", "disaster")
# The bits of an update's action.
DONE = ((1, "resolved"), (2, "acknowledged"), (16, "unacknowledged"), (8, "severity_updated"), (32, "suppressed"),
        (64, "unsuppressed"), (4, "annotated"))  # fmt: skip
STATES = {"problem": "firing", "resolved": "resolved", "ok": "resolved", "1": "firing", "0": "resolved"}


def sniff(head: bytes, name: str) -> float:
    """Events have a clock and an object, exported problems a value and groups, payloads an item and a trigger."""
    if fits(head, "eventid", "clock", "objectid", under=("result[].", "[].", "")):
        return 0.99
    if fits(head, "clock", "ns", "value", "eventid", under=("", "[].")):
        return 0.98
    return 0.9 if fits(head, "hostname", "severity", "status", "item", "trigger") else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """When each problem began, what people did to it, when it ended."""
    begun = {}  # recovery -> the problem that it ended: a recovery does not say so itself
    for element in elements(data, ("result",)):
        item = mapping(element.value)
        if text(item.get("r_eventid")) not in ("", "0"):
            begun[text(item["r_eventid"])] = text(item.get("eventid"))
    return walk(data, context, ("result",), lambda item: _of(item, begun), KIND)


def _of(item: dict[str, Any], begun: dict[str, str]) -> Iterator[Event]:
    if "eventid" in item or "p_eventid" in item:
        yield from _event(item, begun)
    elif "trigger" in item and "item" in item:
        yield from _payload(item)


def _stamped(item: dict[str, Any], clock: str = "clock", ns: str = "ns") -> Event:
    """Seconds and nanoseconds are members of their own, both mostly texts."""
    when, rest = instant(item.get(clock)), text(item.get(ns))
    if when is None:
        return {}
    return {"timestamp": when + (int(rest) if rest.isdigit() and len(rest) < 10 else 0), "stamp": text(item[clock])}


def _severity(item: dict[str, Any]) -> Event:
    level = text(item.get("severity"))
    if level.isdigit() and int(level) < len(SEVERITY):
        return {"severity_number": SEVERITY[int(level)], "severity_text": NAMED[int(level)]}
    return {"severity_number": WORDS.get(level.lower(), 0), "severity_text": level} if level else {}


def _event(item: dict[str, Any], begun: dict[str, str]) -> Iterator[Event]:
    """A recovery is an event of its own, of value 0; `problem.get` tells it by `r_clock`."""
    value = text(item.get("value"))
    known = tags(item.get("tags"))
    hosts = [text(one.get("name") or one.get("host")) for one in objects(item.get("hosts"))]
    hosts = hosts or texts(item.get("hosts"))  # names alone, in exports before version 5.4
    name = text(item.get("name"))
    own = text(item.get("eventid"))
    key = text(item.get("p_eventid")) or begun.get(own, own)
    more = {
        "alert_name": name, "eventid": item.get("eventid"), "trigger": item.get("objectid"), "labels": known,
        "hosts": hosts, "r_eventid": item.get("r_eventid") if text(item.get("r_eventid")) != "0" else None,
        "opdata": item.get("opdata"), "groups": item.get("groups"), "url": item.get("urls"),
    }  # fmt: skip
    common = {
        "body": f"{', '.join(hosts)}: {name}" if hosts and name else name or "problem", "correlation_key": key or None,
        "host": hosts[0] if len(hosts) == 1 else None,
        "service": known.get("service") or known.get("application") or known.get("Application"),
    } | _severity(item)  # fmt: skip
    if value == "0" or "p_eventid" in item:
        yield from life([_stamped(item) | {"action": "resolved"}], common, more)
        return
    opening = "suppressed" if text(item.get("suppressed")) == "1" else "firing"
    yield from life([_stamped(item) | {"action": opening}], common, more)
    for done in objects(item.get("acknowledges")):
        yield from _update(done, common, more)
    yield from life([_stamped(item, "r_clock", "r_ns") | {"action": "resolved"}], common, more)


def _update(done: dict[str, Any], common: Event, more: dict[str, Any]) -> Iterator[Event]:
    bits = int(text(done.get("action")) or "2") if (text(done.get("action")) or "2").isdigit() else 2
    action = next((word for bit, word in DONE if bits & bit), "updated")
    who = " ".join(filter(None, (text(done.get("name")), text(done.get("surname"))))) or text(
        done.get("username") or done.get("alias")
    )
    said = text(done.get("message"))
    step = _stamped(done) | {"action": action, "actor": who or None}
    body = f"{common['body']}: {said}" if said else common["body"]
    yield from life(
        [step], common | {"body": body}, more | {"userid": done.get("userid"), "message": said, "agent_type": "user"}
    )


def _payload(item: dict[str, Any]) -> Iterator[Event]:
    """What a media type sends is what its template says; the time may be missing: then it is that of its receipt."""
    state = text(item.get("status") or item.get("value")).lower()
    known = mapping(item.get("tags"))
    more = {"alert_name": item.get("trigger"), "item": item.get("item"), "url": item.get("link"), "labels": known}
    common = {
        "body": f"{text(item.get('hostname'))}: {text(item.get('trigger'))}", "host": text(item.get("hostname")) or None,
        "correlation_key": f"{text(item.get('hostname'))}: {text(item.get('trigger'))}",
    } | _severity(item)  # fmt: skip
    stamp = item.get("timestamp") or item.get("event_time") or item.get("clock")
    step = moment(STATES.get(state, state or None), stamp)
    yield step | common | {"attributes": attributes(more)}
