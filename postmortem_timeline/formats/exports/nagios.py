"""The log and the status file of Nagios and those that write alike: Icinga 1, Icinga 2's compatibility log, Naemon, Checkmk."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, timed
from postmortem_timeline.formats.exports.textual import lines
from postmortem_timeline.parsing.jsondoc import text_of

NAME = "nagios"
TITLE = "Nagios, Naemon, Icinga 1 and Checkmk logs (nagios.log), Nagios status file"
GROUP = "alert"
KIND = "alert"
URL = "https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/configmain.html#log_file"
NAMES = ("nagios*.log*", "icinga.log*", "naemon*.log*", "status.dat", "nagios-*.log", "compat.log")

LINE = re.compile(r"^\[(\d{10})\] (.*)$")
SAID = re.compile(r"^([A-Z][A-Z ]+(?:STATE|ALERT|NOTIFICATION|COMMAND|CHECK|HANDLER|ROTATION|VERSION)): (.*)$")
KNOWN = re.compile(
    rb"^\[\d{10}\] (?:(?:CURRENT |INITIAL )?(?:HOST|SERVICE) (?:STATE|ALERT|NOTIFICATION|FLAPPING ALERT|DOWNTIME ALERT)|EXTERNAL COMMAND"
    rb"|LOG VERSION|LOG ROTATION|Nagios \d|Icinga \d|Naemon \d|PASSIVE (?:HOST|SERVICE) CHECK)",
    re.MULTILINE,
)
LEVELS = {"OK": 9, "UP": 9, "PENDING": 0, "WARNING": 13, "UNKNOWN": 13, "CRITICAL": 21, "DOWN": 21, "UNREACHABLE": 17,
          "RECOVERY": 9}  # fmt: skip
FINE = ("OK", "UP", "PENDING", "RECOVERY")
PHASES = {"STARTED": "silenced", "STOPPED": "unmuted", "CANCELLED": "unmuted"}
COMMANDS = (
    ("REMOVE_SVC_ACKNOWLEDGEMENT", "unacknowledged", 0), ("REMOVE_HOST_ACKNOWLEDGEMENT", "unacknowledged", 0),
    ("ACKNOWLEDGE_SVC_PROBLEM", "acknowledged", 5), ("ACKNOWLEDGE_HOST_PROBLEM", "acknowledged", 4),
    ("ADD_SVC_COMMENT", "annotated", 3), ("ADD_HOST_COMMENT", "annotated", 2),
    ("SCHEDULE_SVC_DOWNTIME", "downtime_scheduled", 7), ("SCHEDULE_HOST_DOWNTIME", "downtime_scheduled", 6),
    ("DISABLE_SVC_NOTIFICATIONS", "silenced", 0), ("DISABLE_HOST_NOTIFICATIONS", "silenced", 0),
    ("DISABLE_NOTIFICATIONS", "silenced", 0), ("ENABLE_SVC_NOTIFICATIONS", "unmuted", 0),
    ("ENABLE_HOST_NOTIFICATIONS", "unmuted", 0), ("ENABLE_NOTIFICATIONS", "unmuted", 0),
)  # fmt: skip
BLOCK = re.compile(r"^(hoststatus|servicestatus|hostcomment|servicecomment|hostdowntime|servicedowntime) \{$")
SERVICE_STATES, HOST_STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN"), ("UP", "DOWN", "UNREACHABLE")


def sniff(head: bytes, name: str) -> float:
    """Lines that begin with an epoch in brackets and one of its words in capitals, or the status file's blocks."""
    if b"status {\n" in head and b"\tcurrent_state=" in head:
        return 0.98
    if not head.lstrip(b"\xef\xbb\xbf\r\n").startswith(b"["):
        return 0.0
    rows = [row for row in head.split(b"\n")[:400] if row.strip()]
    stamped = sum(bool(re.match(rb"\[\d{10}\] ", row)) for row in rows)
    return 0.98 if KNOWN.search(head) and stamped >= 0.8 * len(rows) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """Changes of state (soft ones are not yet alerts), notifications, flapping, downtimes, and what people commanded."""
    text = text_of(data)
    status = not text.lstrip().startswith("[")
    return finished(_status(text) if status else _log(text))


def _log(text: str) -> Iterator[Event]:
    for line in lines(text):
        found = LINE.match(line.text)
        if found:
            yield timed(found[1]) | _told(found[2]) | line.place
        else:
            yield {"unparsed": True, "kind": "log", "body": line.text[:200]} | line.place


def _told(said: str) -> Event:
    found = SAID.match(said)
    what, rest = (found[1], found[2]) if found else ("", said)
    if what.endswith("NOTIFICATION"):
        return _notification(what, rest)
    if what.endswith(("FLAPPING ALERT", "DOWNTIME ALERT", "ACKNOWLEDGE ALERT")):
        return _phase(what, rest)
    if what in ("HOST ALERT", "SERVICE ALERT"):
        return _state(what, rest)
    if what.endswith("STATE"):  # repeated after a start and each rotation
        return _state(what, rest) | {"kind": "log", "action": None}
    if what == "EXTERNAL COMMAND":
        return _command(rest)
    level = {"Error": 17, "Warning": 13}.get(said.split(":", 1)[0], 9)
    return {"kind": "log", "body": said, "severity_number": level}


def _named(what: str, parts: list[str]) -> tuple[str, str, list[str]]:
    """Host, service (none for a host), and what stands behind them."""
    if "SERVICE" in what:
        return (parts + [""])[0], (parts + ["", ""])[1], parts[2:]
    return (parts + [""])[0], "", parts[1:]


def _common(host: str, service: str, level: str, said: str, **more: object) -> Event:
    name = f"{host};{service}" if service else host
    return {
        "kind": "alert", "host": host or None, "correlation_key": name or None, "severity_number": LEVELS.get(level, 0),
        "severity_text": level or None, "body": f"{name}: {said}" if said else name,
        "attributes": attributes({"alert_name": service or host, "service": service, **more}),
    }  # fmt: skip


def _state(what: str, rest: str) -> Event:
    host, service, more = _named(what, rest.split(";"))
    level, kind, attempt, *output = [*more, "", "", ""] if len(more) < 3 else more
    soft = kind == "SOFT"
    if level in FINE:
        action = "recovered_soft" if soft else "resolved"
    else:
        action = "pending" if soft else "firing"
    said = ";".join(output).rstrip(";") if output else ""
    return _common(host, service, level, said, state_type=kind, attempt=attempt) | {"action": action}


def _notification(what: str, rest: str) -> Event:
    """To whom is an attribute: who is told is not who acts. `ACKNOWLEDGEMENT (CRITICAL)` repeats an act of its own."""
    contact, *parts = rest.split(";")
    host, service, tail = _named(what, parts)
    kind, command, *output = [*tail, "", ""] if len(tail) < 2 else tail
    level = kind.partition("(")[2].rstrip(")") or kind
    level = {"RECOVERY": "OK"}.get(level, level)
    known, said = level if level in LEVELS else "", ";".join(output).rstrip(";")
    more = {"user": contact, "command": command, "notification": kind}
    return _common(host, service, known, said, **more) | {"action": "notified"}


def _phase(what: str, rest: str) -> Event:
    host, service, more = _named(what, rest.split(";"))
    phase = more[0].strip() if more else ""
    said = ";".join(more[1:]).strip()
    if "FLAPPING" in what:
        action: str | None = {"STARTED": "flapping", "STOPPED": "flapping_ended", "DISABLED": "flapping_ended"}.get(
            phase
        )
    elif "ACKNOWLEDGE" in what:  # Checkmk's own core: author and comment behind
        action = {"STARTED": "acknowledged"}.get(phase, "unacknowledged")
    else:
        action = PHASES.get(phase)
    who = more[1] if "ACKNOWLEDGE" in what and len(more) > 2 else None
    return _common(host, service, "", said, phase=phase, agent_type="user" if who else None) | {
        "action": action,
        "actor": who,
    }


def _command(rest: str) -> Event:
    """What people and programs ask for; who acknowledges, comments or plans a downtime is named."""
    name, *parts = rest.split(";")
    for known, action, author in COMMANDS:
        if name == known:
            host, service, _ = _named("SERVICE" if "_SVC_" in name else "HOST", parts)
            who = parts[author] if author and len(parts) > author else None
            said = ";".join(parts[author + 1 :]) if author else ""
            more = {"command": name, "agent_type": "user" if who else None}
            return _common(host, service, "", said, **more) | {"action": action, "actor": who}
    return {"kind": "log", "body": f"EXTERNAL COMMAND: {rest}", "severity_number": 9}


def _status(text: str) -> Iterator[Event]:
    """Of the status file what is not fine, since when, and what people wrote to it."""
    block, first = "", None
    cells: dict[str, str] = {}
    for line in lines(text):
        if found := BLOCK.match(line.text.strip()):
            block, first, cells = found[1], line, {}
        elif line.text.strip() == "}" and first is not None:
            span = {"line": first.line, "element": (first.start, line.start + len(line.text))}
            yield from (event | span for event in _entry(block, cells))
            block, first = "", None
        elif first is not None:
            name, _, value = line.text.strip().partition("=")
            cells[name] = value


def _entry(block: str, cells: dict[str, str]) -> Iterator[Event]:
    host, service = cells.get("host_name", ""), cells.get("service_description", "")
    if block.endswith("status"):
        states = SERVICE_STATES if service else HOST_STATES
        number = cells.get("current_state", "")
        level = states[int(number)] if number.isdigit() and int(number) < len(states) else ""
        if level and level not in FINE:
            hard = cells.get("state_type") == "1"
            stamp = cells.get("last_hard_state_change" if hard else "last_state_change", "")
            acked = cells.get("problem_has_been_acknowledged") == "1"
            more = {"acknowledged": acked or None, "attempt": cells.get("current_attempt")}
            row = _common(host, service, level, cells.get("plugin_output", ""), **more)
            yield timed(stamp) | row | {"action": "firing" if hard else "pending"}
    elif block.endswith("comment"):
        action = "acknowledged" if cells.get("entry_type") == "4" else "annotated"
        who = cells.get("author", "") if cells.get("source") == "1" or action == "acknowledged" else ""
        row = _common(host, service, "", cells.get("comment_data", ""), agent_type="user" if who else None)
        yield timed(cells.get("entry_time")) | row | {"action": action, "actor": who or None}
    elif block.endswith("downtime"):
        who = cells.get("author", "")
        said = _common(
            host, service, "", cells.get("comment", ""), end=cells.get("end_time"), agent_type="user" if who else None
        )
        yield timed(cells.get("start_time")) | said | {"action": "silenced", "actor": who or None}
