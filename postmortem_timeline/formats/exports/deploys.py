"""Lists of deployments as teams keep them themselves: CSV with a header, or JSON, under the names that people give."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, placed, unparsed
from postmortem_timeline.formats.exports.runs import run
from postmortem_timeline.formats.exports.textual import Row, head_lines, rows
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, elements, key_paths
from postmortem_timeline.parsing.members import mapping, text

NAME = "deploys"
TITLE = "Deployment lists (CSV, JSON) of any tool"
GROUP = "change"
KIND = "change"
URL = "https://dora.dev/guides/dora-metrics-four-keys/"
NAMES = ("*deploy*.csv", "*deploy*.json*", "*release*.csv", "*changes*.csv")

ARRAYS = ("deployments", "deploys", "releases", "changes", "items", "data")
MEANINGS = {
    "started": "startedat starttime start deployedat deploytime deployedon timestamp time datetime date createdat when"
    " deploymenttime releasedat starteddatetime",
    "finished": "finishedat endtime end completedat finishtime endedat finished completed",
    "service": "service servicename app application component project system repo repository product",
    "environment": "environment env stage target cluster deployenv",
    "version": "version release tag build buildnumber releaseversion image newversion toversion artifact",
    "previous": "previousversion fromversion oldversion previous rollbackversion",
    "commit": "commit sha gitsha commitsha revision commitid githash gitcommit hash",
    "actor": "deployedby deployer user author actor by who owner triggeredby startedby createdby initiator releasedby",
    "state": "status result outcome state success",
    "what": "description message summary title notes note change changelog comment details",
    "id": "id deployid deploymentid changeid key number",
    "took": "durationseconds duration durations durationsec elapsed elapsedseconds",
    "kind": "type action event kind changetype",
    "url": "url link diff diffurl compareurl pr pullrequest",
}
MEANT = {word: meaning for meaning, words in MEANINGS.items() for word in words.split()}
SAYS_DEPLOY = re.compile(r"deploy|release|rollout", re.IGNORECASE)
NO = ("false", "no", "0")
YES = ("true", "yes", "1")


def _meanings(names: list[str]) -> dict[str, str]:
    """What each known column means, the first of a meaning wins."""
    found: dict[str, str] = {}
    for name in names:
        meaning = MEANT.get(re.sub(r"[^a-z]", "", name.lower()))
        if meaning and meaning not in found.values():
            found[name] = meaning
    return found


def _is_deploys(names: list[str]) -> bool:
    """A time, what was deployed, and two more of who, where, which version and how it ended, one of which is a deployment's own."""
    meant = set(_meanings(names).values())
    own = meant & {"version", "commit"} and (meant & {"environment", "actor"})
    named = any(SAYS_DEPLOY.search(name) for name in names)
    return (
        "started" in meant
        and "service" in meant
        and (bool(own) or (named and len(meant & {"version", "commit", "environment", "actor", "state"}) >= 2))
    )


LOGGED = {"level", "severity", "levelname", "msg", "url", "remoteAddr"}  # keys of a log's record, which no deployment has


def sniff(head: bytes, name: str) -> float:
    """The columns of a table's header, or the keys of a list's objects."""
    keys = key_paths(head)
    if keys:
        bases = ["[].", *(f"{array}[]." for array in ARRAYS), ""]
        found = [_plain(keys, base) for base in bases]
        return 0.9 if any(not plain & LOGGED and _is_deploys(sorted(plain)) for plain in found) else 0.0
    lines = head_lines(head, 3)
    cells = _cells(lines[0]) if lines else []
    return 0.92 if len(cells) >= 4 and len(lines) > 1 and _is_deploys(cells) else 0.0


def _plain(keys: frozenset[str], base: str) -> set[str]:
    """The keys right below a path that hold nothing nested; none where much else stands beside them."""
    below = {key[len(base) :] for key in keys if key.startswith(base)}
    nested = {re.split(r"[.\[]", key)[0] for key in below if "." in key or "[" in key}
    plain = {key for key in below if "." not in key and "[" not in key} - nested
    return plain if len(below) <= 24 and len(nested) <= 2 else set()


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The start and, where it is said, the end of each."""
    is_json = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{")
    return finished(_json(data, context) if is_json else _table(list(rows(data))))


def _json(data: bytes, context: Context) -> Iterator[Event]:
    for element in elements(data, ARRAYS, context.note):
        if element.path == REST:
            continue
        item = mapping(element.value)
        told = [] if element.path == BROKEN else list(_events(item, _meanings(list(item))))
        yield from [row | placed(element) for row in told] or [unparsed(element)]


def _table(lines: list[Row]) -> Iterator[Event]:
    names = _cells(lines[0].text) if lines else []
    meanings = _meanings(names)
    for row in lines[1:]:
        cells = _cells(row.text, _delimiter(lines[0].text))
        told = list(_events(dict(zip(names, cells, strict=True)), meanings)) if len(cells) == len(names) else []
        yield from [one | row.place for one in told] or [row.unparsed]


def _delimiter(header: str) -> str:
    return max(",\t;|", key=header.count)


def _cells(line: str, delimiter: str = "") -> list[str]:
    try:
        return [
            cell.strip().lstrip("\ufeff")
            for cell in next(csv.reader([line], delimiter=delimiter or _delimiter(line)), [])
        ]
    except csv.Error:
        return []


def _events(item: dict[str, Any], meanings: dict[str, str]) -> Iterator[Event]:
    said = {meaning: item.get(name) for name, meaning in meanings.items() if item.get(name) not in (None, "", "-")}
    if "started" not in said and "finished" not in said:
        return
    service, version, place = (text(said.get(name)) for name in ("service", "version", "environment"))
    state, kind, told = text(said.get("state")), text(said.get("kind")), text(said.get("what"))
    state = "succeeded" if state.lower() in YES else "failed" if state.lower() in NO else state
    verb = kind.lower() if kind and not kind.isdigit() else "deploy"
    what = " ".join(
        filter(None, (f"{verb} of {service}" if service else verb, version, f"to {place}" if place else ""))
    )
    took = said.get("took")
    more = {
        **{
            str(name): value
            for name, value in item.items()
            if name not in meanings and isinstance(value, (str, int, float)) and value != ""
        },
        **{name: said.get(name) for name in ("id", "environment", "version", "previous", "commit", "url")},
        "state": state,
    }
    ended = said.get("finished")
    seconds = float(str(took).removesuffix("s")) if re.fullmatch(r"\d+(\.\d+)?s?", str(took or "")) else None
    common = {
        "kind": KIND,
        "service": service or None,
        "actor": text(said.get("actor")) or None,
        "correlation_key": text(said.get("id")) if re.search(r"[A-Za-z-]", text(said.get("id"))) else None,
    }
    yield from run(
        f"{what}: {told}" if told else what,
        state or ("finished" if ended else None),
        started=said.get("started"),
        finished=ended,
        took_ms=None if ended or seconds is None else seconds * 1000,
        common=common,
        more=more,
    )
